package policies

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Snapshot is one validated, immutable set of rules together with the registry.
// It answers by casbin, through one small enforcer for each peer, purpose and
// form, made when it is first asked for; and a second evaluator must say the same.
type Snapshot struct {
	hash    string
	edition int64 // number of the version of the own rows; 0 where there is none
	rows    []Row
	conds   map[string]condition // by text
	fields  map[string]Field
	twin    twin

	mu        sync.Mutex
	enforcers map[string]*enforcer
}

// Compile validates the embedded rules and own, the rows of this server (seven
// cells each: name, who, purpose, field, form, condition, effect; deny only).
func Compile(own [][]string) (*Snapshot, error) {
	rows, err := Embedded()
	if err != nil {
		return nil, err
	}
	mine, err := makeRows(own, "own")
	if err != nil {
		return nil, err
	}
	return compileRows(append(rows, mine...))
}

// Embedded returns the rules that every server of the network carries: the floor
// and what the network has agreed.
func Embedded() ([]Row, error) {
	var out []Row
	for _, layer := range []string{"floor", "network"} {
		text, err := rules.ReadFile("rules/" + layer + ".csv")
		if err != nil {
			return nil, err
		}
		rows, err := readRows(string(text), layer)
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	return out, nil
}

func compileRows(rows []Row) (*Snapshot, error) {
	s := &Snapshot{rows: slices.Clone(rows), conds: map[string]condition{}, fields: map[string]Field{}, enforcers: map[string]*enforcer{}}
	seen := map[string]bool{}
	for _, r := range s.rows {
		if err := r.check(); err != nil {
			return nil, fmt.Errorf("policies: rule %s: %w", r.ID, err)
		}
		if seen[r.ID] {
			return nil, fmt.Errorf("policies: the rule %s stands twice", r.ID)
		}
		if r.Layer == "floor" && r.Effect != "deny" {
			return nil, fmt.Errorf("policies: the floor rule %s does not deny", r.ID)
		}
		seen[r.ID] = true
		c, err := compile(r.Cond)
		if err != nil {
			return nil, err
		}
		s.conds[r.Cond] = c
	}
	if !slices.ContainsFunc(s.rows, func(r Row) bool { return r.Layer == "floor" }) {
		return nil, errors.New("policies: rules without a floor")
	}
	for _, f := range Fields() {
		if _, twice := s.fields[f.Path]; twice {
			return nil, fmt.Errorf("policies: the field %s stands twice in the registry", f.Path)
		}
		s.fields[f.Path] = f
	}
	s.hash = s.fingerprint()
	twin, err := newTwin(s.rows)
	if err != nil {
		return nil, err
	}
	s.twin.second = twin
	return s, nil
}

// fingerprint covers every rule with its layer, and the registry: what a field's
// class is, and by which transforms it leaves, is part of the policy.
func (s *Snapshot) fingerprint() string {
	var lines []string
	for _, r := range s.rows {
		lines = append(lines, r.Layer+"\t"+r.String())
	}
	for _, f := range Fields() {
		lines = append(lines, fmt.Sprintf("field\t%s\t%s\t%t\t%t\t%s\t%s", f.Path, f.Class, f.S26, f.Quasi, strings.Join(f.Ladder, " "), strings.Join(f.Lists, " ")))
	}
	slices.Sort(lines)
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// Hash is "sha256:" + hex over the canonical rules and the registry.
func (s *Snapshot) Hash() string { return s.hash }

// Rows returns the rules, floor first.
func (s *Snapshot) Rows() []Row { return slices.Clone(s.rows) }

func (s *Snapshot) row(id string) (Row, bool) {
	for _, r := range s.rows {
		if r.ID == id {
			return r, true
		}
	}
	return Row{}, false
}

// field returns the registry's entry; an unknown path is class A.
func (s *Snapshot) field(path string) Field {
	if s == nil {
		return FieldOf(path)
	}
	if f, ok := s.fields[path]; ok {
		return f
	}
	return Field{Path: path, Class: ClassA, Release: "never"}
}

// traits of fields that rules may name beside the class.
const (
	traitSpecial = "trait:special"
	traitQuasi   = "trait:quasi"
)

// names returns under what a field can be addressed in a rule besides its path.
func (f Field) names() []string {
	out := []string{"class:" + strings.ToLower(string(f.Class))}
	if f.S26 {
		out = append(out, traitSpecial)
	}
	if f.Quasi {
		out = append(out, traitQuasi)
	}
	return out
}
