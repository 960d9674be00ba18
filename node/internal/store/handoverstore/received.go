package handoverstore

import (
	"context"
	"fmt"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/handover"
)

// Received keeps the receiver's end. It implements handover.ReceivedStore.
type Received struct {
	db    *database.DB
	vault clinic.Vault
}

// NewReceived returns the store of the receiver's end in db.
func NewReceived(db *database.DB, v clinic.Vault) *Received { return &Received{db, v} }

var receivedHistory = history{"handover_received_events"}

type receivedRow struct {
	ID                                                     string `gorm:"primaryKey"`
	OfferID, Sender, Reference, Offer, Engagement, Request string
	Revision                                               int
	Purpose, Asked, KeyID, AskedBy, Named, State           string
	Package, Activity, Consent, Digest                     string
	Size                                                   int
	ExpiresAt, ArrivedAt                                   int64
	OpenedBy                                               string
	OpenedAt                                               int64
	CaseID, Reason, Receipt                                string
	Sealed                                                 []byte
	AskedAt, ChangedAt                                     int64
	Version                                                int
}

// TableName is for gorm.
func (receivedRow) TableName() string { return "handover_received" }

func receivedRowOf(h handover.Received) receivedRow {
	p := packed(h.Asked, h.Named, h.Receipt)
	return receivedRow{ID: h.ID, OfferID: h.OfferID, Sender: h.Sender, Reference: h.Reference, Offer: h.Offer, Engagement: h.Engagement, Request: h.Request, Revision: h.Revision,
		Purpose: h.Purpose, Asked: p[0], KeyID: h.KeyID, AskedBy: h.AskedBy, Named: p[1], State: string(h.State), Package: h.Package, Activity: h.Activity, Consent: h.Consent,
		Digest: h.Digest, Size: h.Size, ExpiresAt: millis(h.Expires), ArrivedAt: millis(h.ArrivedAt), OpenedBy: h.OpenedBy, OpenedAt: millis(h.OpenedAt), CaseID: h.CaseID,
		Reason: h.Reason, Receipt: p[2], AskedAt: millis(h.AskedAt), ChangedAt: millis(h.Changed), Version: h.Version}
}

func (r receivedRow) received() (handover.Received, error) {
	h := handover.Received{ID: r.ID, OfferID: r.OfferID, Sender: r.Sender, Reference: r.Reference, Offer: r.Offer, Engagement: r.Engagement, Request: r.Request, Revision: r.Revision,
		Purpose: r.Purpose, KeyID: r.KeyID, AskedBy: r.AskedBy, State: handover.State(r.State), Package: r.Package, Activity: r.Activity, Consent: r.Consent, Digest: r.Digest,
		Size: r.Size, Expires: database.Time(r.ExpiresAt).UTC(), ArrivedAt: database.Time(r.ArrivedAt), OpenedBy: r.OpenedBy, OpenedAt: database.Time(r.OpenedAt), CaseID: r.CaseID,
		Reason: r.Reason, AskedAt: database.Time(r.AskedAt), Changed: database.Time(r.ChangedAt), Version: r.Version}
	for _, p := range []struct {
		text string
		into any
	}{{r.Asked, &h.Asked}, {r.Named, &h.Named}, {r.Receipt, &h.Receipt}} {
		if err := unpack(p.text, p.into); err != nil {
			return h, err
		}
	}
	return h, nil
}

// Insert adds what this member asks.
func (s *Received) Insert(ctx context.Context, h handover.Received) error {
	row := receivedRowOf(h)
	if err := s.db.Conn(ctx).Create(&row).Error; err != nil {
		return fmt.Errorf("handoverstore: insert: %w", err)
	}
	return nil
}

// Save stores a hand-over as the next version; the package stays as it is.
func (s *Received) Save(ctx context.Context, h *handover.Received) error {
	row := receivedRowOf(*h)
	row.Version++
	if err := save(s.db.Conn(ctx), &row, h.ID, h.Version, "sealed"); err != nil {
		return err
	}
	h.Version++
	return nil
}

// Find returns the one hand-over that the question names, or fault.Missing.
func (s *Received) Find(ctx context.Context, f handover.Find) (handover.Received, error) {
	if nothing(f) {
		return handover.Received{}, fault.Missing()
	}
	var row receivedRow
	if err := where(reading(ctx, s.db).Omit("sealed"), f, "offer_id").Take(&row).Error; err != nil {
		return handover.Received{}, missing(err)
	}
	return row.received()
}

// List returns hand-overs, the newest change first, at most 500.
func (s *Received) List(ctx context.Context, f handover.Find) ([]handover.Received, error) {
	if nothing(f) {
		return nil, nil
	}
	var rows []receivedRow
	if err := where(reading(ctx, s.db).Omit("sealed"), f, "offer_id").Order("changed_at DESC, id").Limit(500).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("handoverstore: list: %w", err)
	}
	out := make([]handover.Received, len(rows))
	for i, r := range rows {
		var err error
		if out[i], err = r.received(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func scope(id string) string { return "handover:" + id }

// Keep puts a package away under a key of its own; nil destroys it and the key.
func (s *Received) Keep(ctx context.Context, id string, sealed []byte) error {
	if err := s.vault.Forget(ctx, scope(id)); err != nil {
		return err
	}
	var again []byte
	if sealed != nil {
		var err error
		if again, err = s.vault.Seal(ctx, scope(id), sealed); err != nil {
			return err
		}
	}
	return s.db.Conn(ctx).Exec("UPDATE handover_received SET sealed = ? WHERE id = ?", again, id).Error
}

// Kept returns a package that waits to be opened, or fault.Missing.
func (s *Received) Kept(ctx context.Context, id string) ([]byte, error) {
	var row receivedRow
	if err := s.db.Reader(ctx).Select("sealed").Where("id = ?", id).Take(&row).Error; err != nil {
		return nil, missing(err)
	}
	if row.Sealed == nil {
		return nil, fault.Missing()
	}
	return s.vault.Open(ctx, scope(id), row.Sealed)
}

// AddEvent appends to a hand-over's history.
func (s *Received) AddEvent(ctx context.Context, id string, e handover.Event) error {
	return receivedHistory.add(ctx, s.db, id, e)
}

// Events returns a hand-over's history, oldest first.
func (s *Received) Events(ctx context.Context, id string) ([]handover.Event, error) {
	return receivedHistory.list(ctx, s.db, id)
}
