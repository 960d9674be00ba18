package app

import (
	"context"
	"testing"
	"time"

	"github.com/saphan-network/saphan/policies"
)

type quiet struct{}

func (quiet) Decided(context.Context, policies.Entry) error   { return nil }
func (quiet) Cleared(context.Context, policies.Receipt) error { return nil }

// TestRulebookWithoutRules: no rules are shown as none, never as permissive ones.
func TestRulebookWithoutRules(t *testing.T) {
	g, err := policies.New(policies.Config{Self: "https://north.example/ap/org", Ledger: quiet{}, Now: time.Now, Seal: make([]byte, 32),
		Peers: func(context.Context, string) (policies.Peer, bool, error) { return policies.Peer{}, false, nil }})
	if err != nil {
		t.Fatal(err)
	}
	b := &rulebook{gate: g, now: time.Now}
	if r, err := b.Rulebook(t.Context()); err != nil || r.Hash != "" || len(r.Reaches) != 0 || len(r.Fields) != 0 {
		t.Errorf("%+v %v", r, err)
	}
	if err := g.Load(nil); err != nil {
		t.Fatal(err)
	}
	if r, err := b.Rulebook(t.Context()); err != nil || r.Hash != g.Policy() || len(r.Failed) != 0 || len(r.Kinds) != 9 {
		t.Errorf("%q %v %v", r.Hash, r.Kinds, err)
	}
}
