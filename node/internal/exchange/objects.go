package exchange

import (
	"context"
	"strings"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/node/clinic/referral"
)

// Register adds the effects of activities about referrals.
func (x *Referrals) Register(e *Effects) {
	for _, t := range []federation.Type{federation.Offer, federation.Read, federation.TentativeAccept, federation.Accept,
		federation.Reject, federation.Update, federation.Undo} {
		e.Handle(t, func(ctx context.Context, a federation.Activity, raw []byte) (bool, error) {
			mine, err := x.Concerns(ctx, a)
			if err != nil || !mine {
				return false, err
			}
			return true, x.Apply(ctx, a, raw)
		})
	}
}

// Object returns a referral that was offered, for its addressee. It implements
// discovery.Objects for ap/ref; the payload is cut from the very bytes that were
// cleared and sent. What was withdrawn or has expired is gone.
func (x *Referrals) Object(ctx context.Context, iri string) ([]byte, string, error) {
	if !strings.HasPrefix(iri, x.post.Base+"/ap/ref/") {
		return nil, "", fault.Missing()
	}
	rs, err := x.sender.Store.List(ctx, referral.Filter{Reference: iri, Limit: 1})
	if err != nil {
		return nil, "", err
	}
	if len(rs) != 1 || rs[0].OfferedAt.IsZero() || rs[0].State == referral.StateWithdrawn || rs[0].State == referral.StateExpired {
		return nil, "", fault.Missing()
	}
	a, err := gofed.Decode(rs[0].Preview.Body)
	if err != nil || a.Referral == nil {
		return nil, "", fault.Wrap(fault.Internal, "error.internal", err)
	}
	body, err := gofed.EncodeReferral(*a.Referral, x.post.Self, rs[0].Form.Target)
	return body, rs[0].Form.Target, err
}
