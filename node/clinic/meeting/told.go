package meeting

import (
	"context"

	"github.com/saphan-network/saphan/federation/fault"
)

// Told takes what the hub says of a meeting. What a later word has overtaken has no
// effect. A reply that was given for another day is kept, and asked for again.
func (s *Service) Told(ctx context.Context, m Meeting) error {
	have, err := s.d.Store.Meeting(ctx, m.ID)
	if fault.Is(err, fault.NotFound) {
		return s.d.Store.PutMeeting(ctx, &m)
	}
	if err != nil {
		return err
	}
	if m.Sequence <= have.Sequence {
		return nil
	}
	if !have.Start.IsZero() && !have.Start.Equal(m.Start) {
		have.Moved = s.d.Now()
		have.Reply.Old = have.Reply.State != ""
	}
	m.Moved, m.Items, m.AgendaSequence, m.AgendaAt, m.Reply, m.Minutes, m.Version = have.Moved, have.Items, have.AgendaSequence, have.AgendaAt, have.Reply, have.Minutes, have.Version
	return s.d.Store.PutMeeting(ctx, &m)
}

// known finds a meeting by its id, or begins to know it: its agenda may have come
// before its call.
func (s *Service) known(ctx context.Context, id, iri string) (Meeting, error) {
	m, err := s.d.Store.Meeting(ctx, id)
	if fault.Is(err, fault.NotFound) {
		return Meeting{ID: id, IRI: iri}, nil
	}
	return m, err
}

// Ordered takes an agenda.
func (s *Service) Ordered(ctx context.Context, id, iri string, items []Item, sequence int64) error {
	m, err := s.known(ctx, id, iri)
	if err != nil || sequence <= m.AgendaSequence {
		return err
	}
	m.Items, m.AgendaSequence, m.AgendaAt = items, sequence, s.d.Now()
	return s.d.Store.PutMeeting(ctx, &m)
}

// Judged takes what became of a proposal. One that is not known here has no effect.
func (s *Service) Judged(ctx context.Context, offer, fate, reason string, sequence int64) error {
	all, err := s.d.Store.Proposals(ctx)
	if err != nil {
		return err
	}
	for _, p := range all {
		if p.Offer == offer && offer != "" && sequence > p.Sequence {
			p.Fate, p.Reason, p.Sequence = fate, reason, sequence
			return s.d.Store.PutProposal(ctx, &p)
		}
	}
	return nil
}

// Written takes minutes. Those that were adopted change no more.
func (s *Service) Written(ctx context.Context, id, iri string, minutes Minutes) error {
	m, err := s.known(ctx, id, iri)
	if err != nil || minutes.Sequence <= m.Minutes.Sequence {
		return err
	}
	if m.Minutes.Adopted {
		return fault.New(fault.Conflict, "error.meetings.adopted")
	}
	minutes.At = s.d.Now()
	m.Minutes = minutes
	return s.d.Store.PutMeeting(ctx, &m)
}

// Tasked takes what the organisation has promised. What it has reported itself stands,
// unless the secretariat says that nothing is to be done any more.
func (s *Service) Tasked(ctx context.Context, t Task) error {
	all, err := s.d.Store.Tasks(ctx)
	if err != nil {
		return err
	}
	for _, have := range all {
		if have.ID != t.ID {
			continue
		}
		if t.Sequence <= have.Sequence {
			return nil
		}
		if t.State == "open" && have.State != "dropped" {
			t.State = have.State
		}
		t.Note, t.By, t.Changed, t.Version = have.Note, have.By, have.Changed, have.Version
		return s.d.Store.PutTask(ctx, &t)
	}
	t.Changed = s.d.Now()
	return s.d.Store.PutTask(ctx, &t)
}
