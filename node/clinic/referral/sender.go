package referral

import (
	"context"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/node/clinic"
)

// SenderParts is what a Sender stands on; every part is needed.
type SenderParts struct {
	Store     Store
	Cases     Cases
	Directory Directory
	Out       Out
	Authority clinic.Authority
	Recorder  clinic.Recorder
	Tx        clinic.Transactor
	Clock     clinic.Clock
	Known     func(list, code string) bool // federation/vocabulary.Has
	Scales    Scales                       // for WhatIf

	// OnOver runs in the transaction that takes a referral back, so that what was handed
	// over for it is called back too. Nil: nothing was.
	OnOver func(ctx context.Context, referralID string) error
}

// Sender is the sender's end: from the draft to the closed loop.
type Sender struct{ SenderParts }

// NewSender builds the service.
func NewSender(p SenderParts) *Sender { return &Sender{p} }

// View is a referral as its page needs it: the left side of the bridge panel
// live from the file, the right side from the gate.
type View struct {
	Referral Referral
	Held     []Held
	Fresh    Preview // decided now; for a referral that has left: what was decided then
	Changed  bool    // waiting for approval, and the bytes are no longer those that were submitted
	Target   Member
	Suggest  Member // when another member was suggested
	Events   []Event
	Delivery Delivery
	May      map[string]bool // staff acts open to this actor in this state
	Outlook  Outlook
}

// Draft begins a referral for a case and returns its id.
func (s *Sender) Draft(ctx context.Context, actor clinic.Actor, caseID string, f Form) (string, error) {
	r := Referral{ID: opaque.ID(), CaseID: caseID, State: StateDraft, DraftedBy: actor.UserID,
		Created: s.Clock(), Changed: s.Clock(), Version: 1}
	err := s.Tx.Within(ctx, func(ctx context.Context) error {
		if err := s.may(ctx, actor, "draft", r); err != nil {
			return err
		}
		if err := s.check(ctx, &f); err != nil {
			return err
		}
		r.Form = f
		if err := s.Store.Insert(ctx, r); err != nil {
			return err
		}
		return s.told(ctx, actor, r, "draft", nil)
	})
	return r.ID, err
}

// KeyEdited is the message key of an Edit that came after somebody else's.
const KeyEdited = "referrals.error.edited"

// Edit replaces the choices of a draft or of a referral that the gate blocked.
// seen is the Version that the person changed: where somebody else was quicker it
// is a fault.Conflict, and theirs stays.
func (s *Sender) Edit(ctx context.Context, actor clinic.Actor, id string, seen int, f Form) error {
	return s.change(ctx, actor, id, "draft", func(ctx context.Context, r *Referral) error {
		to, err := senderTable.next(r.State, MoveEdit)
		if err != nil {
			return err
		}
		if r.Version != seen {
			return fault.New(fault.Conflict, KeyEdited)
		}
		if err := s.check(ctx, &f); err != nil {
			return err
		}
		r.State, r.Form, r.Envelope, r.Preview, r.DraftedBy, r.Reason = to, f, Envelope{}, Preview{}, actor.UserID, ""
		return s.told(ctx, actor, *r, string(MoveEdit), nil)
	})
}

// Submit asks the gate and, if it says yes, hands the exact bytes to a second
// person. It returns the state after it: awaiting_approval or blocked.
func (s *Sender) Submit(ctx context.Context, actor clinic.Actor, id string) (State, error) {
	var state State
	err := s.change(ctx, actor, id, "submit", func(ctx context.Context, r *Referral) error {
		to, err := senderTable.next(r.State, MoveSubmit)
		if err != nil {
			return err
		}
		if err := s.check(ctx, &r.Form); err != nil {
			return err
		}
		r.State = to
		if err := s.told(ctx, actor, *r, string(MoveSubmit), nil); err != nil {
			return err
		}
		if err := s.draw(ctx, r); err != nil {
			return err
		}
		o, _, err := s.offering(ctx, actor, *r)
		if err != nil {
			return err
		}
		if r.Preview, err = s.Out.Preview(ctx, o); err != nil {
			return err
		}
		r.DraftedBy, r.Submitted, r.Reason = actor.UserID, s.Clock(), ""
		state, err = s.decided(ctx, actor, r, MoveClear)
		return err
	})
	return state, err
}

// draw gives the referral its envelope and its deadlines.
func (s *Sender) draw(ctx context.Context, r *Referral) error {
	env, err := s.Out.Reserve(ctx)
	if err != nil {
		return err
	}
	r.Envelope = env
	// Rounded up to the hour: a finer time would tell when the draft was submitted.
	by := s.Clock().UTC().Add(window(r.Form.Urgency))
	if t := by.Truncate(time.Hour); !t.Equal(by) {
		by = t.Add(time.Hour)
	}
	r.RespondBy, r.AnswerBy = by, by
	return nil
}

// decided moves a referral on the gate's answer in r.Preview.
func (s *Sender) decided(ctx context.Context, actor clinic.Actor, r *Referral, yes Move) (State, error) {
	m, detail := yes, map[string]string{"policy": r.Preview.Policy, "decision": r.Preview.Decision}
	if !r.Preview.Allowed {
		m, detail["why"] = MoveBlock, r.Preview.Why
	} else {
		detail["sha256"] = r.Preview.SHA256
	}
	to, err := senderTable.next(r.State, m)
	if err != nil {
		return r.State, err
	}
	r.State = to
	return to, s.told(ctx, actor, *r, string(m), detail)
}

// offering gathers what an offer is built from, live.
func (s *Sender) offering(ctx context.Context, actor clinic.Actor, r Referral) (Offering, []Held, error) {
	src, err := s.Cases.Subject(ctx, actor, r.CaseID)
	if err != nil {
		return Offering{}, nil, err
	}
	g, err := s.Cases.Consent(ctx, r.CaseID, r.Form.Purpose, r.Form.Target)
	if err != nil {
		return Offering{}, nil, err
	}
	return Offering{Target: r.Form.Target, Envelope: r.Envelope, Form: r.Form, RespondBy: r.RespondBy,
		Source: src, Ground: g, Count: s.Cases.CountLike}, src.Held, nil
}

// may asks the staff policy about a referral of a case that the actor may know.
func (s *Sender) may(ctx context.Context, actor clinic.Actor, act string, r Referral) error {
	of, err := s.Cases.Object(ctx, actor, r.CaseID)
	if err != nil {
		if fault.Is(err, fault.NotFound) {
			return fault.Missing()
		}
		return err
	}
	return s.Authority.May(ctx, actor, act, r.object(of, actor))
}

// change reads a referral, checks the act, applies f, and saves, in one transaction.
func (s *Sender) change(ctx context.Context, actor clinic.Actor, id, act string, f func(context.Context, *Referral) error) error {
	return s.Tx.Within(ctx, func(ctx context.Context) error {
		r, err := s.Store.Get(ctx, id)
		if err != nil {
			return err
		}
		if err := s.may(ctx, actor, act, r); err != nil {
			return err
		}
		if err := f(ctx, &r); err != nil {
			return err
		}
		r.Changed = s.Clock()
		return s.Store.Save(ctx, &r)
	})
}

// told writes an event and an audit line.
func (s *Sender) told(ctx context.Context, actor clinic.Actor, r Referral, what string, detail map[string]string) error {
	if err := s.Store.AddEvent(ctx, r.ID, Event{At: s.Clock(), By: actor.UserID, What: what, State: r.State, Detail: detail}); err != nil {
		return err
	}
	return s.Recorder.Record(ctx, actor, "referral."+what, clinic.Object{Type: "referral", ID: r.ID}, string(r.State), detail)
}
