package bench

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/delivery"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/federation/sign"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/policies"
)

// BenchmarkFanOut sends one message to many servers, each at an address of its own
// (127.x.y.z). last-ms is the time from the commit that holds all copies until the
// last of the servers that answer has its copy; ratio compares that with the bare
// cost in the same run: signing as many requests on all cores, and then posting them.
func BenchmarkFanOut(b *testing.B) {
	databases := map[string]string{"sqlite": "sqlite"}
	if at := os.Getenv("SAPHAN_TEST_POSTGRES"); at != "" {
		databases["postgres"] = at
	}
	for name, at := range databases {
		for _, c := range []struct {
			name  string
			many  int
			pause time.Duration
			hang  int
		}{{"100", 100, 0, 0}, {"100-slow", 100, 200 * time.Millisecond, 0}, {"100-of-which-10-hang", 100, 0, 10}, {"1000", 1000, 0, 0}} {
			b.Run(name+"/"+c.name, func(b *testing.B) { fanOut(b, at, c.many, c.pause, c.hang) })
		}
	}
}

type mute struct{}

func (mute) Decided(context.Context, policies.Entry) error   { return nil }
func (mute) Cleared(context.Context, policies.Receipt) error { return nil }

// street is a row of servers, and how many have got something.
type street struct {
	actors []string
	got    atomic.Int64
	all    chan struct{} // closed when awaited have come
	want   int64
	ended  chan struct{}
}

func (s *street) expect(n int) {
	s.got.Store(0)
	s.all, s.want = make(chan struct{}), int64(n)
}

func newStreet(b *testing.B, many int, pause time.Duration, hang int) *street {
	s := &street{ended: make(chan struct{})}
	for i := range many {
		l, err := (&net.ListenConfig{}).Listen(b.Context(), "tcp", fmt.Sprintf("127.7.%d.%d:0", i/200, i%200+1))
		if err != nil {
			b.Skip("this machine has no addresses 127.x.y.z:", err)
		}
		hangs := i < hang
		server := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			if hangs {
				<-s.ended
				return
			}
			if r.URL.Path == "/inbox" && s.got.Add(1) == s.want {
				close(s.all)
			}
			if pause > 0 {
				t := time.NewTimer(pause)
				<-t.C
			}
			w.WriteHeader(http.StatusAccepted)
		})}
		go func() { _ = server.Serve(l) }()
		b.Cleanup(func() { _ = server.Close() })
		s.actors = append(s.actors, "http://"+l.Addr().String()+"/ap/org")
	}
	b.Cleanup(func() { close(s.ended) })
	return s
}

const sender = "http://127.0.0.1:1/ap/network"

// house is a sending server without pages.
type house struct {
	db    *database.DB
	store *mailbox.Store
	gate  *policies.Gate
	key   *sign.Key
}

func newHouse(b *testing.B, at string, s *street) *house {
	ctx := b.Context()
	url := throwAway(b, at)
	if at == "sqlite" {
		url = "sqlite:" + filepath.Join(b.TempDir(), "fanout.db")
	}
	db, err := database.Open(ctx, database.Config{URL: url})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	if _, err := db.Migrate(ctx, mailbox.Migrations()); err != nil {
		b.Fatal(err)
	}
	h := &house{db: db, store: mailbox.New(db, time.Now)}
	if h.key, err = sign.NewKey(sender + "#main-key"); err != nil {
		b.Fatal(err)
	}
	h.gate, err = policies.New(policies.Config{Self: sender, Ledger: mute{}, Now: time.Now, Seal: []byte(strings.Repeat("s", 32)),
		Peers: func(ctx context.Context, actor string) (policies.Peer, bool, error) {
			p, err := h.store.Peer(ctx, actor)
			if fault.Is(err, fault.NotFound) {
				return policies.Peer{}, false, nil
			}
			return policies.Peer{Actor: p.Actor, Role: p.Role}, err == nil, err
		}})
	if err == nil {
		err = h.gate.Load(nil)
	}
	if err != nil {
		b.Fatal(err)
	}
	if err := db.Within(ctx, func(ctx context.Context) error {
		for i, actor := range s.actors {
			m := federation.Member{Actor: actor, Name: fmt.Sprint("clinic ", i), Inbox: strings.TrimSuffix(actor, "/ap/org") + "/inbox", KeyID: actor + "#main-key",
				PublicKeyPEM: h.key.PublicPEM()}
			if err := h.store.SavePeer(ctx, mailbox.Peer{Member: m, Role: mailbox.RoleCandidate}); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		b.Fatal(err)
	}
	return h
}

// announce commits one copy for each actor.
func (h *house) announce(b *testing.B, actors []string) (bodies [][]byte) {
	err := h.db.Within(b.Context(), func(ctx context.Context) error {
		for _, to := range actors {
			n, err := h.store.NextSequence(ctx, to)
			if err != nil {
				return err
			}
			a := federation.Activity{ID: "http://127.0.0.1:1/ap/act/" + opaque.ID(), Type: federation.Invite, Actor: sender, To: to,
				Published: time.Now().UTC().Truncate(time.Hour), Sequence: n, Object: sender}
			body, err := gofed.Encode(a)
			if err != nil {
				return err
			}
			d, err := h.gate.Decide(ctx, policies.Request{Peer: to, Purpose: policies.Membership, Facts: policies.Facts{"membership/message": {"Invite"}}})
			if err != nil {
				return err
			}
			c, err := h.gate.Clear(ctx, d, body)
			if err != nil {
				return err
			}
			if err := h.store.Enqueue(ctx, c, mailbox.Draft{To: to, ActivityID: a.ID, Type: string(a.Type), Sequence: n, Body: body}); err != nil {
				return err
			}
			bodies = append(bodies, body)
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return bodies
}

// bare signs a request for each actor on all cores, and then posts them all, with no
// database, gate or order: the least that a fan-out can cost.
func (h *house) bare(b *testing.B, client *http.Client, actors []string, bodies [][]byte) (signing, posting time.Duration) {
	ready := make([]*http.Request, len(actors))
	each := func(at int, f func(i int) error) time.Duration {
		began := time.Now()
		var next atomic.Int64
		var wg sync.WaitGroup
		for range at {
			wg.Go(func() {
				for i := next.Add(1) - 1; int(i) < len(actors); i = next.Add(1) - 1 {
					if err := f(int(i)); err != nil {
						b.Error(err)
					}
				}
			})
		}
		wg.Wait()
		return time.Since(began)
	}
	signing = each(runtime.GOMAXPROCS(0), func(i int) error {
		r, err := http.NewRequestWithContext(b.Context(), http.MethodPost, strings.TrimSuffix(actors[i], "/ap/org")+"/bare", bytes.NewReader(bodies[i]))
		if err != nil {
			return err
		}
		r.Header.Set("Content-Type", federation.MediaType)
		ready[i] = r
		return h.key.Sign(r, bodies[i], time.Now())
	})
	posting = each(128, func(i int) error {
		res, err := client.Do(ready[i])
		if err != nil {
			return err
		}
		return res.Body.Close()
	})
	return signing, posting
}

func fanOut(b *testing.B, at string, many int, pause time.Duration, hang int) {
	s := newStreet(b, many, pause, hang)
	var last, bare time.Duration
	var rounds int
	for b.Loop() {
		b.StopTimer()
		h := newHouse(b, at, s) // anew each time: a peer that hangs is known for it afterwards
		w, err := delivery.New(delivery.Config{Store: h.store, Gate: h.gate, Key: h.key, Now: time.Now, AllowPrivate: true})
		if err != nil {
			b.Fatal(err)
		}
		ctx, cancel := context.WithCancel(b.Context())
		ended := make(chan error, 1)
		go func() { ended <- w.Run(ctx) }()
		s.expect(many - hang)
		bodies := h.announce(b, s.actors)
		b.StartTimer()
		began := time.Now()
		<-s.all
		last += time.Since(began)
		b.StopTimer()
		cancel()
		if err := <-ended; err != nil {
			b.Fatal(err)
		}
		client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1}}
		signing, posting := h.bare(b, client, s.actors[hang:], bodies[hang:])
		client.CloseIdleConnections()
		bare += signing + posting
		rounds++
		b.StartTimer()
	}
	b.ReportMetric(float64(last.Milliseconds())/float64(rounds), "last-ms")
	b.ReportMetric(float64(bare.Milliseconds())/float64(rounds), "bare-ms")
	b.ReportMetric(float64(last)/float64(bare), "ratio")
}
