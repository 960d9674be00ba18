package policies

import (
	"context"

	"github.com/saphan-network/saphan/federation/fault"
)

// Decide answers which of the request's facts may leave and in what shape. It
// writes the answer, yes or no, to the ledger; if it cannot, or if anything
// else fails, nothing leaves.
func (g *Gate) Decide(ctx context.Context, q Request) (Decision, error) {
	return Decision{}, fault.New(fault.Denied, "policy.why.no_policy")
}

// Clear walks the serialised activity and refuses it unless every leaf is a
// value that d released for that very place, or structural. The clearance is
// bound to these bytes and to d.Peer, for one use.
func (g *Gate) Clear(ctx context.Context, d Decision, body []byte) (Clearance, error) {
	return Clearance{}, fault.New(fault.Denied, "policy.why.no_policy")
}

// Recheck makes a fresh clearance at send time: the receipt must bear this
// gate's mark for these bytes, the peer must still be active, and the live
// rules must still release every field that the body carries.
func (g *Gate) Recheck(ctx context.Context, r Receipt, body []byte) (Clearance, error) {
	return Clearance{}, fault.New(fault.Denied, "policy.why.no_policy")
}

func ruleID(rule string) string { return rule }
