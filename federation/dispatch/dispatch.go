// Package dispatch turns a decision to say something into an outgoing activity:
// it gives it an id, an hour and a number, has the gate decide and clear the
// exact bytes, and files them in the outbox, all in the running transaction.
// Both servers use it for whatever people need not see before it leaves.
package dispatch

import (
	"context"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/policies"
)

// Gate decides and clears; *policies.Gate is one.
type Gate interface {
	Decide(ctx context.Context, q policies.Request) (policies.Decision, error)
	Clear(ctx context.Context, d policies.Decision, body []byte) (policies.Clearance, error)
}

// Office sends for one server.
type Office struct {
	Self  string // IRI of the server's actor
	Base  string // its origin, e.g. "https://clinic.example"
	Store *mailbox.Store
	Gate  Gate
	Now   func() time.Time
}

// NewActivity returns the IRI of an activity that does not exist yet.
func (o *Office) NewActivity() string { return o.Base + "/ap/act/" + opaque.ID() }

// Send files one activity to one peer, in the running transaction. a needs its
// Type and its payload; id (unless it is given), actor, recipient, hour and
// number are filled in. A peer or a fact that the gate does not allow is a
// fault.Denied, and nothing is filed. thread is what the order must hold in.
func (o *Office) Send(ctx context.Context, to, purpose, thread string, facts policies.Facts, a federation.Activity) (activityID string, err error) {
	d, err := o.Gate.Decide(ctx, policies.Request{Peer: to, Purpose: purpose, Facts: facts})
	if err != nil {
		return "", err
	}
	if !d.Allowed {
		return "", fault.New(fault.Denied, d.Why)
	}
	n, err := o.Store.NextSequence(ctx, to)
	if err != nil {
		return "", err
	}
	if a.ID == "" {
		a.ID = o.NewActivity()
	}
	a.Actor, a.To, a.Sequence, a.Published = o.Self, to, n, o.Now().UTC().Truncate(time.Hour)
	body, err := gofed.Encode(a)
	if err != nil {
		return "", err
	}
	c, err := o.Gate.Clear(ctx, d, body)
	if err != nil {
		return "", err
	}
	return a.ID, o.Store.Enqueue(ctx, c, mailbox.Draft{To: to, ActivityID: a.ID, Type: string(a.Type), Thread: thread, Sequence: n, Body: body})
}
