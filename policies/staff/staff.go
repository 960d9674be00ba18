// Package staff decides who may do what inside a server: roles from the account,
// attributes from the case at hand, rules in policy.csv, decided by casbin.
// Denying rules win; what no rule allows is denied; an inactive person may
// nothing. The administrator manages people and sees no case.
package staff

import (
	"context"
	_ "embed" // policy.csv
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
)

//go:embed policy.csv
var rules string

// modelText asks about one role at a time; May asks for each of the actor's.
const modelText = `
[request_definition]
r = role, kind, act, obj
[policy_definition]
p = role, kind, act, cond, eft
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = r.kind == p.kind && (p.act == "*" || r.act == p.act) && (p.role == "*" || holds(r.role, p.role)) && cond(p.cond, r.obj)
`

// Policy answers as a clinic.Authority. It is safe for concurrent use.
type Policy struct {
	mu    sync.Mutex // casbin's matcher cache writes while it reads
	e     *casbin.Enforcer
	roles map[string]bool
	conds map[string]condition
}

// New compiles the embedded rules; any row that is not understood is an error.
func New() (*Policy, error) { return compile(rules) }

// Roles lists the roles that a person may be given, "system" not among them.
func (p *Policy) Roles() []string {
	var out []string
	for r := range p.roles {
		if r != "*" && r != "system" {
			out = append(out, r)
		}
	}
	slices.Sort(out)
	return out
}

func compile(text string) (*Policy, error) {
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("staff: %w", err)
	}
	if len(rows) == 0 {
		return nil, errors.New("staff: no rules")
	}
	m, err := model.NewModelFromString(modelText)
	if err != nil {
		return nil, err
	}
	e, err := casbin.NewEnforcer(m, false)
	if err != nil {
		return nil, err
	}
	p := &Policy{e: e, roles: map[string]bool{}, conds: map[string]condition{}}
	for i, r := range rows {
		if err := p.add(r); err != nil {
			return nil, fmt.Errorf("staff: row %d: %w", i+1, err)
		}
	}
	e.AddFunction("holds", func(args ...any) (any, error) {
		have, ok1 := args[0].(string)
		want, ok2 := args[1].(string)
		return ok1 && ok2 && slices.Contains(strings.Split(have, " "), want), nil
	})
	e.AddFunction("cond", func(args ...any) (any, error) {
		text, ok1 := args[0].(string)
		obj, ok2 := args[1].(clinic.Object)
		c, ok3 := p.conds[text]
		if !ok1 || !ok2 || !ok3 {
			return false, errors.New("staff: a condition could not be asked")
		}
		return c.holds(obj), nil
	})
	return p, nil
}

func (p *Policy) add(r []string) error {
	if len(r) != 5 {
		return errors.New("a row has five fields")
	}
	for _, f := range r {
		if f == "" || f != strings.TrimSpace(f) {
			return errors.New("an empty or padded field")
		}
	}
	if r[4] != "allow" && r[4] != "deny" {
		return fmt.Errorf("the effect is allow or deny, not %q", r[4])
	}
	if (r[0] == "*" || r[2] == "*") && r[4] != "deny" {
		return errors.New("a star is for denying only")
	}
	c, err := parse(r[3])
	if err != nil {
		return err
	}
	p.conds[r[3]] = c
	p.roles[r[0]] = true
	ok, err := p.e.AddPolicy(r[0], r[1], r[2], r[3], r[4])
	if err == nil && !ok {
		err = errors.New("the row stands twice")
	}
	return err
}

// May answers nil, a fault.Forbidden for what the actor may know of but not do,
// or fault.Missing for what the actor may not even know.
func (p *Policy) May(_ context.Context, actor clinic.Actor, act string, obj clinic.Object) error {
	ok, err := p.ask(actor, act, obj)
	if err != nil {
		return fault.Wrap(fault.Internal, "error.internal", err)
	}
	if ok {
		return nil
	}
	if obj.ID == "" {
		return fault.New(fault.Forbidden, "error.forbidden")
	}
	if reads, err := p.ask(actor, "read", obj); err == nil && reads && act != "read" {
		return fault.New(fault.Forbidden, "error.forbidden")
	}
	return fault.Missing()
}

func (p *Policy) ask(actor clinic.Actor, act string, obj clinic.Object) (bool, error) {
	if !actor.Active || actor.UserID == "" || act == "" || act == "*" || obj.Type == "" {
		return false, nil
	}
	var roles []string
	for _, r := range actor.Roles {
		if p.roles[r] && r != "*" {
			roles = append(roles, r)
		}
	}
	if len(roles) == 0 {
		return false, nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.e.Enforce(strings.Join(roles, " "), obj.Type, act, obj)
}
