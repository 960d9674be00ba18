package gofed_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/gofed"
)

// wordExamples are one of each word that the network knows.
func wordExamples() map[string]federation.Word {
	at := time.Date(2026, 11, 25, 6, 0, 0, 0, time.UTC)
	all := map[string]federation.Word{}
	say := func(name string, t federation.Type, from, to string, change func(w *federation.Word)) {
		w := federation.Word{ID: from[:strings.Index(from, "/ap/")] + "/ap/act/" + id1, Type: t, Actor: from, To: to, Published: at, Sequence: 7}
		change(&w)
		if w.Thing != nil {
			w.Thing.Author = from
			if w.Thing.ID == "" && t != federation.Offer {
				w.Thing.ID = from[:strings.Index(from, "/ap/")] + "/ap/thing/" + id1
			}
		}
		all[name] = w
	}
	thing := func(t federation.Thing) func(w *federation.Word) { return func(w *federation.Word) { w.Thing = &t } }
	about := func(iri string) func(w *federation.Word) { return func(w *federation.Word) { w.Object = iri } }
	group, org := hub+"/ap/network", north+"/ap/org"
	event, agenda, campaign := hub+"/ap/thing/"+id1, hub+"/ap/thing/3"+id1[1:], hub+"/ap/thing/4"+id1[1:]
	html, name := federation.Words{TH: "<p>รายละเอียด</p>", EN: "<p>Details</p>"}, federation.Words{TH: "ประชุมประจำเดือน", EN: "Monthly meeting"}
	meeting := federation.Thing{Kind: federation.Meeting, ID: event, Name: name, Content: html, Start: time.Date(2026, 12, 4, 2, 0, 0, 0, time.UTC), End: time.Date(2026, 12, 4, 4, 30, 0, 0, time.UTC),
		Place: federation.Words{TH: "ห้องประชุม"}, Link: "https://meet.example/room", Status: "EventScheduled", Collection: agenda}
	say("meeting", federation.Invite, group, org, thing(meeting))
	off := meeting
	off.Status = "EventCancelled"
	say("calledoff", federation.Update, group, org, thing(off))
	say("coming", federation.Accept, org, group, about(hub+"/ap/act/"+id1))
	say("joining", federation.Join, org, group, about(event))
	say("leaving", federation.Leave, org, group, about(event))
	say("proposal", federation.Offer, org, group, func(w *federation.Word) {
		w.Target, w.Thing = agenda, &federation.Thing{Kind: federation.AgendaItem, Name: name, Content: html, Context: event, Minutes: 15}
	})
	say("taken", federation.Accept, group, org, func(w *federation.Word) { w.Object, w.Result = north+"/ap/act/"+id1, hub+"/ap/thing/5"+id1[1:] })
	say("added", federation.Add, group, org, func(w *federation.Word) { w.Object, w.Target = hub+"/ap/thing/5"+id1[1:], agenda })
	say("agenda", federation.Update, group, org, thing(federation.Thing{Kind: federation.Agenda, ID: agenda, Context: event, Items: []string{hub + "/ap/thing/5" + id1[1:], hub + "/ap/thing/6" + id1[1:]}}))
	entry := func(n, section string) federation.Thing {
		return federation.Thing{Kind: federation.AgendaItem, ID: hub + "/ap/thing/" + n + id1[1:], Author: group, Name: name, Content: html, Minutes: 15,
			Session: federation.Session{Section: section, Wanted: "decide", Number: section + ".1", Proposer: org}}
	}
	say("fate", federation.Update, group, org, func(w *federation.Word) {
		e := entry("5", "5")
		e.Context, e.InReplyTo, e.Status, e.Summary = event, north+"/ap/act/"+id1, "deferred", name
		w.Thing = &e
	})
	say("published", federation.Update, group, org, thing(federation.Thing{Kind: federation.Agenda, ID: agenda, Context: event,
		Session: federation.Session{Entries: []federation.Thing{entry("5", "4"), entry("6", "5")}}}))
	say("replied", federation.Create, org, group, thing(federation.Thing{Kind: federation.Attendance, InReplyTo: event, Status: "coming", Name: federation.Words{TH: "ทนายประจำคลินิก"},
		Content: federation.Words{TH: "<p>ขอล่าม</p>"}, Session: federation.Session{Mode: "online"}}))
	say("taskprogress", federation.Create, org, group, thing(federation.Thing{Kind: federation.Progress, InReplyTo: event, Status: "started", Content: html}))
	say("remark", federation.Create, org, group, thing(federation.Thing{Kind: federation.Remark, InReplyTo: event, Content: html}))
	adopted := federation.Thing{Kind: federation.Minutes, ID: hub + "/ap/thing/9" + id1[1:], Name: name, Content: html, Context: event, Status: "adopted",
		Session: federation.Session{Number: "7/2568", Entries: []federation.Thing{entry("5", "4")}}}
	adopted.Session.Entries[0].Session.Result = federation.Words{TH: "<p>รับทราบ</p>"}
	adopted.Session.Digest = federation.MinutesDigest(adopted)
	say("adopted", federation.Update, group, org, thing(adopted))
	say("minutes", federation.Create, group, org, thing(federation.Thing{Kind: federation.Minutes, Name: name, Content: html, Context: event}))
	say("task", federation.Create, group, org, thing(federation.Thing{Kind: federation.ActionItem, Name: name, Context: event, Status: "open", End: at.AddDate(0, 1, 0)}))
	say("vote", federation.Create, group, org, thing(federation.Thing{Kind: federation.Vote, Name: name, Context: event, End: at.AddDate(0, 0, 7),
		Options: []federation.Words{{TH: "เห็นด้วย", EN: "Yes"}, {TH: "ไม่เห็นด้วย", EN: "No"}}}))
	say("ballot", federation.Create, org, group, thing(federation.Thing{Kind: federation.Ballot, Name: federation.Words{TH: "เห็นด้วย"}, InReplyTo: event}))
	lesson := federation.Thing{Kind: federation.Lesson, Name: name, Summary: name, Content: html}
	say("lesson", federation.Create, org, group, thing(lesson))
	say("passedon", federation.Announce, group, labour+"/ap/org", func(w *federation.Word) { in := all["lesson"]; w.Inner = &in })
	say("reply", federation.Create, org, group, thing(federation.Thing{Kind: federation.Reply, Content: html, InReplyTo: event}))
	say("tried", federation.Create, org, group, thing(federation.Thing{Kind: federation.Trial, Content: html, InReplyTo: event, Status: "partly"}))
	say("erased", federation.Delete, org, group, about(north+"/ap/thing/"+id1))
	say("campaign", federation.Create, group, org, thing(federation.Thing{Kind: federation.Campaign, ID: campaign, Name: name, Summary: name, Content: html, Stage: "running", Collection: hub + "/ap/thing/8" + id1[1:]}))
	say("milestone", federation.Create, group, org, thing(federation.Thing{Kind: federation.Milestone, Name: name, Context: campaign, Start: at}))
	say("asked", federation.Create, group, org, thing(federation.Thing{Kind: federation.EvidenceRequest, Name: name, Context: campaign, End: at, Measure: "births_refused", From: "2026-01", Until: "2026-06"}))
	say("counted", federation.Create, org, group, thing(federation.Thing{Kind: federation.EvidenceAnswer, InReplyTo: event, Measure: "births_refused", From: "2026-01", Until: "2026-06", Count: "<5"}))
	say("alert", federation.Create, group, org, thing(federation.Thing{Kind: federation.SecurityAlert, Name: name, Summary: name, Content: html, End: at, Severity: "high", TLP: "amber"}))
	say("seen", federation.Read, org, group, about(event))
	return all
}

func worded(t testing.TB, name string) string {
	t.Helper()
	body, err := gofed.EncodeWord(wordExamples()[name])
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return string(body)
}

func TestWordsComeBack(t *testing.T) {
	for name, w := range wordExamples() {
		got, err := gofed.DecodeWord([]byte(worded(t, name)))
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, worded(t, name))
		} else if diff := cmp.Diff(w, got); diff != "" {
			t.Errorf("%s comes back as another:\n%s", name, diff)
		}
	}
}

// TestWordsAreRefused: one change each makes a word none.
func TestWordsAreRefused(t *testing.T) {
	for what, c := range map[string]struct{ name, from, to string }{
		"a property more":             {"lesson", `"attributedTo"`, `"needs":["dna"],"attributedTo"`},
		"a property more outside":     {"lesson", `"actor"`, `"bto":"https://evil.example/ap/org","actor"`},
		"a part of another kind":      {"lesson", `"attributedTo"`, `"severity":"high","attributedTo"`},
		"another author":              {"lesson", `"attributedTo":"` + north, `"attributedTo":"https://evil.example`},
		"under another's id":          {"lesson", `"id":"` + north + `/ap/thing/`, `"id":"https://evil.example/ap/thing/`},
		"with a script":               {"lesson", `<p>Details</p>`, `<script>x</script>`},
		"a lesson that is a referral": {"lesson", `["Article","Lesson"]`, `["Article","Referral"]`},
		"a lesson of one type":        {"lesson", `["Article","Lesson"]`, `"Lesson"`},
		"types in another order":      {"lesson", `["Article","Lesson"]`, `["Lesson","Article"]`},
		"without a number":            {"lesson", `"sequence":7`, `"sequence":0`},
		"with a minute":               {"lesson", `"published":"2026-11-25T06:00:00Z"`, `"published":"2026-11-25T06:01:00Z"`},
		"to two":                      {"lesson", `"to":["`, `"to":["https://evil.example/ap/org","`},
		"to everybody":                {"lesson", `"to":["` + hub + `/ap/network"]`, `"to":["https://www.w3.org/ns/activitystreams#Public"]`},
		"an unknown stage":            {"campaign", `"stage":"running"`, `"stage":"secret"`},
		"an unknown severity":         {"alert", `"severity":"high"`, `"severity":"bad"`},
		"an alert that is not hidden": {"alert", `"sensitive":true,`, ``},
		"a small number":              {"counted", `"count":"<5"`, `"count":"3"`},
		"a number with a nought":      {"counted", `"count":"<5"`, `"count":"012"`},
		"a day instead of a month":    {"counted", `"from":"2026-01"`, `"from":"2026-01-02"`},
		"months the wrong way":        {"counted", `"until":"2026-06"`, `"until":"2025-06"`},
		"a vote of one":               {"vote", `,{"name":"ไม่เห็นด้วย","nameMap":{"en":"No","th":"ไม่เห็นด้วย"},"type":"Note"}`, ``},
		"a vote of two the same":      {"vote", `"name":"ไม่เห็นด้วย","nameMap":{"en":"No","th":"ไม่เห็นด้วย"}`, `"name":"เห็นด้วย","nameMap":{"en":"Yes","th":"เห็นด้วย"}`},
		"an item with a name":         {"proposal", `"attributedTo"`, `"id":"` + north + `/ap/thing/1","attributedTo"`},
		"an item for another's list":  {"proposal", `"target":"` + hub, `"target":"https://evil.example`},
		"an item that takes a day":    {"proposal", `PT15M`, `PT1440M`},
		"time in another spelling":    {"proposal", `PT15M`, `PT015M`},
		"into another's list":         {"added", `"target":"` + hub, `"target":"https://evil.example`},
		"another's agenda":            {"agenda", `"orderedItems":["` + hub, `"orderedItems":["https://evil.example`},
		"an agenda cut short":         {"agenda", `"totalItems":2`, `"totalItems":3`},
		"a meeting nowhere and never": {"meeting", `"startTime":"2026-12-04T02:00:00Z",`, ``},
		"a meeting of the past":       {"meeting", `"endTime":"2026-12-04T04:30:00Z"`, `"endTime":"2026-12-03T04:30:00Z"`},
		"an item of no section":       {"published", `"section":"4"`, `"section":"7"`},
		"an item of nobody":           {"published", `"proposedBy":"` + north, `"proposedBy":"javascript:`},
		"an item of another's":        {"published", `"attributedTo":"` + hub + `/ap/network","content"`, `"attributedTo":"` + north + `/ap/org","content"`},
		"items and addresses":         {"published", `"orderedItems":[`, `"orderedItems":["` + hub + `/ap/thing/x",`},
		"a list within an item":       {"published", `"section":"4"`, `"orderedItems":[],"section":"4"`},
		"a fate that is none":         {"fate", `"state":"deferred"`, `"state":"lost"`},
		"minutes changed later":       {"adopted", `รับทราบ`, `ไม่รับทราบ`},
		"a digest of something else":  {"adopted", `"digest":"SHA-256=`, `"digest":"SHA-256=x`},
		"coming as something else":    {"replied", `"state":"coming"`, `"state":"yes"`},
		"coming by boat":              {"replied", `"mode":"online"`, `"mode":"boat"`},
		"passed on by itself":         {"passedon", `"actor":"` + north + `/ap/org"`, `"actor":"` + hub + `/ap/network"`},
		"passed on, changed":          {"passedon", `"to":["` + hub + `/ap/network"]`, `"to":["` + labour + `/ap/org"]`},
		"passed on, twice":            {"passedon", `"type":"Create"`, `"type":"Announce"`},
		"another's thing erased":      {"erased", `"object":{"id":"` + north, `"object":{"id":"https://evil.example`},
		"joining another's meeting":   {"joining", `"object":"` + hub, `"object":"https://evil.example`},
		"an unknown type":             {"joining", `"type":"Join"`, `"type":"Like"`},
		"a name of ours changed":      {"campaign", `saphan:stage`, `saphan:severity`},
	} {
		body := worded(t, c.name)
		changed := strings.Replace(body, c.from, c.to, 1)
		if changed == body {
			t.Fatalf("%s: nothing to change in %s", what, body)
		}
		if w, err := gofed.DecodeWord([]byte(changed)); err == nil {
			t.Errorf("%s: read as %+v", what, w)
		}
	}
	for _, name := range []string{"offer", "engagement", "members"} {
		if a, is := examples()[name]; is {
			body, err := gofed.Encode(a)
			if err != nil {
				t.Fatal(err)
			}
			if w, err := gofed.DecodeWord(body); err == nil {
				t.Errorf("%s is read as a word: %+v", name, w)
			}
		}
	}
}

// TestWordsHaveNoEffect: what is a word is kept by an inbox without an effect, and
// what is of a case stays what it was.
func TestWordsHaveNoEffect(t *testing.T) {
	for name := range wordExamples() {
		d, err := gofed.Parse([]byte(worded(t, name)))
		if err != nil || d.Known() {
			t.Errorf("%s: known %t, %v", name, err == nil && d.Known(), err)
		}
	}
	for name := range examples() {
		d, err := gofed.Parse([]byte(encoded(t, name)))
		if err != nil || !d.Known() {
			t.Errorf("%s is no activity any more: %v", name, err)
		}
	}
}

// FuzzWord: no word makes the reader panic, and what is read is written as the same.
func FuzzWord(f *testing.F) {
	for name := range wordExamples() {
		f.Add([]byte(worded(f, name)))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		w, err := gofed.DecodeWord(body)
		if err != nil {
			return
		}
		one, err := gofed.EncodeWord(w)
		if err != nil {
			t.Fatalf("read but cannot be written: %v\n%s", err, body)
		}
		var a, b map[string]any
		if json.Unmarshal(one, &a) != nil || json.Unmarshal(body, &b) != nil {
			t.Fatal("not JSON")
		}
		delete(a, "@context")
		delete(b, "@context")
		x, _ := json.Marshal(a)
		y, _ := json.Marshal(b)
		if !bytes.Equal(x, y) {
			t.Fatalf("not the same:\n%s\n%s", x, y)
		}
	})
}
