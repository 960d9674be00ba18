package register

import (
	"strings"
	"unicode"
)

// thaiDigits reads Thai digits as Arabic ones.
var thaiDigits = strings.NewReplacer("๐", "0", "๑", "1", "๒", "2", "๓", "3", "๔", "4",
	"๕", "5", "๖", "6", "๗", "7", "๘", "8", "๙", "9")

// invisible removes what no eye sees and makes odd blanks ordinary.
var invisible = strings.NewReplacer("\u200b", "", "\u200c", "", "\u200d", "", "\ufeff", "",
	"\u00a0", " ", "\u2007", " ", "\u202f", " ", "\t", " ", "\r\n", "\n", "\r", "\n")

// saraAm writes nikhahit + sara aa, with or without a tone mark between, as sara am.
var saraAm = strings.NewReplacer("ํา", "ำ", "ํ่า", "่ำ", "ํ้า", "้ำ", "ํ๊า", "๊ำ", "ํ๋า", "๋ำ")

// clean folds a text for reading: one blank between words, sara am composed,
// lines kept. Nothing is respelt.
func clean(s string) string {
	s = saraAm.Replace(invisible.Replace(s))
	lines := strings.Split(s, "\n")
	out := lines[:0]
	for _, l := range lines {
		if l = strings.Join(strings.Fields(l), " "); l != "" {
			out = append(out, l)
		}
	}
	return strings.Join(out, "\n")
}

// flat is clean in one line.
func flat(s string) string { return strings.ReplaceAll(clean(s), "\n", " ") }

// void reports whether a cell says that there is nothing.
func void(s string) bool {
	switch s {
	case "", "-", "–", "—", "--", "ไม่มี", "ไม่มีเลข", "n/a", "N/A", ".":
		return true
	}
	return false
}

// ditto reports whether a cell only repeats the one above.
func ditto(s string) bool {
	switch s {
	case `"`, "”", "“", "〃", "''", `""`, "״", "″":
		return true
	}
	return false
}

// within splits off what stands in round brackets.
func within(s string) (outside, inside string) {
	var out, in strings.Builder
	depth := 0
	for _, r := range s {
		switch {
		case r == '(':
			depth++
		case r == ')' && depth > 0:
			depth--
			in.WriteByte(' ')
		case depth > 0:
			in.WriteRune(r)
		default:
			out.WriteRune(r)
		}
	}
	return flat(out.String()), flat(in.String())
}

// hasAny reports whether s contains one of the words.
func hasAny(s string, words ...string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

func digits(s string) bool {
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	return s != ""
}

// skeleton keeps what different hands write alike: no blanks, tone marks or
// silent signs, and no leading ho hip before a low consonant.
func skeleton(s string) string {
	in := []rune(strings.ToLower(clean(s)))
	out := make([]rune, 0, len(in))
	for i, r := range in {
		if unicode.IsSpace(r) || (r >= '็' && r <= '๎') || unicode.IsPunct(r) {
			continue
		}
		if r == 'ห' && i+1 < len(in) && strings.ContainsRune("งญนมยรลว", in[i+1]) {
			continue
		}
		if r == 'ะ' { // short and long open syllables are mixed up most of all
			continue
		}
		out = append(out, r)
	}
	return string(out)
}

// similar reports whether two spellings may be one name: equal skeletons, one
// the beginning of the other, or few letters apart for their length.
func similar(a, b string) bool {
	x, y := []rune(skeleton(a)), []rune(skeleton(b))
	if len(x) == 0 || len(y) == 0 {
		return false
	}
	if len(x) > len(y) {
		x, y = y, x
	}
	if len(x) >= 3 && string(y[:len(x)]) == string(x) {
		return true
	}
	return distance(x, y) <= len(y)/4
}

// distance is the number of letters to change, add or drop.
func distance(a, b []rune) int {
	prev := make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i, ra := range a {
		cur := make([]int, len(b)+1)
		cur[0] = i + 1
		for j, rb := range b {
			cost := 1
			if ra == rb {
				cost = 0
			}
			cur[j+1] = min(prev[j]+cost, prev[j+1]+1, cur[j]+1)
		}
		prev = cur
	}
	return prev[len(b)]
}

// place is an address without its abbreviations, for finding a village in it.
func place(s string) string {
	for _, abbr := range []string{"ต.", "อ.", "จ.", "บ.", "รร.", "ม.", "ถ.", "ซ."} {
		s = strings.ReplaceAll(s, abbr, "")
	}
	return skeleton(s)
}
