package nodeui

import (
	"time"

	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/ui"
)

func importFixtures() []web.Fixture {
	at := time.Date(2026, 11, 25, 3, 20, 0, 0, time.UTC)
	files := ui.Table{Caption: ui.T("imports.recent"),
		Head: []ui.Text{ui.T("imports.col.file"), ui.T("imports.col.when"), ui.T("imports.col.rows"), ui.T("imports.col.state")},
		Rows: []ui.Row{
			{Href: "/imports/i1", Cells: []ui.Cell{{Texts: []ui.Text{ui.Say("ทะเบียนเคส 2568.xlsx")}}, {Texts: []ui.Text{ui.At(at)}}, {Texts: []ui.Text{ui.Say("260")}}, {Badge: ImportState("done")}}},
			{Href: "/imports/i2", Cells: []ui.Cell{{Texts: []ui.Text{ui.Say("แรงงาน 2567.csv")}}, {Texts: []ui.Text{ui.At(at)}}, {Texts: []ui.Text{ui.Say("180")}}, {Badge: ImportState("running")}}},
		}}
	lines := []ImportLine{
		{Row: 6, Sheet: "ทะเบียนเคส", Who: ui.Say("นาสี ดอยงาม"), Badge: ImportRowState("import", "pending")},
		{Row: 18, Sheet: "ทะเบียนเคส", Who: ui.Say("บุญมี ดอยงาม"), Why: []ui.Text{ImportReason("id_check_digit")}, Badge: ImportRowState("queue", "pending")},
		{Row: 122, Sheet: "ทะเบียนเคส", Who: ui.T("imports.nobody"), Why: []ui.Text{ImportReason("test_row")}, Badge: ImportRowState("refuse", "pending")},
	}
	page := func(state string, running bool) ImportPage {
		p := ImportPage{ID: "i1", Name: "ทะเบียนเคส 2568.xlsx", Lead: ImportLead(state), Badge: ImportState(state),
			Facts: ui.Facts{{Label: ui.T("imports.fact.rows"), Values: []ui.Text{ui.Say("260")}}, {Label: ui.T("imports.fact.import"), Values: []ui.Text{ui.Say("221")}},
				{Label: ui.T("imports.fact.queue"), Values: []ui.Text{ui.Say("36")}}, {Label: ui.T("imports.fact.refuse"), Values: []ui.Text{ui.Say("3")}}},
			Tabs: []ImportTab{{Label: ui.T("imports.tab.all"), Count: 260, Href: "/imports/i1", Current: true}, {Label: ui.T("imports.tab.import"), Count: 221, Href: "/imports/i1?do=import"},
				{Label: ui.T("imports.tab.queue"), Count: 36, Href: "/imports/i1?do=queue"}, {Label: ui.T("imports.tab.refuse"), Count: 3, Href: "/imports/i1?do=refuse"}},
			Rows: lines, Pager: ui.Pager{Page: 1, Pages: 6, Total: 260, Next: "/imports/i1?page=2"}, Running: running}
		if running {
			p.Stop = true
			p.Progress = ui.Progress{Label: ui.T("imports.progress"), Value: 50, Max: 127, Text: ui.T("imports.progress.text", "done", 50, "all", 127)}
		}
		return p
	}
	ready := page("ready", false)
	ready.Start, ready.Drop = ui.Button{Label: ui.T("imports.start"), Tone: "primary"}, true
	stopped := page("stopped", false)
	stopped.Start = ui.Button{Label: ui.T("imports.continue"), Tone: "primary"}
	done := page("done", false)
	done.Waiting = 36
	row := ImportRowPage{ID: "r18", Row: 18, Why: []ui.Text{ImportReason("id_check_digit")}, SameRow: 5, Number: "62/005", OpenedOn: "2019-04-09",
		Province: "57", Reasons: ImportReasons(""),
		Held: ui.Facts{{Label: ImportField("name"), Values: []ui.Text{ui.Say("นายบุญมี ดอยงาม")}}, {Label: ImportField("id"), Values: []ui.Text{ui.Say("8-0000-73187-02-8")}},
			{Label: ImportField("birth"), Values: []ui.Text{ui.Say("๒๕๓๖")}}, {Label: ImportField("note"), Values: []ui.Text{ui.Say("เลขตามที่เจ้าตัวจำได้ ยังไม่เห็นบัตร")}}},
		Persons: []ImportPerson{{N: 1, Name: "person.0", Title: "นาย", Given: "บุญมี", Family: "ดอยงาม", Other: "มี", IDNumber: "8000073187028", Birth: "1993", Sex: "male"}}}
	wrong := row
	wrong.Errors = ui.Errors{{Field: "reason", Text: ui.T("imports.fault.reason")}}
	return []web.Fixture{
		{Name: "imports/list: first time", TitleKey: "imports.title", Page: ImportListPage{}},
		{Name: "imports/list: two registers, rows wait", TitleKey: "imports.title", Page: ImportListPage{Waiting: 36, Files: files}},
		{Name: "imports/list: not a register", TitleKey: "imports.title", Status: 422, Page: ImportListPage{Files: files, Errors: ui.Errors{{Field: "file",
			Text: ui.T("imports.fault.layout", "sheets", "1", "rows", "12", "columns", "4", "found", "name")}}}},
		{Name: "imports/show: checked", TitleKey: "imports.show.title", Page: ready},
		{Name: "imports/show: running", TitleKey: "imports.show.title", Page: page("running", true)},
		{Name: "imports/show: stopped", TitleKey: "imports.show.title", Page: stopped},
		{Name: "imports/show: finished", TitleKey: "imports.show.title", Page: done},
		{Name: "imports/queue: empty", TitleKey: "imports.queue.title", Page: ImportQueuePage{}},
		{Name: "imports/queue: rows wait", TitleKey: "imports.queue.title", Page: ImportQueuePage{Rows: lines[1:2]}},
		{Name: "imports/row: a wrong check digit", TitleKey: "imports.queue.title", Page: row},
		{Name: "imports/row: no reason chosen", TitleKey: "imports.queue.title", Status: 422, Page: wrong},
		{Name: "imports/row: decided by somebody else", TitleKey: "imports.queue.title", Page: ImportRowPage{Row: 18, Decided: true, Badge: ImportRowState("queue", "decided")}},
	}
}
