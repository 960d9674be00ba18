// Package backup makes, checks and restores backups of a server. A backup is one
// age-encrypted file with the key files, the configuration and all rows of the
// database as they were at one instant; there is no unencrypted form of it. It
// is the same for SQLite and PostgreSQL, so a server can also move between them.
package backup

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sort"
	"time"

	"filippo.io/age"
	"gorm.io/gorm"

	"github.com/saphan-network/saphan/node/chassis/audit"
	"github.com/saphan-network/saphan/node/chassis/database"
)

const format = 1

// Header opens a backup: what it was made of.
type Header struct {
	Format     int       `json:"format"`
	Program    string    `json:"program"`
	Version    string    `json:"version"`
	At         time.Time `json:"at"`
	Dialect    string    `json:"dialect"`
	Migrations []string  `json:"migrations"` // set/file hash, sorted
}

// Table is one table's rows.
type Table struct {
	Name   string `json:"name"`
	Rows   int64  `json:"rows"`
	SHA256 string `json:"sha256"` // of its lines
}

// Manifest closes a backup: what must be in it.
type Manifest struct {
	Header Header            `json:"header"`
	Files  map[string]string `json:"files"` // SHA-256 by name
	Tables []Table           `json:"tables"`
	Heads  []audit.Head      `json:"heads"` // of the ledger
}

// Source is what is backed up.
type Source struct {
	Program, Version string
	DB               *database.DB
	Sets             []database.Set
	Files            map[string]string // name in the backup ("vault.key") to path
	Now              func() time.Time
}

// ErrNoRecipient says that nobody was named who could open the backup.
var ErrNoRecipient = errors.New("backup: no recipient: a backup is never written unencrypted")

// Create writes a backup that any of the recipients can open.
func Create(ctx context.Context, src Source, recipients []age.Recipient, w io.Writer) (Manifest, error) {
	if len(recipients) == 0 {
		return Manifest{}, ErrNoRecipient
	}
	m := Manifest{Files: map[string]string{}}
	migrations, err := applied(ctx, src.DB, src.Sets)
	if err != nil {
		return m, err
	}
	m.Header = Header{Format: format, Program: src.Program, Version: src.Version, At: src.Now().UTC(), Dialect: string(src.DB.Dialect()), Migrations: migrations}
	sealed, err := age.Encrypt(w, recipients...)
	if err != nil {
		return m, fmt.Errorf("backup: encrypt: %w", err)
	}
	zip := gzip.NewWriter(sealed)
	out := &writer{tar: tar.NewWriter(zip), at: m.Header.At}
	if err := out.json("header.json", m.Header); err != nil {
		return m, err
	}
	if err := out.files(src.Files, m.Files); err != nil {
		return m, err
	}
	if err := dump(ctx, src.DB, out, &m); err != nil {
		return m, err
	}
	if err := out.json("manifest.json", m); err != nil {
		return m, err
	}
	if err := errors.Join(out.tar.Close(), zip.Close(), sealed.Close()); err != nil {
		return m, fmt.Errorf("backup: write: %w", err)
	}
	return m, nil
}

// applied lists the migrations of the database; all of the program's must be there.
func applied(ctx context.Context, db *database.DB, sets []database.Set) ([]string, error) {
	steps, err := db.Plan(ctx, sets...)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, s := range steps {
		if !s.Applied {
			return nil, fmt.Errorf("backup: the migration %s/%s is waiting; use the program that wrote the database", s.Set, s.File)
		}
		out = append(out, s.Set+"/"+s.File)
	}
	sort.Strings(out)
	return out, nil
}

type writer struct {
	tar *tar.Writer
	at  time.Time
}

func (w *writer) put(name string, b []byte) error {
	h := &tar.Header{Name: name, Mode: 0o600, Size: int64(len(b)), ModTime: w.at, Format: tar.FormatPAX}
	if err := w.tar.WriteHeader(h); err != nil {
		return fmt.Errorf("backup: write: %w", err)
	}
	if _, err := w.tar.Write(b); err != nil {
		return fmt.Errorf("backup: write: %w", err)
	}
	return nil
}

func (w *writer) json(name string, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("backup: %s: %w", name, err)
	}
	return w.put(name, b)
}

func (w *writer) files(paths, sums map[string]string) error {
	names := make([]string, 0, len(paths))
	for n := range paths {
		names = append(names, n)
	}
	sort.Strings(names)
	for _, n := range names {
		b, err := os.ReadFile(paths[n])
		if err != nil {
			return fmt.Errorf("backup: file: %w", err)
		}
		sums[n] = sum(b)
		if err := w.put("files/"+n, b); err != nil {
			return err
		}
	}
	return nil
}

func sum(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// dump writes all tables as of one instant.
func dump(ctx context.Context, db *database.DB, out *writer, m *Manifest) error {
	opt := &sql.TxOptions{ReadOnly: true}
	if db.Dialect() == database.Postgres {
		opt.Isolation = sql.LevelRepeatableRead
	}
	return db.Reader(ctx).Transaction(func(tx *gorm.DB) error {
		tables, err := order(tx, db.Dialect())
		if err != nil {
			return err
		}
		for _, name := range tables {
			t, err := dumpTable(tx, out, name)
			if err != nil {
				return fmt.Errorf("backup: table %s: %w", name, err)
			}
			m.Tables = append(m.Tables, t)
		}
		return tx.Raw("SELECT chain, seq, hash FROM audit_heads ORDER BY chain").Scan(&m.Heads).Error
	}, opt)
}

// chunk is how many rows go into one entry of the archive.
const chunk = 1000

func dumpTable(tx *gorm.DB, out *writer, name string) (t Table, err error) {
	rows, err := tx.Raw(`SELECT * FROM "` + name + `"`).Rows()
	if err != nil {
		return t, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	cols, err := rows.Columns()
	if err != nil {
		return t, err
	}
	t.Name = name
	digest, buf, part := sha256.New(), &bytes.Buffer{}, 0
	first, err := json.Marshal(cols)
	if err != nil {
		return t, err
	}
	buf.Write(append(first, '\n'))
	flush := func() error {
		part++
		digest.Write(buf.Bytes())
		err := out.put(fmt.Sprintf("tables/%s/%06d.jsonl", name, part), buf.Bytes())
		buf.Reset()
		return err
	}
	for rows.Next() {
		if err := dumpRow(rows, len(cols), buf); err != nil {
			return t, err
		}
		if t.Rows++; t.Rows%chunk == 0 {
			if err := flush(); err != nil {
				return t, err
			}
		}
	}
	if err := rows.Err(); err != nil {
		return t, err
	}
	if err := flush(); err != nil {
		return t, err
	}
	t.SHA256 = hex.EncodeToString(digest.Sum(nil))
	return t, nil
}

func dumpRow(rows *sql.Rows, n int, buf *bytes.Buffer) error {
	vals, ptrs := make([]any, n), make([]any, n)
	for i := range vals {
		ptrs[i] = &vals[i]
	}
	if err := rows.Scan(ptrs...); err != nil {
		return err
	}
	cells := make([]cell, n)
	for i, v := range vals {
		c, err := toCell(v)
		if err != nil {
			return err
		}
		cells[i] = c
	}
	b, err := json.Marshal(cells)
	if err != nil {
		return err
	}
	buf.Write(append(b, '\n'))
	return nil
}

// cell is one value with its type, so that it comes back as what it was.
type cell struct {
	I *int64   `json:"i,omitempty"`
	F *float64 `json:"f,omitempty"`
	B *bool    `json:"t,omitempty"`
	S *string  `json:"s,omitempty"`
	X *[]byte  `json:"x,omitempty"`
}

func toCell(v any) (cell, error) {
	switch v := v.(type) {
	case nil:
		return cell{}, nil
	case int64:
		return cell{I: &v}, nil
	case int32:
		n := int64(v)
		return cell{I: &n}, nil
	case float64:
		return cell{F: &v}, nil
	case bool:
		return cell{B: &v}, nil
	case string:
		return cell{S: &v}, nil
	case []byte:
		if v == nil {
			return cell{}, nil
		}
		return cell{X: &v}, nil
	}
	return cell{}, fmt.Errorf("a value of the unexpected type %T", v)
}

func (c cell) value() any {
	switch {
	case c.I != nil:
		return *c.I
	case c.F != nil:
		return *c.F
	case c.B != nil:
		return *c.B
	case c.S != nil:
		return *c.S
	case c.X != nil:
		return *c.X
	}
	return nil
}
