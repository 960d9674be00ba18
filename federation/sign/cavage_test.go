package sign

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// cavageVectors are the signatures of Appendix C of draft-cavage-http-signatures-12
// over one request: C.1 (only the date, the list of headers left out), C.2, C.3.
var cavageVectors = map[string]struct{ headers, signature string }{
	"C.1": {"", "SjWJWbWN7i0wzBvtPl8rbASWz5xQW6mcJmn+ibttBqtifLN7Sazz6m79cNfwwb8DMJ5cou1s7uEGKKCs+FLEEaDV5lp7q25WqS+lavg7T8hc0GppauB6hbgEKTwblDHYGEtbGmtdHgVCk9SuS13F0hZ8FD0k/5OxEPXe5WozsbM="},
	"C.2": {"(request-target) host date", "qdx+H7PHHDZgy4y/Ahn9Tny9V3GP6YgBPyUXMmoxWtLbHpUnXS2mg2+SbrQDMCJypxBLSPQR2aAjn7ndmw2iicw3HMbe8VfEdKFYRqzic+efkb3nndiv/x1xSHDJWeSWkx3ButlYSuBskLu6kd9Fswtemr3lgdDEmn04swr2Os0="},
	"C.3": {"(request-target) host date content-type digest content-length", "vSdrb+dS3EceC9bcwHSo4MlyKS59iFIrhgYkz8+oVLEEzmYZZvRs8rgOp+63LEM3v+MFHB32NfpB2bEKBIvB1q52LaEUHFv120V01IL+TAD48XaERZFukWgHoBTLMhYS2Gb51gWxpeIq8knRmPnYePbF5MOkR0Zkly4zKH7s1dE="},
}

// cavageRequest is the request of Appendix C with one of its signatures.
func cavageRequest(t testing.TB, headers, signature string) *http.Request {
	t.Helper()
	r := read(t, "POST /foo?param=value&pet=dog HTTP/1.1", "Host: example.com", "Date: Sun, 05 Jan 2014 21:31:40 GMT",
		"Content-Type: application/json", "Digest: SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=", "Content-Length: 18")
	r.Header.Set("Content-Length", "18") // the reader of net/http takes it out
	list := ""
	if headers != "" {
		list = fmt.Sprintf("headers=%q,", headers)
	}
	r.Header.Set("Signature", fmt.Sprintf(`keyId="Test",algorithm="rsa-sha256",%ssignature=%q`, list, signature))
	return r
}

// TestAppendixC: the signatures of the draft verify byte for byte, and none does when
// a byte of what it covers is another.
func TestAppendixC(t *testing.T) {
	key, err := x509.ParsePKIXPublicKey(block(t, "cavage-rsa"))
	if err != nil {
		t.Fatal(err)
	}
	public := Public{ID: "Test", key: key.(*rsa.PublicKey)}
	spoil := map[string]func(r *http.Request){
		"date":           func(r *http.Request) { r.Header.Set("Date", "Sun, 05 Jan 2014 21:31:41 GMT") },
		"host":           func(r *http.Request) { r.Host = "example.net" },
		"target":         func(r *http.Request) { r.URL.RawQuery = "param=value&pet=cat" },
		"digest":         func(r *http.Request) { r.Header.Set("Digest", "SHA-256=") },
		"content-type":   func(r *http.Request) { r.Header.Set("Content-Type", "application/jsom") },
		"content-length": func(r *http.Request) { r.Header.Set("Content-Length", "19") },
	}
	covers := map[string]string{"C.1": "date", "C.2": "date host target", "C.3": "date host target digest content-type content-length"}
	for name, v := range cavageVectors {
		t.Run(name, func(t *testing.T) {
			for part, change := range spoil {
				r := cavageRequest(t, v.headers, v.signature)
				change(r)
				if good, want := check(r, public) == nil, !strings.Contains(covers[name], part); good != want {
					t.Errorf("with another %s: verifies %v, want %v", part, good, want)
				}
			}
			if err := check(cavageRequest(t, v.headers, v.signature), public); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestAppendixCIsNotEnough: what the draft's examples leave out is asked for here, be
// the signature as good as it may: a key of 2048 bits, an IRI as its name, a list of
// what is covered.
func TestAppendixCIsNotEnough(t *testing.T) {
	if _, err := ParsePublic("https://north.example/ap/org#main-key", "https://north.example/ap/org", string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: block(t, "cavage-rsa")}))); err == nil {
		t.Error("a key of 1024 bits is taken")
	}
	for name, v := range cavageVectors {
		if _, err := parameters(cavageRequest(t, v.headers, v.signature).Header); Reason(err) == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
