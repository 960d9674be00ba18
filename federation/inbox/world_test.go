package inbox_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/inbox"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/federation/sign"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/chassis/database/dbtest"
)

var now = time.Date(2026, 11, 25, 6, 30, 0, 0, time.UTC)

const (
	north = "https://north.example"
	hub   = "https://hub.example"
	third = "https://third.example"
)

// world is one server with its inbox, and the keys of its peers.
type world struct {
	t       *testing.T
	db      *database.DB
	mail    *mailbox.Store
	inbox   *inbox.Inbox
	cfg     inbox.Config
	url     string // of the server
	self    string // its actor
	key     *sign.Key
	effects *effects
	audit   *trail
	log     written
	synced  []sign.Sync
}

// written is a log that requests may share.
type written struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *written) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *written) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// effects writes one row per activity, and then fails as told.
type effects struct {
	db   *database.DB
	mu   sync.Mutex
	fail error
	bang bool
	seen []federation.Activity
}

func (e *effects) Apply(ctx context.Context, a federation.Activity, _ []byte) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := e.db.Conn(ctx).Exec("INSERT INTO effects (id) VALUES (?)", a.ID).Error; err != nil {
		return err
	}
	if e.bang {
		panic("an effect with a bug")
	}
	if e.fail != nil {
		return e.fail
	}
	e.seen = append(e.seen, a)
	return nil
}

func (e *effects) set(err error, bang bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.fail, e.bang = err, bang
}

// trail remembers audit events; those of a transaction that fails are forgotten.
type trail struct {
	db     *database.DB
	mu     sync.Mutex
	events []inbox.Event
}

func (a *trail) Federation(ctx context.Context, e inbox.Event) error {
	a.db.AfterCommit(ctx, func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.events = append(a.events, e)
	})
	return nil
}

func (a *trail) last() inbox.Event {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.events) == 0 {
		return inbox.Event{}
	}
	return a.events[len(a.events)-1]
}

func (a *trail) len() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.events)
}

// each runs f in a fresh world on both databases.
func each(t *testing.T, f func(t *testing.T, w *world)) {
	dbtest.Each(t, []database.Set{mailbox.Migrations()}, func(t *testing.T, db *database.DB) { f(t, newWorld(t, db)) })
}

func newWorld(t *testing.T, db *database.DB) *world {
	ctx := context.Background()
	if err := db.Conn(ctx).Exec("CREATE TABLE effects (id TEXT PRIMARY KEY)").Error; err != nil {
		t.Fatal(err)
	}
	clock := func() time.Time { return now }
	w := &world{t: t, db: db, mail: mailbox.New(db, clock), effects: &effects{db: db}, audit: &trail{db: db}}
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	w.url, w.self = server.URL, server.URL+"/ap/org"
	w.key = w.pin(north, mailbox.RoleMember, "active", "north")
	host := strings.TrimPrefix(server.URL, "http://")
	w.cfg = inbox.Config{
		Self: w.self, Mail: w.mail, Peers: w.mail, Tx: db, Effects: w.effects, Audit: w.audit, Now: clock, Log: slog.New(slog.NewTextHandler(&w.log, nil)),
		Verifier: &sign.Verifier{Key: inbox.Keys(w.mail), Now: clock, Scheme: "http", Host: func(*http.Request) string { return host }},
		Synced:   func(_ context.Context, _ mailbox.Peer, s sign.Sync) { w.synced = append(w.synced, s) },
	}
	in, err := inbox.New(w.cfg)
	if err != nil {
		t.Fatal(err)
	}
	w.inbox = in
	mux.Handle("/inbox", in)
	mux.Handle("/ap/org/inbox", in)
	return w
}

// key returns a fixture's key under an origin's key id.
func key(t *testing.T, origin, fixture string) *sign.Key {
	return keyCalled(t, origin+"/ap/org#main-key", fixture)
}

func keyCalled(t *testing.T, id, fixture string) *sign.Key {
	raw, err := os.ReadFile("../sign/testdata/" + fixture + ".pem")
	if err != nil {
		t.Fatal(err)
	}
	k, err := sign.ParseKey(id, string(raw))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// pin takes a peer down and returns its key.
func (w *world) pin(origin, role, state, fixture string) *sign.Key {
	k := key(w.t, origin, fixture)
	err := w.mail.SavePeer(context.Background(), mailbox.Peer{Role: role, Member: federation.Member{
		Actor: origin + "/ap/org", Name: "ทดสอบ", Inbox: origin + "/inbox", KeyID: k.ID(), PublicKeyPEM: k.PublicPEM(), Tier: "full", State: state,
	}})
	if err != nil {
		w.t.Fatal(err)
	}
	return k
}

// from is the envelope of a fresh activity of a peer to this server.
func (w *world) from(t federation.Type, origin string) federation.Activity {
	return federation.Activity{
		ID: origin + "/ap/act/" + opaque.ID(), Type: t, Actor: origin + "/ap/org", To: w.self, Published: now.Truncate(time.Hour), Sequence: 1,
	}
}

// offer is a fresh, good offer of a peer.
func (w *world) offer(origin string) federation.Activity {
	a := w.from(federation.Offer, origin)
	a.Referral = &federation.Referral{
		ID: origin + "/ap/ref/" + opaque.ID(), Schema: federation.SchemaReferral, Revision: 1, Kind: "service", Urgency: "normal",
		RespondBy: now.Truncate(time.Hour).Add(72 * time.Hour), Purpose: "status_work", Needs: []string{"doc_drafting"},
		Disclosure: federation.Disclosure{Policy: "sha256:" + strings.Repeat("0", 64), K: 5},
		Consent:    federation.Consent{Basis: "explicit_consent", Scope: "anonymous_offer", Version: "th-1"},
	}
	return a
}

func (w *world) encode(a federation.Activity) []byte {
	w.t.Helper()
	body, err := gofed.Encode(a)
	if err != nil {
		w.t.Fatal(err)
	}
	return body
}

// request is a signed POST; k nil leaves it unsigned.
func (w *world) request(k *sign.Key, body []byte) *http.Request {
	w.t.Helper()
	r, err := http.NewRequest(http.MethodPost, w.url+"/inbox", bytes.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Content-Type", federation.MediaType)
	if k != nil {
		if err := k.Sign(r, body, now); err != nil {
			w.t.Fatal(err)
		}
	}
	return r
}

// do sends a request and returns status and body.
func (w *world) do(r *http.Request) (int, string) {
	w.t.Helper()
	res, err := new(http.Client).Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

func (w *world) post(k *sign.Key, body []byte) (int, string) {
	w.t.Helper()
	return w.do(w.request(k, body))
}

func (w *world) count(table string) int {
	w.t.Helper()
	var n int64
	if err := w.db.Reader(context.Background()).Table(table).Count(&n).Error; err != nil {
		w.t.Fatal(err)
	}
	return int(n)
}

func (w *world) waiting() int {
	w.t.Helper()
	q, err := w.mail.Quarantined(context.Background())
	if err != nil {
		w.t.Fatal(err)
	}
	return len(q)
}

var errOurs = errors.New("a failure of ours")
