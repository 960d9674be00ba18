package nodeui

import (
	"time"

	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/ui"
)

// personFixtures are the states of a person's form, and of a case that is
// closed or has had its persons changed.
func personFixtures(at time.Time) []web.Fixture {
	return []web.Fixture{
		{Name: "cases/whom: new, empty", TitleKey: "cases.person.new.title", Page: newPersonForm()},
		{Name: "cases/whom: new, errors", Status: 422, TitleKey: "cases.person.new.title", Page: wrongPerson()},
		{Name: "cases/whom: new, somebody was quicker", Status: 409, TitleKey: "cases.person.new.title", Page: latePerson(at)},
		{Name: "cases/whom: full", TitleKey: "cases.person.edit.title", Page: fullPersonForm(false)},
		{Name: "cases/whom: the client", TitleKey: "cases.person.edit.title", Page: fullPersonForm(true)},
		{Name: "cases/whom: errors", Status: 422, TitleKey: "cases.person.edit.title", Page: wrongFullPerson()},
		{Name: "cases/clash: a person", Status: 409, TitleKey: "cases.clash.title", Page: personClashPage(false)},
		{Name: "cases/clash: a person who was taken out", Status: 409, TitleKey: "cases.clash.title", Page: personClashPage(true)},
		{Name: "cases/show: closed, may be opened again", TitleKey: "cases.show.page", Page: closedCase(at)},
		{Name: "cases/show: opening again without a reason", Status: 422, TitleKey: "cases.show.page", Page: wrongReopening(at)},
	}
}

func newPersonForm() CasePersonPage {
	return CasePersonPage{ID: "c1", Number: "ชร 14/2569", Version: 3, Role: "member", Person: casePersonForm(0, "", "")}
}

func wrongPerson() CasePersonPage {
	p := newPersonForm()
	p.Person = casePersonForm(0, "นาซือ", "ลาหู่นะ")
	p.Person.IDNumber = "0-0000-89000-00-5"
	p.Errors = ui.Errors{{Field: "person.0.given", Text: ui.T("cases.error.person_there")}, {Field: "person.0.birth", Text: ui.T("cases.error.birth")}}
	return p
}

func latePerson(at time.Time) CasePersonPage {
	p := newPersonForm()
	p.Version, p.Person, p.Now = 4, casePersonForm(0, "จะอือ", "ลาหู่นะ"), baseCase(at).Persons
	return p
}

func fullPersonForm(client bool) CasePersonPage {
	role := "member"
	if client {
		role = "client"
	}
	return CasePersonPage{ID: "c1", Number: "ชร 14/2569", Version: 3, PersonID: "p2", Role: role, Client: client, Person: CasePersonForm{
		Title: "นาง", Given: "นาซือ", Family: "ลาหู่นะ", Other: "Na Sue, นาซื่อ", Sex: "female", Status: "0-89", Nationality: "none",
		IDNumber: "0-0000-89000-00-5", Phone: "080-000-1122", Village: "บ้านห้วยหินลาด", Address: "บ้านเลขที่ 9 หมู่ 4",
		Birth: ui.Dated(personField(0, "birth"), "cases.person.birth", "1990"), Circa: true}}
}

func wrongFullPerson() CasePersonPage {
	p := fullPersonForm(false)
	p.Errors = ui.Errors{{Field: "person.0.given", Text: ui.T("cases.error.name_missing")}, {Field: "person.0.birth", Text: ui.T("cases.error.birth")},
		{Field: "person.0.address", Text: ui.T("cases.error.too_long")}}
	return p
}

func personClashPage(gone bool) CaseClashPage {
	row := func(field string, differs bool, mine ui.Text, theirs ...ui.Text) CaseClash {
		return CaseClash{Label: ui.T("cases.person." + field), Mine: []ui.Text{mine}, Theirs: theirs, Differs: differs}
	}
	p := CaseClashPage{ID: "c1", Number: "ชร 14/2569", Action: "persons/p2", Version: 4, Gone: gone, Hidden: []CaseHidden{{"person.0.given", "นาซือ"}}}
	if gone {
		p.Action = "persons"
		p.Rows = []CaseClash{row("given", true, ui.Say("นาซือ")), row("birth", true, ui.On("1990")), row("id_number", true, ui.Say("0-0000-89000-00-5"))}
		return p
	}
	p.Rows = []CaseClash{row("given", false, ui.Say("นาซือ"), ui.Say("นาซือ")), row("birth", true, ui.On("1990"), ui.On("1991-02"), ui.T("cases.person.circa")),
		row("status", true, ui.Label("status", "0-89"), ui.Label("status_family", "none")), row("phone", true, ui.Say("080-000-1122"))}
	return p
}

func closedCase(at time.Time) CasePage {
	p := baseCase(at)
	p.CanEdit, p.CanPersons, p.CanConsent, p.CanRefer = false, false, false, false
	p.State = ui.State{Badge: ui.Badge{Text: ui.T("cases.status.closed"), Tone: "done"}, Holder: ui.Say("อรทัย ใจดี"), Since: ui.At(at), Next: ui.T("cases.state.next.closed")}
	p.Next = CaseNext{Closed: true}
	for _, r := range []string{"came_back", "new_facts", "correction"} {
		p.Next.ReopenReasons = append(p.Next.ReopenReasons, ui.Option{Value: r, Label: ui.T("cases.reopen." + r)})
	}
	event := func(kind string, detail ...ui.Text) ui.Event {
		return ui.Event{At: ui.At(at), Title: ui.T("cases.event." + kind), Icon: "user", Who: ui.Say("อรทัย ใจดี"), Detail: detail}
	}
	p.Timeline = append(ui.Timeline{event("person_removed"), event("person_edited", ui.T("cases.person.birth"), ui.T("cases.person.id_number"), ui.T("cases.person.role")),
		event("person_added"), event("reopened", ui.T("cases.reopen.new_facts"))}, p.Timeline...)
	return p
}

func wrongReopening(at time.Time) CasePage {
	p := closedCase(at)
	p.Errors = ui.Errors{{Field: "reopen_reason", Text: ui.T("cases.error.reopen_reason")}}
	return p
}
