package fedtest_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation"
)

// trick is a request that somebody who is not honest makes. south is the bad one:
// a known peer with a key of its own, who wants to do harm at north.
type trick struct {
	name string
	want int // status
	make func(tn *town, hub, north, south *home) *http.Request
}

// forged is a trick with an activity of south's in which one word was put for another
// before it was signed.
func forged(f func(hub, north, south *home) (old, word string)) func(tn *town, hub, north, south *home) *http.Request {
	return func(tn *town, hub, north, south *home) *http.Request {
		body := string(south.body(south.activity(north, 1)))
		old, word := f(hub, north, south)
		if !strings.Contains(body, old) {
			tn.t.Fatalf("there is no %s in %s", old, body)
		}
		return south.request(north, []byte(strings.Replace(body, old, word, 1)))
	}
}

// bytesOf is a trick with a good activity whose bytes are changed before it is signed.
func bytesOf(f func(body string) string) func(tn *town, hub, north, south *home) *http.Request {
	return func(_ *town, _, north, south *home) *http.Request {
		return south.request(north, []byte(f(string(south.body(south.activity(north, 1))))))
	}
}

// touched is a trick with a good request that is changed after it was signed.
func touched(f func(r *http.Request, tn *town, hub, north, south *home)) func(tn *town, hub, north, south *home) *http.Request {
	return func(tn *town, hub, north, south *home) *http.Request {
		r := south.request(north, south.body(south.activity(north, 1)))
		f(r, tn, hub, north, south)
		return r
	}
}

// TestTricks: each is refused with that status, has no effect and leaves no row; and an
// honest message that comes afterwards from the same peer takes effect.
func TestTricks(t *testing.T) {
	for _, c := range tricks() {
		run(t, c.name, func(tn *town, hub, north, south *home) {
			if got := tn.post(c.make(tn, hub, north, south)); got != c.want {
				tn.t.Errorf("answered %d, want %d", got, c.want)
			}
			north.has()
			var n int64
			north.must(north.db.Reader(tn.t.Context()).Table("mailbox_inbox").Count(&n).Error)
			if n != 0 {
				tn.t.Errorf("%d rows are left of it", n)
			}
			id := south.write(north, "t")
			tn.settle()
			north.has(id)
		})
	}
}

func tricks() []trick {
	actor := func(h *home) string { return `"actor":"` + h.actor + `"` }
	act := func(h *home) string { return `"id":"` + h.door.URL + "/ap/act/" }
	return []trick{
		{"in another's name", 403, forged(func(hub, _, south *home) (string, string) { return actor(south), actor(hub) })},
		{"with another's id", 403, forged(func(hub, _, south *home) (string, string) { return act(south), act(hub) })},
		{"in the receiver's own name", 403, forged(func(_, north, south *home) (string, string) { return actor(south), actor(north) })},
		{"with the receiver's id", 403, forged(func(_, north, south *home) (string, string) { return act(south), act(north) })},
		{"to somebody else", 403, forged(func(hub, north, _ *home) (string, string) { return north.actor, hub.actor })},
		{"to itself", 403, forged(func(_, north, south *home) (string, string) { return north.actor, south.actor })},
		{"of a type that it may not send", 403, forged(func(_, _, _ *home) (string, string) { return `"Invite"`, `"Undo"` })},
		{"of a type that nobody knows", 403, forged(func(_, _, _ *home) (string, string) { return `"Invite"`, `"saphan:Explode"` })},
		{"twice the same key", 400, bytesOf(func(b string) string { return strings.Replace(b, "{", `{"type":"Invite",`, 1) })},
		{"no JSON", 400, bytesOf(func(string) string { return "hello" })},
		{"nothing", 400, bytesOf(func(string) string { return "" })},
		{"a list", 400, bytesOf(func(b string) string { return "[" + b + "]" })},
		{"something behind it", 400, bytesOf(func(b string) string { return b + "{}" })},
		{"cut off", 400, bytesOf(func(b string) string { return b[:len(b)-2] })},
		{"too deep", 400, bytesOf(func(b string) string {
			return strings.Replace(b, "{", `{"x":`+strings.Repeat("[", 200)+strings.Repeat("]", 200)+",", 1)
		})},
		{"too large", 413, bytesOf(func(b string) string { return b + strings.Repeat(" ", federation.MaxBody) })},
		{"not UTF-8", 400, bytesOf(func(b string) string { return strings.Replace(b, "{", "{\"x\":\"\xff\xfe\",", 1) })},
		{"unsigned", 401, touched(func(r *http.Request, _ *town, _, _, _ *home) { r.Header.Del("Signature") })},
		{"without a digest", 401, touched(func(r *http.Request, _ *town, _, _, _ *home) { r.Header.Del("Digest") })},
		{"without a date", 401, touched(func(r *http.Request, _ *town, _, _, _ *home) { r.Header.Del("Date") })},
		{"with other bytes", 401, touched(func(r *http.Request, _ *town, _, _, _ *home) {
			body, _ := io.ReadAll(r.Body)
			body = bytes.Replace(body, []byte("Invite"), []byte("Reject"), 1)
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		})},
		{"with another date", 401, touched(func(r *http.Request, tn *town, _, _, _ *home) {
			r.Header.Set("Date", tn.now().Add(time.Second).Format(http.TimeFormat))
		})},
		{"by another way", 401, touched(func(r *http.Request, _ *town, _, _, _ *home) { r.URL.RawQuery = "x=1" })},
		{"for another host", 401, touched(func(r *http.Request, _ *town, hub, _, _ *home) { r.Host = strings.TrimPrefix(hub.door.URL, "http://") })},
		{"with another's key id", 401, touched(func(r *http.Request, _ *town, hub, _, south *home) {
			r.Header.Set("Signature", strings.Replace(r.Header.Get("Signature"), south.key.ID(), hub.key.ID(), 1))
		})},
		{"with nobody's key id", 401, touched(func(r *http.Request, _ *town, _, _, south *home) {
			r.Header.Set("Signature", strings.Replace(r.Header.Get("Signature"), "#main-key", "#other-key", 1))
		})},
		{"with a signature cut short", 401, touched(func(r *http.Request, _ *town, _, _, _ *home) {
			r.Header.Set("Signature", strings.Replace(r.Header.Get("Signature"), `signature="`, `signature="AAAA`, 1))
		})},
		{"two signatures", 401, touched(func(r *http.Request, _ *town, _, _, _ *home) { r.Header.Add("Signature", r.Header.Get("Signature")) })},
		{"of yesterday", 401, touched(func(_ *http.Request, tn *town, _, _, _ *home) { tn.pass(24 * time.Hour) })},
		{"of tomorrow", 401, func(tn *town, _, north, south *home) *http.Request {
			tn.pass(24 * time.Hour)
			r := south.request(north, south.body(south.activity(north, 1)))
			tn.pass(-24 * time.Hour)
			return r
		}},
		{"a page", 415, touched(func(r *http.Request, _ *town, _, _, _ *home) { r.Header.Set("Content-Type", "text/html") })},
		{"plain JSON", 415, touched(func(r *http.Request, _ *town, _, _, _ *home) { r.Header.Set("Content-Type", "application/json") })},
		{"no media type", 415, touched(func(r *http.Request, _ *town, _, _, _ *home) { r.Header.Del("Content-Type") })},
		{"packed", 415, touched(func(r *http.Request, _ *town, _, _, _ *home) { r.Header.Set("Content-Encoding", "gzip") })},
		{"not posted", 405, touched(func(r *http.Request, _ *town, _, _, _ *home) { r.Method = http.MethodPut })},
	}
}

// TestOfferedAgain: what was taken once has no second effect, however it comes again.
func TestOfferedAgain(t *testing.T) {
	for name, f := range map[string]func(tn *town, hub, north, south *home, body []byte) int{
		"signed again": func(tn *town, _, north, south *home, body []byte) int {
			tn.pass(time.Minute)
			return tn.post(south.request(north, body))
		},
		"months later": func(tn *town, _, north, south *home, body []byte) int {
			tn.pass(200 * 24 * time.Hour)
			return tn.post(south.request(north, body))
		},
		"after a restart": func(tn *town, _, north, south *home, body []byte) int {
			north.restart()
			tn.pass(time.Minute)
			return tn.post(south.request(north, body))
		},
		"other bytes": func(tn *town, _, north, south *home, body []byte) int {
			tn.pass(time.Minute)
			return tn.post(south.request(north, append(body, ' ')))
		},
		"by another peer": func(tn *town, hub, north, _ *home, body []byte) int {
			return tn.post(hub.request(north, body))
		},
	} {
		want := map[string]int{"other bytes": http.StatusConflict, "by another peer": http.StatusForbidden}[name]
		if want == 0 {
			want = http.StatusAccepted
		}
		run(t, name, func(tn *town, hub, north, south *home) {
			a := south.activity(north, 1)
			body := south.body(a)
			if got := tn.post(south.request(north, body)); got != http.StatusAccepted {
				tn.t.Fatalf("the first: %d", got)
			}
			if got := f(tn, hub, north, south, body); got != want {
				tn.t.Errorf("answered %d, want %d", got, want)
			}
			north.has(a.ID)
		})
	}
}
