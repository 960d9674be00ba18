package account_test

import (
	"testing"

	"github.com/saphan-network/saphan/federation/fault"
)

// Logins that look like another one, and names that write over a terminal or
// turn what stands beside them, are not given out.
func TestLoginsAndNamesThatDeceive(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.person(t, "admin", "admin")
		for _, login := range []string{"аdmin", "ad\u200bmin", "ad\u202emin", "admın", "ad\x00min", "admin\x1b[2K", "ad/min", "<admin>", "ad'min", "ad\"min", "ad\\min", "ad%min", "ad:min", "สมหญิง", "ad\nmin", "\xff"} {
			_, err := b.Add(ctx, "system", login, "New Person", []string{"intern"})
			want(t, login, err, fault.Invalid)
		}
		for _, login := range []string{"ADMIN", "ａdmin", " admin "} { // the same login in another spelling
			_, err := b.Add(ctx, "system", login, "New Person", []string{"intern"})
			want(t, login, err, fault.Conflict)
		}
		for _, name := range []string{"a\nb", "a\x1b[31m", "a\x00", "a\u202eb", "a\u2066b", "a\u200fb", "a\ufeff", "a\u2028b", "\xff", "a\u0085b"} {
			_, err := b.Add(ctx, "system", "new", name, []string{"intern"})
			want(t, name, err, fault.Invalid)
		}
		if _, err := b.Add(ctx, "system", "somying.k_1@north", "สม\u200bหญิง ตัวอย่าง", []string{"intern"}); err != nil {
			t.Error(err)
		}
	})
}

// What signing in costs does not tell whether somebody is there: a wrong password,
// an unknown login, a closed account and one without a password all go through
// one hash and one line of the ledger, and leave one row of the throttle.
func TestSignInDoesTheSameWork(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.person(t, "boss", "admin")
		closed := b.person(t, "closed", "intern")
		if err := b.Disable(ctx, "system", closed.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Add(ctx, "system", "fresh", "New Person", []string{"intern"}); err != nil {
			t.Fatal(err)
		}
		count := func(table string) (n int64) {
			if err := b.db.Reader(ctx).Table(table).Count(&n).Error; err != nil {
				t.Fatal(err)
			}
			return n
		}
		for _, login := range []string{"boss", "closed", "fresh", "nobody", "'; --"} {
			lines, rows, sessions := count("audit_ledger"), count("account_throttle"), count("account_sessions")
			_, _, err := b.SignIn(ctx, login, "wrong wrong wrong", "")
			want(t, login, err, fault.Signature)
			if count("audit_ledger") != lines+1 || count("account_throttle") != rows+1 || count("account_sessions") != sessions {
				t.Errorf("%s: %d lines, %d rows", login, count("audit_ledger")-lines, count("account_throttle")-rows)
			}
		}
	})
}
