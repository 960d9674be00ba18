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
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/node/chassis/audit"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/chassis/database/dbtest"
	"github.com/saphan-network/saphan/node/chassis/station"
)

const (
	clinicActor = "https://clinic.example/ap/org"
	hubActor    = "https://hub.example/ap/network"
)

// Wherever a change of the key is cut off, the server has its key, and the step is
// done when it is tried again; no step destroys a key that is still needed.
func TestRotationIsCutOff(t *testing.T) {
	sets := []database.Set{mailbox.Migrations(), audit.Migrations()}
	dbtest.Each(t, sets, func(t *testing.T, db *database.DB) {
		ctx, now := t.Context(), time.Now()
		file := filepath.Join(t.TempDir(), "actor.pem")
		cfg := station.Config{Base: "https://clinic.example", Path: "/ap/org", Type: "Organization", Username: "org", Name: "clinic",
			Software: "saphan-node", Version: "1", KeyFile: file, SealFile: file + ".seal", DB: db, Trail: audit.New(db, time.Now),
			Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler)}
		open := func() *station.Station {
			t.Helper()
			s, err := station.New(ctx, cfg)
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err, fault.As(err).Args)
			}
		}
		s := open()
		if err := s.RotateKey(ctx); !fault.Is(err, fault.Conflict) {
			t.Fatalf("who is no member changes its key: %v", err)
		}
		first := s.Key.PublicPEM()
		must(s.Mail.SavePeer(ctx, mailbox.Peer{Role: mailbox.RoleHub, Member: federation.Member{Actor: hubActor, Name: "hub",
			Inbox: "https://hub.example/inbox", KeyID: hubActor + "#main-key", PublicKeyPEM: first}}))
		line := federation.Member{Actor: clinicActor, Name: "clinic", Inbox: "https://clinic.example/inbox", KeyID: s.Key.ID(), PublicKeyPEM: first, Tier: "full", State: "active"}
		list := func(version int64) {
			t.Helper()
			must(s.Mail.SaveMembers(ctx, federation.Members{ID: "https://hub.example/ap/members", Network: hubActor, Version: version,
				Updated: now.UTC().Truncate(time.Second).Format(time.RFC3339), Items: []federation.Member{line}}))
		}
		list(1)
		must(s.RotateKey(ctx))
		must(s.TurnKey(ctx))
		q, err := s.Mail.Queue(ctx, hubActor)
		if must(err); len(q) != 1 {
			t.Fatalf("announced %d times", len(q))
		}
		it, err := s.Mail.Item(ctx, q[0].ActivityID)
		if must(err); !strings.Contains(string(it.Body), "#key-") || strings.Contains(string(it.Body), "PRIVATE") {
			t.Fatal("what is announced is not the public key")
		}
		st, err := s.KeyState(ctx)
		if must(err); st.Announced != mailbox.Waiting || st.Listed || st.ForeignKeys || s.Key.PublicPEM() != first {
			t.Fatalf("after the announcement: %+v", st)
		}

		// Killed between the file and the message: it is as if there were no message.
		must(db.Conn(ctx).Exec("DELETE FROM mailbox_outbox").Error)
		s = open()
		must(s.TurnKey(ctx))
		if st, err = s.KeyState(ctx); err != nil || st.Announced != mailbox.Waiting {
			t.Fatalf("not announced again: %+v %v", st, err)
		}

		line.OldKey = federation.PublicKey{ID: line.KeyID, PEM: first, End: now.Add(federation.KeyOverlap).UTC().Truncate(time.Second).Format(time.RFC3339)}
		line.KeyID, line.PublicKeyPEM = st.Next.ID(), st.Next.PublicPEM()
		list(2)
		if len(station.KeyFiles(file)) != 2 {
			t.Error("a backup would not hold both keys")
		}
		must(s.TurnKey(ctx))
		if s.Key.PublicPEM() != first {
			t.Fatal("turned before the others can know")
		}
		now = now.Add(federation.KeySettling + time.Minute)

		// Killed between the two renames: the spent file is still the present key.
		must(os.Link(file, file+".spent"))
		next, err := os.ReadFile(file + ".next")
		must(err)
		must(os.Remove(file + ".next"))
		must(s.TurnKey(ctx))
		if open().Key.PublicPEM() != first {
			t.Fatal("the present key was destroyed")
		}
		must(os.WriteFile(file+".next", next, 0o600))
		old, err := os.Open(file) // whoever has the old file open sees that it was overwritten
		must(err)
		defer func() { _ = old.Close() }()
		must(s.TurnKey(ctx))
		if s.Key.PublicPEM() != line.PublicKeyPEM || open().Key.ID() != line.KeyID {
			t.Fatal("the new key does not sign")
		}
		left := make([]byte, 4096)
		n, _ := old.Read(left)
		if strings.Contains(string(left[:n]), "PRIVATE") {
			t.Error("the old key was not overwritten")
		}
		for _, suffix := range []string{".next", ".spent"} {
			if _, err := os.Stat(file + suffix); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("actor.pem%s: %v", suffix, err)
			}
		}
		if err := s.RotateKey(ctx); !fault.Is(err, fault.Conflict) {
			t.Errorf("changed again in the overlap: %v", err)
		}

		line.KeyID, line.PublicKeyPEM, line.OldKey = clinicActor+"#main-key", first, federation.PublicKey{}
		list(3)
		if st, err = s.KeyState(ctx); err != nil || !st.ForeignKeys {
			t.Errorf("a key that is not ours is not seen: %+v %v", st, err)
		}
	})
}
