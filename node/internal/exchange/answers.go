package exchange

import (
	"context"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/node/clinic/referral"
	"github.com/saphan-network/saphan/policies"
)

// Withdraw sends the Undo of an offer.
func (p *Post) Withdraw(ctx context.Context, r referral.Referral, reason string) error {
	return p.send(ctx, r.Form.Target, policies.Protocol, r.Envelope.Activity, policies.Facts{"activity/reason": {reason}},
		func(d policies.Decision) federation.Activity {
			return federation.Activity{Type: federation.Undo, Object: r.Envelope.Activity, Reason: d.Value("activity/reason")}
		})
}

// Close sends the Accept of an engagement, with what the client said.
func (p *Post) Close(ctx context.Context, r referral.Referral, confirmed string) error {
	return p.send(ctx, r.Form.Target, policies.Protocol, r.Envelope.Activity, policies.Facts{"activity/confirmed": {confirmed}},
		func(d policies.Decision) federation.Activity {
			return federation.Activity{Type: federation.Accept, Object: r.Engagement.ID, Confirmed: d.Value("activity/confirmed")}
		})
}

// Delivery tells how far an activity has come; one that was never enqueued has no state.
func (p *Post) Delivery(ctx context.Context, activity string) (referral.Delivery, error) {
	it, err := p.Outbox.Item(ctx, activity)
	if fault.Is(err, fault.NotFound) {
		return referral.Delivery{}, nil
	}
	if err != nil {
		return referral.Delivery{}, err
	}
	d := referral.Delivery{State: string(it.State), Attempts: it.Attempts, Since: it.Created, Next: it.Next}
	if it.State == mailbox.Sending {
		d.State = string(mailbox.Waiting)
	}
	if it.State == mailbox.Sent {
		d.Since = it.Sent
	}
	return d, nil
}

// NewEngagement draws the id of an engagement.
func (p *Post) NewEngagement(context.Context) (string, error) { return p.iri("eng"), nil }

// Consider sends a TentativeAccept.
func (p *Post) Consider(ctx context.Context, o referral.Incoming) error {
	return p.send(ctx, o.Sender, policies.Protocol, o.Offer, one("activity/expected", o.Expected),
		func(d policies.Decision) federation.Activity {
			return federation.Activity{Type: federation.TentativeAccept, Object: o.Offer, Expected: d.Value("activity/expected")}
		})
}

// Accept sends the Accept of an offer with the new engagement as its result.
func (p *Post) Accept(ctx context.Context, o referral.Incoming) error {
	return p.send(ctx, o.Sender, policies.Feedback, o.Offer, engagementFacts(o), func(d policies.Decision) federation.Activity {
		return federation.Activity{Type: federation.Accept, Object: o.Offer, Engagement: engagementOf(o, d)}
	})
}

// Decline sends the Reject of an offer, perhaps with another member suggested.
func (p *Post) Decline(ctx context.Context, o referral.Incoming) error {
	f := one("activity/reason", o.Reason)
	if o.Suggested != "" {
		f["activity/suggested"] = []string{o.Suggested}
	}
	return p.send(ctx, o.Sender, policies.Protocol, o.Offer, f, func(d policies.Decision) federation.Activity {
		return federation.Activity{Type: federation.Reject, Object: o.Offer, Reason: d.Value("activity/reason"), Suggested: d.Value("activity/suggested")}
	})
}

// Progress sends the Update of an engagement.
func (p *Post) Progress(ctx context.Context, o referral.Incoming) error {
	return p.send(ctx, o.Sender, policies.Feedback, o.Offer, engagementFacts(o), func(d policies.Decision) federation.Activity {
		return federation.Activity{Type: federation.Update, Engagement: engagementOf(o, d)}
	})
}

// arrived sends the Read that says which bytes of an offer are here.
func (p *Post) arrived(ctx context.Context, to, offer, digest string) error {
	return p.send(ctx, to, policies.Protocol, offer, one("activity/digest", digest), func(d policies.Decision) federation.Activity {
		return federation.Activity{Type: federation.Read, Object: offer, Digest: d.Value("activity/digest")}
	})
}

// refuse sends the Reject that answers an activity which cannot be followed here.
func (p *Post) refuse(ctx context.Context, to, activity string) error {
	return p.send(ctx, to, policies.Protocol, activity, one("activity/reason", federation.ReasonIllegal),
		func(d policies.Decision) federation.Activity {
			return federation.Activity{Type: federation.Reject, Object: activity, Reason: d.Value("activity/reason")}
		})
}

func one(path, value string) policies.Facts {
	if value == "" {
		return policies.Facts{}
	}
	return policies.Facts{path: {value}}
}

func engagementFacts(o referral.Incoming) policies.Facts {
	f := policies.Facts{"engagement/state": {string(o.State)}}
	e := o.Engagement
	for path, v := range map[string]string{"engagement/step": e.Step, "engagement/reason": e.Reason,
		"engagement/next_update": e.NextUpdate, "engagement/month": e.Month} {
		if v != "" {
			f[path] = []string{v}
		}
	}
	if len(e.Outcomes) > 0 {
		f["engagement/outcomes"] = e.Outcomes
	}
	return f
}

func engagementOf(o referral.Incoming, d policies.Decision) *federation.Engagement {
	return &federation.Engagement{ID: o.Engagement.ID, Referral: o.Reference, Revision: o.Engagement.Revision,
		State: d.Value("engagement/state"), Step: d.Value("engagement/step"), Outcomes: d.Values("engagement/outcomes"),
		Reason: d.Value("engagement/reason"), NextUpdate: d.Value("engagement/next_update"), Month: d.Value("engagement/month")}
}
