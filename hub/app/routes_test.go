package app_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/federation/sign"
	"github.com/saphan-network/saphan/hub/app"
	"github.com/saphan-network/saphan/hub/network/membership"
	"github.com/saphan-network/saphan/hub/network/publication"
	"github.com/saphan-network/saphan/node/clinic"
)

// Who asks, in the order of the columns of the table: nobody, the secretary, the
// administrator, the auditor.
var askers = []string{"", "sri", "chai", "or"}

// shut are those for whom every answer must be what nobody gets: gone has been
// shut out while signed in, and away is signed in at another hub.
var shut = []string{"gone", "away"}

// desk is a hub with one user of each role, all signed in.
type desk struct {
	*app.App
	tokens map[string]string
	ids    map[string]string
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	a, err := app.New(t.Context(), app.Config{BaseURL: "http://127.0.0.1", DataDir: t.TempDir(), NameTH: "เครือข่ายทดสอบ"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	d := &desk{App: a, tokens: map[string]string{}, ids: map[string]string{}}
	for login, role := range map[string]string{"sri": "secretary", "chai": "admin", "or": "auditor", "gone": "secretary"} {
		link, err := a.Accounts.Add(t.Context(), "system", login, "คุณ"+login, []string{role})
		must(t, link, err)
		u, err := a.Accounts.Find(t.Context(), login)
		d.ids[login] = must(t, u, err).ID
	}
	d.again(t)
	if err := a.Accounts.Disable(t.Context(), "system", d.ids["gone"]); err != nil {
		t.Fatal(err)
	}
	return d
}

// again signs in whom a request has signed out.
func (d *desk) again(t *testing.T) {
	t.Helper()
	for login, id := range d.ids {
		tok, err := d.Accounts.Begin(t.Context(), id)
		if err == nil {
			d.tokens[login] = tok
		}
	}
}

func must[T any](t *testing.T, v T, err error) T {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

var asked atomic.Int64

func (d *desk) ask(t *testing.T, who, method, path string, form url.Values, change func(*http.Request)) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, "http://127.0.0.1"+path, strings.NewReader(form.Encode()))
	n := asked.Add(1)
	r.RemoteAddr = fmt.Sprintf("10.%d.%d.1:1234", n/250, n%250) // each from elsewhere, so that nobody is slowed down
	r.Header.Set("Accept", "text/html")
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if tok := d.tokens[who]; tok != "" {
		r.AddCookie(&http.Cookie{Name: "saphan-80", Value: tok})
	}
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	d.Handler().ServeHTTP(w, r)
	return w
}

// member writes an organisation into the register, and returns its actor.
func (d *desk) member(t *testing.T, state string) string {
	t.Helper()
	base := "https://c" + opaque.ID()[:12] + ".example"
	key, err := sign.NewKey(base + "/ap/org#main-key")
	m := membership.Member{State: membership.State(state), Tier: "full", Join: base + "/ap/act/" + opaque.ID(), Paper: opaque.ID(), Card: membership.Card{Actor: base + "/ap/org",
		Name: "คลินิกลับ", Inbox: base + "/inbox", KeyID: base + "/ap/org#main-key", PublicKeyPEM: must(t, key, err).PublicPEM()}}
	if err := d.Put(t.Context(), &m); err != nil {
		t.Fatal(err)
	}
	return m.Actor
}

// route is a route of the pages with what every asker must be answered. needs
// names the person or the state of the organisation that must exist.
type route struct {
	method, path, needs string
	form                url.Values
	want                string
}

func form(pairs ...string) url.Values {
	f := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		f.Add(pairs[i], pairs[i+1])
	}
	return f
}

// things are what exists when a route is asked.
type things struct{ person, link, member, item, doc, sum string }

func (d *desk) fresh(t *testing.T, needs string) things {
	t.Helper()
	w := nothing()
	switch needs {
	case "":
	case "person", "closed":
		login := "p" + opaque.ID()[:12]
		link, err := d.Accounts.Add(t.Context(), "system", login, "คุณใหม่", []string{"auditor"})
		w.link = must(t, link, err)
		u, err := d.Accounts.Find(t.Context(), login)
		w.person = must(t, u, err).ID
		if needs == "closed" {
			if err := d.Accounts.Disable(t.Context(), "system", w.person); err != nil {
				t.Fatal(err)
			}
		}
	case "mail": // the members list waits for a member
		w.member = d.member(t, "active")
		sri := clinic.Actor{UserID: d.ids["sri"], Roles: []string{"secretary"}, Active: true}
		if err := d.Membership.Describe(t.Context(), sri, w.member, membership.Profile{Capacity: "open"}); err != nil {
			t.Fatal(err)
		}
		q, err := d.Station.Mail.Queue(t.Context(), w.member)
		w.item = must(t, q, err)[0].ActivityID
	case "trial", "proposed":
		w.member = d.onTrial(t, needs == "proposed")
	case "rekeyed":
		w.member = d.member(t, "active")
		key, err := sign.NewKey(w.member + "#any")
		pem := must(t, key, err).PublicPEM()
		if err := d.Membership.Rekeyed(t.Context(), w.member, membership.Key{KeyID: w.member + "#" + federation.KeyName(pem), PublicKeyPEM: pem}); err != nil {
			t.Fatal(err)
		}
	case "draft", "waiting", "published":
		other := clinic.Actor{UserID: "another", Roles: []string{"secretary"}, Active: true}
		id, err := d.Public.Write(t.Context(), other, publication.Statement, statement("ลับ"))
		w.doc = must(t, id, err)
		if needs != "draft" {
			if err := d.Public.Submit(t.Context(), other, id, 1); err != nil {
				t.Fatal(err)
			}
			v, err := d.Public.Show(t.Context(), other, id)
			w.sum = must(t, v, err).Pending.SHA256
		}
		if needs == "published" {
			sri := clinic.Actor{UserID: d.ids["sri"], Roles: []string{"secretary"}, Active: true}
			if err := d.Public.Release(t.Context(), sri, id, w.sum); err != nil {
				t.Fatal(err)
			}
		}
	case "series", "planned", "located", "called", "asked", "session", "held":
		return d.meets(t, needs)
	default:
		w.member = d.member(t, needs)
	}
	return w
}

func nothing() things {
	id := opaque.ID
	return things{person: id(), link: id() + id(), member: "https://c" + id()[:12] + ".example/ap/org", item: "http://127.0.0.1/ap/act/" + id(), doc: id(), sum: id() + id()}
}

func (r route) at(w things) string {
	id := w.person
	if strings.HasPrefix(r.path, "/public") || strings.HasPrefix(r.path, "/meetings") {
		id = w.doc
	}
	p := strings.NewReplacer(":id", id, ":token", w.link, "*name", "nothing.css").Replace(r.path)
	switch p {
	case "/peers/one":
		p += "?peer=" + url.QueryEscape(w.member)
	case "/members/one":
		p += "?actor=" + url.QueryEscape(w.member)
	}
	return p
}

func (r route) filled(w things) url.Values {
	f := url.Values{}
	for k, vs := range r.form {
		for _, v := range vs {
			f.Add(k, strings.NewReplacer("{item}", w.item, "{member}", w.member, "{sum}", w.sum, "{new}", opaque.ID()).Replace(v))
		}
	}
	return f
}

// TestEveryRouteOfTheHub asks every route there is as everybody there is. A new
// route fails it until somebody has written down who may use it.
func TestEveryRouteOfTheHub(t *testing.T) {
	d := newDesk(t)
	d.tokens["away"] = newDesk(t).tokens["sri"]
	listed := map[string]bool{}
	for _, r := range allRoutes() {
		listed[r.method+" "+r.path] = true
	}
	routes, err := d.Routes()
	for _, r := range must(t, routes, err) {
		if !listed[r.Method+" "+r.Path] {
			t.Errorf("%s %s is not in the table", r.Method, r.Path)
		}
		delete(listed, r.Method+" "+r.Path)
	}
	for r := range listed {
		t.Errorf("%s is in the table and not at the hub", r)
	}
	for _, r := range allRoutes() {
		w := d.fresh(t, r.needs)
		var got []string
		for _, who := range append(slices.Clone(askers), shut...) {
			a := d.ask(t, who, r.method, r.at(w), r.filled(w), nil)
			got = append(got, fmt.Sprint(a.Code))
			if r.method == http.MethodPost && a.Code < 400 {
				w = d.fresh(t, r.needs)
				d.again(t)
			}
		}
		if all := strings.Join(got[:len(askers)], " "); all != r.want {
			t.Errorf("%s %s answers %s, want %s", r.method, r.path, all, r.want)
		}
		if got[len(askers)] != got[0] || got[len(askers)+1] != got[0] {
			t.Errorf("%s %s: %s", r.method, r.path, got)
		}
	}
}

var changing = regexp.MustCompile(`nonce="[^"]*"|[0-9a-f]{32}|c[0-9a-f]{12}\.example`)

// Who may not read the register gets the same answer for a member and for nobody.
func TestAbsentAndForbidden(t *testing.T) {
	d := newDesk(t)
	for _, r := range allRoutes() {
		if r.needs == "" || strings.HasPrefix(r.path, "/welcome") {
			continue
		}
		w, none := d.fresh(t, r.needs), nothing()
		for i, who := range askers {
			if !strings.Contains("404 403", strings.Fields(r.want)[i]) {
				continue
			}
			there, not := d.ask(t, who, r.method, r.at(w), r.filled(w), nil), d.ask(t, who, r.method, r.at(none), r.filled(none), nil)
			if there.Code != not.Code || same(there) != same(not) || strings.Contains(there.Body.String(), "คลินิกลับ") {
				t.Errorf("%s %s by %s: %d for what is there, %d for what is not", r.method, r.path, who, there.Code, not.Code)
			}
		}
	}
}

func same(w *httptest.ResponseRecorder) string {
	return changing.ReplaceAllString(w.Body.String(), "")
}

// TestNothingChangesByForgedForms sends every form in every wrong way as the one
// who may send it, and then sees that the right form is still taken as before.
func TestNothingChangesByForgedForms(t *testing.T) {
	d := newDesk(t)
	large := strings.Repeat("x", 1<<20)
	for _, r := range allRoutes() {
		if r.method != http.MethodPost {
			continue
		}
		who, want := r.best()
		w := d.fresh(t, r.needs)
		body := r.filled(w).Encode()
		for _, c := range []struct {
			what string
			want int
			do   func(*http.Request)
		}{
			{"from another site", 403, func(q *http.Request) { q.Header.Set("Sec-Fetch-Site", "cross-site") }},
			{"of another origin", 403, func(q *http.Request) { q.Header.Set("Origin", "https://evil.example") }},
			{"too large", 413, func(q *http.Request) { replace(q, body+"&more="+large, true) }},
			{"too large and of unknown length", 413, func(q *http.Request) { replace(q, body+"&more="+large, false) }},
			{"garbled", 400, func(q *http.Request) { replace(q, body+"&more=%zz", true) }},
			{"as a letter with parts", 415, func(q *http.Request) { q.Header.Set("Content-Type", "multipart/form-data; boundary=x") }},
		} {
			if r.path == "/ledger/compare" && c.want > 403 {
				continue // takes a file; see TestCopiesOfTheLedger of staffweb
			}
			a := d.ask(t, who, r.method, r.at(w), nil, func(q *http.Request) { replace(q, body, true); c.do(q) })
			if a.Code != c.want || !strings.Contains(a.Body.String(), `<html lang="th"`) {
				t.Errorf("%s %s %s: %d, want %d", r.method, r.path, c.what, a.Code, c.want)
			}
		}
		if a := d.ask(t, who, r.method, r.at(w), r.filled(w), nil); fmt.Sprint(a.Code) != want {
			t.Errorf("%s %s after forged forms: %d, want %s", r.method, r.path, a.Code, want)
		}
		d.again(t)
	}
}

// best is who gets the furthest with a route, with the answer.
func (r route) best() (who, want string) {
	for i, code := range strings.Fields(r.want) {
		if want == "" || code < want {
			who, want = askers[i], code
		}
	}
	return who, want
}

func replace(q *http.Request, body string, length bool) {
	q.Body, q.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
	if !length {
		q.ContentLength = -1
	}
}
