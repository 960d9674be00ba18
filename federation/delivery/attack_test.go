package delivery

import (
	"compress/gzip"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/mailbox"
)

// Ranges that others have forgotten: IPv4 in the clothes of IPv6, what nobody
// has been given, and the edges of each reserved range.
func TestForgottenRanges(t *testing.T) {
	for _, a := range []string{
		"0.255.255.255", "10.255.255.255", "100.127.255.255", "127.255.255.255", "169.254.0.0", "172.31.255.255", "192.0.0.171", "192.88.99.1",
		"192.168.255.255", "198.19.255.255", "198.51.100.255", "203.0.113.7", "224.0.0.251", "239.255.255.255", "240.0.0.1",
		"::ffff:169.254.169.254", "::ffff:0:127.0.0.1", "::ffff:0:10.0.0.1", "::10.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b:1::1", "64:ff9b:1:fffe::1",
		"100::1", "100:0:0:1::1", "2001::1", "2001:0:53aa:64c:0:7fff:f5ff:fffe", "2001:10::1", "2001:20::1", "2002:a00:1::", "2002:c0a8:101::1",
		"3fff::1", "3fff:fff:ffff::1", "4000::1", "5f00::1", "8000::1", "fc00::1", "fdff::1", "fe80::1%lo", "fec0::1", "fe00::1", "ff05::2",
	} {
		if public(netip.MustParseAddr(a)) {
			t.Errorf("%s passes for a public address", a)
		}
	}
	for _, a := range []string{"11.0.0.1", "100.63.255.255", "100.128.0.0", "172.32.0.0", "198.20.0.0", "2400::1", "2003::1", "2a00:1450::1"} {
		if !public(netip.MustParseAddr(a)) {
			t.Errorf("%s is refused", a)
		}
	}
}

// Every spelling of this machine that a stranger can write into an address ends
// at the guard, in the form or at the moment of connecting, and is never dialled.
func TestAddressesOfThisMachine(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // a door that nobody may knock at
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			t.Errorf("somebody came in from %s", c.RemoteAddr())
			_ = c.Close()
		}
	}()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	client := newClient(false)
	for _, host := range []string{"127.0.0.1", "localhost", "LOCALHOST", "localhost.", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0", "0.0.0.0",
		"[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:127.0.0.1]", "[::127.0.0.1]", "[::1%25lo]", "１２７.0.0.1"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+host+":"+port+"/", nil)
		if err != nil {
			continue // not even an address
		}
		res, err := client.Do(req)
		if err == nil {
			_ = res.Body.Close()
			t.Errorf("%s was answered", host)
		}
		if (host == "localhost" || host == "127.0.0.1") && unanswered(err).key != "delivery.error.address" {
			t.Errorf("%s: %v", host, err)
		}
	}
}

// A name that is public when it is looked at and private when it is called: the
// judgement is made on the address of the connection itself, each time anew.
func TestRebinding(t *testing.T) {
	client := newClient(false)
	tr, ok := client.Transport.(*http.Transport)
	if !ok || tr.Proxy != nil || tr.DialTLSContext != nil || tr.DialContext == nil || !tr.DisableCompression {
		t.Fatal("there is another way out than the guarded one")
	}
	for range 3 {
		c, err := tr.DialContext(t.Context(), "tcp", "localhost:9")
		if err == nil {
			_ = c.Close()
		}
		if unanswered(err).key != "delivery.error.address" {
			t.Errorf("%v", err)
		}
	}
}

// A proxy that the environment names is not used: it would connect for us.
func TestNoProxyOfTheEnvironment(t *testing.T) {
	asked := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the proxy was asked") }))
	defer asked.Close()
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY"} {
		t.Setenv(name, asked.URL)
	}
	for _, u := range []string{"http://clinic.invalid/", "https://clinic.invalid/"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, u, nil)
		if err != nil {
			t.Fatal(err)
		}
		if res, err := newClient(true).Do(req); err == nil {
			_ = res.Body.Close()
			t.Errorf("%s was answered", u)
		}
	}
}

// What a server may answer to Fetch and Discover, and what comes of it: nothing
// but one request to it, and none to anybody else.
func TestHostileAnswers(t *testing.T) {
	each(t, func(t *testing.T, o *world) {
		_, victim := o.peer("victim", func(http.ResponseWriter, string) { t.Error("the victim was asked") })
		_, door := o.peer("evil", accepted)
		document := func(f func(w http.ResponseWriter)) http.HandlerFunc {
			return func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/activity+json")
				f(w)
			}
		}
		to := func(status int, where string) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Location", where)
				w.Header().Set("Content-Type", "application/activity+json")
				w.WriteHeader(status)
			}
		}
		card := func(id, inbox, key, owner string) http.HandlerFunc {
			return document(func(w http.ResponseWriter) {
				_, _ = fmt.Fprintf(w, `{"@context":["https://www.w3.org/ns/activitystreams","https://w3id.org/security/v1"],"type":"Organization","id":%q,"name":"x",
"preferredUsername":"org","inbox":%q,"outbox":%q,"publicKey":{"id":%q,"owner":%q,"publicKeyPem":%q}}`, id, inbox, door.URL+"/outbox", key, owner, keyPEM())
			})
		}
		me, you := door.URL, victim.URL
		good := me + "/ap/org"
		for name, h := range map[string]http.HandlerFunc{
			"301 to another server": to(301, you+"/ap/org"), "302 to another server": to(302, you+"/ap/org"), "303": to(303, you+"/ap/org"),
			"307": to(307, you+"/ap/org"), "308": to(308, you+"/ap/org"), "to itself": to(302, good), "to a file": to(302, "file:///etc/passwd"),
			"to data": to(302, "data:application/activity+json,{}"), "300 with a body": to(300, you), "204": to(204, you), "206": to(206, you),
			"a page":     func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Type", "text/html") },
			"plain JSON": func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Type", "application/json") },
			"no type":    func(w http.ResponseWriter, _ *http.Request) { w.Header()["Content-Type"] = nil },
			"an image":   func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Type", "image/svg+xml") },
			"a name too": func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", `text/plain; x="application/activity+json"`)
			},
			"without end": document(func(w http.ResponseWriter) { pour(w, 64<<20) }),
			"a bomb": document(func(w http.ResponseWriter) {
				w.Header().Set("Content-Encoding", "gzip")
				z := gzip.NewWriter(w)
				pour(z, 64<<20)
				_ = z.Close()
			}),
			"headers without end":   document(func(w http.ResponseWriter) { w.Header().Set("X-Long", strings.Repeat("a", 64<<10)) }),
			"another's id":          card(you+"/ap/org", you+"/inbox", you+"/ap/org#main-key", you+"/ap/org"),
			"another path's id":     card(me+"/ap/other", me+"/inbox", me+"/ap/other#main-key", me+"/ap/other"),
			"another's inbox":       card(good, you+"/inbox", good+"#main-key", good),
			"another's key":         card(good, me+"/inbox", you+"/ap/org#main-key", good),
			"another's owner":       card(good, me+"/inbox", good+"#main-key", you+"/ap/org"),
			"an inbox that is data": card(good, "data:text/plain,x", good+"#main-key", good),
			"an inbox with a login": card(good, strings.Replace(me, "//", "//u:p@", 1)+"/inbox", good+"#main-key", good),
			"an inbox with a query": card(good, me+"/inbox?proxy="+url.QueryEscape(you), good+"#main-key", good),
		} {
			var asked atomic.Int32
			door.Open(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked.Add(1)
				h(w, r)
			}))
			var m0, m1 runtime.MemStats
			runtime.ReadMemStats(&m0)
			if a, err := o.w.Discover(context.Background(), good); err == nil || fault.KindOf(err) == fault.Internal {
				t.Errorf("%s: %+v %v", name, a, err)
			}
			runtime.ReadMemStats(&m1)
			if used := (m1.TotalAlloc - m0.TotalAlloc) >> 20; used > 200 {
				t.Errorf("%s: %d MB were taken", name, used)
			}
			if n := asked.Load(); n != 1 {
				t.Errorf("%s: %d requests", name, n)
			}
		}
		door.Open(card(good, me+"/inbox", good+"#main-key", good))
		if _, err := o.w.Discover(context.Background(), good); err != nil {
			t.Errorf("the good card: %v %v", err, fault.As(err).Args)
		}
	})
}

func keyPEM() string { return key().PublicPEM() }

// pour writes n bytes, as far as they are taken.
func pour(w interface{ Write([]byte) (int, error) }, n int) {
	block := []byte(strings.Repeat(" ", 64<<10))
	for ; n > 0; n -= len(block) {
		if _, err := w.Write(block); err != nil {
			return
		}
	}
}

// FuzzRetryAfter: whatever a peer asks, the wait is neither negative nor without end.
func FuzzRetryAfter(f *testing.F) {
	for _, s := range []string{"", "60", "-1", "99999999999999999999", "Wed, 25 Nov 2026 06:30:00 GMT", "Mon, 01 Jan 0001 00:00:00 GMT", "soon", "1e9"} {
		f.Add(s)
	}
	at := time.Date(2026, 11, 25, 6, 30, 0, 0, time.UTC)
	w := &Worker{c: Config{Now: func() time.Time { return at }, Jitter: func() float64 { return 1 }}}
	f.Fuzz(func(t *testing.T, v string) {
		o := outcome{kind: away, after: retryAfter(v, at)}
		if next := w.failure(&mailbox.Claim{}, o).Next; next.Before(at) || next.After(at.Add(maxDelay)) {
			t.Fatalf("%q: %v", v, next)
		}
	})
}
