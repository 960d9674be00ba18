package referral

import (
	"errors"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
)

// ErrIllegal says that a move is not in the table of legal moves. From another
// member it is answered with illegal_transition and nothing changes here.
var ErrIllegal = errors.New("referral: illegal transition")

// ErrUnknown says that a message is about nothing that this member shares with
// its sender; absent and foreign are not told apart.
var ErrUnknown = errors.New("referral: unknown to this sender")

func illegal(s State, m Move) error {
	return fault.Wrap(fault.Conflict, "referrals.error.illegal_move", ErrIllegal).With("state", string(s)).With("move", string(m))
}

// Phrase is one controlled sentence instead of free text; the slots hold codes.
type Phrase struct {
	Code  string            `json:"code"`
	Slots map[string]string `json:"slots,omitempty"`
}

// Form is what a person chooses when drafting. All of it is codes of
// federation/vocabulary; there is no free text.
type Form struct {
	Kind        string   `json:"kind"`                  // referral_kind
	Urgency     string   `json:"urgency"`               // urgency
	Purpose     string   `json:"purpose"`               // purpose
	Needs       []string `json:"needs"`                 // service_type, at least one
	Issues      []string `json:"issues,omitempty"`      // issue
	Phrases     []Phrase `json:"phrases,omitempty"`     // phrase
	Target      string   `json:"target"`                // IRI of the one member that is asked
	FeedbackDue string   `json:"feedbackDue,omitempty"` // date 2006-01-02
}

// Held is one line of what the file holds, read live for the left side of the
// bridge panel and never stored with a referral.
type Held struct {
	Path   string   // field path of the policy registry, e.g. "referral/person/full_name"
	List   string   // vocabulary of the values, "" where they are not codes
	Values []string // as the file has them, masked where the reader has not asked for identities
}

// Source is what a case gives to a referral of its main client.
type Source struct {
	Facts    map[string][]string // field path -> raw class C and D values
	Refused  []string            // paths of class A and B that the file has, to be shown as staying
	Held     []Held              // the left side, in the order of the page
	Issues   []string            // of the case, as a start for the form
	Place    string              // province code, for ranking members
	Openness int                 // 0 sealed or unknown, 1 restricted, 2 network, 3 public
	Adult    bool                // known to be an adult
}

// Ground is the legal ground on which a case may be shared for a purpose with a
// recipient now.
type Ground struct {
	Level      int       // 0 none, unknown or withdrawn; 1 inside; 2 network, de-identified; 3 with special categories
	Basis      string    // legal_basis
	Version    string    // version of the consent text
	ConsentID  string    // opaque
	ValidUntil time.Time // zero: no end
	Why        string    // message key, at level 0
}

// Envelope is what is drawn once for an offer when it is submitted.
type Envelope struct {
	Activity  string    // IRI of the Offer
	Reference string    // IRI of the referral, new for each recipient
	Published time.Time // to the hour, UTC
}

// Field is the gate's decision on one field, in plain values. Raw values are not
// here: the page reads them from the file, live.
type Field struct {
	Path      string   `json:"path"`
	Class     string   `json:"class"`               // A to E
	Form      string   `json:"form"`                // full, generalised, count, withheld
	Values    []string `json:"values,omitempty"`    // exactly what leaves
	Rule      string   `json:"rule,omitempty"`      // the deciding line of the policy
	RuleKey   string   `json:"ruleKey,omitempty"`   // message key that says it in words
	Transform string   `json:"transform,omitempty"` // name with version, e.g. age_band/1
	Coarsened []string `json:"coarsened,omitempty"` // steps taken because too few people share the combination
	Why       string   `json:"why,omitempty"`       // message key, when withheld
	Remedy    string   `json:"remedy,omitempty"`    // message key, when withheld
}

// Preview is the gate's decision together with the exact bytes that would leave.
type Preview struct {
	Allowed  bool
	Decision string // id in the ledger
	Policy   string // "sha256:" + hex of the policy snapshot
	SHA256   string // hex, of Body; "" when not allowed
	K        int    // smallest number of people in the own caseload who share the combination
	Why      string // message key, when not allowed
	Remedy   string // message key, when not allowed
	Fields   []Field
	Body     []byte // the offer's JSON; nil when not allowed
	At       time.Time
}

// Referral is the sender's end.
type Referral struct {
	ID        string
	CaseID    string
	State     State
	Form      Form
	Envelope  Envelope // zero until submitted
	Preview   Preview  // the latest decision; zero until submitted
	RespondBy time.Time
	AnswerBy  time.Time // RespondBy, or later while under consideration
	DraftedBy string    // user id
	Submitted time.Time
	Approved  string // user id of the second person
	OfferedAt time.Time
	Arrived   time.Time // when the other server said that it has it
	Answered  time.Time

	Expected  string // month (2006-01) in which an answer or place is expected
	Reason    string // code of the return, decline, withdrawal or failure
	Suggested string // IRI of another member
	Confirmed string // yes, no, unreachable
	Untold    bool   // withdrawn while the other member could not be told

	Engagement Engagement // as last reported by the other member

	Created, Changed time.Time
	Version          int // for saving: the version that was read
}

// Engagement is how the receiving member's work stands.
type Engagement struct {
	ID         string   `json:"id,omitempty"` // IRI at the receiver
	Revision   int      `json:"revision,omitempty"`
	Step       string   `json:"step,omitempty"`     // service_step
	Outcomes   []string `json:"outcomes,omitempty"` // outcome_right
	Reason     string   `json:"reason,omitempty"`
	NextUpdate string   `json:"nextUpdate,omitempty"` // date
	Month      string   `json:"month,omitempty"`      // 2006-01
}

// Event is one line of a referral's or an offer's history. Detail holds codes only.
type Event struct {
	At     time.Time
	By     string // user id, "system", or "peer" for the other member
	What   string // a Move, or arrived, refused_there, refused_here, preview_changed
	State  State  // after it
	Detail map[string]string
}

// Member is another member as a choice.
type Member struct {
	Actor     string // IRI
	Name      string
	Tier      string
	Active    bool
	Gone      bool // not in a network with us any more; known by name for what is still open
	Services  []string
	Regions   []string // region or province codes
	Languages []string
	Capacity  string
}

// Delivery is how far the latest activity of a referral has come.
type Delivery struct {
	State    string // waiting, sent, failed, dropped, or "" where there is none
	Attempts int
	Since    time.Time
	Next     time.Time // of the next attempt
}

// object describes a referral to the staff policy.
func (r Referral) object(of clinic.Object, actor clinic.Actor) clinic.Object {
	of.Type, of.ID = "referral", r.ID
	of.DraftedByAnother = r.DraftedBy != "" && r.DraftedBy != actor.UserID
	return of
}

// window is how long the other member has to answer, by urgency.
func window(urgency string) time.Duration {
	switch urgency {
	case "emergency":
		return 24 * time.Hour
	case "urgent":
		return 72 * time.Hour
	}
	return 14 * 24 * time.Hour
}
