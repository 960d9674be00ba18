package nodeui

import (
	"time"

	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/ui"
)

func referralFixtures() []web.Fixture {
	at := time.Date(2026, 11, 25, 3, 12, 0, 0, time.UTC)
	empty := referralDraft(nil)
	empty.Members, empty.Needs, empty.Phrases = nil, nil, empty.Phrases[:1]
	return []web.Fixture{
		{Name: "referrals/board: empty", TitleKey: "referrals.board.title", Page: ReferralBoardPage{}},
		{Name: "referrals/board: full", TitleKey: "referrals.board.title", Page: referralBoard(at)},
		{Name: "referrals/board: over", TitleKey: "referrals.board.title", Page: ReferralBoardPage{Over: true, Done: []ui.Card{
			referralFixtureCard("closed_confirmed", "done", "nobody", "doc_drafting", time.Time{})}}},
		{Name: "referrals/board: none over", TitleKey: "referrals.board.title", Page: ReferralBoardPage{Over: true}},
		{Name: "referrals/draft: no members", TitleKey: "referrals.draft.title", Page: empty},
		{Name: "referrals/draft: ranked", TitleKey: "referrals.draft.title", Page: referralDraft(nil)},
		{Name: "referrals/draft: errors", Status: 422, TitleKey: "referrals.draft.title", Page: referralDraft(ui.Errors{
			{Field: "needs", Text: ui.T("referrals.form.needs.choose")}, {Field: "target", Text: ui.T("referrals.form.target.choose")}})},
		{Name: "referrals/draft: clash", Status: 409, TitleKey: "referrals.draft.title", Page: referralClash()},
		{Name: "referrals/show: draft", TitleKey: "referrals.show.page", Page: draftedReferral(at)},
		{Name: "referrals/show: blocked", TitleKey: "referrals.show.page", Page: blockedReferral(at)},
		{Name: "referrals/show: approve", TitleKey: "referrals.show.page", Page: awaitingReferral(at)},
		{Name: "referrals/show: approve, changed meanwhile", Status: 409, TitleKey: "referrals.show.page", Page: changedReferral(at)},
		{Name: "referrals/show: a whole file", TitleKey: "referrals.show.page", Page: wholeReferral(at)},
		{Name: "referrals/show: sent", TitleKey: "referrals.show.page", Page: sentReferral(at)},
		{Name: "referrals/show: declined", TitleKey: "referrals.show.page", Page: declinedReferral(at)},
		{Name: "referrals/show: outcome", TitleKey: "referrals.show.page", Page: doneReferral(at)},
		{Name: "offers/inbox: empty", TitleKey: "offers.inbox.title", Page: OfferInboxPage{}},
		{Name: "offers/inbox: full", TitleKey: "offers.inbox.title", Page: offerInbox(at)},
		{Name: "offers/inbox: over", TitleKey: "offers.inbox.title", Page: OfferInboxPage{Over: true, Done: []ui.Card{offerFixtureCard("declined", "", "dna", time.Time{})}}},
		{Name: "offers/inbox: none over", TitleKey: "offers.inbox.title", Page: OfferInboxPage{Over: true}},
		{Name: "offers/show: new", TitleKey: "offers.show.page", Page: newOffer(at)},
		{Name: "offers/show: answered badly", Status: 422, TitleKey: "offers.show.page", Page: wronglyAnswered(at)},
		{Name: "offers/show: over", TitleKey: "offers.show.page", Page: overOffer(at)},
		{Name: "offers/show: in service", TitleKey: "offers.show.page", Page: servedOffer(at)},
	}
}

const fixtureMember = "LPN สมุทรสาคร"

func referralFixtureCard(state, tone, who, need string, due time.Time) ui.Card {
	c := ui.Card{Title: ui.T("referrals.card.title", "to", fixtureMember, "need", ui.Label("service_type", need)),
		Text: ui.T("referrals.next."+who, "peer", fixtureMember), Badge: ui.Badge{Text: ui.T("referrals.state." + state), Tone: tone}, Href: "/referrals/r1"}
	if !due.IsZero() {
		c.Due = ui.At(due)
	}
	return c
}

func referralBoard(at time.Time) ReferralBoardPage {
	return ReferralBoardPage{
		Ours: []ui.Card{referralFixtureCard("awaiting_approval", "act", "approver", "doc_drafting", at.Add(20*time.Hour)),
			referralFixtureCard("blocked", "danger", "drafter", "dna", time.Time{}),
			referralFixtureCard("completed", "act", "drafter", "labour_claim", at.Add(29*24*time.Hour))},
		Waiting: []ui.Card{referralFixtureCard("offered", "wait", "peer_server", "shelter", at.Add(time.Hour)),
			referralFixtureCard("delivered", "wait", "peer", "labour_claim", at.Add(70*time.Hour))},
	}
}

func referralClash() ReferralDraftPage {
	p := referralDraft(nil)
	p.Version, p.Action, p.Back = 4, "/referrals/r1/edit", "/referrals/r1"
	p.Clash = []CaseClash{
		{Label: ui.T("referrals.field.needs"), Mine: ui.Labels("service_type", "doc_drafting", "dna"), Theirs: ui.Labels("service_type", "doc_drafting"), Differs: true},
		{Label: ui.T("referrals.field.kind"), Mine: ui.Labels("referral_kind", "service"), Theirs: ui.Labels("referral_kind", "service")},
		{Label: ui.T("referrals.field.feedback_due"), Mine: []ui.Text{ui.On("2027-01-31")}, Differs: true},
	}
	return p
}

func referralDraft(errs ui.Errors) ReferralDraftPage {
	p := ReferralDraftPage{Action: "/cases/c1/refer", Back: "/cases/c1", Errors: errs, Kind: "service", Urgency: "urgent", Purpose: "status_work",
		Needs: []string{"doc_drafting", "dna"}, Issues: []string{"status_unregistered_child"},
		Phrases: []ReferralPhrase{{Code: "no_birth_evidence", Checked: true},
			{Code: "office_did_not_accept_application", Checked: true, Slot: "officeType", Value: "registry"},
			{Code: "hearing_within", Slot: "time_band"}, {Code: "cannot_travel"}},
		Feedback: ui.Dated("feedback_due", "referrals.field.feedback_due", "2027-01-31")}
	why := func(n int, area, capacity string) ui.Text {
		return ui.T("referrals.member.why_covers", "covers", n, "of", 2, "area", ui.T(area), "capacity", ui.Label("capacity_status", capacity))
	}
	p.Members = []ui.Option{
		{Value: "https://law.example/ap/org", Label: ui.Say("คลินิกกฎหมายเชียงใหม่"), Hint: why(2, "referrals.member.area.region", "open"), Selected: len(errs) == 0},
		{Value: "https://lpn.example/ap/org", Label: ui.Say(fixtureMember), Hint: why(1, "referrals.member.area.elsewhere", "waiting_list")},
	}
	return p
}

// crossings are the rows of a panel: what leaves, and what stays.
func crossings() []ui.Crossing {
	rule, coarse := ui.T("policy.rule.referral_codes"), ui.T("policy.rule.referral_coarse")
	row := func(path, class string, holds, leaves, transform, why ui.Text) ui.Crossing {
		c := ui.Crossing{Label: ui.T("policy.field." + path), Class: class, Rule: why, Transform: transform, Holds: []ui.Text{holds}}
		if leaves.Some() {
			c.Leaves = []ui.Text{leaves}
		}
		return c
	}
	code := ui.T("policy.transform.code")
	stays := func(path, class, guard string, holds ui.Text) ui.Crossing {
		return ui.Crossing{Label: ui.T("policy.field." + path), Class: class, Holds: []ui.Text{holds}, Rule: ui.T("policy.rule." + guard),
			Why: ui.T("policy.why." + guard), Remedy: ui.T("policy.remedy." + guard)}
	}
	need := ui.Label("service_type", "doc_drafting")
	return []ui.Crossing{
		row("referral.needs", "D", need, need, code, rule),
		row("referral.subject.birth_date", "C", ui.On("2015-04-23"), ui.Label("age_band", "7-14"), ui.T("policy.transform.age_band"), coarse),
		row("referral.subject.place", "C", ui.Label("province", "57"), ui.Label("region", "north"), ui.T("policy.transform.place_region"), ui.T("policy.coarse.small")),
		row("referral.subject.status", "C", ui.Label("status_family", "zero_card"), ui.Label("status_family", "zero_card"), ui.T("policy.transform.status_family"), coarse),
		stays("referral.person.full_name", "B", "guard_class_b", ui.Say("ด.ญ. น••• ล•••")),
		stays("referral.person.national_id", "A", "guard_class_a", ui.Say("0-••••-•••••-••-•")),
		stays("referral.narrative", "A", "guard_class_a", ui.Say("•••")),
	}
}

func fixtureReferral(at time.Time, state, tone, who, silence string) ReferralPage {
	p := ReferralPage{ID: "r1", CaseHref: "/cases/c1", To: fixtureMember,
		State: ui.State{Badge: ui.Badge{Text: ui.T("referrals.state." + state), Tone: tone}, Since: ui.At(at),
			Next: ui.T("referrals.next."+who, "peer", fixtureMember), Otherwise: ui.T("referrals.silence." + silence)},
		Bridge: ui.Bridge{From: ui.T("referrals.panel.file"), To: ui.Say(fixtureMember), ID: "bridge", Rows: crossings(),
			Note: ui.T("referrals.panel.note", "k", 7, "policy", "93f0 41c2")},
		Timeline:        ui.Timeline{{At: ui.At(at), Title: ui.T("referrals.event.draft"), Who: ui.Say("อรทัย ใจดี")}},
		WithdrawReasons: []ui.Option{{Value: "resolved", Label: ui.Label("withdraw_reason", "resolved")}},
		ReturnReasons:   []ui.Option{{Value: "too_much", Label: ui.T("referrals.return.code.too_much")}}}
	now := map[string]int{"awaiting_approval": 1, "delivered": 2, "completed": 4}[state]
	for i, k := range []string{"draft", "approve", "answer", "service", "check", "closed"} {
		s := "next"
		if i < now {
			s = "done"
		} else if i == now {
			s = "now"
		}
		p.Steps = append(p.Steps, ui.Step{Label: ui.T("referrals.step." + k), State: s})
	}
	return p
}

func draftedReferral(at time.Time) ReferralPage {
	p := fixtureReferral(at, "draft", "act", "drafter", "stays")
	p.CanSubmit, p.CanEdit, p.CanWithdraw = true, true, true
	p.Notices = []ui.Notice{{Tone: "act", Title: ui.T("referrals.returned.title", "reason", ui.T("referrals.return.code.too_much")), Text: ui.T("referrals.returned.text")}}
	return p
}

func blockedReferral(at time.Time) ReferralPage {
	p := fixtureReferral(at, "blocked", "danger", "drafter", "stays")
	p.CanEdit, p.CanSubmit, p.CanWithdraw = true, true, true
	for i := range p.Bridge.Rows {
		p.Bridge.Rows[i].Leaves, p.Bridge.Rows[i].Transform = nil, ui.Text{}
		p.Bridge.Rows[i].Why, p.Bridge.Rows[i].Remedy = ui.T("policy.why.floor_consent"), ui.T("policy.remedy.floor_consent")
	}
	p.Bridge.Note = ui.Text{}
	p.Notices = []ui.Notice{{Tone: "danger", Title: ui.T("referrals.blocked.title", "why", ui.T("policy.why.floor_consent")), Text: ui.T("policy.remedy.floor_consent")}}
	return p
}

func awaitingReferral(at time.Time) ReferralPage {
	p := fixtureReferral(at, "awaiting_approval", "act", "approver", "stays")
	p.State.Due, p.State.Holder = ui.At(at.Add(24*time.Hour)), ui.T("referrals.holder.approver")
	p.CanApprove, p.CanWithdraw, p.Hash = true, true, "8c1f 02ab 77d0"
	p.FullHash, p.Body = "8c1f02ab77d0", `{"type":"Offer","object":{"type":["Article","Referral"],"kind":"service","needs":["doc_drafting"]}}`
	return p
}

func changedReferral(at time.Time) ReferralPage {
	p := awaitingReferral(at)
	p.Errors = ui.Errors{{Text: ui.T("referrals.error.preview_changed")}}
	p.Notices = []ui.Notice{{Tone: "act", Title: ui.T("referrals.changed.title"), Text: ui.T("referrals.changed.text")}}
	return p
}

// wholeReferral has a long name, and a row for nearly everything a file can hold.
func wholeReferral(at time.Time) ReferralPage {
	p := awaitingReferral(at)
	p.To = "มูลนิธิเครือข่ายส่งเสริมคุณภาพชีวิตแรงงาน สาขาสมุทรสาคร"
	p.Bridge.To = ui.Say(p.To)
	leaves := func(path, class, transform string, holds, out []ui.Text) ui.Crossing {
		return ui.Crossing{Label: ui.T("policy.field." + path), Class: class, Holds: holds, Leaves: out, Transform: ui.T("policy.transform." + transform), Rule: ui.T("policy.rule.referral_codes")}
	}
	one := func(t ui.Text) []ui.Text { return []ui.Text{t} }
	needs, issues := ui.Labels("service_type", "doc_drafting", "dna"), ui.Labels("issue", "status_unregistered_child", "access_education")
	phrases := []ui.Text{ui.Label("phrase", "no_birth_evidence"), ui.T("referrals.phrase.with", "phrase", ui.Label("phrase", "office_did_not_accept_application"), "slot", ui.Label("officeType", "registry"))}
	urgent := ui.Labels("urgency", "urgent")
	rows := []ui.Crossing{leaves("referral.needs", "D", "code", needs, needs), leaves("referral.issues", "D", "code", issues, issues), leaves("referral.phrases", "D", "phrase", phrases, phrases),
		leaves("referral.urgency", "D", "code", urgent, urgent), leaves("referral.respond_by", "D", "hour", one(ui.At(at.Add(72*time.Hour))), one(ui.At(at.Add(72*time.Hour)))),
		leaves("referral.consent.scope", "D", "scope", one(ui.T("referrals.panel.consent")), one(ui.T("referrals.panel.scope")))}
	rows = append(rows, p.Bridge.Rows[1:]...)
	stays := func(path, class, why string, holds ...ui.Text) ui.Crossing {
		return ui.Crossing{Label: ui.T("policy.field." + path), Class: class, Holds: holds, Why: ui.T("policy.why." + why), Remedy: ui.T("policy.remedy." + why)}
	}
	hidden := ui.Say("•••")
	p.Bridge.Rows = append(rows, stays("referral.person.phone", "A", "guard_class_a", ui.Say("08•-•••-••••")), stays("referral.person.village", "A", "guard_class_a", hidden),
		stays("referral.notes", "A", "guard_class_a", hidden), stays("referral.case_number", "A", "guard_class_a", ui.Say("ชร 14/2569")), stays("referral.person.guardian_name", "B", "guard_class_b", ui.Say("นางน••• ล•••")),
		stays("referral.subject.sex", "C", "needs_k", ui.Label("sex", "female")), stays("referral.person.religion", "A", "guard_class_a"), stays("referral.person.health", "A", "guard_class_a"))
	return p
}

func sentReferral(at time.Time) ReferralPage {
	p := fixtureReferral(at, "delivered", "wait", "peer", "expires")
	p.Left, p.CanWithdraw, p.State.Due, p.State.Holder = true, true, ui.At(at.Add(70*time.Hour)), ui.Say(fixtureMember)
	p.Delivery = ui.Facts{{Label: ui.T("referrals.delivery.state"), Values: []ui.Text{ui.T("referrals.delivery.sent")}},
		{Label: ui.T("referrals.delivery.arrived"), Values: []ui.Text{ui.At(at)}}}
	p.Timeline = append(ui.Timeline{{At: ui.At(at), Title: ui.T("referrals.event.deliver"), Who: ui.Say(fixtureMember), Tone: "wait"},
		{At: ui.At(at), Title: ui.T("referrals.event.approve"), Who: ui.Say("หญิง ใจดี"), Detail: []ui.Text{ui.T("referrals.event.hash", "hash", "8c1f 02ab 77d0")}}}, p.Timeline...)
	return p
}

func declinedReferral(at time.Time) ReferralPage {
	p := fixtureReferral(at, "declined", "danger", "nobody", "nothing")
	p.Left, p.Steps = true, nil
	p.Notices = []ui.Notice{{Tone: "wait", Title: ui.T("referrals.declined.title", "reason", ui.Label("referral_decline_reason", "capacity")), Text: ui.T("referrals.declined.text")}}
	p.Timeline = append(ui.Timeline{{At: ui.At(at), Title: ui.T("referrals.event.decline"), Who: ui.Say(fixtureMember)}}, p.Timeline...)
	return p
}

func doneReferral(at time.Time) ReferralPage {
	p := fixtureReferral(at, "completed", "act", "drafter", "reminder")
	p.Left, p.CanClose = true, true
	p.Outcome = ui.Facts{{Label: ui.T("referrals.outcome.outcomes"), Values: ui.Labels("outcome_right", "birth_certificate", "number_card")},
		{Label: ui.T("referrals.outcome.month"), Values: []ui.Text{ui.On("2026-11")}}}
	return p
}

func offerFixtureCard(state, tone, need string, due time.Time) ui.Card {
	return ui.Card{Title: ui.T("offers.card.title", "from", "คลินิกกฎหมายเชียงราย", "need", ui.Label("service_type", need)),
		Text: ui.T("referrals.next.us"), Badge: ui.Badge{Text: ui.T("offers.state." + state), Tone: tone}, Due: ui.At(due), Href: "/offers/o1"}
}

func offerInbox(at time.Time) OfferInboxPage {
	return OfferInboxPage{New: []ui.Card{offerFixtureCard("received", "act", "doc_drafting", at.Add(20*time.Hour)), offerFixtureCard("received", "act", "shelter", at.Add(60*time.Hour))},
		Working: []ui.Card{offerFixtureCard("in_service", "info", "labour_claim", at.Add(90*time.Hour))}}
}

func newOffer(at time.Time) OfferPage {
	unknown := []ui.Text{ui.T("offers.subject.unknown")}
	return OfferPage{ID: "o1", From: "คลินิกกฎหมายเชียงราย",
		State: ui.State{Badge: ui.Badge{Text: ui.T("offers.state.received"), Tone: "act"}, Since: ui.At(at), Next: ui.T("referrals.next.us"),
			Due: ui.At(at.Add(70 * time.Hour)), Otherwise: ui.T("referrals.silence.expires")},
		Asked: ui.Facts{{Label: ui.T("referrals.field.needs"), Values: ui.Labels("service_type", "doc_drafting", "dna")},
			{Label: ui.T("referrals.field.urgency"), Values: ui.Labels("urgency", "urgent")}, {Label: ui.T("offers.field.respond_by"), Values: []ui.Text{ui.At(at.Add(70 * time.Hour))}}},
		Subject: ui.Facts{{Label: ui.T("offers.subject.age"), Values: ui.Labels("age_band", "7-14")}, {Label: ui.T("offers.subject.sex"), Values: unknown},
			{Label: ui.T("offers.subject.area"), Values: ui.Labels("region", "north")}, {Label: ui.T("offers.subject.interpreter"), Values: []ui.Text{ui.T("referrals.yes")}}},
		Phrases: []ui.Text{ui.Label("phrase", "no_birth_evidence"),
			ui.T("referrals.phrase.with", "phrase", ui.Label("phrase", "office_did_not_accept_application"), "slot", ui.Label("officeType", "registry"))},
		Disclosure: ui.Facts{{Label: ui.T("offers.rules.basis"), Values: ui.Labels("legal_basis", "explicit_consent")},
			{Label: ui.T("offers.rules.k"), Values: []ui.Text{ui.T("offers.rules.k.n", "n", 7)}}},
		Timeline:  ui.Timeline{{At: ui.At(at), Title: ui.T("offers.event.arrived"), Who: ui.Say("คลินิกกฎหมายเชียงราย")}},
		CanAnswer: true, Months: []ui.Option{{Value: "2026-12", Label: ui.On("2026-12")}},
		Members: []ui.Option{{Value: "https://law.example/ap/org", Label: ui.Say("คลินิกกฎหมายเชียงใหม่")}},
		Reasons: []ui.Option{{Value: "capacity", Label: ui.Label("referral_decline_reason", "capacity")}, {Value: "out_of_area", Label: ui.Label("referral_decline_reason", "out_of_area")}}}
}

func servedOffer(at time.Time) OfferPage {
	p := newOffer(at)
	p.CanAnswer, p.CanServe, p.Step = false, true, "assistance"
	p.State.Badge = ui.Badge{Text: ui.T("offers.state.in_service"), Tone: "info"}
	p.Engagement = ui.Facts{{Label: ui.T("referrals.outcome.step"), Values: ui.Labels("service_step", "assistance")}}
	p.PastMonths = []ui.Option{{Value: "2026-11", Label: ui.On("2026-11")}}
	p.Next, p.HoldUntil = ui.Dated("next_update", "offers.serve.next", "2026-12-20"), ui.Dated("hold_until", "offers.hold.until", "")
	p.Errors = ui.Errors{{Field: "outcomes", Text: ui.T("referrals.form.outcomes.choose")}}
	return p
}

func wronglyAnswered(at time.Time) OfferPage {
	p := newOffer(at)
	p.From = "มูลนิธิเครือข่ายส่งเสริมคุณภาพชีวิตแรงงาน สาขาสมุทรสาคร"
	p.Errors = ui.Errors{{Field: "suggested", Text: ui.T("referrals.form.suggested.choose")}, {Field: "reason", Text: ui.T("referrals.form.reason.choose")}}
	return p
}

func overOffer(at time.Time) OfferPage {
	p := newOffer(at)
	p.CanAnswer = false
	p.State = ui.State{Badge: ui.Badge{Text: ui.T("offers.state.declined")}, Since: ui.At(at), Next: ui.T("referrals.next.nobody")}
	return p
}
