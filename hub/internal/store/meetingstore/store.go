// Package meetingstore keeps the secretariat's meetings: what is asked for stands in
// columns, the rest in a body that only the domain reads.
package meetingstore

import (
	"context"
	"embed"
	"encoding/json"

	"gorm.io/gorm/clause"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/hub/network/meeting"
	"github.com/saphan-network/saphan/node/chassis/database"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations are the tables of this package.
func Migrations() database.Set { return database.Embedded("meetings", files) }

// Store keeps all of it. It implements meeting.Calendar, meeting.Table and meeting.Book.
type Store struct{ db *database.DB }

// New returns the store that lives in db.
func New(db *database.DB) *Store { return &Store{db: db} }

type seriesRow struct {
	ID, Body string
	Version  int64
}

func (seriesRow) TableName() string { return "meeting_series" }

type meetingRow struct {
	ID, Series   string
	Year, Number int64
	State        string
	StartAt      int64
	Body         string
	Version      int64
}

func (meetingRow) TableName() string { return "meeting_meetings" }

type itemRow struct {
	ID, Meeting, Section string
	Position             int64
	Body                 string
	Version              int64
}

func (itemRow) TableName() string { return "meeting_items" }

type actionRow struct {
	ID, Meeting, Owner, State, Due, Body string
	Version                              int64
}

func (actionRow) TableName() string { return "meeting_actions" }

type replyRow struct{ Meeting, Organisation, Body string }

func (replyRow) TableName() string { return "meeting_replies" }

type lineRow struct {
	ID, Meeting, Kind string
	MadeAt            int64
	Body              string
	Version           int64
}

func (lineRow) TableName() string { return "meeting_lines" }

// body writes a value as its row keeps it.
func body(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

// read reads the bodies of rows.
func read[R, T any](rows []R, of func(R) (body string, version int64), version func(*T) *int64) ([]T, error) {
	out := make([]T, 0, len(rows))
	for _, r := range rows {
		var v T
		text, n := of(r)
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			return nil, err
		}
		if version != nil {
			*version(&v) = n
		}
		out = append(out, v)
	}
	return out, nil
}

// one is the only row, or fault.Missing.
func one[T any](all []T, err error) (T, error) {
	var none T
	if err != nil {
		return none, err
	}
	if len(all) != 1 {
		return none, fault.Missing()
	}
	return all[0], nil
}

// put writes a row that has a version, and raises it; known is false for a new one.
func put[R any](ctx context.Context, db *database.DB, row *R, id string, version *int64) error {
	if *version == 0 {
		if err := db.Conn(ctx).Create(row).Error; err != nil {
			return err
		}
		*version = 1
		return nil
	}
	var empty R
	res := db.Conn(ctx).Model(&empty).Where("id = ? AND version = ?", id, *version).Select("*").Omit("id").Updates(row)
	if res.Error != nil {
		return res.Error
	}
	if res.RowsAffected != 1 {
		return fault.New(fault.Conflict, "error.stale")
	}
	*version++
	return nil
}

// AllSeries implements meeting.Calendar.
func (s *Store) AllSeries(ctx context.Context) ([]meeting.Series, error) {
	var rows []seriesRow
	if err := s.db.Reader(ctx).Order("id").Find(&rows).Error; err != nil {
		return nil, err
	}
	return read(rows, func(r seriesRow) (string, int64) { return r.Body, r.Version }, func(v *meeting.Series) *int64 { return &v.Version })
}

// PutSeries implements meeting.Calendar.
func (s *Store) PutSeries(ctx context.Context, v *meeting.Series) error {
	text, err := body(v)
	if err != nil {
		return err
	}
	return put(ctx, s.db, &seriesRow{ID: v.ID, Body: text, Version: v.Version + 1}, v.ID, &v.Version)
}

func (s *Store) meetings(ctx context.Context, where string, args ...any) ([]meeting.Meeting, error) {
	var rows []meetingRow
	if err := s.db.Reader(ctx).Where(where, args...).Order("start_at DESC, id").Find(&rows).Error; err != nil {
		return nil, err
	}
	return read(rows, func(r meetingRow) (string, int64) { return r.Body, r.Version }, func(v *meeting.Meeting) *int64 { return &v.Version })
}

// Meeting implements meeting.Calendar.
func (s *Store) Meeting(ctx context.Context, id string) (meeting.Meeting, error) {
	return one(s.meetings(ctx, "id = ?", id))
}

// Meetings implements meeting.Calendar.
func (s *Store) Meetings(ctx context.Context) ([]meeting.Meeting, error) {
	return s.meetings(ctx, "1 = 1")
}

// PutMeeting implements meeting.Calendar.
func (s *Store) PutMeeting(ctx context.Context, v *meeting.Meeting) error {
	text, err := body(v)
	if err != nil {
		return err
	}
	return put(ctx, s.db, &meetingRow{ID: v.ID, Series: v.Series, Year: int64(v.Year), Number: int64(v.Number), State: string(v.State), StartAt: database.Millis(v.Start),
		Body: text, Version: v.Version + 1}, v.ID, &v.Version)
}

func (s *Store) items(ctx context.Context, where string, args ...any) ([]meeting.Item, error) {
	var rows []itemRow
	if err := s.db.Reader(ctx).Where(where, args...).Order("meeting, section, position, id").Find(&rows).Error; err != nil {
		return nil, err
	}
	return read(rows, func(r itemRow) (string, int64) { return r.Body, r.Version }, func(v *meeting.Item) *int64 { return &v.Version })
}

// Item implements meeting.Table.
func (s *Store) Item(ctx context.Context, id string) (meeting.Item, error) {
	return one(s.items(ctx, "id = ?", id))
}

// Items implements meeting.Table; "" is for all meetings.
func (s *Store) Items(ctx context.Context, of string) ([]meeting.Item, error) {
	if of == "" {
		return s.items(ctx, "1 = 1")
	}
	return s.items(ctx, "meeting = ?", of)
}

// PutItem implements meeting.Table.
func (s *Store) PutItem(ctx context.Context, v *meeting.Item) error {
	text, err := body(v)
	if err != nil {
		return err
	}
	return put(ctx, s.db, &itemRow{ID: v.ID, Meeting: v.Meeting, Section: v.Section, Position: int64(v.Position), Body: text, Version: v.Version + 1}, v.ID, &v.Version)
}

func (s *Store) actions(ctx context.Context, where string, args ...any) ([]meeting.Action, error) {
	var rows []actionRow
	if err := s.db.Reader(ctx).Where(where, args...).Order("due, id").Find(&rows).Error; err != nil {
		return nil, err
	}
	return read(rows, func(r actionRow) (string, int64) { return r.Body, r.Version }, func(v *meeting.Action) *int64 { return &v.Version })
}

// Action implements meeting.Table.
func (s *Store) Action(ctx context.Context, id string) (meeting.Action, error) {
	return one(s.actions(ctx, "id = ?", id))
}

// Actions implements meeting.Table.
func (s *Store) Actions(ctx context.Context) ([]meeting.Action, error) {
	return s.actions(ctx, "1 = 1")
}

// PutAction implements meeting.Table.
func (s *Store) PutAction(ctx context.Context, v *meeting.Action) error {
	text, err := body(v)
	if err != nil {
		return err
	}
	return put(ctx, s.db, &actionRow{ID: v.ID, Meeting: v.Meeting, Owner: v.Owner, State: v.State, Due: v.Due, Body: text, Version: v.Version + 1}, v.ID, &v.Version)
}

// Replies implements meeting.Book.
func (s *Store) Replies(ctx context.Context, of string) ([]meeting.Reply, error) {
	var rows []replyRow
	if err := s.db.Reader(ctx).Where("meeting = ?", of).Order("organisation").Find(&rows).Error; err != nil {
		return nil, err
	}
	return read[replyRow, meeting.Reply](rows, func(r replyRow) (string, int64) { return r.Body, 0 }, nil)
}

// PutReply implements meeting.Book.
func (s *Store) PutReply(ctx context.Context, r meeting.Reply) error {
	text, err := body(r)
	if err != nil {
		return err
	}
	return s.db.Conn(ctx).Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "meeting"}, {Name: "organisation"}}, DoUpdates: clause.AssignmentColumns([]string{"body"})}).
		Create(&replyRow{Meeting: r.Meeting, Organisation: r.Org, Body: text}).Error
}

// Lines implements meeting.Book.
func (s *Store) Lines(ctx context.Context, of, kind string) ([]meeting.Line, error) {
	var rows []lineRow
	if err := s.db.Reader(ctx).Where("meeting = ? AND kind = ?", of, kind).Order("made_at, id").Find(&rows).Error; err != nil {
		return nil, err
	}
	return read(rows, func(r lineRow) (string, int64) { return r.Body, r.Version }, func(v *meeting.Line) *int64 { return &v.Version })
}

// PutLine implements meeting.Book. A line keeps the place that it got first.
func (s *Store) PutLine(ctx context.Context, v *meeting.Line) error {
	text, err := body(v)
	if err != nil {
		return err
	}
	row := lineRow{ID: v.ID, Meeting: v.Meeting, Kind: v.Kind, MadeAt: database.Millis(v.At), Body: text, Version: v.Version + 1}
	if v.Version > 0 {
		var had lineRow
		if err := s.db.Reader(ctx).Where("id = ?", v.ID).Take(&had).Error; err != nil {
			return err
		}
		row.MadeAt = had.MadeAt
	}
	return put(ctx, s.db, &row, v.ID, &v.Version)
}
