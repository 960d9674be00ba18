package exchange

import (
	"context"

	"github.com/saphan-network/saphan/node/clinic/referral"
	"github.com/saphan-network/saphan/policies"
)

// Scales decides by other rules than the live ones, without consequences;
// *policies.Gate is one.
type Scales interface {
	Weigh(ctx context.Context, s *policies.Snapshot, q policies.Request) (policies.Decision, error)
}

// Weigh asks what of an offer would leave by a set of rules, live or not. Nothing
// is built, recorded or sent.
func (p *Post) Weigh(ctx context.Context, by Scales, s *policies.Snapshot, o referral.Offering) (referral.Preview, error) {
	d, err := by.Weigh(ctx, s, requestOf(o))
	return previewOf(d), err
}

// requestOf is the question that an offer puts to the gate.
func requestOf(o referral.Offering) policies.Request {
	return policies.Request{Peer: o.Target, Purpose: policies.Referral, Facts: facts(o),
		Consent: o.Ground.Level, Openness: o.Source.Openness, Adult: o.Source.Adult, Count: o.Count}
}
