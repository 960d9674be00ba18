package federation

import (
	"strconv"
	"strings"
	"time"
)

// Add is the type by which a hub puts something into a collection of its own.
const Add Type = "Add"

// Kind says what a Thing is.
type Kind string

// The kinds of things that organisations of the network tell each other about
// their common work. None of them has a place for anything of a case.
const (
	Meeting         Kind = "Meeting"
	Agenda          Kind = "Agenda"
	AgendaItem      Kind = "AgendaItem"
	Minutes         Kind = "Minutes"
	ActionItem      Kind = "ActionItem"
	Vote            Kind = "Vote"
	Ballot          Kind = "Ballot"
	Lesson          Kind = "Lesson"
	Reply           Kind = "Reply"
	Trial           Kind = "Trial" // somebody has tried what a lesson says
	Campaign        Kind = "Campaign"
	Milestone       Kind = "Milestone"
	EvidenceRequest Kind = "EvidenceRequest"
	EvidenceAnswer  Kind = "EvidenceAnswer"
	SecurityAlert   Kind = "SecurityAlert"
)

// Word is what one organisation says to another about their common work. Like an
// Activity it has one receiver, an hour and a number. No server acts on words yet:
// they are read strictly, kept, and have no effect.
type Word struct {
	ID        string
	Type      Type
	Actor, To string
	Published time.Time
	Sequence  int64

	Object string // IRI that it is about, where nothing is embedded
	Target string // of Offer and Add: IRI of the collection
	Result string // of Accept: IRI of what an offered agenda item became
	Thing  *Thing
	Inner  *Word  // of Announce: what a member has said to the hub, unchanged
	Reason string // of Delete: vocabulary retraction_reason, or ""
	Proof  Proof  // of its actor (FEP-8b32), zero without one; nobody believes it who has not verified it
}

// Thing is what a word carries. Which parts a kind has is the table things.
type Thing struct {
	Kind                   Kind
	ID                     string // IRI at its author's; "" for an agenda item that is offered
	Author                 string // IRI
	Name, Summary, Content Words  // plain text, and HTML as Paragraphs writes it
	Context                string // IRI of the meeting or campaign that it belongs to
	InReplyTo              string // IRI
	Start, End             time.Time
	Minutes                int    // how long an agenda item takes
	Place                  Words  // of a meeting
	Link                   string // of a meeting
	Status                 string // of meeting, action item, trial: see things
	Stage                  string // of a campaign
	Severity, TLP          string // of an alert
	Measure, From, Until   string // of evidence: what is counted, in which months
	Count                  string // of evidence: a number, or "<5"
	Collection             string // IRI: agenda of a meeting, signatories of a campaign
	Items                  []string
	Options                []Words // of a vote
	Lesson                 *LessonParts
	Session                Session // of meetings and their papers
}

// part is a part of a thing.
type part struct {
	must bool
	of   []string // the words that a coded part may be
}

var (
	yes     = part{must: true}
	perhaps = part{}
)

func among(words string) part      { return part{must: true, of: strings.Fields(words)} }
func (p part) takes(v string) bool { return len(p.of) == 0 || oneOf("", v, p.of...) == nil }

// things is the table: which parts each kind must and may have; all others it must
// not have.
var things = map[Kind]map[string]part{
	Vote:            {"name": yes, "content": perhaps, "context": yes, "end": yes, "options": yes},
	Ballot:          {"name": yes, "inReplyTo": yes},
	Lesson:          {"name": yes, "summary": perhaps, "content": yes},
	Reply:           {"content": yes, "inReplyTo": yes},
	Trial:           {"content": perhaps, "inReplyTo": yes, "status": among("worked partly failed")},
	Campaign:        {"name": yes, "summary": perhaps, "content": yes, "end": perhaps, "stage": among("idea preparing running paused won ended"), "collection": perhaps},
	Milestone:       {"name": yes, "content": perhaps, "context": yes, "start": yes},
	EvidenceRequest: {"name": yes, "content": perhaps, "context": yes, "end": yes, "measure": yes, "from": yes, "until": yes},
	EvidenceAnswer:  {"inReplyTo": yes, "measure": yes, "from": yes, "until": yes, "count": yes},
	SecurityAlert: {"name": yes, "summary": yes, "content": yes, "end": perhaps, "severity": among("low medium high critical"),
		"tlp": among("clear green amber red")},
}

// ofMeetings is the part of the table that is about meetings.
var ofMeetings = meetingParts()

// words is the table of what may be said of what; "" is something by its IRI.
var words = map[Type][]Kind{
	Invite: {Meeting},
	Create: {Attendance, Progress, Remark, Minutes, ActionItem, Vote, Ballot, Lesson, Reply, Trial, Campaign, Milestone, EvidenceRequest, EvidenceAnswer, SecurityAlert},
	Update: {Attendance, Meeting, Agenda, AgendaItem, Minutes, ActionItem, Lesson, Campaign, Milestone, SecurityAlert},
	Offer:  {AgendaItem},
	Accept: {""}, Add: {""}, Delete: {""}, Join: {""}, Leave: {""}, Read: {""}, Announce: {},
}

// CheckWord reports the first reason why a word may not be said, as Validate does.
func CheckWord(w Word) error {
	kinds, known := words[w.Type]
	if !known {
		return invalid("type", "unknown")
	}
	if err := envelope(Activity{ID: w.ID, Actor: w.Actor, To: w.To, Published: w.Published, Sequence: w.Sequence}); err != nil {
		return err
	}
	if w.To == Everybody {
		return invalid("to", "public")
	}
	n := 0
	for _, there := range []bool{w.Object != "", w.Thing != nil, w.Inner != nil} {
		if there {
			n++
		}
	}
	if n != 1 || (w.Inner != nil) != (w.Type == Announce) {
		return invalid("object", "exactly_one")
	}
	for _, p := range []struct {
		field, iri string
		there      bool
	}{{"object", w.Object, w.Object != ""}, {"target", w.Target, w.Type == Offer || w.Type == Add}, {"result", w.Result, w.Result != "" && w.Type == Accept}} {
		if p.there != (p.iri != "") || (p.there && CheckIRI(p.iri) != nil) {
			return invalid(p.field, "iri")
		}
	}
	if err := optional("reasonCode", w.Reason, "retraction_reason"); err != nil || w.Reason != "" && w.Type != Delete {
		return invalid("reasonCode", "unexpected")
	}
	if w.Inner != nil {
		return innerRules(w)
	}
	kind := Kind("")
	if w.Thing != nil {
		kind = w.Thing.Kind
	}
	for _, k := range kinds {
		if k == kind {
			return wordRules(w)
		}
	}
	return invalid("object", "type")
}

// innerRules: a hub passes on what was said to it, by somebody else.
func innerRules(w Word) error {
	in := *w.Inner
	if !in.passable() || in.To != w.Actor || SameOrigin(in.Actor, w.Actor) {
		return invalid("object", "not_passed_on")
	}
	return CheckWord(in)
}

func wordRules(w Word) error {
	switch w.Type {
	case Delete:
		return hosted("object", w.Object, w.Actor)
	case Add:
		return hosted("target", w.Target, w.Actor)
	case Join, Leave, Read, Accept:
		if w.Object == w.To {
			return invalid("object", "membership") // of the network itself: that is an Activity
		}
		if w.Type == Accept && w.Result == "" && strings.HasSuffix(w.To, "/ap/org") {
			return invalid("to", "member") // members accept each other's offers, and say in what that results
		}
		if w.Type == Accept && w.Result != "" {
			return hosted("result", w.Result, w.Actor)
		}
		return hosted("object", w.Object, w.To)
	}
	t := w.Thing
	if t.Author != w.Actor {
		return invalid("object.attributedTo", "actor")
	}
	if w.Type == Offer {
		if t.ID != "" {
			return invalid("object.id", "unexpected") // its number is given by whose collection it is
		}
		if err := hosted("target", w.Target, w.To); err != nil {
			return err
		}
	} else if err := hosted("object.id", t.ID, w.Actor); err != nil {
		return err
	}
	return t.check()
}

func (t *Thing) check() error {
	table := things[t.Kind]
	if of, is := ofMeetings[t.Kind]; is {
		table = of
	}
	for _, p := range append(t.parts(), t.Session.meetingValues()...) {
		want, may := table[p.name]
		switch {
		case p.value != "" && !may:
			return invalid("object."+p.name, "unexpected")
		case p.value == "" && want.must:
			return invalid("object."+p.name, "missing")
		case p.value != "" && !want.takes(p.value):
			return invalid("object."+p.name, "code")
		}
	}
	for _, l := range []Words{t.Name, t.Summary, t.Place} {
		for _, s := range []string{l.TH, l.EN} {
			if s != "" && !IsLine(s) {
				return invalid("object.name", "line")
			}
		}
	}
	for _, s := range []string{t.Content.TH, t.Content.EN} {
		if _, ok := PlainText(s); !ok && s != "" || len(s) > MaxString {
			return invalid("object.content", "html")
		}
	}
	for _, w := range append([]Words{t.Name, t.Summary, t.Content, t.Place}, t.Options...) {
		if w.TH == "" && w.EN != "" {
			return invalid("object.nameMap", "language")
		}
	}
	if t.Lesson != nil && t.Kind != Lesson {
		return invalid("object.revision", "unexpected")
	}
	return first(t.references(), t.times(), t.session(), t.evidence(), t.choices(), t.Lesson.check())
}

type property struct{ name, value string }

func (t *Thing) parts() []property {
	clock := func(at time.Time) string {
		if at.IsZero() {
			return ""
		}
		return at.Format(time.RFC3339)
	}
	length := ""
	if t.Minutes != 0 {
		length = strconv.Itoa(t.Minutes)
	}
	options := ""
	if len(t.Options) > 0 {
		options = "yes"
	}
	return []property{{"name", t.Name.TH}, {"summary", t.Summary.TH}, {"content", t.Content.TH}, {"context", t.Context}, {"inReplyTo", t.InReplyTo}, {"start", clock(t.Start)},
		{"end", clock(t.End)}, {"minutes", length}, {"place", t.Place.TH}, {"link", t.Link}, {"status", t.Status}, {"stage", t.Stage}, {"severity", t.Severity}, {"tlp", t.TLP},
		{"measure", t.Measure}, {"from", t.From}, {"until", t.Until}, {"count", t.Count}, {"collection", t.Collection}, {"items", strings.Join(t.Items, " ")}, {"options", options}}
}

func (t *Thing) references() error {
	for _, p := range []property{{"context", t.Context}, {"inReplyTo", t.InReplyTo}, {"link", t.Link}} {
		if p.value != "" && CheckIRI(p.value) != nil {
			return invalid("object."+p.name, "iri")
		}
	}
	for _, id := range append([]string{t.Collection}, t.Items...) {
		if id != "" {
			if err := hosted("object.collection", id, t.Author); err != nil {
				return err
			}
		}
	}
	if len(t.Items) > MaxCodes {
		return invalid("object.items", "too_many")
	}
	return nil
}

func (t *Thing) times() error {
	for _, at := range []time.Time{t.Start, t.End} {
		if !at.IsZero() && (at.Location() != time.UTC || !at.Equal(at.Truncate(time.Minute))) {
			return invalid("object.startTime", "time")
		}
	}
	if !t.Start.IsZero() && !t.End.IsZero() && !t.End.After(t.Start) {
		return invalid("object.endTime", "time")
	}
	if t.Minutes < 0 || t.Minutes > 600 {
		return invalid("object.minutes", "range")
	}
	return nil
}

// evidence counts in whole months, and never says a small number.
func (t *Thing) evidence() error {
	if t.Measure != "" && !isCode(t.Measure) {
		return invalid("object.measure", "code")
	}
	if t.From != "" && (!isMonth(t.From) || !isMonth(t.Until) || t.Until < t.From) {
		return invalid("object.from", "month")
	}
	if n, err := strconv.Atoi(t.Count); t.Count != "" && t.Count != "<5" && (err != nil || n < 5 || n > 1_000_000 || strconv.Itoa(n) != t.Count) {
		return invalid("object.count", "small")
	}
	return nil
}

func (t *Thing) choices() error {
	if t.Kind != Vote {
		return nil
	}
	if len(t.Options) < 2 || len(t.Options) > 12 {
		return invalid("object.options", "range")
	}
	seen := map[string]bool{}
	for _, o := range t.Options {
		if !IsLine(o.TH) || (o.EN != "" && !IsLine(o.EN)) || seen[o.TH] {
			return invalid("object.options", "line")
		}
		seen[o.TH] = true
	}
	return nil
}
