package handover

import (
	"context"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/referral"
)

var acts = map[string]struct {
	act  string
	move Move
}{"prepare": {"draft", MovePrepare}, "refuse": {"draft", MoveRefuse}, "approve": {"approve", MoveApprove}, "recall": {"withdraw", MoveRecall}}

// Show returns the hand-over of a referral for its page, or fault.Missing. Whoever may
// read who the person is sees the words, and the ledger says so.
func (s *Sender) Show(ctx context.Context, actor clinic.Actor, referralID string) (View, error) {
	h, err := s.Store.Find(ctx, Find{Owner: referralID})
	if err != nil {
		return View{}, err
	}
	if err := s.may(ctx, actor, "read", h); err != nil {
		return View{}, err
	}
	v := View{Sent: h, Outlook: h.outlook(s.Clock()), May: map[string]bool{}}
	if v.Referral, err = s.Referrals.Get(ctx, referralID); err != nil {
		return View{}, err
	}
	if v.Target, err = s.member(ctx, h.Target); err != nil {
		return View{}, err
	}
	for name, a := range acts {
		err := s.may(ctx, actor, a.act, h)
		if err != nil && !refusal(err) {
			return View{}, err
		}
		v.May[name] = err == nil && May(h.State, a.move) && (name != "approve" || h.DraftedBy != actor.UserID)
	}
	if v.Events, err = s.Store.Events(ctx, h.ID); err != nil {
		return View{}, err
	}
	if May(h.State, MovePrepare) {
		err = s.live(ctx, actor, &v)
	}
	return v, err
}

// Brief returns the hand-over of a referral without what it is about: for a line on
// another page. Nobody's words are read for it.
func (s *Sender) Brief(ctx context.Context, actor clinic.Actor, referralID string) (View, error) {
	h, err := s.Store.Find(ctx, Find{Owner: referralID})
	if err != nil {
		return View{}, err
	}
	if err := s.may(ctx, actor, "read", h); err != nil {
		return View{}, err
	}
	v := View{Sent: h, Outlook: h.outlook(s.Clock())}
	v.Target, err = s.member(ctx, h.Target)
	return v, err
}

// live adds what holds at this minute, for a hand-over that has not been sent.
func (s *Sender) live(ctx context.Context, actor clinic.Actor, v *View) error {
	var err error
	if v.Ground, err = s.Files.Ground(ctx, v.Sent.CaseID, v.Sent.Purpose, v.Sent.Target); err != nil {
		return err
	}
	if v.Minor, err = s.Files.Minor(ctx, actor, v.Sent.CaseID); err != nil {
		return err
	}
	c, err := s.content(ctx, actor, v.Sent, v.Ground)
	if refusal(err) {
		return nil // who may not know who it is sees the fields, and no word
	}
	if err != nil {
		return err
	}
	v.Words = c.Words
	if v.Sent.State != StateReady {
		return nil
	}
	if v.Fresh, err = s.Out.Preview(ctx, c); err != nil {
		return err
	}
	v.Changed = v.Fresh.SHA256 != v.Sent.SHA256
	return nil
}

func (s *Sender) member(ctx context.Context, actor string) (referral.Member, error) {
	ms, err := s.Directory.Members(ctx)
	return memberOf(ms, actor), err
}

func memberOf(ms []referral.Member, actor string) referral.Member {
	for _, m := range ms {
		if m.Actor == actor {
			return m
		}
	}
	return referral.Member{Actor: actor, Name: actor}
}

// Board lists the hand-overs of cases that the actor may know of.
func (s *Sender) Board(ctx context.Context, actor clinic.Actor) ([]View, error) {
	hs, err := s.Store.List(ctx, Find{All: true})
	if err != nil {
		return nil, err
	}
	ms, err := s.Directory.Members(ctx)
	if err != nil {
		return nil, err
	}
	var out []View
	for _, h := range hs {
		if err := s.may(ctx, actor, "read", h); err != nil {
			if refusal(err) {
				continue
			}
			return nil, err
		}
		out = append(out, View{Sent: h, Target: memberOf(ms, h.Target), Outlook: h.outlook(s.Clock())})
	}
	return out, nil
}

// Waiting lists the hand-overs that wait for the actor: what is asked in the actor's
// cases, what the actor may approve, and recalls of which no proof has come in time.
func (s *Sender) Waiting(ctx context.Context, actor clinic.Actor) ([]View, error) {
	all, err := s.Board(ctx, actor)
	if err != nil {
		return nil, err
	}
	var out []View
	for _, v := range all {
		act := ""
		switch v.Outlook.Who {
		case "drafter":
			act = "draft"
		case "approver":
			act = "approve"
		default:
			if v.Outlook.Late {
				act = "withdraw"
			}
		}
		if act == "" || act == "approve" && v.Sent.DraftedBy == actor.UserID {
			continue
		}
		err := s.may(ctx, actor, act, v.Sent)
		if err == nil {
			out = append(out, v)
		} else if !refusal(err) {
			return nil, err
		}
	}
	return out, nil
}

func refusal(err error) bool { return fault.Is(err, fault.NotFound) || fault.Is(err, fault.Forbidden) }
