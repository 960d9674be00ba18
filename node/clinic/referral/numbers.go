package referral

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
)

// Tally is what became of the offers to one member, in numbers alone.
type Tally struct {
	Member    Member
	Offered   int // left for it
	Answered  int // with anything but silence
	InTime    int // of those, by the time that it was given
	Accepted  int // and whatever followed
	Declined  int // or another member was named
	Silent    int // no answer came in time
	Withdrawn int // taken back by us before an end
	Known     int // of the accepted: how it ended has been reported
	Confirmed int // of those: closed after the client was asked
}

func (t *Tally) add(r Referral) {
	count := func(n *int, is bool) {
		if is {
			*n++
		}
	}
	answered := !r.Answered.IsZero()
	accepted := r.Engagement.ID != ""
	count(&t.Offered, true)
	count(&t.Answered, answered)
	count(&t.InTime, answered && !r.Answered.After(r.AnswerBy))
	count(&t.Accepted, accepted)
	count(&t.Declined, r.State == StateDeclined || r.State == StateRedirected)
	count(&t.Silent, r.State == StateExpired)
	count(&t.Withdrawn, r.State == StateWithdrawn)
	switch r.State {
	case StateCompleted, StateFailed, StateDisengaged, StateConfirmed:
		count(&t.Known, accepted)
	}
	count(&t.Confirmed, r.State == StateConfirmed)
}

// maxCounted is how many offers are looked at, the latest first.
const maxCounted = 5000

// Numbers counts what became of the offers that have left since a day, for each member
// and in all, of the cases that the actor may know of. The first tally is all of them.
func (s *Sender) Numbers(ctx context.Context, actor clinic.Actor, since time.Time) ([]Tally, error) {
	rs, err := s.Store.List(ctx, Filter{Limit: maxCounted})
	if err != nil {
		return nil, err
	}
	ms, err := s.Directory.Members(ctx)
	if err != nil {
		return nil, err
	}
	var all Tally
	each := map[string]*Tally{}
	for _, r := range rs {
		if r.OfferedAt.IsZero() || r.OfferedAt.Before(since) {
			continue
		}
		if err := s.may(ctx, actor, "read", r); fault.Is(err, fault.NotFound) || fault.Is(err, fault.Forbidden) {
			continue
		} else if err != nil {
			return nil, err
		}
		one := each[r.Form.Target]
		if one == nil {
			one = &Tally{Member: memberOf(ms, r.Form.Target)}
			each[r.Form.Target] = one
		}
		one.add(r)
		all.add(r)
	}
	out := []Tally{all}
	for _, t := range each {
		out = append(out, *t)
	}
	slices.SortFunc(out[1:], func(a, b Tally) int {
		if a.Offered != b.Offered {
			return b.Offered - a.Offered
		}
		return strings.Compare(a.Member.Name+a.Member.Actor, b.Member.Name+b.Member.Actor)
	})
	return out, nil
}
