package federation_test

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
)

const (
	northOrg  = "https://north.example/ap/org"
	labourOrg = "https://labour.example/ap/org"
	random    = "0123456789abcdef0123456789abcdef"
)

// x25519 looks like a key for sealing.
var x25519 = "z6LS" + strings.Repeat("b", 44)

func envelope(t federation.Type, from, to string) federation.Activity {
	return federation.Activity{ID: strings.TrimSuffix(from, "org") + "act/" + random, Type: t, Actor: from, To: to, Sequence: 7,
		Published: time.Date(2026, 11, 27, 3, 0, 0, 0, time.UTC)}
}

func proofBy(actor string) federation.Proof {
	return federation.Proof{Method: actor + "#ed-aaaaaaaaaaaaaaaa", Created: "2026-11-27T03:00:00Z", Value: "z" + strings.Repeat("b", 87)}
}

func request() federation.Activity {
	a := envelope(federation.Offer, labourOrg, northOrg)
	a.Request = &federation.DisclosureRequest{ID: "https://labour.example/ap/req/" + random, Schema: federation.SchemaRequest, Referral: "https://north.example/ap/ref/" + random,
		Engagement: "https://labour.example/ap/eng/" + random, Revision: 1, Purpose: "status_work", Fields: []string{"full_name", "contact"},
		Key: federation.KeyAgreement{ID: labourOrg + "#" + federation.SealingName(x25519), Multibase: x25519}, Proof: proofBy(labourOrg)}
	return a
}

func packed(sealed []byte) federation.Activity {
	a := envelope(federation.Add, northOrg, labourOrg)
	sum := sha256.Sum256(sealed)
	a.Package = &federation.SealedPackage{ID: "https://north.example/ap/pkg/" + random, Schema: federation.SchemaPackage, Referral: "https://north.example/ap/ref/" + random,
		Request: "https://labour.example/ap/req/" + random, Key: labourOrg + "#ka-aaaaaaaaaaaaaaaa", Consent: random, Expires: time.Date(2026, 12, 4, 0, 0, 0, 0, time.UTC),
		Size: len(sealed), Digest: "SHA-256=" + base64.StdEncoding.EncodeToString(sum[:]), Chunks: federation.Cut(sealed), Proof: proofBy(northOrg)}
	return a
}

func purge() federation.Activity {
	a := envelope(federation.Delete, labourOrg, northOrg)
	a.Object = "https://north.example/ap/pkg/" + random
	a.Purge = &federation.PurgeReceipt{ID: "https://labour.example/ap/purge/" + random, Schema: federation.SchemaPurge, Package: a.Object, Reason: "consent_withdrawn",
		Erased: []string{"sealed_package", "identity"}, Kept: []string{"own_notes"}, Basis: "legal_claims", Proof: proofBy(labourOrg)}
	return a
}

func TestStageTwoRefusals(t *testing.T) {
	big := bytes.Repeat([]byte{7}, 10_000)
	for name, c := range map[string]struct {
		of     func() federation.Activity
		change func(*federation.Activity)
		field  string
	}{
		"a request from elsewhere":    {request, func(a *federation.Activity) { a.Request.ID = "https://third.example/ap/req/1" }, "request.id"},
		"of somebody else's referral": {request, func(a *federation.Activity) { a.Request.Referral = "https://third.example/ap/ref/1" }, "request.referral"},
		"of another's engagement":     {request, func(a *federation.Activity) { a.Request.Engagement = a.Request.Referral }, "request.engagement"},
		"no field asked":              {request, func(a *federation.Activity) { a.Request.Fields = nil }, "request.fields"},
		"a field of class A":          {request, func(a *federation.Activity) { a.Request.Fields = []string{"national_id"} }, "request.fields[0]"},
		"a purpose that is no code":   {request, func(a *federation.Activity) { a.Request.Purpose = "ช่วยที" }, "request.purpose"},
		"a key under another's name":  {request, func(a *federation.Activity) { a.Request.Key.ID = northOrg + "#" + federation.SealingName(x25519) }, "request.key.id"},
		"a key of another kind": {request, func(a *federation.Activity) {
			key := "z6Mk" + x25519[4:]
			a.Request.Key = federation.KeyAgreement{ID: labourOrg + "#" + federation.SealingName(key), Multibase: key}
		}, "request.key"},
		"proved by somebody else":       {request, func(a *federation.Activity) { a.Request.Proof = proofBy(northOrg) }, "request.proof.method"},
		"a request and a referral":      {request, func(a *federation.Activity) { a.Referral = &federation.Referral{} }, "referral"},
		"revision nought":               {request, func(a *federation.Activity) { a.Request.Revision = 0 }, "request.revision"},
		"a package from elsewhere":      {func() federation.Activity { return packed(big) }, func(a *federation.Activity) { a.Package.ID = "https://third.example/ap/pkg/1" }, "package.id"},
		"for a key of the sender":       {func() federation.Activity { return packed(big) }, func(a *federation.Activity) { a.Package.Key = northOrg + "#ka-a" }, "package.key"},
		"without a consent":             {func() federation.Activity { return packed(big) }, func(a *federation.Activity) { a.Package.Consent = "" }, "package.consent"},
		"a consent that says something": {func() federation.Activity { return packed(big) }, func(a *federation.Activity) { a.Package.Consent = "นาแฮ" }, "package.consent"},
		"without an end":                {func() federation.Activity { return packed(big) }, func(a *federation.Activity) { a.Package.Expires = time.Time{} }, "package.expires"},
		"an end to the minute":          {func() federation.Activity { return packed(big) }, func(a *federation.Activity) { a.Package.Expires = a.Package.Expires.Add(time.Minute) }, "package.expires"},
		"too large":                     {func() federation.Activity { return packed(make([]byte, federation.MaxSealed+1)) }, func(*federation.Activity) {}, "package.size"},
		"a chunk missing":               {func() federation.Activity { return packed(big) }, func(a *federation.Activity) { a.Package.Chunks = a.Package.Chunks[1:] }, "package.chunks"},
		"a chunk too short":             {func() federation.Activity { return packed(big) }, func(a *federation.Activity) { a.Package.Chunks[0] = a.Package.Chunks[0][:4] }, "package.chunks[0]"},
		"a chunk that is a sentence":    {func() federation.Activity { return packed(big) }, func(a *federation.Activity) { a.Package.Chunks[3] = "นาแฮ" }, "package.chunks[3]"},
		"a line break in a chunk": {func() federation.Activity { return packed(big) }, func(a *federation.Activity) {
			a.Package.Chunks[0] = a.Package.Chunks[0][:76] + "\n" + a.Package.Chunks[0][76:]
		}, "package.chunks[0]"},
		"an erasure of another's package": {purge, func(a *federation.Activity) { a.Object = "https://labour.example/ap/pkg/1" }, "object"},
		"an erasure of two packages":      {purge, func(a *federation.Activity) { a.Purge.Package += "0" }, "purge.package"},
		"nothing erased":                  {purge, func(a *federation.Activity) { a.Purge.Erased = nil }, "purge.erased"},
		"kept without a basis":            {purge, func(a *federation.Activity) { a.Purge.Basis = "" }, "purge.basis"},
		"a basis for nothing":             {purge, func(a *federation.Activity) { a.Purge.Kept = nil }, "purge.basis"},
		"an erasure without a proof":      {purge, func(a *federation.Activity) { a.Purge.Proof = federation.Proof{} }, "purge.proof.method"},
		"a deletion of nothing of ours":   {purge, func(a *federation.Activity) { a.Purge = nil }, "purge"},
	} {
		a := c.of()
		c.change(&a)
		err := federation.Validate(a)
		if !fault.Is(err, fault.Invalid) || fault.As(err).Args["field"] != c.field {
			t.Errorf("%s: %v, want the field %s", name, err, c.field)
		}
	}
	for _, a := range []federation.Activity{request(), packed([]byte{1}), packed(big), packed(make([]byte, federation.MaxSealed)), purge()} {
		if err := federation.Validate(a); err != nil {
			t.Errorf("%s: %v", a.Type, err)
		}
	}
}

func TestCutAndJoined(t *testing.T) {
	for _, n := range []int{1, federation.SealedChunk - 1, federation.SealedChunk, federation.SealedChunk + 1, federation.MaxSealed} {
		sealed := bytes.Repeat([]byte{3, 1, 4, 1, 5, 9}, n)[:n]
		got, err := packed(sealed).Package.Sealed()
		if err != nil || !bytes.Equal(got, sealed) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

// A statement is what is proved: whatever of it is changed changes its bytes, and the
// same value always gives the same ones.
func TestStatements(t *testing.T) {
	r, p, e := *request().Request, *packed([]byte("x")).Package, *purge().Purge
	one, err := p.Statement(northOrg, labourOrg)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"@context":"https://www.w3.org/ns/activitystreams","type":"SealedPackage","id":"https://north.example/ap/pkg/` + random + `","from":"` + northOrg + `","to":"` + labourOrg +
		`","schema":"sealed-handover/1","referral":"https://north.example/ap/ref/` + random + `","request":"https://labour.example/ap/req/` + random + `","key":"` + labourOrg +
		`#ka-aaaaaaaaaaaaaaaa","consent":"` + random + `","expires":"2026-12-04T00:00:00Z","size":1,"digest":"SHA-256=LXEWQrcmsEQBYnyp+6wy9chTD7GQPMTbAiWHF5IaSIE="}`
	if d := cmp.Diff(want, string(one)); d != "" {
		t.Error(d)
	}
	seen := map[string]string{}
	for name, f := range map[string]func() ([]byte, error){
		"request":              func() ([]byte, error) { return r.Statement(labourOrg, northOrg) },
		"request to another":   func() ([]byte, error) { return r.Statement(labourOrg, labourOrg) },
		"request, another key": func() ([]byte, error) { x := r; x.Key.Multibase += "b"; return x.Statement(labourOrg, northOrg) },
		"request, other fields": func() ([]byte, error) {
			x := r
			x.Fields = []string{"full_name"}
			return x.Statement(labourOrg, northOrg)
		},
		"erasure": func() ([]byte, error) { return e.Statement(labourOrg, northOrg) },
		"erasure, more kept": func() ([]byte, error) {
			x := e
			x.Kept = append(x.Kept, "audit_trail")
			return x.Statement(labourOrg, northOrg)
		},
		"package, other digest": func() ([]byte, error) { x := p; x.Digest = "y"; return x.Statement(northOrg, labourOrg) },
		"package":               func() ([]byte, error) { return p.Statement(northOrg, labourOrg) },
	} {
		doc, err := f()
		if err != nil {
			t.Fatal(err)
		}
		if other, twice := seen[string(doc)]; twice {
			t.Errorf("%s and %s are proved alike", name, other)
		}
		seen[string(doc)] = name
	}
}
