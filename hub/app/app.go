package app

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/doorway"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/federation/publicface"
	"github.com/saphan-network/saphan/federation/sign"
	"github.com/saphan-network/saphan/federation/vocabulary"
	"github.com/saphan-network/saphan/hub/internal/exchange"
	"github.com/saphan-network/saphan/hub/internal/store"
	"github.com/saphan-network/saphan/hub/internal/store/librarystore"
	"github.com/saphan-network/saphan/hub/internal/store/meetingstore"
	"github.com/saphan-network/saphan/hub/internal/store/publicstore"
	"github.com/saphan-network/saphan/hub/network/library"
	"github.com/saphan-network/saphan/hub/network/meeting"
	"github.com/saphan-network/saphan/hub/network/membership"
	"github.com/saphan-network/saphan/hub/network/publication"
	"github.com/saphan-network/saphan/node/chassis/account"
	"github.com/saphan-network/saphan/node/chassis/audit"
	"github.com/saphan-network/saphan/node/chassis/bookshelf"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/chassis/jobs"
	"github.com/saphan-network/saphan/node/chassis/station"
	"github.com/saphan-network/saphan/node/chassis/vault"
	shelf "github.com/saphan-network/saphan/node/clinic/library"
	"github.com/saphan-network/saphan/policies/staff"
)

// App is a hub. Its services are there for commands and for the demo, which do
// what people do on the pages.
type App struct {
	Accounts   *account.Service
	Ledger     *audit.Log
	Membership *membership.Service
	Station    *station.Station
	Public     *publication.Service
	Library    *shelf.Service // to read
	PassOn     *library.Service
	Meetings   *meeting.Service

	cfg     Config
	db      *database.DB
	may     *staff.Policy
	queue   *jobs.Queue
	handler http.Handler
	voice   *exchange.Voice
	shelf   *publicstore.Store
	face    *publicface.Site
	door    *doorway.Door
	ajar    atomic.Bool // the door, as it was last looked at
}

// Sets lists the migrations of a hub, in the order in which they are applied.
func Sets() []database.Set {
	return []database.Set{audit.Migrations(), account.Migrations(), mailbox.Migrations(), store.Migrations(), publicstore.Migrations(), meetingstore.Migrations(),
		bookshelf.Migrations(), librarystore.Migrations(), jobs.Migrations()}
}

// New opens the database, brings it up to date and puts the hub together. It
// refuses a database that does not keep its promises.
func New(ctx context.Context, cfg Config) (*App, error) {
	cfg, err := cfg.complete()
	if err != nil {
		return nil, err
	}
	a := &App{cfg: cfg}
	if err := a.open(ctx); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

func (a *App) open(ctx context.Context) error {
	dbc := database.Config{URL: a.cfg.Database}
	var err error
	if strings.HasPrefix(a.cfg.Database, "sqlite:") {
		if dbc.Key, err = vault.LoadOrCreateKey(a.cfg.FileKey); err != nil {
			return err
		}
	}
	if a.db, err = database.Open(ctx, dbc); err != nil {
		return err
	}
	if err := a.db.Check(ctx); err != nil {
		return err
	}
	if _, err := a.db.Migrate(ctx, Sets()...); err != nil {
		return err
	}
	if a.may, err = staff.New(); err != nil {
		return err
	}
	a.Ledger = audit.New(a.db, a.cfg.Now)
	a.Accounts = account.New(a.db, a.cfg.Now, account.Options{Recorder: a.Ledger, Idle: a.cfg.Idle, Absolute: a.cfg.Absolute})
	a.queue = jobs.New(a.db, a.cfg.Now, a.cfg.Log)
	if err := a.join(ctx); err != nil {
		return err
	}
	pages, err := a.pages()
	if err != nil {
		return err
	}
	a.handler = a.front(a.Station.Front(pages))
	return nil
}

// join gives the hub its place in the network: its station and the register of members.
func (a *App) join(ctx context.Context) (err error) {
	a.prepareFace()
	a.Station, err = station.New(ctx, station.Config{Base: a.cfg.BaseURL, Path: "/ap/network", Type: "Group", Username: "network", Name: a.cfg.NameTH,
		Software: "saphan-hub", Version: a.cfg.Version, KeyFile: a.cfg.ActorKey, SealFile: a.cfg.SealKey, DB: a.db, Trail: a.Ledger, Rules: a.cfg.Rules,
		Proxies: a.cfg.Proxies, AllowPrivate: a.cfg.Private, Now: a.cfg.Now, Log: a.cfg.Log,
		Door: a.doorPath, Face: &station.Face{Path: publicface.ActorPath, Username: "public", Reads: a.voice.Reads}})
	if err != nil {
		return err
	}
	wire := &exchange.Wire{Office: a.Station.Office, Discover: a.Station.Worker, Mail: a.Station.Mail, Prover: a.Station}
	a.Membership = membership.New(membership.Deps{Store: store.NewMembers(a.db), Settings: store.NewMembers(a.db), Wire: wire, Authority: a.may, Tx: a.db, Audit: a.Ledger,
		Now: a.cfg.Now, Codes: vocabulary.Has, Sound: sign.Sound, Overlap: federation.KeyOverlap})
	words := a.openLibrary()
	papers := exchange.Papers{Base: a.cfg.BaseURL, Self: a.Station.Self, Register: a.Membership}
	meetings := a.openMeetings()
	err = a.Station.Open(exchange.Effects{Register: a.Membership, Words: append([]exchange.WordEffect{meetings.Effect(a.Meetings)}, words...)}, papers, func(ctx context.Context) (federation.Members, error) {
		l, err := a.Membership.Current(ctx)
		if err != nil {
			return federation.Members{}, err
		}
		return wire.List(ctx, l)
	})
	if err != nil {
		return err
	}
	a.Station.ShowList(a.listing)
	if err := a.openFace(); err != nil {
		return err
	}
	if err := a.openDoor(ctx); err != nil {
		return err
	}
	a.queue.Every("retry_inbox", time.Minute, a.Station.Retry)
	a.queue.Every("end_old_keys", time.Hour, a.Membership.EndOldKeys)
	a.queue.Every("turn_key", time.Minute, func(ctx context.Context) error { return a.Station.TurnHubKey(ctx, a.Membership.Republish) })
	a.queue.Every("sweep_sessions", time.Hour, a.Accounts.Sweep)
	a.queue.Every("verify_ledger", time.Hour, a.Ledger.Check)
	return nil
}

// listing tells whom the members list names.
func (a *App) listing(ctx context.Context) ([]string, int64, error) {
	l, err := a.Membership.Current(ctx)
	ids := make([]string, 0, len(l.Members))
	for _, m := range l.Members {
		ids = append(ids, m.Actor)
	}
	return ids, l.Version, err
}

// Handler answers for the hub.
func (a *App) Handler() http.Handler { return a.handler }

// Run does the background work until ctx ends: it sends what waits, and does what
// is due every so often.
func (a *App) Run(ctx context.Context) error {
	both, stop := context.WithCancel(ctx) // where one ends, for whatever reason, the other is of no use
	defer stop()
	var sending sync.WaitGroup
	var sent error
	sending.Go(func() { defer stop(); sent = a.Station.Run(both) })
	err := a.queue.Run(both)
	stop()
	sending.Wait()
	if ctx.Err() != nil {
		return nil // what was cut off by the end is no failure
	}
	return errors.Join(err, sent)
}

// Close closes the database.
func (a *App) Close() error {
	if a.db == nil {
		return nil
	}
	return a.db.Close()
}
