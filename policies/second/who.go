package second

import "strings"

// standing is what a server is in the network at present.
type standing int

const (
	nobody    standing = iota // may receive nothing: it has left, or the list does not say what it is
	member                    // in good standing, of the tier that the list says
	hub                       // the secretariat
	candidate                 // invited, or asking to join
	suspended                 // a member without rights: it is told about its membership only
	outside                   // not of the network: whoever follows the hub's public actor, and everybody
)

var tiers = []string{"provisional", "full", "affiliate", "observer", "secretariat"}

func standingOf(p Peer) standing {
	switch p.State {
	case "left":
		return nobody
	case "suspended":
		if p.Role == "member" {
			return suspended
		}
		return nobody
	}
	switch p.Role {
	case "hub":
		return hub
	case "candidate":
		return candidate
	case "public":
		return outside
	case "member":
		if p.State == "active" && oneOf(p.Tier, tiers) {
			return member
		}
	}
	return nobody
}

// somebody accepts the audiences that a rule may name.
func somebody(who string) bool {
	kind, name, _ := strings.Cut(who, ":")
	switch kind {
	case "role":
		return name == "member" || name == "network" || name == "candidate" || name == "suspended" || name == "public" || oneOf(name, tiers)
	case "wg":
		return len(name) <= 48 && word(strings.ReplaceAll(name, "-", "_"))
	case "org":
		return address(name)
	}
	return false
}

// address accepts the IRI of an actor, without anything that a rule or a
// question could be read wrongly by.
func address(iri string) bool {
	rest, ok := strings.CutPrefix(iri, "https://")
	if !ok {
		rest, ok = strings.CutPrefix(iri, "http://")
	}
	return ok && rest != "" && rest[0] != '/' && len(iri) <= 280 && !strings.ContainsAny(iri, " \\<>{}|^`@?")
}

// concerns reports whether a row's audience has the peer in it.
func (r rule) concerns(p Peer, is standing) bool {
	switch r.kind {
	case everything:
		return true
	case "org":
		return r.name == p.Actor
	case "wg":
		return (is == member || is == hub) && oneOf(r.name, p.Groups)
	case "role":
		return plays(r.name, p, is)
	}
	return false
}

func plays(role string, p Peer, is standing) bool {
	switch role {
	case "network":
		return is == member || is == hub
	case "member":
		return is == member && (p.Tier == "full" || p.Tier == "provisional")
	case "secretariat":
		return is == hub || (is == member && p.Tier == "secretariat")
	case "candidate":
		return is == candidate
	case "suspended":
		return is == suspended
	case "public":
		return is == outside
	}
	return is == member && role == p.Tier
}
