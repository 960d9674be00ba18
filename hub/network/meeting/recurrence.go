package meeting

import (
	"slices"
	"time"
)

// Zone is the time of day that meetings are told in.
var Zone = time.FixedZone("ICT", 7*60*60)

// Recurrence says on which day of which months a series meets.
type Recurrence struct {
	Nth     int               // 1 to 4 from the beginning of the month, -1 for the last
	Weekday time.Weekday      //
	Skip    []time.Month      // months without a meeting
	Moved   map[string]string // by the ISO date that the rule gives: the one that was agreed instead
}

// In returns the day of one month, false if the series does not meet in it.
func (r Recurrence) In(year int, month time.Month) (time.Time, bool) {
	if slices.Contains(r.Skip, month) {
		return time.Time{}, false
	}
	var day time.Time
	if r.Nth < 0 {
		last := time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC)
		day = last.AddDate(0, 0, -int((7+last.Weekday()-r.Weekday)%7))
	} else {
		first := time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
		day = first.AddDate(0, 0, int((7+r.Weekday-first.Weekday())%7)+7*(r.Nth-1))
	}
	if to, moved := r.Moved[day.Format(time.DateOnly)]; moved {
		if other, err := time.Parse(time.DateOnly, to); err == nil {
			day = other
		}
	}
	return day, true
}

// Days returns the next n days after one, in their order. A rule that skips all
// months has none.
func (r Recurrence) Days(after time.Time, n int) []time.Time {
	var out []time.Time
	year, month, _ := after.AddDate(0, 0, 1).Date()
	for i := -1; i < 12*3 && len(out) < n; i++ {
		at := time.Date(year, month+time.Month(i), 1, 0, 0, 0, 0, time.UTC)
		if day, meets := r.In(at.Year(), at.Month()); meets && day.Format(time.DateOnly) > after.Format(time.DateOnly) {
			out = append(out, day)
		}
	}
	slices.SortFunc(out, func(a, b time.Time) int { return a.Compare(b) })
	return out
}

// Quorum is how many of the member organisations must be there for a resolution.
type Quorum string

// The rules.
const (
	Third         Quorum = "third"          // at least one third
	Half          Quorum = "half"           // at least one half
	Majority      Quorum = "majority"       // more than one half
	TwoThirds     Quorum = "two_thirds"     // at least two thirds
	NothingNeeded Quorum = "nothing_needed" // any number
)

// Quorums lists the rules in the order of a form.
func Quorums() []Quorum { return []Quorum{Half, Majority, Third, TwoThirds, NothingNeeded} }

// Needs returns how many organisations of so many members must be there.
func (q Quorum) Needs(members int) int {
	switch q {
	case Third:
		return (members + 2) / 3
	case Half:
		return (members + 1) / 2
	case Majority:
		return members/2 + 1
	case TwoThirds:
		return (2*members + 2) / 3
	case NothingNeeded:
		return 0
	}
	return members // an unknown rule asks for everybody
}

// Year is the Buddhist year of a moment in Thailand.
func Year(at time.Time) int { return at.In(Zone).Year() + 543 }
