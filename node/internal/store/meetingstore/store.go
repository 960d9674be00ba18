// Package meetingstore keeps what a member knows of the network's meetings: what is
// asked for stands in columns, the rest in a body that only the domain reads.
package meetingstore

import (
	"context"
	"embed"
	"encoding/json"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/clinic/meeting"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations are the tables of this package.
func Migrations() database.Set { return database.Embedded("meetings", files) }

// Store keeps all of it. It implements meeting.Store.
type Store struct{ db *database.DB }

// New returns the store that lives in db.
func New(db *database.DB) *Store { return &Store{db: db} }

type callRow struct {
	ID      string
	StartAt int64
	Body    string
	Version int64
}

func (callRow) TableName() string { return "meeting_calls" }

type proposalRow struct {
	ID, Meeting, WrittenBy, Body string
	Version                      int64
}

func (proposalRow) TableName() string { return "meeting_proposals" }

type taskRow struct {
	ID, State string
	DueAt     int64
	Body      string
	Version   int64
}

func (taskRow) TableName() string { return "meeting_tasks" }

func body(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

func opened[T any](text string, version int64, into func(*T) *int64) (T, error) {
	var v T
	err := json.Unmarshal([]byte(text), &v)
	*into(&v) = version
	return v, err
}

// put writes a row, and raises its version.
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

func (r callRow) meeting() (meeting.Meeting, error) {
	return opened(r.Body, r.Version, func(m *meeting.Meeting) *int64 { return &m.Version })
}

// Meeting implements meeting.Store.
func (s *Store) Meeting(ctx context.Context, id string) (meeting.Meeting, error) {
	var r callRow
	if err := s.db.Reader(ctx).Where("id = ?", id).Take(&r).Error; err != nil {
		if database.IsMissing(err) {
			return meeting.Meeting{}, fault.Missing()
		}
		return meeting.Meeting{}, err
	}
	return r.meeting()
}

// Meetings implements meeting.Store.
func (s *Store) Meetings(ctx context.Context) ([]meeting.Meeting, error) {
	var rows []callRow
	if err := s.db.Reader(ctx).Order("start_at DESC, id").Limit(200).Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make([]meeting.Meeting, 0, len(rows))
	for _, r := range rows {
		m, err := r.meeting()
		if err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}

// PutMeeting implements meeting.Store.
func (s *Store) PutMeeting(ctx context.Context, m *meeting.Meeting) error {
	text, err := body(m)
	if err != nil {
		return err
	}
	return put(ctx, s.db, &callRow{ID: m.ID, StartAt: database.Millis(m.Start), Body: text, Version: m.Version + 1}, m.ID, &m.Version)
}

// Proposals implements meeting.Drafts.
func (s *Store) Proposals(ctx context.Context) ([]meeting.Proposal, error) {
	var rows []proposalRow
	if err := s.db.Reader(ctx).Order("id").Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make([]meeting.Proposal, 0, len(rows))
	for _, r := range rows {
		p, err := opened(r.Body, r.Version, func(p *meeting.Proposal) *int64 { return &p.Version })
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// PutProposal implements meeting.Drafts.
func (s *Store) PutProposal(ctx context.Context, p *meeting.Proposal) error {
	text, err := body(p)
	if err != nil {
		return err
	}
	return put(ctx, s.db, &proposalRow{ID: p.ID, Meeting: p.Meeting, WrittenBy: p.By, Body: text, Version: p.Version + 1}, p.ID, &p.Version)
}

// Tasks implements meeting.Drafts.
func (s *Store) Tasks(ctx context.Context) ([]meeting.Task, error) {
	var rows []taskRow
	if err := s.db.Reader(ctx).Order("due_at, id").Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make([]meeting.Task, 0, len(rows))
	for _, r := range rows {
		t, err := opened(r.Body, r.Version, func(t *meeting.Task) *int64 { return &t.Version })
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

// PutTask implements meeting.Drafts.
func (s *Store) PutTask(ctx context.Context, t *meeting.Task) error {
	text, err := body(t)
	if err != nil {
		return err
	}
	return put(ctx, s.db, &taskRow{ID: t.ID, State: t.State, DueAt: database.Millis(t.Due), Body: text, Version: t.Version + 1}, t.ID, &t.Version)
}
