package bookshelf

import (
	"context"
	"encoding/json"

	"gorm.io/gorm/clause"

	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/clinic/library"
	"github.com/saphan-network/saphan/node/clinic/thai"
)

type lawRow struct {
	Law       string `gorm:"primaryKey"`
	Name      string
	HoldsFrom string
}

func (lawRow) TableName() string { return "library_laws" }

// lawTerm is the term under which all that rests on a law is filed.
func lawTerm(name string) string { return "x:" + thai.Fold(name) }

// newest returns the newest version of a law that is known here, a zero row if none is.
func (s *Store) newest(ctx context.Context, name string) (lawRow, error) {
	var r lawRow
	err := s.db.Reader(ctx).Where("law = ?", thai.Fold(name)).Take(&r).Error
	if database.IsMissing(err) {
		return lawRow{}, nil
	}
	return r, err
}

// outdated returns the laws of a lesson of which a newer version is known here, with
// the day from which that holds.
func (s *Store) outdated(ctx context.Context, t library.Text) ([]library.Law, error) {
	var out []library.Law
	for _, l := range t.Laws {
		now, err := s.newest(ctx, l.Name.TH)
		if err != nil {
			return nil, err
		}
		if now.HoldsFrom > l.Date {
			out = append(out, library.Law{Name: l.Name, Date: now.HoldsFrom})
		}
	}
	return out, nil
}

// LawChanged takes down that a law has a version from a day, and marks every lesson
// that rests on an older one. It returns how many were marked. A version that is not
// newer than what is known changes nothing.
func (s *Store) LawChanged(ctx context.Context, l library.Law) (int, error) {
	known, err := s.newest(ctx, l.Name.TH)
	if err != nil || known.HoldsFrom >= l.Date {
		return 0, err
	}
	row := lawRow{Law: thai.Fold(l.Name.TH), Name: l.Name.TH, HoldsFrom: l.Date}
	if err := s.db.Conn(ctx).Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error; err != nil {
		return 0, err
	}
	lists, err := s.lists(ctx, "term IN ?", []string{live, lawTerm(l.Name.TH)})
	if err != nil {
		return 0, err
	}
	rows, err := s.rows(ctx, lists[live].and(lists[lawTerm(l.Name.TH)]).down())
	if err != nil {
		return 0, err
	}
	n := 0
	for _, r := range rows {
		one, err := r.lesson()
		if err != nil {
			return n, err
		}
		changed, err := s.outdated(ctx, one.Text)
		if err != nil {
			return n, err
		}
		if len(changed) == 0 {
			continue
		}
		text, err := json.Marshal(changed)
		if err != nil {
			return n, err
		}
		n++
		if err := s.db.Conn(ctx).Model(&lessonRow{}).Where("id = ?", r.ID).Updates(map[string]any{"state": string(library.Review), "changed": string(text)}).Error; err != nil {
			return n, err
		}
	}
	return n, nil
}
