package sign

import (
	"bufio"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/saphan-network/saphan/federation/sign/internal/fields"
)

// These are the examples of RFC 9421 that use our algorithms, byte for byte: B.2.6
// and B.4 (Ed25519), and §4.3 (rsa-v1_5-sha256, which Appendix B does not use).
// They sign less than we want signed, so they are held against the parts that
// build, make and verify; that Verify refuses them is in TestRFC9421IsNotEnough.

func block(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name + ".pem")
	if err != nil {
		t.Fatal(err)
	}
	b, _ := pem.Decode(text)
	return b.Bytes
}

func rfcEd25519(t testing.TB) ed25519.PrivateKey {
	t.Helper()
	key, err := x509.ParsePKCS8PrivateKey(block(t, "rfc9421-ed25519"))
	if err != nil {
		t.Fatal(err)
	}
	return key.(ed25519.PrivateKey)
}

func rfcRSA(t testing.TB) *rsa.PrivateKey {
	t.Helper()
	key, err := x509.ParsePKCS1PrivateKey(block(t, "rfc9421-rsa"))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// read makes a request of its text.
func read(t testing.TB, lines ...string) *http.Request {
	t.Helper()
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(strings.Join(lines, "\r\n") + "\r\n\r\n")))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

const rfcBody = `{"hello": "world"}`

// rfcRequest is the request of Appendix B.2.
func rfcRequest(t testing.TB) *http.Request {
	return read(t, "POST /foo?param=Value&Pet=dog HTTP/1.1", "Host: example.com", "Date: Tue, 20 Apr 2021 02:07:55 GMT", "Content-Type: application/json",
		"Content-Digest: sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:", "Content-Length: 18")
}

type vector struct {
	name                   string
	request                *http.Request
	input, base, signature string
}

func vectors(t testing.TB) []vector {
	transformed := []string{"GET /demo?name1=Value1&Name2=value2 HTTP/1.1", "Host: example.org", "Date: Fri, 15 Jul 2022 14:24:55 GMT", "Accept: application/json", "Accept: */*"}
	return []vector{
		{"B.2.6", rfcRequest(t),
			`sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"`,
			`"date": Tue, 20 Apr 2021 02:07:55 GMT
"@method": POST
"@path": /foo
"@authority": example.com
"content-type": application/json
"content-length": 18
"@signature-params": ("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"`,
			`sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:`},
		{"B.4", read(t, transformed...),
			`transform=("@method" "@path" "@authority" "accept");created=1618884473;keyid="test-key-ed25519"`,
			`"@method": GET
"@path": /demo
"@authority": example.org
"accept": application/json, */*
"@signature-params": ("@method" "@path" "@authority" "accept");created=1618884473;keyid="test-key-ed25519"`,
			`transform=:ZT1kooQsEHpZ0I1IjCqtQppOmIqlJPeo7DHR3SoMn0s5JZ1eRGS0A+vyYP9t/LXlh5QMFFQ6cpLt2m0pmj3NDA==:`},
		{"4.3", read(t, "POST /foo?param=Value&Pet=dog HTTP/1.1", "Host: origin.host.internal.example", "Date: Tue, 20 Apr 2021 02:07:56 GMT",
			"Content-Type: application/json", "Content-Length: 18", "Forwarded: for=192.0.2.123;host=example.com;proto=https",
			"Content-Digest: sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:"),
			`proxy_sig=("@method" "@authority" "@path" "content-digest" "content-type" "content-length" "forwarded");created=1618884480;keyid="test-key-rsa";alg="rsa-v1_5-sha256";expires=1618884540`,
			`"@method": POST
"@authority": origin.host.internal.example
"@path": /foo
"content-digest": sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:
"content-type": application/json
"content-length": 18
"forwarded": for=192.0.2.123;host=example.com;proto=https
"@signature-params": ("@method" "@authority" "@path" "content-digest" "content-type" "content-length" "forwarded");created=1618884480;keyid="test-key-rsa";alg="rsa-v1_5-sha256";expires=1618884540`,
			`proxy_sig=:S6ZzPXSdAMOPjN/6KXfXWNO/f7V6cHm7BXYUh3YD/fRad4BCaRZxP+JH+8XY1I6+8Cy+CM5g92iHgxtRPz+MjniOaYmdkDcnL9cCpXJleXsOckpURl49GwiyUpZ10KHgOEe11sx3G2gxI8S0jnxQB+Pu68U9vVcasqOWAEObtNKKZd8tSFu7LB5YAv0RAGhB8tmpv7sFnIm9y+7X5kXQfi8NMaZaA8i2ZHwpBdg7a6CMfwnnrtflzvZdXAsD3LH2TwevU+/PBPv0B6NMNk93wUs/vfJvye+YuI87HU38lZHowtznbLVdp770I6VHR6WfgS9ddzirrswsE1w5o0LV/g==:`},
	}
}

// parts takes the two headers of a vector apart.
func (v vector) parts(t testing.TB) (covers []string, line string, signature []byte) {
	t.Helper()
	said, err := fields.Dictionary(v.input)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := fields.Dictionary(v.signature)
	if err != nil {
		t.Fatal(err)
	}
	if covers, err = components(said[0].Items); err != nil {
		t.Fatal(err)
	}
	return covers, said[0].Text(), signed[0].Value.([]byte)
}

func TestRFC9421Vectors(t *testing.T) {
	ed, pair := rfcEd25519(t), rfcRSA(t)
	key := Public{key: &pair.PublicKey, ed: ed.Public().(ed25519.PublicKey)}
	for _, v := range vectors(t) {
		covers, line, signature := v.parts(t)
		text, err := base(v.request, "https", covers, line)
		if err != nil || string(text) != v.base {
			t.Errorf("%s: %v\n%s", v.name, err, text)
			continue
		}
		if !key.made(signature, text) {
			t.Errorf("%s: not verified", v.name)
		}
		if key.made(signature, append(text, ' ')) || (Public{}).made(signature, text) {
			t.Errorf("%s: verified over something else, or by nobody", v.name)
		}
		var mine []byte
		if len(signature) == edLength {
			mine = ed25519.Sign(ed, text)
		} else {
			sum := sha256.Sum256(text)
			if mine, err = rsa.SignPKCS1v15(rand.Reader, pair, crypto.SHA256, sum[:]); err != nil {
				t.Fatal(err)
			}
		}
		if got := v.signature[:strings.IndexByte(v.signature, '=')+1] + (fields.Member{Value: mine}).Text(); got != v.signature {
			t.Errorf("%s: signed %s", v.name, got)
		}
	}
}

// TestDecoyIsNotBelieved: a signature that only the decoy verifies is nobody's.
func TestDecoyIsNotBelieved(t *testing.T) {
	rsaWas, edWas := decoy, decoyEd
	t.Cleanup(func() { decoy, decoyEd = rsaWas, edWas })
	decoy, decoyEd = &rfcRSA(t).PublicKey, rfcEd25519(t).Public().(ed25519.PublicKey)
	for _, v := range vectors(t) {
		_, _, signature := v.parts(t)
		if (Public{}).made(signature, []byte(v.base)) {
			t.Errorf("%s: the decoy was believed", v.name)
		}
	}
}

// TestRFC9421Transformations: what may happen to the request of B.4 on its way, and what may not.
func TestRFC9421Transformations(t *testing.T) {
	covers, line, _ := vectors(t)[1].parts(t)
	want := vectors(t)[1].base
	for name, c := range map[string]struct {
		same  bool
		lines []string
	}{
		"fields and a parameter added": {true, []string{"GET /demo?name1=Value1&Name2=value2&param=added HTTP/1.1", "Host: example.org", "Accept: application/json", "Accept: */*", "Accept-Language: en-US,en;q=0.5"}},
		"Accept joined":                {true, []string{"GET /demo?name1=Value1&Name2=value2 HTTP/1.1", "Host: example.org", "Referer: https://developer.example.org/demo", "Accept: application/json, */*"}},
		"fields reordered":             {true, []string{"GET /demo?name1=Value1&Name2=value2 HTTP/1.1", "Accept: application/json", "Accept: */*", "Host: example.org"}},
		"another method and host":      {false, []string{"POST /demo?name1=Value1&Name2=value2 HTTP/1.1", "Host: example.com", "Accept: application/json", "Accept: */*"}},
		"Accept the other way round":   {false, []string{"GET /demo?name1=Value1&Name2=value2 HTTP/1.1", "Host: example.org", "Accept: */*", "Accept: application/json"}},
	} {
		text, err := base(read(t, c.lines...), "https", covers, line)
		if err != nil || (string(text) == want) != c.same {
			t.Errorf("%s: %v\n%s", name, err, text)
		}
	}
}

// TestRFC9421Components reads the examples of RFC 9421 §2.2.
func TestRFC9421Components(t *testing.T) {
	r := read(t, "POST /path?param=value HTTP/1.1", "Host: WWW.Example.COM:443")
	for name, want := range map[string]string{
		"@method": "POST", "@target-uri": "https://www.example.com/path?param=value", "@authority": "www.example.com", "@scheme": "https",
		"@request-target": "/path?param=value", "@path": "/path", "@query": "?param=value", "host": "WWW.Example.COM:443",
	} {
		if got, ok := component(r, "https", name); !ok || got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	for line, want := range map[string]string{
		"/path?param=value&foo=bar&baz=batman": "?param=value&foo=bar&baz=batman", "/path?queryString": "?queryString", "/path": "?", "/path?": "?",
	} {
		if got, _ := component(read(t, "GET "+line+" HTTP/1.1", "Host: example.com"), "https", "@query"); got != want {
			t.Errorf("@query of %s: %q", line, got)
		}
	}
	if got, _ := component(read(t, "GET /path? HTTP/1.1", "Host: example.com"), "https", "@target-uri"); got != "https://example.com/path?" {
		t.Error(got)
	}
	for _, name := range []string{"@status", "@query-param", "@unknown", "x-missing"} {
		if got, ok := component(r, "https", name); ok {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// TestContentDigest holds digests against the examples of RFC 9421 and RFC 9530.
func TestContentDigest(t *testing.T) {
	for want, body := range map[string]string{
		"sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:": rfcBody,
		"sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:": rfcBody + "\n",
		"sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:": "",
	} {
		if got := ContentDigest([]byte(body)); got != want {
			t.Errorf("%q: %s", body, got)
		}
		if err := digest9421(http.Header{contentDigest: {want}}, []byte(body)); err != nil {
			t.Errorf("%s: %v", want, Reason(err))
		}
	}
	if err := digest9421(rfcRequest(t).Header, []byte(rfcBody)); err != nil {
		t.Error("SHA-512:", Reason(err))
	}
	both := "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:, " + rfcRequest(t).Header.Get(contentDigest)
	if err := digest9421(http.Header{contentDigest: {both}}, []byte(rfcBody)); err != nil {
		t.Error("both:", Reason(err))
	}
	none := base64.StdEncoding.EncodeToString(make([]byte, sha256.Size))
	for name, lines := range map[string][]string{
		"none": nil, "twice": {both, both}, "empty": {""}, "MD5": {"md5=:AAAA:"}, "one right and MD5": {ContentDigest([]byte(rfcBody)) + ", md5=:AAAA:"},
		"one right, one wrong": {ContentDigest([]byte(rfcBody)) + ", sha-512=:" + none + ":"}, "wrong": {"sha-256=:" + none + ":"}, "short": {"sha-256=:X48E9qOo:"},
		"a string": {`sha-256="X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE="`}, "with a parameter": {ContentDigest([]byte(rfcBody)) + ";a"},
		"extra padding (RFC 9530 B.5 as printed)": {"sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg==:"},
	} {
		if err := digest9421(http.Header{contentDigest: lines}, []byte(rfcBody)); !strings.HasPrefix(Reason(err), "digest") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
