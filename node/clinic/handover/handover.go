package handover

import (
	"context"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/consent"
	"github.com/saphan-network/saphan/node/clinic/referral"
)

// How long things may take before somebody is told.
const (
	ApproveWithin = 24 * time.Hour      // a second person looks
	DecideWithin  = 7 * 24 * time.Hour  // the person is asked
	OpenWithin    = 72 * time.Hour      // a named person opens it
	EraseWithin   = 72 * time.Hour      // the proof of erasure has come
	Lasts         = 14 * 24 * time.Hour // a package can be opened
)

// Sent is the sender's end.
type Sent struct {
	ID         string
	ReferralID string
	CaseID     string
	Target     string // IRI of the member that took the referral
	Reference  string // IRI of the referral
	Offer      string // IRI of its Offer
	Request    string // IRI of what was asked, at the other end
	Revision   int
	Purpose    string   // vocabulary purpose
	Asked      []string // vocabulary disclosure_field
	KeyID      string   // to which it is to be sealed
	Key        string   // publicKeyMultibase
	AskProof   string   // the statement of the request with its proof
	State      State
	Fields     []string            // chosen, of those that were agreed to
	Texts      map[string][]string // what was written down for it; class B, sealed with the case's key
	Consent    string              // id of the consent
	SHA256     string              // hex, of the content that was prepared; then of what was sealed
	Expires    time.Time
	Package    string // IRI
	Activity   string // IRI of the Add
	Digest     string // of the ciphertext
	Size       int    // of the ciphertext, bytes
	DraftedBy  string
	Submitted  time.Time
	Approved   string // user id of the second person
	SentAt     time.Time
	Arrived    time.Time
	Opened     time.Time
	Reason     string // code of the refusal, return or recall
	RecalledAt time.Time
	Untold     bool // called back while the other member could not be told
	Receipt    Receipt
	AskedAt    time.Time
	Changed    time.Time
	Version    int
}

// Receipt is the proof of an erasure, as the other end has signed it.
type Receipt struct {
	ID     string    `json:"id,omitempty"` // IRI
	Reason string    `json:"reason,omitempty"`
	Erased []string  `json:"erased,omitempty"` // purge_item
	Kept   []string  `json:"kept,omitempty"`   // purge_kept
	Basis  string    `json:"basis,omitempty"`  // legal_basis
	At     time.Time `json:"at,omitzero"`      // when it was proved
	Proof  string    `json:"proof,omitempty"`  // the statement with its proof, for who checks it
}

// Received is the receiver's end.
type Received struct {
	ID         string
	OfferID    string // id of the offer here
	Sender     string // IRI
	Reference  string // IRI of the referral
	Offer      string // IRI of its Offer
	Engagement string // IRI of our engagement
	Request    string // IRI
	Revision   int
	Purpose    string
	Asked      []string
	KeyID      string
	AskedBy    string
	Named      []string // user ids of who may open it
	State      State
	Package    string // IRI
	Activity   string // IRI of the Add
	Consent    string // opaque id, at the sender
	Digest     string
	Size       int
	Expires    time.Time
	ArrivedAt  time.Time
	OpenedBy   string
	OpenedAt   time.Time
	CaseID     string // the case that it became here
	Reason     string
	Receipt    Receipt // of our erasure
	AskedAt    time.Time
	Changed    time.Time
	Version    int
}

// Event is one line of the history of either end. Detail holds codes only.
type Event struct {
	At     time.Time
	By     string // user id, "system", or "peer"
	What   string
	State  State
	Detail map[string]string
}

// Key is a key to which others seal.
type Key struct {
	ID        string // IRI
	Multibase string
	Created   time.Time
	Retired   time.Time // no longer given out; zero for the present one
	Until     time.Time // destroyed then
}

// Field is the gate's decision on one field: class B, so without its words.
type Field struct {
	Path    string
	Sealed  bool
	Rule    string
	RuleKey string
	Why     string // message key, when it stays
	Remedy  string
}

// Preview is the gate's decision and the hash of exactly what would be sealed.
type Preview struct {
	Allowed bool
	Policy  string
	SHA256  string // hex, of the content; "" when not allowed
	Size    int    // of the package, bytes
	Why     string
	Remedy  string
	Fields  []Field
}

// Content is all that a package is made of.
type Content struct {
	Sent     Sent
	Openness int
	Accepted bool // the other member has taken the referral, and works on it
	Level    int  // of the consent to hand over
	Agreed   []string
	Words    map[string][]string // what the file holds and what was written, by field
}

// Store keeps the sender's end. Save refuses with fault.Conflict when the version has
// moved on.
type Store interface {
	Insert(ctx context.Context, h Sent) error
	Save(ctx context.Context, h *Sent) error
	Get(ctx context.Context, id string) (Sent, error)
	Find(ctx context.Context, f Find) (Sent, error)
	List(ctx context.Context, f Find) ([]Sent, error)
	AddEvent(ctx context.Context, id string, e Event) error
	Events(ctx context.Context, id string) ([]Event, error)
}

// ReceivedStore keeps the receiver's end, and the package itself until it is opened or
// erased.
type ReceivedStore interface {
	Insert(ctx context.Context, h Received) error
	Save(ctx context.Context, h *Received) error
	Find(ctx context.Context, f Find) (Received, error)
	List(ctx context.Context, f Find) ([]Received, error)
	Keep(ctx context.Context, id string, sealed []byte) error
	Kept(ctx context.Context, id string) ([]byte, error)
	AddEvent(ctx context.Context, id string, e Event) error
	Events(ctx context.Context, id string) ([]Event, error)
}

// Find selects by one of its parts; Due and States together.
type Find struct {
	ID, Owner, Request, Package, Activity, Case string // Owner: id of the referral or of the offer
	Reference                                   string
	States                                      []State
	Untold                                      bool
	All                                         bool
}

// Ground is the consent to hand over as it stands now.
type Ground struct {
	Level      int
	Consent    string
	Fields     []string
	Guardian   string // class A
	ValidUntil time.Time
	Why        string // message key, at level 0
}

// Files is what a hand-over needs of the sender's case files.
type Files interface {
	Object(ctx context.Context, actor clinic.Actor, caseID string) (clinic.Object, error)
	Identity(ctx context.Context, actor clinic.Actor, caseID string) (map[string][]string, error)
	Ground(ctx context.Context, caseID, purpose, recipient string) (Ground, error)
	Agree(ctx context.Context, actor clinic.Actor, caseID string, r consent.Record) error
	Minor(ctx context.Context, actor clinic.Actor, caseID string) (bool, error)
	AddEvent(ctx context.Context, caseID, kind string, detail map[string]string) error
}

// Remains says what of a case was erased and what was kept, on which legal basis.
type Remains struct {
	Erased, Kept []string
	Basis        string
}

// Cases is what a hand-over becomes at the receiver.
type Cases interface {
	TakeOver(ctx context.Context, actor clinic.Actor, h Received, o referral.Incoming, fields map[string][]string) (caseID string, err error)
	Erase(ctx context.Context, actor clinic.Actor, caseID string) (Remains, error)
}

// Out sends what the sender's end has to say. All but Preview run in the transaction of
// the change that they tell of.
type Out interface {
	Preview(ctx context.Context, c Content) (Preview, error)
	// Seal seals and enqueues, if what would be sealed has the approved hash; otherwise
	// sent is false. It returns h with package, activity, digest and size.
	Seal(ctx context.Context, c Content, approved string) (h Sent, p Preview, sent bool, err error)
	Refuse(ctx context.Context, h Sent, reason string) error
	// Recall calls a package back. never is true where it had not left yet, and now
	// does not leave.
	Recall(ctx context.Context, h Sent, reason string) (never bool, err error)
}

// Answers sends what the receiver's end has to say, in the transaction of the change.
type Answers interface {
	// Ask sends the request, with a key that can be used; it returns h with both.
	Ask(ctx context.Context, h Received) (Received, error)
	Arrived(ctx context.Context, h Received) error
	Opened(ctx context.Context, h Received) error
	Return(ctx context.Context, h Received, activity, reason string) error
	// Erased proves an erasure and sends the receipt, which it returns.
	Erased(ctx context.Context, h Received, r Receipt) (Receipt, error)
}

// Opener opens packages with the keys of this server's role.
type Opener interface {
	Open(ctx context.Context, h Received, sealed []byte) (fields map[string][]string, err error)
}

// Why a package does not open, as an Opener says it.
var (
	ErrUnreadable = fault.New(fault.Conflict, "handovers.error.unreadable")
	ErrKeyGone    = fault.New(fault.Conflict, "handovers.error.key_gone")
)

// peer is the actor of what another member reports.
var peer = clinic.Actor{UserID: "peer", Roles: []string{"system"}, Active: true}

func missing(field string) error {
	e := fault.New(fault.Invalid, "handovers.error.form")
	e.Fields = []fault.Field{{Name: field, Key: "handovers.form." + field + ".choose"}}
	return e
}

func unknown(err error) error {
	if err == nil || fault.Is(err, fault.NotFound) {
		return ErrUnknown
	}
	return err
}
