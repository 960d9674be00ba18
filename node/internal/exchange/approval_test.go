package exchange_test

import (
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic/consent"
	"github.com/saphan-network/saphan/node/clinic/referral"
)

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
		w.ok("another member", s.Edit(ctx, dao, id, must(s.Show(ctx, dao, id)).Referral.Version, w.form(w.third)))
		must(s.Submit(ctx, dao, id))
		w.ok("approve", s.Approve(ctx, ying, id, must(s.Show(ctx, ying, id)).Fresh.SHA256))
		w.want(id, w.third, referral.StateDelivered, referral.StateReceived)
		if _, err := w.labour.receiver.Store.ByOffer(ctx, w.sent(id).Envelope.Activity); !fault.Is(err, fault.NotFound) {
			t.Fatal("it went to two members")
		}
	})
}
