package mailbox

import (
	"context"
	"time"

	"gorm.io/gorm/clause"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/chassis/database"
)

// Received is an authenticated activity as it came.
type Received struct {
	ActivityID string // IRI of the sender's
	Actor      string // IRI of the sending organisation, the owner of the key that signed
	Type       string
	SHA256     string // lower-case hex of the raw bytes
	Sequence   int64  // the sender's number, 0 if it gave none
	Raw        []byte
}

// Quarantined is an incoming activity whose effect has failed for a reason of ours.
type Quarantined struct {
	Received
	Reason   string // message key
	Attempts int
	Next     time.Time
	At       time.Time // when it came
}

const (
	inApplied     = "applied"
	inQuarantined = "quarantined"
	inDiscarded   = "discarded"
)

// Receive files an incoming activity in the running transaction, the one that
// also holds its effect. It is not fresh when the same bytes came before; other
// bytes, or another sender, under a known id are a fault.Conflict. Either way
// the peer has given a sign of life.
func (s *Store) Receive(ctx context.Context, r Received) (fresh bool, err error) {
	if err := s.inTx(ctx); err != nil {
		return false, err
	}
	now := s.nowMillis()
	row := inRow{
		ActivityID: r.ActivityID, Actor: r.Actor, Type: r.Type, SHA256: r.SHA256, Sequence: r.Sequence, Raw: notNil(r.Raw),
		State: inApplied, ReceivedAt: now, AppliedAt: now,
	}
	fresh, err = s.file(ctx, row)
	if err != nil {
		return false, err
	}
	return fresh, s.heard(ctx, r.Actor, r.Sequence, fresh)
}

// file inserts the row if its id is new.
func (s *Store) file(ctx context.Context, row inRow) (fresh bool, err error) {
	db := s.db.Conn(ctx)
	res := db.Clauses(clause.OnConflict{DoNothing: true}).Create(&row)
	if res.Error != nil {
		return false, res.Error
	}
	if res.RowsAffected == 1 {
		return true, nil
	}
	var have inRow
	if err := db.Where("activity_id = ?", row.ActivityID).Take(&have).Error; err != nil {
		return false, err
	}
	if have.Actor != row.Actor || have.SHA256 != row.SHA256 {
		return false, fault.New(fault.Conflict, "error.mailbox.other_bytes")
	}
	return false, nil
}

// Quarantine files an incoming activity whose effect has failed and was rolled
// back, so that it is kept, seen and tried again. An activity that was applied
// in the meantime is left as it is.
func (s *Store) Quarantine(ctx context.Context, r Received, reason string) error {
	return s.db.Within(ctx, func(ctx context.Context) error {
		now := s.nowMillis()
		fresh, err := s.file(ctx, inRow{
			ActivityID: r.ActivityID, Actor: r.Actor, Type: r.Type, SHA256: r.SHA256, Sequence: r.Sequence, Raw: notNil(r.Raw),
			State: inQuarantined, Reason: reason, Attempts: 1, NextAt: now + backoff(1).Milliseconds(), ReceivedAt: now,
		})
		if err != nil {
			return err
		}
		return s.heard(ctx, r.Actor, r.Sequence, fresh)
	})
}

// WaitsBefore reports whether something else of the sender of r is in quarantine.
func (s *Store) WaitsBefore(ctx context.Context, r Received) (bool, error) {
	var n int64
	err := s.db.Reader(ctx).Raw(`SELECT count(*) FROM mailbox_inbox WHERE state = ? AND actor = ? AND activity_id <> ?`,
		inQuarantined, r.Actor, r.ActivityID).Scan(&n).Error
	return n > 0, err
}

// Quarantined lists the incoming activities that wait for another try, the
// oldest first, without their bytes.
func (s *Store) Quarantined(ctx context.Context) ([]Quarantined, error) {
	var rows []inRow
	err := s.db.Reader(ctx).Omit("raw").Where("state = ?", inQuarantined).Order("received_at, sequence").Find(&rows).Error
	if err != nil {
		return nil, err
	}
	out := make([]Quarantined, 0, len(rows))
	for _, r := range rows {
		out = append(out, Quarantined{Received: r.received(), Reason: r.Reason, Attempts: int(r.Attempts),
			Next: database.Time(r.NextAt), At: database.Time(r.ReceivedAt)})
	}
	return out, nil
}

// RetryQuarantined applies again what is due (all, if now is true), the oldest
// first, each in a transaction of its own, and returns how many were applied.
// Of one sender it stops at the first that fails again, to keep the order.
func (s *Store) RetryQuarantined(ctx context.Context, now bool, apply func(ctx context.Context, r Received) error) (applied int, err error) {
	waiting, err := s.Quarantined(ctx)
	if err != nil {
		return 0, err
	}
	stuck := map[string]bool{}
	for _, q := range waiting {
		if stuck[q.Actor] || (!now && q.Next.After(s.now())) {
			stuck[q.Actor] = true
			continue
		}
		did, err := s.retryOne(ctx, q, apply)
		if err != nil {
			return applied, err
		}
		if did {
			applied++
		} else {
			stuck[q.Actor] = true
		}
	}
	return applied, nil
}

func (s *Store) retryOne(ctx context.Context, q Quarantined, apply func(ctx context.Context, r Received) error) (bool, error) {
	failed := s.db.Within(ctx, func(ctx context.Context) error {
		if err := s.db.Exclusive(ctx, "inbox "+q.ActivityID); err != nil {
			return err
		}
		var r inRow
		if err := s.db.Conn(ctx).Where("activity_id = ?", q.ActivityID).Take(&r).Error; err != nil {
			return err
		}
		if r.State != inQuarantined {
			return nil // another process was quicker
		}
		if err := apply(ctx, r.received()); err != nil {
			return err
		}
		return s.db.Conn(ctx).Model(&inRow{}).Where("activity_id = ?", q.ActivityID).
			Updates(map[string]any{"state": inApplied, "reason": "", "applied_at": s.nowMillis()}).Error
	})
	if failed == nil {
		return true, nil
	}
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	n := q.Attempts + 1
	return false, s.db.Conn(ctx).Model(&inRow{}).Where("activity_id = ? AND state = ?", q.ActivityID, inQuarantined).
		Updates(map[string]any{"attempts": n, "reason": fault.As(failed).Key, "next_at": database.Millis(s.now().Add(backoff(n)))}).Error
}

// DiscardQuarantined gives an incoming activity up. Its id and bytes stay.
func (s *Store) DiscardQuarantined(ctx context.Context, activityID string) error {
	res := s.db.Conn(ctx).Model(&inRow{}).Where("activity_id = ? AND state = ?", activityID, inQuarantined).Update("state", inDiscarded)
	if res.Error == nil && res.RowsAffected == 0 {
		return fault.Missing()
	}
	return res.Error
}

// backoff is the delay after the n-th failed effect: 1 s doubling up to an hour.
func backoff(n int) time.Duration {
	d := time.Second << min(max(n-1, 0), 12)
	return min(d, time.Hour)
}
