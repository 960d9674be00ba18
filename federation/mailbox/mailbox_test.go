package mailbox_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/chassis/database/dbtest"
	"github.com/saphan-network/saphan/policies"
)

const (
	self  = "https://hub.example/ap/network"
	alpha = "https://alpha.example/ap/org"
	beta  = "https://beta.example/ap/org"
)

type nothing struct{}

func (nothing) Decided(context.Context, policies.Entry) error   { return nil }
func (nothing) Cleared(context.Context, policies.Receipt) error { return nil }

// office is a hub's mailbox with a gate before it, on a clock that the test moves.
type office struct {
	t     testing.TB
	db    *database.DB
	store *mailbox.Store
	gate  *policies.Gate
	mu    sync.Mutex
	clock time.Time
}

func (o *office) now() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.clock
}

func (o *office) pass(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.clock = o.clock.Add(d)
}

func open(t testing.TB, db *database.DB) *office {
	t.Helper()
	o := &office{t: t, db: db, clock: time.Date(2026, 11, 25, 5, 30, 0, 0, time.UTC)}
	o.store = mailbox.New(db, o.now)
	g, err := policies.New(policies.Config{Self: self, Ledger: nothing{}, Now: o.now, Seal: []byte(strings.Repeat("s", 32)),
		Peers: func(_ context.Context, actor string) (policies.Peer, bool, error) {
			return policies.Peer{Actor: actor, Role: "candidate"}, true, nil
		}})
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Load(nil); err != nil {
		t.Fatal(err)
	}
	o.gate = g
	return o
}

// clear makes an invitation with a number and has it cleared.
func (o *office) clear(to string, seq int64) (policies.Clearance, mailbox.Draft) {
	o.t.Helper()
	ctx := context.Background()
	a := federation.Activity{ID: "https://hub.example/ap/act/" + opaque.ID(), Type: federation.Invite, Actor: self, To: to,
		Published: o.now().Truncate(time.Hour), Sequence: seq, Object: self}
	body, err := gofed.Encode(a)
	if err != nil {
		o.t.Fatal(err)
	}
	d, err := o.gate.Decide(ctx, policies.Request{Peer: to, Purpose: policies.Membership, Facts: policies.Facts{"membership/message": {"Invite"}}})
	if err != nil {
		o.t.Fatal(err)
	}
	c, err := o.gate.Clear(ctx, d, body)
	if err != nil {
		o.t.Fatal(err)
	}
	return c, mailbox.Draft{To: to, ActivityID: a.ID, Type: string(a.Type), Sequence: seq, Body: body}
}

// send enqueues one invitation in a thread and returns its id.
func (o *office) send(to, thread string) (id string, err error) {
	err = o.db.Within(context.Background(), func(ctx context.Context) error {
		n, err := o.store.NextSequence(ctx, to)
		if err != nil {
			return err
		}
		c, d := o.clear(to, n)
		d.Thread = thread
		id = d.ActivityID
		return o.store.Enqueue(ctx, c, d)
	})
	return id, err
}

func (o *office) must(to, thread string) string {
	o.t.Helper()
	id, err := o.send(to, thread)
	if err != nil {
		o.t.Fatal(err)
	}
	return id
}

func (o *office) claim(to string) *mailbox.Claim {
	o.t.Helper()
	c, err := o.store.Claim(context.Background(), to, 30*time.Second)
	if err != nil {
		o.t.Fatal(err)
	}
	return c
}

func (o *office) ok(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

func each(t *testing.T, f func(t *testing.T, o *office)) {
	dbtest.Each(t, []database.Set{mailbox.Migrations()}, func(t *testing.T, db *database.DB) { f(t, open(t, db)) })
}

func TestEnqueueRefuses(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ctx := context.Background()
		try := func(f func(ctx context.Context) error) error {
			return o.db.Within(ctx, func(ctx context.Context) error { return f(ctx) })
		}
		c, d := o.clear(alpha, 1)
		if _, err := o.store.NextSequence(ctx, alpha); err == nil {
			t.Error("a number outside of a transaction")
		}
		if err := o.store.Enqueue(ctx, c, d); err == nil {
			t.Error("enqueued outside of a transaction")
		}
		if err := try(func(ctx context.Context) error { return o.store.Enqueue(ctx, policies.Clearance{}, d) }); !fault.Is(err, fault.Denied) {
			t.Errorf("zero clearance: %v", err)
		}
		other := d
		other.Body = []byte(strings.Replace(string(d.Body), "Invite", "Offer", 1))
		if err := try(func(ctx context.Context) error { return o.store.Enqueue(ctx, c, other) }); !fault.Is(err, fault.Denied) {
			t.Errorf("other bytes: %v", err)
		}
		c, d = o.clear(alpha, 1)
		other = d
		other.To = beta
		if err := try(func(ctx context.Context) error { return o.store.Enqueue(ctx, c, other) }); !fault.Is(err, fault.Denied) {
			t.Errorf("other peer: %v", err)
		}
		c, d = o.clear(alpha, 2)
		if err := try(func(ctx context.Context) error { return o.store.Enqueue(ctx, c, d) }); err == nil {
			t.Error("a number was skipped")
		}
		c, d = o.clear(alpha, 1)
		other = d
		other.Door = "https://elsewhere.example/ap/applications"
		if err := try(func(ctx context.Context) error { return o.store.Enqueue(ctx, c, other) }); !fault.Is(err, fault.Invalid) {
			t.Errorf("a door of another server: %v", err)
		}
		d.Door = strings.TrimSuffix(alpha, "/ap/org") + "/ap/applications"
		if err := try(func(ctx context.Context) error { return o.store.Enqueue(ctx, c, d) }); err != nil {
			t.Fatal(err)
		}
		if err := try(func(ctx context.Context) error { return o.store.Enqueue(ctx, c, d) }); !fault.Is(err, fault.Denied) {
			t.Errorf("used clearance: %v", err)
		}
		if q, err := o.store.Queue(ctx, ""); err != nil || len(q) != 1 || q[0].Receipt.Decision == "" {
			t.Errorf("the queue holds %d, %v", len(q), err)
		}
		it, err := o.store.Item(ctx, d.ActivityID)
		if err != nil || string(it.Body) != string(d.Body) || it.Door != d.Door {
			t.Errorf("the bytes are not kept: %v", err)
		}
		if _, err := o.store.Item(ctx, "https://hub.example/ap/act/none"); !fault.Is(err, fault.NotFound) {
			t.Errorf("an absent item: %v", err)
		}
	})
}

func TestSequenceHasNoGaps(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ctx := context.Background()
		boom := errors.New("boom")
		var wg sync.WaitGroup
		for i := range 24 {
			wg.Go(func() {
				err := o.db.Within(ctx, func(ctx context.Context) error {
					n, err := o.store.NextSequence(ctx, alpha)
					if err != nil {
						return err
					}
					if i%6 == 5 {
						return nil // changed its mind: the number must not be lost
					}
					c, d := o.clear(alpha, n)
					if err := o.store.Enqueue(ctx, c, d); err != nil {
						return err
					}
					if i%6 == 4 {
						return boom
					}
					return nil
				})
				if err != nil && !errors.Is(err, boom) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		q, err := o.store.Queue(ctx, alpha)
		if err != nil || len(q) != 16 {
			t.Fatalf("%d in the queue, %v", len(q), err)
		}
		for i, it := range q {
			if it.Sequence != int64(i+1) {
				t.Fatalf("number %d at place %d", it.Sequence, i+1)
			}
		}
	})
}

func TestReservedNumber(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ctx := context.Background()
		var n int64
		o.ok(o.db.Within(ctx, func(ctx context.Context) (err error) { n, err = o.store.Reserve(ctx, alpha); return err }))
		o.must(alpha, "") // overtakes
		for i, want := range []bool{true, false} {
			err := o.db.Within(ctx, func(ctx context.Context) error {
				c, d := o.clear(alpha, n)
				return o.store.Enqueue(ctx, c, d)
			})
			if (err == nil) != want {
				t.Fatalf("use %d of the reserved number: %v", i+1, err)
			}
		}
		o.must(alpha, "")
		q, err := o.store.Queue(ctx, alpha)
		if err != nil || len(q) != 3 || q[0].Sequence != 1 || q[2].Sequence != 3 {
			t.Fatalf("%+v, %v", q, err)
		}
	})
}

func TestOrderLeaseAndHolding(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ctx := context.Background()
		a1 := o.must(alpha, "t1")
		a2 := o.must(alpha, "t1")
		a3 := o.must(alpha, "t2")
		b1 := o.must(beta, "")
		c := o.claim(alpha)
		if c == nil || c.Item.ActivityID != a1 || c.Item.Attempts != 1 {
			t.Fatalf("first claim: %+v", c)
		}
		if o.claim(alpha) != nil {
			t.Fatal("two workers hold one line")
		}
		if due, _ := o.store.Due(ctx); len(due) != 1 || due[0] != beta {
			t.Fatalf("due: %v", due)
		}
		if err := o.store.Drop(ctx, a1, "mistake"); !fault.Is(err, fault.Conflict) {
			t.Fatalf("dropped while it is being sent: %v", err)
		}
		o.pass(31 * time.Second) // the first worker has died
		again := o.claim(alpha)
		if again == nil || again.Item.ActivityID != a1 || again.Item.Attempts != 2 {
			t.Fatalf("take-over: %+v", again)
		}
		o.ok(o.store.Failed(ctx, c, mailbox.Failure{Key: "late", Hold: true}))
		if it, _ := o.store.Item(ctx, a1); it.State != mailbox.Sending {
			t.Fatalf("a worker without a lease has changed the state to %s", it.State)
		}
		o.ok(o.store.Failed(ctx, again, mailbox.Failure{Key: "delivery.error.rejected", Status: 400, Hold: true}))
		next := o.claim(alpha)
		if next == nil || next.Item.ActivityID != a3 {
			t.Fatalf("behind a held activity of another thread: %+v", next)
		}
		o.ok(o.store.Done(ctx, next))
		if o.claim(alpha) != nil {
			t.Fatal("the thread of a held activity went on")
		}
		if at, _ := o.store.NextDue(ctx); !at.IsZero() && at.Before(o.now()) {
			t.Fatalf("next due in the past: %v", at)
		}
		o.ok(o.store.Retry(ctx, a1))
		first := o.claim(alpha)
		if first == nil || first.Item.ActivityID != a1 || first.Item.Attempts != 1 {
			t.Fatalf("after a retry: %+v", first)
		}
		o.ok(o.store.Failed(ctx, first, mailbox.Failure{Key: "delivery.error.rejected", Status: 400, Hold: true}))
		o.ok(o.store.Drop(ctx, a1, "withdrawn"))
		last := o.claim(alpha)
		if last == nil || last.Item.ActivityID != a2 {
			t.Fatalf("after a drop: %+v", last)
		}
		o.ok(o.store.Done(ctx, last))
		if err := o.store.Retry(ctx, a2); !fault.Is(err, fault.Conflict) {
			t.Fatalf("retried what was sent: %v", err)
		}
		cb := o.claim(beta)
		if cb == nil || cb.Item.ActivityID != b1 {
			t.Fatalf("the other peer: %+v", cb)
		}
		o.ok(o.store.Release(ctx, cb))
		l, err := o.store.Line(ctx, alpha)
		if err != nil || l.Waiting != 0 || l.Held != 0 || l.Last != 3 {
			t.Fatalf("line: %+v, %v", l, err)
		}
	})
}

func TestBackoffPauseAndSignOfLife(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ctx := context.Background()
		o.must(alpha, "t1")
		fail := func(after time.Duration, firm bool) {
			t.Helper()
			c := o.claim(alpha)
			if c == nil {
				t.Fatal("nothing to claim")
			}
			o.ok(o.store.Failed(ctx, c, mailbox.Failure{Key: "delivery.error.unreachable", Next: o.now().Add(after), Firm: firm}))
		}
		fail(time.Hour, false)
		if o.claim(alpha) != nil {
			t.Fatal("tried during back-off")
		}
		hello := func() {
			t.Helper()
			o.ok(o.db.Within(ctx, func(ctx context.Context) error {
				_, err := o.store.Receive(ctx, received(alpha, opaque.ID(), 0))
				return err
			}))
		}
		o.pass(500 * time.Millisecond)
		hello()
		if o.claim(alpha) != nil {
			t.Fatal("tried again within a second of the last attempt")
		}
		o.pass(5 * time.Second)
		if due, _ := o.store.Due(ctx); len(due) != 1 {
			t.Fatal("a sign of life does not wake the line")
		}
		fail(time.Hour, true)
		o.pass(10 * time.Second)
		hello()
		o.pass(10 * time.Second)
		if o.claim(alpha) != nil {
			t.Fatal("Retry-After was not kept")
		}
		if at, err := o.store.NextDue(ctx); err != nil || !at.After(o.now()) {
			t.Fatalf("next due %v, %v", at, err)
		}
		o.pass(time.Hour)
		for range 4 {
			fail(0, false)
		}
		if l, _ := o.store.Line(ctx, alpha); !l.Broken || l.ErrorKey == "" || l.Failures != 6 {
			t.Fatalf("line: %+v", l)
		}
		o.ok(o.store.Pause(ctx, alpha, "maintenance"))
		if o.claim(alpha) != nil {
			t.Fatal("sent to a paused peer")
		}
		o.ok(o.store.Resume(ctx, alpha))
		c := o.claim(alpha)
		o.ok(o.store.Done(ctx, c))
		if l, _ := o.store.Line(ctx, alpha); l.Failures != 0 || l.ErrorKey != "" || l.OK.IsZero() {
			t.Fatalf("line after success: %+v", l)
		}
	})
}

func received(actor, id string, seq int64) mailbox.Received {
	raw := []byte("{" + id + "}")
	sum := sha256.Sum256(raw)
	return mailbox.Received{ActivityID: strings.TrimSuffix(actor, "org") + "act/" + id, Actor: actor, Type: "Join",
		SHA256: hex.EncodeToString(sum[:]), Sequence: seq, Raw: raw}
}

func TestReceiveOnce(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ctx := context.Background()
		r := received(alpha, opaque.ID(), 3)
		var mu sync.Mutex
		fresh := 0
		var wg sync.WaitGroup
		for range 12 {
			wg.Go(func() {
				err := o.db.Within(ctx, func(ctx context.Context) error {
					f, err := o.store.Receive(ctx, r)
					mu.Lock()
					defer mu.Unlock()
					if f {
						fresh++
					}
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if fresh != 1 {
			t.Fatalf("fresh %d times", fresh)
		}
		for _, bad := range []mailbox.Received{
			{ActivityID: r.ActivityID, Actor: r.Actor, Type: r.Type, SHA256: strings.Repeat("0", 64)},
			{ActivityID: r.ActivityID, Actor: beta, Type: r.Type, SHA256: r.SHA256},
		} {
			err := o.db.Within(ctx, func(ctx context.Context) error { _, err := o.store.Receive(ctx, bad); return err })
			if !fault.Is(err, fault.Conflict) {
				t.Errorf("other bytes or sender: %v", err)
			}
		}
		o.must(alpha, "")
		if l, _ := o.store.Line(ctx, alpha); l.HeardLast != 3 || l.Missing != 2 {
			t.Errorf("two numbers are missing, the line says %+v", l)
		}
	})
}

func TestQuarantine(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ctx := context.Background()
		done := received(alpha, opaque.ID(), 1)
		o.ok(o.db.Within(ctx, func(ctx context.Context) error { _, err := o.store.Receive(ctx, done); return err }))
		o.ok(o.store.Quarantine(ctx, done, "error.internal"))
		if q, _ := o.store.Quarantined(ctx); len(q) != 0 {
			t.Fatal("what was applied went into quarantine")
		}
		r2, r3 := received(alpha, opaque.ID(), 2), received(alpha, opaque.ID(), 3)
		o.ok(o.store.Quarantine(ctx, r2, "error.internal"))
		o.pass(time.Millisecond)
		o.ok(o.store.Quarantine(ctx, r3, "error.internal"))
		var saw []int64
		apply := func(fail bool) func(context.Context, mailbox.Received) error {
			return func(_ context.Context, r mailbox.Received) error {
				saw = append(saw, r.Sequence)
				if fail {
					return fault.New(fault.Unavailable, "error.still")
				}
				if len(r.Raw) == 0 {
					return errors.New("the bytes are gone")
				}
				return nil
			}
		}
		if n, err := o.store.RetryQuarantined(ctx, false, apply(false)); n != 0 || err != nil || len(saw) != 0 {
			t.Fatalf("retried before its time: %d %v %v", n, err, saw)
		}
		o.pass(2 * time.Second)
		if n, err := o.store.RetryQuarantined(ctx, false, apply(true)); n != 0 || err != nil || fmt.Sprint(saw) != "[2]" {
			t.Fatalf("the order was not kept: %d %v %v", n, err, saw)
		}
		if q, _ := o.store.Quarantined(ctx); len(q) != 2 || q[0].Reason != "error.still" || q[0].Attempts != 2 {
			t.Fatalf("quarantine: %+v", q)
		}
		if n, err := o.store.RetryQuarantined(ctx, true, apply(false)); n != 2 || err != nil {
			t.Fatalf("applied %d, %v", n, err)
		}
		if q, _ := o.store.Quarantined(ctx); len(q) != 0 {
			t.Fatal("still in quarantine")
		}
		if err := o.store.DiscardQuarantined(ctx, r2.ActivityID); !fault.Is(err, fault.NotFound) {
			t.Fatalf("discarded what is not there: %v", err)
		}
	})
}
