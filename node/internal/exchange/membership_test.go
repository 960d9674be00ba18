package exchange_test

import (
	"context"
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
	"github.com/saphan-network/saphan/node/chassis/audit"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/chassis/database/dbtest"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/directory"
	"github.com/saphan-network/saphan/node/internal/exchange"
	"github.com/saphan-network/saphan/node/internal/store/networkstore"
	"github.com/saphan-network/saphan/policies"
	"github.com/saphan-network/saphan/policies/staff"
)

const (
	base = "http://127.0.0.1:1"
	self = base + "/ap/org"
)

var contact = clinic.Actor{UserID: "u1", Roles: []string{"network"}, Active: true}

var memberKey = sync.OnceValue(func() *sign.Key {
	k, err := sign.NewKey(self + "#main-key")
	if err != nil {
		panic(err)
	}
	return k
})

type unheard struct{}

func (unheard) Decided(context.Context, policies.Entry) error   { return nil }
func (unheard) Cleared(context.Context, policies.Receipt) error { return nil }

// member is a node as far as its membership goes, and the door of a hub.
type member struct {
	t       *testing.T
	db      *database.DB
	mail    *mailbox.Store
	service *directory.Service
	effects *exchange.Effects
	worker  *delivery.Worker
	hub     string // IRI of the hub
	got     []federation.Activity
	clock   time.Time
	prover  *sign.Key // of the hub, for lists that show its keys
}

func eachMember(t *testing.T, f func(t *testing.T, m *member)) {
	sets := []database.Set{mailbox.Migrations(), networkstore.Migrations(), audit.Migrations()}
	dbtest.Each(t, sets, func(t *testing.T, db *database.DB) {
		m := &member{t: t, db: db, effects: &exchange.Effects{}, clock: time.Date(2026, 11, 25, 5, 30, 0, 0, time.UTC)}
		now := func() time.Time { return m.clock }
		m.mail = mailbox.New(db, now)
		gate, err := policies.New(policies.Config{Self: self, Ledger: unheard{}, Now: now, Seal: []byte(strings.Repeat("s", 32)),
			Peers: func(ctx context.Context, actor string) (policies.Peer, bool, error) {
				p, err := m.mail.Peer(ctx, actor)
				if fault.Is(err, fault.NotFound) {
					return policies.Peer{}, false, nil
				}
				return policies.Peer{Actor: p.Actor, Tier: p.Tier, State: p.State, Role: p.Role}, err == nil, err
			}})
		m.ok(err)
		m.ok(gate.Load(nil))
		m.worker, err = delivery.New(delivery.Config{Store: m.mail, Gate: gate, Key: memberKey(), Now: now, AllowPrivate: true})
		m.ok(err)
		may, err := staff.New()
		m.ok(err)
		office := &dispatch.Office{Self: self, Base: base, Store: m.mail, Gate: gate, Now: now}
		m.service = directory.New(directory.Deps{Self: self, Store: networkstore.New(db), List: exchange.MembersList{Mail: m.mail},
			Wire: &exchange.HubWire{Office: office, Discover: m.worker, Mail: m.mail}, Authority: may, Tx: db, Audit: audit.New(db, now), Now: now})
		exchange.Membership{Directory: m.service, Mail: m.mail, Now: now}.Register(m.effects)
		m.open()
		f(t, m)
	})
}

// open lets a hub answer that serves its card and keeps what it is sent.
func (m *member) open() {
	d := fedtest.New(m.t).Door("hub")
	m.hub = d.URL + "/ap/network"
	d.Open(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			kind := "Group"
			if r.URL.Path == "/ap/org" {
				kind = "Organization"
			}
			b, err := gofed.EncodeActor(federation.Actor{ID: d.URL + r.URL.Path, Type: kind, Name: "Hub", Username: "network",
				Inbox: d.URL + "/inbox", Outbox: d.URL + "/outbox", KeyID: d.URL + r.URL.Path + "#main-key", PublicKeyPEM: memberKey().PublicPEM()})
			if err != nil {
				m.t.Error(err)
			}
			w.Header().Set("Content-Type", federation.MediaType)
			_, _ = w.Write(b)
			return
		}
		body := make([]byte, r.ContentLength)
		n, _ := r.Body.Read(body)
		a, err := gofed.Decode(body[:n])
		if err != nil {
			m.t.Error(err)
		}
		m.got = append(m.got, a)
		w.WriteHeader(http.StatusAccepted)
	}))
}

func (m *member) ok(err error) {
	m.t.Helper()
	if err != nil {
		m.t.Fatal(err)
	}
}

func (m *member) comes(from string, a federation.Activity) error {
	a.ID, a.Actor, a.To = strings.TrimSuffix(from, "network")+"act/"+opaque.ID(), from, self
	var raw []byte
	if a.Members != nil {
		doc, err := gofed.EncodeMembers(*a.Members)
		m.ok(err)
		if from == m.hub && a.Members.Key.ID != "" { // as the hub proves it
			at, err := time.Parse(time.RFC3339, a.Members.Updated)
			m.ok(err)
			doc, err = m.prover.Assertion().Prove(doc, at)
			m.ok(err)
			l, err := gofed.DecodeMembers(doc)
			m.ok(err)
			a.Members = &l
		}
		raw = []byte(`{"object":` + string(doc) + `}`)
	}
	return m.db.Within(context.Background(), func(ctx context.Context) error { return m.effects.Apply(ctx, a, raw) })
}

// comesBare hands in a list of the hub's without a proof.
func (m *member) comesBare(l federation.Members) error {
	doc, err := gofed.EncodeMembers(l)
	m.ok(err)
	a := federation.Activity{ID: strings.TrimSuffix(m.hub, "network") + "act/" + opaque.ID(), Actor: m.hub, To: self, Type: federation.Update, Members: &l}
	return m.db.Within(context.Background(), func(ctx context.Context) error { return m.effects.Apply(ctx, a, []byte(`{"object":`+string(doc)+`}`)) })
}

func (m *member) state() string {
	m.t.Helper()
	st, err := m.service.Standing(context.Background(), contact)
	m.ok(err)
	return st.State
}

func (m *member) list(version int64, others ...string) *federation.Members {
	hub := strings.TrimSuffix(m.hub, "/ap/network")
	l := &federation.Members{ID: hub + "/ap/members", Network: m.hub, Version: version, Updated: "2026-11-25T05:00:00Z"}
	for _, b := range append([]string{base}, others...) {
		l.Items = append(l.Items, federation.Member{Actor: b + "/ap/org", Name: "of " + b, Inbox: b + "/inbox", KeyID: b + "/ap/org#main-key",
			PublicKeyPEM: memberKey().PublicPEM(), Tier: "full", State: "active", Services: []string{"dna"}, Regions: []string{"north"}, Capacity: "open"})
	}
	return l
}

func TestMembershipRefuses(t *testing.T) {
	eachMember(t, func(t *testing.T, m *member) {
		ctx := context.Background()
		for _, who := range []clinic.Actor{{}, {UserID: "u2", Roles: []string{"auditor"}, Active: true}, {UserID: "u3", Roles: []string{"caseworker"}, Active: true}} {
			if err := m.service.Join(ctx, who, m.hub); err == nil {
				t.Errorf("%v joins a network", who)
			}
		}
		if err := m.service.JoinShown(ctx, contact, m.hub, "0000"); !fault.Is(err, fault.Conflict) {
			t.Errorf("another key than the one shown: %v", err)
		}
		if err := m.service.Join(ctx, contact, strings.TrimSuffix(m.hub, "network")+"org"); !fault.Is(err, fault.Invalid) {
			t.Errorf("joined what is no hub: %v", err)
		}
		for _, a := range []federation.Activity{{Type: federation.Invite}, {Type: federation.Update, Members: m.list(1)}, {Type: federation.Accept, Membership: &federation.Membership{}}} {
			if err := m.comes(m.hub, a); !fault.Is(err, fault.Forbidden) {
				t.Errorf("%s from a hub that is not pinned: %v", a.Type, err)
			}
		}
		m.ok(m.service.Join(ctx, contact, m.hub))
		other := "http://127.0.0.1:2/ap/network"
		if err := m.comes(other, federation.Activity{Type: federation.Update, Members: m.list(9)}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a list from another hub: %v", err)
		}
		m.ok(m.comes(m.hub, federation.Activity{Type: federation.Accept, Object: self + "/none", Membership: &federation.Membership{Tier: "full"}}))
		if m.state() != directory.Asked {
			t.Errorf("an answer to another application made us %s", m.state())
		}
	})
}

func TestMembership(t *testing.T) {
	eachMember(t, func(t *testing.T, m *member) {
		ctx := context.Background()
		card, err := m.service.Look(ctx, contact, m.hub)
		m.ok(err)
		m.ok(m.service.JoinShown(ctx, contact, m.hub, card.Fingerprint()))
		_, err = m.worker.Settle(ctx)
		m.ok(err)
		if len(m.got) != 1 || m.got[0].Type != federation.Join || m.got[0].Object != m.hub {
			t.Fatalf("the hub got %+v", m.got)
		}
		m.ok(m.comes(m.hub, federation.Activity{Type: federation.Accept, Object: m.got[0].ID, Membership: &federation.Membership{ID: m.hub + "/1", Tier: "full"}}))
		m.ok(m.comes(m.hub, federation.Activity{Type: federation.Update, Members: m.list(3, "http://127.0.0.1:2", "http://127.0.0.1:3")}))
		m.ok(m.comes(m.hub, federation.Activity{Type: federation.Update, Members: m.list(2)})) // overtaken
		others, v, err := m.service.Members(ctx)
		if err != nil || v.Number != 3 || len(others) != 2 || m.state() != directory.Active {
			t.Fatalf("%d others, version %d, %s, %v", len(others), v.Number, m.state(), err)
		}
		found, err := m.service.Find(ctx, "dna", "57")
		if err != nil || len(found) != 2 || !found[0].Serves || found[0].Area != "region" {
			t.Fatalf("found %+v, %v", found, err)
		}
		suspended := m.list(4)
		suspended.Items[0].State = "suspended"
		m.ok(m.comes(m.hub, federation.Activity{Type: federation.Update, Members: suspended}))
		if m.state() != directory.Inactive {
			t.Fatalf("suspended, but %s", m.state())
		}
		m.ok(m.comes(m.hub, federation.Activity{Type: federation.Reject, Object: m.got[0].ID, Reason: "breach"}))
		if m.state() != directory.Ended {
			t.Fatalf("ended, but %s", m.state())
		}
	})
}
