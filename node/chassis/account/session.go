package account

import (
	"context"
	"fmt"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/node/chassis/database"
)

type sessionRow struct {
	TokenHash string `gorm:"primaryKey"`
	UserID    string
	CreatedAt int64 `gorm:"autoCreateTime:false"`
	SeenAt    int64
}

// TableName names the table for gorm.
func (sessionRow) TableName() string { return "account_sessions" }

// seenStep is how much older the stored last use may be than the true one.
const seenStep = time.Minute

func normalLogin(login string) string {
	return strings.ToLower(norm.NFKC.String(strings.TrimSpace(login)))
}

// SignIn checks a password and begins a session. remote is the client's address,
// "" if there is none. A wrong password, an unknown login and a disabled account
// give the same fault.Signature after the same work; too many tries give a
// fault.TooMany with the minutes to wait.
func (s *Service) SignIn(ctx context.Context, login, password, remote string) (token string, u User, err error) {
	login = normalLogin(login)
	wrong := fault.New(fault.Signature, "account.signin.wrong")
	if len(login) > 200 || len(password) > maxPasswordBytes {
		return "", User{}, wrong
	}
	bs := buckets(login, remote)
	if err := s.charge(ctx, bs); err != nil {
		return "", User{}, err
	}
	row, err := s.byLogin(ctx, login)
	if err != nil {
		return "", User{}, err
	}
	hash := row.PasswordHash
	if !row.Active {
		hash = ""
	}
	ok, err := s.hash.check(ctx, password, hash)
	if err != nil {
		return "", User{}, err
	}
	if !ok {
		if err := s.record(ctx, "anonymous", "user.sign_in", row.ID, "denied", nil); err != nil {
			return "", User{}, err
		}
		return "", User{}, wrong
	}
	err = s.db.Within(ctx, func(ctx context.Context) error {
		// The account may have been disabled, or its password changed, while we computed.
		fresh, err := s.byLogin(ctx, login)
		if err != nil {
			return err
		}
		if !fresh.Active || fresh.PasswordHash != row.PasswordHash {
			return wrong
		}
		if err := s.settle(ctx, bs); err != nil {
			return err
		}
		if token, err = s.begin(ctx, row.ID); err != nil {
			return err
		}
		if u, err = s.user(ctx, row); err != nil {
			return err
		}
		return s.record(ctx, row.ID, "user.sign_in", row.ID, "ok", nil)
	})
	if err != nil {
		return "", User{}, err
	}
	return token, u, nil
}

// begin starts a session of the user in the running transaction.
func (s *Service) begin(ctx context.Context, userID string) (string, error) {
	token := opaque.Token()
	now := database.Millis(s.now())
	r := sessionRow{TokenHash: digest(token), UserID: userID, CreatedAt: now, SeenAt: now}
	if err := s.db.Conn(ctx).Create(&r).Error; err != nil {
		return "", fmt.Errorf("account: session: %w", err)
	}
	return token, nil
}

// Begin starts a session for a user who has just proved who they are in another
// way (by redeeming a one-time link). A disabled user is Missing.
func (s *Service) Begin(ctx context.Context, userID string) (token string, err error) {
	err = s.db.Within(ctx, func(ctx context.Context) error {
		row, err := s.byID(ctx, userID)
		if err != nil {
			return err
		}
		if !row.Active {
			return fault.Missing()
		}
		token, err = s.begin(ctx, userID)
		return err
	})
	return token, err
}

// Session returns the user of a token, and notes that the session is in use. An
// unknown, ended or expired session is a fault.Signature.
func (s *Service) Session(ctx context.Context, token string) (User, error) {
	none := fault.New(fault.Signature, "account.session.none")
	if len(token) != 64 {
		return User{}, none
	}
	hash := digest(token)
	var rows []sessionRow
	if err := s.db.Reader(ctx).Where("token_hash = ?", hash).Find(&rows).Error; err != nil {
		return User{}, fmt.Errorf("account: session: %w", err)
	}
	if len(rows) == 0 {
		return User{}, none
	}
	r, now := rows[0], s.now()
	if now.Sub(database.Time(r.SeenAt)) >= s.opt.Idle || now.Sub(database.Time(r.CreatedAt)) >= s.opt.Absolute {
		return User{}, none
	}
	row, err := s.byID(ctx, r.UserID)
	if err != nil {
		return User{}, err
	}
	if !row.Active {
		return User{}, none
	}
	if now.Sub(database.Time(r.SeenAt)) >= seenStep {
		err := s.db.Conn(ctx).Exec("UPDATE account_sessions SET seen_at = ? WHERE token_hash = ?", database.Millis(now), hash).Error
		if err != nil {
			return User{}, fmt.Errorf("account: session: %w", err)
		}
	}
	return s.user(ctx, row)
}

// SignOut ends the session; ending one that is not there is no error.
func (s *Service) SignOut(ctx context.Context, token string) error {
	if err := s.db.Conn(ctx).Exec("DELETE FROM account_sessions WHERE token_hash = ?", digest(token)).Error; err != nil {
		return fmt.Errorf("account: sign out: %w", err)
	}
	return nil
}

// EndSessions ends all sessions of a user, and all tokens of their programs.
func (s *Service) EndSessions(ctx context.Context, userID string) error {
	return s.db.Within(ctx, func(ctx context.Context) error {
		for _, q := range []string{"DELETE FROM account_sessions WHERE user_id = ?", "DELETE FROM account_tokens WHERE user_id = ?"} {
			if err := s.db.Conn(ctx).Exec(q, userID).Error; err != nil {
				return fmt.Errorf("account: sessions: %w", err)
			}
		}
		return nil
	})
}

// Sweep removes sessions, links and tokens that have ended and counters that are
// forgotten. Run it now and then; nothing depends on when.
func (s *Service) Sweep(ctx context.Context) error {
	now := s.now()
	return s.db.Within(ctx, func(ctx context.Context) error {
		tx := s.db.Conn(ctx)
		for _, q := range []struct {
			sql  string
			args []any
		}{
			{"DELETE FROM account_sessions WHERE seen_at <= ? OR created_at <= ?",
				[]any{database.Millis(now.Add(-s.opt.Idle)), database.Millis(now.Add(-s.opt.Absolute))}},
			{"DELETE FROM account_links WHERE expires_at <= ?", []any{database.Millis(now)}},
			{"DELETE FROM account_tokens WHERE expires_at <= ?", []any{database.Millis(now)}},
			{"DELETE FROM account_throttle WHERE last_at <= ?", []any{database.Millis(now.Add(-forgetAfter))}},
		} {
			if err := tx.Exec(q.sql, q.args...).Error; err != nil {
				return fmt.Errorf("account: sweep: %w", err)
			}
		}
		return nil
	})
}
