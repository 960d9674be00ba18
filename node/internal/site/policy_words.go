package site

import (
	"net/url"
	"slices"
	"strings"

	"github.com/saphan-network/saphan/federation/vocabulary"
	"github.com/saphan-network/saphan/node/clinic/referral"
	"github.com/saphan-network/saphan/web/nodeui"
	"github.com/saphan-network/saphan/web/ui"
)

// common tells the kinds that every network has from those that our own rules name.
func common(kind string) bool { return !strings.Contains(kind, ":") }

func kindText(kind string) ui.Text {
	if group, ok := strings.CutPrefix(kind, "wg:"); ok {
		return ui.T("policypage.peer.group", "name", group)
	}
	if org, ok := strings.CutPrefix(kind, "org:"); ok {
		return ui.Say(org)
	}
	if kind == "hub" {
		kind = "secretariat"
	}
	if vocabulary.Has("member_tier", kind) {
		return ui.Label("member_tier", kind)
	}
	return ui.T("policypage.peer." + kind)
}

func kindHint(kind string) ui.Text {
	if !common(kind) {
		return ui.T("policypage.hint.named")
	}
	return ui.T("policypage.hint." + kind)
}

func fieldText(path string) ui.Text {
	return ui.T("policy.field." + strings.ReplaceAll(path, "/", "."))
}

// whoText is whom a rule is for.
func whoText(who string) ui.Text {
	if role, ok := strings.CutPrefix(who, "role:"); ok {
		return ui.T("policypage.who." + role)
	}
	if who == "*" {
		return ui.T("policypage.who.everybody")
	}
	return ui.T("policypage.who.named", "name", kindText(who))
}

// termText is a clause of a condition as a sentence.
func termText(t RuleTerm) ui.Text {
	attr := strings.ToLower(t.Attr)
	switch {
	case t.Op == "<" || t.Op == "not":
		return ui.T("policypage.under."+attr, "n", t.N)
	case attr == "consent" && t.N >= 1 && t.N <= 3:
		return ui.T("policypage.need.consent." + string(rune('0'+t.N)))
	case attr == "openness" && t.N >= 1 && t.N <= 3:
		return ui.T("policypage.need.openness." + string(rune('0'+t.N)))
	case attr == "k" && t.N <= 1:
		return ui.T("policypage.need.counted")
	}
	return ui.T("policypage.need."+attr, "n", t.N)
}

// level is the answer in one word: full, coarse, special, sealed or never.
func level(r RuleReach) nodeui.PolicyLevel {
	switch {
	case r.Form == "withheld" && r.Why == "policy.why.guard_class_b" && (r.Kind == "full" || !common(r.Kind)), r.Form == "sealed":
		return "sealed"
	case r.Form == "withheld":
		return "never"
	case r.Consent >= 3:
		return "special"
	case r.Form == "generalised":
		return "coarse"
	}
	return "full"
}

func cellOf(r RuleReach, current bool) nodeui.PolicyCell {
	return nodeui.PolicyCell{Level: level(r), Adults: r.Adult, Kind: kindText(r.Kind), Hint: kindHint(r.Kind), Current: current,
		Href: "/policy/why?field=" + url.QueryEscape(r.Path) + "&peer=" + url.QueryEscape(r.Kind)}
}

// groupOf says what a field is about.
func groupOf(path string) string {
	rest, isReferral := strings.CutPrefix(path, "referral/")
	head, _, _ := strings.Cut(path, "/")
	switch {
	case head == "handover":
		return "person"
	case !isReferral:
		return map[string]string{"engagement": "outcome", "activity": "messages", "membership": "members", "members": "members", "application": "members",
			"public": "public", "meeting": "meeting", "lesson": "lesson"}[head]
	case slices.Contains([]string{"subject/status", "subject/place", "issues", "phrases", "narrative", "notes", "opened_on", "case_number",
		"case_id", "adversary", "reporter", "person/village", "person/district", "person/location", "person/address_line", "person/status_group",
		"person/employer", "person/needs_text"}, rest):
		return "situation"
	case strings.HasPrefix(rest, "subject/"), strings.HasPrefix(rest, "person/"):
		return "person"
	}
	return "request"
}

// groups are the rows of the table by what the fields are about; what reaches
// none of those shown stands below, by class.
func groups(r Rules, shown []string) []nodeui.PolicyGroup {
	var out []nodeui.PolicyGroup
	for _, name := range []string{"person", "situation", "request", "outcome", "messages", "members", "meeting", "lesson", "public"} {
		g := nodeui.PolicyGroup{ID: name, Title: ui.T("policypage.group." + name), Open: name == "person" || name == "situation"}
		for _, f := range r.Fields {
			if groupOf(f.Path) != name {
				continue
			}
			if row := rowOf(r, f, shown); len(row.Rest) < len(shown) {
				g.Rows = append(g.Rows, row)
			} else {
				stay(&g, f, row, len(shown) == 1)
			}
		}
		slices.SortStableFunc(g.Stays, func(a, b nodeui.PolicyStays) int { return strings.Compare(b.Class, a.Class) })
		if g.Count() > 0 {
			out = append(out, g)
		}
	}
	return out
}

// stay puts a field to the others of its class.
func stay(g *nodeui.PolicyGroup, f RuleField, row nodeui.PolicyRow, one bool) {
	link := nodeui.PolicyLink{Field: row.Field, Href: row.Href}
	if one {
		link.Href = row.Cells[0].Href
	}
	i := slices.IndexFunc(g.Stays, func(s nodeui.PolicyStays) bool { return s.Class == f.Class })
	if i < 0 {
		g.Stays, i = append(g.Stays, nodeui.PolicyStays{Class: f.Class, Level: row.Cells[0].Level}), len(g.Stays)
	}
	g.Stays[i].Fields = append(g.Stays[i].Fields, link)
}

func rowOf(r Rules, f RuleField, shown []string) nodeui.PolicyRow {
	row := nodeui.PolicyRow{Field: fieldText(f.Path), Class: f.Class, Href: "/policy/why?field=" + url.QueryEscape(f.Path)}
	for _, one := range r.Reaches {
		if one.Path != f.Path || !slices.Contains(shown, one.Kind) {
			continue
		}
		cell := cellOf(one, false)
		row.Cells = append(row.Cells, cell)
		if one.Form == "withheld" {
			row.Rest = append(row.Rest, cell.Kind)
		}
	}
	if f.Class == "C" {
		for _, s := range f.Steps {
			row.Leaves = append(row.Leaves, ui.T(s.Transform))
		}
	}
	return row
}

func layers(r Rules) []nodeui.PolicyLayer {
	var out []nodeui.PolicyLayer
	for _, name := range []string{"floor", "network", "own"} {
		l := nodeui.PolicyLayer{ID: name, Title: ui.T("policypage.layer." + name), Text: ui.T("policypage.layer.text." + name)}
		for _, row := range r.Rows {
			if row.Layer != name {
				continue
			}
			line := nodeui.PolicyRule{Text: ui.T(row.Key), Code: row.Text, Idle: row.Idle != "" && !row.Guard, Second: row.Idle != "" && row.Guard}
			if name == "own" {
				line.About = append(line.About, whoText(row.Who))
				if row.Path != "" {
					line.About = append(line.About, fieldText(row.Path))
				}
				for _, t := range row.Terms {
					line.About = append(line.About, termText(t))
				}
			}
			if line.Idle {
				l.Idle++
			}
			l.Rules = append(l.Rules, line)
		}
		out = append(out, l)
	}
	return out
}

// spaced is a hash to be compared by eye: groups of four.
func spaced(hash string) string {
	hash = strings.TrimPrefix(hash, "sha256:")
	var parts []string
	for len(hash) > 4 {
		parts, hash = append(parts, hash[:4]), hash[4:]
	}
	return strings.Join(append(parts, hash), " ")
}

func stepsOf(f RuleField) []nodeui.PolicyStep {
	var out []nodeui.PolicyStep
	for _, s := range f.Steps {
		step := nodeui.PolicyStep{Transform: ui.T(s.Transform)}
		if f.Path == "referral/subject/place" && len(s.Leaves) == 2 {
			step.Leaves = ui.Labels(s.Leaves[0], s.Leaves[1])
		} else {
			for _, v := range s.Leaves {
				step.Leaves = append(step.Leaves, valueText(f, v))
			}
		}
		out = append(out, step)
	}
	return out
}

// valueText says a value that has left in words.
func valueText(f RuleField, v string) ui.Text {
	for _, list := range f.Lists {
		if vocabulary.Has(list, v) {
			return ui.Label(list, v)
		}
	}
	if strings.HasSuffix(f.Path, "/month") || f.Path == "activity/expected" || f.Path == "engagement/next_update" {
		return ui.On(v)
	}
	return leavingOne(f.Path, v)
}

// specimenTexts says the made-up value as the file would show it.
func specimenTexts(f RuleField) []ui.Text {
	list := map[string]string{"referral/subject/place": "province", "referral/subject/status": "status", "referral/subject/sex": "sex",
		"referral/subject/interpreter": "language"}[f.Path]
	var out []ui.Text
	for _, v := range f.Specimen {
		switch {
		case list != "" || f.Path == "referral/subject/birth_date":
			out = append(out, heldTexts(referral.Held{Path: f.Path, List: list, Values: []string{v}})...)
		default:
			out = append(out, valueText(f, v))
		}
	}
	return out
}
