package referral

import (
	"context"
	"errors"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/opaque"
)

// Arrived takes a new offer in. It must run in the transaction that holds the
// message. An offer that is already here is a no-op, and fresh is false.
func (s *Receiver) Arrived(ctx context.Context, o Incoming) (fresh bool, err error) {
	_, err = s.Store.ByOffer(ctx, o.Offer)
	switch {
	case err == nil:
		return false, nil
	case !fault.Is(err, fault.NotFound):
		return false, err
	}
	o.ID, o.State, o.Version = opaque.ID(), StateReceived, 1
	o.ArrivedAt, o.Changed = s.Clock(), s.Clock()
	if err := s.Store.Insert(ctx, o); err != nil {
		return false, err
	}
	return true, s.told(ctx, peer, o, "arrived", nil)
}

// Undone applies the sender's Undo of its offer; the reason "expired" says that
// the time has run out.
func (s *Receiver) Undone(ctx context.Context, from, offer, reason string) error {
	o, err := s.find(ctx, from, offer)
	if err != nil {
		return err
	}
	m, end := MoveWithdraw, StateWithdrawn
	if reason == "expired" {
		m, end = MoveExpire, StateExpired
	}
	if o.State == end {
		return nil
	}
	to, err := receiverTable.next(o.State, m)
	if err != nil {
		return err
	}
	o.State, o.Reason = to, reason
	if s.OnOver != nil {
		if err := s.OnOver(ctx, o.ID); err != nil {
			return err
		}
	}
	return s.save(ctx, o, m, map[string]string{"reason": reason})
}

// Closed applies the sender's closing of an engagement of ours.
func (s *Receiver) Closed(ctx context.Context, from, engagement, confirmed string) error {
	o, err := s.Store.ByEngagement(ctx, engagement)
	if err != nil || o.Sender != from {
		return unknown(err)
	}
	if o.State == StateClosed {
		return nil
	}
	to, err := receiverTable.next(o.State, MoveClose)
	if err != nil {
		return err
	}
	o.State, o.Confirmed = to, confirmed
	return s.save(ctx, o, MoveClose, map[string]string{"confirmed": confirmed})
}

// Refused notes that the sender could not follow something that we sent about its offer.
func (s *Receiver) Refused(ctx context.Context, from, offer, reason string) error {
	o, err := s.find(ctx, from, offer)
	if err != nil {
		return err
	}
	return s.told(ctx, peer, o, "refused_there", map[string]string{"reason": reason})
}

// Engagement finds an engagement for the member that asked for it, and nobody else.
func (s *Receiver) Engagement(ctx context.Context, asker, engagement string) (Incoming, error) {
	o, err := s.Store.ByEngagement(ctx, engagement)
	if err != nil || o.Sender != asker {
		return Incoming{}, unknown(err)
	}
	return o, nil
}

func (s *Receiver) find(ctx context.Context, from, offer string) (Incoming, error) {
	o, err := s.Store.ByOffer(ctx, offer)
	if err != nil || o.Sender != from {
		return Incoming{}, unknown(err)
	}
	return o, nil
}

func (s *Receiver) save(ctx context.Context, o Incoming, m Move, detail map[string]string) error {
	o.Changed = s.Clock()
	if err := s.Store.Save(ctx, &o); err != nil {
		return err
	}
	return s.told(ctx, peer, o, string(m), detail)
}

func unknown(err error) error {
	if err == nil || fault.Is(err, fault.NotFound) || errors.Is(err, ErrUnknown) {
		return ErrUnknown
	}
	return err
}
