package exchange_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic/referral"
)

// Messages that cross, come late, twice, or from somebody else.
func TestCrossings(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		rec := w.labour.receiver
		id := w.offer(w.labour)
		w.net.Settle(ctx)
		// The sender withdraws while the receiver accepts: both have said something, neither has heard.
		w.ok("accept", rec.Accept(ctx, ying, w.arrived(w.labour, id).ID))
		w.ok("withdraw", w.north.sender.Withdraw(ctx, dao, id, "resolved"))
		w.want(id, w.labour, referral.StateWithdrawn, referral.StateWithdrawn)
		if !has(must(w.north.sender.Store.Events(ctx, id)), "refused_here") || !has(must(rec.Store.Events(ctx, w.arrived(w.labour, id).ID)), "refused_there") {
			t.Fatal("the crossing is not told at both ends")
		}

		// The line goes on after it.
		id = w.offer(w.labour)
		w.want(id, w.labour, referral.StateDelivered, referral.StateReceived)
		o := w.arrived(w.labour, id)
		for range 2 { // the same bytes again
			fresh, err := rec.Arrived(ctx, o)
			if fresh || err != nil {
				t.Fatalf("a second arrival: %v, %v", fresh, err)
			}
		}
		for what, rep := range map[string]referral.Report{
			"another member answers": {From: w.third.self, Offer: o.Offer, Move: referral.MoveAccept},
			"about nothing":          {From: w.labour.self, Offer: w.north.url + "/ap/act/0", Move: referral.MoveAccept},
			"about an empty thing":   {From: w.labour.self, Move: referral.MoveDecline},
		} {
			if err := w.north.sender.Reported(ctx, rep); err != referral.ErrUnknown {
				t.Fatalf("%s: %v", what, err)
			}
		}
		if err := rec.Undone(ctx, w.third.self, o.Offer, "error"); err != referral.ErrUnknown {
			t.Fatalf("another member withdraws: %v", err)
		}
		// Progress overtakes acceptance, then an old revision comes last.
		e := referral.Engagement{ID: w.labour.url + "/ap/eng/1", Revision: 3, Step: "assistance"}
		ref := w.sent(id).Envelope.Reference
		if err := w.north.sender.Progressed(ctx, w.labour.self, ref, referral.StateInService, e); !fault.Is(err, fault.Conflict) {
			t.Fatalf("progress before acceptance: %v", err)
		}
		w.ok("accept", w.north.sender.Reported(ctx, referral.Report{From: w.labour.self, Offer: o.Offer, Move: referral.MoveAccept,
			Engagement: referral.Engagement{ID: e.ID, Revision: 1}}))
		w.ok("progress", w.north.sender.Progressed(ctx, w.labour.self, ref, referral.StateInService, e))
		e.Revision, e.Step = 2, "understanding"
		w.ok("an old revision", w.north.sender.Progressed(ctx, w.labour.self, ref, referral.StateOnHold, e))
		if r := w.sent(id); r.State != referral.StateInService || r.Engagement.Step != "assistance" {
			t.Fatalf("an old revision had an effect: %+v", r.Engagement)
		}
		e.ID, e.Revision = w.labour.url+"/ap/eng/2", 9
		if err := w.north.sender.Progressed(ctx, w.labour.self, ref, referral.StateFailed, e); err != referral.ErrUnknown {
			t.Fatalf("another engagement: %v", err)
		}
		w.clean()
	})
}

func has(es []referral.Event, what string) bool {
	for _, e := range es {
		if e.What == what {
			return true
		}
	}
	return false
}

func TestPeerDownThenUp(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.labour.door.Shut()
		id := w.offer(w.labour)
		w.net.Settle(ctx)
		v := must(w.north.sender.Show(ctx, dao, id))
		if v.Referral.State != referral.StateOffered || v.Delivery.State != "waiting" || v.Delivery.Attempts == 0 {
			t.Fatalf("while it is away: %s %+v", v.Referral.State, v.Delivery)
		}
		w.labour.door.Open(w.labour.handler)
		w.now = w.now.Add(2 * time.Hour)
		w.want(id, w.labour, referral.StateDelivered, referral.StateReceived)
		w.clean()
	})
}

// People here act while messages about the same referral come in.
func TestAtTheSameMoment(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		for range 4 {
			id := w.offer(w.labour)
			w.net.Settle(ctx)
			o := w.arrived(w.labour, id).ID
			w.ok("accept", w.labour.receiver.Accept(ctx, ying, o))
			w.ok("progress", w.labour.receiver.Progress(ctx, ying, o, "assistance", ""))
			var wg sync.WaitGroup
			wg.Go(func() { _ = w.labour.Settle(ctx) })
			wg.Go(func() {
				for range 20 { // somebody saves the same referral again and again
					_ = w.north.db.Within(ctx, func(ctx context.Context) error {
						r, err := w.north.sender.Store.Get(ctx, id)
						if err != nil {
							return err
						}
						return w.north.sender.Store.Save(ctx, &r)
					})
				}
			})
			wg.Wait()
			w.now = w.now.Add(time.Hour) // what had to be kept back is due again
			must(w.north.inbox.Retry(ctx, true))
			w.want(id, w.labour, referral.StateInService, referral.StateInService)
			for _, l := range must(w.labour.mail.Lines(ctx)) {
				if l.Held != 0 || l.Waiting != 0 {
					t.Fatalf("the line: %+v", l)
				}
			}
		}
		w.clean()
	})
}
