package store

import (
	"context"

	"gorm.io/gorm/clause"

	"github.com/saphan-network/saphan/hub/network/membership"
	"github.com/saphan-network/saphan/node/chassis/database"
)

type settingsRow struct {
	ID        string `gorm:"primaryKey"`
	Door      int64
	ChangedBy string
	ChangedAt int64
}

func (settingsRow) TableName() string { return "network_settings" }

// Settings returns what is settled for the network, the zero value before the first change.
func (s *Members) Settings(ctx context.Context) (membership.Settings, error) {
	var rows []settingsRow
	if err := s.db.Reader(ctx).Where("id = ?", "network").Find(&rows).Error; err != nil || len(rows) == 0 {
		return membership.Settings{}, err
	}
	return membership.Settings{Door: rows[0].Door != 0, By: rows[0].ChangedBy, At: database.Time(rows[0].ChangedAt)}, nil
}

// SaveSettings keeps the settings.
func (s *Members) SaveSettings(ctx context.Context, v membership.Settings) error {
	row := settingsRow{ID: "network", Door: flag(v.Door), ChangedBy: v.By, ChangedAt: database.Millis(v.At)}
	return s.db.Conn(ctx).Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
