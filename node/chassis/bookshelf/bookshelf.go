// Package bookshelf keeps the library of lessons of a server, hub or node, and finds
// in it. It implements library.Shelf.
package bookshelf

import (
	"context"
	"embed"
	"encoding/json"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/clinic/library"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations are the tables of this package.
func Migrations() database.Set { return database.Embedded("library", files) }

// Store is the library in a database.
type Store struct{ db *database.DB }

// New returns the store that lives in db.
func New(db *database.DB) *Store { return &Store{db: db} }

type lessonRow struct {
	ID       string `gorm:"primaryKey"`
	Num      int64
	IRI      string `gorm:"column:iri"`
	Author   string
	Revision int64
	State    string
	Reason   string
	Text     string
	Folded   string
	FirstAt  int64
	SinceAt  int64
	Own      bool
	PassedAt int64
	Changed  string
}

func (lessonRow) TableName() string { return "library_lessons" }

type versionRow struct {
	Lesson   string `gorm:"primaryKey"`
	Revision int64  `gorm:"primaryKey;autoIncrement:false"`
	SinceAt  int64
	Text     string
}

func (versionRow) TableName() string { return "library_versions" }

func rowOf(l library.Lesson) (lessonRow, error) {
	text, err := json.Marshal(l.Text)
	if err != nil {
		return lessonRow{}, err
	}
	changed, err := json.Marshal(l.Changed)
	return lessonRow{ID: library.PageID(l.IRI), IRI: l.IRI, Author: l.Author, Revision: int64(l.Revision), State: string(l.State), Reason: l.Reason, Text: string(text),
		Folded: folded(l.Text), FirstAt: database.Millis(l.First), SinceAt: database.Millis(l.Since), Own: l.Own, PassedAt: database.Millis(l.PassedOn), Changed: string(changed)}, err
}

func (r lessonRow) lesson() (library.Lesson, error) {
	l := library.Lesson{ID: r.ID, IRI: r.IRI, Author: r.Author, Revision: int(r.Revision), State: library.State(r.State), Reason: r.Reason,
		First: database.Time(r.FirstAt), Since: database.Time(r.SinceAt), Own: r.Own, PassedOn: database.Time(r.PassedAt)}
	if err := json.Unmarshal([]byte(r.Changed), &l.Changed); err != nil {
		return l, err
	}
	return l, json.Unmarshal([]byte(r.Text), &l.Text)
}

// row returns the row of a lesson, a zero one if there is none.
func (s *Store) row(ctx context.Context, id string) (lessonRow, error) {
	var r lessonRow
	err := s.db.Reader(ctx).Where("id = ?", id).Take(&r).Error
	if database.IsMissing(err) {
		return lessonRow{}, nil
	}
	return r, err
}

// Put implements library.Shelf.
func (s *Store) Put(ctx context.Context, l library.Lesson) (bool, error) {
	if err := s.db.Exclusive(ctx, "library"); err != nil {
		return false, err
	}
	old, err := s.row(ctx, library.PageID(l.IRI))
	if err != nil {
		return false, err
	}
	if old.ID != "" {
		if library.State(old.State) == library.Retracted || old.Author != l.Author {
			return false, nil
		}
		if old.Revision >= int64(l.Revision) {
			return false, s.passedOn(ctx, old, l)
		}
		l.First, l.Own = database.Time(old.FirstAt), old.Own || l.Own
		if err := s.db.Conn(ctx).Create(&versionRow{Lesson: old.ID, Revision: old.Revision, SinceAt: old.SinceAt, Text: old.Text}).Error; err != nil {
			return false, err
		}
	}
	if l.Changed, err = s.outdated(ctx, l.Text); err != nil {
		return false, err
	}
	if l.State = library.Current; len(l.Changed) > 0 {
		l.State = library.Review
	}
	r, err := rowOf(l)
	if err != nil {
		return false, err
	}
	if err := s.place(ctx, r, old, l.Text); err != nil {
		return false, err
	}
	for _, law := range l.Text.Laws { // whoever rests on a newer version tells all others of it
		if _, err := s.LawChanged(ctx, law); err != nil {
			return false, err
		}
	}
	return true, nil
}

// passedOn takes down that the hub has passed on the version that is here.
func (s *Store) passedOn(ctx context.Context, old lessonRow, l library.Lesson) error {
	if l.PassedOn.IsZero() || old.PassedAt != 0 || old.Revision != int64(l.Revision) {
		return nil
	}
	return s.db.Conn(ctx).Model(&lessonRow{}).Where("id = ?", old.ID).Update("passed_at", database.Millis(l.PassedOn)).Error
}

// place writes a row and has it found under a number of its own.
func (s *Store) place(ctx context.Context, r, old lessonRow, t library.Text) error {
	var last *int64
	if err := s.db.Reader(ctx).Model(&lessonRow{}).Select("max(num)").Scan(&last).Error; err != nil {
		return err
	}
	r.Num = 1
	if last != nil {
		r.Num = *last + 1
	}
	if old.ID == "" {
		if err := s.db.Conn(ctx).Create(&r).Error; err != nil {
			return err
		}
	} else {
		if err := s.db.Conn(ctx).Model(&lessonRow{}).Where("id = ?", r.ID).Select("*").Omit("id").Updates(&r).Error; err != nil {
			return err
		}
		if err := s.unfile(ctx, old.Num); err != nil {
			return err
		}
	}
	if library.State(r.State) == library.Retracted {
		return nil
	}
	return s.file(ctx, r.Num, t, r.Author)
}

// Get implements library.Shelf.
func (s *Store) Get(ctx context.Context, id string) (library.Lesson, error) {
	r, err := s.row(ctx, id)
	if err != nil {
		return library.Lesson{}, err
	}
	if r.ID == "" {
		return library.Lesson{}, fault.Missing()
	}
	all, err := s.lessons(ctx, []lessonRow{r})
	if err != nil {
		return library.Lesson{}, err
	}
	return all[0], nil
}

// lessons makes lessons of rows, with what was said about them.
func (s *Store) lessons(ctx context.Context, rows []lessonRow) ([]library.Lesson, error) {
	out := make([]library.Lesson, 0, len(rows))
	at, iris := map[string]int{}, make([]string, 0, len(rows))
	for _, r := range rows {
		l, err := r.lesson()
		if err != nil {
			return nil, err
		}
		at[r.IRI], iris, out = len(out), append(iris, r.IRI), append(out, l)
	}
	if len(rows) == 0 {
		return out, nil
	}
	var sums []struct {
		Lesson, Kind, Result string
		N                    int
	}
	err := s.db.Reader(ctx).Raw(`SELECT lesson, kind, result, count(*) AS n FROM library_remarks WHERE lesson IN ? AND retired = ? GROUP BY lesson, kind, result`, iris, false).
		Scan(&sums).Error
	for _, one := range sums {
		l := &out[at[one.Lesson]]
		switch one.Result {
		case "worked":
			l.Worked += one.N
		case "partly":
			l.Partly += one.N
		case "failed":
			l.Failed += one.N
		default:
			l.Questions += one.N
		}
	}
	return out, err
}

// Versions implements library.Shelf.
func (s *Store) Versions(ctx context.Context, id string) ([]library.Version, error) {
	var rows []versionRow
	if err := s.db.Reader(ctx).Where("lesson = ?", id).Order("revision DESC").Limit(100).Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make([]library.Version, 0, len(rows))
	for _, r := range rows {
		v := library.Version{Revision: int(r.Revision), Since: database.Time(r.SinceAt)}
		if err := json.Unmarshal([]byte(r.Text), &v.Text); err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// Retract implements library.Shelf. No word of the lesson is kept, nor of what was
// said about it, which may quote it.
func (s *Store) Retract(ctx context.Context, iri, author, reason string, at time.Time) error {
	if err := s.db.Exclusive(ctx, "library"); err != nil {
		return err
	}
	old, err := s.row(ctx, library.PageID(iri))
	if err != nil || old.ID != "" && (old.Author != author || library.State(old.State) == library.Retracted) {
		return err
	}
	r, err := rowOf(library.Lesson{IRI: iri, Author: author, Revision: int(old.Revision), State: library.Retracted, Reason: reason, Since: at, Own: old.Own,
		First: database.Time(old.FirstAt)})
	if err != nil {
		return err
	}
	r.Folded = ""
	if err := s.db.Conn(ctx).Where("lesson = ?", r.ID).Delete(&versionRow{}).Error; err != nil {
		return err
	}
	if err := s.db.Conn(ctx).Where("lesson = ?", iri).Delete(&remarkRow{}).Error; err != nil {
		return err
	}
	return s.place(ctx, r, old, library.Text{})
}
