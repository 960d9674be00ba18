package exchange_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic/referral"
)

func TestAnswersAndEnds(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		rec := w.labour.receiver
		id := w.offer(w.labour)
		w.net.Settle(ctx)
		w.kind("a decline without a code", rec.Decline(ctx, ying, w.arrived(w.labour, id).ID, "ไม่ว่าง"), fault.Invalid)
		w.ok("decline", rec.Decline(ctx, ying, w.arrived(w.labour, id).ID, "capacity"))
		w.want(id, w.labour, referral.StateDeclined, referral.StateDeclined)

		id = w.offer(w.labour)
		w.net.Settle(ctx)
		o := w.arrived(w.labour, id)
		for _, bad := range []string{"", w.north.self, w.labour.self, "https://stranger.example/ap/org"} {
			w.kind("suggesting "+bad, rec.Suggest(ctx, ying, o.ID, "better_elsewhere", bad), fault.Invalid)
		}
		w.ok("suggest", rec.Suggest(ctx, ying, o.ID, "better_elsewhere", w.third.self))
		w.want(id, w.labour, referral.StateRedirected, referral.StateRedirected)
		if v := must(w.north.sender.Show(ctx, dao, id)); v.Suggest.Actor != w.third.self || v.Referral.Reason != "better_elsewhere" {
			t.Fatalf("the suggestion: %+v", v.Suggest)
		}

		id = w.offer(w.labour)
		w.net.Settle(ctx)
		w.ok("accept", rec.Accept(ctx, ying, w.arrived(w.labour, id).ID))
		w.net.Settle(ctx)
		w.kind("a reason that is no code", w.north.sender.Withdraw(ctx, dao, id, "ย้ายบ้าน"), fault.Invalid)
		w.ok("withdraw", w.north.sender.Withdraw(ctx, dao, id, "consent_withdrawn"))
		w.want(id, w.labour, referral.StateWithdrawn, referral.StateWithdrawn)

		id = w.offer(w.labour)
		w.net.Settle(ctx)
		w.now = w.now.Add(71 * time.Hour)
		if n, err := w.north.sender.Tick(ctx); n != 0 || err != nil {
			t.Fatalf("expired too soon: %d, %v", n, err)
		}
		w.now = w.now.Add(3 * time.Hour)
		if n, err := w.north.sender.Tick(ctx); n != 1 || err != nil {
			t.Fatalf("expired: %d, %v", n, err)
		}
		w.want(id, w.labour, referral.StateExpired, referral.StateExpired)
		if n, err := w.north.sender.Tick(ctx); n != 0 || err != nil {
			t.Fatalf("expired twice: %d, %v", n, err)
		}
		for _, end := range []func(string) error{
			func(o string) error { return rec.Fail(ctx, ying, o, "no_legal_route") },
			func(o string) error { return rec.Disengaged(ctx, ying, o) },
		} {
			id = w.offer(w.labour)
			w.net.Settle(ctx)
			o := w.arrived(w.labour, id).ID
			w.ok("accept", rec.Accept(ctx, ying, o))
			w.ok("end", end(o))
			w.net.Settle(ctx)
			w.ok("close", w.north.sender.Close(ctx, dao, id, "unreachable"))
			w.want(id, w.labour, referral.StateConfirmed, referral.StateClosed)
		}
		w.clean()
	})
}

// A withdrawn consent takes every open offer of the case back, and no other.
func TestConsentWithdrawn(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		id, other := w.offer(w.labour), w.offer(w.labour)
		w.net.Settle(ctx)
		caseID := w.sent(id).CaseID
		w.ok("with the consent in place", w.north.sender.ConsentWithdrawn(ctx, caseID))
		w.want(id, w.labour, referral.StateDelivered, referral.StateReceived)
		w.ok("withdraw", w.north.db.Within(ctx, func(ctx context.Context) error {
			for _, r := range must(w.north.cases.Consents(ctx, dao, caseID)) {
				if err := w.north.cases.WithdrawConsent(ctx, dao, caseID, r.ID, "by_phone"); err != nil {
					return err
				}
			}
			return w.north.sender.ConsentWithdrawn(ctx, caseID)
		}))
		w.want(id, w.labour, referral.StateWithdrawn, referral.StateWithdrawn)
		if w.arrived(w.labour, id).Reason != "consent_withdrawn" {
			t.Fatal("the reason did not travel")
		}
		w.want(other, w.labour, referral.StateDelivered, referral.StateReceived)
		w.clean()
	})
}

// TestWhatIsOpenWithOneWhoHasLeft: a member that is in no network with us any more keeps
// its name, and what is open with it has an end: a completed referral is closed with the
// client, a taken one is ended by who took it. One that is suspended is waited for.
func TestWhatIsOpenWithOneWhoHasLeft(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		done, taken := w.offer(w.labour), w.offer(w.labour)
		w.net.Settle(ctx)
		rec := w.labour.receiver
		for _, id := range []string{done, taken} {
			w.ok("accept", rec.Accept(ctx, ying, w.arrived(w.labour, id).ID))
		}
		w.ok("complete", rec.Complete(ctx, nok, w.arrived(w.labour, done).ID, []string{"number_card"}, "2026-11"))
		w.want(done, w.labour, referral.StateCompleted, referral.StateCompleted)

		list := must(w.north.mail.Members(ctx))
		for i := range list.Items {
			list.Items[i].State = "active"
			if list.Items[i].Actor != w.third.self {
				list.Items[i].State = "suspended"
			}
		}
		list.Version++
		w.ok("a list", w.north.mail.SaveMembers(ctx, list))
		w.ok("a list", w.labour.mail.SaveMembers(ctx, list))
		w.kind("closing with one who is suspended", w.north.sender.Close(ctx, dao, done, "yes"), fault.Denied)
		w.kind("ending for one who is suspended", rec.Fail(ctx, ying, w.arrived(w.labour, taken).ID, "moved"), fault.Denied)

		w.ok("part", w.north.mail.Part(ctx))
		w.ok("part", w.labour.mail.Part(ctx))
		v := must(w.north.sender.Show(ctx, dao, taken))
		if !v.Target.Gone || v.Target.Name != "สมาชิก labour" || v.Outlook.Who != "gone" {
			t.Errorf("the sender reads %+v, %+v", v.Target, v.Outlook)
		}
		o := must(rec.Show(ctx, ying, w.arrived(w.labour, taken).ID))
		if !o.From.Gone || o.From.Name != "สมาชิก north" || o.Outlook.Who != "gone_us" {
			t.Errorf("the receiver reads %+v, %+v", o.From, o.Outlook)
		}
		if ms := must(w.north.sender.Candidates(ctx, []string{"dna"}, "", "")); len(ms) != 0 {
			t.Errorf("%d members can be asked", len(ms))
		}
		w.kind("progress for one who has left", rec.Progress(ctx, nok, w.arrived(w.labour, taken).ID, "assistance", ""), fault.Denied)
		w.ok("close", w.north.sender.Close(ctx, dao, done, "yes"))
		w.ok("fail", rec.Fail(ctx, ying, w.arrived(w.labour, taken).ID, "moved"))
		w.ok("withdraw", w.north.sender.Withdraw(ctx, dao, taken, "resolved"))
		w.want(done, w.labour, referral.StateConfirmed, referral.StateCompleted)
		w.want(taken, w.labour, referral.StateWithdrawn, referral.StateFailed)
		w.clean()
	})
}

// TestNumbers: what became of the offers is counted for who may know of the cases, for
// each member and in all, and somebody who may not gets nothing but zeros.
func TestNumbers(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		done, no, open, back := w.offer(w.labour), w.offer(w.labour), w.offer(w.labour), w.offer(w.third)
		w.net.Settle(ctx)
		rec := w.labour.receiver
		w.ok("accept", rec.Accept(ctx, ying, w.arrived(w.labour, done).ID))
		w.ok("complete", rec.Complete(ctx, nok, w.arrived(w.labour, done).ID, []string{"number_card"}, "2026-11"))
		w.ok("decline", rec.Decline(ctx, ying, w.arrived(w.labour, no).ID, "capacity"))
		w.ok("withdraw", w.north.sender.Withdraw(ctx, dao, back, "resolved"))
		w.net.Settle(ctx)
		w.ok("close", w.north.sender.Close(ctx, dao, done, "yes"))
		got := must(w.north.sender.Numbers(ctx, dao, time.Time{}))
		labour, third := got[1].Member, got[2].Member
		want := []referral.Tally{
			{Offered: 4, Answered: 2, InTime: 2, Accepted: 1, Declined: 1, Withdrawn: 1, Known: 1, Confirmed: 1},
			{Member: labour, Offered: 3, Answered: 2, InTime: 2, Accepted: 1, Declined: 1, Known: 1, Confirmed: 1},
			{Member: third, Offered: 1, Withdrawn: 1},
		}
		if diff := cmp.Diff(want, got); diff != "" || labour.Actor != w.labour.self || third.Actor != w.third.self {
			t.Errorf("counted: %s", diff)
		}
		for name, none := range map[string][]referral.Tally{
			"who may not see the cases": must(w.north.sender.Numbers(ctx, chai, time.Time{})),
			"tomorrow":                  must(w.north.sender.Numbers(ctx, dao, w.sent(open).OfferedAt.Add(24*time.Hour))),
		} {
			if len(none) != 1 || cmp.Diff(referral.Tally{}, none[0]) != "" {
				t.Errorf("%s: %+v", name, none)
			}
		}
	})
}
