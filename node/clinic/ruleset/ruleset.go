// Package ruleset is what an organisation forbids beyond what the network has
// agreed: its own rules, in versions. One person drafts and proposes, another
// puts a version into force as a whole, and whatever was in force can be brought
// back, by two persons again. A rule here only ever forbids.
package ruleset

import (
	"context"
	"slices"
	"time"

	"github.com/saphan-network/saphan/node/clinic"
)

// State is where a version stands.
type State string

// The states.
const (
	Draft      State = "draft"      // somebody works on it
	Proposed   State = "proposed"   // it is fixed; a second person reads it
	Active     State = "active"     // it is in force
	Superseded State = "superseded" // it was in force
	Rejected   State = "rejected"   // it never will be
)

// Act is what was done with a version.
type Act string

// The acts.
const (
	Drafted   Act = "draft"
	Edited    Act = "edit"
	Suggested Act = "propose"
	Returned  Act = "return"
	Refused   Act = "reject"
	Activated Act = "activate"
)

// Limits of what people write.
const (
	MaxRows = 100 // rules of one version
	MaxNote = 300 // characters of a reason
)

// Row is one rule: to whom, for what, which field, in which form, and when it
// forbids. The cells are those of the gate (see the policies' Row); a row has no
// effect cell, since it can only forbid.
type Row struct {
	Name    string `json:"name"` // own_1, own_2, …
	Who     string `json:"who"`
	Purpose string `json:"purpose"`
	Field   string `json:"field"`
	Form    string `json:"form"`
	When    string `json:"when"`
	Reason  string `json:"reason"` // why, in somebody's words
}

// Event is one thing that was done. Events are never changed: what a version is
// follows from them.
type Event struct {
	Position int64 // in the order of all that was done
	Number   int64 // of the version
	Revision int64 // of the version: 1, 2, 3, …
	Act      Act
	By       string // user
	At       time.Time
	Note     string // why, in somebody's words
	Rows     []Row  // after Drafted and Edited
	Base     int64  // Drafted: the version that was in force then
	From     int64  // Drafted: the version that is brought back, if one is
	Hash     string // Suggested, Activated: of all rules together
}

// Version is one set of our own rules.
type Version struct {
	Number     int64
	Revision   int64
	State      State
	Rows       []Row
	Note       string // why it was drafted
	Base, From int64
	DraftedBy  string
	EditedBy   []string // everybody who had a hand in what it says, the drafter first
	Drafted    time.Time
	Edited     time.Time
	EditedLast string
	ProposedBy string
	Proposed   time.Time
	DecidedBy  string // who put it into force, refused it, or sent it back
	Decided    time.Time
	Answer     string // the reason given then
	Hash       string
	Until      time.Time // superseded: when
}

// fold makes the versions of all events, the newest first.
func fold(all []Event) []Version {
	var out []Version
	at := map[int64]int{}
	live := -1
	for _, e := range all {
		i, known := at[e.Number]
		if !known {
			i, out = len(out), append(out, Version{Number: e.Number, Note: e.Note, Base: e.Base, From: e.From, DraftedBy: e.By, Drafted: e.At})
			at[e.Number] = i
		}
		v := &out[i]
		v.Revision = e.Revision
		switch e.Act {
		case Drafted, Edited:
			v.State, v.Rows, v.Edited, v.EditedLast = Draft, e.Rows, e.At, e.By
			if !slices.Contains(v.EditedBy, e.By) {
				v.EditedBy = append(v.EditedBy, e.By)
			}
		case Suggested:
			v.State, v.ProposedBy, v.Proposed, v.Hash = Proposed, e.By, e.At, e.Hash
			v.DecidedBy, v.Answer = "", ""
		case Returned:
			v.State, v.DecidedBy, v.Decided, v.Answer = Draft, e.By, e.At, e.Note
		case Refused:
			v.State, v.DecidedBy, v.Decided, v.Answer = Rejected, e.By, e.At, e.Note
		case Activated:
			if live >= 0 {
				out[live].State, out[live].Until = Superseded, e.At
			}
			live = i
			v.State, v.DecidedBy, v.Decided, v.Hash = Active, e.By, e.At, e.Hash
		}
	}
	slices.SortStableFunc(out, func(a, b Version) int { return int(b.Number - a.Number) })
	return out
}

// Store keeps events.
type Store interface {
	// Lock makes all others who change rules wait until the running transaction ends.
	Lock(ctx context.Context) error
	// Append adds an event and fills in its position; a fault.Conflict when the
	// version has moved on from the revision before.
	Append(ctx context.Context, e *Event) error
	// Events returns all, the first first.
	Events(ctx context.Context) ([]Event, error)
}

// Problem is a row that is no rule.
type Problem struct {
	Row    int    // from 1; 0: the rules as a whole
	Column string // name, who, purpose, field, form, condition, effect, or ""
}

// Finding is a rule that changes nothing.
type Finding struct {
	Name string // of the row
	Kind string // dead: it never applies; shadowed: others say the same without it
}

// Term is a clause of a condition.
type Term struct {
	Attr, Op string
	N        int
}

// Effect is one thing that changes: a field that no longer reaches, or newly
// reaches, some kinds of recipients.
type Effect struct {
	Purpose, Path, Form string
	Allows              bool
	Kinds               []string // full, provisional, …, or org:IRI
	Members             []string // names of the members concerned
	Whole               bool     // always
	When                []Term   // not Whole: when all of this holds
	Partly              bool     // not Whole: in some cases that cannot be said in short
	Message             bool     // nothing of this purpose gets there any more, or newly does
}

// Judgement is what follows from a set of rows.
type Judgement struct {
	Hash      string // of all rules together, "" where there are problems
	Problems  []Problem
	Findings  []Finding
	Failed    int // examples of the network's rules that are answered wrongly, not just more strictly
	Examples  int
	Differ    bool // the two evaluators do not agree
	Effects   []Effect
	Referrals int // drafts and referrals waiting for approval that would hold less, or not go at all
	Messages  int // messages waiting to be sent that would stay
}

// Fit reports whether the rows can be put into force.
func (j Judgement) Fit() bool {
	return len(j.Problems) == 0 && !j.Differ && j.Failed == 0 && j.Hash != "" &&
		!slices.ContainsFunc(j.Findings, func(f Finding) bool { return f.Kind == "dead" })
}

// Judge says what follows from rows. Of referrals it counts those only that who
// may know of.
type Judge interface {
	Judge(ctx context.Context, who clinic.Actor, rows []Row) (Judgement, error)
}

// Deps is what the service stands on; all are needed.
type Deps struct {
	Store     Store
	Judge     Judge
	Authority clinic.Authority
	Tx        clinic.Transactor
	Audit     clinic.Recorder
	Now       clinic.Clock
}

// Cells are the row as the gate reads it: a rule of ours only forbids.
func (r Row) Cells() []string {
	return []string{r.Name, r.Who, r.Purpose, r.Field, r.Form, r.When, "deny"}
}
