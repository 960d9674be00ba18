package handoverstore

import (
	"context"
	"fmt"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/handover"
)

// Keys keeps the keys to which others seal, the private halves in the vault.
type Keys struct {
	db    *database.DB
	vault clinic.Vault
}

// NewKeys returns the store of keys in db.
func NewKeys(db *database.DB, v clinic.Vault) *Keys { return &Keys{db, v} }

type keyRow struct {
	ID                            string `gorm:"primaryKey"`
	PublicKey                     string
	Sealed                        []byte
	CreatedAt, RetiredAt, UntilAt int64
}

// TableName is for gorm.
func (keyRow) TableName() string { return "handover_keys" }

func keyScope(id string) string { return "sealing-key:" + id }

// Add stores a new key, which is the present one from now on; those before it are kept
// for opening until then.
func (s *Keys) Add(ctx context.Context, k handover.Key, private []byte, until handover.Key) error {
	return s.db.Within(ctx, func(ctx context.Context) error {
		sealed, err := s.vault.Seal(ctx, keyScope(k.ID), private)
		if err != nil {
			return err
		}
		err = s.db.Conn(ctx).Exec("UPDATE handover_keys SET retired_at = ?, until_at = ? WHERE retired_at = 0", millis(until.Retired), millis(until.Until)).Error
		if err != nil {
			return err
		}
		row := keyRow{ID: k.ID, PublicKey: k.Multibase, Sealed: sealed, CreatedAt: millis(k.Created)}
		if err := s.db.Conn(ctx).Create(&row).Error; err != nil {
			return fmt.Errorf("handoverstore: key: %w", err)
		}
		return nil
	})
}

// All returns the keys that have not been destroyed, the present one first.
func (s *Keys) All(ctx context.Context) ([]handover.Key, error) {
	var rows []keyRow
	if err := s.db.Reader(ctx).Omit("sealed").Order("retired_at, created_at DESC").Where("public_key <> ''").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("handoverstore: keys: %w", err)
	}
	out := make([]handover.Key, len(rows))
	for i, r := range rows {
		out[i] = handover.Key{ID: r.ID, Multibase: r.PublicKey, Created: database.Time(r.CreatedAt), Retired: database.Time(r.RetiredAt), Until: database.Time(r.UntilAt)}
	}
	return out, nil
}

// Private returns the private half of a key; one that was destroyed, or that the vault
// cannot open, is fault.Missing.
func (s *Keys) Private(ctx context.Context, id string) ([]byte, error) {
	var row keyRow
	if err := s.db.Reader(ctx).Where("id = ?", id).Take(&row).Error; err != nil {
		return nil, missing(err)
	}
	b, err := s.vault.Open(ctx, keyScope(id), row.Sealed)
	if err != nil {
		return nil, fault.Wrap(fault.NotFound, "handovers.error.key_gone", err)
	}
	return b, nil
}

// Destroy destroys a key for good: nothing that was sealed to it opens any more.
func (s *Keys) Destroy(ctx context.Context, id string) error {
	return s.db.Within(ctx, func(ctx context.Context) error {
		if err := s.vault.Forget(ctx, keyScope(id)); err != nil {
			return err
		}
		return s.db.Conn(ctx).Exec("UPDATE handover_keys SET public_key = '', sealed = NULL WHERE id = ?", id).Error
	})
}
