package policies

import (
	"context"
	"slices"
	"strings"

	"github.com/saphan-network/saphan/federation/vocabulary"
)

// Roles that rules may name. Who has which comes from the members list alone.
const (
	roleMember      = "role:member"      // full and provisional
	roleNetwork     = "role:network"     // every active member, and the secretariat
	roleSecretariat = "role:secretariat" // the hub
	roleCandidate   = "role:candidate"   // invited, or asking to join
	roleSuspended   = "role:suspended"   // a member for a time without rights, in what concerns its membership
)

func roleNames() []string {
	return []string{"role:full", "role:provisional", "role:affiliate", "role:observer", roleSecretariat, roleMember, roleNetwork, roleCandidate, roleSuspended, rolePublic}
}

// subject is a peer with its roles and groups, under names that the gate makes itself.
type subject struct {
	peer  Peer     // as the members list has it, for the second evaluator
	id    string   // org: + IRI
	roles []string // role:… and wg:…, sorted
}

func (s subject) is(sub string) bool {
	return sub == "*" || sub == s.id || slices.Contains(s.roles, sub)
}

// key tells subjects apart within a snapshot.
func (s subject) key() string { return s.id + " " + strings.Join(s.roles, " ") }

// subjectOf looks the peer up; why is a message key when it may receive nothing.
// Who is suspended is told so, and nothing else; and a server that is suspended
// itself says nothing to the other members.
func (g *Gate) subjectOf(ctx context.Context, actor, purpose string) (s subject, why string, err error) {
	if !isActorIRI(actor) {
		return subject{}, "policy.why.no_peer", nil
	}
	p, known, err := g.peers(ctx, actor)
	if err != nil {
		return subject{}, "policy.why.failed", err
	}
	if !known || p.Actor != actor {
		return subject{}, "policy.why.no_peer", nil
	}
	if p.Role == "member" && actor != g.self {
		self, listed, err := g.peers(ctx, g.self)
		switch {
		case err != nil:
			return subject{}, "policy.why.failed", err
		case listed && self.Role == "member" && self.State != "active":
			return subject{}, "policy.why.self_suspended", nil
		case p.State == "suspended" && purpose == Membership:
			return subject{peer: p, id: "org:" + actor, roles: []string{roleSuspended}}, "", nil
		}
	}
	roles, why := rolesOf(p)
	return subject{peer: p, id: "org:" + actor, roles: roles}, why, nil
}

func rolesOf(p Peer) (roles []string, why string) {
	switch {
	case p.State == "suspended":
		return nil, "policy.why.suspended"
	case p.State == "left":
		return nil, "policy.why.left"
	case p.State == StateStale:
		return nil, "policy.why.list_stale"
	case p.Role == "hub":
		roles = []string{roleSecretariat, roleNetwork}
	case p.Role == RolePublic:
		return []string{rolePublic}, ""
	case p.Role == "candidate":
		return []string{roleCandidate}, ""
	case p.Role != "member" || p.State != "active" || !vocabulary.Has("member_tier", p.Tier):
		return nil, "policy.why.no_peer"
	default:
		roles = []string{"role:" + p.Tier, roleNetwork}
		if p.Tier == "full" || p.Tier == "provisional" {
			roles = append(roles, roleMember)
		}
	}
	for _, name := range p.Groups {
		if groupName.MatchString(name) {
			roles = append(roles, "wg:"+name)
		}
	}
	slices.Sort(roles)
	return slices.Compact(roles), ""
}

// isActorIRI accepts addresses that can stand in a rule and in a subject.
func isActorIRI(s string) bool {
	if !strings.HasPrefix(s, "https://") && !strings.HasPrefix(s, "http://") {
		return false
	}
	_, rest, _ := strings.Cut(s, "://")
	return len(s) <= 280 && rest != "" && !strings.HasPrefix(rest, "/") && cleanCell(s) == nil && !strings.ContainsAny(s, " \\<>{}|^`@?")
}
