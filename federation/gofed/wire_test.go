package gofed_test

import (
	"crypto/ed25519"
	"crypto/x509"
	encodingpem "encoding/pem"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/proof"
	"github.com/saphan-network/saphan/federation/sign"
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

// Ed25519 keys for examples: that of a made-up key and the one of FEP-521a.
const (
	firstEd = "z6MkvWNqAYLwzBBn5vtQMxCrMRgsDNndt2642FVh18muS84E"
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
		Key: federation.PublicKey{ID: hub + "/ap/network#main-key", PEM: pem, Assertion: multikey(hub+"/ap/network", hubEd().Multibase())},
	}
}

// hubEd is the hub's Ed25519 key in the examples, of the secret key in FEP-8b32.
var hubEd = sync.OnceValue(func() *sign.Assertion {
	seed, err := proof.ParseMultibase("z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq")
	if err != nil {
		panic(err)
	}
	key := ed25519.NewKeyFromSeed(seed[2:])
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		panic(err)
	}
	rsa, err := os.ReadFile("../sign/testdata/north.pem")
	if err != nil {
		panic(err)
	}
	k, err := sign.ParseKey(hub+"/ap/network#main-key", string(rsa)+string(encodingpem.EncodeToMemory(&encodingpem.Block{Type: "PRIVATE KEY", Bytes: der})))
	if err != nil {
		panic(err)
	}
	return k.Assertion()
})

// proved is the list as the hub sends it.
func proved(m federation.Members) federation.Members {
	m.Proof = federation.Proof{}
	doc, err := gofed.EncodeMembers(m)
	if err != nil {
		panic(err)
	}
	doc, err = hubEd().Prove(doc, time.Date(2026, 11, 25, 6, 0, 0, 0, time.UTC))
	if err != nil {
		panic(err)
	}
	p, err := proof.Of(doc)
	if err != nil {
		panic(err)
	}
	m.Proof = federation.Proof{Method: p.Method, Created: p.Created.Format(time.RFC3339), Value: p.Value}
	return m
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
	for name, a := range handoverExamples() {
		put(name, a, func(*federation.Activity) {})
	}
	put("invite", envelope(federation.Invite, hub, north), func(a *federation.Activity) { a.Object = a.Actor })
	put("join", envelope(federation.Join, north, hub), func(a *federation.Activity) { a.Object = a.To })
	put("apply", envelope(federation.Join, north, hub), func(a *federation.Activity) {
		a.Object = a.To
		a.Application = &federation.Application{About: federation.Words{TH: "<p>เราช่วยคนไร้สัญชาติในเชียงราย</p><p>ทำงานมาสิบปี</p>", EN: "<p>We help stateless people in Chiang Rai</p>"},
			Services: []string{"dna", "status_work"}, Regions: []string{"57"}, Languages: []string{"th"}, Contact: "office@north.example"}
	})
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
	put("list", envelope(federation.Update, hub, north), func(a *federation.Activity) { m := proved(list()); a.Members = &m })
	put("hubkey", envelope(federation.Update, hub, labour), func(a *federation.Activity) {
		m := list()
		m.Version, m.Items = 5, nil
		m.OldKey = m.Key
		m.OldKey.End = "2026-12-25T06:10:42Z"
		m.Key = federation.PublicKey{ID: m.Network + "#" + federation.KeyName(newKey().PEM), PEM: newKey().PEM, Assertion: multikey(m.Network, firstEd)}
		m = proved(m)
		a.Members = &m
	})
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
		Assertion: multikey(hub+"/ap/network", hubEd().Multibase()),
	}
}
