package flood

import (
	"context"
	"hash/maphash"
	"io"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
)

// Guard bounds what strangers and peers may use of one server. A nil Guard lets
// everything through.
type Guard struct {
	now     func() time.Time
	proxies []netip.Prefix
	seed    maphash.Seed // so that nobody can choose whose cell they share
	turns   chan struct{}

	mu     sync.Mutex
	inside int
	held   [2]int // bytes of bodies: of strangers, from proven places
	lines  bucket // of the log
	unsaid int    // lines that were left out since the last one
	cells  [addresses]cell
	peers  map[string]*peer
	proven map[string]bool
	ring   [places]string // of the proven places, the oldest at next
	next   int
}

// cell is what is known of the addresses that fall into it.
type cell struct {
	wrong  bucket
	inside int
}

type peer struct {
	sent  bucket
	under int // requests under way
}

// New makes a guard. now is the clock; proxies are those whose X-Forwarded-For is
// believed.
func New(now func() time.Time, proxies []netip.Prefix) *Guard {
	return &Guard{now: now, proxies: proxies, seed: maphash.MakeSeed(), turns: make(chan struct{}, Verifying),
		peers: map[string]*peer{}, proven: map[string]bool{}}
}

// Visit is one request inside. Leave must be called on it once, when it has been
// answered; the other methods in the order of the package's words.
type Visit struct {
	g      *Guard
	place  string
	cell   *cell // nil if the address tells nothing
	proven bool
	held   int // bytes
	peer   *peer
}

// Enter lets a request in, or says to come again.
func (g *Guard) Enter(r *http.Request) (*Visit, error) {
	if g == nil {
		return nil, nil //nolint:nilnil // a nil Visit is one that nothing is asked of
	}
	place, address := g.from(r)
	v := &Visit{g: g, place: place}
	if address.IsValid() {
		v.cell = &g.cells[maphash.Comparable(g.seed, address)%addresses]
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if v.proven = place != "" && g.proven[place]; v.proven {
		return v, nil
	}
	if v.cell != nil && v.cell.wrong.empty(g.now(), WrongRate, WrongBurst) {
		return nil, later(waitAddress)
	}
	if g.inside >= Inside || v.cell != nil && v.cell.inside >= InsideOne {
		return nil, later(waitFull)
	}
	g.inside++
	if v.cell != nil {
		v.cell.inside++
	}
	return v, nil
}

// Body counts what is read of a request's body, and breaks off when too much is
// held of all together.
func (v *Visit) Body(r io.Reader) io.Reader {
	if v == nil {
		return r
	}
	return &counted{v: v, r: r}
}

type counted struct {
	v *Visit
	r io.Reader
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	g, sort, limit := c.v.g, 0, HeldBytes
	if c.v.proven {
		sort, limit = 1, HeldProven
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	c.v.held += n
	if g.held[sort] += n; g.held[sort] > limit {
		return 0, later(waitFull)
	}
	return n, err
}

// Turn waits until a stranger's signature may be verified; done must be called
// after that. It fails when ctx ends before.
func (v *Visit) Turn(ctx context.Context) (done func(), err error) {
	if v == nil || v.proven {
		return func() {}, nil
	}
	select {
	case v.g.turns <- struct{}{}:
		return func() { <-v.g.turns }, nil
	case <-ctx.Done():
		return nil, later(waitFull)
	}
}

// Wrong notes that the request was not authenticated.
func (v *Visit) Wrong() {
	if v == nil {
		return
	}
	v.g.mu.Lock()
	defer v.g.mu.Unlock()
	delete(v.g.proven, v.place)
	if v.cell != nil {
		_, _ = v.cell.wrong.take(v.g.now(), WrongRate, WrongBurst)
	}
}

// Known notes that a peer's signature was good, and says to come again when that
// peer has sent too much.
func (v *Visit) Known(actor string) error {
	if v == nil {
		return nil
	}
	g := v.g
	g.mu.Lock()
	defer g.mu.Unlock()
	g.prove(v.place)
	p := g.peers[actor]
	if p == nil {
		g.sweep()
		p = &peer{}
		g.peers[actor] = p
	}
	if p.under >= PeerAtOnce {
		return later(waitFull)
	}
	if wait, ok := p.sent.take(g.now(), PeerRate, PeerBurst); !ok {
		return later(wait)
	}
	p.under++
	v.peer = p
	return nil
}

// Leave ends the visit.
func (v *Visit) Leave() {
	if v == nil {
		return
	}
	v.g.mu.Lock()
	defer v.g.mu.Unlock()
	if v.peer != nil {
		v.peer.under--
	}
	if v.proven {
		v.g.held[1] -= v.held
		return
	}
	v.g.held[0] -= v.held
	v.g.inside--
	if v.cell != nil {
		v.cell.inside--
	}
}

// Tell reports whether one more line about a stranger may go to the log, and how
// many were left out before it: a flood must not fill the disk either.
func (g *Guard) Tell() (unsaid int, ok bool) {
	if g == nil {
		return 0, true
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if _, ok := g.lines.take(g.now(), LogRate, LogBurst); !ok {
		g.unsaid++
		return 0, false
	}
	unsaid, g.unsaid = g.unsaid, 0
	return unsaid, true
}

// prove remembers a place, in the stead of the oldest.
func (g *Guard) prove(place string) {
	if place == "" || g.proven[place] {
		return
	}
	delete(g.proven, g.ring[g.next])
	g.ring[g.next] = place
	g.next = (g.next + 1) % places
	g.proven[place] = true
}

// sweep forgets the peers that have nothing under way and may send all again, once
// there are many.
func (g *Guard) sweep() {
	if len(g.peers) < peersSwept {
		return
	}
	for actor, p := range g.peers {
		if p.sent.settle(g.now(), PeerRate); p.under == 0 && p.sent.spent == 0 {
			delete(g.peers, actor)
		}
	}
}

// After is the argument of a fault with the number of seconds to wait.
const After = "after"

// later is the answer to who should come again, in whole seconds, at least one.
func later(d time.Duration) error {
	s := max(1, int((d+time.Second-1)/time.Second))
	return fault.New(fault.TooMany, "error.federation.too_many").With(After, strconv.Itoa(s))
}
