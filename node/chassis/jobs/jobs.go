// Package jobs runs work later, again, or every so often: a queue and a timetable
// in the server's own database, so that a job is there exactly when the
// transaction that wanted it has committed. Several processes may share them.
//
// A job runs at least once; handlers must bear to be run again. Payloads carry
// ids and codes, never a class A or B value.
package jobs

import (
	"context"
	"embed"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/node/chassis/database"
)

//go:embed migrations/*.sql
var migrations embed.FS

const (
	ready   = "ready"
	running = "running"
	dead    = "dead"

	lease       = 2 * time.Minute // renewed while a handler runs
	mostTries   = 10
	firstPause  = 10 * time.Second
	longestWait = 6 * time.Hour
	look        = 5 * time.Second // how often another process's jobs are looked for
)

// Handler does one job. Its context ends when the server stops.
type Handler func(ctx context.Context, payload []byte) error

type periodic struct {
	name  string
	every time.Duration
	f     func(ctx context.Context) error
}

// Queue is the queue and the timetable of one server.
type Queue struct {
	db    *database.DB
	now   func() time.Time
	log   *slog.Logger
	owner string
	wake  chan struct{}

	mu       sync.Mutex
	handlers map[string]Handler
	table    []periodic
}

// Migrations returns the tables of the queue.
func Migrations() database.Set { return database.Embedded("jobs", migrations) }

// New returns the queue kept in db.
func New(db *database.DB, now func() time.Time, log *slog.Logger) *Queue {
	return &Queue{db: db, now: now, log: log, owner: opaque.ID(), wake: make(chan struct{}, 1), handlers: map[string]Handler{}}
}

// Handle names who does the jobs of a kind. Call it before Run.
func (q *Queue) Handle(kind string, f Handler) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.handlers[kind] = f
}

// Every runs f once in each interval, in one process only, and for the first
// time when the name is new. Call it before Run.
func (q *Queue) Every(name string, interval time.Duration, f func(ctx context.Context) error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.table = append(q.table, periodic{name, interval, f})
}

// Enqueue adds a job to be run at an instant (the zero time is at once), in the
// running transaction if there is one. While a job of the kind with the same
// key waits, another is not added; an empty key is never the same.
func (q *Queue) Enqueue(ctx context.Context, kind, key string, payload []byte, at time.Time) error {
	now := q.now()
	if at.IsZero() {
		at = now
	}
	id := opaque.ID()
	if key == "" {
		key = id
	}
	if payload == nil {
		payload = []byte{}
	}
	err := q.db.Conn(ctx).Exec(`INSERT INTO jobs_queue (id, kind, job_key, payload, state, attempts, run_at, lease_at, owner, last_error, created_at)
		VALUES (?, ?, ?, ?, ?, 0, ?, 0, '', '', ?) ON CONFLICT DO NOTHING`,
		id, kind, key, payload, ready, database.Millis(at), database.Millis(now)).Error
	if err != nil {
		return fmt.Errorf("jobs: enqueue: %w", err)
	}
	q.db.AfterCommit(ctx, q.rouse)
	return nil
}

func (q *Queue) rouse() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// Run does what is due until ctx ends, two jobs at a time, and returns when the
// running ones have been handed back.
func (q *Queue) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() { q.work(ctx) })
	}
	wg.Wait()
	return nil
}

func (q *Queue) work(ctx context.Context) {
	t := time.NewTimer(0)
	defer t.Stop()
	for {
		did, err := q.step(ctx)
		if err != nil && ctx.Err() == nil {
			q.log.Error("jobs", "cause", fault.Label(err))
		}
		if ctx.Err() != nil {
			return
		}
		if did && err == nil {
			continue
		}
		t.Reset(look)
		select {
		case <-ctx.Done():
			return
		case <-q.wake:
		case <-t.C:
		}
	}
}

// Settle does all that is due now in the calling goroutine and returns when
// nothing is: for tests and commands. Jobs that fail wait for their next try.
func (q *Queue) Settle(ctx context.Context) error {
	for {
		did, err := q.step(ctx)
		if err != nil || !did {
			return err
		}
	}
}

// step does one thing that is due and reports whether there was one.
func (q *Queue) step(ctx context.Context) (bool, error) {
	did, err := q.keepTime(ctx)
	if did || err != nil {
		return did, err
	}
	r, err := q.claim(ctx)
	if err != nil || r == nil {
		return false, err
	}
	q.mu.Lock()
	h := q.handlers[r.Kind]
	q.mu.Unlock()
	renew := func(ctx context.Context, until int64) error {
		return q.db.Conn(ctx).Exec("UPDATE jobs_queue SET lease_at = ? WHERE id = ? AND owner = ?", until, r.ID, q.owner).Error
	}
	err = q.hold(ctx, renew, func(ctx context.Context) error { return h(ctx, r.Payload) })
	return true, q.finish(context.WithoutCancel(ctx), ctx.Err() != nil, *r, err)
}

// hold runs f, renews its lease meanwhile, and makes a panic an error.
func (q *Queue) hold(ctx context.Context, renew func(ctx context.Context, until int64) error, f func(ctx context.Context) error) (err error) {
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		t := time.NewTicker(lease / 4)
		defer t.Stop()
		for {
			select {
			case <-done:
				return
			case <-t.C:
				if err := renew(context.WithoutCancel(ctx), database.Millis(q.now().Add(lease))); err != nil {
					q.log.Warn("jobs: lease", "cause", fault.Label(err))
				}
			}
		}
	})
	defer func() {
		if p := recover(); p != nil {
			err = fault.Caught(p)
		}
		close(done)
		wg.Wait()
	}()
	return f(ctx)
}

// pause is how long a job rests after its nth failure.
func pause(n int64) time.Duration {
	d := longestWait
	if n < 12 {
		d = min(firstPause<<(n-1), longestWait)
	}
	return d*4/5 + time.Duration(rand.Int64N(int64(d*2/5))) //nolint:gosec // spreading load needs no secrecy
}

func code(err error) string { f := fault.As(err); return string(f.Kind) + " " + f.Key }
