package station

import (
	"bytes"
	"context"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/node/chassis/audit"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/chassis/database/dbtest"
	"github.com/saphan-network/saphan/node/chassis/doctor"
	"github.com/saphan-network/saphan/policies"
)

// When the gate stops, the log and the ledger say so in codes, and doctor fails;
// when a server has started on whose rules both evaluators agree, that is written
// too, and doctor is content.
func TestTheLedgerKnowsThatTheGateStopped(t *testing.T) {
	dbtest.Each(t, []database.Set{mailbox.Migrations(), audit.Migrations()}, func(t *testing.T, db *database.DB) {
		dir, trail := t.TempDir(), audit.New(db, time.Now)
		var said bytes.Buffer
		start := func() *Station {
			s, err := New(t.Context(), Config{Base: "https://clinic.example", Path: "/ap/org", Type: "Organization", Username: "org", Name: "คลินิก",
				Software: "saphan-node", Version: "1", KeyFile: filepath.Join(dir, "actor.pem"), SealFile: filepath.Join(dir, "policy.key"),
				DB: db, Trail: trail, Now: time.Now, Log: slog.New(slog.NewTextHandler(&said, nil))})
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		healthy := func() bool {
			check := doctor.Evaluators(func(context.Context) error { return nil }, func(ctx context.Context) (bool, error) { return LastStop(ctx, trail) })
			_, ok := doctor.Examine(t.Context(), []doctor.Check{check}, "en")
			return ok
		}
		ended, end := context.WithCancel(t.Context())
		end()
		s := start()
		s.watch(ended)
		if lines, err := trail.List(t.Context(), audit.Filter{}); err != nil || len(lines) != 0 || !healthy() {
			t.Fatalf("nothing has happened, but %v %v", lines, err)
		}
		s.alarm(policies.Difference{Policy: s.Gate.Policy(), Purpose: "referral", Path: "referral/issues", Form: "full", First: true})
		s.alarm(policies.Difference{Policy: s.Gate.Policy(), Purpose: "referral", Path: "referral/needs", Form: "full"})
		s.watch(ended)
		lines, err := trail.List(t.Context(), audit.Filter{Act: ActStopped})
		if err != nil || len(lines) != 1 || lines[0].Detail["field"] != "referral/issues" || lines[0].Detail["casbin"] != "allows" || lines[0].Outcome != audit.Failed {
			t.Errorf("%+v %v", lines, err)
		}
		if !strings.Contains(said.String(), "the gate has stopped") || healthy() {
			t.Errorf("the log says %q, doctor is content: %t", said.String(), healthy())
		}
		if err := start().resume(t.Context()); err != nil { // as Run does after a restart
			t.Fatal(err)
		}
		if lines, err = trail.List(t.Context(), audit.Filter{Act: ActResumed}); err != nil || len(lines) != 1 || lines[0].ObjectID != s.Gate.Policy() || !healthy() {
			t.Errorf("%+v %v", lines, err)
		}
		if _, err := trail.Verify(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
