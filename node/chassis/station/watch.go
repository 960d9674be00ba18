package station

import (
	"context"
	"errors"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/chassis/audit"
	"github.com/saphan-network/saphan/policies"
)

// Acts in the ledger about the gate as a whole, and on what they are done.
const (
	ActStopped = "gate.stop"   // the two evaluators differed: nothing leaves any more
	ActResumed = "gate.resume" // after that, a server has started on whose rules they agree
	Evaluators = "evaluators"
)

// Stopped writes that the gate has stopped, and at which question, in codes.
func (l Ledger) Stopped(ctx context.Context, d policies.Difference) error {
	first := "denies"
	if d.First {
		first = "allows"
	}
	return l.Trail.Append(ctx, audit.Entry{Actor: "system", Act: ActStopped, ObjectType: Evaluators, ObjectID: d.Policy, Outcome: audit.Failed,
		Detail: map[string]string{"purpose": d.Purpose, "field": d.Path, "form": d.Form, "casbin": first}})
}

// Resumed writes that the gate decides again, by the rules of a hash.
func (l Ledger) Resumed(ctx context.Context, policy string) error {
	return l.Trail.Append(ctx, audit.Entry{Actor: "system", Act: ActResumed, ObjectType: Evaluators, ObjectID: policy, Outcome: audit.OK})
}

// LastStop tells whether the last that the ledger says of the gate as a whole is
// that it has stopped.
func LastStop(ctx context.Context, trail *audit.Log) (bool, error) {
	last, err := trail.List(ctx, audit.Filter{ObjectType: Evaluators, Limit: 1})
	return len(last) > 0 && last[0].Act == ActStopped, err
}

// load gives the gate its rules. Where the evaluators differ, or the version in
// force cannot be loaded, the server serves all the same: nothing leaves, and
// cases must not wait for it.
func (s *Station) load(ctx context.Context) error {
	err := s.Gate.Use(ctx, s.cfg.Rules)
	switch {
	case errors.Is(err, policies.ErrDiffer):
		return nil
	case errors.Is(err, policies.ErrEdition):
		s.cfg.Log.Error("nothing leaves: the version of the rules that is in force cannot be loaded", "cause", fault.Label(err))
		return nil
	}
	return err
}

// alarm may be called within a transaction that is taken back, so the line for
// the ledger waits for watch.
func (s *Station) alarm(d policies.Difference) {
	s.cfg.Log.Error("the gate has stopped: its two evaluators differ", "purpose", d.Purpose, "field", d.Path, "form", d.Form)
	select {
	case s.stopped <- d:
	default: // one line is enough
	}
}

// watch keeps the ledger true about whether the gate decides, until ctx ends.
func (s *Station) watch(ctx context.Context) {
	if err := s.resume(ctx); err != nil {
		s.cfg.Log.Error("the ledger does not say that the gate decides again", "cause", fault.Label(err))
	}
	for {
		select {
		case <-ctx.Done():
			select {
			case d := <-s.stopped:
				s.note(ctx, d)
			default:
			}
			return
		case d := <-s.stopped:
			s.note(ctx, d)
		}
	}
}

// note is written also when the server is just stopping.
func (s *Station) note(ctx context.Context, d policies.Difference) {
	if err := s.ledger.Stopped(context.WithoutCancel(ctx), d); err != nil {
		s.cfg.Log.Error("the ledger does not say that the gate has stopped", "cause", fault.Label(err))
	}
}

func (s *Station) resume(ctx context.Context) error {
	if s.Gate.Stopped() != nil {
		return nil
	}
	stopped, err := LastStop(ctx, s.cfg.Trail)
	if err != nil || !stopped {
		return err
	}
	return s.ledger.Resumed(ctx, s.Gate.Policy())
}
