package storybook

import (
	"time"

	"github.com/saphan-network/saphan/web/ui"
)

// ComponentsPage shows every component.
type ComponentsPage struct {
	Badges   []ui.Badge
	Classes  []string
	Notices  []ui.Notice
	Bridge   ui.Bridge
	Resting  ui.Bridge
	State    ui.State
	Timeline ui.Timeline
	Table    ui.Table
	Pager    ui.Pager
	Progress ui.Progress
	Errors   ui.Errors
	Card     ui.Card
	Secret   ui.Secret
	Flash    ui.Flash
}

// Template is storybook/components.
func (ComponentsPage) Template() string { return "storybook/components" }

func components() ComponentsPage {
	at := time.Date(2026, 11, 25, 6, 42, 0, 0, time.UTC)
	p := ComponentsPage{
		Flash:   ui.Flash{Text: ui.T("people.roles.done")},
		Classes: []string{"A", "B", "C", "D", "E"},
		Bridge:  bridge(),
		Resting: ui.Bridge{To: ui.Say("LPN")},
		State: ui.State{
			Badge:  ui.Badge{Tone: "wait", Text: ui.T("storybook.badge.wait")},
			Holder: ui.Say("LPN"), Since: ui.At(at), Next: ui.T("storybook.state.next"), Due: ui.On("2026-11-28"), Otherwise: ui.T("storybook.state.otherwise"),
		},
		Timeline: ui.Timeline{
			{At: ui.At(at), Title: ui.T("storybook.event.sent"), Tone: "act", Icon: "send", Who: ui.Say("ธนา พงไพร")},
			{At: ui.At(at.Add(-time.Hour)), Title: ui.T("storybook.event.approved"), Tone: "done", Detail: []ui.Text{ui.T("storybook.event.detail")}, Who: ui.Say("ธนา พงไพร")},
			{At: ui.At(at.Add(-26 * time.Hour)), Title: ui.T("storybook.event.consent"), Icon: "handshake", Who: ui.Say("อรทัย ใจดี")},
		},
		Table: ui.Table{
			Caption: ui.T("storybook.table"), Head: []ui.Text{ui.T("storybook.table.number"), ui.T("storybook.table.need"), ui.T("storybook.table.due"), ui.T("storybook.table.state")},
			Rows: []ui.Row{
				{Href: "#a", Cells: append(ui.Cells(ui.Say("ค-12/2569"), ui.T("storybook.need.status"), ui.On("2026-11-28")), ui.Cell{Badge: ui.Badge{Tone: "wait", Text: ui.T("storybook.badge.wait")}})},
				{Href: "#b", Cells: append(ui.Cells(ui.Say("ค-9/2569"), ui.T("storybook.need.wage"), ui.On("2026-12")), ui.Cell{Badge: ui.Badge{Tone: "done", Text: ui.T("storybook.badge.done")}})},
			},
		},
		Pager:    ui.Pager{Page: 2, Pages: 7, Total: 131, Prev: "#p", Next: "#n"},
		Progress: ui.Progress{Label: ui.T("storybook.progress"), Value: 120, Max: 260, Text: ui.T("storybook.progress.text", "done", 120, "all", 260)},
		Errors:   ui.Errors{{Field: "name", Text: ui.T("account.name.invalid")}, {Field: "born", Text: ui.T("error.date.none")}},
		Card:     ui.Card{Title: ui.T("home.sample.approve"), Text: ui.T("home.sample.approve.text"), Badge: ui.Badge{Tone: "act", Text: ui.T("home.sample.badge.act")}, Due: ui.On("2026-11-26"), Href: "#c"},
		Secret:   ui.Secret{Label: ui.T("people.link.label"), Value: "https://clinic.example/welcome/6f2a9c01d47be853", Hint: ui.T("people.link.hint")},
	}
	for _, tone := range []string{"neutral", "wait", "act", "done", "danger", "info"} {
		p.Badges = append(p.Badges, ui.Badge{Tone: tone, Text: ui.T("storybook.badge." + tone)})
		p.Notices = append(p.Notices, ui.Notice{Tone: tone, Title: ui.T("storybook.badge." + tone), Text: ui.T("storybook.notice")})
	}
	return p
}

func bridge() ui.Bridge {
	say := ui.Say
	return ui.Bridge{
		To:   ui.T("storybook.bridge.to"),
		Note: ui.T("storybook.bridge.note"),
		Rows: []ui.Crossing{
			{Label: ui.T("storybook.bridge.name"), Class: "A", Holds: []ui.Text{say("นางสาว สมหญิง ตัวอย่าง")}, Transform: ui.T("storybook.bridge.never"), Rule: ui.T("storybook.bridge.never.rule")},
			{Label: ui.T("storybook.bridge.born"), Class: "C", Holds: []ui.Text{ui.On("2009-04-12")}, Transform: ui.T("storybook.bridge.age"), Rule: ui.T("storybook.bridge.age.rule"), Leaves: []ui.Text{ui.T("storybook.bridge.age.out")}},
			{Label: ui.T("storybook.bridge.place"), Class: "C", Holds: []ui.Text{say("ต.ตัวอย่าง อ.แม่จัน จ.เชียงราย")}, Transform: ui.T("storybook.bridge.area"), Rule: ui.T("storybook.bridge.area.rule"), Leaves: []ui.Text{ui.T("storybook.bridge.area.out")}},
			{Label: ui.T("storybook.bridge.needs"), Class: "D", Holds: []ui.Text{ui.T("storybook.need.status"), ui.T("storybook.need.wage")}, Transform: ui.T("storybook.bridge.asis"), Leaves: []ui.Text{ui.T("storybook.need.status"), ui.T("storybook.need.wage")}},
			{Label: ui.T("storybook.bridge.health"), Class: "B", Holds: []ui.Text{ui.T("storybook.bridge.health.holds")}, Transform: ui.T("storybook.bridge.withheld"), Why: ui.T("storybook.bridge.why"), Remedy: ui.T("storybook.bridge.remedy")},
		},
	}
}
