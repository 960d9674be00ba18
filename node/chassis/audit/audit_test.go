package audit_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/saphan-network/saphan/node/chassis/audit"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/chassis/database/dbtest"
	"github.com/saphan-network/saphan/node/clinic"
)

var noon = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

func clock() time.Time { return noon }

var _ clinic.Recorder = (*audit.Log)(nil)

func each(t *testing.T, f func(t *testing.T, db *database.DB, l *audit.Log)) {
	t.Helper()
	dbtest.Each(t, []database.Set{audit.Migrations()}, func(t *testing.T, db *database.DB) { f(t, db, audit.New(db, clock)) })
}

func fill(t *testing.T, l *audit.Log, n int) {
	t.Helper()
	for i := range n {
		e := audit.Entry{Actor: "u1", Act: "case.read", ObjectType: "case", ObjectID: fmt.Sprint("c", i), Outcome: audit.OK,
			Detail: map[string]string{"b": "2", "a": "1"}}
		if err := l.Append(context.Background(), e); err != nil {
			t.Fatal(err)
		}
	}
}

func exec(t *testing.T, db *database.DB, q string, args ...any) {
	t.Helper()
	if err := db.Conn(context.Background()).Exec(q, args...).Error; err != nil {
		t.Fatalf("%s: %v", q, err)
	}
}

func TestRefusesWhatCouldBePersonal(t *testing.T) {
	each(t, func(t *testing.T, _ *database.DB, l *audit.Log) {
		ctx := context.Background()
		good := audit.Entry{Actor: "u1", Act: "case.read", Outcome: audit.OK}
		for _, v := range []string{"สมชาย", "two words", "0000089123", "0-0000-89123-45-1", "081-234-5678", "a\nb", strings.Repeat("x", 401)} {
			e := good
			e.Detail = map[string]string{"k": v}
			if err := l.Append(ctx, e); !errors.Is(err, audit.ErrUnfit) {
				t.Errorf("%q as a detail: %v", v, err)
			}
			e = good
			e.ObjectID = v
			if err := l.Append(ctx, e); !errors.Is(err, audit.ErrUnfit) {
				t.Errorf("%q as an object: %v", v, err)
			}
		}
		if err := l.Append(ctx, audit.Entry{Act: "x", Outcome: audit.OK}); !errors.Is(err, audit.ErrUnfit) {
			t.Errorf("no actor: %v", err)
		}
		good.Detail = map[string]string{"until": "2026-12-01", "peer": "https://b.example/ap/org", "n": "12", "sha": strings.Repeat("0a", 32)}
		if err := l.Append(ctx, good); err != nil {
			t.Fatal(err)
		}
		if n, err := l.Verify(ctx); n != 1 || err != nil {
			t.Fatalf("%d lines, %v", n, err)
		}
	})
}

func TestAppendOnly(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB, l *audit.Log) {
		fill(t, l, 2)
		bad := []string{
			"UPDATE audit_ledger SET outcome = 'denied' WHERE seq = 1",
			"DELETE FROM audit_ledger",
			"UPDATE audit_heads SET seq = 1",
			"UPDATE audit_heads SET seq = 9",
			"DELETE FROM audit_heads",
			"INSERT INTO audit_ledger SELECT * FROM audit_ledger",
		}
		if db.Dialect() == database.SQLite {
			bad = append(bad, "INSERT OR REPLACE INTO audit_ledger SELECT * FROM audit_ledger",
				"INSERT OR REPLACE INTO audit_heads SELECT * FROM audit_heads")
		} else {
			bad = append(bad, "TRUNCATE audit_ledger", "TRUNCATE audit_heads")
		}
		for _, q := range bad {
			if err := db.Conn(context.Background()).Exec(q).Error; err == nil {
				t.Errorf("the database let through: %s", q)
			}
		}
		if n, err := l.Verify(context.Background()); n != 2 || err != nil {
			t.Fatalf("%d lines, %v", n, err)
		}
	})
}

func dropTriggers(t *testing.T, db *database.DB) {
	t.Helper()
	if db.Dialect() == database.SQLite {
		for _, n := range []string{"audit_ledger_no_update", "audit_ledger_no_delete", "audit_ledger_no_replace",
			"audit_heads_forward", "audit_heads_no_delete", "audit_heads_no_replace"} {
			exec(t, db, "DROP TRIGGER "+n)
		}
		return
	}
	exec(t, db, "ALTER TABLE audit_ledger DISABLE TRIGGER USER")
	exec(t, db, "ALTER TABLE audit_heads DISABLE TRIGGER USER")
}

func TestVerifyFindsTampering(t *testing.T) {
	cases := map[string]struct {
		sql  []string
		seq  int64
		what string
	}{
		"actor":         {[]string{"UPDATE audit_ledger SET actor = 'u2' WHERE seq = 3"}, 3, audit.Altered},
		"time":          {[]string{"UPDATE audit_ledger SET at = at + 1 WHERE seq = 3"}, 3, audit.Altered},
		"detail":        {[]string{"UPDATE audit_ledger SET detail = '{\"a\":\"1\",\"b\":\"3\"}' WHERE seq = 5"}, 5, audit.Altered},
		"detail spaced": {[]string{"UPDATE audit_ledger SET detail = '{\"a\": \"1\",\"b\":\"2\"}' WHERE seq = 5"}, 5, audit.Altered},
		"moved border":  {[]string{"UPDATE audit_ledger SET act = 'case.rea', object_type = 'dcase' WHERE seq = 2"}, 2, audit.Altered},
		"hash":          {[]string{"UPDATE audit_ledger SET hash = prev WHERE seq = 4"}, 4, audit.Altered},
		"first gone":    {[]string{"DELETE FROM audit_ledger WHERE seq = 1"}, 1, audit.Missing},
		"middle gone":   {[]string{"DELETE FROM audit_ledger WHERE seq = 3"}, 3, audit.Missing},
		"last gone":     {[]string{"DELETE FROM audit_ledger WHERE seq = 5"}, 5, audit.Missing},
		"all gone":      {[]string{"DELETE FROM audit_ledger"}, 1, audit.Missing},
		"head gone":     {[]string{"DELETE FROM audit_heads"}, 5, audit.HeadGone},
		"head moved":    {[]string{"UPDATE audit_heads SET hash = 'x'"}, 5, audit.HeadGone},
		"closed gap": {[]string{"DELETE FROM audit_ledger WHERE seq = 3", "UPDATE audit_ledger SET seq = 3 WHERE seq = 4",
			"UPDATE audit_ledger SET seq = 4 WHERE seq = 5", "UPDATE audit_heads SET seq = 4"}, 3, audit.Altered},
		"swapped": {[]string{"UPDATE audit_ledger SET seq = 99 WHERE seq = 2", "UPDATE audit_ledger SET seq = 2 WHERE seq = 3",
			"UPDATE audit_ledger SET seq = 3 WHERE seq = 99"}, 2, audit.Altered},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, db *database.DB, l *audit.Log) {
				fill(t, l, 5)
				dropTriggers(t, db)
				if n, err := l.Verify(context.Background()); n != 5 || err != nil {
					t.Fatalf("before: %d lines, %v", n, err)
				}
				for _, q := range c.sql {
					exec(t, db, q)
				}
				var b *audit.Broken
				if _, err := l.Verify(context.Background()); !errors.As(err, &b) || b.Seq != c.seq || b.What != c.what {
					t.Fatalf("got %v, want line %d %s", err, c.seq, c.what)
				}
			})
		})
	}
}

// A rewrite of the whole chain is found by a head that was kept elsewhere.
func TestVerifyHeads(t *testing.T) {
	each(t, func(t *testing.T, _ *database.DB, l *audit.Log) {
		fill(t, l, 3)
		ctx := context.Background()
		heads, err := l.Heads(ctx)
		if err != nil || len(heads) != 1 || heads[0].Seq != 3 {
			t.Fatalf("%v %v", heads, err)
		}
		fill(t, l, 2)
		if err := l.VerifyHeads(ctx, heads); err != nil {
			t.Fatal(err)
		}
		heads[0].Hash = strings.Repeat("0", 64)
		var b *audit.Broken
		if err := l.VerifyHeads(ctx, heads); !errors.As(err, &b) {
			t.Fatalf("a rewritten chain passes: %v", err)
		}
	})
}

func TestTransactions(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB, l *audit.Log) {
		ctx := context.Background()
		boom := errors.New("boom")
		e := audit.Entry{Actor: "u1", Act: "case.update", Outcome: audit.OK}
		err := db.Within(ctx, func(ctx context.Context) error { return errors.Join(l.Append(ctx, e), boom) })
		if !errors.Is(err, boom) {
			t.Fatal(err)
		}
		if n, err := l.Verify(ctx); n != 0 || err != nil {
			t.Fatalf("a rolled-back line is there: %d, %v", n, err)
		}
		exec(t, db, "CREATE TABLE work (id TEXT PRIMARY KEY)")
		exec(t, db, "INSERT INTO work (id) VALUES ('a'), ('b')")
		// Two kinds of transactions that touch a row and the ledger in opposite order must not block each other for good.
		var wg sync.WaitGroup
		errs := make([]error, 10)
		for i := range errs {
			wg.Go(func() {
				errs[i] = db.Within(ctx, func(ctx context.Context) error {
					touch := func() error { return db.Conn(ctx).Exec("UPDATE work SET id = id WHERE id = 'a'").Error }
					if i%2 == 0 {
						return errors.Join(touch(), l.Append(ctx, e), l.Append(ctx, e))
					}
					return errors.Join(l.Append(ctx, e), touch(), l.Append(ctx, e))
				})
			})
		}
		wg.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		if n, err := l.Verify(ctx); n != 20 || err != nil {
			t.Fatalf("%d lines, %v", n, err)
		}
	})
}

func TestList(t *testing.T) {
	each(t, func(t *testing.T, _ *database.DB, l *audit.Log) {
		ctx := context.Background()
		fill(t, l, 5)
		if err := l.Append(ctx, audit.Entry{Chain: "egress", At: noon.Add(time.Hour), Actor: "u2", Act: "gate.decide", Outcome: audit.Denied}); err != nil {
			t.Fatal(err)
		}
		err := l.Record(ctx, clinic.Actor{UserID: "u3"}, "case.close", clinic.Object{Type: "case", ID: "c1"}, audit.OK, map[string]string{"reason": "done"})
		if err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]struct {
			f    audit.Filter
			want int
		}{
			"nobody": {audit.Filter{Actor: "u9"}, 0}, "all": {audit.Filter{}, 7}, "chain": {audit.Filter{Chain: "egress"}, 1},
			"object": {audit.Filter{ObjectType: "case", ObjectID: "c1"}, 2}, "outcome": {audit.Filter{Outcome: audit.Denied}, 1},
			"since": {audit.Filter{Since: noon.Add(time.Minute)}, 1}, "until": {audit.Filter{Until: noon.Add(time.Minute)}, 6},
			"page": {audit.Filter{Limit: 4, Offset: 4}, 3}, "act": {audit.Filter{Act: "case.close"}, 1},
		} {
			got, err := l.List(ctx, c.f)
			if err != nil || len(got) != c.want {
				t.Errorf("%s: %d lines, %v; want %d", name, len(got), err, c.want)
			}
		}
		got, err := l.List(ctx, audit.Filter{Chain: audit.Main, Limit: 1})
		if err != nil || got[0].Seq != 6 || got[0].Detail["reason"] != "done" || got[0].Actor != "u3" || !got[0].At.Equal(noon) {
			t.Fatalf("%+v %v", got, err)
		}
		if n, err := l.Verify(ctx); n != 7 || err != nil {
			t.Fatalf("%d lines, %v", n, err)
		}
	})
}
