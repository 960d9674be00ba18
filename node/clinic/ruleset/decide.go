package ruleset

import (
	"context"
	"slices"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
)

// Propose fixes a draft for a second person. hash is that of the rules as they
// were shown.
func (s *Service) Propose(ctx context.Context, who clinic.Actor, number, revision int64, hash string) error {
	_, v, err := s.one(ctx, who, "draft", number)
	if err != nil {
		return err
	}
	if v.State != Draft {
		return fault.New(fault.Conflict, "rules.error.fixed")
	}
	if err := s.fit(ctx, who, v, hash); err != nil {
		return err
	}
	return s.change(ctx, who, "draft", number, revision, func(all []Version, v Version) (Event, string, error) {
		if v.State != Draft {
			return Event{}, "", fault.New(fault.Conflict, "rules.error.fixed")
		}
		if same(v.Rows, live(all).Rows) {
			return Event{}, "", fault.New(fault.Invalid, "rules.error.same")
		}
		return Event{Act: Suggested, Hash: hash}, "rules.propose", nil
	})
}

// Activate puts a proposed version into force, as a whole and for every process
// of this server. over is the version that was in force when the reader saw what
// would change.
func (s *Service) Activate(ctx context.Context, who clinic.Actor, number, revision, over int64, hash string) error {
	_, v, err := s.one(ctx, who, "activate", number)
	if err != nil {
		return err
	}
	if v.State != Proposed {
		return fault.New(fault.Conflict, "rules.error.decided")
	}
	if v.Hash != hash {
		return fault.New(fault.Conflict, "rules.error.moved")
	}
	if err := s.fit(ctx, who, v, hash); err != nil { // before the transaction: it takes a moment, and the gate keeps what it has found
		return err
	}
	return s.change(ctx, who, "activate", number, revision, func(all []Version, v Version) (Event, string, error) {
		switch {
		case v.State != Proposed:
			return Event{}, "", fault.New(fault.Conflict, "rules.error.decided")
		case live(all).Number != over:
			return Event{}, "", fault.New(fault.Conflict, "rules.error.over")
		}
		return Event{Act: Activated, Hash: hash}, "rules.activate", nil
	})
}

// Return sends a proposed version back to be worked on again.
func (s *Service) Return(ctx context.Context, who clinic.Actor, number, revision int64, note string) error {
	return s.answer(ctx, who, number, revision, note, Returned, "rules.return", []State{Proposed})
}

// Reject ends a version that was never in force.
func (s *Service) Reject(ctx context.Context, who clinic.Actor, number, revision int64, note string) error {
	return s.answer(ctx, who, number, revision, note, Refused, "rules.reject", []State{Proposed, Draft})
}

func (s *Service) answer(ctx context.Context, who clinic.Actor, number, revision int64, note string, act Act, name string, from []State) error {
	note, err := reason("answer", note)
	if err != nil {
		return err
	}
	may := "reject"
	if s.may(ctx, who, "reject", Version{}) != nil {
		may = "draft" // who drafts may take it back
	}
	return s.change(ctx, who, may, number, revision, func(_ []Version, v Version) (Event, string, error) {
		if !slices.Contains(from, v.State) {
			return Event{}, "", fault.New(fault.Conflict, "rules.error.decided")
		}
		return Event{Act: act, Note: note}, name, nil
	})
}

// fit judges a version once more. What was shown must be what is judged: the
// rules that stand beside ours can have changed with the program.
func (s *Service) fit(ctx context.Context, who clinic.Actor, v Version, hash string) error {
	j, err := s.d.Judge.Judge(ctx, who, v.Rows)
	if err != nil {
		return err
	}
	if len(j.Problems) > 0 {
		return broken(j.Problems)
	}
	if !j.Fit() {
		return fault.New(fault.Invalid, "rules.error.unfit")
	}
	if j.Hash != hash {
		return fault.New(fault.Conflict, "rules.error.moved")
	}
	return nil
}

// same compares what rows forbid, and why.
func same(a, b []Row) bool { return slices.Equal(a, b) }
