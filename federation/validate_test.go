package federation_test

import (
	"strings"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
)

const (
	north  = "https://north.example"
	labour = "https://labour.example"
	hub    = "https://hub.example"
	id1    = "0f5b1c2d3e4f5061728394a5b6c7d8e9"
	pem    = "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n"
	digest = "SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
)

func activity(t federation.Type, from, to string) federation.Activity {
	actor := func(base string) string {
		if base == hub {
			return base + "/ap/network"
		}
		return base + "/ap/org"
	}
	return federation.Activity{
		ID: from + "/ap/act/" + id1, Type: t, Actor: actor(from), To: actor(to),
		Published: time.Date(2026, 11, 25, 6, 0, 0, 0, time.UTC), Sequence: 7,
	}
}

func referral() *federation.Referral {
	return &federation.Referral{
		ID: north + "/ap/ref/" + id1, Schema: federation.SchemaReferral, Revision: 1,
		Kind: "service", Urgency: "urgent", RespondBy: time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC), Purpose: purposeCode,
		Needs: []string{needCode}, Issues: []string{issueCode},
		Subject:    federation.Subject{Kind: "person", AgeBand: ageCode, AreaLevel: "province", AreaCode: "57", Interpreter: "yes"},
		Disclosure: federation.Disclosure{Policy: "sha256:" + strings.Repeat("ab", 32), Transforms: []string{"age_band/1"}, K: 5},
		Consent:    federation.Consent{Basis: basisCode, Scope: "anonymous_offer", Version: "th-3"},
	}
}

func engagement(state string) *federation.Engagement {
	return &federation.Engagement{ID: labour + "/ap/eng/" + id1, Referral: north + "/ap/ref/" + id1, Revision: 1, State: state}
}

func members() *federation.Members {
	return &federation.Members{
		ID: hub + "/ap/members", Network: hub + "/ap/network", Version: 3, Updated: "2026-11-25T06:00:00Z",
		Items: []federation.Member{{
			Actor: north + "/ap/org", Name: "คลินิกเหนือ", Inbox: north + "/ap/org/inbox", KeyID: north + "/ap/org#main-key",
			PublicKeyPEM: pem, Tier: "full", State: "active", Services: []string{needCode}, Regions: []string{"57"}, Languages: []string{"th"},
		}},
	}
}

// good is one valid activity of every kind.
func good() map[string]federation.Activity {
	all := map[string]federation.Activity{}
	put := func(name string, a federation.Activity, change func(*federation.Activity)) {
		change(&a)
		all[name] = a
	}
	offerID, joinID := north+"/ap/act/"+id1, north+"/ap/act/a"+id1[1:]
	put("offer", activity(federation.Offer, north, labour), func(a *federation.Activity) { a.Referral = referral() })
	put("read", activity(federation.Read, labour, north), func(a *federation.Activity) { a.Object, a.Digest = offerID, digest })
	put("tentative", activity(federation.TentativeAccept, labour, north), func(a *federation.Activity) { a.Object, a.Expected = offerID, "2027-01" })
	put("accept", activity(federation.Accept, labour, north), func(a *federation.Activity) { a.Object, a.Engagement = offerID, engagement("accepted") })
	put("confirm", activity(federation.Accept, north, labour), func(a *federation.Activity) {
		a.Object, a.Confirmed = labour+"/ap/eng/"+id1, "unreachable"
	})
	put("admit", activity(federation.Accept, hub, north), func(a *federation.Activity) {
		a.Object = joinID
		a.Membership = &federation.Membership{ID: hub + "/ap/membership/" + id1, Member: north + "/ap/org", Network: hub + "/ap/network", Tier: "full"}
	})
	put("reject", activity(federation.Reject, labour, north), func(a *federation.Activity) {
		a.Object, a.Reason, a.Suggested = offerID, declineCode, "https://third.example/ap/org"
	})
	put("illegal", activity(federation.Reject, labour, north), func(a *federation.Activity) { a.Object, a.Reason = offerID, federation.ReasonIllegal })
	put("progress", activity(federation.Update, labour, north), func(a *federation.Activity) { a.Engagement = engagement("in_service") })
	put("list", activity(federation.Update, hub, north), func(a *federation.Activity) { a.Members = members() })
	put("undo", activity(federation.Undo, north, labour), func(a *federation.Activity) { a.Object, a.Reason = offerID, withdrawCode })
	put("expired", activity(federation.Undo, north, labour), func(a *federation.Activity) { a.Object, a.Reason = offerID, federation.ReasonExpired })
	put("join", activity(federation.Join, north, hub), func(a *federation.Activity) { a.Object = a.To })
	put("leave", activity(federation.Leave, north, hub), func(a *federation.Activity) { a.Object = a.To })
	put("invite", activity(federation.Invite, hub, north), func(a *federation.Activity) { a.Object = a.Actor })
	return all
}

func TestValidateRefuses(t *testing.T) {
	for _, c := range []struct {
		base, want string
		change     func(*federation.Activity)
	}{
		{"offer", "type", func(a *federation.Activity) { a.Type = "Create" }},
		{"offer", "type", func(a *federation.Activity) { a.Type = "" }},
		{"offer", "id", func(a *federation.Activity) { a.ID = "" }},
		{"offer", "id", func(a *federation.Activity) { a.ID = labour + "/ap/act/" + id1 }},
		{"offer", "actor", func(a *federation.Activity) { a.Actor = "http://north.example/ap/org" }},
		{"offer", "to", func(a *federation.Activity) { a.To = "" }},
		{"offer", "to", func(a *federation.Activity) { a.To = a.Actor }},
		{"offer", "published", func(a *federation.Activity) { a.Published = time.Time{} }},
		{"offer", "published", func(a *federation.Activity) { a.Published = a.Published.Add(time.Minute) }},
		{"offer", "published", func(a *federation.Activity) { a.Published = a.Published.In(time.FixedZone("ICT", 7*3600)) }},
		{"offer", "sequence", func(a *federation.Activity) { a.Sequence = 0 }},
		{"offer", "sequence", func(a *federation.Activity) { a.Sequence = federation.MaxSequence + 1 }},
		{"offer", "referral", func(a *federation.Activity) { a.Referral = nil }},
		{"offer", "object", func(a *federation.Activity) { a.Object = a.ID }},
		{"offer", "engagement", func(a *federation.Activity) { a.Engagement = engagement("accepted") }},
		{"offer", "reason", func(a *federation.Activity) { a.Reason = withdrawCode }},
		{"offer", "digest", func(a *federation.Activity) { a.Digest = digest }},
		{"offer", "referral.id", func(a *federation.Activity) { a.Referral.ID = labour + "/ap/ref/" + id1 }},
		{"offer", "referral.schema", func(a *federation.Activity) { a.Referral.Schema = "referral-stage1/2" }},
		{"offer", "referral.revision", func(a *federation.Activity) { a.Referral.Revision = 0 }},
		{"offer", "referral.respondBy", func(a *federation.Activity) { a.Referral.RespondBy = time.Time{} }},
		{"offer", "referral.respondBy", func(a *federation.Activity) { a.Referral.RespondBy = a.Referral.RespondBy.Add(time.Second) }},
		{"offer", "referral.kind", func(a *federation.Activity) { a.Referral.Kind = "" }},
		{"offer", "referral.needs", func(a *federation.Activity) { a.Referral.Needs = nil }},
		{"offer", "referral.needs[1]", func(a *federation.Activity) { a.Referral.Needs = []string{needCode, needCode} }},
		{"offer", "referral.issues[0]", func(a *federation.Activity) {
			a.Referral.Issues = []string{"นางสาวสมมุติ ไม่มีอยู่จริง"}
		}},
		{"offer", "referral.issues[0]", func(a *federation.Activity) { a.Referral.Issues = []string{"0000089123451"} }},
		{"offer", "referral.subject.kind", func(a *federation.Activity) { a.Referral.Subject.Kind = "man" }},
		{"offer", "referral.subject.areaCode", func(a *federation.Activity) { a.Referral.Subject.AreaLevel = "" }},
		{"offer", "referral.subject.areaLevel", func(a *federation.Activity) { a.Referral.Subject.AreaLevel = "village" }},
		{"offer", "referral.subject.interpreter", func(a *federation.Activity) { a.Referral.Subject.Interpreter = "perhaps" }},
		{"offer", "referral.phrases[0].slots", func(a *federation.Activity) {
			a.Referral.Phrases = []federation.Phrase{{Code: phraseCode, Slots: map[string]string{"who": "her mother in the hills"}}}
		}},
		{"offer", "referral.phrases[0].slots", func(a *federation.Activity) {
			a.Referral.Phrases = []federation.Phrase{{Code: phraseCode, Slots: map[string]string{"time_band": "somying"}}}
		}},
		{"offer", "referral.phrases[0].code", func(a *federation.Activity) { a.Referral.Phrases = []federation.Phrase{{Code: "somying"}} }},
		{"offer", "referral.purpose", func(a *federation.Activity) { a.Referral.Purpose = "curiosity" }},
		{"offer", "referral.subject.ageBand", func(a *federation.Activity) { a.Referral.Subject.AgeBand = "11" }},
		{"offer", "referral.subject.areaCode", func(a *federation.Activity) { a.Referral.Subject.AreaCode = "north" }},
		{"offer", "referral.subject.areaCode", func(a *federation.Activity) { a.Referral.Subject.AreaCode = "5702" }},
		{"offer", "referral.disclosure.policy", func(a *federation.Activity) { a.Referral.Disclosure.Policy = "sha256:00" }},
		{"offer", "referral.disclosure.transforms[0]", func(a *federation.Activity) { a.Referral.Disclosure.Transforms = []string{"free text"} }},
		{"offer", "referral.disclosure.k", func(a *federation.Activity) { a.Referral.Disclosure.K = 0 }},
		{"offer", "referral.consent.scope", func(a *federation.Activity) { a.Referral.Consent.Scope = "" }},
		{"offer", "referral.consent.version", func(a *federation.Activity) { a.Referral.Consent.Version = "" }},
		{"offer", "referral.feedbackDue", func(a *federation.Activity) { a.Referral.FeedbackDue = "soon" }},
		{"read", "digest", func(a *federation.Activity) { a.Digest = "" }},
		{"read", "digest", func(a *federation.Activity) { a.Digest = "MD5=AAAA" }},
		{"read", "object", func(a *federation.Activity) { a.Object = labour + "/ap/act/" + id1 }},
		{"tentative", "expected", func(a *federation.Activity) { a.Expected = "2027-13" }},
		{"accept", "referral", func(a *federation.Activity) { a.Referral = referral() }},
		{"accept", "engagement", func(a *federation.Activity) { a.Engagement = nil }},
		{"accept", "engagement", func(a *federation.Activity) { a.Confirmed = "yes" }},
		{"accept", "engagement.id", func(a *federation.Activity) { a.Engagement.ID = north + "/ap/eng/" + id1 }},
		{"accept", "engagement.referral", func(a *federation.Activity) { a.Engagement.Referral = labour + "/ap/ref/" + id1 }},
		{"accept", "engagement.state", func(a *federation.Activity) { a.Engagement.State = "completed" }},
		{"accept", "object", func(a *federation.Activity) { a.Object = "" }},
		{"confirm", "confirmed", func(a *federation.Activity) { a.Confirmed = "maybe" }},
		{"confirm", "object", func(a *federation.Activity) { a.Object = north + "/ap/eng/" + id1 }},
		{"admit", "membership.member", func(a *federation.Activity) { a.Membership.Member = labour + "/ap/org" }},
		{"admit", "membership.network", func(a *federation.Activity) { a.Membership.Network = "https://other.example/ap/network" }},
		{"reject", "reason", func(a *federation.Activity) { a.Reason = "" }},
		{"reject", "reason", func(a *federation.Activity) { a.Reason = "she did not tell the truth" }},
		{"reject", "suggested", func(a *federation.Activity) { a.Suggested = a.Actor }},
		{"progress", "engagement.state", func(a *federation.Activity) { a.Engagement.State = "won" }},
		{"progress", "engagement.reason", func(a *federation.Activity) { a.Engagement.State = "failed" }},
		{"progress", "engagement.outcomes", func(a *federation.Activity) { a.Engagement.Outcomes = []string{outcomeCode} }},
		{"progress", "engagement.revision", func(a *federation.Activity) { a.Engagement.Revision = 0 }},
		{"list", "members.network", func(a *federation.Activity) { a.Members.Network = north + "/ap/org" }},
		{"list", "members.id", func(a *federation.Activity) { a.Members.ID = north + "/ap/members" }},
		{"list", "members.version", func(a *federation.Activity) { a.Members.Version = 0 }},
		{"list", "members.updated", func(a *federation.Activity) { a.Members.Updated = "yesterday" }},
		{"list", "members.items[0].inbox", func(a *federation.Activity) { a.Members.Items[0].Inbox = labour + "/inbox" }},
		{"list", "members.items[0].publicKey", func(a *federation.Activity) { a.Members.Items[0].PublicKeyPEM = "secret" }},
		{"list", "members.items[0].publicKey", func(a *federation.Activity) { a.Members.Items[0].KeyID = labour + "/ap/org#main-key" }},
		{"list", "members.items[0].state", func(a *federation.Activity) { a.Members.Items[0].State = "" }},
		{"list", "members.items[1]", func(a *federation.Activity) { a.Members.Items = append(a.Members.Items, a.Members.Items[0]) }},
		{"list", "members", func(a *federation.Activity) {
			a.Engagement = engagement("in_service")
			a.Members = nil
			a.Engagement = nil
		}},
		{"undo", "object", func(a *federation.Activity) { a.Object = labour + "/ap/act/" + id1 }},
		{"undo", "reason", func(a *federation.Activity) { a.Reason = "" }},
		{"join", "object", func(a *federation.Activity) { a.Object = a.Actor }},
		{"join", "membership", func(a *federation.Activity) { a.Membership = &federation.Membership{} }},
		{"leave", "object", func(a *federation.Activity) { a.Object = "" }},
		{"invite", "object", func(a *federation.Activity) { a.Object = a.To }},
	} {
		a := good()[c.base]
		c.change(&a)
		err := federation.Validate(a)
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%s with a bad %s: got %v, want invalid", c.base, c.want, err)
			continue
		}
		if got := fault.As(err).Args["field"]; got != c.want && !(c.want == "members" && got == "engagement") {
			t.Errorf("%s: blamed %q, want %q (%v)", c.base, got, c.want, fault.As(err).Args)
		}
	}
}

func TestValidateAccepts(t *testing.T) {
	for name, a := range good() {
		if err := federation.Validate(a); err != nil {
			t.Errorf("%s: %v %v", name, err, fault.As(err).Args)
		}
	}
}
