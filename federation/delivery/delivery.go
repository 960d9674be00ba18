// Package delivery sends what the outbox holds. It owns the only outbound HTTP
// client of the whole program: nothing leaves a server by another way, and this
// way takes nothing but a policies.Clearance made for these bytes and this peer.
//
// One request is in flight for each peer, in the order of its numbers; a peer
// that is away holds up nobody else, nor does one that is slow. An activity goes out at least once: a
// process that dies between the peer's answer and our note of it sends again,
// and the peer knows the second copy by its id.
package delivery

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/policies"
)

// Signer signs a request; *sign.Key is one.
type Signer interface {
	Sign(req *http.Request, body []byte, now time.Time) error
	Sign9421(req *http.Request, body []byte, now time.Time) error
	// SignEd25519 is Sign9421 with the Ed25519 key, whose id AssertionID is; "" if there is none.
	SignEd25519(req *http.Request, body []byte, now time.Time) error
	AssertionID() string
}

// ReaderSigner signs a request to a reader, always by draft-cavage, which all software
// of the fediverse verifies.
type ReaderSigner interface {
	Sign(req *http.Request, body []byte, now time.Time) error
}

// Gate makes a fresh clearance at send time; *policies.Gate is one.
type Gate interface {
	Recheck(ctx context.Context, r policies.Receipt, body []byte) (policies.Clearance, error)
}

// Config is what a Worker needs.
type Config struct {
	Store     *mailbox.Store
	Gate      Gate
	Key       Signer
	Now       func() time.Time
	Log       *slog.Logger
	UserAgent string // says which program and server asks, e.g. "saphan-node/0.1 (+https://clinic.example)"
	// AllowPrivate lets it speak to private and loopback addresses and without
	// TLS: for networks on one machine, never for a real installation.
	AllowPrivate bool
	// Sync, if not nil, returns the Collection-Synchronization header (FEP-8fcf) for a
	// peer, "" for none. It may tell nothing but what the peer may read anyway.
	Sync func(ctx context.Context, peer mailbox.Peer) string
	// Readers, if not nil, knows the inboxes outside of the network to which public
	// documents go; ReaderKey signs for them, as the public actor.
	Readers   func(ctx context.Context, inbox string) (bool, error)
	ReaderKey ReaderSigner
	// Jitter returns a factor for every back-off delay; nil means 0.8 to 1.2 at random.
	Jitter func() float64
}

const (
	lease   = 10 * time.Second // of a line, renewed while an attempt lasts: after a crash it stands still no longer
	renewal = lease / 4
	// How often others' commits on the same database are looked for. Whoever commits
	// also sends, so this is for commands, and for what a dead process leaves behind.
	poll = 2 * time.Second
)

// Worker drains the outbox. Make it with New; it is safe for concurrent use.
type Worker struct {
	c      Config
	client *http.Client
	wake   chan struct{}
	slots  *slots
	book   *book

	mu      sync.Mutex
	skews   map[string]time.Duration // by how much peers' clocks were last ahead of ours
	busy    map[string]bool          // peers being drained by this process
	idle    *sync.Cond               // signalled when busy shrinks
	running sync.WaitGroup

	attempts atomic.Int64
	beat     func() (now <-chan time.Time, stop func()) // when to renew a lease
}

// New returns a worker that is not yet running.
func New(c Config) (*Worker, error) {
	if c.Store == nil || c.Gate == nil || c.Key == nil || c.Now == nil {
		return nil, errors.New("delivery: store, gate, key and clock are needed")
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.UserAgent == "" {
		c.UserAgent = "saphan"
	}
	if c.Jitter == nil {
		c.Jitter = func() float64 { return 0.8 + 0.4*rand.Float64() }
	}
	w := &Worker{c: c, client: newClient(c.AllowPrivate), wake: make(chan struct{}, 1), slots: newSlots(), book: &book{store: c.Store}, busy: map[string]bool{},
		skews: map[string]time.Duration{}}
	w.beat = func() (<-chan time.Time, func()) { t := time.NewTicker(renewal); return t.C, t.Stop }
	w.idle = sync.NewCond(&w.mu)
	c.Store.OnWork(w.Wake)
	return w, nil
}

// Wake makes a running worker look for work at once.
func (w *Worker) Wake() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// Run sends until ctx ends, then waits for what is in flight: it is cut off, and
// given back to the queue. Database errors are logged and tried again.
func (w *Worker) Run(ctx context.Context) error {
	if err := w.c.Store.Recover(ctx); err != nil {
		return err
	}
	defer w.client.CloseIdleConnections()
	defer w.running.Wait()
	for {
		if err := w.start(ctx); err != nil && ctx.Err() == nil {
			w.c.Log.Error("delivery: looking for work", "cause", fault.Label(err))
		}
		next := poll
		if at, err := w.c.Store.NextDue(ctx); err == nil && !at.IsZero() {
			next = min(poll, max(at.Sub(w.c.Now()), 50*time.Millisecond))
		}
		t := time.NewTimer(next)
		select {
		case <-ctx.Done():
			t.Stop()
			return nil
		case <-w.wake:
			t.Stop()
		case <-t.C:
		}
	}
}

// start begins to drain every peer that has something due and is not being
// drained already.
func (w *Worker) start(ctx context.Context) error {
	lines, err := w.c.Store.Ready(ctx)
	if err != nil {
		return err
	}
	for _, p := range lines {
		w.mu.Lock()
		taken := w.busy[p.Peer]
		w.busy[p.Peer] = true
		w.mu.Unlock()
		if taken {
			continue
		}
		w.running.Go(func() { w.drain(ctx, p) })
	}
	return nil
}

// drain sends to one peer until nothing is due there.
func (w *Worker) drain(ctx context.Context, line mailbox.Ready) {
	again := false
	defer func() {
		w.mu.Lock()
		delete(w.busy, line.Peer)
		w.idle.Broadcast()
		w.mu.Unlock()
		if again {
			w.Wake()
		}
	}()
	for apart := line.Failing; ; {
		s := w.slots.enter(ctx, apart)
		if s == nil {
			return
		}
		more, err := w.turn(ctx, line.Peer, s)
		apart = s.leave()
		if err != nil {
			w.c.Log.Error("delivery: taking an activity, or writing down an attempt", "peer", line.Peer, "cause", fault.Label(err))
			return // if one was being sent, its lease runs out, and it is sent again
		}
		if !more {
			again = ctx.Err() == nil // something may be enqueued between this look and the end of drain
			return
		}
	}
}

// turn sends what is next for a peer, as long as it is quick, up to the quantum. It
// says whether it has stopped though there may be more.
func (w *Worker) turn(ctx context.Context, peer string, s *slot) (more bool, err error) {
	t := &mailbox.Turn{Peer: peer, Next: true}
	for n := 1; ; n++ {
		c, err := w.book.turn(t)
		if err != nil || c == nil {
			return !t.Next, err
		}
		w.attempts.Add(1)
		done := s.watch()
		f, cut := w.attempt(ctx, c)
		done()
		if cut {
			return false, w.c.Store.Release(context.WithoutCancel(ctx), c)
		}
		t = &mailbox.Turn{Peer: peer, Claim: c, Failure: f, Next: n < quantum && !s.late() && ctx.Err() == nil}
	}
}

// Settle sends all that is due by now and returns when nothing is, also nothing
// that another call has begun. It returns how many attempts were made meanwhile,
// at least one if it had to wait for any that was begun before.
// For tests and for a command that sends and ends.
func (w *Worker) Settle(ctx context.Context) (attempts int, err error) {
	before, waited := w.attempts.Load(), false
	stop := context.AfterFunc(ctx, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.idle.Broadcast()
	})
	defer stop()
	for {
		if err = w.start(ctx); err != nil {
			break
		}
		w.mu.Lock()
		worked := len(w.busy) > 0
		waited = waited || worked
		for len(w.busy) > 0 && ctx.Err() == nil {
			w.idle.Wait()
		}
		w.mu.Unlock()
		if err = ctx.Err(); err != nil || !worked {
			break
		}
	}
	attempts = int(w.attempts.Load() - before)
	if waited {
		attempts = max(attempts, 1) // else who settles a network would stop before what that attempt has caused
	}
	return attempts, err
}
