package policies

import (
	"context"
	"slices"
)

// atLoad bounds how many questions are put to both evaluators when rules are
// loaded, and named how many of the organisations and groups that rules name
// are among those who are asked about: a server must start in a moment. What
// is left out then is compared when it is really asked, as each question is.
const (
	atLoad = 20000
	named  = 2
)

// Compared says how much of the space of questions both evaluators answered.
type Compared struct {
	Questions int  // asked of both
	Whole     bool // these were all there are
}

// CompareAll asks both evaluators every question that there is, and returns
// ErrDiffer at the first that they answer differently. It takes seconds.
func (s *Snapshot) CompareAll(ctx context.Context) (Compared, error) {
	who, situations := s.Audiences(), s.situations()
	done := Compared{Whole: true}
	err := points(who, func(q question) error {
		for _, q.at = range situations {
			if err := s.compare(q); err != nil {
				return err
			}
			done.Questions++
		}
		return ctx.Err()
	})
	return done, err
}

// Compare is the part of CompareAll that a gate makes when rules are loaded.
func (s *Snapshot) Compare() (Compared, error) { return s.compareSome(atLoad) }

// compareSome is what there is time for when rules are loaded, the same for the
// same rules. What neither evaluator can let out is asked about in one situation,
// another for each question; of the rest every situation is asked about that
// either evaluator tells from others. Where that is more than most, it is every
// second, third, … of them, and first of those that nobody can let out: a row that one
// of the two has misread shows where something can leave.
func (s *Snapshot) compareSome(most int) (Compared, error) {
	situations := s.situations()
	var ask, shut []question
	nth := 0
	near := map[string][]Situation{}
	for _, purpose := range purposes() {
		near[purpose] = s.near(purpose, situations)
	}
	_ = points(s.few(), func(q question) error { // it has no errors to tell
		at := s.telling(q, near[q.purpose])
		if at == nil {
			q.at, nth = situations[nth%len(situations)], nth+1
			shut = append(shut, q)
			return nil
		}
		for _, q.at = range at {
			ask = append(ask, q)
		}
		return nil
	})
	var done Compared
	for _, part := range []struct {
		ask  []question
		most int
	}{{ask, most}, {shut, max(most-len(ask), most/4)}} {
		step := max(1, (len(part.ask)+part.most-1)/part.most)
		for i := 0; i < len(part.ask); i += step {
			if err := s.compare(part.ask[i]); err != nil {
				return done, err
			}
			done.Questions++
		}
	}
	return done, nil
}

// near leaves out situations that differ only in what no rule for a purpose looks at;
// one in which all of that is at its best stays.
func (s *Snapshot) near(purpose string, all []Situation) []Situation {
	looks := map[string]bool{}
	for _, r := range s.rows {
		if r.Purpose == "*" || r.Purpose == purpose {
			for _, c := range s.conds[r.Cond] {
				looks[c.attr] = true
			}
		}
	}
	high := slices.MaxFunc(all, func(a, b Situation) int { return (a.Consent + a.Openness + a.K) - (b.Consent + b.Openness + b.K) })
	var out []Situation
	for _, at := range all {
		ok := at == high
		if !ok {
			ok = (looks["Consent"] || at.Consent == 0) && (looks["Openness"] || at.Openness == 0) && (looks["K"] || at.K == 0) &&
				(looks["Scrubbed"] || !at.Scrubbed) && (looks["Reviewed"] || !at.Reviewed) && (looks["Adult"] || !at.Adult)
		}
		if ok {
			out = append(out, at)
		}
	}
	return out
}

// telling picks one of all situations that look the same to both evaluators: the
// same clauses of the same rules hold, and the second gives the same answer. It
// returns nil where no rule allows and the second always says no.
func (s *Snapshot) telling(q question, all []Situation) []Situation {
	var clauses condition
	open := false
	for _, r := range s.rows {
		if q.who.sub.is(r.Sub) && s.covers(r, q.purpose, q.path, q.act) {
			clauses = append(clauses, s.conds[r.Cond]...)
			open = open || r.Effect == "allow"
		}
	}
	yes := make([]bool, len(all))
	for i, at := range all {
		yes[i] = s.twin.second.Allows(q.who.sub.question(q.purpose, q.path, q.act, at))
	}
	if !open && !slices.Contains(yes, true) {
		return nil
	}
	var out []Situation
	seen := map[string]bool{}
	for i, at := range all {
		look := []byte{byte(truthOf(yes[i]))}
		for _, c := range clauses {
			look = append(look, byte(truthOf(c.holds(at))))
		}
		if !seen[string(look)] {
			seen[string(look)] = true
			out = append(out, at)
		}
	}
	return out
}

func (s *Snapshot) compare(q question) error {
	_, err := s.ask(q.who.sub, q.purpose, q.path, q.act, q.at)
	return err
}

// few leaves out all but some of those whom rules name.
func (s *Snapshot) few() []Audience {
	all := s.Audiences()
	kinds := len(all) - len(s.named())
	if len(all) <= kinds+named {
		return all
	}
	out := all[:kinds:kinds]
	for i := range named {
		out = append(out, all[kinds+i*(len(all)-kinds)/named])
	}
	return out
}

// points visits every question without its situation, also those that guards
// answer before a rule is asked.
func points(who []Audience, visit func(question) error) error {
	fields := Fields()
	for _, a := range who {
		for _, purpose := range purposes() {
			for _, act := range []string{string(Full), string(Generalised), string(Count), string(Sealed)} {
				for _, f := range fields {
					if act == string(Sealed) && f.Class != ClassB {
						continue // the form is for class B alone, and asked about it
					}
					if err := visit(question{who: a, purpose: purpose, path: f.Path, act: act}); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}
