package site

import (
	"strings"
	"time"

	"github.com/saphan-network/saphan/federation/vocabulary"
	"github.com/saphan-network/saphan/node/clinic/referral"
	"github.com/saphan-network/saphan/web/nodeui"
	"github.com/saphan-network/saphan/web/ui"
)

// referralPage builds the page of a referral. Person names of the staff come by user id.
func referralPage(v referral.View, names map[string]string) nodeui.ReferralPage {
	r := v.Referral
	p := nodeui.ReferralPage{ID: r.ID, CaseHref: "/cases/" + r.CaseID, To: v.Target.Name, Left: !r.OfferedAt.IsZero(),
		State: referralState(v, names), Steps: referralSteps(r.State), Bridge: bridgeOf(v), FullHash: v.Fresh.SHA256, Body: string(v.Fresh.Body),
		CanSubmit: v.May["submit"], CanEdit: v.May["draft"], CanApprove: v.May["approve"] && v.Fresh.Allowed,
		CanWithdraw: v.May["withdraw"], CanClose: v.May["close"]}
	if len(p.FullHash) >= 12 {
		p.Hash = p.FullHash[:4] + " " + p.FullHash[4:8] + " " + p.FullHash[8:12]
	}
	p.Notices = referralNotices(v)
	for _, code := range referral.ReturnReasons() {
		p.ReturnReasons = append(p.ReturnReasons, ui.Option{Value: code, Label: ui.T("referrals.return.code." + code)})
	}
	for _, code := range vocabulary.Codes("withdraw_reason") {
		if code != "expired" {
			p.WithdrawReasons = append(p.WithdrawReasons, ui.Option{Value: code, Label: ui.Label("withdraw_reason", code)})
		}
	}
	p.Delivery, p.Outcome = deliveryFacts(v), engagementFacts(r.State, r.Engagement)
	p.Timeline = referralTimeline("referrals", v.Events, names, v.Target.Name)
	return p
}

// referralNotices say what stands in the way, or what is new, with what to do.
func referralNotices(v referral.View) []ui.Notice {
	r := v.Referral
	var out []ui.Notice
	add := func(tone string, title, text ui.Text) {
		out = append(out, ui.Notice{Tone: tone, Title: title, Text: text})
	}
	again := ui.Button{Label: ui.T("referrals.again.do"), Href: "/cases/" + r.CaseID + "/refer", Icon: "send"}
	if !r.State.Sent() && !v.Fresh.Allowed {
		add("danger", ui.T("referrals.blocked.title", "why", ui.T(v.Fresh.Why)), ui.T(v.Fresh.Remedy))
		if strings.Contains(v.Fresh.Why, "consent") && v.May["draft"] {
			out[len(out)-1].Action = ui.Button{Label: ui.T("consent.new.start"), Href: "/cases/" + r.CaseID + "/consents/new", Icon: "hand"}
		}
	}
	if v.Changed {
		add("act", ui.T("referrals.changed.title"), ui.T("referrals.changed.text"))
	}
	switch {
	case r.State == referral.StateDraft && r.Reason != "":
		add("act", ui.T("referrals.returned.title", "reason", ui.T("referrals.return.code."+r.Reason)), ui.T("referrals.returned.text"))
	case r.State == referral.StateDeclined:
		add("info", ui.T("referrals.declined.title", "reason", ui.Label("referral_decline_reason", r.Reason)), ui.T("referrals.declined.text"))
	case r.State == referral.StateRedirected:
		add("info", ui.T("referrals.redirected.title", "to", v.Suggest.Name), ui.T("referrals.redirected.text"))
	case r.State == referral.StateExpired:
		add("info", ui.T("referrals.expired.title"), ui.T("referrals.declined.text"))
	}
	switch r.State {
	case referral.StateDeclined, referral.StateRedirected, referral.StateExpired:
		if v.May["again"] {
			out[len(out)-1].Action = again
		}
	}
	return out
}

var tones = map[referral.State]string{
	referral.StateDraft: "act", referral.StateBlocked: "danger", referral.StateAwaiting: "act", referral.StateOffered: "wait",
	referral.StateDelivered: "wait", referral.StateReceived: "act", referral.StateTentative: "wait", referral.StateAccepted: "info",
	referral.StateInService: "info", referral.StateOnHold: "wait", referral.StateCompleted: "act", referral.StateFailed: "act",
	referral.StateDisengaged: "act", referral.StateConfirmed: "done", referral.StateClosed: "done",
}

// stateBadge is a state in a word, in the words of one of the two ends.
func stateBadge(area string, s referral.State) ui.Badge {
	key := "referrals.state." + string(s)
	if area == "offers" {
		key = "offers.state." + string(s)
	}
	return ui.Badge{Text: ui.T(key), Tone: tones[s]}
}

// todo says what exactly is to be done where it depends on the state.
var todo = map[referral.State]string{
	referral.StateDraft: "submit", referral.StateBlocked: "mend", referral.StateCompleted: "close", referral.StateFailed: "close",
	referral.StateDisengaged: "close", referral.StateReceived: "answer", referral.StateTentative: "decide",
	referral.StateAccepted: "report", referral.StateInService: "report", referral.StateOnHold: "report",
}

func outlookTexts(o referral.Outlook, s referral.State, peer string) (next, due, otherwise ui.Text) {
	next = ui.T("referrals.next."+o.Who, "peer", peer)
	if what, ok := todo[s]; ok && (o.Who == "drafter" || o.Who == "us") {
		next = ui.T("referrals.todo."+what, "peer", peer)
	}
	switch {
	case o.Late:
		due = ui.T("referrals.late", "by", ui.At(o.By))
	case !o.By.IsZero():
		due = ui.At(o.By)
	}
	return next, due, ui.T("referrals.silence." + o.Silence)
}

func referralState(v referral.View, names map[string]string) ui.State {
	r := v.Referral
	s := ui.State{Badge: stateBadge("referrals", r.State), Since: ui.At(r.Changed)}
	s.Next, s.Due, s.Otherwise = outlookTexts(v.Outlook, v.Referral.State, v.Target.Name)
	switch v.Outlook.Who {
	case "peer", "peer_server":
		s.Holder = ui.Say(v.Target.Name)
	case "drafter":
		s.Holder = ui.Say(names[r.DraftedBy])
	case "approver":
		s.Holder = ui.T("referrals.holder.approver")
	}
	return s
}

func referralSteps(s referral.State) ui.Steps {
	order := []struct {
		key    string
		states []referral.State
	}{
		{"referrals.step.draft", []referral.State{referral.StateDraft, referral.StateBlocked, referral.StatePolicyCheck}},
		{"referrals.step.approve", []referral.State{referral.StateAwaiting}},
		{"referrals.step.answer", []referral.State{referral.StateOffered, referral.StateDelivered, referral.StateTentative}},
		{"referrals.step.service", []referral.State{referral.StateAccepted, referral.StateInService, referral.StateOnHold}},
		{"referrals.step.check", []referral.State{referral.StateCompleted, referral.StateFailed, referral.StateDisengaged}},
		{"referrals.step.closed", []referral.State{referral.StateConfirmed}},
	}
	at := -1
	for i, o := range order {
		for _, st := range o.states {
			if st == s {
				at = i
			}
		}
	}
	if at < 0 {
		return nil // ended on the way: the badge says how
	}
	out := make(ui.Steps, 0, len(order))
	for i, o := range order {
		state := "next"
		if i < at || s == referral.StateConfirmed {
			state = "done"
		} else if i == at {
			state = "now"
		}
		out = append(out, ui.Step{Label: ui.T(o.key), State: state})
	}
	return out
}

func referralCard(v referral.View) ui.Card {
	next, due, _ := outlookTexts(v.Outlook, v.Referral.State, v.Target.Name)
	return ui.Card{Title: ui.T("referrals.card.title", "to", v.Target.Name, "need", firstNeed(v.Referral.Form.Needs)), Text: next,
		Badge: stateBadge("referrals", v.Referral.State), Due: due, Href: "/referrals/" + v.Referral.ID}
}

func firstNeed(needs []string) ui.Text {
	if len(needs) == 0 {
		return ui.T("referrals.card.no_need")
	}
	return ui.Label("service_type", needs[0])
}

func deliveryFacts(v referral.View) ui.Facts {
	if v.Delivery.State == "" {
		return nil
	}
	out := ui.Facts{{Label: ui.T("referrals.delivery.state"), Values: []ui.Text{ui.T("referrals.delivery."+v.Delivery.State, "n", v.Delivery.Attempts)}}}
	if v.Delivery.State == "waiting" && !v.Delivery.Next.IsZero() {
		out = append(out, ui.Fact{Label: ui.T("referrals.delivery.next"), Values: []ui.Text{ui.At(v.Delivery.Next)}})
	}
	if a := v.Referral.Arrived; !a.IsZero() {
		out = append(out, ui.Fact{Label: ui.T("referrals.delivery.arrived"), Values: []ui.Text{ui.At(a)}})
	}
	return out
}

// engagementFacts say how the work at the other end stands; nil before there is any.
func engagementFacts(s referral.State, e referral.Engagement) ui.Facts {
	if e.ID == "" {
		return nil
	}
	out := ui.Facts{{Label: ui.T("referrals.outcome.state"), Values: []ui.Text{ui.T("referrals.state." + string(s))}}}
	add := func(key string, values ...ui.Text) {
		if len(values) > 0 && values[0].Some() {
			out = append(out, ui.Fact{Label: ui.T(key), Values: values})
		}
	}
	if e.Step != "" {
		add("referrals.outcome.step", ui.Label("service_step", e.Step))
	}
	add("referrals.outcome.outcomes", ui.Labels("outcome_right", e.Outcomes...)...)
	if e.Reason != "" {
		add("referrals.outcome.reason", ui.Label("fail_reason", e.Reason))
	}
	add("referrals.outcome.month", ui.On(e.Month))
	add("referrals.outcome.next", ui.On(e.NextUpdate))
	return out
}

// referralTimeline tells what happened, newest first.
func referralTimeline(area string, events []referral.Event, names map[string]string, peer string) ui.Timeline {
	out := make(ui.Timeline, 0, len(events))
	for i := len(events) - 1; i >= 0; i-- {
		e := events[i]
		key := "referrals.event." + e.What
		if area == "offers" {
			key = "offers.event." + e.What
		}
		x := ui.Event{At: ui.At(e.At), Title: ui.T(key), Tone: tones[e.State]}
		switch e.By {
		case "peer":
			x.Who = ui.Say(peer)
		case "system":
			x.Who = ui.T("referrals.by.system")
		default:
			x.Who = ui.Say(names[e.By])
		}
		x.Detail = eventDetail(e)
		out = append(out, x)
	}
	return out
}

func eventDetail(e referral.Event) []ui.Text {
	var out []ui.Text
	if sum := e.Detail["sha256"]; len(sum) >= 12 {
		out = append(out, ui.T("referrals.event.hash", "hash", sum[:4]+" "+sum[4:8]+" "+sum[8:12]))
	}
	if why := e.Detail["why"]; strings.HasPrefix(why, "policy.why.") {
		out = append(out, ui.T(why))
	}
	if r := e.Detail["reason"]; r != "" {
		out = append(out, reasonText(e.What, r))
	}
	if m := e.Detail["expected"]; m != "" {
		out = append(out, ui.On(m))
	}
	if s := e.Detail["step"]; s != "" {
		out = append(out, ui.Label("service_step", s))
	}
	if e.Detail["told"] == "no" {
		out = append(out, ui.T("referrals.event.untold"))
	}
	if c := e.Detail["confirmed"]; c != "" {
		out = append(out, ui.Label("client_confirmed", c))
	}
	return out
}

func reasonText(what, code string) ui.Text {
	if what == "return" {
		return ui.T("referrals.return.code." + code)
	}
	for _, list := range []string{"referral_decline_reason", "withdraw_reason", "fail_reason"} {
		if vocabulary.Has(list, code) && (what != "withdraw" || list == "withdraw_reason") && (what != "fail" || list == "fail_reason") {
			return ui.Label(list, code)
		}
	}
	return ui.T("referrals.event.crossed")
}

// bangkokDay is the day of an instant in Thailand.
func bangkokDay(t time.Time) time.Time { return t.In(time.FixedZone("+07", 7*60*60)) }
