package mailbox

import (
	"context"
	"time"

	"gorm.io/gorm"

	"github.com/saphan-network/saphan/node/chassis/database"
)

// Claim is one activity taken for sending, by one worker, until its lease ends.
type Claim struct {
	Item     Item
	Peer     *Peer     // to whom; nil if it is not known
	Failures int       // of the line to this peer, in a row, before this attempt
	Since    time.Time // nothing of what waits has been taken from this instant on

	lease string
}

// Failure is how an attempt to send has failed.
type Failure struct {
	Key    string // message key for people
	Status int    // HTTP status, 0 if there was no answer
	// Hold keeps the activity back for good, until a person decides. It says
	// nothing against the peer: what is next for it goes at once.
	Hold bool
	// Next is when to try again, where Hold is false.
	Next time.Time
	// Firm says that the peer itself named Next (Retry-After): a sign of life
	// does not shorten it.
	Firm bool
	// Alone delays this activity (and its thread) only, not the peer.
	Alone bool
}

// Sender conditions, in SQL: o may go now, and nothing unfinished is before it
// in its thread. A row in state sending is one whose sender has died, because
// it is only looked at when nobody holds the lease of the line.
const ready = `o.state IN ('waiting','sending') AND o.next_at <= @now
  AND (o.thread = '' OR NOT EXISTS (SELECT 1 FROM mailbox_outbox e
    WHERE e.peer = o.peer AND e.thread = o.thread AND e.sequence < o.sequence AND e.state IN ('waiting','sending','held')))`

// awake holds for a line that may be tried: its back-off is over, or the peer
// has spoken to us since the last attempt, that attempt is some seconds past,
// and the peer has not itself asked for more time.
const awake = `l.paused = @no AND l.lease_at <= @now AND (l.next_at <= @now OR (l.firm_at <= @now AND l.tried_at + @gap <= @now
  AND EXISTS (SELECT 1 FROM mailbox_heard h WHERE h.peer = l.peer AND h.heard_at > l.tried_at)))`

func (s *Store) at(more map[string]any) map[string]any {
	args := map[string]any{"now": s.nowMillis(), "no": false, "gap": minGap.Milliseconds()}
	for k, v := range more {
		args[k] = v
	}
	return args
}

// Due lists the peers of Ready.
func (s *Store) Due(ctx context.Context) ([]string, error) {
	all, err := s.Ready(ctx)
	var out []string
	for _, r := range all {
		out = append(out, r.Peer)
	}
	return out, err
}

// NextDue is the earliest instant after now at which it is worth looking again:
// a line's delay or lease ends, or a message's own delay. It is the zero time if
// nothing is waiting for the clock.
func (s *Store) NextDue(ctx context.Context) (time.Time, error) {
	var ms *int64
	err := s.db.Reader(ctx).Raw(`SELECT min(t) FROM (
  SELECT CASE WHEN l.next_at > l.lease_at THEN l.next_at ELSE l.lease_at END AS t FROM mailbox_lines l
    WHERE l.paused = @no AND (l.next_at > @now OR l.lease_at > @now)
      AND EXISTS (SELECT 1 FROM mailbox_outbox o WHERE o.peer = l.peer AND o.state IN ('waiting','sending'))
  UNION ALL
  SELECT o.next_at FROM mailbox_outbox o JOIN mailbox_lines l ON l.peer = o.peer
    WHERE o.next_at > 0 AND o.next_at > @now AND (o.state || '') IN ('waiting','sending') AND l.paused = @no) AS soon`, // || keeps the index on states out
		s.at(nil)).Scan(&ms).Error
	if err != nil || ms == nil {
		return time.Time{}, err
	}
	return database.Time(*ms), nil
}

// Claim takes the next activity for a peer, the lowest number first, and holds
// the line for the lease. It returns nil if there is nothing to send now or
// another worker holds the line. A line whose lease has run out is taken over
// with what was being sent: the receiver knows a second delivery by its id.
func (s *Store) Claim(ctx context.Context, peer string, lease time.Duration) (*Claim, error) {
	t := &Turn{Peer: peer, Next: true}
	err := s.db.Within(ctx, func(ctx context.Context) error {
		if _, err := s.lockLine(ctx, peer); err != nil {
			return err
		}
		return s.begin(ctx, []*Turn{t}, lease)
	})
	if err != nil {
		return nil, err
	}
	return t.Got, nil
}

// Extend renews the lease of a claim from now on. It has no effect when the
// lease was lost.
func (s *Store) Extend(ctx context.Context, c *Claim, lease time.Duration) error {
	return s.db.Conn(ctx).Model(&lineRow{}).Where("peer = ? AND lease = ?", c.Item.To, c.lease).
		Update("lease_at", database.Millis(s.now().Add(lease))).Error
}

// Done records that the peer has taken the activity, frees the line and resets
// its failures. It is true also when the lease was lost in between.
func (s *Store) Done(ctx context.Context, c *Claim) error {
	return s.db.Within(ctx, func(ctx context.Context) error {
		l, err := s.lockLine(ctx, c.Item.To)
		if err != nil {
			return err
		}
		return s.end(ctx, []*Turn{{Peer: c.Item.To, Claim: c}}, map[string]lineRow{c.Item.To: l})
	})
}

// Failed records a failed attempt and frees the line. It has no effect when the
// lease was lost: whoever has taken over knows better.
func (s *Store) Failed(ctx context.Context, c *Claim, f Failure) error {
	return s.db.Within(ctx, func(ctx context.Context) error {
		l, err := s.lockLine(ctx, c.Item.To)
		if err != nil {
			return err
		}
		return s.failed(ctx, c, f, l)
	})
}

// failed is Failed, in the transaction that holds the line.
func (s *Store) failed(ctx context.Context, c *Claim, f Failure, l lineRow) error {
	if l.Lease != c.lease {
		return nil
	}
	item := map[string]any{"state": string(Waiting), "error_key": f.Key, "error_status": f.Status, "next_at": 0}
	line := map[string]any{"lease": "", "lease_at": 0}
	switch {
	case f.Hold:
		item["state"] = string(Held)
	case f.Alone:
		item["next_at"] = database.Millis(f.Next)
	default:
		line["failures"], line["next_at"] = gorm.Expr("failures + 1"), database.Millis(f.Next)
		line["error_key"], line["error_status"], line["firm_at"] = f.Key, f.Status, 0
		if f.Firm {
			line["firm_at"] = database.Millis(f.Next)
		}
	}
	err := s.db.Conn(ctx).Model(&outRow{}).
		Where("activity_id = ? AND state = ?", c.Item.ActivityID, string(Sending)).Updates(item).Error
	if err != nil {
		return err
	}
	return s.setLine(ctx, c.Item.To, line)
}

// Release gives a claim back as if it had not been tried: for a worker that is
// asked to stop.
func (s *Store) Release(ctx context.Context, c *Claim) error {
	return s.db.Within(ctx, func(ctx context.Context) error {
		l, err := s.lockLine(ctx, c.Item.To)
		if err != nil || l.Lease != c.lease {
			return err
		}
		err = s.db.Conn(ctx).Model(&outRow{}).Where("activity_id = ? AND state = ?", c.Item.ActivityID, string(Sending)).
			Update("state", string(Waiting)).Error
		if err != nil {
			return err
		}
		return s.setLine(ctx, c.Item.To, map[string]any{"lease": "", "lease_at": 0})
	})
}

// Recover ends all leases at the start of the only process of a database, so
// that what a killed predecessor was sending goes out at once. On PostgreSQL,
// where others may be running, it does nothing: there the leases run out.
func (s *Store) Recover(ctx context.Context) error {
	if s.db.Dialect() != database.SQLite {
		return nil
	}
	return s.db.Conn(ctx).Model(&lineRow{}).Where("lease_at <> 0").Updates(map[string]any{"lease": "", "lease_at": 0}).Error
}

func (s *Store) setLine(ctx context.Context, peer string, set map[string]any) error {
	return s.db.Conn(ctx).Model(&lineRow{}).Where("peer = ?", peer).Updates(set).Error
}
