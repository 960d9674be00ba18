package staff

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"

	"github.com/saphan-network/saphan/node/clinic"
)

const modelText = `
[request_definition]
r = usr, type, act, obj
[policy_definition]
p = id, role, type, act, cond, eft
[role_definition]
g = _, _
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = r.type == p.type && r.act == p.act && (p.role == "*" || g(r.usr, p.role)) && cond(p.cond, r.obj)
`

// whoever is the subject of every question; who that is, its role set says.
const whoever = "user:whoever"

// enforcer is one casbin enforcer behind a lock: its role manager writes while it reads.
type enforcer struct {
	mu sync.Mutex
	e  *casbin.Enforcer
}

// build makes an enforcer for one set of roles.
func (p *Policy) build(roles []string) (*enforcer, error) {
	m, err := model.NewModelFromString(modelText)
	if err != nil {
		return nil, err
	}
	for _, r := range p.rows {
		list := strings.Split(r.Acts, "|")
		if r.Acts == "*" {
			list = acts()[r.Type]
		}
		for _, act := range list {
			if err := m.AddPolicy("p", "p", []string{r.ID, r.Role, r.Type, act, r.Cond, r.Effect}); err != nil {
				return nil, err
			}
		}
	}
	for _, role := range roles {
		if err := m.AddPolicy("g", "g", []string{whoever, role}); err != nil {
			return nil, err
		}
	}
	e, err := casbin.NewEnforcer(m)
	if err != nil {
		return nil, err
	}
	e.AddFunction("cond", func(args ...any) (any, error) {
		if len(args) != 2 {
			return false, errors.New("staff: cond takes a condition and an object")
		}
		text, ok1 := args[0].(string)
		obj, ok2 := args[1].(clinic.Object)
		c, known := p.conds[text]
		if !ok1 || !ok2 || !known {
			return false, fmt.Errorf("staff: a condition that was not compiled: %q", text)
		}
		return len(c.failing(obj)) == 0, nil
	})
	return &enforcer{e: e}, e.BuildRoleLinks()
}

// enforce asks casbin; the rule is the name of the deciding one, "" by default.
func (e *enforcer) enforce(obj clinic.Object, act string) (allowed bool, rule string, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	allowed, row, err := e.e.EnforceEx(whoever, obj.Type, act, obj)
	if err != nil {
		return false, "", err
	}
	if len(row) > 0 {
		rule = row[0]
	}
	return allowed, rule, nil
}
