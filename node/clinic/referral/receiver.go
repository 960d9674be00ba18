package referral

import (
	"context"
	"errors"
	"maps"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
)

// ReceiverParts is what a Receiver stands on; every part is needed.
type ReceiverParts struct {
	Store     OfferStore
	Directory Directory
	Out       Answers
	Authority clinic.Authority
	Recorder  clinic.Recorder
	Tx        clinic.Transactor
	Clock     clinic.Clock
	Known     func(list, code string) bool

	// OnOver runs in the transaction in which the sender takes an offer back. Nil: nothing.
	OnOver func(ctx context.Context, offerID string) error
}

// Receiver is the receiver's end: from the arrival to the reported outcome.
type Receiver struct{ ReceiverParts }

// NewReceiver builds the service.
func NewReceiver(p ReceiverParts) *Receiver { return &Receiver{p} }

// Consider takes an offer under consideration; expected is the month (2006-01)
// in which an answer or a place is expected, or "".
func (s *Receiver) Consider(ctx context.Context, actor clinic.Actor, id, expected string) error {
	return s.answer(ctx, actor, id, MoveConsider, func(o *Incoming) error {
		if expected != "" && !s.month(expected, false) {
			return reasonMissing("expected")
		}
		o.Expected = expected
		return nil
	})
}

// Accept takes the referral. From here on this member reports.
func (s *Receiver) Accept(ctx context.Context, actor clinic.Actor, id string) error {
	return s.answer(ctx, actor, id, MoveAccept, func(o *Incoming) error {
		o.TakenBy = actor.UserID
		return nil
	})
}

// Decline says no, with a code of referral_decline_reason.
func (s *Receiver) Decline(ctx context.Context, actor clinic.Actor, id, reason string) error {
	return s.answer(ctx, actor, id, MoveDecline, func(o *Incoming) error {
		if !s.Known("referral_decline_reason", reason) {
			return reasonMissing("reason")
		}
		o.Reason = reason
		return nil
	})
}

// Suggest says no and names another member. This member never forwards by
// itself: whether to ask the other one is for the sender and the client.
func (s *Receiver) Suggest(ctx context.Context, actor clinic.Actor, id, reason, other string) error {
	ms, err := s.Directory.Members(ctx)
	if err != nil {
		return err
	}
	return s.answer(ctx, actor, id, MoveRedirect, func(o *Incoming) error {
		if !s.Known("referral_decline_reason", reason) {
			return reasonMissing("reason")
		}
		for _, m := range ms {
			if m.Actor == other && m.Active && other != o.Sender {
				o.Reason, o.Suggested = reason, other
				return nil
			}
		}
		return reasonMissing("suggested")
	})
}

// Progress reports a step of the service and by when the next report comes.
func (s *Receiver) Progress(ctx context.Context, actor clinic.Actor, id, step, next string) error {
	return s.serve(ctx, actor, id, MoveServe, func(o *Incoming) error {
		if !s.Known("service_step", step) {
			return reasonMissing("step")
		}
		if next != "" && !s.future(next) {
			return reasonMissing("next_update")
		}
		o.Engagement.Step, o.Engagement.NextUpdate, o.Engagement.Reason = step, next, ""
		return nil
	})
}

// Hold rests the service; the reason is a code of fail_reason or "", next a date or "".
func (s *Receiver) Hold(ctx context.Context, actor clinic.Actor, id, reason, next string) error {
	return s.serve(ctx, actor, id, MoveHold, func(o *Incoming) error {
		if next != "" && !s.future(next) {
			return reasonMissing("next_update")
		}
		if reason != "" && !s.Known("fail_reason", reason) {
			return reasonMissing("reason")
		}
		o.Engagement.NextUpdate, o.Engagement.Reason = next, reason
		return nil
	})
}

// Complete reports the outcome: codes of outcome_right and the month of the last service.
func (s *Receiver) Complete(ctx context.Context, actor clinic.Actor, id string, outcomes []string, month string) error {
	return s.serve(ctx, actor, id, MoveComplete, func(o *Incoming) error {
		outcomes = sorted(outcomes)
		for _, c := range outcomes {
			if !s.Known("outcome_right", c) {
				return reasonMissing("outcomes")
			}
		}
		if len(outcomes) == 0 {
			return reasonMissing("outcomes")
		}
		if !s.month(month, true) {
			return reasonMissing("month")
		}
		o.Engagement.Outcomes, o.Engagement.Month = outcomes, month
		o.Engagement.NextUpdate, o.Engagement.Reason = "", ""
		return nil
	})
}

// Fail reports that the service did not succeed, with a code of fail_reason.
func (s *Receiver) Fail(ctx context.Context, actor clinic.Actor, id, reason string) error {
	return s.serve(ctx, actor, id, MoveFail, func(o *Incoming) error { return s.failed(o, reason) })
}

// Disengaged reports that the person did not come again.
func (s *Receiver) Disengaged(ctx context.Context, actor clinic.Actor, id string) error {
	return s.serve(ctx, actor, id, MoveLose, func(o *Incoming) error {
		o.Engagement.NextUpdate, o.Engagement.Reason = "", ""
		return nil
	})
}

func (s *Receiver) failed(o *Incoming, reason string) error {
	if !s.Known("fail_reason", reason) {
		return reasonMissing("reason")
	}
	o.Engagement.Reason, o.Reason, o.Engagement.NextUpdate = reason, reason, ""
	return nil
}

// answer makes one of the four answers to an offer and sends it.
func (s *Receiver) answer(ctx context.Context, actor clinic.Actor, id string, m Move, f func(*Incoming) error) error {
	return s.change(ctx, actor, id, "answer", m, func(ctx context.Context, o *Incoming) error {
		if err := f(o); err != nil {
			return err
		}
		o.Answered = s.Clock()
		switch m {
		case MoveConsider:
			return s.Out.Consider(ctx, *o)
		case MoveAccept:
			iri, err := s.Out.NewEngagement(ctx)
			if err != nil {
				return err
			}
			o.Engagement = Engagement{ID: iri, Revision: 1}
			return s.Out.Accept(ctx, *o)
		}
		return s.Out.Decline(ctx, *o)
	})
}

// serve makes a new revision of the engagement and sends it.
func (s *Receiver) serve(ctx context.Context, actor clinic.Actor, id string, m Move, f func(*Incoming) error) error {
	return s.change(ctx, actor, id, "progress", m, func(ctx context.Context, o *Incoming) error {
		o.Engagement.Revision++
		if err := f(o); err != nil {
			return err
		}
		return s.Out.Progress(ctx, *o)
	})
}

func (s *Receiver) change(ctx context.Context, actor clinic.Actor, id, act string, m Move, f func(context.Context, *Incoming) error) error {
	return s.Tx.Within(ctx, func(ctx context.Context) error {
		if err := s.may(ctx, actor, act, id); err != nil {
			return err
		}
		o, err := s.Store.Get(ctx, id)
		if err != nil {
			return err
		}
		to, err := receiverTable.next(o.State, m)
		if err != nil {
			return err
		}
		o.State = to
		detail := map[string]string{}
		switch err := f(ctx, &o); {
		case fault.Is(err, fault.Denied) && ends(m):
			// The sender may not be written to. If it is in no network with us any more, this
			// ends here all the same; a suspension is waited for.
			ms, merr := s.Directory.Members(ctx)
			if merr != nil || !s.member(ms, o.Sender).Gone {
				return errors.Join(err, merr)
			}
			detail["told"] = "no"
		case err != nil:
			return err
		}
		o.Changed = s.Clock()
		if err := s.Store.Save(ctx, &o); err != nil {
			return err
		}
		maps.Copy(detail, details(o, m))
		return s.told(ctx, actor, o, string(m), detail)
	})
}

// ends reports whether this member's part is over with the move.
func ends(m Move) bool {
	return m == MoveDecline || m == MoveRedirect || m == MoveComplete || m == MoveFail || m == MoveLose
}

// details are the codes of an event's line.
func details(o Incoming, m Move) map[string]string {
	d := map[string]string{}
	switch m {
	case MoveConsider:
		d["expected"] = o.Expected
	case MoveDecline, MoveRedirect, MoveFail:
		d["reason"] = o.Reason
	case MoveServe, MoveHold:
		d["step"], d["next"] = o.Engagement.Step, o.Engagement.NextUpdate
	case MoveComplete:
		d["month"] = o.Engagement.Month
	}
	return filled(d)
}

// filled leaves out what has no value.
func filled(d map[string]string) map[string]string {
	for k, v := range d {
		if v == "" {
			delete(d, k)
		}
	}
	return d
}

// may asks the staff policy. An offer is anonymous and belongs to the
// organisation, so every offer of a node has the same attributes.
func (s *Receiver) may(ctx context.Context, actor clinic.Actor, act, id string) error {
	return s.Authority.May(ctx, actor, act, clinic.Object{Type: "offer", ID: id, Open: true, Openness: 2, ConflictCleared: true})
}

func (s *Receiver) told(ctx context.Context, actor clinic.Actor, o Incoming, what string, detail map[string]string) error {
	if err := s.Store.AddEvent(ctx, o.ID, Event{At: s.Clock(), By: actor.UserID, What: what, State: o.State, Detail: detail}); err != nil {
		return err
	}
	return s.Recorder.Record(ctx, actor, "offer."+what, clinic.Object{Type: "offer", ID: o.ID}, string(o.State), detail)
}

// month checks 2006-01: with past, not later than now; otherwise not earlier.
func (s *Receiver) month(m string, past bool) bool {
	t, err := time.Parse("2006-01", m)
	if err != nil {
		return false
	}
	now := s.Clock().UTC()
	this := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	if past {
		return !t.After(this) && t.After(this.AddDate(-5, 0, 0))
	}
	return !t.Before(this) && t.Before(this.AddDate(2, 0, 0))
}

func (s *Receiver) future(date string) bool {
	d, err := time.Parse(time.DateOnly, date)
	return err == nil && d.After(s.Clock()) && d.Before(s.Clock().AddDate(2, 0, 0))
}

// member finds a member by its IRI; an unknown one has only its IRI.
func (s *Receiver) member(ms []Member, actor string) Member {
	if m := memberOf(ms, actor); m.Actor != "" {
		return m
	}
	return Member{Actor: actor}
}

// Show returns an offer for its page.
func (s *Receiver) Show(ctx context.Context, actor clinic.Actor, id string) (OfferView, error) {
	if err := s.may(ctx, actor, "read", id); err != nil {
		return OfferView{}, err
	}
	o, err := s.Store.Get(ctx, id)
	if err != nil {
		return OfferView{}, err
	}
	ms, err := s.Directory.Members(ctx)
	if err != nil {
		return OfferView{}, err
	}
	from := s.member(ms, o.Sender)
	v := OfferView{Offer: o, From: from, Outlook: o.outlook(s.Clock()).apart(from, "gone_us"), May: map[string]bool{}}
	if o.Suggested != "" {
		v.Suggest = s.member(ms, o.Suggested)
	}
	for _, m := range ms {
		if m.Active && m.Actor != o.Sender {
			v.Members = append(v.Members, m)
		}
	}
	for _, act := range []string{"answer", "progress"} {
		err := s.may(ctx, actor, act, id)
		if err != nil && !fault.Is(err, fault.Forbidden) && !fault.Is(err, fault.NotFound) {
			return OfferView{}, err
		}
		v.May[act] = err == nil
	}
	v.Events, err = s.Store.Events(ctx, id)
	return v, err
}

// Inbox lists offers: open ones by deadline, or those that are over.
func (s *Receiver) Inbox(ctx context.Context, actor clinic.Actor, over bool) ([]OfferView, error) {
	if err := s.may(ctx, actor, "list", ""); err != nil {
		return nil, err
	}
	states := []State{StateReceived, StateTentative, StateAccepted, StateInService, StateOnHold}
	if over {
		states = []State{StateCompleted, StateFailed, StateDisengaged, StateClosed, StateDeclined, StateRedirected, StateWithdrawn, StateExpired}
	}
	os, err := s.Store.List(ctx, states)
	if err != nil {
		return nil, err
	}
	ms, err := s.Directory.Members(ctx)
	if err != nil {
		return nil, err
	}
	var out []OfferView
	for _, o := range os {
		from := s.member(ms, o.Sender)
		out = append(out, OfferView{Offer: o, From: from, Outlook: o.outlook(s.Clock()).apart(from, "gone_us")})
	}
	return out, nil
}

// Waiting lists the offers that wait for the actor: new ones for who may answer,
// those that were taken for who may report on them.
func (s *Receiver) Waiting(ctx context.Context, actor clinic.Actor) ([]OfferView, error) {
	all, err := s.Inbox(ctx, actor, false)
	if err != nil {
		return nil, err
	}
	may := map[string]bool{}
	for _, act := range []string{"answer", "progress"} {
		err := s.may(ctx, actor, act, "")
		if err != nil && !fault.Is(err, fault.Forbidden) && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
		may[act] = err == nil
	}
	var out []OfferView
	for _, v := range all {
		act := "progress"
		if v.Offer.State == StateReceived || v.Offer.State == StateTentative {
			act = "answer"
		}
		if (v.Outlook.Who == "us" || v.Outlook.Who == "gone_us") && may[act] {
			out = append(out, v)
		}
	}
	return out, nil
}
