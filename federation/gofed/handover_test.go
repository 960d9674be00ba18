package gofed_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/proof"
)

// statement is a statement with its proof, by the key of the examples under the name that
// its owner's has.
func statement(doc []byte, err error) federation.Proof {
	if err != nil {
		panic(err)
	}
	proved, err := hubEd().Prove(doc, time.Date(2026, 11, 25, 6, 0, 0, 0, time.UTC))
	if err != nil {
		panic(err)
	}
	p, err := proof.Detach(proved)
	if err != nil {
		panic(err)
	}
	return p
}

const sealingKey = "z6LSeu9HkTHSfLLeUs2nnzUSNedgDUevfNQgQjQC23ZCit6F"

// handoverExamples is one activity of stage 2 of every kind. Their proofs are by the
// example's one key, under the owner's name.
func handoverExamples() map[string]federation.Activity {
	all := map[string]federation.Activity{}
	from, to := north+"/ap/org", labour+"/ap/org"
	mine := func(p federation.Proof, owner string) federation.Proof {
		p.Method = owner + p.Method[strings.Index(p.Method, "#"):]
		return p
	}
	a := envelope(federation.Offer, labour, north)
	a.Request = &federation.DisclosureRequest{ID: labour + "/ap/req/" + id1, Schema: federation.SchemaRequest, Referral: north + "/ap/ref/" + id1, Engagement: labour + "/ap/eng/" + id1, Revision: 1,
		Purpose: "status_work", Fields: []string{"contact", "full_name", "needs_text"}, Key: federation.KeyAgreement{ID: to + "#" + federation.SealingName(sealingKey), Multibase: sealingKey}}
	a.Request.Proof = mine(statement(a.Request.Statement(to, from)), to)
	all["whois"] = a

	pack := bytes.Repeat([]byte("SPH1"), 20)
	sum := sha256.Sum256(pack)
	a = envelope(federation.Add, north, labour)
	a.Package = &federation.SealedPackage{ID: north + "/ap/pkg/" + id1, Schema: federation.SchemaPackage, Referral: north + "/ap/ref/" + id1, Request: labour + "/ap/req/" + id1,
		Key: to + "#" + federation.SealingName(sealingKey), Consent: id1, Expires: time.Date(2026, 12, 9, 6, 0, 0, 0, time.UTC), Size: len(pack),
		Digest: "SHA-256=" + base64.StdEncoding.EncodeToString(sum[:]), Chunks: federation.Cut(pack)}
	a.Package.Proof = mine(statement(a.Package.Statement(from, to)), from)
	all["sealed"] = a
	opened := envelope(federation.View, labour, north)
	opened.Object, opened.Digest = a.Package.ID, a.Package.Digest
	all["opened"] = opened
	recall := envelope(federation.Undo, north, labour)
	recall.Object, recall.Reason = a.Package.ID, "consent_withdrawn"
	all["recall"] = recall

	a = envelope(federation.Delete, labour, north)
	a.Object = north + "/ap/pkg/" + id1
	a.Purge = &federation.PurgeReceipt{ID: labour + "/ap/purge/" + id1, Schema: federation.SchemaPurge, Package: a.Object, Reason: "consent_withdrawn",
		Erased: []string{"case_file", "identity", "sealed_package"}, Kept: []string{"audit_trail", "outcome_codes"}, Basis: "legal_obligation"}
	a.Purge.Proof = mine(statement(a.Purge.Statement(to, from)), to)
	all["purged"] = a
	return all
}

func TestStageTwoThereAndBack(t *testing.T) {
	for name, a := range handoverExamples() {
		body, err := gofed.Encode(a)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		d, err := gofed.Parse(body)
		if err != nil || !d.Known() {
			t.Errorf("%s has no effect: %v", name, err)
		}
		got, err := gofed.Decode(body)
		if diff := cmp.Diff(a, got); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
	}
	big := handoverExamples()["sealed"]
	big.Package.Size, big.Package.Chunks = federation.MaxSealed, federation.Cut(make([]byte, federation.MaxSealed))
	body, err := gofed.Encode(big)
	if err != nil {
		t.Fatalf("the largest package does not fit: %v", err)
	}
	if got, err := gofed.Decode(body); err != nil || len(got.Package.Chunks) != len(big.Package.Chunks) {
		t.Errorf("the largest package: %v", err)
	}
}

// A word more, or another shape, and it is refused; what others do with the same types has
// no effect, and is no fault.
func TestStageTwoShapes(t *testing.T) {
	for name, a := range handoverExamples() {
		body, err := gofed.Encode(a)
		if err != nil {
			t.Fatal(err)
		}
		if name != "opened" && name != "recall" {
			bad := bytes.Replace(body, []byte(`"schema":`), []byte(`"fullName":"นาแฮ","schema":`), 1)
			if _, err := gofed.Decode(bad); !fault.Is(err, fault.Invalid) || bytes.Equal(bad, body) {
				t.Errorf("%s with a name beside it: %v", name, err)
			}
		}
	}
	head := `{"@context":"https://www.w3.org/ns/activitystreams","id":"` + north + `/ap/act/` + id1 + `","actor":"` + north + `/ap/org","to":"` + labour + `/ap/org","published":"2026-11-25T06:00:00Z","sequence":7,`
	for name, rest := range map[string]string{
		"a deletion of somebody": `"type":"Delete","object":"` + north + `/users/x"}`, "an addition to a list": `"type":"Add","object":"` + north + `/notes/1","target":"` + north + `/featured"}`,
		"a view of a film": `"type":"View","object":"` + labour + `/videos/1"}`,
	} {
		d, err := gofed.Parse([]byte(head + rest))
		if err != nil || d.Known() {
			t.Errorf("%s has an effect: %v", name, err)
		}
	}
}
