package policies

import (
	"slices"
	"strings"
)

// Effect is one thing that another set of rules changes: a field that newly
// reaches, or no longer reaches, some kinds of recipients.
type Effect struct {
	Purpose, Path string
	Form          Form
	Allows        bool     // it newly leaves; otherwise it no longer does
	Audiences     []string // by name, see Audience
	Whole         bool     // in all situations in which it left (or now leaves) at all
	When          []Term   // not Whole: in those in which all of this holds
	Partly        bool     // not Whole, and When says less than all: only in some of those situations
	Message       bool     // the message as a whole, or what it cannot do without: nothing of the purpose leaves
	Questions     int      // how many questions are answered otherwise
}

// Effects tries every question on both sets of rules and puts together what
// changes from s to other, for people to read.
func (s *Snapshot) Effects(other *Snapshot) []Effect {
	var out []Effect
	find := map[string]int{}
	s.changes(other, func(who Audience, purpose, path, act string, at []Situation, before, after []bool) {
		for _, allows := range []bool{false, true} {
			from, to := before, after
			if allows {
				from, to = after, before
			}
			e := Effect{Purpose: purpose, Path: path, Form: Form(act), Allows: allows, Message: isMessage(path) || slices.Contains(required(purpose), path)}
			var gone, kept []Situation
			for i := range at {
				if from[i] && !to[i] {
					gone = append(gone, at[i])
				} else if from[i] {
					kept = append(kept, at[i])
				}
			}
			if len(gone) == 0 {
				continue
			}
			e.Questions = len(gone)
			if e.Whole = len(kept) == 0; !e.Whole {
				e.When, e.Partly = apart(gone, kept)
			}
			key := e.key()
			i, ok := find[key]
			if !ok {
				i, out = len(out), append(out, e)
				find[key] = i
				out[i].Questions = 0
			}
			out[i].Audiences = append(out[i].Audiences, who.Name)
			out[i].Questions += e.Questions
		}
	})
	return out
}

func (e Effect) key() string {
	parts := []string{e.Purpose, e.Path, string(e.Form)}
	for _, b := range []bool{e.Allows, e.Whole, e.Partly} {
		parts = append(parts, map[bool]string{true: "1", false: "0"}[b])
	}
	for _, t := range e.When {
		parts = append(parts, t.Attr+t.Op+string(rune('0'+t.N)))
	}
	return strings.Join(parts, "\n")
}

// changes visits every point of the space at which two sets of rules differ.
func (s *Snapshot) changes(other *Snapshot, visit func(who Audience, purpose, path, act string, at []Situation, before, after []bool)) {
	at := s.situations(other)
	a, b := s.grid(at), other.grid(at)
	before, after := make([]bool, len(at)), make([]bool, len(at))
	_ = points(s.both(other), func(q question) error { // visiting has no errors
		ra, rb := a.ruling(q.who.sub, q.purpose, q.path, q.act), b.ruling(q.who.sub, q.purpose, q.path, q.act)
		if !ra.open && !rb.open {
			return nil
		}
		differ := false
		for i := range at {
			before[i], after[i] = ra.allows(i), rb.allows(i)
			differ = differ || before[i] != after[i]
		}
		if differ && s.asked(q) {
			visit(q.who, q.purpose, q.path, q.act, at, before, after)
		}
		return nil
	})
}

// asked leaves out what guards decide.
func (s *Snapshot) asked(q question) bool {
	f := s.field(q.path)
	return f.open(q.purpose, q.act) && (f.Class != ClassC || q.act != string(Full))
}

// apart finds the clauses that tell situations from others, as few as will do;
// partly reports that none do.
func apart(gone, kept []Situation) (terms []Term, partly bool) {
	try := candidates(gone, kept)
	if !separates(try, kept) {
		return strip(try, kept, false), true
	}
	return strip(try, kept, true), false
}

// candidates are the clauses that hold in all of gone and not in all of kept.
func candidates(gone, kept []Situation) []Term {
	var out []Term
	for _, attr := range []string{"Adult", "Reviewed", "Scrubbed"} {
		yes, no := false, false
		for _, at := range gone {
			yes, no = yes || at.truth(attr), no || !at.truth(attr)
		}
		op := map[bool]string{true: "is", false: "not"}[yes]
		if yes != no && slices.ContainsFunc(kept, func(at Situation) bool { return at.truth(attr) != yes }) {
			out = append(out, Term{Attr: attr, Op: op})
		}
	}
	for _, attr := range []string{"K", "Consent", "Openness"} {
		low, high := maxNumber, 0
		for _, at := range gone {
			low, high = min(low, at.number(attr)), max(high, at.number(attr))
		}
		above, below := maxNumber+1, false
		for _, at := range kept {
			if n := at.number(attr); n > high {
				above = min(above, n)
			} else if n < low {
				below = true
			}
		}
		if above <= maxNumber {
			out = append(out, Term{Attr: attr, Op: "<", N: above})
		}
		if below {
			out = append(out, Term{Attr: attr, Op: ">=", N: low})
		}
	}
	return out
}

func separates(terms []Term, kept []Situation) bool {
	return !slices.ContainsFunc(kept, func(at Situation) bool {
		return !slices.ContainsFunc(terms, func(t Term) bool { return !clause{t.Attr, t.Op, t.N}.holds(at) })
	})
}

// strip leaves out the clauses without which the others tell as much.
func strip(terms []Term, kept []Situation, whole bool) []Term {
	for i := len(terms) - 1; i >= 0 && whole; i-- {
		less := slices.Delete(slices.Clone(terms), i, i+1)
		if separates(less, kept) {
			terms = less
		}
	}
	return terms
}
