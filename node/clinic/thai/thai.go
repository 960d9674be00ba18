// Package thai holds what the domain must know about written Thai: folding for
// search and comparison, titles of persons, and the masking of names. It works
// on any other script too, where it folds case and spacing only.
package thai

import (
	"strings"
	"unicode"
)

// The code points that folding treats specially.
const (
	saraE     = 'เ'
	saraAE    = 'แ'
	saraAA    = 'า'
	saraAM    = 'ำ'
	nikhahit  = '\u0e4d'
	thaiZero  = '๐'
	thaiNine  = '๙'
	phinthu   = '\u0e3a'
	maitaikhu = '\u0e47'
	maiEk     = '\u0e48'
	chattawa  = '\u0e4b'
	thanthak  = '\u0e4c'
	yamakkan  = '\u0e4e'
)

// Fold reduces text to the form in which it is indexed and compared: เเ becomes
// แ, nikhahit and sara aa become sara am, tone marks, maitaikhu, thanthakhat and
// zero-width characters vanish, Thai digits become digits, letters lower case,
// runs of blanks one blank. Two spellings of a name that a reader takes for the
// same fold to the same text. Fold(Fold(s)) is Fold(s).
func Fold(s string) string {
	in := decompose(s)
	out := make([]rune, 0, len(in))
	blank := false
	for i := 0; i < len(in); i++ {
		r := in[i]
		if unicode.IsSpace(r) {
			blank = len(out) > 0
			continue
		}
		if blank {
			out = append(out, ' ')
			blank = false
		}
		n := len(out)
		switch {
		case r == saraE && n > 0 && out[n-1] == saraE:
			out[n-1] = saraAE
		case r == saraAA && n > 0 && out[n-1] == nikhahit:
			out[n-1] = saraAM
		case r >= thaiZero && r <= thaiNine:
			out = append(out, '0'+r-thaiZero)
		default:
			out = append(out, unicode.ToLower(r))
		}
	}
	return string(out)
}

// decompose drops all that does not count, so that what belongs together is adjacent.
func decompose(s string) []rune {
	out := make([]rune, 0, len(s)/2)
	for _, r := range s {
		switch {
		case r >= maiEk && r <= chattawa, r == maitaikhu, r == thanthak, r == phinthu, r == yamakkan:
		case r == '\u00a0':
			out = append(out, ' ')
		case unicode.Is(unicode.Cf, r), r >= 0xfe00 && r <= 0xfe0f, unicode.IsControl(r) && !unicode.IsSpace(r):
		default:
			out = append(out, r)
		}
	}
	return out
}

// Digits returns the digits of s, Thai ones as Arabic ones, and whether s holds
// nothing else but digits and the blanks, dashes and slashes between them.
func Digits(s string) (digits string, only bool) {
	var b strings.Builder
	only = true
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case r >= thaiZero && r <= thaiNine:
			b.WriteRune('0' + r - thaiZero)
		case unicode.IsSpace(r), r == '-', r == '/', r == '–', r == '.', unicode.Is(unicode.Cf, r):
		default:
			only = false
		}
	}
	return b.String(), only && b.Len() > 0
}

// titles are the forms of address before a name, the longer ones first.
var titles = [...]string{
	"เด็กชาย", "เด็กหญิง", "นางสาว", "ด.ช.", "ด.ญ.", "น.ส.", "นาย", "นาง", "พระ", "สามเณร",
	"Mrs.", "Miss", "Mr.", "Ms.",
}

// Titles lists the usual forms of address, for a form's suggestions.
func Titles() []string {
	return []string{"นาย", "นาง", "นางสาว", "ด.ช.", "ด.ญ."}
}

// CutTitle splits a leading form of address from a name.
func CutTitle(name string) (title, rest string) {
	name = strings.TrimSpace(name)
	for _, t := range titles {
		if r, ok := strings.CutPrefix(name, t); ok && strings.TrimSpace(r) != "" {
			return t, strings.TrimSpace(r)
		}
	}
	return "", name
}

// TitleGap is what stands between a title and a name: nothing after a Thai word,
// a blank after an abbreviation or a Latin word.
func TitleGap(title string) string {
	if strings.HasSuffix(title, ".") || title == "" || title[0] < 0x80 {
		return " "
	}
	return ""
}

// Mask keeps the first letter (with what is written above and below it, and a
// vowel before it) and hides the rest behind a fixed number of dots, so that
// not even the length is told.
func Mask(s string) string {
	if s == "" {
		return ""
	}
	const dots = "•••"
	var b strings.Builder
	seen := false
	for _, r := range s {
		mark := unicode.Is(unicode.Mn, r)
		if seen && !mark {
			break
		}
		b.WriteRune(r)
		if !mark && (r < saraE || r > 'ไ') {
			seen = true
		}
	}
	return b.String() + dots
}
