package federation

import (
	"html"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Everybody stands for all who can read: what is addressed to it is public
// (https://www.w3.org/TR/activitypub/#public-addressing).
const Everybody = "https://www.w3.org/ns/activitystreams#Public"

// The types of activities and objects that only public documents have.
const (
	Create   Type = "Create"
	Delete   Type = "Delete"
	Announce Type = "Announce"
	Follow   Type = "Follow"
)

// Limits of a public document, in bytes.
const (
	MaxLine    = 600      // a title, a summary, a place
	MaxContent = 48 << 10 // the text in one language, as HTML
)

// Words are a text in both languages. EN may be empty.
type Words struct{ TH, EN string }

// The kinds of public documents.
const (
	Statement = "Article"
	OpenEvent = "Event"
)

// Public is a document that a hub shows to everybody.
type Public struct {
	ID        string    // IRI, ours; its page for people has the same address
	Author    string    // IRI of the hub's public actor
	Kind      string    // Statement or OpenEvent
	Name      Words     // one line each
	Summary   Words     // plain text, one line each
	Content   Words     // HTML as Paragraphs writes it, nothing else
	Published time.Time // of the first version, to the hour
	Updated   time.Time // of this version, to the hour; zero for the first

	// Of events.
	Start, End time.Time
	Place      Words  // where people meet; or
	Link       string // where they meet online
	Cancelled  bool
}

// Publication is an activity by which the hub's public actor shows, changes or
// takes back a document, or passes one on. It goes to everybody and to the
// actor's followers.
type Publication struct {
	ID        string // IRI, ours
	Type      Type   // Create, Update, Delete or Announce
	Actor     string // IRI of the public actor
	Followers string // IRI of its collection of followers
	Published time.Time
	Document  *Public // of Create and Update
	Object    string  // of Delete and Announce: IRI of the document
}

// Following is what a stranger's Follow says, and our Accept says back.
type Following struct {
	ID     string // IRI of the Follow, at its actor's server
	Actor  string // who follows
	Object string // the public actor
}

// Paragraphs writes plain text as the only HTML that a public document may hold:
// p and br. A blank line ends a paragraph.
func Paragraphs(text string) string {
	var out strings.Builder
	text = strings.ReplaceAll(text, "\r\n", "\n")
	for _, part := range strings.Split(text, "\n\n") {
		var lines []string
		for _, l := range strings.Split(part, "\n") {
			if l = strings.TrimSpace(l); l != "" {
				lines = append(lines, html.EscapeString(l))
			}
		}
		if len(lines) > 0 {
			out.WriteString("<p>" + strings.Join(lines, "<br>") + "</p>")
		}
	}
	return out.String()
}

// PlainText is the opposite of Paragraphs; ok is false for HTML that Paragraphs
// does not write.
func PlainText(content string) (text string, ok bool) {
	var parts []string
	for rest := content; rest != ""; {
		var part string
		if rest, ok = strings.CutPrefix(rest, "<p>"); !ok {
			return "", false
		}
		if part, rest, ok = strings.Cut(rest, "</p>"); !ok {
			return "", false
		}
		lines := strings.Split(part, "<br>")
		for i, l := range lines {
			lines[i] = html.UnescapeString(l)
		}
		parts = append(parts, strings.Join(lines, "\n"))
	}
	text = strings.Join(parts, "\n\n")
	return text, Paragraphs(text) == content
}

// CheckPublication reports the first reason why a publication may not be sent, or
// is none, as Validate does.
func CheckPublication(p Publication) error {
	for _, one := range []struct{ field, iri string }{{"actor", p.Actor}, {"id", p.ID}, {"cc", p.Followers}} {
		if err := hosted(one.field, one.iri, p.Actor); err != nil {
			return err
		}
	}
	if !onTheHour(p.Published) {
		return invalid("published", "hour")
	}
	switch p.Type {
	case Create, Update:
		if p.Document == nil || p.Object != "" {
			return invalid("object", "exactly_one")
		}
		if p.Document.Author != p.Actor {
			return invalid("object.attributedTo", "actor")
		}
		if (p.Type == Update) != !p.Document.Updated.IsZero() {
			return invalid("object.updated", "unexpected")
		}
		return p.Document.check()
	case Delete:
		if p.Document != nil {
			return invalid("object", "exactly_one")
		}
		return hosted("object", p.Object, p.Actor)
	case Announce:
		if p.Document != nil || CheckIRI(p.Object) != nil {
			return invalid("object", "iri")
		}
		return nil
	}
	return invalid("type", "unknown")
}

// CheckPublic is CheckPublication for a document alone.
func CheckPublic(d Public) error { return d.check() }

func (d *Public) check() error {
	if CheckIRI(d.Author) != nil {
		return invalid("object.attributedTo", "iri")
	}
	if err := hosted("object.id", d.ID, d.Author); err != nil {
		return err
	}
	if !onTheHour(d.Published) {
		return invalid("object.published", "hour")
	}
	if !d.Updated.IsZero() && (!onTheHour(d.Updated) || d.Updated.Before(d.Published)) {
		return invalid("object.updated", "hour")
	}
	if err := d.words(); err != nil {
		return err
	}
	switch d.Kind {
	case Statement:
		if !d.Start.IsZero() || !d.End.IsZero() || d.Place != (Words{}) || d.Link != "" || d.Cancelled {
			return invalid("object.startTime", "unexpected")
		}
		return nil
	case OpenEvent:
		return d.event()
	}
	return invalid("object.type", "type")
}

func (d *Public) words() error {
	if d.Name.TH == "" {
		return invalid("object.name", "missing")
	}
	if d.Content.TH == "" {
		return invalid("object.content", "missing")
	}
	if (d.Name.EN == "") != (d.Content.EN == "") || (d.Name.EN == "" && d.Summary.EN+d.Place.EN != "") {
		return invalid("object.nameMap", "language") // a language is there as a whole or not at all
	}
	for field, line := range map[string]string{"object.name": d.Name.TH, "object.nameMap": d.Name.EN, "object.summary": d.Summary.TH, "object.summaryMap": d.Summary.EN,
		"object.location": d.Place.TH, "object.location.nameMap": d.Place.EN} {
		if line != "" && !IsLine(line) {
			return invalid(field, "line")
		}
	}
	for field, content := range map[string]string{"object.content": d.Content.TH, "object.contentMap": d.Content.EN} {
		if _, ok := PlainText(content); !ok || len(content) > MaxContent {
			return invalid(field, "html")
		}
	}
	return nil
}

func (d *Public) event() error {
	if d.Start.IsZero() || d.Start.Location() != time.UTC || !d.Start.Equal(d.Start.Truncate(time.Minute)) {
		return invalid("object.startTime", "time")
	}
	if !d.End.IsZero() && (d.End.Location() != time.UTC || !d.End.After(d.Start) || !d.End.Equal(d.End.Truncate(time.Minute))) {
		return invalid("object.endTime", "time")
	}
	if d.Link != "" && CheckIRI(d.Link) != nil {
		return invalid("object.location.url", "iri")
	}
	if d.Place.TH == "" && d.Link == "" {
		return invalid("object.location", "missing")
	}
	return nil
}

// CheckFollowing accepts a Follow, by its envelope, of the public actor.
func CheckFollowing(f Following) error {
	for _, one := range []struct{ field, iri string }{{"actor", f.Actor}, {"object", f.Object}} {
		if CheckIRI(one.iri) != nil {
			return invalid(one.field, "iri")
		}
	}
	if SameOrigin(f.Actor, f.Object) {
		return invalid("actor", "self")
	}
	return hosted("id", f.ID, f.Actor)
}

func onTheHour(t time.Time) bool {
	return !t.IsZero() && t.Location() == time.UTC && t.Equal(t.Truncate(time.Hour))
}

// IsLine accepts one line of text in which everything is seen and nothing turns
// the direction of writing.
func IsLine(s string) bool {
	return strings.TrimSpace(s) == s && s != "" && len(s) <= MaxLine && !strings.Contains(s, "\n") && IsText(s)
}

// IsText accepts lines of such text.
func IsText(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool {
		joins := r >= 0x200b && r <= 0x200d
		return (unicode.IsControl(r) && r != '\n') || r == 0x2028 || r == 0x2029 || r == utf8.RuneError || unicode.Is(unicode.Co, r) || (unicode.Is(unicode.Cf, r) && !joins)
	})
}
