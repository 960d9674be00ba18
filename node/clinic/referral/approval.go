package referral

import (
	"context"
	"errors"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
)

// Approve is the second person's yes to exactly the bytes whose hash they saw.
// If the file, the consent or the policy has changed since, nothing is sent: the
// new decision is kept for a new look and the answer is a fault.Conflict with
// the key referrals.error.preview_changed (or …now_blocked).
func (s *Sender) Approve(ctx context.Context, actor clinic.Actor, id, sha256 string) error {
	var refused error
	err := s.change(ctx, actor, id, "approve", func(ctx context.Context, r *Referral) error {
		to, err := senderTable.next(r.State, MoveApprove)
		if err != nil {
			return err
		}
		if r.DraftedBy == actor.UserID { // the staff policy says so too; this must not hang on a policy
			return fault.New(fault.Forbidden, "referrals.error.four_eyes")
		}
		if !s.Clock().Before(r.RespondBy) {
			return fault.New(fault.Conflict, "referrals.error.deadline_passed")
		}
		o, _, err := s.offering(ctx, actor, *r)
		if err != nil {
			return err
		}
		p, sent, err := s.Out.Offer(ctx, o, sha256)
		if err != nil {
			return err
		}
		r.Preview = p
		if !sent {
			refused = fault.New(fault.Conflict, "referrals.error.preview_changed")
			if !p.Allowed {
				refused = fault.New(fault.Conflict, "referrals.error.now_blocked")
			}
			_, err := s.decided(ctx, actor, r, MoveClear)
			return err
		}
		now := s.Clock()
		r.State, r.Approved, r.OfferedAt = to, actor.UserID, now
		return s.both(ctx, actor, *r, string(MoveApprove), "referral_offered",
			map[string]string{"sha256": p.SHA256, "policy": p.Policy, "decision": p.Decision})
	})
	if err != nil {
		return err
	}
	return refused
}

// Return gives a referral back to its drafter with a coded reason: incomplete,
// wrong_member, too_much, consent or other.
func (s *Sender) Return(ctx context.Context, actor clinic.Actor, id, reason string) error {
	return s.change(ctx, actor, id, "approve", func(ctx context.Context, r *Referral) error {
		to, err := senderTable.next(r.State, MoveReturn)
		if err != nil {
			return err
		}
		if !ReturnReason(reason) {
			return reasonMissing("reason")
		}
		r.State, r.Reason, r.Preview = to, reason, Preview{}
		return s.told(ctx, actor, *r, string(MoveReturn), map[string]string{"reason": reason})
	})
}

// ReturnReasons are the codes with which an approver gives a draft back.
func ReturnReasons() []string {
	return []string{"incomplete", "wrong_member", "too_much", "consent", "other"}
}

// ReturnReason reports whether a code is one of ReturnReasons.
func ReturnReason(code string) bool {
	for _, c := range ReturnReasons() {
		if c == code {
			return true
		}
	}
	return false
}

// Withdraw takes a referral back at any time before its end. If the offer has
// left, an Undo follows it; if not, nothing is sent.
func (s *Sender) Withdraw(ctx context.Context, actor clinic.Actor, id, reason string) error {
	return s.change(ctx, actor, id, "withdraw", func(ctx context.Context, r *Referral) error {
		if !s.Known("withdraw_reason", reason) || reason == "expired" {
			return reasonMissing("reason")
		}
		return s.undo(ctx, actor, r, MoveWithdraw, reason)
	})
}

func (s *Sender) undo(ctx context.Context, actor clinic.Actor, r *Referral, m Move, reason string) error {
	to, err := senderTable.next(r.State, m)
	if err != nil {
		return err
	}
	sent := r.State.Sent()
	r.State, r.Reason = to, reason
	detail := map[string]string{"reason": reason}
	if !sent {
		return s.told(ctx, actor, *r, string(m), detail)
	}
	switch err := s.Out.Withdraw(ctx, *r, reason); {
	case fault.Is(err, fault.Denied):
		// The other member may not be written to; here it is withdrawn all the same.
		detail["told"] = "no"
		reach, err := s.Directory.Reachable(ctx, r.Form.Target)
		if err != nil {
			return err
		}
		r.Untold = !reach
	case err != nil:
		return err
	}
	if s.OnOver != nil {
		if err := s.OnOver(ctx, r.ID); err != nil {
			return err
		}
	}
	return s.both(ctx, actor, *r, string(m), "referral_"+string(to), detail)
}

// Close ends the loop after the drafter has asked the client whether what was
// reported is so: yes, no or unreachable.
func (s *Sender) Close(ctx context.Context, actor clinic.Actor, id, confirmed string) error {
	return s.change(ctx, actor, id, "close", func(ctx context.Context, r *Referral) error {
		to, err := senderTable.next(r.State, MoveClose)
		if err != nil {
			return err
		}
		if confirmed != "yes" && confirmed != "no" && confirmed != "unreachable" {
			return reasonMissing("confirmed")
		}
		r.State, r.Confirmed = to, confirmed
		detail := map[string]string{"confirmed": confirmed}
		switch err := s.Out.Close(ctx, *r, confirmed); {
		case fault.Is(err, fault.Denied):
			m, _, merr := s.member(ctx, r.Form.Target)
			if merr != nil || !m.Gone {
				return errors.Join(err, merr)
			}
			detail["told"] = "no" // the loop is closed with the client; the other member is gone
		case err != nil:
			return err
		}
		return s.both(ctx, actor, *r, string(MoveClose), "referral_closed", detail)
	})
}

// Tick expires what got no answer in time and tells the other end, and tells of
// withdrawals that could not be told before, each in its own transaction: one
// that fails keeps back no other. It returns how many have expired.
func (s *Sender) Tick(ctx context.Context) (int, error) {
	failed := s.catchUp(ctx)
	due, err := s.Store.List(ctx, Filter{Due: s.Clock(), States: []State{StateOffered, StateDelivered, StateTentative}})
	if err != nil {
		return 0, errors.Join(failed, err)
	}
	n := 0
	for _, d := range due {
		err := s.Tx.Within(ctx, func(ctx context.Context) error {
			r, err := s.Store.Get(ctx, d.ID)
			if err != nil {
				return err
			}
			if !May(r.State, MoveExpire) || r.AnswerBy.After(s.Clock()) {
				return nil // answered meanwhile
			}
			if err := s.undo(ctx, clinic.System, &r, MoveExpire, "expired"); err != nil {
				return err
			}
			r.Changed = s.Clock()
			n++
			return s.Store.Save(ctx, &r)
		})
		failed = errors.Join(failed, err)
	}
	return n, failed
}

// both is told, and a line in the case's own timeline.
func (s *Sender) both(ctx context.Context, actor clinic.Actor, r Referral, what, kind string, detail map[string]string) error {
	if err := s.Cases.AddEvent(ctx, r.CaseID, kind, map[string]string{"referral": r.ID}); err != nil {
		return err
	}
	return s.told(ctx, actor, r, what, detail)
}

func reasonMissing(field string) error {
	e := fault.New(fault.Invalid, "referrals.error.form")
	e.Fields = []fault.Field{{Name: field, Key: "referrals.form." + field + ".choose"}}
	return e
}

// ConsentWithdrawn takes back every offer of a case that is still open at the
// other end and for which no ground is left. It must run in the transaction
// that withdraws the consent, after it. What was not sent yet is stopped by the
// gate at approval.
func (s *Sender) ConsentWithdrawn(ctx context.Context, caseID string) error {
	rs, err := s.Store.List(ctx, Filter{CaseID: caseID})
	if err != nil {
		return err
	}
	for _, r := range rs {
		if !r.State.Sent() || !May(r.State, MoveWithdraw) {
			continue
		}
		g, err := s.Cases.Consent(ctx, caseID, r.Form.Purpose, r.Form.Target)
		if err != nil {
			return err
		}
		if g.Level >= 2 {
			continue
		}
		if err := s.undo(ctx, clinic.System, &r, MoveWithdraw, "consent_withdrawn"); err != nil {
			return err
		}
		r.Changed = s.Clock()
		if err := s.Store.Save(ctx, &r); err != nil {
			return err
		}
	}
	return nil
}
