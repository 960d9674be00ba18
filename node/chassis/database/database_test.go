package database_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/chassis/database/dbtest"
)

func set(files map[string]string) database.Set {
	m := fstest.MapFS{}
	for n, s := range files {
		m[n] = &fstest.MapFile{Data: []byte(s)}
	}
	return database.Set{Name: "test", FS: m}
}

var one = set(map[string]string{"0001_a.sql": "CREATE TABLE a (id TEXT NOT NULL, n BIGINT NOT NULL, b BYTEA, CONSTRAINT a_pk PRIMARY KEY (id));"})

func TestWithin(t *testing.T) {
	dbtest.Each(t, []database.Set{one}, func(t *testing.T, db *database.DB) {
		ctx := context.Background()
		boom := errors.New("boom")
		called := 0
		err := db.Within(ctx, func(ctx context.Context) error {
			db.AfterCommit(ctx, func() { called++ })
			if err := db.Conn(ctx).Exec("INSERT INTO a (id, n, b) VALUES ('x', 1, ?)", []byte{0, 1, 255}).Error; err != nil {
				return err
			}
			return db.Within(ctx, func(context.Context) error { return boom })
		})
		if !errors.Is(err, boom) || called != 0 {
			t.Fatalf("got %v, %d callbacks", err, called)
		}
		var n int64
		db.Reader(ctx).Raw("SELECT count(*) FROM a").Scan(&n)
		if n != 0 {
			t.Fatalf("a rolled-back row is there")
		}
		var wg sync.WaitGroup
		errs := make([]error, 8)
		if err := db.Conn(ctx).Exec("INSERT INTO a (id, n, b) VALUES ('x', 0, ?)", []byte{0, 1, 255}).Error; err != nil {
			t.Fatal(err)
		}
		for i := range errs {
			wg.Go(func() {
				errs[i] = db.Within(ctx, func(ctx context.Context) error {
					if err := db.Exclusive(ctx, "a"); err != nil {
						return err
					}
					var v int64
					if err := db.Conn(ctx).Raw("SELECT n FROM a WHERE id = 'x'").Scan(&v).Error; err != nil {
						return err
					}
					return db.Conn(ctx).Exec("UPDATE a SET n = ? WHERE id = 'x'", v+1).Error
				})
			})
		}
		wg.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		db.Reader(ctx).Raw("SELECT n FROM a").Scan(&n)
		if n != 8 {
			t.Fatalf("8 read-modify-write transactions left %d", n)
		}
		err = db.Conn(ctx).Exec("INSERT INTO a (id, n) VALUES ('x', 0)").Error
		if !database.IsUnique(err) {
			t.Fatalf("not seen as unique violation: %v", err)
		}
		if l := fault.Label(err); l != "internal "+map[database.Dialect]string{database.SQLite: "sqlite 1555", database.Postgres: "sqlstate 23505"}[db.Dialect()] {
			t.Fatalf("its label for the log: %s", l)
		}
		if err := db.Check(ctx); err != nil {
			t.Fatal(err)
		}
	})
}

func TestMigrate(t *testing.T) {
	dbtest.Each(t, []database.Set{one}, func(t *testing.T, db *database.DB) {
		ctx := context.Background()
		if n, err := db.Migrate(ctx, one); n != 0 || err != nil {
			t.Fatalf("a second run applied %d, %v", n, err)
		}
		if _, err := db.Migrate(ctx, set(map[string]string{"0001_a.sql": "SELECT 1;"})); !errors.Is(err, database.ErrDrift) {
			t.Fatalf("a changed file: %v", err)
		}
		if _, err := db.Migrate(ctx, set(map[string]string{"0002_b.sql": "SELECT 1;"})); !errors.Is(err, database.ErrNewer) {
			t.Fatalf("a missing file: %v", err)
		}
		two := set(map[string]string{
			"0001_a.sql":          string(must(one.FS.(fstest.MapFS).ReadFile("0001_a.sql"))),
			"0002_b.sqlite.sql":   "CREATE TRIGGER a_ro BEFORE DELETE ON a BEGIN\n  SELECT raise(ABORT, 'no');\nEND;\nCREATE TABLE c (id TEXT);",
			"0002_b.postgres.sql": "CREATE FUNCTION ro() RETURNS trigger AS $$\nBEGIN\n RAISE EXCEPTION 'no';\nEND;\n$$ LANGUAGE plpgsql;\nCREATE TRIGGER a_ro BEFORE DELETE ON a FOR EACH ROW EXECUTE FUNCTION ro();\nCREATE TABLE c (id TEXT);",
			"0003_bad.sql":        "CREATE TABLE d (id TEXT);\nCREATE NONSENSE;",
		})
		if n, err := db.Migrate(ctx, two); n != 1 || err == nil {
			t.Fatalf("applied %d, %v", n, err)
		}
		s, err := db.Schema(ctx)
		if err != nil || strings.Contains(s, "TABLE d") || strings.Contains(s, "d.id") {
			t.Fatalf("a failed step left something behind: %v\n%s", err, s)
		}
		if err := db.Conn(ctx).Exec("INSERT INTO a (id, n) VALUES ('y', 0)").Error; err != nil {
			t.Fatal(err)
		}
		if err := db.Conn(ctx).Exec("DELETE FROM a").Error; err == nil {
			t.Fatal("the trigger does not hold")
		}
	})
}

func TestEncryptedFile(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "enc.db")
	key := []byte("0123456789abcdef0123456789abcdef")
	db, err := database.Open(ctx, database.Config{URL: path, Key: key})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Conn(ctx).Exec("CREATE TABLE canary_table (v TEXT)").Error; err != nil {
		t.Fatal(err)
	}
	var n int64
	if err := db.Reader(ctx).Raw("SELECT count(*) FROM canary_table").Scan(&n).Error; err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	b := must(os.ReadFile(path))
	if strings.Contains(string(b), "canary_table") || strings.HasPrefix(string(b), "SQLite format") {
		t.Fatal("the file is readable")
	}
	key[0] = 'x'
	if _, err := database.Open(ctx, database.Config{URL: path, Key: key}); err == nil {
		t.Fatal("opened with a wrong key")
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
