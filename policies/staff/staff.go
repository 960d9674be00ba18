// Package staff decides who may do what inside one server: roles, acts, and the
// attributes of a case, by casbin over validated rules (rules.csv). It
// implements clinic.Authority.
package staff

import (
	"context"
	_ "embed" // the rules
	"slices"
	"strings"
	"sync"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
)

//go:embed rules.csv
var text string

// Policy is the validated rules. It is immutable and safe for concurrent use.
type Policy struct {
	rows  []Row
	conds map[string]condition // by text

	mu        sync.Mutex
	enforcers map[string]*enforcer // by role set
}

// New validates the embedded rules; an error means that they cannot be used at all.
func New() (*Policy, error) { return parse(text) }

// Roles returns the roles that a person can be given, in the order of a form.
// The role system is the server's own and is not among them.
func Roles() []string {
	return []string{"caseworker", "lawyer", "supervisor", "intern", "volunteer", "network", "secretary", "auditor", "admin"}
}

// parents says which role has all that another has. learner is a role of rules,
// not of people.
func parents() [][2]string {
	return [][2]string{{"lawyer", "caseworker"}, {"supervisor", "caseworker"}, {"intern", "learner"}, {"volunteer", "learner"}}
}

// acts is the closed list of what can be done, by type of object.
func acts() map[string][]string {
	return map[string][]string{
		"case":       {"create", "list", "read", "update", "assign", "read-identity", "note", "consent", "close", "reopen"},
		"referral":   {"draft", "read", "submit", "approve", "send", "withdraw", "close"},
		"offer":      {"list", "read", "answer", "progress"},
		"handover":   {"read", "ask", "name", "open", "erase"},
		"register":   {"import", "decide"},
		"user":       {"manage"},
		"ledger":     {"read"},
		"policy":     {"read", "draft", "activate", "reject"},
		"record":     {"read"},
		"network":    {"read", "manage"},
		"membership": {"read", "invite", "decide", "suspend"},

		"publication": {"read", "write", "release", "withdraw"},

		"meeting": {"read", "propose", "reply", "work", "run"},
	}
}

// May answers nil, fault.Missing() when the actor may not even know of the
// object, or a fault.Forbidden. Whatever cannot be decided is denied.
func (p *Policy) May(_ context.Context, actor clinic.Actor, act string, obj clinic.Object) error {
	allowed, _, err := p.ask(actor, act, obj)
	if err != nil {
		return fault.Wrap(fault.Internal, "error.internal", err)
	}
	if allowed {
		return nil
	}
	if hidden(obj.Type) && act != "create" && act != "list" {
		knows, _, err := p.ask(actor, "read", obj)
		if err != nil || !knows || act == "read" {
			return fault.Missing()
		}
	}
	return fault.New(fault.Forbidden, "error.forbidden")
}

// hidden lists the types whose objects are not to be known of by who may not
// read them; an unknown type is one of them.
func hidden(typ string) bool {
	return !slices.Contains([]string{"register", "user", "ledger", "policy", "record", "network", "membership", "publication", "meeting"}, typ)
}

// Answer is a decision with its reason, for the page "why can I not do this".
type Answer struct {
	Allowed bool
	Rule    string   // name of the deciding rule, or ""
	Missing []string // what the nearest allowing rule still wants, e.g. "Assigned"
}

// Explain decides like May and says by which rule, or what is missing.
func (p *Policy) Explain(actor clinic.Actor, act string, obj clinic.Object) (Answer, error) {
	allowed, rule, err := p.ask(actor, act, obj)
	a := Answer{Allowed: allowed, Rule: rule}
	if err != nil || allowed || rule != "" {
		return a, err
	}
	has := rolesOf(actor)
	for _, r := range p.rows {
		if r.Effect != "allow" || r.Type != obj.Type || !r.does(act) || !slices.Contains(has, r.Role) {
			continue
		}
		if missing := p.conds[r.Cond].failing(obj); a.Missing == nil || len(missing) < len(a.Missing) {
			a.Missing = missing
		}
	}
	return a, nil
}

// rolesOf returns the actor's roles with those that they include, as rules name
// them, sorted. A role that is not known counts for nothing.
func rolesOf(actor clinic.Actor) []string {
	known := append(Roles(), "system")
	var out []string
	for _, r := range actor.Roles {
		if !slices.Contains(known, r) {
			continue
		}
		out = append(out, "role:"+r)
		for _, p := range parents() {
			if p[0] == r {
				out = append(out, "role:"+p[1])
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// ask puts one question to casbin, after what casbin must never be asked.
func (p *Policy) ask(actor clinic.Actor, act string, obj clinic.Object) (allowed bool, rule string, err error) {
	roles := rolesOf(actor)
	if !actor.Active || actor.UserID == "" || len(roles) == 0 || !slices.Contains(acts()[obj.Type], act) {
		return false, "", nil
	}
	if slices.Contains(roles, "role:system") && actor.UserID != clinic.System.UserID {
		return false, "", nil // nobody is given the server's own role
	}
	e, err := p.enforcer(roles)
	if err != nil {
		return false, "", err
	}
	return e.enforce(obj, act)
}

func (p *Policy) enforcer(roles []string) (*enforcer, error) {
	key := strings.Join(roles, " ")
	p.mu.Lock()
	defer p.mu.Unlock()
	if e := p.enforcers[key]; e != nil {
		return e, nil
	}
	e, err := p.build(roles)
	if err != nil {
		return nil, err
	}
	p.enforcers[key] = e // at most one for each set of the ten roles that people have
	return e, nil
}
