package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/node/chassis/cli"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/chassis/database/dbtest"
)

// operator plays a person at the terminal of one machine.
type operator struct {
	t    *testing.T
	dir  string
	base string
	env  []string
	in   string // what is typed into a command
	old  bool   // the program of before there was a mailbox
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

func newOperator(t *testing.T) *operator {
	t.Helper()
	at := freePort(t)
	return &operator{t: t, dir: filepath.Join(t.TempDir(), "data"), base: "http://" + at,
		env: []string{"SAPHAN_NODE_LISTEN=" + at, "SAPHAN_NODE_ADMIN_LISTEN=" + freePort(t)}}
}

func (o *operator) program() cli.Program {
	p := program()
	if o.old {
		p.Sets = slices.DeleteFunc(p.Sets, func(s database.Set) bool { return s.Name == mailbox.Migrations().Name })
	}
	return p
}

func (o *operator) shell(out, errs io.Writer, lang string) *cli.Shell {
	return &cli.Shell{Program: o.program(), In: strings.NewReader(o.in), Out: out, Err: errs, Lang: lang, Env: append(o.env, "SAPHAN_NODE_DATA_DIR="+o.dir), Now: time.Now}
}

// run types a command, wants its exit code, and returns what it printed.
func (o *operator) run(want int, args ...string) (out, errs string) {
	o.t.Helper()
	var a, b bytes.Buffer
	if got := o.shell(&a, &b, "en").Execute(context.Background(), args); got != want {
		o.t.Fatalf("%v: exit %d, want %d\n%s%s", args, got, want, a.String(), b.String())
	}
	if want != 0 && b.Len() == 0 {
		o.t.Fatalf("%v: exit %d without a word", args, want)
	}
	return a.String(), b.String()
}

// serve runs the server until the returned function is called.
func (o *operator) serve() (stop func()) {
	o.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r, w := io.Pipe()
	done, up := make(chan int, 1), make(chan struct{})
	go func() {
		for sc := bufio.NewScanner(r); sc.Scan(); {
			if strings.Contains(sc.Text(), `"serving"`) {
				close(up)
			}
		}
	}()
	go func() {
		done <- o.shell(io.Discard, w, "en").Execute(ctx, []string{"serve"})
		_ = w.Close()
	}()
	select {
	case <-up:
	case c := <-done:
		o.t.Fatalf("serve ended with %d", c)
	case <-time.After(20 * time.Second):
		o.t.Fatal("serve does not begin")
	}
	return func() {
		cancel()
		if c := <-done; c != 0 {
			o.t.Errorf("serve ended with %d", c)
		}
	}
}

func (o *operator) status(c *http.Client, path string, form url.Values) int {
	o.t.Helper()
	req, err := http.NewRequest(http.MethodGet, o.base+path, nil)
	if form != nil {
		req, err = http.NewRequest(http.MethodPost, o.base+path, strings.NewReader(form.Encode()))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if err != nil {
		o.t.Fatal(err)
	}
	res, err := c.Do(req)
	if err != nil {
		o.t.Fatal(err)
	}
	_ = res.Body.Close()
	return res.StatusCode
}

func client(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar, Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// TestOperator sets a node up in an empty folder, runs it, breaks it, backs it
// up and brings it back.
func TestOperator(t *testing.T) {
	o := newOperator(t)
	for _, args := range [][]string{{"serve", "--base-url", o.base}, {"doctor"}, {"user", "list"}, {"backup", "create"}, {"migrate", "up"}} {
		o.run(cli.ExitNoInit, args...)
	}
	for _, args := range [][]string{{"bogus"}, {"--bogus"}, {"init"}, {"init", "--base-url", "ftp://x"}, {"init", "too", "much"}, {"user", "add"}} {
		o.run(cli.ExitUsage, args...)
	}
	if left, _ := os.ReadDir(o.dir); len(left) > 0 {
		t.Fatalf("commands that failed left %v", left)
	}
	out, _ := o.run(cli.ExitOK, "init", "--base-url", o.base, "--org.name", "คลินิกสาธิต", "--json")
	var made struct {
		Link     string `json:"link"`
		Identity string `json:"backup_identity"`
	}
	if err := json.Unmarshal([]byte(out), &made); err != nil || !strings.HasPrefix(made.Link, o.base+"/welcome/") {
		t.Fatalf("%v: %s", err, out)
	}
	for _, n := range []string{"config.toml", "vault.key", "database.key", "saphan.db", "backup-identity.txt"} {
		if st, err := os.Stat(filepath.Join(o.dir, n)); err != nil || st.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", n, st, err)
		}
	}
	before, _ := os.ReadFile(filepath.Join(o.dir, "config.toml"))
	o.run(cli.ExitConflict, "init", "--base-url", o.base)
	if after, _ := os.ReadFile(filepath.Join(o.dir, "config.toml")); !bytes.Equal(before, after) {
		t.Error("a second init wrote over the first")
	}
	o.people()
	o.inUse(strings.TrimPrefix(made.Link, o.base))
	o.recover(made.Identity)
}

func (o *operator) people() {
	o.t.Helper()
	o.run(cli.ExitOK, "user", "add", "nok", "--name", "นก สาธิต", "--role", "caseworker")
	o.run(cli.ExitConflict, "user", "add", "nok", "--name", "นก", "--role", "caseworker")
	o.run(cli.ExitUsage, "user", "add", "lek", "--name", "เล็ก", "--role", "king")
	o.run(cli.ExitConflict, "user", "disable", "admin")
	o.run(cli.ExitFailed, "user", "disable", "nobody")
	o.run(cli.ExitOK, "user", "role", "nok", "lawyer", "supervisor")
	o.run(cli.ExitOK, "user", "disable", "nok")
	if out, _ := o.run(cli.ExitOK, "user", "list"); !strings.Contains(out, "lawyer,supervisor") || !strings.Contains(out, "disabled") {
		o.t.Errorf("user list:\n%s", out)
	}
	o.run(cli.ExitOK, "user", "reset-link", "nok")
}

// inUse signs the administrator in over HTTP and tries what must not work meanwhile.
func (o *operator) inUse(link string) {
	o.t.Helper()
	stop := o.serve()
	defer stop()
	o.run(cli.ExitRunning, "serve")
	other := &operator{t: o.t, dir: filepath.Join(o.t.TempDir(), "other"), base: o.base, env: o.env}
	other.run(cli.ExitOK, "init", "--base-url", other.base)
	if _, errs := other.run(cli.ExitFailed, "serve"); !strings.Contains(errs, "choose another port") {
		o.t.Errorf("a used port: %s", errs)
	}
	c := client(o.t)
	if got := o.status(c, link, url.Values{"password": {"three river stones"}, "again": {"three river stones"}, "repeat": {"three river stones"}}); got != http.StatusSeeOther {
		o.t.Fatalf("the first administrator's link answers %d", got)
	}
	if got := o.status(c, "/people", nil); got != http.StatusOK {
		o.t.Errorf("the administrator's page answers %d", got)
	}
	if got := o.status(client(o.t), "/people", nil); got == http.StatusOK {
		o.t.Error("a stranger sees the people")
	}
	o.run(cli.ExitOK, "backup", "create", "--output", filepath.Join(o.dir, "..", "b.age"))
	o.run(cli.ExitConflict, "backup", "create", "--output", filepath.Join(o.dir, "..", "b.age"))
}

// recover verifies the backup, damages the server, and restores both to a new
// folder and to PostgreSQL.
func (o *operator) recover(identity string) {
	o.t.Helper()
	file := filepath.Join(o.dir, "..", "b.age")
	o.run(cli.ExitUsage, "backup", "verify", file)
	o.run(cli.ExitCheck, "backup", "verify", filepath.Join(o.dir, "config.toml"), "--identity", identity)
	o.run(cli.ExitOK, "backup", "verify", file, "--identity", identity)
	o.run(cli.ExitConflict, "backup", "restore", file, "--identity", identity, "--to", o.dir)
	key := filepath.Join(o.dir, "vault.key")
	if err := os.Chmod(key, 0o644); err != nil {
		o.t.Fatal(err)
	}
	o.run(cli.ExitFailed, "doctor")
	if err := os.Remove(key); err != nil {
		o.t.Fatal(err)
	}
	o.run(cli.ExitNoInit, "serve")
	dir := filepath.Join(o.t.TempDir(), "new")
	o.run(cli.ExitOK, "backup", "restore", file, "--identity", identity, "--to", dir)
	back := &operator{t: o.t, dir: dir, base: o.base, env: o.env}
	back.run(cli.ExitOK, "doctor")
	if out, _ := back.run(cli.ExitOK, "user", "list"); !strings.Contains(out, "admin") {
		o.t.Errorf("restored people:\n%s", out)
	}
	back.serve()()
}

// TestPostgres sets a node up on PostgreSQL; a second init must not touch it.
func TestPostgres(t *testing.T) {
	db := dbtest.Postgres(t)
	var schema string
	if err := db.Reader(context.Background()).Raw("SELECT current_schema()").Scan(&schema).Error; err != nil {
		t.Fatal(err)
	}
	o := newOperator(t)
	u, err := url.Parse(os.Getenv("SAPHAN_TEST_POSTGRES"))
	if err != nil {
		t.Fatal(err)
	}
	u.RawQuery = url.Values{"search_path": {schema}}.Encode()
	o.env = append(o.env, "SAPHAN_NODE_DATABASE_URL="+u.String())
	o.run(cli.ExitOK, "init", "--base-url", o.base)
	o.run(cli.ExitOK, "doctor")
	o.run(cli.ExitOK, "user", "add", "mali", "--name", "มาลี สาธิต", "--role", "supervisor")
	o.run(cli.ExitPartial, "import", labour, "--as", "mali")
	o.run(cli.ExitOK, "backup", "create")
	o.serve()()
	again := newOperator(t)
	again.env = append(again.env, "SAPHAN_NODE_DATABASE_URL="+u.String())
	again.run(cli.ExitConflict, "init", "--base-url", again.base)
	if _, err := os.Stat(filepath.Join(again.dir, "vault.key")); err == nil {
		t.Error("an init that failed left a key")
	}
}

// TestSpeaksThai says the same failure in both languages.
func TestSpeaksThai(t *testing.T) {
	o := newOperator(t)
	for lang, want := range map[string]string{"th": "ให้สั่ง init ก่อน", "en": "run init first"} {
		var b bytes.Buffer
		if got := o.shell(io.Discard, &b, lang).Execute(context.Background(), []string{"doctor"}); got != cli.ExitNoInit || !strings.Contains(b.String(), want) {
			t.Errorf("%s: %d %s", lang, got, b.String())
		}
	}
}
