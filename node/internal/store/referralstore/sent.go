package referralstore

import (
	"context"
	"fmt"

	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/clinic/referral"
)

// Sent keeps the sender's end. It implements referral.Store.
type Sent struct{ db *database.DB }

// NewSent returns the store of the sender's end in db.
func NewSent(db *database.DB) *Sent { return &Sent{db} }

var sentHistory = history{table: "referral_sent_events", owner: "referral_id"}

type sentRow struct {
	ID          string `gorm:"column:id;primaryKey"`
	CaseID      string
	State       string
	Target      string
	Form        string
	ActivityID  string
	Reference   string
	PublishedAt int64
	Preview     string
	SHA256      string `gorm:"column:sha256"`
	Body        []byte
	RespondByAt int64
	AnswerByAt  int64
	DraftedBy   string
	SubmittedAt int64
	ApprovedBy  string
	OfferedAt   int64
	ArrivedAt   int64
	AnsweredAt  int64
	Expected    string
	Reason      string
	Suggested   string
	Confirmed   string
	Engagement  string
	Untold      int
	CreatedAt   int64 `gorm:"autoCreateTime:false"`
	ChangedAt   int64
	Version     int
}

// TableName is for gorm.
func (sentRow) TableName() string { return "referral_sent" }

// preview is a decision as it is kept; hash and bytes have columns of their own.
type preview struct {
	Allowed  bool             `json:"allowed"`
	Decision string           `json:"decision,omitempty"`
	Policy   string           `json:"policy,omitempty"`
	K        int              `json:"k,omitempty"`
	Why      string           `json:"why,omitempty"`
	Remedy   string           `json:"remedy,omitempty"`
	Fields   []referral.Field `json:"fields,omitempty"`
	At       int64            `json:"at,omitempty"`
}

func sentRowOf(r referral.Referral) (sentRow, error) {
	form, err := pack(r.Form)
	if err != nil {
		return sentRow{}, err
	}
	p := r.Preview
	pre, err := pack(preview{p.Allowed, p.Decision, p.Policy, p.K, p.Why, p.Remedy, p.Fields, millis(p.At)})
	if err != nil {
		return sentRow{}, err
	}
	eng, err := pack(r.Engagement)
	if err != nil {
		return sentRow{}, err
	}
	untold := 0
	if r.Untold {
		untold = 1
	}
	return sentRow{ID: r.ID, CaseID: r.CaseID, State: string(r.State), Target: r.Form.Target, Form: form,
		ActivityID: r.Envelope.Activity, Reference: r.Envelope.Reference, PublishedAt: millis(r.Envelope.Published),
		Preview: pre, SHA256: p.SHA256, Body: p.Body, RespondByAt: millis(r.RespondBy), AnswerByAt: millis(r.AnswerBy),
		DraftedBy: r.DraftedBy, SubmittedAt: millis(r.Submitted), ApprovedBy: r.Approved, OfferedAt: millis(r.OfferedAt),
		ArrivedAt: millis(r.Arrived), AnsweredAt: millis(r.Answered), Expected: r.Expected, Reason: r.Reason,
		Suggested: r.Suggested, Confirmed: r.Confirmed, Engagement: eng, Untold: untold, CreatedAt: millis(r.Created),
		ChangedAt: millis(r.Changed), Version: r.Version}, nil
}

func (row sentRow) referral() (referral.Referral, error) {
	t := database.Time
	r := referral.Referral{ID: row.ID, CaseID: row.CaseID, State: referral.State(row.State),
		Envelope:  referral.Envelope{Activity: row.ActivityID, Reference: row.Reference, Published: t(row.PublishedAt)},
		RespondBy: t(row.RespondByAt), AnswerBy: t(row.AnswerByAt), DraftedBy: row.DraftedBy, Submitted: t(row.SubmittedAt),
		Approved: row.ApprovedBy, OfferedAt: t(row.OfferedAt), Arrived: t(row.ArrivedAt), Answered: t(row.AnsweredAt),
		Expected: row.Expected, Reason: row.Reason, Suggested: row.Suggested, Confirmed: row.Confirmed, Untold: row.Untold != 0,
		Created: t(row.CreatedAt), Changed: t(row.ChangedAt), Version: row.Version}
	var p preview
	for _, x := range []struct {
		text string
		into any
	}{{row.Form, &r.Form}, {row.Preview, &p}, {row.Engagement, &r.Engagement}} {
		if err := unpack(x.text, x.into); err != nil {
			return referral.Referral{}, err
		}
	}
	r.Preview = referral.Preview{Allowed: p.Allowed, Decision: p.Decision, Policy: p.Policy, SHA256: row.SHA256, K: p.K,
		Why: p.Why, Remedy: p.Remedy, Fields: p.Fields, Body: row.Body, At: t(p.At)}
	return r, nil
}

// Insert adds a referral.
func (s *Sent) Insert(ctx context.Context, r referral.Referral) error {
	row, err := sentRowOf(r)
	if err != nil {
		return err
	}
	if err := s.db.Conn(ctx).Create(&row).Error; err != nil {
		return fmt.Errorf("referralstore: insert: %w", err)
	}
	return nil
}

// Save stores a referral as the next version; a fault.Conflict if somebody else
// has saved since it was read.
func (s *Sent) Save(ctx context.Context, r *referral.Referral) error {
	row, err := sentRowOf(*r)
	if err != nil {
		return err
	}
	row.Version++
	if err := save(s.db.Conn(ctx), &row, r.ID, r.Version); err != nil {
		return err
	}
	r.Version++
	return nil
}

// Get returns a referral, or fault.Missing.
func (s *Sent) Get(ctx context.Context, id string) (referral.Referral, error) {
	var row sentRow
	if err := reading(ctx, s.db).Where("id = ?", id).Take(&row).Error; err != nil {
		return referral.Referral{}, missing(err)
	}
	return row.referral()
}

// List returns referrals, the newest change first.
func (s *Sent) List(ctx context.Context, f referral.Filter) ([]referral.Referral, error) {
	q := reading(ctx, s.db).Model(&sentRow{})
	if f.CaseID != "" {
		q = q.Where("case_id = ?", f.CaseID)
	}
	if f.Offer != "" {
		q = q.Where("activity_id = ?", f.Offer)
	}
	if f.Reference != "" {
		q = q.Where("reference = ?", f.Reference)
	}
	if len(f.States) > 0 {
		q = q.Where("state IN ?", states(f.States))
	}
	if f.Untold {
		q = q.Where("untold <> 0")
	}
	if !f.Due.IsZero() {
		q = q.Where("answer_by_at <= ?", millis(f.Due))
	}
	limit := f.Limit
	if limit <= 0 {
		limit = 500
	}
	var rows []sentRow
	if err := q.Order("changed_at DESC, id").Limit(limit).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("referralstore: list: %w", err)
	}
	out := make([]referral.Referral, len(rows))
	for i, row := range rows {
		r, err := row.referral()
		if err != nil {
			return nil, err
		}
		out[i] = r
	}
	return out, nil
}

// AddEvent appends to a referral's history.
func (s *Sent) AddEvent(ctx context.Context, id string, e referral.Event) error {
	return sentHistory.add(ctx, s.db, id, e)
}

// Events returns a referral's history, oldest first.
func (s *Sent) Events(ctx context.Context, id string) ([]referral.Event, error) {
	return sentHistory.list(ctx, s.db, id)
}
