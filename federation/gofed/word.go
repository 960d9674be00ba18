package gofed

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
)

// kinds are the types of each thing: the standard one, which others show, and ours.
var kinds = map[federation.Kind]string{
	federation.Meeting: "Event", federation.Agenda: "OrderedCollection", federation.AgendaItem: "Note", federation.Minutes: "Article", federation.ActionItem: "Note",
	federation.Vote: "Question", federation.Ballot: "Note", federation.Lesson: "Article", federation.Reply: "Note", federation.Trial: "Note",
	federation.Attendance: "Note", federation.Progress: "Note", federation.Remark: "Note",
	federation.Campaign: "Article", federation.Milestone: "Note", federation.EvidenceRequest: "Note", federation.EvidenceAnswer: "Note", federation.SecurityAlert: "Note",
}

// EncodeWord writes a word. The same value always gives the same bytes. One that
// federation.CheckWord refuses is not written.
func EncodeWord(w federation.Word) ([]byte, error) {
	if err := federation.CheckWord(w); err != nil {
		return nil, err
	}
	return framed(wordDoc(w))
}

func wordDoc(w federation.Word) map[string]any {
	doc := map[string]any{"type": string(w.Type), "id": w.ID, "actor": w.Actor, "to": []any{w.To}, "published": instant(w.Published), "sequence": float64(w.Sequence)}
	put(doc, "target", w.Target)
	put(doc, "result", w.Result)
	put(doc, "reasonCode", w.Reason)
	switch {
	case w.Thing != nil:
		doc["object"] = thingDoc(w.Thing)
	case w.Inner != nil:
		doc["object"] = wordDoc(*w.Inner)
	case w.Type == federation.Delete:
		doc["object"] = map[string]any{"type": "Tombstone", "id": w.Object}
	default:
		doc["object"] = w.Object
	}
	return doc
}

func thingDoc(t *federation.Thing) map[string]any {
	o := map[string]any{"type": []any{kinds[t.Kind], string(t.Kind)}, "attributedTo": t.Author}
	put(o, "id", t.ID)
	mapped(o, "name", t.Name)
	mapped(o, "summary", t.Summary)
	mapped(o, "content", t.Content)
	for name, value := range map[string]string{"context": t.Context, "inReplyTo": t.InReplyTo, "stage": t.Stage, "severity": t.Severity, "tlp": t.TLP, "measure": t.Measure,
		"from": t.From, "until": t.Until, "count": t.Count} {
		put(o, name, value)
	}
	for name, at := range map[string]time.Time{"startTime": t.Start, "endTime": t.End} {
		if !at.IsZero() {
			o[name] = instant(at)
		}
	}
	if t.Minutes > 0 {
		o["duration"] = "PT" + strconv.Itoa(t.Minutes) + "M"
	}
	sessionDoc(o, t)
	switch t.Kind {
	case federation.Meeting:
		o["eventStatus"], o["timezone"] = t.Status, timezone
		put(o, "agenda", t.Collection)
		if where := location(t.Place, t.Link); where != nil {
			o["location"] = where
		}
	case federation.Agenda:
		items := entriesDoc(t)
		o["orderedItems"], o["totalItems"] = items, float64(len(items))
	case federation.Vote:
		var all []any
		for _, w := range t.Options {
			one := map[string]any{"type": "Note"}
			mapped(one, "name", w)
			all = append(all, one)
		}
		o["oneOf"] = all
	case federation.SecurityAlert:
		o["sensitive"] = true
	case federation.Lesson:
		lessonDoc(o, t.Lesson)
	default:
		put(o, "state", t.Status)
		put(o, "signatories", t.Collection)
	}
	return o
}

// location is where people meet: a place, an address on the web, or both.
func location(p federation.Words, link string) []any {
	var where []any
	if p.TH != "" {
		place := map[string]any{"type": "Place"}
		mapped(place, "name", p)
		where = append(where, place)
	}
	if link != "" {
		where = append(where, map[string]any{"type": virtual, "url": link})
	}
	return where
}

// DecodeWord reads a word. What is read is what EncodeWord would write of it, to the
// last property: another is refused.
func DecodeWord(body []byte) (federation.Word, error) {
	root, err := strictParse(body)
	if err != nil {
		return federation.Word{}, err
	}
	return wordOf(root)
}

func wordOf(root map[string]any) (federation.Word, error) {
	if err := checkContext(root["@context"], terms); err != nil {
		return federation.Word{}, err
	}
	w, err := readWord(root, true)
	if err != nil {
		return federation.Word{}, err
	}
	if err := federation.CheckWord(w); err != nil {
		return federation.Word{}, err
	}
	tree, _ := copied(root).(map[string]any)
	if err := innerContext(root); err != nil {
		return federation.Word{}, err
	}
	unproved(tree)
	again, err := json.Marshal(wordDoc(w))
	if err != nil {
		return federation.Word{}, fault.Wrap(fault.Internal, "error.internal", err)
	}
	same, err := strictParse(again)
	if err != nil || !reflect.DeepEqual(any(tree), any(same)) {
		return federation.Word{}, misshapen("object", "shape")
	}
	return w, nil
}

func readWord(m map[string]any, outer bool) (w federation.Word, err error) {
	w = federation.Word{ID: stringOf(m, "id"), Type: federation.Type(stringOf(m, "type")), Actor: stringOf(m, "actor"), To: firstOf(m["to"]),
		Sequence: int64(numberOf(m, "sequence")), Target: stringOf(m, "target"), Result: stringOf(m, "result"),
		Reason: stringOf(m, "reasonCode")}
	if w.Proof, err = wordProof(m); err != nil {
		return w, err
	}
	if w.Published, err = momentOf(m, "published"); err != nil {
		return w, err
	}
	o, embedded := m["object"].(map[string]any)
	switch {
	case !embedded:
		w.Object = stringOf(m, "object")
	case w.Type == federation.Delete:
		w.Object = stringOf(o, "id")
	case w.Type == federation.Announce && outer:
		in, err := readWord(o, false)
		if err != nil {
			return w, err
		}
		w.Inner = &in
	default:
		w.Thing, err = readThing(o)
	}
	return w, err
}

func readThing(o map[string]any) (*federation.Thing, error) {
	types, _ := texts(o["type"])
	if len(types) != 2 {
		return nil, misshapen("object.type", "type")
	}
	t := &federation.Thing{Kind: federation.Kind(types[1]), ID: stringOf(o, "id"), Author: stringOf(o, "attributedTo"), Context: stringOf(o, "context"),
		InReplyTo: stringOf(o, "inReplyTo"), Stage: stringOf(o, "stage"), Severity: stringOf(o, "severity"), TLP: stringOf(o, "tlp"), Measure: stringOf(o, "measure"),
		From: stringOf(o, "from"), Until: stringOf(o, "until"), Count: stringOf(o, "count"), Status: stringOf(o, "state"), Collection: stringOf(o, "signatories")}
	if kinds[t.Kind] != types[0] {
		return nil, misshapen("object.type", "type")
	}
	var err error
	for _, one := range []struct {
		name string
		into *federation.Words
	}{{"name", &t.Name}, {"summary", &t.Summary}, {"content", &t.Content}} {
		if *one.into, err = wordsOf(o, one.name); err != nil {
			return nil, err
		}
	}
	for name, into := range map[string]*time.Time{"startTime": &t.Start, "endTime": &t.End} {
		if _, there := o[name]; there {
			if *into, err = momentOf(o, name); err != nil {
				return nil, err
			}
		}
	}
	if d := stringOf(o, "duration"); d != "" {
		if t.Minutes, err = strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(d, "PT"), "M")); err != nil {
			return nil, misshapen("object.duration", "duration")
		}
	}
	if err := readSession(o, t); err != nil {
		return nil, err
	}
	return t, readParts(o, t)
}

// readParts reads what only some kinds have.
func readParts(o map[string]any, t *federation.Thing) (err error) {
	switch t.Kind {
	case federation.Meeting:
		t.Status, t.Collection = stringOf(o, "eventStatus"), stringOf(o, "agenda")
		list, _ := o["location"].([]any)
		for _, one := range list {
			m, _ := one.(map[string]any)
			if stringOf(m, "type") == virtual {
				t.Link = stringOf(m, "url")
			} else if t.Place, err = wordsOf(m, "name"); err != nil {
				return err
			}
		}
	case federation.Lesson:
		t.Lesson, err = readLesson(o)
		return err
	case federation.Agenda:
		if t.Items, _ = texts(o["orderedItems"]); len(t.Items) == 0 || len(t.Session.Entries) > 0 {
			t.Items = nil
		}
	case federation.Vote:
		list, _ := o["oneOf"].([]any)
		for _, one := range list {
			m, _ := one.(map[string]any)
			w, err := wordsOf(m, "name")
			if err != nil {
				return err
			}
			t.Options = append(t.Options, w)
		}
	}
	return nil
}
