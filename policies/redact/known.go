package redact

import (
	"regexp"
	"strings"
	"unicode"
)

// findKnown finds identifiers of the case: whole, without their title, and each
// longer part alone; numbers with any separators; Thai whatever its tone marks.
func findKnown(n normal, known []string) []Span {
	var out []Span
	for _, k := range known {
		for _, v := range variants(strings.TrimSpace(normalise(k).text)) {
			re, kind := pattern(v)
			if re == nil {
				continue
			}
			for _, m := range re.FindAllStringIndex(n.text, -1) {
				start, end := n.span(m[0], m[1])
				out = append(out, Span{Start: start, End: end, Kind: kind, By: "known"})
			}
		}
	}
	return out
}

// variants returns the identifier, the identifier without a title, and its parts.
func variants(k string) []string {
	bare := k
	if m := formalTitle.FindStringIndex(k); m != nil && m[0] == 0 {
		bare = strings.TrimSpace(k[m[1]:])
	}
	out := []string{k, bare}
	if strings.ContainsFunc(bare, unicode.IsDigit) {
		return out
	}
	for _, part := range strings.Fields(bare) {
		if len([]rune(part)) >= 3 {
			out = append(out, part)
		}
	}
	return out
}

var formalTitle = regexp.MustCompile(`^(?:` + formal + `)\s*`)

// pattern finds one variant; nil for what is too short to look for.
func pattern(v string) (*regexp.Regexp, Kind) {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, v)
	letters := strings.ContainsFunc(v, unicode.IsLetter)
	if !letters {
		if len(digits) < 4 {
			return nil, ""
		}
		kind := Number
		if len(digits) == 13 {
			kind = ID
		}
		return regexp.MustCompile(strings.Join(strings.Split(digits, ""), `[-./ ]{0,2}`)), kind
	}
	if len([]rune(v)) < 2 {
		return nil, ""
	}
	var b strings.Builder
	b.WriteString(`(?i)`)
	for _, r := range v {
		switch {
		case isTone(r):
			continue
		case unicode.IsSpace(r):
			b.WriteString(`\s*`)
		default:
			b.WriteString(regexp.QuoteMeta(string(r)) + `[่-๋]*`)
		}
	}
	return regexp.MustCompile(b.String()), Name
}
