package station_test

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
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

// clinic is a server that can be started as often as a test likes.
func clinic(t *testing.T, db *database.DB) (open func() (*station.Station, error), file string) {
	file = filepath.Join(t.TempDir(), "actor.pem")
	cfg := station.Config{Base: "https://clinic.example", Path: "/ap/org", Type: "Organization", Username: "org", Name: "clinic",
		Software: "saphan-node", Version: "1", KeyFile: file, SealFile: file + ".seal", DB: db, Trail: audit.New(db, time.Now),
		Now: time.Now, Log: slog.New(slog.DiscardHandler)}
	return func() (*station.Station, error) { return station.New(t.Context(), cfg) }, file
}

func read(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// early makes of a key file what earlier versions wrote: the RSA key alone.
func early(t *testing.T, file string) {
	t.Helper()
	const end = "-----END PRIVATE KEY-----\n"
	first, _, ok := strings.Cut(read(t, file), end)
	if !ok {
		t.Fatal("no key in the file")
	}
	if err := os.WriteFile(file, []byte(first+end), 0o600); err != nil {
		t.Fatal(err)
	}
}

// The Ed25519 key is made once, also for a server that is older than such keys, and
// neither replaced nor made again in silence.
func TestAssertionKey(t *testing.T) {
	dbtest.Each(t, []database.Set{mailbox.Migrations(), audit.Migrations()}, func(t *testing.T, db *database.DB) {
		ctx := t.Context()
		open, file := clinic(t, db)
		must := func(s *station.Station, err error) *station.Station {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		rsa := must(open()).Key.PublicPEM()
		early(t, file)
		if _, err := open(); !errors.Is(err, station.ErrKeyForeign) {
			t.Fatalf("a file that has lost its Ed25519 key: %v", err)
		}
		if err := db.Conn(ctx).Exec("DELETE FROM mailbox_own_keys").Error; err != nil { // now it is an earlier version's
			t.Fatal(err)
		}
		s := must(open())
		id := s.Key.AssertionID()
		if s.Key.PublicPEM() != rsa || id == "" || s.Key.Assertion().ID != id {
			t.Fatalf("the RSA key has changed, or there is none beside it: %q", id)
		}
		info, err := os.Stat(file)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("the file has mode %v, %v", info.Mode(), err)
		}
		whole := read(t, file)
		if must(open()).Key.AssertionID() != id || read(t, file) != whole {
			t.Error("made again")
		}
		left, err := filepath.Glob(filepath.Join(filepath.Dir(file), ".actor-*"))
		if err != nil || len(left) > 0 {
			t.Errorf("left behind: %v, %v", left, err)
		}
		other, err := sign.NewKey("https://clinic.example/ap/org#main-key")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(other.PrivatePEM()), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := open(); !errors.Is(err, station.ErrKeyForeign) {
			t.Errorf("another's key file: %v", err)
		}
		early(t, file)
		if s.Key.AssertionID() == "" {
			t.Error("a running server forgets its Ed25519 key")
		}
		own, err := s.Mail.OwnKeys(ctx)
		if err != nil || len(own) != 1 || own[0].Assertion.ID != id || own[0].PEM != rsa {
			t.Errorf("%+v, %v", own, err)
		}
	})
}

// A member whose line has no Ed25519 key yet tells a hub that has one, once.
func TestAssertionIsTold(t *testing.T) {
	dbtest.Each(t, []database.Set{mailbox.Migrations(), audit.Migrations()}, func(t *testing.T, db *database.DB) {
		ctx := t.Context()
		open, _ := clinic(t, db)
		s, err := open()
		if err != nil {
			t.Fatal(err)
		}
		hub := federation.Member{Actor: hubActor, Name: "hub", Inbox: "https://hub.example/inbox", KeyID: hubActor + "#main-key", PublicKeyPEM: s.Key.PublicPEM()}
		line := federation.Member{Actor: clinicActor, Name: "clinic", Inbox: "https://clinic.example/inbox", KeyID: s.Key.ID(), PublicKeyPEM: s.Key.PublicPEM(), Tier: "full", State: "active"}
		step := func(want int, why string) {
			t.Helper()
			for _, p := range []mailbox.Peer{{Role: mailbox.RoleHub, Member: hub}, {Role: mailbox.RoleMember, Member: line}} {
				if err := s.Mail.SavePeer(ctx, p); err != nil {
					t.Fatal(err)
				}
			}
			if err := s.TurnKey(ctx); err != nil {
				t.Fatal(err)
			}
			q, err := s.Mail.Queue(ctx, hubActor)
			if err != nil || len(q) != want {
				t.Fatalf("%s: %d messages, %v", why, len(q), err)
			}
		}
		step(0, "a hub of an earlier version")
		k, err := sign.NewKey(hubActor + "#main-key")
		if err != nil {
			t.Fatal(err)
		}
		hub.Assertion = k.Assertion().Multikey()
		line.State = "suspended"
		step(0, "while it is suspended")
		line.State = "active"
		step(1, "a hub that proves its lists")
		step(1, "told once")
		q, err := s.Mail.Queue(ctx, hubActor)
		if err != nil {
			t.Fatal(err)
		}
		it, err := s.Mail.Item(ctx, q[0].ActivityID)
		if err != nil || !strings.Contains(string(it.Body), s.Key.Assertion().Multibase) || !strings.Contains(string(it.Body), s.Key.ID()) {
			t.Errorf("%s, %v", it.Body, err)
		}
		if err := db.Conn(ctx).Exec("DELETE FROM mailbox_outbox").Error; err != nil {
			t.Fatal(err)
		}
		line.Assertion = s.Key.Assertion()
		step(0, "when the list has it")
	})
}

// A key that is lost is replaced on the operator's word alone, under a name of its own.
func TestReplaceKey(t *testing.T) {
	dbtest.Each(t, []database.Set{mailbox.Migrations(), audit.Migrations()}, func(t *testing.T, db *database.DB) {
		ctx := t.Context()
		open, file := clinic(t, db)
		s, err := open()
		if err != nil {
			t.Fatal(err)
		}
		was := s.Key.Assertion()
		hub := federation.Member{Actor: hubActor, Name: "hub", Inbox: "https://hub.example/inbox", KeyID: hubActor + "#main-key", PublicKeyPEM: s.Key.PublicPEM()}
		if err := s.Mail.SavePeer(ctx, mailbox.Peer{Role: mailbox.RoleHub, Member: hub}); err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
		if _, err := open(); !errors.Is(err, station.ErrKeyLost) {
			t.Fatalf("a server whose key is lost: %v", err)
		}
		for range 2 { // lost, and stolen
			key, err := station.ReplaceKey(ctx, db, audit.New(db, time.Now), file, clinicActor, s.Mail, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			again, err := open()
			if err != nil || again.Key.ID() != key.ID() || again.Fingerprint() != key.Fingerprint() || !strings.Contains(key.ID(), "#key-") || again.Key.Assertion() == was {
				t.Errorf("%s, %v", key.ID(), err)
			}
			now, old, err := again.ListKeys(ctx)
			if err != nil || now.ID != key.ID() || old.ID != "" {
				t.Errorf("a list would show %s and %s, %v", now.ID, old.ID, err)
			}
			was = again.Key.Assertion()
		}
	})
}
