package thai_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/saphan-network/saphan/node/clinic/thai"
)

// FuzzFold: folding, masking and cutting hold for any text, and a mask tells no
// more than its first letter.
func FuzzFold(f *testing.F) {
	for _, s := range []string{"นางสาวสมหญิง", "เเดง", "น้\u200bำ", "ํา", "e\u0301", "ไไ", "\u0e33\u0e4d", "İ", "ǅ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := thai.Fold(s)
		if twice := thai.Fold(once); twice != once {
			t.Fatalf("%q: %q, then %q", s, once, twice)
		}
		if title, rest := thai.CutTitle(s); utf8.ValidString(s) && len(title)+len(rest) > len(s) {
			t.Fatalf("%q: %q %q", s, title, rest)
		}
		if d, only := thai.Digits(s); strings.Trim(d, "0123456789") != "" || (only && d == "") {
			t.Fatalf("%q: %q", s, d)
		}
		_ = thai.Mask(s)
	})
}
