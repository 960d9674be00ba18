package proof

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
)

// signed is the signed vector with one text in the place of another.
func signed(t testing.TB, old, new string) []byte {
	t.Helper()
	doc := file(t, "fep-8b32-signed.json")
	if n := bytes.Count(doc, []byte(old)); n < 1 {
		t.Fatalf("%q is not in the vector", old)
	}
	return bytes.Replace(doc, []byte(old), []byte(new), 1)
}

func TestVerifyRefuses(t *testing.T) {
	const purpose = `"proofPurpose": "assertionMethod"`
	whole := string(file(t, "fep-8b32-signed.json"))
	one := whole[strings.Index(whole, `"proof": `)+len(`"proof": `) : strings.LastIndex(whole, "}")]
	for name, c := range map[string]struct {
		doc  []byte
		want string
	}{
		"no proof":               {file(t, "fep-8b32-document.json"), "missing"},
		"another text":           {signed(t, "Hello world", "Hello World"), "signature"},
		"another number":         {signed(t, "25.273962", "25.273963"), "signature"},
		"a number as text":       {signed(t, "25.273962", `"25.273962"`), "signature"},
		"something more":         {signed(t, `"type": "Create",`, `"type": "Create", "summary": "",`), "signature"},
		"something less":         {signed(t, `"type": "Place",`, ``), "signature"},
		"a context more":         {signed(t, `data-integrity/v2"`, `data-integrity/v2", "https://evil.example/v1"`), "context"},
		"contexts in both":       {[]byte(strings.ReplaceAll(whole, `data-integrity/v2"`, `data-integrity/v2", "https://evil.example/v1"`)), "signature"},
		"a context in an object": {signed(t, `"object": {`, `"object": {"@context": {"content": "https://evil.example/x"},`), "signature"},
		"contexts swapped":       {signed(t, `"https://www.w3.org/ns/activitystreams",`, `"https://w3id.org/security/data-integrity/v1",`), "context"},
		"no context":             {signed(t, `"@context"`, `"@contexts"`), "context"},
		"another purpose":        {signed(t, purpose, `"proofPurpose": "authentication"`), "purpose"},
		"another key":            {signed(t, `alice#ed25519-key`, `alice#other-key`), "method"},
		"another's key":          {signed(t, `"verificationMethod": "https://server.example`, `"verificationMethod": "https://evil.example`), "method"},
		"another suite":          {signed(t, "eddsa-jcs-2022", "eddsa-rdfc-2022"), "suite"},
		"another type":           {signed(t, "DataIntegrityProof", "Ed25519Signature2020"), "suite"},
		"another time":           {signed(t, "23:36:38Z", "23:36:37Z"), "signature"},
		"made in the future":     {signed(t, "2023-02-24T23:36:38Z", "2023-02-25T02:36:38Z"), "future"},
		"no time":                {signed(t, `"created": "2023-02-24T23:36:38Z"`, `"created": "yesterday"`), "created"},
		"time left out": {signed(t, `,
        "created": "2023-02-24T23:36:38Z"`, ``), "created"},
		"over":                     {signed(t, purpose, purpose+`, "expires": "2023-02-24T23:36:39Z"`), "expired"},
		"an end that was added":    {signed(t, purpose, purpose+`, "expires": "2030-02-24T23:36:39Z"`), "signature"},
		"an end that is none":      {signed(t, purpose, purpose+`, "expires": "never"`), "expired"},
		"a challenge":              {signed(t, purpose, purpose+`, "challenge": "x"`), "option"},
		"an option in capitals":    {signed(t, purpose, purpose+`, "ProofPurpose": "assertionMethod"`), "option"},
		"an option that is a list": {signed(t, purpose, `"proofPurpose": ["assertionMethod"]`), "form"},
		"two proofs":               {[]byte(strings.Replace(whole, one, "["+one+","+one+"]", 1)), "several"},
		"a proof in a list":        {[]byte(strings.Replace(whole, one, "["+one+"]", 1)), "several"},
		"a proof that is null":     {[]byte(strings.Replace(whole, one, "null", 1)), "several"},
		"a short value":            {signed(t, "z42ffGu6", "zffGu6"), "value"},
		"another base":             {signed(t, "z42ffGu6", "u42ffGu6"), "value"},
		"a letter not in base 58":  {signed(t, "z42ffGu6", "z42ffGu0"), "value"},
		"a changed value":          {signed(t, "z42ffGu6", "z42ffGu7"), "signature"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Verify(c.doc, pinned(t, vectorMethod))
			if got := Reason(err); got != c.want {
				t.Errorf("reason %q (%v), want %q", got, err, c.want)
			}
		})
	}
}

func TestDocumentsWithoutProof(t *testing.T) {
	deep := strings.Repeat(`{"a":`, federation.MaxDepth+2) + "1" + strings.Repeat("}", federation.MaxDepth+2)
	var many strings.Builder
	for i := range maxNames + 1 {
		if i > 0 {
			many.WriteByte(',')
		}
		many.WriteString(`"k` + strings.Repeat("x", i) + `":1`)
	}
	for name, doc := range map[string]string{
		"a name twice":           `{"a":1,"a":1}`,
		"a name twice, spelt":    `{"a":1,"\u0061":2}`,
		"a name twice, deep":     `{"x":[{"a":1,"a":2}]}`,
		"proof twice":            `{"proof":{},"proof":{}}`,
		"a list":                 `[1]`,
		"a text":                 `"x"`,
		"nothing":                ``,
		"two documents":          `{} {}`,
		"a digit too many":       `{"a":0.10000000000000000555}`,
		"a number no double has": `{"a":12345678901234567891}`,
		"beyond whole numbers":   `{"a":9007199254740993}`,
		"infinite":               `{"a":1e400}`,
		"nearly nothing":         `{"a":1e-400}`,
		"a hexadecimal":          `{"a":0x10}`,
		"a long number":          `{"a":0.` + strings.Repeat("0", 40) + `}`,
		"half a pair":            `{"a":"\ud800"}`,
		"half a pair in a name":  `{"\ud800":1}`,
		"no UTF-8":               "{\"a\":\"\xff\"}",
		"too deep":               deep,
		"too many names":         "{" + many.String() + "}",
		"cut off":                `{"a":[1,2`,
		"huge":                   `{"a":"` + strings.Repeat("x", federation.MaxBody) + `"}`,
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Verify([]byte(doc), pinned(t, vectorMethod)); !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.TooLarge) {
				t.Errorf("verified as %v", err)
			}
			if _, err := Sign([]byte(doc), vectorMethod, vectorKey(t), vectorTime); err == nil {
				t.Error("signed")
			}
		})
	}
	if _, err := Sign(file(t, "fep-8b32-signed.json"), vectorMethod, vectorKey(t), vectorTime); err == nil {
		t.Error("signed twice")
	}
	if _, err := Sign([]byte(`{}`), "#key", vectorKey(t), vectorTime); err == nil {
		t.Error("signed with a key that is nowhere")
	}
	if _, err := Sign([]byte(`{}`), vectorMethod, nil, vectorTime); err == nil {
		t.Error("signed without a key")
	}
	full := `{"a":"` + strings.Repeat("x", federation.MaxBody-100) + `"}`
	if _, err := Sign([]byte(full), vectorMethod, vectorKey(t), vectorTime); !fault.Is(err, fault.TooLarge) {
		t.Errorf("a document without room for its proof: %v", err)
	}
}

// What says the same in other bytes has the same proof.
func TestOtherBytesTheSameWords(t *testing.T) {
	var v map[string]any
	if err := json.Unmarshal(file(t, "fep-8b32-signed.json"), &v); err != nil {
		t.Fatal(err)
	}
	sorted, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	for name, doc := range map[string][]byte{
		"sorted names, no spaces": sorted,
		"a letter spelt out":      signed(t, "Hello", `\u0048ello`),
		"a number spelt out":      signed(t, "25.273962", "2.5273962e1"),
	} {
		if _, err := Verify(doc, pinned(t, vectorMethod)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSignKeepsTheBytes(t *testing.T) {
	key := vectorKey(t)
	for _, doc := range []string{`{}`, `{ "b" : 1.50, "a":"ก<&>\u2028" }` + "\n", `{"@context":"https://www.w3.org/ns/activitystreams","n":-0.0,"e":1E3,"z":null}`} {
		out, err := Sign([]byte(doc), vectorMethod, key, vectorTime)
		if err != nil {
			t.Errorf("%s: %v", doc, err)
			continue
		}
		if kept := strings.TrimSuffix(strings.TrimSpace(doc), "}"); !bytes.HasPrefix(out, []byte(kept)) {
			t.Errorf("%s became %s", doc, out)
		}
		again, err := Sign([]byte(doc), vectorMethod, key, vectorTime)
		if err != nil || !bytes.Equal(out, again) {
			t.Errorf("%s: other bytes the second time: %v", doc, err)
		}
		if _, err := Verify(out, pinned(t, vectorMethod)); err != nil {
			t.Errorf("%s: %v", out, err)
		}
	}
}

func TestProperty(t *testing.T) {
	doc := []byte(`{"a": {"b" :1} ,"c":"d"}`)
	if got, err := Property(doc, "a"); err != nil || string(got) != `{"b" :1}` {
		t.Errorf("%s, %v", got, err)
	}
	if got, err := Property(doc, "x"); err != nil || got != nil {
		t.Errorf("%s, %v", got, err)
	}
	if _, err := Property([]byte(`{"a":1,"a":2}`), "a"); err == nil {
		t.Error("read one of two")
	}
}

func TestMultikeyRefuses(t *testing.T) {
	for name, s := range map[string]string{
		"nothing":         "",
		"a prefix alone":  "z",
		"no prefix":       vectorPublic[1:],
		"another base":    "u" + vectorPublic[1:],
		"a zero":          "z6Mk0" + vectorPublic[5:],
		"a letter less":   vectorPublic[:len(vectorPublic)-1],
		"a letter more":   vectorPublic + "1",
		"a secret key":    vectorSecret,
		"an unknown kind": Multibase([]byte("\xe7\x01" + strings.Repeat("x", 33))),
		"no RSA key":      Multibase([]byte(codecRSA + "xx")),
		"endless":         "z" + strings.Repeat("z", maxMultibase),
	} {
		if key, err := ParseMultikey(s); err == nil {
			t.Errorf("%s: %v", name, key)
		}
	}
	pair, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Multikey(&pair.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Assertion(s); err == nil {
		t.Error("an RSA key would prove documents")
	}
	if _, err := Multikey("key"); err == nil {
		t.Error("a word is no key")
	}
	if _, err := Multikey(ed25519.PublicKey("short")); err == nil {
		t.Error("a short key was written")
	}
}

func TestMultibaseKeepsZeros(t *testing.T) {
	for _, b := range [][]byte{{0}, {0, 0, 1}, {255}, []byte("Hello World!"), {0, 1, 0}} {
		got, err := ParseMultibase(Multibase(b))
		if err != nil || !bytes.Equal(got, b) {
			t.Errorf("%v: %v, %v", b, got, err)
		}
	}
	if got := Multibase([]byte("Hello World!")); got != "z2NEpo7TZRRrLZSi2U" { // draft-msporny-base58-03, §5
		t.Error(got)
	}
}

func TestClockOfAProof(t *testing.T) {
	e := pinned(t, vectorMethod)
	e.Now, e.Ahead = vectorTime.Add(-time.Minute), 30*time.Second
	if _, err := Verify(file(t, "fep-8b32-signed.json"), e); Reason(err) != "future" {
		t.Errorf("a minute ahead with half a minute allowed: %v", err)
	}
	e.Ahead = time.Minute
	if _, err := Verify(file(t, "fep-8b32-signed.json"), e); err != nil {
		t.Error(err)
	}
}

func FuzzVerify(f *testing.F) {
	f.Add(file(f, "fep-8b32-signed.json"))
	f.Add(file(f, "vc-di-eddsa-signed.json"))
	f.Add([]byte(`{"proof":{"type":"DataIntegrityProof"}}`))
	e := pinned(f, vectorMethod)
	want := canonicalOf(file(f, "fep-8b32-signed.json"))
	f.Fuzz(func(t *testing.T, doc []byte) {
		if _, err := Verify(doc, e); err == nil && canonicalOf(doc) != want {
			t.Errorf("the proof is good for other words: %q", doc)
		}
		if out, err := Sign(doc, vectorMethod, vectorKey(t), vectorTime); err == nil {
			if _, err := Verify(out, e); err != nil {
				t.Errorf("our own proof is not good: %v", err)
			}
		}
	})
}

func canonicalOf(doc []byte) string {
	list, err := members(doc)
	if err != nil {
		return ""
	}
	out, err := canonical(list)
	if err != nil {
		return ""
	}
	return string(out)
}

func BenchmarkVerify(b *testing.B) {
	doc, e := file(b, "fep-8b32-signed.json"), pinned(b, vectorMethod)
	for b.Loop() {
		if _, err := Verify(doc, e); err != nil {
			b.Fatal(err)
		}
	}
}
