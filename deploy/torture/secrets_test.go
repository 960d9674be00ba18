package torture_test

import (
	"context"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/saphan-network/saphan/node/chassis/database"
)

var (
	digits = regexp.MustCompile(`\\x[0-9a-f]+`)
	full   = regexp.MustCompile(`\b[0-9a-f]{64}\b`)
	place  = regexp.MustCompile(`(?:บ้าน|บ\.)\s*(\S{5,})`)
)

// secrets are the names, numbers, telephones and villages of the whole register,
// as the program itself reads them without a server.
func (w *world) secrets() []string {
	w.t.Helper()
	var plan struct {
		Records []struct{ Values map[string]any }
	}
	kept := w.north.said
	w.north.said = &said{} // a dry run prints all values, as its help says
	w.north.ask(&plan, 0, "import", "--dry-run", register)
	w.north.said = kept
	seen := map[string]bool{}
	for _, r := range plan.Records {
		for _, key := range []string{"full_name", "given_name", "surname", "nickname", "phone", "address", "id", "problem", "note"} {
			v, _ := r.Values[key].(string)
			if m, ok := r.Values[key].(map[string]any); ok {
				v, _ = m["value"].(string)
			}
			if m := place.FindStringSubmatch(v); key == "address" && m != nil {
				seen[m[1]] = true
			}
			seen[strings.TrimSpace(v)] = true
		}
	}
	var out []string
	for v := range seen {
		if len([]rune(v)) >= 5 {
			out = append(out, v)
		}
	}
	slices.Sort(out)
	return out
}

// silent wants no value of the register in anything that a program has said, in
// any byte of a data folder, or in the clear in any row of a database.
func (w *world) silent(db func(name string) string, files []string) {
	w.t.Helper()
	secrets := w.secrets()
	if len(secrets) < 200 {
		w.t.Fatalf("only %d values: nothing would be proved", len(secrets))
	}
	leaks := func(text string) bool {
		return slices.ContainsFunc(secrets, func(s string) bool { return strings.Contains(text, s) })
	}
	for _, f := range files { // what is looked for is there, for who may see it
		if code, page := w.as(w.north, "caseworker").post(f+"/identity", map[string][]string{}); code != 200 || !leaks(page) {
			w.t.Errorf("a case shows its caseworker nobody that is looked for: %d", code)
		}
	}
	for _, m := range w.machines() {
		said := m.said.String()
		if strings.Count(said, `"serving"`) != m.starts || leaks(said) {
			w.t.Errorf("%s was not heard in full, or has said a value of the register", m.name)
		}
		for name, text := range contents(w.t, m.dir) {
			if leaks(text) {
				w.t.Errorf("a value of the register stands in %s of %s", name, m.name)
			}
			if name == "config.toml" && !strings.Contains(text, m.base) {
				w.t.Errorf("the settings of %s were not read", m.name)
			}
		}
		if at := db(m.name); at != "" {
			text := rows(w.t, at)
			if leaks(text) || !strings.Contains(text, m.base) {
				w.t.Errorf("the tables of %s were not read, or hold a value of the register in the clear", m.name)
			}
		}
	}
}

// contents are all files of a folder by name.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path) //nolint:gosec // of the test's own folder
		out[d.Name()] += string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// rows are all rows of a PostgreSQL schema as text, as somebody who has got hold
// of the database would read them.
func rows(t *testing.T, at string) string {
	t.Helper()
	ctx := context.Background()
	db, err := database.Open(ctx, database.Config{URL: at})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var tables []string
	if err := db.Reader(ctx).Raw("SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()").Scan(&tables).Error; err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, table := range tables {
		var lines []string
		if err := db.Reader(ctx).Raw(`SELECT t::text FROM "` + table + `" t`).Scan(&lines).Error; err != nil {
			t.Fatal(err)
		}
		b.WriteString(strings.Join(lines, "\n"))
	}
	return digits.ReplaceAllStringFunc(b.String(), func(s string) string { // bytes as they were written
		raw, err := hex.DecodeString(s[len(`\x`):])
		if err != nil {
			return s
		}
		return string(raw)
	})
}
