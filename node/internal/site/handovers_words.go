package site

import (
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/federation/vocabulary"
	"github.com/saphan-network/saphan/node/clinic/handover"
	"github.com/saphan-network/saphan/node/clinic/referral"
	"github.com/saphan-network/saphan/web/ginweb"
	"github.com/saphan-network/saphan/web/nodeui"
	"github.com/saphan-network/saphan/web/ui"
)

// writtenFields are the fields that no file holds.
var writtenFields = []string{"guardian_name", "contact", "needs_text", "risk_note"}

var handoverTones = map[handover.State]string{
	handover.StateAsked: "act", handover.StateReady: "act", handover.StateSent: "wait", handover.StateDelivered: "wait", handover.StateArrived: "act",
	handover.StateOpened: "done", handover.StateRefused: "neutral", handover.StateReturned: "danger", handover.StateRecalled: "act", handover.StateErased: "done", handover.StateCancelled: "neutral",
}

func handoverBadge(side string, s handover.State) ui.Badge {
	return ui.Badge{Text: ui.T("handovers.state." + side + "." + string(s)), Tone: handoverTones[s]}
}

func handoverState(side string, s handover.State, o referral.Outlook, since ui.Text, peer string) ui.State {
	st := ui.State{Badge: handoverBadge(side, s), Since: since, Next: ui.T("handovers.next."+side+"."+string(s), "peer", peer), Otherwise: ui.T("handovers.silence."+o.Silence, "peer", peer)}
	switch {
	case o.Late:
		st.Due = ui.T("referrals.late", "by", ui.At(o.By))
	case !o.By.IsZero():
		st.Due = ui.At(o.By)
	}
	return st
}

func fieldOptions(codes []string) []ui.Option {
	out := make([]ui.Option, 0, len(codes))
	for _, c := range vocabulary.Codes("disclosure_field") {
		if slices.Contains(codes, c) {
			out = append(out, ui.Option{Value: c, Label: ui.Label("disclosure_field", c)})
		}
	}
	return out
}

func codeOptions(list string, without ...string) []ui.Option {
	var out []ui.Option
	for _, c := range vocabulary.Codes(list) {
		if !slices.Contains(without, c) {
			out = append(out, ui.Option{Value: c, Label: ui.Label(list, c)})
		}
	}
	return out
}

func handoverPage(v handover.View, names map[string]string) nodeui.HandoverPage {
	h := v.Sent
	p := nodeui.HandoverPage{ID: h.ReferralID, To: v.Target.Name, State: handoverState("out", h.State, v.Outlook, ui.At(h.Changed), v.Target.Name),
		Steps: handoverSteps(v), Asked: askFacts(h.Purpose, h.Asked), Bridge: handoverBridge(v), Full: v.Fresh.SHA256, Hash: short(v.Fresh.SHA256), Sent: sentFacts(v),
		Receipt: receiptFacts(h.Receipt), Proof: h.Receipt.Proof, Minor: v.Minor, Text: handoverText, Asking: fieldOptions(h.Asked), Chosen: h.Asked,
		Until: ui.Dated("valid_until", "consent.field.valid_until", ""), CanApprove: v.May["approve"] && v.Fresh.Allowed && !v.Changed, CanRefuse: v.May["refuse"], CanRecall: v.May["recall"],
		CanReturn: v.May["approve"], Refusals: codeOptions("handover_refusal"), Recalls: codeOptions("withdraw_reason", "expired"), Timeline: handoverTimeline(v.Events, names, v.Target.Name)}
	p.CanAgree = v.May["prepare"] && h.State == handover.StateAsked
	p.CanPrepare = v.May["prepare"] && v.Ground.Level > 0
	if p.CanPrepare {
		p.Agreed = ui.Facts{{Label: ui.T("handovers.prepare.agreed"), Values: ui.Labels("disclosure_field", v.Ground.Fields...)}}
		prepareForm(v, &p)
	}
	for _, code := range referral.ReturnReasons() {
		p.Returns = append(p.Returns, ui.Option{Value: code, Label: ui.T("referrals.return.code." + code)})
	}
	p.Notices = handoverNotices(v)
	return p
}

func prepareForm(v handover.View, p *nodeui.HandoverPage) {
	h := v.Sent
	p.Fields = fieldOptions(v.Ground.Fields)
	p.Picked = h.Fields
	if len(p.Picked) == 0 {
		p.Picked = v.Ground.Fields
	}
	for _, code := range writtenFields {
		if !slices.Contains(v.Ground.Fields, code) {
			continue
		}
		f := ui.Field{Type: "textarea", Name: code, Label: ui.Label("disclosure_field", code), Rows: 3, Max: 1200, Autocomplete: "off", Value: strings.Join(h.Texts[code], "\n")}
		switch code {
		case "guardian_name":
			f.Type, f.Rows, f.Max = "text", 0, 100
			if f.Value == "" {
				f.Value = v.Ground.Guardian
			}
		case "contact":
			f.Hint = ui.T("handovers.prepare.contact.hint")
		}
		p.Written = append(p.Written, f)
	}
}

// keep puts into the forms again what was typed.
func keep(c *gin.Context, p *nodeui.HandoverPage) {
	if list := c.PostFormArray("fields"); len(list) > 0 {
		p.Picked = list
	}
	if list := c.PostFormArray("agreed"); len(list) > 0 {
		p.Chosen = list
	}
	p.Medium, p.Language = ginweb.Value(c, "medium"), ginweb.Value(c, "language")
	for i, f := range p.Written {
		if v, there := c.GetPostForm(f.Name); there {
			p.Written[i].Value = v
		}
	}
}

// handoverBridge shows left what the file holds and what was written, right exactly what
// is sealed.
func handoverBridge(v handover.View) ui.Bridge {
	if v.Sent.State != handover.StateReady {
		return ui.Bridge{}
	}
	b := ui.Bridge{To: ui.Say(v.Target.Name), From: ui.T("referrals.panel.file"), ID: "bridge"}
	if v.Words == nil { // whoever may not know who it is
		for _, code := range v.Sent.Fields {
			b.Rows = append(b.Rows, ui.Crossing{Label: ui.Label("disclosure_field", code), Class: "B", Holds: []ui.Text{ui.Say("•••")}, Transform: ui.T("policy.transform.sealed"), Leaves: []ui.Text{ui.Say("•••")}})
		}
		return b
	}
	for _, f := range v.Fresh.Fields {
		code := f.Path[strings.LastIndex(f.Path, "/")+1:]
		row := ui.Crossing{Label: ui.T("policy.field." + strings.ReplaceAll(f.Path, "/", ".")), Class: "B", Holds: wordsOf(code, v.Words[code])}
		if f.RuleKey != "" {
			row.Rule = ui.T(f.RuleKey)
		}
		if f.Sealed {
			row.Transform, row.Leaves = ui.T("policy.transform.sealed"), wordsOf(code, v.Words[code])
		} else if f.Why != "" {
			row.Why, row.Remedy = ui.T(f.Why), ui.T(f.Remedy)
		}
		b.Rows = append(b.Rows, row)
	}
	slices.SortStableFunc(b.Rows, func(x, y ui.Crossing) int { return rank(x) - rank(y) })
	if v.Fresh.SHA256 != "" {
		b.Note = ui.T("handovers.panel.note", "hash", short(v.Fresh.SHA256), "policy", short(v.Fresh.Policy))
	}
	return b
}

func wordsOf(code string, words []string) []ui.Text {
	if code == "full_name" {
		words = []string{strings.TrimSpace(strings.Join(words, " "))}
	}
	out := make([]ui.Text, 0, len(words))
	for _, w := range words {
		if code == "birth_date" {
			out = append(out, ui.On(w))
		} else {
			out = append(out, ui.Say(w))
		}
	}
	return out
}

func handoverNotices(v handover.View) []ui.Notice {
	h := v.Sent
	var out []ui.Notice
	add := func(tone string, title, text ui.Text) {
		out = append(out, ui.Notice{Tone: tone, Title: title, Text: text})
	}
	if v.Changed {
		add("act", ui.T("referrals.changed.title"), ui.T("handovers.changed.text"))
	}
	if h.State == handover.StateReady && !v.Fresh.Allowed && v.Fresh.Why != "" {
		add("danger", ui.T("referrals.blocked.title", "why", ui.T(v.Fresh.Why)), remedyText(v.Fresh.Remedy))
	}
	switch {
	case h.State == handover.StateAsked && h.Reason != "":
		add("act", ui.T("referrals.returned.title", "reason", ui.T("referrals.return.code."+h.Reason)), ui.T("handovers.returned.text"))
	case h.State == handover.StateAsked && v.Ground.Level == 0 && v.Ground.Why != "" && v.Ground.Why != "consent.why.unknown":
		add("act", ui.T(v.Ground.Why), ui.T("handovers.ground.text"))
	case h.State == handover.StateReturned:
		add("danger", ui.T("handovers.returned.title", "reason", ui.Label("package_refusal", h.Reason)), ui.T("handovers.returned.next", "to", v.Target.Name))
	case h.State == handover.StateRefused:
		add("info", ui.T("handovers.refused.title", "reason", ui.Label("handover_refusal", h.Reason)), ui.Text{})
	case h.State == handover.StateRecalled && v.Outlook.Late:
		add("danger", ui.T("handovers.late.title"), ui.T("handovers.late.text", "to", v.Target.Name))
	}
	return out
}

func remedyText(key string) ui.Text {
	if key == "" {
		return ui.Text{}
	}
	return ui.T(key)
}

func handoverSteps(v handover.View) ui.Steps {
	at := map[handover.State]int{handover.StateAsked: 1, handover.StateReady: 2, handover.StateSent: 3, handover.StateDelivered: 3, handover.StateOpened: 4}[v.Sent.State]
	if at == 0 {
		return nil
	}
	if v.Sent.State == handover.StateAsked && v.Ground.Level == 0 {
		at = 0
	}
	var out ui.Steps
	for i, name := range []string{"consent", "prepare", "approve", "open"} {
		s := ui.Step{Label: ui.T("handovers.step." + name), State: "next"}
		if i < at {
			s.State = "done"
		} else if i == at {
			s.State = "now"
		}
		out = append(out, s)
	}
	return out
}

func askFacts(purpose string, fields []string) ui.Facts {
	return ui.Facts{{Label: ui.T("handovers.asked.fields"), Values: ui.Labels("disclosure_field", fields...), Class: "B"},
		{Label: ui.T("handovers.asked.purpose"), Values: ui.Labels("purpose", purpose)}}
}

func sentFacts(v handover.View) ui.Facts {
	h := v.Sent
	if h.SentAt.IsZero() {
		return nil
	}
	out := ui.Facts{{Label: ui.T("handovers.sent.fields"), Values: ui.Labels("disclosure_field", h.Fields...), Class: "B"}, {Label: ui.T("handovers.sent.at"), Values: []ui.Text{ui.At(h.SentAt)}}}
	add := func(key string, t ui.Text) {
		if t.Some() {
			out = append(out, ui.Fact{Label: ui.T(key), Values: []ui.Text{t}})
		}
	}
	add("handovers.sent.arrived", ui.At(h.Arrived))
	add("handovers.sent.opened", ui.At(h.Opened))
	add("handovers.package.expires", ui.At(h.Expires))
	add("handovers.package.size", ui.T("handovers.package.bytes", "n", h.Size))
	add("handovers.sent.hash", ui.Say(short(h.SHA256)))
	return out
}

func receiptFacts(r handover.Receipt) ui.Facts {
	if len(r.Erased) == 0 {
		return nil
	}
	out := ui.Facts{{Label: ui.T("handovers.receipt.erased"), Values: ui.Labels("purge_item", r.Erased...)}}
	if len(r.Kept) > 0 {
		out = append(out, ui.Fact{Label: ui.T("handovers.receipt.kept"), Values: ui.Labels("purge_kept", r.Kept...)}, ui.Fact{Label: ui.T("handovers.receipt.basis"), Values: ui.Labels("legal_basis", r.Basis)})
	}
	out = append(out, ui.Fact{Label: ui.T("handovers.receipt.reason"), Values: ui.Labels("withdraw_reason", r.Reason)})
	if !r.At.IsZero() {
		out = append(out, ui.Fact{Label: ui.T("handovers.receipt.at"), Values: []ui.Text{ui.At(r.At)}})
	}
	return out
}

// paperFacts are for the client's receipt.
func paperFacts(v handover.View) ui.Facts {
	h := v.Sent
	out := ui.Facts{{Label: ui.T("handovers.sent.fields"), Values: ui.Labels("disclosure_field", h.Fields...)}, {Label: ui.T("handovers.sent.at"), Values: []ui.Text{ui.At(h.SentAt)}},
		{Label: ui.T("handovers.paper.state"), Values: []ui.Text{handoverBadge("out", h.State).Text}}}
	return append(out, receiptFacts(h.Receipt)...)
}

func handoverTimeline(events []handover.Event, names map[string]string, peer string) ui.Timeline {
	out := make(ui.Timeline, 0, len(events))
	for _, e := range slices.Backward(events) {
		x := ui.Event{At: ui.At(e.At), Title: ui.T("handovers.event." + e.What), Tone: handoverTones[e.State], Who: ui.Say(names[e.By])}
		switch e.By {
		case "peer":
			x.Who = ui.Say(peer)
		case "system":
			x.Who = ui.T("referrals.by.system")
		}
		for _, list := range []string{"withdraw_reason", "handover_refusal", "package_refusal"} {
			if r := e.Detail["reason"]; vocabulary.Has(list, r) {
				x.Detail = append(x.Detail, ui.Label(list, r))
				break
			}
		}
		if sum := e.Detail["sha256"]; sum != "" {
			x.Detail = append(x.Detail, ui.T("referrals.event.hash", "hash", short(sum)))
		}
		if list := e.Detail["named"]; list != "" {
			for _, id := range strings.Split(list, ",") {
				x.Detail = append(x.Detail, ui.Say(names[id]))
			}
		}
		if e.Detail["told"] == "no" {
			x.Detail = append(x.Detail, ui.T("referrals.event.untold"))
		}
		out = append(out, x)
	}
	return out
}

func handinPage(v handover.ReceivedView, all []Colleague, may func(Colleague) bool) nodeui.HandinPage {
	h := v.Received
	p := nodeui.HandinPage{ID: v.Offer.ID, From: v.From.Name, Fields: fieldOptions(vocabulary.Codes("disclosure_field")), Picked: h.Asked, Named: h.Named, Reasons: codeOptions("withdraw_reason", "expired"),
		CanAsk: v.May["ask"] && h.State != handover.StateAsked && h.State != handover.StateReturned, CanAgain: v.May["again"], CanName: v.May["name"], CanOpen: v.May["open"], CanErase: v.May["erase"]}
	names := map[string]string{}
	for _, u := range all {
		names[u.ID] = u.Name
		if may(u) {
			p.People = append(p.People, ui.Option{Value: u.ID, Label: ui.Say(u.Name)})
		}
	}
	if !v.There {
		p.Picked, p.Named = []string{"full_name", "contact", "needs_text"}, filledOnly(v.Offer.TakenBy)
		return p
	}
	p.State = handoverState("in", h.State, v.Outlook, ui.At(h.Changed), v.From.Name)
	p.Asked = askFacts(h.Purpose, h.Asked)
	var who []ui.Text
	for _, id := range h.Named {
		who = append(who, ui.Say(names[id]))
	}
	p.Asked = append(p.Asked, ui.Fact{Label: ui.T("handovers.asked.named"), Values: who})
	if !h.ArrivedAt.IsZero() {
		p.Package = ui.Facts{{Label: ui.T("handovers.sent.arrived"), Values: []ui.Text{ui.At(h.ArrivedAt)}}, {Label: ui.T("handovers.package.expires"), Values: []ui.Text{ui.At(h.Expires)}},
			{Label: ui.T("handovers.package.size"), Values: []ui.Text{ui.T("handovers.package.bytes", "n", h.Size)}}}
		if !h.OpenedAt.IsZero() {
			p.Package = append(p.Package, ui.Fact{Label: ui.T("handovers.sent.opened"), Values: []ui.Text{ui.At(h.OpenedAt), ui.Say(names[h.OpenedBy])}})
		}
	}
	if h.State == handover.StateOpened && slices.Contains(h.Named, h.OpenedBy) {
		p.Case = "/cases/" + h.CaseID
	}
	p.Receipt, p.Proof = receiptFacts(h.Receipt), h.Receipt.Proof
	switch h.State {
	case handover.StateReturned:
		p.Notices = append(p.Notices, ui.Notice{Tone: "danger", Title: ui.T("handovers.returned.title", "reason", ui.Label("package_refusal", h.Reason)), Text: ui.T("handovers.again.text", "from", v.From.Name)})
	case handover.StateRefused:
		p.Notices = append(p.Notices, ui.Notice{Tone: "info", Title: ui.T("handovers.refused.title", "reason", ui.Label("handover_refusal", h.Reason)), Text: ui.T("handovers.refused.text")})
	case handover.StateArrived:
		if !p.CanOpen {
			p.Notices = append(p.Notices, ui.Notice{Tone: "info", Title: ui.T("handovers.come.title"), Text: ui.T("handovers.come.text")})
		}
	case handover.StateAsked, handover.StateReady, handover.StateSent, handover.StateDelivered, handover.StateOpened, handover.StateRecalled, handover.StateErased, handover.StateCancelled:
	}
	p.Timeline = handoverTimeline(v.Events, names, v.From.Name)
	return p
}

func filledOnly(values ...string) []string {
	return slices.DeleteFunc(values, func(v string) bool { return v == "" })
}

func sentCard(v handover.View) ui.Card {
	c := ui.Card{Title: ui.T("handovers.card.out", "to", v.Target.Name), Text: ui.T("handovers.next.out."+string(v.Sent.State), "peer", v.Target.Name), Badge: handoverBadge("out", v.Sent.State),
		Href: "/referrals/" + v.Sent.ReferralID + "/handover"}
	c.Due = handoverState("out", v.Sent.State, v.Outlook, ui.Text{}, v.Target.Name).Due
	return c
}

func receivedCard(v handover.ReceivedView) ui.Card {
	if !v.There {
		return ui.Card{Title: ui.T("handovers.card.ask", "from", v.From.Name), Text: ui.T("handovers.card.ask.text"), Badge: ui.Badge{Text: ui.T("handovers.card.none"), Tone: "neutral"}, Href: "/offers/" + v.Offer.ID + "/handover"}
	}
	c := ui.Card{Title: ui.T("handovers.card.in", "from", v.From.Name), Text: ui.T("handovers.next.in."+string(v.Received.State), "peer", v.From.Name), Badge: handoverBadge("in", v.Received.State),
		Href: "/offers/" + v.Received.OfferID + "/handover"}
	c.Due = handoverState("in", v.Received.State, v.Outlook, ui.Text{}, v.From.Name).Due
	return c
}
