package federation

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"time"
)

// What members say to the hub about a meeting. Each is a thing of its author's.
const (
	Attendance Kind = "Attendance" // whether an organisation comes to a meeting
	Progress   Kind = "Progress"   // how far an action item has come
	Remark     Kind = "Remark"     // on minutes that were circulated
)

// The longest agenda and the longest minutes that one word carries.
const MaxEntries = 80

// Session is what only meetings and their papers have beside the parts of every
// thing. The zero value is for all other kinds.
type Session struct {
	Deadline time.Time // of a meeting: until when items are proposed
	Section  string    // of an agenda item: "1" to "6", the official section
	Wanted   string    // of an agenda item: what its proposer wants of the meeting: note, advise, decide
	Number   string    // "5.1" of an agenda item, "7-2" of an action item, "7/2568" of a meeting or of minutes
	Proposer string    // of an agenda item: IRI of the organisation, "" for the secretariat
	Mode     string    // of an attendance: onsite or online
	Result   Words     // of an entry of minutes: what was resolved, as HTML
	Digest   string    // of minutes that were adopted: MinutesDigest of them
	Entries  []Thing   // of an agenda and of minutes: the agenda items in their order
}

// meetingParts extend the table of things.
func meetingParts() map[Kind]map[string]part {
	item := map[string]part{"name": yes, "content": perhaps, "context": perhaps, "minutes": perhaps, "section": maybeAmong("1 2 3 4 5 6"), "wanted": maybeAmong("note advise decide"),
		"number": perhaps, "proposer": perhaps, "inReplyTo": perhaps, "status": maybeAmong("accepted merged deferred returned"), "summary": perhaps, "resolved": perhaps}
	return map[Kind]map[string]part{
		Meeting: {"name": yes, "content": perhaps, "start": yes, "end": perhaps, "place": perhaps, "link": perhaps, "status": among("EventScheduled EventCancelled"),
			"collection": perhaps, "deadline": perhaps, "number": perhaps},
		Agenda:     {"context": yes, "items": perhaps, "entries": perhaps},
		AgendaItem: item,
		Minutes:    {"name": yes, "content": yes, "context": yes, "number": perhaps, "status": maybeAmong("circulated adopted"), "digest": perhaps, "entries": perhaps},
		ActionItem: {"name": yes, "content": perhaps, "context": yes, "end": perhaps, "status": among("open done dropped"), "number": perhaps},
		Attendance: {"inReplyTo": yes, "status": among("coming maybe absent"), "mode": maybeAmong("onsite online"), "name": perhaps, "content": perhaps},
		Progress:   {"inReplyTo": yes, "status": among("open started done stuck"), "content": perhaps},
		Remark:     {"inReplyTo": yes, "content": yes},
	}
}

// maybeAmong is a coded part that need not be there.
func maybeAmong(words string) part { return part{of: strings.Fields(words)} }

// meetingValues are the parts of a session by the names of the table.
func (s Session) meetingValues() []property {
	at := ""
	if !s.Deadline.IsZero() {
		at = s.Deadline.Format(time.RFC3339)
	}
	entries := ""
	if len(s.Entries) > 0 {
		entries = "yes"
	}
	return []property{{"deadline", at}, {"section", s.Section}, {"wanted", s.Wanted}, {"number", s.Number}, {"proposer", s.Proposer}, {"mode", s.Mode},
		{"resolved", s.Result.TH}, {"digest", s.Digest}, {"entries", entries}}
}

// session judges what the table does not.
func (t *Thing) session() error {
	s := t.Session
	if s.Proposer != "" && CheckIRI(s.Proposer) != nil {
		return invalid("object.proposedBy", "iri")
	}
	if s.Number != "" && (!IsLine(s.Number) || len(s.Number) > 48) {
		return invalid("object.number", "line")
	}
	if !s.Deadline.IsZero() && (s.Deadline.Location() != time.UTC || !s.Deadline.Equal(s.Deadline.Truncate(time.Minute))) {
		return invalid("object.proposeUntil", "time")
	}
	if _, ok := PlainText(s.Result.TH); s.Result.TH != "" && (!ok || len(s.Result.TH) > MaxString) || s.Result.EN != "" {
		return invalid("object.resolved", "html")
	}
	if len(s.Entries) > MaxEntries || len(s.Entries) > 0 && len(t.Items) > 0 {
		return invalid("object.orderedItems", "too_many")
	}
	for i := range s.Entries {
		e := &s.Entries[i]
		if e.Kind != AgendaItem || e.Author != t.Author || len(e.Session.Entries) > 0 {
			return invalid("object.orderedItems", "type")
		}
		if err := hosted("object.orderedItems", e.ID, t.Author); err != nil {
			return err
		}
		if err := e.check(); err != nil {
			return err
		}
	}
	if s.Digest != "" && s.Digest != MinutesDigest(*t) {
		return invalid("object.digest", "mismatch")
	}
	return nil
}

// MinutesDigest is "SHA-256=" and the base64 of the hash of all that minutes say, in
// one spelling: two who hold the same minutes have the same digest, whoever wrote
// the bytes in which they came.
func MinutesDigest(t Thing) string {
	var b strings.Builder
	write := func(parts ...string) {
		for _, p := range parts {
			b.WriteString(p)
			b.WriteByte(0)
		}
	}
	write("minutes/1", t.ID, t.Context, t.Session.Number, t.Name.TH, t.Name.EN, t.Content.TH, t.Content.EN)
	for _, e := range t.Session.Entries {
		write(e.ID, e.Session.Section, e.Session.Number, e.Name.TH, e.Name.EN, e.Content.TH, e.Content.EN, e.Session.Result.TH)
	}
	sum := sha256.Sum256([]byte(b.String()))
	return "SHA-256=" + base64.StdEncoding.EncodeToString(sum[:])
}
