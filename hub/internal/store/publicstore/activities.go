package publicstore

import (
	"context"
	"encoding/json"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/node/chassis/database"
)

type activityRow struct {
	ID       string `gorm:"primaryKey"`
	Position int64
	Document string
	Type     string
	Body     []byte
	Facts    string
	Decision string
	SHA256   string `gorm:"column:sha256"`
	MadeAt   int64
	SentTo   string
	Sent     bool
}

func (activityRow) TableName() string { return "public_activities" }

// Activity is a publication as it was released.
type Activity struct {
	ID, Document     string // opaque
	Type             string // Create, Update or Delete
	Body             []byte
	Facts            map[string][]string // from which the gate decided
	Decision, SHA256 string              // of the clearance
	Made             time.Time
}

// AddActivity appends to the shelf, in the running transaction.
func (s *Store) AddActivity(ctx context.Context, a Activity) error {
	if err := s.db.Exclusive(ctx, "public activities"); err != nil {
		return err
	}
	facts, err := json.Marshal(a.Facts)
	if err != nil {
		return err
	}
	var last *int64
	if err := s.db.Reader(ctx).Model(&activityRow{}).Select("max(position)").Scan(&last).Error; err != nil {
		return err
	}
	next := int64(1)
	if last != nil {
		next = *last + 1
	}
	return s.db.Conn(ctx).Create(&activityRow{ID: a.ID, Position: next, Document: a.Document, Type: a.Type, Body: a.Body, Facts: string(facts),
		Decision: a.Decision, SHA256: a.SHA256, MadeAt: database.Millis(a.Made)}).Error
}

// Count implements publicface.Shelf.
func (s *Store) Count(ctx context.Context) (int, error) {
	var n int64
	err := s.db.Reader(ctx).Model(&activityRow{}).Count(&n).Error
	return int(n), err
}

// Slice implements publicface.Shelf.
func (s *Store) Slice(ctx context.Context, first, n int) ([]json.RawMessage, error) {
	var rows []activityRow
	if err := s.db.Reader(ctx).Select("body").Order("position").Offset(first).Limit(n).Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make([]json.RawMessage, 0, len(rows))
	for _, r := range rows {
		out = append(out, r.Body)
	}
	return out, nil
}

// Activity implements publicface.Shelf.
func (s *Store) Activity(ctx context.Context, id string) ([]byte, error) {
	var r activityRow
	err := s.db.Reader(ctx).Where("id = ?", id).Take(&r).Error
	if database.IsMissing(err) {
		return nil, fault.Missing()
	}
	return r.Body, err
}

// Document implements publicface.Shelf: what the last publication of a document says.
func (s *Store) Document(ctx context.Context, id string) (body []byte, gone bool, err error) {
	var rows []activityRow
	if err := s.db.Reader(ctx).Where("document = ?", id).Order("position DESC").Limit(1).Find(&rows).Error; err != nil {
		return nil, false, err
	}
	if len(rows) == 0 {
		return nil, false, fault.Missing()
	}
	if rows[0].Type == "Delete" {
		return nil, true, nil
	}
	body, err = gofed.ObjectOf(rows[0].Body)
	return body, false, err
}

// Clear takes the publications of a document off the shelf: what they said is not
// shown, nor sent to whom it has not reached, any more.
func (s *Store) Clear(ctx context.Context, document string) error {
	return s.db.Conn(ctx).Where("document = ?", document).Delete(&activityRow{}).Error
}

// Unsent returns the oldest publication that has not reached all followers, nil if
// there is none, and the inbox up to which it has got.
func (s *Store) Unsent(ctx context.Context) (*Activity, string, error) {
	var rows []activityRow
	if err := s.db.Reader(ctx).Where("sent = ?", false).Order("position").Limit(1).Find(&rows).Error; err != nil || len(rows) == 0 {
		return nil, "", err
	}
	a := &Activity{ID: rows[0].ID, Document: rows[0].Document, Type: rows[0].Type, Body: rows[0].Body}
	return a, rows[0].SentTo, json.Unmarshal([]byte(rows[0].Facts), &a.Facts)
}

// SentUpTo notes how far a publication has got; all says that nobody is left.
func (s *Store) SentUpTo(ctx context.Context, id, inbox string, all bool) error {
	return s.db.Conn(ctx).Model(&activityRow{}).Where("id = ?", id).Updates(map[string]any{"sent_to": inbox, "sent": all}).Error
}
