package app_test

import (
	"bytes"
	"context"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"

	"github.com/saphan-network/saphan/node/app"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/chassis/vault"
)

// until is a log that tells when a line with some words has been written.
type until struct {
	words []byte
	once  sync.Once
	seen  chan []byte
}

func (u *until) Write(p []byte) (int, error) {
	if bytes.Contains(p, u.words) {
		u.once.Do(func() { u.seen <- bytes.Clone(p) })
	}
	return len(p), nil
}

// A running node checks the whole ledger on its own, and its log says which line
// was changed, and nothing that stands in it.
func TestTheLedgerIsCheckedOnItsOwn(t *testing.T) {
	dir := t.TempDir()
	log := &until{words: []byte("verify_ledger"), seen: make(chan []byte, 1)}
	a, err := app.New(t.Context(), app.Config{BaseURL: "https://node.example", DataDir: dir, Log: slog.New(slog.NewTextHandler(log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	for _, login := range []string{"chai", "dao"} {
		if _, err := a.Accounts.Add(t.Context(), "system", login, "คุณ"+login, []string{"caseworker"}); err != nil {
			t.Fatal(err)
		}
	}
	key, err := vault.LoadOrCreateKey(filepath.Join(dir, "database.key"))
	if err != nil {
		t.Fatal(err)
	}
	db, err := database.Open(t.Context(), database.Config{URL: "sqlite:" + filepath.Join(dir, "saphan.db"), Key: key})
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range []string{"DROP TRIGGER audit_ledger_no_update", "UPDATE audit_ledger SET actor = 'somebody' WHERE seq = 1"} {
		if err := db.Conn(t.Context()).Exec(q).Error; err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ran := make(chan error, 1)
	go func() { ran <- a.Run(ctx) }()
	select {
	case line := <-log.seen:
		if !bytes.Contains(line, []byte("ledger main altered 1")) || bytes.Contains(line, []byte("somebody")) {
			t.Errorf("%s", line)
		}
	case err := <-ran:
		t.Fatalf("the node has stopped: %v", err)
	}
	stop()
	if err := <-ran; err != nil {
		t.Error(err)
	}
}
