package referral

import (
	"context"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
)

// Unsent is what would be offered if all that is being written, and all that waits
// for approval, left now: of the cases that the actor may know, and no others.
func (s *Sender) Unsent(ctx context.Context, actor clinic.Actor) ([]Offering, error) {
	all, err := s.Store.List(ctx, Filter{States: []State{StateDraft, StateBlocked, StateAwaiting}, Limit: 200})
	if err != nil {
		return nil, err
	}
	var out []Offering
	for _, r := range all {
		err := s.may(ctx, actor, "read", r)
		if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Forbidden) {
			continue
		}
		if err != nil {
			return nil, err
		}
		o, _, err := s.offering(ctx, actor, r)
		if err != nil {
			return nil, err
		}
		out = append(out, o)
	}
	return out, nil
}
