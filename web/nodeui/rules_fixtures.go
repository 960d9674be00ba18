package nodeui

import (
	"time"

	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/ui"
)

func ruleFixtures() []web.Fixture {
	at := time.Date(2026, 11, 25, 2, 10, 0, 0, time.UTC)
	card := func(n int64, state, note string, rules int, decided string) RuleCard {
		return RuleCard{Number: n, State: RuleBadge(state), Note: note, Rules: rules, By: "หญิง แสนสุข", Decided: decided, Since: at}
	}
	live := card(2, "active", "สมาชิกทดลองยังไม่ควรรู้จังหวัดของเด็ก", 1, "ชัย ใจดี")
	list := RulesPage{Live: []RuleCard{live}, MayDraft: true,
		Waiting: []RuleCard{card(3, "proposed", "ข้อมูลอ่อนไหวควรมีคนเหมือนกันมากกว่านี้", 2, ""), card(4, "draft", "ทบทวนประจำปี", 1, "")},
		Earlier: []RuleCard{card(1, "superseded", "ร่างแรก", 1, "ชัย ใจดี")}}
	wrong := RulesPage{MayDraft: true, Errors: ui.Errors{{Field: "note", Text: ui.T("rules.error.reason")}}}
	draft := ruleVersion("draft", at)
	draft.Draft, draft.MayDraft, draft.MayRefuse = true, true, true
	draft.Answer, draft.AnswerBy = "ขอให้แยกเด็กกับผู้ใหญ่", "ชัย ใจดี"
	waits := ruleVersion("proposed", at)
	waits.Proposed, waits.MayDecide, waits.MayRefuse = true, true, true
	other := ruleVersion("proposed", at)
	other.Proposed = true
	over := ruleVersion("superseded", at)
	over.MayAgain = true
	over.Impact = RuleImpact{Over: 3, Examples: 52, Effects: []RuleEffect{opening()}}
	unfit := ruleVersion("draft", at)
	unfit.Draft, unfit.MayDraft = true, true
	unfit.Rows[1].Idle = "dead"
	unfit.Impact = RuleImpact{Over: 2, Dead: 1, Shadowed: 1, Failed: 1}
	moved := ruleVersion("proposed", at)
	moved.Proposed, moved.MayDecide = true, true
	moved.Errors = ui.Errors{{Text: ui.T("rules.error.over")}}
	blank := RuleVersionPage{Number: 1, Revision: 1, Note: "ร่างแรก", By: "หญิง แสนสุข", Draft: true, MayDraft: true, Judged: true, Impact: RuleImpact{Examples: 52},
		State: ui.State{Badge: RuleBadge("draft"), Holder: ui.Say("หญิง แสนสุข"), Since: ui.At(at), Next: ui.T("rules.next.draft")}}
	add := ruleForm()
	looked := ruleForm()
	looked.Looked, looked.Impact = sentences()[:1], impact()
	late := looked
	late.Moved, late.MovedBy = true, "ดาว พรหมมา"
	bad := ruleForm()
	bad.Errors = ui.Errors{{Field: "reason", Text: ui.T("rules.error.reason")}}
	out := []web.Fixture{
		{Name: "rules/list: several versions", TitleKey: "rules.title", Page: list},
		{Name: "rules/list: none yet", TitleKey: "rules.title", Page: RulesPage{MayDraft: true}},
		{Name: "rules/list: to read only", TitleKey: "rules.title", Page: RulesPage{}},
		{Name: "rules/list: without a reason", TitleKey: "rules.title", Page: wrong},
	}
	for name, p := range map[string]RuleVersionPage{"a draft that was sent back": draft, "an empty draft": blank, "a draft that cannot be proposed": unfit, "waits for you": waits,
		"waits for somebody else": other, "another came first": moved, "no longer in force": over} {
		out = append(out, web.Fixture{Name: "rules/version: " + name, TitleKey: "rules.title", Page: p})
	}
	for name, p := range map[string]RuleFormPage{"a new rule": add, "what it changes": looked, "somebody was quicker": late, "without a reason": bad} {
		out = append(out, web.Fixture{Name: "rules/form: " + name, TitleKey: "rules.form.add", Page: p})
	}
	return out
}

func sentences() []RuleSentence {
	return []RuleSentence{
		{Name: "own_1", Text: ui.T("rules.forbid.any", "who", ui.T("rules.who.provisional"), "what", ui.T("policy.field.referral.subject.place")), For: ui.T("policy.purpose.referral"),
			When: []ui.Text{ui.T("rules.when.adult.not")}, Reason: "องค์กรใหม่ยังไม่ผ่านการอบรมเรื่องเด็ก", Code: "own_1, role:provisional, referral, referral/subject/place, *, !r.ctx.Adult, deny"},
		{Name: "own_2", Text: ui.T("rules.forbid.any", "who", ui.T("rules.who.everybody"), "what", ui.T("rules.what.trait.special")),
			When: []ui.Text{ui.T("rules.when.k.under", "n", 20)}, Reason: "ในอำเภอของเรามีคนน้อย", Code: "own_2, *, *, trait:special, *, r.ctx.K < 20, deny"},
	}
}

func closing() RuleEffect {
	return RuleEffect{What: ui.T("policy.field.referral.subject.place"), For: ui.T("policy.purpose.referral"), Kinds: []ui.Text{ui.T("rules.who.full"), ui.T("rules.who.provisional")},
		Members: []string{"มูลนิธิบ้านหลวง", "ศูนย์ช่วยเหลือแม่สอด", "คลินิกกฎหมายล้านนา"}, When: []ui.Text{ui.T("rules.when.adult.not")}}
}

func opening() RuleEffect {
	return RuleEffect{Allows: true, What: ui.T("policy.field.referral.subject.sex"), For: ui.T("policy.purpose.referral"), Kinds: []ui.Text{ui.T("rules.who.provisional")}, Partly: true}
}

func impact() RuleImpact {
	message := RuleEffect{Message: true, What: ui.T("policy.field.engagement.message"), For: ui.T("policy.purpose.feedback"), Kinds: []ui.Text{ui.T("rules.who.provisional")}}
	return RuleImpact{Over: 2, Effects: []RuleEffect{closing(), opening(), message}, Referrals: 2, Messages: 1, Examples: 52}
}

func ruleVersion(state string, at time.Time) RuleVersionPage {
	return RuleVersionPage{Number: 3, Revision: 4, Note: "องค์กรใหม่สามแห่งเพิ่งเข้าร่วม", By: "หญิง แสนสุข", Rows: sentences(), Judged: true, Impact: impact(), Hash: "sha256:8a41",
		Print: "8a41 0c7f 93be 22d0 5e19 7b64 f00d 1a2b 8a41 0c7f 93be 22d0 5e19 7b64 f00d 1a2b", From: map[bool]int64{true: 1}[state == "superseded"],
		State: ui.State{Badge: RuleBadge(state), Holder: ui.Say("หญิง แสนสุข"), Since: ui.At(at), Next: ui.T("rules.next." + state)}}
}

func ruleForm() RuleFormPage {
	blank := ui.T("rules.any.age")
	return RuleFormPage{Number: 3, Revision: 2, Who: "role:provisional", Field: "referral/subject/place", Purpose: "referral", Form: "*", Age: "child", Reason: "องค์กรใหม่ยังไม่ผ่านการอบรม",
		Whom:     []ui.Option{{Value: "*", Label: ui.T("rules.who.everybody")}, {Value: "role:provisional", Label: ui.T("rules.who.provisional"), Selected: true}},
		Fields:   []ui.Option{{Value: "referral/subject/place", Label: ui.T("policy.field.referral.subject.place"), Selected: true}},
		Purposes: []ui.Option{{Value: "*", Label: ui.T("rules.any.purpose")}, {Value: "referral", Label: ui.T("policy.purpose.referral"), Selected: true}},
		Forms:    []ui.Option{{Value: "*", Label: ui.T("rules.any.form"), Selected: true}, {Value: "full", Label: ui.T("rules.any.full")}},
		Ages:     []ui.Option{{Label: blank}, {Value: "child", Label: ui.T("rules.any.age.child"), Selected: true}},
		Consents: []ui.Option{{Label: ui.T("rules.any.consent"), Selected: true}}, Levels: []ui.Option{{Label: ui.T("rules.any.openness"), Selected: true}},
		Few: []ui.Option{{Label: ui.T("rules.any.k"), Selected: true}, {Value: "20", Label: ui.T("rules.when.k.under", "n", 20)}}}
}
