package policies

import "context"

// atLoad bounds how many questions are put to both evaluators when rules are
// loaded, and named how many of the organisations and groups that rules name
// are among those who are asked about: a server must start in a moment. What
// is left out then is compared when it is really asked, as each question is.
const (
	atLoad = 4000
	named  = 4
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

// compareSome is what there is time for when rules are loaded. It is the same
// for the same rules: whatever can leave in some situation is asked about in
// all of them, and the rest in one, another for each question. Where that is
// too much, it is every fifth, seventh, … of them, so that it is not always
// the same situations that are left out.
func (s *Snapshot) compareSome(most int) (Compared, error) {
	who, situations := s.few(), s.situations()
	var ask []question
	nth := 0
	_ = points(who, func(q question) error { // it has no errors to tell
		open := false
		for _, q.at = range situations {
			open = open || s.twin.second.Allows(q.who.sub.question(q.purpose, q.path, q.act, q.at))
		}
		if !open {
			q.at = situations[nth%len(situations)]
			ask, nth = append(ask, q), nth+1
			return nil
		}
		for _, q.at = range situations {
			ask = append(ask, q)
		}
		return nil
	})
	var done Compared
	step := (len(ask) + most - 1) / most
	for common(step, len(situations)) > 1 {
		step++
	}
	for i := 0; i < len(ask); i += step {
		if err := s.compare(ask[i]); err != nil {
			return done, err
		}
		done.Questions++
	}
	return done, nil
}

func (s *Snapshot) compare(q question) error {
	_, err := s.ask(q.who.sub, q.purpose, q.path, q.act, q.at)
	return err
}

func common(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
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
			for _, act := range []string{string(Full), string(Generalised), string(Count)} {
				for _, f := range fields {
					if err := visit(question{who: a, purpose: purpose, path: f.Path, act: act}); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}
