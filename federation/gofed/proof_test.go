package gofed_test

import (
	"crypto/ed25519"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/proof"
)

func hubKeys(t *testing.T) proof.Expect {
	t.Helper()
	key, err := proof.Assertion(hubEd().Multibase())
	if err != nil {
		t.Fatal(err)
	}
	return proof.Expect{Keys: map[string]ed25519.PublicKey{hubEd().ID(): key}, Now: time.Date(2026, 11, 25, 7, 0, 0, 0, time.UTC)}
}

// TestOnlyTheListIsProved goes through everything that travels: nothing but a members
// list has a proof, and whatever else comes with one is refused. A referral that has
// leaked could be proved to be real.
func TestOnlyTheListIsProved(t *testing.T) {
	seen := map[federation.Type]bool{}
	for name, a := range examples() {
		seen[a.Type] = true
		body := encoded(t, name)
		if a.Members != nil {
			continue
		}
		if strings.Contains(body, `"proof"`) || strings.Contains(body, "proofValue") || strings.Contains(body, "DataIntegrity") {
			t.Errorf("%s has a proof: %s", name, body)
		}
		whole, err := hubEd().Prove([]byte(body), time.Date(2026, 11, 25, 6, 0, 0, 0, time.UTC))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := gofed.Decode(whole); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s with a proof: %v", name, err)
		}
		for _, part := range []string{"object", "result"} {
			inner, err := proof.Property([]byte(body), part)
			if err != nil {
				t.Fatal(err)
			}
			if len(inner) == 0 || inner[0] != '{' {
				continue
			}
			with, err := hubEd().Prove(inner, time.Date(2026, 11, 25, 6, 0, 0, 0, time.UTC))
			if err != nil {
				t.Fatal(err)
			}
			bad := strings.Replace(body, string(inner), string(with), 1)
			if bad == body {
				t.Fatalf("%s: nothing was changed", name)
			}
			if _, err := gofed.Decode([]byte(bad)); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s with a proof of its %s: %v", name, part, err)
			}
		}
	}
	for _, typ := range []federation.Type{federation.Offer, federation.Read, federation.TentativeAccept, federation.Accept, federation.Reject,
		federation.Update, federation.Undo, federation.Join, federation.Leave, federation.Invite} {
		if !seen[typ] {
			t.Errorf("no example of %s", typ)
		}
	}
}

// TestTheListIsProvedWhereverItIs: in an activity and by itself, and only as it is.
func TestTheListIsProvedWhereverItIs(t *testing.T) {
	document, err := gofed.EncodeMembers(proved(list()))
	if err != nil {
		t.Fatal(err)
	}
	inside, err := proof.Property([]byte(encoded(t, "list")), "object")
	if err != nil {
		t.Fatal(err)
	}
	for name, doc := range map[string][]byte{"by itself": document, "in an activity": inside} {
		if _, err := proof.Verify(doc, hubKeys(t)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		m, err := gofed.DecodeMembers(doc)
		if err != nil || m.Proof != proved(list()).Proof {
			t.Errorf("%s: %+v, %v", name, m.Proof, err)
		}
		for what, bad := range map[string]string{
			"another tier":        strings.Replace(string(doc), `"tier":"full"`, `"tier":"observer"`, 1),
			"another key":         strings.Replace(string(doc), "MIIB", "MIIX", 1),
			"another version":     strings.Replace(string(doc), `"version":3`, `"version":4`, 1),
			"a member less":       string(without(t, doc)),
			"another time":        strings.Replace(string(doc), `"created":"2026-11-25T06:00:00Z"`, `"created":"2026-11-25T06:00:01Z"`, 1),
			"a term more":         strings.Replace(string(doc), `"capacity":"saphan:capacity"`, `"capacity":"saphan:capacity","k":"saphan:k"`, 1),
			"another's signature": strings.Replace(string(doc), m.Proof.Value, proved(federation.Members{ID: m.ID, Network: m.Network, Version: 1, Updated: m.Updated}).Proof.Value, 1),
		} {
			if bad == string(doc) {
				t.Errorf("%s, %s: nothing was changed", name, what)
			}
			if _, err := proof.Verify([]byte(bad), hubKeys(t)); !fault.Is(err, fault.Signature) {
				t.Errorf("%s, %s: %v", name, what, err)
			}
		}
	}
	good := encoded(t, "list")
	for what, bad := range map[string]string{
		"another suite":   strings.Replace(good, proof.Suite, "eddsa-rdfc-2022", 1),
		"another purpose": strings.Replace(good, `"proofPurpose":"assertionMethod"`, `"proofPurpose":"authentication"`, 1),
		"several":         strings.Replace(good, `"proof":{`, `"proof":[{`, 1),
		"a nonce":         strings.Replace(good, `"proofValue"`, `"nonce":"x","proofValue"`, 1),
		"another's keys":  strings.Replace(good, `"owner":"`+hub, `"owner":"`+north, 1),
	} {
		if _, err := gofed.Decode([]byte(bad)); bad == good || !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// without is the list cut short, with a count that says so.
func without(t *testing.T, doc []byte) []byte {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(doc, &m); err != nil {
		t.Fatal(err)
	}
	m["orderedItems"], m["totalItems"] = []any{}, 0
	out, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
