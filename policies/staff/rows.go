package staff

import (
	"encoding/csv"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/saphan-network/saphan/node/clinic"
)

// Row is one rule. Acts are joined by "|", or "*" for all of the type.
type Row struct{ ID, Role, Type, Acts, Cond, Effect string }

func (r Row) does(act string) bool {
	return r.Acts == "*" || slices.Contains(strings.Split(r.Acts, "|"), act)
}

// Rows returns the rules as they are, for those who read them.
func (p *Policy) Rows() []Row { return slices.Clone(p.rows) }

func parse(text string) (*Policy, error) {
	r := csv.NewReader(strings.NewReader(text))
	r.Comment = '#'
	r.FieldsPerRecord = 6
	records, err := r.ReadAll()
	if err != nil {
		return nil, err
	}
	p := &Policy{conds: map[string]condition{}, enforcers: map[string]*enforcer{}}
	seen := map[string]bool{}
	for i, rec := range records {
		row := Row{ID: rec[0], Role: rec[1], Type: rec[2], Acts: rec[3], Cond: rec[4], Effect: rec[5]}
		c, err := row.check()
		if err == nil && seen[row.ID] {
			err = errors.New("the rule stands twice")
		}
		if err != nil {
			return nil, fmt.Errorf("staff: rule %d (%s): %w", i+1, row.ID, err)
		}
		seen[row.ID] = true
		p.rows = append(p.rows, row)
		p.conds[row.Cond] = c
	}
	if len(p.rows) == 0 {
		return nil, errors.New("staff: no rules")
	}
	return p, nil
}

func (r Row) check() (condition, error) {
	for _, v := range []string{r.ID, r.Role, r.Type, r.Acts, r.Cond, r.Effect} {
		if v == "" || strings.TrimSpace(v) != v || !regexp.MustCompile(`^[ -~]+$`).MatchString(v) {
			return nil, errors.New("an empty cell, or a blank or invisible character around or in one")
		}
	}
	if !regexp.MustCompile(`^[a-z][a-z_]{1,47}$`).MatchString(r.ID) {
		return nil, errors.New("the rule's name is not lower_snake")
	}
	if r.Effect != "allow" && r.Effect != "deny" {
		return nil, errors.New("the effect is neither allow nor deny")
	}
	name, isRole := strings.CutPrefix(r.Role, "role:")
	if r.Role == "*" && r.Effect == "allow" || r.Role != "*" && (!isRole || !slices.Contains(append(Roles(), "system", "learner"), name)) {
		return nil, errors.New("unknown role, or everybody is allowed something")
	}
	known, ok := acts()[r.Type]
	if !ok {
		return nil, errors.New("unknown type")
	}
	if r.Acts != "*" {
		for _, a := range strings.Split(r.Acts, "|") {
			if !slices.Contains(known, a) {
				return nil, fmt.Errorf("unknown act %q", a)
			}
		}
	}
	return compile(r.Cond)
}

// condition is a compiled condition; all clauses must hold.
type condition []clause

type clause struct {
	text string
	attr string
	not  bool
	op   string // ">=", "<", or "" for a truth
	n    int
}

var (
	truth  = regexp.MustCompile(`^(!?)(Assigned|SameTeam|Open|Compartment|InCompartment|ConflictCleared|DraftedByAnother)$`)
	number = regexp.MustCompile(`^(Openness) (>=|<) ([0-2])$`)
)

// compile reads "true", or clauses joined by " && ", in a closed vocabulary.
func compile(text string) (condition, error) {
	if text == "true" {
		return condition{}, nil
	}
	var out condition
	for _, part := range strings.Split(text, " && ") {
		if m := truth.FindStringSubmatch(part); m != nil {
			out = append(out, clause{text: part, attr: m[2], not: m[1] == "!"})
			continue
		}
		m := number.FindStringSubmatch(part)
		if m == nil {
			return nil, fmt.Errorf("condition %q is outside of the closed vocabulary", part)
		}
		n, err := strconv.Atoi(m[3])
		if err != nil {
			return nil, err
		}
		out = append(out, clause{text: part, attr: m[1], op: m[2], n: n})
	}
	return out, nil
}

func (c clause) holds(o clinic.Object) bool {
	switch c.op {
	case ">=":
		return o.Openness >= c.n
	case "<":
		return o.Openness < c.n
	}
	value := map[string]bool{"Assigned": o.Assigned, "SameTeam": o.SameTeam, "Open": o.Open, "Compartment": o.Compartment,
		"InCompartment": o.InCompartment, "ConflictCleared": o.ConflictCleared, "DraftedByAnother": o.DraftedByAnother}[c.attr]
	return value != c.not
}

// failing returns the clauses that do not hold, as the rule writes them.
func (c condition) failing(o clinic.Object) []string {
	out := []string{}
	for _, one := range c {
		if !one.holds(o) {
			out = append(out, one.text)
		}
	}
	return out
}
