package exchange

import (
	"context"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/hub/network/library"
	"github.com/saphan-network/saphan/node/chassis/librarian"
	"github.com/saphan-network/saphan/policies"
)

// Heard takes down what was said, to be passed on; *library.Service is one.
type Heard interface {
	Heard(ctx context.Context, s library.Said) error
}

// Library takes what members say about lessons, and passes it on. It implements
// library.Post.
type Library struct {
	Base      string // of the hub
	Self      string // IRI of its actor
	Gate      Gate
	Mail      *mailbox.Store
	Librarian *librarian.Librarian
	Heard     Heard
	Now       func() time.Time
}

// Take is the effect of what a member says about lessons to the hub: it is put onto
// the shelf and passed on, if its author has proved it and it is news.
func (b *Library) Take(ctx context.Context, w federation.Word, raw []byte) (bool, error) {
	if !w.Library() {
		return false, nil
	}
	if p, err := b.Mail.Peer(ctx, w.Actor); err != nil || p.Role != mailbox.RoleMember {
		return true, fault.New(fault.Forbidden, "lessons.error.no_member")
	}
	if err := b.Librarian.Verify(ctx, w.Actor, raw); err != nil {
		return true, err
	}
	fresh, err := b.Librarian.Take(ctx, w, time.Time{})
	if err != nil || !fresh {
		return true, err
	}
	return true, b.Heard.Heard(ctx, library.Said{Activity: w.ID, Author: w.Actor, About: librarian.About(w), Kind: string(w.Type), Body: raw})
}

// Pass implements library.Post.
func (b *Library) Pass(ctx context.Context, to string, s library.Said) error {
	said, err := gofed.DecodeWord(s.Body)
	if err != nil {
		return err
	}
	d, err := b.Gate.Decide(ctx, policies.Request{Peer: to, Purpose: policies.Lesson, Facts: policies.LessonFacts(said), Reviewed: true})
	if err != nil {
		return err
	}
	if !d.Allowed {
		return fault.New(fault.Denied, d.Why)
	}
	n, err := b.Mail.NextSequence(ctx, to)
	if err != nil {
		return err
	}
	w := federation.Word{ID: b.Base + "/ap/act/" + opaque.ID(), Actor: b.Self, To: to, Published: b.Now().UTC().Truncate(time.Hour), Sequence: n}
	body, err := gofed.EncodeAnnounce(w, s.Body)
	if err != nil {
		return err
	}
	c, err := b.Gate.Clear(ctx, d, body)
	if err != nil {
		return err
	}
	return b.Mail.Enqueue(ctx, c, mailbox.Draft{To: to, ActivityID: w.ID, Type: string(federation.Announce), Thread: s.About, Sequence: n, Body: body})
}

// Recall implements library.Post.
func (b *Library) Recall(ctx context.Context, about string) error {
	items, err := b.Mail.Thread(ctx, about)
	if err != nil {
		return err
	}
	for _, it := range items {
		if it.State != mailbox.Waiting && it.State != mailbox.Held {
			continue
		}
		if err := b.Mail.Drop(ctx, it.ActivityID, "peers.dropped"); err != nil {
			return err
		}
	}
	return nil
}
