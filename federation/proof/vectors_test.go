package proof

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// The key of FEP-8b32 and of vc-di-eddsa, and the time of their examples.
const (
	vectorSecret = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq"
	vectorPublic = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
	vectorMethod = "https://server.example/users/alice#ed25519-key"
)

var vectorTime = time.Date(2023, 2, 24, 23, 36, 38, 0, time.UTC)

func file(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// vectorKey reads the secret key, which stands in the vectors as a multibase seed.
func vectorKey(t testing.TB) ed25519.PrivateKey {
	t.Helper()
	b, err := ParseMultibase(vectorSecret)
	if err != nil {
		t.Fatal(err)
	}
	seed, ok := bytes.CutPrefix(b, []byte(codecEd25519Secret))
	if !ok {
		t.Fatal("the vector is no Ed25519 seed")
	}
	return ed25519.NewKeyFromSeed(seed)
}

func pinned(t testing.TB, method string) Expect {
	t.Helper()
	key, err := Assertion(vectorPublic)
	if err != nil {
		t.Fatal(err)
	}
	return Expect{Keys: map[string]ed25519.PublicKey{method: key}, Now: vectorTime.Add(time.Minute)}
}

func canonicalText(t *testing.T, doc []byte) string {
	t.Helper()
	list, err := members(doc)
	if err != nil {
		t.Fatal(err)
	}
	out, err := canonical(list)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestVectorsOfFEP8b32(t *testing.T) {
	key := vectorKey(t)
	got, err := Sign(file(t, "fep-8b32-document.json"), vectorMethod, key, vectorTime)
	if err != nil {
		t.Fatal(err)
	}
	want := file(t, "fep-8b32-signed.json")
	if diff := cmp.Diff(canonicalText(t, want), canonicalText(t, got)); diff != "" {
		t.Error(diff)
	}
	for name, doc := range map[string][]byte{"theirs": want, "ours": got} {
		p, err := Verify(doc, pinned(t, vectorMethod))
		if err != nil || p.Method != vectorMethod || !p.Created.Equal(vectorTime) {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
	}
}

func TestVectorsOfEddsaJCS2022(t *testing.T) {
	doc := file(t, "vc-di-eddsa-signed.json")
	list, err := members(doc)
	if err != nil {
		t.Fatal(err)
	}
	o, rest, err := parts(list)
	if err != nil {
		t.Fatal(err)
	}
	sum, err := hash(rest, o)
	if err != nil {
		t.Fatal(err)
	}
	const of, text = "66ab154f5c2890a140cb8388a22a160454f80575f6eae09e5a097cabe539a1db", "59b7cb6251b8991add1ce0bc83107e3db9dbbab5bd2c28f687db1a03abc92f19"
	if got := hex.EncodeToString(sum); got != of+text {
		t.Errorf("the hash is %s", got)
	}
	if got := hex.EncodeToString(ed25519.Sign(vectorKey(t), sum)); got != "407cd12654b33d718ecbb99179a1506daaa849450bf3fc523cce3e1c96f8b80351da3f253d725c6f00b07c9e5448d50b3ef78012b9ab54255116d069c6dd2808" {
		t.Errorf("the signature is %s", got)
	}
	if _, err := Verify(doc, pinned(t, o.Method)); err != nil {
		t.Error(err)
	}
}

func TestVectorsOfFEP521a(t *testing.T) {
	var cases []struct {
		Kind, Hex string
		Multibase string `json:"publicKeyMultibase"`
	}
	if err := json.Unmarshal(file(t, "fep-521a.json"), &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) != 2 {
		t.Fatalf("%d vectors", len(cases))
	}
	for _, c := range cases {
		raw, err := hex.DecodeString(c.Hex)
		if err != nil {
			t.Fatal(err)
		}
		var key crypto.PublicKey = ed25519.PublicKey(raw)
		if c.Kind == "rsa" {
			if key, err = x509.ParsePKCS1PublicKey(raw); err != nil {
				t.Fatal(err)
			}
		}
		got, err := Multikey(key)
		if err != nil || got != c.Multibase {
			t.Errorf("%s: %s, %v", c.Kind, got, err)
		}
		back, err := ParseMultikey(c.Multibase)
		if err != nil || !back.(interface{ Equal(crypto.PublicKey) bool }).Equal(key) {
			t.Errorf("%s: %v, %v", c.Kind, back, err)
		}
	}
}

func TestVectorOfFEP8fcf(t *testing.T) {
	ids := []string{"https://testing.example.org/users/1", "https://testing.example.org/users/2"}
	for want, ids := range map[string][]string{
		"c33f48cd341ef046a206b8a72ec97af65079f9a3a9b90eef79c5920dce45c61f": {ids[1], ids[0]},
		"3a06e99569547f444c352ab7f52e4bab207abec5ca6f07b0045cfdc9723f8fa9": ids[:1],
		"0000000000000000000000000000000000000000000000000000000000000000": nil,
	} {
		if got := CollectionDigest(ids); got != want {
			t.Errorf("%v: %s", ids, got)
		}
	}
}
