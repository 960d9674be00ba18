package casework

import (
	"context"

	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/thai"
)

// The sizes of a page of a list.
const (
	pageSize    = 25
	pageSizeMax = 100
	maxQuery    = 200
)

// List returns a page of the cases that the actor may see, newest change first.
// What they may not see is in no count and found by no search; by names and
// numbers of identity only those find who may read identities.
func (s *Service) List(ctx context.Context, actor clinic.Actor, f Filter) (Page, error) {
	if err := s.Authority.May(ctx, actor, "list", clinic.Object{Type: "case"}); err != nil {
		return Page{}, err
	}
	sight, err := s.sight(ctx, actor)
	if err != nil {
		return Page{}, err
	}
	if f.Page < 1 {
		f.Page = 1
	}
	if f.Size < 1 {
		f.Size = pageSize
	}
	f.Size = min(f.Size, pageSizeMax)
	if len(f.Query) > maxQuery {
		f.Query = f.Query[:maxQuery]
	}
	if len(sight.Read) == 0 {
		return Page{Page: f.Page, Size: f.Size}, nil
	}
	return s.Cases.List(ctx, actor.UserID, sight, f)
}

// MayCreate reports whether the actor may write down a new case.
func (s *Service) MayCreate(ctx context.Context, actor clinic.Actor) (bool, error) {
	err := s.Authority.May(ctx, actor, "create", clinic.Object{Type: "case"})
	if err != nil && !refusal(err) {
		return false, err
	}
	return err == nil, nil
}

// Show returns a case with its persons' identities masked: first letters of
// names, last digits of numbers, no address. Reveal shows them.
func (s *Service) Show(ctx context.Context, actor clinic.Actor, id string) (Case, error) {
	if _, err := s.may(ctx, actor, "read", id); err != nil {
		return Case{}, err
	}
	c, err := s.Cases.Get(ctx, id)
	if err != nil {
		return Case{}, err
	}
	for i, p := range c.Persons {
		c.Persons[i] = p.Masked()
	}
	return c, nil
}

// Reveal returns a case with identities and writes that they were read, and by
// whom, into the audit trail and the case's timeline before it answers.
func (s *Service) Reveal(ctx context.Context, actor clinic.Actor, id string) (Case, error) {
	var c Case
	err := s.Tx.Within(ctx, func(ctx context.Context) error {
		obj, err := s.may(ctx, actor, "read-identity", id)
		if err != nil {
			return err
		}
		if c, err = s.Cases.Get(ctx, id); err != nil {
			return err
		}
		if err := s.log(ctx, actor, id, Event{Kind: EventIdentity}); err != nil {
			return err
		}
		return s.Recorder.Record(ctx, actor, "read-identity", obj, "ok", nil)
	})
	if err != nil {
		return Case{}, err
	}
	return c, nil
}

// Timeline returns what happened to a case, newest first.
func (s *Service) Timeline(ctx context.Context, actor clinic.Actor, id string) ([]Event, error) {
	if _, err := s.may(ctx, actor, "read", id); err != nil {
		return nil, err
	}
	return s.Journal.Timeline(ctx, id)
}

// Masked hides who the person is and keeps what the work needs.
func (p Person) Masked() Person {
	m := p
	m.Given, m.Family = thai.Mask(p.Given), thai.Mask(p.Family)
	m.OtherNames = nil
	m.IDNumber = MaskNumber(p.IDNumber)
	m.Phone, m.Village, m.Address, m.Ethnicity = "", "", "", ""
	if len(p.Birth) > 4 {
		m.Birth = p.Birth[:4]
	}
	return m
}

// ListName is the name for a list of the actor's own work: the given name in
// full, the family name masked.
func (p Person) ListName() string {
	if p.Given == "" {
		p.Given = thai.Mask(p.Family)
		p.Family = ""
	} else {
		p.Family = thai.Mask(p.Family)
	}
	return p.FullName()
}

// MaskNumber keeps the first digit of a 13-digit number, which tells the kind of
// registration, and hides the rest; of any other number it hides all.
func MaskNumber(n string) string {
	if n == "" {
		return ""
	}
	d, _ := thai.Digits(n)
	if len(d) == 13 {
		return d[:1] + "-xxxx-xxxxx-xx-x"
	}
	return "•••"
}
