package mailbox

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/node/chassis/database"
)

// Turn is what a sender has to say and to ask about one line: how the attempt that
// it holds has ended, and whether it wants the next activity.
type Turn struct {
	Peer    string
	Claim   *Claim   // the attempt that has ended; nil if there was none
	Failure *Failure // how it failed; nil when the peer has taken it
	Next    bool     // the next activity is wanted, if one may go now

	Got *Claim // set by Turns: what is to be sent next, nil if there is nothing
}

// Turns does in one transaction what Done, Failed and Claim do one by one, for many
// lines, with a handful of statements however many they are. A peer must not come
// twice. A line that somebody else holds at this moment is left out of it and done
// by itself afterwards, because who holds many lines must not wait for another one.
func (s *Store) Turns(ctx context.Context, turns []*Turn, lease time.Duration) error {
	busy := turns
	err := s.db.Within(ctx, func(ctx context.Context) error {
		lines, err := s.lockLines(ctx, turns)
		if err != nil {
			return err
		}
		busy = nil
		var mine []*Turn
		for _, t := range turns {
			if _, ok := lines[t.Peer]; ok {
				mine = append(mine, t)
			} else {
				busy = append(busy, t)
			}
		}
		if err := s.end(ctx, mine, lines); err != nil {
			return err
		}
		return s.begin(ctx, mine, lease)
	})
	if err != nil {
		return err
	}
	for _, t := range busy {
		if err := s.turnAlone(ctx, t, lease); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) turnAlone(ctx context.Context, t *Turn, lease time.Duration) (err error) {
	switch {
	case t.Claim != nil && t.Failure != nil:
		err = s.Failed(ctx, t.Claim, *t.Failure)
	case t.Claim != nil:
		err = s.Done(ctx, t.Claim)
	}
	if err == nil && t.Next {
		t.Got, err = s.Claim(ctx, t.Peer, lease)
	}
	return err
}

// lockLines holds the lines that nobody else holds to the end of the transaction.
func (s *Store) lockLines(ctx context.Context, turns []*Turn) (map[string]lineRow, error) {
	q := `SELECT * FROM mailbox_lines WHERE peer IN ? ORDER BY peer`
	if s.db.Dialect() == database.Postgres {
		q += ` FOR UPDATE SKIP LOCKED`
	}
	peers := make([]string, 0, len(turns))
	for _, t := range turns {
		peers = append(peers, t.Peer)
	}
	var rows []lineRow
	if err := s.db.Conn(ctx).Raw(q, peers).Scan(&rows).Error; err != nil {
		return nil, err
	}
	out := make(map[string]lineRow, len(rows))
	for _, r := range rows {
		out[r.Peer] = r
	}
	return out, nil
}

// end writes down how attempts have ended, as Done and Failed do.
func (s *Store) end(ctx context.Context, turns []*Turn, lines map[string]lineRow) error {
	var ids, held, lost []string
	for _, t := range turns {
		switch {
		case t.Claim == nil:
		case t.Failure != nil:
			if err := s.failed(ctx, t.Claim, *t.Failure, lines[t.Peer]); err != nil {
				return err
			}
		case lines[t.Peer].Lease == t.Claim.lease:
			ids, held = append(ids, t.Claim.Item.ActivityID), append(held, t.Peer)
		default: // another has taken the line over, and keeps it
			ids, lost = append(ids, t.Claim.Item.ActivityID), append(lost, t.Peer)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	now := s.nowMillis()
	err := s.db.Conn(ctx).Exec(`UPDATE mailbox_outbox SET state = 'sent', sent_at = ?, error_key = '', error_status = 0
  WHERE activity_id IN ? AND state IN ('waiting','sending','held')`, now, ids).Error
	const well = `UPDATE mailbox_lines SET failures = 0, next_at = 0, firm_at = 0, ok_at = ?, error_key = '', error_status = 0`
	if err == nil && len(held) > 0 {
		err = s.db.Conn(ctx).Exec(well+`, lease = '', lease_at = 0 WHERE peer IN ?`, now, held).Error
	}
	if err == nil && len(lost) > 0 {
		err = s.db.Conn(ctx).Exec(well+` WHERE peer IN ?`, now, lost).Error
	}
	return err
}

// begin takes the next activity for each line that asks, as Claim does.
func (s *Store) begin(ctx context.Context, turns []*Turn, lease time.Duration) error {
	asking := map[string]*Turn{}
	for _, t := range turns {
		if t.Next {
			asking[t.Peer] = t
		}
	}
	if len(asking) == 0 {
		return nil
	}
	var rows []struct {
		Row      outRow `gorm:"embedded"`
		Failures int64
		OkAt     int64
	}
	err := s.db.Conn(ctx).Raw(`SELECT n.*, l.failures, l.ok_at FROM mailbox_lines l JOIN mailbox_outbox n ON n.activity_id =
    (SELECT o.activity_id FROM mailbox_outbox o WHERE o.peer = l.peer AND `+ready+` ORDER BY o.sequence LIMIT 1)
  WHERE l.peer IN @peers AND `+awake, s.at(map[string]any{"peers": slices.Sorted(maps.Keys(asking))})).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return err
	}
	now, token := s.nowMillis(), opaque.ID()
	var ids, peers []string
	for _, r := range rows {
		ids, peers = append(ids, r.Row.ActivityID), append(peers, r.Row.Peer)
	}
	err = s.db.Conn(ctx).Exec(`UPDATE mailbox_outbox SET state = 'sending', attempts = attempts + 1, tried_at = ? WHERE activity_id IN ?`, now, ids).Error
	if err != nil {
		return err
	}
	err = s.db.Conn(ctx).Exec(`UPDATE mailbox_lines SET lease = ?, lease_at = ?, tried_at = ? WHERE peer IN ?`,
		token, database.Millis(s.now().Add(lease)), now, peers).Error
	if err != nil {
		return err
	}
	known, err := s.peers(ctx, "WHERE p.actor IN ?", peers)
	if err != nil {
		return err
	}
	by := make(map[string]*Peer, len(known))
	for i := range known {
		by[known[i].Actor] = &known[i]
	}
	for _, r := range rows {
		r.Row.State, r.Row.Attempts, r.Row.TriedAt = string(Sending), r.Row.Attempts+1, now
		asking[r.Row.Peer].Got = &Claim{Item: r.Row.item(), Peer: by[r.Row.Peer], Failures: int(r.Failures),
			Since: since(r.OkAt, r.Row.CreatedAt), lease: token}
	}
	return nil
}

// since is from when on a peer has not taken what waits for it: its last success, or
// the writing of the oldest that waits, whichever is later.
func since(ok, oldest int64) time.Time { return database.Time(max(ok, oldest)) }

// Ready is a line on which something can be sent now.
type Ready struct {
	Peer    string
	Failing bool // its last attempt has failed
}

// Ready lists the lines on which something can be sent now and that no worker is
// sending to; who has not been tried for longest comes first.
func (s *Store) Ready(ctx context.Context) ([]Ready, error) {
	var out []Ready
	err := s.db.Reader(ctx).Raw(`SELECT l.peer, l.failures > 0 AS failing FROM mailbox_lines l
  WHERE `+awake+` AND EXISTS (SELECT 1 FROM mailbox_outbox o WHERE o.peer = l.peer AND `+ready+`)
  ORDER BY l.tried_at, l.peer`, s.at(nil)).Scan(&out).Error
	return out, err
}
