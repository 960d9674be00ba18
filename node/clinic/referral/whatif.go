package referral

import (
	"context"
	"strconv"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
)

// Scales say what of an offer would leave by a set of rules, without consequences.
type Scales interface {
	// By returns the answer by the rules in force (version 0), or by a version of the
	// organisation's own rules, for who may read that version.
	By(ctx context.Context, who clinic.Actor, version int64) (Weigh, error)
}

// Weigh is one set of rules, ready to be asked. Nothing is built, recorded or sent.
type Weigh func(ctx context.Context, o Offering) (Preview, error)

// Guess is what somebody wants to know before anything is drafted.
type Guess struct {
	Purpose string   // vocabulary purpose
	Needs   []string // vocabulary service_type; at least one, as in an offer
	To      string   // IRI of a member; "" for each of them
	Version int64    // of the own rules; 0: those in force
}

// Outcome is what would reach one member.
type Outcome struct {
	Member Member
	Now    Preview // by the rules in force
	Then   Preview // by the version asked about; Now where none was
}

// WhatIf tells what of a case would reach members, field by field, by the rules in
// force and by another version of the organisation's own. Nothing is kept but a line of
// the ledger that somebody has asked.
func (s *Sender) WhatIf(ctx context.Context, actor clinic.Actor, caseID string, g Guess) (held []Held, out []Outcome, err error) {
	r := Referral{CaseID: caseID, Form: Form{Kind: "service", Urgency: "normal", Purpose: g.Purpose, Needs: sorted(g.Needs)}}
	if err := s.may(ctx, actor, "read", r); err != nil {
		return nil, nil, err
	}
	if !s.Known("purpose", g.Purpose) {
		return nil, nil, wrongGuess("purpose", "purpose.choose")
	}
	if len(g.Needs) == 0 || !s.all("service_type", g.Needs) || len(r.Form.Needs) > maxNeeds {
		return nil, nil, wrongGuess("needs", "needs.choose")
	}
	now, err := s.Scales.By(ctx, actor, 0)
	if err != nil {
		return nil, nil, err
	}
	then := now
	if g.Version != 0 {
		if then, err = s.Scales.By(ctx, actor, g.Version); err != nil {
			return nil, nil, err
		}
	}
	members, err := s.asked(ctx, g.To)
	if err != nil {
		return nil, nil, err
	}
	r.RespondBy = s.Clock().UTC().Add(window(r.Form.Urgency))
	for _, m := range members {
		r.Form.Target = m.Actor
		var o Offering
		if o, held, err = s.offering(ctx, actor, r); err != nil {
			return nil, nil, err
		}
		one := Outcome{Member: m}
		if one.Now, err = now(ctx, o); err != nil {
			return nil, nil, err
		}
		if one.Then = one.Now; g.Version != 0 {
			if one.Then, err = then(ctx, o); err != nil {
				return nil, nil, err
			}
		}
		out = append(out, one)
	}
	detail := map[string]string{"members": strconv.Itoa(len(out)), "version": strconv.FormatInt(g.Version, 10)}
	return held, out, s.Recorder.Record(ctx, actor, "referral.what_if", clinic.Object{Type: "case", ID: caseID}, "ok", detail)
}

// asked are the members that a guess is about: one, or all that are active.
func (s *Sender) asked(ctx context.Context, to string) ([]Member, error) {
	if to != "" {
		m, ok, err := s.member(ctx, to)
		if err == nil && !ok {
			err = wrongGuess("to", "target.choose")
		}
		return []Member{m}, err
	}
	all, err := s.Directory.Members(ctx)
	var out []Member
	for _, m := range all {
		if m.Active {
			out = append(out, m)
		}
	}
	return out, err
}

func wrongGuess(field, key string) error {
	e := fault.New(fault.Invalid, "referrals.error.form")
	e.Fields = []fault.Field{{Name: field, Key: "referrals.form." + key}}
	return e
}
