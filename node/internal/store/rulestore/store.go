// Package rulestore keeps the versions of an organisation's own rules, and tells
// the gate which of them is in force.
package rulestore

import (
	"context"
	"embed"
	"encoding/json"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/clinic/ruleset"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations are the tables of this package.
func Migrations() database.Set { return database.Embedded("rules", files) }

// Store keeps the rules of one node. It implements ruleset.Store and
// policies.Editions.
type Store struct{ db *database.DB }

// New returns the store that lives in db.
func New(db *database.DB) *Store { return &Store{db: db} }

type eventRow struct {
	Position    int64 `gorm:"primaryKey;autoIncrement:false"`
	Number      int64
	Revision    int64
	Act         string
	ByUser      string
	At          int64
	Note        string
	Body        string
	Base        int64
	BroughtBack int64
	Hash        string
}

func (eventRow) TableName() string { return "rule_events" }

func rowOf(e ruleset.Event) (eventRow, error) {
	r := eventRow{Position: e.Position, Number: e.Number, Revision: e.Revision, Act: string(e.Act), ByUser: e.By, At: database.Millis(e.At), Note: e.Note,
		Base: e.Base, BroughtBack: e.From, Hash: e.Hash}
	if e.Act == ruleset.Drafted || e.Act == ruleset.Edited {
		body, err := json.Marshal(append([]ruleset.Row{}, e.Rows...))
		if err != nil {
			return r, err
		}
		r.Body = string(body)
	}
	return r, nil
}

func (r eventRow) event() (ruleset.Event, error) {
	e := ruleset.Event{Position: r.Position, Number: r.Number, Revision: r.Revision, Act: ruleset.Act(r.Act), By: r.ByUser, At: database.Time(r.At), Note: r.Note,
		Base: r.Base, From: r.BroughtBack, Hash: r.Hash}
	if r.Body == "" {
		return e, nil
	}
	return e, json.Unmarshal([]byte(r.Body), &e.Rows)
}

// Lock makes all others who change rules wait until the running transaction ends.
func (s *Store) Lock(ctx context.Context) error { return s.db.Exclusive(ctx, "rules") }

// Append adds an event, or returns a fault.Conflict when its version has moved on.
func (s *Store) Append(ctx context.Context, e *ruleset.Event) error {
	var last struct{ Position int64 }
	if err := s.db.Conn(ctx).Raw("SELECT coalesce(max(position), 0) AS position FROM rule_events").Scan(&last).Error; err != nil {
		return err
	}
	var taken int64
	if err := s.db.Conn(ctx).Model(&eventRow{}).Where("number = ? AND revision >= ?", e.Number, e.Revision).Count(&taken).Error; err != nil {
		return err
	}
	if taken > 0 {
		return fault.New(fault.Conflict, "rules.error.moved")
	}
	e.Position = last.Position + 1
	row, err := rowOf(*e)
	if err != nil {
		return err
	}
	return s.db.Conn(ctx).Create(&row).Error
}

// Events returns all, the first first.
func (s *Store) Events(ctx context.Context) ([]ruleset.Event, error) {
	var rows []eventRow
	if err := s.db.Reader(ctx).Order("position").Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make([]ruleset.Event, 0, len(rows))
	for _, r := range rows {
		e, err := r.event()
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

// Current tells which version is in force as the running transaction sees it, 0
// if none is: one look at an index.
func (s *Store) Current(ctx context.Context) (int64, error) {
	var rows []struct{ Number int64 }
	err := s.db.Reader(ctx).Raw("SELECT number FROM rule_events WHERE act = ? ORDER BY position DESC LIMIT 1", string(ruleset.Activated)).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	return rows[0].Number, nil
}

// Rows returns what a version says, in the cells of the gate.
func (s *Store) Rows(ctx context.Context, version int64) ([][]string, error) {
	var r eventRow
	err := s.db.Reader(ctx).Where("number = ? AND act IN ?", version, []string{string(ruleset.Drafted), string(ruleset.Edited)}).Order("revision DESC").Take(&r).Error
	if database.IsMissing(err) {
		return nil, fault.Missing()
	}
	if err != nil {
		return nil, err
	}
	e, err := r.event()
	if err != nil {
		return nil, err
	}
	out := make([][]string, 0, len(e.Rows))
	for _, one := range e.Rows {
		out = append(out, one.Cells())
	}
	return out, nil
}
