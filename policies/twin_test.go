package policies

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/saphan-network/saphan/policies/second"
)

// withTwin is a snapshot whose second evaluator has read other rows.
func withTwin(t *testing.T, rows, others []Row) *Snapshot {
	t.Helper()
	s, err := compileRows(rows)
	if err != nil {
		t.Fatal(err)
	}
	if s.twin.second, err = newTwin(others); err != nil {
		t.Fatal(err)
	}
	return s
}

func embedded(t *testing.T) []Row {
	t.Helper()
	rows, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

type says func(second.Question) bool

func (f says) Allows(q second.Question) bool { return f(q) }

// TestTheComparisonCanFail: a wrong evaluator is found out when rules are loaded,
// though only a part is asked then: one that says always the same, and one that
// has not read, or has misread, any one row that matters.
func TestTheComparisonCanFail(t *testing.T) {
	for name, wrong := range map[string]says{"yes": func(second.Question) bool { return true }, "no": func(second.Question) bool { return false }} {
		s := compiled(t)
		s.twin.second = wrong
		told := 0
		s.twin.alarm = func(Difference) { told++ }
		for range 2 {
			if _, err := s.Compare(); !errors.Is(err, ErrDiffer) || s.Difference() == nil || told != 1 {
				t.Errorf("an evaluator that says always %s: %v, told %d times", name, err, told)
			}
		}
	}
	rows, idle := embedded(t), map[string]bool{}
	for _, f := range compiled(t).Lint() {
		idle[f.Rule.ID] = true
	}
	for i, r := range rows {
		if idle[r.ID] {
			continue // others say the same
		}
		if _, err := withTwin(t, rows, slices.Delete(slices.Clone(rows), i, i+1)).Compare(); !errors.Is(err, ErrDiffer) {
			t.Errorf("without %s: %v", r.ID, err)
		}
		less := slices.Clone(rows)
		for j := range less[i].Terms() {
			all := strings.Split(r.Cond, " && ")
			less[i].Cond = strings.Join(slices.Delete(all, j, j+1), " && ")
			if less[i].Cond == "" {
				less[i].Cond = "true"
			}
			if len(compiledRows(t, less).Diff(compiledRows(t, rows))) == 0 {
				continue // the floor says it too
			}
			if _, err := withTwin(t, rows, less).Compare(); !errors.Is(err, ErrDiffer) {
				t.Errorf("%s with %s: %v", r.ID, less[i].Cond, err)
			}
		}
	}
}

func compiledRows(t *testing.T, rows []Row) *Snapshot {
	t.Helper()
	s, err := compileRows(rows)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestTwinsAgree compares both evaluators over all that can be asked, with the
// built-in rows alone, and with rows of our own.
func TestTwinsAgree(t *testing.T) {
	for name, own := range map[string][][]string{"built in": nil, "with our own": {
		{"own_sex", "wg:statelessness", "referral", "referral/subject/*", "generalised", "r.ctx.Openness < 3", "deny"},
		{"own_child", "org:" + newPeer, "*", "referral/**", "*", "!r.ctx.Adult && r.ctx.K < 6", "deny"},
	}} {
		s := compiled(t, own...)
		if testing.Short() {
			if done, err := s.Compare(); err != nil || done.Whole || done.Questions < 1000 {
				t.Errorf("%s: %+v %v %+v", name, done, err, s.Difference())
			}
			continue
		}
		done, err := s.CompareAll(t.Context())
		t.Logf("%s: %d questions", name, done.Questions)
		if err != nil || !done.Whole || done.Questions < 300_000 {
			t.Errorf("%s: %+v %v %+v", name, done, err, s.Difference())
		}
	}
}

// chance makes rows that nobody has thought of, and says how to make them again.
func chance(t *testing.T) *rand.Rand {
	t.Helper()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	return rand.New(rand.NewPCG(seed, 8)) //nolint:gosec // a test's choice
}

func pick(r *rand.Rand, of ...string) string { return of[r.IntN(len(of))] }

func anyRow(r *rand.Rand, n int) []string {
	object := pick(r, "class:a", "class:c", "class:d", "class:e", traitSpecial, traitQuasi, "**", "*/*")
	if r.IntN(2) == 0 {
		f := Fields()[r.IntN(len(Fields()))]
		parts := strings.Split(f.Path, "/")
		switch i := r.IntN(len(parts)); r.IntN(3) {
		case 0:
			parts[i] = "*"
		case 1:
			parts = append(parts[:i], "**")
		}
		object = strings.Join(parts, "/")
	}
	var terms []string
	for range r.IntN(4) {
		terms = append(terms, pick(r, fmt.Sprintf("r.ctx.%s %s %d", pick(r, "Consent", "Openness", "K"), pick(r, ">=", "<"), r.IntN(8)),
			pick(r, "", "!")+"r.ctx."+pick(r, "Scrubbed", "Reviewed", "Adult")))
	}
	cond := strings.Join(terms, " && ")
	if cond == "" {
		cond = "true"
	}
	who := pick(r, append(roleNames(), "*", "wg:statelessness", "wg:dna-2", "org:"+newPeer, "org:"+fullPeer)...)
	return []string{fmt.Sprint("own_", n), who, pick(r, append(purposes(), "*")...), object, pick(r, "full", "generalised", "count", "*"), cond, "deny"}
}

func TestTwinsAgreeOnChance(t *testing.T) {
	r := chance(t)
	rounds := 25
	if testing.Short() {
		rounds = 4
	}
	for range rounds {
		var own [][]string
		for n := range 1 + r.IntN(6) {
			own = append(own, anyRow(r, n))
		}
		s := compiled(t, own...)
		if _, err := s.compareSome(3000); err != nil {
			t.Fatalf("%v: %v %+v", own, err, s.Difference())
		}
	}
}

// refusals is what each evaluator says to rows.
func refusals(rows []Row) (first, other bool) {
	_, err := newTwin(rows)
	_, whole := compileRows(rows)
	return whole != nil && !strings.HasPrefix(whole.Error(), "second: "), err != nil
}

// TestTwinsRefuseTheSame: what is no rule to one is none to the other.
func TestTwinsRefuseTheSame(t *testing.T) {
	r, floor := chance(t), embedded(t)[:1]
	letters := []string{"", " ", "*", "**", "/", "_", "-", ":", "&&", " && ", "!", "<", ">=", "==", "0", "05", "1001", "r.ctx.K", "r.ctx.Peer", "true",
		"\u200b", "ก", "é", "e\u0301", "\n", "\x00", ",", "\"", "#", "a", "A", "role:", "role:nobody", "org:", "org:https://", "wg:", "wg:-", "guard_", "class:", "allow", "Deny", "p2", "?", "@", "\\", "|", "x//y"}
	refused := 0
	for range 4000 {
		cells := anyRow(r, 1)
		layer := pick(r, "own", "own", "network", "floor")
		if layer == "network" {
			cells[6] = "allow"
		}
		i := r.IntN(len(cells))
		at := r.IntN(len(cells[i]) + 1)
		switch r.IntN(4) {
		case 0:
			cells[i] = pick(r, letters...)
		case 1:
			cells[i] = cells[i][:at] + pick(r, letters...) + cells[i][at:]
		case 2:
			cells[i] = cells[i][at:]
		}
		row := Row{ID: cells[0], Sub: cells[1], Purpose: cells[2], Obj: cells[3], Act: cells[4], Cond: cells[5], Effect: cells[6], Layer: layer}
		first, other := refusals(append(slices.Clone(floor), row))
		if first != other {
			t.Errorf("%s %q: refused by the first %t, by the second %t", layer, cells, first, other)
		}
		if first {
			refused++
		}
	}
	if refused < 500 || refused > 3500 {
		t.Errorf("%d refused: hardly anything was compared", refused)
	}
	for name, rows := range map[string][]Row{"no rules": nil, "no floor": slices.DeleteFunc(embedded(t), func(r Row) bool { return r.Layer == "floor" }), "twice": append(embedded(t), floor...)} {
		if first, other := refusals(rows); !first || !other {
			t.Errorf("%s: refused by the first %t, by the second %t", name, first, other)
		}
	}
}
