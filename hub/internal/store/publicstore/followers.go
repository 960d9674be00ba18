package publicstore

import (
	"context"

	"gorm.io/gorm/clause"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/node/chassis/database"
)

type followerRow struct {
	Actor       string `gorm:"primaryKey"`
	Inbox       string
	SharedInbox string
	Post        string
	KeyID       string
	PublicKey   string
	FollowID    string
	SinceAt     int64
}

func (followerRow) TableName() string { return "public_followers" }

func (r followerRow) follower() gofed.Follower {
	return gofed.Follower{Actor: r.Actor, Inbox: r.Inbox, SharedInbox: r.SharedInbox, KeyID: r.KeyID, PublicKeyPEM: r.PublicKey}
}

// Follower returns who follows, or fault.Missing.
func (s *Store) Follower(ctx context.Context, actor string) (gofed.Follower, error) {
	r, err := s.follower(ctx, actor)
	return r.follower(), err
}

func (s *Store) follower(ctx context.Context, actor string) (followerRow, error) {
	var r followerRow
	err := s.db.Reader(ctx).Where("actor = ?", actor).Take(&r).Error
	if database.IsMissing(err) {
		return r, fault.Missing()
	}
	return r, err
}

// AddFollower takes a follower down, or changes what is known of it. A new one is
// refused with fault.TooMany when there are most already.
func (s *Store) AddFollower(ctx context.Context, f gofed.Follower, follow string, most int) error {
	if err := s.db.Exclusive(ctx, "public followers"); err != nil {
		return err
	}
	n, err := s.Followers(ctx)
	if err != nil {
		return err
	}
	_, err = s.follower(ctx, f.Actor)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	if err != nil && n >= most {
		return fault.New(fault.TooMany, "error.public.busy")
	}
	row := followerRow{Actor: f.Actor, Inbox: f.Inbox, SharedInbox: f.SharedInbox, Post: f.Post(), KeyID: f.KeyID, PublicKey: f.PublicKeyPEM, FollowID: follow,
		SinceAt: database.Millis(s.now())}
	return s.db.Conn(ctx).Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error
}

// DropFollower forgets a follower. With a follow's id it does so only if that is the
// one that was kept. It returns the inbox that nobody else is reached by any more,
// "" if there is none.
func (s *Store) DropFollower(ctx context.Context, actor, follow string) (lone string, err error) {
	r, err := s.follower(ctx, actor)
	if fault.Is(err, fault.NotFound) || (err == nil && follow != "" && follow != r.FollowID) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	if err := s.db.Conn(ctx).Where("actor = ?", actor).Delete(&followerRow{}).Error; err != nil {
		return "", err
	}
	reads, err := s.ReadsBy(ctx, r.Post)
	if err != nil || reads {
		return "", err
	}
	return r.Post, nil
}

// DropInbox forgets all followers behind an inbox.
func (s *Store) DropInbox(ctx context.Context, inbox string) error {
	return s.db.Conn(ctx).Where("post = ?", inbox).Delete(&followerRow{}).Error
}

// ReadsBy reports whether anybody is reached by an inbox.
func (s *Store) ReadsBy(ctx context.Context, inbox string) (bool, error) {
	var n int64
	err := s.db.Reader(ctx).Model(&followerRow{}).Where("post = ?", inbox).Limit(1).Count(&n).Error
	return n > 0, err
}

// Inboxes lists where followers are reached, each once, in order, those behind after,
// at most n.
func (s *Store) Inboxes(ctx context.Context, after string, n int) ([]string, error) {
	var out []string
	err := s.db.Reader(ctx).Model(&followerRow{}).Where("post > ?", after).Distinct("post").Order("post").Limit(n).Pluck("post", &out).Error
	return out, err
}

// Followers is how many there are.
func (s *Store) Followers(ctx context.Context) (int, error) {
	var n int64
	err := s.db.Reader(ctx).Model(&followerRow{}).Count(&n).Error
	return int(n), err
}
