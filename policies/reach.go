package policies

import "slices"

// Stranger is the audience of whoever is not on the members list.
const Stranger = "stranger"

// suspended is the audience of members for a time without rights: the gate hears
// no rule about them but in what concerns their membership.
const suspended = "suspended"

// Reach says what the rules make of one field on its way to one audience: the
// answer that the gate gives when all is as good as it can be, and the least
// that must hold for it.
type Reach struct {
	Audience, Purpose, Path string
	Class                   Class
	Form                    Form      // the fullest in which it can leave
	Needs                   Situation // the least that must hold, each with the others at their best; zero when withheld
	Rule                    Row       // the deciding rule; zero for a guard, and where nobody was asked
	Key                     string    // message key of the deciding rule or guard
	Why                     string    // message key, when withheld
	Remedy                  string    // message key, when withheld
	Stops                   []Stop    // what keeps it in when one of the needs is not met
	Mixed                   bool      // it stays where all is at its best: a rule denies from some level up
}

// Stop is a need with what happens when it is not met.
type Stop struct {
	Attr        string // Consent, Openness, K, Scrubbed, Reviewed, Adult
	Least       int    // 1 for a truth
	Rule        Row    // that keeps the field in then
	Key         string // message key of that rule
	Why, Remedy string // message keys
}

// best is the situation in which nothing is wanting.
func best() Situation {
	return Situation{Consent: 3, Openness: 3, K: maxNumber, Scrubbed: true, Reviewed: true, Adult: true}
}

// Reaches answers for every field and every audience, strangers last, in the
// order of the registry. What stands for a message as a whole is left out: no
// field leaves where its message may not.
func (s *Snapshot) Reaches() ([]Reach, error) {
	var out []Reach
	who := append(s.Audiences(), Audience{Name: Stranger})
	rooms := make([]map[string][]Situation, len(who))
	all := append(s.situations(), best())
	for i, a := range who {
		rooms[i] = map[string][]Situation{}
		for _, p := range purposes() {
			rooms[i][p] = s.open(a, p, all)
		}
	}
	for _, f := range Fields() {
		if isMessage(f.Path) {
			continue
		}
		for i, a := range who {
			r, err := s.reach(a, f, rooms[i])
			if err != nil {
				return nil, err
			}
			out = append(out, r)
		}
	}
	return out, nil
}

// open returns the situations in which a message of a purpose may go to an
// audience at all, and all that it cannot do without is released.
func (s *Snapshot) open(a Audience, purpose string, all []Situation) []Situation {
	if a.Name == Stranger || (a.Name == suspended && purpose != Membership) {
		return nil
	}
	var out []Situation
	for _, at := range all {
		ok := s.answers(question{a, purpose, messagePath(purpose), string(Full), at})
		for _, path := range required(purpose) {
			ok = ok && (s.releases(a, purpose, path, Full, at) || s.releases(a, purpose, path, Generalised, at))
		}
		if ok {
			out = append(out, at)
		}
	}
	return out
}

// releases is what Gate.Decide asks of one field: what guards decide is no, and
// class C is never asked for as it is.
func (s *Snapshot) releases(a Audience, purpose, path string, form Form, at Situation) bool {
	f := s.field(path)
	if !f.open(purpose, string(form)) || f.Class == ClassC && form == Full {
		return false
	}
	return s.answers(question{a, purpose, path, string(form), at})
}

// reach finds the fullest form over all purposes, the field's own first.
func (s *Snapshot) reach(a Audience, f Field, rooms map[string][]Situation) (Reach, error) {
	own := purposeOf(f.Path)
	r := Reach{Audience: a.Name, Purpose: own, Path: f.Path, Class: f.Class, Form: Withheld}
	order := append([]string{own}, slices.DeleteFunc(purposes(), func(p string) bool { return p == own })...)
	for _, form := range []Form{Full, Generalised, Sealed} {
		for _, purpose := range order {
			var at []Situation
			for _, one := range rooms[purpose] {
				if s.releases(a, purpose, f.Path, form, one) {
					at = append(at, one)
				}
			}
			if len(at) > 0 {
				r.Purpose, r.Form, r.Needs = purpose, form, least(at)
				r.Mixed = !slices.Contains(at, best())
				return s.decided(a, r, highest(at))
			}
		}
	}
	no, err := s.refused(a, own, f, best())
	r.Rule, r.Key, r.Why, r.Remedy = no.row(s), no.key, no.why, remedyOf(no.why)
	return r, err
}

func (n refusal) row(s *Snapshot) Row {
	r, _ := s.row(ruleID(n.rule))
	return r
}

// least takes each number and truth for itself.
func least(all []Situation) Situation {
	out := all[0]
	for _, at := range all[1:] {
		out = Situation{Consent: min(out.Consent, at.Consent), Openness: min(out.Openness, at.Openness), K: min(out.K, at.K),
			Scrubbed: out.Scrubbed && at.Scrubbed, Reviewed: out.Reviewed && at.Reviewed, Adult: out.Adult && at.Adult}
	}
	return out
}

// highest is the situation in which the most holds.
func highest(all []Situation) Situation {
	sum := func(at Situation) int {
		return at.Consent + at.Openness + at.K + truthOf(at.Scrubbed) + truthOf(at.Reviewed) + truthOf(at.Adult)
	}
	return slices.MaxFunc(all, func(a, b Situation) int { return sum(a) - sum(b) })
}

// decided names the rule that lets a field out when top holds, and what stops it.
func (s *Snapshot) decided(a Audience, r Reach, top Situation) (Reach, error) {
	v, err := s.ask(a.sub, r.Purpose, r.Path, string(r.Form), top)
	if err != nil {
		return r, err
	}
	r.Rule, _ = s.row(v.rule)
	r.Key = r.Rule.Key()
	for _, n := range []struct {
		attr  string
		least int
		fall  func(*Situation)
	}{
		{"Consent", r.Needs.Consent, func(at *Situation) { at.Consent = r.Needs.Consent - 1 }},
		{"Openness", r.Needs.Openness, func(at *Situation) { at.Openness = r.Needs.Openness - 1 }},
		{"K", r.Needs.K, func(at *Situation) { at.K = r.Needs.K - 1 }},
		{"Scrubbed", truthOf(r.Needs.Scrubbed), func(at *Situation) { at.Scrubbed = false }},
		{"Reviewed", truthOf(r.Needs.Reviewed), func(at *Situation) { at.Reviewed = false }},
		{"Adult", truthOf(r.Needs.Adult), func(at *Situation) { at.Adult = false }},
	} {
		if n.least == 0 {
			continue
		}
		at := top
		n.fall(&at)
		no, err := s.refused(a, r.Purpose, s.field(r.Path), at)
		if err != nil {
			return r, err
		}
		r.Stops = append(r.Stops, Stop{Attr: n.attr, Least: n.least, Rule: no.row(s), Key: no.key, Why: no.why, Remedy: remedyOf(no.why)})
	}
	return r, nil
}

func truthOf(b bool) int {
	if b {
		return 1
	}
	return 0
}

// refused is why a field stays in a situation: its own reason, or else that of
// the message, or of what the message cannot do without.
func (s *Snapshot) refused(a Audience, purpose string, f Field, at Situation) (refusal, error) {
	if f.Class != ClassC && f.Class != ClassD && f.Class != ClassE && !f.sealable() {
		return guardOf(s, f), nil
	}
	if a.Name == Stranger {
		return refusal{why: "policy.why.no_peer"}, nil
	}
	if a.Name == suspended && purpose != Membership {
		return refusal{why: "policy.why.suspended"}, nil
	}
	for _, path := range append([]string{f.Path, messagePath(purpose)}, required(purpose)...) {
		if s.releases(a, purpose, path, Full, at) || s.releases(a, purpose, path, Generalised, at) || s.releases(a, purpose, path, Sealed, at) {
			continue
		}
		form := Full
		switch s.field(path).Class {
		case ClassC:
			form = Generalised
		case ClassB:
			form = Sealed
		case ClassA, ClassD, ClassE:
		}
		v, err := s.ask(a.sub, purpose, path, string(form), at)
		if err != nil {
			return refusal{}, err
		}
		return s.whyNot(a.sub, purpose, path, form, at, v), nil
	}
	return refusal{rule: "default_deny", key: "policy.rule.default_deny", why: "policy.why.no_rule"}, nil
}

// Coarsening are the message keys of what can make a field coarser than usual.
func Coarsening(path string) []string {
	var out []string
	if slices.ContainsFunc(append(steps(), step{pathHousehold, 1}), func(st step) bool { return st.path == path }) {
		out = append(out, noteSmall)
	}
	if path == pathPlace {
		out = append(out, noteSensitive)
	}
	if len(FieldOf(path).Ladder) > 1 && path != pathPlace {
		out = append(out, noteUnclear)
	}
	return out
}
