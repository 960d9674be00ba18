package inbox_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/federation/sign"
)

// request9421 is a POST with an HTTP message signature.
func (w *world) request9421(k *sign.Key, body []byte, at time.Time) *http.Request {
	w.t.Helper()
	r := w.request(nil, body)
	if err := k.Sign9421(r, body, at); err != nil {
		w.t.Fatal(err)
	}
	return r
}

func (w *world) scheme(origin string) string {
	w.t.Helper()
	p, err := w.mail.Peer(context.Background(), origin+"/ap/org")
	if err != nil {
		w.t.Fatal(err)
	}
	return p.Scheme
}

// TestRFC9421 takes the same as with draft-cavage, refuses the same, and teaches
// us that the peer verifies what it signs.
func TestRFC9421(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		body := w.encode(w.offer(north))
		other := w.encode(w.offer(north))
		both := w.request9421(w.key, body, now)
		if err := w.key.Sign(both, body, now); err != nil {
			t.Fatal(err)
		}
		both.Header.Set("Signature-Input", w.request9421(w.key, body, now).Header.Get("Signature-Input"))
		altered := w.request(nil, other)
		altered.Header = w.request9421(w.key, body, now).Header
		elsewhere := w.request(nil, body)
		elsewhere.Host = "other.example"
		if err := w.key.Sign9421(elsewhere, body, now); err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]struct {
			r    *http.Request
			want string
		}{
			"key that is not pinned": {w.request9421(key(t, third, "labour"), w.encode(w.offer(third)), now), ""},
			"pinned id, other key":   {w.request9421(key(t, north, "labour"), body, now), ""},
			"changed after signing":  {altered, ""},
			"both kinds":             {both, ""},
			"for another server":     {elsewhere, ""},
			"signed long ago":        {w.request9421(w.key, body, now.Add(-2*time.Hour)), "clock_skew"},
		} {
			status, answer := w.do(c.r)
			want := `{"type":"about:blank","title":"Unauthorized","status":401}`
			if c.want != "" {
				want = `{"type":"about:blank","title":"Unauthorized","status":401,"code":"` + c.want + `"}`
			}
			if status != http.StatusUnauthorized || answer != want || w.count("effects") != 0 {
				t.Errorf("%s: %d %s", name, status, answer)
			}
		}
		if got := w.scheme(north); got != mailbox.SchemeUnknown {
			t.Fatalf("learned %s from requests that were refused", got)
		}
		if status, _ := w.post(w.key, other); status != http.StatusAccepted || w.scheme(north) != mailbox.SchemeUnknown {
			t.Fatalf("draft-cavage: %d, learned %s", status, w.scheme(north))
		}
		for range 2 {
			if status, answer := w.do(w.request9421(w.key, body, now)); status != http.StatusAccepted || w.count("effects") != 2 {
				t.Fatalf("%d %s", status, answer)
			}
		}
		if got := w.scheme(north); got != mailbox.SchemeRFC9421 {
			t.Errorf("learned %s", got)
		}
		if err := w.mail.LearnScheme(context.Background(), north+"/ap/org", mailbox.SchemeRFC9421, mailbox.SchemeCavage); err != nil {
			t.Fatal(err)
		}
		if status, _ := w.do(w.request9421(w.key, body, now)); status != http.StatusAccepted || w.scheme(north) != mailbox.SchemeCavage {
			t.Errorf("%d, and what had refused is asked again: %s", status, w.scheme(north))
		}
	})
}

// TestAsksFor9421: who is heard is told that we verify it, strangers are told nothing.
func TestAsksFor9421(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, c := range []struct {
			k    *sign.Key
			want string
		}{{nil, ""}, {key(t, third, "labour"), ""}, {w.key, sign.Wanted}} {
			res, err := new(http.Client).Do(w.request(c.k, w.encode(w.offer(north))))
			if err != nil {
				t.Fatal(err)
			}
			if err := res.Body.Close(); err != nil {
				t.Fatal(err)
			}
			if got := res.Header.Get(sign.AcceptHeader); got != c.want {
				t.Errorf("%d: %q", res.StatusCode, got)
			}
		}
	})
}
