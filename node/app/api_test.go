package app_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/node/chassis/account"
	"github.com/saphan-network/saphan/node/chassis/audit"
	"github.com/saphan-network/saphan/node/internal/site/api"
)

// call is one operation of the API with what each asker must be answered with a token
// of all scopes, in the order of askers; nobody has none.
type call struct {
	method, path, needs, body, want string
}

// allCalls is every operation of the API.
func allCalls() []call {
	referral := `{"needs":["dna"],"kind":"service","urgency":"urgent","purpose":"status_work","target":"` + there + `/ap/org"}`
	edit := `{"version":999,"problem":"ใหม่"}`
	return []call{
		{"GET", "/me", "", "", "401 200 200 200 200 200 200 200 200 200"},
		{"GET", "/vocabularies", "", "", "401 200 200 200 200 200 200 200 200 200"},
		{"GET", "/vocabularies/{name}", "", "", "401 200 200 200 200 200 200 200 200 200"},
		{"GET", "/network", "", "", "401 200 200 200 200 403 403 200 200 200"},

		{"GET", "/cases", "case", "", "401 200 200 200 200 200 200 403 403 403"},
		{"POST", "/cases/search", "case", `{"q":"นาแฮ"}`, "401 200 200 200 200 200 200 403 403 403"},
		{"POST", "/cases", "", `{"key":"{new}","persons":[{"given":"จะอือ"}]}`, "401 201 201 201 201 403 403 403 403 403"},
		{"GET", "/cases/{id}", "case", "", "401 200 404 200 200 200 404 404 404 404"},
		{"PUT", "/cases/{id}", "case", edit, "401 409 404 403 409 403 404 404 404 404"},
		{"POST", "/cases/{id}/identity", "case", "", "401 200 404 200 200 403 404 404 404 404"},
		{"GET", "/cases/{id}/timeline", "case", "", "401 200 404 200 200 200 404 404 404 404"},
		{"GET", "/cases/{id}/consents", "case", "", "401 200 404 200 200 200 404 404 404 404"},
		{"POST", "/cases/{id}/screen", "case", `{"version":999,"basis":"explicit_consent","conflict":"pending"}`, "401 409 404 403 409 403 404 404 404 404"},
		{"POST", "/cases/{id}/move", "case", `{"version":999,"to":"screening"}`, "401 409 404 403 409 403 404 404 404 404"},
		{"POST", "/cases/{id}/reopen", "over", `{"version":999,"reason":"came_back"}`, "401 403 404 403 409 403 404 404 404 404"},
		{"POST", "/cases/{id}/notes", "case", `{"text":"ทดสอบ"}`, "401 204 404 204 204 204 404 404 404 404"},
		{"POST", "/cases/{id}/assign", "case", `{"user":"nobody"}`, "401 403 404 403 422 403 404 404 404 404"},
		{"POST", "/cases/{id}/persons", "case", `{"version":999,"person":{"given":"จะอือ"}}`, "401 409 404 403 409 403 404 404 404 404"},
		{"PUT", "/cases/{id}/persons/{person}", "case", `{"version":999,"person":{"given":"จะอือ"}}`, "401 409 404 403 409 403 404 404 404 404"},
		{"POST", "/cases/{id}/persons/{person}/remove", "case", `{"version":999}`, "401 409 404 403 409 403 404 404 404 404"},
		{"POST", "/cases/{id}/consents", "case", `{"purpose":"status_work","recipient":"network","basis":"explicit_consent"}`, "401 409 404 403 409 403 404 404 404 404"},
		{"POST", "/cases/{id}/consents/{consent}/withdraw", "open", `{"how":"by_phone"}`, "401 204 404 403 204 403 404 404 404 404"},
		{"POST", "/cases/{id}/referrals", "open", referral, "401 201 404 403 201 404 404 404 404 404"},

		{"GET", "/referrals", "", "", "401 200 200 200 200 200 200 200 200 200"},
		{"GET", "/referrals/candidates", "", "", "401 200 200 200 200 200 200 200 200 200"},
		{"GET", "/referrals/{id}", "open draft", "", "401 200 404 200 200 404 404 404 404 404"},
		{"PUT", "/referrals/{id}", "open draft", `{"version":1,"form":` + referral + `}`, "401 200 404 403 200 404 404 404 404 404"},
		{"POST", "/referrals/{id}/submit", "open draft", "", "401 200 404 403 200 404 404 404 404 404"},
		{"POST", "/referrals/{id}/approve", "open submitted", `{"sha256":"{sha256}"}`, "401 403 404 403 200 404 404 404 404 404"},
		{"POST", "/referrals/{id}/return", "open submitted", `{"reason":"too_much"}`, "401 403 404 403 200 404 404 404 404 404"},
		{"POST", "/referrals/{id}/withdraw", "open sent", `{"reason":"resolved"}`, "401 200 404 403 200 404 404 404 404 404"},
		{"POST", "/referrals/{id}/close", "open sent", `{"confirmed":"yes"}`, "401 409 404 403 409 404 404 404 404 404"},

		{"GET", "/offers", "", "", "401 200 200 200 200 403 403 200 403 403"},
		{"GET", "/offers/{id}", "offer", "", "401 200 200 200 200 404 404 200 404 404"},
		{"POST", "/offers/{id}/consider", "offer", `{}`, "401 403 403 200 200 404 404 200 404 404"},
		{"POST", "/offers/{id}/accept", "offer", `{}`, "401 403 403 200 200 404 404 200 404 404"},
		{"POST", "/offers/{id}/decline", "offer", `{"reason":"capacity"}`, "401 403 403 200 200 404 404 200 404 404"},
		{"POST", "/offers/{id}/suggest", "offer", `{"reason":"capacity","other":"https://law.example/ap/org"}`, "401 403 403 200 200 404 404 200 404 404"},
		{"POST", "/offers/{id}/progress", "taken", `{"step":"assistance"}`, "401 200 200 200 200 404 404 200 404 404"},
		{"POST", "/offers/{id}/hold", "taken", `{}`, "401 200 200 200 200 404 404 200 404 404"},
		{"POST", "/offers/{id}/complete", "taken", `{"outcomes":["advice_given"],"month":"2026-01"}`, "401 200 200 200 200 404 404 200 404 404"},
		{"POST", "/offers/{id}/fail", "taken", `{"reason":"moved"}`, "401 200 200 200 200 404 404 200 404 404"},
	}
}

// program is what acts for people: a token of each, by who it is and its scopes.
type program struct {
	*office
	keys map[string]string
}

func newProgram(t *testing.T, o *office) *program {
	t.Helper()
	p := &program{o, map[string]string{}}
	for _, who := range askers[1:] {
		p.key(t, who, api.Scopes()...)
	}
	return p
}

func (p *program) key(t *testing.T, who string, scopes ...string) string {
	t.Helper()
	secret, err := p.Accounts.GrantToken(t.Context(), "system", p.actors[who].UserID, account.NewToken{Label: "ทดสอบ", Scopes: scopes, Days: 1})
	p.keys[who] = must(t, secret, err)
	return secret
}

func (p *program) call(t *testing.T, secret, method, path, body string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, "http://127.0.0.1"+api.Path+path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if secret != "" {
		r.Header.Set("Authorization", "Bearer "+secret)
	}
	w := httptest.NewRecorder()
	p.Handler().ServeHTTP(w, r)
	return w
}

func (c call) at(w things) (path, body string) {
	id := w.c
	switch {
	case strings.HasPrefix(c.path, "/referrals"):
		id = w.ref
	case strings.HasPrefix(c.path, "/offers"):
		id = w.offer
	}
	sum := w.sha256
	if sum == "" {
		sum = strings.Repeat("0", 64)
	}
	fill := strings.NewReplacer("{id}", id, "{person}", w.member, "{consent}", w.consent, "{name}", "sex", "{sha256}", sum, "{new}", opaque.ID())
	return fill.Replace(c.path), fill.Replace(c.body)
}

// TestEveryOperationOfTheAPI asks every operation as everybody; a new one fails it
// until somebody has written down who may use it.
func TestEveryOperationOfTheAPI(t *testing.T) {
	p := newProgram(t, newWorld(t))
	var about struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			Security []map[string][]string
		}
	}
	if err := json.Unmarshal(p.call(t, "", "GET", "/openapi.json", "").Body.Bytes(), &about); err != nil || !strings.HasPrefix(about.OpenAPI, "3.1") {
		t.Fatal(about.OpenAPI, err)
	}
	listed := map[string]bool{}
	for _, c := range allCalls() {
		listed[c.method+" "+c.path] = true
	}
	for path, ops := range about.Paths {
		for method, o := range ops {
			if len(o.Security) != 1 {
				t.Errorf("%s %s asks for no token", method, path)
			}
			name := strings.ToUpper(method) + " " + path
			if !listed[name] {
				t.Errorf("%s is not in the table", name)
			}
			delete(listed, name)
		}
	}
	for name := range listed {
		t.Errorf("%s is in the table and not in the API", name)
	}
	for _, c := range allCalls() {
		w := p.fresh(t, c.needs)
		var got []string
		for _, who := range askers {
			path, body := c.at(w)
			a := p.call(t, p.keys[who], c.method, path, body)
			got = append(got, fmt.Sprint(a.Code))
			if a.Code >= 400 && a.Header().Get("Content-Type") != "application/problem+json" {
				t.Errorf("%s %s as %s: %d as %s", c.method, c.path, who, a.Code, a.Header().Get("Content-Type"))
			}
			if a.Code == 404 {
				path, body := c.at(nothing())
				if n := p.call(t, p.keys[who], c.method, path, body); n.Code != 404 || n.Body.String() != a.Body.String() {
					t.Errorf("%s %s as %s: what is there and what is not are told apart:\n%s\n%s", c.method, c.path, who, a.Body, n.Body)
				}
			}
			if c.method != http.MethodGet && a.Code < 300 {
				w = p.fresh(t, c.needs)
			}
		}
		if all := strings.Join(got, " "); all != c.want {
			t.Errorf("%s %s answers %s, want %s", c.method, c.path, all, c.want)
		}
	}
}

// TestTokensAreBounded: each operation asks for its scopes, all of them; a cookie
// opens nothing; neither does the token of somebody who has gone.
func TestTokensAreBounded(t *testing.T) {
	p := newProgram(t, newWorld(t))
	whole := p.keys["ying"]
	about := p.call(t, "", "GET", "/openapi.json", "")
	var doc struct {
		Paths map[string]map[string]struct {
			Security []map[string][]string
		}
	}
	if err := json.Unmarshal(about.Body.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	lacking := map[string]string{}
	for _, s := range api.Scopes() {
		lacking[s] = p.key(t, "ying", slices.DeleteFunc(api.Scopes(), func(o string) bool { return o == s })...)
	}
	for _, c := range allCalls() {
		w := p.fresh(t, c.needs)
		path, body := c.at(w)
		for _, s := range doc.Paths[c.path][strings.ToLower(c.method)].Security[0]["token"] {
			if a := p.call(t, lacking[s], c.method, path, body); a.Code != 403 || !strings.Contains(a.Body.String(), "api.scope") {
				t.Errorf("%s %s without %s: %d", c.method, c.path, s, a.Code)
			}
		}
		r := p.ask(t, "ying", c.method, api.Path+path, nil, func(r *http.Request) { r.Header.Set("Content-Type", "application/json") })
		if r.Code != 401 || r.Header().Get("WWW-Authenticate") == "" {
			t.Errorf("%s %s with a cookie: %d", c.method, c.path, r.Code)
		}
	}
	if err := p.Accounts.Disable(t.Context(), "system", p.actors["ying"].UserID); err != nil {
		t.Fatal(err)
	}
	if a := p.call(t, whole, "GET", "/me", ""); a.Code != 401 {
		t.Errorf("after the account was closed: %d", a.Code)
	}
}

// TestBadRequestsToTheAPI get a clear answer, which never repeats what was sent.
func TestBadRequestsToTheAPI(t *testing.T) {
	p := newProgram(t, newWorld(t))
	secret := "นาแฮ-0812345678"
	for name, c := range map[string]struct {
		body string
		want int
	}{
		"no JSON":         {`{"key":` + secret, 400},
		"an unknown name": {`{"key":"12345678","persons":[{"given":"x"}],"` + secret + `":"` + secret + `"}`, 422},
		"a wrong type":    {`{"key":"12345678","persons":"` + secret + `"}`, 422},
		"too short":       {`{"key":"1","persons":[{"given":"` + secret + `"}]}`, 422},
		"nobody":          {`{"key":"12345678","persons":[]}`, 422},
		"a bad code":      {`{"key":"12345678","persons":[{"given":"` + secret + `","sex":"` + secret + `"}]}`, 422},
		"no text":         {"\xff\xfe" + secret, 400},
		"an empty body":   {"", 400},
		"too large":       {`{"key":"12345678","problem":"` + strings.Repeat("x", 2<<20) + `"}`, 413},
		"too long":        {`{"key":"12345678","persons":[{"given":"` + strings.Repeat("ก", 201) + `"}]}`, 422},
	} {
		a := p.call(t, p.keys["nok"], "POST", "/cases", c.body)
		if a.Code != c.want || !strings.Contains(a.Header().Get("Content-Type"), "application/problem+json") {
			t.Errorf("%s: %d %s, want %d", name, a.Code, a.Header().Get("Content-Type"), c.want)
		}
		for _, part := range []string{"นาแฮ", "0812345678"} {
			if bytes.Contains(a.Body.Bytes(), []byte(part)) && name != "an unknown name" {
				t.Errorf("%s: what was sent comes back: %s", name, a.Body)
			}
		}
	}
	if a := p.call(t, p.keys["nok"], "GET", "/cases?q=x", ""); a.Code != 422 {
		t.Errorf("a search in the address: %d", a.Code)
	}
}

// TestAReferralByProgram drafts, has approved and sends a referral through the API
// alone, and the bytes that the second person's program approved are those that wait
// to be sent.
func TestAReferralByProgram(t *testing.T) {
	p := newProgram(t, newWorld(t))
	w := p.fresh(t, "open")
	var r struct {
		ID, State string
		May       []string
		Preview   struct {
			Allowed bool
			SHA256  string
			Body    json.RawMessage
		}
	}
	step := func(who, method, path, body string, want int) {
		t.Helper()
		a := p.call(t, p.keys[who], method, path, body)
		if a.Code != want {
			t.Fatalf("%s %s: %d %s", method, path, a.Code, a.Body)
		}
		if err := json.Unmarshal(a.Body.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
	}
	step("nok", "POST", "/cases/"+w.c+"/referrals", `{"needs":["dna"],"kind":"service","urgency":"urgent","purpose":"status_work","target":"`+there+`/ap/org"}`, 201)
	step("nok", "POST", "/referrals/"+r.ID+"/submit", "", 200)
	if a := p.call(t, p.keys["nok"], "POST", "/referrals/"+r.ID+"/approve", `{"sha256":"`+r.Preview.SHA256+`"}`); a.Code != 403 {
		t.Errorf("who drafted it approves it: %d", a.Code)
	}
	step("ying", "GET", "/referrals/"+r.ID, "", 200)
	if !r.Preview.Allowed || len(r.Preview.SHA256) != 64 || regexp.MustCompile("นาแฮ|ลาหู่นะ|ชร 14").Match(r.Preview.Body) {
		t.Fatalf("%+v", r.Preview)
	}
	approved := r.Preview.Body
	step("ying", "POST", "/referrals/"+r.ID+"/approve", `{"sha256":"`+r.Preview.SHA256+`"}`, 200)
	sum := sha256.Sum256(approved)
	cleared, err := p.Ledger.List(t.Context(), audit.Filter{Act: "gate.clear", Limit: 1})
	if err != nil || len(cleared) != 1 || r.State != "offered" || !slices.Contains(slices.Collect(maps.Values(cleared[0].Detail)), hex.EncodeToString(sum[:])) {
		t.Errorf("%s; cleared %+v, approved %x %v", r.State, cleared, sum, err)
	}
}
