package hubui

import (
	"time"

	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/ui"
)

const fixtureMeeting = "ประชุมเครือข่ายประจำเดือน ครั้งที่ 11/2569"

func fixtureDay() time.Time { return time.Date(2026, 12, 11, 2, 30, 0, 0, time.UTC) }

func fixtureSections() []AgendaSection {
	var out []AgendaSection
	for _, n := range []string{"1", "2", "3", "4", "5", "6"} {
		out = append(out, AgendaSection{Number: n, Title: ui.T("meetings.section." + n)})
	}
	row := func(id, section, number, title, from string, minutes int) AgendaRow {
		return AgendaRow{ID: id, Number: number, Title: title, From: from, Section: section, Minutes: minutes, Version: 1}
	}
	first := row("a1", "2", "2.1", "รายงานการประชุม ครั้งที่ 10/2569", "", 5)
	first.First, first.Last = true, true
	out[1].Items = []AgendaRow{first}
	arising := row("a2", "3", "3.1", "10-2 จัดอบรมล่ามชุมชน", "", 3)
	arising.First, arising.Last = true, true
	out[2].Items = []AgendaRow{arising}
	decide, closed := row("a3", "5", "5.1", "แบบบันทึกกรณีสำนักทะเบียนไม่รับคำร้อง", "คลินิกกฎหมายดอยสาธิต", 30), row("a4", "5", "5.2", "ความปลอดภัยเวลาลงพื้นที่", "เครือข่ายคนทำงานสาธิต", 20)
	decide.First, decide.Wanted, decide.WantedText = true, "decide", ui.T("meetings.wanted.decide")
	closed.Last, closed.Closed, closed.Own = true, true, true
	out[4].Items = []AgendaRow{decide, closed}
	return out
}

func fixtureMembers() []ui.Option {
	return []ui.Option{{Value: "https://north.example/ap/org", Label: ui.Say("คลินิกกฎหมายดอยสาธิต")}, {Value: "https://labour.example/ap/org", Label: ui.Say("มูลนิธิเพื่อนแรงงานสาธิต")}}
}

func fixtureMeetingPage() MeetingPage {
	day := fixtureDay()
	options := func(prefix string, values ...string) []ui.Option {
		var out []ui.Option
		for _, v := range values {
			out = append(out, ui.Option{Value: v, Label: ui.T(prefix + v)})
		}
		return out
	}
	p := MeetingPage{ID: "1", Name: fixtureMeeting, Host: "คลินิกกฎหมายดอยสาธิต", Place: "ห้องประชุมชั้นล่าง คลินิกกฎหมายดอยสาธิต", Link: "https://meet.example/room", Note: "ขอวาระแบบไม่ระบุตัว", Chair: "วรดา สาธิต",
		Start: day, End: day.Add(3 * time.Hour), Deadline: day.AddDate(0, 0, -11), State: ui.State{Badge: MeetingBadge("called"), Next: ui.T("meetings.next.called")}, Version: 3,
		Sections: fixtureSections(), Planned: 58, Length: 180, Quorum: ui.T("meetings.quorum.says", "rule", ui.T("meetings.quorum.half"), "needs", 3, "members", 6, "present", 4), Enough: true,
		SectionOptions: options("meetings.section.", "1", "2", "3", "4", "5", "6"), WantedOptions: options("meetings.wanted.", "note", "advise", "decide"),
		IntoOptions: []ui.Option{{Value: "a3", Label: ui.Say("แบบบันทึกกรณีสำนักทะเบียนไม่รับคำร้อง")}}, MayRun: true, CanEdit: true, CanPublish: true, CanOpen: true, CanCancel: true,
		Form: MeetingForm{Number: "11", Day: "2026-12-11", From: "09.30", Length: "180", DeadlineDay: "2026-11-30", Place: "ห้องประชุมชั้นล่าง", Hosts: fixtureMembers()},
		Proposals: []ProposalRow{{ID: "p1", Title: "อบรมล่ามรอบสอง", From: "มูลนิธิเพื่อนแรงงานสาธิต", Why: []string{"ล่ามรอบแรกขอให้มีเอกสารรักษาความลับเป็นภาษาของตน"}, Wanted: ui.T("meetings.wanted.advise"), Minutes: 15,
			Fresh: true, Fate: FateBadge("new"), Section: "5", Version: 1},
			{ID: "p2", Title: "ค่าเดินทางพยาน", From: "สมาคมนักกฎหมายสาธิต", Wanted: ui.T("meetings.wanted.advise"), Minutes: 10, Late: true, Fate: FateBadge("deferred"), Reason: "มาถึงหลังปิดรับวาระ จะนำเข้าการประชุมครั้งถัดไป", Section: "5", Version: 2}},
		Replies: []ReplyRow{{Org: "คลินิกกฎหมายดอยสาธิต", Who: "ผู้ประสานงานเครือข่าย", State: ComesBadge("coming"), Mode: ui.T("meetings.mode.onsite"), At: day},
			{Org: "มูลนิธิเพื่อนแรงงานสาธิต", Who: "ทนายประจำศูนย์", Needs: "ขอล่ามภาษาพม่า", State: ComesBadge("maybe"), Mode: ui.T("meetings.mode.online"), At: day, Old: true}},
		Missing: []string{"สมาคมนักกฎหมายสาธิต"}}
	return p
}

func fixtureRoom() RoomPage {
	kinds := []ui.Option{{Value: "noted", Label: ui.T("meetings.decision.noted")}, {Value: "agreed", Label: ui.T("meetings.decision.agreed")}, {Value: "rejected", Label: ui.T("meetings.decision.rejected")},
		{Value: "deferred", Label: ui.T("meetings.decision.deferred")}}
	return RoomPage{ID: "1", Name: fixtureMeeting, Version: 9, Quorum: ui.T("meetings.quorum.says", "rule", ui.T("meetings.quorum.half"), "needs", 3, "members", 6, "present", 3), Enough: true, Open: true,
		Here: []PresenceRow{{ID: "l1", Name: "ปุณ สาธิต", Org: "คลินิกกฎหมายดอยสาธิต", Here: true}, {ID: "l2", Name: "นุช สาธิต", Org: "มูลนิธิเพื่อนแรงงานสาธิต", Here: true},
			{ID: "l3", Org: "สมาคมนักกฎหมายสาธิต", Why: "ติดว่าความ"}, {ID: "l4", Name: "นักศึกษาฝึกงาน", Here: true, Guest: true}},
		Orgs: fixtureMembers(), Owners: append([]ui.Option{{Value: "everybody", Label: ui.T("meetings.everybody")}}, fixtureMembers()...),
		Items: []RoomItem{
			{ID: "a1", Section: ui.T("meetings.section.2"), Number: "2.1", Title: "รายงานการประชุม ครั้งที่ 10/2569", Note: "ไม่มีผู้ขอแก้ไข", By: "กิ่ง สาธิต", Minutes: 5, Version: 3, Adopts: true, Decided: true,
				Resolution: []string{"รับรองรายงานการประชุม"}, Rule: ui.T("meetings.resolved.by", "present", 3, "members", 6, "rule", ui.T("meetings.quorum.half"))},
			{ID: "a3", Section: ui.T("meetings.section.5"), Number: "5.1", Title: "แบบบันทึกกรณีสำนักทะเบียนไม่รับคำร้อง", From: "คลินิกกฎหมายดอยสาธิต", Why: []string{"สมาชิกพบเรื่องนี้หลายแห่ง"},
				Note: "เสนอให้ใช้แบบเดียวกัน แปดช่อง", By: "กิ่ง สาธิต", Minutes: 30, Version: 5, Kinds: kinds, Drafts: []DraftRow{{By: "ปราณี สาธิต", Text: "เสนอให้ใช้แบบเดียวกัน เก้าช่อง\nขอให้ตัดช่องวันที่"}},
				Actions: []ActionRow{{Code: "11-1", What: "ทำแบบบันทึกแปดช่อง", Owner: "คลินิกกฎหมายดอยสาธิต", Due: "2026-12-25"}}},
			{ID: "a4", Number: "5.2", Title: "ความปลอดภัยเวลาลงพื้นที่", Minutes: 20, Version: 1, Closed: true, Kinds: kinds}}}
}

func meetingFixtures() []web.Fixture {
	day, called, room := fixtureDay(), fixtureMeetingPage(), fixtureRoom()
	planned := called
	planned.Proposals, planned.Replies, planned.Missing, planned.Sections = nil, nil, nil, nil
	planned.State, planned.CanCall, planned.CanPublish, planned.CanOpen = ui.State{Badge: MeetingBadge("planned"), Next: ui.T("meetings.next.planned")}, true, false, false
	planned.Errors = ui.Errors{{Field: "place", Text: ui.T("error.meetings.place")}}
	long := called
	long.Planned, long.AgendaStale, long.OnPaper, long.Telling = 205, true, true, []string{"นายสมมุติ ใจสาธิต"}
	long.State = ui.State{Badge: MeetingBadge("published"), Next: ui.T("meetings.next.published")}
	reading := called
	reading.MayRun, reading.CanPublish, reading.CanOpen, reading.CanCancel = false, false, false, false
	short := room
	short.Enough, short.Items = false, nil
	short.Errors = ui.Errors{{Text: ui.T("error.meetings.quorum")}}
	task := func(code, what, state string, late bool) ActionRow {
		return ActionRow{ID: code, Code: code, What: what, Owner: "มูลนิธิเพื่อนแรงงานสาธิต", Due: "2026-12-25", StateCode: state, State: TaskBadge(state), Overdue: late, Version: 1}
	}
	states := []ui.Option{{Value: "open", Label: ui.T("meetings.task.open")}, {Value: "done", Label: ui.T("meetings.task.done")}}
	decision := DecisionRow{Meeting: fixtureMeeting, Href: "/meetings/1/paper", Number: "5.1", Title: "แบบบันทึกกรณีสำนักทะเบียนไม่รับคำร้อง", Day: day, Result: []string{"เห็นชอบหลักการ ใช้เดือนแทนวันที่"},
		Kind: ui.Badge{Text: ui.T("meetings.decision.agreed"), Tone: "done"}}
	series := SeriesRow{ID: "s", Name: "ประชุมเครือข่ายประจำเดือน", Rule: ui.T("meetings.rule", "nth", ui.T("meetings.nth.2"), "day", ui.T("meetings.weekday.5"), "at", "09.30"),
		Skip: []ui.Text{ui.T("shell.month.4")}, Next: []time.Time{day, day.AddDate(0, 0, 28), day.AddDate(0, 0, 63)}}
	form := SeriesFormPage{Nth: "2", Weekday: "5", At: "09.30", Length: "180", Quorum: "half", ProposeDays: "11", RemarkDays: "7", Members: fixtureMembers(),
		Nths: []ui.Option{{Value: "2", Label: ui.T("meetings.nth.2")}}, Weekdays: []ui.Option{{Value: "5", Label: ui.T("meetings.weekday.5")}}, Months: []ui.Option{{Value: "4", Label: ui.T("shell.month.4")}},
		Quorums: []ui.Option{{Value: "half", Label: ui.T("meetings.quorum.half")}}, Errors: ui.Errors{{Field: "name_th", Text: ui.T("error.meetings.needed")}}}
	remarks := RemarksPage{ID: "1", Name: fixtureMeeting, Version: 4, Until: day.AddDate(0, 0, 7), Revision: 1, Scribe: "กิ่ง สาธิต", CanSend: true, State: ui.State{Badge: MeetingBadge("circulated"), Next: ui.T("meetings.next.circulated")},
		Rows: []RemarkRow{{Org: "คลินิกกฎหมายดอยสาธิต", Text: []string{"วาระ 5.1 แก้ เก้าช่อง เป็น แปดช่อง"}, At: day}, {Org: "สมาคมนักกฎหมายสาธิต", Text: []string{"ขอเพิ่มชื่อผู้มาประชุม"}, At: day, Late: true}}}
	own := RemarksPage{ID: "1", Name: fixtureMeeting, Scribe: "กิ่ง สาธิต", CanSend: true, OwnNotes: true, State: ui.State{Badge: MeetingBadge("held"), Next: ui.T("meetings.next.held")}, Telling: []string{"นายสมมุติ ใจสาธิต"}}
	return []web.Fixture{
		{Name: "meetings/list: some", TitleKey: "meetings.title", Page: MeetingsPage{MayRun: true, Series: []SeriesRow{series}, Open: 6, Overdue: 1, Rows: []MeetingRow{
			{ID: "1", Name: fixtureMeeting, Host: "คลินิกกฎหมายดอยสาธิต", Start: day, State: MeetingBadge("called")}, {ID: "2", Name: "ประชุมเครือข่ายประจำเดือน ครั้งที่ 10/2569", Start: day.AddDate(0, -1, 0), State: MeetingBadge("circulated")}}}},
		{Name: "meetings/list: none", TitleKey: "meetings.title", Page: MeetingsPage{MayRun: true}},
		{Name: "meetings/series: something is missing", TitleKey: "meetings.series.form", Status: 422, Page: form},
		{Name: "meetings/show: called, with proposals", TitleKey: "meetings.one.title", Page: called},
		{Name: "meetings/show: planned, place missing", TitleKey: "meetings.one.title", Status: 422, Page: planned},
		{Name: "meetings/show: too long, and changed since", TitleKey: "meetings.one.title", Page: long},
		{Name: "meetings/show: an auditor reads", TitleKey: "meetings.one.title", Page: reading},
		{Name: "meetings/room: in session", TitleKey: "meetings.room.title", Page: room},
		{Name: "meetings/room: nothing on, no quorum", TitleKey: "meetings.room.title", Status: 409, Page: short},
		{Name: "meetings/actions: some", TitleKey: "meetings.actions.title", Page: ActionsPage{MayRun: true, Open: 2, Done: 1, Overdue: 1, States: states, Rows: []ActionRow{task("10-2", "จัดอบรมล่ามชุมชน", "stuck", true), task("11-1", "ทำแบบบันทึกแปดช่อง", "open", false), task("10-1", "ส่งกล่องจดหมายตามหน้าที่", "done", false)}}},
		{Name: "meetings/actions: none", TitleKey: "meetings.actions.title", Page: ActionsPage{}},
		{Name: "meetings/decisions: some", TitleKey: "meetings.decisions.title", Page: DecisionsPage{Rows: []DecisionRow{decision}}},
		{Name: "meetings/decisions: not found", TitleKey: "meetings.decisions.title", Page: DecisionsPage{Query: "ค่าพาหนะ"}},
		{Name: "meetings/decisions: none", TitleKey: "meetings.decisions.title", Page: DecisionsPage{}},
		{Name: "meetings/remarks: two", TitleKey: "meetings.remarks.title", Page: remarks},
		{Name: "meetings/remarks: the note-taker waits", TitleKey: "meetings.remarks.title", Status: 409, Page: own},
	}
}
