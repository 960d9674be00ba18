package audit_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/saphan-network/saphan/node/chassis/audit"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/chassis/database/dbtest"
)

// slow is a ledger with a clock that is set by hand.
func slow(t *testing.T, f func(t *testing.T, db *database.DB, l *audit.Log, pass func(time.Duration))) {
	t.Helper()
	dbtest.Each(t, []database.Set{audit.Migrations()}, func(t *testing.T, db *database.DB) {
		now := noon
		f(t, db, audit.New(db, func() time.Time { return now }), func(d time.Duration) { now = now.Add(d) })
	})
}

func holds(t *testing.T, what string, verify func(context.Context) (int, error), want int) {
	t.Helper()
	if n, err := verify(t.Context()); n != want || err != nil {
		t.Fatalf("%s: %d lines, %v; want %d", what, n, err, want)
	}
}

func breaks(t *testing.T, what string, verify func(context.Context) (int, error), want audit.Broken) {
	t.Helper()
	var b *audit.Broken
	if _, err := verify(t.Context()); !errors.As(err, &b) || *b != want {
		t.Fatalf("%s: %v, want %v", what, err, &want)
	}
}

// What was added since the last look is verified at the next one.
func TestVerifyNewFindsWhatIsNew(t *testing.T) {
	for name, c := range map[string]struct {
		sql  string
		want audit.Broken
	}{
		"a new line altered":      {"UPDATE audit_ledger SET actor = 'u2' WHERE seq = 7", audit.Broken{Chain: audit.Main, Seq: 7, What: audit.Altered}},
		"the first new one":       {"UPDATE audit_ledger SET at = at + 1 WHERE seq = 6", audit.Broken{Chain: audit.Main, Seq: 6, What: audit.Altered}},
		"a new line gone":         {"DELETE FROM audit_ledger WHERE seq = 7", audit.Broken{Chain: audit.Main, Seq: 7, What: audit.Missing}},
		"the last gone":           {"DELETE FROM audit_ledger WHERE seq = 8", audit.Broken{Chain: audit.Main, Seq: 8, What: audit.Missing}},
		"all gone":                {"DELETE FROM audit_ledger", audit.Broken{Chain: audit.Main, Seq: 5, What: audit.Missing}},
		"the line seen last":      {"UPDATE audit_ledger SET actor = 'u2' WHERE seq = 5", audit.Broken{Chain: audit.Main, Seq: 5, What: audit.Altered}},
		"the head gone":           {"DELETE FROM audit_heads", audit.Broken{Chain: audit.Main, Seq: 8, What: audit.HeadGone}},
		"the head back":           {"UPDATE audit_heads SET seq = 5", audit.Broken{Chain: audit.Main, Seq: 8, What: audit.HeadGone}},
		"another chain's head":    {"INSERT INTO audit_heads (chain, seq, hash) VALUES ('other', 1, 'x')", audit.Broken{Chain: "other", Seq: 1, What: audit.Missing}},
		"a line put in the chain": {"UPDATE audit_ledger SET prev = 'x' WHERE seq = 6", audit.Broken{Chain: audit.Main, Seq: 6, What: audit.Altered}},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, db *database.DB, l *audit.Log) {
				fill(t, l, 5)
				holds(t, "the first look", l.VerifyNew, 5)
				fill(t, l, 3)
				dropTriggers(t, db)
				exec(t, db, c.sql)
				breaks(t, "the next look", l.VerifyNew, c.want)
				if _, err := l.VerifyNew(t.Context()); err == nil {
					t.Error("and the one after it sees a whole chain")
				}
			})
		})
	}
}

// An old line is not read again by each look; the full check finds its change, in
// this process (the hourly one) and in another (doctor), and then every look tells.
func TestVerifyFindsWhatIsOld(t *testing.T) {
	slow(t, func(t *testing.T, db *database.DB, l *audit.Log, pass func(time.Duration)) {
		fill(t, l, 5)
		holds(t, "the first look", l.VerifyNew, 5)
		dropTriggers(t, db)
		exec(t, db, "UPDATE audit_ledger SET actor = 'u2' WHERE seq = 2")
		fill(t, l, 2)
		holds(t, "a look at what is new", l.VerifyNew, 7)
		at2 := audit.Broken{Chain: audit.Main, Seq: 2, What: audit.Altered}
		breaks(t, "doctor", audit.New(db, clock).Verify, at2)
		if err := l.Check(t.Context()); err == nil {
			t.Fatal("the hourly check found nothing")
		}
		breaks(t, "a look after it", l.VerifyNew, at2)
		exec(t, db, "UPDATE audit_ledger SET actor = 'u1' WHERE seq = 2")
		holds(t, "mended", l.VerifyNew, 7)

		exec(t, db, "UPDATE audit_ledger SET actor = 'u2' WHERE seq = 3")
		pass(119 * time.Minute)
		holds(t, "within two hours", l.VerifyNew, 7)
		pass(time.Minute)
		breaks(t, "after two hours without a full check", l.VerifyNew, audit.Broken{Chain: audit.Main, Seq: 3, What: audit.Altered})
		exec(t, db, "UPDATE audit_ledger SET actor = 'u1' WHERE seq = 3")
		holds(t, "mended again", l.VerifyNew, 7)
		exec(t, db, "UPDATE audit_ledger SET actor = 'u2' WHERE seq = 4")
		pass(-time.Hour)
		breaks(t, "with the clock set back", l.VerifyNew, audit.Broken{Chain: audit.Main, Seq: 4, What: audit.Altered})
	})
}

// A new chain in the place of the old one fits together. Who has seen the old
// one is not taken in, by a full check as little as by a look.
func TestARewrittenChainIsNotBelieved(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB, l *audit.Log) {
		fill(t, l, 5)
		holds(t, "the first look", l.VerifyNew, 5)
		dropTriggers(t, db)
		exec(t, db, "DELETE FROM audit_ledger")
		exec(t, db, "DELETE FROM audit_heads")
		forger := audit.New(db, func() time.Time { return noon.Add(time.Second) })
		fill(t, forger, 9)
		holds(t, "the forger", forger.Verify, 9)
		rewritten := audit.Broken{Chain: audit.Main, Seq: 5, What: audit.HeadGone}
		for range 2 {
			breaks(t, "a look", l.VerifyNew, rewritten)
			breaks(t, "a full check", l.Verify, rewritten)
		}
	})
}

// A line that is rolled back was never there, also for who has looked at it.
func TestACheckInATransactionIsForgotten(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB, l *audit.Log) {
		fill(t, l, 2)
		holds(t, "the first look", l.VerifyNew, 2)
		err := db.Within(t.Context(), func(ctx context.Context) error {
			e := audit.Entry{Actor: "u1", Act: "case.read", Outcome: audit.OK}
			return errors.Join(l.Append(ctx, e), db.Gather(ctx, "look", nil, func(ctx context.Context, _ []any) error {
				if n, err := l.VerifyNew(ctx); n != 3 || err != nil {
					t.Errorf("inside: %d, %v", n, err)
				}
				return errors.New("roll back")
			}))
		})
		if err == nil || !strings.Contains(err.Error(), "roll back") {
			t.Fatal(err)
		}
		holds(t, "after it", l.VerifyNew, 2)
		fill(t, l, 1)
		holds(t, "another third line", l.VerifyNew, 3)
	})
}

func TestLooksWhileLinesAreAdded(t *testing.T) {
	each(t, func(t *testing.T, _ *database.DB, l *audit.Log) {
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				for range 10 {
					if _, err := l.VerifyNew(t.Context()); err != nil {
						t.Error(err)
					}
					if err := l.Check(t.Context()); err != nil {
						t.Error(err)
					}
				}
			})
		}
		fill(t, l, 30)
		wg.Wait()
		holds(t, "at last", l.VerifyNew, 30)
	})
}

// The list tells of each line whether it is as it was written.
func TestListTellsAlteredLines(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB, l *audit.Log) {
		fill(t, l, 3)
		dropTriggers(t, db)
		exec(t, db, "UPDATE audit_ledger SET actor = 'u2' WHERE seq = 2")
		es, err := l.List(t.Context(), audit.Filter{})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range es {
			if e.Altered != (e.Seq == 2) {
				t.Errorf("line %d: %v", e.Seq, e.Altered)
			}
		}
	})
}
