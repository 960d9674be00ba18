// Package store keeps the hub's own data in the database.
package store

import (
	"context"
	"embed"
	"encoding/json"
	"time"

	"gorm.io/gorm/clause"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/hub/network/membership"
	"github.com/saphan-network/saphan/node/chassis/database"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations are the tables of this package.
func Migrations() database.Set { return database.Embedded("network", files) }

// Members keeps the register of members.
type Members struct{ db *database.DB }

// NewMembers returns the register that lives in db.
func NewMembers(db *database.DB) *Members { return &Members{db: db} }

type memberRow struct {
	Actor     string `gorm:"primaryKey"`
	Name      string
	Inbox     string
	KeyID     string
	PublicKey string
	State     string
	Tier      string
	JoinID    string
	Paper     string
	Reason    string
	Services  string
	Regions   string
	Languages string
	Capacity  string
	SinceAt   int64
	Version   int64

	OldKeyID     string
	OldPublicKey string
	OldEnd       int64

	AssertionID     string
	AssertionKey    string
	OldAssertionID  string
	OldAssertionKey string

	UntilAt    int64
	ProposedBy string
	ProposedAt int64

	ProposedAct    string
	ProposedReason string

	Uninvited   int64
	SaidTH      string `gorm:"column:said_th"`
	SaidEN      string `gorm:"column:said_en"`
	SaidContact string
}

func (memberRow) TableName() string { return "network_members" }

type eventRow struct {
	ID         string `gorm:"primaryKey"`
	Actor      string
	Position   int64
	HappenedAt int64
	Kind       string
	ByUser     string
	Note       string
}

func (eventRow) TableName() string { return "network_member_events" }

type listRow struct {
	ID       string `gorm:"primaryKey"`
	Version  int64
	RaisedAt int64
}

func (listRow) TableName() string { return "network_list" }

func rowOf(m membership.Member) memberRow {
	return memberRow{Actor: m.Actor, Name: m.Name, Inbox: m.Inbox, KeyID: m.KeyID, PublicKey: m.PublicKeyPEM, State: string(m.State), Tier: m.Tier,
		JoinID: m.Join, Paper: m.Paper, Reason: m.Reason, Services: joined(m.Services), Regions: joined(m.Regions), Languages: joined(m.Languages),
		Capacity: m.Capacity, SinceAt: database.Millis(m.Since), Version: m.Version,
		OldKeyID: m.Old.KeyID, OldPublicKey: m.Old.PublicKeyPEM, OldEnd: database.Millis(m.Old.End),
		AssertionID: m.AssertionID, AssertionKey: m.Assertion, OldAssertionID: m.Old.AssertionID, OldAssertionKey: m.Old.Assertion,
		UntilAt: database.Millis(m.Until), ProposedBy: m.Proposal.By, ProposedAt: database.Millis(m.Proposal.At),
		ProposedAct: string(m.Proposal.Act), ProposedReason: m.Proposal.Reason,
		Uninvited: flag(m.Uninvited), SaidTH: m.Said.TH, SaidEN: m.Said.EN, SaidContact: m.Said.Contact}
}

func (r memberRow) member() membership.Member {
	return membership.Member{
		Card:    membership.Card{Actor: r.Actor, Name: r.Name, Inbox: r.Inbox, KeyID: r.KeyID, PublicKeyPEM: r.PublicKey, AssertionID: r.AssertionID, Assertion: r.AssertionKey},
		Profile: membership.Profile{Services: list(r.Services), Regions: list(r.Regions), Languages: list(r.Languages), Capacity: r.Capacity},
		State:   membership.State(r.State), Tier: r.Tier, Join: r.JoinID, Paper: r.Paper, Reason: r.Reason, Since: database.Time(r.SinceAt), Version: r.Version,
		Old:   membership.OldKey{KeyID: r.OldKeyID, PublicKeyPEM: r.OldPublicKey, AssertionID: r.OldAssertionID, Assertion: r.OldAssertionKey, End: database.Time(r.OldEnd)},
		Until: database.Time(r.UntilAt), Proposal: membership.Proposal{Act: membership.Act(r.ProposedAct), Reason: r.ProposedReason, By: r.ProposedBy, At: database.Time(r.ProposedAt)},
		Uninvited: r.Uninvited != 0, Said: membership.Said{TH: r.SaidTH, EN: r.SaidEN, Contact: r.SaidContact},
	}
}

// Lock holds the register to the end of the running transaction.
func (s *Members) Lock(ctx context.Context) error { return s.db.Exclusive(ctx, "network members") }

// Get returns one organisation, or fault.Missing.
func (s *Members) Get(ctx context.Context, actor string) (membership.Member, error) {
	var r memberRow
	if err := s.db.Reader(ctx).Where("actor = ?", actor).Take(&r).Error; err != nil {
		if database.IsMissing(err) {
			return membership.Member{}, fault.Missing()
		}
		return membership.Member{}, err
	}
	return r.member(), nil
}

// Put saves an organisation and raises its version, or returns fault.Conflict.
func (s *Members) Put(ctx context.Context, m *membership.Member) error {
	row := rowOf(*m)
	row.Version++
	db := s.db.Conn(ctx)
	if m.Version == 0 {
		if err := db.Create(&row).Error; err != nil {
			if database.IsUnique(err) {
				return fault.Wrap(fault.Conflict, "error.stale", err)
			}
			return err
		}
	} else {
		res := db.Model(&memberRow{}).Where("actor = ? AND version = ?", m.Actor, m.Version).Select("*").Omit("actor").Updates(&row)
		if res.Error != nil {
			return res.Error
		}
		if res.RowsAffected != 1 {
			return fault.New(fault.Conflict, "error.stale")
		}
	}
	m.Version = row.Version
	return nil
}

// All lists the register by name.
func (s *Members) All(ctx context.Context) ([]membership.Member, error) {
	var rows []memberRow
	if err := s.db.Reader(ctx).Order("name, actor").Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make([]membership.Member, 0, len(rows))
	for _, r := range rows {
		out = append(out, r.member())
	}
	return out, nil
}

// ListVersion returns the version of the members list, 0 before the first.
func (s *Members) ListVersion(ctx context.Context) (int64, time.Time, error) {
	var rows []listRow
	if err := s.db.Reader(ctx).Where("id = ?", "members").Find(&rows).Error; err != nil || len(rows) == 0 {
		return 0, time.Time{}, err
	}
	return rows[0].Version, database.Time(rows[0].RaisedAt), nil
}

// RaiseListVersion raises the version by one. The caller holds the register.
func (s *Members) RaiseListVersion(ctx context.Context, at time.Time) (int64, error) {
	v, _, err := s.ListVersion(ctx)
	if err != nil {
		return 0, err
	}
	row := listRow{ID: "members", Version: v + 1, RaisedAt: database.Millis(at)}
	return row.Version, s.db.Conn(ctx).Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error
}

// AddEvent appends to an organisation's history.
func (s *Members) AddEvent(ctx context.Context, actor string, e membership.Event) error {
	var n int64
	if err := s.db.Conn(ctx).Model(&eventRow{}).Where("actor = ?", actor).Count(&n).Error; err != nil {
		return err
	}
	return s.db.Conn(ctx).Create(&eventRow{ID: opaque.ID(), Actor: actor, Position: n + 1, HappenedAt: database.Millis(e.At), Kind: e.Kind, ByUser: e.By, Note: e.Note}).Error
}

// Events lists an organisation's history, newest first.
func (s *Members) Events(ctx context.Context, actor string) ([]membership.Event, error) {
	var rows []eventRow
	if err := s.db.Reader(ctx).Where("actor = ?", actor).Order("position DESC").Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make([]membership.Event, 0, len(rows))
	for _, r := range rows {
		out = append(out, membership.Event{At: database.Time(r.HappenedAt), Kind: r.Kind, By: r.ByUser, Note: r.Note})
	}
	return out, nil
}

// joined and list keep a list of codes as a JSON array in one column.
func joined(codes []string) string {
	b, err := json.Marshal(codes)
	if err != nil || len(codes) == 0 {
		return "[]"
	}
	return string(b)
}

func list(s string) []string {
	var out []string
	if err := json.Unmarshal([]byte(s), &out); err != nil || len(out) == 0 {
		return nil
	}
	return out
}
