package staff

import (
	"fmt"
	"strings"

	"github.com/saphan-network/saphan/node/clinic"
)

// condition is a compiled condition: all clauses must hold. The vocabulary is
// closed, and nothing is evaluated as text at decision time.
type condition []func(clinic.Object) bool

func (c condition) holds(o clinic.Object) bool {
	for _, f := range c {
		if !f(o) {
			return false
		}
	}
	return true
}

func parse(text string) (condition, error) {
	if text == "true" {
		return condition{}, nil
	}
	var out condition
	for _, part := range strings.Split(text, " && ") {
		f, ok := clauses()[part]
		if !ok {
			return nil, fmt.Errorf("the condition %q is outside of the vocabulary", part)
		}
		out = append(out, f)
	}
	return out, nil
}

// clauses is the vocabulary. Only being outside of a compartment is asked in the
// negative, because its zero value (not on the list) is the stricter one.
func clauses() map[string]func(clinic.Object) bool {
	return map[string]func(clinic.Object) bool{
		"Assigned":         func(o clinic.Object) bool { return o.Assigned },
		"SameTeam":         func(o clinic.Object) bool { return o.SameTeam },
		"Open":             func(o clinic.Object) bool { return o.Open },
		"Openness >= 1":    func(o clinic.Object) bool { return o.Openness >= 1 },
		"Openness >= 2":    func(o clinic.Object) bool { return o.Openness >= 2 },
		"Compartment":      func(o clinic.Object) bool { return o.Compartment },
		"InCompartment":    func(o clinic.Object) bool { return o.Compartment && o.InCompartment },
		"!InCompartment":   func(o clinic.Object) bool { return !o.InCompartment },
		"DraftedByAnother": func(o clinic.Object) bool { return o.DraftedByAnother },
	}
}
