package exchange_test

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/delivery"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/fedtest"
	"github.com/saphan-network/saphan/federation/inbox"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/federation/sign"
	"github.com/saphan-network/saphan/federation/vocabulary"
	"github.com/saphan-network/saphan/node/chassis/audit"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/chassis/database/dbtest"
	"github.com/saphan-network/saphan/node/chassis/station"
	"github.com/saphan-network/saphan/node/chassis/vault"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/casework"
	"github.com/saphan-network/saphan/node/clinic/consent"
	"github.com/saphan-network/saphan/node/clinic/handover"
	"github.com/saphan-network/saphan/node/clinic/referral"
	"github.com/saphan-network/saphan/node/internal/exchange"
	"github.com/saphan-network/saphan/node/internal/store/casestore"
	"github.com/saphan-network/saphan/node/internal/store/handoverstore"
	"github.com/saphan-network/saphan/node/internal/store/referralstore"
	"github.com/saphan-network/saphan/policies"
	"github.com/saphan-network/saphan/policies/staff"
)

// staffOf are the users of every node of these tests.
var staffOf = map[string]clinic.Actor{}

func user(id string, roles ...string) clinic.Actor {
	a := clinic.Actor{UserID: id, Roles: roles, Active: true}
	staffOf[id] = a
	return a
}

var (
	dao  = user("dao", "caseworker")
	nok  = user("nok", "caseworker")
	ying = user("ying", "supervisor")
	mek  = user("mek", "intern")
	chai = user("chai", "admin")
)

type colleagues struct{}

func (colleagues) Colleague(_ context.Context, id string) (clinic.Actor, error) {
	if a, ok := staffOf[id]; ok {
		return a, nil
	}
	return clinic.Actor{}, fault.Missing()
}

// clinicNode is one member's node without its pages.
type clinicNode struct {
	t        *testing.T
	now      *time.Time
	name     string
	url      string
	self     string
	door     *fedtest.Door
	handler  http.Handler
	key      *sign.Key
	db       *database.DB
	mail     *mailbox.Store
	gate     *policies.Gate
	worker   *delivery.Worker
	inbox    *inbox.Inbox
	ledger   *audit.Log
	cases    *casework.Service
	sender   *referral.Sender
	receiver *referral.Receiver
	wire     *exchange.Referrals
	out      *handover.Sender
	in       *handover.Receiver
	keys     *handoverstore.Keys
	filed    int // calls of file
}

func (n *clinicNode) Settle(ctx context.Context) error {
	_, err := n.worker.Settle(ctx)
	return err
}

func (n *clinicNode) Close() error { return nil }

// world is three nodes: north asks, labour answers, third is there to be suggested.
type world struct {
	t                    *testing.T
	now                  time.Time
	net                  *fedtest.Network
	north, labour, third *clinicNode
}

func sets() []database.Set {
	return []database.Set{audit.Migrations(), vault.Migrations(), mailbox.Migrations(), casestore.Migrations(), referralstore.Migrations(), handoverstore.Migrations()}
}

// eachWorld runs f on SQLite and on PostgreSQL.
func eachWorld(t *testing.T, f func(t *testing.T, w *world)) {
	t.Helper()
	for name, open := range map[string]func(t *testing.T) *database.DB{
		"sqlite":   func(t *testing.T) *database.DB { return dbtest.SQLite(t, sets()...) },
		"postgres": func(t *testing.T) *database.DB { return dbtest.Postgres(t, sets()...) },
	} {
		t.Run(name, func(t *testing.T) {
			w := &world{t: t, now: time.Date(2026, 11, 25, 5, 20, 0, 0, time.UTC), net: fedtest.New(t)}
			w.north, w.labour, w.third = w.node("north", open(t)), w.node("labour", open(t)), w.node("third", open(t))
			w.introduce()
			f(t, w)
		})
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func (w *world) node(name string, db *database.DB) *clinicNode {
	clock := func() time.Time { return w.now }
	door := w.net.Door(name)
	n := &clinicNode{t: w.t, now: &w.now, name: name, url: door.URL, self: door.URL + "/ap/org", door: door, db: db}
	n.key = must(sign.NewKey(n.self + "#main-key"))
	n.mail, n.ledger = mailbox.New(db, clock), audit.New(db, clock)
	book := station.Ledger{Trail: n.ledger}
	n.gate = must(policies.New(policies.Config{Self: n.self, Ledger: book, Now: clock, Seal: bytes.Repeat([]byte(name), 32)[:32],
		Peers: func(ctx context.Context, actor string) (policies.Peer, bool, error) {
			p, err := n.mail.Peer(ctx, actor)
			if fault.Is(err, fault.NotFound) {
				return policies.Peer{}, false, nil
			}
			return policies.Peer{Actor: p.Actor, Tier: p.Tier, State: p.State, Role: p.Role}, err == nil, err
		}}))
	if err := n.gate.Load(nil); err != nil {
		w.t.Fatal(err)
	}
	n.worker = must(delivery.New(delivery.Config{Store: n.mail, Gate: n.gate, Key: n.key, Now: clock, UserAgent: "saphan-test", AllowPrivate: true}))
	may := must(staff.New())
	seal := must(vault.New(db, bytes.Repeat([]byte{7}, vault.KeySize), clock))
	files := casestore.New(db, seal)
	n.cases = casework.New(casework.Config{Cases: files, Journal: files, Book: files, Drafts: files, Staff: colleagues{},
		Authority: may, Recorder: n.ledger, Tx: db, Clock: clock, OnWithdraw: func(ctx context.Context, caseID, _ string) error {
			if err := n.sender.ConsentWithdrawn(ctx, caseID); err != nil {
				return err
			}
			return n.out.ConsentWithdrawn(ctx, caseID)
		}})
	post := exchange.NewPost(exchange.PostConfig{Base: n.url, Self: n.self, Gate: n.gate, Outbox: n.mail, Now: clock})
	dir := exchange.NewDirectory(n.mail, n.self)
	n.sender = referral.NewSender(referral.SenderParts{Store: referralstore.NewSent(db), Cases: exchange.NewCases(n.cases), Directory: dir,
		Out: post, Authority: may, Recorder: n.ledger, Tx: db, Clock: clock, Known: vocabulary.Has,
		OnOver: func(ctx context.Context, id string) error { return n.out.Withdrawn(ctx, id) }})
	n.receiver = referral.NewReceiver(referral.ReceiverParts{Store: referralstore.NewReceived(db), Directory: dir, Out: post,
		Authority: may, Recorder: n.ledger, Tx: db, Clock: clock, Known: vocabulary.Has,
		OnOver: func(ctx context.Context, id string) error { return n.in.OfferOver(ctx, id) }})
	n.handovers(post, dir, files, seal, may, clock)
	effects := &exchange.Effects{}
	(&exchange.Handovers{Post: post, Sender: n.out, Receiver: n.in, Peers: n.mail, Now: clock}).Register(effects)
	n.wire = exchange.NewReferrals(post, n.sender, n.receiver)
	n.wire.Register(effects)
	host := strings.TrimPrefix(n.url, "http://")
	n.inbox = must(inbox.New(inbox.Config{Self: n.self, Mail: n.mail, Peers: n.mail, Tx: db, Effects: effects, Audit: book, Now: clock,
		Verifier: &sign.Verifier{Key: inbox.Keys(n.mail), Now: clock, Scheme: "http", Host: func(*http.Request) string { return host }}}))
	mux := http.NewServeMux()
	mux.Handle("/inbox", n.inbox)
	mux.Handle("/ap/org/inbox", n.inbox)
	n.handler = mux
	door.Open(mux)
	w.net.Add(name, n)
	return n
}

// handovers makes both ends of stage 2.
func (n *clinicNode) handovers(post *exchange.Post, dir *exchange.Directory, files *casestore.Store, seal *vault.Vault, may *staff.Policy, clock func() time.Time) {
	n.keys = handoverstore.NewKeys(n.db, seal)
	out := &exchange.Envelopes{Post: post, Prove: func(doc []byte, at time.Time) ([]byte, error) { return n.key.Assertion().Prove(doc, at) },
		Keys: &exchange.RoleKeys{Self: n.self, Store: n.keys, Recorder: n.ledger, Tx: n.db, Now: clock}}
	cases := exchange.HandoverFiles{Service: n.cases, Eraser: files}
	n.out = handover.NewSender(handover.SenderParts{Store: handoverstore.NewSent(n.db, seal), Referrals: n.sender.Store, Directory: dir, Files: cases, Out: out,
		Authority: may, Recorder: n.ledger, Tx: n.db, Clock: clock, Known: vocabulary.Has})
	n.in = handover.NewReceiver(handover.ReceiverParts{Store: handoverstore.NewReceived(n.db, seal), Offers: n.receiver.Store, Directory: dir, Cases: cases, Out: out, Opener: out,
		Authority: may, Recorder: n.ledger, Tx: n.db, Clock: clock, Known: vocabulary.Has, Staff: colleagues{}.Colleague})
}

// reopen forgets what is kept in memory, as a restart does.
func (n *clinicNode) reopen() {
	seal := must(vault.New(n.db, bytes.Repeat([]byte{7}, vault.KeySize), func() time.Time { return *n.now }))
	n.keys = handoverstore.NewKeys(n.db, seal)
	out := n.in.Opener.(*exchange.Envelopes)
	out.Keys.Store = n.keys
}

// introduce gives every node the same members list.
func (w *world) introduce() {
	hub := "https://hub.example/ap/network"
	list := federation.Members{ID: "https://hub.example/ap/members", Network: hub, Version: 1, Updated: "2026-11-01T00:00:00Z"}
	for _, n := range []*clinicNode{w.north, w.labour, w.third} {
		list.Items = append(list.Items, federation.Member{Actor: n.self, Name: "สมาชิก " + n.name, Inbox: n.url + "/inbox", KeyID: n.key.ID(),
			PublicKeyPEM: n.key.PublicPEM(), Tier: "full", State: "active", Services: []string{"legal_advice", "doc_drafting"},
			Regions: []string{"north"}, Languages: []string{"th"}, Capacity: "open", Assertion: n.key.Assertion().Multikey()})
	}
	for _, n := range []*clinicNode{w.north, w.labour, w.third} {
		key := must(sign.NewKey("https://hub.example/ap/network#main-key"))
		if err := n.mail.SavePeer(w.t.Context(), mailbox.Peer{Role: mailbox.RoleHub, Member: federation.Member{Actor: hub, Name: "hub",
			Inbox: "https://hub.example/inbox", KeyID: key.ID(), PublicKeyPEM: key.PublicPEM(), Tier: "secretariat", State: "active"}}); err != nil {
			w.t.Fatal(err)
		}
		if err := n.mail.SaveMembers(w.t.Context(), list); err != nil {
			w.t.Fatal(err)
		}
	}
}

// secrets are the values of the file that must never cross.
var secrets = []string{"นาแฮ", "ลาหู่นะ", "Na Hae", "ห้วยหินลาด", "080-000-1122", "0800001122", "0-0000-89000-00-5", "0000089000005",
	"2015-04-23", "แม่ฟ้าหลวง", "ปฏิเสธเพราะ", "ชร 14/2569"}

// file writes a case like many others, and its consent; the first one is the client's.
func (n *clinicNode) file(level int) string {
	n.t.Helper()
	ctx := n.t.Context()
	var first string
	n.filed++
	for i := range 6 {
		number, given := "0-0000-89000-00-5", "นาแฮ"
		if i > 0 || n.filed > 1 { // others, of the same age and place
			number, given = "", "นาแฮ"+strings.Repeat("ฮ", 10*n.filed+i)
		}
		c, err := n.cases.Create(ctx, dao, casework.Intake{Key: opaque.ID(), OpenedOn: "2026-11-20", ProvinceCode: "57", AmphoeName: "แม่ฟ้าหลวง",
			Issues: []string{"status_unregistered_child"}, Problem: "นาแฮถูกโรงเรียนปฏิเสธเพราะไม่มีสูติบัตร", Interpreter: "yes",
			GuardianPresent: "yes", LocalNumber: "ชร 14/2569" + strings.Repeat("x", 10*n.filed+i), Channel: "walk_in",
			Persons: []casework.Person{
				{Title: "ด.ญ.", Given: given, Family: "ลาหู่นะ", OtherNames: []string{"Na Hae"}, IDNumber: number, Birth: "2015-04-23",
					Sex: "female", Status: "none", Village: "บ้านห้วยหินลาด", Phone: "080-000-1122"},
				{Title: "นาง", Given: "นาซือ", Family: "ลาหู่นะ", Birth: "1990", Sex: "female", Status: "0-89"}}})
		if err != nil {
			n.t.Fatal(err)
		}
		if i > 0 {
			continue
		}
		first = c.ID
		if c, err = n.cases.Screen(ctx, dao, c.ID, c.Version, consent.Explicit, casework.ConflictClear); err != nil {
			n.t.Fatal(err)
		}
		if level == 0 {
			continue
		}
		if _, err := n.cases.RecordConsent(ctx, dao, c.ID, consent.Record{Purpose: "status_work", Recipient: consent.Network,
			Scope: consent.ScopeAnonymousOffer, Special: level >= consent.LevelSpecial, Basis: consent.Explicit, TextVersion: "th-3", Language: "th",
			Medium: "thumbprint", Guardian: "นาซือ ลาหู่นะ", Assent: true}); err != nil {
			n.t.Fatal(err)
		}
	}
	return first
}

func (w *world) form(to *clinicNode) referral.Form {
	return referral.Form{Kind: "service", Urgency: "urgent", Purpose: "status_work", Needs: []string{"dna", "doc_drafting"},
		Issues: []string{"status_unregistered_child"}, Target: to.self,
		Phrases:     []referral.Phrase{{Code: "no_birth_evidence"}, {Code: "office_did_not_accept_application", Slots: map[string]string{"officeType": "registry"}}},
		FeedbackDue: "2027-01-31"}
}

// offer drafts, submits and approves, and returns the referral's id.
func (w *world) offer(to *clinicNode) string {
	w.t.Helper()
	ctx := w.t.Context()
	caseID := w.north.file(consent.LevelSpecial)
	id := must(w.north.sender.Draft(ctx, dao, caseID, w.form(to)))
	if st, err := w.north.sender.Submit(ctx, dao, id); err != nil || st != referral.StateAwaiting {
		v, _ := w.north.sender.Show(ctx, dao, id)
		w.t.Fatalf("submit: %s, %v; %s", st, err, v.Referral.Preview.Why)
	}
	v := must(w.north.sender.Show(ctx, ying, id))
	if err := w.north.sender.Approve(ctx, ying, id, v.Fresh.SHA256); err != nil {
		w.t.Fatal(err)
	}
	return id
}

func (w *world) sent(id string) referral.Referral {
	w.t.Helper()
	return must(w.north.sender.Store.Get(w.t.Context(), id))
}

// arrived returns the one offer at a node that came from this referral.
func (w *world) arrived(n *clinicNode, id string) referral.Incoming {
	w.t.Helper()
	o, err := n.receiver.Store.ByOffer(w.t.Context(), w.sent(id).Envelope.Activity)
	if err != nil {
		w.t.Fatal(err)
	}
	return o
}

func (w *world) want(id string, at *clinicNode, sender, receiver referral.State) {
	w.t.Helper()
	w.net.Settle(w.t.Context())
	if r := w.sent(id); r.State != sender {
		w.t.Fatalf("the sender is at %s, want %s", r.State, sender)
	}
	if o := w.arrived(at, id); o.State != receiver {
		w.t.Fatalf("the receiver is at %s, want %s", o.State, receiver)
	}
}

// clean fails when a value of the file has crossed, or a ledger does not hold.
func (w *world) clean() {
	w.t.Helper()
	if found := w.net.Tap().Finds(secrets...); len(found) > 0 {
		w.t.Fatalf("crossed: %v", found)
	}
	for _, n := range []*clinicNode{w.north, w.labour, w.third} {
		if _, err := n.ledger.Verify(w.t.Context()); err != nil {
			w.t.Fatal(err)
		}
		if q, err := n.mail.Quarantined(w.t.Context()); err != nil || len(q) > 0 {
			w.t.Fatalf("%s: quarantined %v, %v", n.name, q, err)
		}
	}
}
