package delivery

import (
	"context"
	"sync"
	"time"
)

// How many requests may be under way. A line whose last attempt has failed or was
// slow is kept apart, with few slots, so that a hundred servers that are away never
// stand before one that is well. A request that lasts longer than patience gives its
// slot to others and goes on as a late one, if there are not too many of those.
const (
	quickSlots = 128
	lateSlots  = 256
	apartSlots = 16
	patience   = time.Second
	quantum    = 8 // activities on one line before others get the slot
)

// slots bounds what is in flight, and with it memory and open connections.
type slots struct {
	quick, late, apart chan struct{}
}

func newSlots() *slots {
	return &slots{quick: make(chan struct{}, quickSlots), late: make(chan struct{}, lateSlots), apart: make(chan struct{}, apartSlots)}
}

// slot is the right to one request at a time.
type slot struct {
	s  *slots
	mu sync.Mutex
	in chan struct{}
}

// enter waits for a slot, of the few if the line is to be kept apart; it returns nil
// when ctx has ended before.
func (s *slots) enter(ctx context.Context, apart bool) *slot {
	in := s.quick
	if apart {
		in = s.apart
	}
	select {
	case in <- struct{}{}:
	case <-ctx.Done():
		return nil
	}
	if ctx.Err() != nil {
		<-in
		return nil
	}
	return &slot{s: s, in: in}
}

// watch makes way for others when what begins now lasts too long, until the
// returned function is called.
func (t *slot) watch() (done func()) {
	timer := time.AfterFunc(patience, t.yield)
	return func() { timer.Stop() }
}

// yield goes to a late slot, if one is free.
func (t *slot) yield() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.in == nil || t.in == t.s.late {
		return
	}
	select {
	case t.s.late <- struct{}{}:
		<-t.in
		t.in = t.s.late
	default:
	}
}

// late reports whether a request has had to make way.
func (t *slot) late() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.in == t.s.late
}

// leave gives the slot back, and says whether the line is to be kept apart.
func (t *slot) leave() (apart bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	<-t.in
	apart = t.in == t.s.late
	t.in = nil
	return apart
}
