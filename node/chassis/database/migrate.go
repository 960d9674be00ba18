package database

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strings"
	"time"
)

// Set is one owner's migrations: files NNNN_name.sql, or NNNN_name.sqlite.sql
// and NNNN_name.postgres.sql where the two must differ, applied in order of
// their number. A file that was applied is never changed again.
type Set struct {
	Name string
	FS   fs.FS
}

// Embedded is the set whose files are embedded from the folder "migrations".
func Embedded(name string, files embed.FS) Set {
	sub, err := fs.Sub(files, "migrations")
	if err != nil {
		panic("database: migrations of " + name + ": " + err.Error()) // the folder is compiled in
	}
	return Set{Name: name, FS: sub}
}

// Step is one migration file and whether it has been applied.
type Step struct {
	Set, File string
	SHA256    string
	SQL       string
	Applied   bool
}

// ErrDrift says that an applied migration file is not what it was.
var ErrDrift = errors.New("database: an applied migration has been changed")

// ErrNewer says that the database was written by a newer program.
var ErrNewer = errors.New("database: it has migrations that this program does not know")

const migrationsTable = `CREATE TABLE IF NOT EXISTS schema_migrations (
  set_name TEXT NOT NULL, file TEXT NOT NULL, sha256 TEXT NOT NULL, applied_at BIGINT NOT NULL,
  CONSTRAINT schema_migrations_pk PRIMARY KEY (set_name, file))`

// Plan lists all steps of the sets in order. It fails with ErrDrift or ErrNewer.
func (d *DB) Plan(ctx context.Context, sets ...Set) ([]Step, error) {
	if err := d.write.WithContext(ctx).Exec(migrationsTable).Error; err != nil {
		return nil, wrap("migrations table", err)
	}
	var rows []struct{ SetName, File, Sha256 string }
	if err := d.Reader(ctx).Raw("SELECT set_name, file, sha256 FROM schema_migrations").Scan(&rows).Error; err != nil {
		return nil, wrap("migrations table", err)
	}
	done := map[string]string{}
	for _, r := range rows {
		done[r.SetName+"/"+r.File] = r.Sha256
	}
	var out []Step
	for _, s := range sets {
		steps, err := d.files(s)
		if err != nil {
			return nil, err
		}
		for _, st := range steps {
			key := s.Name + "/" + st.File
			if sum, ok := done[key]; ok {
				if sum != st.SHA256 {
					return nil, fmt.Errorf("%w: %s", ErrDrift, key)
				}
				st.Applied = true
				delete(done, key)
			}
			out = append(out, st)
		}
	}
	for key := range done {
		return nil, fmt.Errorf("%w: %s", ErrNewer, key)
	}
	return out, nil
}

// Migrate applies what Plan lists as not applied, each step in a transaction.
func (d *DB) Migrate(ctx context.Context, sets ...Set) (applied int, err error) {
	steps, err := d.Plan(ctx, sets...)
	if err != nil {
		return 0, err
	}
	for _, st := range steps {
		if st.Applied {
			continue
		}
		err := d.Within(ctx, func(ctx context.Context) error {
			if err := d.Exclusive(ctx, "migrate"); err != nil {
				return err
			}
			var n int64
			if err := d.Conn(ctx).Raw("SELECT count(*) FROM schema_migrations WHERE set_name = ? AND file = ?", st.Set, st.File).Scan(&n).Error; err != nil || n > 0 {
				return err // another process was quicker
			}
			for _, q := range statements(st.SQL) {
				if err := d.Conn(ctx).Exec(q).Error; err != nil {
					return err
				}
			}
			return d.Conn(ctx).Exec("INSERT INTO schema_migrations (set_name, file, sha256, applied_at) VALUES (?, ?, ?, ?)",
				st.Set, st.File, st.SHA256, time.Now().UnixMilli()).Error
		})
		if err != nil {
			return applied, wrap("migration "+st.Set+"/"+st.File, err)
		}
		applied++
	}
	return applied, nil
}

func (d *DB) files(s Set) ([]Step, error) {
	names, err := fs.Glob(s.FS, "*.sql")
	if err != nil {
		return nil, wrap("migrations of "+s.Name, err)
	}
	sort.Strings(names)
	var out []Step
	for _, n := range names {
		parts := strings.Split(path.Base(n), ".")
		if len(parts) == 3 && Dialect(parts[1]) != d.dialect {
			continue
		}
		b, err := fs.ReadFile(s.FS, n)
		if err != nil {
			return nil, wrap("migration "+n, err)
		}
		sum := sha256.Sum256(b)
		out = append(out, Step{Set: s.Name, File: parts[0], SHA256: hex.EncodeToString(sum[:]), SQL: string(b)})
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("database: the set %q has no migrations", s.Name)
	}
	return out, nil
}

// statements splits a file at lines that end in ";" outside of $$ … $$ bodies
// and outside of trigger bodies, which begin with a line that ends in BEGIN and
// end with a line "END;".
func statements(sqlText string) []string {
	var out []string
	var cur strings.Builder
	dollar, trigger := false, false
	for _, line := range strings.Split(sqlText, "\n") {
		t := strings.TrimSpace(line)
		if !dollar && (strings.HasPrefix(t, "--") || t == "") {
			continue
		}
		cur.WriteString(line)
		cur.WriteByte('\n')
		if strings.Count(t, "$$")%2 == 1 {
			dollar = !dollar
		}
		if dollar {
			continue
		}
		up := strings.ToUpper(t)
		switch {
		case strings.HasSuffix(up, "BEGIN"):
			trigger = true
			continue
		case trigger && up == "END;":
			trigger = false
		case trigger:
			continue
		}
		if strings.HasSuffix(t, ";") {
			out = append(out, cur.String())
			cur.Reset()
		}
	}
	if strings.TrimSpace(cur.String()) != "" {
		out = append(out, cur.String())
	}
	return out
}
