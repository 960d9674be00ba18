package backup_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"

	"github.com/saphan-network/saphan/node/chassis/backup"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/chassis/database/dbtest"
)

// part is one entry of the archive inside of a backup.
type part struct {
	name string
	body []byte
	kind byte
	to   string
	size int64 // instead of body: so many blanks
}

func unpacked(t testing.TB, made []byte, id *age.X25519Identity) []part {
	t.Helper()
	plain, err := age.Decrypt(bytes.NewReader(made), id)
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(plain)
	if err != nil {
		t.Fatal(err)
	}
	var out []part
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, part{name: h.Name, body: b, kind: tar.TypeReg})
	}
}

// packed makes a backup of any parts, as everybody can who knows the public key.
func packed(t testing.TB, parts []part, to age.Recipient) []byte {
	t.Helper()
	var b bytes.Buffer
	sealed, err := age.Encrypt(&b, to)
	if err != nil {
		t.Fatal(err)
	}
	z := gzip.NewWriter(sealed)
	w := tar.NewWriter(z)
	blank := bytes.Repeat([]byte(" "), 1<<20)
	for _, p := range parts {
		h := &tar.Header{Name: p.name, Mode: 0o4777, Typeflag: p.kind, Linkname: p.to, Size: max(p.size, int64(len(p.body)))}
		if p.kind != tar.TypeReg {
			h.Size = 0
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if p.kind != tar.TypeReg {
			continue
		}
		for left := p.size; left > 0; left -= int64(len(blank)) {
			if _, err := w.Write(blank); err != nil {
				t.Fatal(err)
			}
		}
		if p.size == 0 {
			if _, err := w.Write(p.body); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := errors.Join(w.Close(), z.Close(), sealed.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Backups that somebody has made who knows the public key and nothing else: they
// are refused, nothing is written outside of the folder, and the database stays empty.
func TestForgedBackups(t *testing.T) {
	made, id := filled(t, dbtest.SQLite(t, sets()...))
	good := unpacked(t, made, id)
	file := func(name, body string) part { return part{name: name, body: []byte(body), kind: tar.TypeReg} }
	at := func(name string) int {
		return slices.IndexFunc(good, func(p part) bool { return strings.HasPrefix(p.name, name) })
	}
	insert := func(before string, p ...part) []part { return slices.Insert(slices.Clone(good), at(before), p...) }
	change := func(name, old, new string) []part {
		out := slices.Clone(good)
		i := at(name)
		if !bytes.Contains(out[i].body, []byte(old)) {
			t.Fatalf("%q is not in %s", old, name)
		}
		out[i].body = bytes.Replace(out[i].body, []byte(old), []byte(new), 1)
		return out
	}
	outside := filepath.Join(t.TempDir(), "outside")
	attacks := map[string][]part{
		"nothing": nil, "no header": good[1:], "two headers": insert("files/", good[0]), "cut after the files": good[:at("tables/")],
		"no manifest": good[:len(good)-1], "something behind it": append(slices.Clone(good), file("files/x.key", "x")),
		"another format":              change("header.json", `"format": 1`, `"format": 2`),
		"a header of rows":            change("header.json", `{`, `[{`),
		"out of the folder by dots":   insert("files/", file("files/../../evil.key", "x")),
		"out of it by an address":     insert("files/", file("files/"+outside, "x")),
		"out of it by a backslash":    insert("files/", file(`files/..\evil.key`, "x")),
		"a file of a file":            insert("files/", file("files/vault.key/evil.key", "x")),
		"a hidden file":               insert("files/", file("files/.ssh.key", "x")),
		"a database of one's own":     insert("files/", file("files/saphan.db", "SQLite format 3")),
		"its journal":                 insert("files/", file("files/saphan.db-wal", "x")),
		"a program":                   insert("files/", file("files/saphan-node", "#!/bin/sh")),
		"one file twice":              insert("files/", file("files/vault.key", "x")),
		"a symbolic link":             insert("files/", part{name: "files/vault2.key", kind: tar.TypeSymlink, to: outside}),
		"a hard link":                 insert("files/", part{name: "files/vault2.key", kind: tar.TypeLink, to: "/etc/passwd"}),
		"a folder":                    insert("files/", part{name: "files/d", kind: tar.TypeDir}),
		"a device":                    insert("files/", part{name: "files/d.key", kind: tar.TypeChar}),
		"a pipe":                      insert("files/", part{name: "files/d.key", kind: tar.TypeFifo}),
		"a file without end":          insert("files/", part{name: "files/d.key", kind: tar.TypeReg, size: 8 << 20}),
		"a header without end":        {{name: "header.json", kind: tar.TypeReg, size: 8 << 20}},
		"a row without end":           insert("tables/", part{name: "tables/every_kind/000000.jsonl", kind: tar.TypeReg, size: 96 << 20}),
		"a manifest without end":      append(slices.Clone(good[:len(good)-1]), part{name: "manifest.json", kind: tar.TypeReg, size: 8 << 20}),
		"a table that is not ours":    insert("manifest", file("tables/pg_authid/000001.jsonl", "[\"rolname\"]\n[{\"s\":\"evil\"}]\n")),
		"the table of tables":         insert("manifest", file("tables/sqlite_schema/000001.jsonl", "[\"name\"]\n[{\"s\":\"evil\"}]\n")),
		"the table of migrations":     insert("manifest", file("tables/schema_migrations/000001.jsonl", "[\"name\"]\n[{\"s\":\"evil\"}]\n")),
		"a table by its schema":       insert("manifest", file("tables/main.every_kind/000001.jsonl", "[\"id\"]\n[{\"s\":\"evil\"}]\n")),
		"SQL in the name of a table":  insert("manifest", file(`tables/every_kind" (id) VALUES ('x'); --/000001.jsonl`, "[\"id\"]\n[{\"s\":\"evil\"}]\n")),
		"SQL in the name of a column": change("tables/every_kind/", `"id"`, `"id\") VALUES ('x'); DROP TABLE every_kind; --"`),
		"more rows than told":         change("tables/every_kind/", "\n", "\n[{\"s\":\"evil\"},{},{},{},{}]\n"),
		"a row changed":               change("tables/every_kind/", `"i":-1`, `"i":-2`),
		"a row too short":             change("tables/every_kind/", `[{"s":"b"},`, `[`),
		"a row that is no row":        change("tables/every_kind/", `[{"s":"b"},`, `{"s":"b"},[`),
		"a line of the ledger gone":   change("manifest.json", `"seq": 3`, `"seq": 2`),
		"many files":                  insert("files/", many()...),
	}
	for name, parts := range attacks {
		t.Run(name, func(t *testing.T) {
			raw := packed(t, parts, id.Recipient())
			path := filepath.Join(t.TempDir(), "r.db")
			tgt := target(t, nil)
			tgt.Open = func(context.Context, string) (*database.DB, error) {
				return database.Open(ctx, database.Config{URL: "sqlite:" + path})
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := backup.Restore(ctx, bytes.NewReader(raw), []age.Identity{id}, tgt)
			runtime.ReadMemStats(&after)
			if err == nil {
				t.Errorf("%v", err)
			}
			if used := (after.TotalAlloc - before.TotalAlloc) >> 20; used > 300 {
				t.Errorf("%d MB were taken", used)
			}
			if _, err := os.Lstat(outside); !errors.Is(err, os.ErrNotExist) {
				t.Error("something was written outside")
			}
			nothingBut(t, tgt.Dir, path)
		})
	}
	if _, err := backup.Verify(ctx, bytes.NewReader(packed(t, good, id.Recipient())), []age.Identity{id}, t.TempDir(), sets()); err != nil {
		t.Errorf("the good one, packed by hand: %v", err)
	}
}

func many() (out []part) {
	for i := range 100 {
		out = append(out, part{name: "files/k" + strings.Repeat("x", i%40) + string(rune('a'+i/40)) + ".key", body: []byte("x"), kind: tar.TypeReg})
	}
	return out
}

// nothingBut says that only plain files of mode 0600 are in a folder, none beside
// it, and no row in the database.
func nothingBut(t *testing.T, dir, path string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if info, err := e.Info(); err != nil || info.Mode() != 0o600 || info.Size() > 1<<20 {
			t.Errorf("%s: %v %v", e.Name(), info.Mode(), err)
		}
	}
	if beside, err := os.ReadDir(filepath.Dir(dir)); err != nil || len(beside) > 1 {
		t.Errorf("beside the folder: %v %v", beside, err)
	}
	if _, err := os.Stat(path); err != nil {
		return // it did not come to that
	}
	db, err := database.Open(ctx, database.Config{URL: "sqlite:" + path})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var tables []string
	db.Reader(ctx).Raw("SELECT name FROM sqlite_schema WHERE type = 'table' AND name IN ('every_kind', 'account_users')").Scan(&tables)
	for _, name := range tables {
		var n int64
		if db.Reader(ctx).Raw("SELECT count(*) FROM " + name).Scan(&n); n != 0 {
			t.Errorf("%d rows were kept in %s", n, name)
		}
	}
}

// FuzzArchive: whatever is in the envelope, up to where the database is opened,
// ends in one of our errors.
func FuzzArchive(f *testing.F) {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		f.Fatal(err)
	}
	header, err := json.Marshal(backup.Header{Format: 1})
	if err != nil {
		f.Fatal(err)
	}
	for _, parts := range [][]part{nil, {{name: "header.json", body: header, kind: tar.TypeReg}, {name: "files/vault.key", body: []byte("x"), kind: tar.TypeReg},
		{name: "tables/x/1.jsonl", kind: tar.TypeReg}}, {{name: "header.json", kind: tar.TypeSymlink, to: "x"}}} {
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		for _, p := range parts {
			_ = w.WriteHeader(&tar.Header{Name: p.name, Typeflag: p.kind, Linkname: p.to, Size: int64(len(p.body))})
			_, _ = w.Write(p.body)
		}
		_ = w.Close()
		f.Add(b.Bytes())
	}
	opened := errors.New("the database is opened")
	f.Fuzz(func(t *testing.T, raw []byte) {
		var b bytes.Buffer
		sealed, err := age.Encrypt(&b, id.Recipient())
		if err != nil {
			t.Fatal(err)
		}
		z := gzip.NewWriter(sealed)
		_, _ = z.Write(raw)
		if err := errors.Join(z.Close(), sealed.Close()); err != nil {
			t.Fatal(err)
		}
		tgt := target(t, nil)
		tgt.Open = func(context.Context, string) (*database.DB, error) { return nil, opened }
		if _, err := backup.Restore(ctx, &b, []age.Identity{id}, tgt); !errors.Is(err, backup.ErrDamaged) && !errors.Is(err, opened) {
			t.Fatal(err)
		}
	})
}
