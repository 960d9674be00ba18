package policies

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// mutants are what a slip of the hand, or a bad intention, makes of a rule.
func mutants(r Row) map[string]Row {
	out := map[string]Row{}
	add := func(name string, change func(*Row)) {
		m := r
		if change(&m); m != r {
			out[r.ID+": "+name] = m
		}
	}
	add("effect flipped", func(m *Row) { m.Effect = map[string]string{"allow": "deny", "deny": "allow"}[m.Effect] })
	add("effect flipped by the network", func(m *Row) {
		m.Effect, m.Layer = map[string]string{"allow": "deny", "deny": "allow"}[m.Effect], "network"
	})
	add("no condition", func(m *Row) { m.Cond = "true" })
	add("condition turned", func(m *Row) { m.Cond = strings.NewReplacer(">=", "<", "<", ">=").Replace(m.Cond) })
	add("condition lower", func(m *Row) { m.Cond = strings.NewReplacer("2", "1", "3", "2", "5", "4", "1", "0").Replace(m.Cond) })
	add("condition dropped", func(m *Row) { _, rest, _ := strings.Cut(m.Cond, " && "); m.Cond = rest })
	add("a text as condition", func(m *Row) { m.Cond += " || true" })
	for _, who := range append(roleNames(), "*", "role:all") {
		add("to "+who, func(m *Row) { m.Sub = who })
	}
	for _, purpose := range append(purposes(), "*") {
		add("for "+purpose, func(m *Row) { m.Purpose = purpose })
	}
	for _, form := range []string{"full", "generalised", "count", "*"} {
		add("as "+form, func(m *Row) { m.Act = form })
	}
	for _, field := range []string{"**", "*", "referral/**", "class:c", "class:d", "class:e", "class:f", traitQuasi} {
		add("of "+field, func(m *Row) { m.Obj = field })
	}
	return out
}

// TestMutants spoils the built-in rules in such ways, a tenth of all each time, by
// chance: it takes a while. Both evaluators refuse what comes of it, or both give the
// same new answers.
func TestMutants(t *testing.T) {
	t.Parallel() // beside the others: the longest
	rows := embedded(t)
	good := compiledRows(t, rows)
	chosen, few := chance(t), 10
	if testing.Short() {
		few = 40
	}
	made, refused, asked, alike, changed := 0, 0, 0, 0, 0
	for i, r := range rows {
		all := mutants(r)
		for _, name := range slices.Sorted(maps.Keys(all)) {
			m := all[name]
			if chosen.IntN(few) != 0 {
				continue
			}
			made++
			spoilt := slices.Clone(rows)
			spoilt[i] = m
			first, other := refusals(spoilt)
			if first != other {
				t.Errorf("%s: refused by the first %t, by the second %t", name, first, other)
			}
			if first || other {
				refused++
				continue
			}
			asked++
			n := follow(t, name, good, compiledRows(t, spoilt))
			if changed += n; n == 0 {
				alike++
			}
		}
	}
	t.Logf("%d mutants: %d refused by both; of %d that were tried %d change nothing, the rest %d answers", made, refused, asked, alike, changed)
	if refused == 0 || asked == 0 || changed < 1000 || alike > asked*2/3 {
		t.Error("hardly anything was compared")
	}
}

// follow asks the spoilt rules, of both evaluators, everything that the second
// now answers otherwise (up to thirty for each kind of recipient), and a part of
// the rest. That casbin gave the old answers is TestTwinsAgree's to say.
func follow(t *testing.T, name string, good, spoilt *Snapshot) (changed int) {
	t.Helper()
	who, situations := spoilt.Audiences(), good.situations(spoilt)
	asked := map[string]int{}
	_ = points(who, func(q question) error {
		if c := good.field(q.path).Class; c == ClassA || c == ClassB {
			return nil // no rule is asked
		}
		for _, q.at = range situations {
			sq := q.who.sub.question(q.purpose, q.path, q.act, q.at)
			before, after := good.twin.second.Allows(sq), spoilt.twin.second.Allows(sq)
			if before == after {
				continue
			}
			changed++
			if asked[q.who.Name]++; asked[q.who.Name] > 30 {
				continue
			}
			if v, err := spoilt.first(q.who.sub, q.purpose, q.path, q.act, q.at); err != nil || v.allowed != after {
				t.Errorf("%s: %s %s %s %s %+v: casbin %t (%v), the second %t", name, q.who.Name, q.purpose, q.act, q.path, q.at, v.allowed, err, after)
			}
		}
		return nil
	})
	if _, err := spoilt.compareSome(100); err != nil {
		t.Errorf("%s: %v %+v", name, err, spoilt.Difference())
	}
	return changed
}
