package account_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/chassis/account"
	"github.com/saphan-network/saphan/node/chassis/audit"
)

var wanted = account.NewToken{Label: "สถิติรายเดือน", Scopes: []string{"cases:read", "network:read", "cases:read"}, Days: 30}

func TestTokenRefused(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		u, other := b.person(t, "mali", "caseworker"), b.person(t, "thana", "caseworker")
		for name, n := range map[string]account.NewToken{
			"label":  {Scopes: []string{"a"}, Days: 1},
			"label ": {Label: "a\x00b", Scopes: []string{"a"}, Days: 1},
			"scopes": {Label: "x", Days: 1},
			"days":   {Label: "x", Scopes: []string{"a"}},
			"days ":  {Label: "x", Scopes: []string{"a"}, Days: 367},
		} {
			_, err := b.MakeToken(ctx, u.ID, good, n)
			if e := fault.As(err); e.Kind != fault.Invalid || len(e.Fields) != 1 || e.Fields[0].Name != strings.TrimSpace(name) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := b.MakeToken(ctx, u.ID, "wrong password", wanted); !fault.Is(err, fault.Invalid) {
			t.Errorf("a wrong password: %v", err)
		}
		secret, err := b.MakeToken(ctx, u.ID, good, wanted)
		if err != nil {
			t.Fatal(err)
		}
		for name, s := range map[string]string{"nothing": "", "short": "saphan_x", "another": "saphan_" + strings.Repeat("a", 64), "no prefix": secret[7:], "half": secret[:40], "longer": secret + "a"} {
			if _, _, err := b.Bearer(ctx, s); !fault.Is(err, fault.Signature) {
				t.Errorf("%s: %v", name, err)
			}
		}
		all, err := b.Tokens(ctx, u.ID)
		if err != nil || len(all) != 1 {
			t.Fatal(all, err)
		}
		if err := b.EndToken(ctx, other.ID, all[0].ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("somebody else's token: %v", err)
		}
		for len(all) < account.MaxTokens {
			if _, err := b.MakeToken(ctx, u.ID, good, wanted); err != nil {
				t.Fatal(err)
			}
			all = append(all, account.Token{})
		}
		if _, err := b.MakeToken(ctx, u.ID, good, wanted); !fault.Is(err, fault.Conflict) {
			t.Errorf("one more than may be: %v", err)
		}
	})
}

// TestTokenEnds by its day, by hand, and with whatever ends the sessions.
func TestTokenEnds(t *testing.T) {
	for name, end := range map[string]func(b *bench, u account.User, id string) error{
		"day":      func(b *bench, _ account.User, _ string) error { b.pass(30*24*time.Hour + time.Second); return nil },
		"by hand":  func(b *bench, u account.User, id string) error { return b.EndToken(ctx, u.ID, id) },
		"sessions": func(b *bench, u account.User, _ string) error { return b.EndSessions(ctx, u.ID) },
		"password": func(b *bench, u account.User, _ string) error {
			return b.ChangePassword(ctx, u.ID, good, "four river stones")
		},
		"disabled": func(b *bench, u account.User, _ string) error { return b.Disable(ctx, "boss", u.ID) },
		"new roles": func(b *bench, u account.User, _ string) error {
			return b.SetRoles(ctx, "boss", u.ID, []string{"intern"})
		},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, b *bench) {
				u := b.person(t, "mali", "caseworker")
				secret, err := b.MakeToken(ctx, u.ID, good, wanted)
				if err != nil {
					t.Fatal(err)
				}
				got, tok, err := b.Bearer(ctx, secret)
				if err != nil || got.ID != u.ID || !slices.Equal(tok.Scopes, []string{"cases:read", "network:read"}) || !slices.Equal(got.Roles, []string{"caseworker"}) {
					t.Fatalf("%+v %+v %v", got, tok, err)
				}
				if err := end(b, u, tok.ID); err != nil {
					t.Fatal(err)
				}
				if _, _, err := b.Bearer(ctx, secret); !fault.Is(err, fault.Signature) {
					t.Errorf("still good: %v", err)
				}
				if left, err := b.Tokens(ctx, u.ID); err != nil || len(left) != 0 {
					t.Errorf("still listed: %v %v", left, err)
				}
			})
		})
	}
}

// TestTokenIsNoSecretOfOurs: the table and the ledger hold nothing with which one
// could come in, and the ledger says that it is used, once an hour.
func TestTokenIsNoSecretOfOurs(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		u := b.person(t, "mali", "caseworker")
		secret, err := b.GrantToken(ctx, "system", u.ID, wanted)
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if _, _, err := b.Bearer(ctx, secret); err != nil {
				t.Fatal(err)
			}
			b.pass(25 * time.Minute)
		}
		if _, _, err := b.Bearer(ctx, secret); err != nil {
			t.Fatal(err)
		}
		used, err := b.log.List(ctx, audit.Filter{Act: "user.use_token"})
		if err != nil || len(used) != 2 {
			t.Errorf("%d lines of its use, %v", len(used), err)
		}
		var kept []string
		if err := b.db.Conn(ctx).Raw("SELECT token_hash FROM account_tokens").Scan(&kept).Error; err != nil || len(kept) != 1 || strings.Contains(secret, kept[0]) {
			t.Errorf("%v %v", kept, err)
		}
		lines, err := b.log.List(ctx, audit.Filter{})
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range lines {
			for _, v := range l.Detail {
				if strings.Contains(v, secret[7:20]) {
					t.Errorf("the secret is in the ledger: %s", l.Act)
				}
			}
		}
	})
}
