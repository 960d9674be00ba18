package handover

import (
	"context"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
)

// Arriving is a package as it came.
type Arriving struct {
	From, Activity    string
	Package, Request  string
	Reference         string
	KeyID             string
	Consent           string
	Expires           time.Time
	Digest            string
	Size              int
	Sealed            []byte
	Proved, Undamaged bool // the sender has proved it; the digest is that of the ciphertext
}

// Arrived takes a package in, or returns it with a code of package_refusal; nothing of
// one that is returned is kept. What comes a second time is no news.
func (s *Receiver) Arrived(ctx context.Context, a Arriving) error {
	h, err := s.Store.Find(ctx, Find{Request: a.Request})
	if err != nil || h.Sender != a.From || h.Reference != a.Reference || a.Request == "" {
		return unknown(err)
	}
	if h.Package == a.Package {
		return nil
	}
	to, err := receiverTable.next(h.State, MoveArrive)
	if err != nil {
		return err
	}
	o, err := s.Offers.Get(ctx, h.OfferID)
	if err != nil {
		return err
	}
	reason := ""
	switch {
	case !taken(o.State):
		reason = "package_unasked"
	case !a.Proved:
		reason = "package_unproved"
	case !a.Undamaged || a.KeyID != h.KeyID:
		reason = "package_unreadable"
	case !s.Clock().Before(a.Expires):
		reason = "package_expired"
	}
	h.Package, h.Activity, h.Digest, h.Size, h.Consent, h.Expires, h.Changed = a.Package, a.Activity, a.Digest, a.Size, a.Consent, a.Expires, s.Clock()
	if reason != "" {
		return s.giveBack(ctx, h, reason)
	}
	h.State, h.ArrivedAt = to, s.Clock()
	if err := s.Store.Keep(ctx, h.ID, a.Sealed); err != nil {
		return err
	}
	if err := s.Out.Arrived(ctx, h); err != nil && !fault.Is(err, fault.Denied) {
		return err
	}
	if err := s.Store.Save(ctx, &h); err != nil {
		return err
	}
	return s.told(ctx, peer, h, string(MoveArrive), map[string]string{"digest": h.Digest})
}

func (s *Receiver) giveBack(ctx context.Context, h Received, reason string) error {
	to, err := receiverTable.next(h.State, MoveReturn)
	if err != nil {
		return err
	}
	h.State, h.Reason = to, reason
	if err := s.Out.Return(ctx, h, h.Activity, reason); err != nil && !fault.Is(err, fault.Denied) {
		return err
	}
	if err := s.Store.Save(ctx, &h); err != nil {
		return err
	}
	return s.told(ctx, peer, h, string(MoveReturn), map[string]string{"reason": reason})
}

// Refused applies the sender's no to what was asked.
func (s *Receiver) Refused(ctx context.Context, from, request, reason string) error {
	h, err := s.Store.Find(ctx, Find{Request: request})
	if err != nil || h.Sender != from || request == "" {
		return unknown(err)
	}
	if h.State == StateRefused {
		return nil
	}
	to, err := receiverTable.next(h.State, MoveRefuse)
	if err != nil {
		return err
	}
	h.State, h.Reason, h.Changed = to, reason, s.Clock()
	if err := s.Store.Save(ctx, &h); err != nil {
		return err
	}
	return s.told(ctx, peer, h, string(MoveRefuse), map[string]string{"reason": reason})
}

// Recalled erases what the sender calls back, at once, and sends the proof of it. What
// is erased already is proved by the receipt that was sent.
func (s *Receiver) Recalled(ctx context.Context, from, pkg, reason string) error {
	h, err := s.Store.Find(ctx, Find{Package: pkg})
	if err != nil || h.Sender != from || pkg == "" {
		return unknown(err)
	}
	if h.State == StateErased {
		return nil
	}
	if err := s.erase(ctx, peer, &h, MoveRecall, reason); err != nil {
		return err
	}
	h.Changed = s.Clock()
	return s.Store.Save(ctx, &h)
}

// OfferOver stops asking about an offer that is over. It must run in the transaction
// that ends it.
func (s *Receiver) OfferOver(ctx context.Context, offerID string) error {
	h, err := s.Store.Find(ctx, Find{Owner: offerID})
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil || !MayReceiver(h.State, MoveCancel) {
		return err
	}
	h.State, h.Changed = StateCancelled, s.Clock()
	if err := s.Store.Save(ctx, &h); err != nil {
		return err
	}
	return s.told(ctx, peer, h, string(MoveCancel), nil)
}
