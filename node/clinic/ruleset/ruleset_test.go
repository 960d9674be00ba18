package ruleset

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A version is what follows from its events; one at a time is in force.
func TestFold(t *testing.T) {
	if got := fold(nil); len(got) != 0 {
		t.Errorf("%v of nothing", got)
	}
	at := time.Date(2026, 11, 25, 5, 0, 0, 0, time.UTC)
	var all []Event
	add := func(number, revision int64, act Act, by string, rows ...Row) {
		all = append(all, Event{Position: int64(len(all)) + 1, Number: number, Revision: revision, Act: act, By: by, At: at.Add(time.Duration(len(all)) * time.Minute), Rows: rows, Note: string(act)})
	}
	add(1, 1, Drafted, "a")
	add(1, 2, Edited, "b", Row{Name: "own_1"})
	add(1, 3, Suggested, "a")
	add(1, 4, Returned, "c")
	add(1, 5, Edited, "a", Row{Name: "own_2"})
	add(1, 6, Suggested, "a")
	add(1, 7, Activated, "c")
	add(2, 1, Drafted, "a", Row{Name: "own_2"})
	add(2, 2, Suggested, "a")
	add(2, 3, Activated, "c")
	add(3, 1, Drafted, "a")
	add(3, 2, Refused, "c")
	var states []string
	for _, v := range fold(all) {
		states = append(states, string(v.State))
	}
	if d := cmp.Diff([]string{"rejected", "active", "superseded"}, states); d != "" {
		t.Error(d)
	}
	one := fold(all)[2]
	if d := cmp.Diff([]string{"a", "b"}, one.EditedBy); d != "" || one.Revision != 7 || one.Rows[0].Name != "own_2" || one.Until != at.Add(9*time.Minute) {
		t.Errorf("%s%+v", d, one)
	}
	if live(fold(all)).Number != 2 {
		t.Error("version 2 is not in force")
	}
}

func TestReasons(t *testing.T) {
	for _, bad := range []string{"", " \t\n ", strings.Repeat("ก", MaxNote+1)} {
		if _, err := reason("note", bad); err == nil {
			t.Errorf("%q is a reason", bad)
		}
	}
	if got, err := reason("note", " ก\n ข "); got != "ก ข" || err != nil {
		t.Error(got, err)
	}
}

// What a form offers is read back from the words of the gate; what it does not
// offer is not taken for something else.
func TestChoices(t *testing.T) {
	for _, foreign := range []string{"r.ctx.Consent >= 2", "!r.ctx.Reviewed", "r.ctx.K < 5 && r.ctx.K < 9", "nonsense"} {
		if c, ok := ChoiceOf(foreign); ok {
			t.Errorf("%s is taken for %+v", foreign, c)
		}
	}
	for _, c := range []Choice{{}, {Age: "child"}, {Age: "adult", K: 20}, {Consent: 3, Openness: 2, K: 10}, {Age: "child", Consent: 3, Openness: 3, K: 100}} {
		if got, ok := ChoiceOf(c.When()); !ok || got != c {
			t.Errorf("%q is read back as %+v", c.When(), got)
		}
	}
}

// A changed rule keeps its name; a new one gets one that is free.
func TestNames(t *testing.T) {
	rows := []Row{{Name: "own_1", Reason: "x"}, {Name: "own_3", Reason: "x"}}
	if _, _, err := with(rows, Row{Name: "own_2", Reason: "y"}); err == nil {
		t.Error("a rule that is not there is changed")
	}
	_, got, err := with(rows, Row{Reason: "y"})
	if err != nil || got[2].Name != "own_2" || len(rows) != 2 {
		t.Error(got, err)
	}
	_, got, err = with(rows, Row{Name: "own_3", Reason: "z"})
	if err != nil || got[1].Reason != "z" || rows[1].Reason != "x" {
		t.Error(got, err)
	}
}
