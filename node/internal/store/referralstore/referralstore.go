// Package referralstore keeps both ends of referrals in the node's database:
// what was sent (Sent) and what was received (Received), each with its history.
package referralstore

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/clinic/referral"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations are the tables of this package.
func Migrations() database.Set { return database.Embedded("referral", files) }

// eventRow is a line of either history; which table and owner is for the caller.
type eventRow struct {
	Owner  string
	N      int64
	At     int64
	ByUser string
	What   string
	State  string
	Detail string
}

// history writes and reads the events of one of the two ends.
type history struct{ table, owner string }

func (h history) add(ctx context.Context, db *database.DB, id string, e referral.Event) error {
	detail, err := pack(e.Detail)
	if err != nil {
		return err
	}
	q := fmt.Sprintf("INSERT INTO %[1]s (%[2]s, n, at, by_user, what, state, detail) SELECT ?, COALESCE(MAX(n), 0) + 1, ?, ?, ?, ?, ? FROM %[1]s WHERE %[2]s = ?", h.table, h.owner)
	// PostgreSQL takes the type of a bare parameter in a SELECT from its use only.
	if db.Dialect() == database.Postgres {
		q = fmt.Sprintf("INSERT INTO %[1]s (%[2]s, n, at, by_user, what, state, detail) SELECT ?::text, COALESCE(MAX(n), 0) + 1, ?::bigint, ?::text, ?::text, ?::text, ?::text FROM %[1]s WHERE %[2]s = ?", h.table, h.owner)
	}
	return db.Conn(ctx).Exec(q, id, database.Millis(e.At), e.By, e.What, string(e.State), detail, id).Error
}

func (h history) list(ctx context.Context, db *database.DB, id string) ([]referral.Event, error) {
	var rows []eventRow
	q := fmt.Sprintf("SELECT %s AS owner, n, at, by_user, what, state, detail FROM %s WHERE %s = ? ORDER BY n", h.owner, h.table, h.owner)
	if err := db.Reader(ctx).Raw(q, id).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("referralstore: events: %w", err)
	}
	out := make([]referral.Event, len(rows))
	for i, r := range rows {
		out[i] = referral.Event{At: database.Time(r.At), By: r.ByUser, What: r.What, State: referral.State(r.State)}
		if err := unpack(r.Detail, &out[i].Detail); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// reading is the side to read referrals from. In a transaction on PostgreSQL what
// is read stays locked to its end: a person and a message from the other end
// change one referral one after the other, instead of both failing half-way. On
// SQLite a transaction has the whole database to itself.
func reading(ctx context.Context, db *database.DB) *gorm.DB {
	q := db.Reader(ctx)
	if db.InTx(ctx) && db.Dialect() == database.Postgres {
		q = q.Clauses(clause.Locking{Strength: "UPDATE"})
	}
	return q
}

// save updates the row of a known version, all columns, or says that it has moved on.
func save(db *gorm.DB, row any, id string, version int) error {
	res := db.Model(row).Where("id = ? AND version = ?", id, version).Select("*").Omit("id").Updates(row)
	if res.Error != nil {
		return fmt.Errorf("referralstore: save: %w", res.Error)
	}
	if res.RowsAffected == 0 {
		return fault.New(fault.Conflict, "referrals.error.stale")
	}
	return nil
}

func missing(err error) error {
	if database.IsMissing(err) {
		return fault.Missing()
	}
	return fmt.Errorf("referralstore: %w", err)
}

func pack(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("referralstore: %w", err)
	}
	return string(b), nil
}

func unpack(s string, v any) error {
	if err := json.Unmarshal([]byte(s), v); err != nil {
		return fmt.Errorf("referralstore: a stored value cannot be read: %w", err)
	}
	return nil
}

func states(list []referral.State) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = string(s)
	}
	return out
}

func millis(t time.Time) int64 { return database.Millis(t) }
