// Package fedtest runs a whole network in one test: real HTTP servers on the
// loopback, by name, with every byte between them on record. There is no clock
// in it and no waiting: Settle returns when nobody has anything left to say.
package fedtest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
)

// Server is one running server of the network, hub or node.
type Server interface {
	// Settle does all that the server has to do by now: sends what is due and
	// applies what has come, and returns when there is nothing left.
	Settle(ctx context.Context) error
	Close() error
}

// Network is the map of the servers by name.
type Network struct {
	t   testing.TB
	tap *Tap

	mu      sync.Mutex
	order   []string
	servers map[string]Server
}

// New returns an empty network that is taken down at the end of the test.
func New(t testing.TB) *Network {
	return &Network{t: t, tap: &Tap{}, servers: map[string]Server{}}
}

// Tap is the record of all that went between the servers.
func (n *Network) Tap() *Tap { return n.tap }

// Door is an address on which a server will answer. It exists before the server
// does, because a server must know its own address to be made.
type Door struct {
	URL     string // http://127.0.0.1:PORT
	handler atomic.Pointer[http.Handler]
	fault   atomic.Pointer[Fault]
}

// Door opens an address for the server of that name. Until Open is called it
// answers 503, as a server does that is down.
func (n *Network) Door(name string) *Door {
	n.t.Helper()
	d := &Door{}
	s := httptest.NewServer(n.tap.Record(name, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := d.handler.Load()
		if h == nil {
			http.Error(w, "closed", http.StatusServiceUnavailable)
			return
		}
		if f := d.fault.Load(); f != nil {
			(*f)(*h, w, r)
			return
		}
		(*h).ServeHTTP(w, r)
	})))
	n.t.Cleanup(s.Close)
	d.URL = s.URL
	return d
}

// Open lets h answer at the door.
func (d *Door) Open(h http.Handler) { d.handler.Store(&h) }

// Shut takes the server away from the door, as if it were down.
func (d *Door) Shut() { d.handler.Store(nil) }

// Add puts a server under a name, in the place of the one that was there, which
// the caller has closed.
func (n *Network) Add(name string, s Server) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if _, known := n.servers[name]; !known {
		n.order = append(n.order, name)
		n.t.Cleanup(func() {
			if s := n.server(name); s != nil {
				if err := s.Close(); err != nil {
					n.t.Errorf("closing %s: %v", name, err)
				}
			}
		})
	}
	n.servers[name] = s
}

func (n *Network) server(name string) Server {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.servers[name]
}

// Settle lets all servers work until a whole round has passed in which no
// message went between them. It fails the test when they do not come to rest.
func (n *Network) Settle(ctx context.Context) {
	n.t.Helper()
	for range 200 {
		before := n.tap.Len()
		n.mu.Lock()
		names := append([]string(nil), n.order...)
		n.mu.Unlock()
		for _, name := range names {
			if err := n.server(name).Settle(ctx); err != nil {
				n.t.Fatalf("settling %s: %v", name, err)
			}
		}
		if n.tap.Len() == before {
			return
		}
	}
	n.t.Fatalf("the network does not come to rest after %d messages", n.tap.Len())
}
