package site

import (
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/node/clinic/ruleset"
	"github.com/saphan-network/saphan/web/nodeui"
	"github.com/saphan-network/saphan/web/ui"
)

// speaker says rules in words; it knows the members' names.
type speaker struct{ peers []Recipient }

func (r *Rulemaking) speaker(c *gin.Context) (speaker, error) {
	peers, err := r.peers.Recipients(c.Request.Context())
	return speaker{peers}, err
}

// sentence is one rule in words.
func (s speaker) sentence(row ruleset.Row, findings []ruleset.Finding) nodeui.RuleSentence {
	out := nodeui.RuleSentence{Name: row.Name, Reason: row.Reason, Code: strings.Join(row.Cells(), ", ")}
	form := row.Form
	if !slices.Contains([]string{"full", "generalised", "count"}, form) {
		form = "any"
	}
	out.Text = ui.T("rules.forbid."+form, "who", s.who(row.Who), "what", what(row.Field))
	if row.Purpose != "*" && row.Purpose != "" {
		out.For = ui.T("policy.purpose." + row.Purpose)
	}
	for _, t := range ruleset.Terms(row.When) {
		out.When = append(out.When, when(t))
	}
	for _, f := range findings {
		if f.Name == row.Name && row.Name != "" {
			out.Idle = f.Kind
		}
	}
	return out
}

// who is whom a rule is about.
func (s speaker) who(sub string) ui.Text {
	kind, name, _ := strings.Cut(sub, ":")
	switch kind {
	case "role":
		return ui.T("rules.who." + name)
	case "wg":
		return ui.T("rules.who.group", "name", name)
	case "org":
		for _, p := range s.peers {
			if p.Actor == name {
				return ui.Say(p.Name)
			}
		}
		return ui.Say(name)
	}
	return ui.T("rules.who.everybody")
}

// what is what a rule speaks of.
func what(field string) ui.Text {
	switch {
	case strings.Contains(field, ":"):
		return ui.T("rules.what." + strings.Replace(field, ":", ".", 1))
	case strings.Contains(field, "*"):
		return ui.T("rules.what.pattern", "path", field)
	}
	return fieldText(field)
}

// when is a clause of a condition.
func when(t ruleset.Term) ui.Text {
	attr := strings.ToLower(t.Attr)
	switch t.Op {
	case "is", "not":
		return ui.T("rules.when." + attr + "." + t.Op)
	case "<":
		if (attr == "consent" || attr == "openness") && (t.N == 2 || t.N == 3) {
			return ui.T("rules.when." + attr + ".under." + string(rune('0'+t.N)))
		}
		return ui.T("rules.when."+attr+".under", "n", t.N)
	}
	return ui.T("rules.when."+attr+".from", "n", t.N)
}

// kind is a kind of recipients in an effect.
func (s speaker) kind(name string) ui.Text {
	switch {
	case strings.Contains(name, ":"):
		return s.who(name)
	case name == "hub":
		return ui.T("rules.who.secretariat")
	}
	return ui.T("rules.who." + name)
}

// impact is what follows from rules.
func (s speaker) impact(j ruleset.Judgement, over int64) nodeui.RuleImpact {
	out := nodeui.RuleImpact{Over: over, Referrals: j.Referrals, Messages: j.Messages, Examples: j.Examples, Failed: j.Failed, Differ: j.Differ}
	for _, p := range j.Problems {
		column := p.Column
		if column == "" {
			column = "row"
		}
		out.Problems = append(out.Problems, ui.T("rules.problem.at", "n", p.Row, "what", ui.T("rules.problem."+column)))
	}
	for _, f := range j.Findings {
		if f.Kind == "dead" {
			out.Dead++
		} else {
			out.Shadowed++
		}
	}
	for _, e := range j.Effects {
		one := nodeui.RuleEffect{Allows: e.Allows, Message: e.Message, What: what(e.Path), For: ui.T("policy.purpose." + e.Purpose), Members: e.Members, Partly: e.Partly}
		for _, k := range e.Kinds {
			one.Kinds = append(one.Kinds, s.kind(k))
		}
		for _, t := range e.When {
			one.When = append(one.When, when(t))
		}
		out.Effects = append(out.Effects, one)
	}
	return out
}
