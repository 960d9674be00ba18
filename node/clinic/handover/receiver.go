package handover

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/referral"
)

// ReceiverParts is what a Receiver stands on; every part is needed.
type ReceiverParts struct {
	Store     ReceivedStore
	Offers    referral.OfferStore
	Directory referral.Directory
	Cases     Cases
	Out       Answers
	Opener    Opener
	Authority clinic.Authority
	Recorder  clinic.Recorder
	Tx        clinic.Transactor
	Clock     clinic.Clock
	Known     func(list, code string) bool
	// Staff tells whether somebody works here and may open what they are named for.
	Staff func(ctx context.Context, userID string) (clinic.Actor, error)
}

// Receiver is the receiver's end: from asking to the proof of erasure.
type Receiver struct{ ReceiverParts }

// NewReceiver builds the service.
func NewReceiver(p ReceiverParts) *Receiver { return &Receiver{p} }

// ReceivedView is a hand-over at the receiver as its page needs it.
type ReceivedView struct {
	Received Received
	Offer    referral.Incoming
	From     referral.Member
	There    bool // it has been asked for
	Events   []Event
	May      map[string]bool
	Outlook  referral.Outlook
}

// Ask asks the sender of an offer that this member has taken who the person is: which
// fields are needed, for which purpose, and who here will open what comes.
func (s *Receiver) Ask(ctx context.Context, actor clinic.Actor, offerID string, fields, named []string) error {
	return s.Tx.Within(ctx, func(ctx context.Context) error {
		o, h, there, err := s.find(ctx, offerID)
		if err != nil {
			return err
		}
		if err := s.may(ctx, actor, "ask", h); err != nil {
			return err
		}
		if !taken(o.State) {
			return illegal(StateAsked, MoveAsk)
		}
		if len(fields) == 0 || slices.ContainsFunc(fields, func(c string) bool { return !s.Known("disclosure_field", c) }) {
			return missing("fields")
		}
		if err := s.check(ctx, named); err != nil {
			return err
		}
		slices.Sort(fields)
		n := Received{ID: opaque.ID(), OfferID: o.ID, Sender: o.Sender, Reference: o.Reference, Offer: o.Offer, Engagement: o.Engagement.ID,
			Purpose: o.Payload.Purpose, Version: 1, State: StateAsked}
		if there {
			to, err := receiverTable.next(h.State, MoveAsk)
			if err != nil {
				return err
			}
			if h.State == StateAsked {
				return illegal(StateAsked, MoveAsk) // it waits for an answer; Again asks with another key
			}
			n.ID, n.Version, n.State, n.Revision, n.Request = h.ID, h.Version, to, h.Revision, h.Request
		}
		n.Asked, n.Named, n.AskedBy = slices.Compact(fields), named, actor.UserID
		return s.ask(ctx, actor, n, there)
	})
}

// Again asks once more with a key that can be used, after the first could not be.
func (s *Receiver) Again(ctx context.Context, actor clinic.Actor, offerID string) error {
	return s.Tx.Within(ctx, func(ctx context.Context) error {
		_, h, there, err := s.find(ctx, offerID)
		if err != nil {
			return err
		}
		if err := s.may(ctx, actor, "ask", h); err != nil {
			return err
		}
		if there && h.State == StateArrived {
			if err := s.unopened(ctx, actor, &h); err != nil {
				return err
			}
		}
		if !there || !MayReceiver(h.State, MoveAsk) {
			return illegal(h.State, MoveAsk)
		}
		h.State = StateAsked
		return s.ask(ctx, actor, h, true)
	})
}

// unopened gives a package back that is here and cannot be opened. One that can be is
// not given back.
func (s *Receiver) unopened(ctx context.Context, actor clinic.Actor, h *Received) error {
	pack, err := s.Store.Kept(ctx, h.ID)
	if err == nil {
		_, err = s.Opener.Open(ctx, *h, pack)
	}
	switch {
	case err == nil:
		return illegal(h.State, MoveAsk)
	case !errors.Is(err, ErrKeyGone) && !errors.Is(err, ErrUnreadable) && !fault.Is(err, fault.NotFound):
		return err
	}
	if err := s.Store.Keep(ctx, h.ID, nil); err != nil {
		return err
	}
	h.State = StateReturned
	if err := s.Out.Return(ctx, *h, h.Activity, "package_unreadable"); err != nil {
		return err
	}
	return s.told(ctx, actor, *h, string(MoveReturn), map[string]string{"reason": "package_unreadable"})
}

func (s *Receiver) ask(ctx context.Context, actor clinic.Actor, h Received, there bool) error {
	h.Revision++
	h.AskedAt, h.Changed = s.Clock(), s.Clock()
	h.Package, h.Activity, h.Digest, h.Consent, h.Size, h.Expires, h.ArrivedAt, h.Reason = "", "", "", "", 0, time.Time{}, time.Time{}, ""
	h, err := s.Out.Ask(ctx, h)
	if err != nil {
		return err
	}
	if there {
		err = s.Store.Save(ctx, &h)
	} else {
		err = s.Store.Insert(ctx, h)
	}
	if err != nil {
		return err
	}
	return s.told(ctx, actor, h, string(MoveAsk), map[string]string{"fields": strings.Join(h.Asked, ","), "named": strings.Join(h.Named, ","), "revision": strconv.Itoa(h.Revision)})
}

func (s *Receiver) check(ctx context.Context, named []string) error {
	if len(named) == 0 {
		return missing("named")
	}
	for _, id := range named {
		a, err := s.Staff(ctx, id)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		probe := clinic.Object{Type: "handover", ID: "x", Assigned: true, Open: true, Openness: 2, ConflictCleared: true}
		if err != nil || s.Authority.May(ctx, a, "open", probe) != nil {
			return missing("named")
		}
	}
	return nil
}

// Name says anew who may open a package that is not opened yet.
func (s *Receiver) Name(ctx context.Context, actor clinic.Actor, offerID string, named []string) error {
	return s.change(ctx, actor, offerID, "name", func(ctx context.Context, h *Received) error {
		if h.State != StateAsked && h.State != StateArrived && h.State != StateReturned {
			return illegal(h.State, "name")
		}
		if err := s.check(ctx, named); err != nil {
			return err
		}
		h.Named = named
		return s.told(ctx, actor, *h, "name", map[string]string{"named": strings.Join(named, ",")})
	})
}

// Open opens the package: it becomes a case of this member, which the opener gets, and
// the package itself is destroyed. Only who is named may do it.
func (s *Receiver) Open(ctx context.Context, actor clinic.Actor, offerID string) (caseID string, err error) {
	err = s.change(ctx, actor, offerID, "open", func(ctx context.Context, h *Received) error {
		to, err := receiverTable.next(h.State, MoveOpen)
		if err != nil {
			return err
		}
		if !s.Clock().Before(h.Expires) {
			return fault.New(fault.Conflict, "handovers.error.expired")
		}
		o, err := s.Offers.Get(ctx, h.OfferID)
		if err != nil {
			return err
		}
		pack, err := s.Store.Kept(ctx, h.ID)
		if err != nil {
			return err
		}
		fields, err := s.Opener.Open(ctx, *h, pack)
		if err != nil {
			return err
		}
		if caseID, err = s.Cases.TakeOver(ctx, actor, *h, o, fields); err != nil {
			return err
		}
		if err := s.Store.Keep(ctx, h.ID, nil); err != nil {
			return err
		}
		h.State, h.OpenedBy, h.OpenedAt, h.CaseID = to, actor.UserID, s.Clock(), caseID
		if err := s.Out.Opened(ctx, *h); err != nil {
			return err
		}
		return s.told(ctx, actor, *h, string(MoveOpen), map[string]string{"digest": h.Digest, "case": caseID})
	})
	return caseID, err
}

// Erase erases a package and what it brought, because the person has withdrawn here, and
// sends the proof of it.
func (s *Receiver) Erase(ctx context.Context, actor clinic.Actor, offerID, reason string) error {
	return s.change(ctx, actor, offerID, "erase", func(ctx context.Context, h *Received) error {
		if !s.Known("withdraw_reason", reason) || reason == "expired" {
			return missing("recall")
		}
		return s.erase(ctx, actor, h, MoveErase, reason)
	})
}

func (s *Receiver) erase(ctx context.Context, actor clinic.Actor, h *Received, m Move, reason string) error {
	to, err := receiverTable.next(h.State, m)
	if err != nil {
		return err
	}
	r := Receipt{Reason: reason, Erased: []string{"sealed_package"}, Kept: []string{"audit_trail"}, Basis: "legal_obligation"}
	if h.CaseID != "" {
		left, err := s.Cases.Erase(ctx, actor, h.CaseID)
		if err != nil {
			return err
		}
		r.Erased, r.Kept, r.Basis = left.Erased, left.Kept, left.Basis
	}
	if err := s.Store.Keep(ctx, h.ID, nil); err != nil {
		return err
	}
	h.State, h.Reason = to, reason
	if h.Package != "" {
		proved, err := s.Out.Erased(ctx, *h, r)
		if err != nil && !fault.Is(err, fault.Denied) { // erased all the same, when the sender may not be written to
			return err
		}
		if err == nil {
			r = proved
		}
	}
	h.Receipt = r
	return s.told(ctx, actor, *h, string(m), map[string]string{"reason": reason, "erased": strings.Join(r.Erased, ","), "kept": strings.Join(r.Kept, ","), "basis": r.Basis})
}

// Tick erases what was not opened in time, each in its own transaction.
func (s *Receiver) Tick(ctx context.Context) error {
	hs, err := s.Store.List(ctx, Find{States: []State{StateArrived}})
	if err != nil {
		return err
	}
	var failed error
	for _, h := range hs {
		if s.Clock().Before(h.Expires) {
			continue
		}
		failed = errors.Join(failed, s.Tx.Within(ctx, func(ctx context.Context) error {
			h, err := s.Store.Find(ctx, Find{ID: h.ID})
			if err != nil || h.State != StateArrived {
				return err
			}
			if err := s.erase(ctx, clinic.System, &h, MoveErase, "expired"); err != nil {
				return err
			}
			h.Changed = s.Clock()
			return s.Store.Save(ctx, &h)
		}))
	}
	return failed
}

func (s *Receiver) find(ctx context.Context, offerID string) (o referral.Incoming, h Received, there bool, err error) {
	if o, err = s.Offers.Get(ctx, offerID); err != nil {
		return o, h, false, err
	}
	h, err = s.Store.Find(ctx, Find{Owner: offerID})
	if fault.Is(err, fault.NotFound) {
		return o, Received{OfferID: offerID}, false, nil
	}
	return o, h, err == nil, err
}

func (s *Receiver) may(ctx context.Context, actor clinic.Actor, act string, h Received) error {
	return s.Authority.May(ctx, actor, act, clinic.Object{Type: "handover", ID: h.ID, Assigned: slices.Contains(h.Named, actor.UserID), Open: true, Openness: 2, ConflictCleared: true})
}

func (s *Receiver) change(ctx context.Context, actor clinic.Actor, offerID, act string, f func(context.Context, *Received) error) error {
	return s.Tx.Within(ctx, func(ctx context.Context) error {
		_, h, there, err := s.find(ctx, offerID)
		if err != nil {
			return err
		}
		if err := s.may(ctx, actor, act, h); err != nil {
			return err
		}
		if !there {
			return fault.Missing()
		}
		if err := f(ctx, &h); err != nil {
			return err
		}
		h.Changed = s.Clock()
		return s.Store.Save(ctx, &h)
	})
}

func (s *Receiver) told(ctx context.Context, actor clinic.Actor, h Received, what string, detail map[string]string) error {
	if err := s.Store.AddEvent(ctx, h.ID, Event{At: s.Clock(), By: actor.UserID, What: what, State: h.State, Detail: detail}); err != nil {
		return err
	}
	return s.Recorder.Record(ctx, actor, "handover."+what, clinic.Object{Type: "handover", ID: h.ID}, string(h.State), detail)
}
