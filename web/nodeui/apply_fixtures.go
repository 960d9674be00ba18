package nodeui

import (
	"time"

	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/ui"
)

func applyFixtures() []web.Fixture {
	const about = "เราเป็นคลินิกกฎหมายของอาสาสมัครสิบสองคนในอำเภอแม่สอด ช่วยเรื่องสูติบัตร สัญชาติ และการพิสูจน์ความสัมพันธ์มาเจ็ดปี"
	areas := []ui.Option{{Value: "north", Label: ui.Label("region", "north")}, {Value: "63", Label: ui.Label("province", "63")}}
	full := ApplyPage{Address: "https://hub.example", AboutTH: about, AboutEN: "Twelve volunteers in Mae Sot who help with birth certificates and nationality.", Contact: "office@clinic.example",
		Services: []string{"status_work", "dna"}, Regions: []string{"63"}, Languages: []string{"th", "my"}, Areas: areas}
	wrong := full
	wrong.AboutTH, wrong.Contact = "ติดต่อ นางสาวสมหญิง ใจดี", "somewhere"
	wrong.Errors = ui.Errors{{Field: "about_th", Text: ui.T("error.apply.personal")}, {Field: "contact", Text: ui.T("error.apply.contact")}}
	wrong.Telling = []string{"นางสาวสมหญิง ใจดี"}
	nodoor := full
	nodoor.Errors = ui.Errors{{Field: "address", Text: ui.T("error.apply.no_door", "hub", "เครือข่ายคลินิกกฎหมาย")}}
	row := func(path, transform string, v ...string) ui.Crossing {
		c := ui.Crossing{Label: ui.T("policy.field.application." + path), Class: "E", Rule: ui.T("policy.rule.membership_network"), Transform: ui.T("policy.transform." + transform)}
		for _, one := range v {
			c.Holds, c.Leaves = append(c.Holds, ui.Say(one)), append(c.Leaves, ui.Say(one))
		}
		return c
	}
	look := ApplyLookPage{Hub: "เครือข่ายคลินิกกฎหมาย", Actor: "https://hub.example/ap/network",
		Print: "8a41 0c7f 93be 22d0 5e19 7b64 f00d 1a2b 8a41 0c7f 93be 22d0 5e19 7b64 f00d 1a2b", Sum: "8a41", Fours: "8a41 0c7f 93be 22d0",
		Bridge: ui.Bridge{To: ui.Say("เครือข่ายคลินิกกฎหมาย"), Rows: []ui.Crossing{row("about", "unnamed", about, "Twelve volunteers in Mae Sot."),
			row("services", "code", "งานสถานะ", "ตรวจดีเอ็นเอ"), row("contact", "mailbox", "office@clinic.example")}},
		Bytes: `{"actor":"https://clinic.example/ap/org","instrument":{"contact":"office@clinic.example","type":["Note","MembershipRequest"]},"type":"Join"}`}
	redrawn := look
	redrawn.Redrawn = true
	return []web.Fixture{
		{Name: "apply/form: fresh", TitleKey: "apply.title", Page: ApplyPage{Areas: areas}},
		{Name: "apply/form: filled", TitleKey: "apply.title", Page: full},
		{Name: "apply/form: wrong", TitleKey: "apply.title", Status: 422, Page: wrong},
		{Name: "apply/form: invited only", TitleKey: "apply.title", Status: 409, Page: nodoor},
		{Name: "apply/form: one is open", TitleKey: "apply.title", Status: 409, Page: ApplyPage{Closed: ui.T("error.apply.open")}},
		{Name: "apply/look: to be sent", TitleKey: "apply.look.title", Page: look},
		{Name: "apply/look: drawn again", TitleKey: "apply.look.title", Page: redrawn},
	}
}

// applyingFixtures are the states of an application on the page about the network.
func applyingFixtures(page func(state string) NetworkPage) []web.Fixture {
	at := time.Date(2027, 2, 23, 3, 0, 0, 0, time.UTC)
	said := []string{"เราเป็นคลินิกกฎหมายของอาสาสมัครสิบสองคนในอำเภอแม่สอด"}
	one := func(name, state string, a Applying) web.Fixture {
		p := page(state)
		p.Apply = a
		if state == "ended" {
			p.Reason, p.Badge = "incomplete", StandingBadge("declined")
		}
		return web.Fixture{Name: "network/network: application " + name, TitleKey: "network.title", Page: p}
	}
	return []web.Fixture{
		one("on its way", "asked", Applying{Steps: ApplySteps("sent"), Title: "apply.now.sent", Text: "apply.now.sent.text", Tone: "wait", Withdraw: true, Said: said}),
		one("not taken", "asked", Applying{Steps: ApplySteps("sent"), Title: "apply.now.refused", Text: "apply.now.refused.text", Tone: "danger", Withdraw: true, Said: said}),
		one("arrived", "asked", Applying{Steps: ApplySteps("arrived"), Title: "apply.now.arrived", Text: "apply.now.arrived.text", Tone: "wait", Withdraw: true, Said: said}),
		one("considered", "considered", Applying{Steps: ApplySteps("considered"), Title: "apply.now.considered", Text: "apply.now.considered.text", Tone: "wait", Withdraw: true, Said: said}),
		one("declined", "ended", Applying{Title: "apply.now.declined", Text: "apply.now.declined.text", Tone: "info", Again: at}),
		one("withdrawn", "withdrawn", Applying{Title: "apply.now.withdrawn", Text: "apply.now.withdrawn.text", Tone: "info", May: true}),
	}
}
