package policies

import (
	"slices"
	"strings"
	"testing"
)

// good is an own row that everything accepts; each case spoils one thing.
func good() []string {
	return []string{"no_issue", "*", "referral", "referral/issues", "*", "r.ctx.Consent < 3", "deny"}
}

func TestRowsThatAreNoRules(t *testing.T) {
	if _, err := Compile([][]string{good()}); err != nil {
		t.Fatal(err)
	}
	cell := func(i int, v string) []string { r := good(); r[i] = v; return r }
	for name, row := range map[string][]string{
		"short": good()[:6], "long": append(good(), "deny"), "empty": {}, "nil": nil,
		"Deny": cell(6, "Deny"), "DENY": cell(6, "DENY"), "deny and a blank": cell(6, "deny "), "denied": cell(6, "denied"), "no effect": cell(6, ""),
		"allow": cell(6, "allow"), "zero width in effect": cell(6, "de\u200bny"),
		"no name": cell(0, ""), "a guard's name": cell(0, "guard_class_a"), "Thai name": cell(0, "กฎ"), "name of the floor": cell(0, "floor_never"),
		"no subject": cell(1, ""), "bare subject": cell(1, "member"), "unknown role": cell(1, "role:members"), "role with a blank": cell(1, " role:member"),
		"unknown prefix": cell(1, "class:c"), "org without address": cell(1, "org:"), "org as role": cell(1, "org:role:member"), "group": cell(1, "wg:"),
		"unknown purpose": cell(2, "Referral"), "no purpose": cell(2, ""),
		"unknown field": cell(3, "referral/isues"), "unknown class": cell(3, "class:z"), "class in capitals": cell(3, "class:A"),
		"half segment": cell(3, "referral/iss*"), "** in the middle": cell(3, "referral/**/sex"), "double slash": cell(3, "referral//issues"),
		"dot": cell(3, "referral/./issues"), "slash at the end": cell(3, "referral/issues/"), "zero width": cell(3, "referral/\u200bissues"),
		"regular expression": cell(3, "referral/.*"), "no field": cell(3, ""),
		"unknown form": cell(4, "read"), "no form": cell(4, ""),
		"no condition": cell(5, ""), "not equal": cell(5, "r.ctx.Consent != 3"), "equal": cell(5, "r.ctx.Consent == 3"), "unknown attribute": cell(5, "r.ctx.Secret >= 1"),
		"a date": cell(5, "r.ctx.Date < '2024-01-02'"), "a call": cell(5, "r.ctx.Nuke('hello')"), "or": cell(5, "r.ctx.Adult || r.ctx.K >= 5"),
		"brackets": cell(5, "(r.ctx.Adult)"), "hash": cell(5, "true # && r.ctx.Adult"), "number and truth": cell(5, "r.ctx.Adult >= 1"),
		"truth of a number": cell(5, "r.ctx.K"), "no blanks": cell(5, "r.ctx.K>=5"), "negative": cell(5, "r.ctx.K >= -1"), "huge": cell(5, "r.ctx.K >= 99999"),
		"True": cell(5, "True"), "comma": cell(5, "true,allow"), "line break": cell(5, "true\np, x"), "double negation": cell(5, "!!r.ctx.Adult"),
		"not normal form": cell(1, "wg:cafe\u0301"), "control": cell(2, "referral\x00"), "other script": cell(1, "role:mеmber"),
	} {
		if _, err := Compile([][]string{row}); err == nil {
			t.Errorf("%s: accepted %q", name, row)
		}
	}
	if _, err := Compile([][]string{good(), good()}); err == nil {
		t.Error("the same rule twice is accepted")
	}
}

func TestRowsOfTheNetwork(t *testing.T) {
	for name, text := range map[string]string{
		"allowing everybody":       "x1,*,referral,class:d,full,true,allow",
		"allowing every form":      "x1,role:full,referral,class:d,*,true,allow",
		"allowing every purpose":   "x1,role:full,*,class:d,full,true,allow",
		"p9":                       "p9,x1,role:full,referral,class:d,full,true,deny",
		"short":                    "x1,role:full,referral,class:d,full,deny",
		"quoted comma":             "x1,\"role:full,role:member\",referral,class:d,full,true,deny",
		"a blank before the comma": "x1 ,role:full,referral,class:d,full,true,deny",
	} {
		if _, err := readRows(text, "network"); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	rows, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := compileRows(nil); err == nil {
		t.Error("no rules at all are accepted")
	}
	var loose []Row
	for _, r := range rows {
		if r.Layer != "floor" {
			loose = append(loose, r)
		}
	}
	if _, err := compileRows(loose); err == nil {
		t.Error("rules without a floor are accepted")
	}
}

func TestHash(t *testing.T) {
	a, err := Compile(nil)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := Compile(nil)
	c, err := Compile([][]string{good()})
	if err != nil {
		t.Fatal(err)
	}
	if a.Hash() != b.Hash() || a.Hash() == c.Hash() || !strings.HasPrefix(a.Hash(), "sha256:") || len(a.Hash()) != 71 {
		t.Errorf("%s %s %s", a.Hash(), b.Hash(), c.Hash())
	}
}

// TestLoadKeepsTheOld: a bad row leaves the live rules as they were.
func TestLoadKeepsTheOld(t *testing.T) {
	w := open(t, good())
	before := w.gate.Policy()
	if err := w.gate.Load([][]string{{"x"}}); err == nil {
		t.Fatal("a bad row is accepted")
	}
	if w.gate.Policy() != before {
		t.Error("a bad row changed the live rules")
	}
}

// TestQuestions: what casbin would answer wrongly is never asked.
func TestQuestions(t *testing.T) {
	s, err := Compile(nil)
	if err != nil {
		t.Fatal(err)
	}
	best := Situation{Consent: 3, Openness: 3, K: 1000, Scrubbed: true, Reviewed: true, Adult: true}
	full := subject{peer: Peer{Actor: fullPeer, Tier: "full", State: "active", Role: "member"}, id: "org:" + fullPeer, roles: []string{"role:full", "role:member", "role:network"}}
	if v, err := s.ask(full, Referral, "referral/kind", "full", best); err != nil || !v.allowed || v.rule != "referral_codes" {
		t.Fatalf("%+v %v", v, err)
	}
	for name, q := range map[string]struct {
		sub               subject
		purpose, path, at string
	}{
		"nothing":                 {},
		"empty strings":           {full, "", "", ""},
		"a subject without roles": {subject{id: "role:full"}, Referral, "referral/kind", "full"},
		"a role as subject":       {subject{id: "role:full", roles: []string{"role:observer"}}, Referral, "referral/message", "count"},
		"a class as field":        {full, Referral, "class:d", "full"},
		"a doubled slash":         {full, Referral, "referral//kind", "full"},
		"a dot":                   {full, Referral, "referral/./kind", "full"},
		"an invisible character":  {full, Referral, "referral/\u200bkind", "full"},
		"a longer path":           {full, Referral, "referral/kind/x", "full"},
		"a pattern as field":      {full, Referral, "referral/**", "full"},
		"a star as purpose":       {full, "*", "referral/kind", "full"},
		"a star as form":          {full, Referral, "referral/kind", "*"},
		"a purpose without rules": {full, "statistics", "referral/kind", "full"},
		"class A":                 {full, Referral, "referral/person/full_name", "full"},
	} {
		if v, err := s.ask(q.sub, q.purpose, q.path, q.at, best); v.allowed {
			t.Errorf("%s: allowed by %s (%v)", name, v.rule, err)
		}
	}
	if v, err := (*Snapshot)(nil).ask(full, Referral, "referral/kind", "full", best); v.allowed || err == nil {
		t.Error("no rules, yet an answer")
	}
}

func TestFieldMatch(t *testing.T) {
	for _, c := range []struct {
		path, pattern string
		want          bool
	}{
		{"a/b/c", "a/b/c", true}, {"a/b/c", "a/*/c", true}, {"a/b/c", "a/**", true}, {"a/b", "a/**", true}, {"a/b", "**", true},
		{"a", "a/**", false}, {"a/b/name", "a/*/c", false}, {"a/bb", "a/b", false}, {"a/b/c", "a/b", false}, {"a/b", "a/b/c", false},
		{"a/b/c", "a/*", false}, {"xa/b", "a/b", false}, {"a//c", "a/*/c", false}, {"a/b", "", false}, {"", "a", false}, {"a.b", "a*b", false},
	} {
		if got := fieldMatch(c.path, c.pattern); got != c.want {
			t.Errorf("%s ~ %s = %t", c.path, c.pattern, got)
		}
	}
}

// TestRegistry: every field has a class, and what may leave has a transform.
func TestRegistry(t *testing.T) {
	for _, f := range Fields() {
		switch f.Class {
		case ClassA, ClassB:
			sealed := f.Class == ClassB && strings.HasPrefix(f.Path, "handover/person/") && slices.Equal(f.Ladder, []string{"sealed/1"}) && f.Release == "stage2"
			if !sealed && len(f.Ladder) > 0 || (f.Release != "never" && f.Release != "stage2") {
				t.Errorf("%s of class %s has a way out", f.Path, f.Class)
			}
		case ClassC, ClassD, ClassE:
			if len(f.Ladder) == 0 || f.Release == "" || f.Retention == "" {
				t.Errorf("%s is not complete", f.Path)
			}
		default:
			t.Errorf("%s has the class %q", f.Path, f.Class)
		}
	}
	if f := FieldOf("referral/anything_new"); f.Class != ClassA {
		t.Errorf("an unknown field has the class %s", f.Class)
	}
}
