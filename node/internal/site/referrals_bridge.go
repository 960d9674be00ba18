package site

import (
	"slices"
	"strings"
	"time"

	"github.com/saphan-network/saphan/federation/vocabulary"
	"github.com/saphan-network/saphan/node/clinic/referral"
	"github.com/saphan-network/saphan/web/ui"
)

// listOf names the vocabularies of released values by field.
var listOf = map[string][]string{
	"referral/kind": {"referral_kind"}, "referral/urgency": {"urgency"}, "referral/purpose": {"purpose"}, "referral/needs": {"service_type"},
	"referral/issues": {"issue"}, "referral/subject/kind": {"subject_kind"}, "referral/subject/birth_date": {"age_band"},
	"referral/subject/sex": {"sex"}, "referral/subject/household": {"size_band"}, "referral/subject/minors": {"minors_band"},
	"referral/subject/status": {"status_family", "status_top"}, "referral/consent/basis": {"legal_basis"},
}

// bridgeOf builds the panel: left live from the file and the form, right exactly
// what the gate releases, between them the rule and the transform in words.
func bridgeOf(v referral.View) ui.Bridge {
	b := ui.Bridge{To: ui.Say(v.Target.Name), From: ui.T("referrals.panel.file"), ID: "bridge"}
	held := map[string][]ui.Text{}
	for _, h := range v.Held {
		held[h.Path] = heldTexts(h)
	}
	chosen(v.Referral, held)
	for _, f := range v.Fresh.Fields {
		row := ui.Crossing{Label: ui.T("policy.field." + strings.ReplaceAll(f.Path, "/", ".")), Class: f.Class, Holds: held[f.Path], Leaves: leaving(f)}
		if f.RuleKey != "" {
			row.Rule = ui.T(f.RuleKey)
		}
		if f.Transform != "" {
			name, _, _ := strings.Cut(f.Transform, "/")
			row.Transform = ui.T("policy.transform." + name)
		}
		if len(f.Coarsened) > 0 {
			row.Rule = ui.T(f.Coarsened[0])
		}
		if f.Why != "" {
			row.Why = ui.T(f.Why)
		}
		if f.Remedy != "" {
			row.Remedy = ui.T(f.Remedy)
		}
		b.Rows = append(b.Rows, row)
	}
	// What leaves first, then what stays: the eye should find both in one piece.
	slices.SortStableFunc(b.Rows, func(x, y ui.Crossing) int { return rank(x) - rank(y) })
	if p := strings.TrimPrefix(v.Fresh.Policy, "sha256:"); v.Fresh.K > 0 && len(p) >= 8 {
		b.Note = ui.T("referrals.panel.note", "k", v.Fresh.K, "policy", p[:4]+" "+p[4:8])
	}
	return b
}

func rank(c ui.Crossing) int {
	if c.Crosses() {
		return 0
	}
	return 1
}

func heldTexts(h referral.Held) []ui.Text {
	out := make([]ui.Text, 0, len(h.Values))
	for _, v := range h.Values {
		switch {
		case h.List != "":
			out = append(out, ui.Label(h.List, v))
		case h.Path == "referral/subject/birth_date":
			out = append(out, ui.On(v))
		case v == "yes" || v == "no":
			out = append(out, yesNo(v))
		default:
			out = append(out, ui.Say(v))
		}
	}
	return out
}

// chosen adds what was chosen in the form to the left side.
func chosen(r referral.Referral, held map[string][]ui.Text) {
	f := r.Form
	held["referral/kind"] = ui.Labels("referral_kind", f.Kind)
	held["referral/urgency"] = ui.Labels("urgency", f.Urgency)
	held["referral/purpose"] = ui.Labels("purpose", f.Purpose)
	held["referral/needs"] = ui.Labels("service_type", f.Needs...)
	held["referral/issues"] = ui.Labels("issue", f.Issues...)
	var ph []ui.Text
	for _, p := range f.Phrases {
		ph = append(ph, phraseText(p.Code, p.Slots))
	}
	held["referral/phrases"] = ph
	if f.FeedbackDue != "" {
		held["referral/feedback_due"] = []ui.Text{ui.On(f.FeedbackDue)}
	}
	if !r.RespondBy.IsZero() {
		held["referral/respond_by"] = []ui.Text{ui.At(r.RespondBy)}
	}
	if len(held["referral/subject/household"]) > 0 {
		held["referral/subject/minors"] = []ui.Text{ui.T("referrals.panel.counted")}
		held["referral/subject/kind"] = []ui.Text{ui.T("referrals.panel.counted")}
	}
	for _, p := range []string{"basis", "scope", "version"} {
		held["referral/consent/"+p] = []ui.Text{ui.T("referrals.panel.consent")}
	}
}

func leaving(f referral.Field) []ui.Text {
	var out []ui.Text
	if f.Path == "referral/subject/place" && len(f.Values) == 2 {
		return ui.Labels(f.Values[0], f.Values[1])
	}
	for _, v := range f.Values {
		out = append(out, leavingOne(f.Path, v))
	}
	return out
}

func leavingOne(path, v string) ui.Text {
	for _, list := range listOf[path] {
		if vocabulary.Has(list, v) {
			return ui.Label(list, v)
		}
	}
	switch path {
	case "referral/phrases":
		parts := strings.Split(v, ";")
		slots := map[string]string{}
		for _, p := range parts[1:] {
			name, value, _ := strings.Cut(p, "=")
			slots[name] = value
		}
		return phraseText(parts[0], slots)
	case "referral/feedback_due":
		return ui.On(v)
	case "referral/respond_by":
		if t, err := time.Parse(time.RFC3339, v); err == nil {
			return ui.At(t)
		}
	case "referral/consent/scope":
		return ui.T("referrals.panel.scope")
	}
	if v == "yes" || v == "no" {
		return yesNo(v)
	}
	return ui.Say(v)
}

func yesNo(v string) ui.Text {
	if v == "yes" {
		return ui.T("referrals.yes")
	}
	return ui.T("referrals.no")
}

// phraseText is a controlled sentence with its slot in words.
func phraseText(code string, slots map[string]string) ui.Text {
	for list, value := range slots {
		return ui.T("referrals.phrase.with", "phrase", ui.Label("phrase", code), "slot", ui.Label(list, value))
	}
	return ui.Label("phrase", code)
}
