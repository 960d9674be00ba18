package delivery

import (
	"context"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/federation/sign"
	"github.com/saphan-network/saphan/policies"
)

func accepted(w http.ResponseWriter, _ string) { w.WriteHeader(http.StatusAccepted) }

func TestPostTakesOnlyItsClearance(t *testing.T) {
	each(t, func(t *testing.T, o *world) {
		ctx := context.Background()
		alpha, _ := o.peer("alpha", accepted)
		beta, _ := o.peer("beta", accepted)
		inbox := func(actor string) string { return strings.TrimSuffix(actor, "/ap/org") + "/inbox" }
		_, d := o.clear(alpha, 1)
		for name, f := range map[string]func() outcome{
			"zero": func() outcome { return o.w.post(ctx, policies.Clearance{}, at(alpha, inbox(alpha)), d.Body) },
			"other bytes": func() outcome {
				c, d := o.clear(alpha, 1)
				return o.w.post(ctx, c, at(alpha, inbox(alpha)), append(d.Body, ' '))
			},
			"other peer": func() outcome {
				c, d := o.clear(alpha, 1)
				return o.w.post(ctx, c, at(beta, inbox(beta)), d.Body)
			},
			"inbox of another": func() outcome {
				c, d := o.clear(alpha, 1)
				return o.w.post(ctx, c, at(alpha, inbox(beta)), d.Body)
			},
			"used": func() outcome {
				c, d := o.clear(alpha, 1)
				if _, err := c.Consume(d.Body, alpha); err != nil {
					t.Fatal(err)
				}
				return o.w.post(ctx, c, at(alpha, inbox(alpha)), d.Body)
			},
		} {
			if got := f(); got.kind != final || got.key == "" {
				t.Errorf("%s: %+v", name, got)
			}
		}
		if n := o.net.Tap().Len(); n != 0 {
			t.Fatalf("%d requests went out", n)
		}
		c, d := o.clear(alpha, 1)
		if got := o.w.post(ctx, c, at(alpha, inbox(alpha)), d.Body); got.kind != taken {
			t.Fatalf("the right one: %+v", got)
		}
		if got := o.w.post(ctx, c, at(alpha, inbox(alpha)), d.Body); got.kind == taken || o.net.Tap().Len() != 1 {
			t.Fatal("one clearance, two requests")
		}
	})
}

func TestDeliversInOrderSigned(t *testing.T) {
	each(t, func(t *testing.T, o *world) {
		verify := &sign.Verifier{Now: o.now, Window: time.Hour, Host: func(r *http.Request) string { return r.Host }, Key: func(context.Context, string) (sign.Public, error) { return key().Public(self), nil }}
		actor, door := o.peer("alpha", accepted)
		var got []int64
		door.Open(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			if _, _, err := verify.Verify(r, body); err != nil {
				t.Errorf("signature: %v", err)
			}
			a, err := gofed.Decode(body)
			if err != nil {
				t.Error(err)
			}
			got = append(got, a.Sequence)
			w.WriteHeader(http.StatusAccepted)
		}))
		for range 9 {
			o.send(actor, "")
		}
		o.pass(26 * time.Hour) // signed when sent, not when enqueued
		if n := o.settle(); n != 9 {
			t.Fatalf("%d attempts", n)
		}
		for i, n := range got {
			if n != int64(i+1) {
				t.Fatalf("order: %v", got)
			}
		}
		if o.settle() != 0 {
			t.Fatal("sent again")
		}
	})
}

func TestAPeerThatIsAway(t *testing.T) {
	each(t, func(t *testing.T, o *world) {
		ctx := context.Background()
		alpha, door := o.peer("alpha", accepted)
		beta, _ := o.peer("beta", accepted)
		door.Shut()
		a := o.send(alpha, "t1")
		o.send(alpha, "t2")
		b := o.send(beta, "")
		if n := o.settle(); n != 2 {
			t.Fatalf("%d attempts for a peer that is down and one that is up", n)
		}
		if o.item(b).State != mailbox.Sent || o.item(a).State != mailbox.Waiting || o.item(a).ErrorKey != "delivery.error.unavailable" {
			t.Fatalf("a %+v", o.item(a).State)
		}
		probes := 0
		for range 7 * 24 * 4 {
			o.pass(15 * time.Minute)
			n := o.settle()
			if n > 1 {
				t.Fatalf("%d attempts at once", n)
			}
			probes += n
		}
		if probes < 28 || probes > 45 {
			t.Fatalf("%d probes in seven days", probes)
		}
		if l, _ := o.store.Line(ctx, alpha); !l.Broken || l.Waiting != 2 {
			t.Fatalf("line: %+v", l)
		}
		door.Open(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusAccepted) }))
		if err := o.db.Within(ctx, func(ctx context.Context) error {
			_, err := o.store.Receive(ctx, mailbox.Received{ActivityID: alpha + "/x", Actor: alpha, SHA256: "x", Sequence: 1})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		o.pass(6 * time.Second)
		if n := o.settle(); n != 2 || o.item(a).State != mailbox.Sent {
			t.Fatalf("%d attempts after it has spoken to us", n)
		}
	})
}

func TestRetryAfterIsKept(t *testing.T) {
	each(t, func(t *testing.T, o *world) {
		alpha, _ := o.peer("alpha", func(w http.ResponseWriter, _ string) {
			w.Header().Set("Retry-After", "1200")
			w.WriteHeader(http.StatusTooManyRequests)
		})
		id := o.send(alpha, "")
		o.settle()
		o.pass(1199 * time.Second)
		if n := o.settle(); n != 0 {
			t.Fatal("asked again before the time")
		}
		o.pass(time.Second)
		if n := o.settle(); n != 1 || o.item(id).State != mailbox.Waiting {
			t.Fatalf("%d attempts", n)
		}
	})
}

func TestPoison(t *testing.T) {
	each(t, func(t *testing.T, o *world) {
		bad, status := "", http.StatusUnprocessableEntity
		alpha, _ := o.peer("alpha", func(w http.ResponseWriter, body string) {
			if strings.Contains(body, bad) {
				w.WriteHeader(status)
				return
			}
			w.WriteHeader(http.StatusAccepted)
		})
		bad = o.send(alpha, "t1")
		behind := o.send(alpha, "t1")
		other := o.send(alpha, "t2")
		o.settle()
		if s := o.item(bad); s.State != mailbox.Held || s.Status != 422 || s.Attempts != 1 {
			t.Fatalf("refused for good: %+v", s.State)
		}
		if o.item(behind).State != mailbox.Waiting || o.item(other).State != mailbox.Sent {
			t.Fatalf("behind it %s, another thread %s", o.item(behind).State, o.item(other).State)
		}
		// In doubt: the order is kept for three attempts, then the others go on,
		// and it is tried for days before it is held.
		status = http.StatusInternalServerError
		if err := o.store.Retry(context.Background(), bad); err != nil {
			t.Fatal(err)
		}
		later := o.send(alpha, "t3")
		for i := range 3 {
			o.settle()
			if i < 2 && o.item(later).State != mailbox.Waiting {
				t.Fatalf("order given up after %d attempts", i+1)
			}
			o.pass(5 * time.Minute)
		}
		o.settle()
		if o.item(later).State != mailbox.Sent || o.item(bad).State != mailbox.Waiting {
			t.Fatalf("later %s, bad %s", o.item(later).State, o.item(bad).State)
		}
		for range giveUp {
			o.pass(8 * time.Hour)
			o.settle()
		}
		if s := o.item(bad); s.State != mailbox.Held || s.Attempts != giveUp {
			t.Fatalf("%s after %d attempts", s.State, s.Attempts)
		}
		status = http.StatusAccepted
		if err := o.store.Retry(context.Background(), bad); err != nil {
			t.Fatal(err)
		}
		if n := o.settle(); n != 2 || o.item(behind).State != mailbox.Sent {
			t.Fatalf("%d attempts after it was mended", n)
		}
	})
}

func TestGateAtSendTime(t *testing.T) {
	each(t, func(t *testing.T, o *world) {
		alpha, _ := o.peer("alpha", accepted)
		id := o.send(alpha, "")
		o.mu.Lock()
		o.state[alpha] = policies.StateStale
		o.mu.Unlock()
		o.settle()
		if it := o.item(id); it.State != mailbox.Waiting || it.ErrorKey != "policy.why.list_stale" || o.net.Tap().Len() != 0 {
			t.Fatalf("by a list that is too old: %s %s, %d requests", it.State, it.ErrorKey, o.net.Tap().Len())
		}
		o.pass(time.Hour)
		o.mu.Lock()
		o.state[alpha] = "suspended"
		o.mu.Unlock()
		o.settle()
		if it := o.item(id); it.State != mailbox.Waiting || it.ErrorKey != "policy.why.suspended" || o.net.Tap().Len() != 0 {
			t.Fatalf("to a suspended member: %s %s, %d requests", it.State, it.ErrorKey, o.net.Tap().Len())
		}
		o.mu.Lock()
		delete(o.state, alpha)
		o.mu.Unlock()
		if err := o.db.Conn(context.Background()).Exec("UPDATE mailbox_outbox SET body = ? WHERE activity_id = ?", []byte(`{"changed":true}`), id).Error; err != nil {
			t.Fatal(err)
		}
		o.pass(time.Hour)
		o.settle()
		if it := o.item(id); it.State != mailbox.Held || o.net.Tap().Len() != 0 {
			t.Fatalf("changed in the database: %s, %d requests", it.State, o.net.Tap().Len())
		}
	})
}

func TestNoRedirects(t *testing.T) {
	each(t, func(t *testing.T, o *world) {
		_, door := o.peer("beta", accepted)
		alpha, _ := o.peer("alpha", func(w http.ResponseWriter, _ string) {
			w.Header().Set("Location", door.URL+"/inbox")
			w.WriteHeader(http.StatusTemporaryRedirect)
		})
		id := o.send(alpha, "")
		o.settle()
		if it := o.item(id); it.State != mailbox.Waiting || it.ErrorKey != "delivery.error.redirect" || o.net.Tap().Len() != 1 {
			t.Fatalf("%s %s, %d requests", it.State, it.ErrorKey, o.net.Tap().Len())
		}
	})
}

func TestRunStops(t *testing.T) {
	each(t, func(t *testing.T, o *world) {
		ctx, cancel := context.WithCancel(context.Background())
		got, hang := make(chan string, 4), make(chan struct{})
		alpha, door := o.peer("alpha", accepted)
		door.Open(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			got <- r.URL.Path
			select {
			case <-hang:
			case <-r.Context().Done():
			}
		}))
		done := make(chan error)
		go func() { done <- o.w.Run(ctx) }()
		id := o.send(alpha, "") // wakes the worker
		<-got
		cancel()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		close(hang)
		if it := o.item(id); it.State != mailbox.Waiting {
			t.Fatalf("cut off, it is %s", it.State)
		}
	})
}

// A line is taken over soon after its sender has died, and never while it lives,
// however slow the peer.
func TestLeaseOfASlowAttempt(t *testing.T) {
	each(t, func(t *testing.T, o *world) {
		ctx := t.Context()
		got, hang, beat := make(chan string, 4), make(chan struct{}), make(chan time.Time)
		alpha, _ := o.peer("alpha", func(w http.ResponseWriter, body string) {
			got <- body
			<-hang
			w.WriteHeader(http.StatusAccepted)
		})
		id := o.send(alpha, "")
		dead, err := o.store.Claim(ctx, alpha, lease)
		if err != nil || dead == nil {
			t.Fatal(err)
		}
		o.pass(lease - time.Second)
		if n := o.settle(); n != 0 {
			t.Fatal("sent beside another sender")
		}
		o.pass(2 * time.Second)
		o.w.beat = func() (<-chan time.Time, func()) { return beat, func() {} }
		done := make(chan int)
		go func() { done <- o.settle() }()
		<-got
		if err := o.store.Extend(ctx, dead, time.Hour); err != nil { // who has lost a lease cannot renew it
			t.Fatal(err)
		}
		for range 3 {
			o.pass(lease - time.Second)
			beat <- o.now()
			beat <- o.now() // the one before has been carried out
			if c, err := o.store.Claim(ctx, alpha, lease); c != nil || err != nil {
				t.Fatalf("taken over while the attempt lasts: %v", err)
			}
		}
		close(hang)
		if n := <-done; n != 1 || o.item(id).State != mailbox.Sent {
			t.Fatalf("%d attempts, %s", n, o.item(id).State)
		}
	})
}

func TestFetch(t *testing.T) {
	each(t, func(t *testing.T, o *world) {
		ctx := context.Background()
		alpha, door := o.peer("alpha", accepted)
		stranger := o.net.Door("stranger")
		kind, size := "application/activity+json", 10
		serve := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Signature") == "" {
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			w.Header().Set("Content-Type", kind)
			_, _ = w.Write([]byte(strings.Repeat("x", size)))
		})
		door.Open(serve)
		stranger.Open(serve)
		if _, err := o.w.Fetch(ctx, stranger.URL+"/ap/members"); !fault.Is(err, fault.Forbidden) {
			t.Errorf("fetched from a stranger: %v", err)
		}
		for _, bad := range []string{"", "file:///etc/passwd", "http://user@127.0.0.1/x", alpha + "?x=1"} {
			if _, err := o.w.Fetch(ctx, bad); err == nil {
				t.Errorf("fetched %q", bad)
			}
		}
		if b, err := o.w.Fetch(ctx, door.URL+"/ap/members"); err != nil || len(b) != size {
			t.Errorf("%d bytes, %v", len(b), err)
		}
		kind = "text/html"
		if _, err := o.w.Fetch(ctx, door.URL+"/ap/members"); !fault.Is(err, fault.Invalid) {
			t.Errorf("a page passed for a document: %v", err)
		}
		kind, size = "application/activity+json", 300<<10
		if _, err := o.w.Fetch(ctx, door.URL+"/ap/members"); !fault.Is(err, fault.TooLarge) {
			t.Errorf("no limit: %v", err)
		}
		size = 20
		if _, err := o.w.Discover(ctx, stranger.URL+"/ap/org"); !fault.Is(err, fault.Invalid) {
			t.Errorf("rubbish for an actor: %v", err)
		}
	})
}

func TestGuard(t *testing.T) {
	for _, a := range []string{
		"127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "192.0.2.1", "198.18.0.1", "224.0.0.1",
		"255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1", "ff02::1",
	} {
		if public(netip.MustParseAddr(a)) {
			t.Errorf("%s passes for a public address", a)
		}
	}
	for _, a := range []string{"1.1.1.1", "203.150.10.20", "2606:4700::1111", "2405:9800::1"} {
		if !public(netip.MustParseAddr(a)) {
			t.Errorf("%s is refused", a)
		}
	}
	for _, s := range []string{"http://clinic.example/inbox", "https://127.0.0.1/inbox", "https://u:p@clinic.example/", "ftp://clinic.example/", "https:///inbox"} {
		u, err := url.Parse(s)
		if err != nil {
			t.Fatal(err)
		}
		if checkURL(u, false) == nil {
			t.Errorf("%s passes", s)
		}
	}
	// The judgement that counts is at the moment of connecting.
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://localhost:1/", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := newClient(false).Do(req)
	if err == nil {
		_ = res.Body.Close()
	}
	if got := unanswered(err); got.key != "delivery.error.address" {
		t.Errorf("a name that leads to this machine: %v", err)
	}
}
