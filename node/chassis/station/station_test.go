package station_test

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/federation/sign"
	"github.com/saphan-network/saphan/node/chassis/audit"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/chassis/database/dbtest"
	"github.com/saphan-network/saphan/node/chassis/station"
)

// A server keeps its key for life: it is neither made anew for a server that
// others know, nor taken to another address, nor read where others could.
func TestIdentity(t *testing.T) {
	sets := []database.Set{mailbox.Migrations(), audit.Migrations()}
	dbtest.Each(t, sets, func(t *testing.T, db *database.DB) {
		dir := t.TempDir()
		cfg := station.Config{Base: "https://clinic.example", Path: "/ap/org", Type: "Organization", Username: "org", Name: "คลินิก",
			Software: "saphan-node", Version: "1", KeyFile: filepath.Join(dir, "actor.pem"), SealFile: filepath.Join(dir, "policy.key"),
			DB: db, Trail: audit.New(db, time.Now), Now: time.Now, Log: slog.New(slog.DiscardHandler)}
		first, err := station.New(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range []string{cfg.KeyFile, cfg.SealFile} {
			if st, err := os.Stat(f); err != nil || st.Mode().Perm() != 0o600 {
				t.Fatalf("%s: %v, %v", f, st, err)
			}
		}
		again, err := station.New(t.Context(), cfg)
		if err != nil || again.Key.PublicPEM() != first.Key.PublicPEM() {
			t.Fatalf("another key after a restart: %v", err)
		}
		moved := cfg
		moved.Base = "https://other.example"
		var m *station.Moved
		if _, err := station.New(t.Context(), moved); !errors.As(err, &m) || m.Was != "https://clinic.example/ap/org#main-key" {
			t.Fatalf("under another address: %v", err)
		}
		if err := os.Chmod(cfg.KeyFile, 0o644); err != nil { //nolint:gosec // that is what must be refused
			t.Fatal(err)
		}
		if _, err := station.New(t.Context(), cfg); err == nil {
			t.Fatal("a key that others can read is used")
		}
		peer, err := sign.NewKey("https://hub.example/ap/network#main-key")
		if err != nil {
			t.Fatal(err)
		}
		if err := first.Mail.SavePeer(t.Context(), mailbox.Peer{Role: mailbox.RoleHub, Member: federation.Member{Actor: "https://hub.example/ap/network",
			Name: "hub", Inbox: "https://hub.example/inbox", KeyID: peer.ID(), PublicKeyPEM: peer.PublicPEM()}}); err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(cfg.KeyFile); err != nil {
			t.Fatal(err)
		}
		if _, err := station.New(t.Context(), cfg); !errors.Is(err, station.ErrKeyLost) {
			t.Fatalf("a lost key that peers have pinned: %v", err)
		}
	})
}
