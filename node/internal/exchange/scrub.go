package exchange

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/vocabulary"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/casework"
	"github.com/saphan-network/saphan/node/clinic/lesson"
	"github.com/saphan-network/saphan/policies/redact"
)

// freshKnown is how long the identifiers of the files are kept in memory before they
// are read again.
const freshKnown = 5 * time.Minute

// Scrub looks through texts with the network's anonymiser, which here also knows who
// is in this organisation's files. It implements lesson.Scrubber.
type Scrub struct {
	// Files hands on the identifiers of all people in the files that are in no compartment.
	Files func(ctx context.Context, take func(values []string)) error
	Now   func() time.Time

	mu    sync.Mutex
	known *redact.Known
	read  time.Time
}

// Find implements lesson.Scrubber.
func (s *Scrub) Find(ctx context.Context, text string) ([]lesson.Span, error) {
	k, err := s.identifiers(ctx)
	if err != nil {
		return nil, err
	}
	r := k.Redact(text)
	var out []lesson.Span
	for _, sp := range r.Spans {
		out = append(out, lesson.Span{Start: sp.Start, End: sp.End, Kind: string(sp.Kind), By: sp.By, Instead: sp.Placeholder()})
	}
	for _, left := range r.Residue {
		out = append(out, lesson.Span{Start: left.Start, End: left.End, Kind: string(left.Why), By: "residue", Instead: redact.Number.Placeholder(0)})
	}
	slices.SortFunc(out, func(a, b lesson.Span) int { return a.Start - b.Start })
	return out, nil
}

func (s *Scrub) identifiers(ctx context.Context) (*redact.Known, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := s.Now(); s.known != nil && now.Sub(s.read) < freshKnown && !now.Before(s.read) {
		return s.known, nil
	}
	var values []string
	if err := s.Files(ctx, func(v []string) { values = append(values, v...) }); err != nil {
		return nil, err
	}
	s.known, s.read = redact.Know(redact.Source{By: "node", Score: 0.9, Values: values}), s.Now()
	return s.known, nil
}

// Seeds gives the codes of a closed case to a lesson. It implements lesson.Cases.
type Seeds struct{ Cases *casework.Service }

// Seed implements lesson.Cases.
func (s Seeds) Seed(ctx context.Context, who clinic.Actor, caseID string) (lesson.Seed, error) {
	c, err := s.Cases.Show(ctx, who, caseID)
	if err != nil {
		return lesson.Seed{}, err
	}
	if c.AdminStatus != casework.StatusClosed {
		return lesson.Seed{}, fault.New(fault.Conflict, "lessons.error.not_closed")
	}
	out := lesson.Seed{Region: vocabulary.Parent("province", c.ProvinceCode), Insiders: append([]string{c.OwnerID}, c.Assigned...)}
	if len(c.Issues) > 0 {
		out.Issue = c.Issues[0]
	}
	if vocabulary.Has("status_family", c.Client().Status) {
		out.Status = c.Client().Status
	}
	return out, nil
}
