package policies

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/opaque"
)

// wordTo is a word of the tests' server to a peer.
func wordTo(w *world, to string, t federation.Type, thing federation.Thing) federation.Word {
	thing.Author = w.gate.self
	if thing.ID == "" && t != federation.Offer {
		thing.ID = w.gate.origin + "/ap/thing/" + opaque.ID()
	}
	return federation.Word{ID: w.gate.origin + "/ap/act/" + opaque.ID(), Type: t, Actor: w.gate.self, To: to, Published: noon().UTC().Truncate(time.Hour), Sequence: 7, Thing: &thing}
}

func agendaOf(w *world) federation.Thing {
	item := func(section, name string) federation.Thing {
		return federation.Thing{Kind: federation.AgendaItem, ID: w.gate.origin + "/ap/thing/" + opaque.ID(), Author: w.gate.self, Name: federation.Words{TH: name},
			Content: federation.Words{TH: "<p>เก็บข้อมูลร่วมกัน</p>"}, Minutes: 15, Session: federation.Session{Section: section, Number: section + ".1", Proposer: fullPeer}}
	}
	return federation.Thing{Kind: federation.Agenda, ID: w.gate.origin + "/ap/thing/" + opaque.ID(), Context: w.gate.origin + "/ap/thing/" + opaque.ID(),
		Session: federation.Session{Entries: []federation.Thing{item("4", "สรุปผลอบรมล่าม"), item("5", "แบบบันทึกการไม่รับคำร้อง")}}}
}

// cleared tells whether a word leaves, and why not.
func cleared(t *testing.T, w *world, word federation.Word, change func(m, object map[string]any)) error {
	t.Helper()
	body, err := gofed.EncodeWord(word)
	if err != nil {
		t.Fatal(err)
	}
	d, err := w.gate.Decide(t.Context(), Request{Peer: word.To, Purpose: Meeting, Facts: MeetingFacts(word)})
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(body, &m); err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(m, m["object"].(map[string]any))
	}
	other, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	c, err := w.gate.Clear(t.Context(), d, other)
	if err != nil {
		return err
	}
	r, err := c.Consume(other, word.To)
	if err != nil {
		return err
	}
	_, err = w.gate.Recheck(t.Context(), r, other)
	return err
}

// TestMeetingBytesAreCleared: an agenda leaves as it is, and with nothing beside it.
func TestMeetingBytesAreCleared(t *testing.T) {
	w := open(t)
	agenda := wordTo(w, fullPeer, federation.Update, agendaOf(w))
	first := func(o map[string]any) map[string]any { return o["orderedItems"].([]any)[0].(map[string]any) }
	for what, change := range map[string]func(m, o map[string]any){
		"another title":           func(_, o map[string]any) { first(o)["name"] = "อาซา" },
		"another text":            func(_, o map[string]any) { first(o)["content"] = "<p>อาซา</p>" },
		"a code of a case":        func(_, o map[string]any) { first(o)["needs"] = []any{"dna"} },
		"a word in place of code": func(_, o map[string]any) { first(o)["wanted"] = "asa" },
		"an address that tells":   func(_, o map[string]any) { first(o)["id"] = w.gate.origin + "/ap/thing/asa" },
		"another author":          func(_, o map[string]any) { first(o)["attributedTo"] = hubPeer },
		"a proposer unheard of":   func(_, o map[string]any) { first(o)["proposedBy"] = hubPeer },
		"a long time":             func(_, o map[string]any) { first(o)["duration"] = "PT1101700999999M" },
		"a hidden receiver":       func(m, _ map[string]any) { m["bto"] = hubPeer },
		"a referral":              func(_, o map[string]any) { o["type"] = []any{"Article", "Referral"} },
		"a list of members":       func(_, o map[string]any) { o["type"] = "OrderedCollection" },
		"everybody":               func(m, _ map[string]any) { m["to"] = federation.Everybody },
		"another activity":        func(m, _ map[string]any) { m["type"] = "Announce" },
	} {
		if err := cleared(t, w, agenda, change); err == nil {
			t.Errorf("%s was cleared", what)
		}
	}
	if err := cleared(t, w, agenda, nil); err != nil {
		t.Errorf("an agenda: %v", err)
	}
	for _, peer := range []string{candidate, stranger} {
		if d, err := w.gate.Decide(t.Context(), Request{Peer: peer, Purpose: Meeting, Facts: MeetingFacts(agenda)}); err != nil || d.Allowed {
			t.Errorf("an agenda for %s: %t %v", peer, d.Allowed, err)
		}
	}
}

// TestWhatMembersSayIsUnnamed: what is certainly a person's does not leave in a
// proposal, a reply, a report or a remark, whoever has overlooked it.
func TestWhatMembersSayIsUnnamed(t *testing.T) {
	w := open(t)
	meeting := strings.TrimSuffix(hubPeer, "/ap/network") + "/ap/thing/" + opaque.ID()
	say := func(text string) []federation.Word {
		html := federation.Words{TH: federation.Paragraphs(text)}
		proposal := wordTo(w, hubPeer, federation.Offer, federation.Thing{Kind: federation.AgendaItem, Name: federation.Words{TH: "อบรมล่าม"}, Content: html, Context: meeting,
			Minutes: 15, Session: federation.Session{Wanted: "advise"}})
		proposal.Target = meeting
		return []federation.Word{proposal,
			wordTo(w, hubPeer, federation.Create, federation.Thing{Kind: federation.Attendance, InReplyTo: meeting, Status: "coming", Content: html, Session: federation.Session{Mode: "onsite"}}),
			wordTo(w, hubPeer, federation.Create, federation.Thing{Kind: federation.Progress, InReplyTo: meeting, Status: "started", Content: html}),
			wordTo(w, hubPeer, federation.Create, federation.Thing{Kind: federation.Remark, InReplyTo: meeting, Content: html})}
	}
	for _, text := range []string{"ขอเล่าเรื่องนางสาวสมมุติ ใจสาธิต", "เลข 0-0000-00000-00-0", "โทร 080-000-0000", "ครอบครัวหนึ่ง บ้านป่าแฝก", "ส่งมาที่ line: somying99"} {
		for _, word := range say(text) {
			if err := cleared(t, w, word, nil); err == nil {
				t.Errorf("%s was cleared with %q", word.Thing.Kind, text)
			}
		}
	}
	for _, text := range []string{"อำเภอไม่รับคำร้องตามประกาศใหม่ เก็บข้อมูลร่วมกันได้ไหม", "ขอเลื่อนถึงวันที่ 29 สิงหาคม 2568", "ภาคผนวกท้าย MOU"} {
		for _, word := range say(text) {
			if err := cleared(t, w, word, nil); err != nil {
				t.Errorf("%s with %q: %v", word.Thing.Kind, text, err)
			}
		}
	}
}
