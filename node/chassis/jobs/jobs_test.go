package jobs_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/chassis/database/dbtest"
	"github.com/saphan-network/saphan/node/chassis/jobs"
)

var (
	ctx     = context.Background()
	errBoom = errors.New("errBoom")
)

type clock struct{ ms atomic.Int64 }

func (c *clock) now() time.Time        { return time.UnixMilli(c.ms.Load()).UTC() }
func (c *clock) pass(d time.Duration)  { c.ms.Add(d.Milliseconds()) }
func quiet() *slog.Logger              { return slog.New(slog.DiscardHandler) }
func ok(context.Context, []byte) error { return nil }

func each(t *testing.T, f func(t *testing.T, db *database.DB, c *clock, q *jobs.Queue)) {
	t.Helper()
	dbtest.Each(t, []database.Set{jobs.Migrations()}, func(t *testing.T, db *database.DB) {
		c := &clock{}
		c.ms.Store(time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC).UnixMilli())
		f(t, db, c, jobs.New(db, c.now, quiet()))
	})
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func TestFailures(t *testing.T) {
	each(t, func(t *testing.T, _ *database.DB, c *clock, q *jobs.Queue) {
		tries := 0
		q.Handle("bad", func(context.Context, []byte) error {
			if tries++; tries%2 == 0 {
				panic("x")
			}
			return errBoom
		})
		done := 0
		q.Handle("good", func(context.Context, []byte) error { done++; return nil })
		must(t, q.Enqueue(ctx, "bad", "k", nil, time.Time{}), q.Enqueue(ctx, "good", "", nil, time.Time{}), q.Settle(ctx))
		if tries != 1 || done != 1 {
			t.Fatalf("%d tries, %d done: one bad job must not block the next", tries, done)
		}
		must(t, q.Settle(ctx))
		if tries != 1 {
			t.Fatal("tried again at once")
		}
		c.pass(7 * time.Second)
		if must(t, q.Settle(ctx)); tries != 1 {
			t.Fatal("tried again before the pause had passed")
		}
		for range 12 {
			c.pass(8 * time.Hour)
			must(t, q.Settle(ctx))
		}
		d, err := q.Dead(ctx)
		if err != nil || len(d) != 1 || tries != 10 || d[0].Attempts != 10 || d[0].Error != "internal error.internal" {
			t.Fatalf("%d tries, %+v, %v", tries, d, err)
		}
		if err := q.Retry(ctx, "none"); !fault.Is(err, fault.NotFound) {
			t.Fatal(err)
		}
		q.Handle("bad", ok)
		must(t, q.Retry(ctx, d[0].ID), q.Settle(ctx))
		if d, _ = q.Dead(ctx); len(d) != 0 || !fault.Is(q.Drop(ctx, "none"), fault.NotFound) {
			t.Fatalf("%+v", d)
		}
	})
}

// What failed is in the log, and no value that it failed on.
func TestLogTellsNoValue(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB, c *clock, _ *jobs.Queue) {
		var log bytes.Buffer
		q := jobs.New(db, c.now, slog.New(slog.NewTextHandler(&log, nil)))
		q.Handle("twice", func(ctx context.Context, _ []byte) error {
			insert := "INSERT INTO jobs_periodic (name, next_at, lease_at, owner) VALUES ('somebody', 0, 0, '')"
			return errors.Join(db.Conn(ctx).Exec(insert).Error, db.Conn(ctx).Exec(insert).Error)
		})
		q.Handle("panics", func(context.Context, []byte) error { panic("somebody") })
		q.Every("timer", time.Hour, func(context.Context) error { return errors.New("somebody") })
		must(t, q.Enqueue(ctx, "twice", "", nil, time.Time{}), q.Enqueue(ctx, "panics", "", nil, time.Time{}), q.Settle(ctx))
		if strings.Contains(log.String(), "somebody") {
			t.Error(log.String())
		}
		for _, want := range []string{map[database.Dialect]string{database.SQLite: "sqlite 1555", database.Postgres: "sqlstate 23505"}[db.Dialect()],
			"panic string in jobs_test.", "timer failed"} {
			if !strings.Contains(log.String(), want) {
				t.Errorf("%q is not told: %s", want, log.String())
			}
		}
	})
}

func TestTransactionAndKeys(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB, c *clock, q *jobs.Queue) {
		var got []string
		q.Handle("k", func(_ context.Context, p []byte) error { got = append(got, string(p)); return nil })
		err := db.Within(ctx, func(ctx context.Context) error {
			return errors.Join(q.Enqueue(ctx, "k", "", []byte("rolled back"), time.Time{}), errBoom)
		})
		if !errors.Is(err, errBoom) {
			t.Fatal(err)
		}
		must(t, q.Settle(ctx))
		must(t, q.Enqueue(ctx, "k", "same", []byte("a"), time.Time{}), q.Enqueue(ctx, "k", "same", []byte("b"), time.Time{}),
			q.Enqueue(ctx, "k", "", []byte("c"), time.Time{}), q.Enqueue(ctx, "k", "", []byte("d"), time.Time{}),
			q.Enqueue(ctx, "k", "later", []byte("e"), c.now().Add(time.Hour)), q.Enqueue(ctx, "nobody does this", "", nil, time.Time{}))
		c.pass(time.Minute)
		if age, err := q.Oldest(ctx); age != time.Minute || err != nil {
			t.Fatal(age, err)
		}
		must(t, q.Settle(ctx))
		if len(got) != 3 {
			t.Fatalf("ran %v", got)
		}
		c.pass(time.Hour)
		must(t, q.Settle(ctx))
		if len(got) != 4 || got[3] != "e" {
			t.Fatalf("ran %v", got)
		}
	})
}

// A job whose process died runs again when its lease ends, not before.
func TestLease(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB, c *clock, q *jobs.Queue) {
		other := jobs.New(db, c.now, quiet())
		ran := 0
		other.Handle("k", func(context.Context, []byte) error { ran++; return nil })
		q.Handle("k", func(ctx context.Context, _ []byte) error {
			must(t, other.Settle(ctx))
			if ran != 0 {
				t.Error("two processes have one job")
			}
			c.pass(3 * time.Minute) // as if this process had been stopped
			must(t, other.Settle(ctx))
			return errBoom
		})
		must(t, q.Enqueue(ctx, "k", "", nil, time.Time{}), q.Settle(ctx))
		c.pass(8 * time.Hour)
		must(t, other.Settle(ctx))
		if ran != 1 {
			t.Fatalf("ran %d times after the takeover", ran)
		}
	})
}

func TestTimetable(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB, c *clock, q *jobs.Queue) {
		n := 0
		var fail error
		tick := func(context.Context) error { n++; return fail }
		other := jobs.New(db, c.now, quiet())
		q.Every("sweep", time.Hour, tick)
		other.Every("sweep", time.Hour, tick)
		for range 3 {
			must(t, q.Settle(ctx), other.Settle(ctx))
		}
		if n != 1 {
			t.Fatalf("ran %d times in the first hour", n)
		}
		fail = errBoom
		c.pass(time.Hour)
		must(t, other.Settle(ctx), q.Settle(ctx))
		fail = nil
		c.pass(time.Minute)
		must(t, q.Settle(ctx), other.Settle(ctx))
		if n != 3 {
			t.Fatalf("ran %d times, want again a minute after a failure", n)
		}
	})
}

// Two processes share many jobs, each of which runs once; stopping hands back.
func TestRun(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB, c *clock, q *jobs.Queue) {
		const total = 40
		var mu sync.Mutex
		seen := map[string]int{}
		all := make(chan struct{})
		h := func(_ context.Context, p []byte) error {
			mu.Lock()
			defer mu.Unlock()
			if seen[string(p)]++; len(seen) == total {
				close(all)
			}
			return nil
		}
		other := jobs.New(db, c.now, quiet())
		q.Handle("k", h)
		other.Handle("k", h)
		started := make(chan struct{})
		q.Handle("slow", func(ctx context.Context, _ []byte) error { close(started); <-ctx.Done(); return ctx.Err() })
		for i := range total {
			must(t, q.Enqueue(ctx, "k", "", []byte(fmt.Sprint(i)), time.Time{}))
		}
		run, stop := context.WithCancel(ctx)
		var wg sync.WaitGroup
		wg.Go(func() { _ = q.Run(run) })
		wg.Go(func() { _ = other.Run(run) })
		<-all
		must(t, q.Enqueue(ctx, "slow", "", nil, time.Time{}))
		<-started
		stop()
		wg.Wait()
		for p, n := range seen {
			if n != 1 {
				t.Errorf("%s ran %d times", p, n)
			}
		}
		ran := false
		q.Handle("slow", func(context.Context, []byte) error { ran = true; return nil })
		if must(t, q.Settle(ctx)); !ran {
			t.Error("the job that was cut off is not waiting")
		}
	})
}
