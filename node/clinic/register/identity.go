package register

import (
	"regexp"
	"strings"
)

// Identity is a number that tells a person apart.
type Identity struct {
	Kind  string // number, gcode, other, none, unclear
	Value string // as repaired, where a repair can be proposed; "" when lost
	Valid bool   // the check digit fits, or the length of a G code
	Code  string // why a person must look at it, or ""
	Typed bool   // the cell held a number, which Excel shows shortened
}

var (
	scientific = regexp.MustCompile(`^\d+(?:[.,]\d+)?[eE]\+?\d+$`)
	gcode      = regexp.MustCompile(`^[Gg]\d*$`)
	document   = regexp.MustCompile(`^[A-Za-z]{1,3}\d{4,}$`)
	between    = regexp.MustCompile(`\s*(?:/|กับ|และ|,|;|\n|หรือ)\s*`)
	idNoise    = strings.NewReplacer(" ", "", "-", "", "–", "", "'", "", "’", "", "‘", "", "`", "", ".", "")
	covered    = strings.NewReplacer("x", "?", "X", "?", "*", "?", "#", "?", "…", "?", "_", "?")
)

// CheckDigit reports whether the 13th digit of a Thai identity number fits the
// twelve before it.
func CheckDigit(s string) bool {
	if len(s) != 13 || !digits(s) {
		return false
	}
	sum := 0
	for i := 0; i < 12; i++ {
		sum += int(s[i]-'0') * (13 - i)
	}
	return (11-sum%11)%10 == int(s[12]-'0') && s != "0000000000000"
}

// readIdentity reads the identity number of one person.
func readIdentity(c Cell) Identity {
	s := thaiDigits.Replace(clean(c.Text))
	if void(s) {
		return Identity{Kind: "none"}
	}
	if c.Kind == Text {
		if parts := between.Split(s, -1); len(parts) > 1 && countIdentities(parts) > 1 {
			return Identity{Kind: "unclear", Code: "two_ids"}
		}
	}
	out, _ := within(s)
	if out == "" {
		out = s
	}
	return oneIdentity(out, c.Kind == Number)
}

func countIdentities(parts []string) int {
	n := 0
	for _, p := range parts {
		d := idNoise.Replace(p)
		if len(d) >= 6 && (digits(d) || gcode.MatchString(d) || document.MatchString(d)) {
			n++
		}
	}
	return n
}

func oneIdentity(s string, number bool) Identity {
	if scientific.MatchString(strings.TrimLeft(s, "' ")) {
		return Identity{Kind: "unclear", Code: "id_scientific"}
	}
	d := idNoise.Replace(s)
	switch {
	case gcode.MatchString(d) && len(d) == 13:
		return Identity{Kind: "gcode", Value: "G" + d[1:], Valid: true}
	case gcode.MatchString(d):
		return Identity{Kind: "gcode", Code: "gcode_length"}
	case digits(d):
		return digitsOnly(d, number)
	case document.MatchString(d):
		return Identity{Kind: "other", Value: strings.ToUpper(d), Valid: true}
	}
	if fixed := strings.NewReplacer("O", "0", "o", "0", "О", "0").Replace(d); digits(fixed) && len(fixed) == 13 {
		return Identity{Kind: "number", Value: fixed, Valid: CheckDigit(fixed), Code: "id_letters"}
	}
	if hidden := covered.Replace(d); strings.Contains(hidden, "?") && strings.ContainsAny(hidden, "0123456789") {
		return Identity{Kind: "unclear", Code: "id_masked"}
	}
	if !strings.ContainsAny(d, "0123456789") {
		return Identity{Kind: "none"} // words, such as "see the attached file"
	}
	return Identity{Kind: "unclear", Code: "id_length"}
}

func digitsOnly(d string, number bool) Identity {
	switch {
	case len(d) == 13 && CheckDigit(d):
		return Identity{Kind: "number", Value: d, Valid: true, Typed: number}
	case len(d) == 13:
		return Identity{Kind: "number", Value: d, Code: "id_check_digit", Typed: number}
	case len(d) < 13:
		padded := strings.Repeat("0", 13-len(d)) + d
		if CheckDigit(padded) {
			return Identity{Kind: "number", Value: padded, Valid: true, Code: "id_leading_zeros", Typed: number}
		}
	}
	return Identity{Kind: "unclear", Code: "id_length"}
}
