package publicface

import (
	"context"
	"sync"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/gofed"
)

// Bounds of what strangers can make this server fetch.
const (
	atOnce     = 4                // fetches at a time, of all strangers together
	eachMinute = 60               // fetches a minute, of all strangers together
	eachOrigin = 10               // fetches in span, of one origin
	span       = 10 * time.Minute // after which an origin, and an actor without a readable document, is asked again
	remembered = 2000             // origins, and actors, that are remembered at most
)

// fetcher gets actors' documents within the bounds. Who asks for what is being
// fetched waits for that; what could not be read is not asked for again for a while.
type fetcher struct {
	fetch func(ctx context.Context, actor string) (gofed.Follower, error)
	now   func() time.Time

	mu      sync.Mutex
	running map[string]*flight
	origins map[string]count
	bad     map[string]time.Time // until when
	minute  count
}

type flight struct {
	done chan struct{}
	got  gofed.Follower
	err  error
}

type count struct {
	since time.Time
	n     int
}

// busy is the answer to a stranger for whom nothing is fetched at present.
func busy() error { return fault.New(fault.TooMany, "error.public.busy") }

func newFetcher(fetch func(ctx context.Context, actor string) (gofed.Follower, error), now func() time.Time) *fetcher {
	return &fetcher{fetch: fetch, now: now, running: map[string]*flight{}, origins: map[string]count{}, bad: map[string]time.Time{}}
}

// get returns what the actor's document says, a fault.TooMany if a bound is
// reached, or why it cannot be read.
func (f *fetcher) get(ctx context.Context, actor string) (gofed.Follower, error) {
	fl, mine, err := f.begin(actor)
	if err != nil {
		return gofed.Follower{}, err
	}
	if mine {
		f.run(ctx, actor, fl)
	}
	select {
	case <-fl.done:
		return fl.got, fl.err
	case <-ctx.Done():
		return gofed.Follower{}, fault.Wrap(fault.Unavailable, "delivery.error.timeout", ctx.Err())
	}
}

// begin joins a fetch that is running, or begins one if the bounds allow.
func (f *fetcher) begin(actor string) (fl *flight, mine bool, err error) {
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
	if until, is := f.bad[actor]; is && now.Before(until) {
		return nil, false, fault.Missing()
	}
	if now.Sub(f.minute.since) >= time.Minute {
		f.minute = count{since: now}
	}
	o, known := f.origins[origin]
	if !known || now.Sub(o.since) >= span {
		o = count{since: now}
	}
	if len(f.running) >= atOnce || f.minute.n >= eachMinute || o.n >= eachOrigin || !room(f.origins, origin, func(c count) bool { return now.Sub(c.since) >= span }) {
		return nil, false, busy()
	}
	f.minute.n++
	o.n++
	f.origins[origin] = o
	fl = &flight{done: make(chan struct{})}
	f.running[actor] = fl
	return fl, true, nil
}

// run fetches for all who wait. It goes on when the one who began it has gone.
func (f *fetcher) run(ctx context.Context, actor string, fl *flight) {
	go func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), federation.RequestTimeout)
		defer cancel()
		fl.got, fl.err = f.fetch(ctx, actor)
		f.mu.Lock()
		delete(f.running, actor)
		now := f.now()
		if fl.err != nil && room(f.bad, actor, func(until time.Time) bool { return !now.Before(until) }) {
			f.bad[actor] = now.Add(span)
		}
		f.mu.Unlock()
		close(fl.done)
	}()
}

// room makes room for a key in a table of strangers: what is past goes first, and a
// full table takes no more.
func room[V any](table map[string]V, key string, past func(V) bool) bool {
	if _, there := table[key]; there || len(table) < remembered {
		return true
	}
	for k, v := range table {
		if past(v) {
			delete(table, k)
		}
	}
	return len(table) < remembered
}
