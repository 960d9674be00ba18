// Package dbtest gives tests a fresh, migrated database of each kind. SQLite is
// always there; PostgreSQL when SAPHAN_TEST_POSTGRES names a server (the gate
// sets it, and then its absence is a failure, not a skip).
package dbtest

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/node/chassis/database"
)

// Each runs f once for every kind of database at hand, each time on a fresh
// one to which the sets have been applied.
func Each(t *testing.T, sets []database.Set, f func(t *testing.T, db *database.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, SQLite(t, sets...)) })
	t.Run("postgres", func(t *testing.T) { f(t, Postgres(t, sets...)) })
}

// SQLite opens a fresh database in the test's own folder.
func SQLite(t testing.TB, sets ...database.Set) *database.DB {
	t.Helper()
	return open(t, "sqlite:"+filepath.Join(t.TempDir(), "test.db"), sets)
}

// Postgres opens a fresh schema of the server named by SAPHAN_TEST_POSTGRES and
// drops it afterwards. It skips where none is named, unless
// SAPHAN_TEST_POSTGRES_REQUIRED is set.
func Postgres(t testing.TB, sets ...database.Set) *database.DB {
	t.Helper()
	return open(t, Schema(t), sets)
}

// Schema returns the URL of a schema that is not there yet, for a test whose
// server opens its database itself. Otherwise it does as Postgres.
func Schema(t testing.TB) string {
	t.Helper()
	base := os.Getenv("SAPHAN_TEST_POSTGRES")
	if base == "" {
		if os.Getenv("SAPHAN_TEST_POSTGRES_REQUIRED") != "" {
			t.Fatal("SAPHAN_TEST_POSTGRES is not set")
		}
		t.Skip("SAPHAN_TEST_POSTGRES is not set: go run ./deploy/check starts a server and sets it")
	}
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	schema := "t_" + opaque.ID()
	q := u.Query()
	q.Set("search_path", schema)
	u.RawQuery = q.Encode()
	t.Cleanup(func() {
		db, err := database.Open(context.Background(), database.Config{URL: base})
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = db.Close() }()
		_ = db.Conn(context.Background()).Exec("DROP SCHEMA IF EXISTS " + schema + " CASCADE").Error
	})
	return u.String()
}

func open(t testing.TB, dsn string, sets []database.Set) *database.DB {
	t.Helper()
	ctx := context.Background()
	db, err := database.Open(ctx, database.Config{URL: dsn})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if len(sets) > 0 {
		if _, err := db.Migrate(ctx, sets...); err != nil {
			t.Fatal(err)
		}
	}
	return db
}
