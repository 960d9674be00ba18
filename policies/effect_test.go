package policies

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// effects are what an own row changes, as lines.
func effects(t *testing.T, from, to *Snapshot) []string {
	t.Helper()
	var out []string
	for _, e := range from.Effects(to) {
		out = append(out, fmt.Sprint(e.Path, " ", e.Form, " ", e.Audiences, " allows=", e.Allows, " whole=", e.Whole, " ", e.When, " partly=", e.Partly, " message=", e.Message))
	}
	return out
}

func TestEffects(t *testing.T) {
	plain := compiled(t)
	if got := effects(t, plain, compiled(t)); len(got) != 0 {
		t.Errorf("no change, but %v", got)
	}
	for name, one := range map[string]struct {
		row  []string
		want []string
	}{
		"a province of children": {[]string{"own_1", "*", "referral", pathPlace, "*", "!r.ctx.Adult", "deny"},
			[]string{"referral/subject/place generalised [full] allows=false whole=false [{Adult not 0}] partly=false message=false"}},
		"at all": {[]string{"own_1", "role:full", "*", pathPlace, "*", "true", "deny"},
			[]string{"referral/subject/place generalised [full] allows=false whole=true [] partly=false message=false"}},
		"few people": {[]string{"own_1", "*", "*", pathPlace, "*", "r.ctx.K < 20", "deny"},
			[]string{"referral/subject/place generalised [full] allows=false whole=false [{K < 20}] partly=false message=false"}},
		"two things at once": {[]string{"own_1", "*", "*", pathPlace, "*", "!r.ctx.Adult && r.ctx.K < 20", "deny"},
			[]string{"referral/subject/place generalised [full] allows=false whole=false [{Adult not 0} {K < 20}] partly=false message=false"}},
		"the whole message": {[]string{"own_1", "role:provisional", "referral", "referral/message", "*", "true", "deny"},
			[]string{"referral/message full [provisional] allows=false whole=true [] partly=false message=true"}},
		"what it cannot do without": {[]string{"own_1", "role:provisional", "referral", "referral/kind", "*", "true", "deny"},
			[]string{"referral/kind full [provisional] allows=false whole=true [] partly=false message=true"}},
	} {
		other := compiled(t, one.row)
		if d := cmp.Diff(one.want, effects(t, plain, other)); d != "" {
			t.Errorf("%s:\n%s", name, d)
		}
		back := other.Effects(plain)
		if len(back) != 1 || !back[0].Allows {
			t.Errorf("%s, taken back: %+v", name, back)
		}
	}
}

// Effects says the same as Diff does question by question.
func TestEffectsAreTheDiff(t *testing.T) {
	a := compiled(t, []string{"own_1", "role:provisional", "*", "class:d", "*", "r.ctx.Consent < 3", "deny"})
	b := compiled(t, []string{"own_2", "*", "referral", "trait:quasi", "*", "!r.ctx.Adult && r.ctx.K < 12", "deny"})
	var want, got int
	for _, c := range a.Diff(b) {
		want += c.Questions
	}
	for _, e := range a.Effects(b) {
		got += e.Questions
	}
	if want == 0 || want != got {
		t.Errorf("%d answers change, the effects speak of %d", want, got)
	}
	// and both as the definition has it, without the grid
	n := 0
	a.each(a.both(b), a.situations(b), func(q question) {
		if a.answers(q) != b.answers(q) {
			n++
		}
	})
	if n != want {
		t.Errorf("%d answers change, Diff found %d", n, want)
	}
}

func TestRowErrorNamesThePlace(t *testing.T) {
	good := []string{"own_1", "*", "referral", pathPlace, "*", "true", "deny"}
	for column, bad := range map[string]string{"name": "Own", "who": "everybody", "purpose": "sale", "field": "referral/nothing", "form": "twice",
		"condition": "r.ctx.Mood >= 3", "effect": "allow"} {
		row := slices.Clone(good)
		row[slices.Index(Columns(), column)] = bad
		_, err := Compile([][]string{good, row})
		var e *RowError
		if !errors.As(err, &e) || e.Row != 2 || e.Column != column || e.Layer != "own" {
			t.Errorf("%s: %v", column, err)
		}
	}
}

// BenchmarkDiff tries at least half a million questions on two sets of rules.
func BenchmarkDiff(b *testing.B) {
	var own [][]string
	for i := range 12 {
		own = append(own, []string{fmt.Sprint("own_", i), fmt.Sprintf("org:https://member%d.example/ap/org", i), "referral", pathPlace, "*", fmt.Sprintf("!r.ctx.Adult && r.ctx.K < %d", 11+i%3), "deny"})
	}
	one, err := Compile(nil)
	if err != nil {
		b.Fatal(err)
	}
	other, err := Compile(own)
	if err != nil {
		b.Fatal(err)
	}
	n := 0
	_ = points(one.both(other), func(question) error { n++; return nil })
	n *= len(one.situations(other))
	if n < 500_000 {
		b.Fatal(n, "questions are too few")
	}
	for b.Loop() {
		if len(one.Effects(other)) == 0 {
			b.Fatal("nothing changes")
		}
	}
	b.ReportMetric(float64(n), "questions")
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "questions/s")
}
