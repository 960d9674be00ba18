package policies

import (
	"errors"
	"fmt"
	"sync"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"
)

// modelText is the casbin model of one enforcer. Purpose and form have been
// matched before (they choose the enforcer), and rules about others left out;
// who, which field, under what condition, and that denying rules win, is
// casbin's to say.
const modelText = `
[request_definition]
r = sub, obj, ctx
[policy_definition]
p = id, sub, obj, cond, eft
[role_definition]
g = _, _
g2 = _, _
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = (p.sub == "*" || g(r.sub, p.sub)) && (fieldMatch(r.obj, p.obj) || g2(r.obj, p.obj)) && cond(p.cond, r.ctx)
`

// maxEnforcers bounds what a snapshot keeps; beyond it, it starts again.
const maxEnforcers = 4096

// enforcer is one casbin enforcer behind a lock: casbin's role manager writes
// while it reads.
type enforcer struct {
	mu sync.Mutex
	e  *casbin.Enforcer
}

// verdict is one answer: what was decided and by which rule; no rule means that
// nothing allowed it.
type verdict struct {
	allowed bool
	rule    string // id, or ""
}

// first puts one question to casbin. Any error is a denial.
func (s *Snapshot) first(sub subject, purpose, path, act string, at Situation) (verdict, error) {
	if f, known := s.fields[path]; !known || !f.open(purpose, act) {
		return verdict{}, nil // no rule is asked about what never leaves here
	}
	e, err := s.enforcer(sub, purpose, act)
	if err != nil {
		return verdict{}, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	allowed, rule, err := e.e.EnforceEx(sub.id, path, at)
	if err != nil {
		return verdict{}, err
	}
	v := verdict{allowed: allowed}
	if len(rule) > 0 {
		v.rule = rule[0]
	}
	return v, nil
}

func (s *Snapshot) enforcer(sub subject, purpose, act string) (*enforcer, error) {
	key := purpose + " " + act + " " + sub.key()
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.enforcers[key]; e != nil {
		return e, nil
	}
	e, err := s.build(sub, purpose, act)
	if err != nil {
		return nil, err
	}
	if len(s.enforcers) >= maxEnforcers {
		clear(s.enforcers)
	}
	s.enforcers[key] = e
	return e, nil
}

// forget drops the enforcers that were made; each is made again when it is asked.
func (s *Snapshot) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.enforcers)
}

// build makes an enforcer of the rules that can concern one peer for one purpose
// and form, with the peer's roles and the classes of all fields.
func (s *Snapshot) build(sub subject, purpose, act string) (*enforcer, error) {
	m, err := model.NewModelFromString(modelText)
	if err != nil {
		return nil, err
	}
	add := func(sec, ptype string, rule ...string) {
		if err == nil {
			err = m.AddPolicy(sec, ptype, rule)
		}
	}
	for _, r := range s.rows {
		if sub.is(r.Sub) && (r.Purpose == "*" || r.Purpose == purpose) && (r.Act == "*" || r.Act == act) {
			add("p", "p", r.ID, r.Sub, r.Obj, r.Cond, r.Effect)
		}
	}
	for _, role := range sub.roles {
		add("g", "g", sub.id, role)
	}
	for _, f := range s.fields {
		for _, name := range f.names() {
			add("g", "g2", f.Path, name)
		}
	}
	if err != nil {
		return nil, err
	}
	e, err := casbin.NewEnforcer(m)
	if err != nil {
		return nil, err
	}
	e.AddFunction("fieldMatch", func(args ...any) (any, error) { return matchArgs(args) })
	e.AddFunction("cond", func(args ...any) (any, error) { return s.condArgs(args) })
	return &enforcer{e: e}, e.BuildRoleLinks()
}

func matchArgs(args []any) (bool, error) {
	if len(args) != 2 {
		return false, errors.New("policies: fieldMatch takes a path and a pattern")
	}
	path, ok1 := args[0].(string)
	pattern, ok2 := args[1].(string)
	if !ok1 || !ok2 {
		return false, errors.New("policies: fieldMatch takes two strings")
	}
	return fieldMatch(path, pattern), nil
}

func (s *Snapshot) condArgs(args []any) (bool, error) {
	if len(args) != 2 {
		return false, errors.New("policies: cond takes a condition and a situation")
	}
	text, ok1 := args[0].(string)
	at, ok2 := args[1].(Situation)
	c, known := s.conds[text]
	if !ok1 || !ok2 || !known {
		return false, fmt.Errorf("policies: a condition that was not compiled: %q", text)
	}
	return c.holds(at), nil
}
