// Package second answers the gate's questions a second time. It reads the same
// rows as casbin does and shares no code with that path: where the two answer
// differently, one of them is wrong, and the gate lets nothing out any more. It
// was written from what the rows mean (deploy/adr/0010-two-evaluators.md), and
// says no to all that it does not know.
package second

import (
	"errors"
	"fmt"
	"strings"
)

// Row is one rule as it stands in a file, and in whose layer.
type Row struct {
	Layer                                         string // floor, network or own
	Name, Who, Purpose, Field, Form, When, Effect string
}

// Field is what the registry says of one field.
type Field struct {
	Path, Class    string
	Special, Quasi bool
}

// Peer is what the members list says of the receiving server.
type Peer struct {
	Actor, Tier, State, Role string
	Groups                   []string
}

// Question is one question to the rules.
type Question struct {
	Peer                        Peer
	Purpose, Path, Form         string
	Consent, Openness, K        int
	Scrubbed, Reviewed, IsAdult bool
}

// Rules are rows that were read without an objection.
type Rules struct {
	byPath map[string][]rule // of fields that rules may release at all; rows that speak of the field, in their order
	sealed map[string]bool   // fields of class B: they leave sealed, for a hand-over, and in no other way
	size   int
}

// rule is a row without its field: that is where it is kept.
type rule struct {
	who, kind, name string // whom it concerns; kind and name are the parts of who
	purpose, form   string
	when            []term
	denies          bool
}

// New reads rows and the registry, and refuses all of them for one that is not
// exactly a rule.
func New(rows []Row, fields []Field) (*Rules, error) {
	out := &Rules{byPath: map[string][]rule{}, sealed: map[string]bool{}, size: len(rows)}
	for _, f := range fields {
		if _, twice := out.byPath[f.Path]; twice || f.Path == "" || len(f.Class) != 1 || f.Class < "A" || f.Class > "E" {
			return nil, fmt.Errorf("second: the field %s stands twice or is of no class", f.Path)
		}
		out.byPath[f.Path] = nil
	}
	names, floor := map[string]bool{}, false
	for _, row := range rows {
		r, err := read(row)
		if err != nil {
			return nil, fmt.Errorf("second: rule %s: %w", row.Name, err)
		}
		if names[row.Name] {
			return nil, fmt.Errorf("second: the rule %s stands twice", row.Name)
		}
		names[row.Name], floor = true, floor || row.Layer == "floor"
		found := false
		for _, f := range fields {
			if speaks(row.Field, f) {
				found = true
				out.byPath[f.Path] = append(out.byPath[f.Path], r)
			}
		}
		if !found && !isKind(row.Field) {
			return nil, fmt.Errorf("second: rule %s speaks of no field", row.Name)
		}
	}
	if !floor {
		return nil, errors.New("second: rules without a floor")
	}
	for _, f := range fields {
		if out.sealed[f.Path] = f.Class == "B" && strings.HasPrefix(f.Path, "handover/"); out.sealed[f.Path] {
			continue
		}
		if f.Class != "C" && f.Class != "D" && f.Class != "E" {
			delete(out.byPath, f.Path) // no rule is asked about what never leaves
		}
	}
	return out, nil
}

// Allows answers one question: some rule must let the field out, and none keep it in.
func (r *Rules) Allows(q Question) bool {
	if r == nil || q.Peer.Actor == "" || q.Consent < 0 || q.Openness < 0 || q.K < 0 || !oneOf(q.Purpose, purposes) || !oneOf(q.Form, forms) {
		return false
	}
	if r.sealed[q.Path] != (q.Form == "sealed") || q.Form == "sealed" && q.Purpose != "handover" {
		return false
	}
	standing := standingOf(q.Peer)
	if standing == nobody {
		return false
	}
	yes := false
	for _, one := range r.byPath[q.Path] {
		if (one.purpose != everything && one.purpose != q.Purpose) || (one.form != everything && one.form != q.Form) {
			continue
		}
		if !one.concerns(q.Peer, standing) || !hold(one.when, q) {
			continue
		}
		if one.denies {
			return false
		}
		yes = true
	}
	return yes
}
