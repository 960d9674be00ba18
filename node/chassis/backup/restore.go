package backup

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"filippo.io/age"

	"github.com/saphan-network/saphan/node/chassis/audit"
	"github.com/saphan-network/saphan/node/chassis/database"
)

// ErrDamaged says that a backup is cut, altered or not a backup.
var ErrDamaged = errors.New("backup: the file is damaged or is not a backup")

// ErrNotEmpty says that the place to restore to already holds something.
var ErrNotEmpty = errors.New("backup: the place to restore to is not empty")

// ErrOther says that the backup was made by another version of the program.
var ErrOther = errors.New("backup: made by another version; restore with that version, then upgrade")

// Target is where a backup is restored to.
type Target struct {
	Dir  string // for the files; empty or not there
	Sets []database.Set
	// Open opens the database, which must be empty, once the files are in Dir.
	Open func(ctx context.Context, dir string) (*database.DB, error)
}

var (
	fileName  = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,40}\.(key|pem|toml)$`) // never a database
	tableName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)
)

// age says that nobody has changed a backup, not who has made it: whoever knows
// the recipient's public key can make one. So no part of it is believed, and
// none is read whole that may have no end.
const (
	maxFiles  = 32
	maxFile   = 1 << 20
	maxHeader = 1 << 20  // bytes of the header, and of the manifest
	maxLine   = 64 << 20 // bytes of one row; a register that was handed in is one
)

// Restore fills an empty folder and an empty database from a backup, and checks
// every hash, every count and the ledger. On an error the database is rolled
// back; the files stay for the operator to look at.
func Restore(ctx context.Context, r io.Reader, identities []age.Identity, to Target) (Manifest, error) {
	if entries, err := os.ReadDir(to.Dir); err == nil && len(entries) > 0 {
		return Manifest{}, ErrNotEmpty
	}
	if err := os.MkdirAll(to.Dir, 0o700); err != nil {
		return Manifest{}, fmt.Errorf("backup: folder: %w", err)
	}
	plain, err := age.Decrypt(r, identities...)
	if err != nil {
		return Manifest{}, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	zip, err := gzip.NewReader(plain)
	if err != nil {
		return Manifest{}, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	in := &reader{ctx: ctx, to: to, tar: tar.NewReader(zip), files: map[string]string{}, tables: map[string]*loaded{}}
	m, err := in.all()
	if in.db != nil {
		err = errors.Join(err, in.db.Close())
	}
	return m, err
}

// Verify restores a backup into a throw-away, encrypted SQLite database under
// dir (which is removed), so that what it says is known to be restorable.
func Verify(ctx context.Context, r io.Reader, identities []age.Identity, dir string, sets []database.Set) (Manifest, error) {
	tmp, err := os.MkdirTemp(dir, "verify-")
	if err != nil {
		return Manifest{}, fmt.Errorf("backup: folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(tmp) }()
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return Manifest{}, err
	}
	return Restore(ctx, r, identities, Target{Dir: tmp, Sets: sets, Open: func(ctx context.Context, dir string) (*database.DB, error) {
		return database.Open(ctx, database.Config{URL: "sqlite:" + filepath.Join(dir, "verify.db"), Key: key})
	}})
}

type loaded struct {
	rows   int64
	cols   []string
	digest hash.Hash
}

type reader struct {
	ctx    context.Context
	to     Target
	tar    *tar.Reader
	db     *database.DB
	header Header
	files  map[string]string
	tables map[string]*loaded
	known  map[string]bool // tables of this version of the program
}

// next goes to the next part, which must be a plain file.
func (in *reader) next() (*tar.Header, error) {
	h, err := in.tar.Next()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if h.Typeflag != tar.TypeReg {
		return nil, ErrDamaged
	}
	return h, nil
}

func (in *reader) json(v any) error {
	b, err := io.ReadAll(io.LimitReader(in.tar, maxHeader+1))
	if err != nil || len(b) > maxHeader || json.Unmarshal(b, v) != nil {
		return ErrDamaged
	}
	return nil
}

// all reads the header and the files, and then everything else in one transaction.
func (in *reader) all() (Manifest, error) {
	h, err := in.next()
	if err != nil {
		return Manifest{}, err
	}
	if h.Name != "header.json" || in.json(&in.header) != nil || in.header.Format != format {
		return Manifest{}, ErrDamaged
	}
	for {
		if h, err = in.next(); err != nil {
			return Manifest{}, err
		}
		name, ok := strings.CutPrefix(h.Name, "files/")
		if !ok {
			break
		}
		if err := in.file(name); err != nil {
			return Manifest{}, err
		}
	}
	if err := in.open(); err != nil {
		return Manifest{}, err
	}
	var m Manifest
	err = in.db.Within(in.ctx, func(ctx context.Context) error {
		in.ctx = ctx
		for h.Name != "manifest.json" {
			if err := in.part(h.Name); err != nil {
				return err
			}
			if h, err = in.next(); err != nil {
				return err
			}
		}
		if err := in.json(&m); err != nil {
			return err
		}
		if _, err := in.tar.Next(); !errors.Is(err, io.EOF) {
			return ErrDamaged
		}
		return in.check(m)
	})
	return m, err
}

func (in *reader) file(name string) error {
	if _, twice := in.files[name]; twice || !fileName.MatchString(name) || len(in.files) == maxFiles {
		return ErrDamaged
	}
	b, err := io.ReadAll(io.LimitReader(in.tar, maxFile+1))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if len(b) > maxFile {
		return ErrDamaged
	}
	in.files[name] = sum(b)
	f, err := os.OpenFile(filepath.Join(in.to.Dir, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("backup: file: %w", err)
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("backup: file: %w", err)
	}
	return nil
}

func (in *reader) open() error {
	db, err := in.to.Open(in.ctx, in.to.Dir)
	if err != nil {
		return err
	}
	in.db = db
	if tables, err := order(db.Reader(in.ctx), db.Dialect()); err != nil || len(tables) > 0 {
		return errors.Join(ErrNotEmpty, err)
	}
	if _, err := db.Migrate(in.ctx, in.to.Sets...); err != nil {
		return err
	}
	have, err := applied(in.ctx, db, in.to.Sets)
	if err != nil {
		return err
	}
	if !slices.Equal(have, in.header.Migrations) {
		return ErrOther
	}
	tables, err := order(db.Reader(in.ctx), db.Dialect())
	in.known = map[string]bool{}
	for _, t := range tables {
		in.known[t] = true
	}
	return err
}

// part loads one chunk of rows.
func (in *reader) part(name string) error {
	rest, ok := strings.CutPrefix(name, "tables/")
	table := path.Dir(rest)
	if !ok || !in.known[table] {
		return ErrDamaged
	}
	t, first := in.tables[table], false
	if t == nil {
		t, first = &loaded{digest: sha256.New()}, true
		in.tables[table] = t
	}
	lines := bufio.NewScanner(io.TeeReader(in.tar, t.digest))
	lines.Buffer(nil, maxLine)
	if first {
		if err := t.columns(lines); err != nil {
			return err
		}
	}
	insert := `INSERT INTO "` + table + `" ("` + strings.Join(t.cols, `", "`) + `") VALUES (?` + strings.Repeat(", ?", len(t.cols)-1) + ")"
	for lines.Scan() {
		var cells []cell
		if json.Unmarshal(lines.Bytes(), &cells) != nil || len(cells) != len(t.cols) {
			return ErrDamaged
		}
		args := make([]any, len(cells))
		for i, c := range cells {
			args[i] = c.value()
		}
		if err := in.db.Conn(in.ctx).Exec(insert, args...).Error; err != nil {
			return fmt.Errorf("backup: table %s: %w", table, err)
		}
		t.rows++
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return nil
}

// columns reads the names in front of a table's rows.
func (t *loaded) columns(lines *bufio.Scanner) error {
	if !lines.Scan() || json.Unmarshal(lines.Bytes(), &t.cols) != nil || len(t.cols) == 0 {
		return ErrDamaged
	}
	for _, c := range t.cols {
		if !tableName.MatchString(c) {
			return ErrDamaged
		}
	}
	return nil
}

// check compares what was read with what the manifest says, and walks the ledger.
func (in *reader) check(m Manifest) error {
	if len(m.Files) != len(in.files) || len(m.Tables) != len(in.tables) {
		return ErrDamaged
	}
	for n, s := range m.Files {
		if in.files[n] != s {
			return ErrDamaged
		}
	}
	for _, t := range m.Tables {
		l := in.tables[t.Name]
		if l == nil || l.rows != t.Rows || hex.EncodeToString(l.digest.Sum(nil)) != t.SHA256 {
			return fmt.Errorf("%w: table %s", ErrDamaged, t.Name)
		}
	}
	log := audit.New(in.db, time.Now)
	if _, err := log.Verify(in.ctx); err != nil {
		return err
	}
	return log.VerifyHeads(in.ctx, m.Heads)
}
