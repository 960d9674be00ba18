package meeting

import (
	"context"
	"strings"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
)

// Tasks lists what the organisation has promised, open ones first.
func (s *Service) Tasks(ctx context.Context, who clinic.Actor) ([]Task, error) {
	if err := s.may(ctx, who, "read"); err != nil {
		return nil, err
	}
	return s.d.Store.Tasks(ctx)
}

// MayWork answers nil for who may report on tasks.
func (s *Service) MayWork(ctx context.Context, who clinic.Actor) error {
	return s.may(ctx, who, "work")
}

// Report says how far a task has come.
func (s *Service) Report(ctx context.Context, who clinic.Actor, id string, version int64, state, note string) error {
	if err := s.may(ctx, who, "work"); err != nil {
		return err
	}
	w := newWrongs()
	w.add(!strings.Contains(" open started done stuck ", " "+state+" ") || state == "", "state", "error.meetings.needed")
	s.written(w, "note", note, true, state == "stuck")
	if err := w.err(); err != nil {
		return err
	}
	return s.d.Tx.Within(ctx, func(ctx context.Context) error {
		all, err := s.d.Store.Tasks(ctx)
		if err != nil {
			return err
		}
		for _, t := range all {
			if t.ID != id {
				continue
			}
			if t.Version != version || t.State == "dropped" {
				return fault.New(fault.Conflict, "error.stale")
			}
			t.State, t.Note, t.By, t.Changed = state, strings.TrimSpace(note), who.UserID, s.d.Now()
			if err := s.d.Wire.Report(ctx, t); err != nil {
				return err
			}
			if err := s.d.Store.PutTask(ctx, &t); err != nil {
				return err
			}
			return s.record(ctx, who, "report", t.ID)
		}
		return fault.Missing()
	})
}
