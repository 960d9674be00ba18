package delivery

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/chassis/database/dbtest"
)

// counter is what arrives at doors: how often, and in which order.
type counter struct {
	mu    sync.Mutex
	times map[string]int     // by id
	order map[string][]int64 // sequences by door
	t     *testing.T
}

func newCounter(t *testing.T) *counter {
	return &counter{t: t, times: map[string]int{}, order: map[string][]int64{}}
}

func (c *counter) take(name, body string) {
	a, err := gofed.Decode([]byte(body))
	if err != nil {
		c.t.Error(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.times[a.ID]++
	c.order[name] = append(c.order[name], a.Sequence)
}

// once fails unless n different things have come, each once, and in order at each door.
func (c *counter) once(n int) {
	c.t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.times) != n {
		c.t.Errorf("%d of %d have come", len(c.times), n)
	}
	for id, times := range c.times {
		if times != 1 {
			c.t.Errorf("%s came %d times", id, times)
		}
	}
	for name, order := range c.order {
		for i, seq := range order {
			if seq != int64(i+1) {
				c.t.Fatalf("at %s number %d came as the %d.", name, seq, i+1)
			}
		}
	}
}

// second is another process of the same server: its own connections to the database,
// its own worker.
func (o *world) second(url string) *Worker {
	o.t.Helper()
	db, err := database.Open(context.Background(), database.Config{URL: url})
	if err != nil {
		o.t.Fatal(err)
	}
	o.t.Cleanup(func() { _ = db.Close() })
	w, err := New(Config{Store: mailbox.New(db, o.now), Gate: o.gate, Key: key(), Now: o.now, AllowPrivate: true, Jitter: func() float64 { return 1 }})
	if err != nil {
		o.t.Fatal(err)
	}
	o.t.Cleanup(w.client.CloseIdleConnections)
	return w
}

// shared is a world on a PostgreSQL that other processes can open too.
func shared(t *testing.T, f func(o *world, url string)) {
	url := dbtest.Schema(t)
	db, err := database.Open(t.Context(), database.Config{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if _, err := db.Migrate(t.Context(), mailbox.Migrations()); err != nil {
		t.Fatal(err)
	}
	f(on(t, db), url)
}

// TestProcessesShareTheWork: several on one database, all awake at the same time;
// each message goes out once and in its order.
func TestProcessesShareTheWork(t *testing.T) {
	shared(t, func(o *world, url string) {
		got := newCounter(t)
		const doors, each = 12, 15
		for d := range doors {
			name := fmt.Sprintf("peer%d", d)
			actor, _ := o.peer(name, func(w http.ResponseWriter, body string) {
				got.take(name, body)
				w.WriteHeader(http.StatusAccepted)
			})
			for i := range each {
				o.send(actor, fmt.Sprint("thread", i%3))
			}
		}
		var wg sync.WaitGroup
		for _, w := range []*Worker{o.w, o.second(url), o.second(url)} {
			wg.Go(func() {
				if _, err := w.Settle(context.Background()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		o.settle() // what a worker held while the others looked
		got.once(doors * each)
	})
}

// TestAProcessDies in the middle of an attempt: nobody touches its line before its
// lease has run out, the others' lines go on, and then the rest goes out in order.
// The one that the dead one was sending may come twice; the peer knows it by its id.
func TestAProcessDies(t *testing.T) {
	shared(t, func(o *world, url string) {
		got := newCounter(t)
		door := func(name string) string {
			actor, _ := o.peer(name, func(w http.ResponseWriter, body string) {
				got.take(name, body)
				w.WriteHeader(http.StatusAccepted)
			})
			return actor
		}
		alpha, beta := door("alpha"), door("beta")
		for range 5 {
			o.send(alpha, "")
			o.send(beta, "")
		}
		dying := o.second(url)
		c, err := dying.book.turn(&mailbox.Turn{Peer: alpha, Next: true}) // and then it is killed
		if err != nil || c == nil {
			t.Fatal(c, err)
		}
		if n := o.settle(); n != 5 {
			t.Fatalf("%d attempts beside the line of the dead one", n)
		}
		o.pass(lease + time.Second)
		if n := o.settle(); n != 5 {
			t.Fatalf("%d attempts after the lease", n)
		}
		got.once(10)
		// It was not dead but asleep: what it says now is true, and changes nothing.
		if _, err := dying.book.turn(&mailbox.Turn{Peer: alpha, Claim: c, Failure: &mailbox.Failure{Key: "delivery.error.timeout", Next: o.now().Add(time.Hour)}}); err != nil {
			t.Fatal(err)
		}
		if l, err := o.store.Line(t.Context(), alpha); err != nil || l.Failures != 0 || l.Waiting != 0 {
			t.Fatalf("%+v %v", l, err)
		}
	})
}

// sendMany enqueues n messages in one transaction.
func (o *world) sendMany(to string, n int) {
	o.t.Helper()
	if err := o.db.Within(context.Background(), func(ctx context.Context) error {
		for range n {
			seq, err := o.store.NextSequence(ctx, to)
			if err != nil {
				return err
			}
			c, d := o.clear(to, seq)
			if err := o.store.Enqueue(ctx, c, d); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		o.t.Fatal(err)
	}
}

// TestSevenDaysAway: one peer is away for a week while everything for it is kept; the
// probes become rare, it counts as dead, and it is told; then it comes back, and all
// arrives in order and once. 10,000 messages on SQLite, fewer with -short.
func TestSevenDaysAway(t *testing.T) {
	many := 10_000
	if testing.Short() || racing { // the order and the single copy show with fewer too
		many = 800
	}
	o := on(t, dbtest.SQLite(t, mailbox.Migrations()))
	got := newCounter(t)
	alpha, door := o.peer("alpha", accepted)
	beta, _ := o.peer("beta", accepted)
	door.Shut()
	const days = 8 // many is a multiple of it
	probes := 0
	for day := range days {
		o.sendMany(alpha, many/days)
		for range 24 {
			o.pass(time.Hour)
			probes += o.settle()
		}
		o.send(beta, "")
		if n := o.settle(); n != 1 {
			t.Fatalf("day %d: %d attempts, to a peer that is well", day, n)
		}
	}
	if l, err := o.store.Line(t.Context(), alpha); err != nil || !l.Dead || !l.Broken || l.Waiting != many || l.ErrorKey == "" || l.Since.After(o.now().Add(-7*24*time.Hour)) {
		t.Fatalf("dead %v, broken %v, %d waiting, %q since %v, %v", l.Dead, l.Broken, l.Waiting, l.ErrorKey, l.Since, err)
	}
	if probes > 60 {
		t.Errorf("%d probes in a week", probes)
	}
	for range 25 {
		o.pass(time.Hour)
		probes += o.settle()
	}
	door.Open(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		got.take("alpha", string(body))
		w.WriteHeader(http.StatusAccepted)
	}))
	before := o.net.Tap().Len()
	for range 25 { // by itself, within a day
		o.pass(time.Hour)
		o.settle()
	}
	got.once(many)
	if n := o.net.Tap().Len() - before; n != many {
		t.Errorf("%d requests for %d messages", n, many)
	}
	if l, err := o.store.Line(t.Context(), alpha); err != nil || l.Dead || l.Broken || l.Waiting != 0 || l.Failures != 0 {
		t.Fatalf("%+v %v", l, err)
	}
}
