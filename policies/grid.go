package policies

import "slices"

// grid is one set of rules over a list of situations, with every condition
// asked once: the whole space of questions is tried in a moment.
type grid struct {
	s     *Snapshot
	holds map[string][]bool // by the condition's text, by situation
	about map[string][]int  // rules that speak of a field, by its path
}

func (s *Snapshot) grid(at []Situation) grid {
	g := grid{s: s, holds: map[string][]bool{}, about: map[string][]int{}}
	for text, c := range s.conds {
		yes := make([]bool, len(at))
		for i := range at {
			yes[i] = c.holds(at[i])
		}
		g.holds[text] = yes
	}
	for _, f := range Fields() {
		for i, r := range s.rows {
			if s.covers(Row{Purpose: "*", Act: "*", Obj: r.Obj}, "*", f.Path, "*") {
				g.about[f.Path] = append(g.about[f.Path], i)
			}
		}
	}
	return g
}

// ruling is the rules that speak to one point of the space, with when they hold.
type ruling struct {
	rows []int
	when [][]bool
	deny []bool
	open bool // one of them allows
}

func (g grid) ruling(who subject, purpose, path, act string) ruling {
	var out ruling
	for _, i := range g.about[path] {
		r := g.s.rows[i]
		if (r.Purpose != "*" && r.Purpose != purpose) || (r.Act != "*" && r.Act != act) || !who.is(r.Sub) {
			continue
		}
		out.rows, out.when = append(out.rows, i), append(out.when, g.holds[r.Cond])
		out.deny, out.open = append(out.deny, r.Effect == "deny"), out.open || r.Effect != "deny"
	}
	return out
}

// allows answers for the situation with a number.
func (r ruling) allows(at int) bool {
	if !r.open {
		return false
	}
	yes := false
	for i, when := range r.when {
		if !when[at] {
			continue
		}
		if r.deny[i] {
			return false
		}
		yes = true
	}
	return yes
}

// both are the audiences of two sets of rules.
func (s *Snapshot) both(other *Snapshot) []Audience {
	who := s.Audiences()
	for _, a := range other.Audiences() {
		if !slices.ContainsFunc(who, func(b Audience) bool { return a.Name == b.Name }) {
			who = append(who, a)
		}
	}
	return who
}
