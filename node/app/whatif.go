package app

import (
	"context"
	"errors"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/referral"
	"github.com/saphan-network/saphan/node/clinic/ruleset"
	"github.com/saphan-network/saphan/node/internal/exchange"
	"github.com/saphan-network/saphan/policies"
)

// scales weigh what does not leave: by the gate's live rules or by a version of our own.
type scales struct {
	gate  *policies.Gate
	post  *exchange.Post
	rules func() *ruleset.Service
}

// By implements referral.Scales.
func (b scales) By(ctx context.Context, who clinic.Actor, version int64) (referral.Weigh, error) {
	var s *policies.Snapshot
	if version == 0 {
		if err := b.gate.Refresh(ctx); err == nil {
			s = b.gate.Snapshot()
		} // else nothing leaves, and that is the answer
	} else {
		v, err := b.rules().Version(ctx, who, version)
		if err != nil {
			return nil, err
		}
		var cells [][]string
		for _, r := range v.Rows {
			cells = append(cells, r.Cells())
		}
		s, err = b.gate.Try(cells)
		if bad := (*policies.RowError)(nil); errors.As(err, &bad) {
			e := fault.New(fault.Invalid, "referrals.error.form")
			e.Fields = []fault.Field{{Name: "version", Key: "referrals.form.version.broken"}}
			return nil, e
		}
		if err != nil {
			return nil, err
		}
	}
	return func(ctx context.Context, o referral.Offering) (referral.Preview, error) {
		return b.post.Weigh(ctx, b.gate, s, o)
	}, nil
}
