package nodeui

import (
	"time"

	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/ui"
)

func receiptFixtures() []web.Fixture {
	at := time.Date(2026, 11, 24, 4, 0, 0, 0, time.UTC)
	lines := []ReceiptLine{
		{Label: ui.T("policy.field.referral.needs"), Values: ui.Labels("service_type", "doc_drafting", "dna"), Rule: ui.T("policy.rule.referral_codes")},
		{Label: ui.T("receipts.field.age"), Values: ui.Labels("age_band", "7-14"), Rule: ui.T("policy.rule.referral_coarse")},
		{Label: ui.T("policy.field.referral.subject.place"), Values: ui.Labels("province", "57"), Rule: ui.T("policy.coarse.small")},
	}
	r := ReceiptPage{ID: "r1", Code: "K7QM 4XPA", Raw: "K7QM4XPA", NameTH: "คลินิกกฎหมายดอยสะพาน", NameEN: "Doi Saphan Legal Clinic", To: "มูลนิธิเครือข่ายแรงงานริมน้ำ",
		Sent: at, Issued: at.AddDate(0, 0, 1), Purpose: ui.Label("purpose", "status_work"), Ground: ui.Label("legal_basis", "explicit_consent"), Consented: true,
		Badge: ui.Badge{Text: ui.T("receipts.state.holds"), Tone: "done"}, Leaves: lines, AnswerBy: at.AddDate(0, 0, 3), Valid: at.AddDate(1, 0, 0)}
	over := r
	over.Badge, over.Over, over.OverAt = ui.Badge{Text: ui.T("receipts.state.over"), Tone: "wait"}, ui.Label("withdraw_reason", "consent_withdrawn"), at.AddDate(0, 0, 2)
	sent := SentPage{CaseID: "c1", NameTH: r.NameTH, NameEN: r.NameEN, Made: at.AddDate(0, 0, 3), Sent: []SentReferral{{Href: "/referrals/r1", To: r.To, At: at, Approver: "สมชาย ทองดี",
		Badge: ui.Badge{Text: ui.T("referrals.state.withdrawn")}, Leaves: lines,
		Facts: ui.Facts{{Label: ui.T("receipts.why"), Values: []ui.Text{r.Purpose}}, {Label: ui.T("receipts.ground"), Values: []ui.Text{r.Ground, ui.Say("th-3")}}},
		Later: []ReceiptNews{{At: at.AddDate(0, 0, 2), Text: ui.T("receipts.later.withdraw", "reason", ui.Label("withdraw_reason", "consent_withdrawn"))}}}}}
	return []web.Fixture{
		{Name: "receipts/receipt: holds", TitleKey: "receipts.title", Page: r},
		{Name: "receipts/receipt: taken back", TitleKey: "receipts.title", Page: over},
		{Name: "receipts/find: empty", TitleKey: "receipts.find.title", Page: ReceiptFindPage{}},
		{Name: "receipts/find: not found", TitleKey: "receipts.find.title", Page: ReceiptFindPage{Code: "K7QM 4XPB", Missing: true}},
		{Name: "receipts/find: an old one", TitleKey: "receipts.find.title", Page: ReceiptFindPage{Code: "K7QM 4XPC", Old: true}},
		{Name: "receipts/sent: one referral", TitleKey: "receipts.sent.title", Page: sent},
		{Name: "receipts/sent: nothing left", TitleKey: "receipts.sent.title", Page: SentPage{CaseID: "c1", NameTH: r.NameTH, NameEN: r.NameEN, Made: at}},
	}
}
