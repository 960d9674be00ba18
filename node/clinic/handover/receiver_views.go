package handover

import (
	"context"
	"time"

	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/referral"
)

// Show returns the hand-over of an offer for its page; one that was never asked for has
// There false.
func (s *Receiver) Show(ctx context.Context, actor clinic.Actor, offerID string) (ReceivedView, error) {
	o, h, there, err := s.find(ctx, offerID)
	if err != nil {
		return ReceivedView{}, err
	}
	if err := s.may(ctx, actor, "read", h); err != nil {
		return ReceivedView{}, err
	}
	v := ReceivedView{Received: h, Offer: o, There: there, Outlook: h.outlook(s.Clock()), May: map[string]bool{}}
	ms, err := s.Directory.Members(ctx)
	if err != nil {
		return ReceivedView{}, err
	}
	v.From = memberOf(ms, o.Sender)
	for _, act := range []string{"ask", "name", "open", "erase"} {
		err := s.may(ctx, actor, act, h)
		if err != nil && !refusal(err) {
			return ReceivedView{}, err
		}
		v.May[act] = err == nil
	}
	v.May["ask"] = v.May["ask"] && taken(o.State) && (!there || MayReceiver(h.State, MoveAsk))
	v.May["name"] = v.May["name"] && there && (h.State == StateAsked || h.State == StateArrived)
	v.May["open"] = v.May["open"] && MayReceiver(h.State, MoveOpen)
	v.May["erase"] = v.May["erase"] && MayReceiver(h.State, MoveErase)
	v.May["again"] = false
	if there && (h.State == StateAsked || h.State == StateReturned || h.State == StateArrived) {
		err := s.may(ctx, actor, "ask", h)
		if err != nil && !refusal(err) {
			return ReceivedView{}, err
		}
		v.May["again"] = err == nil
	}
	if there {
		v.Events, err = s.Store.Events(ctx, h.ID)
	}
	return v, err
}

// Waiting lists the packages that have come and wait for the actor to open them.
func (s *Receiver) Waiting(ctx context.Context, actor clinic.Actor) ([]ReceivedView, error) {
	hs, err := s.Store.List(ctx, Find{States: []State{StateArrived}})
	if err != nil {
		return nil, err
	}
	ms, err := s.Directory.Members(ctx)
	if err != nil {
		return nil, err
	}
	var out []ReceivedView
	for _, h := range hs {
		err := s.may(ctx, actor, "open", h)
		if refusal(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, ReceivedView{Received: h, There: true, From: memberOf(ms, h.Sender), Outlook: h.outlook(s.Clock())})
	}
	return out, nil
}

func (h Received) outlook(now time.Time) referral.Outlook {
	look := func(who string, by time.Time, silence string) referral.Outlook {
		return referral.Outlook{Who: who, By: by, Late: !by.IsZero() && now.After(by), Silence: silence}
	}
	switch h.State {
	case StateAsked:
		return look("peer", h.AskedAt.Add(DecideWithin), "stays")
	case StateArrived:
		return look("us", h.ArrivedAt.Add(OpenWithin), "expires")
	case StateReturned:
		return look("us", time.Time{}, "stays")
	case StateReady, StateSent, StateDelivered, StateOpened, StateRefused, StateRecalled, StateErased, StateCancelled:
	}
	return look("nobody", time.Time{}, "nothing")
}
