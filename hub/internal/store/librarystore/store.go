// Package librarystore keeps what members have said about lessons, as the hub passes
// it on. The library itself is node/chassis/bookshelf's.
package librarystore

import (
	"context"
	"embed"

	"gorm.io/gorm/clause"

	"github.com/saphan-network/saphan/hub/network/library"
	"github.com/saphan-network/saphan/node/chassis/database"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations are the tables of this package.
func Migrations() database.Set { return database.Embedded("librarysaid", files) }

// Store implements library.Log.
type Store struct{ db *database.DB }

// New returns the store that lives in db.
func New(db *database.DB) *Store { return &Store{db: db} }

type saidRow struct {
	Position int64 `gorm:"primaryKey;autoIncrement:false"`
	Activity string
	Author   string
	About    string
	Kind     string
	Body     []byte
	SaidAt   int64
}

func (saidRow) TableName() string { return "library_said" }

type reachedRow struct {
	Member   string `gorm:"primaryKey"`
	Position int64
}

func (reachedRow) TableName() string { return "library_reached" }

// Append implements library.Log. Positions are given one after the other, and none
// twice: not that of what was cleared either.
func (s *Store) Append(ctx context.Context, w library.Said) error {
	if err := s.db.Exclusive(ctx, "library said"); err != nil {
		return err
	}
	var last int64
	q := "SELECT COALESCE(max(p), 0) FROM (SELECT max(position) AS p FROM library_said UNION ALL SELECT max(position) AS p FROM library_reached) x"
	if err := s.db.Reader(ctx).Raw(q).Scan(&last).Error; err != nil {
		return err
	}
	return s.db.Conn(ctx).Create(&saidRow{Position: last + 1, Activity: w.Activity, Author: w.Author, About: w.About, Kind: w.Kind, Body: w.Body,
		SaidAt: database.Millis(w.At)}).Error
}

// Clear implements library.Log.
func (s *Store) Clear(ctx context.Context, about string) error {
	return s.db.Conn(ctx).Where("about = ?", about).Delete(&saidRow{}).Error
}

// After implements library.Log.
func (s *Store) After(ctx context.Context, position int64, n int) ([]library.Said, error) {
	var rows []saidRow
	if err := s.db.Reader(ctx).Where("position > ?", position).Order("position").Limit(n).Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make([]library.Said, 0, len(rows))
	for _, r := range rows {
		out = append(out, library.Said{Position: r.Position, Activity: r.Activity, Author: r.Author, About: r.About, Kind: r.Kind, Body: r.Body, At: database.Time(r.SaidAt)})
	}
	return out, nil
}

// Reached implements library.Log. Two that pass on to the same member wait for each
// other.
func (s *Store) Reached(ctx context.Context, member string) (int64, error) {
	if err := s.db.Exclusive(ctx, "library reached "+member); err != nil {
		return 0, err
	}
	var r reachedRow
	err := s.db.Reader(ctx).Where("member = ?", member).Take(&r).Error
	if database.IsMissing(err) {
		return 0, nil
	}
	return r.Position, err
}

// SetReached implements library.Log.
func (s *Store) SetReached(ctx context.Context, member string, position int64) error {
	return s.db.Conn(ctx).Clauses(clause.OnConflict{UpdateAll: true}).Create(&reachedRow{Member: member, Position: position}).Error
}
