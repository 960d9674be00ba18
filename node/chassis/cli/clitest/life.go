package clitest

import (
	"bytes"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/saphan-network/saphan/node/chassis/cli"
)

// Life sets a server up in an empty folder, runs it, breaks it, backs it up and
// brings it back. first and others are roles that the program knows besides
// that of the administrator.
func Life(t *testing.T, p cli.Program, first string, others ...string) {
	t.Helper()
	o := New(t, p)
	for _, args := range [][]string{{"serve", "--base-url", o.Base}, {"doctor"}, {"user", "list"}, {"backup", "create"}, {"migrate", "up"}, {"ledger", "export", "-"}} {
		o.Run(cli.ExitNoInit, args...)
	}
	for _, args := range [][]string{{"bogus"}, {"--bogus"}, {"init"}, {"init", "--base-url", "ftp://x"}, {"init", "too", "much"}, {"user", "add"}} {
		o.Run(cli.ExitUsage, args...)
	}
	if left, _ := os.ReadDir(o.Dir); len(left) > 0 {
		t.Fatalf("commands that failed left %v", left)
	}
	var made struct {
		Link     string `json:"link"`
		Identity string `json:"backup_identity"`
	}
	o.Read(&made, cli.ExitOK, "init", "--base-url", o.Base, "--org.name", "คลินิกสาธิต")
	if !strings.HasPrefix(made.Link, o.Base+p.LinkPath) {
		t.Fatalf("the first link is %s", made.Link)
	}
	for _, n := range []string{"config.toml", "vault.key", "database.key", "saphan.db", "backup-identity.txt"} {
		if st, err := os.Stat(filepath.Join(o.Dir, n)); err != nil || st.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", n, st, err)
		}
	}
	file := filepath.Join(o.Dir, "config.toml")
	before, err := os.ReadFile(file) //nolint:gosec // of the test's own folder
	if err != nil {
		t.Fatal(err)
	}
	o.Run(cli.ExitConflict, "init", "--base-url", o.Base)
	if after, err := os.ReadFile(file); err != nil || !bytes.Equal(before, after) { //nolint:gosec // of the test's own folder
		t.Error("a second init wrote over the first")
	}
	o.people(first, others)
	o.inUse(strings.TrimPrefix(made.Link, o.Base))
	o.ledger()
	o.recover(made.Identity)
}

// ledger copies the ledger, has the copy checked without a server and against this
// one, and finds out what is done to the copy.
func (o *Operator) ledger() {
	o.T.Helper()
	file := filepath.Join(o.T.TempDir(), "copy.jsonl")
	o.Run(cli.ExitUsage, "ledger", "verify", file)
	var made, seen struct {
		Server string `json:"server"`
		Lines  int    `json:"lines"`
		OK     bool   `json:"ok"`
		What   string `json:"what"`
		Line   int    `json:"line"`
	}
	o.Read(&made, cli.ExitOK, "ledger", "export", file)
	if made.Lines == 0 || made.Server != o.Base {
		o.T.Errorf("exported: %+v", made)
	}
	o.Run(cli.ExitConflict, "ledger", "export", file)
	nowhere := o.At(filepath.Join(o.T.TempDir(), "nothing"))
	nowhere.Read(&seen, cli.ExitOK, "ledger", "verify", file)
	if !seen.OK || seen.Lines != made.Lines {
		o.T.Errorf("the copy: %+v, exported %+v", seen, made)
	}
	o.Run(cli.ExitOK, "ledger", "compare", file)
	text, err := os.ReadFile(file) //nolint:gosec // of the test's own folder
	if err != nil {
		o.T.Fatal(err)
	}
	if err := os.WriteFile(file, bytes.Replace(text, []byte(`"outcome":"ok"`), []byte(`"outcome":"no"`), 1), 0o600); err != nil {
		o.T.Fatal(err)
	}
	for _, sub := range []string{"verify", "compare"} {
		o.Read(&seen, cli.ExitCheck, "ledger", sub, file)
		if seen.OK || seen.What != "altered" || seen.Line < 2 {
			o.T.Errorf("%s of a changed copy: %+v", sub, seen)
		}
	}
}

func (o *Operator) people(first string, others []string) {
	o.T.Helper()
	o.Run(cli.ExitOK, "user", "add", "nok", "--name", "นก สาธิต", "--role", first)
	o.Run(cli.ExitConflict, "user", "add", "nok", "--name", "นก", "--role", first)
	o.Run(cli.ExitUsage, "user", "add", "lek", "--name", "เล็ก", "--role", "king")
	o.Run(cli.ExitConflict, "user", "disable", "admin")
	o.Run(cli.ExitFailed, "user", "disable", "nobody")
	o.Run(cli.ExitOK, append([]string{"user", "role", "nok"}, others...)...)
	o.Run(cli.ExitOK, "user", "disable", "nok")
	if out, _ := o.Run(cli.ExitOK, "user", "list"); !strings.Contains(out, strings.Join(others, ",")) || !strings.Contains(out, "disabled") {
		o.T.Errorf("user list:\n%s", out)
	}
	o.Run(cli.ExitOK, "user", "reset-link", "nok")
	if len(o.Program.Scopes) == 0 {
		o.Run(cli.ExitUsage, "user", "token", "nok")
		return
	}
	for _, args := range [][]string{{"nok"}, {"nok", "--label", "x", "--scope", "everything"}, {"nok", "--label", "x", "--scope", o.Program.Scopes[0], "--days", "999"}} {
		o.Run(cli.ExitUsage, append([]string{"user", "token"}, args...)...)
	}
	if out, _ := o.Run(cli.ExitOK, "user", "token", "nok", "--label", "x", "--scope", o.Program.Scopes[0]); !strings.HasPrefix(out, "saphan_") {
		o.T.Errorf("user token: %s", out)
	}
}

// inUse signs the administrator in over HTTP and tries what must not work meanwhile.
func (o *Operator) inUse(link string) {
	o.T.Helper()
	stop := o.Serve()
	defer stop()
	o.Run(cli.ExitRunning, "serve")
	other := o.At(filepath.Join(o.T.TempDir(), "other"))
	other.Run(cli.ExitOK, "init", "--base-url", other.Base)
	if _, errs := other.Run(cli.ExitFailed, "serve"); !strings.Contains(errs, "choose another port") {
		o.T.Errorf("a used port: %s", errs)
	}
	c := Browser(o.T)
	if got := o.Status(c, link, url.Values{"password": {"three river stones"}, "again": {"three river stones"}, "repeat": {"three river stones"}}); got != http.StatusSeeOther {
		o.T.Fatalf("the first administrator's link answers %d", got)
	}
	if got := o.Status(c, "/people", nil); got != http.StatusOK {
		o.T.Errorf("the administrator's page answers %d", got)
	}
	if got := o.Status(Browser(o.T), "/people", nil); got == http.StatusOK {
		o.T.Error("a stranger sees the people")
	}
	o.Run(cli.ExitOK, "backup", "create", "--output", filepath.Join(o.Dir, "..", "b.age"))
	o.Run(cli.ExitConflict, "backup", "create", "--output", filepath.Join(o.Dir, "..", "b.age"))
}

// recover verifies the backup, damages the server, and restores it to a new folder.
func (o *Operator) recover(identity string) {
	o.T.Helper()
	file := filepath.Join(o.Dir, "..", "b.age")
	o.Run(cli.ExitUsage, "backup", "verify", file)
	o.Run(cli.ExitCheck, "backup", "verify", filepath.Join(o.Dir, "config.toml"), "--identity", identity)
	o.Run(cli.ExitOK, "backup", "verify", file, "--identity", identity)
	o.Run(cli.ExitConflict, "backup", "restore", file, "--identity", identity, "--to", o.Dir)
	key := filepath.Join(o.Dir, "vault.key")
	if err := os.Chmod(key, 0o644); err != nil { //nolint:gosec // that is what must be found
		o.T.Fatal(err)
	}
	o.Run(cli.ExitFailed, "doctor")
	if err := os.Remove(key); err != nil {
		o.T.Fatal(err)
	}
	o.Run(cli.ExitNoInit, "serve")
	back := o.At(filepath.Join(o.T.TempDir(), "new"))
	o.Run(cli.ExitOK, "backup", "restore", file, "--identity", identity, "--to", back.Dir)
	back.Run(cli.ExitOK, "doctor")
	if out, _ := back.Run(cli.ExitOK, "user", "list"); !strings.Contains(out, "admin") {
		o.T.Errorf("restored people:\n%s", out)
	}
	back.Serve()()
}
