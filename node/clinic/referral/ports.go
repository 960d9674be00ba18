package referral

import (
	"context"
	"time"

	"github.com/saphan-network/saphan/node/clinic"
)

// Store keeps the sender's end. Save refuses with fault.Conflict when the
// version has moved on.
type Store interface {
	Insert(ctx context.Context, r Referral) error
	Save(ctx context.Context, r *Referral) error
	Get(ctx context.Context, id string) (Referral, error)
	List(ctx context.Context, f Filter) ([]Referral, error) // newest change first
	AddEvent(ctx context.Context, referralID string, e Event) error
	Events(ctx context.Context, referralID string) ([]Event, error)
}

// Filter selects referrals for a list.
type Filter struct {
	CaseID    string
	Offer     string // IRI of the Offer
	Reference string // IRI of the referral
	States    []State
	Due       time.Time // only those whose AnswerBy is not later; zero: all
	Untold    bool      // only withdrawals that the other member could not be told of
	Limit     int       // 0 means 500
}

// Cases is what a referral needs of the case files.
type Cases interface {
	Subject(ctx context.Context, actor clinic.Actor, caseID string) (Source, error)
	Consent(ctx context.Context, caseID, purpose, recipient string) (Ground, error)
	// Object is the case as the staff policy sees it for the actor; fault.NotFound
	// where the actor may not know of it.
	Object(ctx context.Context, actor clinic.Actor, caseID string) (clinic.Object, error)
	AddEvent(ctx context.Context, caseID, kind string, detail map[string]string) error
	CountLike(ctx context.Context, tuple map[string]string) (int, error)
}

// Directory knows the other members of the network, from this node's own copy
// of the members list; asking it sends nothing.
type Directory interface {
	Members(ctx context.Context) ([]Member, error)
	// Reachable reports whether this member and another are both in the network
	// in good standing, so that one may write to the other.
	Reachable(ctx context.Context, actor string) (bool, error)
}

// Offering is all that an offer is built from.
type Offering struct {
	Target    string
	Envelope  Envelope
	Form      Form
	RespondBy time.Time
	Source    Source
	Ground    Ground
	Count     func(ctx context.Context, tuple map[string]string) (int, error)
}

// Out sends what the sender's end has to say. All methods but Reserve, Preview
// and Delivery must run in the transaction of the change that they tell of.
type Out interface {
	// Reserve draws the ids and the hour of an offer.
	Reserve(ctx context.Context) (Envelope, error)
	// Preview asks the gate and builds the exact bytes; nothing is sent.
	Preview(ctx context.Context, o Offering) (Preview, error)
	// Offer decides and builds again and enqueues, if the hash is the approved one.
	// Otherwise it sends nothing, and sent is false.
	Offer(ctx context.Context, o Offering, approved string) (p Preview, sent bool, err error)
	Withdraw(ctx context.Context, r Referral, reason string) error
	Close(ctx context.Context, r Referral, confirmed string) error
	Delivery(ctx context.Context, activity string) (Delivery, error)
}

// OfferStore keeps the receiver's end.
type OfferStore interface {
	Insert(ctx context.Context, o Incoming) error
	Save(ctx context.Context, o *Incoming) error
	Get(ctx context.Context, id string) (Incoming, error)
	ByOffer(ctx context.Context, activity string) (Incoming, error)
	ByEngagement(ctx context.Context, engagement string) (Incoming, error)
	List(ctx context.Context, states []State) ([]Incoming, error) // newest arrival first
	AddEvent(ctx context.Context, offerID string, e Event) error
	Events(ctx context.Context, offerID string) ([]Event, error)
}

// Answers sends what the receiver's end has to say, in the transaction of the
// change that it tells of.
type Answers interface {
	NewEngagement(ctx context.Context) (iri string, err error)
	Consider(ctx context.Context, o Incoming) error
	Accept(ctx context.Context, o Incoming) error
	Decline(ctx context.Context, o Incoming) error // with o.Reason and perhaps o.Suggested
	Progress(ctx context.Context, o Incoming) error
}
