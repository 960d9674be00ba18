package app_test

import (
	"strings"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/hub/network/meeting"
	"github.com/saphan-network/saphan/node/clinic"
)

// meetingRoutes are the routes about meetings, for the same askers as allRoutes: the
// secretary runs them, the auditor reads.
func meetingRoutes() []route {
	item := []string{"item", "{item}", "version", "1"}
	with := func(more ...string) []string { return append(append([]string{}, item...), more...) }
	edit := form("version", "1", "number", "3", "day.day", "13", "day.month", "6", "day.year", "2570", "from", "10.00", "length", "120", "deadline.day", "1", "deadline.month", "6", "deadline.year", "2570", "place", "ห้องลับ")
	return []route{
		{"GET", "/meetings", "", nil, "303 200 403 200"},
		{"GET", "/meetings/series", "", nil, "303 200 403 403"},
		{"POST", "/meetings/series", "", form("name_th", ""), "401 422 403 403"},
		{"POST", "/meetings/plan", "series", form("series", "{sum}"), "401 303 403 403"},
		{"GET", "/meetings/actions", "", nil, "303 200 403 200"},
		{"POST", "/meetings/actions", "session", form("id", "{member}", "version", "1", "state", "done"), "401 303 403 403"},
		{"GET", "/meetings/decisions", "", nil, "303 200 403 200"},
		{"POST", "/meetings/decisions", "", form("q", "ค่าพาหนะ"), "401 200 403 200"},
		{"GET", "/meetings/:id", "called", nil, "303 200 403 200"},
		{"POST", "/meetings/:id", "planned", edit, "401 303 403 403"},
		{"GET", "/meetings/:id/paper", "called", nil, "303 200 403 200"},
		{"GET", "/meetings/:id/calendar.ics", "called", nil, "303 200 403 200"},
		{"GET", "/meetings/:id/remarks", "session", nil, "303 200 403 200"},
		{"GET", "/meetings/:id/room", "session", nil, "303 200 403 403"},
		{"POST", "/meetings/:id/call", "located", form("version", "2"), "401 303 403 403"},
		{"POST", "/meetings/:id/cancel", "called", form("version", "4"), "401 303 403 403"},
		{"POST", "/meetings/:id/publish", "called", form("version", "4"), "401 303 403 403"},
		{"POST", "/meetings/:id/judge", "asked", form(with("fate", "deferred", "reason", "ครั้งหน้า")...), "401 303 403 403"},
		{"POST", "/meetings/:id/item", "called", form("title", "เรื่องใหม่", "section", "5", "minutes", "10"), "401 303 403 403"},
		{"POST", "/meetings/:id/order", "called", form(with("to", "up")...), "401 303 403 403"},
		{"POST", "/meetings/:id/remove", "called", form(item...), "401 303 403 403"},
		{"POST", "/meetings/:id/open", "called", form("version", "4"), "401 303 403 403"},
		{"POST", "/meetings/:id/tick", "session", form("line", "{sum}", "here", "yes"), "401 303 403 403"},
		{"POST", "/meetings/:id/arrive", "session", form("name", "ผู้สังเกตการณ์"), "401 303 403 403"},
		{"POST", "/meetings/:id/note", "session", form(with("text", "ว่าอย่างนี้")...), "401 303 403 403"},
		{"POST", "/meetings/:id/decide", "session", form(with("kind", "noted")...), "401 303 403 403"},
		{"POST", "/meetings/:id/act", "session", form("item", "{item}", "what", "ร่างหนังสือ"), "401 303 403 403"},
		{"POST", "/meetings/:id/close", "session", form("version", "7"), "401 303 403 403"},
		{"POST", "/meetings/:id/circulate", "held", form("version", "8"), "401 303 403 403"},
	}
}

// meets makes a meeting of a series of its own, as another secretary would.
func (d *desk) meets(t *testing.T, needs string) (w things) {
	t.Helper()
	ctx, m, other := t.Context(), d.Meetings, clinic.Actor{UserID: "another", Roles: []string{"secretary"}, Active: true}
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	w = nothing()
	series, err := m.PutSeries(ctx, other, meeting.Series{NameTH: "ประชุมลับ", Rule: meeting.Recurrence{Nth: 2, Weekday: time.Friday}, Hour: 9, Length: 60, Quorum: meeting.NothingNeeded,
		ProposeDays: 1, RemarkDays: 7})
	if w.sum = must(t, series, err); needs == "series" {
		return w
	}
	start := time.Now().AddDate(0, 0, 14).Truncate(time.Minute)
	id, err := m.PlanOn(ctx, other, series, start)
	if w.doc = must(t, id, err); needs == "planned" {
		return w
	}
	v, err := m.Show(ctx, other, id)
	one := must(t, v, err).Meeting
	ok(m.Edit(ctx, other, id, 1, meeting.Form{Number: 1, Start: start, Length: 60, Deadline: one.Deadline, Place: "ห้องลับ"}))
	if needs == "located" {
		return w
	}
	ok(m.Call(ctx, other, id, 2))
	if needs == "asked" {
		actor := d.member(t, "active")
		ok(m.Proposed(ctx, one.Agenda, meeting.Item{Title: "อบรมล่าม", Wanted: "advise", Minutes: 15, Proposer: actor, Offer: strings.TrimSuffix(actor, "/ap/org") + "/ap/act/" + opaque.ID()}))
		v, err := m.Show(ctx, other, id)
		w.item = must(t, v, err).Proposals[0].ID
		return w
	}
	ok(m.Add(ctx, other, id, meeting.Draft{Section: "5", Title: "เรื่องลับ", Minutes: 10}))
	if needs == "session" || needs == "held" {
		ok(m.Open(ctx, other, "ผู้จด", id, 0))
		ok(m.Arrive(ctx, other, id, "", "ผู้เข้าร่วม"))
		ok(m.Act(ctx, other, id, meeting.Promise{What: "งานลับ"}))
	}
	if needs == "held" {
		ok(m.Close(ctx, other, id, 0))
	}
	v, err = m.Show(ctx, other, id)
	now := must(t, v, err)
	w.item = now.Items[0].ID
	for _, l := range now.Lines {
		w.sum = l.ID
	}
	for _, a := range now.Actions {
		w.member = a.ID
	}
	return w
}
