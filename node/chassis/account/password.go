package account

import (
	"bufio"
	"context"
	_ "embed"
	"errors"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/unicode/norm"

	"github.com/saphan-network/saphan/federation/fault"
)

//go:embed common.txt
var commonList string

// Lengths of a password, in characters and in bytes.
const (
	MinPassword      = 10
	maxPasswordBytes = 512
)

// hasher computes argon2id hashes, a few at a time, so that a flood of sign-ins
// cannot take the server's memory.
type hasher struct {
	slots  chan struct{}
	params *argon2id.Params
	decoy  func() string
}

func newHasher(parallel int) *hasher {
	h := &hasher{
		slots: make(chan struct{}, parallel),
		// OWASP's minimum for argon2id.
		params: &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32},
	}
	h.decoy = sync.OnceValue(func() string {
		v, err := argon2id.CreateHash("nobody has this password", h.params)
		if err != nil {
			panic("account: the system has no randomness: " + err.Error())
		}
		return v
	})
	return h
}

func (h *hasher) enter(ctx context.Context) error {
	select {
	case h.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fault.Wrap(fault.Unavailable, "error.unavailable", ctx.Err())
	}
}

func (h *hasher) create(ctx context.Context, password string) (string, error) {
	if err := h.enter(ctx); err != nil {
		return "", err
	}
	defer func() { <-h.slots }()
	return argon2id.CreateHash(norm.NFKC.String(password), h.params)
}

// check compares; an empty hash costs the same work and never matches.
func (h *hasher) check(ctx context.Context, password, hash string) (bool, error) {
	decoy := h.decoy()
	if err := h.enter(ctx); err != nil {
		return false, err
	}
	defer func() { <-h.slots }()
	against := hash
	if hash == "" {
		against = decoy
	}
	ok, err := argon2id.ComparePasswordAndHash(norm.NFKC.String(password), against)
	if err != nil {
		return false, errors.New("account: a stored password hash cannot be read")
	}
	return ok && hash != "", nil
}

// CheckPassword says whether a person with this login and name may choose the
// password: at least MinPassword characters, not one that everybody tries first,
// not their own login or name. There are no other rules.
func CheckPassword(password, login, name string) error {
	bad := func(key string) error {
		return &fault.Error{Kind: fault.Invalid, Key: key, Fields: []fault.Field{{Name: "password", Key: key}}}
	}
	if utf8.RuneCountInString(password) < MinPassword {
		return bad("account.password.short")
	}
	if len(password) > maxPasswordBytes || !utf8.ValidString(password) {
		return bad("account.password.long")
	}
	folded := fold(password)
	if first, _ := utf8.DecodeRuneInString(folded); strings.Count(folded, string(first)) == utf8.RuneCountInString(folded) {
		return bad("account.password.common")
	}
	for _, own := range append(strings.Fields(name), login, name) {
		if own = fold(own); utf8.RuneCountInString(own) >= 4 && strings.Contains(folded, own) &&
			utf8.RuneCountInString(folded)-utf8.RuneCountInString(own) < 6 {
			return bad("account.password.own_name")
		}
	}
	bare := strings.TrimRight(folded, "0123456789!.")
	sc := bufio.NewScanner(strings.NewReader(commonList))
	for sc.Scan() {
		w := strings.TrimSpace(sc.Text())
		if w != "" && (folded == w || bare == w || folded == w+w) {
			return bad("account.password.common")
		}
	}
	return nil
}

func fold(s string) string {
	return strings.ReplaceAll(strings.ToLower(norm.NFKC.String(s)), " ", "")
}
