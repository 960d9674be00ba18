package disclose

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/saphan-network/saphan/federation"
)

// line: one line that was written for everybody, as it is.
func line(raw []string, _ Setting) ([]string, error) {
	v, err := one(raw)
	if err != nil || !federation.IsLine(v) || numbered(v) {
		return nil, ErrUnknown
	}
	return []string{v}, nil
}

// paragraphs: a text that was written for everybody, as HTML of p and br.
func paragraphs(raw []string, _ Setting) ([]string, error) {
	v, err := one(raw)
	if err != nil || !federation.IsText(strings.ReplaceAll(v, "\r\n", "\n")) || numbered(v) {
		return nil, ErrUnknown
	}
	out := federation.Paragraphs(v)
	if out == "" || len(out) > federation.MaxContent {
		return nil, ErrUnknown
	}
	return []string{out}, nil
}

// numbered reports whether a text holds thirteen digits in a row, in whatever
// digits and with whatever between them: nobody publishes the number of a
// person's identity card, and no reviewer may overlook one.
func numbered(s string) bool {
	digits, gap := 0, 0
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		s = s[size:]
		switch {
		case r >= '0' && r <= '9', r >= '๐' && r <= '๙':
			if digits++; digits == 13 {
				return true
			}
			gap = 0
		case digits > 0 && gap == 0 && strings.ContainsRune("-. \u200b–", r):
			gap = 1
		default:
			digits, gap = 0, 0
		}
	}
	return false
}

// lines: several such lines, in their order.
func lines(raw []string, s Setting) ([]string, error) {
	for _, v := range raw {
		if _, err := line([]string{v}, s); err != nil {
			return nil, err
		}
	}
	return slices.Clone(raw), nil
}

// dates: days from which laws hold, within living memory of the law. They are days of
// the gazette, never of a person.
func dates(raw []string, s Setting) ([]string, error) {
	for _, v := range raw {
		t, err := time.Parse(time.DateOnly, v)
		if err != nil || t.Year() < 1900 || t.After(s.Now.AddDate(3, 0, 0)) {
			return nil, ErrUnknown
		}
	}
	return slices.Clone(raw), nil
}

// instants: the full hours at which something was said and proved.
func instants(raw []string, _ Setting) ([]string, error) {
	for _, v := range raw {
		if t, err := time.Parse("2006-01-02T15:04:05Z", v); err != nil || !t.Equal(t.Truncate(time.Hour)) {
			return nil, ErrUnknown
		}
	}
	return slices.Clone(raw), nil
}
