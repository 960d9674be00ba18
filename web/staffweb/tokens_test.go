package staffweb_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/saphan-network/saphan/federation/fault"
)

// TestTokensPage: a key is made with the password alone, shown once, works, and ends.
func TestTokensPage(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.person(t, "mali", "Mali", "caseworker")
		br := b.browser()
		br.signIn(t, "mali")
		if w := br.post("/account/tokens", "label", "Kobo", "scopes", "cases:read", "days", "7", "password", "not mine at all"); w.Code != 422 || !strings.Contains(w.Body.String(), `value="Kobo"`) {
			t.Errorf("a wrong password, or the form is lost: %d", w.Code)
		}
		if w := br.post("/account/tokens", "label", "Kobo", "scopes", "everything", "days", "7", "password", password); w.Code != 422 {
			t.Errorf("a scope that there is not: %d", w.Code)
		}
		w := br.post("/account/tokens", "label", "Kobo", "scopes", "cases:read", "days", "7", "password", password)
		secret := regexp.MustCompile(`saphan_[0-9a-f]{64}`).FindString(w.Body.String())
		if w.Code != 200 || secret == "" {
			t.Fatalf("%d, no key shown", w.Code)
		}
		if _, tok, err := b.accounts.Bearer(ctx, secret); err != nil || tok.Label != "Kobo" {
			t.Fatal(tok, err)
		}
		page := br.get("/account/tokens").Body.String()
		if strings.Contains(page, secret) {
			t.Error("the key is shown again")
		}
		end := regexp.MustCompile(`/account/tokens/[0-9a-f]+/end`).FindString(page)
		if w := br.post(end, "x", ""); w.Code != 303 {
			t.Errorf("%s: %d", end, w.Code)
		}
		if _, _, err := b.accounts.Bearer(ctx, secret); !fault.Is(err, fault.Signature) {
			t.Errorf("still good: %v", err)
		}
	})
}
