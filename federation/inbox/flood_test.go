package inbox_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/flood"
	"github.com/saphan-network/saphan/federation/inbox"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/federation/sign"
)

// besieged is an inbox with a guard whose clock stands still until it is moved.
func (w *world) besieged(at *time.Time) (*inbox.Inbox, *flood.Guard) {
	w.t.Helper()
	cfg := w.cfg
	cfg.Guard = flood.New(func() time.Time { return *at }, nil)
	in, err := inbox.New(cfg)
	if err != nil {
		w.t.Fatal(err)
	}
	return in, cfg.Guard
}

// hand gives a request, as from an address, to the inbox.
func hand(in *inbox.Inbox, r *http.Request, remote string) *httptest.ResponseRecorder {
	r.RemoteAddr, r.Host = remote, r.URL.Host
	rec := httptest.NewRecorder()
	in.ServeHTTP(rec, r)
	return rec
}

// TestOneMemberFloods: a member that sends more than all the others together is told
// to wait, without a line in the ledger for each; the others do not notice; and what it
// was told to send later is taken then.
func TestOneMemberFloods(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		at := now
		in, guard := w.besieged(&at)
		south := w.pin(third, mailbox.RoleMember, "active", "labour")
		body := w.encode(w.offer(north))
		first := hand(in, w.request(w.key, body), "127.0.0.1:1")
		if first.Code != http.StatusAccepted {
			t.Fatal(first.Code)
		}
		spend(t, guard, north+"/ap/org", flood.PeerBurst-1)
		lines := w.audit.len()
		fresh := w.encode(w.offer(north))
		for range 3 {
			rec := hand(in, w.request(w.key, fresh), "127.0.0.1:1")
			if rec.Code != http.StatusTooManyRequests || rec.Header().Get("Retry-After") != "1" || !strings.Contains(rec.Body.String(), "too_many") {
				t.Errorf("%d after %q: %s", rec.Code, rec.Header().Get("Retry-After"), rec.Body)
			}
		}
		if w.audit.len() != lines || w.count("mailbox_inbox") != 1 {
			t.Errorf("%d lines more, %d rows", w.audit.len()-lines, w.count("mailbox_inbox"))
		}
		if rec := hand(in, w.request(south, w.encode(w.offer(third))), "127.0.0.1:1"); rec.Code != http.StatusAccepted {
			t.Errorf("another member: %d %s", rec.Code, rec.Body)
		}
		at = at.Add(time.Second)
		if rec := hand(in, w.request(w.key, fresh), "127.0.0.1:1"); rec.Code != http.StatusAccepted {
			t.Errorf("a second later: %d %s", rec.Code, rec.Body)
		}
	})
}

// spend takes from what a member may send at once, without sending it.
func spend(t *testing.T, g *flood.Guard, actor string, n int) {
	t.Helper()
	for range n {
		v, err := g.Enter(&http.Request{RemoteAddr: "127.0.0.1:1"})
		if err != nil || v.Known(actor) != nil {
			t.Fatal("too early", err)
		}
		v.Leave()
	}
}

// TestStrangersFlood: whoever signs badly again and again is turned away before
// anything is read or verified, the same whether the key that they name is known here
// or not; a member is heard on its connection from the same address all the time.
func TestStrangersFlood(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		at := now
		in, _ := w.besieged(&at)
		const address = "203.0.114.7"
		if rec := hand(in, w.request(w.key, w.encode(w.offer(north))), address+":1"); rec.Code != http.StatusAccepted {
			t.Fatal(rec.Code)
		}
		unknown := key(t, "https://stranger.example", "labour")
		forged := key(t, north, "labour")
		bad := w.request(unknown, []byte(`{}`))
		for range flood.WrongBurst {
			r := bad.Clone(t.Context())
			r.Body, _ = bad.GetBody()
			if rec := hand(in, r, address+":2"); rec.Code != http.StatusUnauthorized {
				t.Fatal(rec.Code)
			}
		}
		var bodies []string
		for _, k := range []struct {
			name string
			r    *http.Request
		}{{"unknown", w.request(unknown, []byte(`{}`))}, {"forged", w.request(forged, []byte(`{}`))}, {"unsigned", w.request(nil, []byte(`{}`))},
			{"good, on a new connection", w.request(w.key, w.encode(w.offer(north)))}} {
			k.r.Body = unread{t, k.name}
			rec := hand(in, k.r, address+":3")
			if rec.Code != http.StatusTooManyRequests || rec.Header().Get("Retry-After") != "30" {
				t.Errorf("%s: %d after %q", k.name, rec.Code, rec.Header().Get("Retry-After"))
			}
			bodies = append(bodies, rec.Body.String())
		}
		for _, b := range bodies {
			if b != bodies[0] || strings.Contains(b, "code") {
				t.Errorf("strangers are told apart: %q", bodies)
			}
		}
		if rec := hand(in, w.request(w.key, w.encode(w.offer(north))), address+":1"); rec.Code != http.StatusAccepted {
			t.Errorf("the member, on the connection that it has: %d", rec.Code)
		}
		if rec := hand(in, w.request(unknown, []byte(`{}`)), "203.0.114.8:1"); rec.Code != http.StatusUnauthorized {
			t.Errorf("another address: %d", rec.Code)
		}
		at = at.Add(time.Minute)
		if rec := hand(in, w.request(w.key, w.encode(w.offer(north))), address+":3"); rec.Code != http.StatusAccepted {
			t.Errorf("the member on a new connection, later: %d", rec.Code)
		}
		if n := strings.Count(w.log.String(), "\n"); n > flood.LogBurst+5 {
			t.Errorf("%d lines of log for %d bad requests", n, flood.WrongBurst)
		}
	})
}

// TestAPanicGivesItsTurnBack: as many panics as there are turns, and strangers are
// still heard.
func TestAPanicGivesItsTurnBack(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		pinned := w.cfg.Verifier.Key
		w.cfg.Verifier = &sign.Verifier{Now: w.cfg.Now, Scheme: "http", Host: w.cfg.Verifier.Host, Key: func(ctx context.Context, keyID string) (sign.Public, error) {
			if strings.Contains(keyID, "stranger") {
				panic("a verifier with a bug")
			}
			return pinned(ctx, keyID)
		}}
		at := now
		in, _ := w.besieged(&at)
		bad := w.request(key(t, "https://stranger.example", "labour"), []byte(`{}`))
		for range flood.Verifying + 1 {
			r := bad.Clone(t.Context())
			r.Body, _ = bad.GetBody()
			if rec := hand(in, r, "127.0.0.1:2"); rec.Code < 400 {
				t.Fatal(rec.Code)
			}
		}
		if rec := hand(in, w.request(w.key, w.encode(w.offer(north))), "127.0.0.1:3"); rec.Code != http.StatusAccepted {
			t.Errorf("a member after that: %d", rec.Code)
		}
	})
}

// unread is a body that nobody may read.
type unread struct {
	t    *testing.T
	name string
}

func (u unread) Read([]byte) (int, error) {
	u.t.Errorf("%s: the body was read", u.name)
	return 0, fault.Missing()
}

func (unread) Close() error { return nil }
