// Package casework is the member's case file: the case with its persons, what
// happened to it and when, who has it, and who may see it. It is plain Go; the
// rows live in node/internal/store/casestore.
package casework

import (
	"time"

	"github.com/saphan-network/saphan/node/clinic/thai"
)

// Status is the administrative state of a case, one of three independent axes
// (the others, legal stage and service step, belong to later work).
type Status string

// The administrative states. A case moves along Next only.
const (
	StatusIntake    Status = "intake"    // written down, nobody has looked at it yet
	StatusScreening Status = "screening" // is it ours, is there a conflict of interest, on which legal basis
	StatusOpen      Status = "open"      // being worked on
	StatusOnHold    Status = "on_hold"   // waiting, with a reason and a day to wake up
	StatusClosed    Status = "closed"
)

// Next lists the states that a case may move to.
func (s Status) Next() []Status {
	switch s {
	case StatusIntake:
		return []Status{StatusScreening}
	case StatusScreening:
		return []Status{StatusOpen, StatusClosed}
	case StatusOpen:
		return []Status{StatusOnHold, StatusClosed}
	case StatusOnHold:
		return []Status{StatusOpen, StatusClosed}
	case StatusClosed:
		return []Status{StatusScreening} // by Reopen alone: is it ours now, is there a conflict of interest by now
	}
	return nil
}

// Statuses lists all states in the order of a case's life.
func Statuses() []Status {
	return []Status{StatusIntake, StatusScreening, StatusOpen, StatusOnHold, StatusClosed}
}

// Conflict is the result of the conflict-of-interest check.
type Conflict string

// The results. Only ConflictClear lets a case be opened.
const (
	ConflictPending Conflict = "pending" // not checked yet
	ConflictClear   Conflict = "clear"   // checked, none known
	ConflictFound   Conflict = "found"   // there is one: the case stays with those who were cleared
)

// The openness of a case, as the egress policies count it.
const (
	OpennessSealed     = 0 // in a compartment, or unknown
	OpennessRestricted = 1 // only those assigned
	OpennessNormal     = 2 // the team too
)

// The roles a person may have in a case.
const (
	RoleClient = "client" // the problem owner; the first one is the main client
	RoleMember = "member" // of the client's household
)

// PrecisionCirca marks a birth that is a guess; the other precisions follow from
// how much of the date there is.
const PrecisionCirca = "circa"

// Person is a client or a member of the household. All values but the coarse
// ones (sex, status, birth year) are class A or B and are stored sealed.
type Person struct {
	ID             string // opaque, set by the service
	Title          string // นาย, นาง, ด.ช. …; may be empty
	Given          string // many people have one name only
	Family         string
	OtherNames     []string // other spellings, scripts, nicknames
	IDNumber       string   // as written; a wrong check digit is no reason to refuse
	Phone          string
	Village        string
	Address        string
	Birth          string // ISO, partial where only so much is known: 2006-01-02, 2006-01, 2006
	BirthPrecision string // day, month, year, circa, or empty when unknown
	Sex            string // vocabulary "sex"
	Nationality    string // vocabulary "nationality"
	Ethnicity      string // never leaves the organisation
	Status         string // vocabulary "status_family"
	Role           string // RoleClient or RoleMember
}

// Name is the person's name in one line, without the title.
func (p Person) Name() string {
	switch {
	case p.Given == "":
		return p.Family
	case p.Family == "":
		return p.Given
	}
	return p.Given + " " + p.Family
}

// FullName is the name with its title.
func (p Person) FullName() string {
	if p.Title == "" {
		return p.Name()
	}
	return p.Title + thai.TitleGap(p.Title) + p.Name()
}

// BirthYear is the Christian year of birth, 0 when unknown.
func (p Person) BirthYear() int { return yearOf(p.Birth) }

// Case is one case file.
type Case struct {
	ID                           string
	LocalNumber                  string // the organisation's own number, class A; may be empty
	AdminStatus                  Status
	Since                        time.Time // in this state since
	Openness                     int
	Compartment                  string // opaque name of the compartment, empty for none
	Team                         string // opaque name of the team, empty for the whole organisation
	OwnerID                      string // the user who has it, empty while nobody does
	Assigned                     []string
	OpenedOn                     string // ISO, partial ok
	Issues                       []string
	ProvinceCode, AmphoeName     string
	Persons                      []Person
	Problem                      string // class A
	Interpreter, GuardianPresent string // yes, no, or empty for unknown
	Channel, Source              string
	LegalBasis                   string // vocabulary "legal_basis"; chosen before consent is asked
	Conflict                     Conflict
	HoldReason                   string // class A
	WakeOn                       string // ISO date on which a case on hold comes back
	CloseReason                  string // code
	Version                      int64
	CreatedAt, UpdatedAt         time.Time
}

// Client is the main client: the first person with that role, else the first person.
func (c Case) Client() Person {
	for _, p := range c.Persons {
		if p.Role == RoleClient {
			return p
		}
	}
	if len(c.Persons) > 0 {
		return c.Persons[0]
	}
	return Person{}
}

// Intake is what is written down when somebody comes to the clinic, or what an
// importer reads from a register.
type Intake struct {
	Key                          string // idempotency: a form's UUID, or "file-sha:sheet:row"
	OpenedOn                     string
	Persons                      []Person
	ProvinceCode, AmphoeName     string
	Issues                       []string
	Problem                      string
	Interpreter, GuardianPresent string
	LocalNumber                  string
	Channel, Source              string
	OwnerID, Team                string // who gets it; empty: the creator (Create) or nobody yet (FromRegister)
}

// Filter narrows a list. The zero value lists all that the actor may see.
type Filter struct {
	Query  string // names, local number, identity number; folded as Thai
	Status Status
	Mine   bool // assigned to the actor
	Page   int  // from 1; 0 means 1
	Size   int  // cases a page; 0 means 25
}

// Item is a case in a list, without what only a reader of identities may see.
type Item struct {
	ID, LocalNumber string
	Name            string // given name and masked family name; empty without the right to read identities
	Persons         int
	AdminStatus     Status
	Since           time.Time
	OwnerID         string
	OpenedOn        string
	Issues          []string
	ProvinceCode    string
	WakeOn          string
	UpdatedAt       time.Time
}

// Page is one page of a list. Total counts only what the actor may see; More
// says that a search found more than it counted.
type Page struct {
	Items             []Item
	Total, Page, Size int
	More              bool
}

// The kinds of event in a case's timeline.
const (
	EventCreated   = "created"
	EventImported  = "imported"
	EventMoved     = "moved"
	EventAssigned  = "assigned"
	EventReleased  = "unassigned"
	EventNote      = "note"
	EventBasis     = "basis"
	EventConflict  = "conflict"
	EventEdited    = "edited"
	EventIdentity  = "identity_read"
	EventConsent   = "consent"
	EventWithdrawn = "consent_withdrawn"
	EventReopened  = "reopened"

	EventPersonAdded   = "person_added"
	EventPersonEdited  = "person_edited"
	EventPersonRemoved = "person_removed"
)

// Event is one thing that happened to a case. Detail carries codes and opaque
// ids only; Text is class A and stored sealed.
type Event struct {
	ID, CaseID string
	At         time.Time
	By         string // user id
	Kind       string
	Detail     map[string]string
	Text       string
}
