package ginweb_test

import (
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"testing"
)

var nonce = regexp.MustCompile(`nonce-[^']*`)

// HEAD tells what GET tells, for everybody and every address, and no more.
func TestHeadIsGetWithoutABody(t *testing.T) {
	s := serve(t, loopback)
	paths := []string{"/", "/mine", "/audit", "/nowhere", "/missing", "/forbidden", "/conflict", "/broken", "/panic", "/slow", "/do", "/lang", "/static/none.css", "/mine/"}
	for _, who := range []string{"", "good", "english", "forged", "away"} {
		for _, path := range paths {
			for _, accept := range []string{"text/html", "application/json"} {
				a := ask{path: path, header: map[string]string{"Accept": accept}}
				if who != "" {
					a.cookies = token(who)
				}
				get := s.do(a)
				a.method = http.MethodHead
				head := s.do(a)
				same := maps.EqualFunc(get.Header(), head.Header(), func(x, y []string) bool {
					return slices.EqualFunc(x, y, func(x, y string) bool { return nonce.ReplaceAllString(x, "") == nonce.ReplaceAllString(y, "") })
				})
				if get.Code != head.Code || !same {
					t.Errorf("%q at %s (%s): GET %d %v, HEAD %d %v", who, path, accept, get.Code, get.Header(), head.Code, head.Header())
				}
				if head.Body.Len() != 0 && path != "/mine/" && path != "/static/none.css" { // there net/http writes, and drops what it has written
					t.Errorf("%q at %s: %d bytes", who, path, head.Body.Len())
				}
			}
		}
	}
	if w := s.do(ask{method: http.MethodHead, path: "/"}); w.Code != 200 {
		t.Errorf("a page: %d", w.Code)
	}
	absent, forbidden := s.do(ask{method: http.MethodHead, path: "/nothing", cookies: token("good")}), s.do(ask{method: http.MethodHead, path: "/audit", cookies: token("good")})
	if absent.Code != 404 || forbidden.Code != 404 || len(absent.Header()) != len(forbidden.Header()) {
		t.Errorf("absent %d %v, forbidden %d %v", absent.Code, absent.Header(), forbidden.Code, forbidden.Header())
	}
}

// A message for the next page is still there after a HEAD.
func TestHeadKeepsTheFlash(t *testing.T) {
	s := serve(t, loopback)
	flash := s.do(ask{method: http.MethodPost, path: "/do"}).Result().Cookies()
	if w := s.do(ask{path: "/", cookies: flash}); len(w.Result().Cookies()) != 1 {
		t.Fatal("a GET does not clear the message")
	}
	if w := s.do(ask{method: http.MethodHead, path: "/", cookies: flash}); w.Code != 200 || len(w.Result().Cookies()) != 0 {
		t.Errorf("%d %v", w.Code, w.Result().Cookies())
	}
}

// The connection can be used again: no byte of a body is left on it.
func TestHeadOverAConnection(t *testing.T) {
	srv := httptest.NewServer(serve(t, loopback))
	defer srv.Close()
	for _, path := range []string{"/", "/nowhere", "/broken", "/mine/", "/"} {
		res, err := srv.Client().Head(srv.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil || len(body) != 0 {
			t.Errorf("%s: %q, %v", path, body, err)
		}
	}
}
