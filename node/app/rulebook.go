package app

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/saphan-network/saphan/node/internal/site"
	"github.com/saphan-network/saphan/policies"
)

// rulebook studies the gate's live rules for the pages. What is found is kept
// until other rules are loaded: trying every question takes a moment.
type rulebook struct {
	gate *policies.Gate
	now  func() time.Time

	mu   sync.Mutex
	kept site.Rules
}

// Rulebook implements site.Rulebook.
func (b *rulebook) Rulebook(ctx context.Context) (site.Rules, error) {
	if err := b.gate.Refresh(ctx); err != nil {
		return site.Rules{}, nil //nolint:nilerr // the page says that nothing leaves
	}
	s := b.gate.Snapshot()
	if s == nil {
		return site.Rules{}, nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.kept.Hash != s.Hash() {
		r, err := study(s)
		if err != nil {
			return site.Rules{}, err
		}
		b.kept = r
	}
	out := b.kept
	out.Fields, out.Edition = ruleFields(b.now()), b.gate.Edition()
	return out, nil
}

func study(s *policies.Snapshot) (site.Rules, error) {
	r := site.Rules{Hash: s.Hash()}
	reaches, err := s.Reaches()
	if err != nil {
		return r, err
	}
	for _, one := range reaches {
		if !slices.Contains(r.Kinds, one.Audience) {
			r.Kinds = append(r.Kinds, one.Audience)
		}
		r.Reaches = append(r.Reaches, ruleReach(one))
	}
	idle := map[string]policies.Finding{}
	for _, f := range s.Lint() {
		idle[f.Rule.ID] = f
	}
	for _, row := range s.Rows() {
		rule := site.Rule{ID: row.ID, Key: row.Key(), Text: row.String(), Layer: row.Layer, Who: row.Sub, Idle: idle[row.ID].Kind, Guard: idle[row.ID].Guard}
		if slices.ContainsFunc(policies.Fields(), func(f policies.Field) bool { return f.Path == row.Obj }) {
			rule.Path = row.Obj
		}
		for _, t := range row.Terms() {
			rule.Terms = append(rule.Terms, site.RuleTerm(t))
			r.ByAge = r.ByAge || t.Attr == "Adult"
		}
		r.Rows = append(r.Rows, rule)
	}
	results, err := s.Test()
	r.Examples = len(results)
	for _, c := range results {
		if c.OK {
			continue
		}
		want := c.Want
		if !strings.HasPrefix(want, "policy.why.") {
			want = "policy.form." + c.Form
		}
		got := c.Got
		if !strings.HasPrefix(got, "policy.why.") {
			got = "policy.form." + c.Form
		}
		r.Failed = append(r.Failed, site.RuleExample{Rule: c.Rule, Kind: c.Audience, Path: c.Path, Want: want, Got: got, Stricter: c.Got == "policy.why.own"})
	}
	return r, err
}

func ruleReach(one policies.Reach) site.RuleReach {
	r := site.RuleReach{Kind: one.Audience, Path: one.Path, Purpose: one.Purpose, Form: string(one.Form), Consent: one.Needs.Consent, Adult: one.Needs.Adult, Mixed: one.Mixed,
		Rule: one.Rule.ID, Key: one.Key, Why: one.Why, Remedy: one.Remedy}
	for _, s := range one.Stops {
		op := ">="
		if s.Attr == "Scrubbed" || s.Attr == "Reviewed" || s.Attr == "Adult" {
			op = "is"
		}
		r.Stops = append(r.Stops, site.RuleStop{Term: site.RuleTerm{Attr: s.Attr, Op: op, N: s.Least}, Why: s.Why, Remedy: s.Remedy})
	}
	return r
}

// ruleFields are the fields that a message can hold, each with a made-up value.
func ruleFields(now time.Time) []site.RuleField {
	var out []site.RuleField
	for _, f := range policies.Fields() {
		if strings.HasSuffix(f.Path, "/message") {
			continue
		}
		one := site.RuleField{Path: f.Path, Class: string(f.Class), Sensitive: f.S26, Quasi: f.Quasi, Lists: f.Lists,
			Notes: policies.Coarsening(f.Path), Specimen: policies.Specimen(f.Path, now)}
		for _, e := range policies.Examples(f.Path, one.Specimen, now) {
			one.Steps = append(one.Steps, site.RuleStep{Transform: policies.TransformKey(e.Transform), Leaves: e.Leaves})
		}
		out = append(out, one)
	}
	return out
}

// forbiddable are the fields that a rule of our own can speak of: those that can leave
// at all; whole messages first, then kinds of fields, then each of a case, what is
// handed over sealed, and what somebody writes for a meeting.
func forbiddable() []string {
	out := []string{"referral/message", "engagement/message", "handover/message", "meeting/message", "lesson/message", "trait:special", "trait:quasi", "class:c"}
	for _, f := range policies.Fields() {
		head, name, _ := strings.Cut(f.Path, "/")
		if (f.Class == policies.ClassC || f.Class == policies.ClassD) && name != "message" && (head == "referral" || head == "engagement" || head == "activity") {
			out = append(out, f.Path)
		}
		if strings.HasPrefix(f.Path, "handover/person/") || f.Path == "meeting/said" || f.Path == "meeting/representative" {
			out = append(out, f.Path)
		}
	}
	return out
}
