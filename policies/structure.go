package policies

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/opaque"
)

// structural answers whether a leaf is what the structure of a message needs at
// its place, and nothing that could carry more. unknown tests answer no.
func (g *Gate) structural(test string, l leaf, d Decision) bool {
	if l.num {
		return g.structuralNumber(test, l, d)
	}
	switch test {
	case "self", "self type":
		return l.text == g.self
	case "peer":
		return l.text == d.Peer
	case "activity id":
		return g.own(l.text, "/ap/act/")
	case "referral id":
		return g.own(l.text, "/ap/ref/")
	case "engagement id":
		return g.own(l.text, "/ap/eng/")
	case "membership id":
		return g.own(l.text, "/ap/membership/")
	case "members id":
		return l.text == g.origin+"/ap/members"
	case "reference":
		return l.text == g.self || l.text == d.Peer || g.own(l.text, "/ap/") || theirs(l.text, d.Peer)
	case "peer reference":
		return theirs(l.text, d.Peer)
	case "hour":
		return g.recentHour(l.text)
	case "policy":
		return l.text == d.Policy
	case "transform":
		return contains(d.Transforms(), l.text)
	case "referral schema":
		return l.text == "referral-stage1/1"
	case "relationship":
		return relationship.MatchString(l.text)
	}
	if ok, known := g.structuralPublic(test, l); known {
		return ok
	}
	if ok, known := g.structuralHandover(test, l, d); known {
		return ok
	}
	if ok, known := g.structuralLesson(test, l); known {
		return ok
	}
	if ok, known := g.structuralMeeting(test, l); known {
		return ok
	}
	want, known := map[string]string{
		"referral type": "Article Referral", "engagement type": "Article Engagement", "membership type": "Relationship Membership",
		"members type": "OrderedCollection", "application type": "Note MembershipRequest", "organisation type": "Organization", "multikey type": "Multikey", "proof word": "DataIntegrityProof eddsa-jcs-2022 assertionMethod",
		"activity type": "Offer Read TentativeAccept Accept Reject Update Undo Join Leave Invite Add View Delete",
	}[test]
	return known && contains(strings.Fields(want), l.text)
}

func (g *Gate) structuralNumber(test string, l leaf, d Decision) bool {
	n, err := strconv.ParseInt(l.text, 10, 64)
	if err != nil {
		return false
	}
	switch test {
	case "serial":
		return n >= 0 && n < 10_000_000 // no room for a telephone number
	case "k":
		return n == int64(d.K)
	}
	return false
}

var relationship = regexp.MustCompile(`^https?://(saphan\.network|www\.w3\.org|purl\.org)/[A-Za-z0-9/._-]{1,48}(#[A-Za-z]{0,32})?$`)

// own accepts an identifier on this server whose last segment is opaque.
func (g *Gate) own(iri, below string) bool {
	rest, ok := strings.CutPrefix(iri, g.origin+below)
	if !ok {
		return false
	}
	return opaque.Valid(rest[strings.LastIndex(rest, "/")+1:]) && len(rest) <= 48
}

var uuid = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

// theirs accepts an identifier on the peer's server whose last segment is random.
func theirs(iri, peer string) bool {
	u, err := url.Parse(iri)
	p, perr := url.Parse(peer)
	if err != nil || perr != nil || u.Scheme != p.Scheme || u.Host != p.Host || u.User != nil || u.RawQuery != "" || u.Fragment != "" || len(iri) > 300 {
		return false
	}
	last := u.Path[strings.LastIndex(u.Path, "/")+1:]
	return opaque.Valid(last) || uuid.MatchString(last)
}

// recentHour accepts full hours in UTC within a day of now: a finer or an older
// time could tell when a family came.
func (g *Gate) recentHour(text string) bool {
	t, err := time.Parse("2006-01-02T15:04:05Z", text)
	now := g.now()
	return err == nil && t.Equal(t.Truncate(time.Hour)) && !t.After(now.Add(time.Hour)) && t.After(now.Add(-24*time.Hour))
}

var (
	contextWord  = regexp.MustCompile(`^(saphan:[A-Za-z]{1,32}|@(id|type|json|vocab|container|list|set|language))$`)
	securityWord = regexp.MustCompile(`^https://w3id\.org/security#(assertionMethod|keyAgreementMethod|Multikey|controller|publicKeyMultibase|multibase)$`)
	contextName  = regexp.MustCompile(`^(@vocab|[A-Za-z]{1,32})(/@(id|type|container))?$`)
)

// contextual accepts the JSON-LD context: known addresses, and words of ours
// defined as words of ours. It has no room for digits or other scripts.
func contextual(l leaf) bool {
	if l.num {
		return false
	}
	name, inline := strings.CutPrefix(l.place, "@context/")
	if inline && !contextName.MatchString(name) {
		return false
	}
	switch l.text {
	case "https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1", "https://w3id.org/security/data-integrity/v2", federation.Namespace:
		return true
	}
	return inline && (contextWord.MatchString(l.text) || securityWord.MatchString(l.text) || foreignContext(name, l.text))
}

func contains(list []string, v string) bool {
	for _, one := range list {
		if one == v {
			return true
		}
	}
	return false
}
