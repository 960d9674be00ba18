package networkstore

import (
	"context"
	"encoding/json"

	"gorm.io/gorm/clause"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/clinic/directory"
)

type applicationRow struct {
	ID        string `gorm:"primaryKey"`
	Hub       string // the hub's card as JSON
	AboutTH   string `gorm:"column:about_th"`
	AboutEN   string `gorm:"column:about_en"`
	Services  string
	Regions   string
	Languages string
	Contact   string
	Body      string
	SHA256    string `gorm:"column:sha256"`
	TypedBy   string
	TypedAt   int64
}

func (applicationRow) TableName() string { return "network_application" }

// Application returns the application that was typed last, or fault.Missing.
func (s *Store) Application(ctx context.Context) (directory.Application, error) {
	var r applicationRow
	if err := s.db.Reader(ctx).Where("id = ?", "self").Take(&r).Error; err != nil {
		if database.IsMissing(err) {
			return directory.Application{}, fault.Missing()
		}
		return directory.Application{}, err
	}
	a := directory.Application{Words: directory.Words{AboutTH: r.AboutTH, AboutEN: r.AboutEN, Services: codes(r.Services), Regions: codes(r.Regions),
		Languages: codes(r.Languages), Contact: r.Contact}, Body: []byte(r.Body), Sum: r.SHA256, By: r.TypedBy, At: database.Time(r.TypedAt)}
	return a, json.Unmarshal([]byte(r.Hub), &a.Hub)
}

// SaveApplication keeps an application in the place of the one before.
func (s *Store) SaveApplication(ctx context.Context, a directory.Application) error {
	hub, err := json.Marshal(a.Hub)
	if err != nil {
		return err
	}
	r := applicationRow{ID: "self", Hub: string(hub), AboutTH: a.Words.AboutTH, AboutEN: a.Words.AboutEN, Services: listed(a.Words.Services),
		Regions: listed(a.Words.Regions), Languages: listed(a.Words.Languages), Contact: a.Words.Contact, Body: string(a.Body), SHA256: a.Sum,
		TypedBy: a.By, TypedAt: database.Millis(a.At)}
	return s.db.Conn(ctx).Clauses(clause.OnConflict{UpdateAll: true}).Create(&r).Error
}

// listed and codes keep a list of codes as a JSON array in one column.
func listed(all []string) string {
	b, err := json.Marshal(all)
	if err != nil || len(all) == 0 {
		return "[]"
	}
	return string(b)
}

func codes(s string) []string {
	var out []string
	if err := json.Unmarshal([]byte(s), &out); err != nil || len(out) == 0 {
		return nil
	}
	return out
}
