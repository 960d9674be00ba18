package site

import (
	"strings"
	"time"

	"github.com/saphan-network/saphan/federation/vocabulary"
	"github.com/saphan-network/saphan/node/clinic/referral"
	"github.com/saphan-network/saphan/web/nodeui"
	"github.com/saphan-network/saphan/web/ui"
)

// offerPage builds the page of an offer; today is the day in Thailand.
func offerPage(v referral.OfferView, names map[string]string, today time.Time) nodeui.OfferPage {
	o := v.Offer
	p := nodeui.OfferPage{ID: o.ID, From: v.From.Name, Asked: askedFacts(o), Subject: subjectFacts(o.Payload.Subject),
		Disclosure: disclosureFacts(o.Payload), Engagement: engagementFacts(o.State, o.Engagement), Step: o.Engagement.Step,
		CanAnswer: v.May["answer"] && referral.MayReceiver(o.State, referral.MoveAccept),
		CanServe:  v.May["progress"] && referral.MayReceiver(o.State, referral.MoveServe),
		Serving:   o.State == referral.StateInService || o.State == referral.StateOnHold, Considered: o.State == referral.StateTentative,
		Timeline: referralTimeline("offers", v.Events, names, v.From.Name)}
	p.State = ui.State{Badge: stateBadge("offers", o.State), Since: ui.At(o.Changed)}
	p.State.Next, p.State.Due, p.State.Otherwise = outlookTexts(v.Outlook, v.Offer.State, v.From.Name)
	if v.Outlook.Who == "us" && o.TakenBy != "" {
		p.State.Holder = ui.Say(names[o.TakenBy])
	}
	for _, ph := range o.Payload.Phrases {
		p.Phrases = append(p.Phrases, phraseText(ph.Code, ph.Slots))
	}
	for _, m := range v.Members {
		p.Members = append(p.Members, ui.Option{Value: m.Actor, Label: ui.Say(m.Name)})
	}
	for _, code := range vocabulary.Codes("referral_decline_reason") {
		p.Reasons = append(p.Reasons, ui.Option{Value: code, Label: ui.Label("referral_decline_reason", code)})
	}
	first := time.Date(today.Year(), today.Month(), 1, 0, 0, 0, 0, time.UTC)
	for i := range 6 {
		p.Months = append(p.Months, monthOption(first.AddDate(0, i, 0)))
		p.PastMonths = append(p.PastMonths, monthOption(first.AddDate(0, -i, 0)))
	}
	p.Next = ui.Dated("next_update", "offers.serve.next", o.Engagement.NextUpdate)
	p.Next.Hint = ui.T("offers.serve.next.hint")
	p.HoldUntil = ui.Dated("hold_until", "offers.hold.until", "")
	return p
}

func monthOption(m time.Time) ui.Option {
	v := m.Format("2006-01")
	return ui.Option{Value: v, Label: ui.On(v)}
}

func askedFacts(o referral.Incoming) ui.Facts {
	p := o.Payload
	out := ui.Facts{
		{Label: ui.T("referrals.field.needs"), Values: ui.Labels("service_type", p.Needs...)},
		{Label: ui.T("referrals.field.kind"), Values: ui.Labels("referral_kind", p.Kind)},
		{Label: ui.T("referrals.field.purpose"), Values: ui.Labels("purpose", p.Purpose)},
		{Label: ui.T("referrals.field.urgency"), Values: ui.Labels("urgency", p.Urgency)},
		{Label: ui.T("offers.field.respond_by"), Values: []ui.Text{ui.At(o.RespondBy)}},
	}
	if len(p.Issues) > 0 {
		out = append(out, ui.Fact{Label: ui.T("referrals.field.issues"), Values: ui.Labels("issue", p.Issues...)})
	}
	if p.FeedbackDue != "" {
		out = append(out, ui.Fact{Label: ui.T("referrals.field.feedback_due"), Values: []ui.Text{ui.On(p.FeedbackDue)}})
	}
	return out
}

// subjectFacts say what is known of the person, and what is not.
func subjectFacts(s map[string]string) ui.Facts {
	var out ui.Facts
	for _, f := range []struct{ name, key, path string }{
		{"kind", "offers.subject.kind", "referral/subject/kind"}, {"ageBand", "offers.subject.age", "referral/subject/birth_date"},
		{"sex", "offers.subject.sex", "referral/subject/sex"}, {"sizeBand", "offers.subject.size", "referral/subject/household"},
		{"minors", "offers.subject.minors", "referral/subject/minors"}, {"statusFamily", "offers.subject.status", "referral/subject/status"},
		{"areaCode", "offers.subject.area", ""}, {"interpreter", "offers.subject.interpreter", ""}, {"guardianPresent", "offers.subject.guardian", ""},
	} {
		fact := ui.Fact{Label: ui.T(f.key), Values: []ui.Text{ui.T("offers.subject.unknown")}}
		if v := s[f.name]; v != "" {
			fact.Values = []ui.Text{leavingOne(f.path, v)}
			if f.name == "areaCode" {
				fact.Values = ui.Labels(s["areaLevel"], v)
			}
		}
		out = append(out, fact)
	}
	return out
}

func disclosureFacts(p referral.Payload) ui.Facts {
	out := ui.Facts{{Label: ui.T("offers.rules.basis"), Values: ui.Labels("legal_basis", p.Basis)},
		{Label: ui.T("offers.rules.k"), Values: []ui.Text{ui.T("offers.rules.k.n", "n", p.K)}}}
	if sum := strings.TrimPrefix(p.Policy, "sha256:"); len(sum) >= 8 {
		out = append(out, ui.Fact{Label: ui.T("offers.rules.policy"), Values: []ui.Text{ui.Say(sum[:4] + " " + sum[4:8])}})
	}
	return out
}

func offerCard(v referral.OfferView) ui.Card {
	next, due, _ := outlookTexts(v.Outlook, v.Offer.State, v.From.Name)
	return ui.Card{Title: ui.T("offers.card.title", "from", v.From.Name, "need", firstNeed(v.Offer.Payload.Needs)), Text: next,
		Badge: stateBadge("offers", v.Offer.State), Due: due, Href: "/offers/" + v.Offer.ID}
}
