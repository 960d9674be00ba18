package policies

import (
	"slices"
	"strings"
)

// refusal says by which rule or guard something stays, and why in a word.
type refusal struct{ rule, key, why string }

// remedyOf is the message key of what a person can do about a refusal.
func remedyOf(why string) string {
	if why == "" {
		return ""
	}
	return strings.Replace(why, "policy.why.", "policy.remedy.", 1)
}

// guardOf is the refusal of what no rule can release.
func guardOf(s *Snapshot, f Field) refusal {
	name := "guard_class_a"
	if f.Class == ClassB {
		name = "guard_class_b"
	} else if _, known := s.fields[f.Path]; !known {
		name = "guard_unclassified"
	}
	return refusal{rule: name, key: "policy.rule." + name, why: "policy.why." + name}
}

// whyNot explains a denial: the rule that denied, or else the allowing rule that
// came nearest and what it still wanted.
func (s *Snapshot) whyNot(sub subject, purpose, path string, act Form, at Situation, v verdict) refusal {
	if r, ok := s.row(v.rule); ok {
		why := "policy.why." + r.ID
		if r.Layer == "own" {
			why = "policy.why.own"
		}
		return refusal{rule: r.String(), key: r.Key(), why: why}
	}
	nearest := refusal{rule: "default_deny", key: "policy.rule.default_deny", why: "policy.why.no_rule"}
	for _, r := range s.rows {
		if r.Effect != "allow" || !s.covers(r, purpose, path, string(act)) {
			continue
		}
		if !sub.is(r.Sub) {
			nearest = refusal{rule: r.String(), key: r.Key(), why: "policy.why.tier"}
			continue
		}
		if missing := s.conds[r.Cond].failing(at); len(missing) > 0 {
			return refusal{rule: r.String(), key: r.Key(), why: "policy.why." + "needs_" + strings.ToLower(missing[0].attr)}
		}
	}
	return nearest
}

// covers reports whether a rule speaks of this purpose, field and form.
func (s *Snapshot) covers(r Row, purpose, path, act string) bool {
	if (r.Purpose != "*" && r.Purpose != purpose) || (r.Act != "*" && r.Act != act) {
		return false
	}
	if strings.Contains(r.Obj, ":") { // a class or a trait; no path has one
		return slices.Contains(s.field(path).names(), r.Obj)
	}
	return fieldMatch(path, r.Obj)
}

// TransformKey is the message key that says a transform in words.
func TransformKey(name string) string {
	base, _, _ := strings.Cut(name, "/")
	return "policy.transform." + base
}
