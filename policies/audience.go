package policies

import (
	"slices"
	"strings"
)

// Audience is a kind of recipient, for questions about rules rather than about
// one peer.
type Audience struct {
	Name string // full, provisional, affiliate, observer, hub, candidate, suspended, or a subject that a rule names
	sub  subject
}

// Audiences returns the kinds of recipients, and every organisation and working
// group that a rule names (taken for full members).
func (s *Snapshot) Audiences() []Audience {
	var out []Audience
	add := func(name string, p Peer) {
		roles, _ := rolesOf(p)
		out = append(out, Audience{Name: name, sub: subject{peer: p, id: "org:" + p.Actor, roles: roles}})
	}
	for _, tier := range []string{"full", "provisional", "affiliate", "observer"} {
		add(tier, Peer{Actor: "https://" + tier + ".invalid/ap/org", Tier: tier, State: "active", Role: "member"})
	}
	add("hub", Peer{Actor: "https://hub.invalid/ap/network", Role: "hub"})
	add("candidate", Peer{Actor: "https://candidate.invalid/ap/org", Role: "candidate"})
	without := Peer{Actor: "https://suspended.invalid/ap/org", Tier: "full", State: "suspended", Role: "member"}
	out = append(out, Audience{Name: suspended, sub: subject{peer: without, id: "org:" + without.Actor, roles: []string{roleSuspended}}})
	add(RolePublic, Peer{Actor: "https://everybody.invalid/inbox", Role: RolePublic})
	for _, sub := range s.named() {
		p := Peer{Actor: strings.TrimPrefix(sub, "org:"), Tier: "full", State: "active", Role: "member"}
		if group, ok := strings.CutPrefix(sub, "wg:"); ok {
			p.Actor, p.Groups = "https://group.invalid/ap/org", []string{group}
		}
		add(sub, p)
	}
	return out
}

// named are the organisations and working groups that rules name.
func (s *Snapshot) named() []string {
	var out []string
	for _, r := range s.rows {
		if strings.HasPrefix(r.Sub, "org:") || strings.HasPrefix(r.Sub, "wg:") {
			out = append(out, r.Sub)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// situations returns every situation that the conditions of the rules can tell
// apart: each number just below and at each threshold, each truth both ways.
func (s *Snapshot) situations(more ...*Snapshot) []Situation {
	numbers := map[string][]int{"Consent": {0}, "Openness": {0}, "K": {0}}
	truths := map[string]bool{}
	for _, snap := range append(more, s) {
		for _, c := range snap.conds {
			for _, one := range c {
				if list, ok := numbers[one.attr]; ok {
					numbers[one.attr] = append(list, max(one.n-1, 0), one.n)
				} else {
					truths[one.attr] = true
				}
			}
		}
	}
	out := []Situation{{}}
	for _, attr := range []string{"Consent", "Openness", "K"} {
		list := numbers[attr]
		slices.Sort(list)
		list = slices.Compact(list) // once: it empties what it leaves behind
		var next []Situation
		for _, at := range out {
			for _, n := range list {
				v := at
				switch attr {
				case "Consent":
					v.Consent = n
				case "Openness":
					v.Openness = n
				case "K":
					v.K = n
				}
				next = append(next, v)
			}
		}
		out = next
	}
	numbered, apart := out, s.reviewedApart(more...)
	for _, attr := range []string{"Adult", "Reviewed", "Scrubbed"} { // always in this order: the same rules, the same situations
		if !truths[attr] {
			continue
		}
		for _, at := range slices.Clone(out) {
			if attr == "Reviewed" && apart && at != out[0] && at != out[len(numbered)-1] {
				continue
			}
			at.Scrubbed = at.Scrubbed || attr == "Scrubbed"
			at.Reviewed = at.Reviewed || attr == "Reviewed"
			at.Adult = at.Adult || attr == "Adult"
			out = append(out, at)
		}
	}
	return out
}

// question is one point of the finite space of all that can be asked.
type question struct {
	who                Audience
	purpose, path, act string
	at                 Situation
}

// each visits every question that rules decide: what guards decide is left out.
func (s *Snapshot) each(who []Audience, situations []Situation, visit func(question)) {
	for _, f := range Fields() {
		for _, act := range []string{string(Full), string(Generalised), string(Count), string(Sealed)} {
			if f.Class == ClassC && act == string(Full) {
				continue
			}
			for _, purpose := range purposes() {
				if !f.open(purpose, act) {
					continue
				}
				for _, a := range who {
					for _, at := range situations {
						visit(question{a, purpose, f.Path, act, at})
					}
				}
			}
		}
	}
}

// matching returns the rules that speak to a question and whose condition holds.
func (s *Snapshot) matching(q question) (allow, deny []int) {
	for i, r := range s.rows {
		if !q.who.sub.is(r.Sub) || !s.covers(r, q.purpose, q.path, q.act) || !s.conds[r.Cond].holds(q.at) {
			continue
		}
		if r.Effect == "allow" {
			allow = append(allow, i)
		} else {
			deny = append(deny, i)
		}
	}
	return allow, deny
}

// reviewedApart reports whether only rules about what is published look at whether it
// was reviewed, and at nothing else. Then one number more or less makes no difference
// beside it, and it is enough to ask about it with all numbers low and all high:
// every test of every pair would be twice as long otherwise.
func (s *Snapshot) reviewedApart(more ...*Snapshot) bool {
	for _, snap := range append(slices.Clone(more), s) {
		for _, r := range snap.rows {
			looks := slices.ContainsFunc(snap.conds[r.Cond], func(c clause) bool { return c.attr == "Reviewed" })
			if looks && (r.Purpose != Publish || len(snap.conds[r.Cond]) > 1) {
				return false
			}
		}
	}
	return true
}
