package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/saphan-network/saphan/node/chassis/cli"
)

// Somebody who may write beside the server's files plants links there: nothing
// is written through them, and no key is read that others can read.
func TestPlantedLinks(t *testing.T) {
	o := newOperator(t)
	o.Run(cli.ExitOK, "init", "--base-url", o.Base)
	victim := o.File("victim", "precious")
	phrase := o.File("phrase", "three river stones")
	file := filepath.Join(t.TempDir(), "b.age")
	for _, at := range []string{file + ".part", file + ".part"} { // the second time what the first has left is in the way too
		if err := os.Symlink(victim, at); err != nil {
			t.Fatal(err)
		}
		o.Run(cli.ExitOK, "backup", "create", "--output", file, "--passphrase-file", phrase)
		if b, err := os.ReadFile(victim); err != nil || string(b) != "precious" {
			t.Fatalf("written through a link: %d bytes, %v", len(b), err)
		}
		if info, err := os.Lstat(file); err != nil || info.Mode() != 0o600 {
			t.Fatalf("%v %v", info, err)
		}
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(victim, file); err != nil {
		t.Fatal(err)
	}
	o.Run(cli.ExitConflict, "backup", "create", "--output", file, "--passphrase-file", phrase)
	for _, name := range []string{"vault.key", "database.key"} {
		key := filepath.Join(o.Dir, name)
		if _, err := os.Lstat(key); err != nil {
			continue
		}
		kept := key + ".kept"
		if err := os.Rename(key, kept); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(victim, key); err != nil { // a key that somebody else has chosen
			t.Fatal(err)
		}
		o.Run(cli.ExitFailed, "user", "list")
		if err := os.Remove(key); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(filepath.Join(t.TempDir(), "nothing"), key); err != nil { // leads nowhere: no key is made there
			t.Fatal(err)
		}
		if _, errs := o.Run(cli.ExitNoInit, "user", "list"); strings.Contains(errs, "panic") {
			t.Error(errs)
		}
		if err := os.Remove(key); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(kept, key); err != nil {
			t.Fatal(err)
		}
	}
	o.Run(cli.ExitOK, "doctor")
	if b, err := os.ReadFile(victim); err != nil || string(b) != "precious" {
		t.Errorf("%q %v", b, err)
	}
}
