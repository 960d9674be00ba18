package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/saphan-network/saphan/node/chassis/cli"
	"github.com/saphan-network/saphan/node/chassis/cli/clitest"
	"github.com/saphan-network/saphan/node/chassis/database/dbtest"
)

// TestOperator sets a hub up in an empty folder, runs it, breaks it, backs it up
// and brings it back.
func TestOperator(t *testing.T) {
	clitest.Life(t, program(), "secretary", "auditor", "secretary")
}

// TestNoCases: what only a member's server has is neither a command nor a role
// of the hub, in both languages.
func TestNoCases(t *testing.T) {
	o := clitest.New(t, program())
	for _, args := range [][]string{{"import", "register.csv", "--as", "mali"}, {"import", "--dry-run", "register.csv"}, {"join", "https://hub.example"}} {
		o.Run(cli.ExitUsage, args...)
	}
	for lang, want := range map[string]string{"th": "ให้สั่ง init ก่อน", "en": "run init first"} {
		var b bytes.Buffer
		if got := o.Shell(io.Discard, &b, lang).Execute(context.Background(), []string{"fed", "queue"}); got != cli.ExitNoInit || !strings.Contains(b.String(), want) {
			t.Errorf("%s: %d %s", lang, got, b.String())
		}
	}
	if left, _ := os.ReadDir(o.Dir); len(left) > 0 {
		t.Fatalf("commands that failed left %v", left)
	}
	o.Run(cli.ExitOK, "init", "--base-url", o.Base)
	for _, role := range []string{"caseworker", "lawyer", "supervisor", "network"} {
		o.Run(cli.ExitUsage, "user", "add", "mali", "--name", "มาลี สาธิต", "--role", role)
	}
	for _, args := range [][]string{{"fed", "queue"}, {"peer", "list"}} {
		if out, _ := o.Run(cli.ExitOK, args...); !strings.Contains(out, "No other server") {
			t.Errorf("%v: %s", args, out)
		}
	}
}

// TestIdentity: the key by which all members know the hub is never made anew,
// and the hub does not move to another address with it.
func TestIdentity(t *testing.T) {
	o := clitest.New(t, program())
	o.Run(cli.ExitOK, "init", "--base-url", o.Base)
	o.Serve()()
	file := filepath.Join(o.Dir, "actor.pem")
	first, err := os.ReadFile(file) //nolint:gosec // of the test's own folder
	if err != nil || len(first) == 0 {
		t.Fatal(err)
	}
	o.Run(cli.ExitFailed, "serve", "--base-url", "http://127.0.0.1:1")
	o.Serve()()
	if again, err := os.ReadFile(file); err != nil || !bytes.Equal(first, again) { //nolint:gosec // of the test's own folder
		t.Errorf("another key after a restart: %v", err)
	}
	o.Run(cli.ExitOK, "doctor")
	if err := os.Chmod(file, 0o644); err != nil { //nolint:gosec // that is what must be refused
		t.Fatal(err)
	}
	o.Run(cli.ExitFailed, "serve")
}

// TestPostgres sets a hub up on PostgreSQL; a second init must not touch it.
func TestPostgres(t *testing.T) {
	at := dbtest.Schema(t)
	o := clitest.New(t, program())
	o.Env = append(o.Env, "SAPHAN_HUB_DATABASE_URL="+at)
	o.Run(cli.ExitOK, "init", "--base-url", o.Base)
	o.Run(cli.ExitOK, "doctor")
	o.Run(cli.ExitOK, "backup", "create")
	o.Serve()()
	again := clitest.New(t, program())
	again.Env = append(again.Env, "SAPHAN_HUB_DATABASE_URL="+at)
	again.Run(cli.ExitConflict, "init", "--base-url", again.Base)
	if _, err := os.Stat(filepath.Join(again.Dir, "vault.key")); err == nil {
		t.Error("an init that failed left a key")
	}
}
