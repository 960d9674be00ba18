// Package database opens the one database of a server, SQLite (embedded, the
// default) or PostgreSQL, and carries transactions in the context, so that a
// domain change, its outgoing activity and its ledger line commit together.
//
// Everything that differs between the two databases lives in this package.
// Conventions for all tables, the same on both: identifiers are TEXT, instants
// are BIGINT milliseconds since 1970 UTC in columns named …_at, dates are TEXT
// in ISO form (2006-01-02, 2006-01 or 2006 where only so much is known), bytes
// are BYTEA, and there are no automatic numbers.
package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"log"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/ncruces/go-sqlite3"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// Dialect names the database behind a DB.
type Dialect string

// The two databases.
const (
	SQLite   Dialect = "sqlite"
	Postgres Dialect = "postgres"
)

// Config says which database to open.
type Config struct {
	// URL is "sqlite:PATH", a bare path, or "postgres://…" with an optional
	// search_path parameter naming the schema of this server.
	URL string
	// Key, if not empty, is the 32-byte key of whole-file encryption (SQLite only).
	Key []byte
	// Readers is the size of the reading pool; 0 means 4.
	Readers int
}

// DB is an open database with a writing and a reading side.
type DB struct {
	dialect  Dialect
	write    *gorm.DB
	read     *gorm.DB
	closers  []io.Closer
	lockSalt string
	group    group
}

// Unopened is the error of a database that cannot be opened: away, foreign,
// with another key, not readable. It names no password.
type Unopened struct {
	Where string // the address without its secret part
	cause error
}

// Error says where and why.
func (u *Unopened) Error() string { return u.Where + ": " + u.cause.Error() }

// Unwrap returns the cause.
func (u *Unopened) Unwrap() error { return u.cause }

// Open opens the database, creating an SQLite file or a PostgreSQL schema that
// is not there yet. It does not migrate. Its error is an *Unopened.
func Open(ctx context.Context, cfg Config) (*DB, error) {
	open := openSQLite
	if strings.HasPrefix(cfg.URL, "postgres://") || strings.HasPrefix(cfg.URL, "postgresql://") {
		open = openPostgres
	}
	db, err := open(ctx, cfg)
	if err == nil {
		err = db.watchWrites()
	}
	if err != nil {
		return nil, &Unopened{Where: Redacted(cfg.URL), cause: err}
	}
	db.group.leaders = leaders[db.dialect]
	return db, nil
}

// Dialect says which database this is.
func (d *DB) Dialect() Dialect { return d.dialect }

// Close closes all connections.
func (d *DB) Close() error {
	var errs []error
	for _, c := range d.closers {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}

// Conn returns the transaction carried by ctx, or the writing side.
func (d *DB) Conn(ctx context.Context) *gorm.DB {
	if r, ok := ctx.Value(txKey{d}).(*running); ok {
		return r.tx.WithContext(ctx)
	}
	return d.write.WithContext(ctx)
}

// Reader returns the transaction carried by ctx, or the reading side, which
// sees all that is committed.
func (d *DB) Reader(ctx context.Context) *gorm.DB {
	if r, ok := ctx.Value(txKey{d}).(*running); ok {
		return r.tx.WithContext(ctx)
	}
	return d.read.WithContext(ctx)
}

// Exclusive makes all other transactions that ask for the same name wait until
// this one ends. On SQLite there is one writer at a time, so nothing is needed.
func (d *DB) Exclusive(ctx context.Context, name string) error {
	if !d.InTx(ctx) {
		return errors.New("database: Exclusive outside of a transaction")
	}
	if d.dialect != Postgres {
		return nil
	}
	h := fnv.New64a()
	_, _ = io.WriteString(h, d.lockSalt+"\x00"+name)
	return d.Conn(ctx).Exec("SELECT pg_advisory_xact_lock(?)", int64(h.Sum64())).Error
}

// IsUnique reports whether err is a violation of a unique or primary key.
func IsUnique(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "23505"
	}
	return errors.Is(err, sqlite3.CONSTRAINT_UNIQUE) || errors.Is(err, sqlite3.CONSTRAINT_PRIMARYKEY)
}

// IsMissing reports whether err says that no row was found.
func IsMissing(err error) bool {
	return errors.Is(err, gorm.ErrRecordNotFound) || errors.Is(err, sql.ErrNoRows)
}

// Millis turns an instant into a column value; the zero time is 0.
func Millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// Time turns a column value into an instant in UTC; 0 is the zero time.
func Time(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

func gormConfig() *gorm.Config {
	return &gorm.Config{
		SkipDefaultTransaction: true,
		// gorm's own log would print values of class A; errors come back to us anyway.
		Logger:         logger.New(log.New(io.Discard, "", 0), logger.Config{LogLevel: logger.Silent}),
		TranslateError: false,
	}
}

// Redacted returns a database URL without user information, for people and logs.
func Redacted(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme == "" {
		return "sqlite"
	}
	if u.User != nil {
		u.User = url.User(u.User.Username())
	}
	q := u.Query()
	q.Del("password")
	u.RawQuery = q.Encode()
	return u.String()
}

func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("database: %s: %w", what, err)
}
