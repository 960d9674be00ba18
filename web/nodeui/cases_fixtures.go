package nodeui

import (
	"time"

	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/ui"
)

func caseFixtures() []web.Fixture {
	at := time.Date(2026, 11, 25, 3, 12, 0, 0, time.UTC)
	out := []web.Fixture{
		{Name: "cases/list: empty", TitleKey: "cases.list.title", Page: CaseListPage{Statuses: caseStatuses(), CanCreate: true}},
		{Name: "cases/list: nothing assigned", TitleKey: "cases.list.title", Page: CaseListPage{Statuses: caseStatuses()}},
		{Name: "cases/list: nothing found", TitleKey: "cases.list.title", Page: CaseListPage{Query: "นาแอ", Narrowed: true, Statuses: caseStatuses(), CanCreate: true}},
		{Name: "cases/list: full", TitleKey: "cases.list.title", Page: fullCaseList(at)},
		{Name: "cases/new: empty", TitleKey: "cases.new.title", Page: CaseNewPage{Key: "0123456789abcdef0123456789abcdef", CanAdd: true,
			Persons: []CasePersonForm{casePersonForm(0, "", "")}, OpenedOn: ui.Dated("opened_on", "cases.field.opened_on", "2026-11-25")}},
		{Name: "cases/new: errors", Status: 422, TitleKey: "cases.new.title", Page: wrongCase()},
		{Name: "cases/show: intake", TitleKey: "cases.show.page", Page: freshCase(at)},
		{Name: "cases/show: open", TitleKey: "cases.show.page", Page: openCase(at)},
		{Name: "cases/show: names shown", TitleKey: "cases.show.page", Page: revealedCase(at)},
		{Name: "cases/show: screening with errors", Status: 422, TitleKey: "cases.show.page", Page: screenedCase(at)},
		{Name: "cases/show: an intern's view", TitleKey: "cases.show.page", Page: internCase(at)},
		{Name: "cases/edit", TitleKey: "cases.edit.title", Page: CaseEditPage{ID: "c1", Number: "ชร 14/2569", Version: 3, Province: "57", Amphoe: "แม่ฟ้าหลวง",
			Issues: []string{"status_unregistered_child"}, Problem: "โรงเรียนไม่รับเข้าเรียนเพราะไม่มีสูติบัตร", Interpreter: "yes", GuardianPresent: "yes",
			OpenedOn: ui.Dated("opened_on", "cases.field.opened_on", "2026-11-20"), Openness: "2", LocalNumber: "ชร 14/2569"}},
		{Name: "cases/clash", Status: 409, TitleKey: "cases.clash.title", Page: CaseClashPage{ID: "c1", Action: "edit", Number: "ชร 14/2569", Version: 4, Rows: []CaseClash{
			{Label: ui.T("cases.field.amphoe"), Mine: []ui.Text{ui.Say("แม่จัน")}, Theirs: []ui.Text{ui.Say("แม่ฟ้าหลวง")}, Differs: true},
			{Label: ui.T("cases.field.province"), Mine: ui.Labels("province", "57"), Theirs: ui.Labels("province", "57")},
		}, Hidden: []CaseHidden{{"amphoe", "แม่จัน"}}}},
		{Name: "cases/consent: a child", TitleKey: "consent.new.title", Page: caseConsentForm(nil)},
		{Name: "cases/consent: errors", Status: 422, TitleKey: "consent.new.title", Page: caseConsentForm(ui.Errors{
			{Field: "guardian", Text: ui.T("consent.error.guardian")}, {Field: "language", Text: ui.T("consent.error.language")}})},
	}
	return append(out, personFixtures(at)...)
}

func caseStatuses() []ui.Option {
	var out []ui.Option
	for _, s := range []string{"intake", "screening", "open", "on_hold", "closed"} {
		out = append(out, ui.Option{Value: s, Label: ui.T("cases.status." + s)})
	}
	return out
}

func fullCaseList(at time.Time) CaseListPage {
	row := func(n, name, status, tone, holder, place string, issues ...string) CaseRow {
		return CaseRow{Href: "/cases/" + n, Number: "ชร " + n + "/2569", Name: name, Persons: 2, Status: ui.Badge{Text: ui.T("cases.status." + status), Tone: tone},
			Holder: holder, Issues: ui.Labels("issue", issues...), Place: ui.Label("province", place), OpenedOn: "2026-11-20", Changed: at}
	}
	return CaseListPage{Statuses: caseStatuses(), CanCreate: true, Found: ui.T("cases.list.found", "n", 61),
		Drafts: []CaseDraft{{Key: "0123456789abcdef0123456789abcdef", Saved: at}},
		Pager:  ui.Pager{Page: 1, Pages: 3, Total: 61, Next: "/cases?page=2"},
		Rows: []CaseRow{
			row("14", "ด.ญ. นาแฮ ล•••", "intake", "act", "", "57", "status_unregistered_child", "access_education"),
			row("13", "นายอาซา ม•••", "open", "info", "อรทัย ใจดี", "57", "registered_no_nationality"),
			row("12", "", "on_hold", "wait", "สมพร รักธรรม", "50", "kinship_proof"),
			row("9", "นางแสงหล้า ค•••", "closed", "done", "อรทัย ใจดี", "58", "document_lost"),
		}}
}

func casePersonForm(n int, given, family string) CasePersonForm {
	return CasePersonForm{N: n, Given: given, Family: family, Birth: ui.Dated(personField(n, "birth"), "cases.person.birth", "")}
}

func wrongCase() CaseNewPage {
	return CaseNewPage{Key: "0123456789abcdef0123456789abcdef", CanAdd: true, Problem: "โรงเรียนไม่รับเข้าเรียน",
		Persons:  []CasePersonForm{casePersonForm(0, "", ""), casePersonForm(1, "นาซือ", "ลาหู่นะ")},
		OpenedOn: ui.Dated("opened_on", "cases.field.opened_on", "2026-11-25"),
		Errors:   ui.Errors{{Field: "person.0.given", Text: ui.T("cases.error.name_missing")}, {Field: "person.1.birth", Text: ui.T("cases.error.birth")}}}
}

func baseCase(at time.Time) CasePage {
	fact := func(label string, t ...ui.Text) ui.Fact { return ui.Fact{Label: ui.T(label), Values: t} }
	return CasePage{
		ID: "c1", Number: "ชร 14/2569", Version: 3, CanReveal: true, CanEdit: true, CanPersons: true, CanNote: true, CanConsent: true, ShowReferrals: true, ShowSent: true, CanRefer: true,
		State: ui.State{Badge: ui.Badge{Text: ui.T("cases.status.open"), Tone: "info"}, Holder: ui.Say("อรทัย ใจดี"), Since: ui.At(at), Next: ui.T("cases.state.next.open")},
		Persons: []CasePerson{
			{Name: "ด.ญ. น••• ล•••", Role: ui.T("cases.role.client"), Facts: ui.Facts{fact("cases.person.birth", ui.On("2015")), fact("cases.person.sex", ui.Label("sex", "female")), fact("cases.person.status", ui.Label("status_family", "none"))}},
			{Name: "นางน••• ล•••", Role: ui.T("cases.role.member"), Facts: ui.Facts{fact("cases.person.birth", ui.On("1990")), fact("cases.person.id_number", ui.Say("0-xxxx-xxxxx-xx-x"))}},
		},
		Problem: "โรงเรียนไม่รับเข้าเรียนเพราะไม่มีสูติบัตร แม่เคยไปแจ้งเกิดแล้วสองครั้ง เจ้าหน้าที่ไม่รับคำร้อง",
		Facts: ui.Facts{fact("cases.field.issues", ui.Labels("issue", "status_unregistered_child", "access_education")...), fact("cases.list.place", ui.T("cases.amphoe", "name", "แม่ฟ้าหลวง"), ui.Label("province", "57")),
			fact("cases.field.interpreter", ui.T("cases.yes")), fact("cases.field.opened_on", ui.On("2026-11-20"))},
		Team: ui.Facts{fact("cases.list.holder", ui.Say("อรทัย ใจดี")), fact("cases.team.others")},
		Timeline: ui.Timeline{
			{At: ui.At(at), Title: ui.T("cases.event.note"), Icon: "note", Who: ui.Say("อรทัย ใจดี"), Detail: []ui.Text{ui.Say("โทรหาโรงเรียนแล้ว นัดไปด้วยกันวันศุกร์")}},
			{At: ui.At(at), Title: ui.T("cases.event.created"), Who: ui.Say("สมพร รักธรรม")},
		},
	}
}

func freshCase(at time.Time) CasePage {
	p := baseCase(at)
	p.State = ui.State{Badge: ui.Badge{Text: ui.T("cases.status.intake"), Tone: "act"}, Holder: ui.T("cases.nobody"), Since: ui.At(at),
		Next: ui.T("cases.state.next.assign"), Otherwise: ui.T("cases.state.otherwise")}
	p.Next = CaseNext{Intake: true}
	p.CanAssign = true
	p.Colleagues = []ui.Option{{Value: "u1", Label: ui.Say("อรทัย ใจดี")}, {Value: "u2", Label: ui.Say("สมพร รักธรรม")}}
	return p
}

func openCase(at time.Time) CasePage {
	p := baseCase(at)
	p.BasisChosen = true
	p.Next = CaseNext{Open: true, CanClose: true, WakeOn: ui.Dated("wake_on", "cases.field.wake_on", ""),
		CloseReasons: []ui.Option{{Value: "goal_met", Label: ui.T("cases.close.goal_met")}}}
	p.Consents = []CaseConsent{{ID: "k1", CanEnd: true, Badge: ui.Badge{Text: ui.T("consent.state.valid"), Tone: "done"},
		Title: ui.T("consent.record", "purpose", ui.Label("purpose", "status_work"), "recipient", ui.T("consent.recipient.network")),
		Facts: ui.Facts{{Label: ui.T("consent.field.medium"), Values: ui.Labels("consent_medium", "thumbprint")}, {Label: ui.T("consent.field.given_on"), Values: []ui.Text{ui.On("2026-11-21")}}},
		Ways:  []ui.Option{{Value: "in_person", Label: ui.T("consent.way.in_person")}}}}
	p.Referrals = []CaseReferral{{Href: "/referrals/r1", Title: ui.Say("มูลนิธิเครือข่ายแรงงานสมุทรสาคร"), Badge: ui.Badge{Text: ui.T("cases.event.referral_accepted"), Tone: "done"}, At: at}}
	return p
}

func revealedCase(at time.Time) CasePage {
	p := openCase(at)
	p.Revealed = true
	p.Persons[0].Name = "ด.ญ. นาแฮ ลาหู่นะ"
	p.Persons[1].Name = "นางนาซือ ลาหู่นะ"
	return p
}

func screenedCase(at time.Time) CasePage {
	p := baseCase(at)
	p.State.Badge = ui.Badge{Text: ui.T("cases.status.screening"), Tone: "act"}
	p.State.Next = ui.T("cases.state.next.screening")
	p.Next = CaseNext{Screening: true, Basis: "explicit_consent", Conflict: "pending"}
	p.Errors = ui.Errors{{Field: "conflict", Text: ui.T("cases.error.conflict_open")}}
	return p
}

func internCase(at time.Time) CasePage {
	p := baseCase(at)
	p.CanReveal, p.CanEdit, p.CanPersons, p.CanConsent, p.ShowReferrals = false, false, false, false, false
	return p
}

func caseConsentForm(errs ui.Errors) CaseConsentPage {
	return CaseConsentPage{ID: "c1", Number: "ชร 14/2569", Errors: errs, Minor: true, Basis: "explicit_consent", TextVersion: "offer-1",
		Recipients: []ui.Option{{Value: "network", Label: ui.T("consent.recipient.network")}, {Value: "https://lpn.example/ap/org", Label: ui.Say("มูลนิธิเครือข่ายแรงงานสมุทรสาคร")}},
		GivenOn:    ui.Dated("given_on", "consent.field.given_on", "2026-11-25"), ValidUntil: ui.Dated("valid_until", "consent.field.valid_until", "")}
}
