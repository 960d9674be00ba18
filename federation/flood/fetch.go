package flood

import (
	"context"
	"sync"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
)

// FetchBounds are the bounds of what strangers can make a server fetch.
type FetchBounds struct {
	AtOnce     int           // fetches at a time, of all strangers together
	EachMinute int           // fetches a minute, of all strangers together
	EachOrigin int           // fetches in Span, of one origin
	Span       time.Duration // after which an origin, and an actor without a readable document, is asked again
	Remembered int           // origins, and actors, that are remembered at most
	// Kept says that what was read serves for the Span: else whoever names another's
	// actor would use up the fetches of its origin, and keep it out.
	Kept bool
	Busy string // message key of the fault.TooMany when a bound is reached
}

// Fetcher gets actors' documents within bounds. Who asks for what is being fetched
// waits for that; what could not be read is not asked for again for a while.
type Fetcher[T any] struct {
	fetch func(ctx context.Context, actor string) (T, error)
	now   func() time.Time
	b     FetchBounds

	mu      sync.Mutex
	running map[string]*flight[T]
	origins map[string]count
	bad     map[string]time.Time // until when
	good    map[string]kept[T]
	minute  count
}

type flight[T any] struct {
	done chan struct{}
	got  T
	err  error
}

type kept[T any] struct {
	got   T
	until time.Time
}

type count struct {
	since time.Time
	n     int
}

// NewFetcher returns a fetcher that asks fetch.
func NewFetcher[T any](fetch func(ctx context.Context, actor string) (T, error), now func() time.Time, b FetchBounds) *Fetcher[T] {
	return &Fetcher[T]{fetch: fetch, now: now, b: b, running: map[string]*flight[T]{}, origins: map[string]count{}, bad: map[string]time.Time{}, good: map[string]kept[T]{}}
}

// Get returns what the actor's document says, a fault.TooMany if a bound is
// reached, or why it cannot be read.
func (f *Fetcher[T]) Get(ctx context.Context, actor string) (T, error) {
	var none T
	fl, mine, err := f.begin(actor)
	if err != nil {
		return none, err
	}
	if mine {
		f.run(ctx, actor, fl)
	}
	select {
	case <-fl.done:
		return fl.got, fl.err
	case <-ctx.Done():
		return none, fault.Wrap(fault.Unavailable, "delivery.error.timeout", ctx.Err())
	}
}

// begin joins a fetch that is running, or begins one if the bounds allow.
func (f *Fetcher[T]) begin(actor string) (fl *flight[T], mine bool, err error) {
	origin, err := federation.Origin(actor)
	if err != nil {
		return nil, false, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if fl, running := f.running[actor]; running {
		return fl, false, nil
	}
	now := f.now()
	if k, is := f.good[actor]; is && now.Before(k.until) {
		fl = &flight[T]{done: make(chan struct{}), got: k.got}
		close(fl.done)
		return fl, false, nil
	}
	if until, is := f.bad[actor]; is && now.Before(until) {
		return nil, false, fault.Missing()
	}
	if now.Sub(f.minute.since) >= time.Minute {
		f.minute = count{since: now}
	}
	o, known := f.origins[origin]
	if !known || now.Sub(o.since) >= f.b.Span {
		o = count{since: now}
	}
	if len(f.running) >= f.b.AtOnce || f.minute.n >= f.b.EachMinute || o.n >= f.b.EachOrigin ||
		!room(f.origins, origin, f.b.Remembered, func(c count) bool { return now.Sub(c.since) >= f.b.Span }) {
		return nil, false, fault.New(fault.TooMany, f.b.Busy)
	}
	f.minute.n++
	o.n++
	f.origins[origin] = o
	fl = &flight[T]{done: make(chan struct{})}
	f.running[actor] = fl
	return fl, true, nil
}

// run fetches for all who wait. It goes on when the one who began it has gone.
func (f *Fetcher[T]) run(ctx context.Context, actor string, fl *flight[T]) {
	go func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), federation.RequestTimeout)
		defer cancel()
		fl.got, fl.err = f.fetch(ctx, actor)
		f.mu.Lock()
		delete(f.running, actor)
		now := f.now()
		if fl.err != nil && room(f.bad, actor, f.b.Remembered, func(until time.Time) bool { return !now.Before(until) }) {
			f.bad[actor] = now.Add(f.b.Span)
		}
		if fl.err == nil && f.b.Kept && room(f.good, actor, f.b.Remembered, func(k kept[T]) bool { return !now.Before(k.until) }) {
			f.good[actor] = kept[T]{got: fl.got, until: now.Add(f.b.Span)}
		}
		f.mu.Unlock()
		close(fl.done)
	}()
}

// room makes room for a key in a table of strangers: what is past goes first, and a
// full table takes no more.
func room[V any](table map[string]V, key string, most int, past func(V) bool) bool {
	if _, there := table[key]; there || len(table) < most {
		return true
	}
	for k, v := range table {
		if past(v) {
			delete(table, k)
		}
	}
	return len(table) < most
}
