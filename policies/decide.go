package policies

import (
	"context"
	"errors"
	"slices"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/policies/disclose"
)

// Threshold is the smallest number of people who must share the combination of
// values that leaves about one of them.
const Threshold = 5

// Decide answers which of the request's facts may leave and in what shape. It
// writes the answer, yes or no, to the ledger; if it cannot, or if anything
// else fails, nothing leaves. A refusal is a Decision with Allowed false, not
// an error.
func (g *Gate) Decide(ctx context.Context, q Request) (Decision, error) {
	if g == nil {
		return Decision{}, fault.New(fault.Denied, "policy.why.no_policy")
	}
	d := Decision{ID: opaque.ID(), Peer: q.Peer, Purpose: q.Purpose, At: g.now().UTC(),
		Consent: within(q.Consent), Openness: within(q.Openness), Adult: q.Adult, Reviewed: q.Reviewed}
	cause := g.decide(ctx, q, &d)
	switch {
	case errors.Is(cause, ErrDiffer) || (d.Policy != "" && g.Stopped() != nil):
		d.denyAll(whyDiffer) // a refusal that people can read, not a fault of this question
		cause = nil
	case cause != nil:
		d.deny("policy.why.failed")
	}
	d.Seal = g.mark("decision", d.sealed())
	if err := g.ledger.Decided(ctx, d.Entry()); err != nil {
		d.deny("policy.why.failed")
		d.Seal = nil
		return d, fault.Wrap(fault.Unavailable, "policy.why.failed", err)
	}
	if cause != nil {
		return d, fault.Wrap(fault.Internal, "policy.why.failed", cause)
	}
	return d, nil
}

// within takes a level outside of 0 to 3 for the most restrictive one.
func within(level int) int {
	if level < 0 || level > 3 {
		return 0
	}
	return level
}

// deny withholds everything. Fields that had no reason of their own get this one.
func (d *Decision) deny(why string) {
	d.Allowed, d.Why, d.Remedy = false, why, remedyOf(why)
	for i := range d.Fields {
		f := &d.Fields[i]
		if f.Form != Withheld {
			*f = FieldDecision{Path: f.Path, Class: f.Class, Form: Withheld, Raw: f.Raw, Rule: f.Rule, RuleKey: f.RuleKey, Why: why, Remedy: d.Remedy}
		}
	}
}

// asking is one request on its way through the gate.
type asking struct {
	s   *Snapshot
	q   Request
	sub subject
	at  Situation
	set disclose.Setting

	level map[string]int      // how far up its ladder a field stands
	notes map[string][]string // why it stands there
	risen bool                // the small-number check made something coarser
}

// Weigh answers like Decide by any set of rules, live or not, and without
// consequences: nothing is recorded, and what it answers cannot be cleared.
func (g *Gate) Weigh(ctx context.Context, s *Snapshot, q Request) (Decision, error) {
	d := Decision{Peer: q.Peer, Purpose: q.Purpose, At: g.now().UTC(), Consent: within(q.Consent), Openness: within(q.Openness), Adult: q.Adult, Reviewed: q.Reviewed}
	err := g.decideBy(ctx, s, "policy.why.no_policy", q, &d)
	if err != nil {
		d.deny("policy.why.failed")
	}
	return d, err
}

func (g *Gate) decide(ctx context.Context, q Request, d *Decision) error {
	s, none := g.current(ctx)
	return g.decideBy(ctx, s, none, q, d)
}

func (g *Gate) decideBy(ctx context.Context, s *Snapshot, none string, q Request, d *Decision) error {
	for _, path := range order(s, q.Facts) {
		d.Fields = append(d.Fields, FieldDecision{Path: path, Class: s.field(path).Class, Form: Withheld})
	}
	if s == nil {
		d.denyAll(none)
		return nil
	}
	d.Policy = s.hash
	message := messagePath(q.Purpose)
	if message == "" {
		d.denyAll("policy.why.purpose")
		return nil
	}
	sub, why, err := g.subjectOf(ctx, q.Peer, q.Purpose)
	if err != nil || why != "" {
		d.denyAll("policy.why.failed")
		if err == nil {
			d.denyAll(why)
		}
		return err
	}
	if q.Purpose == Handover && !q.Accepted {
		d.denyAll("policy.why.not_accepted")
		return nil
	}
	a := &asking{s: s, q: q, sub: sub, at: Situation{Consent: d.Consent, Openness: d.Openness, Adult: d.Adult, Reviewed: d.Reviewed},
		set: disclose.Setting{Now: g.now()}, level: map[string]int{}, notes: map[string][]string{}}
	if q.Purpose == Referral {
		if err := a.climb(ctx); err != nil {
			return err
		}
		d.K = a.at.K
	}
	for i := range d.Fields {
		if err := a.field(&d.Fields[i]); err != nil {
			return err
		}
	}
	return a.conclude(message, d)
}

// conclude says whether anything leaves at all.
func (a *asking) conclude(message string, d *Decision) error {
	v, err := a.s.ask(a.sub, a.q.Purpose, message, string(Full), a.at)
	if err != nil {
		return err
	}
	if !v.allowed {
		no := a.s.whyNot(a.sub, a.q.Purpose, message, Full, a.at, v)
		d.deny(no.why)
		return nil
	}
	for _, path := range required(a.q.Purpose) {
		i := slices.IndexFunc(d.Fields, func(f FieldDecision) bool { return f.Path == path })
		if i < 0 {
			d.deny("policy.why.incomplete")
			return nil
		}
		if d.Fields[i].Form == Withheld {
			d.deny(d.Fields[i].Why)
			return nil
		}
	}
	if a.q.Purpose == Handover && !slices.ContainsFunc(d.Fields, func(f FieldDecision) bool { return f.Form == Sealed }) {
		d.deny("policy.why.nothing_agreed")
		return nil
	}
	d.Allowed = true
	return nil
}

// field decides one field: full, then generalised, then withheld.
func (a *asking) field(fd *FieldDecision) error {
	f := a.s.field(fd.Path)
	if a.q.Purpose == Handover && f.sealable() {
		return a.sealedField(fd, f)
	}
	if f.Class != ClassC && f.Class != ClassD && f.Class != ClassE {
		fd.refuse(guardOf(a.s, f))
		return nil
	}
	fd.Raw = slices.Clone(a.q.Facts[fd.Path])
	form, rule, no, err := a.permitted(f, a.at)
	if err != nil {
		return err
	}
	if form == Withheld {
		fd.refuse(no)
		return nil
	}
	row, _ := a.s.row(rule)
	fd.Rule, fd.RuleKey = row.String(), row.Key()
	level := a.settle(f)
	fd.Coarsened = slices.Clone(a.notes[f.Path])
	if level >= len(f.Ladder) {
		why := "policy.why.small"
		if !slices.Contains(a.notes[f.Path], noteSmall) {
			why = "policy.why.unclear"
		}
		fd.refuse(refusal{rule: fd.Rule, key: fd.RuleKey, why: why})
		return nil
	}
	values, err := disclose.Apply(f.Ladder[level], fd.Raw, a.setting(f))
	if err != nil {
		fd.refuse(refusal{rule: fd.Rule, key: fd.RuleKey, why: "policy.why.not_a_code"})
		return nil
	}
	fd.Form, fd.Values, fd.Transform = form, values, f.Ladder[level]
	return nil
}

// permitted asks for the fullest form that the rules allow. Class C is never
// asked for in full: no rule may release it as it is.
func (a *asking) permitted(f Field, at Situation) (form Form, rule string, no refusal, err error) {
	forms := []Form{Full, Generalised}
	if f.Class == ClassC {
		forms = forms[1:]
	}
	for _, form := range forms {
		v, err := a.s.ask(a.sub, a.q.Purpose, f.Path, string(form), at)
		if err != nil {
			return Withheld, "", refusal{}, err
		}
		if v.allowed {
			return form, v.rule, refusal{}, nil
		}
		if form == forms[0] {
			no = a.s.whyNot(a.sub, a.q.Purpose, f.Path, form, at, v)
		}
	}
	return Withheld, "", no, nil
}

func (a *asking) setting(f Field) disclose.Setting {
	set := a.set
	set.Lists = f.Lists
	return set
}

func (fd *FieldDecision) refuse(no refusal) {
	fd.Form, fd.Values, fd.Transform = Withheld, nil, ""
	fd.Rule, fd.RuleKey, fd.Why, fd.Remedy = no.rule, no.key, no.why, remedyOf(no.why)
}

// denyAll is deny for a request that no rule was asked about.
func (d *Decision) denyAll(why string) {
	d.deny(why)
	for i := range d.Fields {
		d.Fields[i].Why, d.Fields[i].Remedy = why, remedyOf(why)
	}
}

// order returns the paths that carry a value: the registry's order, then what
// the registry does not know, by name.
func order(s *Snapshot, facts Facts) []string {
	var known, unknown []string
	for _, f := range Fields() {
		if len(facts[f.Path]) > 0 && !isMessage(f.Path) {
			known = append(known, f.Path)
		}
	}
	for path, v := range facts {
		if len(v) > 0 && !slices.Contains(known, path) && !isMessage(path) {
			unknown = append(unknown, path)
		}
	}
	slices.Sort(unknown)
	return append(known, unknown...)
}

// messagePath is the registry's path that stands for a message of a purpose as
// a whole, "" for an unknown purpose.
func messagePath(purpose string) string {
	return map[string]string{Referral: "referral/message", Handover: "handover/message", Feedback: "engagement/message",
		Protocol: "activity/message", Membership: "membership/message", Publish: "public/message", Meeting: "meeting/message"}[purpose]
}

func isMessage(path string) bool {
	return slices.ContainsFunc(purposes(), func(p string) bool { return messagePath(p) == path })
}

// required lists what a message of a purpose makes no sense without.
func required(purpose string) []string {
	switch purpose {
	case Referral:
		return []string{"referral/kind", "referral/urgency", "referral/purpose", "referral/needs", "referral/consent/basis",
			"referral/consent/scope", "referral/consent/version"}
	case Feedback:
		return []string{"engagement/state"}
	}
	return nil
}
