package bookshelf

import (
	"context"
	"encoding/json"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/clinic/library"
)

type remarkRow struct {
	ID      string `gorm:"primaryKey"`
	IRI     string `gorm:"column:iri"`
	Lesson  string
	About   string
	Author  string
	Kind    string
	Result  string
	Text    string
	MadeAt  int64
	Own     bool
	Retired bool
}

func (remarkRow) TableName() string { return "library_remarks" }

func (r remarkRow) remark() (library.Remark, error) {
	out := library.Remark{ID: r.ID, IRI: r.IRI, Lesson: r.Lesson, About: r.About, Author: r.Author, Kind: r.Kind, Result: r.Result,
		At: database.Time(r.MadeAt), Own: r.Own, Retired: r.Retired}
	return out, json.Unmarshal([]byte(r.Text), &out.Text)
}

// AddRemark implements library.Shelf. A remark about what was taken back is no news.
func (s *Store) AddRemark(ctx context.Context, r library.Remark) (bool, error) {
	if err := s.db.Exclusive(ctx, "library"); err != nil {
		return false, err
	}
	if l, err := s.row(ctx, library.PageID(r.Lesson)); err != nil || library.State(l.State) == library.Retracted {
		return false, err
	}
	id := library.PageID(r.IRI)
	var n int64
	if err := s.db.Reader(ctx).Model(&remarkRow{}).Where("id = ?", id).Count(&n).Error; err != nil || n > 0 {
		return false, err
	}
	text, err := json.Marshal(r.Text)
	if err != nil {
		return false, err
	}
	return true, s.db.Conn(ctx).Create(&remarkRow{ID: id, IRI: r.IRI, Lesson: r.Lesson, About: r.About, Author: r.Author, Kind: r.Kind, Result: r.Result, Text: string(text),
		MadeAt: database.Millis(r.At), Own: r.Own, Retired: r.Retired}).Error
}

// Remarks implements library.Shelf.
func (s *Store) Remarks(ctx context.Context, lesson string) ([]library.Remark, error) {
	var rows []remarkRow
	if err := s.db.Reader(ctx).Where("lesson = ?", lesson).Order("made_at, id").Limit(500).Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make([]library.Remark, 0, len(rows))
	for _, row := range rows {
		r, err := row.remark()
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// Remark implements library.Shelf.
func (s *Store) Remark(ctx context.Context, iri string) (library.Remark, error) {
	var r remarkRow
	err := s.db.Reader(ctx).Where("id = ?", library.PageID(iri)).Take(&r).Error
	if database.IsMissing(err) {
		return library.Remark{}, fault.Missing()
	}
	if err != nil {
		return library.Remark{}, err
	}
	return r.remark()
}

// RetireRemark takes back what was said about a lesson: that it was said stays, with
// no word of it. The author must be the remark's.
func (s *Store) RetireRemark(ctx context.Context, iri, author string, at time.Time) error {
	return s.db.Conn(ctx).Model(&remarkRow{}).Where("id = ? AND author = ?", library.PageID(iri), author).
		Updates(map[string]any{"retired": true, "text": "{}", "result": "", "made_at": database.Millis(at)}).Error
}
