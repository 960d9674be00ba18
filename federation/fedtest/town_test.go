package fedtest_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/delivery"
	"github.com/saphan-network/saphan/federation/fedtest"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/inbox"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/federation/sign"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/policies"
)

// town is three servers that know each other: real databases, signatures, inboxes
// and deliveries on one clock. They say nothing but invitations to each other,
// because what is under test is the way and not what is said.
type town struct {
	t    *testing.T
	net  *fedtest.Network
	home map[string]*home
	mu   sync.Mutex
	time time.Time
}

// home is one of the servers.
type home struct {
	town    *town
	name    string
	actor   string
	door    *fedtest.Door
	db      *database.DB
	mail    *mailbox.Store
	gate    *policies.Gate
	key     *sign.Key
	worker  *delivery.Worker
	inbox   *inbox.Inbox
	mu      sync.Mutex
	applied []string // ids, in the order in which they took effect
	fail    map[string]bool
	broken  bool // every effect fails
	state   map[string]string
}

func (tn *town) now() time.Time {
	tn.mu.Lock()
	defer tn.mu.Unlock()
	return tn.time
}

func (tn *town) pass(d time.Duration) {
	tn.mu.Lock()
	defer tn.mu.Unlock()
	tn.time = tn.time.Add(d)
}

// The servers, and the files of their keys; "" is a key made for this run.
var fixtures = map[string]string{"hub": "labour", "north": "north", "south": ""}

func newTown(t *testing.T) *town {
	tn := &town{t: t, net: fedtest.New(t), home: map[string]*home{}, time: time.Date(2026, 11, 25, 5, 30, 0, 0, time.UTC)}
	for name := range fixtures {
		h := &home{town: tn, name: name, door: tn.net.Door(name), fail: map[string]bool{}, state: map[string]string{}}
		h.actor, h.key = h.door.URL+"/ap/org", keyOf(t, name, h.door.URL+"/ap/org#main-key")
		tn.home[name] = h
		h.start(filepath.Join(t.TempDir(), name+".db"))
	}
	for _, h := range tn.home {
		for _, other := range tn.home {
			if h != other {
				h.know(other, other.key)
			}
		}
	}
	return tn
}

var fresh = sync.OnceValues(func() (string, error) { // making one takes a while
	k, err := sign.NewKey("http://127.0.0.1/ap/org#main-key")
	if err != nil {
		return "", err
	}
	return k.PrivatePEM(), nil
})

func keyOf(t *testing.T, name, id string) *sign.Key {
	t.Helper()
	pem, err := fresh()
	if file := fixtures[name]; err == nil && file != "" {
		var raw []byte
		raw, err = os.ReadFile(filepath.Join("..", "sign", "testdata", file+".pem"))
		pem = string(raw)
	}
	if err != nil {
		t.Fatal(err)
	}
	k, err := sign.ParseKey(id, pem)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func (h *home) know(other *home, key *sign.Key) {
	h.must(h.mail.SavePeer(context.Background(), mailbox.Peer{Role: mailbox.RoleCandidate, Member: federation.Member{Actor: other.actor, Name: other.name,
		Inbox: other.door.URL + "/inbox", KeyID: key.ID(), PublicKeyPEM: key.PublicPEM()}}))
}

// start opens the server on its database, as after a restart.
func (h *home) start(path string) {
	h.town.t.Helper()
	ctx := context.Background()
	var err error
	h.db, err = database.Open(ctx, database.Config{URL: "sqlite:" + path, Readers: 2})
	h.must(err)
	_, err = h.db.Migrate(ctx, mailbox.Migrations())
	h.must(err)
	h.mail = mailbox.New(h.db, h.town.now)
	h.gate, err = policies.New(policies.Config{Self: h.actor, Ledger: quiet{}, Now: h.town.now, Seal: []byte(strings.Repeat("s", 32)),
		Peers: func(_ context.Context, actor string) (policies.Peer, bool, error) {
			h.mu.Lock()
			defer h.mu.Unlock()
			return policies.Peer{Actor: actor, Role: "candidate", State: h.state[actor]}, true, nil
		}})
	h.must(err)
	h.must(h.gate.Load(nil))
	h.worker, err = delivery.New(delivery.Config{Store: h.mail, Gate: h.gate, Key: h.key, Now: h.town.now, AllowPrivate: true, Jitter: func() float64 { return 1 }})
	h.must(err)
	host := strings.TrimPrefix(h.door.URL, "http://")
	h.inbox, err = inbox.New(inbox.Config{Self: h.actor, Mail: h.mail, Peers: h.mail, Tx: h.db, Effects: h, Audit: quiet{}, Now: h.town.now,
		Verifier: &sign.Verifier{Key: inbox.Keys(h.mail), Now: h.town.now, Scheme: "http", Host: func(*http.Request) string { return host }}})
	h.must(err)
	h.door.Open(h.inbox)
	h.town.net.Add(h.name, h)
	h.town.t.Cleanup(func() { _ = h.db.Close() })
}

// restart ends the server and starts it anew on the same database.
func (h *home) restart() {
	var file struct{ File string }
	h.must(h.db.Conn(context.Background()).Raw("SELECT file FROM pragma_database_list WHERE name = 'main'").Scan(&file).Error)
	h.must(h.db.Close())
	h.start(file.File)
}

type quiet struct{}

func (quiet) Decided(context.Context, policies.Entry) error   { return nil }
func (quiet) Cleared(context.Context, policies.Receipt) error { return nil }
func (quiet) Federation(context.Context, inbox.Event) error   { return nil }

// Apply is the effect of what arrives: it is noted.
func (h *home) Apply(ctx context.Context, a federation.Activity, _ []byte) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.broken || h.fail[a.ID] {
		return errors.New("not yet understood")
	}
	h.db.AfterCommit(ctx, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.applied = append(h.applied, a.ID)
	})
	return nil
}

// Settle sends, and tries again what has failed here.
func (h *home) Settle(ctx context.Context) error {
	if _, err := h.worker.Settle(ctx); err != nil {
		return err
	}
	_, err := h.inbox.Retry(ctx, false)
	return err
}

// Close is done by the test's cleanup.
func (h *home) Close() error { return nil }

func (h *home) must(err error) {
	h.town.t.Helper()
	if err != nil {
		h.town.t.Fatal(h.name, ": ", err)
	}
}

// set changes what the server thinks of itself and of others.
func (h *home) set(f func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	f()
}

// write enqueues one message to another server, in a thread.
func (h *home) write(to *home, thread string) (id string) {
	h.town.t.Helper()
	h.must(h.db.Within(context.Background(), func(ctx context.Context) error {
		n, err := h.mail.NextSequence(ctx, to.actor)
		if err != nil {
			return err
		}
		a := h.activity(to, n)
		body, err := gofed.Encode(a)
		if err != nil {
			return err
		}
		d, err := h.gate.Decide(ctx, policies.Request{Peer: to.actor, Purpose: policies.Membership, Facts: policies.Facts{"membership/message": {"Invite"}}})
		if err != nil {
			return err
		}
		c, err := h.gate.Clear(ctx, d, body)
		if err != nil {
			return err
		}
		id = a.ID
		return h.mail.Enqueue(ctx, c, mailbox.Draft{To: to.actor, ActivityID: a.ID, Type: string(a.Type), Thread: thread, Sequence: n, Body: body})
	}))
	return id
}

func (h *home) activity(to *home, seq int64) federation.Activity {
	return federation.Activity{ID: h.door.URL + "/ap/act/" + opaque.ID(), Type: federation.Invite, Actor: h.actor, To: to.actor,
		Published: h.town.now().Truncate(time.Hour), Sequence: seq, Object: h.actor}
}

func (tn *town) settle() { tn.t.Helper(); tn.net.Settle(context.Background()) }

// later lets a time pass in steps of a minute, and settles after each.
func (tn *town) later(d time.Duration) {
	tn.t.Helper()
	for end := tn.now().Add(d); tn.now().Before(end); {
		tn.pass(min(time.Minute*7, end.Sub(tn.now())))
		tn.settle()
	}
}

// has fails unless exactly these have taken effect here, each once, in this order.
func (h *home) has(ids ...string) {
	h.town.t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	if !slices.Equal(h.applied, ids) {
		h.town.t.Errorf("%s has %d messages %v, want %d %v", h.name, len(h.applied), h.applied, len(ids), ids)
	}
}

// stands fails unless a message that this server has sent is in that state.
func (h *home) stands(id string, want mailbox.State) {
	h.town.t.Helper()
	it, err := h.mail.Item(context.Background(), id)
	if err != nil || it.State != want {
		h.town.t.Errorf("%s is %s (%s), want %s, %v", id, it.State, it.ErrorKey, want, err)
	}
}

// request is a signed request of h to another server, with those bytes.
func (h *home) request(to *home, body []byte) *http.Request {
	r := httptest.NewRequest(http.MethodPost, to.door.URL+"/inbox", bytes.NewReader(body))
	r.RequestURI = ""
	r.Header.Set("Content-Type", federation.MediaType)
	h.must(h.key.Sign(r, body, h.town.now()))
	return r
}

func (h *home) body(a federation.Activity) []byte {
	b, err := gofed.Encode(a)
	h.must(err)
	return b
}

// post sends a request and returns the status.
func (tn *town) post(r *http.Request) int {
	tn.t.Helper()
	res, err := new(http.Client).Do(r)
	if err != nil {
		tn.t.Fatal(err)
	}
	_ = res.Body.Close()
	return res.StatusCode
}
