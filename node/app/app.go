package app

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"

	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/node/chassis/account"
	"github.com/saphan-network/saphan/node/chassis/audit"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/chassis/jobs"
	"github.com/saphan-network/saphan/node/chassis/station"
	"github.com/saphan-network/saphan/node/chassis/vault"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/casework"
	"github.com/saphan-network/saphan/node/clinic/directory"
	"github.com/saphan-network/saphan/node/clinic/handover"
	"github.com/saphan-network/saphan/node/clinic/meeting"
	"github.com/saphan-network/saphan/node/clinic/referral"
	"github.com/saphan-network/saphan/node/clinic/register"
	"github.com/saphan-network/saphan/node/clinic/ruleset"
	"github.com/saphan-network/saphan/node/internal/exchange/sheet"
	"github.com/saphan-network/saphan/node/internal/store/casestore"
	"github.com/saphan-network/saphan/node/internal/store/handoverstore"
	"github.com/saphan-network/saphan/node/internal/store/meetingstore"
	"github.com/saphan-network/saphan/node/internal/store/networkstore"
	"github.com/saphan-network/saphan/node/internal/store/referralstore"
	"github.com/saphan-network/saphan/node/internal/store/registerstore"
	"github.com/saphan-network/saphan/node/internal/store/rulestore"
	"github.com/saphan-network/saphan/policies/staff"
)

// App is a node. Its services are there for commands and for the demo, which
// do what people do on the pages.
type App struct {
	Accounts *account.Service
	Ledger   *audit.Log
	Cases    *casework.Service
	Register *register.Service
	Station  *station.Station
	Network  *directory.Service
	Sender   *referral.Sender
	Receiver *referral.Receiver
	Receipts *referral.Receipts
	HandOut  *handover.Sender   // hand-overs of this member's cases
	HandIn   *handover.Receiver // what is handed over to this member
	Rules    *ruleset.Service
	Meetings *meeting.Service

	cfg     Config
	db      *database.DB
	may     *staff.Policy
	queue   *jobs.Queue
	handler http.Handler

	work    sync.WaitGroup
	stop    context.CancelFunc
	running context.Context
}

// Sets lists the migrations of a node, in the order in which they are applied.
func Sets() []database.Set {
	return []database.Set{audit.Migrations(), account.Migrations(), vault.Migrations(), casestore.Migrations(), registerstore.Migrations(),
		mailbox.Migrations(), networkstore.Migrations(), referralstore.Migrations(), handoverstore.Migrations(), meetingstore.Migrations(), rulestore.Migrations(), jobs.Migrations()}
}

// New opens the database, brings it up to date and puts the node together. It
// refuses a database that does not keep its promises.
func New(ctx context.Context, cfg Config) (*App, error) {
	cfg, err := cfg.complete()
	if err != nil {
		return nil, err
	}
	a := &App{cfg: cfg}
	a.running, a.stop = context.WithCancel(context.WithoutCancel(ctx))
	if err := a.open(ctx); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

func (a *App) open(ctx context.Context) error {
	kek, err := vault.LoadOrCreateKey(a.cfg.VaultKey)
	if err != nil {
		return err
	}
	dbc := database.Config{URL: a.cfg.Database}
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
	seal, err := vault.New(a.db, kek, a.cfg.Now)
	if err != nil {
		return err
	}
	if a.may, err = staff.New(); err != nil {
		return err
	}
	a.Ledger = audit.New(a.db, a.cfg.Now)
	a.Accounts = account.New(a.db, a.cfg.Now, account.Options{Recorder: a.Ledger, Idle: a.cfg.Idle, Absolute: a.cfg.Absolute})
	cases := casestore.New(a.db, seal)
	a.Cases = casework.New(casework.Config{Cases: cases, Journal: cases, Book: cases, Drafts: cases, Staff: colleagues{a.Accounts},
		Authority: a.may, Recorder: a.Ledger, Tx: a.db, Clock: a.cfg.Now,
		OnWithdraw: func(ctx context.Context, caseID, _ string) error {
			if err := a.Sender.ConsentWithdrawn(ctx, caseID); err != nil {
				return err
			}
			return a.HandOut.ConsentWithdrawn(ctx, caseID)
		}})
	a.Register = register.New(register.Config{Store: registerstore.New(a.db, seal), Cases: a.Cases, Jobs: imports{a}, Authority: a.may,
		Recorder: a.Ledger, Tx: a.db, Lock: a.db.Exclusive, Blind: seal.Blind, Clock: a.cfg.Now, Decode: sheet.Decode})
	a.queue = jobs.New(a.db, a.cfg.Now, a.cfg.Log)
	if err := a.join(ctx, cases, seal); err != nil {
		return err
	}
	pages, err := a.pages()
	if err != nil {
		return err
	}
	a.handler = a.Station.Front(pages)
	return nil
}

// Handler answers for the node.
func (a *App) Handler() http.Handler { return a.handler }

// Run does the background work until ctx ends: it sends what waits, goes on with
// what an earlier run left unfinished, and does what is due every so often.
func (a *App) Run(ctx context.Context) error {
	err := a.carryOn(ctx)
	if ctx.Err() != nil {
		return nil // what was cut off by the end is no failure
	}
	return err
}

func (a *App) carryOn(ctx context.Context) error {
	files, err := a.Register.Store.Files(ctx, 50)
	if err != nil {
		return err
	}
	for _, f := range files {
		if f.State == register.Running {
			a.runImport(f.ID)
		}
	}
	both, stop := context.WithCancel(ctx) // where one ends, for whatever reason, the other is of no use
	defer stop()
	var sending sync.WaitGroup
	var sent error
	sending.Go(func() { defer stop(); sent = a.Station.Run(both) })
	err = a.queue.Run(both)
	stop()
	sending.Wait()
	return errors.Join(err, sent)
}

// Wait returns when no import is running any more.
func (a *App) Wait() { a.work.Wait() }

// Close ends background work and closes the database.
func (a *App) Close() error {
	a.stop()
	a.work.Wait()
	if a.db == nil {
		return nil
	}
	return a.db.Close()
}

// colleagues tells casework and the pages who works here.
type colleagues struct{ accounts *account.Service }

// Colleague implements casework.Staff.
func (c colleagues) Colleague(ctx context.Context, userID string) (clinic.Actor, error) {
	u, err := c.accounts.User(ctx, userID)
	if err != nil {
		return clinic.Actor{}, err
	}
	return u.Actor(), nil
}
