package delivery

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fedtest"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/federation/sign"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/chassis/database/dbtest"
	"github.com/saphan-network/saphan/policies"
)

const self = "http://127.0.0.1:1/ap/network"

type nothing struct{}

func (nothing) Decided(context.Context, policies.Entry) error   { return nil }
func (nothing) Cleared(context.Context, policies.Receipt) error { return nil }

// key makes one key for all tests of the package: making one takes a while.
var key = sync.OnceValue(func() *sign.Key {
	k, err := sign.NewKey(self + "#main-key")
	if err != nil {
		panic(err)
	}
	return k
})

// world is a sending server and the doors of some peers.
type world struct {
	t     *testing.T
	db    *database.DB
	store *mailbox.Store
	gate  *policies.Gate
	w     *Worker
	net   *fedtest.Network

	mu    sync.Mutex
	clock time.Time
	state map[string]string // of peers, as the members list has it
}

func (o *world) now() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.clock
}

func (o *world) pass(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.clock = o.clock.Add(d)
}

func each(t *testing.T, f func(t *testing.T, o *world)) {
	dbtest.Each(t, []database.Set{mailbox.Migrations()}, func(t *testing.T, db *database.DB) {
		f(t, on(t, db))
	})
}

// on is a world that lives in db.
func on(t *testing.T, db *database.DB) *world {
	t.Helper()
	o := &world{t: t, db: db, clock: time.Date(2026, 11, 25, 5, 30, 0, 0, time.UTC), state: map[string]string{}, net: fedtest.New(t)}
	o.store = mailbox.New(db, o.now)
	g, err := policies.New(policies.Config{Self: self, Ledger: nothing{}, Now: o.now, Seal: []byte(strings.Repeat("s", 32)),
		Peers: func(_ context.Context, actor string) (policies.Peer, bool, error) {
			o.mu.Lock()
			defer o.mu.Unlock()
			return policies.Peer{Actor: actor, Role: "candidate", State: o.state[actor]}, true, nil
		}})
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Load(nil); err != nil {
		t.Fatal(err)
	}
	o.gate = g
	o.w, err = New(Config{Store: o.store, Gate: g, Key: key(), Now: o.now, AllowPrivate: true, Jitter: func() float64 { return 1 }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(o.w.client.CloseIdleConnections)
	return o
}

// peer opens a door for a peer and pins it. What answers there gets the bodies.
func (o *world) peer(name string, h func(w http.ResponseWriter, body string)) (actor string, door *fedtest.Door) {
	o.t.Helper()
	door = o.net.Door(name)
	actor = door.URL + "/ap/org"
	m := federation.Member{Actor: actor, Name: name, Inbox: door.URL + "/inbox", KeyID: actor + "#main-key", PublicKeyPEM: key().PublicPEM()}
	if err := o.store.SavePeer(context.Background(), mailbox.Peer{Member: m, Role: mailbox.RoleCandidate}); err != nil {
		o.t.Fatal(err)
	}
	door.Open(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		h(w, string(body))
	}))
	return actor, door
}

func (o *world) clear(to string, seq int64) (policies.Clearance, mailbox.Draft) {
	o.t.Helper()
	ctx := context.Background()
	a := federation.Activity{ID: "http://127.0.0.1:1/ap/act/" + opaque.ID(), Type: federation.Invite, Actor: self, To: to,
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

func (o *world) send(to, thread string) string {
	o.t.Helper()
	var id string
	err := o.db.Within(context.Background(), func(ctx context.Context) error {
		n, err := o.store.NextSequence(ctx, to)
		if err != nil {
			return err
		}
		c, d := o.clear(to, n)
		d.Thread, id = thread, d.ActivityID
		return o.store.Enqueue(ctx, c, d)
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return id
}

func (o *world) settle() int {
	o.t.Helper()
	n, err := o.w.Settle(context.Background())
	if err != nil {
		o.t.Fatal(err)
	}
	return n
}

func (o *world) item(id string) mailbox.Item {
	o.t.Helper()
	it, err := o.store.Item(context.Background(), id)
	if err != nil {
		o.t.Fatal(err)
	}
	return it
}

// at is a peer of whom nothing but the addresses matters.
func at(actor, inbox string) mailbox.Peer {
	return mailbox.Peer{Member: federation.Member{Actor: actor, Inbox: inbox}}
}
