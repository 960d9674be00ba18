package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/chassis/database"
)

type row struct {
	ID, Kind, JobKey string
	Payload          []byte
	Attempts         int64
}

// claim takes the job that has been due for longest, if any, whose kind has a
// handler here. A job whose holder died is due again when its lease ends.
func (q *Queue) claim(ctx context.Context) (*row, error) {
	q.mu.Lock()
	kinds := make([]string, 0, len(q.handlers))
	for k := range q.handlers {
		kinds = append(kinds, k)
	}
	q.mu.Unlock()
	if len(kinds) == 0 {
		return nil, nil
	}
	now := database.Millis(q.now())
	due := "((state = ? AND run_at <= ?) OR (state = ? AND lease_at <= ?)) AND kind IN ?"
	var waiting int64 // looking costs no write; only taking does
	if err := q.db.Reader(ctx).Raw("SELECT count(*) FROM jobs_queue WHERE "+due, ready, now, running, now, kinds).Scan(&waiting).Error; err != nil || waiting == 0 {
		return nil, err
	}
	var out *row
	err := q.db.Within(ctx, func(ctx context.Context) error {
		lock := ""
		if q.db.Dialect() == database.Postgres {
			lock = " FOR UPDATE SKIP LOCKED"
		}
		var rows []row
		err := q.db.Conn(ctx).Raw("SELECT id, kind, job_key, payload, attempts FROM jobs_queue WHERE "+due+" ORDER BY run_at, id LIMIT 1"+lock,
			ready, now, running, now, kinds).Scan(&rows).Error
		if err != nil || len(rows) == 0 {
			return err
		}
		r := rows[0]
		r.Attempts++
		err = q.db.Conn(ctx).Exec("UPDATE jobs_queue SET state = ?, attempts = ?, lease_at = ?, owner = ? WHERE id = ?",
			running, r.Attempts, database.Millis(q.now().Add(lease)), q.owner, r.ID).Error
		out = &r
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("jobs: claim: %w", err)
	}
	return out, nil
}

// finish removes a job that is done, hands back one that the stop of the server
// cut off, puts off one that failed, and lays aside one that failed too often.
func (q *Queue) finish(ctx context.Context, stopped bool, r row, failure error) error {
	return q.db.Within(ctx, func(ctx context.Context) error {
		tx := q.db.Conn(ctx)
		const mine = " WHERE id = ? AND owner = ? AND state = 'running'"
		if failure == nil {
			return q.one(tx.Exec("DELETE FROM jobs_queue"+mine, r.ID, q.owner))
		}
		if stopped {
			return q.back(ctx, r, r.Attempts-1, q.now(), "")
		}
		q.log.Warn("job failed", "kind", r.Kind, "job", r.ID, "attempt", r.Attempts, "cause", fault.Label(failure))
		if r.Attempts >= mostTries {
			return q.one(tx.Exec("UPDATE jobs_queue SET state = ?, owner = '', last_error = ?"+mine, dead, code(failure), r.ID, q.owner))
		}
		return q.back(ctx, r, r.Attempts, q.now().Add(pause(r.Attempts)), code(failure))
	})
}

func (q *Queue) one(res *gorm.DB) error {
	if res.Error == nil && res.RowsAffected == 0 {
		q.log.Warn("jobs: what was done is another process's by now")
	}
	return res.Error
}

// back makes a running job wait again. If the same job was enqueued meanwhile,
// that one waits in its place.
func (q *Queue) back(ctx context.Context, r row, attempts int64, at time.Time, why string) error {
	tx := q.db.Conn(ctx)
	var same int64
	if err := tx.Raw("SELECT count(*) FROM jobs_queue WHERE kind = ? AND job_key = ? AND state = ?", r.Kind, r.JobKey, ready).Scan(&same).Error; err != nil {
		return fmt.Errorf("jobs: back: %w", err)
	}
	if same > 0 {
		return tx.Exec("DELETE FROM jobs_queue WHERE id = ? AND owner = ?", r.ID, q.owner).Error
	}
	return tx.Exec("UPDATE jobs_queue SET state = ?, attempts = ?, run_at = ?, owner = '', last_error = ? WHERE id = ? AND owner = ?",
		ready, attempts, database.Millis(at), why, r.ID, q.owner).Error
}

// keepTime runs one entry of the timetable that is due.
func (q *Queue) keepTime(ctx context.Context) (bool, error) {
	q.mu.Lock()
	table := q.table
	q.mu.Unlock()
	for _, p := range table {
		got, err := q.claimTime(ctx, p)
		if err != nil {
			return false, err
		}
		if !got {
			continue
		}
		renew := func(ctx context.Context, until int64) error {
			return q.db.Conn(ctx).Exec("UPDATE jobs_periodic SET lease_at = ? WHERE name = ? AND owner = ?", until, p.name, q.owner).Error
		}
		failure := q.hold(ctx, renew, p.f)
		next := q.now().Add(p.every)
		switch {
		case failure != nil && ctx.Err() != nil:
			next = q.now()
		case failure != nil:
			next = q.now().Add(min(p.every, time.Minute))
			q.log.Warn("timer failed", "name", p.name, "cause", fault.Label(failure))
		}
		err = q.db.Conn(context.WithoutCancel(ctx)).Exec("UPDATE jobs_periodic SET next_at = ?, lease_at = 0, owner = '' WHERE name = ? AND owner = ?",
			database.Millis(next), p.name, q.owner).Error
		return true, err
	}
	return false, nil
}

func (q *Queue) claimTime(ctx context.Context, p periodic) (bool, error) {
	now := database.Millis(q.now())
	var rows []struct{ NextAt, LeaseAt int64 }
	if err := q.db.Reader(ctx).Raw("SELECT next_at, lease_at FROM jobs_periodic WHERE name = ?", p.name).Scan(&rows).Error; err != nil {
		return false, fmt.Errorf("jobs: timetable: %w", err)
	}
	if len(rows) == 1 && (rows[0].NextAt > now || rows[0].LeaseAt > now) {
		return false, nil
	}
	if len(rows) == 0 {
		if err := q.db.Conn(ctx).Exec("INSERT INTO jobs_periodic (name, next_at, lease_at, owner) VALUES (?, ?, 0, '') ON CONFLICT DO NOTHING", p.name, now).Error; err != nil {
			return false, fmt.Errorf("jobs: timetable: %w", err)
		}
	}
	res := q.db.Conn(ctx).Exec("UPDATE jobs_periodic SET lease_at = ?, owner = ? WHERE name = ? AND next_at <= ? AND lease_at <= ?",
		database.Millis(q.now().Add(lease)), q.owner, p.name, now, now)
	return res.RowsAffected == 1, res.Error
}

// Job is a job that was laid aside after its last try.
type Job struct {
	ID, Kind, Error string // Error is a kind and a message key
	Attempts        int64
	Since           time.Time // when it was enqueued
}

// Dead lists the jobs that were laid aside, oldest first. They stay until
// somebody retries or drops them.
func (q *Queue) Dead(ctx context.Context) ([]Job, error) {
	var rows []struct {
		ID, Kind, LastError string
		Attempts, CreatedAt int64
	}
	err := q.db.Reader(ctx).Raw("SELECT id, kind, last_error, attempts, created_at FROM jobs_queue WHERE state = ? ORDER BY created_at, id", dead).Scan(&rows).Error
	out := make([]Job, len(rows))
	for i, r := range rows {
		out[i] = Job{r.ID, r.Kind, r.LastError, r.Attempts, database.Time(r.CreatedAt)}
	}
	return out, err
}

// Retry lets a job that was laid aside run again, now; an unknown one is Missing.
func (q *Queue) Retry(ctx context.Context, id string) error {
	return q.db.Within(ctx, func(ctx context.Context) error {
		err := change(q.db.Conn(ctx).Exec("UPDATE jobs_queue SET state = ?, attempts = 0, run_at = ? WHERE id = ? AND state = ?", ready, database.Millis(q.now()), id, dead))
		if database.IsUnique(err) {
			return fault.Wrap(fault.Conflict, "error.stale", errors.New("jobs: the same job is waiting already"))
		}
		q.db.AfterCommit(ctx, q.rouse)
		return err
	})
}

// Drop removes a job that was laid aside; an unknown one is Missing.
func (q *Queue) Drop(ctx context.Context, id string) error {
	return change(q.db.Conn(ctx).Exec("DELETE FROM jobs_queue WHERE id = ? AND state = ?", id, dead))
}

func change(res *gorm.DB) error {
	if res.Error == nil && res.RowsAffected == 0 {
		return fault.Missing()
	}
	return res.Error
}

// Oldest says for how long the longest-waiting due job has waited, for doctor
// and metrics.
func (q *Queue) Oldest(ctx context.Context) (time.Duration, error) {
	var at int64
	now := q.now()
	err := q.db.Reader(ctx).Raw("SELECT coalesce(min(run_at), 0) FROM jobs_queue WHERE state = ? AND run_at <= ?", ready, database.Millis(now)).Scan(&at).Error
	if err != nil || at == 0 {
		return 0, err
	}
	return now.Sub(database.Time(at)), nil
}
