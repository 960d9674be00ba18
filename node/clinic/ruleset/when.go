package ruleset

import (
	"fmt"
	"strconv"
	"strings"
)

// Choice is a condition as a form offers it; the zero value is: always.
type Choice struct {
	Age      string // "child": not known to be of age; "adult"; "" for both
	Consent  int    // below this level; 0 for any
	Openness int    // below this level; 0 for any
	K        int    // fewer people than this share the data; 0 for any
}

// When is the condition in the words of the gate.
func (c Choice) When() string {
	var parts []string
	switch c.Age {
	case "child":
		parts = append(parts, "!r.ctx.Adult")
	case "adult":
		parts = append(parts, "r.ctx.Adult")
	}
	for _, n := range []struct {
		attr  string
		below int
	}{{"Consent", c.Consent}, {"Openness", c.Openness}, {"K", c.K}} {
		if n.below > 0 {
			parts = append(parts, fmt.Sprintf("r.ctx.%s < %d", n.attr, n.below))
		}
	}
	if len(parts) == 0 {
		return "true"
	}
	return strings.Join(parts, " && ")
}

// Terms reads a condition of the gate clause by clause; none means always. What
// is no condition gives none: the gate refuses it anyway.
func Terms(when string) []Term {
	if when == "true" {
		return nil
	}
	var out []Term
	for _, part := range strings.Split(when, " && ") {
		words := strings.Fields(strings.ReplaceAll(part, "r.ctx.", ""))
		switch len(words) {
		case 1:
			t := Term{Attr: strings.TrimPrefix(words[0], "!"), Op: "is"}
			if t.Attr != words[0] {
				t.Op = "not"
			}
			out = append(out, t)
		case 3:
			if n, err := strconv.Atoi(words[2]); err == nil {
				out = append(out, Term{Attr: words[0], Op: words[1], N: n})
			}
		}
	}
	return out
}

// ChoiceOf is the choice that makes a condition; false where no form offers it.
func ChoiceOf(when string) (Choice, bool) {
	var c Choice
	for _, t := range Terms(when) {
		switch {
		case t.Attr == "Adult" && t.Op == "is":
			c.Age = "adult"
		case t.Attr == "Adult":
			c.Age = "child"
		case t.Attr == "Consent" && t.Op == "<":
			c.Consent = t.N
		case t.Attr == "Openness" && t.Op == "<":
			c.Openness = t.N
		case t.Attr == "K" && t.Op == "<":
			c.K = t.N
		}
	}
	return c, c.When() == when
}
