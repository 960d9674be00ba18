package nodeui

import (
	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/ui"
)

// WhatIfPage tries out what of a case would leave: to one member field by field, or to
// all of them in sums. Nothing leaves by it.
type WhatIfPage struct {
	CaseID                                string
	To                                    string // IRI of the member asked about; "" for all
	Purpose                               string // vocabulary purpose
	Needs                                 []string
	Version                               string // number of a version of our own rules; "": those in force
	Targets, Purposes, Services, Versions []ui.Option
	Members                               []WhatIfMember
	Bridge                                ui.Bridge      // to the one member
	Compared                              bool           // with another version than the one in force
	Changes                               []WhatIfChange // what that version changes for the one member
	Errors                                ui.Errors
}

// Template is cases/what-if.
func (WhatIfPage) Template() string { return "cases/what-if" }

// One reports whether one member was asked about.
func (p WhatIfPage) One() bool { return p.To != "" && len(p.Members) == 1 }

// WhatIfMember is what would reach one member, in sums.
type WhatIfMember struct {
	Name, Actor         string
	Tier                string // vocabulary member_tier
	Goes                bool   // an offer would leave at all
	Full, Coarse, Stays int    // fields: as they are, coarser, not at all
	Changes             int    // fields that the version asked about answers otherwise
	Why, Remedy         ui.Text
}

// Badge says whether an offer would leave.
func (m WhatIfMember) Badge() ui.Badge {
	if m.Goes {
		return ui.Badge{Text: ui.T("whatif.goes"), Tone: "done"}
	}
	return ui.Badge{Text: ui.T("whatif.stays"), Tone: "danger"}
}

// WhatIfChange is one field that another version of our rules answers otherwise.
type WhatIfChange struct {
	Field     ui.Text
	Now, Then []ui.Text // what leaves; nothing: it stays
	Why       ui.Text
}

func whatIfPages() []web.Entry { return []web.Entry{web.Of[WhatIfPage]()} }

func whatIfFixtures() []web.Fixture {
	page := WhatIfPage{CaseID: "c1", Purpose: "legal_help", Needs: []string{"legal_rep"},
		Targets:  []ui.Option{{Value: "https://a.example/ap/org", Label: ui.Say("ศูนย์สิทธิแรงงานข้ามชาติ สมุทรสาคร")}, {Value: "https://b.example/ap/org", Label: ui.Say("กลุ่มเพื่อนนักปกป้องสิทธิ")}},
		Purposes: []ui.Option{{Value: "legal_help", Label: ui.Label("purpose", "legal_help")}}, Services: []ui.Option{{Value: "legal_rep", Label: ui.Label("service_type", "legal_rep")}},
		Versions: []ui.Option{{Value: "3", Label: ui.T("whatif.version.of", "n", 3)}}}
	goes := WhatIfMember{Name: "ศูนย์สิทธิแรงงานข้ามชาติ สมุทรสาคร", Actor: "https://a.example/ap/org", Tier: "full", Goes: true, Full: 9, Coarse: 5, Stays: 4}
	stays := WhatIfMember{Name: "กลุ่มเพื่อนนักปกป้องสิทธิ", Actor: "https://b.example/ap/org", Tier: "observer", Stays: 18, Why: ui.T("policy.why.tier"), Remedy: ui.T("policy.remedy.tier")}
	all, one, other, none, wrong := page, page, page, page, page
	all.Members = []WhatIfMember{goes, stays}
	one.To, one.Members = goes.Actor, []WhatIfMember{goes}
	one.Bridge = ui.Bridge{From: ui.T("referrals.panel.file"), To: ui.Say(goes.Name), ID: "bridge", Rows: []ui.Crossing{
		{Label: ui.T("policy.field.referral.subject.place"), Class: "C", Holds: []ui.Text{ui.Say("แม่ฟ้าหลวง เชียงราย")}, Rule: ui.T("policy.rule.referral_coarse"), Leaves: []ui.Text{ui.Label("province", "57")}},
		{Label: ui.T("policy.field.referral.person.full_name"), Class: "A", Holds: []ui.Text{ui.Say("นา•••")}, Why: ui.T("policy.why.tier"), Remedy: ui.T("policy.remedy.tier")}}}
	other, other.Version, other.Compared = one, "3", true
	other.Changes = []WhatIfChange{{Field: ui.T("policy.field.referral.subject.place"), Now: []ui.Text{ui.Label("province", "57")}, Why: ui.T("policy.why.own")}}
	none.Targets = nil
	wrong.Errors = ui.Errors{{Field: "purpose", Text: ui.T("referrals.form.purpose.choose")}}
	fix := func(name string, p WhatIfPage, status int) web.Fixture {
		return web.Fixture{Name: "cases/what-if: " + name, TitleKey: "whatif.title", Status: status, Page: p}
	}
	return []web.Fixture{fix("all members", all, 0), fix("one member", one, 0), fix("another version", other, 0), fix("no members", none, 0), fix("wrong", wrong, 422)}
}
