package app_test

import (
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/node/clinic/meeting"
)

// meetingRoutes are the routes about meetings, for the same askers as allRoutes: all
// but the administrator read; who works on cases proposes and reports; lawyers,
// supervisors and the network's contact reply.
func meetingRoutes() []route {
	return []route{
		{"GET", "/meetings", "meeting", nil, "303 200 200 200 200 200 200 200 403 200"},
		{"GET", "/meetings/:id", "meeting", nil, "303 200 200 200 200 200 200 200 403 200"},
		{"GET", "/meetings/:id/paper", "meeting", nil, "303 200 200 200 200 200 200 200 403 200"},
		{"GET", "/meetings/:id/calendar.ics", "meeting", nil, "303 200 200 200 200 200 200 200 403 200"},
		{"GET", "/meetings/:id/propose", "meeting", nil, "303 200 200 200 200 403 403 200 403 403"},
		{"POST", "/meetings/:id/propose", "meeting", form("title", "อบรมล่าม", "why", "", "wanted", "advise", "minutes", "15"), "401 303 303 303 303 403 403 303 403 403"},
		{"POST", "/meetings/:id/reply", "meeting", form("state", "coming", "mode", "onsite"), "401 403 403 303 303 403 403 303 403 403"},
		{"POST", "/meetings/:id/remark", "meeting", form("text", "แก้คำ"), "401 303 303 303 303 403 403 303 403 403"},
		{"GET", "/meetings/proposals/:id", "proposal", nil, "303 200 200 200 200 403 403 200 403 403"},
		{"POST", "/meetings/proposals/:id", "proposal", form("sum", "{sha256}"), "401 409 409 409 409 403 403 409 403 403"},
		{"GET", "/tasks", "task", nil, "303 200 200 200 200 200 200 200 403 200"},
		{"POST", "/tasks/:id", "task", form("version", "1", "state", "started", "note", ""), "401 303 303 303 303 403 403 303 403 403"},
	}
}

// meets puts a meeting, with minutes that are not adopted, or a task, here.
func (o *office) meets(t *testing.T, need string, w *things) {
	t.Helper()
	ctx, id, base := t.Context(), opaque.ID(), "https://hub.example/ap/thing/"
	start := time.Now().UTC().Truncate(time.Minute).AddDate(0, 0, 14)
	w.ref = id
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	if need == "task" {
		ok(o.Meetings.Tasked(ctx, meeting.Task{ID: id, IRI: base + id, Meeting: base + opaque.ID(), Code: "7-2", What: "ร่างหนังสือ", State: "open", Sequence: 1}))
		return
	}
	ok(o.Meetings.Told(ctx, meeting.Meeting{ID: id, IRI: base + id, NameTH: "ประชุม", Number: "7/2568", Start: start, End: start.Add(time.Hour), Deadline: start.AddDate(0, 0, -7),
		Agenda: base + opaque.ID(), Sequence: 1}))
	ok(o.Meetings.Written(ctx, id, base+id, meeting.Minutes{IRI: base + opaque.ID(), Text: "ประธาน", Sequence: 2}))
	if need == "proposal" { // one that was sent: all who may propose see it, and nobody sends it twice
		who := o.actors["nok"]
		p, err := o.Meetings.Draft(ctx, who, id, meeting.Form{Title: "อบรมล่าม", Wanted: "advise", Minutes: 15})
		w.ref = must(t, p, err)
		v, err := o.Meetings.Preview(ctx, who, w.ref)
		w.sha256 = must(t, v, err).Proposal.Sum
		ok(o.Meetings.Send(ctx, who, w.ref, w.sha256, true))
	}
}
