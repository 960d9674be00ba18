package mailbox

import (
	"context"
	"time"

	"github.com/saphan-network/saphan/node/chassis/database"
)

// confirmStep is how much older the stored confirmation may be than the true one.
const confirmStep = time.Hour

// ListSeen returns when the members list was last known to be the hub's: taken over,
// or confirmed since. The zero time means that there is no list.
func (s *Store) ListSeen(ctx context.Context) (time.Time, error) {
	var rows []struct{ TakenAt, ConfirmedAt int64 }
	err := s.db.Reader(ctx).Raw("SELECT taken_at, confirmed_at FROM mailbox_lists").Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return time.Time{}, err
	}
	return database.Time(max(rows[0].TakenAt, rows[0].ConfirmedAt)), nil
}

// ConfirmList notes that the hub has said that its list of this version is what it
// was. What waited only because the list had become too old may go now.
func (s *Store) ConfirmList(ctx context.Context, version int64) error {
	seen, err := s.ListSeen(ctx)
	if err != nil || seen.IsZero() || s.now().Sub(seen) < confirmStep {
		return err
	}
	return s.db.Within(ctx, func(ctx context.Context) error {
		db := s.db.Conn(ctx)
		res := db.Exec("UPDATE mailbox_lists SET confirmed_at = ? WHERE version = ? AND confirmed_at < ?", s.nowMillis(), version, s.nowMillis())
		if res.Error != nil || res.RowsAffected == 0 {
			return res.Error
		}
		if err := s.release(ctx); err != nil {
			return err
		}
		s.work(ctx)
		return nil
	})
}

// release lets go what waits only because the gate said no when it was last asked.
func (s *Store) release(ctx context.Context) error {
	return s.db.Conn(ctx).Model(&lineRow{}).Where("error_key LIKE 'policy.%'").Updates(map[string]any{"next_at": 0}).Error
}
