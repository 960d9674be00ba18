package account

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/node/chassis/database"
)

// Bounds of the tokens for programs.
const (
	MaxTokens     = 10            // that one person may have at a time
	MaxTokenDays  = 366           // until one ends by itself
	maxTokenLabel = 80            // letters
	tokenPrefix   = "saphan_"     // so that a leaked one is found by who looks for such
	tokenSeenStep = 1 * time.Hour // how much older the stored last use may be than the true one
)

type tokenRow struct {
	ID        string `gorm:"primaryKey"`
	UserID    string
	TokenHash string
	Label     string
	Scopes    string // words with blanks between
	CreatedAt int64  `gorm:"autoCreateTime:false"`
	ExpiresAt int64
	SeenAt    int64 // 0: never used
}

// TableName names the table for gorm.
func (tokenRow) TableName() string { return "account_tokens" }

// Token is what lets a program act for a person, within scopes and until a day. The
// person's own rights are asked besides, each time, as they are then. The secret
// itself is shown once and kept as a hash.
type Token struct {
	ID, Label string
	Scopes    []string
	Created   time.Time
	Expires   time.Time
	Seen      time.Time // last use, an hour older at most; zero: never
}

// NewToken is what is asked for.
type NewToken struct {
	Label  string
	Scopes []string
	Days   int
}

func (n NewToken) check() error {
	var bad []fault.Field
	if l := utf8.RuneCountInString(strings.TrimSpace(n.Label)); l == 0 || l > maxTokenLabel || strings.ContainsFunc(n.Label, unicode.IsControl) {
		bad = append(bad, fault.Field{Name: "label", Key: "account.token.label.invalid"})
	}
	if len(n.Scopes) == 0 || slices.ContainsFunc(n.Scopes, func(s string) bool { return s == "" || strings.ContainsAny(s, " \t\n") }) {
		bad = append(bad, fault.Field{Name: "scopes", Key: "account.token.scopes.invalid"})
	}
	if n.Days < 1 || n.Days > MaxTokenDays {
		bad = append(bad, fault.Field{Name: "days", Key: "account.token.days.invalid"})
	}
	if len(bad) > 0 {
		return &fault.Error{Kind: fault.Invalid, Key: "account.token.invalid", Fields: bad}
	}
	return nil
}

// MakeToken makes a token for who knows the password: a session that was left open
// must not become a door for a year. Tries are throttled like a sign-in.
func (s *Service) MakeToken(ctx context.Context, userID, password string, n NewToken) (secret string, err error) {
	if err := n.check(); err != nil {
		return "", err
	}
	row, err := s.byID(ctx, userID)
	if err != nil {
		return "", err
	}
	bs := buckets(row.Login, "")
	if err := s.charge(ctx, bs); err != nil {
		return "", err
	}
	ok, err := s.hash.check(ctx, password, row.PasswordHash)
	if err != nil {
		return "", err
	}
	if !ok {
		return "", &fault.Error{Kind: fault.Invalid, Key: "account.password.old_wrong", Fields: []fault.Field{{Name: "password", Key: "account.password.old_wrong"}}}
	}
	err = s.db.Within(ctx, func(ctx context.Context) error {
		if err := s.settle(ctx, bs); err != nil {
			return err
		}
		secret, err = s.grant(ctx, userID, userID, n)
		return err
	})
	return secret, err
}

// GrantToken makes a token for a person in the name of by, who runs the machine.
func (s *Service) GrantToken(ctx context.Context, by, userID string, n NewToken) (secret string, err error) {
	if err := n.check(); err != nil {
		return "", err
	}
	err = s.db.Within(ctx, func(ctx context.Context) error {
		secret, err = s.grant(ctx, by, userID, n)
		return err
	})
	return secret, err
}

func (s *Service) grant(ctx context.Context, by, userID string, n NewToken) (string, error) {
	if err := s.db.Exclusive(ctx, "account.tokens"); err != nil {
		return "", err
	}
	row, err := s.byID(ctx, userID)
	if err != nil {
		return "", err
	}
	if !row.Active {
		return "", fault.Missing()
	}
	have, err := s.Tokens(ctx, userID)
	if err != nil {
		return "", err
	}
	if len(have) >= MaxTokens {
		return "", fault.New(fault.Conflict, "account.token.many")
	}
	now, secret := s.now(), tokenPrefix+opaque.Token()
	scopes := slices.Compact(sorted(n.Scopes))
	r := tokenRow{ID: opaque.ID(), UserID: userID, TokenHash: digest(secret), Label: strings.TrimSpace(n.Label), Scopes: strings.Join(scopes, " "),
		CreatedAt: database.Millis(now), ExpiresAt: database.Millis(now.AddDate(0, 0, n.Days))}
	if err := s.db.Conn(ctx).Create(&r).Error; err != nil {
		return "", fmt.Errorf("account: token: %w", err)
	}
	return secret, s.record(ctx, by, "user.make_token", userID, "ok",
		map[string]string{"token": r.ID, "scopes": strings.Join(scopes, ","), "days": strconv.Itoa(n.Days)})
}

// Tokens lists the tokens of a person that have not ended, the newest first.
func (s *Service) Tokens(ctx context.Context, userID string) ([]Token, error) {
	var rows []tokenRow
	err := s.db.Reader(ctx).Where("user_id = ? AND expires_at > ?", userID, database.Millis(s.now())).Order("created_at DESC, id").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("account: tokens: %w", err)
	}
	out := make([]Token, len(rows))
	for i, r := range rows {
		out[i] = r.token()
	}
	return out, nil
}

func (r tokenRow) token() Token {
	t := Token{ID: r.ID, Label: r.Label, Scopes: strings.Fields(r.Scopes), Created: database.Time(r.CreatedAt), Expires: database.Time(r.ExpiresAt)}
	if r.SeenAt > 0 {
		t.Seen = database.Time(r.SeenAt)
	}
	return t
}

// EndToken ends one token of a person; one that is not theirs is Missing.
func (s *Service) EndToken(ctx context.Context, userID, id string) error {
	return s.db.Within(ctx, func(ctx context.Context) error {
		res := s.db.Conn(ctx).Exec("DELETE FROM account_tokens WHERE id = ? AND user_id = ?", id, userID)
		if res.Error != nil {
			return fmt.Errorf("account: token: %w", res.Error)
		}
		if res.RowsAffected == 0 {
			return fault.Missing()
		}
		return s.record(ctx, userID, "user.end_token", userID, "ok", map[string]string{"token": id})
	})
}

// Bearer returns the person for whom a program acts, and the token. One that is
// unknown, has ended, or is of a closed account is the same fault.Signature.
func (s *Service) Bearer(ctx context.Context, secret string) (User, Token, error) {
	none := fault.New(fault.Signature, "account.token.none")
	if len(secret) != len(tokenPrefix)+64 || !strings.HasPrefix(secret, tokenPrefix) {
		return User{}, Token{}, none
	}
	var rows []tokenRow
	if err := s.db.Reader(ctx).Where("token_hash = ?", digest(secret)).Find(&rows).Error; err != nil {
		return User{}, Token{}, fmt.Errorf("account: token: %w", err)
	}
	now := s.now()
	if len(rows) == 0 || !now.Before(database.Time(rows[0].ExpiresAt)) {
		return User{}, Token{}, none
	}
	r := rows[0]
	row, err := s.byID(ctx, r.UserID)
	if err != nil {
		return User{}, Token{}, err
	}
	if !row.Active {
		return User{}, Token{}, none
	}
	if now.Sub(database.Time(r.SeenAt)) >= tokenSeenStep {
		if err := s.used(ctx, r); err != nil {
			return User{}, Token{}, err
		}
	}
	u, err := s.user(ctx, row)
	return u, r.token(), err
}

// used notes that a token is in use, in its row and in the ledger, once an hour.
func (s *Service) used(ctx context.Context, r tokenRow) error {
	return s.db.Within(ctx, func(ctx context.Context) error {
		res := s.db.Conn(ctx).Exec("UPDATE account_tokens SET seen_at = ? WHERE id = ? AND seen_at = ?", database.Millis(s.now()), r.ID, r.SeenAt)
		if res.Error != nil {
			return fmt.Errorf("account: token: %w", res.Error)
		}
		if res.RowsAffected == 0 {
			return nil // another request was quicker
		}
		return s.record(ctx, r.UserID, "user.use_token", r.UserID, "ok", map[string]string{"token": r.ID})
	})
}
