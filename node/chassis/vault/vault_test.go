package vault_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/chassis/database/dbtest"
	"github.com/saphan-network/saphan/node/chassis/vault"
)

func open(t *testing.T, db *database.DB, b byte) *vault.Vault {
	t.Helper()
	v, err := vault.New(db, bytes.Repeat([]byte{b}, vault.KeySize), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestVault(t *testing.T) {
	dbtest.Each(t, []database.Set{vault.Migrations()}, func(t *testing.T, db *database.DB) {
		ctx := context.Background()
		v := open(t, db, 1)
		if _, err := v.Open(ctx, "case-1", []byte("nothing")); !fault.Is(err, fault.NotFound) {
			t.Errorf("an unknown scope: %v", err)
		}
		if _, err := v.Seal(ctx, "", []byte("x")); err == nil {
			t.Error("sealed without a scope")
		}
		secret := []byte("นางสาวทดลอง")
		sealed, err := v.Seal(ctx, "case-1", secret)
		if err != nil || bytes.Contains(sealed, secret) {
			t.Fatalf("%v, or in the clear", err)
		}
		if _, err := v.Seal(ctx, "case-2", secret); err != nil {
			t.Fatal(err)
		}
		if _, err := v.Open(ctx, "case-2", sealed); !errors.Is(err, vault.ErrUnreadable) {
			t.Errorf("another scope's value: %v", err)
		}
		bad := bytes.Clone(sealed)
		bad[len(bad)-1] ^= 1
		if _, err := v.Open(ctx, "case-1", bad); !errors.Is(err, vault.ErrUnreadable) {
			t.Errorf("an altered value: %v", err)
		}
		if _, err := open(t, db, 2).Open(ctx, "case-1", sealed); !errors.Is(err, vault.ErrUnreadable) {
			t.Errorf("another server's key: %v", err)
		}
		if got, err := open(t, db, 1).Open(ctx, "case-1", sealed); err != nil || !bytes.Equal(got, secret) {
			t.Errorf("after a restart: %q, %v", got, err)
		}
		if err := v.Forget(ctx, "case-1"); err != nil {
			t.Fatal(err)
		}
		if _, err := v.Open(ctx, "case-1", sealed); !fault.Is(err, fault.NotFound) {
			t.Errorf("a forgotten scope: %v", err)
		}
		boom := errors.New("boom")
		err = db.Within(ctx, func(ctx context.Context) error {
			if _, err := v.Seal(ctx, "case-3", secret); err != nil {
				return err
			}
			return boom
		})
		if !errors.Is(err, boom) {
			t.Fatal(err)
		}
		again, err := v.Seal(ctx, "case-3", secret)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := open(t, db, 1).Open(ctx, "case-3", again); err != nil || !bytes.Equal(got, secret) {
			t.Errorf("after a rolled-back first use: %q, %v", got, err)
		}
		if v.Blind("กขค") != open(t, db, 1).Blind("กขค") || v.Blind("กขค") == v.Blind("กขง") || v.Blind("กขค") == open(t, db, 2).Blind("กขค") {
			t.Error("blind tokens must depend on the term and on the key, and on nothing else")
		}
	})
}

func TestKeyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys", "vault.key")
	key, err := vault.LoadOrCreateKey(path)
	if err != nil || len(key) != vault.KeySize {
		t.Fatalf("%d bytes, %v", len(key), err)
	}
	again, err := vault.LoadOrCreateKey(path)
	if err != nil || !bytes.Equal(key, again) {
		t.Fatalf("a second start has another key: %v", err)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := vault.LoadOrCreateKey(path); err == nil {
		t.Error("a key that the group may read was taken")
	}
	if err := os.WriteFile(path, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := vault.LoadOrCreateKey(path); err == nil {
		t.Error("a broken key was taken")
	}
}

// A reader that is quicker than the commit must not keep a forgotten key alive.
func TestForgetBeatsTheCache(t *testing.T) {
	dbtest.Each(t, []database.Set{vault.Migrations()}, func(t *testing.T, db *database.DB) {
		ctx := context.Background()
		v, err := vault.New(db, make([]byte, vault.KeySize), time.Now)
		if err != nil {
			t.Fatal(err)
		}
		sealed, err := v.Seal(ctx, "case", []byte("x"))
		if err != nil {
			t.Fatal(err)
		}
		err = db.Within(ctx, func(tx context.Context) error {
			if err := v.Forget(tx, "case"); err != nil {
				return err
			}
			_, err := v.Open(ctx, "case", sealed) // another request, which still sees the key
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := v.Open(ctx, "case", sealed); err == nil {
			t.Fatal("a forgotten value was opened")
		}
	})
}
