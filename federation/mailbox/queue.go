package mailbox

import (
	"context"
	"database/sql"
	"time"

	"gorm.io/gorm"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/chassis/database"
)

// minGap is the shortest time between two attempts that signs of life can cause.
const minGap = time.Second

// breakerAt is the number of failures in a row after which a line counts as
// broken; from then on each attempt is a single probe.
const breakerAt = 5

// DeadAfter is how long a broken line may have taken nothing before its peer counts
// as dead. It is probed once a day then, and a sign of life revives it.
const DeadAfter = 7 * 24 * time.Hour

// Line is how things stand between us and one peer to which something was ever enqueued.
type Line struct {
	Peer         string
	Waiting      int       // not yet taken by the peer, what is being sent included
	Held         int       // refused, waiting for a person
	Oldest       time.Time // when the oldest of those waiting was enqueued; zero if none is
	Last         int64     // the last number enqueued
	Failures     int       // in a row
	Broken       bool      // many failures in a row: only probes go out
	Dead         bool      // broken for DeadAfter, and not heard of in that time
	Since        time.Time // of a failing line: nothing that waits has been taken from then on
	Next         time.Time // not before; zero or past: at once
	OK           time.Time // last success
	Tried        time.Time
	ErrorKey     string // message key of the last failure of the line, "" after a success
	Status       int
	Paused       bool
	PausedReason string
	Heard        time.Time // last authenticated activity from the peer
	HeardLast    int64     // highest number received from it
	Missing      int64     // numbers below HeardLast that never came
}

// Lines lists all lines, by peer.
func (s *Store) Lines(ctx context.Context) ([]Line, error) {
	var rows []struct {
		Row                                                       lineRow `gorm:"embedded"`
		Waiting, Held, Oldest, HeardAt, HeardSequence, HeardCount int64
	}
	err := s.db.Reader(ctx).Raw(`SELECT l.*, coalesce(h.heard_at, 0) AS heard_at, coalesce(h.sequence, 0) AS heard_sequence, coalesce(h.count, 0) AS heard_count,
  coalesce((SELECT count(*) FROM mailbox_outbox o WHERE o.peer = l.peer AND o.state IN ('waiting','sending')), 0) AS waiting,
  coalesce((SELECT count(*) FROM mailbox_outbox o WHERE o.peer = l.peer AND o.state = 'held'), 0) AS held,
  coalesce((SELECT min(o.created_at) FROM mailbox_outbox o WHERE o.peer = l.peer AND o.state IN ('waiting','sending')), 0) AS oldest
  FROM mailbox_lines l LEFT JOIN mailbox_heard h ON h.peer = l.peer ORDER BY l.peer`).Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	out := make([]Line, 0, len(rows))
	for _, r := range rows {
		l := Line{
			Peer: r.Row.Peer, Waiting: int(r.Waiting), Held: int(r.Held), Oldest: database.Time(r.Oldest), Last: r.Row.Sequence,
			Failures: int(r.Row.Failures), Broken: r.Row.Failures >= breakerAt, Next: database.Time(r.Row.NextAt), OK: database.Time(r.Row.OkAt),
			Tried: database.Time(r.Row.TriedAt), ErrorKey: r.Row.ErrorKey, Status: int(r.Row.ErrorStatus), Paused: r.Row.Paused, PausedReason: r.Row.PausedReason,
			Heard: database.Time(r.HeardAt), HeardLast: r.HeardSequence, Missing: max(0, r.HeardSequence-r.HeardCount),
		}
		if l.Failures > 0 && l.Waiting > 0 {
			l.Since = since(r.Row.OkAt, r.Oldest)
			l.Dead = l.Broken && s.now().Sub(l.Since) >= DeadAfter && s.now().Sub(l.Heard) >= DeadAfter
		}
		out = append(out, l)
	}
	return out, nil
}

// Line returns the line to one peer; one that nothing was ever sent to or
// received from has the zero line.
func (s *Store) Line(ctx context.Context, peer string) (Line, error) {
	all, err := s.Lines(ctx)
	if err != nil {
		return Line{}, err
	}
	for _, l := range all {
		if l.Peer == peer {
			return l, nil
		}
	}
	return Line{Peer: peer}, nil
}

// Queue lists what is open for a peer (waiting, sending, held) in its order,
// without the bodies; for peer "", of all peers.
func (s *Store) Queue(ctx context.Context, peer string) ([]Item, error) {
	q := s.db.Reader(ctx).Omit("body").Where("state IN ?", []string{string(Waiting), string(Sending), string(Held)}).Order("peer, sequence")
	if peer != "" {
		q = q.Where("peer = ?", peer)
	}
	return items(q)
}

// History lists the last things enqueued for a peer, newest first, without the bodies.
func (s *Store) History(ctx context.Context, peer string, limit int) ([]Item, error) {
	q := s.db.Reader(ctx).Omit("body").Where("peer = ?", peer).Order("sequence DESC").Limit(limit)
	return items(q)
}

// Thread lists all that was enqueued in a thread, in the order of its creation,
// without the bodies.
func (s *Store) Thread(ctx context.Context, thread string) ([]Item, error) {
	if thread == "" {
		return nil, nil
	}
	q := s.db.Reader(ctx).Omit("body").Where("thread = ?", thread).Order("created_at, peer, sequence")
	return items(q)
}

// Item returns one outgoing activity with its exact bytes, or fault.Missing.
func (s *Store) Item(ctx context.Context, activityID string) (Item, error) {
	var r outRow
	if err := s.db.Reader(ctx).Where("activity_id = ?", activityID).Take(&r).Error; err != nil {
		return Item{}, found(err)
	}
	return r.item(), nil
}

// Retry makes an activity that is held or waiting go as soon as its order
// allows, and its peer be tried at once.
func (s *Store) Retry(ctx context.Context, activityID string) error {
	return s.change(ctx, activityID, func(ctx context.Context, r outRow) error {
		if r.State != string(Held) && r.State != string(Waiting) {
			return fault.New(fault.Conflict, "error.mailbox.not_open")
		}
		err := s.db.Conn(ctx).Model(&outRow{}).Where("activity_id = ?", activityID).
			Updates(map[string]any{"state": string(Waiting), "attempts": 0, "next_at": 0}).Error
		if err != nil {
			return err
		}
		return s.setLine(ctx, r.Peer, map[string]any{"next_at": 0, "firm_at": 0})
	})
}

// Drop gives an activity up for good, with a reason code; what was behind it in
// its thread goes on. What is being sent at this moment cannot be dropped.
func (s *Store) Drop(ctx context.Context, activityID, reason string) error {
	return s.change(ctx, activityID, func(ctx context.Context, r outRow) error {
		if r.State != string(Held) && r.State != string(Waiting) {
			return fault.New(fault.Conflict, "error.mailbox.not_open")
		}
		return s.db.Conn(ctx).Model(&outRow{}).Where("activity_id = ?", activityID).
			Updates(map[string]any{"state": string(Dropped), "error_key": reason}).Error
	})
}

func (s *Store) change(ctx context.Context, activityID string, f func(ctx context.Context, r outRow) error) error {
	return s.db.Within(ctx, func(ctx context.Context) error {
		var r outRow
		if err := s.db.Conn(ctx).Where("activity_id = ?", activityID).Take(&r).Error; err != nil {
			return found(err)
		}
		if _, err := s.lockLine(ctx, r.Peer); err != nil {
			return err
		}
		if err := s.db.Conn(ctx).Where("activity_id = ?", activityID).Take(&r).Error; err != nil {
			return err
		}
		if err := f(ctx, r); err != nil {
			return err
		}
		s.work(ctx)
		return nil
	})
}

// Pause stops sending to a peer until Resume. Things can still be enqueued.
func (s *Store) Pause(ctx context.Context, peer, reason string) error {
	return s.db.Within(ctx, func(ctx context.Context) error {
		if _, err := s.lockLine(ctx, peer); err != nil {
			return err
		}
		s.db.Forget(ctx, peerRow{}.TableName()) // a peer tells whether it is paused
		return s.setLine(ctx, peer, map[string]any{"paused": true, "paused_reason": reason})
	})
}

// Resume ends a pause and whatever delay the line has, and wakes the worker.
func (s *Store) Resume(ctx context.Context, peer string) error {
	return s.db.Within(ctx, func(ctx context.Context) error {
		if _, err := s.lockLine(ctx, peer); err != nil {
			return err
		}
		s.work(ctx)
		s.db.Forget(ctx, peerRow{}.TableName())
		return s.setLine(ctx, peer, map[string]any{"paused": false, "paused_reason": "", "next_at": 0, "firm_at": 0})
	})
}

// heard takes note that the peer is alive and has just spoken to us with its
// key. A line that was waiting for its back-off is then tried soon.
func (s *Store) heard(ctx context.Context, peer string, sequence int64, fresh bool) error {
	n, one := int64(0), int64(0)
	if fresh && sequence > 0 {
		n, one = sequence, 1
	}
	s.work(ctx)
	return s.db.Conn(ctx).Exec(`INSERT INTO mailbox_heard (peer, heard_at, sequence, count) VALUES (@peer, @now, @n, @one)
  ON CONFLICT (peer) DO UPDATE SET heard_at = excluded.heard_at, count = mailbox_heard.count + excluded.count,
    sequence = CASE WHEN mailbox_heard.sequence < excluded.sequence THEN excluded.sequence ELSE mailbox_heard.sequence END`,
		sql.Named("peer", peer), sql.Named("now", s.nowMillis()), sql.Named("n", n), sql.Named("one", one)).Error
}

func items(q *gorm.DB) ([]Item, error) {
	var rows []outRow
	if err := q.Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make([]Item, 0, len(rows))
	for _, r := range rows {
		out = append(out, r.item())
	}
	return out, nil
}
