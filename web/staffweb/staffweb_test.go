package staffweb_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/node/chassis/account"
	"github.com/saphan-network/saphan/node/chassis/audit"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/chassis/database/dbtest"
	"github.com/saphan-network/saphan/policies/staff"
	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/ginweb"
	"github.com/saphan-network/saphan/web/nodeui"
	"github.com/saphan-network/saphan/web/staffui"
	"github.com/saphan-network/saphan/web/staffweb"
)

const (
	base     = "http://127.0.0.1:8081"
	password = "three river stones"
)

var ctx = context.Background()

// bench is a server of people alone, over real accounts and a real ledger.
type bench struct {
	http.Handler
	accounts *account.Service
	db       *database.DB
}

func each(t *testing.T, f func(t *testing.T, b *bench)) {
	t.Helper()
	dbtest.Each(t, []database.Set{account.Migrations(), audit.Migrations()}, func(t *testing.T, db *database.DB) {
		now := func() time.Time { return time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC) }
		log := audit.New(db, now)
		b := &bench{db: db, accounts: account.New(db, now, account.Options{Recorder: log})}
		may, err := staff.New()
		if err != nil {
			t.Fatal(err)
		}
		r, err := web.New(web.Options{UI: nodeui.UI().With(staffui.UI())})
		if err != nil {
			t.Fatal(err)
		}
		app, err := ginweb.New(ginweb.Config{Renderer: r, Sessions: staffweb.Sessions{Accounts: b.accounts}, BaseURL: base})
		if err != nil {
			t.Fatal(err)
		}
		pages, err := staffweb.New(staffweb.Config{
			App: app, Door: b.accounts, Self: b.accounts, People: b.accounts, Ledger: log, May: may,
			Roles: []string{"caseworker", "supervisor", "admin", "auditor"}, BaseURL: base,
			API: staffweb.API{Tokens: b.accounts, Scopes: []string{"cases:read"}, About: "/api/v1/openapi.json"},
		})
		if err != nil {
			t.Fatal(err)
		}
		gin.SetMode(gin.TestMode)
		e := gin.New()
		app.Install(e)
		pages.Mount(e)
		b.Handler = e
		f(t, b)
	})
}

// person makes an account with a password.
func (b *bench) person(t *testing.T, login, name string, roles ...string) account.User {
	t.Helper()
	link, err := b.accounts.Add(ctx, "system", login, name, roles)
	if err != nil {
		t.Fatal(err)
	}
	u, err := b.accounts.Redeem(ctx, link, password)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// browser keeps cookies between requests.
type browser struct {
	b       *bench
	cookies map[string]string
}

func (b *bench) browser() *browser { return &browser{b: b, cookies: map[string]string{}} }

func (br *browser) do(method, path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, base+path, strings.NewReader(form.Encode()))
	if method == "POST" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.Header.Set("Accept-Language", "en")
	for k, v := range br.cookies {
		r.AddCookie(&http.Cookie{Name: k, Value: v})
	}
	w := httptest.NewRecorder()
	br.b.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(br.cookies, c.Name)
		} else {
			br.cookies[c.Name] = c.Value
		}
	}
	return w
}

func (br *browser) get(path string) *httptest.ResponseRecorder { return br.do("GET", path, nil) }

func (br *browser) post(path string, pairs ...string) *httptest.ResponseRecorder {
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return br.do("POST", path, form)
}

func (br *browser) signIn(t *testing.T, login string) {
	t.Helper()
	if w := br.post("/login", "login", login, "password", password); w.Code != 303 {
		t.Fatalf("sign-in of %s: %d", login, w.Code)
	}
}

func TestSignIn(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.person(t, "orathai", "Orathai", "admin")
		for _, pair := range [][2]string{{"orathai", "wrong wrong wrong"}, {"nobody", password}, {"", ""}} {
			br := b.browser()
			w := br.post("/login", "login", pair[0], "password", pair[1])
			if w.Code != 401 || br.cookies["saphan-8081"] != "" || !strings.Contains(w.Body.String(), "user name or the password is wrong") {
				t.Errorf("%v: %d", pair, w.Code)
			}
			if strings.Contains(w.Body.String(), "wrong wrong") {
				t.Error("the password comes back in the page")
			}
		}
		br := b.browser()
		if w := br.post("/login", "login", "orathai", "password", password, "to", "//evil.example/"); w.Code != 303 || w.Header().Get("Location") != "/" {
			t.Errorf("sign-in: %d to %q", w.Code, w.Header().Get("Location"))
		}
		if w := br.get("/account"); w.Code != 200 || !strings.Contains(w.Body.String(), "orathai") {
			t.Errorf("account: %d", w.Code)
		}
		token := br.cookies["saphan-8081"]
		if w := br.post("/logout"); w.Code != 303 {
			t.Errorf("sign-out: %d", w.Code)
		}
		br.cookies["saphan-8081"] = token
		if w := br.get("/account"); w.Code != 303 {
			t.Errorf("the token still works after sign-out: %d", w.Code)
		}
	})
}

func TestSignInIsSlowedDown(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.person(t, "orathai", "Orathai", "admin")
		br, code := b.browser(), 0
		for range 40 {
			w := br.post("/login", "login", "orathai", "password", "wrong wrong wrong")
			if code = w.Code; code == 429 {
				if !strings.Contains(w.Body.String(), "Too many wrong tries") {
					t.Error("it is not said why")
				}
				break
			}
		}
		if code != 429 {
			t.Errorf("forty wrong tries end in %d", code)
		}
	})
}

func TestOnlyAdministratorsManagePeople(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.person(t, "admin", "Preeda", "admin")
		worker := b.person(t, "orathai", "Orathai", "caseworker")
		br := b.browser()
		if w := br.get("/people"); w.Code != 303 {
			t.Errorf("nobody: %d", w.Code)
		}
		br.signIn(t, "orathai")
		for _, path := range []string{"/people", "/people/new", "/people/" + worker.ID, "/ledger"} {
			if w := br.get(path); w.Code != 404 && w.Code != 403 {
				t.Errorf("%s: %d", path, w.Code)
			}
		}
		for _, path := range []string{"/people", "/people/" + worker.ID + "/roles", "/people/" + worker.ID + "/disable", "/people/" + worker.ID + "/link"} {
			if w := br.post(path, "login", "x", "name", "x", "roles", "admin"); w.Code != 404 && w.Code != 403 {
				t.Errorf("post %s: %d", path, w.Code)
			}
		}
		if u, _ := b.accounts.User(ctx, worker.ID); len(u.Roles) != 1 || u.Roles[0] != "caseworker" {
			t.Errorf("a caseworker made themselves %v", u.Roles)
		}
	})
}

var link = regexp.MustCompile(base + `(/welcome/[0-9a-f]+)`)

func TestAPersonIsAddedAndChoosesAPassword(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.person(t, "preeda", "Preeda", "admin")
		admin := b.browser()
		admin.signIn(t, "preeda")
		for _, bad := range [][]string{{"login", "", "name", "A", "roles", "caseworker"}, {"login", "ab", "name", "", "roles", "caseworker"}, {"login", "mali", "name", "Mali"}, {"login", "mali", "name", "Mali", "roles", "system"}, {"login", "preeda", "name", "Other", "roles", "caseworker"}} {
			if w := admin.post("/people", bad...); (w.Code != 422 && w.Code != 409) || link.MatchString(w.Body.String()) {
				t.Errorf("%v: %d", bad, w.Code)
			}
		}
		w := admin.post("/people", "login", "mali", "name", "Mali", "roles", "caseworker", "roles", "auditor")
		m := link.FindStringSubmatch(w.Body.String())
		if w.Code != 200 || m == nil {
			t.Fatalf("no link: %d", w.Code)
		}
		path := m[1]
		mali := b.browser()
		if w := mali.get("/welcome/" + strings.Repeat("0", 64)); w.Code != 422 {
			t.Errorf("a made-up link: %d", w.Code)
		}
		for _, bad := range [][2]string{{"short", "short"}, {password, password + "x"}} {
			w := mali.post(path, "password", bad[0], "again", bad[1])
			if w.Code != 422 || !strings.Contains(w.Body.String(), "mali") || mali.cookies["saphan-8081"] != "" {
				t.Errorf("%v: %d", bad, w.Code)
			}
		}
		if w := mali.post(path, "password", password, "again", password); w.Code != 303 {
			t.Fatalf("redeem: %d %s", w.Code, w.Body)
		}
		if w := mali.get("/account"); w.Code != 200 || !strings.Contains(w.Body.String(), "Mali") {
			t.Errorf("not signed in after the first password: %d", w.Code)
		}
		if w := b.browser().post(path, "password", password, "again", password); w.Code != 422 {
			t.Errorf("the link worked twice: %d", w.Code)
		}
		if w := mali.get("/ledger"); w.Code != 200 || !strings.Contains(w.Body.String(), "สายบันทึกครบถ้วน") {
			t.Errorf("the auditor's ledger: %d", w.Code)
		}
	})
}

func TestAClosedAccountIsOut(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		boss := b.person(t, "preeda", "Preeda", "admin")
		mali := b.person(t, "mali", "Mali", "caseworker")
		admin, out := b.browser(), b.browser()
		admin.signIn(t, "preeda")
		out.signIn(t, "mali")
		if w := admin.post("/people/"+boss.ID+"/disable", ""); w.Code == 303 {
			t.Errorf("the last administrator closed their own account: %d", w.Code)
		}
		if w := admin.post("/people/" + mali.ID + "/disable"); w.Code != 303 {
			t.Fatalf("close: %d", w.Code)
		}
		if w := out.get("/account"); w.Code != 303 {
			t.Errorf("still in: %d", w.Code)
		}
		if w := admin.post("/people/" + mali.ID + "/enable"); w.Code != 200 || !link.MatchString(w.Body.String()) {
			t.Errorf("open again: %d", w.Code)
		}
		if w := admin.get("/people/none"); w.Code != 404 {
			t.Errorf("nobody's page: %d", w.Code)
		}
	})
}

func TestOwnAccount(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.person(t, "orathai", "Orathai", "admin")
		br, other := b.browser(), b.browser()
		br.signIn(t, "orathai")
		other.signIn(t, "orathai")
		if w := br.post("/account/language", "lang", "xx"); w.Code != 422 {
			t.Errorf("language xx: %d", w.Code)
		}
		if w := br.post("/account/language", "lang", "en"); w.Code != 303 {
			t.Errorf("language: %d", w.Code)
		}
		if w := br.get("/account"); !strings.Contains(w.Body.String(), `<html lang="en">`) {
			t.Error("the language did not change")
		}
		if w := br.post("/account/password", "old", "wrong wrong wrong", "password", "four river stones", "again", "four river stones"); w.Code != 422 {
			t.Errorf("wrong old password: %d", w.Code)
		}
		if w := br.post("/account/password", "old", password, "password", "four river stones", "again", "four river stones"); w.Code != 303 {
			t.Errorf("password: %d", w.Code)
		}
		if w := br.get("/account"); w.Code != 200 {
			t.Errorf("signed out by one's own change: %d", w.Code)
		}
		if w := other.get("/account"); w.Code != 303 {
			t.Errorf("the other session survived the change: %d", w.Code)
		}
		if w := br.post("/account/end"); w.Code != 303 {
			t.Errorf("end: %d", w.Code)
		}
		if w := br.get("/account"); w.Code != 303 {
			t.Errorf("still in after signing out everywhere: %d", w.Code)
		}
	})
}

func TestLedgerShowsABrokenChain(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.person(t, "preeda", "Preeda", "auditor", "admin")
		br := b.browser()
		br.signIn(t, "preeda")
		const signedIn = `<span class="hint num">user.sign_in`
		for query, want := range map[string]bool{"": true, "?act=user.sign_in": true, "?outcome=denied": false, "?act=nobody.did": false} {
			if w := br.get("/ledger" + query); w.Code != 200 || strings.Contains(w.Body.String(), signedIn) != want {
				t.Errorf("filtered with %q: %d", query, w.Code)
			}
		}
		if w := br.get("/licences"); w.Code != 200 || !strings.Contains(w.Body.String(), "OFL-1.1") || !strings.Contains(w.Body.String(), "/assets/vendor/htmx/LICENSE") {
			t.Errorf("licences: %d", w.Code)
		}
		if w := br.get("/ledger"); !strings.Contains(w.Body.String(), "สายบันทึกครบถ้วน") {
			t.Error("the chain does not hold before it is broken")
		}
		forged := b.db.Conn(ctx).Exec("INSERT INTO audit_heads (chain, seq, hash) VALUES ('other', 1, ?)", strings.Repeat("0", 64))
		if forged.Error != nil {
			t.Fatal(forged.Error)
		}
		if w := br.get("/ledger"); w.Code != 200 || !strings.Contains(w.Body.String(), "สายบันทึกขาด") {
			t.Errorf("broken: %d", w.Code)
		}
	})
}

// The page looks at what is new and at what it shows; the full check, at the rest.
func TestLedgerFindsChangedLines(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		exec := func(q string) {
			t.Helper()
			if err := b.db.Conn(ctx).Exec(q).Error; err != nil {
				t.Fatal(err)
			}
		}
		b.person(t, "preeda", "Preeda", "auditor", "admin")
		br := b.browser()
		br.signIn(t, "preeda")
		whole := func(what, path string, want bool) {
			t.Helper()
			if w := br.get(path); w.Code != 200 || strings.Contains(w.Body.String(), "สายบันทึกครบถ้วน") != want || strings.Contains(w.Body.String(), "สายบันทึกขาด") == want {
				t.Errorf("%s: %d", what, w.Code)
			}
		}
		whole("at first", "/ledger", true)
		if b.db.Dialect() == database.SQLite {
			exec("DROP TRIGGER audit_ledger_no_update")
		} else {
			exec("ALTER TABLE audit_ledger DISABLE TRIGGER USER")
		}
		exec("UPDATE audit_ledger SET outcome = 'okay' WHERE seq = 1")
		whole("an old line that this page does not show", "/ledger?outcome=denied", true)
		whole("an old line that this page shows", "/ledger", false)
		whole("any page after the full check", "/ledger?outcome=denied", false)
		exec("UPDATE audit_ledger SET outcome = 'ok' WHERE seq = 1")
		whole("mended", "/ledger", true)
		b.person(t, "mali", "Mali", "auditor")
		exec("UPDATE audit_ledger SET outcome = 'okay' WHERE seq = (SELECT max(seq) FROM audit_ledger)")
		whole("a new line that this page does not show", "/ledger?outcome=denied", false)
	})
}
