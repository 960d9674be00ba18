package referralstore

import (
	"context"
	"fmt"

	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/clinic/referral"
)

// Receipts keeps the papers for clients. It implements referral.ReceiptStore.
type Receipts struct{ db *database.DB }

// NewReceipts returns the store of receipts in db.
func NewReceipts(db *database.DB) *Receipts { return &Receipts{db} }

type receiptRow struct {
	Code       string `gorm:"primaryKey"`
	ReferralID string
	SHA256     string `gorm:"column:sha256"`
	IssuedAt   int64
	IssuedBy   string
	ReplacedAt int64
}

// TableName is for gorm.
func (receiptRow) TableName() string { return "referral_receipts" }

func (r receiptRow) receipt() referral.Receipt {
	return referral.Receipt{Code: r.Code, Referral: r.ReferralID, SHA256: r.SHA256, Issued: database.Time(r.IssuedAt), IssuedBy: r.IssuedBy, Replaced: database.Time(r.ReplacedAt)}
}

// Insert implements referral.ReceiptStore.
func (s *Receipts) Insert(ctx context.Context, r referral.Receipt) error {
	row := receiptRow{Code: r.Code, ReferralID: r.Referral, SHA256: r.SHA256, IssuedAt: millis(r.Issued), IssuedBy: r.IssuedBy}
	return s.db.Within(ctx, func(ctx context.Context) error {
		db := s.db.Conn(ctx)
		if err := db.Model(&receiptRow{}).Where("referral_id = ? AND replaced_at = 0", row.ReferralID).Update("replaced_at", row.IssuedAt).Error; err != nil {
			return fmt.Errorf("referralstore: receipt: %w", err)
		}
		if err := db.Create(&row).Error; err != nil {
			return fmt.Errorf("referralstore: receipt: %w", err)
		}
		return nil
	})
}

// Of implements referral.ReceiptStore.
func (s *Receipts) Of(ctx context.Context, referralID string) ([]referral.Receipt, error) {
	var rows []receiptRow
	if err := s.db.Reader(ctx).Where("referral_id = ?", referralID).Order("replaced_at = 0 DESC, issued_at DESC, code").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("referralstore: receipts: %w", err)
	}
	out := make([]referral.Receipt, len(rows))
	for i, r := range rows {
		out[i] = r.receipt()
	}
	return out, nil
}

// ByCode implements referral.ReceiptStore.
func (s *Receipts) ByCode(ctx context.Context, code string) (referral.Receipt, error) {
	var row receiptRow
	if err := s.db.Reader(ctx).Where("code = ?", code).Take(&row).Error; err != nil {
		return referral.Receipt{}, missing(err)
	}
	return row.receipt(), nil
}
