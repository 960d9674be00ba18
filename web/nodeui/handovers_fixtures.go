package nodeui

import (
	"time"

	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/ui"
)

func handoverFixtures() []web.Fixture {
	at := time.Date(2026, 11, 27, 3, 12, 0, 0, time.UTC)
	wrong := preparedHandover(at)
	wrong.State, wrong.Bridge, wrong.CanApprove, wrong.CanReturn = handoverStateFixture("out", "asked", "act", at), ui.Bridge{}, false, false
	wrong.Errors = ui.Errors{{Field: "contact", Text: ui.T("policy.why.guard_number_inside")}, {Field: "fields", Text: ui.T("handovers.form.fields.choose")}}
	wrong.Written[0].Error = ui.T("policy.why.guard_number_inside")
	return []web.Fixture{
		{Name: "handovers/out: asked", TitleKey: "handovers.out.title", Page: askedHandover(at)},
		{Name: "handovers/out: a number in it", Status: 422, TitleKey: "handovers.out.title", Page: wrong},
		{Name: "handovers/out: to approve", TitleKey: "handovers.out.title", Page: approvedHandover(at)},
		{Name: "handovers/out: opened", TitleKey: "handovers.out.title", Page: openedHandover(at)},
		{Name: "handovers/out: proof is late", TitleKey: "handovers.out.title", Page: lateHandover(at)},
		{Name: "handovers/out: erased", TitleKey: "handovers.out.title", Page: erasedHandover(at)},
		{Name: "handovers/in: not asked", TitleKey: "handovers.in.title", Page: HandinPage{ID: "o1", From: fixtureMember, CanAsk: true, Fields: fixtureFields(), Picked: []string{"full_name", "contact"}, People: fixturePeople(), Named: []string{"u1"}}},
		{Name: "handovers/in: has come", TitleKey: "handovers.in.title", Page: arrivedHandin(at)},
		{Name: "handovers/in: not for me", TitleKey: "handovers.in.title", Page: othersHandin(at)},
		{Name: "handovers/in: cannot be opened", Status: 409, TitleKey: "handovers.in.title", Page: brokenHandin(at)},
		{Name: "handovers/in: opened", TitleKey: "handovers.in.title", Page: openedHandin(at)},
		{Name: "handovers/in: erased", TitleKey: "handovers.in.title", Page: erasedHandin(at)},
	}
}

func fixtureFields() []ui.Option {
	var out []ui.Option
	for _, c := range []string{"full_name", "other_names", "birth_date", "guardian_name", "contact", "needs_text", "risk_note"} {
		out = append(out, ui.Option{Value: c, Label: ui.Label("disclosure_field", c)})
	}
	return out
}

func fixturePeople() []ui.Option {
	return []ui.Option{{Value: "u1", Label: ui.Say("นภา ใจดี")}, {Value: "u2", Label: ui.Say("ดาว เหนือคำ")}}
}

func fixtureAsked() ui.Facts {
	return ui.Facts{{Label: ui.T("handovers.asked.fields"), Values: ui.Labels("disclosure_field", "full_name", "contact", "needs_text"), Class: "B"},
		{Label: ui.T("handovers.asked.purpose"), Values: ui.Labels("purpose", "status_work")}}
}

func handoverStateFixture(side, state, tone string, at time.Time) ui.State {
	return ui.State{Badge: ui.Badge{Text: ui.T("handovers.state." + side + "." + state), Tone: tone}, Since: ui.At(at), Next: ui.T("handovers.next."+side+"."+state, "peer", fixtureMember),
		Due: ui.At(at.AddDate(0, 0, 3)), Otherwise: ui.T("handovers.silence.stays")}
}

func handoverEvent(at time.Time, what, tone, who string) ui.Event {
	return ui.Event{At: ui.At(at), Title: ui.T("handovers.event." + what), Tone: tone, Who: ui.Say(who)}
}

func fixtureSteps(now int) ui.Steps {
	var out ui.Steps
	for i, n := range []string{"consent", "prepare", "approve", "open"} {
		state := "next"
		if i < now {
			state = "done"
		} else if i == now {
			state = "now"
		}
		out = append(out, ui.Step{Label: ui.T("handovers.step." + n), State: state})
	}
	return out
}

func askedHandover(at time.Time) HandoverPage {
	return HandoverPage{ID: "r1", To: fixtureMember, State: handoverStateFixture("out", "asked", "act", at), Steps: fixtureSteps(0), Asked: fixtureAsked(), CanAgree: true, CanRefuse: true,
		Asking: fixtureFields()[:5], Chosen: []string{"full_name", "contact"}, Minor: true, Text: "handover-1", Until: ui.Dated("valid_until", "consent.field.valid_until", ""),
		Refusals: []ui.Option{{Value: "consent_refused", Label: ui.Label("handover_refusal", "consent_refused")}}, Timeline: ui.Timeline{handoverEvent(at, "ask", "act", fixtureMember)}}
}

func preparedHandover(at time.Time) HandoverPage {
	p := askedHandover(at)
	p.CanPrepare, p.Steps = true, fixtureSteps(1)
	p.Agreed = ui.Facts{{Label: ui.T("handovers.prepare.agreed"), Values: ui.Labels("disclosure_field", "full_name", "contact", "needs_text")}}
	p.Fields, p.Picked = fixtureFields()[:5], []string{"full_name", "contact"}
	p.Written = []ui.Field{{Type: "textarea", Name: "contact", Label: ui.Label("disclosure_field", "contact"), Rows: 3, Value: "โทร 080-000-0000", Hint: ui.T("handovers.prepare.contact.hint")},
		{Type: "textarea", Name: "needs_text", Label: ui.Label("disclosure_field", "needs_text"), Rows: 3, Value: "ขอสูติบัตรให้ลูกสาว โรงเรียนรับแล้วแต่สอบไม่ได้"}}
	return p
}

func approvedHandover(at time.Time) HandoverPage {
	p := askedHandover(at)
	p.CanAgree, p.CanApprove, p.CanReturn, p.State, p.Steps = false, true, true, handoverStateFixture("out", "awaiting_approval", "act", at), fixtureSteps(2)
	p.Full = "9f2c41b07d3e5a1188c2d4e6f80123456789abcdef0123456789abcdef012345"
	p.Hash = "9f2c 41b0 7d3e"
	sealed := func(code, words string) ui.Crossing {
		return ui.Crossing{Label: ui.T("policy.field.handover.person." + code), Class: "B", Holds: []ui.Text{ui.Say(words)}, Rule: ui.T("policy.rule.handover_sealed"), Transform: ui.T("policy.transform.sealed"), Leaves: []ui.Text{ui.Say(words)}}
	}
	p.Bridge = ui.Bridge{From: ui.T("referrals.panel.file"), To: ui.Say(fixtureMember), ID: "bridge", Note: ui.T("handovers.panel.note", "hash", "9f2c 41b0 7d3e", "policy", "ab12 cd34"),
		Rows: []ui.Crossing{sealed("full_name", "ด.ญ.นาแฮ ลาหู่นะ"), sealed("contact", "ถามหาที่ครูประจำชั้น หลังเลิกเรียน"), sealed("needs_text", "ขอสูติบัตรให้ลูกสาว โรงเรียนรับแล้วแต่สอบไม่ได้"),
			{Label: ui.T("policy.field.handover.person.birth_date"), Class: "B", Holds: []ui.Text{ui.On("2015-04-23")}, Why: ui.T("policy.why.guard_not_agreed"), Remedy: ui.T("policy.remedy.guard_not_agreed")}}}
	p.Returns = []ui.Option{{Value: "too_much", Label: ui.T("referrals.return.code.too_much")}}
	p.Timeline = append(ui.Timeline{handoverEvent(at, "prepare", "act", "ดาว เหนือคำ"), handoverEvent(at, "agreed", "act", "ดาว เหนือคำ")}, p.Timeline...)
	return p
}

func openedHandover(at time.Time) HandoverPage {
	p := askedHandover(at)
	p.CanAgree, p.CanRefuse, p.CanRecall, p.State, p.Steps = false, false, true, handoverStateFixture("out", "opened", "done", at), fixtureSteps(4)
	p.State.Due = ui.Text{}
	p.Recalls = []ui.Option{{Value: "consent_withdrawn", Label: ui.Label("withdraw_reason", "consent_withdrawn")}}
	p.Sent = ui.Facts{{Label: ui.T("handovers.sent.fields"), Values: ui.Labels("disclosure_field", "full_name", "contact"), Class: "B"}, {Label: ui.T("handovers.sent.at"), Values: []ui.Text{ui.At(at)}},
		{Label: ui.T("handovers.sent.opened"), Values: []ui.Text{ui.At(at.Add(4 * time.Hour))}}, {Label: ui.T("handovers.package.size"), Values: []ui.Text{ui.T("handovers.package.bytes", "n", 4148)}}}
	return p
}

func lateHandover(at time.Time) HandoverPage {
	p := openedHandover(at)
	p.CanRecall, p.State, p.Steps = false, handoverStateFixture("out", "recalled", "act", at), nil
	p.State.Due = ui.T("referrals.late", "by", ui.At(at))
	p.Notices = []ui.Notice{{Tone: "danger", Title: ui.T("handovers.late.title"), Text: ui.T("handovers.late.text", "to", fixtureMember)}}
	return p
}

func fixturePurge(at time.Time) ui.Facts {
	return ui.Facts{{Label: ui.T("handovers.receipt.erased"), Values: ui.Labels("purge_item", "case_file", "identity", "sealed_package")},
		{Label: ui.T("handovers.receipt.kept"), Values: ui.Labels("purge_kept", "audit_trail", "outcome_codes")}, {Label: ui.T("handovers.receipt.basis"), Values: ui.Labels("legal_basis", "legal_obligation")},
		{Label: ui.T("handovers.receipt.reason"), Values: ui.Labels("withdraw_reason", "consent_withdrawn")}, {Label: ui.T("handovers.receipt.at"), Values: []ui.Text{ui.At(at)}}}
}

const fixtureProof = `{"@context":"https://www.w3.org/ns/activitystreams","type":"PurgeReceipt","id":"https://labour.example/ap/purge/0f5b1c2d3e4f5061728394a5b6c7d8e9"}`

func erasedHandover(at time.Time) HandoverPage {
	p := openedHandover(at)
	p.CanRecall, p.State, p.Steps, p.Receipt, p.Proof = false, handoverStateFixture("out", "erased", "done", at), nil, fixturePurge(at), fixtureProof
	p.Timeline = append(ui.Timeline{handoverEvent(at, "erase", "done", fixtureMember), handoverEvent(at, "recall", "act", "ดาว เหนือคำ")}, p.Timeline...)
	return p
}

func arrivedHandin(at time.Time) HandinPage {
	return HandinPage{ID: "o1", From: fixtureMember, State: handoverStateFixture("in", "arrived", "act", at), CanOpen: true, CanAgain: true, CanErase: true, Asked: append(fixtureAsked(), ui.Fact{Label: ui.T("handovers.asked.named"), Values: []ui.Text{ui.Say("นภา ใจดี")}}),
		Package: ui.Facts{{Label: ui.T("handovers.sent.arrived"), Values: []ui.Text{ui.At(at)}}, {Label: ui.T("handovers.package.expires"), Values: []ui.Text{ui.At(at.AddDate(0, 0, 14))}}, {Label: ui.T("handovers.package.size"), Values: []ui.Text{ui.T("handovers.package.bytes", "n", 4148)}}},
		Reasons: []ui.Option{{Value: "consent_withdrawn", Label: ui.Label("withdraw_reason", "consent_withdrawn")}}, Timeline: ui.Timeline{handoverEvent(at, "arrive", "act", fixtureMember), handoverEvent(at.Add(-time.Hour), "ask", "act", "นภา ใจดี")}}
}

func othersHandin(at time.Time) HandinPage {
	p := arrivedHandin(at)
	p.CanOpen, p.CanErase, p.CanAgain, p.CanName, p.People, p.Named = false, false, false, true, fixturePeople(), []string{"u1"}
	p.Notices = []ui.Notice{{Tone: "info", Title: ui.T("handovers.come.title"), Text: ui.T("handovers.come.text")}}
	return p
}

func brokenHandin(at time.Time) HandinPage {
	p := arrivedHandin(at)
	p.Errors = ui.Errors{{Text: ui.T("handovers.error.key_gone")}}
	return p
}

func openedHandin(at time.Time) HandinPage {
	p := arrivedHandin(at)
	p.CanOpen, p.CanAgain, p.State, p.Case = false, false, handoverStateFixture("in", "opened", "done", at), "/cases/c1"
	p.State.Due = ui.Text{}
	return p
}

func erasedHandin(at time.Time) HandinPage {
	p := openedHandin(at)
	p.Case, p.CanErase, p.State, p.Receipt, p.Proof = "", false, handoverStateFixture("in", "erased", "done", at), fixturePurge(at), fixtureProof
	return p
}
