package account

import (
	"context"
	"fmt"
	"strings"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/node/chassis/database"
)

type linkRow struct {
	TokenHash string `gorm:"primaryKey"`
	UserID    string
	CreatedAt int64 `gorm:"autoCreateTime:false"`
	ExpiresAt int64
}

// TableName names the table for gorm.
func (linkRow) TableName() string { return "account_links" }

// makeLink replaces the user's one-time link in the running transaction.
func (s *Service) makeLink(ctx context.Context, userID string) (string, error) {
	tx, now, token := s.db.Conn(ctx), s.now(), opaque.Token()
	if err := tx.Exec("DELETE FROM account_links WHERE user_id = ?", userID).Error; err != nil {
		return "", fmt.Errorf("account: link: %w", err)
	}
	r := linkRow{TokenHash: digest(token), UserID: userID, CreatedAt: database.Millis(now), ExpiresAt: database.Millis(now.Add(s.opt.Link))}
	if err := tx.Create(&r).Error; err != nil {
		return "", fmt.Errorf("account: link: %w", err)
	}
	return token, nil
}

// Link returns the user whose one-time link this is. Unknown, used, expired and
// of a disabled user are the same fault.Invalid.
func (s *Service) Link(ctx context.Context, linkToken string) (User, error) {
	dead := fault.New(fault.Invalid, "account.link.dead")
	if len(linkToken) != 64 {
		return User{}, dead
	}
	var rows []linkRow
	if err := s.db.Reader(ctx).Where("token_hash = ?", digest(linkToken)).Find(&rows).Error; err != nil {
		return User{}, fmt.Errorf("account: link: %w", err)
	}
	if len(rows) == 0 || rows[0].ExpiresAt <= database.Millis(s.now()) {
		return User{}, dead
	}
	r, err := s.byID(ctx, rows[0].UserID)
	if err != nil {
		return User{}, err
	}
	if !r.Active {
		return User{}, dead
	}
	return s.user(ctx, r)
}

// Redeem sets the password of the user whose link it is, uses the link up and
// ends the user's sessions.
func (s *Service) Redeem(ctx context.Context, linkToken, password string) (User, error) {
	u, err := s.Link(ctx, linkToken)
	if err != nil {
		return User{}, err
	}
	if err := CheckPassword(password, u.Login, u.Name); err != nil {
		return User{}, err
	}
	hash, err := s.hash.create(ctx, password)
	if err != nil {
		return User{}, err
	}
	err = s.db.Within(ctx, func(ctx context.Context) error {
		res := s.db.Conn(ctx).Exec("DELETE FROM account_links WHERE token_hash = ? AND expires_at > ?", digest(linkToken), database.Millis(s.now()))
		if res.Error != nil {
			return fmt.Errorf("account: link: %w", res.Error)
		}
		if res.RowsAffected != 1 { // somebody was quicker
			return fault.New(fault.Invalid, "account.link.dead")
		}
		if err := s.setPassword(ctx, u.ID, hash); err != nil {
			return err
		}
		err := s.db.Conn(ctx).Exec("DELETE FROM account_throttle WHERE bucket = ?", buckets(u.Login, "")[0].name).Error
		if err != nil {
			return fmt.Errorf("account: throttle: %w", err)
		}
		return s.record(ctx, u.ID, "user.redeem", u.ID, "ok", nil)
	})
	if err != nil {
		return User{}, err
	}
	return u, nil
}

func (s *Service) setPassword(ctx context.Context, id, hash string) error {
	if err := s.update(ctx, id, "password_hash", hash); err != nil {
		return err
	}
	return s.EndSessions(ctx, id)
}

// update sets one column of an active user; a disabled or unknown one is Missing.
func (s *Service) update(ctx context.Context, id, column string, value any) error {
	res := s.db.Conn(ctx).Model(&userRow{}).Where("id = ? AND active = ?", id, true).
		Updates(map[string]any{column: value, "changed_at": database.Millis(s.now())})
	if res.Error != nil {
		return fmt.Errorf("account: update: %w", res.Error)
	}
	if res.RowsAffected == 0 {
		return fault.Missing()
	}
	return nil
}

// ChangePassword sets a new password for somebody who knows the old one, and
// ends all their sessions. Tries at the old one are throttled like a sign-in.
func (s *Service) ChangePassword(ctx context.Context, id, old, new string) error {
	row, err := s.byID(ctx, id)
	if err != nil {
		return err
	}
	if err := CheckPassword(new, row.Login, row.Name); err != nil {
		return err
	}
	bs := buckets(row.Login, "")
	if err := s.charge(ctx, bs); err != nil {
		return err
	}
	ok, err := s.hash.check(ctx, old, row.PasswordHash)
	if err != nil {
		return err
	}
	if !ok {
		return &fault.Error{Kind: fault.Invalid, Key: "account.password.old_wrong", Fields: []fault.Field{{Name: "old", Key: "account.password.old_wrong"}}}
	}
	hash, err := s.hash.create(ctx, new)
	if err != nil {
		return err
	}
	return s.db.Within(ctx, func(ctx context.Context) error {
		if err := s.settle(ctx, bs); err != nil {
			return err
		}
		if err := s.setPassword(ctx, id, hash); err != nil {
			return err
		}
		return s.record(ctx, id, "user.change_password", id, "ok", nil)
	})
}

// SetLanguage sets the language of a person's pages, "th" or "en".
func (s *Service) SetLanguage(ctx context.Context, id, lang string) error {
	if lang != "th" && lang != "en" {
		return fault.New(fault.Invalid, "account.lang.invalid")
	}
	return s.update(ctx, id, "lang", lang)
}

// SetRoles replaces the roles of a user and ends their sessions. The last active
// administrator keeps that role: otherwise a fault.Conflict.
func (s *Service) SetRoles(ctx context.Context, by, id string, roles []string) error {
	if err := checkNew("x", "x", roles); err != nil {
		return err
	}
	return s.managed(ctx, by, "user.set_roles", id, map[string]string{"roles": strings.Join(sorted(roles), ",")}, func(ctx context.Context) error {
		return s.writeRoles(ctx, id, roles)
	})
}

// Disable ends the sessions and links of a user, who can no longer sign in. The
// last active administrator cannot be disabled: a fault.Conflict.
func (s *Service) Disable(ctx context.Context, by, id string) error {
	return s.managed(ctx, by, "user.disable", id, nil, func(ctx context.Context) error {
		if err := s.db.Conn(ctx).Exec("DELETE FROM account_links WHERE user_id = ?", id).Error; err != nil {
			return fmt.Errorf("account: link: %w", err)
		}
		return s.update(ctx, id, "active", false)
	})
}

// Enable lets a disabled user in again, through the link whose token it returns.
func (s *Service) Enable(ctx context.Context, by, id string) (linkToken string, err error) {
	err = s.db.Within(ctx, func(ctx context.Context) error {
		res := s.db.Conn(ctx).Exec("UPDATE account_users SET active = ?, password_hash = '' WHERE id = ? AND active = ?", true, id, false)
		if res.Error != nil {
			return fmt.Errorf("account: enable: %w", res.Error)
		}
		if res.RowsAffected == 0 {
			return fault.Missing()
		}
		if linkToken, err = s.makeLink(ctx, id); err != nil {
			return err
		}
		return s.record(ctx, by, "user.enable", id, "ok", nil)
	})
	return linkToken, err
}

// ResetLink makes a fresh one-time link for an active user. The old password
// holds until the link is redeemed.
func (s *Service) ResetLink(ctx context.Context, by, id string) (linkToken string, err error) {
	err = s.db.Within(ctx, func(ctx context.Context) error {
		r, err := s.byID(ctx, id)
		if err != nil {
			return err
		}
		if !r.Active {
			return fault.Missing()
		}
		if linkToken, err = s.makeLink(ctx, id); err != nil {
			return err
		}
		return s.record(ctx, by, "user.reset_link", id, "ok", nil)
	})
	return linkToken, err
}

// managed makes a change to a user, ends their sessions, and rolls back if it
// would leave the server without an administrator.
func (s *Service) managed(ctx context.Context, by, act, id string, detail map[string]string, change func(ctx context.Context) error) error {
	return s.db.Within(ctx, func(ctx context.Context) error {
		if err := s.db.Exclusive(ctx, "account.users"); err != nil {
			return err
		}
		if _, err := s.byID(ctx, id); err != nil {
			return err
		}
		before, err := s.admins(ctx)
		if err != nil {
			return err
		}
		if err := change(ctx); err != nil {
			return err
		}
		after, err := s.admins(ctx)
		if err != nil {
			return err
		}
		if before > 0 && after == 0 {
			return fault.New(fault.Conflict, "account.last_admin")
		}
		if err := s.EndSessions(ctx, id); err != nil {
			return err
		}
		return s.record(ctx, by, act, id, "ok", detail)
	})
}

func (s *Service) admins(ctx context.Context) (n int64, err error) {
	err = s.db.Conn(ctx).Raw(`SELECT count(*) FROM account_users u JOIN account_roles r ON r.user_id = u.id
		WHERE u.active = ? AND r.role = ?`, true, s.opt.Admin).Scan(&n).Error
	if err != nil {
		return 0, fmt.Errorf("account: administrators: %w", err)
	}
	return n, nil
}
