package exchange_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/delivery"
	"github.com/saphan-network/saphan/federation/dispatch"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/fedtest"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/federation/sign"
	"github.com/saphan-network/saphan/federation/vocabulary"
	"github.com/saphan-network/saphan/hub/internal/exchange"
	"github.com/saphan-network/saphan/hub/internal/store"
	"github.com/saphan-network/saphan/hub/network/membership"
	"github.com/saphan-network/saphan/node/chassis/audit"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/chassis/database/dbtest"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/policies"
	"github.com/saphan-network/saphan/policies/staff"
)

const (
	base = "http://127.0.0.1:1"
	self = base + "/ap/network"
)

var secretary = clinic.Actor{UserID: "u1", Roles: []string{"secretary"}, Active: true}

var key = sync.OnceValue(func() *sign.Key {
	k, err := sign.NewKey(self + "#main-key")
	if err != nil {
		panic(err)
	}
	return k
})

type nothing struct{}

type prover struct{}

func (prover) ListKeys(context.Context) (now, old federation.PublicKey, err error) {
	return federation.PublicKey{ID: key().ID(), PEM: key().PublicPEM(), Assertion: key().Assertion().Multikey()}, old, nil
}

func (prover) Prove(doc []byte, created time.Time) ([]byte, error) {
	return key().Assertion().Prove(doc, created)
}

func (nothing) Decided(context.Context, policies.Entry) error   { return nil }
func (nothing) Cleared(context.Context, policies.Receipt) error { return nil }

// hub is the secretariat's server without pages, and the doors of some nodes.
type hub struct {
	t       *testing.T
	db      *database.DB
	mail    *mailbox.Store
	service *membership.Service
	effects exchange.Effects
	worker  *delivery.Worker
	net     *fedtest.Network
	clock   time.Time
}

func (h *hub) now() time.Time { return h.clock }

func each(t *testing.T, f func(t *testing.T, h *hub)) {
	sets := []database.Set{mailbox.Migrations(), store.Migrations(), audit.Migrations()}
	dbtest.Each(t, sets, func(t *testing.T, db *database.DB) {
		h := &hub{t: t, db: db, net: fedtest.New(t), clock: time.Date(2026, 11, 25, 5, 30, 0, 0, time.UTC)}
		h.mail = mailbox.New(db, h.now)
		gate, err := policies.New(policies.Config{Self: self, Ledger: nothing{}, Now: h.now, Seal: []byte(strings.Repeat("s", 32)),
			Peers: func(ctx context.Context, actor string) (policies.Peer, bool, error) {
				p, err := h.mail.Peer(ctx, actor)
				if fault.Is(err, fault.NotFound) {
					return policies.Peer{}, false, nil
				}
				return policies.Peer{Actor: p.Actor, Tier: p.Tier, State: p.State, Role: p.Role}, err == nil, err
			}})
		h.ok(err)
		h.ok(gate.Load(nil))
		h.worker, err = delivery.New(delivery.Config{Store: h.mail, Gate: gate, Key: key(), Now: h.now, AllowPrivate: true})
		h.ok(err)
		may, err := staff.New()
		h.ok(err)
		office := &dispatch.Office{Self: self, Base: base, Store: h.mail, Gate: gate, Now: h.now}
		h.service = membership.New(membership.Deps{
			Store: store.NewMembers(db), Wire: &exchange.Wire{Office: office, Discover: h.worker, Mail: h.mail, Prover: prover{}}, Authority: may,
			Tx: db, Audit: audit.New(db, h.now), Now: h.now, Codes: vocabulary.Has, Sound: sign.Sound, Overlap: federation.KeyOverlap,
		})
		h.effects = exchange.Effects{Register: h.service}
		f(t, h)
	})
}

func (h *hub) ok(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// node is a member's door: it serves a card and keeps what it is sent.
type node struct {
	actor string
	mu    sync.Mutex
	got   []federation.Activity
	name  string
	seq   int64
}

func (h *hub) node(name string) *node {
	h.t.Helper()
	d := h.net.Door(name)
	n := &node{actor: d.URL + "/ap/org", name: name}
	d.Open(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n.mu.Lock()
		defer n.mu.Unlock()
		if r.Method == http.MethodGet {
			b, err := gofed.EncodeActor(federation.Actor{ID: n.actor, Type: "Organization", Name: n.name, Username: name,
				Inbox: d.URL + "/ap/org/inbox", Outbox: d.URL + "/ap/org/outbox", KeyID: n.actor + "#main-key", PublicKeyPEM: key().PublicPEM()})
			if err != nil {
				h.t.Error(err)
			}
			w.Header().Set("Content-Type", federation.MediaType)
			_, _ = w.Write(b)
			return
		}
		body, _ := io.ReadAll(r.Body)
		a, err := gofed.Decode(body)
		if err != nil {
			h.t.Errorf("%s got what it cannot read: %v", name, err)
		}
		n.got = append(n.got, a)
		w.WriteHeader(http.StatusAccepted)
	}))
	return n
}

func (n *node) last() federation.Activity {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.got) == 0 {
		return federation.Activity{}
	}
	return n.got[len(n.got)-1]
}

// says lets an activity of a node come in, in one transaction as the inbox does.
func (h *hub) says(n *node, t federation.Type) error {
	n.seq++
	a := federation.Activity{ID: strings.TrimSuffix(n.actor, "org") + "act/" + opaque.ID(), Type: t, Actor: n.actor, To: self, Object: self, Sequence: n.seq}
	return h.db.Within(context.Background(), func(ctx context.Context) error {
		if _, err := h.mail.Receive(ctx, mailbox.Received{ActivityID: a.ID, Actor: a.Actor, Type: string(t), SHA256: opaque.ID(), Sequence: n.seq}); err != nil {
			return err
		}
		return h.effects.Apply(ctx, a, nil)
	})
}

func (h *hub) settle() {
	h.t.Helper()
	_, err := h.worker.Settle(context.Background())
	h.ok(err)
}

func (h *hub) state(n *node) membership.State {
	h.t.Helper()
	m, _, err := h.service.Show(context.Background(), secretary, n.actor)
	h.ok(err)
	return m.State
}

func TestWhoMayNot(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		ctx := context.Background()
		a := h.node("alpha")
		admin := clinic.Actor{UserID: "u2", Roles: []string{"admin"}, Active: true}
		gone := clinic.Actor{UserID: "u1", Roles: []string{"secretary"}}
		for _, who := range []clinic.Actor{admin, gone, {}} {
			if err := h.service.Invite(ctx, who, a.actor); err == nil {
				t.Errorf("%v invites", who)
			}
			if _, err := h.service.All(ctx, who); err == nil {
				t.Errorf("%v reads the register", who)
			}
		}
		if err := h.says(a, federation.Join); !fault.Is(err, fault.Forbidden) {
			t.Errorf("who was never invited joins: %v", err)
		}
		if err := h.service.Accept(ctx, secretary, a.actor, "observer"); !fault.Is(err, fault.NotFound) {
			t.Errorf("accepted without an application: %v", err)
		}
		if err := h.service.InviteShown(ctx, secretary, a.actor, "0000"); !fault.Is(err, fault.Conflict) {
			t.Errorf("invited with another key than the one shown: %v", err)
		}
		if err := h.service.Describe(ctx, secretary, a.actor, membership.Profile{}); !fault.Is(err, fault.NotFound) {
			t.Errorf("described whom we do not know: %v", err)
		}
		h.ok(h.service.Invite(ctx, secretary, a.actor))
		for name, f := range map[string]func() error{
			"accept the invited": func() error { return h.service.Accept(ctx, secretary, a.actor, "observer") },
			"suspend":            func() error { return h.service.Suspend(ctx, secretary, a.actor, "breach") },
			"reactivate":         func() error { return h.service.Reactivate(ctx, secretary, a.actor) },
			"expel":              func() error { return h.service.Propose(ctx, secretary, a.actor, membership.Expel, "breach") },
			"decline":            func() error { return h.service.Decline(ctx, secretary, a.actor, "incomplete") },
			"a tier of no list":  func() error { return h.service.Accept(ctx, secretary, a.actor, "secretariat") },
			"a reason of words":  func() error { return h.service.Decline(ctx, secretary, a.actor, "because") },
		} {
			if err := f(); err == nil {
				t.Errorf("%s: done", name)
			}
		}
		if l, err := h.service.Current(ctx); err != nil || l.Version != 0 || len(l.Members) != 0 {
			t.Errorf("the list has version %d, %v", l.Version, err)
		}
	})
}

func TestLifeOfAMember(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		ctx := context.Background()
		a, b := h.node("alpha"), h.node("beta")
		card, err := h.service.Look(ctx, secretary, a.actor)
		h.ok(err)
		if card.Name != "alpha" || len(card.Fingerprint()) != 79 {
			t.Fatalf("card: %+v %q", card, card.Fingerprint())
		}
		h.ok(h.service.InviteShown(ctx, secretary, a.actor, card.Fingerprint()))
		h.ok(h.service.Invite(ctx, secretary, b.actor))
		h.settle()
		if a.last().Type != federation.Invite || a.last().Object != self {
			t.Fatalf("alpha got %+v", a.last())
		}
		h.ok(h.says(a, federation.Join))
		h.ok(h.says(b, federation.Join))
		h.ok(h.service.Consider(ctx, secretary, b.actor))
		h.ok(h.service.Describe(ctx, secretary, a.actor, membership.Profile{Services: []string{"doc_drafting"}, Regions: []string{"57"}, Languages: []string{"th"}, Capacity: "open"}))
		h.admit(a, "full")
		h.settle()
		if l := a.last(); l.Type != federation.Update || l.Members.Version != 1 || len(l.Members.Items) != 1 || l.Members.Items[0].Services[0] != "doc_drafting" {
			t.Fatalf("alpha got %+v", l)
		}
		if l := a.got[len(a.got)-2]; l.Type != federation.Accept || l.Membership.Tier != "full" {
			t.Fatalf("alpha got %+v", l)
		}
		paper := a.got[len(a.got)-2].Membership.ID
		papers := exchange.Papers{Base: base, Self: self, Register: h.service}
		if body, to, err := papers.Object(ctx, paper); err != nil || to != a.actor || !strings.Contains(string(body), a.actor) {
			t.Fatalf("alpha's paper: %s for %s, %v", body, to, err)
		}
		for _, other := range []string{base + "/ap/membership/", base + "/ap/membership/other", base + "/ap/ref/" + paper, ""} {
			if _, _, err := papers.Object(ctx, other); !fault.Is(err, fault.NotFound) {
				t.Errorf("%q: %v", other, err)
			}
		}
		h.ok(h.service.Accept(ctx, secretary, b.actor, "provisional"))
		h.settle()
		if a.last().Members.Version != 2 || b.last().Members.Version != 2 || len(b.last().Members.Items) != 2 {
			t.Fatalf("lists %+v %+v", a.last(), b.last())
		}
		h.ok(h.says(a, federation.Join)) // it has lost its copy
		h.settle()
		if a.last().Members == nil || a.last().Members.Version != 2 || h.state(a) != membership.Active {
			t.Fatalf("asked again, alpha got %+v", a.last())
		}
		n := len(b.got)
		h.ok(h.service.Suspend(ctx, secretary, b.actor, "breach"))
		h.settle()
		if len(b.got) != n+1 || b.last().Members == nil || b.last().Members.Items[1].State != "suspended" || a.last().Members.Version != 3 || a.last().Members.Items[1].State != "suspended" {
			t.Fatalf("suspended: %d more to it, alpha has %+v", len(b.got)-n, a.last().Members)
		}
		h.ok(h.service.Describe(ctx, secretary, a.actor, membership.Profile{Capacity: "full"}))
		h.settle()
		if len(b.got) != n+1 || a.last().Members.Version != 4 {
			t.Fatalf("while suspended: %d more to it", len(b.got)-n)
		}
		h.ok(h.service.Reactivate(ctx, secretary, b.actor))
		h.settle()
		if b.last().Members.Version != 5 {
			t.Fatalf("reactivated: %+v", b.last())
		}
		h.both(b, membership.Expel, "breach")
		h.settle()
		if l := b.last(); l.Type != federation.Reject || l.Reason != "breach" || len(a.last().Members.Items) != 1 {
			t.Fatalf("expelled: %+v", l)
		}
		if err := h.says(b, federation.Join); !fault.Is(err, fault.Forbidden) {
			t.Fatalf("who was expelled joins again: %v", err)
		}
		h.ok(h.says(a, federation.Leave))
		l, err := h.service.Current(ctx)
		if err != nil || l.Version != 7 || len(l.Members) != 0 {
			t.Fatalf("the list has version %d and %d members, %v", l.Version, len(l.Members), err)
		}
		_, ev, err := h.service.Show(ctx, secretary, b.actor)
		if err != nil || len(ev) != 8 || ev[0].Kind != "expelled" || ev[0].Note != "breach" || ev[0].By != "u9" || ev[7].Kind != "invited" {
			t.Fatalf("history: %+v, %v", ev, err)
		}
	})
}
