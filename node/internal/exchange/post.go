package exchange

import (
	"context"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/federation/sealed"
	"github.com/saphan-network/saphan/policies"
)

// Gate decides what leaves and clears the exact bytes; *policies.Gate is one.
type Gate interface {
	Decide(ctx context.Context, q policies.Request) (policies.Decision, error)
	Clear(ctx context.Context, d policies.Decision, body []byte) (policies.Clearance, error)
	ClearSealed(ctx context.Context, d policies.Decision, body []byte, look sealed.Look) (policies.Clearance, error)
}

// Outbox files what leaves; *mailbox.Store is one.
type Outbox interface {
	NextSequence(ctx context.Context, to string) (int64, error)
	Enqueue(ctx context.Context, c policies.Clearance, d mailbox.Draft) error
	Line(ctx context.Context, peer string) (mailbox.Line, error)
	Item(ctx context.Context, activityID string) (mailbox.Item, error)
	Thread(ctx context.Context, thread string) ([]mailbox.Item, error)
	Drop(ctx context.Context, activityID, reason string) error
}

// PostConfig is what a Post stands on.
type PostConfig struct {
	Base   string // of this server, e.g. "https://clinic.example"
	Self   string // IRI of this organisation's actor
	Gate   Gate
	Outbox Outbox
	Now    func() time.Time
}

// Post sends a node's activities about referrals. It implements referral.Out
// and referral.Answers.
type Post struct{ PostConfig }

// NewPost returns a Post.
func NewPost(c PostConfig) *Post { return &Post{c} }

// iri draws a new identifier below /ap/ of this server.
func (p *Post) iri(kind string) string { return p.Base + "/ap/" + kind + "/" + opaque.ID() }

func (p *Post) hour() time.Time { return p.Now().UTC().Truncate(time.Hour) }

// send decides, builds, encodes once, clears and enqueues, in the running
// transaction. A refusal by the gate is a fault.Denied.
func (p *Post) send(ctx context.Context, to, purpose, thread string, facts policies.Facts, build func(policies.Decision) federation.Activity) error {
	d, err := p.Gate.Decide(ctx, policies.Request{Peer: to, Purpose: purpose, Facts: facts})
	if err != nil {
		return err
	}
	if !d.Allowed {
		return fault.New(fault.Denied, d.Why)
	}
	n, err := p.Outbox.NextSequence(ctx, to)
	if err != nil {
		return err
	}
	a := build(d)
	a.ID, a.Actor, a.To, a.Published, a.Sequence = p.iri("act"), p.Self, to, p.hour(), n
	body, err := gofed.Encode(a)
	if err != nil {
		return err
	}
	return p.enqueue(ctx, d, a, thread, body)
}

func (p *Post) enqueue(ctx context.Context, d policies.Decision, a federation.Activity, thread string, body []byte) error {
	c, err := p.Gate.Clear(ctx, d, body)
	if err != nil {
		return err
	}
	return p.Outbox.Enqueue(ctx, c, mailbox.Draft{To: a.To, ActivityID: a.ID, Type: string(a.Type), Thread: thread, Sequence: a.Sequence, Body: body})
}
