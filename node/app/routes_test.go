package app_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/node/app"
	"github.com/saphan-network/saphan/node/internal/site/api"
)

// route is a route of the pages with what every asker must be answered, in the
// order of askers. needs names what must exist; form is valid in itself.
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

// at fills the route's parameters: with what exists, or with ids of nothing.
func (r route) at(w things) string {
	id := w.c
	switch {
	case strings.HasPrefix(r.path, "/people"):
		id = w.person
	case strings.HasPrefix(r.path, "/referrals"), strings.HasPrefix(r.path, "/meetings"), strings.HasPrefix(r.path, "/tasks"):
		id = w.ref
	case strings.HasPrefix(r.path, "/offers"):
		id = w.offer
	case strings.HasPrefix(r.path, "/imports"):
		id = w.file
	}
	p := strings.NewReplacer(":n", w.rules, ":id", id, ":consent", w.consent, ":person", w.member, ":key", w.draft, ":row", w.row, ":token", w.link, "*name", "nothing.css").Replace(r.path)
	if p == "/peers/one" {
		p += "?peer=" + url.QueryEscape(there+"/ap/org")
	}
	if p == "/policy/why" {
		p += "?field=referral/subject/place"
	}
	return p
}

// nothing is a thing of each kind that does not exist.
func nothing() things {
	id := opaque.ID
	return things{rules: "99999", c: id(), member: id(), version: "2", consent: id(), draft: id(), file: id(), row: id(), person: id(), link: id() + id(), ref: id(), offer: id(), item: there + "/ap/act/" + id()}
}

// filled is the route's form with what it names put in.
func (r route) filled(w things) url.Values {
	f := url.Values{}
	for k, vs := range r.form {
		for _, v := range vs {
			f.Add(k, strings.NewReplacer("{item}", w.item, "{sha256}", w.sha256, "{draft}", w.draft, "{version}", w.version, "{nok}", w.nok, "{new}", opaque.ID()).Replace(v))
		}
	}
	return f
}

// TestEveryRouteOfTheNode asks every route there is as everybody there is. A new
// route fails it until somebody has written down who may use it.
func TestEveryRouteOfTheNode(t *testing.T) {
	o := newWorld(t)
	listed := map[string]bool{}
	for _, r := range allRoutes() {
		listed[r.method+" "+r.path] = true
	}
	routes, err := o.Routes()
	for _, r := range must(t, routes, err) {
		if strings.HasPrefix(r.Path, api.Path+"/") {
			continue // see TestEveryOperationOfTheAPI
		}
		if !listed[r.Method+" "+r.Path] {
			t.Errorf("%s %s is not in the table", r.Method, r.Path)
		}
		delete(listed, r.Method+" "+r.Path)
	}
	for r := range listed {
		t.Errorf("%s is in the table and not at the node", r)
	}
	demo, err := app.New(t.Context(), app.Config{BaseURL: "http://127.0.0.1", DataDir: t.TempDir(), Demo: true})
	t.Cleanup(func() { _ = demo.Close() })
	more, err := must(t, demo, err).Routes()
	for _, r := range must(t, more, err) {
		if !strings.HasPrefix(r.Path, "/storybook") && !slices.ContainsFunc(routes, func(o gin.RouteInfo) bool { return o.Path == r.Path && o.Method == r.Method }) {
			t.Errorf("%s %s is at the demo only", r.Method, r.Path)
		}
	}
	for _, r := range allRoutes() {
		w := o.fresh(t, r.needs)
		var got []string
		for _, who := range append(slices.Clone(askers), shut...) {
			a := o.ask(t, who, r.method, r.at(w), r.filled(w), nil)
			got = append(got, fmt.Sprint(a.Code))
			if r.method == http.MethodPost && a.Code < 400 {
				w = o.fresh(t, r.needs)
			}
			if strings.HasPrefix(r.path, "/account/") || r.path == "/logout" || r.path == "/exit" {
				o.again(t)
			}
		}
		all := strings.Join(got[:len(askers)], " ")
		if all != r.want {
			t.Errorf("%s %s answers %s, want %s", r.method, r.path, all, r.want)
		}
		for i, who := range shut {
			if got[len(askers)+i] != got[0] {
				t.Errorf("%s %s answers %s with %s, nobody gets %s", r.method, r.path, who, got[len(askers)+i], got[0])
			}
		}
	}
}

// again signs in whom a request has signed out.
func (o *office) again(t *testing.T) {
	t.Helper()
	for _, who := range askers[1:] {
		tok, err := o.Accounts.Begin(t.Context(), o.actors[who].UserID)
		o.tokens[who] = must(t, tok, err)
	}
}

// TestAbsentAndForbidden wants one answer for what somebody may not know of and
// for what is not there. Where the two differ, the person must be one who may
// look at the thing, and only may not do this with it.
func TestAbsentAndForbidden(t *testing.T) {
	o := newWorld(t)
	for _, r := range allRoutes() {
		if !strings.Contains(r.path, ":") || strings.HasPrefix(r.path, "/welcome") {
			continue
		}
		w := o.fresh(t, r.needs)
		for i, who := range append(slices.Clone(askers), shut...) {
			if i < len(askers) && !strings.Contains("404 403", strings.Fields(r.want)[i]) {
				continue
			}
			there, none := o.ask(t, who, r.method, r.at(w), r.filled(w), nil), nothing()
			not := o.ask(t, who, r.method, r.at(none), r.filled(none), nil)
			if there.Code == not.Code && same(there) == same(not) {
				continue
			}
			_, rest, _ := strings.Cut(r.path[1:], "/")
			look := r.path[:len(r.path)-len(rest)] + ":id"
			if strings.HasPrefix(r.path, "/policy/rules/") {
				look = "/policy/rules/:n"
			}
			if a := o.ask(t, who, "GET", route{path: look}.at(w), nil, nil); there.Code != 403 || a.Code != 200 {
				t.Errorf("%s %s by %s: %d for what is there, %d for what is not", r.method, r.path, who, there.Code, not.Code)
			}
		}
	}
}

// same is an answer without what differs between any two: nonces and the ids
// that were asked for.
func same(w *httptest.ResponseRecorder) string {
	return changing.ReplaceAllString(w.Body.String(), "") + w.Header().Get("Location")[:min(6, len(w.Header().Get("Location")))]
}

// TestNothingChangesByForgedForms sends every form in every wrong way as the one
// who may send it, and then sees that the thing is as it was: the right form is
// still taken as before.
func TestNothingChangesByForgedForms(t *testing.T) {
	o := newWorld(t)
	large := strings.Repeat("x", 1<<20)
	for _, r := range allRoutes() {
		if r.method != http.MethodPost {
			continue
		}
		who, want := r.best()
		w := o.fresh(t, r.needs)
		body := r.filled(w).Encode()
		for _, c := range []struct {
			what string
			want int
			do   func(*http.Request)
		}{
			{"from another site", 403, func(q *http.Request) { q.Header.Set("Sec-Fetch-Site", "cross-site") }},
			{"from a neighbouring site", 403, func(q *http.Request) { q.Header.Set("Sec-Fetch-Site", "same-site") }},
			{"of another origin", 403, func(q *http.Request) { q.Header.Set("Origin", "https://evil.example") }},
			{"of no origin", 403, func(q *http.Request) { q.Header.Set("Origin", "null") }},
			{"too large", 413, func(q *http.Request) { replace(q, body+"&more="+large, true) }},
			{"too large and of unknown length", 413, func(q *http.Request) { replace(q, body+"&more="+large, false) }},
			{"garbled", 400, func(q *http.Request) { replace(q, body+"&more=%zz", true) }},
			{"with semicolons", 400, func(q *http.Request) { replace(q, body+"&a=1;b=2", true) }},
			{"as a letter with parts", 415, func(q *http.Request) { q.Header.Set("Content-Type", "multipart/form-data; boundary=x") }},
		} {
			if (r.path == "/imports" || r.path == "/ledger/compare") && c.want > 403 {
				continue // takes a file; see TestWrongFiles, and TestCopiesOfTheLedger of staffweb
			}
			a := o.ask(t, who, r.method, r.at(w), nil, func(q *http.Request) { replace(q, body, true); c.do(q) })
			if a.Code != c.want || !strings.Contains(a.Body.String(), `<html lang="th"`) {
				t.Errorf("%s %s %s: %d, want %d", r.method, r.path, c.what, a.Code, c.want)
			}
			if strings.Contains(a.Header().Get("Set-Cookie"), "saphan-80=") {
				t.Errorf("%s %s %s changes the session", r.method, r.path, c.what)
			}
		}
		if a := o.ask(t, who, r.method, r.at(w), r.filled(w), nil); fmt.Sprint(a.Code) != want {
			t.Errorf("%s %s after forged forms: %d, want %s", r.method, r.path, a.Code, want)
		}
		o.again(t)
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
