package discovery_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/discovery"
	"github.com/saphan-network/saphan/federation/flood"
	"github.com/saphan-network/saphan/federation/gofed"
)

// TestFloodOfReads: who asks for what is guarded and is nobody, again and again, waits,
// whether the thing is there or not; what is public is always answered.
func TestFloodOfReads(t *testing.T) {
	w := newWorld(t)
	cfg := w.cfg
	cfg.Guard = flood.New(func() time.Time { return now }, nil)
	site, err := discovery.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	ask := func(path, remote string, signed bool) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, w.url+path, nil)
		r.RemoteAddr = remote
		if signed {
			if err := key(t, north+"/ap/org#main-key", "north").Sign(r, nil, now); err != nil {
				t.Fatal(err)
			}
		}
		rec := httptest.NewRecorder()
		site.ServeHTTP(rec, r)
		return rec
	}
	const address = "203.0.114.7"
	if rec := ask("/ap/ref/one", address+":1", true); rec.Code != http.StatusOK {
		t.Fatal(rec.Code)
	}
	for range flood.WrongBurst {
		if rec := ask("/ap/ref/one", address+":2", false); rec.Code != http.StatusNotFound {
			t.Fatal(rec.Code)
		}
	}
	there, not := ask("/ap/ref/one", address+":2", false), ask("/ap/ref/none", address+":2", false)
	if there.Code != http.StatusTooManyRequests || there.Header().Get("Retry-After") != "30" || there.Body.String() != not.Body.String() || not.Code != there.Code {
		t.Errorf("%d %s, %d %s", there.Code, there.Body, not.Code, not.Body)
	}
	if rec := ask("/ap/network", address+":2", false); rec.Code != http.StatusOK {
		t.Errorf("what is public: %d", rec.Code)
	}
	if rec := ask("/ap/ref/one", address+":1", true); rec.Code != http.StatusOK {
		t.Errorf("a member on the connection that it has: %d", rec.Code)
	}

	for range flood.PeerBurst - 2 {
		v, err := cfg.Guard.Enter(&http.Request{RemoteAddr: "127.0.0.1:1"})
		if err != nil || v.Known(north+"/ap/org") != nil {
			t.Fatal("too early", err)
		}
		v.Leave()
	}
	if rec := ask("/ap/ref/one", "127.0.0.1:1", true); rec.Code != http.StatusTooManyRequests {
		t.Errorf("a member that reads too much: %d", rec.Code)
	}
}

// TestActorIsWrittenAnew: the document that is kept is the one of the present key.
func TestActorIsWrittenAnew(t *testing.T) {
	w := newWorld(t)
	fragment, pem := "#main-key", key(t, north+"/ap/org#main-key", "north").PublicPEM()
	cfg := w.cfg
	cfg.Key = func() (string, string) { return fragment, pem }
	site, err := discovery.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	read := func() federation.Actor {
		t.Helper()
		rec := httptest.NewRecorder()
		site.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/ap/network", nil))
		a, err := gofed.DecodeActor(rec.Body.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	for _, f := range []string{"#main-key", "#main-key", "#key-2", "#main-key"} {
		fragment = f
		pem = key(t, north+"/ap/org#main-key", map[bool]string{true: "labour", false: "north"}[f == "#key-2"]).PublicPEM()
		if a := read(); !strings.HasSuffix(a.KeyID, f) || a.PublicKeyPEM != pem {
			t.Errorf("%s: shown %s", f, a.KeyID)
		}
	}
}
