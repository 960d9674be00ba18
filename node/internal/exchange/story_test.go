package exchange_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"

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
		eng := w.sent(id).Engagement.ID
		for _, iri := range []string{"", eng + "0", w.labour.url + "/ap/eng/", r.Envelope.Reference, strings.Replace(eng, "/eng/", "/ref/", 1)} {
			_, _, err := w.labour.wire.Object(ctx, iri)
			w.kind("the object "+iri, err, fault.NotFound)
		}
		body, to, err := w.labour.wire.Object(ctx, eng)
		if err != nil || to != w.north.self || !bytes.Contains(body, []byte(`"birth_certificate"`)) || !bytes.Contains(body, []byte(eng)) {
			t.Fatalf("the engagement as it stands: %s for %s, %v", body, to, err)
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
