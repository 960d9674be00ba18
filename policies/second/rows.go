package second

import (
	"errors"
	"strings"
)

const everything = "*"

var (
	purposes = []string{"referral", "handover", "feedback", "protocol", "membership", "publish", "meeting"}
	forms    = []string{"full", "generalised", "count", "sealed"}
	kinds    = []string{"class:a", "class:b", "class:c", "class:d", "class:e", "trait:special", "trait:quasi"}
)

func oneOf(v string, list []string) bool {
	for _, one := range list {
		if v == one {
			return true
		}
	}
	return false
}

func read(row Row) (rule, error) {
	for _, cell := range []string{row.Name, row.Who, row.Purpose, row.Field, row.Form, row.When, row.Effect} {
		if !printable(cell) {
			return rule{}, errors.New("a cell that is empty, too long, or not plain text")
		}
	}
	r := rule{who: row.Who, purpose: row.Purpose, form: row.Form, denies: row.Effect == "deny"}
	switch {
	case !word(row.Name) || len(row.Name) < 2 || len(row.Name) > 48 || strings.HasPrefix(row.Name, "guard_"):
		return r, errors.New("no name of a rule")
	case row.Layer != "floor" && row.Layer != "network" && row.Layer != "own":
		return r, errors.New("nobody's layer")
	case row.Effect != "deny" && row.Effect != "allow":
		return r, errors.New("neither allows nor denies")
	case !r.denies && row.Layer != "network":
		return r, errors.New("only the network's rules allow")
	case r.purpose != everything && !oneOf(r.purpose, purposes):
		return r, errors.New("an unknown purpose")
	case r.form != everything && !oneOf(r.form, forms):
		return r, errors.New("an unknown form")
	case !r.denies && (r.who == everything || r.purpose == everything || r.form == everything):
		return r, errors.New("a rule that allows says to whom, for what and in which form")
	case r.who != everything && !somebody(r.who):
		return r, errors.New("an unknown audience")
	case !isKind(row.Field) && !pattern(row.Field):
		return r, errors.New("neither a class, a trait nor a path")
	}
	var ok bool
	r.kind, r.name, _ = strings.Cut(r.who, ":")
	if r.when, ok = terms(row.When); !ok {
		return r, errors.New("a condition of unknown words")
	}
	return r, nil
}

// printable accepts what a person can see and a file of rules can hold.
func printable(cell string) bool {
	if cell == "" || len(cell) > 300 || cell[0] == ' ' || cell[len(cell)-1] == ' ' {
		return false
	}
	for i := range len(cell) {
		if c := cell[i]; c < ' ' || c > '~' || c == ',' || c == '"' || c == '#' {
			return false
		}
	}
	return true
}

// word is a small letter, then small letters, digits and low lines.
func word(s string) bool {
	for i := range len(s) {
		small := s[i] >= 'a' && s[i] <= 'z'
		if !small && (i == 0 || (s[i] != '_' && (s[i] < '0' || s[i] > '9'))) {
			return false
		}
	}
	return s != ""
}

func isKind(field string) bool { return oneOf(field, kinds) }

// pattern accepts segments that are words or *, and ** as the last one.
func pattern(field string) bool {
	head, last := "", field
	if i := strings.LastIndexByte(field, '/'); i >= 0 {
		head, last = field[:i], field[i+1:]
	}
	if last != "*" && last != "**" && !word(last) {
		return false
	}
	for head != "" {
		var one string
		one, head, _ = strings.Cut(head, "/")
		if one != "*" && !word(one) {
			return false
		}
	}
	return !strings.HasPrefix(field, "/") && !strings.Contains(field, "//")
}

// speaks reports whether a row's field cell names f: by its class, by a trait,
// or by its path.
func speaks(cell string, f Field) bool {
	switch cell {
	case "trait:special":
		return f.Special
	case "trait:quasi":
		return f.Quasi
	}
	if class, ok := strings.CutPrefix(cell, "class:"); ok {
		return class == strings.ToLower(f.Class)
	}
	return along(cell, f.Path)
}

// along walks a pattern and a path side by side: * is one segment, ** all the
// rest, of which there is at least one.
func along(pattern, path string) bool {
	if pattern == "**" {
		return path != ""
	}
	want, restWant, moreWant := strings.Cut(pattern, "/")
	have, restHave, moreHave := strings.Cut(path, "/")
	if have == "" || (want != "*" && want != have) || moreWant != moreHave {
		return false
	}
	return !moreWant || along(restWant, restHave)
}
