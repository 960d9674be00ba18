package referral

import (
	"context"
	"errors"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
)

// catchUp tells the other members of withdrawals that were made while nothing
// could go to them: a withdrawal travels, if late.
func (s *Sender) catchUp(ctx context.Context) error {
	rs, err := s.Store.List(ctx, Filter{Untold: true})
	if err != nil {
		return err
	}
	var failed error
	for _, r := range rs {
		reach, err := s.Directory.Reachable(ctx, r.Form.Target)
		if err == nil && reach { // else the gate is not asked, and writes no line, every minute
			err = s.Tx.Within(ctx, func(ctx context.Context) error { return s.tell(ctx, r.ID) })
		}
		failed = errors.Join(failed, err)
	}
	return failed
}

func (s *Sender) tell(ctx context.Context, id string) error {
	r, err := s.Store.Get(ctx, id)
	if err != nil || !r.Untold {
		return err
	}
	detail := map[string]string{}
	switch err := s.Out.Withdraw(ctx, r, r.Reason); {
	case fault.Is(err, fault.Denied):
		detail["told"] = "no" // a rule says so, and will say so again
	case err != nil:
		return err
	}
	r.Untold, r.Changed = false, s.Clock()
	if err := s.Store.Save(ctx, &r); err != nil {
		return err
	}
	return s.told(ctx, clinic.System, r, "told", detail)
}
