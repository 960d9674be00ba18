package hubui

import (
	"time"

	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/ui"
)

func memberFixtures() []web.Fixture {
	at := time.Date(2026, 11, 25, 2, 10, 0, 0, time.UTC)
	row := func(name, state, tier string) MemberRow {
		return MemberRow{Actor: "https://clinic.example/ap/org", Name: name, State: StateBadge(state), Tier: tier, Since: at}
	}
	const oldPrint = "1d07 55ce 90aa 3f18 c2b6 47e9 0d31 86fa 1d07 55ce 90aa 3f18 c2b6 47e9 0d31 86fa"
	const print = "8a41 0c7f 93be 22d0 5e19 7b64 f00d 1a2b 8a41 0c7f 93be 22d0 5e19 7b64 f00d 1a2b"
	reasons := []ui.Option{{Value: "breach", Label: ui.Label("membership_decline_reason", "breach")}}
	tiers := []ui.Option{{Value: "provisional", Label: ui.Label("member_tier", "provisional")}, {Value: "observer", Label: ui.Label("member_tier", "observer")}}
	areas := []ui.Option{{Value: "north", Label: ui.Label("region", "north")}}
	history := ui.Timeline{
		{At: ui.At(at), Title: ui.T("members.event.applied")},
		{At: ui.At(at.Add(-time.Hour)), Title: ui.T("members.event.invited"), Who: ui.Say("สุดา เมืองงาม")},
	}
	return []web.Fixture{
		{Name: "members/list: four", TitleKey: "members.title", Page: MembersPage{Version: 7, Updated: at, Rows: []MemberRow{
			row("มูลนิธิทนายเพื่อผู้ปกป้องสิทธิ", "applied", ""), row("คลินิกกฎหมายเชียงราย", "active", "full"),
			row("ศูนย์แรงงานมหาชัย", "suspended", "provisional"), row("กลุ่มชุมชนชายแดน", "left", "full")}}},
		{Name: "members/member: not invited", TitleKey: "members.one.title", Page: MemberPage{MemberRow: row("คลินิกแม่สอด", "applied", ""), Print: print, Said: fixtureSaid(),
			CanDecide: true, CanConsider: true, Tiers: tiers, Reasons: reasons, Areas: areas, History: history[:1]}},
		{Name: "members/member: not invited, not compared", TitleKey: "members.one.title", Status: 422, Page: MemberPage{MemberRow: row("คลินิกแม่สอด", "tentative", ""), Print: print, Said: fixtureSaid(),
			CanDecide: true, Tiers: tiers, Reasons: reasons, Areas: areas, History: history[:1], Errors: ui.Errors{{Field: "compared", Text: ui.T("error.membership.compare")}}}},
		{Name: "members/list: one not invited", TitleKey: "members.title", Page: MembersPage{Door: Doorway{Open: true, By: "สุดา เมืองงาม", At: at, MaySet: true},
			Rows: []MemberRow{{Actor: "https://maesot.example/ap/org", Name: "คลินิกแม่สอด", State: StateBadge("applied"), Since: at, Uninvited: true}}}},
		{Name: "members/list: empty", TitleKey: "members.title", Page: MembersPage{Door: Doorway{MaySet: true}}},
		{Name: "members/invite: fresh", TitleKey: "members.invite.title", Page: InvitePage{}},
		{Name: "members/invite: found", TitleKey: "members.invite.title", Page: InvitePage{Address: "https://clinic.example", Found: true,
			Name: "คลินิกกฎหมายเชียงราย", Actor: "https://clinic.example/ap/org", Print: print}},
		{Name: "members/invite: no answer", TitleKey: "members.invite.title", Status: 422, Page: InvitePage{Address: "https://clinic.example",
			Errors: ui.Errors{{Field: "address", Text: ui.T("delivery.error.unreachable")}}}},
		{Name: "members/member: applied", TitleKey: "members.one.title", Page: MemberPage{MemberRow: row("คลินิกกฎหมายเชียงราย", "applied", ""), Print: print,
			Second: Second{CanAdmit: true}, CanDecide: true, CanConsider: true, Tiers: tiers, Reasons: reasons, Areas: areas, History: history}},
		{Name: "members/member: active", TitleKey: "members.one.title", Page: MemberPage{MemberRow: row("คลินิกกฎหมายเชียงราย", "active", "full"), Print: print,
			CanSuspend: true, Reasons: reasons, Areas: areas, Services: []string{"doc_drafting"}, Regions: []string{"north"}, Languages: []string{"th"}, Capacity: "open", History: history}},
		{Name: "members/member: on trial", TitleKey: "members.one.title", Page: MemberPage{MemberRow: row("ศูนย์แรงงานมหาชัย", "active", "provisional"), Print: print,
			Trial: Trial{On: true, End: at.AddDate(0, 6, 0)}, Second: Second{CanFull: true}, CanSuspend: true, Reasons: reasons, Areas: areas, History: history}},
		{Name: "members/member: trial over and a colleague proposes", TitleKey: "members.one.title", Page: MemberPage{MemberRow: row("ศูนย์แรงงานมหาชัย", "active", "provisional"), Print: print,
			Trial: Trial{On: true, End: at, Over: true}, Second: Second{Act: "full", By: "สุดา เมืองงาม", At: at, CanConfirm: true, CanDrop: true}, CanSuspend: true, Reasons: reasons, Areas: areas, History: history}},
		{Name: "members/member: new key", TitleKey: "members.one.title", Page: MemberPage{MemberRow: row("คลินิกกฎหมายเชียงราย", "active", "full"), Print: print,
			OldPrint: oldPrint, OldEnd: at.AddDate(0, 0, 30), CanSuspend: true, Reasons: reasons, Areas: areas,
			History: append(ui.Timeline{{At: ui.At(at), Title: ui.T("members.event.rekeyed"), Detail: []ui.Text{ui.T("members.key.old", "print", oldPrint), ui.T("members.key.new", "print", print)}}}, history...)}},
		{Name: "members/member: no tier chosen", TitleKey: "members.one.title", Status: 422, Page: MemberPage{MemberRow: row("มูลนิธิเครือข่ายส่งเสริมคุณภาพชีวิตแรงงาน สาขาสมุทรสาคร", "applied", ""), Print: print,
			Second: Second{CanAdmit: true}, CanDecide: true, Tiers: tiers, Reasons: reasons, Areas: areas, History: history, Errors: ui.Errors{{Field: "tier", Text: ui.T("error.membership.tier")}}}},
		{Name: "members/member: suspended", TitleKey: "members.one.title", Page: MemberPage{MemberRow: row("ศูนย์แรงงานมหาชัย", "suspended", "full"), Print: print,
			Reason: "breach", Second: Second{CanExpel: true}, CanReactivate: true, Reasons: reasons, Areas: areas, History: history}},
		{Name: "members/member: a colleague proposes to expel", TitleKey: "members.one.title", Page: MemberPage{MemberRow: row("ศูนย์แรงงานมหาชัย", "suspended", "full"), Print: print,
			Reason: "breach", Second: Second{Act: "expel", Reason: "breach", By: "สุดา เมืองงาม", At: at, CanConfirm: true, CanDrop: true}, CanReactivate: true, Reasons: reasons, Areas: areas, History: history}},
		{Name: "members/member: own proposal to admit waits", TitleKey: "members.one.title", Page: MemberPage{MemberRow: row("คลินิกกฎหมายเชียงราย", "tentative", ""), Print: print,
			Second: Second{Act: "admit", By: "อรทัย ใจดี", At: at, CanDrop: true}, CanDecide: true, Tiers: tiers, Reasons: reasons, Areas: areas, History: history}},
		{Name: "members/member: expelled", TitleKey: "members.one.title", Page: MemberPage{MemberRow: row("กลุ่มชุมชนชายแดน", "expelled", "full"), Print: print, Reason: "breach", Second: Second{CanReadmit: true}, History: history}},
		{Name: "members/member: left", TitleKey: "members.one.title", Page: MemberPage{MemberRow: row("กลุ่มชุมชนชายแดน", "left", "full"), Print: print, CanInvite: true, History: history}},
	}
}

func fixtureSaid() Said {
	return Said{Uninvited: true, About: []string{"เราเป็นคลินิกกฎหมายของอาสาสมัครสิบสองคนในอำเภอแม่สอด ช่วยเรื่องสูติบัตร สัญชาติ และการพิสูจน์ความสัมพันธ์มาเจ็ดปี", "Twelve volunteers in Mae Sot."},
		Services: ui.Labels("service_type", "status_work", "dna"), Regions: ui.Labels("province", "63"), Languages: ui.Labels("language", "th", "my"), Contact: "office@maesot.example"}
}
