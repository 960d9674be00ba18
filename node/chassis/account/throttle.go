package account

import (
	"context"
	"fmt"
	"net/netip"
	"strconv"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/chassis/database"
)

// Free tries before the delays begin, and their bounds. A delay is never a lock:
// nobody can shut a clinic out by guessing at its logins.
const (
	freeByLogin  = 5
	freeByRemote = 20
	firstDelay   = 2 * time.Second
	longestDelay = 15 * time.Minute
	forgetAfter  = 24 * time.Hour
)

type throttleRow struct {
	Bucket   string `gorm:"primaryKey"`
	Failures int64
	LastAt   int64
	UntilAt  int64
}

// TableName names the table for gorm.
func (throttleRow) TableName() string { return "account_throttle" }

// bucket is a counter and how many tries it lets through without delay.
type bucket struct {
	name string
	free int64
}

func buckets(login, remote string) []bucket {
	// Hashed, so that the table holds no login that somebody mistyped (often a password).
	out := []bucket{{"login:" + digest(login), freeByLogin}}
	if remote != "" {
		out = append(out, bucket{"remote:" + network(remote), freeByRemote})
	}
	return out
}

// network is the address of a client, for IPv6 the /64 that one client owns.
func network(remote string) string {
	a, err := netip.ParseAddr(remote)
	if err != nil {
		if ap, e := netip.ParseAddrPort(remote); e == nil {
			a = ap.Addr()
		} else {
			return digest(remote)
		}
	}
	a = a.Unmap().WithZone("")
	if a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			return p.Masked().String()
		}
	}
	return a.String()
}

// charge counts a try as failed before it is made, so that a hundred tries at
// once cost as much as one after another. A fault.TooMany says to wait.
func (s *Service) charge(ctx context.Context, bs []bucket) error {
	return s.db.Within(ctx, func(ctx context.Context) error {
		now := s.now()
		for _, b := range bs {
			if err := s.db.Exclusive(ctx, "throttle:"+b.name); err != nil {
				return fmt.Errorf("account: throttle: %w", err)
			}
			var rows []throttleRow
			if err := s.db.Conn(ctx).Where("bucket = ?", b.name).Find(&rows).Error; err != nil {
				return fmt.Errorf("account: throttle: %w", err)
			}
			r := throttleRow{Bucket: b.name}
			if len(rows) == 1 && now.Sub(database.Time(rows[0].LastAt)) < forgetAfter {
				r = rows[0]
			}
			if wait := database.Time(r.UntilAt).Sub(now); r.UntilAt > 0 && wait > 0 {
				minutes := int(wait.Minutes()) + 1
				return fault.New(fault.TooMany, "account.signin.slow").With("minutes", strconv.Itoa(minutes))
			}
			r.Failures++
			r.LastAt = database.Millis(now)
			if over := r.Failures - b.free; over >= 0 {
				delay := longestDelay
				if over < 9 {
					delay = min(firstDelay<<over, longestDelay)
				}
				r.UntilAt = database.Millis(now.Add(delay))
			}
			if err := s.db.Conn(ctx).Save(&r).Error; err != nil {
				return fmt.Errorf("account: throttle: %w", err)
			}
		}
		return nil
	})
}

// settle takes a successful try back: the login's counter is cleared, the
// remote's only loses this one (a stranger with an account of their own must
// not be able to clear it).
func (s *Service) settle(ctx context.Context, bs []bucket) error {
	if err := s.db.Conn(ctx).Exec("DELETE FROM account_throttle WHERE bucket = ?", bs[0].name).Error; err != nil {
		return fmt.Errorf("account: throttle: %w", err)
	}
	for _, b := range bs[1:] {
		err := s.db.Conn(ctx).Exec(`UPDATE account_throttle SET failures = failures - 1,
			until_at = CASE WHEN failures <= ? THEN 0 ELSE until_at END WHERE bucket = ? AND failures > 0`, b.free, b.name).Error
		if err != nil {
			return fmt.Errorf("account: throttle: %w", err)
		}
	}
	return nil
}
