package exchange

import (
	"context"
	"slices"
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

// Object returns a referral that was offered, for its addressee, or an
// engagement as it was last reported, for who asked for it. It implements
// discovery.Objects for ap/ref and ap/eng; each is cut from the very bytes that
// were cleared and sent.
func (x *Referrals) Object(ctx context.Context, iri string) ([]byte, string, error) {
	switch {
	case strings.HasPrefix(iri, x.post.Base+"/ap/ref/"):
		return x.referral(ctx, iri)
	case strings.HasPrefix(iri, x.post.Base+"/ap/eng/"):
		return x.engagement(ctx, iri)
	}
	return nil, "", fault.Missing()
}

// referral returns an offer that stands: what was withdrawn or has expired is gone.
func (x *Referrals) referral(ctx context.Context, iri string) ([]byte, string, error) {
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

// engagement returns the latest report on a service that this member has taken on.
func (x *Referrals) engagement(ctx context.Context, iri string) ([]byte, string, error) {
	o, err := x.receiver.Store.ByEngagement(ctx, iri)
	if err != nil {
		return nil, "", err
	}
	said, err := x.post.Outbox.Thread(ctx, o.Offer)
	if err != nil {
		return nil, "", err
	}
	for _, it := range slices.Backward(said) {
		if it.Type != string(federation.Accept) && it.Type != string(federation.Update) {
			continue
		}
		full, err := x.post.Outbox.Item(ctx, it.ActivityID)
		if err != nil {
			return nil, "", err
		}
		a, err := gofed.Decode(full.Body)
		if err != nil || a.Engagement == nil || a.Engagement.ID != iri {
			return nil, "", fault.Wrap(fault.Internal, "error.internal", err)
		}
		body, err := gofed.EncodeEngagement(*a.Engagement, x.post.Self, o.Sender)
		return body, o.Sender, err
	}
	return nil, "", fault.Missing()
}
