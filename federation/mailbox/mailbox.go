// Package mailbox keeps what a server has sent to, received from and knows of
// the other servers: the outbox with its order for each peer, the inbox with its
// dedupe, the pinned keys and the members list. Both servers use the same tables.
//
// Promises: the outgoing numbers of a peer have no gaps; an activity enqueued in
// a transaction that commits is sent at least once or stays visible; a second
// delivery of the same bytes has no second effect; other bytes under a known id
// are refused. Ids and hashes are kept for ever.
package mailbox

import (
	"context"
	"embed"
	"errors"
	"sync"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/chassis/database"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations are the tables of this package.
func Migrations() database.Set { return database.Embedded("mailbox", files) }

// Store is the mailbox of one server. It is safe for concurrent use, also by
// several processes on one PostgreSQL.
type Store struct {
	db  *database.DB
	now func() time.Time

	mu     sync.Mutex
	onWork []func()
}

// New returns the mailbox that lives in db. The tables are those of Migrations.
func New(db *database.DB, now func() time.Time) *Store {
	return &Store{db: db, now: now}
}

// OnWork registers f to be called after a commit that may have made something
// due for sending. f must return at once.
func (s *Store) OnWork(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onWork = append(s.onWork, f)
}

func (s *Store) work(ctx context.Context) {
	s.db.AfterCommit(ctx, func() {
		s.mu.Lock()
		fs := append([]func(){}, s.onWork...)
		s.mu.Unlock()
		for _, f := range fs {
			f()
		}
	})
}

func (s *Store) nowMillis() int64 { return database.Millis(s.now()) }

var errNoTx = errors.New("mailbox: this must be called inside the transaction of the change it belongs to")

// inTx fails where no transaction of this database runs.
func (s *Store) inTx(ctx context.Context) error {
	if !s.db.InTx(ctx) {
		return errNoTx
	}
	return nil
}

// found turns "no row" into the answer for strangers and passes the rest on.
func found(err error) error {
	if database.IsMissing(err) {
		return fault.Missing()
	}
	return err
}
