package delivery

import (
	"context"
	"sync"

	"github.com/saphan-network/saphan/federation/mailbox"
)

// maxTurns is how many lines share one transaction.
const maxTurns = 128

// book does the mailbox's work for many lines at once: whatever has come together
// while one transaction ran shares the next. Nobody waits for others to come.
type book struct {
	store *mailbox.Store

	mu      sync.Mutex
	waiting []*entry
	busy    bool
}

type entry struct {
	*mailbox.Turn
	done chan error
}

// turn is written down, and what is next on the line returned, after the commit.
func (b *book) turn(t *mailbox.Turn) (*mailbox.Claim, error) {
	e := &entry{Turn: t, done: make(chan error, 1)}
	b.mu.Lock()
	b.waiting = append(b.waiting, e)
	if !b.busy {
		b.busy = true
		go b.work()
	}
	b.mu.Unlock()
	err := <-e.done
	return e.Got, err
}

// work runs as long as anybody waits.
func (b *book) work() {
	for {
		b.mu.Lock()
		n := min(len(b.waiting), maxTurns)
		entries := b.waiting[:n:n]
		b.waiting = b.waiting[n:]
		b.busy = n > 0
		b.mu.Unlock()
		if n == 0 {
			return
		}
		b.together(entries)
	}
}

// together ends when all have their answer. It is not cut off when the worker is
// asked to stop, because it says what has happened. What fails together is done
// again one by one, so that one line's trouble is nobody else's.
func (b *book) together(entries []*entry) {
	ctx := context.Background()
	turns := make([]*mailbox.Turn, 0, len(entries))
	for _, e := range entries {
		turns = append(turns, e.Turn)
	}
	err := b.store.Turns(ctx, turns, lease)
	for _, e := range entries {
		if err != nil && len(entries) > 1 {
			e.Got = nil
			e.done <- b.store.Turns(ctx, []*mailbox.Turn{e.Turn}, lease)
			continue
		}
		e.done <- err
	}
}
