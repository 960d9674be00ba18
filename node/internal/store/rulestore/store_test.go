package rulestore_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/chassis/database/dbtest"
	"github.com/saphan-network/saphan/node/clinic/ruleset"
	"github.com/saphan-network/saphan/node/internal/store/rulestore"
	"github.com/saphan-network/saphan/policies"
)

var now = time.Date(2026, 11, 25, 5, 20, 0, 0, time.UTC)

func event(number, revision int64, act ruleset.Act, rows ...ruleset.Row) ruleset.Event {
	return ruleset.Event{Number: number, Revision: revision, Act: act, By: "u1", At: now, Note: "เหตุผล", Rows: rows}
}

var noPlace = ruleset.Row{Name: "own_1", Who: "*", Purpose: "referral", Field: "referral/subject/place", Form: "*", When: "!r.ctx.Adult", Reason: "เด็กในพื้นที่เล็ก"}

func add(t *testing.T, db *database.DB, s *rulestore.Store, e ruleset.Event) error {
	t.Helper()
	return db.Within(t.Context(), func(ctx context.Context) error {
		if err := s.Lock(ctx); err != nil {
			return err
		}
		return s.Append(ctx, &e)
	})
}

func TestEvents(t *testing.T) {
	dbtest.Each(t, []database.Set{rulestore.Migrations()}, func(t *testing.T, db *database.DB) {
		ctx, s := t.Context(), rulestore.New(db)
		if n, err := s.Current(ctx); n != 0 || err != nil {
			t.Fatalf("version %d in force of none, %v", n, err)
		}
		if _, err := s.Rows(ctx, 1); !fault.Is(err, fault.NotFound) {
			t.Errorf("rows of a version that is not there: %v", err)
		}
		for _, e := range []ruleset.Event{event(1, 1, ruleset.Drafted), event(1, 2, ruleset.Edited, noPlace), event(1, 3, ruleset.Suggested), event(1, 4, ruleset.Activated)} {
			if err := add(t, db, s, e); err != nil {
				t.Fatal(err)
			}
		}
		for _, stale := range []int64{3, 4} {
			if err := add(t, db, s, event(1, stale, ruleset.Edited)); !fault.Is(err, fault.Conflict) {
				t.Errorf("revision %d a second time: %v", stale, err)
			}
		}
		n, err := s.Current(ctx)
		if n != 1 || err != nil {
			t.Errorf("version %d in force, %v", n, err)
		}
		rows, err := s.Rows(ctx, 1)
		if d := cmp.Diff([][]string{noPlace.Cells()}, rows); d != "" || err != nil {
			t.Error(d, err)
		}
		all, err := s.Events(ctx)
		if err != nil || len(all) != 4 {
			t.Fatalf("%d events, %v", len(all), err)
		}
		want := event(1, 2, ruleset.Edited, noPlace)
		want.Position = 2
		if d := cmp.Diff(want, all[1]); d != "" {
			t.Error(d)
		}
		for _, sql := range []string{"UPDATE rule_events SET body = '[]' WHERE position = 2", "DELETE FROM rule_events WHERE position = 4"} {
			if err := db.Conn(ctx).Exec(sql).Error; err == nil || !strings.Contains(err.Error(), "append-only") {
				t.Errorf("%s: %v", sql, err)
			}
		}
	})
}

type nothing struct{}

func (nothing) Decided(context.Context, policies.Entry) error   { return nil }
func (nothing) Cleared(context.Context, policies.Receipt) error { return nil }

const peer = "https://full.example/ap/org"

func gate(t *testing.T, e policies.Editions) *policies.Gate {
	t.Helper()
	g, err := policies.New(policies.Config{Self: "https://own.example/ap/org", Ledger: nothing{}, Now: func() time.Time { return now }, Seal: make([]byte, 32), Editions: e,
		Peers: func(context.Context, string) (policies.Peer, bool, error) {
			return policies.Peer{Actor: peer, Tier: "full", State: "active", Role: "member"}, true, nil
		}})
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Use(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	return g
}

// child asks what of a child's offer may leave.
func child(ctx context.Context, t *testing.T, g *policies.Gate) policies.Decision {
	t.Helper()
	d, err := g.Decide(ctx, policies.Request{Peer: peer, Purpose: policies.Referral, Consent: 3, Openness: 3,
		Facts: policies.Facts{"referral/kind": {"service"}, "referral/urgency": {"urgent"}, "referral/purpose": {"status_work"}, "referral/needs": {"dna"},
			"referral/subject/place": {"57"}, "referral/consent/basis": {"explicit_consent"}, "referral/consent/scope": {"anonymous_offer"}, "referral/consent/version": {"c-1"}},
		Count: func(context.Context, map[string]string) (int, error) { return 50, nil }})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func place(d policies.Decision) bool { return len(d.Values("referral/subject/place")) > 0 }

// Two processes on one database: what one puts into force, the other decides by
// from that moment on; within the transaction that does so, only there.
func TestAllProcessesTurnTogether(t *testing.T) {
	for name, open := range map[string]func(t *testing.T) (a, b *database.DB){
		"sqlite": func(t *testing.T) (a, b *database.DB) {
			db := dbtest.SQLite(t, rulestore.Migrations())
			return db, db
		},
		"postgres": func(t *testing.T) (a, b *database.DB) {
			url := dbtest.Schema(t)
			for _, db := range []**database.DB{&a, &b} {
				var err error
				if *db, err = database.Open(t.Context(), database.Config{URL: url}); err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = (*db).Close() })
			}
			if _, err := a.Migrate(t.Context(), rulestore.Migrations()); err != nil {
				t.Fatal(err)
			}
			return a, b
		},
	} {
		t.Run(name, func(t *testing.T) {
			a, b := open(t)
			one, other := gate(t, rulestore.New(a)), gate(t, rulestore.New(b))
			if !place(child(t.Context(), t, one)) || !place(child(t.Context(), t, other)) {
				t.Fatal("the place stays before there is a rule")
			}
			s := rulestore.New(a)
			for _, e := range []ruleset.Event{event(1, 1, ruleset.Drafted, noPlace), event(1, 2, ruleset.Suggested)} {
				if err := add(t, a, s, e); err != nil {
					t.Fatal(err)
				}
			}
			if !place(child(t.Context(), t, other)) {
				t.Error("a proposal is in force")
			}
			before := child(t.Context(), t, other)
			if err := a.Within(t.Context(), func(ctx context.Context) error {
				e := event(1, 3, ruleset.Activated)
				if err := s.Append(ctx, &e); err != nil {
					return err
				}
				if place(child(ctx, t, one)) {
					t.Error("the place leaves in the transaction that forbids it")
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			for who, g := range map[string]*policies.Gate{"one": one, "other": other} {
				if d := child(t.Context(), t, g); place(d) || !d.Allowed {
					t.Errorf("%s: allowed %t, the place leaves %t", who, d.Allowed, place(d))
				}
				if g.Edition() != 1 || g.Policy() != one.Policy() {
					t.Errorf("%s decides by version %d", who, g.Edition())
				}
			}
			if _, err := other.Clear(t.Context(), before, []byte("{}")); !fault.Is(err, fault.Denied) || fault.As(err).Key != "policy.clear.policy_changed" {
				t.Errorf("what the old version decided is cleared by the new one: %v", err)
			}
		})
	}
}

// A version that this program cannot read stops sharing; a sound one after it
// opens it again.
func TestAVersionThatCannotBeLoaded(t *testing.T) {
	db := dbtest.SQLite(t, rulestore.Migrations())
	s := rulestore.New(db)
	g := gate(t, s)
	bad := noPlace
	bad.Field = "referral/a_field_of_later"
	for _, e := range []ruleset.Event{event(1, 1, ruleset.Drafted, bad), event(1, 2, ruleset.Activated)} {
		if err := add(t, db, s, e); err != nil {
			t.Fatal(err)
		}
	}
	if d := child(t.Context(), t, g); d.Allowed || d.Why != "policy.why.edition" {
		t.Errorf("allowed %t, because %q", d.Allowed, d.Why)
	}
	if err := g.Refresh(t.Context()); err == nil {
		t.Error("the version that cannot be loaded is loaded")
	}
	for _, e := range []ruleset.Event{event(2, 1, ruleset.Drafted, noPlace), event(2, 2, ruleset.Activated)} {
		if err := add(t, db, s, e); err != nil {
			t.Fatal(err)
		}
	}
	if d := child(t.Context(), t, g); !d.Allowed || place(d) {
		t.Errorf("after a sound version: allowed %t, the place leaves %t, because %q", d.Allowed, place(d), d.Why)
	}
}
