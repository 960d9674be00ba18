package network_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/saphan-network/saphan/deploy/network"
	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fedtest"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/federation/sign"
	"github.com/saphan-network/saphan/web/locale"
)

const applications = "/ap/applications"

// porch is a hub with one member, and a node whose organisation nobody has invited.
type porch struct {
	t     *testing.T
	n     *network.Network
	tap   *fedtest.Tap
	who   *network.Server
	hub   *network.Server
	a, h  *caller
	speak *locale.Speaker
	mu    sync.Mutex
	ahead time.Duration
}

func newPorch(t *testing.T, db string) *porch {
	t.Helper()
	x := &porch{t: t, tap: &fedtest.Tap{}}
	x.n = start(t, network.Options{Dir: t.TempDir(), Database: db, Members: 1, Bare: true, Applicant: true, Wrap: x.tap.Record, Now: x.now})
	t.Cleanup(func() { stop(t, x.n) })
	x.who, x.hub = x.n.Server("maesot"), x.n.Server("hub")
	x.a, x.h = call(t, x.who), call(t, x.hub)
	words, err := locale.Load()
	x.speak = value(t, words, err).Speaker(locale.Thai)
	return x
}

func (x *porch) now() time.Time {
	x.mu.Lock()
	defer x.mu.Unlock()
	return time.Now().Add(x.ahead)
}

func (x *porch) pass(d time.Duration) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.ahead += d
	x.a.tokens, x.h.tokens = map[string]string{}, map[string]string{} // sessions have ended
}

// says checks that a page has the words of message keys.
func (x *porch) says(c *caller, login, path string, keys ...string) {
	x.t.Helper()
	page, _ := c.must(200, login, "GET", path, nil)
	for _, key := range keys {
		if want := x.speak.Say(key); !strings.Contains(main(page), want) {
			x.t.Errorf("%s at %s does not say %q: %s", path, c.s.Key, want, plain(page))
		}
	}
}

// apply fills the form in, looks at the bytes, and sends them.
func (x *porch) apply() {
	x.t.Helper()
	x.a.must(303, "network", "POST", "/network/apply", x.form())
	page, _ := x.a.must(200, "network", "GET", "/network/apply/look", nil)
	x.a.must(303, "network", "POST", "/network/apply/send", pairs("sum", hidden(x.t, page, "sum"), "print", hidden(x.t, page, "print")))
	settle(x.t, x.n)
}

func (x *porch) form() map[string][]string {
	w := network.Words()
	f := pairs("address", x.hub.URL, "about_th", w.AboutTH, "about_en", w.AboutEN, "contact", w.Contact)
	f["services"], f["regions"], f["languages"] = w.Services, w.Regions, w.Languages
	return f
}

func hidden(t *testing.T, page, name string) string {
	t.Helper()
	_, rest, ok := strings.Cut(page, `name="`+name+`" value="`)
	v, _, _ := strings.Cut(rest, `"`)
	if !ok || v == "" {
		t.Fatalf("no hidden field %s: %s", name, plain(page))
	}
	return v
}

// knocks is how many requests have come to a server at a path.
func (x *porch) knocks(to *network.Server, path string) int {
	n := 0
	for _, e := range x.tap.All() {
		if e.To == to.Key && e.Path == path {
			n++
		}
	}
	return n
}

func (x *porch) register() int {
	x.t.Helper()
	secretary, err := x.hub.As(x.t.Context(), "secretary")
	all, err2 := x.hub.Hub.Membership.All(x.t.Context(), value(x.t, secretary, err))
	return len(value(x.t, all, err2))
}

// TestApplying: an organisation that nobody has invited applies, is considered, is
// turned down, may come back after 90 days, takes it back, and is admitted; its own
// page and the secretariat's say at each step how it stands.
func TestApplying(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db string) {
		x := newPorch(t, db)
		at := pairs("actor", x.who.Actor)
		// the door is shut
		page, _ := x.a.must(409, "network", "POST", "/network/apply", x.form())
		if !strings.Contains(page, "รับเฉพาะองค์กรที่ได้รับเชิญ") {
			t.Error("the page does not say that only the invited are taken")
		}
		x.h.must(303, "secretary", "POST", "/members/door", pairs("to", "open"))
		wrong := x.form()
		wrong["about_th"] = []string{"ติดต่อ นางสาวสมหญิง ใจดีสาธิต โทร 081-000-4101"}
		x.a.must(422, "network", "POST", "/network/apply", wrong)

		// what was shown is what leaves
		x.a.must(303, "network", "POST", "/network/apply", x.form())
		page, _ = x.a.must(200, "network", "GET", "/network/apply/look", nil)
		_, shown, _ := strings.Cut(page, `tabindex="0">`)
		shown, _, _ = strings.Cut(shown, "</pre>")
		x.a.must(303, "network", "POST", "/network/apply/send", pairs("sum", "0", "print", hidden(t, page, "print")))
		x.a.must(409, "network", "POST", "/network/apply/send", pairs("sum", hidden(t, page, "sum"), "print", "0"))
		if x.knocks(x.hub, applications) != 0 {
			t.Error("something has left before it was sent")
		}
		x.a.must(303, "network", "POST", "/network/apply/send", pairs("sum", hidden(t, page, "sum"), "print", hidden(t, page, "print")))
		x.a.must(303, "network", "GET", "/network/apply/look", nil)
		settle(t, x.n)
		for _, e := range x.tap.All() {
			if _, body, _ := bytes.Cut(e.Request, []byte("\r\n\r\n")); e.To == "hub" && e.Path == applications && string(body) != shown {
				t.Errorf("%s has left, %s was shown", body, shown)
			}
		}
		x.says(x.a, "network", "/network", "apply.now.arrived")
		x.says(x.h, "secretary", "/members", "door.uninvited")
		x.says(x.h, "secretary", "/members/one?actor="+x.who.Actor, "door.said", "door.compare")

		// the secretariat decides
		x.h.must(409, "secretary", "POST", "/members/propose", pairs("actor", x.who.Actor, "act", "admit"))
		x.h.must(303, "secretary", "POST", "/members/consider", at)
		settle(t, x.n)
		x.says(x.a, "network", "/network", "apply.now.considered")
		x.h.must(303, "secretary", "POST", "/members/decline", pairs("actor", x.who.Actor, "reason", "incomplete"))
		settle(t, x.n)
		x.says(x.a, "network", "/network", "apply.now.declined")
		x.a.must(409, "network", "POST", "/network/apply", x.form())
		x.pass(91 * 24 * time.Hour)
		x.apply()
		x.says(x.a, "network", "/network", "apply.now.arrived")
		x.a.must(303, "network", "POST", "/network/withdraw", nil)
		settle(t, x.n)
		x.says(x.a, "network", "/network", "apply.now.withdrawn")
		x.says(x.h, "secretary", "/members/one?actor="+x.who.Actor, "members.state.left")
		x.pass(time.Hour)
		x.apply()

		// nobody is admitted whose key nobody has compared
		accept := pairs("actor", x.who.Actor, "tier", "provisional")
		x.h.must(422, "secretary", "POST", "/members/accept", accept)
		accept.Set("compared", "yes")
		x.h.must(409, "secretary", "POST", "/members/accept", accept)
		page, _ = x.h.must(200, "secretary", "GET", "/members/one?actor="+x.who.Actor, nil)
		accept.Set("print", hidden(t, page, "print"))
		x.h.must(303, "secretary", "POST", "/members/accept", accept)
		settle(t, x.n)
		x.says(x.a, "network", "/network", "network.state.active")
		x.a.must(409, "network", "POST", "/network/apply", x.form())
	})
}

// lodger is a server of a stranger: an actor document and a key.
type lodger struct {
	url   string
	key   *sign.Key
	asked int
	kind  string
	mu    sync.Mutex
}

func lodge(t *testing.T) *lodger {
	t.Helper()
	l := &lodger{kind: "Organization"}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		l.mu.Lock()
		defer l.mu.Unlock()
		if r.Method != http.MethodGet {
			w.WriteHeader(http.StatusAccepted)
			return
		}
		l.asked++
		doc, err := gofed.EncodeActor(federation.Actor{ID: l.url + "/ap/org", Type: l.kind, Name: "องค์กรแปลกหน้า", Username: "org", Inbox: l.url + "/inbox", KeyID: l.key.ID(), PublicKeyPEM: l.key.PublicPEM()})
		if err != nil {
			t.Error(err)
		}
		w.Header().Set("Content-Type", federation.MediaType)
		_, _ = w.Write(doc)
	}))
	t.Cleanup(s.Close)
	l.url = s.URL
	l.rekey(t)
	return l
}

func (l *lodger) rekey(t *testing.T) {
	t.Helper()
	k, err := sign.NewKey(l.url + "/ap/org#main-key")
	l.mu.Lock()
	defer l.mu.Unlock()
	l.key = value(t, k, err)
}

func (l *lodger) times() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.asked
}

// body is an application of the stranger.
func (l *lodger) body(t *testing.T, x *porch, change func(a *federation.Activity)) []byte {
	t.Helper()
	a := federation.Activity{ID: l.url + "/ap/act/" + opaque.ID(), Type: federation.Join, Actor: l.url + "/ap/org", To: x.hub.Actor, Object: x.hub.Actor, Sequence: 1,
		Published: x.now().UTC().Truncate(time.Hour), Application: &federation.Application{About: federation.Words{TH: "<p>เราเป็นองค์กร</p>"}, Services: []string{"dna"},
			Regions: []string{"63"}, Languages: []string{"th"}, Contact: "office@stranger.example"}}
	if change != nil {
		change(&a)
	}
	raw, err := gofed.Encode(a)
	return value(t, raw, err)
}

// knock posts bytes signed with a key, and returns the status and what was said.
func (x *porch) knock(key *sign.Key, body []byte, change func(r *http.Request)) (int, string) {
	x.t.Helper()
	r, err := http.NewRequestWithContext(x.t.Context(), http.MethodPost, x.hub.URL+applications, bytes.NewReader(body))
	value(x.t, r, err).Header.Set("Content-Type", federation.MediaType)
	if err := key.Sign(r, body, x.now()); err != nil {
		x.t.Fatal(err)
	}
	if change != nil {
		change(r)
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	defer func() { _ = value(x.t, res, err).Body.Close() }()
	said, err := io.ReadAll(res.Body)
	return res.StatusCode, string(value(x.t, said, err))
}

// TestTheDoorAgainstStrangers: what is no application, not the applicant's, or too
// much, changes nothing, is answered alike, and mostly makes the hub ask nobody.
func TestTheDoorAgainstStrangers(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db string) {
		x := newPorch(t, db)
		l, other := lodge(t), lodge(t)
		if s, said := x.knock(l.key, l.body(t, x, nil), nil); s != 403 || !strings.Contains(said, "invited_only") || l.times() != 0 {
			t.Errorf("a shut door: %d %s, asked %d times", s, said, l.times())
		}
		x.h.must(303, "secretary", "POST", "/members/door", pairs("to", "open"))
		before := x.register()
		for name, c := range map[string]struct {
			want   int
			body   func() []byte
			change func(r *http.Request)
		}{
			"without words": {400, func() []byte { return l.body(t, x, func(a *federation.Activity) { a.Application = nil }) }, nil},
			"a leave": {400, func() []byte {
				return l.body(t, x, func(a *federation.Activity) { a.Type, a.Application = federation.Leave, nil })
			}, nil},
			"to another hub": {400, func() []byte {
				return l.body(t, x, func(a *federation.Activity) { a.To, a.Object = other.url+"/ap/network", other.url+"/ap/network" })
			}, nil},
			"from the hub itself": {400, func() []byte {
				return bytes.ReplaceAll(l.body(t, x, nil), []byte(l.url), []byte(x.hub.URL))
			}, nil},
			"a foreign id": {400, func() []byte {
				return bytes.Replace(l.body(t, x, nil), []byte(`"id":"`+l.url), []byte(`"id":"`+other.url), 1)
			}, nil},
			"a word more": {400, func() []byte {
				return bytes.Replace(l.body(t, x, nil), []byte(`"contact":"office`), []byte(`"phone":"081","contact":"office`), 1)
			}, nil},
			"too large": {413, func() []byte {
				return append(l.body(t, x, nil), bytes.Repeat([]byte(" "), federation.MaxApplication)...)
			}, nil},
			"unsigned":           {401, func() []byte { return l.body(t, x, nil) }, func(r *http.Request) { r.Header.Del("Signature") }},
			"of another kind":    {415, func() []byte { return l.body(t, x, nil) }, func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }},
			"with a script":      {400, func() []byte { return bytes.Replace(l.body(t, x, nil), []byte("<p>"), []byte("<script>"), 1) }, nil},
			"not even an object": {400, func() []byte { return []byte("[]") }, nil},
		} {
			if s, said := x.knock(l.key, c.body(), c.change); s != c.want || said != "" {
				t.Errorf("%s: %d %q, want %d", name, s, said, c.want)
			}
		}
		if l.times()+other.times() != 0 {
			t.Errorf("the hub has asked %d times for what it could judge itself", l.times()+other.times())
		}
		// in another's name: the other's own server is asked once, however often it is tried
		for range 20 {
			if s, said := x.knock(l.key, other.body(t, x, nil), nil); s != 401 || said != "" {
				t.Errorf("in another's name: %d %q", s, said)
			}
		}
		if other.times() != 1 || l.times() != 0 {
			t.Errorf("another was asked %d times", other.times())
		}
		// that keeps the other itself out no more than it keeps a member's name secret
		if s, _ := x.knock(l.key, bytes.ReplaceAll(l.body(t, x, nil), []byte(l.url), []byte(x.n.Members()[0].URL)), nil); s != 401 {
			t.Errorf("in a member's name: %d", s)
		}
		if n := x.register(); n != before {
			t.Errorf("%d organisations, want %d", n, before)
		}
		body := other.body(t, x, nil)
		if s, _ := x.knock(other.key, body, nil); s != 202 || other.times() != 1 {
			t.Errorf("the honest one: %d, asked %d times", s, other.times())
		}
		// again, a second one, and one of another actor of the same server
		for what, b := range map[string][]byte{"again": body, "a second one": other.body(t, x, nil)} {
			if s, _ := x.knock(other.key, b, nil); s != 202 {
				t.Errorf("%s: %d", what, s)
			}
		}
		if s, _ := x.knock(l.key, body, nil); s != 401 {
			t.Errorf("an open one with another key: %d", s)
		}
		if n := x.register(); n != before+1 {
			t.Errorf("%d organisations, want %d", n, before+1)
		}

		// another key between application and decision
		page, _ := x.h.must(200, "secretary", "GET", "/members/one?actor="+other.url+"/ap/org", nil)
		accept := pairs("actor", other.url+"/ap/org", "tier", "provisional", "compared", "yes", "print", hidden(t, page, "print"))
		first := other.key
		other.rekey(t)
		x.h.must(409, "secretary", "POST", "/members/accept", accept)

		// who was declined waits for 90 days; what it said before does not come again; and
		// it is believed by the key with which it has applied
		x.h.must(303, "secretary", "POST", "/members/decline", pairs("actor", other.url+"/ap/org", "reason", "incomplete"))
		if s, said := x.knock(first, other.body(t, x, nil), nil); s != 403 || !strings.Contains(said, "too_soon") {
			t.Errorf("too soon: %d %s", s, said)
		}
		x.pass(91 * 24 * time.Hour)
		if s, _ := x.knock(first, body, nil); s != 202 {
			t.Errorf("what came before, again: %d", s)
		}
		if s, _ := x.knock(other.key, other.body(t, x, nil), nil); s != 401 {
			t.Errorf("after 90 days with another key: %d", s)
		}
		x.says(x.h, "secretary", "/members/one?actor="+other.url+"/ap/org", "members.state.declined")
		if s, _ := x.knock(first, other.body(t, x, nil), nil); s != 202 {
			t.Errorf("after 90 days: %d", s)
		}
		x.says(x.h, "secretary", "/members/one?actor="+other.url+"/ap/org", "members.state.applied")

		// who was expelled does not come by the door, nor who is a member
		member := x.n.Members()[0]
		b := bytes.ReplaceAll(l.body(t, x, nil), []byte(l.url), []byte(member.URL))
		memberKnocks := func() (int, string) {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, x.hub.URL+applications, bytes.NewReader(b))
			value(t, r, err).Header.Set("Content-Type", federation.MediaType)
			if err := member.Node.Station.Key.Sign(r, b, x.now()); err != nil {
				t.Fatal(err)
			}
			res, err := http.DefaultTransport.RoundTrip(r)
			defer func() { _ = value(t, res, err).Body.Close() }()
			var said struct{ Code string }
			_ = json.NewDecoder(res.Body).Decode(&said)
			return res.StatusCode, said.Code
		}
		if s, code := memberKnocks(); s != 403 || code != "member" {
			t.Errorf("a member at the door: %d %s", s, code)
		}
		form := pairs("actor", member.Actor, "act", "expel", "reason", "breach")
		x.h.must(303, "secretary", "POST", "/members/propose", form)
		x.h.must(303, "secretary2", "POST", "/members/confirm", form)
		x.pass(200 * 24 * time.Hour)
		b = bytes.ReplaceAll(l.body(t, x, nil), []byte(l.url), []byte(member.URL))
		if s, code := memberKnocks(); s != 403 || code != "expelled" {
			t.Errorf("one that was expelled at the door: %d %s", s, code)
		}
	})
}

// TestAFloodOfApplications: however many strangers knock, the hub asks few servers a
// minute, keeps a hundred applications at most, and goes on answering its members.
func TestAFloodOfApplications(t *testing.T) {
	x := newPorch(t, "sqlite")
	x.h.must(303, "secretary", "POST", "/members/door", pairs("to", "open"))
	before, took, full := x.register(), 0, 0
	shared := lodge(t)
	for i := range 130 {
		l := &lodger{url: shared.url}
		if i%2 == 0 { // a server of its own
			l = lodge(t)
		} else {
			l.key = shared.key
		}
		switch s, _ := x.knock(l.key, l.body(t, x, nil), nil); s {
		case 202:
			took++
		case 429:
			full++
		default:
			t.Fatalf("the %d-th: %d", i, s)
		}
	}
	if n := x.register() - before; n > 13 || full < 40 {
		t.Errorf("%d of them kept within a minute (%d taken), %d told to come again", n, took, full)
	}
	member := x.n.Members()[0]
	contact, err := member.As(t.Context(), "network")
	if err := member.Node.Network.Leave(t.Context(), value(t, contact, err)); err != nil {
		t.Fatal(err)
	}
	settle(t, x.n)
	x.says(x.h, "secretary", "/members/one?actor="+member.Actor, "members.state.left")
}
