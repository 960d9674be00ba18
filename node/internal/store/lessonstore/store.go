// Package lessonstore keeps the lessons that a member writes. What is being written is
// sealed: until the anonymiser and two others have seen it, it may tell who somebody is.
package lessonstore

import (
	"context"
	"embed"
	"encoding/json"

	"gorm.io/gorm/clause"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/lesson"
	"github.com/saphan-network/saphan/node/clinic/library"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations are the tables of this package.
func Migrations() database.Set { return database.Embedded("lessons", files) }

// Store implements lesson.Store and lesson.RemarkStore.
type Store struct {
	db    *database.DB
	vault clinic.Vault
}

// New returns the store that lives in db.
func New(db *database.DB, vault clinic.Vault) *Store { return &Store{db: db, vault: vault} }

// The keys of what is sealed: one for each lesson, and one for each remark.
func scopeOf(id string) string        { return "lesson:" + id }
func remarkScope(id string) string    { return "remark:" + id }
func list(v any) (string, error)      { b, err := json.Marshal(v); return string(b), err }
func unlist(text string, v any) error { return json.Unmarshal([]byte(text), v) }

type lessonRow struct {
	ID                                   string `gorm:"primaryKey"`
	State                                string
	Sealed                               []byte
	Live                                 string
	Revision                             int64
	FromCase                             bool
	Writers, Insiders, Readings          string
	Returned                             bool
	Activity, Reason                     string
	BegunAt, ChangedAt, SinceAt, Version int64
}

func (lessonRow) TableName() string { return "lessons" }

// secret is what of a lesson is sealed.
type secret struct {
	Draft library.Text
	Kept  []string `json:",omitempty"`
}

func (s *Store) seal(ctx context.Context, scope string, v any) ([]byte, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return s.vault.Seal(ctx, scope, plain)
}

func (s *Store) open(ctx context.Context, scope string, sealed []byte, v any) error {
	plain, err := s.vault.Open(ctx, scope, sealed)
	if err != nil {
		return err
	}
	return json.Unmarshal(plain, v)
}

func (s *Store) row(ctx context.Context, l lesson.Lesson) (r lessonRow, err error) {
	r = lessonRow{ID: l.ID, State: string(l.State), Revision: int64(l.Revision), FromCase: l.FromCase, Returned: l.Returned, Activity: l.Activity, Reason: l.Reason,
		BegunAt: database.Millis(l.Begun), ChangedAt: database.Millis(l.Changed), SinceAt: database.Millis(l.Since), Version: l.Version + 1}
	if r.Sealed, err = s.seal(ctx, scopeOf(l.ID), secret{l.Draft, l.Kept}); err != nil {
		return r, err
	}
	for _, one := range []struct {
		into *string
		v    any
	}{{&r.Live, l.Live}, {&r.Writers, l.Writers}, {&r.Insiders, l.Insiders}, {&r.Readings, l.Readings}} {
		if *one.into, err = list(one.v); err != nil {
			return r, err
		}
	}
	return r, nil
}

func (s *Store) lesson(ctx context.Context, r lessonRow) (lesson.Lesson, error) {
	l := lesson.Lesson{ID: r.ID, State: lesson.State(r.State), Revision: int(r.Revision), FromCase: r.FromCase, Returned: r.Returned, Activity: r.Activity, Reason: r.Reason,
		Begun: database.Time(r.BegunAt), Changed: database.Time(r.ChangedAt), Since: database.Time(r.SinceAt), Version: r.Version}
	var sec secret
	if err := s.open(ctx, scopeOf(r.ID), r.Sealed, &sec); err != nil {
		return l, err
	}
	l.Draft, l.Kept = sec.Draft, sec.Kept
	for _, one := range []struct {
		from string
		v    any
	}{{r.Live, &l.Live}, {r.Writers, &l.Writers}, {r.Insiders, &l.Insiders}, {r.Readings, &l.Readings}} {
		if err := unlist(one.from, one.v); err != nil {
			return l, err
		}
	}
	return l, nil
}

// Get implements lesson.Store.
func (s *Store) Get(ctx context.Context, id string) (lesson.Lesson, error) {
	var r lessonRow
	err := s.db.Reader(ctx).Where("id = ?", id).Take(&r).Error
	if database.IsMissing(err) {
		return lesson.Lesson{}, fault.Missing()
	}
	if err != nil {
		return lesson.Lesson{}, err
	}
	return s.lesson(ctx, r)
}

// Put implements lesson.Store. Of a lesson that was taken back what people had typed
// goes too, and its key is a new one.
func (s *Store) Put(ctx context.Context, l *lesson.Lesson) error {
	if l.State == lesson.Retracted {
		if err := s.db.Conn(ctx).Where("lesson = ?", l.ID).Delete(&typingRow{}).Error; err != nil {
			return err
		}
		if err := s.vault.Forget(ctx, scopeOf(l.ID)); err != nil {
			return err
		}
	}
	r, err := s.row(ctx, *l)
	if err != nil {
		return err
	}
	if l.Version == 0 {
		err = s.db.Conn(ctx).Create(&r).Error
	} else {
		res := s.db.Conn(ctx).Model(&lessonRow{}).Where("id = ? AND version = ?", l.ID, l.Version).Select("*").Omit("id").Updates(&r)
		if err = res.Error; err == nil && res.RowsAffected != 1 {
			return fault.New(fault.Conflict, "lessons.error.stale")
		}
	}
	if err == nil {
		l.Version = r.Version
	}
	return err
}

// All implements lesson.Store.
func (s *Store) All(ctx context.Context) ([]lesson.Lesson, error) {
	var rows []lessonRow
	if err := s.db.Reader(ctx).Order("changed_at DESC, id").Limit(500).Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make([]lesson.Lesson, 0, len(rows))
	for _, r := range rows {
		l, err := s.lesson(ctx, r)
		if err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, nil
}

type typingRow struct {
	Lesson  string `gorm:"primaryKey"`
	UserID  string `gorm:"primaryKey"`
	Base    int64
	Sealed  []byte
	TypedAt int64
}

func (typingRow) TableName() string { return "lesson_typing" }

// SaveTyping implements lesson.Store.
func (s *Store) SaveTyping(ctx context.Context, t lesson.Typing) error {
	sealed, err := s.seal(ctx, scopeOf(t.Lesson), t.Form)
	if err != nil {
		return err
	}
	return s.db.Conn(ctx).Clauses(clause.OnConflict{UpdateAll: true}).
		Create(&typingRow{Lesson: t.Lesson, UserID: t.UserID, Base: t.Base, Sealed: sealed, TypedAt: database.Millis(t.At)}).Error
}

// Typing implements lesson.Store.
func (s *Store) Typing(ctx context.Context, id, userID string) (lesson.Typing, error) {
	var r typingRow
	err := s.db.Reader(ctx).Where("lesson = ? AND user_id = ?", id, userID).Take(&r).Error
	if database.IsMissing(err) {
		return lesson.Typing{}, fault.Missing()
	}
	if err != nil {
		return lesson.Typing{}, err
	}
	t := lesson.Typing{Lesson: id, UserID: userID, Base: r.Base, At: database.Time(r.TypedAt)}
	return t, s.open(ctx, scopeOf(id), r.Sealed, &t.Form)
}

// DropTyping implements lesson.Store.
func (s *Store) DropTyping(ctx context.Context, id, userID string) error {
	return s.db.Conn(ctx).Where("lesson = ? AND user_id = ?", id, userID).Delete(&typingRow{}).Error
}

type remarkRow struct {
	ID       string `gorm:"primaryKey"`
	Lesson   string
	About    string
	Kind     string
	Result   string
	Sealed   []byte
	SaidBy   string
	SaidAt   int64
	Activity string
}

func (remarkRow) TableName() string { return "lesson_remarks" }

// said is what of a remark is sealed.
type said struct {
	Text library.Words
	Kept []string `json:",omitempty"`
}

// PutRemark implements lesson.RemarkStore.
func (s *Store) PutRemark(ctx context.Context, r lesson.Remark) error {
	sealed, err := s.seal(ctx, remarkScope(r.ID), said{r.Text, r.Kept})
	if err != nil {
		return err
	}
	return s.db.Conn(ctx).Clauses(clause.OnConflict{UpdateAll: true}).Create(&remarkRow{ID: r.ID, Lesson: r.Lesson, About: r.About, Kind: r.Kind, Result: r.Result, Sealed: sealed,
		SaidBy: r.By, SaidAt: database.Millis(r.At), Activity: r.Activity}).Error
}

func (s *Store) remark(ctx context.Context, r remarkRow) (lesson.Remark, error) {
	var sec said
	err := s.open(ctx, remarkScope(r.ID), r.Sealed, &sec)
	return lesson.Remark{ID: r.ID, Lesson: r.Lesson, About: r.About, Kind: r.Kind, Result: r.Result, Text: sec.Text, Kept: sec.Kept, By: r.SaidBy,
		At: database.Time(r.SaidAt), Activity: r.Activity}, err
}

// Remark implements lesson.RemarkStore.
func (s *Store) Remark(ctx context.Context, id string) (lesson.Remark, error) {
	var r remarkRow
	err := s.db.Reader(ctx).Where("id = ?", id).Take(&r).Error
	if database.IsMissing(err) {
		return lesson.Remark{}, fault.Missing()
	}
	if err != nil {
		return lesson.Remark{}, err
	}
	return s.remark(ctx, r)
}

// Remarks implements lesson.RemarkStore.
func (s *Store) Remarks(ctx context.Context) ([]lesson.Remark, error) {
	var rows []remarkRow
	if err := s.db.Reader(ctx).Order("said_at, id").Limit(200).Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make([]lesson.Remark, 0, len(rows))
	for _, row := range rows {
		r, err := s.remark(ctx, row)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// DropRemark implements lesson.RemarkStore.
func (s *Store) DropRemark(ctx context.Context, id string) error {
	if err := s.db.Conn(ctx).Where("id = ?", id).Delete(&remarkRow{}).Error; err != nil {
		return err
	}
	return s.vault.Forget(ctx, remarkScope(id))
}
