package sign_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/sign"
)

const (
	host  = "labour.example"
	actor = "https://north.example/ap/org"
	keyID = actor + "#main-key"
)

var now = time.Date(2026, 11, 25, 6, 30, 0, 0, time.UTC)

func fixture(t testing.TB, name string) string {
	t.Helper()
	raw, err := os.ReadFile("testdata/" + name + ".pem")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func northKey(t testing.TB) *sign.Key {
	t.Helper()
	k, err := sign.ParseKey(keyID, fixture(t, "north"))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func verifier(t testing.TB) *sign.Verifier {
	pinned := northKey(t).Public(actor)
	return &sign.Verifier{
		Key: func(_ context.Context, id string) (sign.Public, error) {
			if id == keyID {
				return pinned, nil
			}
			return sign.Public{}, fault.Missing()
		},
		Now:  func() time.Time { return now },
		Host: func(*http.Request) string { return host },
	}
}

func request(method, path string, body []byte) *http.Request {
	r := httptest.NewRequest(method, "https://"+host+path, bytes.NewReader(body))
	r.Host = host
	return r
}

func signed(t testing.TB, method string, body []byte, at time.Time) *http.Request {
	t.Helper()
	r := request(method, "/inbox", body)
	if err := northKey(t).Sign(r, body, at); err != nil {
		t.Fatal(err)
	}
	return r
}

// byHand signs with any algorithm and header list, as an attacker would.
func byHand(t testing.TB, r *http.Request, id, algorithm, covers string, make func(text []byte) []byte) {
	t.Helper()
	var lines []string
	for _, name := range strings.Split(covers, " ") {
		value := r.Header.Get(name)
		switch name {
		case "(request-target)":
			value = strings.ToLower(r.Method) + " " + r.URL.RequestURI()
		case "host":
			value = r.Host
		}
		lines = append(lines, name+": "+value)
	}
	sig := base64.StdEncoding.EncodeToString(make([]byte(strings.Join(lines, "\n"))))
	r.Header.Set("Signature", fmt.Sprintf(`keyId="%s",algorithm="%s",headers="%s",signature="%s"`, id, algorithm, covers, sig))
}

func pkcs1(t testing.TB) func([]byte) []byte {
	pair := private(t, "north")
	return func(text []byte) []byte {
		sum := sha256.Sum256(text)
		sig, err := rsa.SignPKCS1v15(rand.Reader, pair, crypto.SHA256, sum[:])
		if err != nil {
			t.Fatal(err)
		}
		return sig
	}
}

func private(t testing.TB, name string) *rsa.PrivateKey {
	block, _ := pem.Decode([]byte(fixture(t, name)))
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return key.(*rsa.PrivateKey)
}

const all = "(request-target) host date digest"

// plain is an unsigned POST with date and digest in place.
func plain(body []byte) *http.Request {
	r := request(http.MethodPost, "/inbox", body)
	r.Header.Set("Date", now.Format(http.TimeFormat))
	r.Header.Set("Digest", sign.Digest(body))
	return r
}

func TestVerifyRefuses(t *testing.T) {
	body := []byte(`{"type":"Offer"}`)
	post := func(change func(r *http.Request)) func() (*http.Request, []byte) {
		return func() (*http.Request, []byte) {
			r := signed(t, http.MethodPost, body, now)
			change(r)
			return r, body
		}
	}
	hand := func(algorithm, covers string, make func([]byte) []byte) func() (*http.Request, []byte) {
		return func() (*http.Request, []byte) {
			r := plain(body)
			byHand(t, r, keyID, algorithm, covers, make)
			return r, body
		}
	}
	at := func(d time.Duration) func() (*http.Request, []byte) {
		return func() (*http.Request, []byte) { return signed(t, http.MethodPost, body, now.Add(d)), body }
	}
	alter := func(from, to string) func(r *http.Request) {
		return func(r *http.Request) {
			s := r.Header.Get("Signature")
			if !strings.Contains(s, from) {
				t.Fatalf("%q is not in %s", from, s)
			}
			r.Header.Set("Signature", strings.Replace(s, from, to, 1))
		}
	}
	for _, c := range []struct {
		name, reason string
		make         func() (*http.Request, []byte)
	}{
		{"no signature", "unsigned", func() (*http.Request, []byte) { return plain(body), body }},
		{"empty signature", "malformed", post(func(r *http.Request) { r.Header.Set("Signature", "") })},
		{"two Signature headers", "several", post(func(r *http.Request) { r.Header.Add("Signature", r.Header.Get("Signature")) })},
		{"Authorization beside it", "several", post(func(r *http.Request) { r.Header.Set("Authorization", "Signature "+r.Header.Get("Signature")) })},
		{"RFC 9421 beside it", "several", post(func(r *http.Request) { r.Header.Set("Signature-Input", `sig1=("date")`) })},
		{"two keyIds", "repeated_parameter", post(alter(`keyId="`, `keyId="https://evil.example/ap/org#main-key",keyId="`))},
		{"two signatures", "repeated_parameter", post(alter(`signature="`, `signature="AAAA",signature="`))},
		{"two header lists", "repeated_parameter", post(alter(`headers="`, `headers="date",headers="`))},
		{"created", "parameter", post(alter(`headers="`, `created="1",headers="`))},
		{"escapes", "malformed", post(alter(`keyId="https`, `keyId="\https`))},
		{"space before a name", "parameter", post(alter(`,headers=`, `, headers=`))},
		{"unknown key", "unknown_key", post(alter(`north.example`, `evil.example`))},
		{"key that is no identifier", "key_id", post(alter(keyID, `north`))},
		{"algorithm hmac", "algorithm", post(alter(`rsa-sha256`, `hmac-sha256`))},
		{"algorithm rsa-sha1", "algorithm", post(alter(`rsa-sha256`, `rsa-sha1`))},
		{"header list in capitals", "headers", post(alter(`date digest`, `Date digest`))},
		{"header twice in the list", "headers", post(alter(`date digest`, `date date digest`))},
		{"(created) in the list", "headers", post(alter(`date digest`, `date digest (created)`))},
		{"no header list", "headers", post(alter(`headers="(request-target) host date digest",`, ``))},
		{"altered signature", "signature", post(func(r *http.Request) {
			s := r.Header.Get("Signature")
			i := strings.Index(s, `signature="`) + len(`signature="`) + 10
			flip := byte('A')
			if s[i] == 'A' {
				flip = 'B'
			}
			r.Header.Set("Signature", s[:i]+string(flip)+s[i+1:])
		})},
		{"other path", "signature", post(func(r *http.Request) { r.URL.Path = "/ap/org/inbox" })},
		{"query added", "signature", post(func(r *http.Request) { r.URL.RawQuery = "x=1" })},
		{"other method", "signature", post(func(r *http.Request) { r.Method = http.MethodPut })},
		{"other host", "signature", post(func(r *http.Request) { r.Host = "evil.example" })},
		{"other date", "signature", post(func(r *http.Request) { r.Header.Set("Date", now.Add(time.Second).Format(http.TimeFormat)) })},
		{"date twice", "signature", post(func(r *http.Request) { r.Header.Add("Date", r.Header.Get("Date")) })},
		{"digest removed", "signature", post(func(r *http.Request) { r.Header.Del("Digest") })},
		{"body changed", "digest", func() (*http.Request, []byte) {
			return signed(t, http.MethodPost, body, now), []byte(`{"type":"Leave"}`)
		}},
		{"signed over the date only", "uncovered_request-target", hand("rsa-sha256", "date", pkcs1(t))},
		{"host not signed", "uncovered_host", hand("rsa-sha256", "(request-target) date digest", pkcs1(t))},
		{"date not signed", "uncovered_date", hand("rsa-sha256", "(request-target) host digest", pkcs1(t))},
		{"digest not signed", "uncovered_digest", hand("rsa-sha256", "(request-target) host date", pkcs1(t))},
		{"HMAC with the public key as the secret", "algorithm", hand("hmac-sha256", all, macWithPublicKey(t))},
		{"HMAC called hs2019", "malformed", hand("hs2019", all, macWithPublicKey(t))},
		{"RSA-PSS with SHA-512 called hs2019", "signature", hand("hs2019", all, pss(t))},
		{"SHA-512 instead of SHA-256", "signature", hand("rsa-sha256", all, pkcs1sha512(t))},
		{"signed for another server", "host", func() (*http.Request, []byte) {
			r := plain(body)
			r.Host = "third.example"
			byHand(t, r, keyID, "rsa-sha256", all, pkcs1(t))
			return r, body
		}},
		{"weak digest", "digest_form", func() (*http.Request, []byte) {
			r := plain(body)
			r.Header.Set("Digest", "MD5=AAAA")
			byHand(t, r, keyID, "rsa-sha256", all, pkcs1(t))
			return r, body
		}},
		{"two digests in one", "digest_form", func() (*http.Request, []byte) {
			r := plain(body)
			r.Header.Set("Digest", sign.Digest(body)+", MD5=AAAA")
			byHand(t, r, keyID, "rsa-sha256", all, pkcs1(t))
			return r, body
		}},
		{"date that is none", "date_form", func() (*http.Request, []byte) {
			r := plain(body)
			r.Header.Set("Date", "soon")
			byHand(t, r, keyID, "rsa-sha256", all, pkcs1(t))
			return r, body
		}},
		{"three years old", "clock_skew", at(-3 * 365 * 24 * time.Hour)},
		{"61 minutes old", "clock_skew", at(-61 * time.Minute)},
		{"61 minutes ahead", "clock_skew", at(61 * time.Minute)},
	} {
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

func macWithPublicKey(t testing.TB) func([]byte) []byte {
	return func(text []byte) []byte {
		m := hmac.New(sha256.New, []byte(northKey(t).PublicPEM()))
		m.Write(text)
		return m.Sum(nil)
	}
}

func pss(t testing.TB) func([]byte) []byte {
	return func(text []byte) []byte {
		sum := sha512.Sum512(text)
		sig, err := rsa.SignPSS(rand.Reader, private(t, "north"), crypto.SHA512, sum[:], nil)
		if err != nil {
			t.Fatal(err)
		}
		return sig
	}
}

func pkcs1sha512(t testing.TB) func([]byte) []byte {
	return func(text []byte) []byte {
		sum := sha512.Sum512(text)
		sig, err := rsa.SignPKCS1v15(rand.Reader, private(t, "north"), crypto.SHA512, sum[:])
		if err != nil {
			t.Fatal(err)
		}
		return sig
	}
}

func TestClockIsToldOnlyToWhoSignedWell(t *testing.T) {
	r := signed(t, http.MethodPost, []byte("{}"), now.Add(-2*time.Hour))
	if _, _, err := verifier(t).Verify(r, []byte("[]")); sign.IsClock(err) {
		t.Error("a changed body learned about the clock")
	}
}

func TestLookupFailureIsNotBelieved(t *testing.T) {
	v := verifier(t)
	v.Key = func(context.Context, string) (sign.Public, error) {
		return northKey(t).Public(actor), errors.New("database is away")
	}
	if _, _, err := v.Verify(signed(t, http.MethodPost, nil, now), nil); sign.Reason(err) != "key_lookup" {
		t.Errorf("got %v", err)
	}
	other := northKey(t).Public(actor)
	other.ID = actor + "#other"
	v.Key = func(context.Context, string) (sign.Public, error) { return other, nil }
	if _, _, err := v.Verify(signed(t, http.MethodPost, nil, now), nil); sign.Reason(err) != "unknown_key" {
		t.Errorf("got %v", err)
	}
}

func TestGetIsAnsweredOnce(t *testing.T) {
	v := verifier(t)
	one := signed(t, http.MethodGet, nil, now)
	if _, _, err := v.Verify(one, nil); err != nil {
		t.Fatal(err)
	}
	if _, _, err := v.Verify(one, nil); sign.Reason(err) != "replay" {
		t.Errorf("a repeated GET: %v", err)
	}
	if _, _, err := v.Verify(signed(t, http.MethodGet, nil, now), nil); err != nil {
		t.Errorf("another GET of the same second: %v", err)
	}
	post := signed(t, http.MethodPost, []byte("{}"), now)
	for i := 0; i < 2; i++ {
		if _, _, err := v.Verify(post, []byte("{}")); err != nil {
			t.Errorf("POST %d: %v", i, err)
		}
	}
}

func TestVerifyAccepts(t *testing.T) {
	for _, c := range []struct {
		method string
		body   []byte
		off    time.Duration
	}{
		{http.MethodPost, []byte(`{"a":1}`), 0}, {http.MethodPost, nil, 0}, {http.MethodGet, nil, 0},
		{http.MethodPost, []byte("x"), 59 * time.Minute}, {http.MethodPost, []byte("x"), -59 * time.Minute},
	} {
		r := signed(t, c.method, c.body, now.Add(c.off))
		id, at, err := verifier(t).Verify(r, c.body)
		if err != nil || id != keyID || !at.Equal(now.Add(c.off)) {
			t.Errorf("%v: %q %v %v (%s)", c, id, at, err, sign.Reason(err))
		}
	}
	body := []byte("{}")
	for _, algorithm := range []string{"hs2019", "rsa-sha256"} { // other software's
		r := plain(body)
		r.Header.Set("Content-Type", "application/activity+json")
		byHand(t, r, keyID, algorithm, "date host digest content-type (request-target)", pkcs1(t))
		if _, _, err := verifier(t).Verify(r, body); err != nil {
			t.Errorf("%s: %v %s", algorithm, err, sign.Reason(err))
		}
	}
}

func TestSignAgain(t *testing.T) {
	body := []byte("{}")
	r := signed(t, http.MethodPost, body, now.Add(-5*time.Hour))
	if err := northKey(t).Sign(r, body, now); err != nil {
		t.Fatal(err)
	}
	if _, _, err := verifier(t).Verify(r, body); err != nil {
		t.Errorf("signed anew: %v", sign.Reason(err))
	}
	if r.Header.Get("Host") != "" {
		t.Error("a Host header was left behind")
	}
}

func FuzzSignatureHeader(f *testing.F) {
	v := verifier(f)
	f.Add(signed(f, http.MethodPost, nil, now).Header.Get("Signature"))
	f.Add(`keyId="` + keyID + `"`)
	f.Add(`,,,=="`)
	f.Fuzz(func(t *testing.T, header string) {
		r := plain(nil)
		r.Header["Signature"] = []string{header}
		if _, _, err := v.Verify(r, nil); err == nil && !strings.Contains(header, `headers="(request-target) host date digest"`) {
			t.Fatalf("believed: %s", header)
		}
	})
}
