package policies

import (
	"context"
	"slices"
	"time"
)

// Class says how far a field may travel. The zero value and every unknown value
// count as A.
type Class string

// The classes.
const (
	ClassA Class = "A" // never leaves the organisation
	ClassB Class = "B" // leaves sealed to one named recipient only, for a hand-over
	ClassC Class = "C" // leaves only through a named transform that makes it coarser
	ClassD Class = "D" // leaves as a code of a vocabulary
	ClassE Class = "E" // known in the network
)

// Form says in what shape a field leaves. The zero value counts as Withheld.
type Form string

// The forms, from the most to the least telling.
const (
	Full        Form = "full"        // as it is
	Generalised Form = "generalised" // through a transform
	Count       Form = "count"       // only within a count
	Withheld    Form = "withheld"    // not at all
)

// The purposes for which something may leave.
const (
	Referral   = "referral"   // stage 1: an anonymised offer to a member
	Feedback   = "feedback"   // progress and outcome codes back to the member that offered
	Protocol   = "protocol"   // arrival, refusal, withdrawal, closing: codes, digests and ids
	Membership = "membership" // joining, leaving, and the members list
)

// Facts are raw values by field path (the registry's, see Fields). They are the
// left side of the bridge: what the file holds. The gate never passes them on
// as they are.
type Facts map[string][]string

// Request asks what of Facts may leave to Peer for Purpose. Every zero value is
// the most restrictive one.
type Request struct {
	Peer     string // IRI of the receiving actor
	Purpose  string // Referral, Handover, Feedback, Protocol, Membership, Publish or Meeting
	Facts    Facts
	Consent  int  // 0 none, unknown or withdrawn; 1 inside this organisation; 2 de-identified to the network; 3 the same, special categories included
	Openness int  // 0 sealed or unknown, 1 restricted, 2 network, 3 public
	Adult    bool // known to be of age
	Reviewed bool // a second person has released exactly these texts

	// Count tells how many people of this organisation's own caseload share a
	// generalised combination. The keys of tuple are age_band, sex,
	// status_family, area_level, area_code and issue; a key that is not there is
	// not asked for. status_family may hold a coarser status_top code, age_band
	// a coarse band (child, adult, older), and issue several codes joined by
	// commas (people who share all of them). Nil or an error means: unknown, and
	// nothing about a person leaves.
	Count func(ctx context.Context, tuple map[string]string) (int, error)

	// Of a hand-over only. Accepted: the peer has taken the referral. Agreed are the
	// paths of class B that the person has agreed to hand over to this very peer.
	// Consent is then the level of that consent, not of the one to an offer.
	Accepted bool
	Agreed   []string
}

// FieldDecision is the answer for one field.
type FieldDecision struct {
	Path      string
	Class     Class
	Form      Form
	Raw       []string `json:"-"` // what the file holds, for the left side of the bridge; empty for class A and B; never to be stored
	Values    []string // exactly what leaves
	Rule      string   // the deciding rule as a row, or the name of the guard that said no
	RuleKey   string   // message key for people, e.g. policy.rule.referral_codes
	Transform string   // name with version, e.g. age_band/1; "" when withheld
	Coarsened []string // message keys: what was made coarser than usual, and why
	Why       string   // message key, when withheld
	Remedy    string   // message key: what a person can do about it, when withheld
}

// Decision is the gate's answer to one Request, sealed against change.
type Decision struct {
	ID       string // opaque
	Peer     string
	Purpose  string
	Policy   string // "sha256:" + hex of the snapshot that decided
	At       time.Time
	Allowed  bool   // something may leave: the purpose is open to the peer and all that the message cannot do without is released
	K        int    // smallest number of people who share the released combination; 0 where no person is concerned
	Why      string // message key, when not allowed
	Remedy   string // message key, when not allowed
	Fields   []FieldDecision
	Consent  int
	Openness int
	Adult    bool
	Reviewed bool
	Seal     []byte // the gate's own mark over all that matters above; Clear refuses a decision that was changed
}

// Values returns exactly what may leave for a field, nil if nothing.
func (d Decision) Values(path string) []string {
	for _, f := range d.Fields {
		if f.Path == path && f.Form != Withheld {
			return slices.Clone(f.Values)
		}
	}
	return nil
}

// Value returns the first of Values, or "".
func (d Decision) Value(path string) string {
	if v := d.Values(path); len(v) > 0 {
		return v[0]
	}
	return ""
}

// Transforms returns the names of the transforms by which the released fields
// were made coarser, sorted: what the receiver and the client's receipt are told.
func (d Decision) Transforms() []string {
	var names []string
	for _, f := range d.Fields {
		if f.Form == Generalised && f.Transform != "" && len(f.Values) > 0 {
			names = append(names, f.Transform)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
