// Package vault seals class A and B values for storage. Every scope (a case) has
// a key of its own, which lies in the database sealed with the server's key;
// the server's key lies in a file of mode 0600 outside of it. Whoever has only
// the database can read nothing; whoever deletes a scope's key has erased it.
package vault

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"embed"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"time"

	"gorm.io/gorm/clause"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/chassis/database"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations returns the table of the scopes' keys.
func Migrations() database.Set { return database.Embedded("vault", migrations) }

// KeySize is the size of every key here, in bytes (AES-256).
const KeySize = 32

// maxCached bounds how many scopes' keys are kept in memory.
const maxCached = 4096

// ErrUnreadable says that a value cannot be opened: another scope's, altered, or
// sealed under another server's key.
var ErrUnreadable = errors.New("vault: the value cannot be opened")

// Vault implements clinic.Vault.
type Vault struct {
	db    *database.DB
	now   func() time.Time
	kek   cipher.AEAD
	blind []byte

	mu    sync.Mutex
	cache map[string]cipher.AEAD
	epoch uint64 // counts Forgets: a key read before one is not kept after it
}

type keyRow struct {
	Scope     string
	Sealed    []byte
	CreatedAt int64
}

// TableName is gorm's.
func (keyRow) TableName() string { return "vault_keys" }

// New returns a vault over db under the server's key of KeySize bytes.
func New(db *database.DB, key []byte, now func() time.Time) (*Vault, error) {
	if len(key) != KeySize {
		return nil, fmt.Errorf("vault: the key must have %d bytes", KeySize)
	}
	wrap, err := hkdf.Key(sha256.New, key, nil, "saphan vault scope keys v1", KeySize)
	if err != nil {
		return nil, err
	}
	blind, err := hkdf.Key(sha256.New, key, nil, "saphan vault blind index v1", KeySize)
	if err != nil {
		return nil, err
	}
	kek, err := aead(wrap)
	if err != nil {
		return nil, err
	}
	return &Vault{db: db, now: now, kek: kek, blind: blind, cache: map[string]cipher.AEAD{}}, nil
}

func aead(key []byte) (cipher.AEAD, error) {
	b, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(b)
}

// Seal encrypts plain for a scope, making the scope's key at its first use.
func (v *Vault) Seal(ctx context.Context, scope string, plain []byte) ([]byte, error) {
	if scope == "" {
		return nil, errors.New("vault: a scope is needed")
	}
	k, err := v.key(ctx, scope, true)
	if err != nil {
		return nil, err
	}
	return k.Seal(nil, nil, plain, []byte(scope)), nil
}

// Open decrypts what Seal made for the scope. A forgotten scope is a
// fault.NotFound; anything else that does not fit is ErrUnreadable.
func (v *Vault) Open(ctx context.Context, scope string, sealed []byte) ([]byte, error) {
	k, err := v.key(ctx, scope, false)
	if err != nil {
		return nil, err
	}
	plain, err := k.Open(nil, nil, sealed, []byte(scope))
	if err != nil {
		return nil, ErrUnreadable
	}
	return plain, nil
}

// Forget deletes the scope's key: what was sealed with it can never be opened again.
func (v *Vault) Forget(ctx context.Context, scope string) error {
	if err := v.db.Conn(ctx).Where("scope = ?", scope).Delete(&keyRow{}).Error; err != nil {
		return err
	}
	v.drop(scope)
	// Until the deletion commits, another reader may put the key back.
	v.db.AfterCommit(ctx, func() { v.drop(scope) })
	return nil
}

func (v *Vault) drop(scope string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.epoch++
	delete(v.cache, scope)
}

// Blind returns a keyed 64-bit token of a term: equal terms have equal tokens on
// this server, and without its key a token says nothing.
func (v *Vault) Blind(term string) int64 {
	m := hmac.New(sha256.New, v.blind)
	m.Write([]byte(term))
	return int64(binary.BigEndian.Uint64(m.Sum(nil)))
}

// key returns the scope's key. Keys made or read inside a transaction are not
// cached, because the transaction may be rolled back.
func (v *Vault) key(ctx context.Context, scope string, create bool) (cipher.AEAD, error) {
	v.mu.Lock()
	k, ok := v.cache[scope]
	epoch := v.epoch
	v.mu.Unlock()
	if ok {
		return k, nil
	}
	var r keyRow
	err := v.db.Reader(ctx).Where("scope = ?", scope).Take(&r).Error
	switch {
	case err == nil:
	case !database.IsMissing(err):
		return nil, err
	case !create:
		return nil, fault.Missing()
	default:
		if r, err = v.create(ctx, scope); err != nil {
			return nil, err
		}
	}
	raw, err := v.kek.Open(nil, nil, r.Sealed, []byte(scope))
	if err != nil {
		return nil, ErrUnreadable
	}
	if k, err = aead(raw); err != nil {
		return nil, err
	}
	if !v.db.InTx(ctx) {
		v.keep(scope, k, epoch)
	}
	return k, nil
}

func (v *Vault) keep(scope string, k cipher.AEAD, epoch uint64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.epoch != epoch {
		return
	}
	if len(v.cache) >= maxCached {
		clear(v.cache)
	}
	v.cache[scope] = k
}

func (v *Vault) create(ctx context.Context, scope string) (keyRow, error) {
	raw := make([]byte, KeySize)
	if _, err := rand.Read(raw); err != nil {
		return keyRow{}, err
	}
	r := keyRow{Scope: scope, Sealed: v.kek.Seal(nil, nil, raw, []byte(scope)), CreatedAt: database.Millis(v.now())}
	if err := v.db.Conn(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&r).Error; err != nil {
		return keyRow{}, err
	}
	// Another process may have been quicker; what is in the table counts.
	err := v.db.Conn(ctx).Where("scope = ?", scope).Take(&r).Error
	return r, err
}
