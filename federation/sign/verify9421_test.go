package sign_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/sign"
)

// signed9421 is a request with a signature of ours.
func signed9421(t testing.TB, method string, body []byte, at time.Time) *http.Request {
	t.Helper()
	r := request(method, "/inbox", body)
	if err := northKey(t).Sign9421(r, body, at); err != nil {
		t.Fatal(err)
	}
	return r
}

const covers9421 = `"@method" "@target-uri" "content-digest"`

// params9421 are good parameters.
var params9421 = fmt.Sprintf(`;created=%d;keyid="%s"`, now.Unix(), keyID)

// byHand9421 signs any list of components with any parameters, as an attacker or
// other software would; it shares nothing with what it tests.
func byHand9421(t testing.TB, r *http.Request, list, params string, make func(text []byte) []byte) {
	t.Helper()
	path, query, found := strings.Cut(r.URL.RequestURI(), "?")
	target := "https://" + r.Host + path
	if found {
		target += "?" + query
	}
	var text strings.Builder
	for _, quoted := range strings.Fields(list) {
		name := strings.Trim(strings.SplitN(quoted, ";", 2)[0], `"`)
		value := strings.Join(r.Header.Values(name), ", ")
		switch name {
		case "@method":
			value = r.Method
		case "@target-uri":
			value = target
		case "@authority", "host":
			value = r.Host
		case "@path":
			value = path
		case "@query":
			value = "?" + query
		case "@scheme":
			value = "https"
		case "@request-target":
			value = r.URL.RequestURI()
		case "@status":
			value = "200"
		}
		text.WriteString(quoted + ": " + value + "\n")
	}
	input := "(" + list + ")" + params
	text.WriteString(`"@signature-params": ` + input)
	r.Header.Set("Signature-Input", "sig1="+input)
	r.Header.Set("Signature", "sig1=:"+base64.StdEncoding.EncodeToString(make([]byte(text.String())))+":")
}

// plain9421 is an unsigned POST with its digest in place.
func plain9421(body []byte) *http.Request {
	r := request(http.MethodPost, "/inbox", body)
	r.Header.Set("Content-Digest", sign.ContentDigest(body))
	return r
}

type attack struct {
	name, reason string
	make         func() (*http.Request, []byte)
}

// hand9421 makes an attack of a list and parameters, with a good signature over them.
func hand9421(t testing.TB, list, params string) func() (*http.Request, []byte) {
	return func() (*http.Request, []byte) {
		r := plain9421([]byte("{}"))
		byHand9421(t, r, list, params, pkcs1(t))
		return r, []byte("{}")
	}
}

// altered9421 makes an attack of a good request that is changed after signing.
func altered9421(t testing.TB, change func(r *http.Request)) func() (*http.Request, []byte) {
	return func() (*http.Request, []byte) {
		r := signed9421(t, http.MethodPost, []byte("{}"), now)
		change(r)
		return r, []byte("{}")
	}
}

// in changes a piece of a header.
func in(t testing.TB, header, from, to string) func(r *http.Request) {
	return func(r *http.Request) {
		s := r.Header.Get(header)
		if !strings.Contains(s, from) {
			t.Fatalf("%q is not in %s", from, s)
		}
		r.Header.Set(header, strings.Replace(s, from, to, 1))
	}
}

func refused(t *testing.T, attacks []attack) {
	t.Helper()
	for _, c := range attacks {
		r, b := c.make()
		id, _, err := verifier(t).Verify(r, b)
		if !fault.Is(err, fault.Signature) || id != "" {
			t.Errorf("%s: got %q, %v; want a signature fault", c.name, id, err)
			continue
		}
		if got := sign.Reason(err); got != c.reason {
			t.Errorf("%s: reason %q, want %q", c.name, got, c.reason)
		}
		if sign.IsClock(err) != (c.reason == "clock_skew") {
			t.Errorf("%s: clock?", c.name)
		}
		if key := fault.As(err).Key; key != "error.federation.signature" {
			t.Errorf("%s: another message: %s", c.name, key)
		}
	}
}

func TestVerify9421RefusesForms(t *testing.T) {
	header := func(name, value string) func() (*http.Request, []byte) {
		return altered9421(t, func(r *http.Request) { r.Header.Set(name, value) })
	}
	refused(t, []attack{
		{"no Signature", "unsigned", altered9421(t, func(r *http.Request) { r.Header.Del("Signature") })},
		{"no Signature-Input", "malformed", altered9421(t, func(r *http.Request) { r.Header.Del("Signature-Input") })},
		{"empty Signature", "malformed", header("Signature", "")},
		{"empty Signature-Input", "malformed", header("Signature-Input", "")},
		{"no dictionary", "malformed", header("Signature-Input", "(((")},
		{"an item for a list", "malformed", header("Signature-Input", `sig1="@method"`)},
		{"a string for a signature", "malformed", header("Signature", `sig1="AAAA"`)},
		{"a token for a signature", "malformed", header("Signature", `sig1=AAAA`)},
		{"nothing for a signature", "malformed", header("Signature", "sig1=::")},
		{"a short signature", "malformed", header("Signature", "sig1=:AAAA:")},
		{"a long header", "malformed", header("Signature-Input", `sig1=("@method");nonce="`+strings.Repeat("a", 5000)+`"`)},
		{"a long header that means the same", "malformed", altered9421(t, in(t, "Signature-Input", "(", "("+strings.Repeat(" ", 5000)))},
		{"two Signature headers", "several", altered9421(t, func(r *http.Request) { r.Header.Add("Signature", r.Header.Get("Signature")) })},
		{"two Signature-Input headers", "several", altered9421(t, func(r *http.Request) { r.Header.Add("Signature-Input", r.Header.Get("Signature-Input")) })},
		{"two labels", "several", altered9421(t, func(r *http.Request) {
			for _, name := range []string{"Signature", "Signature-Input"} {
				one := r.Header.Get(name)
				r.Header.Set(name, one+", "+strings.Replace(one, "sig1", "sig2", 1))
			}
		})},
		{"the same label twice", "malformed", altered9421(t, func(r *http.Request) {
			r.Header.Set("Signature", r.Header.Get("Signature")+", "+r.Header.Get("Signature"))
		})},
		{"labels that differ", "malformed", altered9421(t, in(t, "Signature", "sig1", "sig2"))},
		{"a parameter of the signature", "malformed", altered9421(t, func(r *http.Request) { r.Header.Set("Signature", r.Header.Get("Signature")+";a") })},
		{"Authorization beside it", "several", header("Authorization", "Bearer x")},
		{"draft-cavage beside it", "several", header("Signature", signed(t, http.MethodPost, []byte("{}"), now).Header.Get("Signature"))},
		{"draft-cavage in the same header", "several", altered9421(t, func(r *http.Request) {
			r.Header.Set("Signature", r.Header.Get("Signature")+","+signed(t, http.MethodPost, []byte("{}"), now).Header.Get("Signature"))
		})},
		{"unknown key", "unknown_key", hand9421(t, covers9421, strings.Replace(params9421, "north", "evil", 1))},
		{"key that is no identifier", "key_id", hand9421(t, covers9421, strings.Replace(params9421, keyID, "north", 1))},
		{"no key", "key_id", hand9421(t, covers9421, fmt.Sprintf(";created=%d", now.Unix()))},
		{"key that is a token", "malformed", hand9421(t, covers9421, fmt.Sprintf(";created=%d;keyid=north", now.Unix()))},
		{"two keys", "malformed", hand9421(t, covers9421, params9421+`;keyid="https://evil.example/ap/org#main-key"`)},
		{"not created", "undated", hand9421(t, covers9421, fmt.Sprintf(`;keyid="%s"`, keyID))},
		{"created as a string", "malformed", hand9421(t, covers9421, fmt.Sprintf(`;created="%d";keyid="%s"`, now.Unix(), keyID))},
		{"created before time began", "malformed", hand9421(t, covers9421, fmt.Sprintf(`;created=-1;keyid="%s"`, keyID))},
		{"created twice", "malformed", hand9421(t, covers9421, params9421+";created=1")},
		{"expired before it was made", "malformed", hand9421(t, covers9421, params9421+fmt.Sprintf(";expires=%d", now.Unix()-1))},
		{"expired", "expired", hand9421(t, covers9421, fmt.Sprintf(`;created=%d;expires=%d;keyid="%s"`, now.Unix()-60, now.Unix()-1, keyID))},
		{"a long nonce", "malformed", hand9421(t, covers9421, params9421+`;nonce="`+strings.Repeat("n", 257)+`"`)},
		{"a tag", "parameter", hand9421(t, covers9421, params9421+`;tag="shop"`)},
		{"an unknown parameter", "parameter", hand9421(t, covers9421, params9421+`;x`)},
		{"three years old", "clock_skew", hand9421(t, covers9421, fmt.Sprintf(`;created=%d;keyid="%s"`, now.AddDate(-3, 0, 0).Unix(), keyID))},
		{"61 minutes ahead", "clock_skew", hand9421(t, covers9421, fmt.Sprintf(`;created=%d;keyid="%s"`, now.Add(61*time.Minute).Unix(), keyID))},
	})
}

func TestVerify9421RefusesCoverage(t *testing.T) {
	list := func(reason, list string) attack { return attack{list, reason, hand9421(t, list, params9421)} }
	refused(t, []attack{
		list("uncovered_method", ``),
		list("uncovered_method", `"@target-uri" "content-digest"`),
		list("uncovered_target", `"@method" "content-digest"`),
		list("uncovered_target", `"@method" "@path" "@query" "content-digest"`),
		list("uncovered_target", `"@method" "@authority" "@query" "content-digest"`),
		list("uncovered_target", `"@method" "@authority" "@path" "content-digest"`),
		list("uncovered_target", `"@method" "host" "@request-target" "content-digest"`),
		list("uncovered_digest", `"@method" "@target-uri"`),
		list("uncovered_digest", `"@method" "@target-uri" "digest"`),
		list("components", `"@method" "@target-uri" "content-digest" "@status"`),
		list("components", `"@method" "@target-uri" "content-digest" "@query-param";name="a"`),
		list("components", `"@method" "@target-uri" "content-digest" "@signature-params"`),
		list("components", `"@method" "@target-uri" "content-digest" "@"`),
		list("components", `"@method" "@target-uri" "content-digest" ""`),
		list("components", `"@method" "@target-uri" "content-digest" "@method"`),
		list("components", `"@method";req "@target-uri" "content-digest"`),
		list("components", `"@method" "@target-uri" "content-digest";bs`),
		list("components", `"@method" "@target-uri" "content-digest";sf`),
		list("components", `"@method" "@target-uri" "content-digest";key="sha-256"`),
		list("components", `"@method" "@target-uri" "content-digest";tr`),
		list("components", `"@Method" "@target-uri" "content-digest"`),
		list("components", `"@method" "@target-uri" "Content-Digest"`),
		list("components", `"@method" "@target-uri" "content-digest" token`),
		list("components", `"@method" "@target-uri" "content-digest" 1`),
		list("components", `"@method" "@target-uri" "content-digest" "signature"`),
		list("components", `"@method" "@target-uri" "content-digest" "signature-input"`),
		list("component_absent", `"@method" "@target-uri" "content-digest" "x-absent"`),
	})
}

func TestVerify9421RefusesTampering(t *testing.T) {
	header := func(name, value string) func() (*http.Request, []byte) {
		return altered9421(t, func(r *http.Request) { r.Header.Set(name, value) })
	}
	body := func(b string) func() (*http.Request, []byte) {
		return func() (*http.Request, []byte) {
			r, _ := altered9421(t, func(*http.Request) {})()
			return r, []byte(b)
		}
	}
	algorithm := func(alg string, make func([]byte) []byte) func() (*http.Request, []byte) {
		return func() (*http.Request, []byte) {
			r := plain9421([]byte("{}"))
			byHand9421(t, r, covers9421, params9421+alg, make)
			return r, []byte("{}")
		}
	}
	refused(t, []attack{
		{"another body", "digest", body("[]")},
		{"no body", "digest", body("")},
		{"body and digest", "signature", func() (*http.Request, []byte) {
			r, _ := header("Content-Digest", sign.ContentDigest([]byte("[]")))()
			return r, []byte("[]")
		}},
		{"no digest", "digest_form", altered9421(t, func(r *http.Request) { r.Header.Del("Content-Digest") })},
		{"two digests", "digest_form", altered9421(t, func(r *http.Request) { r.Header.Add("Content-Digest", r.Header.Get("Content-Digest")) })},
		{"weak digest", "digest_form", header("Content-Digest", "md5=:AAAA:")},
		{"digest of the draft", "digest_form", header("Content-Digest", sign.Digest([]byte("{}")))},
		{"other path", "signature", altered9421(t, func(r *http.Request) { r.URL.Path = "/ap/org/inbox" })},
		{"query added", "signature", altered9421(t, func(r *http.Request) { r.URL.RawQuery = "x=1" })},
		{"question mark added", "signature", altered9421(t, func(r *http.Request) { r.URL.ForceQuery = true })},
		{"other method", "signature", altered9421(t, func(r *http.Request) { r.Method = http.MethodPut })},
		{"POST made a GET", "signature", altered9421(t, func(r *http.Request) { r.Method = http.MethodGet })},
		{"other host", "host", altered9421(t, func(r *http.Request) { r.Host = "evil.example" })},
		{"signed for another server", "host", func() (*http.Request, []byte) {
			r := plain9421([]byte("{}"))
			r.Host = "third.example"
			byHand9421(t, r, covers9421, params9421, pkcs1(t))
			return r, []byte("{}")
		}},
		{"host in capitals", "host", altered9421(t, func(r *http.Request) { r.Host = strings.ToUpper(host) })},
		{"the scheme http", "signature", func() (*http.Request, []byte) {
			r := request(http.MethodPost, "/inbox", []byte("{}"))
			r.URL.Scheme = "http"
			if err := northKey(t).Sign9421(r, []byte("{}"), now); err != nil {
				t.Fatal(err)
			}
			return r, []byte("{}")
		}},
		{"created later", "signature", altered9421(t, in(t, "Signature-Input", "created=", "created=1"))},
		{"order of components", "signature", altered9421(t, in(t, "Signature-Input", `"@method" "@target-uri"`, `"@target-uri" "@method"`))},
		{"nonce added", "signature", altered9421(t, in(t, "Signature-Input", ";created", `;nonce="x";created`))},
		{"expires added", "signature", altered9421(t, in(t, "Signature-Input", ";keyid", fmt.Sprintf(";expires=%d;keyid", now.Unix()+60)))},
		{"zeros for a signature", "signature", header("Signature", "sig1=:"+base64.StdEncoding.EncodeToString(make([]byte, 256))+":")},
		{"a longer signature", "signature", header("Signature", "sig1=:"+base64.StdEncoding.EncodeToString(make([]byte, 512))+":")},
		{"HMAC with the public key as the secret", "algorithm", algorithm(`;alg="hmac-sha256"`, pkcs1(t))},
		{"HMAC without a name", "malformed", algorithm(``, macWithPublicKey(t))},
		{"RSA-PSS by its name", "algorithm", algorithm(`;alg="rsa-pss-sha512"`, pss(t))},
		{"RSA-PSS without a name", "signature", algorithm(``, pss(t))},
		{"RSA-PSS called v1.5", "signature", algorithm(`;alg="rsa-v1_5-sha256"`, pss(t))},
		{"SHA-512 instead of SHA-256", "signature", algorithm(``, pkcs1sha512(t))},
		{"RSA called Ed25519", "algorithm", algorithm(`;alg="ed25519"`, pkcs1(t))},
		{"Ed25519 for a key that is RSA", "signature", algorithm(`;alg="ed25519"`, edSigner(t))},
		{"algorithm as a token", "algorithm", algorithm(`;alg=rsa-v1_5-sha256`, pkcs1(t))},
	})
}

func edKey(t testing.TB) ed25519.PrivateKey {
	t.Helper()
	block, _ := pem.Decode([]byte(fixture(t, "rfc9421-ed25519")))
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return key.(ed25519.PrivateKey)
}

func edSigner(t testing.TB) func([]byte) []byte {
	return func(text []byte) []byte { return ed25519.Sign(edKey(t), text) }
}

// edVerifier has an Ed25519 key pinned.
func edVerifier(t testing.TB) *sign.Verifier {
	t.Helper()
	raw, err := x509.MarshalPKIXPublicKey(edKey(t).Public())
	if err != nil {
		t.Fatal(err)
	}
	key, err := sign.ParsePublic(keyID, actor, string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: raw})))
	if err != nil {
		t.Fatal(err)
	}
	v := verifier(t)
	v.Key = func(context.Context, string) (sign.Public, error) { return key, nil }
	return v
}

func TestEd25519(t *testing.T) {
	body := []byte("{}")
	if _, _, err := edVerifier(t).Verify(signed(t, http.MethodPost, body, now), body); sign.Reason(err) != "unknown_key" {
		t.Errorf("draft-cavage: %v", sign.Reason(err))
	}
	if _, _, err := edVerifier(t).Verify(signed9421(t, http.MethodPost, body, now), body); sign.Reason(err) != "signature" {
		t.Errorf("an RSA signature: %v", sign.Reason(err))
	}
	for _, alg := range []string{"", `;alg="ed25519"`} {
		r := plain9421(body)
		byHand9421(t, r, covers9421, params9421+alg, edSigner(t))
		if id, _, err := edVerifier(t).Verify(r, body); err != nil || id != keyID {
			t.Errorf("%q: %v", alg, sign.Reason(err))
		}
		r.Header.Set("Content-Digest", sign.ContentDigest(nil))
		if _, _, err := edVerifier(t).Verify(r, nil); sign.Reason(err) != "signature" {
			t.Errorf("altered: %v", sign.Reason(err))
		}
	}
}

// TestRFC9421IsNotEnough: the RFC's own good examples sign too little for us.
func TestRFC9421IsNotEnough(t *testing.T) {
	for _, list := range []string{
		`"date" "@method" "@path" "@authority" "content-type" "content-length"`, `"@method" "@path" "@authority" "accept"`,
		`"@method" "@authority" "@path" "content-digest" "content-type" "content-length" "forwarded"`,
	} {
		refused(t, []attack{{list, "uncovered_target", hand9421(t, list, params9421)}})
	}
}

func TestVerify9421Accepts(t *testing.T) {
	for _, c := range []struct {
		method string
		body   []byte
		off    time.Duration
	}{
		{http.MethodPost, []byte(`{"a":1}`), 0}, {http.MethodPost, nil, 0}, {http.MethodGet, nil, 0},
		{http.MethodPost, []byte("x"), 59 * time.Minute}, {http.MethodPost, []byte("x"), -59 * time.Minute},
	} {
		r := signed9421(t, c.method, c.body, now.Add(c.off))
		id, at, err := verifier(t).Verify(r, c.body)
		if err != nil || id != keyID || !at.Equal(now.Add(c.off)) || sign.SchemeOf(r.Header) != sign.RFC9421 {
			t.Errorf("%v: %q %v %v", c, id, at, sign.Reason(err))
		}
	}
	body := []byte("{}")
	for _, list := range []string{ // other software's
		covers9421, `"@method" "@authority" "@path" "@query" "content-digest"`, `"@method" "@target-uri" "@authority" "host" "date" "content-digest"`,
		`"content-type" "content-digest" "@target-uri" "@request-target" "@scheme" "@path" "@query" "@authority" "@method"`,
	} {
		for _, more := range []string{"", `;alg="rsa-v1_5-sha256"`, `;nonce="n"`, fmt.Sprintf(";expires=%d", now.Unix())} {
			r := plain9421(body)
			r.Header.Set("Content-Type", "application/activity+json")
			r.Header.Set("Date", "yesterday") // created counts
			byHand9421(t, r, list, params9421+more, pkcs1(t))
			in(t, "Signature-Input", "(", "(  ")(r) // the text that is signed has one form, what is sent may have others
			if _, _, err := verifier(t).Verify(r, body); err != nil {
				t.Errorf("%s%s: %s", list, more, sign.Reason(err))
			}
		}
	}
}

func TestLookup9421FailureIsNotBelieved(t *testing.T) {
	v := verifier(t)
	v.Key = func(context.Context, string) (sign.Public, error) {
		return northKey(t).Public(actor), errors.New("database is away")
	}
	if _, _, err := v.Verify(signed9421(t, http.MethodPost, nil, now), nil); sign.Reason(err) != "key_lookup" {
		t.Errorf("got %v", err)
	}
	other := northKey(t).Public(actor)
	other.ID = actor + "#other"
	for _, key := range []sign.Public{other, {ID: keyID}} {
		v.Key = func(context.Context, string) (sign.Public, error) { return key, nil }
		if _, _, err := v.Verify(signed9421(t, http.MethodPost, nil, now), nil); sign.Reason(err) != "unknown_key" {
			t.Errorf("got %v", err)
		}
	}
}

func TestGet9421IsAnsweredOnce(t *testing.T) {
	v := verifier(t)
	one := signed9421(t, http.MethodGet, nil, now)
	for i, want := range []string{"", "replay"} {
		if _, _, err := v.Verify(one, nil); sign.Reason(err) != want {
			t.Errorf("time %d: %v", i, err)
		}
	}
	if _, _, err := v.Verify(signed9421(t, http.MethodGet, nil, now), nil); err != nil {
		t.Errorf("another GET of the same second: %v", err)
	}
	post := signed9421(t, http.MethodPost, []byte("{}"), now)
	for i := range 2 {
		if _, _, err := v.Verify(post, []byte("{}")); err != nil {
			t.Errorf("POST %d: %v", i, err)
		}
	}
}

// TestSignAgainInAnotherWay: nothing of an earlier signature stays.
func TestSignAgainInAnotherWay(t *testing.T) {
	body := []byte("{}")
	r := signed9421(t, http.MethodPost, body, now.Add(-5*time.Hour))
	for i, f := range []func(*http.Request, []byte, time.Time) error{northKey(t).Sign9421, northKey(t).Sign, northKey(t).Sign9421} {
		if err := f(r, body, now); err != nil {
			t.Fatal(err)
		}
		if _, _, err := verifier(t).Verify(r, body); err != nil {
			t.Errorf("%d: %v", i, sign.Reason(err))
		}
	}
	if err := northKey(t).Sign9421(&http.Request{Method: http.MethodPost, URL: r.URL.JoinPath(), Host: host, Header: http.Header{}}, nil, now); err != nil {
		t.Error(err)
	}
	bare := request(http.MethodPost, "/inbox", nil)
	bare.URL.Scheme = ""
	if err := northKey(t).Sign9421(bare, nil, now); err == nil {
		t.Error("signed without knowing where it goes")
	}
}

func FuzzSignatureInput(f *testing.F) {
	v := verifier(f)
	good := signed9421(f, http.MethodPost, nil, now)
	f.Add(good.Header.Get("Signature-Input"), good.Header.Get("Signature"))
	f.Add(`sig1=("@method" "@target-uri");created=1`, "sig1=:AAAA:")
	f.Add(`a=(`, `a`)
	f.Fuzz(func(t *testing.T, input, signature string) {
		r := plain9421(nil)
		r.Header["Signature-Input"], r.Header["Signature"] = []string{input}, []string{signature}
		if _, _, err := v.Verify(r, nil); err == nil && !bytes.Contains([]byte(input), []byte(keyID)) {
			t.Fatalf("believed: %s %s", input, signature)
		}
	})
}
