package station

import (
	"context"
	"strconv"
	"strings"

	"github.com/saphan-network/saphan/federation/inbox"
	"github.com/saphan-network/saphan/node/chassis/audit"
	"github.com/saphan-network/saphan/policies"
)

// Trail appends to the ledger; *audit.Log is one.
type Trail interface {
	Append(ctx context.Context, e audit.Entry) error
}

// Ledger writes what the gate decides and what comes in into the server's ledger.
// It implements policies.Ledger and inbox.Audit.
type Ledger struct{ Trail Trail }

// Decided writes one decision, yes or no: for each field its form, the rule and
// the transform, never a value.
func (l Ledger) Decided(ctx context.Context, e policies.Entry) error {
	outcome := "denied"
	if e.Allowed {
		outcome = "allowed"
	}
	d := map[string]string{"peer": e.Peer, "purpose": e.Purpose, "policy": e.Policy, "k": strconv.Itoa(e.K), "why": e.Why}
	for _, f := range e.Fields {
		d[f.Path] = word(strings.Join([]string{string(f.Class), string(f.Form), f.Rule, f.Transform, f.Why}, ";"))
	}
	for k, v := range d {
		if v == "" {
			delete(d, k)
		}
	}
	return l.Trail.Append(ctx, audit.Entry{Actor: "system", Act: "gate.decide", ObjectType: "decision", ObjectID: e.Decision, Outcome: outcome, Detail: d})
}

// Cleared writes which exact bytes a decision has let go, by their hash.
func (l Ledger) Cleared(ctx context.Context, r policies.Receipt) error {
	return l.Trail.Append(ctx, audit.Entry{Actor: "system", Act: "gate.clear", ObjectType: "decision", ObjectID: r.Decision, Outcome: "allowed",
		Detail: map[string]string{"sha256": r.SHA256, "policy": r.Policy, "peer": r.Peer}})
}

// Federation writes what came in from another server.
func (l Ledger) Federation(ctx context.Context, e inbox.Event) error {
	actor := e.Peer
	if actor == "" {
		actor = "unknown"
	}
	d := map[string]string{}
	for k, v := range map[string]string{"type": e.Type, "reason": e.Reason} {
		if v != "" {
			d[k] = v
		}
	}
	return l.Trail.Append(ctx, audit.Entry{Actor: actor, Act: "federation." + e.Act, ObjectType: "activity", ObjectID: e.Activity, Outcome: e.Outcome, Detail: d})
}

// word makes a rule one word, short enough for a line of the ledger.
func word(s string) string {
	s = strings.Join(strings.Fields(s), "_")
	if len(s) > 400 {
		s = s[:400]
	}
	return s
}
