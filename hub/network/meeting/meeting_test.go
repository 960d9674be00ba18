package meeting

import (
	"strings"
	"testing"
	"time"
)

func TestRecurrence(t *testing.T) {
	from := func(s string) time.Time {
		at, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	all := make([]time.Month, 12)
	for i := range all {
		all[i] = time.Month(i + 1)
	}
	for _, c := range []struct {
		what string
		rule Recurrence
		from string
		want string
	}{
		{"a rule that skips every month", Recurrence{Nth: 2, Weekday: time.Friday, Skip: all}, "2026-01-01", ""},
		{"the second Friday", Recurrence{Nth: 2, Weekday: time.Friday}, "2026-05-31", "2026-06-12 2026-07-10 2026-08-14 2026-09-11"},
		{"the day itself is past", Recurrence{Nth: 2, Weekday: time.Friday}, "2026-06-12", "2026-07-10 2026-08-14 2026-09-11 2026-10-09"},
		{"April is skipped", Recurrence{Nth: 2, Weekday: time.Friday, Skip: []time.Month{time.April}}, "2026-03-01", "2026-03-13 2026-05-08 2026-06-12 2026-07-10"},
		{"the last Friday", Recurrence{Nth: -1, Weekday: time.Friday}, "2026-01-01", "2026-01-30 2026-02-27 2026-03-27 2026-04-24"},
		{"the first Monday, over the end of the year", Recurrence{Nth: 1, Weekday: time.Monday}, "2026-11-30", "2026-12-07 2027-01-04 2027-02-01 2027-03-01"},
		{"one day is moved", Recurrence{Nth: 2, Weekday: time.Friday, Moved: map[string]string{"2026-07-10": "2026-07-17"}}, "2026-06-30", "2026-07-17 2026-08-14 2026-09-11 2026-10-09"},
		{"one day is moved into the month before", Recurrence{Nth: 1, Weekday: time.Wednesday, Moved: map[string]string{"2026-07-01": "2026-06-29"}}, "2026-06-10", "2026-06-29 2026-08-05 2026-09-02 2026-10-07"},
	} {
		var got []string
		for _, d := range c.rule.Days(from(c.from), 4) {
			got = append(got, d.Format(time.DateOnly))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, want %s", c.what, got, c.want)
		}
	}
}

func TestQuorum(t *testing.T) {
	for _, c := range []struct {
		q    Quorum
		want [5]int // of 1, 2, 3, 6, 7 members
	}{{"unheard of", [5]int{1, 2, 3, 6, 7}}, {Half, [5]int{1, 1, 2, 3, 4}}, {Majority, [5]int{1, 2, 2, 4, 4}}, {Third, [5]int{1, 1, 1, 2, 3}}, {TwoThirds, [5]int{1, 2, 2, 4, 5}}, {NothingNeeded, [5]int{}}} {
		for i, members := range []int{1, 2, 3, 6, 7} {
			if got := c.q.Needs(members); got != c.want[i] {
				t.Errorf("%s of %d members: %d, want %d", c.q, members, got, c.want[i])
			}
		}
	}
}

// TestOrganisationsCountNotPeople: two of one member are one, and guests are none.
func TestOrganisationsCountNotPeople(t *testing.T) {
	here := func(org string, guest bool) Line {
		return Line{Kind: "presence", Org: org, Present: true, Guest: guest}
	}
	c := CountOf(Meeting{Quorum: Half, Members: 4}, []Line{here("a", false), here("a", false), here("", true), here("b", true), {Kind: "presence", Org: "c"}})
	if c.Present != 1 || c.Enough {
		t.Errorf("%+v", c)
	}
	if c := CountOf(Meeting{Quorum: Half, Members: 4}, []Line{here("a", false), here("c", false)}); c.Present != 2 || !c.Enough {
		t.Errorf("%+v", c)
	}
}

func TestNumbersBeginAgainEachYear(t *testing.T) {
	all := []Meeting{{ID: "1", Series: "s", Year: 2568, Number: 12}, {ID: "2", Series: "s", Year: 2569, Number: 2, State: Cancelled}, {ID: "3", Series: "other", Year: 2569, Number: 9}}
	if n := nextNumber(all, Meeting{ID: "4", Series: "s", Year: 2569}); n != 3 {
		t.Errorf("the number after 2/2569 is %d", n)
	}
	if n := nextNumber(all, Meeting{ID: "4", Series: "s", Year: 2570}); n != 1 {
		t.Errorf("the first of a year is %d", n)
	}
	if y := Year(time.Date(2025, 12, 31, 18, 0, 0, 0, time.UTC)); y != 2569 {
		t.Errorf("one in the morning of New Year's Day in Thailand is in %d", y)
	}
}

// TestNothingIsLost: what a former meeting did not deal with comes again, and what it
// did does not.
func TestNothingIsLost(t *testing.T) {
	on := Item{Position: 1, Section: ForDecision}
	with := func(f func(i *Item)) Item { i := on; f(&i); return i }
	for _, c := range []struct {
		what string
		item Item
		at   State
		want bool
	}{
		{"resolved", with(func(i *Item) { i.Seen, i.Decision.Kind = true, "agreed" }), Held, false},
		{"spoken of, without a resolution", with(func(i *Item) { i.Seen = true }), Held, false},
		{"follows up an action, which comes by itself", with(func(i *Item) { i.Action = "a" }), Held, false},
		{"returned", with(func(i *Item) { i.Fate, i.Position = Returned, 0 }), Held, false},
		{"merged", with(func(i *Item) { i.Fate, i.Position = Merged, 0 }), Held, false},
		{"of a meeting that is not over", on, Called, false},
		{"in the room just now", on, InSession, false},
		{"not reached", on, Held, true},
		{"not reached, minutes sent", on, Circulated, true},
		{"deferred there", with(func(i *Item) { i.Seen, i.Decision.Kind = true, "deferred" }), Held, true},
		{"deferred before", with(func(i *Item) { i.Fate, i.Position = Deferred, 0 }), Held, true},
		{"a proposal nobody looked at", with(func(i *Item) { i.Fate, i.Position = Fresh, 0 }), Held, true},
		{"of a meeting that was called off", on, Cancelled, true},
	} {
		if got := c.item.lost(Meeting{State: c.at}); got != c.want {
			t.Errorf("%s: %t", c.what, got)
		}
	}
}
