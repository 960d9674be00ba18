package gofed

import (
	"github.com/saphan-network/saphan/federation"
)

// sessionDoc writes what only meetings and their papers have.
func sessionDoc(o map[string]any, t *federation.Thing) {
	s := t.Session
	for name, value := range map[string]string{"section": s.Section, "wanted": s.Wanted, "number": s.Number, "proposedBy": s.Proposer, "mode": s.Mode,
		"resolved": s.Result.TH, "digest": s.Digest} {
		put(o, name, value)
	}
	if !s.Deadline.IsZero() {
		o["proposeUntil"] = instant(s.Deadline)
	}
	if t.Kind == federation.Minutes && len(s.Entries) > 0 {
		o["orderedItems"] = entriesDoc(t)
	}
}

// entriesDoc is the list of an agenda or of minutes: whole items, or their addresses.
func entriesDoc(t *federation.Thing) []any {
	items := make([]any, 0, len(t.Items)+len(t.Session.Entries))
	for _, id := range t.Items {
		items = append(items, id)
	}
	for i := range t.Session.Entries {
		items = append(items, thingDoc(&t.Session.Entries[i]))
	}
	return items
}

func readSession(o map[string]any, t *federation.Thing) (err error) {
	t.Session = federation.Session{Section: stringOf(o, "section"), Wanted: stringOf(o, "wanted"), Number: stringOf(o, "number"), Proposer: stringOf(o, "proposedBy"),
		Mode: stringOf(o, "mode"), Result: federation.Words{TH: stringOf(o, "resolved")}, Digest: stringOf(o, "digest")}
	if _, there := o["proposeUntil"]; there {
		if t.Session.Deadline, err = momentOf(o, "proposeUntil"); err != nil {
			return err
		}
	}
	if t.Kind != federation.Agenda && t.Kind != federation.Minutes {
		return nil
	}
	list, _ := o["orderedItems"].([]any)
	if len(list) > federation.MaxEntries {
		return misshapen("object.orderedItems", "too_many")
	}
	for _, one := range list {
		m, is := one.(map[string]any)
		if !is {
			continue // an address; what is neither is not written again, and so refused
		}
		if types, _ := texts(m["type"]); len(types) != 2 || types[1] != string(federation.AgendaItem) {
			return misshapen("object.orderedItems", "type")
		}
		e, err := readThing(m)
		if err != nil {
			return err
		}
		t.Session.Entries = append(t.Session.Entries, *e)
	}
	return nil
}
