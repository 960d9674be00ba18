package referral

import (
	"context"
	"slices"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
)

var acts = map[string]Move{"submit": MoveSubmit, "approve": MoveApprove, "withdraw": MoveWithdraw, "close": MoveClose, "draft": MoveEdit}

// Show returns a referral for its page. Before the offer has left, the gate
// decides anew, so that the panel tells the truth of this minute.
func (s *Sender) Show(ctx context.Context, actor clinic.Actor, id string) (View, error) {
	r, err := s.Store.Get(ctx, id)
	if err != nil {
		return View{}, err
	}
	if err := s.may(ctx, actor, "read", r); err != nil {
		return View{}, err
	}
	v := View{Referral: r, Fresh: r.Preview, Outlook: r.outlook(s.Clock()), May: map[string]bool{}}
	o, held, err := s.offering(ctx, actor, r)
	if err != nil {
		return View{}, err
	}
	v.Held = held
	if !r.State.Sent() {
		if v.Fresh, err = s.Out.Preview(ctx, o); err != nil {
			return View{}, err
		}
		v.Changed = r.State == StateAwaiting && !sameContent(v.Fresh, r.Preview)
	}
	if v.Target, _, err = s.member(ctx, r.Form.Target); err != nil {
		return View{}, err
	}
	v.Outlook = v.Outlook.apart(v.Target, "gone")
	if r.Suggested != "" {
		if v.Suggest, _, err = s.member(ctx, r.Suggested); err != nil {
			return View{}, err
		}
	}
	for act, move := range acts {
		err := s.may(ctx, actor, act, r)
		if err != nil && !fault.Is(err, fault.Forbidden) && !fault.Is(err, fault.NotFound) {
			return View{}, err
		}
		v.May[act] = err == nil && May(r.State, move) && (act != "approve" || r.DraftedBy != actor.UserID)
	}
	if err := s.may(ctx, actor, "draft", r); err == nil {
		v.May["again"] = true // another one for the same case
	} else if !fault.Is(err, fault.Forbidden) && !fault.Is(err, fault.NotFound) {
		return View{}, err
	}
	if r.State.Sent() && r.Envelope.Activity != "" {
		if v.Delivery, err = s.Out.Delivery(ctx, r.Envelope.Activity); err != nil {
			return View{}, err
		}
	}
	v.Events, err = s.Store.Events(ctx, id)
	return v, err
}

// sameContent reports whether two decisions release the same: the number in the
// line and the ledger's id aside.
func sameContent(a, b Preview) bool {
	if a.Allowed != b.Allowed || a.Policy != b.Policy || a.K != b.K || len(a.Fields) != len(b.Fields) {
		return false
	}
	for i := range a.Fields {
		x, y := a.Fields[i], b.Fields[i]
		if x.Path != y.Path || x.Form != y.Form || !slices.Equal(x.Values, y.Values) {
			return false
		}
	}
	return true
}

// Board lists the referrals of cases that the actor may know of: those under
// way, or those that are over. caseID "" means all cases.
func (s *Sender) Board(ctx context.Context, actor clinic.Actor, caseID string, over bool) ([]View, error) {
	states := []State{StateDraft, StatePolicyCheck, StateBlocked, StateAwaiting, StateOffered, StateDelivered, StateTentative,
		StateAccepted, StateInService, StateOnHold, StateCompleted, StateFailed, StateDisengaged}
	if over {
		states = []State{StateConfirmed, StateDeclined, StateRedirected, StateExpired, StateWithdrawn}
	}
	if caseID != "" && !over {
		states = nil
	}
	rs, err := s.Store.List(ctx, Filter{CaseID: caseID, States: states})
	if err != nil {
		return nil, err
	}
	ms, err := s.Directory.Members(ctx) // once, not for each of a thousand
	if err != nil {
		return nil, err
	}
	var out []View
	for _, r := range rs {
		if err := s.may(ctx, actor, "read", r); err != nil {
			if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Forbidden) {
				continue
			}
			return nil, err
		}
		m := memberOf(ms, r.Form.Target)
		out = append(out, View{Referral: r, Target: m, Outlook: r.outlook(s.Clock()).apart(m, "gone")})
	}
	return out, nil
}

// Waiting lists the referrals that wait for the actor: the actor's own drafts and
// results to close, and what the actor may approve.
func (s *Sender) Waiting(ctx context.Context, actor clinic.Actor) ([]View, error) {
	all, err := s.Board(ctx, actor, "", false)
	if err != nil {
		return nil, err
	}
	var out []View
	for _, v := range all {
		r := v.Referral
		switch v.Outlook.Who {
		case "drafter", "gone":
			if r.DraftedBy == actor.UserID {
				out = append(out, v)
			}
		case "approver":
			if r.DraftedBy == actor.UserID {
				continue
			}
			err := s.may(ctx, actor, "approve", r)
			if err == nil {
				out = append(out, v)
			} else if !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Forbidden) {
				return nil, err
			}
		}
	}
	return out, nil
}

// Start tells what the drafting page needs of a case: what the file holds, and
// the ground on which it may be shared with the network.
func (s *Sender) Start(ctx context.Context, actor clinic.Actor, caseID string) (Source, error) {
	if err := s.may(ctx, actor, "draft", Referral{CaseID: caseID}); err != nil {
		return Source{}, err
	}
	return s.Cases.Subject(ctx, actor, caseID)
}
