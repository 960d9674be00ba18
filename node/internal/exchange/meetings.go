package exchange

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/dispatch"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/node/clinic/meeting"
	"github.com/saphan-network/saphan/policies"
	"github.com/saphan-network/saphan/policies/redact"
)

// Meetings speaks with the hub about meetings. It implements meeting.Wire.
type Meetings struct {
	Office *dispatch.Office
	Hub    func(ctx context.Context) (actor string, err error) // the pinned hub, "" for none
}

func (w *Meetings) hub(ctx context.Context) (string, error) {
	hub, err := w.Hub(ctx)
	if err == nil && hub == "" {
		err = fault.New(fault.Conflict, "error.meetings.no_hub")
	}
	return hub, err
}

func (w *Meetings) proposal(m meeting.Meeting, p meeting.Proposal) federation.Word {
	return federation.Word{ID: w.Office.Base + "/ap/act/" + p.ID, Type: federation.Offer, Target: m.Agenda, Thing: &federation.Thing{Kind: federation.AgendaItem, Author: w.Office.Self,
		Name: federation.Words{TH: p.Title}, Content: federation.Words{TH: federation.Paragraphs(p.Why)}, Context: m.IRI, Minutes: p.Minutes,
		Session: federation.Session{Wanted: p.Wanted}}}
}

// Draw implements meeting.Wire.
func (w *Meetings) Draw(ctx context.Context, m meeting.Meeting, p meeting.Proposal) (offer string, body []byte, sum string, err error) {
	hub, err := w.hub(ctx)
	if err != nil {
		return "", nil, "", err
	}
	word := w.proposal(m, p)
	if body, err = w.Office.Prepare(ctx, hub, word); err != nil {
		return "", nil, "", err
	}
	hash := sha256.Sum256(body)
	return word.ID, body, hex.EncodeToString(hash[:]), nil
}

// Propose implements meeting.Wire.
func (w *Meetings) Propose(ctx context.Context, m meeting.Meeting, p meeting.Proposal) error {
	_, err := w.Office.Post(ctx, policies.Meeting, m.IRI, policies.MeetingFacts, p.Bytes)
	return err
}

func (w *Meetings) say(ctx context.Context, thread string, t federation.Type, thing federation.Thing) error {
	hub, err := w.hub(ctx)
	if err != nil {
		return err
	}
	thing.Author = w.Office.Self
	word := federation.Word{Type: t, Thing: &thing}
	_, err = w.Office.Say(ctx, hub, policies.Meeting, thread, policies.MeetingFacts(word), word)
	return err
}

func (w *Meetings) thing(id string) string { return w.Office.Base + "/ap/thing/" + id }

// Reply implements meeting.Wire.
func (w *Meetings) Reply(ctx context.Context, m meeting.Meeting, r meeting.Reply, first bool) error {
	t := federation.Update
	if first {
		t = federation.Create
	}
	return w.say(ctx, m.IRI, t, federation.Thing{Kind: federation.Attendance, ID: w.thing(r.Thing), InReplyTo: m.IRI, Status: r.State, Name: federation.Words{TH: r.Who},
		Content: federation.Words{TH: federation.Paragraphs(r.Needs)}, Session: federation.Session{Mode: r.Mode}})
}

// Report implements meeting.Wire.
func (w *Meetings) Report(ctx context.Context, t meeting.Task) error {
	return w.say(ctx, t.Meeting, federation.Create, federation.Thing{Kind: federation.Progress, ID: w.thing(opaque.ID()), InReplyTo: t.IRI, Status: t.State,
		Content: federation.Words{TH: federation.Paragraphs(t.Note)}})
}

// Remark implements meeting.Wire.
func (w *Meetings) Remark(ctx context.Context, m meeting.Meeting, text string) error {
	return w.say(ctx, m.IRI, federation.Create, federation.Thing{Kind: federation.Remark, ID: w.thing(opaque.ID()), InReplyTo: m.Minutes.IRI,
		Content: federation.Words{TH: federation.Paragraphs(text)}})
}

// LookAt finds what looks in a text as if it told who somebody is.
func LookAt(text string) []meeting.Finding {
	var out []meeting.Finding
	r := redact.Redact(text, nil)
	for _, s := range r.Spans {
		out = append(out, meeting.Finding{Text: text[s.Start:s.End], Kind: string(s.Kind), Certain: s.Certain()})
	}
	for _, s := range r.Residue {
		certain := s.Why == redact.Broken || s.Why == redact.Script
		kind := "foreign"
		if s.Why == redact.Digits {
			kind = "digits"
		}
		out = append(out, meeting.Finding{Text: text[s.Start:s.End], Kind: kind, Certain: certain})
	}
	return out
}

// Clinic is what the hub's words about meetings do; *meeting.Service is one.
type Clinic interface {
	Told(ctx context.Context, m meeting.Meeting) error
	Ordered(ctx context.Context, id, iri string, items []meeting.Item, sequence int64) error
	Judged(ctx context.Context, offer, fate, reason string, sequence int64) error
	Written(ctx context.Context, id, iri string, minutes meeting.Minutes) error
	Tasked(ctx context.Context, t meeting.Task) error
}

// last is the opaque end of an address at the hub.
func last(iri string) string { return iri[strings.LastIndex(iri, "/")+1:] }

// Effect carries out what the hub says about meetings. Nobody else may say it.
func (w *Meetings) Effect(s Clinic) WordEffect {
	return func(ctx context.Context, said federation.Word, raw []byte) (bool, error) {
		t := said.Thing
		if t == nil {
			return false, nil
		}
		switch t.Kind {
		case federation.Meeting, federation.Agenda, federation.AgendaItem, federation.Minutes, federation.ActionItem:
		default:
			return false, nil
		}
		if hub, err := w.Hub(ctx); err != nil || hub != said.Actor {
			if err == nil {
				err = fault.New(fault.Forbidden, "error.network.not_the_hub")
			}
			return true, err
		}
		if iri := t.Context; iri != "" && !federation.SameOrigin(iri, said.Actor) {
			return true, fault.New(fault.Forbidden, "error.federation.forbidden").With("why", "origin")
		}
		if !opaque.Valid(last(t.ID)) || t.Context != "" && !opaque.Valid(last(t.Context)) {
			return true, fault.New(fault.Invalid, "error.federation.invalid").With("field", "object.id")
		}
		return true, told(ctx, s, said)
	}
}

func told(ctx context.Context, s Clinic, said federation.Word) error {
	t := said.Thing
	plain, _ := federation.PlainText(t.Content.TH)
	switch t.Kind {
	case federation.Meeting:
		return s.Told(ctx, meeting.Meeting{ID: last(t.ID), IRI: t.ID, NameTH: t.Name.TH, NameEN: t.Name.EN, Number: t.Session.Number, Note: plain, Start: t.Start, End: t.End,
			Deadline: t.Session.Deadline, Place: t.Place.TH, Link: t.Link, Cancelled: t.Status == "EventCancelled", Agenda: t.Collection, Sequence: said.Sequence})
	case federation.Agenda:
		return s.Ordered(ctx, last(t.Context), t.Context, items(t.Session.Entries), said.Sequence)
	case federation.AgendaItem:
		return s.Judged(ctx, t.InReplyTo, t.Status, t.Summary.TH, said.Sequence)
	case federation.Minutes:
		return s.Written(ctx, last(t.Context), t.Context, meeting.Minutes{IRI: t.ID, Text: plain, Items: items(t.Session.Entries), Adopted: t.Status == "adopted",
			Digest: t.Session.Digest, Sequence: said.Sequence})
	}
	return s.Tasked(ctx, meeting.Task{ID: last(t.ID), IRI: t.ID, Meeting: t.Context, Code: t.Session.Number, What: t.Name.TH, Due: t.End, State: t.Status, Sequence: said.Sequence})
}

func items(entries []federation.Thing) []meeting.Item {
	out := make([]meeting.Item, 0, len(entries))
	for _, e := range entries {
		why, _ := federation.PlainText(e.Content.TH)
		result, _ := federation.PlainText(e.Session.Result.TH)
		out = append(out, meeting.Item{ID: last(e.ID), Section: e.Session.Section, Number: e.Session.Number, Title: e.Name.TH, Why: why, Wanted: e.Session.Wanted,
			Minutes: e.Minutes, Proposer: e.Session.Proposer, Result: result})
	}
	return out
}
