// Package account keeps the people who may sign in to a server: their logins,
// roles, sessions and one-time links. Tokens and passwords are stored as hashes
// only. Names and logins of staff are personal: they are stored and shown, never
// logged, and never put into the ledger.
//
// Who may call the managing methods is asked of the staff policy by the caller;
// this package records what was done.
package account

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"log/slog"
	"time"

	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/clinic"
)

//go:embed migrations/*.sql
var migrations embed.FS

// User is a person who may sign in.
type User struct {
	ID, Login, Name string
	Roles           []string // sorted keys of policies/staff
	Lang            string   // "th" or "en"
	Active          bool
}

// LogValue keeps a name that is logged by mistake out of the log.
func (u User) LogValue() slog.Value { return slog.StringValue(u.ID) }

// Actor is the user as the domain sees them.
func (u User) Actor() clinic.Actor {
	return clinic.Actor{UserID: u.ID, Roles: u.Roles, Active: u.Active}
}

// Recorder is where sign-ins and changes of accounts are recorded.
type Recorder interface {
	Record(ctx context.Context, actor clinic.Actor, act string, obj clinic.Object, outcome string, detail map[string]string) error
}

// Options are what a Service may be told; a zero field has the value named beside it.
type Options struct {
	Idle     time.Duration // 30 minutes: a session unused for so long has ended
	Absolute time.Duration // 12 hours: no session lives longer
	Link     time.Duration // 72 hours: a one-time link unused for so long is dead
	Hashers  int           // 2: password hashes computed at the same time, 19 MiB each
	Admin    string        // "admin": the role of which one active holder always remains
	Recorder Recorder      // none
}

// Service signs people in and manages their accounts.
type Service struct {
	db   *database.DB
	now  func() time.Time
	opt  Options
	hash *hasher
}

// New returns the accounts kept in db.
func New(db *database.DB, now func() time.Time, opt Options) *Service {
	if opt.Idle == 0 {
		opt.Idle = 30 * time.Minute
	}
	if opt.Absolute == 0 {
		opt.Absolute = 12 * time.Hour
	}
	if opt.Link == 0 {
		opt.Link = 72 * time.Hour
	}
	if opt.Hashers == 0 {
		opt.Hashers = 2
	}
	if opt.Admin == "" {
		opt.Admin = "admin"
	}
	return &Service{db: db, now: now, opt: opt, hash: newHasher(opt.Hashers)}
}

// Migrations returns the tables of the accounts.
func Migrations() database.Set { return database.Embedded("account", migrations) }

func digest(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

func (s *Service) record(ctx context.Context, by, act, userID, outcome string, detail map[string]string) error {
	if s.opt.Recorder == nil {
		return nil
	}
	actor := clinic.Actor{UserID: by, Active: true}
	return s.opt.Recorder.Record(ctx, actor, act, clinic.Object{Type: "user", ID: userID}, outcome, detail)
}
