package exchange

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/node/clinic/referral"
	"github.com/saphan-network/saphan/policies"
	"github.com/saphan-network/saphan/policies/disclose"
)

// freshFor is how long the hour drawn at submission may stand in an offer: the
// gate accepts hours of the last day only.
const freshFor = 20 * time.Hour

// Reserve draws the ids and the hour of an offer.
func (p *Post) Reserve(context.Context) (referral.Envelope, error) {
	return referral.Envelope{Activity: p.iri("act"), Reference: p.iri("ref"), Published: p.hour()}, nil
}

// Preview asks the gate and builds the bytes that would leave now, with the next
// number of the line. Without an envelope there are no bytes yet.
func (p *Post) Preview(ctx context.Context, o referral.Offering) (referral.Preview, error) {
	line, err := p.Outbox.Line(ctx, o.Target)
	if err != nil {
		return referral.Preview{}, err
	}
	view, _, _, err := p.build(ctx, o, line.Last+1)
	return view, err
}

// Offer decides and builds once more and, if the bytes have the approved hash,
// clears and enqueues them in the running transaction.
func (p *Post) Offer(ctx context.Context, o referral.Offering, approved string) (referral.Preview, bool, error) {
	n, err := p.Outbox.NextSequence(ctx, o.Target)
	if err != nil {
		return referral.Preview{}, false, err
	}
	view, d, a, err := p.build(ctx, o, n)
	if err != nil || view.SHA256 == "" || view.SHA256 != approved {
		return view, false, err
	}
	return view, true, p.enqueue(ctx, d, a, a.ID, view.Body)
}

func (p *Post) build(ctx context.Context, o referral.Offering, n int64) (referral.Preview, policies.Decision, federation.Activity, error) {
	d, err := p.Gate.Decide(ctx, requestOf(o))
	view := previewOf(d)
	if err != nil || !d.Allowed || o.Envelope.Activity == "" {
		return view, d, federation.Activity{}, err
	}
	a := federation.Activity{ID: o.Envelope.Activity, Type: federation.Offer, Actor: p.Self, To: o.Target,
		Published: o.Envelope.Published, Sequence: n, Referral: referralOf(d, o.Envelope.Reference)}
	if p.Now().Sub(a.Published) > freshFor {
		a.Published = p.hour()
	}
	body, err := gofed.Encode(a)
	if err != nil {
		return view, d, a, err
	}
	sum := sha256.Sum256(body)
	view.Body, view.SHA256 = body, hex.EncodeToString(sum[:])
	return view, d, a, nil
}

// facts are the left side of the bridge for the gate. Of what can never leave
// it is told only that the file has it.
func facts(o referral.Offering) policies.Facts {
	f := policies.Facts{}
	put := func(path string, values ...string) {
		for _, v := range values {
			if v != "" {
				f[path] = append(f[path], v)
			}
		}
	}
	for path, values := range o.Source.Facts {
		put(path, values...)
	}
	for _, path := range o.Source.Refused {
		put(path, "held")
	}
	put("referral/kind", o.Form.Kind)
	put("referral/urgency", o.Form.Urgency)
	put("referral/purpose", o.Form.Purpose)
	put("referral/needs", o.Form.Needs...)
	put("referral/issues", o.Form.Issues...)
	put("referral/feedback_due", o.Form.FeedbackDue)
	if !o.RespondBy.IsZero() {
		put("referral/respond_by", o.RespondBy.UTC().Format(time.RFC3339))
	}
	for _, ph := range o.Form.Phrases {
		put("referral/phrases", disclose.Phrase(ph.Code, ph.Slots))
	}
	put("referral/consent/basis", o.Ground.Basis)
	put("referral/consent/scope", "anonymous_offer")
	version := o.Ground.Version
	if version == "" {
		version = "none-0" // a ground other than consent has no text that was agreed to
	}
	put("referral/consent/version", version)
	return f
}

// referralOf builds the payload new from what was released, and from nothing else.
func referralOf(d policies.Decision, reference string) *federation.Referral {
	r := &federation.Referral{ID: reference, Schema: federation.SchemaReferral, Revision: 1,
		Kind: d.Value("referral/kind"), Urgency: d.Value("referral/urgency"), Purpose: d.Value("referral/purpose"),
		Needs: d.Values("referral/needs"), Issues: d.Values("referral/issues"), FeedbackDue: d.Value("referral/feedback_due"),
		Subject: federation.Subject{Kind: d.Value("referral/subject/kind"), AgeBand: d.Value("referral/subject/birth_date"),
			Sex: d.Value("referral/subject/sex"), SizeBand: d.Value("referral/subject/household"), Minors: d.Value("referral/subject/minors"),
			StatusFamily: d.Value("referral/subject/status"), Interpreter: d.Value("referral/subject/interpreter"),
			GuardianPresent: d.Value("referral/subject/guardian_present")},
		Disclosure: federation.Disclosure{Policy: d.Policy, Transforms: d.Transforms(), K: d.K},
		Consent: federation.Consent{Basis: d.Value("referral/consent/basis"), Scope: d.Value("referral/consent/scope"),
			Version: d.Value("referral/consent/version")}}
	if at := d.Values("referral/subject/place"); len(at) == 2 {
		r.Subject.AreaLevel, r.Subject.AreaCode = at[0], at[1]
	}
	if t, err := time.Parse(time.RFC3339, d.Value("referral/respond_by")); err == nil {
		r.RespondBy = t.UTC()
	}
	for _, v := range d.Values("referral/phrases") {
		code, slots := disclose.ParsePhrase(v)
		r.Phrases = append(r.Phrases, federation.Phrase{Code: code, Slots: slots})
	}
	return r
}

// previewOf keeps a decision in plain values, without the raw ones.
func previewOf(d policies.Decision) referral.Preview {
	v := referral.Preview{Allowed: d.Allowed, Decision: d.ID, Policy: d.Policy, K: d.K, Why: d.Why, Remedy: d.Remedy, At: d.At}
	for _, f := range d.Fields {
		v.Fields = append(v.Fields, referral.Field{Path: f.Path, Class: string(f.Class), Form: string(f.Form), Values: f.Values,
			Rule: f.Rule, RuleKey: f.RuleKey, Transform: f.Transform, Coarsened: f.Coarsened, Why: f.Why, Remedy: f.Remedy})
	}
	return v
}
