// Package station is a server's place in the network, the same for a member's
// node and for the hub: its identity and its key, the gate, the mailbox, the
// only way out and the only way in.
package station

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/delivery"
	"github.com/saphan-network/saphan/federation/discovery"
	"github.com/saphan-network/saphan/federation/dispatch"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/flood"
	"github.com/saphan-network/saphan/federation/inbox"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/federation/sign"
	"github.com/saphan-network/saphan/node/chassis/audit"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/chassis/vault"
	"github.com/saphan-network/saphan/policies"
)

// DefaultListBound is longer than the time between two monthly meetings with a hub
// that is away from the one to the other, and short enough that somebody who was
// expelled does not stay a member for a season.
const DefaultListBound = 45 * 24 * time.Hour

const keyName = "#main-key"

// Config is what a Station needs; all but Rules, Editions, Proxies, AllowPrivate, ListBound, Face and Door must be set.
type Config struct {
	Base         string // URL of the server without a slash at its end
	Path         string // of its actor: "/ap/org" or "/ap/network"
	Type         string // of its actor: "Organization" or "Group"
	Username     string // of its actor, for WebFinger
	Name         string // of the organisation
	Software     string // "saphan-node" or "saphan-hub"
	Version      string
	KeyFile      string // the key that signs for the server; made when nobody knows the server yet
	SealFile     string // the key that seals the gate's clearances; made when it is not there
	DB           *database.DB
	Trail        *audit.Log
	Rules        [][]string        // the server's own deny rows
	Editions     policies.Editions // versions of more of them; nil for none
	Proxies      []string          // whose X-Forwarded-For is believed (addresses, CIDR); nobody's if none
	AllowPrivate bool              // talks to private addresses, for networks on one machine only
	ListBound    time.Duration     // how old a members list may become before nothing goes to members; 0 means DefaultListBound
	Face         *Face             // the server's public actor; nil for none
	Door         func() string     // where a hub takes applications of who was not invited, as of now; nil or "" for nowhere
	Now          func() time.Time
	Log          *slog.Logger
}

// Station is a server's identity, gate, outbox and (after Open) inbox.
type Station struct {
	Self   string // IRI of the server's actor
	Key    *Keyring
	Mail   *mailbox.Store
	Gate   *policies.Gate
	Worker *delivery.Worker
	Inbox  *inbox.Inbox // nil before Open
	Office *dispatch.Office

	cfg    Config
	ledger Ledger
	site   *discovery.Site

	listing atomic.Pointer[Listing]  // on a hub: what its members list holds
	stopped chan policies.Difference // what the ledger is not told yet
}

// New makes the way out. Nothing comes in before Open.
func New(ctx context.Context, cfg Config) (*Station, error) {
	if cfg.ListBound == 0 {
		cfg.ListBound = DefaultListBound
	}
	s := &Station{Self: cfg.Base + cfg.Path, Mail: mailbox.New(cfg.DB, cfg.Now), cfg: cfg, ledger: Ledger{Trail: cfg.Trail},
		stopped: make(chan policies.Difference, 1)}
	var err error
	if s.Key, err = s.openKeyring(ctx); err != nil {
		return nil, err
	}
	seal, err := vault.LoadOrCreateKey(cfg.SealFile)
	if err != nil {
		return nil, err
	}
	if s.Gate, err = policies.New(policies.Config{Self: s.Self, Ledger: s.ledger, Now: cfg.Now, Seal: seal, Peers: s.peer, Alarm: s.alarm,
		Editions: cfg.Editions}); err != nil {
		return nil, err
	}
	if err := s.load(ctx); err != nil {
		return nil, err
	}
	s.Office = &dispatch.Office{Self: s.Self, Base: cfg.Base, Store: s.Mail, Gate: s.Gate, Now: cfg.Now}
	s.Worker, err = delivery.New(s.outward(delivery.Config{Store: s.Mail, Gate: s.Gate, Key: s.Key, Now: cfg.Now, Log: cfg.Log, Sync: s.syncHeader,
		UserAgent: cfg.Software + "/" + cfg.Version + " (+" + cfg.Base + ")", AllowPrivate: cfg.AllowPrivate}))
	return s, err
}

// peer tells the gate who somebody is: unknown, or as the members list and the
// operator's own pins say.
func (s *Station) peer(ctx context.Context, actor string) (policies.Peer, bool, error) {
	p, err := s.Mail.Peer(ctx, actor)
	if fault.Is(err, fault.NotFound) {
		return s.reader(ctx, actor)
	}
	if err == nil && p.Role == mailbox.RoleMember && p.Actor != s.Self && p.State == "active" {
		old, err := s.listTooOld(ctx)
		if err != nil {
			return policies.Peer{}, false, err
		}
		if old {
			p.State = policies.StateStale
		}
	}
	return policies.Peer{Actor: p.Actor, Tier: p.Tier, State: p.State, Role: p.Role}, err == nil, err
}

// ListBound is how old a members list may become before nothing goes to members.
func (s *Station) ListBound() time.Duration { return s.cfg.ListBound }

// listTooOld reports whether the members list was last known to be the hub's so long
// ago that nobody is believed to be a member because of it. A hub has no list.
func (s *Station) listTooOld(ctx context.Context) (bool, error) {
	seen, err := s.Mail.ListSeen(ctx)
	return err == nil && !seen.IsZero() && s.cfg.Now().Sub(seen) > s.cfg.ListBound, err
}

// Open lets the network in: effects carries out what arrives, objects finds what
// is kept for others, and members, on the hub only, is the members list.
func (s *Station) Open(effects inbox.Effects, objects discovery.Objects, members discovery.Members) error {
	u, err := url.Parse(s.cfg.Base)
	if err != nil || u.Host == "" {
		return errors.New("station: the base URL is not one")
	}
	verifier := &sign.Verifier{Key: inbox.Keys(s.Mail), Now: s.cfg.Now, Scheme: u.Scheme, Host: func(*http.Request) string { return u.Host }}
	guard := flood.New(s.cfg.Now, flood.Proxies(s.cfg.Proxies))
	s.Inbox, err = inbox.New(inbox.Config{Guard: guard, Self: s.Self, Verifier: verifier, Peers: s.Mail, Mail: s.Mail, Tx: s.cfg.DB, Effects: effects,
		Audit: s.ledger, Now: s.cfg.Now, Log: s.cfg.Log, Synced: s.synced})
	if err != nil {
		return err
	}
	self := s.actor(s.cfg.Path, s.cfg.Type, s.cfg.Username)
	if members != nil {
		self.Members = s.cfg.Base + "/ap/members"
	}
	var others []federation.Actor
	if s.cfg.Face != nil {
		others = append(others, s.PublicActor())
	}
	s.site, err = discovery.New(discovery.Config{Others: others, Base: s.cfg.Base, Actor: self, Instance: s.actor("/ap/instance", "Application", u.Hostname()),
		Software: s.cfg.Software, Version: s.cfg.Version, Verifier: verifier, Peers: s.Mail, Members: members, Inbox: s.Inbox, Log: s.cfg.Log,
		Guard: guard, Key: s.Key.shown, Assertion: s.Key.shownAssertion, Door: s.cfg.Door,
		Objects: discovery.ItemObjects{Items: s.Mail, Prefix: s.cfg.Base + "/ap/act/", Next: objects}})
	return err
}

// Front sends what other servers ask for to the station, and the rest to pages.
func (s *Station) Front(pages http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.site.Serves(r.URL.Path) {
			s.site.ServeHTTP(w, r)
			return
		}
		pages.ServeHTTP(w, r)
	})
}

// Run sends what waits until ctx ends.
func (s *Station) Run(ctx context.Context) error {
	sending, sent := context.WithCancel(ctx)
	var watching sync.WaitGroup
	watching.Go(func() { s.watch(sending) })
	err := s.Worker.Run(ctx)
	sent()
	watching.Wait()
	return err
}

// RetryNow tries all of it again, whether its time has come or not.
func (s *Station) RetryNow(ctx context.Context) error {
	_, err := s.Inbox.Retry(ctx, true)
	return err
}

// Retry tries again what arrived and could not be carried out for a reason of ours.
func (s *Station) Retry(ctx context.Context) error {
	_, err := s.Inbox.Retry(ctx, false)
	return err
}
