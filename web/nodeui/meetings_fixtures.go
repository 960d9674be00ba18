package nodeui

import (
	"time"

	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/ui"
)

func meetingFixtures() []web.Fixture {
	day := time.Date(2026, 12, 11, 2, 30, 0, 0, time.UTC)
	name := "ประชุมเครือข่ายประจำเดือน ครั้งที่ 11/2569"
	options := func(prefix string, values ...string) []ui.Option {
		var out []ui.Option
		for _, v := range values {
			out = append(out, ui.Option{Value: v, Label: ui.T(prefix + v)})
		}
		return out
	}
	sections := []MeetingSection{{Number: "2", Title: ui.T("meetings.section.2"), Items: []MeetingItem{{Number: "2.1", Title: "รายงานการประชุม ครั้งที่ 10/2569", Minutes: 5}}},
		{Number: "5", Title: ui.T("meetings.section.5"), Items: []MeetingItem{{Number: "5.1", Title: "แบบบันทึกกรณีสำนักทะเบียนไม่รับคำร้อง", From: "คลินิกกฎหมายดอยสาธิต", Why: []string{"สมาชิกพบเรื่องนี้หลายแห่ง"},
			Wanted: ui.T("meetings.wanted.decide"), Minutes: 30, Ours: true}}}}
	called := MeetingPage{ID: "1", Name: name, Note: []string{"ขอวาระแบบไม่ระบุตัว ไม่มีชื่อ ไม่มีหมู่บ้าน ไม่มีวันเดือนปีที่ชัด"}, Start: day, End: day.Add(3 * time.Hour), Deadline: day.AddDate(0, 0, -11),
		State: ui.State{Badge: MeetingBadge("called"), Next: ui.T("meetings.member.called")}, MayReply: true, MayPropose: true, CanPropose: true, CanReply: true,
		States: options("meetings.comes.", "coming", "maybe", "absent"), Modes: options("meetings.mode.", "onsite", "online"), Reply: MeetingReply{Badge: ComesBadge("")},
		Sections: sections[:0], Proposals: []MeetingProposal{{ID: "p1", Title: "แบบบันทึกกรณีสำนักทะเบียนไม่รับคำร้อง", State: ProposalBadge("accepted")}, {ID: "p2", Title: "ค่าเดินทางพยาน", State: ProposalBadge("deferred"), Reason: "ผูกกับเกณฑ์กองทุน คุยครั้งหน้า"}}}
	moved := called
	moved.Moved, moved.Late, moved.CanPropose, moved.Place, moved.Link = true, true, false, "ห้องประชุมชั้นล่าง", "https://meet.example/room"
	moved.State = ui.State{Badge: MeetingBadge("published"), Next: ui.T("meetings.member.published")}
	moved.Reply = MeetingReply{State: "coming", Mode: "online", Who: "ผู้ประสานงานเครือข่าย", Needs: "ขอล่ามภาษาพม่า", Badge: ComesBadge("coming"), At: day, Old: true}
	moved.Sections, moved.Planned, moved.AgendaAt = sections, 35, day.AddDate(0, 0, -7)
	moved.Errors = ui.Errors{{Field: "mode", Text: ui.T("error.meetings.needed")}}
	over := moved
	over.Moved, over.CanReply, over.Errors, over.HasMinutes, over.MayRemark, over.MinutesAt = false, false, nil, true, true, day.AddDate(0, 0, 3)
	over.State = ui.State{Badge: MeetingBadge("circulated"), Next: ui.T("meetings.member.circulated")}
	others := called
	others.MayReply, others.MayPropose, others.Proposals = false, false, nil
	form := MeetingProposePage{ID: "1", Name: name, Wanted: "decide", Minutes: "15", Deadline: day.AddDate(0, 0, -11), WantedOptions: options("meetings.wanted.", "note", "advise", "decide")}
	wrong, late := form, form
	wrong.Title, wrong.Errors = "เรื่องของนายสมมุติ ใจสาธิต", ui.Errors{{Field: "title", Text: ui.T("error.meetings.person")}}
	late.Closed = ui.T("error.meetings.late")
	preview := MeetingPreviewPage{ID: "p1", Meeting: "1", Name: name, Title: "แบบบันทึกกรณีสำนักทะเบียนไม่รับคำร้อง", Why: []string{"สมาชิกพบเรื่องนี้หลายแห่ง ขอเริ่มวันที่ 1 มกราคม 2570"}, Wanted: ui.T("meetings.wanted.decide"), Minutes: 30,
		Findings: []MeetingFinding{{Text: "1 มกราคม 2570", Kind: ui.T("meetings.finding.date")}}, Sum: "ab12", Print: "ab12 cd34 ef56 0718 ab12 cd34 ef56 0718", Bytes: `{"type":"Offer"}`, State: ProposalBadge("draft")}
	again, sent := preview, preview
	again.Redrawn, again.Errors = true, ui.Errors{{Field: "looked", Text: ui.T("error.meetings.look")}}
	sent.Sent, sent.Findings, sent.State, sent.Reason = true, nil, ProposalBadge("returned"), "ขอให้ตัดชื่ออำเภอออก"
	task := func(code, what, state string, late bool) TaskRow {
		return TaskRow{ID: code, Code: code, What: what, StateCode: state, Due: day, State: TaskBadge(state), Late: late, Version: 1}
	}
	row := MeetingRow{ID: "1", Name: name, Start: day, Deadline: day.AddDate(0, 0, -11), State: MeetingBadge("called"), Reply: ComesBadge(""), CanPropose: true}
	past := MeetingRow{ID: "2", Name: "ประชุมเครือข่ายประจำเดือน ครั้งที่ 10/2569", Start: day.AddDate(0, -1, 0), State: MeetingBadge("adopted")}
	states := options("meetings.task.", "open", "started", "done", "stuck")
	return []web.Fixture{
		{Name: "meetings/list: one is called", TitleKey: "meetings.title", Page: MeetingsPage{Coming: []MeetingRow{row}, Past: []MeetingRow{past}, Open: 2, Late: 1}},
		{Name: "meetings/list: none", TitleKey: "meetings.title", Page: MeetingsPage{}},
		{Name: "meetings/show: called", TitleKey: "meetings.one.title", Page: called},
		{Name: "meetings/show: moved after the reply", TitleKey: "meetings.one.title", Status: 422, Page: moved},
		{Name: "meetings/show: with minutes", TitleKey: "meetings.one.title", Page: over},
		{Name: "meetings/show: an intern reads", TitleKey: "meetings.one.title", Page: others},
		{Name: "meetings/propose: empty", TitleKey: "meetings.propose", Page: form},
		{Name: "meetings/propose: a name stands in it", TitleKey: "meetings.propose", Status: 422, Page: wrong},
		{Name: "meetings/propose: too late", TitleKey: "meetings.propose", Status: 409, Page: late},
		{Name: "meetings/preview: something was found", TitleKey: "meetings.preview", Page: preview},
		{Name: "meetings/preview: shown again", TitleKey: "meetings.preview", Status: 422, Page: again},
		{Name: "meetings/preview: sent and returned", TitleKey: "meetings.preview", Page: sent},
		{Name: "meetings/tasks: some", TitleKey: "meetings.tasks.title", Page: TasksPage{MayWork: true, Open: 2, Late: 1, States: states, Rows: []TaskRow{task("10-2", "จัดอบรมล่ามชุมชน", "stuck", true), task("11-1", "ทำแบบบันทึกแปดช่อง", "open", false), task("10-1", "ส่งกล่องจดหมายตามหน้าที่", "done", false)}}},
		{Name: "meetings/tasks: none", TitleKey: "meetings.tasks.title", Page: TasksPage{}},
	}
}
