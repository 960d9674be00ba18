// Package publicstore keeps what the hub shows to everybody: documents with their
// drafts, publications as they were released, and followers.
package publicstore

import (
	"context"
	"embed"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/hub/network/publication"
	"github.com/saphan-network/saphan/node/chassis/database"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations are the tables of this package.
func Migrations() database.Set { return database.Embedded("public", files) }

// Store keeps all of it. It implements publication.Store, publicface.Shelf and
// exchange.Readers.
type Store struct {
	db  *database.DB
	now func() time.Time
}

// New returns the store that lives in db.
func New(db *database.DB, now func() time.Time) *Store { return &Store{db: db, now: now} }

type documentRow struct {
	ID              string `gorm:"primaryKey"`
	Kind            string
	State           string
	Draft           string
	Live            string
	Revision        int64
	WrittenBy       string
	ReleasedBy      string
	FirstAt         int64
	SinceAt         int64
	ChangedAt       int64
	Returned        bool
	PendingActivity string
	PendingBytes    []byte
	PendingSHA256   string `gorm:"column:pending_sha256"`
	PendingBy       string
	PendingAt       int64
	Version         int64
}

func (documentRow) TableName() string { return "public_documents" }

func rowOf(d publication.Document) (documentRow, error) {
	r := documentRow{ID: d.ID, Kind: d.Kind, State: string(d.State), Revision: int64(d.Revision), WrittenBy: d.WrittenBy, ReleasedBy: d.Released,
		FirstAt: database.Millis(d.First), SinceAt: database.Millis(d.Since), ChangedAt: database.Millis(d.Changed), Returned: d.Returned, PendingActivity: d.Pending.Activity,
		PendingBytes: append([]byte{}, d.Pending.Bytes...), PendingSHA256: d.Pending.SHA256, PendingBy: d.Pending.By, PendingAt: database.Millis(d.Pending.At), Version: d.Version}
	var err error
	if r.Draft, err = d.Draft.Marshal(); err != nil {
		return r, err
	}
	r.Live, err = d.Live.Marshal()
	return r, err
}

func (r documentRow) document() (publication.Document, error) {
	d := publication.Document{ID: r.ID, Kind: r.Kind, State: publication.State(r.State), Revision: int(r.Revision), WrittenBy: r.WrittenBy, Released: r.ReleasedBy,
		First: database.Time(r.FirstAt), Since: database.Time(r.SinceAt), Changed: database.Time(r.ChangedAt), Returned: r.Returned, Version: r.Version,
		Pending: publication.Pending{Activity: r.PendingActivity, Bytes: r.PendingBytes, SHA256: r.PendingSHA256, By: r.PendingBy, At: database.Time(r.PendingAt)}}
	if err := d.Draft.Unmarshal(r.Draft); err != nil {
		return d, err
	}
	return d, d.Live.Unmarshal(r.Live)
}

// Get returns one document, or fault.Missing.
func (s *Store) Get(ctx context.Context, id string) (publication.Document, error) {
	var r documentRow
	if err := s.db.Reader(ctx).Where("id = ?", id).Take(&r).Error; err != nil {
		if database.IsMissing(err) {
			return publication.Document{}, fault.Missing()
		}
		return publication.Document{}, err
	}
	return r.document()
}

// Put saves a document and raises its version, or returns fault.Conflict.
func (s *Store) Put(ctx context.Context, d *publication.Document) error {
	row, err := rowOf(*d)
	if err != nil {
		return err
	}
	row.Version++
	db := s.db.Conn(ctx)
	if d.Version == 0 {
		err = db.Create(&row).Error
	} else {
		res := db.Model(&documentRow{}).Where("id = ? AND version = ?", d.ID, d.Version).Select("*").Omit("id").Updates(&row)
		if err = res.Error; err == nil && res.RowsAffected != 1 {
			return fault.New(fault.Conflict, "error.stale")
		}
	}
	if err == nil {
		d.Version = row.Version
	}
	return err
}

// All lists the documents, what changed last first.
func (s *Store) All(ctx context.Context) ([]publication.Document, error) {
	return s.list(ctx, "1 = 1", "changed_at DESC, id")
}

// Readable lists what people outside can read, the newest first.
func (s *Store) Readable(ctx context.Context) ([]publication.Document, error) {
	return s.list(ctx, "revision > 0 AND state <> 'withdrawn'", "first_at DESC, id")
}

func (s *Store) list(ctx context.Context, where, order string) ([]publication.Document, error) {
	var rows []documentRow
	if err := s.db.Reader(ctx).Where(where).Order(order).Limit(500).Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make([]publication.Document, 0, len(rows))
	for _, r := range rows {
		d, err := r.document()
		if err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}
