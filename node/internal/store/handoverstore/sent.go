package handoverstore

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/handover"
)

// Sent keeps the sender's end. It implements handover.Store.
type Sent struct {
	db    *database.DB
	vault clinic.Vault
}

// NewSent returns the store of the sender's end in db.
func NewSent(db *database.DB, v clinic.Vault) *Sent { return &Sent{db, v} }

var sentHistory = history{"handover_sent_events"}

type sentRow struct {
	ID                                                    string `gorm:"primaryKey"`
	ReferralID, CaseID, Target, Reference, Offer, Request string
	Revision                                              int
	Purpose, Asked, KeyID, Key, AskProof, State, Fields   string
	Texts                                                 []byte
	Consent                                               string
	SHA256                                                string `gorm:"column:sha256"`
	ExpiresAt                                             int64
	Package, Activity, Digest                             string
	Size                                                  int
	DraftedBy                                             string
	SubmittedAt                                           int64
	ApprovedBy                                            string
	SentAt, ArrivedAt, OpenedAt                           int64
	Reason                                                string
	RecalledAt, Untold                                    int64
	Receipt                                               string
	AskedAt, ChangedAt                                    int64
	Version                                               int
}

// TableName is for gorm.
func (sentRow) TableName() string { return "handover_sent" }

func (s *Sent) row(ctx context.Context, h handover.Sent) (sentRow, error) {
	p := packed(h.Asked, h.Fields, h.Receipt)
	r := sentRow{ID: h.ID, ReferralID: h.ReferralID, CaseID: h.CaseID, Target: h.Target, Reference: h.Reference, Offer: h.Offer, Request: h.Request, Revision: h.Revision,
		Purpose: h.Purpose, Asked: p[0], KeyID: h.KeyID, Key: h.Key, AskProof: h.AskProof, State: string(h.State), Fields: p[1], Consent: h.Consent, SHA256: h.SHA256,
		ExpiresAt: millis(h.Expires), Package: h.Package, Activity: h.Activity, Digest: h.Digest, Size: h.Size, DraftedBy: h.DraftedBy, SubmittedAt: millis(h.Submitted),
		ApprovedBy: h.Approved, SentAt: millis(h.SentAt), ArrivedAt: millis(h.Arrived), OpenedAt: millis(h.Opened), Reason: h.Reason, RecalledAt: millis(h.RecalledAt),
		Receipt: p[2], AskedAt: millis(h.AskedAt), ChangedAt: millis(h.Changed), Version: h.Version}
	if h.Untold {
		r.Untold = 1
	}
	if len(h.Texts) == 0 {
		return r, nil
	}
	b, err := json.Marshal(h.Texts)
	if err != nil {
		return r, err
	}
	r.Texts, err = s.vault.Seal(ctx, h.CaseID, b)
	return r, err
}

func (s *Sent) sent(ctx context.Context, r sentRow) (handover.Sent, error) {
	h := handover.Sent{ID: r.ID, ReferralID: r.ReferralID, CaseID: r.CaseID, Target: r.Target, Reference: r.Reference, Offer: r.Offer, Request: r.Request, Revision: r.Revision,
		Purpose: r.Purpose, KeyID: r.KeyID, Key: r.Key, AskProof: r.AskProof, State: handover.State(r.State), Consent: r.Consent, SHA256: r.SHA256,
		Expires: database.Time(r.ExpiresAt).UTC(), Package: r.Package, Activity: r.Activity, Digest: r.Digest, Size: r.Size, DraftedBy: r.DraftedBy,
		Submitted: database.Time(r.SubmittedAt), Approved: r.ApprovedBy, SentAt: database.Time(r.SentAt), Arrived: database.Time(r.ArrivedAt), Opened: database.Time(r.OpenedAt),
		Reason: r.Reason, RecalledAt: database.Time(r.RecalledAt), Untold: r.Untold != 0, AskedAt: database.Time(r.AskedAt), Changed: database.Time(r.ChangedAt), Version: r.Version}
	for _, p := range []struct {
		text string
		into any
	}{{r.Asked, &h.Asked}, {r.Fields, &h.Fields}, {r.Receipt, &h.Receipt}} {
		if err := unpack(p.text, p.into); err != nil {
			return h, err
		}
	}
	if len(r.Texts) == 0 {
		return h, nil
	}
	b, err := s.vault.Open(ctx, r.CaseID, r.Texts)
	if fault.Is(err, fault.NotFound) {
		return h, nil // the case was erased, and they with it
	}
	if err != nil {
		return h, err
	}
	return h, json.Unmarshal(b, &h.Texts)
}

// Insert adds what was asked.
func (s *Sent) Insert(ctx context.Context, h handover.Sent) error {
	row, err := s.row(ctx, h)
	if err != nil {
		return err
	}
	if err := s.db.Conn(ctx).Create(&row).Error; err != nil {
		return fmt.Errorf("handoverstore: insert: %w", err)
	}
	return nil
}

// Save stores a hand-over as the next version.
func (s *Sent) Save(ctx context.Context, h *handover.Sent) error {
	row, err := s.row(ctx, *h)
	if err != nil {
		return err
	}
	row.Version++
	if err := save(s.db.Conn(ctx), &row, h.ID, h.Version); err != nil {
		return err
	}
	h.Version++
	return nil
}

// Get returns a hand-over by its id, or fault.Missing.
func (s *Sent) Get(ctx context.Context, id string) (handover.Sent, error) {
	return s.Find(ctx, handover.Find{ID: id})
}

// Find returns the one hand-over that the question names, or fault.Missing.
func (s *Sent) Find(ctx context.Context, f handover.Find) (handover.Sent, error) {
	if nothing(f) {
		return handover.Sent{}, fault.Missing()
	}
	var row sentRow
	if err := where(reading(ctx, s.db), f, "referral_id").Take(&row).Error; err != nil {
		return handover.Sent{}, missing(err)
	}
	return s.sent(ctx, row)
}

// List returns hand-overs, the newest change first, at most 500.
func (s *Sent) List(ctx context.Context, f handover.Find) ([]handover.Sent, error) {
	if nothing(f) {
		return nil, nil
	}
	var rows []sentRow
	if err := where(reading(ctx, s.db), f, "referral_id").Order("changed_at DESC, id").Limit(500).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("handoverstore: list: %w", err)
	}
	out := make([]handover.Sent, len(rows))
	for i, r := range rows {
		var err error
		if out[i], err = s.sent(ctx, r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// AddEvent appends to a hand-over's history.
func (s *Sent) AddEvent(ctx context.Context, id string, e handover.Event) error {
	return sentHistory.add(ctx, s.db, id, e)
}

// Events returns a hand-over's history, oldest first.
func (s *Sent) Events(ctx context.Context, id string) ([]handover.Event, error) {
	return sentHistory.list(ctx, s.db, id)
}
