package directory

import (
	"context"
	"time"
)

// How long a list that the hub does not confirm is nothing to speak of, and how long
// until everybody should know.
const (
	NoticeAfter = 3 * 24 * time.Hour
	WarnAfter   = 7 * 24 * time.Hour
)

// The ages of the list.
const (
	ListFresh = ""      // confirmed lately, or there is none
	ListAging = "aging" // the hub has been silent for days
	ListOld   = "old"   // for a week or more
	ListStale = "stale" // for so long that nothing goes to members
)

// Age tells how old our copy of the list is.
type Age struct {
	Stage string
	Seen  time.Time // when it was last known to be the hub's
	Until time.Time // when it becomes too old
}

// Age tells how old our copy of the list is, to everybody who works here: members work
// on while the hub is away, but not for ever.
func (s *Service) Age(ctx context.Context) (Age, error) {
	st, err := s.d.Store.Standing(ctx)
	if err != nil || st.State != Active {
		return Age{}, err
	}
	_, v, err := s.d.List.Members(ctx)
	if err != nil || v.Seen.IsZero() {
		return Age{}, err
	}
	a := Age{Seen: v.Seen, Until: v.Seen.Add(s.d.Bound)}
	switch off := s.d.Now().Sub(v.Seen); {
	case off > s.d.Bound:
		a.Stage = ListStale
	case off >= WarnAfter:
		a.Stage = ListOld
	case off >= NoticeAfter:
		a.Stage = ListAging
	}
	return a, nil
}
