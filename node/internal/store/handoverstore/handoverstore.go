// Package handoverstore keeps both ends of hand-overs and the keys to which others seal.
// It seals what tells who somebody is itself, so that no other code sees it at rest.
package handoverstore

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
	"github.com/saphan-network/saphan/node/clinic/handover"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations are the tables of this package.
func Migrations() database.Set { return database.Embedded("handover", files) }

// history writes and reads the events of one of the two ends.
type history struct{ table string }

func (h history) add(ctx context.Context, db *database.DB, id string, e handover.Event) error {
	detail, err := pack(e.Detail)
	if err != nil {
		return err
	}
	var n int64
	if err := db.Conn(ctx).Raw(fmt.Sprintf("SELECT COALESCE(MAX(n), 0) + 1 FROM %s WHERE handover_id = ?", h.table), id).Scan(&n).Error; err != nil {
		return err
	}
	q := fmt.Sprintf("INSERT INTO %s (handover_id, n, at, by_user, what, state, detail) VALUES (?, ?, ?, ?, ?, ?, ?)", h.table)
	return db.Conn(ctx).Exec(q, id, n, database.Millis(e.At), e.By, e.What, string(e.State), detail).Error
}

func (h history) list(ctx context.Context, db *database.DB, id string) ([]handover.Event, error) {
	var rows []struct {
		At                          int64
		ByUser, What, State, Detail string
	}
	q := fmt.Sprintf("SELECT at, by_user, what, state, detail FROM %s WHERE handover_id = ? ORDER BY n", h.table)
	if err := db.Reader(ctx).Raw(q, id).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("handoverstore: events: %w", err)
	}
	out := make([]handover.Event, len(rows))
	for i, r := range rows {
		out[i] = handover.Event{At: database.Time(r.At), By: r.ByUser, What: r.What, State: handover.State(r.State)}
		if err := unpack(r.Detail, &out[i].Detail); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// reading is the side to read from; within a transaction on PostgreSQL what is read
// stays locked to its end, as in package referralstore.
func reading(ctx context.Context, db *database.DB) *gorm.DB {
	q := db.Reader(ctx)
	if db.InTx(ctx) && db.Dialect() == database.Postgres {
		q = q.Clauses(clause.Locking{Strength: "UPDATE"})
	}
	return q
}

// save updates the row of a known version, all columns but those that are left out, or
// says that it has moved on.
func save(db *gorm.DB, row any, id string, version int, without ...string) error {
	res := db.Model(row).Where("id = ? AND version = ?", id, version).Select("*").Omit(append(without, "id")...).Updates(row)
	if res.Error != nil {
		return fmt.Errorf("handoverstore: save: %w", res.Error)
	}
	if res.RowsAffected == 0 {
		return fault.New(fault.Conflict, "referrals.error.stale")
	}
	return nil
}

// where narrows a question; owner is the column of the referral or the offer.
func where(q *gorm.DB, f handover.Find, owner string) *gorm.DB {
	for column, v := range map[string]string{"id": f.ID, owner: f.Owner, "request": f.Request, "package": f.Package, "activity": f.Activity, "case_id": f.Case, "reference": f.Reference} {
		if v != "" {
			q = q.Where(column+" = ?", v)
		}
	}
	if len(f.States) > 0 {
		q = q.Where("state IN ?", f.States)
	}
	if f.Untold {
		q = q.Where("untold <> 0")
	}
	return q
}

// nothing reports whether a question names nothing: then nothing is found.
func nothing(f handover.Find) bool {
	return !f.All && !f.Untold && len(f.States) == 0 && f.ID+f.Owner+f.Request+f.Package+f.Activity+f.Case+f.Reference == ""
}

func missing(err error) error {
	if database.IsMissing(err) {
		return fault.Missing()
	}
	return fmt.Errorf("handoverstore: %w", err)
}

func pack(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("handoverstore: %w", err)
	}
	return string(b), nil
}

func unpack(s string, v any) error {
	if err := json.Unmarshal([]byte(s), v); err != nil {
		return fmt.Errorf("handoverstore: a stored value cannot be read: %w", err)
	}
	return nil
}

// packed writes several values, which always marshal.
func packed(values ...any) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i], _ = pack(v)
	}
	return out
}

func millis(t time.Time) int64 { return database.Millis(t) }
