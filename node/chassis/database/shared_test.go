package database_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/chassis/database/dbtest"
)

// queue holds the one leader up with a first part, so that all that is called until
// release shares the next transaction.
type queue struct {
	db      *database.DB
	release func()
	wg      sync.WaitGroup
	errs    map[string]error
	mu      sync.Mutex
	n       int
}

func hold(t *testing.T, db *database.DB) *queue {
	t.Helper()
	db.Lead(1)
	begun, end := make(chan struct{}), make(chan struct{})
	q := &queue{db: db, errs: map[string]error{}, release: func() { close(end) }}
	q.wg.Go(func() {
		if err := db.Shared(t.Context(), "first", func(context.Context) error { close(begun); <-end; return nil }); err != nil {
			t.Errorf("the first part: %v", err)
		}
	})
	<-begun
	return q
}

// call calls Shared and returns when the call waits.
func (q *queue) call(ctx context.Context, name, key string, f func(ctx context.Context) error) {
	q.wg.Go(func() {
		err := q.db.Shared(ctx, key, f)
		q.mu.Lock()
		defer q.mu.Unlock()
		q.errs[name] = err
	})
	for q.n++; q.db.Waiting() < q.n; {
		runtime.Gosched()
	}
}

func (q *queue) end() map[string]error {
	q.release()
	q.wg.Wait()
	return q.errs
}

func insert(ctx context.Context, db *database.DB, id string) error {
	return db.Conn(ctx).Exec("INSERT INTO a (id, n) VALUES (?, 1)", id).Error
}

func ids(t *testing.T, db *database.DB) string {
	t.Helper()
	var out []string
	if err := db.Reader(t.Context()).Raw("SELECT id FROM a ORDER BY id").Scan(&out).Error; err != nil {
		t.Fatal(err)
	}
	return strings.Join(out, " ")
}

// Each part has its own fate: what fails or panics takes nothing with it.
func TestSharedFates(t *testing.T) {
	dbtest.Each(t, []database.Set{one}, func(t *testing.T, db *database.DB) {
		q, boom := hold(t, db), errors.New("boom")
		var flushed []any
		var after []string
		flushes := 0
		part := func(id string, ends func(ctx context.Context) error) func(context.Context) error {
			return func(ctx context.Context) error {
				db.AfterCommit(ctx, func() { after = append(after, id) })
				return errors.Join(insert(ctx, db, id), db.Gather(ctx, "k", id, func(_ context.Context, items []any) error {
					flushes++
					flushed = items
					return nil
				}), ends(ctx))
			}
		}
		fine := func(context.Context) error { return nil }
		q.call(t.Context(), "a", "a", part("a", fine))
		q.call(t.Context(), "b", "b", part("b", func(context.Context) error { return boom }))
		q.call(t.Context(), "c", "c", part("c", func(context.Context) error { panic("no") }))
		q.call(t.Context(), "d", "d", part("d", func(ctx context.Context) error { return insert(ctx, db, "a") })) // a row that is there
		q.call(t.Context(), "e", "e", part("e", fine))
		q.call(t.Context(), "f", "f", part("f", func(ctx context.Context) error { return db.Conn(ctx).Exec("no sql at all").Error }))
		q.call(t.Context(), "g", "g", part("g", func(ctx context.Context) error { return db.Shared(ctx, "x", part("h", fine)) }))
		errs := q.end()
		if !errors.Is(errs["b"], boom) || !fault.Is(errs["c"], fault.Internal) || !database.IsUnique(errs["d"]) || errs["f"] == nil {
			t.Errorf("the errors: %v", errs)
		}
		for _, good := range []string{"a", "e", "g"} {
			if errs[good] != nil {
				t.Errorf("%s: %v", good, errs[good])
			}
		}
		if got := ids(t, db); got != "a e g h" {
			t.Errorf("kept: %s", got)
		}
		if flushes != 1 || !cmp.Equal(flushed, []any{"a", "e", "g", "h"}) || !slices.Equal(after, []string{"a", "e", "g", "h"}) {
			t.Errorf("%d flushes, %v; after the commit %v", flushes, flushed, after)
		}
	})
}

// A last act that fails takes the shared transaction down; then each part is tried by itself.
func TestSharedLastActFails(t *testing.T) {
	dbtest.Each(t, []database.Set{one}, func(t *testing.T, db *database.DB) {
		q, boom := hold(t, db), errors.New("boom")
		runs := map[string]int{}
		for _, id := range []string{"a", "b", "c"} {
			q.call(t.Context(), id, id, func(ctx context.Context) error {
				runs[id]++
				return errors.Join(insert(ctx, db, id), db.Gather(ctx, "k", id, func(_ context.Context, items []any) error {
					if slices.Contains(items, any("b")) {
						return boom
					}
					return nil
				}))
			})
		}
		errs := q.end()
		if errs["a"] != nil || !errors.Is(errs["b"], boom) || errs["c"] != nil || ids(t, db) != "a c" {
			t.Errorf("%v, kept %s", errs, ids(t, db))
		}
		if !cmp.Equal(runs, map[string]int{"a": 2, "b": 2, "c": 2}) {
			t.Errorf("runs %v", runs)
		}
	})
}

// When the commit itself fails, everybody is told, and nothing is there.
func TestSharedCommitFails(t *testing.T) {
	deferred := set(map[string]string{"0001_a.sql": `CREATE TABLE a (id TEXT NOT NULL, n BIGINT NOT NULL, CONSTRAINT a_pk PRIMARY KEY (id));
CREATE TABLE child (id TEXT NOT NULL, CONSTRAINT child_of FOREIGN KEY (id) REFERENCES a (id) DEFERRABLE INITIALLY DEFERRED);`})
	dbtest.Each(t, []database.Set{deferred}, func(t *testing.T, db *database.DB) {
		q := hold(t, db)
		called := false
		q.call(t.Context(), "a", "a", func(ctx context.Context) error {
			db.AfterCommit(ctx, func() { called = true })
			return insert(ctx, db, "a")
		})
		q.call(t.Context(), "b", "b", func(ctx context.Context) error {
			return db.Conn(ctx).Exec("INSERT INTO child (id) VALUES ('nobody')").Error
		})
		errs := q.end()
		if errs["a"] == nil || errs["b"] == nil || called || ids(t, db) != "" {
			t.Errorf("%v, called %v, kept %q", errs, called, ids(t, db))
		}
		if err := db.Shared(t.Context(), "c", func(ctx context.Context) error { return insert(ctx, db, "c") }); err != nil || ids(t, db) != "c" {
			t.Errorf("the next one: %v, kept %q", err, ids(t, db))
		}
	})
}

// Who gives up while waiting is not run; who runs is not stopped, and hears how it went.
func TestSharedGivingUp(t *testing.T) {
	dbtest.Each(t, []database.Set{one}, func(t *testing.T, db *database.DB) {
		q := hold(t, db)
		ctx, cancel := context.WithCancel(t.Context())
		running, cancelRunning := context.WithCancel(t.Context())
		q.call(running, "a", "a", func(ctx context.Context) error {
			cancelRunning()
			return insert(ctx, db, "a")
		})
		q.call(ctx, "b", "b", func(ctx context.Context) error { return insert(ctx, db, "b") })
		cancel()
		for db.Waiting() > 1 {
			runtime.Gosched()
		}
		errs := q.end()
		if errs["a"] != nil || !errors.Is(errs["b"], context.Canceled) || ids(t, db) != "a" {
			t.Errorf("%v, kept %q", errs, ids(t, db))
		}
	})
}

// Parts of one key keep their order, also where others got in the way of one of them.
func TestSharedOrder(t *testing.T) {
	dbtest.Each(t, []database.Set{one}, func(t *testing.T, db *database.DB) {
		q := hold(t, db)
		var order []int
		tries := 0
		for i := range 10 {
			q.call(t.Context(), fmt.Sprint(i), "key", func(ctx context.Context) error {
				if i == 4 {
					if tries++; tries < 3 {
						return &pgconn.PgError{Code: "40P01"}
					}
				}
				db.AfterCommit(ctx, func() { order = append(order, i) })
				return insert(ctx, db, fmt.Sprint(i))
			})
		}
		for name, err := range q.end() {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if !slices.IsSorted(order) || len(order) != 10 || tries != 3 {
			t.Errorf("order %v, tries %d", order, tries)
		}
	})
}

// Two keys may run side by side, one key never does.
func TestSharedSideBySide(t *testing.T) {
	dbtest.Each(t, []database.Set{one}, func(t *testing.T, db *database.DB) {
		var wg sync.WaitGroup
		var mu sync.Mutex
		at := map[string]int{}
		for i := range 60 {
			key := fmt.Sprint(i % 3)
			wg.Go(func() {
				err := db.Shared(t.Context(), key, func(ctx context.Context) error {
					mu.Lock()
					at[key]++
					alone := at[key] == 1
					mu.Unlock()
					err := insert(ctx, db, fmt.Sprint("r", i))
					mu.Lock()
					at[key]--
					mu.Unlock()
					if !alone {
						return errors.New("not alone")
					}
					return err
				})
				if err != nil {
					t.Errorf("%d: %v", i, err)
				}
			})
		}
		wg.Wait()
		if n := len(strings.Fields(ids(t, db))); n != 60 {
			t.Errorf("%d rows of 60", n)
		}
	})
}

func TestRemember(t *testing.T) {
	dbtest.Each(t, []database.Set{one}, func(t *testing.T, db *database.DB) {
		asked := 0
		look := func(ctx context.Context) int {
			n, err := database.Remember(ctx, db, "a", "count", func() (int, error) {
				asked++
				var n int
				err := db.Reader(ctx).Raw("SELECT count(*) FROM a").Scan(&n).Error
				return n, err
			})
			if err != nil {
				t.Error(err)
			}
			return n
		}
		if look(t.Context()); look(t.Context()) != 0 || asked != 2 {
			t.Errorf("outside of a transaction: asked %d times", asked)
		}
		type row struct {
			ID string `gorm:"column:id"`
			N  int64  `gorm:"column:n"`
		}
		writes := []func(ctx context.Context) error{
			func(ctx context.Context) error { return insert(ctx, db, "raw") },
			func(ctx context.Context) error { return db.Conn(ctx).Table("a").Create(&row{ID: "create"}).Error },
			func(ctx context.Context) error {
				return db.Conn(ctx).Table("a").Where("id = ?", "raw").Delete(&row{}).Error
			},
			func(ctx context.Context) error {
				return db.Conn(ctx).Table("a").Where("id = ?", "create").Update("n", 7).Error
			},
			func(ctx context.Context) error { db.Forget(ctx, "a"); return nil },
		}
		err := db.Within(t.Context(), func(ctx context.Context) error {
			for i, write := range writes {
				asked = 0
				if look(ctx); look(ctx) < 0 || asked > 1 {
					t.Errorf("before write %d: asked %d times", i, asked)
				}
				if err := write(ctx); err != nil {
					return err
				}
				asked = 0
				if look(ctx); asked != 1 {
					t.Errorf("after write %d: asked %d times", i, asked)
				}
			}
			_, err := database.Remember(ctx, db, "a", "fails", func() (int, error) { return 1, errors.New("away") })
			n, err2 := database.Remember(ctx, db, "a", "fails", func() (int, error) { return 2, nil })
			if err == nil || err2 != nil || n != 2 {
				t.Errorf("a failure is remembered: %v %d %v", err, n, err2)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}

		// What a part that is taken back has seen is not what the next one sees.
		q := hold(t, db)
		q.call(t.Context(), "a", "a", func(ctx context.Context) error {
			if err := insert(ctx, db, "gone"); err != nil {
				return err
			}
			look(ctx)
			return errors.New("taken back")
		})
		var seen int
		q.call(t.Context(), "b", "b", func(ctx context.Context) error { seen = look(ctx); return nil })
		if errs := q.end(); errs["b"] != nil || seen != 1 {
			t.Errorf("%v, saw %d rows", errs, seen)
		}
	})
}
