package gofed_test

import (
	"strings"
	"time"

	"github.com/saphan-network/saphan/federation"
)

const (
	north  = "https://north.example"
	labour = "https://labour.example"
	hub    = "https://hub.example"
	id1    = "0f5b1c2d3e4f5061728394a5b6c7d8e9"
	pem    = "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n"
	digest = "SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
)

func envelope(t federation.Type, from, to string) federation.Activity {
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

func engagement(state string) *federation.Engagement {
	return &federation.Engagement{ID: labour + "/ap/eng/" + id1, Referral: north + "/ap/ref/" + id1, Revision: 1, State: state}
}

func member() federation.Member {
	return federation.Member{
		Actor: north + "/ap/org", Name: "คลินิกเหนือ <ทดสอบ>", Inbox: north + "/ap/org/inbox", KeyID: north + "/ap/org#main-key",
		PublicKeyPEM: pem, Tier: "full", State: "active", Services: []string{"status_work", "dna"}, Regions: []string{"57"},
		Languages: []string{"th"}, Capacity: "open", Assertion: multikey(north+"/ap/org", firstEd),
	}
}

// Ed25519 keys for examples: the one of FEP-8b32 and the one of FEP-521a.
const (
	firstEd = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
	nextEd  = "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"
)

func multikey(owner, multibase string) federation.Multikey {
	return federation.Multikey{ID: owner + "#" + federation.AssertionName(multibase), Multibase: multibase}
}

// newKey is the key with which the member is going to sign.
func newKey() *federation.PublicKey {
	const text = "-----BEGIN PUBLIC KEY-----\nMIIC\n-----END PUBLIC KEY-----\n"
	return &federation.PublicKey{ID: north + "/ap/org#" + federation.KeyName(text), PEM: text, Assertion: multikey(north+"/ap/org", nextEd)}
}

func list() federation.Members {
	return federation.Members{
		ID: hub + "/ap/members", Network: hub + "/ap/network", Version: 3, Updated: "2026-11-25T06:00:00Z", Items: []federation.Member{member()},
	}
}

// examples is one activity of every kind that travels, by name. FEDERATION.md
// shows them.
func examples() map[string]federation.Activity {
	all := map[string]federation.Activity{}
	put := func(name string, a federation.Activity, change func(*federation.Activity)) {
		change(&a)
		all[name] = a
	}
	offer, join := north+"/ap/act/"+id1, north+"/ap/act/1"+id1[1:]
	put("offer", envelope(federation.Offer, north, labour), func(a *federation.Activity) {
		a.Referral = &federation.Referral{
			ID: north + "/ap/ref/" + id1, Schema: federation.SchemaReferral, Revision: 1,
			Kind: "service", Urgency: "urgent", RespondBy: time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC), Purpose: "status_work",
			Needs: []string{"doc_drafting"}, Issues: []string{"birth_not_registered", "kinship_proof"}, FeedbackDue: "2027-02-01",
			Subject: federation.Subject{
				Kind: "family", AgeBand: "25-44", Sex: "female", SizeBand: "4-6", Minors: "2+", StatusFamily: "none",
				AreaLevel: "province", AreaCode: "57", Interpreter: "yes", GuardianPresent: "no",
			},
			Phrases:    []federation.Phrase{{Code: "witness_available"}, {Code: "statutory_deadline_within", Slots: map[string]string{"time_band": "30d"}}},
			Disclosure: federation.Disclosure{Policy: "sha256:" + strings.Repeat("ab", 32), Transforms: []string{"age_band/1", "area/1"}, K: 5},
			Consent:    federation.Consent{Basis: "explicit_consent", Scope: "anonymous_offer", Version: "th-3"},
		}
	})
	put("read", envelope(federation.Read, labour, north), func(a *federation.Activity) { a.Object, a.Digest = offer, digest })
	put("tentative", envelope(federation.TentativeAccept, labour, north), func(a *federation.Activity) { a.Object, a.Expected = offer, "2027-01" })
	put("accept", envelope(federation.Accept, labour, north), func(a *federation.Activity) { a.Object, a.Engagement = offer, engagement("accepted") })
	put("reject", envelope(federation.Reject, labour, north), func(a *federation.Activity) {
		a.Object, a.Reason, a.Suggested = offer, "better_elsewhere", "https://third.example/ap/org"
	})
	put("progress", envelope(federation.Update, labour, north), func(a *federation.Activity) {
		e := engagement("in_service")
		e.Revision, e.Step, e.NextUpdate = 2, "assistance", "2027-03-01"
		a.Engagement = e
	})
	put("outcome", envelope(federation.Update, labour, north), func(a *federation.Activity) {
		e := engagement("completed")
		e.Revision, e.Outcomes, e.Month = 3, []string{"birth_certificate"}, "2027-04"
		a.Engagement = e
	})
	put("confirm", envelope(federation.Accept, north, labour), func(a *federation.Activity) { a.Object, a.Confirmed = labour+"/ap/eng/"+id1, "yes" })
	put("undo", envelope(federation.Undo, north, labour), func(a *federation.Activity) { a.Object, a.Reason = offer, "consent_withdrawn" })
	put("illegal", envelope(federation.Reject, north, labour), func(a *federation.Activity) {
		a.Object, a.Reason = labour+"/ap/act/"+id1, federation.ReasonIllegal
	})
	put("invite", envelope(federation.Invite, hub, north), func(a *federation.Activity) { a.Object = a.Actor })
	put("join", envelope(federation.Join, north, hub), func(a *federation.Activity) { a.Object = a.To })
	put("admit", envelope(federation.Accept, hub, north), func(a *federation.Activity) {
		a.Object = join
		a.Membership = &federation.Membership{ID: hub + "/ap/membership/" + id1, Member: north + "/ap/org", Network: hub + "/ap/network", Tier: "full"}
	})
	put("leave", envelope(federation.Leave, north, hub), func(a *federation.Activity) { a.Object = a.To })
	put("rekey", envelope(federation.Update, north, hub), func(a *federation.Activity) { a.Key = newKey() })
	put("rekeyed", envelope(federation.Update, hub, labour), func(a *federation.Activity) {
		m := list()
		m.Version++
		one := &m.Items[0]
		one.OldKey = federation.PublicKey{ID: one.KeyID, PEM: one.PublicKeyPEM, End: "2026-12-25T06:10:42Z", Assertion: one.Assertion}
		one.KeyID, one.PublicKeyPEM, one.Assertion = newKey().ID, newKey().PEM, newKey().Assertion
		a.Members = &m
	})
	put("list", envelope(federation.Update, hub, north), func(a *federation.Activity) { m := list(); a.Members = &m })
	return all
}

func organisation() federation.Actor {
	return federation.Actor{
		ID: north + "/ap/org", Type: "Organization", Name: "คลินิกเหนือ", Username: "org", Inbox: north + "/ap/org/inbox",
		Outbox: north + "/ap/org/outbox", SharedInbox: north + "/inbox", URL: north + "/", KeyID: north + "/ap/org#main-key", PublicKeyPEM: pem,
		RFC9421: true, Assertion: multikey(north+"/ap/org", firstEd),
	}
}

func network() federation.Actor {
	return federation.Actor{
		ID: hub + "/ap/network", Type: "Group", Name: "เครือข่าย", Username: "network", Inbox: hub + "/ap/network/inbox",
		SharedInbox: hub + "/inbox", URL: hub + "/", KeyID: hub + "/ap/network#main-key", PublicKeyPEM: pem, Members: hub + "/ap/members", RFC9421: true,
		Assertion: multikey(hub+"/ap/network", nextEd),
	}
}
