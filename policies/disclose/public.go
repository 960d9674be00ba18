package disclose

import (
	"strings"
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
