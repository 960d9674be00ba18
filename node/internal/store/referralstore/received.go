package referralstore

import (
	"context"
	"fmt"

	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/clinic/referral"
)

// Received keeps the receiver's end. It implements referral.OfferStore.
type Received struct{ db *database.DB }

// NewReceived returns the store of the receiver's end in db.
func NewReceived(db *database.DB) *Received { return &Received{db} }

var receivedHistory = history{table: "referral_received_events", owner: "offer_id"}

type receivedRow struct {
	ID           string `gorm:"column:id;primaryKey"`
	OfferID      string
	Reference    string
	Sender       string
	SHA256       string `gorm:"column:sha256"`
	State        string
	Payload      string
	RespondByAt  int64
	ArrivedAt    int64
	AnsweredAt   int64
	Expected     string
	Reason       string
	Suggested    string
	Confirmed    string
	EngagementID string
	Engagement   string
	TakenBy      string
	ChangedAt    int64
	Version      int
}

// TableName is for gorm.
func (receivedRow) TableName() string { return "referral_received" }

func receivedRowOf(o referral.Incoming) (receivedRow, error) {
	payload, err := pack(o.Payload)
	if err != nil {
		return receivedRow{}, err
	}
	eng, err := pack(o.Engagement)
	if err != nil {
		return receivedRow{}, err
	}
	return receivedRow{ID: o.ID, OfferID: o.Offer, Reference: o.Reference, Sender: o.Sender, SHA256: o.SHA256, State: string(o.State),
		Payload: payload, RespondByAt: millis(o.RespondBy), ArrivedAt: millis(o.ArrivedAt), AnsweredAt: millis(o.Answered),
		Expected: o.Expected, Reason: o.Reason, Suggested: o.Suggested, Confirmed: o.Confirmed, EngagementID: o.Engagement.ID,
		Engagement: eng, TakenBy: o.TakenBy, ChangedAt: millis(o.Changed), Version: o.Version}, nil
}

func (row receivedRow) incoming() (referral.Incoming, error) {
	o := referral.Incoming{ID: row.ID, Offer: row.OfferID, Reference: row.Reference, Sender: row.Sender, SHA256: row.SHA256,
		State: referral.State(row.State), RespondBy: database.Time(row.RespondByAt), ArrivedAt: database.Time(row.ArrivedAt),
		Answered: database.Time(row.AnsweredAt), Expected: row.Expected, Reason: row.Reason, Suggested: row.Suggested,
		Confirmed: row.Confirmed, TakenBy: row.TakenBy, Changed: database.Time(row.ChangedAt), Version: row.Version}
	if err := unpack(row.Payload, &o.Payload); err != nil {
		return referral.Incoming{}, err
	}
	return o, unpack(row.Engagement, &o.Engagement)
}

// Insert adds an offer that has arrived.
func (s *Received) Insert(ctx context.Context, o referral.Incoming) error {
	row, err := receivedRowOf(o)
	if err != nil {
		return err
	}
	if err := s.db.Conn(ctx).Create(&row).Error; err != nil {
		return fmt.Errorf("referralstore: insert: %w", err)
	}
	return nil
}

// Save stores an offer as the next version; a fault.Conflict if somebody else
// has saved since it was read.
func (s *Received) Save(ctx context.Context, o *referral.Incoming) error {
	row, err := receivedRowOf(*o)
	if err != nil {
		return err
	}
	row.Version++
	if err := save(s.db.Conn(ctx), &row, o.ID, o.Version); err != nil {
		return err
	}
	o.Version++
	return nil
}

// Get returns an offer by its id here, or fault.Missing.
func (s *Received) Get(ctx context.Context, id string) (referral.Incoming, error) {
	return s.one(ctx, "id = ?", id)
}

// ByOffer returns an offer by the IRI of its activity, or fault.Missing.
func (s *Received) ByOffer(ctx context.Context, activity string) (referral.Incoming, error) {
	return s.one(ctx, "offer_id = ?", activity)
}

// ByEngagement returns an offer by the IRI of its engagement, or fault.Missing.
func (s *Received) ByEngagement(ctx context.Context, engagement string) (referral.Incoming, error) {
	return s.one(ctx, "engagement_id = ? AND engagement_id <> ''", engagement)
}

func (s *Received) one(ctx context.Context, where, arg string) (referral.Incoming, error) {
	var row receivedRow
	if err := reading(ctx, s.db).Where(where, arg).Take(&row).Error; err != nil {
		return referral.Incoming{}, missing(err)
	}
	return row.incoming()
}

// List returns the offers in one of the states, the newest arrival first.
func (s *Received) List(ctx context.Context, in []referral.State) ([]referral.Incoming, error) {
	var rows []receivedRow
	err := reading(ctx, s.db).Where("state IN ?", states(in)).Order("arrived_at DESC, id").Limit(500).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("referralstore: list: %w", err)
	}
	out := make([]referral.Incoming, len(rows))
	for i, row := range rows {
		if out[i], err = row.incoming(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// AddEvent appends to an offer's history.
func (s *Received) AddEvent(ctx context.Context, id string, e referral.Event) error {
	return receivedHistory.add(ctx, s.db, id, e)
}

// Events returns an offer's history, oldest first.
func (s *Received) Events(ctx context.Context, id string) ([]referral.Event, error) {
	return receivedHistory.list(ctx, s.db, id)
}
