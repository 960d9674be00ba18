package handover

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/referral"
)

// Asked takes in what another member asks: who the person of a referral is that it has
// taken. What comes a second time is no news; a higher revision asks again.
func (s *Sender) Asked(ctx context.Context, in Sent) error {
	rs, err := s.Referrals.List(ctx, referral.Filter{Reference: in.Reference, Limit: 1})
	if err != nil {
		return err
	}
	if len(rs) != 1 || rs[0].Form.Target != in.Target || rs[0].OfferedAt.IsZero() || in.Reference == "" {
		return ErrUnknown
	}
	r := rs[0]
	h, err := s.Store.Find(ctx, Find{Owner: r.ID})
	fresh := fault.Is(err, fault.NotFound)
	if err != nil && !fresh {
		return err
	}
	if !fresh && h.Request == in.Request && in.Revision <= h.Revision {
		return nil
	}
	from := StateAsked
	if !fresh {
		from = h.State
	}
	to, err := senderTable.next(from, MoveAsk)
	if err != nil {
		return err
	}
	if !taken(r.State) {
		return illegal(from, MoveAsk)
	}
	now := s.Clock()
	n := Sent{ID: opaque.ID(), ReferralID: r.ID, CaseID: r.CaseID, Target: r.Form.Target, Reference: in.Reference, Offer: r.Envelope.Activity,
		Request: in.Request, Revision: in.Revision, Purpose: in.Purpose, Asked: slices.Clone(in.Asked), KeyID: in.KeyID, Key: in.Key, AskProof: in.AskProof,
		State: to, AskedAt: now, Changed: now, Version: 1}
	if fresh {
		err = s.Store.Insert(ctx, n)
	} else {
		n.ID, n.Version, n.Receipt = h.ID, h.Version, h.Receipt
		if h.State == StateReturned || h.State == StateReady || h.State == StateAsked { // the same wish with another key: what was written stays
			n.Fields, n.Texts = h.Fields, h.Texts
		}
		err = s.Store.Save(ctx, &n)
	}
	if err != nil {
		return err
	}
	return s.both(ctx, peer, n, string(MoveAsk), "handover_asked", map[string]string{"revision": strconv.Itoa(in.Revision)})
}

// Reported applies what the receiver says of a package: arrived, opened, returned. It
// must run in the transaction that holds the message. What is already so is a no-op.
func (s *Sender) Reported(ctx context.Context, from string, f Find, m Move, digest, reason string) error {
	h, err := s.Store.Find(ctx, f)
	if err != nil || h.Target != from {
		return unknown(err)
	}
	if digest != "" && digest != h.Digest {
		return s.told(ctx, peer, h, "digest_differs", nil)
	}
	if m == MoveArrive && !h.Arrived.IsZero() || m == MoveOpen && !h.Opened.IsZero() || m == MoveReturn && h.State == StateReturned {
		return nil
	}
	if m == MoveArrive && h.State == StateOpened {
		return nil // the news overtook it
	}
	to, err := senderTable.next(h.State, m)
	if err != nil {
		return err
	}
	now := s.Clock()
	h.State, h.Changed = to, now
	switch m {
	case MoveArrive:
		h.Arrived = now
	case MoveOpen:
		h.Opened = now
		if h.Arrived.IsZero() {
			h.Arrived = now
		}
	case MoveReturn:
		h.Reason = reason
	}
	detail := map[string]string{}
	if reason != "" {
		detail["reason"] = reason
	}
	if err := s.Store.Save(ctx, &h); err != nil {
		return err
	}
	return s.both(ctx, peer, h, string(m), "handover_"+string(to), detail)
}

// Erased takes in a proof of erasure that has been verified. One that nobody asked for
// says that the person has withdrawn at the other end, or that a package expired.
func (s *Sender) Erased(ctx context.Context, from, pkg string, r Receipt) error {
	h, err := s.Store.Find(ctx, Find{Package: pkg})
	if err != nil || h.Target != from || pkg == "" {
		return unknown(err)
	}
	if h.State == StateErased {
		return nil
	}
	to, err := senderTable.next(h.State, MoveErase)
	if err != nil {
		return err
	}
	asked := h.State == StateRecalled
	h.State, h.Receipt, h.Changed, h.Texts = to, r, s.Clock(), nil
	if !asked {
		h.Reason = r.Reason
	}
	if err := s.Store.Save(ctx, &h); err != nil {
		return err
	}
	return s.both(ctx, peer, h, string(MoveErase), "handover_erased", map[string]string{"reason": r.Reason, "basis": r.Basis})
}

// ConsentWithdrawn calls back what was handed over for a case on a consent that no longer
// holds, and stops what is prepared. It must run in the transaction that withdraws.
func (s *Sender) ConsentWithdrawn(ctx context.Context, caseID string) error {
	hs, err := s.Store.List(ctx, Find{Case: caseID})
	if err != nil {
		return err
	}
	for _, h := range hs {
		g, err := s.Files.Ground(ctx, caseID, h.Purpose, h.Target)
		if err != nil {
			return err
		}
		r, err := s.Referrals.Get(ctx, h.ReferralID)
		if err != nil {
			return err
		}
		withdrawn := r.State == referral.StateWithdrawn || r.State == referral.StateExpired
		if g.Level > 0 && !withdrawn {
			continue
		}
		if err := s.stop(ctx, h, withdrawn); err != nil {
			return err
		}
	}
	return nil
}

// Withdrawn is ConsentWithdrawn for a referral that is taken back for another reason.
func (s *Sender) Withdrawn(ctx context.Context, referralID string) error {
	h, err := s.Store.Find(ctx, Find{Owner: referralID})
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.stop(ctx, h, true)
}

func (s *Sender) stop(ctx context.Context, h Sent, over bool) error {
	switch {
	case May(h.State, MoveRecall):
		if err := s.recall(ctx, clinic.System, &h, "consent_withdrawn"); err != nil {
			return err
		}
	case over && May(h.State, MoveCancel):
		h.State, h.Texts = StateCancelled, nil
		if err := s.told(ctx, clinic.System, h, string(MoveCancel), nil); err != nil {
			return err
		}
	case h.State == StateReady:
		h.State, h.SHA256, h.Reason = StateAsked, "", "consent"
		if err := s.told(ctx, clinic.System, h, string(MoveBack), map[string]string{"reason": "consent"}); err != nil {
			return err
		}
	default:
		return nil
	}
	h.Changed = s.Clock()
	return s.Store.Save(ctx, &h)
}

// Tick tells of recalls that could not be told before, each in its own transaction.
func (s *Sender) Tick(ctx context.Context) error {
	hs, err := s.Store.List(ctx, Find{Untold: true})
	if err != nil {
		return err
	}
	var failed error
	for _, h := range hs {
		reach, err := s.Directory.Reachable(ctx, h.Target)
		if err == nil && reach {
			err = s.Tx.Within(ctx, func(ctx context.Context) error { return s.tell(ctx, h.ID) })
		}
		failed = errors.Join(failed, err)
	}
	return failed
}

func (s *Sender) tell(ctx context.Context, id string) error {
	h, err := s.Store.Get(ctx, id)
	if err != nil || !h.Untold {
		return err
	}
	if _, err := s.Out.Recall(ctx, h, h.Reason); err != nil {
		if fault.Is(err, fault.Denied) {
			return nil
		}
		return err
	}
	h.Untold, h.Changed = false, s.Clock()
	if err := s.Store.Save(ctx, &h); err != nil {
		return err
	}
	return s.told(ctx, clinic.System, h, "told", nil)
}

func (h Sent) outlook(now time.Time) referral.Outlook {
	look := func(who string, by time.Time, silence string) referral.Outlook {
		return referral.Outlook{Who: who, By: by, Late: !by.IsZero() && now.After(by), Silence: silence}
	}
	switch h.State {
	case StateAsked, StateReturned:
		return look("drafter", h.AskedAt.Add(DecideWithin), "stays")
	case StateReady:
		return look("approver", h.Submitted.Add(ApproveWithin), "stays")
	case StateSent:
		return look("peer_server", h.SentAt.Add(time.Hour), "alarm")
	case StateDelivered:
		return look("peer", h.Arrived.Add(OpenWithin), "expires")
	case StateRecalled:
		return look("peer", h.RecalledAt.Add(EraseWithin), "alarm")
	case StateOpened, StateRefused, StateErased, StateCancelled, StateArrived:
	}
	return look("nobody", time.Time{}, "nothing")
}
