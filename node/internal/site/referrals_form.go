package site

import (
	"context"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/node/clinic/referral"
	"github.com/saphan-network/saphan/web/ginweb"
	"github.com/saphan-network/saphan/web/nodeui"
	"github.com/saphan-network/saphan/web/ui"
)

// formOfReferral reads the draft form. Whether its codes are codes is for the service.
func formOfReferral(c *gin.Context) (referral.Form, ui.Errors) {
	var errs ui.Errors
	f := referral.Form{Kind: ginweb.Value(c, "kind"), Urgency: ginweb.Value(c, "urgency"), Purpose: ginweb.Value(c, "purpose"),
		Needs: c.PostFormArray("needs"), Issues: c.PostFormArray("issues"), Target: ginweb.Value(c, "target")}
	for _, code := range c.PostFormArray("phrases") {
		p := referral.Phrase{Code: code}
		if slot := referral.PhraseSlot(code); slot != "" && ginweb.Value(c, "slot."+code) != "" {
			p.Slots = map[string]string{slot: ginweb.Value(c, "slot."+code)}
		}
		f.Phrases = append(f.Phrases, p)
	}
	due, key := ui.ReadDate(func(n string) string { return ginweb.Value(c, n) }, "feedback_due")
	if key != "" {
		errs = append(errs, ui.Problem{Field: "feedback_due", Text: ui.T(key)})
	}
	f.FeedbackDue = due
	return f, errs
}

func feedbackField(iso string, errs ui.Errors) ui.Field {
	f := ui.Dated("feedback_due", "referrals.field.feedback_due", iso)
	f.Hint = ui.T("referrals.field.feedback_due.hint")
	if t, ok := errs.For("feedback_due"); ok {
		f.Error = t
	}
	return f
}

// memberOptions lists members best first, each with why it stands there.
func memberOptions(ms []referral.Match, f referral.Form) []ui.Option {
	var out []ui.Option
	for _, m := range ms {
		if m.Problem == "inactive" {
			continue
		}
		capacity := ui.T("referrals.member.capacity.unknown")
		if m.Member.Capacity != "" {
			capacity = ui.Label("capacity_status", m.Member.Capacity)
		}
		hint := ui.T("referrals.member.why", "area", areaWords(m.Area), "capacity", capacity)
		if n := len(m.Covers) + len(m.Lacks); n > 0 {
			hint = ui.T("referrals.member.why_covers", "covers", len(m.Covers), "of", n, "area", areaWords(m.Area), "capacity", capacity)
		}
		out = append(out, ui.Option{Value: m.Member.Actor, Label: ui.Say(m.Member.Name), Hint: hint, Selected: m.Member.Actor == f.Target})
	}
	return out
}

func areaWords(area string) ui.Text {
	switch area {
	case "province":
		return ui.T("referrals.member.area.province")
	case "region":
		return ui.T("referrals.member.area.region")
	case "elsewhere":
		return ui.T("referrals.member.area.elsewhere")
	}
	return ui.T("referrals.member.area.unknown")
}

// formClash sets two versions of a draft side by side.
func (h *Referrals) formClash(ctx context.Context, mine, theirs referral.Form) ([]nodeui.CaseClash, error) {
	members, err := h.Read.Candidates(ctx, nil, "", "")
	if err != nil {
		return nil, err
	}
	name := func(actor string) []ui.Text {
		for _, m := range members {
			if m.Member.Actor == actor {
				return some(ui.Say(m.Member.Name))
			}
		}
		return nil
	}
	var rows []nodeui.CaseClash
	add := func(field string, a, b []ui.Text) {
		rows = append(rows, nodeui.CaseClash{Label: ui.T(field), Mine: a, Theirs: b, Differs: !sameTexts(a, b)})
	}
	add("referrals.field.needs", ui.Labels("service_type", mine.Needs...), ui.Labels("service_type", theirs.Needs...))
	add("referrals.field.kind", ui.Labels("referral_kind", mine.Kind), ui.Labels("referral_kind", theirs.Kind))
	add("referrals.field.urgency", ui.Labels("urgency", mine.Urgency), ui.Labels("urgency", theirs.Urgency))
	add("referrals.field.purpose", ui.Labels("purpose", mine.Purpose), ui.Labels("purpose", theirs.Purpose))
	add("referrals.field.issues", ui.Labels("issue", mine.Issues...), ui.Labels("issue", theirs.Issues...))
	add("referrals.field.phrases", phraseTexts(mine.Phrases), phraseTexts(theirs.Phrases))
	add("referrals.field.target", name(mine.Target), name(theirs.Target))
	add("referrals.field.feedback_due", some(ui.On(mine.FeedbackDue)), some(ui.On(theirs.FeedbackDue)))
	return rows, nil
}

func phraseTexts(ps []referral.Phrase) []ui.Text {
	var out []ui.Text
	for _, p := range ps {
		out = append(out, ui.Label("phrase", p.Code))
		if slot := referral.PhraseSlot(p.Code); slot != "" && p.Slots[slot] != "" {
			out = append(out, ui.Label(slot, p.Slots[slot]))
		}
	}
	return out
}
