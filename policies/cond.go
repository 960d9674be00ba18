package policies

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Situation is what conditions look at. Every zero value is the most
// restrictive one.
type Situation struct {
	Consent  int
	Openness int
	K        int
	Scrubbed bool // an anonymiser ran over the text and found nothing more
	Reviewed bool // a named person released the text
	Adult    bool
}

// condition is a compiled condition: all clauses must hold.
type condition []clause

// clause compares one attribute: >= n, < n, or (n is 0 or 1) a truth.
type clause struct {
	attr string
	op   string // ">=", "<", "is", "not"
	n    int
}

const maxNumber = 1000

// compile reads a condition: "true", or clauses joined by " && ". The
// vocabulary is closed: r.ctx.Consent, r.ctx.Openness and r.ctx.K with >= or <
// and a small number; r.ctx.Scrubbed, r.ctx.Reviewed and r.ctx.Adult, plain or
// with a leading "!". There is no evaluation of text at decision time.
func compile(text string) (condition, error) {
	if text == "true" {
		return condition{}, nil
	}
	var out condition
	for _, part := range strings.Split(text, " && ") {
		c, err := compileClause(part)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

func compileClause(part string) (clause, error) {
	if m := regexp.MustCompile(`^r\.ctx\.(Consent|Openness|K) (>=|<) (0|[1-9][0-9]{0,3})$`).FindStringSubmatch(part); m != nil {
		n, err := strconv.Atoi(m[3])
		if err != nil || n > maxNumber {
			return clause{}, fmt.Errorf("number out of range in condition %q", part)
		}
		return clause{attr: m[1], op: m[2], n: n}, nil
	}
	if m := regexp.MustCompile(`^(!?)r\.ctx\.(Scrubbed|Reviewed|Adult)$`).FindStringSubmatch(part); m != nil {
		return clause{attr: m[2], op: map[string]string{"": "is", "!": "not"}[m[1]]}, nil
	}
	return clause{}, fmt.Errorf("condition %q is outside of the closed vocabulary", part)
}

func (c clause) holds(s Situation) bool {
	switch c.op {
	case ">=":
		return s.number(c.attr) >= c.n
	case "<":
		return s.number(c.attr) < c.n
	case "is":
		return s.truth(c.attr)
	case "not":
		return !s.truth(c.attr)
	}
	return false
}

func (s Situation) number(attr string) int {
	return map[string]int{"Consent": s.Consent, "Openness": s.Openness, "K": s.K}[attr]
}

func (s Situation) truth(attr string) bool {
	return map[string]bool{"Scrubbed": s.Scrubbed, "Reviewed": s.Reviewed, "Adult": s.Adult}[attr]
}

func (c condition) holds(s Situation) bool { return len(c.failing(s)) == 0 }

// failing returns the clauses that do not hold.
func (c condition) failing(s Situation) []clause {
	var out []clause
	for _, one := range c {
		if !one.holds(s) {
			out = append(out, one)
		}
	}
	return out
}
