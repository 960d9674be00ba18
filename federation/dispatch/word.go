package dispatch

import (
	"context"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/policies"
)

// Prepare gives a word that people are to see before it leaves its hour and its
// number, in the running transaction, and returns the exact bytes. The number is not
// used up: if another message takes it, or the hour passes, the bytes are others, and
// are to be shown again before they are posted.
func (o *Office) Prepare(ctx context.Context, to string, w federation.Word) ([]byte, error) {
	n, err := o.Store.NextSequence(ctx, to)
	if err != nil {
		return nil, err
	}
	return gofed.EncodeWord(o.addressed(to, n, w))
}

func (o *Office) addressed(to string, n int64, w federation.Word) federation.Word {
	if w.ID == "" {
		w.ID = o.NewActivity()
	}
	w.Actor, w.To, w.Sequence, w.Published = o.Self, to, n, o.Now().UTC().Truncate(time.Hour)
	if w.Thing != nil {
		thing := *w.Thing
		thing.Author = o.Self
		w.Thing = &thing
	}
	return w
}

// Say files one word to one peer, in the running transaction, as Send files an
// activity.
func (o *Office) Say(ctx context.Context, to, purpose, thread string, facts policies.Facts, w federation.Word) (activityID string, err error) {
	n, err := o.Store.NextSequence(ctx, to)
	if err != nil {
		return "", err
	}
	w = o.addressed(to, n, w)
	body, err := gofed.EncodeWord(w)
	if err != nil {
		return "", err
	}
	return w.ID, o.post(ctx, purpose, thread, facts, w, body)
}

// Post files exactly the bytes that Prepare made and a person has seen.
func (o *Office) Post(ctx context.Context, purpose, thread string, facts func(federation.Word) policies.Facts, body []byte) (activityID string, err error) {
	w, err := gofed.DecodeWord(body)
	if err != nil {
		return "", err
	}
	return w.ID, o.post(ctx, purpose, thread, facts(w), w, body)
}

func (o *Office) post(ctx context.Context, purpose, thread string, facts policies.Facts, w federation.Word, body []byte) error {
	d, err := o.Gate.Decide(ctx, policies.Request{Peer: w.To, Purpose: purpose, Facts: facts})
	if err != nil {
		return err
	}
	if !d.Allowed {
		return fault.New(fault.Denied, d.Why)
	}
	c, err := o.Gate.Clear(ctx, d, body)
	if err != nil {
		return err
	}
	return o.Store.Enqueue(ctx, c, mailbox.Draft{To: w.To, ActivityID: w.ID, Type: string(w.Type), Thread: thread, Sequence: w.Sequence, Body: body})
}
