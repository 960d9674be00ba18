package hubui

import (
	"time"

	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/ui"
)

func publicFixtures() []web.Fixture {
	at := time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC)
	day := time.Date(2026, 12, 12, 2, 0, 0, 0, time.UTC)
	handle := "@public@hub.example"
	statement := PublicItem{Href: "/public/1", Name: "เด็กทุกคนที่เกิดในไทยต้องได้รับการจดทะเบียนการเกิด", Summary: "เครือข่ายขอให้สำนักทะเบียนรับแจ้งการเกิดโดยไม่ต้องรอเอกสารของพ่อแม่", At: at}
	event := PublicItem{Href: "/public/2", Name: "คลินิกเคลื่อนที่ อำเภอแม่สาธิต", Summary: "ปรึกษาเรื่องสถานะบุคคลได้โดยไม่เสียค่าใช้จ่าย", At: day, Place: "ศาลาวัดสาธิต", Event: true}
	off := event
	off.Cancelled, off.Name = true, "อบรมอาสาสมัครหมู่บ้าน รุ่นที่ 4"
	document := PublicDocumentPage{Name: statement.Name, Summary: statement.Summary, Published: at, Handle: handle, Paragraphs: [][]string{
		{"เด็กที่เกิดในประเทศไทยทุกคนมีสิทธิได้รับการจดทะเบียนการเกิด ไม่ว่าพ่อแม่จะมีเอกสารหรือไม่ แต่ในทางปฏิบัติหลายครอบครัวยังถูกขอให้กลับมาใหม่พร้อมเอกสารที่ไม่มีทางหาได้"},
		{"เครือข่ายขอให้สำนักทะเบียนทุกแห่ง", "รับแจ้งการเกิดในวันที่ครอบครัวมาถึง", "ออกหลักฐานการรับแจ้งให้ทันที"}}}
	meeting := PublicDocumentPage{Name: event.Name, Summary: event.Summary, Published: at, Updated: at.Add(48 * time.Hour), Handle: handle, Event: true, Start: day, End: day.Add(7 * time.Hour), Place: event.Place,
		Link: "https://meet.example/open-day", Paragraphs: [][]string{{"ทนายและอาสาสมัครจากสมาชิกของเครือข่ายจะอยู่ทั้งวัน มีล่ามภาษาไทใหญ่และลาหู่"}}}
	called := meeting
	called.Cancelled, called.Lang = true, "th"
	crossing := func(path, holds, leaves string) ui.Crossing {
		c := ui.Crossing{Label: ui.T(path), Class: "E", Holds: []ui.Text{ui.Say(holds)}, Rule: ui.T("policy.rule.public_reviewed"), Transform: ui.T("policy.transform.line")}
		if leaves == "" {
			c.Why = ui.T("policy.why.not_a_code")
			return c
		}
		c.Leaves = []ui.Text{ui.Say(leaves)}
		return c
	}
	bridge := ui.Bridge{From: ui.T("public.bridge.from"), To: ui.T("public.bridge.to"), ID: "bridge", Rows: []ui.Crossing{
		crossing("policy.field.public.name_th", statement.Name, statement.Name), crossing("policy.field.public.summary_th", statement.Summary, statement.Summary),
		crossing("policy.field.public.content_th", document.Paragraphs[0][0], document.Paragraphs[0][0])}}
	stays := bridge
	stays.Rows = append([]ui.Crossing{}, bridge.Rows[:2]...)
	stays.Rows = append(stays.Rows, crossing("policy.field.public.content_th", "เลข 0-0000-00000-00-0", ""))
	draft := PublicationPage{ID: "1", Name: statement.Name, Kind: ui.T("public.kind.statement"), Bridge: bridge, Version: 2, Draft: true, MayWrite: true,
		State: ui.State{Badge: PublicationBadge("draft"), Next: ui.T("public.next.draft"), Since: ui.On("2026-11-20")}}
	waiting := draft
	waiting.State = ui.State{Badge: PublicationBadge("waiting"), Next: ui.T("public.next.waiting"), Since: ui.On("2026-11-20")}
	waiting.Draft, waiting.Waiting, waiting.MayRelease = false, true, true
	waiting.Sum, waiting.Print, waiting.Bytes = "ab12", "ab12 cd34 ef56 0718 ab12 cd34 ef56 0718", `{"type":"Create"}`
	waiting.Telling = []string{"นายสมมุติ ใจสาธิต", "080-000-0000"}
	own := waiting
	own.MayRelease = false
	live := draft
	live.State, live.Draft, live.MayTake, live.Href = ui.State{Badge: PublicationBadge("published"), Next: ui.T("public.next.published"), Since: ui.On("2026-11-20")}, false, true, "/public/1"
	back := draft
	back.Returned, back.Bridge = true, stays
	form := PublicationFormPage{Kind: "event", ID: "2", Version: 3, NameTH: event.Name, BodyTH: "ทนายและอาสาสมัครจะอยู่ทั้งวัน", PlaceTH: event.Place, Day: "2026-12-12", From: "09:00", Until: "16:00", Live: true}
	wrong := PublicationFormPage{Kind: "statement", Errors: ui.Errors{{Field: "name_th", Text: ui.T("error.public.needed")}, {Field: "body_th", Text: ui.T("error.public.needed")}}}
	row := func(name, kind, state string) PublicationRow {
		return PublicationRow{ID: "1", Name: name, Kind: ui.T("public.kind." + kind), State: PublicationBadge(state), Changed: at}
	}
	return []web.Fixture{
		{Name: "public/list: statements and events", TitleKey: "public.title", Public: true, Page: PublicPage{Name: "เครือข่ายสถานะและสิทธิบุคคล", Handle: handle, FeedsHref: "/public/feed.atom", Upcoming: []PublicItem{event, off}, Items: []PublicItem{statement}}},
		{Name: "public/list: nothing yet", TitleKey: "public.title", Public: true, Page: PublicPage{Name: "เครือข่ายสถานะและสิทธิบุคคล", Handle: handle, FeedsHref: "/public/feed.atom"}},
		{Name: "public/document: a statement", TitleKey: "public.title", Public: true, Page: document},
		{Name: "public/document: an event", TitleKey: "public.title", Public: true, Page: meeting},
		{Name: "public/document: called off, in Thai only", TitleKey: "public.title", Public: true, Page: called},
		{Name: "public/gone: taken back", TitleKey: "public.title", Public: true, Status: 410, Page: PublicGonePage{Withdrawn: true}},
		{Name: "public/gone: nothing", TitleKey: "public.title", Public: true, Status: 404, Page: PublicGonePage{}},
		{Name: "publications/list: some", TitleKey: "public.desk.title", Page: PublicationsPage{Handle: handle, Followers: 12, Rows: []PublicationRow{row(statement.Name, "statement", "waiting"),
			row(event.Name, "event", "published"), row("อบรมอาสาสมัคร", "event", "draft"), row("แถลงการณ์เดิม", "statement", "withdrawn")}}},
		{Name: "publications/list: none", TitleKey: "public.desk.title", Page: PublicationsPage{Handle: handle}},
		{Name: "publications/form: an event that is public", TitleKey: "public.form.event", Page: form},
		{Name: "publications/form: something is missing", TitleKey: "public.form.statement", Status: 422, Page: wrong},
		{Name: "publications/show: a draft", TitleKey: "public.one.title", Page: draft},
		{Name: "publications/show: waits for the reader", TitleKey: "public.one.title", Page: waiting},
		{Name: "publications/show: waits for another", TitleKey: "public.one.title", Page: own},
		{Name: "publications/show: published", TitleKey: "public.one.title", Page: live},
		{Name: "publications/show: sent back, and part of it cannot leave", TitleKey: "public.one.title", Page: back},
	}
}
