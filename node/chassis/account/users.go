package account

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/node/chassis/database"
)

type userRow struct {
	ID           string `gorm:"primaryKey"`
	Login        string
	Name         string
	PasswordHash string
	Lang         string
	Active       bool
	CreatedAt    int64 `gorm:"autoCreateTime:false"`
	ChangedAt    int64
}

// TableName names the table for gorm.
func (userRow) TableName() string { return "account_users" }

// byLogin returns the zero row for an unknown login.
func (s *Service) byLogin(ctx context.Context, login string) (userRow, error) {
	return s.one(ctx, "login = ?", login)
}

// byID returns Missing for an unknown id.
func (s *Service) byID(ctx context.Context, id string) (userRow, error) {
	r, err := s.one(ctx, "id = ?", id)
	if err == nil && r.ID == "" {
		return r, fault.Missing()
	}
	return r, err
}

func (s *Service) one(ctx context.Context, where, arg string) (userRow, error) {
	var rows []userRow
	if err := s.db.Reader(ctx).Where(where, arg).Find(&rows).Error; err != nil {
		return userRow{}, fmt.Errorf("account: user: %w", err)
	}
	if len(rows) == 0 {
		return userRow{}, nil
	}
	return rows[0], nil
}

func (s *Service) user(ctx context.Context, r userRow) (User, error) {
	u := User{ID: r.ID, Login: r.Login, Name: r.Name, Lang: r.Lang, Active: r.Active}
	err := s.db.Reader(ctx).Raw("SELECT role FROM account_roles WHERE user_id = ? ORDER BY role", r.ID).Scan(&u.Roles).Error
	if err != nil {
		return User{}, fmt.Errorf("account: roles: %w", err)
	}
	return u, nil
}

// List returns all users in order of their logins.
func (s *Service) List(ctx context.Context) ([]User, error) {
	var rows []userRow
	if err := s.db.Reader(ctx).Order("login").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("account: list: %w", err)
	}
	var roles []struct{ UserID, Role string }
	if err := s.db.Reader(ctx).Raw("SELECT user_id, role FROM account_roles ORDER BY user_id, role").Scan(&roles).Error; err != nil {
		return nil, fmt.Errorf("account: roles: %w", err)
	}
	of := map[string][]string{}
	for _, r := range roles {
		of[r.UserID] = append(of[r.UserID], r.Role)
	}
	out := make([]User, len(rows))
	for i, r := range rows {
		out[i] = User{ID: r.ID, Login: r.Login, Name: r.Name, Roles: of[r.ID], Lang: r.Lang, Active: r.Active}
	}
	return out, nil
}

// Find returns the user with the login, or Missing.
func (s *Service) Find(ctx context.Context, login string) (User, error) {
	r, err := s.byLogin(ctx, normalLogin(login))
	if err != nil {
		return User{}, err
	}
	if r.ID == "" {
		return User{}, fault.Missing()
	}
	return s.user(ctx, r)
}

// User returns the user with the id, or Missing.
func (s *Service) User(ctx context.Context, id string) (User, error) {
	r, err := s.byID(ctx, id)
	if err != nil {
		return User{}, err
	}
	return s.user(ctx, r)
}

// Empty reports whether there is no user yet.
func (s *Service) Empty(ctx context.Context) (bool, error) {
	var n int64
	if err := s.db.Reader(ctx).Raw("SELECT count(*) FROM account_users").Scan(&n).Error; err != nil {
		return false, fmt.Errorf("account: count: %w", err)
	}
	return n == 0, nil
}

// Add makes an account without a password and returns the token of the one-time
// link with which the person chooses one. by is the id of who does it, "system"
// for the command line. A login that is taken is a fault.Conflict.
func (s *Service) Add(ctx context.Context, by, login, name string, roles []string) (linkToken string, err error) {
	login, name = normalLogin(login), strings.TrimSpace(name)
	if err := checkNew(login, name, roles); err != nil {
		return "", err
	}
	now := database.Millis(s.now())
	r := userRow{ID: opaque.ID(), Login: login, Name: name, Lang: "th", Active: true, CreatedAt: now, ChangedAt: now}
	err = s.db.Within(ctx, func(ctx context.Context) error {
		if err := s.db.Exclusive(ctx, "account.users"); err != nil {
			return err
		}
		old, err := s.byLogin(ctx, login)
		if err != nil {
			return err
		}
		if old.ID != "" {
			return fault.New(fault.Conflict, "account.login.taken")
		}
		if err := s.db.Conn(ctx).Create(&r).Error; err != nil {
			return fmt.Errorf("account: add: %w", err)
		}
		if err := s.writeRoles(ctx, r.ID, roles); err != nil {
			return err
		}
		if linkToken, err = s.makeLink(ctx, r.ID); err != nil {
			return err
		}
		return s.record(ctx, by, "user.add", r.ID, "ok", map[string]string{"roles": strings.Join(sorted(roles), ",")})
	})
	if err != nil {
		return "", err
	}
	return linkToken, nil
}

func checkNew(login, name string, roles []string) error {
	var fields []fault.Field
	if login == "" || len(login) > 100 || strings.Trim(login, loginSigns) != "" {
		fields = append(fields, fault.Field{Name: "login", Key: "account.login.invalid"})
	}
	if name == "" || len(name) > 300 || !utf8.ValidString(name) || strings.ContainsFunc(name, unseen) {
		fields = append(fields, fault.Field{Name: "name", Key: "account.name.invalid"})
	}
	if len(roles) == 0 || slices.ContainsFunc(roles, func(r string) bool { return !roleKey(r) }) {
		fields = append(fields, fault.Field{Name: "roles", Key: "account.roles.invalid"})
	}
	if len(fields) > 0 {
		return &fault.Error{Kind: fault.Invalid, Key: "error.invalid", Fields: fields}
	}
	return nil
}

// loginSigns are all that a new login may be made of: what looks alike in two
// scripts cannot be told apart by who gives out roles.
const loginSigns = "abcdefghijklmnopqrstuvwxyz0123456789.-_@+"

// unseen tells control signs and marks that turn or hide what stands beside
// them. Thai writes with U+200B to U+200D.
func unseen(r rune) bool {
	joins := r >= 0x200b && r <= 0x200d
	return unicode.IsControl(r) || r == 0x2028 || r == 0x2029 || (unicode.Is(unicode.Cf, r) && !joins)
}

func roleKey(r string) bool {
	return r != "" && r != "system" && len(r) <= 40 && strings.Trim(r, "abcdefghijklmnopqrstuvwxyz_") == ""
}

func sorted(roles []string) []string {
	out := slices.Clone(roles)
	slices.Sort(out)
	return slices.Compact(out)
}

func (s *Service) writeRoles(ctx context.Context, id string, roles []string) error {
	tx := s.db.Conn(ctx)
	if err := tx.Exec("DELETE FROM account_roles WHERE user_id = ?", id).Error; err != nil {
		return fmt.Errorf("account: roles: %w", err)
	}
	for _, r := range sorted(roles) {
		if err := tx.Exec("INSERT INTO account_roles (user_id, role) VALUES (?, ?)", id, r).Error; err != nil {
			return fmt.Errorf("account: roles: %w", err)
		}
	}
	return nil
}
