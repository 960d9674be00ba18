// Package networkstore keeps how this node stands with its network.
package networkstore

import (
	"context"
	"embed"

	"gorm.io/gorm/clause"

	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/clinic/directory"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations are the tables of this package.
func Migrations() database.Set { return database.Embedded("network", files) }

// Store keeps the standing of one node.
type Store struct{ db *database.DB }

// New returns the store that lives in db.
func New(db *database.DB) *Store { return &Store{db: db} }

type row struct {
	ID       string `gorm:"primaryKey"`
	Hub      string
	HubName  string
	HubInbox string
	HubKeyID string
	HubKey   string
	State    string
	Tier     string
	Reason   string
	JoinID   string
	Paper    string
	SinceAt  int64

	HubAssertionID string
	HubAssertion   string
	HubDoor        string
}

func (row) TableName() string { return "network_standing" }

// Standing returns the standing, or the zero one.
func (s *Store) Standing(ctx context.Context) (directory.Standing, error) {
	var rows []row
	if err := s.db.Reader(ctx).Where("id = ?", "self").Find(&rows).Error; err != nil || len(rows) == 0 {
		return directory.Standing{}, err
	}
	r := rows[0]
	return directory.Standing{
		Hub: directory.Card{Actor: r.Hub, Name: r.HubName, Inbox: r.HubInbox, KeyID: r.HubKeyID, PublicKeyPEM: r.HubKey,
			AssertionID: r.HubAssertionID, Assertion: r.HubAssertion, Door: r.HubDoor},
		State: r.State, Tier: r.Tier, Reason: r.Reason, Join: r.JoinID, Paper: r.Paper, Since: database.Time(r.SinceAt),
	}, nil
}

// Lock makes all other changes of the standing wait until the running transaction ends.
func (s *Store) Lock(ctx context.Context) error { return s.db.Exclusive(ctx, "network standing") }

// SaveStanding saves the standing.
func (s *Store) SaveStanding(ctx context.Context, st directory.Standing) error {
	r := row{ID: "self", Hub: st.Hub.Actor, HubName: st.Hub.Name, HubInbox: st.Hub.Inbox, HubKeyID: st.Hub.KeyID, HubKey: st.Hub.PublicKeyPEM,
		State: st.State, Tier: st.Tier, Reason: st.Reason, JoinID: st.Join, Paper: st.Paper, SinceAt: database.Millis(st.Since),
		HubAssertionID: st.Hub.AssertionID, HubAssertion: st.Hub.Assertion, HubDoor: st.Hub.Door}
	return s.db.Conn(ctx).Clauses(clause.OnConflict{UpdateAll: true}).Create(&r).Error
}
