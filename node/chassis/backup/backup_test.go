package backup_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"filippo.io/age"

	"github.com/saphan-network/saphan/node/chassis/account"
	"github.com/saphan-network/saphan/node/chassis/audit"
	"github.com/saphan-network/saphan/node/chassis/backup"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/chassis/database/dbtest"
)

var ctx = context.Background()

func clock() time.Time { return time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC) }

var every = database.Set{Name: "every", FS: fstest.MapFS{"0001_every.sql": {Data: []byte(
	"CREATE TABLE every_kind (id TEXT PRIMARY KEY, n BIGINT, f BOOLEAN, b BYTEA, t TEXT);")}}}

func sets() []database.Set { return []database.Set{audit.Migrations(), account.Migrations(), every} }

// filled makes a database with people, a ledger and values of every kind, and a backup of it.
func filled(t *testing.T, db *database.DB) (made []byte, id *age.X25519Identity) {
	t.Helper()
	log := audit.New(db, clock)
	people := account.New(db, clock, account.Options{Recorder: log})
	for _, login := range []string{"boss", "nok", "lek"} {
		if _, err := people.Add(ctx, "system", login, "สมมติ ตัวอย่าง", []string{"admin", "lawyer"}); err != nil {
			t.Fatal(err)
		}
	}
	ins := "INSERT INTO every_kind (id, n, f, b, t) VALUES (?, ?, ?, ?, ?)"
	for _, args := range [][]any{{"a", int64(1) << 62, true, []byte{0, 255, 10}, "ไทย\n\"x\""}, {"b", nil, nil, nil, nil}, {"c", -1, false, []byte{}, ""}} {
		if err := db.Conn(ctx).Exec(ins, args...).Error; err != nil {
			t.Fatal(err)
		}
	}
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	key := filepath.Join(t.TempDir(), "vault.key")
	if err := os.WriteFile(key, []byte("KEYCANARY"), 0o600); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	src := backup.Source{Program: "saphan-node", Version: "test", DB: db, Sets: sets(), Files: map[string]string{"vault.key": key}, Now: clock}
	if _, err := backup.Create(ctx, src, nil, &b); !errors.Is(err, backup.ErrNoRecipient) || b.Len() > 0 {
		t.Fatalf("without a recipient: %v, %d bytes", err, b.Len())
	}
	if _, err := backup.Create(ctx, src, []age.Recipient{id.Recipient()}, &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), id
}

func target(t *testing.T, db *database.DB) backup.Target {
	return backup.Target{Dir: filepath.Join(t.TempDir(), "new"), Sets: sets(), Open: func(context.Context, string) (*database.DB, error) { return db, nil }}
}

func TestRefuses(t *testing.T) {
	made, id := filled(t, dbtest.SQLite(t, sets()...))
	if bytes.Contains(made, []byte("KEYCANARY")) || bytes.Contains(made, []byte("header.json")) {
		t.Fatal("the backup is readable")
	}
	other, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	try := func(what string, b []byte, id age.Identity, to backup.Target, want error) {
		t.Helper()
		if _, err := backup.Restore(ctx, bytes.NewReader(b), []age.Identity{id}, to); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", what, err, want)
		}
	}
	try("another key", made, other, target(t, nil), backup.ErrDamaged)
	try("not a backup", []byte("hello"), id, target(t, nil), backup.ErrDamaged)
	for _, at := range []int{len(made) / 4, len(made) / 2, len(made) - 3} {
		bad := bytes.Clone(made)
		bad[at] ^= 1
		try("flipped", bad, id, target(t, dbtest.SQLite(t)), backup.ErrDamaged)
		try("cut", made[:at], id, target(t, dbtest.SQLite(t)), backup.ErrDamaged)
	}
	full := target(t, nil)
	full.Dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(full.Dir, "x"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	try("folder in use", made, id, full, backup.ErrNotEmpty)
	try("database in use", made, id, target(t, dbtest.SQLite(t, sets()...)), backup.ErrNotEmpty)
	older := target(t, dbtest.SQLite(t))
	older.Sets = older.Sets[:2]
	try("another version", made, id, older, backup.ErrOther)
}

// TestMoves restores from and to both databases.
func TestMoves(t *testing.T) {
	kinds := map[string]func(t testing.TB, s ...database.Set) *database.DB{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres}
	for from, open := range kinds {
		for to, fresh := range kinds {
			t.Run(from+" to "+to, func(t *testing.T) {
				old := open(t, sets()...)
				made, id := filled(t, old)
				if _, err := backup.Verify(ctx, bytes.NewReader(made), []age.Identity{id}, t.TempDir(), sets()); err != nil {
					t.Fatal(err)
				}
				db := fresh(t)
				tgt := target(t, db)
				var again *database.DB
				if to == "sqlite" { // Restore closes what it opened
					path := "sqlite:" + filepath.Join(t.TempDir(), "r.db")
					tgt.Open = func(context.Context, string) (*database.DB, error) {
						return database.Open(ctx, database.Config{URL: path})
					}
					defer func() { _ = again.Close() }()
				}
				m, err := backup.Restore(ctx, bytes.NewReader(made), []age.Identity{id}, tgt)
				if err != nil || len(m.Tables) != 9 {
					t.Fatalf("%v %+v", err, m.Tables)
				}
				b, err := os.ReadFile(filepath.Join(tgt.Dir, "vault.key"))
				if err != nil || string(b) != "KEYCANARY" {
					t.Fatalf("%q %v", b, err)
				}
				if to == "sqlite" {
					if again, err = tgt.Open(ctx, ""); err != nil {
						t.Fatal(err)
					}
					same(t, old, again)
				}
			})
		}
	}
}

func same(t *testing.T, a, b *database.DB) {
	t.Helper()
	type row struct {
		ID string
		N  *int64
		F  *bool
		B  []byte
		T  *string
	}
	read := func(db *database.DB) string {
		var rows []row
		if err := db.Reader(ctx).Raw("SELECT id, n, f, b, t FROM every_kind ORDER BY id").Scan(&rows).Error; err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		for _, r := range rows {
			out.WriteString(r.ID)
			if r.N != nil {
				out.WriteString(time.Duration(*r.N).String())
			}
			if r.F != nil && *r.F {
				out.WriteString(" true ")
			}
			out.Write(r.B)
			if r.T != nil {
				out.WriteString("<" + *r.T + ">")
			}
		}
		return out.String()
	}
	if x, y := read(a), read(b); x != y || x == "" {
		t.Fatalf("%q became %q", x, y)
	}
	if n, err := audit.New(b, clock).Verify(ctx); n != 3 || err != nil {
		t.Fatalf("ledger: %d %v", n, err)
	}
}
