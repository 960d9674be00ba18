package nodeui

import (
	"slices"
	"strconv"
	"time"

	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/staffui"
	"github.com/saphan-network/saphan/web/ui"
)

func personField(n int, name string) string { return "person." + strconv.Itoa(n) + "." + name }

func casePages() []web.Entry {
	return []web.Entry{web.Of[CaseListPage](), web.Of[CaseNewPage](), web.Of[CasePage](), web.Of[CaseEditPage](), web.Of[CaseClashPage](),
		web.Of[CasePersonPage](), web.Of[CaseConsentPage]()}
}

// CaseListPage is the list of cases with its search.
type CaseListPage struct {
	Query     string
	Status    string
	Mine      bool
	Statuses  []ui.Option
	Found     ui.Text // how many, in words
	Rows      []CaseRow
	Pager     ui.Pager
	Narrowed  bool // a search or a filter is on
	CanCreate bool
	Drafts    []CaseDraft
}

// Template is cases/list.
func (CaseListPage) Template() string { return "cases/list" }

// CaseRow is one case in the list.
type CaseRow struct {
	Href, Number string
	Name         string // empty for who may not read identities
	Persons      int
	Status       ui.Badge
	Holder       string // name of the owner, empty when nobody has it
	Issues       []ui.Text
	Place        ui.Text
	OpenedOn     string // ISO
	Changed      time.Time
}

// CaseDraft is an unfinished intake of the person signed in.
type CaseDraft struct {
	Key   string
	Saved time.Time
}

// CasePersonForm is the part of the intake form about one person. N is its
// place, from 0.
type CasePersonForm struct {
	N                                                  int
	Title, Given, Family, Other, Sex, Status, IDNumber string
	Nationality, Phone, Village, Address               string
	Birth                                              ui.Field // of the type date
	Circa                                              bool     // the birth is a guess
}

// Field is the name of one of its fields.
func (p CasePersonForm) Field(name string) string { return personField(p.N, name) }

// With gives the errors of the whole form to the part about this person.
func (p CasePersonForm) With(e ui.Errors) CasePersonPart {
	return CasePersonPart{CasePersonForm: p, Errors: e}
}

// First reports whether it is the main client.
func (p CasePersonForm) First() bool { return p.N == 0 }

// More reports whether something stands in the part that is folded away.
func (p CasePersonForm) More() bool {
	return p.IDNumber+p.Other+p.Nationality+p.Phone+p.Village+p.Address != ""
}

// CasePersonPart is a CasePersonForm with the errors of the form.
type CasePersonPart struct {
	CasePersonForm
	Errors ui.Errors
}

// More reports whether the part that is folded away must be open: something
// stands in it, or something may be wrong in it.
func (p CasePersonPart) More() bool { return p.CasePersonForm.More() || p.Errors.InFields() }

// Titles are the forms of address to choose from, and the one that stands there.
func (p CasePersonPart) Titles() []ui.Option {
	var out []ui.Option
	known := p.Title == ""
	for _, t := range []string{"นาย", "นาง", "นางสาว", "ด.ช.", "ด.ญ."} {
		known = known || t == p.Title
		out = append(out, ui.Option{Value: t, Label: ui.Say(t)})
	}
	if !known {
		out = append(out, ui.Option{Value: p.Title, Label: ui.Say(p.Title)})
	}
	return out
}

// Statuses are the families of status to choose from, and the finer status that
// stands there, so that saving the form does not coarsen it.
func (p CasePersonPart) Statuses(families []ui.Option) []ui.Option {
	return keeping(families, p.Status, ui.Label("status", p.Status))
}

// Nations are the nationalities to choose from, and what a register wrote.
func (p CasePersonPart) Nations(list []ui.Option) []ui.Option {
	return keeping(list, p.Nationality, ui.Say(p.Nationality))
}

func keeping(list []ui.Option, value string, label ui.Text) []ui.Option {
	if value == "" || slices.ContainsFunc(list, func(o ui.Option) bool { return o.Value == value }) {
		return list
	}
	return append([]ui.Option{{Value: value, Label: label}}, list...)
}

// CaseNewPage is the intake form.
type CaseNewPage struct {
	Key                          string
	Draft                        bool // it was kept before
	Errors                       ui.Errors
	Persons                      []CasePersonForm
	CanAdd                       bool
	Province, Amphoe             string
	Issues                       []string
	Problem                      string
	Interpreter, GuardianPresent string
	LocalNumber                  string
	OpenedOn                     ui.Field
}

// Template is cases/new.
func (CaseNewPage) Template() string { return "cases/new" }

// AddPerson makes room for one more person.
func (p *CaseNewPage) AddPerson() {
	n := len(p.Persons)
	p.Persons = append(p.Persons, CasePersonForm{N: n, Birth: ui.Dated(personField(n, "birth"), "cases.person.birth", "")})
}

// CasePage is the file of one case.
type CasePage struct {
	ID, Number    string
	Version       int64
	Errors        ui.Errors
	State         ui.State
	Next          CaseNext
	Persons       []CasePerson
	Revealed      bool
	CanReveal     bool
	CanEdit       bool
	CanPersons    bool // add, change and take out persons
	Facts         ui.Facts
	Problem       string
	Team          ui.Facts
	CanAssign     bool
	Colleagues    []ui.Option
	Consents      []CaseConsent
	CanConsent    bool
	BasisChosen   bool
	Referrals     []CaseReferral
	ShowReferrals bool
	ShowSent      bool // what went to whom may be asked
	CanRefer      bool
	CanNote       bool
	Note          string // what was typed, after an error
	Timeline      ui.Timeline
	Lessons       []staffui.LibraryRow // of the network, that are like this case
	CanLearn      bool                 // it is closed, and a lesson can be begun
}

// Template is cases/show.
func (CasePage) Template() string { return "cases/show" }

// CaseNext is the step that comes next, with what its guards ask for.
type CaseNext struct {
	Intake, Screening, Open, OnHold bool // which step's form to show
	Closed                          bool // it may be opened again
	Basis, Conflict                 string
	Ready                           bool // basis and check are there: it can be opened
	HoldReason                      string
	WakeOn                          ui.Field
	CloseReason                     string
	CloseReasons                    []ui.Option
	CanClose                        bool
	ReopenReason                    string
	ReopenReasons                   []ui.Option
}

// Any reports whether there is a step to offer.
func (n CaseNext) Any() bool { return n.Intake || n.Screening || n.Open || n.OnHold || n.Closed }

// CasePerson is one person of the case, masked unless revealed.
type CasePerson struct {
	ID    string
	Name  string
	Role  ui.Text
	Facts ui.Facts
}

// CasePersonPage is the form of one person of a case.
type CasePersonPage struct {
	ID, Number string
	Version    int64
	Errors     ui.Errors
	PersonID   string // empty for somebody new
	Person     CasePersonForm
	Role       string
	Client     bool         // the one who must stay
	Now        []CasePerson // after somebody was quicker: who is in the case now, masked
}

// Template is cases/whom.
func (CasePersonPage) Template() string { return "cases/whom" }

// Post is where the form goes.
func (p CasePersonPage) Post() string {
	if p.PersonID == "" {
		return "/cases/" + p.ID + "/persons"
	}
	return "/cases/" + p.ID + "/persons/" + p.PersonID
}

// CaseConsent is one consent record.
type CaseConsent struct {
	ID      string
	Title   ui.Text
	Badge   ui.Badge
	Facts   ui.Facts
	CanEnd  bool
	Ways    []ui.Option
	Version int64
}

// Of is the record with its case, for its form's address.
func (c CaseConsent) Of(caseID string) CaseConsentOf {
	return CaseConsentOf{CaseConsent: c, CaseID: caseID}
}

// CaseConsentOf is a consent record of a case.
type CaseConsentOf struct {
	CaseConsent
	CaseID string
}

// CaseReferral is one referral of the case.
type CaseReferral struct {
	Href  string
	Title ui.Text
	Badge ui.Badge
	At    time.Time
}

// CaseEditPage is the form of a case's facts.
type CaseEditPage struct {
	ID, Number                   string
	Version                      int64
	Errors                       ui.Errors
	LocalNumber                  string
	OpenedOn                     ui.Field
	Province, Amphoe             string
	Issues                       []string
	Problem                      string
	Interpreter, GuardianPresent string
	Openness                     string // "1" or "2"; empty in a compartment
}

// Template is cases/edit.
func (CaseEditPage) Template() string { return "cases/edit" }

// CaseClashPage shows both versions after somebody else was quicker.
type CaseClashPage struct {
	ID, Number string
	Action     string // what is sent again, below the case's address
	Gone       bool   // it is about a person who was taken out meanwhile
	Version    int64  // the one that is stored now
	Rows       []CaseClash
	Hidden     []CaseHidden // what was typed, to be sent again
}

// Template is cases/clash.
func (CaseClashPage) Template() string { return "cases/clash" }

// CaseClash is one fact in both versions.
type CaseClash struct {
	Label        ui.Text
	Mine, Theirs []ui.Text
	Differs      bool
}

// CaseHidden is one value of a form, carried along.
type CaseHidden struct{ Name, Value string }

// CaseConsentPage is the form of a consent, with the words that are read out.
type CaseConsentPage struct {
	ID, Number                     string
	Errors                         ui.Errors
	Minor                          bool // somebody of the case may be under age
	Recipients                     []ui.Option
	Recipient, Purpose             string
	Special                        bool
	Basis                          string
	Language, Medium               string
	Interpreter, Witness, Guardian string
	Assent                         bool
	GivenOn, ValidUntil            ui.Field
	TextVersion                    string
}

// Template is cases/consent.
func (CaseConsentPage) Template() string { return "cases/consent" }
