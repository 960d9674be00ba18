package app

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/directory"
	"github.com/saphan-network/saphan/node/clinic/referral"
	"github.com/saphan-network/saphan/node/clinic/ruleset"
	"github.com/saphan-network/saphan/node/internal/exchange"
	"github.com/saphan-network/saphan/node/internal/store/rulestore"
	"github.com/saphan-network/saphan/policies"
)

// Editions is where the versions of a node's own rules are, for commands that
// send without serving.
func Editions(db *database.DB) policies.Editions { return rulestore.New(db) }

// judge says what follows from rows of our own, by the gate itself.
type judge struct {
	gate    *policies.Gate
	mail    *mailbox.Store
	members *directory.Service
	open    *referral.Sender
	weigh   *exchange.Post
}

// Judge implements ruleset.Judge.
func (j *judge) Judge(ctx context.Context, who clinic.Actor, rows []ruleset.Row) (ruleset.Judgement, error) {
	var cells [][]string
	for _, r := range rows {
		cells = append(cells, r.Cells())
	}
	s, err := j.gate.Try(cells)
	var bad *policies.RowError
	switch {
	case errors.As(err, &bad):
		return ruleset.Judgement{Problems: []ruleset.Problem{{Row: bad.Row, Column: bad.Column}}}, nil
	case errors.Is(err, policies.ErrDiffer):
		return ruleset.Judgement{Differ: true}, nil
	case err != nil:
		return ruleset.Judgement{}, err
	}
	out := ruleset.Judgement{Hash: s.Hash()}
	for _, f := range s.Lint() {
		if slices.ContainsFunc(rows, func(r ruleset.Row) bool { return r.Name == f.Rule.ID }) {
			out.Findings = append(out.Findings, ruleset.Finding{Name: f.Rule.ID, Kind: f.Kind})
		}
	}
	results, err := s.Test()
	if err != nil {
		return out, err
	}
	out.Examples = len(results)
	for _, c := range results {
		if !c.OK && c.Got != "policy.why.own" {
			out.Failed++
		}
	}
	if err := j.gate.Refresh(ctx); err != nil {
		return out, err
	}
	if live := j.gate.Snapshot(); live != nil {
		return out, j.compare(ctx, who, live, s, &out)
	}
	return out, nil
}

// compare says what changes from the live rules to others.
func (j *judge) compare(ctx context.Context, who clinic.Actor, live, other *policies.Snapshot, out *ruleset.Judgement) error {
	members, _, err := j.members.Members(ctx)
	if err != nil {
		return err
	}
	for _, e := range live.Effects(other) {
		if e.Purpose == policies.Publish {
			continue // a node publishes nothing
		}
		one := ruleset.Effect{Purpose: e.Purpose, Path: e.Path, Form: string(e.Form), Allows: e.Allows, Kinds: e.Audiences, Whole: e.Whole, Partly: e.Partly, Message: e.Message}
		for _, t := range e.When {
			one.When = append(one.When, ruleset.Term(t))
		}
		for _, m := range members {
			if slices.ContainsFunc(e.Audiences, func(kind string) bool { return isOf(m, kind) }) {
				one.Members = append(one.Members, m.Name)
			}
		}
		out.Effects = append(out.Effects, one)
	}
	if out.Messages, err = j.stopped(ctx, live, other); err != nil {
		return err
	}
	out.Referrals, err = j.held(ctx, who, live, other)
	return err
}

// isOf reports whether a member is among a kind of recipients.
func isOf(m directory.Entry, kind string) bool {
	if actor, ok := strings.CutPrefix(kind, "org:"); ok {
		return m.Actor == actor
	}
	if m.State == "suspended" {
		return kind == "suspended"
	}
	return m.State == "active" && m.Tier == kind
}

// stopped counts what waits to be sent and would stay.
func (j *judge) stopped(ctx context.Context, live, other *policies.Snapshot) (n int, err error) {
	lines, err := j.mail.Lines(ctx)
	if err != nil {
		return 0, err
	}
	for _, l := range lines {
		if l.Waiting+l.Held == 0 {
			continue
		}
		items, err := j.mail.Queue(ctx, l.Peer)
		if err != nil {
			return 0, err
		}
		for _, item := range items {
			now, err := j.gate.Stays(ctx, live, item.Receipt)
			if err != nil {
				return 0, err
			}
			then, err := j.gate.Stays(ctx, other, item.Receipt)
			if err != nil {
				return 0, err
			}
			if then && !now {
				n++
			}
		}
	}
	return n, nil
}

// held counts what is being written or waits for approval and would hold less.
func (j *judge) held(ctx context.Context, who clinic.Actor, live, other *policies.Snapshot) (n int, err error) {
	offerings, err := j.open.Unsent(ctx, who)
	if err != nil {
		return 0, err
	}
	for _, o := range offerings {
		now, err := j.weigh.Weigh(ctx, j.gate, live, o)
		if err != nil {
			return 0, err
		}
		then, err := j.weigh.Weigh(ctx, j.gate, other, o)
		if err != nil {
			return 0, err
		}
		if now.Allowed && (!then.Allowed || leaving(then) < leaving(now)) {
			n++
		}
	}
	return n, nil
}

// leaving counts the fields that leave.
func leaving(p referral.Preview) (n int) {
	for _, f := range p.Fields {
		if f.Form != string(policies.Withheld) {
			n++
		}
	}
	return n
}
