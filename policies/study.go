package policies

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Explanation is what can be said of one field without a peer or a case.
type Explanation struct {
	Field
	Known bool  // the registry has it; an unknown field is class A
	Deny  []Row // rules that can keep it in
	Allow []Row // rules that can let it out
}

// Explain tells what is known of a field and which rules speak of it.
func (s *Snapshot) Explain(path string) Explanation {
	f := s.field(path)
	_, known := s.fields[path]
	e := Explanation{Field: f, Known: known}
	for _, r := range s.rows {
		speaks := fieldMatch(path, r.Obj) || slices.Contains(f.names(), r.Obj)
		switch {
		case speaks && r.Effect == "deny":
			e.Deny = append(e.Deny, r)
		case speaks && (f.Class == ClassC || f.Class == ClassD || f.Class == ClassE || f.sealable()):
			e.Allow = append(e.Allow, r)
		}
	}
	return e
}

// MatrixRow says in which form one field can reach each audience at best.
type MatrixRow struct {
	Purpose, Path string
	Class         Class
	Forms         map[string]Form // by name of the audience
}

// Matrix answers, by casbin, in which form every field can reach every audience
// when consent, openness and numbers are at their best.
func (s *Snapshot) Matrix() ([]MatrixRow, error) {
	best := Situation{Consent: 3, Openness: 3, K: maxNumber, Scrubbed: true, Reviewed: true, Adult: true}
	var out []MatrixRow
	for _, f := range Fields() {
		row := MatrixRow{Purpose: purposeOf(f.Path), Path: f.Path, Class: f.Class, Forms: map[string]Form{}}
		for _, a := range s.Audiences() {
			row.Forms[a.Name] = Withheld
			for _, form := range []Form{Sealed, Generalised, Full} {
				if f.Class == ClassC && form == Full || !f.open(row.Purpose, string(form)) {
					continue
				}
				v, err := s.ask(a.sub, row.Purpose, f.Path, string(form), best)
				if err != nil {
					return nil, err
				}
				if v.allowed {
					row.Forms[a.Name] = form
				}
			}
		}
		out = append(out, row)
	}
	return out, nil
}

func purposeOf(path string) string {
	head, _, _ := strings.Cut(path, "/")
	return map[string]string{"referral": Referral, "handover": Handover, "engagement": Feedback, "activity": Protocol, "membership": Membership, "members": Membership, "application": Membership,
		"public": Publish, "meeting": Meeting, "lesson": Lesson}[head]
}

// Finding is a rule that changes nothing.
type Finding struct {
	Rule  Row
	Kind  string // dead: it never matches anything; shadowed: other rules decide the same without it
	Guard bool   // a rule of the floor, kept as a second line on purpose
}

// Lint tries every question and finds the rules without which all answers would
// be the same.
func (s *Snapshot) Lint() []Finding {
	matched, decisive := make([]bool, len(s.rows)), make([]bool, len(s.rows))
	at := s.situations()
	g := s.grid(at)
	_ = points(s.Audiences(), func(q question) error { // visiting has no errors
		if !s.asked(q) {
			return nil
		}
		r := g.ruling(q.who.sub, q.purpose, q.path, q.act)
		for i := range at {
			allows, denies, only := 0, 0, [2]int{}
			for j, when := range r.when {
				if !when[i] {
					continue
				}
				matched[r.rows[j]], only[truthOf(r.deny[j])] = true, r.rows[j]
				if r.deny[j] {
					denies++
				} else {
					allows++
				}
			}
			switch {
			case allows > 0 && denies == 1:
				decisive[only[1]] = true
			case allows == 1 && denies == 0:
				decisive[only[0]] = true
			}
		}
		return nil
	})
	var out []Finding
	for i, r := range s.rows {
		if decisive[i] {
			continue
		}
		f := Finding{Rule: r, Kind: "dead", Guard: r.Layer == "floor"}
		if matched[i] {
			f.Kind = "shadowed"
		}
		out = append(out, f)
	}
	return out
}

// Change is what another set of rules answers differently, for one audience,
// purpose, field and form.
type Change struct {
	Audience, Purpose, Path string
	Form                    Form
	Allows                  bool      // newly allowed; otherwise newly denied
	Questions               int       // in how many situations
	Example                 Situation // one of them
}

// Diff tries every question on both sets of rules and returns what changes from
// s to other.
func (s *Snapshot) Diff(other *Snapshot) []Change {
	var out []Change
	s.changes(other, func(who Audience, purpose, path, act string, at []Situation, before, after []bool) {
		for _, allows := range []bool{true, false} {
			c := Change{Audience: who.Name, Purpose: purpose, Path: path, Form: Form(act), Allows: allows}
			for i := range at {
				if before[i] == after[i] || after[i] != allows {
					continue
				}
				if c.Questions == 0 {
					c.Example = at[i]
				}
				c.Questions++
			}
			if c.Questions > 0 {
				out = append(out, c)
			}
		}
	})
	slices.SortStableFunc(out, func(a, b Change) int {
		return cmp.Or(cmp.Compare(a.Audience, b.Audience), cmp.Compare(a.Purpose, b.Purpose), cmp.Compare(a.Path, b.Path))
	})
	return out
}

func (s *Snapshot) answers(q question) bool {
	allow, deny := s.matching(q)
	return len(allow) > 0 && len(deny) == 0
}

// CaseResult is the outcome of one embedded example.
type CaseResult struct {
	Rule, Audience, Purpose, Path, Form string
	Situation                           Situation
	Want, Got                           string // name of the deciding rule when allowed, a reason's message key when denied
	OK                                  bool
}

// Test runs the examples that belong to the embedded rules (rules/cases.csv) by
// casbin: what each allowing rule must let out, and what it must not, and why. A
// form with the word reviewed behind it is asked about a text that was released.
func (s *Snapshot) Test() ([]CaseResult, error) {
	text, err := rules.ReadFile("rules/cases.csv")
	if err != nil {
		return nil, err
	}
	r := csv.NewReader(strings.NewReader(string(text)))
	r.Comment, r.FieldsPerRecord = '#', 9
	records, err := r.ReadAll()
	if err != nil {
		return nil, err
	}
	var out []CaseResult
	for i, rec := range records {
		c, err := s.example(rec)
		if err != nil {
			return nil, fmt.Errorf("policies: example %d: %w", i+1, err)
		}
		out = append(out, c)
	}
	return out, nil
}

func (s *Snapshot) example(rec []string) (CaseResult, error) {
	c := CaseResult{Rule: rec[0], Audience: rec[1], Purpose: rec[2], Path: rec[3], Form: rec[4], Want: rec[8]}
	c.Form, c.Situation.Reviewed = strings.CutSuffix(c.Form, " reviewed")
	for i, n := range []*int{&c.Situation.Consent, &c.Situation.Openness, &c.Situation.K} {
		v, err := strconv.Atoi(rec[5+i])
		if err != nil {
			return c, err
		}
		*n = v
	}
	if _, ok := s.row(c.Rule); !ok {
		return c, fmt.Errorf("there is no rule %q", c.Rule)
	}
	who := slices.IndexFunc(s.Audiences(), func(a Audience) bool { return a.Name == c.Audience })
	if who < 0 {
		return c, fmt.Errorf("there is no audience %q", c.Audience)
	}
	sub := s.Audiences()[who].sub
	v, err := s.ask(sub, c.Purpose, c.Path, c.Form, c.Situation)
	if err != nil {
		return c, err
	}
	c.Got = v.rule
	if !v.allowed {
		c.Got = s.whyNot(sub, c.Purpose, c.Path, Form(c.Form), c.Situation, v).why
	}
	c.OK = c.Got == c.Want
	return c, nil
}
