package mailbox

import (
	"context"
	"time"

	"gorm.io/gorm/clause"

	"github.com/saphan-network/saphan/node/chassis/database"
)

// The kinds of notes.
const (
	NoteUnproved = "unproved" // it has sent a list that is proved by a key that is not pinned; the detail is the key's id
	NoteDrift    = "drift"    // its list was another than our copy; the detail is whether it is mended
	NoteRenew    = "renew"    // it was asked for its list because ours had become old
	NoteSkew     = "skew"     // its clock is wrong, or ours; the detail is by how many seconds it is ahead of ours
)

// Note is something that the operator should know of a peer: the latest of its kind.
type Note struct {
	Peer, Kind, Detail string
	At                 time.Time
}

type noteRow struct {
	Peer    string `gorm:"primaryKey"`
	Kind    string `gorm:"primaryKey"`
	Detail  string
	NotedAt int64
}

func (noteRow) TableName() string { return "mailbox_notes" }

// Note takes something down of a peer, in place of what was noted of that kind.
func (s *Store) Note(ctx context.Context, peer, kind, detail string) error {
	row := noteRow{Peer: peer, Kind: kind, Detail: detail, NotedAt: s.nowMillis()}
	return s.db.Conn(ctx).Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error
}

// Unnote strikes a note out, because it is so no more.
func (s *Store) Unnote(ctx context.Context, peer, kind string) error {
	return s.db.Conn(ctx).Where("peer = ? AND kind = ?", peer, kind).Delete(&noteRow{}).Error
}

// Notes lists all notes of one kind, of all kinds for "", by peer.
func (s *Store) Notes(ctx context.Context, kind string) ([]Note, error) {
	var rows []noteRow
	if err := s.db.Reader(ctx).Where("kind = ? OR ? = ''", kind, kind).Order("peer, kind").Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make([]Note, 0, len(rows))
	for _, r := range rows {
		out = append(out, Note{Peer: r.Peer, Kind: r.Kind, Detail: r.Detail, At: database.Time(r.NotedAt)})
	}
	return out, nil
}
