package nodeui

import (
	"time"

	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/ui"
)

func policyFixtures() []web.Fixture {
	full := policyFixture(false)
	one := policyFixture(true)
	strict := policyFixture(false)
	strict.ByAge = true
	strict.Groups[1].Rows[0].Cells[0].Adults = true
	strict.Failed = []PolicyFailure{{Rule: ui.T("policy.rule.referral_coarse"), Field: ui.T("policy.field.referral.subject.place"), Kind: ui.Label("member_tier", "full"),
		Want: ui.T("policy.form.generalised"), Got: ui.T("policy.why.own"), Stricter: true}}
	strict.Layers[2].Rules = []PolicyRule{{Text: ui.T("policy.rule.own"), Code: "no_place_of_children, *, referral, referral/subject/place, *, !r.ctx.Adult, deny",
		About: []ui.Text{ui.T("policypage.who.everybody"), ui.T("policy.field.referral.subject.place"), ui.T("policypage.under.adult")}},
		{Text: ui.T("policy.rule.own"), Code: "again, *, referral, referral/person/phone, *, true, deny", Idle: true}}
	strict.Layers[2].Idle = 1
	wrong := policyFixture(false)
	wrong.Failed = []PolicyFailure{{Rule: ui.T("policy.rule.floor_hub"), Field: ui.T("policy.field.referral.needs"), Kind: ui.Label("member_tier", "secretariat"),
		Want: ui.T("policy.why.floor_hub"), Got: ui.T("policy.form.full")}}
	out := []web.Fixture{
		{Name: "policy/matrix: all", TitleKey: "policypage.title", Page: full},
		{Name: "policy/matrix: one recipient", TitleKey: "policypage.title", Page: one},
		{Name: "policy/matrix: stricter rules of our own", TitleKey: "policypage.title", Page: strict},
		{Name: "policy/matrix: an example fails", TitleKey: "policypage.title", Page: wrong},
		{Name: "policy/matrix: no rules", TitleKey: "policypage.title", Page: PolicyPage{}},
	}
	for _, f := range []struct {
		name string
		page PolicyWhyPage
	}{{"leaves", whyLeaves()}, {"stays", whyStays()}, {"a rule denies", whyDenied()}, {"never", whyNever()}} {
		out = append(out, web.Fixture{Name: "policy/why: " + f.name, TitleKey: "policypage.why.title", Page: f.page})
	}
	everybody := whyLeaves()
	everybody.ByAge, everybody.Kinds[0].Adults = true, true
	everybody.Kind, everybody.Kinds[0].Current = ui.Text{}, false
	return append(out, web.Fixture{Name: "policy/why: everybody", TitleKey: "policypage.why.title", Page: everybody})
}

var fixtureKinds = []string{"full", "provisional", "affiliate", "observer", "secretariat", "candidate", "suspended", "stranger"}

func fixtureKind(k string) ui.Text {
	if k == "candidate" || k == "suspended" || k == "stranger" {
		return ui.T("policypage.peer." + k)
	}
	return ui.Label("member_tier", k)
}

func policyFixture(one bool) PolicyPage {
	kinds := fixtureKinds
	if one {
		kinds = kinds[:1]
	}
	p := PolicyPage{Hash: "8a41 0c7f 93be 22d0 5e19 7b64 f00d 1a2b 8a41 0c7f 93be 22d0 5e19 7b64 f00d 1a2b", Since: time.Date(2026, 11, 25, 2, 10, 0, 0, time.UTC),
		Examples: 41, Kinds: []PolicyKind{{Name: ui.T("policypage.peer.all"), Href: "/policy", Current: !one}}}
	for i, k := range fixtureKinds {
		p.Kinds = append(p.Kinds, PolicyKind{Name: fixtureKind(k), Href: "/policy?peer=" + k, Current: one && i == 0})
	}
	for _, k := range kinds {
		p.Heads = append(p.Heads, fixtureKind(k))
	}
	if one {
		p.Chosen, p.ChosenHint = fixtureKind("full"), ui.T("policypage.hint.full")
	}
	row := func(field, class string, levels ...PolicyLevel) PolicyRow {
		r := PolicyRow{Field: ui.T("policy.field." + field), Class: class, Href: "/policy/why"}
		for i, k := range kinds {
			level := PolicyLevel("never")
			if i < len(levels) {
				level = levels[i]
			}
			r.Cells = append(r.Cells, PolicyCell{Level: level, Kind: fixtureKind(k), Href: "/policy/why"})
			if level == "never" && !one {
				r.Rest = append(r.Rest, fixtureKind(k))
			}
		}
		return r
	}
	place := row("referral.subject.place", "C", "coarse")
	place.Leaves = []ui.Text{ui.T("policy.transform.place_province"), ui.T("policy.transform.place_region")}
	link := func(field string) PolicyLink {
		return PolicyLink{Field: ui.T("policy.field." + field), Href: "/policy/why"}
	}
	p.Groups = []PolicyGroup{
		{ID: "person", Open: true, Title: ui.T("policypage.group.person"), Rows: []PolicyRow{row("referral.subject.sex", "C", "coarse")},
			Stays: []PolicyStays{{Class: "B", Level: "sealed", Fields: []PolicyLink{link("referral.person.full_name"), link("referral.person.contact")}},
				{Class: "A", Level: "never", Fields: []PolicyLink{link("referral.person.phone"), link("referral.person.national_id"), link("referral.person.photo")}}}},
		{ID: "situation", Open: true, Title: ui.T("policypage.group.situation"), Rows: []PolicyRow{place, row("referral.subject.status", "C", "special"), row("referral.issues", "D", "full", "full")}},
		{ID: "outcome", Title: ui.T("policypage.group.outcome"), Rows: []PolicyRow{row("engagement.outcomes", "D", "full", "full")}},
		{ID: "members", Title: ui.T("policypage.group.members"), Rows: []PolicyRow{row("members.services", "E", "full", "full", "full", "full", "full")}},
	}
	for _, l := range []string{"floor", "network", "own"} {
		p.Layers = append(p.Layers, PolicyLayer{ID: l, Title: ui.T("policypage.layer." + l), Text: ui.T("policypage.layer.text." + l)})
	}
	p.Layers[0].Rules = []PolicyRule{{Text: ui.T("policy.rule.floor_never"), Code: "floor_never, *, *, class:a, *, true, deny", Second: true},
		{Text: ui.T("policy.rule.floor_small"), Code: "floor_small, *, referral, trait:quasi, *, r.ctx.K < 5, deny"}}
	p.Layers[1].Rules = []PolicyRule{{Text: ui.T("policy.rule.referral_coarse"), Code: "referral_coarse, role:full, referral, class:c, generalised, r.ctx.Consent >= 2 && r.ctx.Openness >= 2 && r.ctx.K >= 5, allow"}}
	return p
}

func whyFixture(field, class string, levels ...PolicyLevel) PolicyWhyPage {
	p := PolicyWhyPage{Field: ui.T("policy.field." + field), Class: class, ClassText: ui.T("policypage.class." + class), Purpose: ui.T("policy.purpose.referral")}
	for i, k := range fixtureKinds {
		level := levels[len(levels)-1]
		if i < len(levels) {
			level = levels[i]
		}
		hint := k
		if k == "secretariat" {
			hint = "hub"
		}
		p.Kinds = append(p.Kinds, PolicyCell{Level: level, Kind: fixtureKind(k), Hint: ui.T("policypage.hint." + hint), Href: "/policy/why"})
	}
	return p
}

func whyLeaves() PolicyWhyPage {
	p := whyFixture("referral.subject.place", "C", "coarse", "never")
	p.Kinds[0].Current = true
	p.Person = true
	p.Kind, p.KindHint, p.Level = fixtureKind("full"), ui.T("policypage.hint.full"), "coarse"
	p.Rule, p.RuleText = ui.T("policy.rule.referral_coarse"), "referral_coarse, role:full, referral, class:c, generalised, r.ctx.Consent >= 2 && r.ctx.Openness >= 2 && r.ctx.K >= 5, allow"
	p.Layer, p.LayerText = "network", ui.T("policypage.layer.network")
	p.Needs = []PolicyNeed{{Text: ui.T("policypage.who.full")},
		{Text: ui.T("policypage.need.consent.2"), Why: ui.T("policy.why.floor_consent"), Remedy: ui.T("policy.remedy.floor_consent")},
		{Text: ui.T("policypage.need.k", "n", 5), Why: ui.T("policy.why.floor_small"), Remedy: ui.T("policy.remedy.floor_small")}}
	p.Holds = ui.Labels("province", "57")
	p.Steps = []PolicyStep{{Transform: ui.T("policy.transform.place_province"), Leaves: ui.Labels("province", "57")},
		{Transform: ui.T("policy.transform.place_region"), Leaves: ui.Labels("region", "north")}}
	p.Notes, p.Quasi = []ui.Text{ui.T("policy.coarse.small"), ui.T("policy.coarse.sensitive")}, true
	return p
}

func whyStays() PolicyWhyPage {
	p := whyLeaves()
	p.Kinds[0].Current, p.Kinds[1].Current = false, true
	p.Kind, p.KindHint, p.Level, p.Nearest = fixtureKind("provisional"), ui.T("policypage.hint.provisional"), "never", true
	p.Why, p.Remedy, p.Instead = ui.T("policy.why.tier"), ui.T("policy.remedy.tier"), []ui.Text{fixtureKind("full")}
	p.Needs = []PolicyNeed{{Text: ui.T("policypage.who.full")}, {Text: ui.T("policypage.need.consent.2")}, {Text: ui.T("policypage.need.k", "n", 5)}}
	return p
}

func whyDenied() PolicyWhyPage {
	p := whyLeaves()
	p.Kinds[0].Current, p.Kinds[4].Current = false, true
	p.Kind, p.KindHint, p.Level, p.Denies = fixtureKind("secretariat"), ui.T("policypage.hint.hub"), "never", true
	p.Rule, p.RuleText = ui.T("policy.rule.floor_hub"), "floor_hub, role:secretariat, referral, referral/**, *, true, deny"
	p.Layer, p.LayerText = "floor", ui.T("policypage.layer.floor")
	p.Why, p.Remedy, p.Instead = ui.T("policy.why.floor_hub"), ui.T("policy.remedy.floor_hub"), []ui.Text{fixtureKind("full")}
	p.Needs = []PolicyNeed{{Text: ui.T("policypage.who.secretariat")}}
	return p
}

func whyNever() PolicyWhyPage {
	p := whyFixture("referral.person.phone", "A", "never")
	p.Kinds[0].Current = true
	p.Kind, p.KindHint, p.Level = fixtureKind("full"), ui.T("policypage.hint.full"), "never"
	p.Rule, p.Layer, p.LayerText = ui.T("policy.rule.guard_class_a"), "program", ui.T("policypage.layer.program")
	p.Why, p.Remedy = ui.T("policy.why.guard_class_a"), ui.T("policy.remedy.guard_class_a")
	return p
}
