package ginweb_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/ginweb"
	"github.com/saphan-network/saphan/web/nodeui"
	"github.com/saphan-network/saphan/web/staffui"
)

// sessions knows the tokens "good" and "english"; "away" stands for a database that is not there.
type sessions struct{ ended *[]string }

func (s sessions) Session(_ context.Context, token string) (ginweb.User, error) {
	switch token {
	case "good":
		return ginweb.User{ID: "u1", Name: "อรทัย", Roles: []string{"caseworker"}}, nil
	case "english":
		return ginweb.User{ID: "u2", Name: "Orathai", Lang: "en"}, nil
	case "away":
		return ginweb.User{}, fault.New(fault.Unavailable, "error.unavailable")
	}
	return ginweb.User{}, fault.New(fault.Signature, "account.session.none")
}

func (s sessions) End(_ context.Context, token string) error {
	*s.ended = append(*s.ended, token)
	return nil
}

type server struct {
	http.Handler
	ended []string
	log   bytes.Buffer
}

func serve(t testing.TB, base string, change ...func(*ginweb.Config)) *server {
	t.Helper()
	gin.SetMode(gin.TestMode)
	r, err := web.New(web.Options{UI: nodeui.UI().With(staffui.UI())})
	if err != nil {
		t.Fatal(err)
	}
	s := &server{}
	cfg := ginweb.Config{Renderer: r, Sessions: sessions{&s.ended}, BaseURL: base, Log: slog.New(slog.NewTextHandler(&s.log, nil))}
	for _, f := range change {
		f(&cfg)
	}
	app, err := ginweb.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	e := gin.New()
	app.Install(e)
	app.BodyLimit("/large", 4<<20)
	home := app.H(func(c *gin.Context) error {
		return app.Show(c, 200, "home.title", nodeui.HomePage{Today: "2026-11-25"})
	})
	e.GET("/", home)
	in := e.Group("/", app.RequireUser())
	in.GET("/mine", home)
	in.GET("/audit", app.RequireRole("auditor"), home)
	for path, err := range map[string]error{
		"/forbidden": fault.New(fault.Forbidden, "error.forbidden"), "/conflict": fault.New(fault.Conflict, "error.stale"),
		"/broken": errors.New("secret detail"), "/missing": fault.Missing(), "/slow": fault.New(fault.TooMany, "account.signin.slow"),
	} {
		e.GET(path, app.H(func(*gin.Context) error { return err }))
	}
	e.GET("/panic", app.H(func(*gin.Context) error { panic("secret detail") }))
	post := app.H(func(c *gin.Context) error {
		if err := c.Request.ParseForm(); err != nil {
			return fault.Wrap(fault.TooLarge, "error.too_large", err)
		}
		return app.Redirect(c, "/", "people.roles.done", nil)
	})
	e.POST("/do", post)
	e.POST("/large", post)
	s.Handler = e
	return s
}

type ask struct {
	method, path, body string
	header             map[string]string
	cookies            []*http.Cookie
}

func (s *server) do(a ask) *httptest.ResponseRecorder {
	if a.method == "" {
		a.method = "GET"
	}
	r := httptest.NewRequest(a.method, "http://127.0.0.1:8081"+a.path, strings.NewReader(a.body))
	if a.method == "POST" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for k, v := range a.header {
		r.Header.Set(k, v)
	}
	for _, c := range a.cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

const loopback = "http://127.0.0.1:8081"

func token(v string) []*http.Cookie { return []*http.Cookie{{Name: "saphan-8081", Value: v}} }

func TestNobodyIsLedToTheSignIn(t *testing.T) {
	s := serve(t, loopback)
	w := s.do(ask{path: "/mine?x=1"})
	if w.Code != 303 || w.Header().Get("Location") != "/login?to=%2Fmine%3Fx%3D1" {
		t.Errorf("%d %q", w.Code, w.Header().Get("Location"))
	}
	if w := s.do(ask{path: "/mine", header: map[string]string{"Accept": "application/json"}}); w.Code != 401 {
		t.Errorf("JSON: %d", w.Code)
	}
	if w := s.do(ask{path: "/mine", cookies: token("forged")}); w.Code != 303 || !strings.Contains(w.Header().Get("Set-Cookie"), "Max-Age=0") {
		t.Errorf("a forged token: %d %q", w.Code, w.Header().Get("Set-Cookie"))
	}
	if w := s.do(ask{path: "/mine", cookies: token("away")}); w.Code != 503 {
		t.Errorf("sessions away: %d", w.Code)
	}
	if w := s.do(ask{path: "/mine", cookies: token("good")}); w.Code != 200 {
		t.Errorf("signed in: %d", w.Code)
	}
}

func TestAbsentAndForbiddenRolesLookTheSame(t *testing.T) {
	s := serve(t, loopback)
	a, b := s.do(ask{path: "/audit", cookies: token("good")}), s.do(ask{path: "/nothing", cookies: token("good")})
	cut := func(w string) string { i := strings.Index(w, "<main"); return w[i:] }
	if a.Code != 404 || b.Code != 404 || cut(a.Body.String()) != cut(b.Body.String()) {
		t.Errorf("%d and %d differ", a.Code, b.Code)
	}
}

func TestErrorPages(t *testing.T) {
	s := serve(t, loopback)
	for path, want := range map[string]int{"/forbidden": 403, "/conflict": 409, "/broken": 500, "/missing": 404, "/slow": 429, "/panic": 500, "/nowhere": 404} {
		w := s.do(ask{path: path})
		if w.Code != want || !strings.Contains(w.Body.String(), `<html lang="th">`) {
			t.Errorf("%s: %d", path, w.Code)
		}
		if strings.Contains(w.Body.String(), "secret detail") {
			t.Errorf("%s tells the cause", path)
		}
		if path == "/forbidden" && strings.Count(w.Body.String(), "คุณไม่มีสิทธิ์ทำสิ่งนี้") != 1 {
			t.Errorf("%s does not say its title once", path)
		}
		j := s.do(ask{path: path, header: map[string]string{"Accept": "application/json", "Accept-Language": "en"}})
		var p struct {
			Status int
			Code   string
			Title  string
		}
		if err := json.Unmarshal(j.Body.Bytes(), &p); err != nil || p.Status != want || p.Title == "" || !strings.HasPrefix(j.Header().Get("Content-Type"), "application/problem+json") {
			t.Errorf("%s as JSON: %+v %v", path, p, err)
		}
	}
	log := s.log.String()
	if strings.Contains(log, "secret detail") {
		t.Errorf("the log tells the cause: %s", log)
	}
	if strings.Count(log, "page failed") != 4 || !strings.Contains(log, "route=/broken") || !strings.Contains(log, "panic string in ginweb_test.serve.") {
		t.Errorf("the log does not tell what failed: %s", log)
	}
}

func TestOtherWebsitesCannotPost(t *testing.T) {
	s := serve(t, loopback)
	for _, h := range []map[string]string{{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}} {
		if w := s.do(ask{method: "POST", path: "/do", header: h}); w.Code != 403 {
			t.Errorf("%v: %d", h, w.Code)
		}
	}
	if w := s.do(ask{method: "POST", path: "/do", header: map[string]string{"Sec-Fetch-Site": "same-origin"}}); w.Code != 303 {
		t.Errorf("own form: %d", w.Code)
	}
}

func TestBodiesAreBounded(t *testing.T) {
	s := serve(t, loopback)
	big := "a=" + strings.Repeat("x", 2<<20)
	if w := s.do(ask{method: "POST", path: "/do", body: big}); w.Code != 413 {
		t.Errorf("two megabytes: %d", w.Code)
	}
	if w := s.do(ask{method: "POST", path: "/large", body: big}); w.Code != 303 {
		t.Errorf("the raised route: %d", w.Code)
	}
}

// A form that breaks off or cannot be read is refused before a handler takes the
// rest of it for all that was sent.
func TestBrokenForms(t *testing.T) {
	s := serve(t, loopback)
	for body, want := range map[string]int{"a=%zz": 400, "a=1;b=2": 400, "a=1&%": 400, "a=1": 303, "": 303} {
		w := s.do(ask{method: "POST", path: "/do", body: body})
		if w.Code != want || strings.Contains(w.Body.String(), "zz") {
			t.Errorf("%q: %d, want %d", body, w.Code, want)
		}
	}
	r := httptest.NewRequest("POST", loopback+"/do", strings.NewReader("a="+strings.Repeat("x", 2<<20)))
	r.ContentLength = -1
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	if s.ServeHTTP(w, r); w.Code != 413 {
		t.Errorf("two megabytes of unknown length: %d", w.Code)
	}
	parts := map[string]string{"Content-Type": "multipart/form-data; boundary=x"}
	if w := s.do(ask{method: "POST", path: "/do", body: "--x", header: parts}); w.Code != 415 {
		t.Errorf("parts where no file is taken: %d", w.Code)
	}
	if w := s.do(ask{method: "POST", path: "/large", body: "--x", header: parts}); w.Code != 303 {
		t.Errorf("parts where files are taken: %d", w.Code)
	}
}

func TestHeaders(t *testing.T) {
	s := serve(t, loopback)
	one, two := s.do(ask{path: "/"}), s.do(ask{path: "/"})
	csp := one.Header().Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "script-src 'nonce-", "require-trusted-types-for 'script'", "trusted-types htmx", "frame-ancestors 'none'", "base-uri 'none'"} {
		if !strings.Contains(csp, want) {
			t.Errorf("the policy lacks %s", want)
		}
	}
	if strings.Contains(csp, "unsafe") || csp == two.Header().Get("Content-Security-Policy") {
		t.Error("the policy is unsafe, or the nonce is used twice")
	}
	nonce := strings.Split(strings.Split(csp, "'nonce-")[1], "'")[0]
	if body := one.Body.String(); !strings.Contains(body, "<script ") || strings.Count(body, "<script") != strings.Count(body, `<script nonce="`+nonce+`"`) {
		t.Error("the scripts do not carry the nonce")
	}
	for k, v := range map[string]string{"Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"} {
		if one.Header().Get(k) != v {
			t.Errorf("%s is %q", k, one.Header().Get(k))
		}
	}
	if serve(t, "https://clinic.example").do(ask{path: "/"}).Header().Get("Strict-Transport-Security") == "" {
		t.Error("https without HSTS")
	}
}

func TestCookies(t *testing.T) {
	for base, want := range map[string]string{loopback: "saphan-flash-8081=", "https://clinic.example": "__Host-saphan-flash="} {
		c := serve(t, base).do(ask{method: "POST", path: "/do"}).Header().Get("Set-Cookie")
		if !strings.HasPrefix(c, want) || !strings.Contains(c, "HttpOnly") || !strings.Contains(c, "SameSite=Lax") || !strings.Contains(c, "Path=/") {
			t.Errorf("%s: %q", base, c)
		}
		if strings.Contains(c, "Secure") != strings.HasPrefix(base, "https") {
			t.Errorf("%s: %q", base, c)
		}
	}
}

func TestFlashIsShownOnceAndOnlyOurs(t *testing.T) {
	s := serve(t, loopback)
	planted := &http.Cookie{Name: "saphan-flash-8081", Value: "eyJLZXkiOiLguKrguKfguLHguKrguJTguLUifQ"}
	if w := s.do(ask{path: "/", cookies: []*http.Cookie{planted}}); strings.Contains(w.Body.String(), `class="flash`) {
		t.Error("a planted message was shown")
	}
	set := s.do(ask{method: "POST", path: "/do"}).Result().Cookies()
	w := s.do(ask{path: "/", cookies: set})
	if !strings.Contains(w.Body.String(), "บันทึกหน้าที่แล้ว") {
		t.Error("the message was not shown")
	}
	if c := w.Header().Get("Set-Cookie"); !strings.Contains(c, "Max-Age=0") {
		t.Errorf("the message stays: %q", c)
	}
}

func TestLanguage(t *testing.T) {
	s := serve(t, loopback)
	en := &http.Cookie{Name: "saphan-lang-8081", Value: "en"}
	for _, c := range []struct {
		accept  string
		cookies []*http.Cookie
		want    string
	}{
		{"", nil, "th"}, {"fr,de;q=0.8", nil, "th"}, {"en-GB,th;q=0.5", nil, "en"}, {"en;q=0.4,th;q=0.9", nil, "th"},
		{"th", []*http.Cookie{en}, "en"}, {"th", token("english"), "en"}, {"en;q=x", nil, "th"},
	} {
		w := s.do(ask{path: "/", cookies: c.cookies, header: map[string]string{"Accept-Language": c.accept}})
		if !strings.Contains(w.Body.String(), `<html lang="`+c.want+`">`) {
			t.Errorf("%q %v: not %s", c.accept, c.cookies, c.want)
		}
	}
	english := serve(t, loopback, func(c *ginweb.Config) { c.Language = "en" })
	for accept, want := range map[string]string{"": "en", "fr": "en", "th": "th"} {
		if w := english.do(ask{path: "/", header: map[string]string{"Accept-Language": accept}}); !strings.Contains(w.Body.String(), `<html lang="`+want+`">`) {
			t.Errorf("a server whose language is English, asked for %q: not %s", accept, want)
		}
	}
	w := s.do(ask{method: "POST", path: "/lang", body: url.Values{"lang": {"en"}, "to": {"//evil.example"}}.Encode()})
	if w.Code != 303 || w.Header().Get("Location") != "/" || !strings.Contains(w.Header().Get("Set-Cookie"), "saphan-lang-8081=en") {
		t.Errorf("toggle: %d %q %q", w.Code, w.Header().Get("Location"), w.Header().Get("Set-Cookie"))
	}
}

func TestQuickExit(t *testing.T) {
	s := serve(t, loopback)
	w := s.do(ask{method: "POST", path: "/exit", cookies: token("good")})
	if len(s.ended) != 1 || s.ended[0] != "good" {
		t.Errorf("the session was not ended: %v", s.ended)
	}
	if w.Header().Get("Clear-Site-Data") == "" || !strings.Contains(w.Header().Get("Refresh"), "https://") || strings.Contains(w.Body.String(), "สะพาน") {
		t.Errorf("%v %s", w.Header(), w.Body)
	}
}

func TestSafePath(t *testing.T) {
	for in, want := range map[string]string{
		"": "/", "//evil.example": "/", "https://evil.example": "/", `/\evil.example`: "/", "/a\r\nX: y": "/", "evil": "/",
		"/cases?q=a": "/cases?q=a", "/": "/",
	} {
		if got := ginweb.SafePath(in); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	for _, base := range []string{"", "clinic.example", "ftp://x"} {
		if _, err := ginweb.New(ginweb.Config{Renderer: &web.Renderer{}, Sessions: sessions{}, BaseURL: base}); err == nil {
			t.Errorf("BaseURL %q was accepted", base)
		}
	}
	if _, err := ginweb.New(ginweb.Config{BaseURL: loopback}); err == nil {
		t.Error("nothing was needed")
	}
}
