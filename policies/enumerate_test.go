package policies

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// oracle decides like casbin should, from the text of the rules and with nothing
// of the gate's own machinery.
type oracle struct {
	lines   [][]string // cells
	classes map[string]string
}

func (o oracle) allowed(roles map[string]bool, purpose, path, act string, at map[string]int) bool {
	yes, no := false, false
	for _, c := range o.lines {
		is := func(cell, value string) bool { return cell == "*" || cell == value }
		if !(c[1] == "*" || roles[c[1]]) || !is(c[2], purpose) || !is(c[4], act) || !o.object(path, c[3]) || !o.when(c[5], at) {
			continue
		}
		yes, no = yes || c[6] == "allow", no || c[6] == "deny"
	}
	return yes && !no
}

func (o oracle) object(path, obj string) bool {
	if strings.Contains(obj, ":") {
		return strings.Contains(o.classes[path], "["+obj+"]")
	}
	re := strings.ReplaceAll(strings.ReplaceAll(regexp.QuoteMeta(obj), `\*\*`, `.+`), `\*`, `[^/]+`)
	return regexp.MustCompile(`^` + re + `$`).MatchString(path)
}

func (o oracle) when(cond string, at map[string]int) bool {
	if cond == "true" {
		return true
	}
	for _, part := range strings.Split(cond, "&&") {
		w := strings.Fields(strings.ReplaceAll(part, "r.ctx.", ""))
		switch {
		case len(w) == 1 && w[0][0] == '!':
			if at[w[0][1:]] != 0 {
				return false
			}
		case len(w) == 1:
			if at[w[0]] == 0 {
				return false
			}
		default:
			n, _ := strconv.Atoi(w[2])
			if (w[1] == ">=") != (at[w[0]] >= n) {
				return false
			}
		}
	}
	return true
}

// TestEnumerate compares casbin with the oracle over all that can be asked: every
// kind of peer, purpose, field and form, and every situation that a rule can
// tell apart.
func TestEnumerate(t *testing.T) {
	t.Parallel() // beside the others: the longest
	own := [][]string{
		{"own_sex", "wg:statelessness", "referral", "referral/subject/*", "generalised", "r.ctx.Openness < 3", "deny"},
		{"own_child", "org:" + newPeer, "*", "referral/**", "*", "!r.ctx.Adult && r.ctx.K < 6", "deny"},
		{"own_review", "role:observer", "membership", "members/**", "full", "r.ctx.Reviewed", "deny"},
	}
	w := open(t, own...)
	s := w.gate.Snapshot()
	o := oracle{classes: map[string]string{}}
	for _, r := range s.Rows() {
		o.lines = append(o.lines, strings.Split(strings.ReplaceAll(r.String(), ", ", ","), ","))
	}
	for _, f := range Fields() {
		o.classes[f.Path] = "[class:" + strings.ToLower(string(f.Class)) + "]"
		if f.S26 {
			o.classes[f.Path] += "[trait:special]"
		}
		if f.Quasi {
			o.classes[f.Path] += "[trait:quasi]"
		}
	}
	asked, allowed := 0, 0
	for _, p := range w.peers {
		roles, why := rolesOf(p)
		if why != "" {
			t.Fatal(why)
		}
		sub := subject{peer: p, id: "org:" + p.Actor, roles: roles}
		has := map[string]bool{sub.id: true}
		for _, r := range roles {
			has[r] = true
		}
		for _, purpose := range purposes() {
			for _, f := range Fields() {
				if f.Class == ClassA && f.Path != "referral/narrative" {
					continue // one of class A stands for all: they are the same to every rule
				}
				for _, act := range []string{"full", "generalised", "count"} {
					for _, at := range situations(testing.Short()) {
						v, err := s.ask(sub, purpose, f.Path, act, at)
						if err != nil {
							t.Fatal(err)
						}
						want := o.allowed(has, purpose, f.Path, act, asMap(at))
						asked++
						if v.allowed {
							allowed++
						}
						if v.allowed != want {
							t.Fatalf("%s %s %s %s %+v: casbin %t, oracle %t", p.Actor, purpose, f.Path, act, at, v.allowed, want)
						}
					}
				}
			}
		}
	}
	t.Logf("%d questions, %d allowed", asked, allowed)
	if allowed == 0 || asked < 10_000 {
		t.Errorf("%d questions, %d allowed: nothing was compared", asked, allowed)
	}
}

func situations(short bool) []Situation {
	var out []Situation
	for _, consent := range []int{0, 1, 2, 3} {
		for _, openness := range []int{0, 1, 2, 3} {
			for _, k := range []int{0, 4, 5, 6} {
				for flags := range 4 {
					if short && (flags > 1 || openness == 1 || consent == 1 || k == 6) {
						continue
					}
					out = append(out, Situation{Consent: consent, Openness: openness, K: k, Adult: flags&1 > 0, Reviewed: flags&2 > 0})
				}
			}
		}
	}
	return out
}

func asMap(at Situation) map[string]int {
	m := map[string]int{"Consent": at.Consent, "Openness": at.Openness, "K": at.K}
	for name, v := range map[string]bool{"Adult": at.Adult, "Reviewed": at.Reviewed, "Scrubbed": at.Scrubbed} {
		if v {
			m[name] = 1
		}
	}
	return m
}
