package exchange

import (
	"context"
	"net/http"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/hub/internal/store/publicstore"
	"github.com/saphan-network/saphan/policies"
)

// batch is how many inboxes one transaction files a publication for.
const batch = 50

// patience is how long an inbox may be unreachable before its followers are
// forgotten: they can follow again.
const patience = 10 * 24 * time.Hour

// Follower implements publicface.Followers.
func (v *Voice) Follower(ctx context.Context, actor string) (gofed.Follower, error) {
	return v.Shelf.Follower(ctx, actor)
}

// Followed implements publicface.Followers: the follower and the answer to it are
// kept in one transaction.
func (v *Voice) Followed(ctx context.Context, f gofed.Follower, said federation.Following) error {
	return v.Tx.Within(ctx, func(ctx context.Context) error {
		if err := v.Shelf.AddFollower(ctx, f, said.ID, v.Most); err != nil {
			return err
		}
		id := v.self() + "/act/" + opaque.ID()
		body, err := gofed.EncodeAnswer(id, said, v.Now())
		if err != nil {
			return err
		}
		d, err := v.Gate.Decide(ctx, policies.Request{Peer: f.Post(), Purpose: policies.Protocol,
			Facts: policies.Facts{"activity/follow/id": {said.ID}, "activity/follow/actor": {said.Actor}}})
		if err != nil {
			return err
		}
		if !d.Allowed {
			return fault.New(fault.Denied, d.Why)
		}
		c, err := v.Gate.Clear(ctx, d, body)
		if err != nil {
			return err
		}
		return v.file(ctx, c, mailbox.Draft{To: f.Post(), ActivityID: id, Type: string(federation.Accept), Thread: said.Actor, Body: body})
	})
}

// Unfollowed implements publicface.Followers. What still waits for an inbox behind
// which nobody follows any more is not sent.
func (v *Voice) Unfollowed(ctx context.Context, actor, follow string) error {
	return v.Tx.Within(ctx, func(ctx context.Context) error {
		lone, err := v.Shelf.DropFollower(ctx, actor, follow)
		if err != nil || lone == "" {
			return err
		}
		return v.dropAll(ctx, lone, "")
	})
}

// file numbers a draft and puts it into the outbox.
func (v *Voice) file(ctx context.Context, c policies.Clearance, d mailbox.Draft) error {
	n, err := v.Mail.NextSequence(ctx, d.To)
	if err != nil {
		return err
	}
	d.Sequence = n
	return v.Mail.Enqueue(ctx, c, d)
}

// dropAll gives up what waits for an inbox, in one thread or ("") in all.
func (v *Voice) dropAll(ctx context.Context, inbox, thread string) error {
	items, err := v.Mail.Queue(ctx, inbox)
	if err != nil {
		return err
	}
	for _, it := range items {
		if thread != "" && it.Thread != thread {
			continue
		}
		if it.State != mailbox.Waiting && it.State != mailbox.Held {
			continue
		}
		if err := v.Mail.Drop(ctx, it.ActivityID, "peers.dropped"); err != nil {
			return err
		}
	}
	return nil
}

// Spread files what was published for all who follow, some inboxes a transaction,
// and goes on where it was cut off.
func (v *Voice) Spread(ctx context.Context) error {
	for ctx.Err() == nil {
		more, err := v.spreadSome(ctx)
		if err != nil || !more {
			return err
		}
	}
	return nil
}

func (v *Voice) spreadSome(ctx context.Context) (more bool, err error) {
	err = v.Tx.Within(ctx, func(ctx context.Context) error {
		a, after, err := v.Shelf.Unsent(ctx)
		if err != nil || a == nil {
			return err
		}
		more = true
		inboxes, err := v.Shelf.Inboxes(ctx, after, batch)
		if err != nil {
			return err
		}
		for _, inbox := range inboxes {
			if err := v.sendTo(ctx, inbox, *a); err != nil {
				return err
			}
			after = inbox
		}
		return v.Shelf.SentUpTo(ctx, a.ID, after, len(inboxes) < batch)
	})
	return more, err
}

func (v *Voice) sendTo(ctx context.Context, inbox string, a publicstore.Activity) error {
	if a.Type == "Delete" { // whom the text has not reached yet, it never will
		if err := v.dropAll(ctx, inbox, a.Document); err != nil {
			return err
		}
	}
	_, c, err := v.clear(ctx, inbox, a)
	if err != nil {
		return err
	}
	// The activity is one for all; the row is one for each inbox.
	return v.file(ctx, c, mailbox.Draft{To: inbox, ActivityID: v.self() + "/act/" + a.ID + "#to-" + sumOf([]byte(inbox))[:16], Type: a.Type, Thread: a.Document, Body: a.Body})
}

// Prune forgets the followers behind inboxes that were not reached for days, or that
// say that they are no more.
func (v *Voice) Prune(ctx context.Context) error {
	lines, err := v.Mail.Lines(ctx)
	if err != nil {
		return err
	}
	for _, l := range lines {
		reads, err := v.Shelf.ReadsBy(ctx, l.Peer)
		if err != nil {
			return err
		}
		if !reads {
			continue
		}
		lost, err := v.lost(ctx, l)
		if err != nil {
			return err
		}
		if !lost {
			continue
		}
		err = v.Tx.Within(ctx, func(ctx context.Context) error {
			if err := v.Shelf.DropInbox(ctx, l.Peer); err != nil {
				return err
			}
			return v.dropAll(ctx, l.Peer, "")
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// lost reports whether an inbox was not reached for long, or has said for days (a
// message is held only then) that it is no more.
func (v *Voice) lost(ctx context.Context, l mailbox.Line) (bool, error) {
	if l.Waiting > 0 && l.Failures > 0 && v.Now().Sub(l.Oldest) > patience {
		return true, nil
	}
	if l.Held == 0 {
		return false, nil
	}
	items, err := v.Mail.Queue(ctx, l.Peer)
	for _, it := range items {
		if it.State == mailbox.Held && (it.Status == http.StatusNotFound || it.Status == http.StatusGone) {
			return true, err
		}
	}
	return false, err
}
