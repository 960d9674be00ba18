package register

import (
	"context"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/casework"
)

// Reasons lists the codes with which a row may be put aside.
func Reasons() []string {
	return []string{"duplicate", "not_a_client", "erasure", "no_identity", "other_register", "error"}
}

// Decision is what a person says about a row in the queue: take it in with
// these facts, or put it aside for a reason.
type Decision struct {
	Discard string // one of Reasons, or "" to take the row in
	Intake  casework.Intake
}

// Waiting returns the rows that wait for a person, oldest first.
func (s *Service) Waiting(ctx context.Context, actor clinic.Actor, offset, limit int) ([]Item, int, error) {
	if err := s.Authority.May(ctx, actor, "decide", object("")); err != nil {
		return nil, 0, err
	}
	return s.Store.Items(ctx, Filter{State: Waiting, Offset: offset, Limit: limit})
}

// Row returns one row of the queue with what was read and what the cells held.
func (s *Service) Row(ctx context.Context, actor clinic.Actor, itemID string) (Item, error) {
	if err := s.Authority.May(ctx, actor, "decide", object("")); err != nil {
		return Item{}, err
	}
	it, err := s.Store.Item(ctx, itemID)
	if err == nil && it.State == Pending {
		return Item{}, fault.Missing()
	}
	return it, err
}

// Decide carries a decision out. A row that somebody else has decided in the
// meantime is a fault.Conflict, and nothing changes. It returns the case that
// the row went into, "" when it was put aside.
func (s *Service) Decide(ctx context.Context, actor clinic.Actor, itemID string, d Decision) (caseID string, err error) {
	if err := s.Authority.May(ctx, actor, "decide", object("")); err != nil {
		return "", err
	}
	if d.Discard != "" && !hasCode(Reasons(), d.Discard) {
		return "", &fault.Error{Kind: fault.Invalid, Key: "error.invalid", Fields: []fault.Field{{Name: "reason", Key: "imports.fault.reason"}}}
	}
	err = s.Tx.Within(ctx, func(ctx context.Context) error {
		it, err := s.Store.Item(ctx, itemID)
		if err != nil {
			return err
		}
		if it.State != Waiting {
			return fault.New(fault.Conflict, "imports.fault.decided")
		}
		detail := map[string]string{"outcome": Discarded}
		if d.Discard != "" {
			it.State, it.Reason = Discarded, d.Discard
			detail["reason"] = d.Discard
		} else {
			if caseID, err = s.admitDecided(ctx, actor, it, d.Intake); err != nil {
				return err
			}
			it.State, it.CaseID = Decided, caseID
			detail["outcome"] = Decided
		}
		it.DecidedBy, it.DecidedAt, it.Draft = actor.UserID, s.Clock(), Draft{}
		if err := s.Store.SaveItems(ctx, []Item{it}); err != nil {
			return err
		}
		return s.Recorder.Record(ctx, actor, "decide", object(it.ID), "ok", detail)
	})
	return caseID, err
}

func (s *Service) admitDecided(ctx context.Context, actor clinic.Actor, it Item, in casework.Intake) (string, error) {
	base := it.Draft.Intake
	if in.Problem == "" {
		in.Problem = base.Problem
	}
	if in.Channel == "" {
		in.Channel = base.Channel
	}
	if len(in.Issues) == 0 {
		in.Issues = base.Issues
	}
	unit := int64(0)
	if in.LocalNumber != "" {
		unit = s.Blind("register case " + caseNumber(in.LocalNumber))
	}
	_, cases, err := s.Store.Seen(ctx, "", nil, []int64{unit})
	if err != nil {
		return "", err
	}
	it.Draft.Intake = in
	return s.admit(ctx, actor, cases[unit], []*Item{&it})
}
