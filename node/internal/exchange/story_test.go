package exchange_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/consent"
	"github.com/saphan-network/saphan/node/clinic/referral"
)

func (w *world) kind(what string, err error, k fault.Kind) {
	w.t.Helper()
	if !fault.Is(err, k) {
		w.t.Fatalf("%s: %v, want %s", what, err, k)
	}
}

func (w *world) ok(what string, err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatalf("%s: %v", what, err)
	}
}

// The whole way, with who may not do each step tried first.
func TestStory(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		s, caseID := w.north.sender, w.north.file(consent.LevelSpecial)
		for _, a := range []clinic.Actor{nok, mek, chai, {}} {
			_, err := s.Draft(ctx, a, caseID, w.form(w.labour))
			w.kind("a draft by "+a.UserID, err, fault.NotFound)
		}
		bad := w.form(w.labour)
		bad.Needs, bad.Phrases[0].Code, bad.Target = []string{"ช่วยนาแฮ"}, "free text", "https://stranger.example/ap/org"
		_, err := s.Draft(ctx, dao, caseID, bad)
		if f := fault.As(err); f.Kind != fault.Invalid || len(f.Fields) != 3 {
			t.Fatalf("free text in a form: %v", err)
		}
		id := must(s.Draft(ctx, dao, caseID, w.form(w.labour)))
		w.kind("approving a draft", s.Approve(ctx, ying, id, ""), fault.Conflict)
		_, err = s.Submit(ctx, nok, id)
		w.kind("submitting by a stranger to the case", err, fault.NotFound)
		must(s.Submit(ctx, dao, id))
		v := must(s.Show(ctx, ying, id))
		if v.Fresh.SHA256 == "" || v.Changed || !v.May["approve"] || must(s.Show(ctx, dao, id)).May["approve"] {
			t.Fatalf("the approver's view: %+v", v.May)
		}
		for what, c := range map[string]struct {
			by   clinic.Actor
			hash string
			kind fault.Kind
		}{"the drafter": {dao, v.Fresh.SHA256, fault.Forbidden}, "a stranger": {nok, v.Fresh.SHA256, fault.NotFound}, "no hash": {ying, "", fault.Conflict},
			"another hash": {ying, hex.EncodeToString(make([]byte, 32)), fault.Conflict}} {
			w.kind("approval by "+what, s.Approve(ctx, c.by, id, c.hash), c.kind)
		}
		if q := must(w.north.mail.History(ctx, w.labour.self, 10)); len(q) != 0 {
			t.Fatal("something left before approval")
		}
		w.ok("approve", s.Approve(ctx, ying, id, v.Fresh.SHA256))
		w.net.Settle(ctx)
		r, o := w.sent(id), w.arrived(w.labour, id)
		item := must(w.north.mail.Item(ctx, r.Envelope.Activity))
		sum := sha256.Sum256(item.Body)
		if h := hex.EncodeToString(sum[:]); h != v.Fresh.SHA256 || h != r.Preview.SHA256 || h != item.Receipt.SHA256 || h != o.SHA256 {
			t.Fatal("preview, approval, outbox and arrival do not name the same hash")
		}
		if !bytes.Equal(item.Body, v.Fresh.Body) || o.Payload.Subject["ageBand"] != "7-14" || o.Payload.Subject["areaCode"] != "57" {
			t.Fatalf("what arrived: %+v", o.Payload)
		}
		w.want(id, w.labour, referral.StateDelivered, referral.StateReceived)

		rec := w.labour.receiver
		w.kind("an admin reads offers", errOf(rec.Show(ctx, chai, o.ID)), fault.NotFound)
		w.kind("a caseworker answers", rec.Accept(ctx, nok, o.ID), fault.Forbidden)
		w.kind("progress before acceptance", rec.Progress(ctx, nok, o.ID, "assistance", ""), fault.Conflict)
		w.kind("a month that is past", rec.Consider(ctx, ying, o.ID, "2026-01"), fault.Invalid)
		w.ok("consider", rec.Consider(ctx, ying, o.ID, "2026-12"))
		w.want(id, w.labour, referral.StateTentative, referral.StateTentative)
		w.ok("accept", rec.Accept(ctx, ying, o.ID))
		w.want(id, w.labour, referral.StateAccepted, referral.StateAccepted)
		w.kind("declining what was accepted", rec.Decline(ctx, ying, o.ID, "capacity"), fault.Conflict)
		w.ok("progress", rec.Progress(ctx, nok, o.ID, "assistance", "2026-12-20"))
		w.want(id, w.labour, referral.StateInService, referral.StateInService)
		w.ok("hold", rec.Hold(ctx, nok, o.ID, "waiting_office", "2027-01-10"))
		w.want(id, w.labour, referral.StateOnHold, referral.StateOnHold)
		w.kind("an outcome that is no code", rec.Complete(ctx, nok, o.ID, []string{"ได้บัตรแล้ว"}, "2026-11"), fault.Invalid)
		w.ok("complete", rec.Complete(ctx, nok, o.ID, []string{"birth_certificate", "number_card"}, "2026-11"))
		w.want(id, w.labour, referral.StateCompleted, referral.StateCompleted)
		if e := w.sent(id).Engagement; len(e.Outcomes) != 2 || e.Month != "2026-11" || e.Revision != 4 {
			t.Fatalf("the outcome that came home: %+v", e)
		}
		w.kind("closing without a word of the client", s.Close(ctx, dao, id, ""), fault.Invalid)
		w.ok("close", s.Close(ctx, dao, id, "yes"))
		w.want(id, w.labour, referral.StateConfirmed, referral.StateClosed)
		if w.arrived(w.labour, id).Confirmed != "yes" {
			t.Fatal("the client's word did not arrive")
		}
		w.kind("withdrawing what is over", s.Withdraw(ctx, dao, id, "resolved"), fault.Conflict)
		w.clean()
	})
}

func errOf[T any](_ T, err error) error { return err }

// A changed file, consent or line between the look and the yes stops the offer.
func TestApprovalIsOfTheBytes(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		s := w.north.sender
		for name, change := range map[string]func(caseID, id string) string{
			"the file": func(caseID, _ string) string {
				c := must(w.north.cases.Show(ctx, ying, caseID))
				d := c.DetailsOf()
				d.Interpreter = "no"
				must(w.north.cases.Edit(ctx, ying, caseID, c.Version, d))
				return "referrals.error.preview_changed"
			},
			"the consent": func(caseID, _ string) string {
				for _, r := range must(w.north.cases.Consents(ctx, dao, caseID)) {
					w.ok("withdraw", w.north.cases.WithdrawConsent(ctx, dao, caseID, r.ID, "in_person"))
				}
				return "referrals.error.now_blocked"
			},
			"the line": func(string, string) string {
				w.offer(w.labour)
				return "referrals.error.preview_changed"
			},
			"the policy": func(string, string) string {
				w.ok("load", w.north.gate.Load([][]string{{"own_no_interpreter", "*", "referral", "referral/subject/interpreter", "*", "true", "deny"}}))
				return "referrals.error.preview_changed"
			},
			"the day": func(string, string) string {
				w.now = w.now.Add(22 * time.Hour)
				return "referrals.error.preview_changed"
			},
		} {
			w.ok("load", w.north.gate.Load(nil))
			caseID := w.north.file(consent.LevelSpecial)
			id := must(s.Draft(ctx, dao, caseID, w.form(w.labour)))
			must(s.Submit(ctx, dao, id))
			seen := must(s.Show(ctx, ying, id)).Fresh.SHA256
			key := change(caseID, id)
			if err := s.Approve(ctx, ying, id, seen); fault.As(err).Key != key {
				t.Fatalf("%s has changed: %v, want %s", name, err, key)
			}
			if _, err := w.north.mail.Item(ctx, w.sent(id).Envelope.Activity); !fault.Is(err, fault.NotFound) {
				t.Fatalf("%s has changed: something was filed: %v", name, err)
			}
			v := must(s.Show(ctx, ying, id))
			if name == "the consent" {
				if v.Referral.State != referral.StateBlocked || v.Fresh.Allowed || v.Fresh.Why == "" {
					t.Fatalf("after a withdrawn consent: %s %+v", v.Referral.State, v.Fresh)
				}
				continue
			}
			w.ok(name+": the new preview", s.Approve(ctx, ying, id, v.Fresh.SHA256))
		}
	})
}

// Without consent nothing leaves, and the page can say why and what to do.
func TestBlocked(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		s := w.north.sender
		id := must(s.Draft(ctx, dao, w.north.file(0), w.form(w.labour)))
		if st, err := s.Submit(ctx, dao, id); err != nil || st != referral.StateBlocked {
			t.Fatalf("without consent: %s, %v", st, err)
		}
		v := must(s.Show(ctx, dao, id))
		if v.Fresh.Allowed || v.Fresh.Body != nil || v.Fresh.Why == "" || v.Fresh.Remedy == "" {
			t.Fatalf("the reason: %+v", v.Fresh)
		}
		w.kind("approving what is blocked", s.Approve(ctx, ying, id, ""), fault.Conflict)
		w.ok("giving it up", s.Withdraw(ctx, dao, id, "no_longer_needed"))
		w.net.Settle(ctx)
		if w.net.Tap().Len() != 0 {
			t.Fatal("a withdrawal before sending told somebody")
		}
	})
}

func TestReturned(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		s := w.north.sender
		id := must(s.Draft(ctx, dao, w.north.file(3), w.form(w.labour)))
		must(s.Submit(ctx, dao, id))
		w.kind("a return without a reason", s.Return(ctx, ying, id, "because"), fault.Invalid)
		w.ok("return", s.Return(ctx, ying, id, "wrong_member"))
		w.ok("another member", s.Edit(ctx, dao, id, w.form(w.third)))
		must(s.Submit(ctx, dao, id))
		w.ok("approve", s.Approve(ctx, ying, id, must(s.Show(ctx, ying, id)).Fresh.SHA256))
		w.want(id, w.third, referral.StateDelivered, referral.StateReceived)
		if _, err := w.labour.receiver.Store.ByOffer(ctx, w.sent(id).Envelope.Activity); !fault.Is(err, fault.NotFound) {
			t.Fatal("it went to two members")
		}
	})
}

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

// What the panel shows of the file is masked, and never stored with the referral.
func TestNothingOfTheFileIsKept(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		id := w.offer(w.labour)
		v := must(w.north.sender.Show(ctx, ying, id))
		if len(v.Held) < 8 {
			t.Fatalf("the left side: %+v", v.Held)
		}
		withheld := 0
		for _, f := range v.Fresh.Fields {
			if f.Class == "A" || f.Class == "B" {
				if f.Form != "withheld" || len(f.Values) > 0 || f.Why == "" || f.RuleKey == "" {
					t.Fatalf("class %s: %+v", f.Class, f)
				}
				withheld++
			}
		}
		if withheld < 4 {
			t.Fatalf("%d fields of class A and B are shown as staying", withheld)
		}
		row := must(json.Marshal(w.sent(id)))
		for _, word := range secrets {
			if bytes.Contains(row, []byte(word)) {
				t.Fatal("the stored referral holds a value of the file")
			}
		}
		stale := w.sent(id)
		fresh := stale
		w.ok("save", w.north.sender.Store.Save(ctx, &fresh))
		w.kind("a stale save", w.north.sender.Store.Save(ctx, &stale), fault.Conflict)
	})
}
