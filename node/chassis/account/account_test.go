package account_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/node/chassis/account"
	"github.com/saphan-network/saphan/node/chassis/audit"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/chassis/database/dbtest"
)

const good = "three river stones"

type bench struct {
	*account.Service
	db  *database.DB
	log *audit.Log
	mu  sync.Mutex
	at  time.Time
}

func (b *bench) now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.at
}

func (b *bench) pass(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.at = b.at.Add(d)
}

var ctx = context.Background()

func each(t *testing.T, f func(t *testing.T, b *bench)) {
	t.Helper()
	dbtest.Each(t, []database.Set{account.Migrations(), audit.Migrations()}, func(t *testing.T, db *database.DB) {
		b := &bench{db: db, at: time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)}
		b.log = audit.New(db, b.now)
		b.Service = account.New(db, b.now, account.Options{Recorder: b.log})
		f(t, b)
	})
}

// person adds a user with a password and returns them.
func (b *bench) person(t *testing.T, login string, roles ...string) account.User {
	t.Helper()
	link, err := b.Add(ctx, "system", login, "Somying Example", roles)
	if err != nil {
		t.Fatal(err)
	}
	u, err := b.Redeem(ctx, link, good)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func want(t *testing.T, what string, err error, k fault.Kind) {
	t.Helper()
	if fault.KindOf(err) != k {
		t.Fatalf("%s: got %v, want %q", what, err, k)
	}
}

func TestSignInRefuses(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.person(t, "boss", "admin")
		u := b.person(t, "nok", "caseworker")
		pending, err := b.Add(ctx, u.ID, "new", "New Person", []string{"intern"})
		if err != nil || pending == "" {
			t.Fatal(err)
		}
		if err := b.Disable(ctx, "system", u.ID); err != nil {
			t.Fatal(err)
		}
		_, _, unknown := b.SignIn(ctx, "nobody", good, "192.0.2.1")
		want(t, "unknown login", unknown, fault.Signature)
		for what, c := range map[string][2]string{"wrong password": {"boss", "three river stone"}, "disabled": {"nok", good},
			"no password yet": {"new", ""}, "long": {"boss", strings.Repeat("x", 5000)}, "long login": {strings.Repeat("x", 5000), good}} {
			token, got, err := b.SignIn(ctx, c[0], c[1], "192.0.2.1")
			if token != "" || got.ID != "" || err == nil || err.Error() != unknown.Error() {
				t.Errorf("%s: %q %v, want the answer for an unknown login", what, token, err)
			}
		}
		token, got, err := b.SignIn(ctx, " BOSS ", good, "192.0.2.1:5555")
		if err != nil || got.Login != "boss" || len(token) != 64 {
			t.Fatalf("%v %v", got, err)
		}
	})
}

func TestThrottleByLogin(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.person(t, "boss", "admin")
		for _, login := range []string{"boss", "nobody"} { // the same for a login that is not there
			var waits []string
			for i := range 12 {
				_, _, err := b.SignIn(ctx, login, "wrong wrong wrong", fmt.Sprintf("192.0.2.%d", i+1))
				if fault.Is(err, fault.TooMany) {
					waits = append(waits, fault.As(err).Args["minutes"])
				} else {
					want(t, "wrong password", err, fault.Signature)
				}
			}
			if len(waits) != 7 {
				t.Fatalf("%s: %d of 12 tries were slowed down, want 7", login, len(waits))
			}
		}
		_, _, err := b.SignIn(ctx, "boss", good, "192.0.2.99")
		want(t, "right password in the delay", err, fault.TooMany)
		delays := 0
		for d := 2 * time.Second; ; d = min(2*d, 15*time.Minute) {
			b.pass(d - time.Millisecond)
			_, _, err := b.SignIn(ctx, "boss", "wrong wrong wrong", "")
			want(t, "a moment too early", err, fault.TooMany)
			b.pass(time.Millisecond)
			if delays++; delays == 14 {
				break
			}
			_, _, err = b.SignIn(ctx, "boss", "wrong wrong wrong", "")
			want(t, "after the delay", err, fault.Signature)
		}
		if _, _, err := b.SignIn(ctx, "boss", good, ""); err != nil {
			t.Fatalf("the delay has become a lock: %v", err)
		}
		for range 4 {
			_, _, err := b.SignIn(ctx, "boss", "wrong wrong wrong", "")
			want(t, "a success clears the counter", err, fault.Signature)
		}
	})
}

func TestThrottleByRemoteAndAtOnce(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.person(t, "boss", "admin")
		errs := make([]error, 40)
		var wg sync.WaitGroup
		for i := range errs {
			wg.Go(func() {
				_, _, errs[i] = b.SignIn(ctx, fmt.Sprint("guess", i), "wrong wrong wrong", fmt.Sprintf("2001:db8:0:1::%x", i))
			})
		}
		wg.Wait()
		tried := 0
		for _, err := range errs {
			if fault.Is(err, fault.Signature) {
				tried++
			} else {
				want(t, "slowed down", err, fault.TooMany)
			}
		}
		if tried != 20 {
			t.Fatalf("%d of 40 tries at once from one /64 were checked, want 20", tried)
		}
		_, _, err := b.SignIn(ctx, "boss", good, "2001:db8:0:1::ffff")
		want(t, "same network", err, fault.TooMany)
		if _, _, err := b.SignIn(ctx, "boss", good, "2001:db8:0:2::1"); err != nil {
			t.Fatal(err)
		}
		b.pass(25 * time.Hour)
		if err := b.Sweep(ctx); err != nil {
			t.Fatal(err)
		}
		var n int64
		b.db.Reader(ctx).Raw("SELECT (SELECT count(*) FROM account_throttle) + (SELECT count(*) FROM account_sessions)").Scan(&n)
		if n != 0 {
			t.Fatalf("%d rows left after the sweep", n)
		}
	})
}

func TestSessionEnds(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.person(t, "boss", "admin")
		u := b.person(t, "nok", "caseworker", "lawyer")
		in := func() string {
			t.Helper()
			token, _, err := b.SignIn(ctx, "nok", good, "")
			if err != nil {
				t.Fatal(err)
			}
			return token
		}
		for _, tok := range []string{"", "x", opaque.Token()} {
			_, err := b.Session(ctx, tok)
			want(t, "no such token", err, fault.Signature)
		}
		token := in()
		b.pass(30 * time.Minute)
		_, err := b.Session(ctx, token)
		want(t, "idle", err, fault.Signature)

		token = in()
		for range 24 { // used every 29 minutes for 11:36
			b.pass(29 * time.Minute)
			got, err := b.Session(ctx, token)
			if err != nil || got.ID != u.ID || strings.Join(got.Roles, " ") != "caseworker lawyer" {
				t.Fatalf("%v %v", got, err)
			}
		}
		b.pass(24 * time.Minute)
		_, err = b.Session(ctx, token)
		want(t, "absolute", err, fault.Signature)

		ends := map[string]func(token string) error{
			"sign out": func(token string) error { return b.SignOut(ctx, token) },
			"roles":    func(string) error { return b.SetRoles(ctx, "system", u.ID, []string{"caseworker"}) },
			"password": func(string) error { return b.ChangePassword(ctx, u.ID, good, good) },
			"reset": func(string) error {
				link, err := b.ResetLink(ctx, "system", u.ID)
				if err != nil {
					return err
				}
				_, err = b.Redeem(ctx, link, good)
				return err
			},
		}
		for what, end := range ends {
			token := in()
			if err := end(token); err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			_, err := b.Session(ctx, token)
			want(t, what, err, fault.Signature)
		}
		token = in()
		if err := b.Disable(ctx, "system", u.ID); err != nil {
			t.Fatal(err)
		}
		_, err = b.Session(ctx, token)
		want(t, "disabled", err, fault.Signature)
		var hits int64
		b.db.Reader(ctx).Raw("SELECT count(*) FROM account_sessions WHERE token_hash = ?", token).Scan(&hits)
		if hits != 0 {
			t.Fatal("the token itself is stored")
		}
	})
}

func TestLinks(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		u := b.person(t, "boss", "admin")
		_, err := b.Redeem(ctx, opaque.Token(), good)
		want(t, "unknown link", err, fault.Invalid)
		dead := err.Error()
		first, err := b.ResetLink(ctx, "system", u.ID)
		if err != nil {
			t.Fatal(err)
		}
		second, err := b.ResetLink(ctx, "system", u.ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err = b.Redeem(ctx, first, good); err == nil || err.Error() != dead {
			t.Fatalf("replaced link: %v", err)
		}
		for _, p := range []string{"short", "passwordpassword", "aaaaaaaaaaaa", "boss-boss", "Password123!", "somying example"} {
			_, err := b.Redeem(ctx, second, p)
			want(t, p, err, fault.Invalid)
			if err.Error() == dead {
				t.Fatalf("%q used the link up", p)
			}
		}
		errs := make([]error, 4)
		var wg sync.WaitGroup
		for i := range errs {
			wg.Go(func() { _, errs[i] = b.Redeem(ctx, second, "another good one") })
		}
		wg.Wait()
		ok := 0
		for _, err := range errs {
			if err == nil {
				ok++
			} else if err.Error() != dead {
				t.Fatal(err)
			}
		}
		if ok != 1 {
			t.Fatalf("a one-time link worked %d times", ok)
		}
		if _, _, err := b.SignIn(ctx, "boss", "another good one", ""); err != nil {
			t.Fatal(err)
		}
		late, err := b.ResetLink(ctx, "system", u.ID)
		if err != nil {
			t.Fatal(err)
		}
		b.pass(72 * time.Hour)
		if _, err = b.Redeem(ctx, late, good); err == nil || err.Error() != dead {
			t.Fatalf("late link: %v", err)
		}
	})
}

func TestManage(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		if empty, err := b.Empty(ctx); !empty || err != nil {
			t.Fatal(empty, err)
		}
		boss := b.person(t, "boss", "admin")
		_, err := b.Add(ctx, boss.ID, "Boss", "Other", []string{"lawyer"})
		want(t, "taken", err, fault.Conflict)
		for _, c := range [][3]string{{"", "n", "lawyer"}, {"a b", "n", "lawyer"}, {"x", "", "lawyer"}, {"x", "n", ""}, {"x", "n", "system"}, {"x", "n", "Role!"}} {
			_, err := b.Add(ctx, boss.ID, c[0], c[1], []string{c[2]})
			want(t, fmt.Sprint(c), err, fault.Invalid)
		}
		want(t, "disable the last administrator", b.Disable(ctx, boss.ID, boss.ID), fault.Conflict)
		want(t, "demote the last administrator", b.SetRoles(ctx, boss.ID, boss.ID, []string{"lawyer"}), fault.Conflict)
		want(t, "unknown user", b.Disable(ctx, boss.ID, opaque.ID()), fault.NotFound)
		want(t, "unknown language", b.SetLanguage(ctx, boss.ID, "xx"), fault.Invalid)
		want(t, "wrong old password", b.ChangePassword(ctx, boss.ID, "not this one", good), fault.Invalid)
		u := b.person(t, "nok", "admin", "lawyer")
		if err := errors.Join(b.Disable(ctx, u.ID, boss.ID), b.SetLanguage(ctx, u.ID, "en")); err != nil {
			t.Fatal(err)
		}
		_, err = b.ResetLink(ctx, u.ID, boss.ID)
		want(t, "reset link of a disabled user", err, fault.NotFound)
		link, err := b.Enable(ctx, u.ID, boss.ID)
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = b.SignIn(ctx, "boss", good, "")
		want(t, "enabled, but the old password", err, fault.Signature)
		if _, err := b.Redeem(ctx, link, good); err != nil {
			t.Fatal(err)
		}
		list, err := b.List(ctx)
		if err != nil || len(list) != 2 || list[1].Login != "nok" || list[1].Lang != "en" || strings.Join(list[1].Roles, " ") != "admin lawyer" || !list[0].Active {
			t.Fatalf("%v %v", list, err)
		}
		if n, err := b.log.Verify(ctx); err != nil || n < 6 {
			t.Fatalf("%d lines in the ledger, %v", n, err)
		}
	})
}

func TestNamesAreNotLogged(t *testing.T) {
	var buf bytes.Buffer
	u := account.User{ID: "u1", Login: "somying", Name: "Somying Example"}
	slog.New(slog.NewJSONHandler(&buf, nil)).Info("x", "user", u)
	if s := buf.String(); strings.Contains(strings.ToLower(s), "somying") || !strings.Contains(s, "u1") {
		t.Fatal(s)
	}
}
