package inbox_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation"
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

// TestEd25519: the key that the members list has beside the RSA key is believed with
// RFC 9421, and whoever has one is asked for it by its name.
func TestEd25519(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		k, err := w.key.Complete()
		if err != nil {
			t.Fatal(err)
		}
		post := func(k *sign.Key) (int, string) {
			t.Helper()
			body := w.encode(w.offer(north))
			r := w.request(nil, body)
			if err := k.SignEd25519(r, body, now); err != nil {
				t.Fatal(err)
			}
			res, err := new(http.Client).Do(r)
			if err != nil {
				t.Fatal(err)
			}
			if err := res.Body.Close(); err != nil {
				t.Fatal(err)
			}
			return res.StatusCode, res.Header.Get(sign.AcceptHeader)
		}
		pin := func(m federation.Multikey, end string) {
			t.Helper()
			p, err := w.mail.Peer(ctx, north+"/ap/org")
			if err != nil {
				t.Fatal(err)
			}
			p.Assertion, p.OldKey = m, federation.PublicKey{}
			if end != "" {
				p.Assertion, p.OldKey = federation.Multikey{}, federation.PublicKey{ID: p.KeyID + "-old", PEM: p.PublicKeyPEM, End: end, Assertion: m}
			}
			if err := w.mail.SavePeer(ctx, p); err != nil {
				t.Fatal(err)
			}
		}
		other, err := sign.NewKey(k.ID())
		if err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]struct {
			pin  federation.Multikey
			end  string
			want int
			asks string
		}{
			"not pinned":           {federation.Multikey{}, "", 401, ""},
			"another pinned":       {other.Assertion().Multikey(), "", 401, ""},
			"its name, not it":     {federation.Multikey{ID: k.AssertionID(), Multibase: other.Assertion().Multibase()}, "", 401, ""},
			"pinned":               {k.Assertion().Multikey(), "", 202, sign.WantedOf(k.AssertionID())},
			"the one before":       {k.Assertion().Multikey(), now.Add(time.Hour).Format(time.RFC3339), 202, sign.Wanted},
			"the one before, over": {k.Assertion().Multikey(), now.Format(time.RFC3339), 401, ""},
		} {
			pin(c.pin, c.end)
			if status, asks := post(k); status != c.want || asks != c.asks {
				t.Errorf("%s: %d, asks for %q", name, status, asks)
			}
		}
		pin(k.Assertion().Multikey(), "")
		body := w.encode(w.offer(north))
		draft := w.request(w.key, body) // the draft with the name of the Ed25519 key
		draft.Header.Set("Signature", strings.Replace(draft.Header.Get("Signature"), w.key.ID(), k.AssertionID(), 1))
		if status, _ := w.do(draft); status != 401 {
			t.Errorf("draft-cavage under the name of an Ed25519 key: %d", status)
		}
	})
}

// TestSkewIsTakenDown: of whose signature is good and whose clock is wrong we know by
// how much; of strangers nothing is taken down.
func TestSkewIsTakenDown(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		body := w.encode(w.offer(north))
		stranger := key(t, third, "labour")
		w.do(w.request9421(stranger, body, now.Add(-5*time.Hour)))
		forged := w.request9421(key(t, north, "labour"), body, now.Add(-5*time.Hour))
		w.do(forged)
		if _, _, peers, err := w.mail.Skews(t.Context()); err != nil || len(peers) != 0 {
			t.Fatalf("%+v, %v", peers, err)
		}
		late := w.request(nil, body)
		if err := w.key.Sign(late, body, now.Add(-3*time.Hour)); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			r    *http.Request
			want time.Duration
		}{{w.request9421(w.key, body, now.Add(-2*time.Hour)), -2 * time.Hour}, {late, -3 * time.Hour}, {w.request9421(w.key, body, now.Add(90*time.Minute)), 90 * time.Minute}} {
			w.do(c.r)
			_, _, peers, err := w.mail.Skews(t.Context())
			if err != nil || len(peers) != 1 || peers[0].Peer != north+"/ap/org" || peers[0].Ahead != c.want {
				t.Errorf("%+v, %v, want %v", peers, err, c.want)
			}
		}
	})
}

// TestSynced: what an authenticated peer says of its collection is handed on if it
// was signed, and after its activity was kept.
func TestSynced(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		said := sign.Sync{Collection: north + "/ap/members", URL: north + "/ap/members", Digest: strings.Repeat("ab", 32), Version: "7"}
		send := func(signed bool, change func(r *http.Request)) int {
			t.Helper()
			w.synced = nil
			body := w.encode(w.offer(north))
			r := w.request(nil, body)
			if signed {
				r.Header.Set(sign.SyncHeader, said.String())
			}
			if err := w.key.Sign9421(r, body, now); err != nil {
				t.Fatal(err)
			}
			change(r)
			status, _ := w.do(r)
			return status
		}
		nothing := func(*http.Request) {}
		if status := send(true, nothing); status != 202 || len(w.synced) != 1 || w.synced[0] != said {
			t.Errorf("%d, %+v", status, w.synced)
		}
		for name, c := range map[string]struct {
			signed bool
			change func(r *http.Request)
			want   int
		}{
			"none":                {false, nothing, 202},
			"added on its way":    {false, func(r *http.Request) { r.Header.Set(sign.SyncHeader, said.String()) }, 202},
			"changed on its way":  {true, func(r *http.Request) { r.Header.Set(sign.SyncHeader, strings.Replace(said.String(), "ab", "cd", 1)) }, 401},
			"another one beside":  {true, func(r *http.Request) { r.Header.Add(sign.SyncHeader, said.String()) }, 401},
			"taken away":          {true, func(r *http.Request) { r.Header.Del(sign.SyncHeader) }, 401},
			"a signature of less": {true, func(r *http.Request) { r.Header.Del("Signature") }, 401},
		} {
			if status := send(c.signed, c.change); status != c.want || len(w.synced) != 0 {
				t.Errorf("%s: %d, %+v", name, status, w.synced)
			}
		}
	})
}
