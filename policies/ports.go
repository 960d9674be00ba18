package policies

import (
	"context"
	"time"
)

// Peer is what the members list says of another server.
type Peer struct {
	Actor  string   // IRI
	Tier   string   // full, provisional, affiliate, observer, secretariat
	State  string   // active, suspended, StateStale
	Role   string   // hub, member, candidate
	Groups []string // working groups, e.g. "statelessness"
}

// StateStale is the state of a member on a list that the hub has not confirmed for so
// long that it proves nothing any more. Nothing goes there until it does.
const StateStale = "stale"

// Peers looks a peer up among the live members; false means: unknown here.
type Peers func(ctx context.Context, actor string) (Peer, bool, error)

// Entry is a decision as the ledger keeps it: rules, classes and codes, never a value.
type Entry struct {
	Decision, Peer, Purpose, Policy string
	At                              time.Time
	Allowed                         bool
	K                               int
	Why                             string // message key, when not allowed
	Fields                          []EntryField
}

// EntryField is one field of an Entry.
type EntryField struct {
	Path      string
	Class     Class
	Form      Form
	Rule      string // id of the deciding rule or guard
	Transform string
	Why       string
}

// Ledger keeps every decision, yes and no, and every clearance, in the running
// transaction if there is one. An error from it denies.
type Ledger interface {
	Decided(ctx context.Context, e Entry) error
	Cleared(ctx context.Context, r Receipt) error
}

// Entry returns what the ledger keeps of the decision.
func (d Decision) Entry() Entry {
	e := Entry{Decision: d.ID, Peer: d.Peer, Purpose: d.Purpose, Policy: d.Policy, At: d.At, Allowed: d.Allowed, K: d.K, Why: d.Why}
	for _, f := range d.Fields {
		e.Fields = append(e.Fields, EntryField{Path: f.Path, Class: f.Class, Form: f.Form, Rule: ruleID(f.Rule), Transform: f.Transform, Why: f.Why})
	}
	return e
}
