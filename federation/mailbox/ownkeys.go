package mailbox

import (
	"context"
	"time"

	"gorm.io/gorm/clause"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/node/chassis/database"
)

// OwnKey is the public half of a key that this server has, or had.
type OwnKey struct {
	federation.PublicKey           // with its end once that is set
	Made                 time.Time // when it was taken down here
	Listed               time.Time // on a hub: since when the members list has it; zero before
}

type ownKeyRow struct {
	AssertionID  string `gorm:"primaryKey"`
	AssertionKey string
	KeyID        string
	PublicKey    string
	MadeAt       int64
	ListedAt     int64
	EndsAt       int64
}

func (ownKeyRow) TableName() string { return "mailbox_own_keys" }

// OwnKeys lists the keys that this server has had since it has Ed25519 keys, the
// latest last.
func (s *Store) OwnKeys(ctx context.Context) ([]OwnKey, error) {
	var rows []ownKeyRow
	if err := s.db.Reader(ctx).Order("made_at, assertion_id").Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make([]OwnKey, 0, len(rows))
	for _, r := range rows {
		k := OwnKey{Made: database.Time(r.MadeAt), Listed: database.Time(r.ListedAt), PublicKey: federation.PublicKey{ID: r.KeyID, PEM: r.PublicKey,
			Assertion: federation.Multikey{ID: r.AssertionID, Multibase: r.AssertionKey}}}
		if r.EndsAt != 0 {
			k.End = database.Time(r.EndsAt).UTC().Format(time.RFC3339)
		}
		out = append(out, k)
	}
	return out, nil
}

// SaveOwnKey takes a key of this server down, or changes when it is listed and ends.
func (s *Store) SaveOwnKey(ctx context.Context, k OwnKey) error {
	if k.Made.IsZero() {
		k.Made = s.now()
	}
	row := ownKeyRow{AssertionID: k.Assertion.ID, AssertionKey: k.Assertion.Multibase, KeyID: k.ID, PublicKey: k.PEM,
		MadeAt: database.Millis(k.Made), ListedAt: database.Millis(k.Listed)}
	if k.End != "" {
		end, err := time.Parse(time.RFC3339, k.End)
		if err != nil {
			return err
		}
		row.EndsAt = database.Millis(end)
	}
	return s.db.Conn(ctx).Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "assertion_id"}},
		DoUpdates: clause.AssignmentColumns([]string{"listed_at", "ends_at"})}).Create(&row).Error
}
