package network_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/saphan-network/saphan/deploy/network"
	"github.com/saphan-network/saphan/federation/fault"
	hub "github.com/saphan-network/saphan/hub/network/meeting"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/meeting"
)

// calendar is the clock of a network whose months pass in a test.
type calendar struct {
	mu sync.Mutex
	at time.Time
}

func (c *calendar) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// to goes to an hour of a day in Thailand.
func (c *calendar) to(t *testing.T, day string) {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", day, hub.Zone)
	if err != nil {
		t.Fatal(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at.UTC()
}

// office is a network in which people hold meetings.
type office struct {
	*network.Network
	t     *testing.T
	clock *calendar
	hub   *network.Server
	nodes []*network.Server
	first clinic.Actor // takes the notes
	check clinic.Actor // checks them
}

func newOffice(t *testing.T, db, day string) *office {
	t.Helper()
	o := &office{t: t, clock: &calendar{}}
	o.clock.to(t, day)
	o.Network = start(t, network.Options{Dir: t.TempDir(), Database: db, Bare: true, Now: o.clock.now})
	o.hub = o.Server("hub")
	o.nodes = o.Servers[1:]
	o.first, o.check = o.as(o.hub, "secretary"), o.as(o.hub, "secretary2")
	return o
}

func (o *office) ok(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) as(s *network.Server, login string) clinic.Actor {
	o.t.Helper()
	a, err := s.As(o.t.Context(), login)
	o.ok(err)
	return a
}

// to lets time go by when nothing is on its way: what was signed before and arrives
// after would have a wrong date, and be tried again hours later.
func (o *office) to(day string) {
	o.t.Helper()
	o.settle()
	o.clock.to(o.t, day)
}

func (o *office) settle() { o.t.Helper(); o.ok(o.Settle(o.t.Context())) }

// series is the monthly meeting on the second Friday.
func (o *office) series() string {
	o.t.Helper()
	id, err := o.hub.Hub.Meetings.PutSeries(o.t.Context(), o.first, hub.Series{NameTH: "ประชุมเครือข่ายประจำเดือน", NameEN: "Monthly meeting", Rule: hub.Recurrence{Nth: 2, Weekday: time.Friday,
		Skip: []time.Month{time.April}}, Hour: 9, Minute: 30, Length: 180, Hosts: []string{o.nodes[0].Actor, o.nodes[1].Actor, o.nodes[2].Actor}, Quorum: hub.Half, ProposeDays: 11, RemarkDays: 7})
	o.ok(err)
	return id
}

func (o *office) at(id string) hub.View {
	o.t.Helper()
	v, err := o.hub.Hub.Meetings.Show(o.t.Context(), o.first, id)
	o.ok(err)
	return v
}

// call plans a meeting, says where it is, and calls it.
func (o *office) call(series, place string, number int) string {
	o.t.Helper()
	ctx, m := o.t.Context(), o.hub.Hub.Meetings
	id, err := m.Plan(ctx, o.first, series)
	o.ok(err)
	one := o.at(id).Meeting
	if number > 0 {
		one.Number = number
	}
	o.ok(m.Edit(ctx, o.first, id, one.Version, hub.Form{Number: one.Number, Start: one.Start, Length: one.Length, Deadline: one.Deadline, Host: one.Host, Place: place,
		Link: "https://meet.example/room", Note: "ขอวาระแบบไม่ระบุตัว", Chair: "วรดา"}))
	o.ok(m.Call(ctx, o.first, id, 0))
	o.settle()
	return id
}

func (o *office) seen(k int, id string) meeting.View {
	o.t.Helper()
	v, err := o.nodes[k].Node.Meetings.Show(o.t.Context(), o.as(o.nodes[k], "network"), id)
	o.ok(err)
	return v
}

// propose drafts, looks and sends, as a member's coordinator does.
func (o *office) propose(k int, id, title, wanted string, minutes int) string {
	o.t.Helper()
	ctx, who, m := o.t.Context(), o.as(o.nodes[k], "network"), o.nodes[k].Node.Meetings
	p, err := m.Draft(ctx, who, id, meeting.Form{Title: title, Why: "สมาชิกพบเรื่องนี้หลายแห่ง", Wanted: wanted, Minutes: minutes})
	o.ok(err)
	v, err := m.Preview(ctx, who, p)
	o.ok(err)
	o.ok(m.Send(ctx, who, p, v.Proposal.Sum, true))
	o.settle()
	return p
}

func (o *office) reply(k int, id, state, mode string) {
	o.t.Helper()
	o.ok(o.nodes[k].Node.Meetings.Answer(o.t.Context(), o.as(o.nodes[k], "network"), id, meeting.Reply{State: state, Mode: mode, Who: "ผู้ประสานงาน"}))
	o.settle()
}

// judge decides on the proposal of that title.
func (o *office) judge(id, title string, v hub.Verdict) {
	o.t.Helper()
	for _, i := range o.at(id).Proposals {
		if i.Title == title {
			o.ok(o.hub.Hub.Meetings.Judge(o.t.Context(), o.first, id, i.ID, i.Version, v))
			o.settle()
			return
		}
	}
	o.t.Fatalf("no proposal %q in %+v", title, o.at(id).Proposals)
}

func (o *office) fate(k int, id, title string) (fate, reason string) {
	o.t.Helper()
	for _, p := range o.seen(k, id).Proposals {
		if p.Title == title {
			return p.Fate, p.Reason
		}
	}
	return "none", ""
}

// item finds one on the agenda by its title.
func (o *office) item(id, title string) hub.Item {
	o.t.Helper()
	all := o.at(id).Items
	slices.SortStableFunc(all, func(a, b hub.Item) int { return len(a.Title) - len(b.Title) })
	for _, i := range all {
		if strings.Contains(i.Title, title) {
			return i
		}
	}
	o.t.Fatalf("%q is not on the agenda: %s", title, strings.Join(titles(o.at(id).Items), " | "))
	return hub.Item{}
}

func titles(items []hub.Item) []string {
	var out []string
	for k, number := range hub.Numbers(items) {
		out = append(out, number+" "+items[k].Title)
	}
	return out
}

// sit opens the meeting with so many organisations present.
func (o *office) sit(id string, present int) {
	o.t.Helper()
	ctx, m := o.t.Context(), o.hub.Hub.Meetings
	o.ok(m.Open(ctx, o.first, "กิ่ง", id, 0))
	for _, l := range o.at(id).Lines[:present] {
		o.ok(m.Tick(ctx, o.first, id, l.ID, true))
	}
}

// say writes down what was said of an item, and what was resolved.
func (o *office) say(id, title, note string, r hub.Resolution) {
	o.t.Helper()
	ctx, m, i := o.t.Context(), o.hub.Hub.Meetings, o.item(id, title)
	_, clash, err := m.SaveNote(ctx, o.first, "กิ่ง", id, i.ID, i.Version, note)
	o.ok(err)
	if clash != nil {
		o.t.Fatalf("%+v", clash)
	}
	o.ok(m.Decide(ctx, o.first, "กิ่ง", id, i.ID, r))
}

// finish closes the meeting and sends the minutes.
func (o *office) finish(id string) {
	o.t.Helper()
	ctx, m := o.t.Context(), o.hub.Hub.Meetings
	o.ok(m.Close(ctx, o.first, id, 0))
	if err := m.Circulate(ctx, o.first, "กิ่ง", id, 0); !fault.Is(err, fault.Conflict) {
		o.t.Errorf("who took the notes has checked them: %v", err)
	}
	o.ok(m.Circulate(ctx, o.check, "วรดา", id, 0))
	o.settle()
}

func (o *office) tasks(k int) []meeting.Task {
	o.t.Helper()
	all, err := o.nodes[k].Node.Meetings.Tasks(o.t.Context(), o.as(o.nodes[k], "network"))
	o.ok(err)
	return all
}

func (o *office) report(k int, code, state, note string) {
	o.t.Helper()
	for _, t := range o.tasks(k) {
		if t.Code == code {
			o.ok(o.nodes[k].Node.Meetings.Report(o.t.Context(), o.as(o.nodes[k], "caseworker"), t.ID, t.Version, state, note))
			o.settle()
			return
		}
	}
	o.t.Fatalf("no task %s in %+v", code, o.tasks(k))
}

// TestThreeMonths plays the meetings 7 to 9 of a year over real servers: three members
// propose, the agenda fills itself with what was left over, minutes are adopted by the
// meeting after, and nothing is forgotten.
func TestThreeMonths(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db string) {
		o := newOffice(t, db, "2025-06-24 10:00")
		defer stop(t, o.Network)
		series := o.series()
		july := o.july(series)
		august := o.august(series, july)
		o.september(series, july, august)
	})
}

func (o *office) july(series string) string {
	t := o.t
	t.Helper()
	id := o.call(series, "ห้องประชุมคลินิก", 7)
	v := o.at(id)
	if got := v.Meeting.Label() + " " + v.Meeting.Start.In(hub.Zone).Format("2006-01-02 15:04") + " " + v.Meeting.Deadline.In(hub.Zone).Format("2006-01-02"); got != "7/2568 2025-07-11 09:30 2025-06-30" {
		t.Fatalf("the meeting is %s", got)
	}
	for k := range o.nodes {
		if m := o.seen(k, id); m.Number != "7/2568" || m.Place != "" || m.Link != "" || !m.CanPropose {
			t.Errorf("node %d sees %+v", k, m.Meeting)
		}
	}
	o.propose(0, id, "เก็บข้อมูลการไม่รับคำร้องร่วมกัน", "decide", 30)
	o.propose(1, id, "อบรมล่าม", "advise", 15)
	o.propose(2, id, "ค่าเดินทางพยาน", "advise", 10)
	o.propose(2, id, "ล่ามในศาล", "advise", 10)
	o.judge(id, "เก็บข้อมูลการไม่รับคำร้องร่วมกัน", hub.Verdict{Fate: hub.Accepted, Section: hub.ForDecision, Minutes: 30})
	o.judge(id, "อบรมล่าม", hub.Verdict{Fate: hub.Accepted, Section: hub.ForDecision, Minutes: 15})
	o.judge(id, "ล่ามในศาล", hub.Verdict{Fate: hub.Merged, Into: o.item(id, "อบรมล่าม").ID})
	o.judge(id, "ค่าเดินทางพยาน", hub.Verdict{Fate: hub.Deferred, Reason: "ผูกกับเกณฑ์กองทุน คุยครั้งหน้า"})
	for _, c := range []struct {
		k                   int
		title, fate, reason string
	}{{0, "เก็บข้อมูลการไม่รับคำร้องร่วมกัน", "accepted", ""}, {2, "ล่ามในศาล", "merged", ""}, {2, "ค่าเดินทางพยาน", "deferred", "ผูกกับเกณฑ์กองทุน คุยครั้งหน้า"}} {
		if fate, reason := o.fate(c.k, id, c.title); fate != c.fate || reason != c.reason {
			t.Errorf("%s is %s (%s)", c.title, fate, reason)
		}
	}
	o.ok(o.hub.Hub.Meetings.Publish(t.Context(), o.first, id, 0))
	o.settle()
	o.reply(0, id, "coming", "onsite")
	o.reply(1, id, "coming", "online")
	o.reply(2, id, "absent", "")
	for k, place := range []string{"ห้องประชุมคลินิก", "ห้องประชุมคลินิก", ""} {
		if m := o.seen(k, id); m.Place != place || len(m.Items) != 2 || m.Items[0].Number != "5.1" {
			t.Errorf("node %d is told %q, and an agenda of %d", k, m.Place, len(m.Items))
		}
	}
	o.to("2025-07-11 09:40")
	o.sit(id, 1)
	i := o.item(id, "เก็บข้อมูล")
	if err := o.hub.Hub.Meetings.Decide(t.Context(), o.first, "กิ่ง", id, i.ID, hub.Resolution{Kind: "agreed", Text: "เห็นชอบ"}); !fault.Is(err, fault.Conflict) {
		t.Errorf("one of three has resolved: %v", err)
	}
	o.ok(o.hub.Hub.Meetings.Tick(t.Context(), o.first, id, o.at(id).Lines[1].ID, true))
	o.say(id, "เก็บข้อมูล", "ใช้แบบเดียวกัน แปดช่อง", hub.Resolution{Kind: "agreed", Text: "เห็นชอบหลักการ ใช้เดือนแทนวันที่"})
	for _, p := range []hub.Promise{{Item: i.ID, What: "ทำแบบบันทึกแปดช่อง", Owner: o.nodes[0].Actor, Due: "2025-07-25"}, {What: "จัดอบรมล่าม", Owner: o.nodes[1].Actor, Due: "2025-08-30"},
		{What: "ร่างหนังสือ", Due: "2025-07-31"}, {What: "ส่งกล่องจดหมายตามหน้าที่", Owner: hub.Everybody, Due: "2025-07-18"}} {
		o.ok(o.hub.Hub.Meetings.Act(t.Context(), o.first, id, p))
	}
	o.to("2025-07-11 12:20")
	o.finish(id) // the training of interpreters was not reached
	return id
}

func (o *office) august(series, july string) string {
	t := o.t
	t.Helper()
	for k, want := range []string{"7-1 7-4", "7-2 7-4", "7-4"} {
		var got []string
		for _, task := range o.tasks(k) {
			got = append(got, task.Code)
		}
		slices.Sort(got)
		if strings.Join(got, " ") != want {
			t.Errorf("node %d has the tasks %v", k, got)
		}
		if m := o.seen(k, july).Minutes; m.Adopted || !strings.Contains(fmt.Sprint(m.Items), "เห็นชอบหลักการ ใช้เดือนแทนวันที่") {
			t.Errorf("node %d has the minutes %+v", k, m)
		}
	}
	o.report(0, "7-1", "done", "")
	o.report(1, "7-2", "started", "นัดวันแล้ว")
	o.ok(o.nodes[2].Node.Meetings.Remark(t.Context(), o.as(o.nodes[2], "network"), july, "แก้เก้าช่องเป็นแปดช่อง"))
	o.settle()
	if r := o.at(july).Remarks; len(r) != 1 || r[0].Guest || r[0].Text != "แก้เก้าช่องเป็นแปดช่อง" {
		t.Errorf("remarks: %+v", r)
	}
	o.to("2025-07-22 10:00")
	id := o.call(series, "ที่ตั้งของเจ้าภาพ", 0)
	want := "2.1 รายงานการประชุม ครั้งที่ 7/2568 | 3.1 7-4 ส่งกล่องจดหมายตามหน้าที่ | 3.2 7-4 ส่งกล่องจดหมายตามหน้าที่ | 3.3 7-4 ส่งกล่องจดหมายตามหน้าที่ | 3.4 7-3 ร่างหนังสือ | 3.5 7-2 จัดอบรมล่าม | 5.1 อบรมล่าม"
	if got := strings.Join(titles(o.at(id).Items), " | "); got != want {
		t.Errorf("the agenda has\n%s, not\n%s", got, want)
	}
	o.judge(id, "ค่าเดินทางพยาน", hub.Verdict{Fate: hub.Accepted, Section: hub.ForDecision, Minutes: 20}) // it has come again by itself
	if fate, _ := o.fate(2, july, "ค่าเดินทางพยาน"); fate != "accepted" {
		t.Errorf("the proposal of July is %s", fate)
	}
	o.ok(o.hub.Hub.Meetings.Publish(t.Context(), o.first, id, 0))
	o.settle()
	o.to("2025-08-08 09:35")
	o.sit(id, 3)
	o.say(id, "รายงานการประชุม ครั้งที่ 7", "แก้หนึ่งแห่ง", hub.Resolution{Kind: "adopted"})
	o.say(id, "7-2", "กำหนดอบรมแล้ว", hub.Resolution{Kind: "noted"})
	o.say(id, "อบรมล่าม", "", hub.Resolution{Kind: "deferred", Text: "รอผลสำรวจ"})
	o.to("2025-08-08 12:05")
	o.finish(id)
	return id
}

func (o *office) september(series, july, august string) {
	t := o.t
	t.Helper()
	m := o.at(july).Meeting
	if m.State != hub.Adopted || m.AdoptedAt != august || m.Digest == "" {
		t.Errorf("the minutes of July: %s at %s, %q", m.State, m.AdoptedAt, m.Digest)
	}
	for k := range o.nodes {
		if got := o.seen(k, july).Minutes; !got.Adopted || got.Digest != m.Digest {
			t.Errorf("node %d: %t %q", k, got.Adopted, got.Digest)
		}
	}
	i := o.item(july, "เก็บข้อมูล")
	if _, _, err := o.hub.Hub.Meetings.SaveNote(t.Context(), o.first, "กิ่ง", july, i.ID, i.Version, "อย่างอื่น"); !fault.Is(err, fault.Conflict) {
		t.Errorf("adopted minutes were changed: %v", err)
	}
	o.report(1, "7-2", "done", "")
	o.to("2025-08-26 10:00")
	id := o.call(series, "คณะนิติศาสตร์", 0)
	got := strings.Join(titles(o.at(id).Items), " | ")
	for _, want := range []string{"2.1 รายงานการประชุม ครั้งที่ 8/2568", "7-3 ร่างหนังสือ", "อบรมล่าม", "ค่าเดินทางพยาน"} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is forgotten: %s", want, got)
		}
	}
	for _, gone := range []string{"7-1", "7-2", "ครั้งที่ 7/2568"} {
		if strings.Contains(got, gone) {
			t.Errorf("%s is done and comes again: %s", gone, got)
		}
	}
	if m := o.at(id).Meeting; m.Label() != "9/2568" || m.Host != o.nodes[2].Actor {
		t.Errorf("the third meeting is %s at %s", m.Label(), m.Host)
	}
}
