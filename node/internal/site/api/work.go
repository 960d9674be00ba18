package api

import (
	"context"
	"time"

	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/casework"
	"github.com/saphan-network/saphan/node/clinic/consent"
)

// CaseWork is what is changed in the case files.
type CaseWork interface {
	Edit(ctx context.Context, actor clinic.Actor, id string, version int64, d casework.Details) (casework.Case, error)
	Screen(ctx context.Context, actor clinic.Actor, id string, version int64, basis string, result casework.Conflict) (casework.Case, error)
	Move(ctx context.Context, actor clinic.Actor, id string, version int64, m casework.Move) (casework.Case, error)
	Reopen(ctx context.Context, actor clinic.Actor, id string, version int64, reason string) (casework.Case, error)
	Note(ctx context.Context, actor clinic.Actor, id, text string) error
	Assign(ctx context.Context, actor clinic.Actor, id, userID string, only bool) (casework.Case, error)
	RecordConsent(ctx context.Context, actor clinic.Actor, id string, r consent.Record) (consent.Record, error)
	WithdrawConsent(ctx context.Context, actor clinic.Actor, id, consentID, how string) error
}

// Persons is what is put right about the persons of a case.
type Persons interface {
	AddPerson(ctx context.Context, actor clinic.Actor, id string, version int64, p casework.Person) (casework.Case, error)
	EditPerson(ctx context.Context, actor clinic.Actor, id string, version int64, p casework.Person) (casework.Case, error)
	RemovePerson(ctx context.Context, actor clinic.Actor, id string, version int64, personID string) (casework.Case, error)
}

// Consent is one consent, or another legal ground instead of one.
type Consent struct {
	ID          string    `json:"id,omitempty"`
	Subjects    []string  `json:"subjects,omitempty" doc:"ids of the persons whose data it covers; none: all of the case"`
	Purpose     string    `json:"purpose" doc:"vocabulary purpose"`
	Recipient   string    `json:"recipient" doc:"a member's actor, network, or inside"`
	Scope       string    `json:"scope,omitempty"`
	Special     bool      `json:"special,omitempty" doc:"special categories were explained and agreed to"`
	Basis       string    `json:"basis" doc:"vocabulary legal_basis"`
	TextVersion string    `json:"text_version,omitempty"`
	Language    string    `json:"language,omitempty"`
	Medium      string    `json:"medium,omitempty" doc:"vocabulary consent_medium"`
	Interpreter string    `json:"interpreter,omitempty"`
	Witness     string    `json:"witness,omitempty"`
	Minor       bool      `json:"minor,omitempty"`
	Guardian    string    `json:"guardian,omitempty"`
	Assent      bool      `json:"assent,omitempty"`
	GivenOn     string    `json:"given_on,omitempty"`
	ValidUntil  string    `json:"valid_until,omitempty"`
	RecordedAt  time.Time `json:"recorded_at,omitzero" doc:"left out when a consent is recorded"`
	WithdrawnAt time.Time `json:"withdrawn_at,omitzero"`
}

// Versioned is a change of what somebody has read in some version.
type Versioned struct {
	Version int64 `json:"version" doc:"the version that was read; another since is answered 409"`
}

func (a *API) casework() {
	write := []string{WriteCases}
	handle(a, op{"PUT", "/cases/{id}", "edit-case", "Change what the file says of the case", write, 0}, func(ctx context.Context, who clinic.Actor, in *struct {
		One
		Body struct {
			Versioned
			OpenedOn    string   `json:"opened_on,omitempty"`
			LocalNumber string   `json:"local_number,omitempty" maxLength:"60"`
			Province    string   `json:"province,omitempty"`
			Amphoe      string   `json:"amphoe,omitempty" maxLength:"200"`
			Issues      []string `json:"issues,omitempty" maxItems:"40"`
			Problem     string   `json:"problem,omitempty" maxLength:"20000"`
			Interpreter string   `json:"interpreter,omitempty" enum:"yes,no,"`
			Guardian    string   `json:"guardian,omitempty" enum:"yes,no,"`
			Openness    int      `json:"openness,omitempty" enum:"0,1,2" doc:"1 restricted, 2 the team; 0 leaves it"`
		}
	}) (Case, error) {
		b := in.Body
		c, err := a.Work.Edit(ctx, who, in.ID, b.Version, casework.Details{OpenedOn: b.OpenedOn, LocalNumber: b.LocalNumber, ProvinceCode: b.Province, AmphoeName: b.Amphoe,
			Issues: b.Issues, Problem: b.Problem, Interpreter: b.Interpreter, GuardianPresent: b.Guardian, Openness: b.Openness})
		return caseOf(c), err
	})
	handle(a, op{"POST", "/cases/{id}/screen", "screen-case", "Legal basis, and whether there is a conflict of interest", write, 0}, func(ctx context.Context, who clinic.Actor, in *struct {
		One
		Body struct {
			Versioned
			Basis    string `json:"basis" doc:"vocabulary legal_basis"`
			Conflict string `json:"conflict" enum:"pending,clear,found"`
		}
	}) (Case, error) {
		c, err := a.Work.Screen(ctx, who, in.ID, in.Body.Version, in.Body.Basis, casework.Conflict(in.Body.Conflict))
		return caseOf(c), err
	})
	handle(a, op{"POST", "/cases/{id}/move", "move-case", "Move the case to another state", write, 0}, func(ctx context.Context, who clinic.Actor, in *struct {
		One
		Body struct {
			Versioned
			To          string `json:"to" enum:"screening,open,on_hold,closed"`
			HoldReason  string `json:"hold_reason,omitempty" maxLength:"2000"`
			WakeOn      string `json:"wake_on,omitempty"`
			CloseReason string `json:"close_reason,omitempty"`
		}
	}) (Case, error) {
		b := in.Body
		c, err := a.Work.Move(ctx, who, in.ID, b.Version, casework.Move{To: casework.Status(b.To), HoldReason: b.HoldReason, WakeOn: b.WakeOn, CloseReason: b.CloseReason})
		return caseOf(c), err
	})
	handle(a, op{"POST", "/cases/{id}/reopen", "reopen-case", "Open a closed case again", write, 0}, func(ctx context.Context, who clinic.Actor, in *struct {
		One
		Body struct {
			Versioned
			Reason string `json:"reason" maxLength:"60"`
		}
	}) (Case, error) {
		c, err := a.Work.Reopen(ctx, who, in.ID, in.Body.Version, in.Body.Reason)
		return caseOf(c), err
	})
	do(a, op{"POST", "/cases/{id}/notes", "note-case", "Write a note into the file", write, 0}, func(ctx context.Context, who clinic.Actor, in *struct {
		One
		Body struct {
			Text string `json:"text" minLength:"1" maxLength:"20000"`
		}
	}) error {
		return a.Work.Note(ctx, who, in.ID, in.Body.Text)
	})
	handle(a, op{"POST", "/cases/{id}/assign", "assign-case", "Give the case to somebody", write, 0}, func(ctx context.Context, who clinic.Actor, in *struct {
		One
		Body struct {
			User string `json:"user" doc:"id of a person"`
			Only bool   `json:"only,omitempty" doc:"take it from all others"`
		}
	}) (Case, error) {
		c, err := a.Work.Assign(ctx, who, in.ID, in.Body.User, in.Body.Only)
		return caseOf(c), err
	})
	a.consents()
}

func (a *API) consents() {
	handle(a, op{"GET", "/cases/{id}/consents", "list-consents", "What was agreed to", []string{ReadCases}, 0}, func(ctx context.Context, who clinic.Actor, in *One) ([]Consent, error) {
		all, err := a.Cases.Consents(ctx, who, in.ID)
		out := make([]Consent, 0, len(all))
		for _, r := range all {
			out = append(out, consentOf(r))
		}
		return out, err
	})
	handle(a, op{"POST", "/cases/{id}/consents", "record-consent", "Take down what was agreed to", []string{WriteCases}, 201}, func(ctx context.Context, who clinic.Actor, in *struct {
		One
		Body Consent
	}) (Consent, error) {
		b := in.Body
		r, err := a.Work.RecordConsent(ctx, who, in.ID, consent.Record{Subjects: b.Subjects, Purpose: b.Purpose, Recipient: b.Recipient, Scope: consent.Scope(b.Scope),
			Special: b.Special, Basis: b.Basis, TextVersion: b.TextVersion, Language: b.Language, Medium: b.Medium, Interpreter: b.Interpreter,
			Witness: b.Witness, Minor: b.Minor, Guardian: b.Guardian, Assent: b.Assent, GivenOn: b.GivenOn, ValidUntil: b.ValidUntil})
		return consentOf(r), err
	})
	do(a, op{"POST", "/cases/{id}/consents/{consent}/withdraw", "withdraw-consent", "Take a consent back; open offers are taken back with it", []string{WriteCases}, 0},
		func(ctx context.Context, who clinic.Actor, in *struct {
			One
			Consent string `path:"consent" maxLength:"60"`
			Body    struct {
				How string `json:"how" doc:"in_person, telephone, letter …"`
			}
		}) error {
			return a.Work.WithdrawConsent(ctx, who, in.ID, in.Consent, in.Body.How)
		})
}

func consentOf(r consent.Record) Consent {
	return Consent{ID: r.ID, Subjects: r.Subjects, Purpose: r.Purpose, Recipient: r.Recipient, Scope: string(r.Scope), Special: r.Special, Basis: r.Basis,
		TextVersion: r.TextVersion, Language: r.Language, Medium: r.Medium, Interpreter: r.Interpreter, Witness: r.Witness, Minor: r.Minor, Guardian: r.Guardian,
		Assent: r.Assent, GivenOn: r.GivenOn, ValidUntil: r.ValidUntil, RecordedAt: r.RecordedAt, WithdrawnAt: r.WithdrawnAt}
}

func (a *API) persons() {
	write := []string{WriteCases, ReadIdentity}
	type change struct {
		Versioned
		Person Person `json:"person"`
	}
	handle(a, op{"POST", "/cases/{id}/persons", "add-person", "Add a person to the case", write, 201}, func(ctx context.Context, who clinic.Actor, in *struct {
		One
		Body change
	}) (Case, error) {
		c, err := a.Persons.AddPerson(ctx, who, in.ID, in.Body.Version, in.Body.Person.domain())
		return caseOf(c), err
	})
	handle(a, op{"PUT", "/cases/{id}/persons/{person}", "edit-person", "Put right what the file says of a person", write, 0}, func(ctx context.Context, who clinic.Actor, in *struct {
		One
		Person string `path:"person" maxLength:"60"`
		Body   change
	}) (Case, error) {
		p := in.Body.Person.domain()
		p.ID = in.Person
		c, err := a.Persons.EditPerson(ctx, who, in.ID, in.Body.Version, p)
		return caseOf(c), err
	})
	handle(a, op{"POST", "/cases/{id}/persons/{person}/remove", "remove-person", "Take a person off the case", write, 0}, func(ctx context.Context, who clinic.Actor, in *struct {
		One
		Person string `path:"person" maxLength:"60"`
		Body   Versioned
	}) (Case, error) {
		c, err := a.Persons.RemovePerson(ctx, who, in.ID, in.Body.Version, in.Person)
		return caseOf(c), err
	})
}
