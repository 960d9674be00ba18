package discovery_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/discovery"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/inbox"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/federation/sign"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/chassis/database/dbtest"
)

var now = time.Date(2026, 11, 25, 6, 30, 0, 0, time.UTC)

const (
	north  = "https://north.example"
	labour = "https://labour.example"
)

type world struct {
	t    testing.TB
	mail *mailbox.Store
	url  string
	site *discovery.Site
	cfg  discovery.Config
	shut bool // the objects' store is away
}

// objects knows one referral, addressed to north.
func (w *world) Object(_ context.Context, iri string) ([]byte, string, error) {
	if w.shut {
		return nil, "", errors.New("away")
	}
	if iri == w.url+"/ap/ref/one" {
		return []byte(`{"id":"` + iri + `"}`), north + "/ap/org", nil
	}
	return nil, "", fault.Missing()
}

func key(t testing.TB, id, fixture string) *sign.Key {
	raw, err := os.ReadFile("../sign/testdata/" + fixture + ".pem")
	if err != nil {
		t.Fatal(err)
	}
	k, err := sign.ParseKey(id, string(raw))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func newWorld(t testing.TB) *world {
	db := dbtest.SQLite(t, database.Set(mailbox.Migrations()))
	w := &world{t: t, mail: mailbox.New(db, func() time.Time { return now })}
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { w.site.ServeHTTP(rw, r) }))
	t.Cleanup(server.Close)
	w.url = server.URL
	host := strings.TrimPrefix(server.URL, "http://")
	own := key(t, w.url+"/ap/network#main-key", "north")
	self := func(path, kind, name string) federation.Actor {
		return federation.Actor{
			ID: w.url + path, Type: kind, Name: "เครือข่าย", Username: name, Inbox: w.url + path + "/inbox", Outbox: w.url + path + "/outbox",
			SharedInbox: w.url + "/inbox", URL: w.url + "/", KeyID: w.url + path + "#main-key", PublicKeyPEM: own.PublicPEM(),
		}
	}
	hub := self("/ap/network", "Group", "network")
	hub.Members = w.url + "/ap/members"
	w.cfg = discovery.Config{
		Base: w.url, Actor: hub, Instance: self("/ap/instance", "Application", "instance"), Software: "saphan-hub", Version: "0.1.0",
		Verifier: &sign.Verifier{Key: inbox.Keys(w.mail), Now: func() time.Time { return now }, Scheme: "http", Host: func(*http.Request) string { return host }},
		Peers:    w.mail, Objects: discovery.ItemObjects{Items: w.mail, Prefix: w.url + "/ap/act/", Next: w},
		Members: func(context.Context) (federation.Members, error) {
			return federation.Members{ID: w.url + "/ap/members", Network: w.url + "/ap/network", Version: 4, Updated: "2026-11-25T06:00:00Z"}, nil
		},
		Inbox: http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusAccepted) }),
	}
	site, err := discovery.New(w.cfg)
	if err != nil {
		t.Fatal(err)
	}
	w.site = site
	w.pin(north, "north", mailbox.RoleMember, "active")
	return w
}

func (w *world) pin(origin, fixture, role, state string) *sign.Key {
	k := key(w.t, origin+"/ap/org#main-key", fixture)
	err := w.mail.SavePeer(context.Background(), mailbox.Peer{Role: role, Member: federation.Member{
		Actor: origin + "/ap/org", Name: "ทดสอบ", Inbox: origin + "/inbox", KeyID: k.ID(), PublicKeyPEM: k.PublicPEM(), Tier: "full", State: state,
	}})
	if err != nil {
		w.t.Fatal(err)
	}
	return k
}

// get asks for a path; k nil asks unsigned.
func (w *world) get(path string, k *sign.Key, at time.Time, header ...string) (*http.Response, string) {
	w.t.Helper()
	r, err := http.NewRequest(http.MethodGet, w.url+path, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	if k != nil {
		if err := k.Sign(r, nil, at); err != nil {
			w.t.Fatal(err)
		}
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return res, string(body)
}

// TestAbsentAndForbiddenLookTheSame asks for what is guarded as everybody who
// must not have it, and compares with the answer for nothing at all.
func TestAbsentAndForbiddenLookTheSame(t *testing.T) {
	w := newWorld(t)
	want, body := w.get("/ap/ref/none", nil, now)
	if want.StatusCode != http.StatusNotFound {
		t.Fatal(want.Status)
	}
	strip := func(h http.Header) string {
		h = h.Clone()
		h.Del("Date")
		b, _ := json.Marshal(h)
		return string(b)
	}
	for _, path := range []string{"/ap/ref/one", "/ap/ref/none", "/ap/eng/one", "/ap/act/one", "/ap/membership/one", "/ap/members", "/ap/nothing", "/ap/ref/", "/ap/ref/one/", "/ap/ref/%6fne", "/ap//ref/one", "/ap/ref/%00", "/ap/ref/one%00", "/ap/ref/%ff", "/ap/ref/one%20"} {
		for name, ask := range map[string]func() (*http.Response, string){
			"unsigned":  func() (*http.Response, string) { return w.get(path, nil, now) },
			"a browser": func() (*http.Response, string) { return w.get(path, nil, now, "Accept", "text/html") },
			"a stranger": func() (*http.Response, string) {
				return w.get(path, key(t, "https://evil.example/ap/org#main-key", "labour"), now)
			},
			"wrong key": func() (*http.Response, string) { return w.get(path, key(t, north+"/ap/org#main-key", "labour"), now) },
			"a suspended member": func() (*http.Response, string) {
				return w.get(path, w.pin(labour, "labour", mailbox.RoleMember, "suspended"), now)
			},
			"a former member": func() (*http.Response, string) {
				return w.get(path, w.pin(labour, "labour", mailbox.RoleFormer, "left"), now)
			},
			"a candidate": func() (*http.Response, string) {
				return w.get(path, w.pin(labour, "labour", mailbox.RoleCandidate, "active"), now)
			},
			"who has parted": func() (*http.Response, string) {
				return w.get(path, w.pin(labour, "labour", mailbox.RoleCandidate, mailbox.StateParted), now)
			},
			"another member": func() (*http.Response, string) {
				if path == "/ap/members" {
					return want, body
				}
				return w.get(path, w.pin(labour, "labour", mailbox.RoleMember, "active"), now)
			},
		} {
			got, text := ask()
			if got.StatusCode != want.StatusCode || text != body || strip(got.Header) != strip(want.Header) {
				t.Errorf("%s as %s: %d %s %s\nwant %d %s %s", path, name, got.StatusCode, text, strip(got.Header), want.StatusCode, body, strip(want.Header))
			}
		}
	}
}

func TestClockIsTold(t *testing.T) {
	w := newWorld(t)
	k := key(t, north+"/ap/org#main-key", "north")
	for _, path := range []string{"/ap/ref/one", "/ap/ref/none"} {
		if res, body := w.get(path, k, now.Add(-2*time.Hour)); res.StatusCode != http.StatusUnauthorized || !strings.Contains(body, "clock_skew") {
			t.Errorf("%s: %s %s", path, res.Status, body)
		}
	}
}

func TestFailureOfOursIsNotAbsence(t *testing.T) {
	w := newWorld(t)
	w.shut = true
	if res, _ := w.get("/ap/ref/one", key(t, north+"/ap/org#main-key", "north"), now); res.StatusCode != http.StatusServiceUnavailable {
		t.Error(res.Status)
	}
}

func TestGuardedToWhomItIsFor(t *testing.T) {
	w := newWorld(t)
	k := key(t, north+"/ap/org#main-key", "north")
	for _, path := range []string{"/ap/ref/one", "/ap/members"} {
		res, body := w.get(path, k, now)
		if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != federation.MediaType {
			t.Fatalf("%s: %s %s", path, res.Status, body)
		}
		if res.Header.Get("Cache-Control") != "private, no-store" || !strings.Contains(res.Header.Get("Vary"), "Signature") {
			t.Errorf("%s: %v", path, res.Header)
		}
	}
	_, body := w.get("/ap/members", k, now)
	if m, err := gofed.DecodeMembers([]byte(body)); err != nil || m.Version != 4 {
		t.Errorf("%+v %v", m, err)
	}
}

func TestActorDocuments(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/ap/network", "/ap/instance"} {
		for _, accept := range []string{"", "*/*", federation.MediaType, `application/ld+json; profile="https://www.w3.org/ns/activitystreams", text/html;q=0.1`} {
			res, body := w.get(path, nil, now, "Accept", accept)
			a, err := gofed.DecodeActor([]byte(body))
			if res.StatusCode != http.StatusOK || err != nil || a.ID != w.url+path || res.Header.Get("Vary") != "Accept" {
				t.Errorf("%s for %q: %s %v %v", path, accept, res.Status, err, res.Header)
			}
		}
		res, _ := w.get(path, nil, now, "Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
		if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != w.url+"/" {
			t.Errorf("%s for a browser: %s %v", path, res.Status, res.Header)
		}
	}
	if res, body := w.get("/ap/network/outbox", nil, now); res.StatusCode != http.StatusOK || !strings.Contains(body, `"totalItems":0`) {
		t.Errorf("outbox: %s %s", res.Status, body)
	}
}

func TestWellKnown(t *testing.T) {
	w := newWorld(t)
	host := strings.TrimPrefix(w.url, "http://")
	for resource, status := range map[string]int{
		"":                                400,
		"acct:network@evil.example":       404,
		"acct:somebody@" + host:           404,
		w.url + "/ap/org":                 404,
		"acct:network@" + host:            200,
		"acct:INSTANCE@" + host:           200,
		w.url + "/ap/network":             200,
		strings.Repeat("a", 5000):         400,
		"acct:network@" + host + "&x=1&x": 200,
	} {
		res, body := w.get("/.well-known/webfinger?resource="+resource, nil, now)
		if res.StatusCode != status {
			t.Errorf("%.60s: %d %s, want %d", resource, res.StatusCode, body, status)
		}
		if status == 200 && (!strings.Contains(body, `"rel":"self"`) || res.Header.Get("Content-Type") != "application/jrd+json") {
			t.Errorf("%s: %s", resource, body)
		}
	}
	_, links := w.get("/.well-known/nodeinfo", nil, now)
	_, info := w.get("/nodeinfo/2.1", nil, now)
	if !strings.Contains(links, w.url+"/nodeinfo/2.1") || !strings.Contains(info, `"name":"saphan-hub"`) || strings.Contains(info, "total") {
		t.Errorf("%s\n%s", links, info)
	}
	if _, meta := w.get("/.well-known/host-meta", nil, now); !strings.Contains(meta, "lrdd") {
		t.Error(meta)
	}
}

func TestMethods(t *testing.T) {
	w := newWorld(t)
	for path, want := range map[string]int{
		"/ap/network": 405, "/.well-known/webfinger": 405, "/nodeinfo/2.1": 405, "/ap/members": 404, "/ap/ref/one": 404,
		"/inbox": 202, "/ap/network/inbox": 202, "/ap/instance/inbox": 202, "/inbox/": 404, "//inbox": 404,
	} {
		r := httptest.NewRequest(http.MethodPost, "http://x"+path, nil)
		rec := httptest.NewRecorder()
		w.site.ServeHTTP(rec, r)
		if rec.Code != want {
			t.Errorf("POST %s: %d, want %d", path, rec.Code, want)
		}
	}
	if !w.site.Serves("/ap/anything") || !w.site.Serves("/inbox") || w.site.Serves("/cases") {
		t.Error("Serves")
	}
}

// TestGuardedWithRFC9421: a signature of this kind is good for what it signs, once.
func TestGuardedWithRFC9421(t *testing.T) {
	w := newWorld(t)
	k := w.pin(north, "north", mailbox.RoleMember, "active")
	for signed, want := range map[string][]int{
		"/ap/instance": {http.StatusNotFound, http.StatusNotFound}, "/ap/members?": {http.StatusNotFound, http.StatusNotFound},
		"/ap/members": {http.StatusOK, http.StatusNotFound},
	} {
		r, err := http.NewRequest(http.MethodGet, w.url+signed, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := k.Sign9421(r, nil, now); err != nil {
			t.Fatal(err)
		}
		r.URL.Path, r.URL.ForceQuery = "/ap/members", false
		for i, status := range want {
			res, err := new(http.Client).Do(r)
			if err != nil {
				t.Fatal(err)
			}
			if err := res.Body.Close(); err != nil {
				t.Fatal(err)
			}
			if res.StatusCode != status {
				t.Errorf("signed for %s, time %d: %d", signed, i, res.StatusCode)
			}
		}
	}
}
