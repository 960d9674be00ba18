package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/node/chassis/cli"
	"github.com/saphan-network/saphan/node/chassis/cli/clitest"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/chassis/database/dbtest"
)

// operator plays a person at the terminal of a member's machine.
type operator struct{ *clitest.Operator }

func newOperator(t *testing.T) *operator {
	t.Helper()
	return &operator{clitest.New(t, program())}
}

// older is the program of before there was a mailbox.
func older() cli.Program {
	p := program()
	p.Sets = slices.DeleteFunc(p.Sets, func(s database.Set) bool { return s.Name == mailbox.Migrations().Name })
	return p
}

// TestOperator sets a node up in an empty folder, runs it, breaks it, backs it
// up and brings it back.
func TestOperator(t *testing.T) {
	clitest.Life(t, program(), "caseworker", "lawyer", "supervisor")
}

// TestPostgres sets a node up on PostgreSQL; a second init must not touch it.
func TestPostgres(t *testing.T) {
	at := dbtest.Schema(t)
	o := newOperator(t)
	o.Env = append(o.Env, "SAPHAN_NODE_DATABASE_URL="+at)
	o.Run(cli.ExitOK, "init", "--base-url", o.Base)
	o.Run(cli.ExitOK, "doctor")
	o.Run(cli.ExitOK, "user", "add", "mali", "--name", "มาลี สาธิต", "--role", "supervisor")
	o.Run(cli.ExitPartial, "import", labour, "--as", "mali")
	o.Run(cli.ExitOK, "backup", "create")
	o.Serve()()
	again := newOperator(t)
	again.Env = append(again.Env, "SAPHAN_NODE_DATABASE_URL="+at)
	again.Run(cli.ExitConflict, "init", "--base-url", again.Base)
	if _, err := os.Stat(filepath.Join(again.Dir, "vault.key")); err == nil {
		t.Error("an init that failed left a key")
	}
}

// TestSpeaksThai says the same failure in both languages.
func TestSpeaksThai(t *testing.T) {
	o := newOperator(t)
	for lang, want := range map[string]string{"th": "ให้สั่ง init ก่อน", "en": "run init first"} {
		var b bytes.Buffer
		if got := o.Shell(io.Discard, &b, lang).Execute(context.Background(), []string{"doctor"}); got != cli.ExitNoInit || !strings.Contains(b.String(), want) {
			t.Errorf("%s: %d %s", lang, got, b.String())
		}
	}
}
