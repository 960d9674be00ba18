package exchange

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/dispatch"
	"github.com/saphan-network/saphan/hub/network/meeting"
	"github.com/saphan-network/saphan/policies"
)

// Meetings speaks with the members about meetings. It implements meeting.Wire.
type Meetings struct {
	Office *dispatch.Office
}

// thing is the address of what has an id here.
func (w *Meetings) thing(id string) string { return w.Office.Base + "/ap/thing/" + id }

// id is the opposite of thing, "" for what is not ours.
func (w *Meetings) id(iri string) string {
	id, ok := strings.CutPrefix(iri, w.Office.Base+"/ap/thing/")
	if !ok {
		return ""
	}
	return id
}

func (w *Meetings) say(ctx context.Context, to, thread string, t federation.Type, thing federation.Thing) error {
	thing.Author = w.Office.Self
	for i := range thing.Session.Entries {
		thing.Session.Entries[i].Author = w.Office.Self
	}
	word := federation.Word{Type: t, Thing: &thing}
	_, err := w.Office.Say(ctx, to, policies.Meeting, w.thing(thread), policies.MeetingFacts(word), word)
	return err
}

// name is what the meeting is called, with its number.
func name(m meeting.Meeting) federation.Words {
	out := federation.Words{TH: m.NameTH + " ครั้งที่ " + m.Label()}
	if m.NameEN != "" {
		out.EN = m.NameEN + " " + m.Label()
	}
	return out
}

func minute(at time.Time) time.Time { return at.UTC().Truncate(time.Minute) }

func (w *Meetings) event(m meeting.Meeting, open bool) federation.Thing {
	t := federation.Thing{Kind: federation.Meeting, ID: w.thing(m.ID), Name: name(m), Start: minute(m.Start), End: minute(m.End()), Status: "EventScheduled",
		Content: federation.Words{TH: federation.Paragraphs(m.Note)}, Collection: w.thing(m.Agenda), Session: federation.Session{Deadline: minute(m.Deadline), Number: m.Label()}}
	if m.State == meeting.Cancelled {
		t.Status = "EventCancelled"
	}
	if open {
		t.Place, t.Link = federation.Words{TH: m.Place}, m.Link
	}
	return t
}

// Call implements meeting.Wire.
func (w *Meetings) Call(ctx context.Context, m meeting.Meeting, to []meeting.Member) error {
	for _, one := range to {
		if err := w.say(ctx, one.Actor, m.ID, federation.Invite, w.event(m, false)); err != nil {
			return err
		}
	}
	return nil
}

// Change implements meeting.Wire.
func (w *Meetings) Change(ctx context.Context, m meeting.Meeting, to meeting.Member, open bool) error {
	return w.say(ctx, to.Actor, m.ID, federation.Update, w.event(m, open))
}

func (w *Meetings) item(i meeting.Item, number string) federation.Thing {
	t := federation.Thing{Kind: federation.AgendaItem, ID: w.thing(i.ID), Name: federation.Words{TH: i.Title}, Minutes: i.Minutes,
		Session: federation.Session{Section: i.Section, Wanted: i.Wanted, Number: number, Proposer: i.Proposer}}
	if !i.Closed {
		t.Content = federation.Words{TH: federation.Paragraphs(i.Why)}
	}
	return t
}

// Fate implements meeting.Wire.
func (w *Meetings) Fate(ctx context.Context, m meeting.Meeting, i meeting.Item) error {
	t := w.item(i, "")
	t.Context, t.InReplyTo, t.Status, t.Summary = w.thing(m.ID), i.Offer, string(i.Fate), federation.Words{TH: i.Reason}
	return w.say(ctx, i.Proposer, m.ID, federation.Update, t)
}

// Publish implements meeting.Wire.
func (w *Meetings) Publish(ctx context.Context, m meeting.Meeting, items []meeting.Item, to []meeting.Member) error {
	t := federation.Thing{Kind: federation.Agenda, ID: w.thing(m.Agenda), Context: w.thing(m.ID)}
	for k, number := range meeting.Numbers(items) {
		t.Session.Entries = append(t.Session.Entries, w.item(items[k], number))
	}
	for _, one := range to {
		if err := w.say(ctx, one.Actor, m.ID, federation.Update, t); err != nil {
			return err
		}
	}
	return nil
}

// Circulate implements meeting.Wire.
func (w *Meetings) Circulate(ctx context.Context, p meeting.Paper, to []meeting.Member) (digest string, err error) {
	m := p.Meeting
	t := federation.Thing{Kind: federation.Minutes, ID: w.thing(m.Paper), Context: w.thing(m.ID), Name: federation.Words{TH: "รายงานการประชุม " + name(m).TH},
		Content: federation.Words{TH: federation.Paragraphs(p.Text())}, Status: "circulated", Session: federation.Session{Number: m.Label()}}
	for k, number := range meeting.Numbers(p.Items) {
		i := p.Items[k]
		e := w.item(i, number)
		e.Content = federation.Words{TH: federation.Paragraphs(i.Note)}
		if i.Closed {
			e.Content = federation.Words{}
		}
		e.Session.Result = federation.Words{TH: federation.Paragraphs(i.Decision.Sentence())}
		t.Session.Entries = append(t.Session.Entries, e)
	}
	for k, list := range p.Lists() {
		t.Session.Entries = append(t.Session.Entries, federation.Thing{Kind: federation.AgendaItem, ID: w.thing(derived(m.Paper, k)), Name: federation.Words{TH: list.Title},
			Content: federation.Words{TH: federation.Paragraphs(list.Text)}})
	}
	kind := federation.Create
	if m.MinutesRevision > 1 {
		kind = federation.Update
	}
	t.Author = w.Office.Self
	if m.State == meeting.Adopted {
		t.Status = "adopted"
		t.Session.Digest = federation.MinutesDigest(t)
	}
	for _, one := range to {
		if err := w.say(ctx, one.Actor, m.ID, kind, t); err != nil {
			return "", err
		}
	}
	return t.Session.Digest, nil
}

// derived is the id of a part that has none of its own; the same each time, so that
// minutes keep their digest.
func derived(id string, k int) string {
	sum := sha256.Sum256([]byte(id + "/" + strconv.Itoa(k)))
	return hex.EncodeToString(sum[:16])
}

// Task implements meeting.Wire.
func (w *Meetings) Task(ctx context.Context, m meeting.Meeting, a meeting.Action) error {
	t := federation.Thing{Kind: federation.ActionItem, ID: w.thing(a.ID), Name: federation.Words{TH: a.What}, Context: w.thing(m.ID), Status: "open",
		Session: federation.Session{Number: a.Code}}
	switch a.State {
	case "done", "dropped":
		t.Status = a.State
	}
	if day, err := time.ParseInLocation(time.DateOnly, a.Due, meeting.Zone); err == nil {
		t.End = minute(day.Add(23*time.Hour + 59*time.Minute))
	}
	kind := federation.Create
	if a.Version > 1 {
		kind = federation.Update
	}
	return w.say(ctx, a.Owner, m.ID, kind, t)
}

// Meeting is what members' words about meetings do; *meeting.Service is one.
type Meeting interface {
	Proposed(ctx context.Context, agenda string, i meeting.Item) error
	Replied(ctx context.Context, r meeting.Reply) error
	Progressed(ctx context.Context, r meeting.Report) error
	Remarked(ctx context.Context, paper, id, from, text string) error
}

// Effect carries out what a member says about meetings.
func (w *Meetings) Effect(s Meeting) WordEffect {
	return func(ctx context.Context, said federation.Word, _ []byte) (bool, error) {
		t := said.Thing
		if t == nil {
			return false, nil
		}
		plain, _ := federation.PlainText(t.Content.TH)
		switch t.Kind {
		case federation.AgendaItem:
			return true, s.Proposed(ctx, w.id(said.Target), meeting.Item{Title: t.Name.TH, Why: plain, Wanted: t.Session.Wanted, Minutes: t.Minutes, Proposer: said.Actor, Offer: said.ID})
		case federation.Attendance:
			return true, s.Replied(ctx, meeting.Reply{Meeting: w.id(t.InReplyTo), Org: said.Actor, State: t.Status, Mode: t.Session.Mode, Who: t.Name.TH, Needs: plain,
				Sequence: said.Sequence})
		case federation.Progress:
			return true, s.Progressed(ctx, meeting.Report{Action: w.id(t.InReplyTo), From: said.Actor, State: t.Status, Note: plain, Sequence: said.Sequence})
		case federation.Remark:
			return true, s.Remarked(ctx, w.id(t.InReplyTo), t.ID[strings.LastIndex(t.ID, "/")+1:], said.Actor, plain)
		}
		return false, nil
	}
}
