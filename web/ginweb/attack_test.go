package ginweb_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/saphan-network/saphan/web/ginweb"
)

// What is no text is refused before any handler sees it: no database is asked
// about it, and no page shows it.
func TestOnlyTextIsRead(t *testing.T) {
	s := serve(t, loopback)
	for _, bad := range []string{"%00", "a%00b", "%ff", "%ed%a0%80", "%c3("} {
		for _, a := range []ask{
			{path: "/?q=" + bad}, {path: "/?" + bad + "=x"}, {method: "POST", path: "/do", body: "a=" + bad}, {method: "POST", path: "/do", body: bad + "=a"},
			{method: "POST", path: "/do?a=" + bad, body: "a=b"},
		} {
			if w := s.do(a); w.Code != 400 {
				t.Errorf("%s %s %s: %d", a.method, a.path, a.body, w.Code)
			}
		}
		if w := s.do(ask{path: "/" + bad}); w.Code != 404 {
			t.Errorf("the address %s: %d", bad, w.Code)
		}
	}
	if w := s.do(ask{method: "POST", path: "/do?x=" + url.QueryEscape("ไทย"), body: "a=" + url.QueryEscape("น้ำ\r\n\tx")}); w.Code != 303 {
		t.Errorf("Thai of several lines: %d", w.Code)
	}
}

// Every way that is known to write another server's address as a path of ours.
func TestNoWayLeadsElsewhere(t *testing.T) {
	s := serve(t, loopback)
	for _, to := range []string{
		"//evil.example", "///evil.example", "////evil.example", `/\evil.example`, `\\evil.example`, `/\/evil.example`, "/\t/evil.example", "/\n/evil.example",
		"/\r/evil.example", "\t//evil.example", " //evil.example", "https:evil.example", "https:/evil.example", "https:///evil.example", "http://evil.example",
		"HTTPS://evil.example", "javascript:alert(1)", "data:text/html,x", "//evil%00.example", "//evil.example\\@127.0.0.1:8081/", "//127.0.0.1:8081@evil.example",
		"evil.example", "./evil", "../evil", "?x", "#x", "/\x00/evil.example", "/%0d%0aSet-Cookie:x=y\r\n", "@evil.example", ":80", "//[::1]", "//１２７.0.0.1",
		"/../..//evil.example", "/.//evil.example", "/./..//evil.example",
	} {
		w := s.do(ask{method: "POST", path: "/lang", body: url.Values{"lang": {"en"}, "to": {to}}.Encode()})
		where := w.Header().Get("Location")
		if w.Code == 400 {
			continue // no text
		}
		base, err := url.Parse(loopback + "/lang")
		if err != nil {
			t.Fatal(err)
		}
		u, err := base.Parse(where)
		if err != nil || w.Code != 303 || u.Host != base.Host || u.Scheme != base.Scheme || u.User != nil || !strings.HasPrefix(where, "/") || strings.HasPrefix(where, "//") {
			t.Errorf("%q leads to %q (%d, %v)", to, where, w.Code, err)
		}
		if w.Header().Get("Set-Cookie") == "x=y" || len(w.Result().Cookies()) != 1 {
			t.Errorf("%q sets %v", to, w.Result().Cookies())
		}
	}
}

// Headers by which a client or a proxy would change what was asked have no effect.
func TestHeadersChangeNothing(t *testing.T) {
	s := serve(t, loopback)
	plain := s.do(ask{path: "/mine"})
	for name, value := range map[string]string{
		"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "Forwarded": "host=evil.example", "X-Original-URL": "/", "X-Rewrite-URL": "/",
		"X-HTTP-Method-Override": "POST", "X-Method-Override": "DELETE", "X-Forwarded-Prefix": "//evil.example", "X-Forwarded-For": "127.0.0.1", "X-Real-IP": "127.0.0.1",
	} {
		w := s.do(ask{path: "/mine", header: map[string]string{name: value}})
		if w.Code != plain.Code || w.Header().Get("Location") != plain.Header().Get("Location") {
			t.Errorf("%s: %d %v", name, w.Code, w.Header())
		}
	}
	for _, host := range []string{"evil.example", "evil.example:8081", "127.0.0.1:8081.evil.example", "", "a\"b"} {
		r := httptest.NewRequest(http.MethodGet, loopback+"/mine", nil)
		r.Host = host
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if strings.Contains(w.Body.String()+w.Header().Get("Location"), "evil") || w.Code != 303 {
			t.Errorf("Host %q: %d %v", host, w.Code, w.Header())
		}
	}
}

// FuzzSafePath: what SafePath returns stays on this server, for Go and for a browser.
func FuzzSafePath(f *testing.F) {
	for _, s := range []string{"/", "//evil.example", `/\evil`, "/a?b=c#d", "/%2f/evil", "/\t/x", "https:x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, to string) {
		got := ginweb.SafePath(to)
		u, err := url.Parse(got)
		if err != nil || u.Host != "" || u.Scheme != "" || u.Opaque != "" || got[0] != '/' || (len(got) > 1 && (got[1] == '/' || got[1] == '\\')) || strings.ContainsAny(got, "\r\n\t\\") {
			t.Fatalf("%q: %q", to, got)
		}
	})
}

// FuzzHeadersOfTheReader: no cookie and no language header that a browser, or
// somebody else, has made brings a page down or is shown.
func FuzzHeadersOfTheReader(f *testing.F) {
	s := serve(f, loopback)
	f.Add("saphan-8081=good; saphan-flash-8081=eyJLZXkiOiLguKrguKfguLHguKrguJTguLUifQ", "th;q=0.5,en;q=x")
	f.Add("saphan-flash-8081=eyJLZXkiOiJwZW9wbGUucm9sZXMuZG9uZSIsIkFyZ3MiOnsieCI6IjxiPiJ9fQ; saphan-lang-8081=xx", ";;;,q=,en-GB")
	f.Fuzz(func(t *testing.T, cookie, accept string) {
		r := httptest.NewRequest(http.MethodGet, loopback+"/", nil)
		r.Header["Cookie"], r.Header["Accept-Language"] = []string{cookie}, []string{accept}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != 200 && !(w.Code == 503 && strings.Contains(cookie, "away")) {
			t.Fatalf("%q %q: %d", cookie, accept, w.Code)
		}
	})
}
