package register

import (
	"regexp"
	"strconv"
	"strings"
)

// Name is a name as written, divided only where the division is certain.
type Name struct {
	Title, Given, Family string
	Full                 string // everything but the title
	Aside                string // what stood in brackets
	Sex                  string // from the title: male, female or ""
}

// titles from the longest, each with its long form and the sex that it tells.
var titles = []struct{ short, long, sex string }{
	{"เด็กหญิง", "เด็กหญิง", "female"}, {"เด็กชาย", "เด็กชาย", "male"}, {"นางสาว", "นางสาว", "female"},
	{"สามเณร", "สามเณร", "male"}, {"น.ส.", "นางสาว", "female"}, {"ด.ญ.", "เด็กหญิง", "female"},
	{"ด.ช.", "เด็กชาย", "male"}, {"นส.", "นางสาว", "female"}, {"ดญ.", "เด็กหญิง", "female"}, {"ดช.", "เด็กชาย", "male"},
	{"นาง", "นาง", "female"}, {"นาย", "นาย", "male"}, {"พระ", "พระ", "male"},
	{"Mrs.", "Mrs.", "female"}, {"Miss", "Miss", "female"}, {"Ms.", "Ms.", "female"}, {"Mr.", "Mr.", "male"},
}

// honorifics stand before names of people who have no family name; they tell the sex.
var honorifics = map[string]string{
	"โก": "male", "อู": "male", "หม่อง": "male", "จาย": "male", "ซอ": "male", "ไน": "male",
	"มะ": "female", "ดอว์": "female", "ด่อ": "female", "นอ": "female", "นาง": "female",
}

// titled reports whether s begins with a title.
func titled(s string) bool { return readTitle(flat(s)).Title != "" }

func readTitle(s string) Name {
	for _, t := range titles {
		if rest, ok := strings.CutPrefix(s, t.short); ok && strings.TrimSpace(rest) != "" {
			return Name{Title: t.long, Sex: t.sex, Full: strings.TrimSpace(rest)}
		}
	}
	return Name{Full: s}
}

// readName divides a name. A name of three words, one that begins with an
// honorific, and one of a people without family names stays whole.
func readName(s, ethnicity string) Name {
	out, aside := within(s)
	n := readTitle(out)
	n.Aside = aside
	words := strings.Fields(n.Full)
	whole := len(words) > 2 || hasAny(ethnicity, "พม่า", "มอญ")
	if len(words) > 1 && honorifics[words[0]] != "" {
		whole = true
	}
	switch {
	case len(words) == 1:
		n.Given = words[0]
	case len(words) == 2 && !whole:
		n.Given, n.Family = words[0], words[1]
	}
	return n
}

// readWhole reads a name that is never divided. A title counts only where it
// stands apart or has a dot: Nang and Sai begin names of their own.
func readWhole(s string) Name {
	out, aside := within(s)
	n := readTitle(out)
	if n.Title != "" && !strings.Contains(strings.TrimSuffix(out, n.Full), " ") && !strings.Contains(strings.TrimSuffix(out, n.Full), ".") {
		n = Name{Full: out}
	}
	n.Aside = aside
	if !strings.Contains(n.Full, " ") {
		n.Given = n.Full
	}
	return n
}

func (n Name) first() string {
	if n.Given != "" {
		return n.Given
	}
	return n.Full
}

var numberMark = regexp.MustCompile(`(?:^|[\s;,])(\d{1,2})[.)]?`)

// numbered splits "1. A 2. B" (also with brackets, without dots, or with the
// first number left out) into its names; nil when it is no such list.
func numbered(s string) []string {
	s = clean(thaiDigits.Replace(s))
	marks := numberMark.FindAllStringSubmatchIndex(s, -1)
	var cuts [][2]int
	want := 1
	for _, m := range marks {
		n, _ := strconv.Atoi(s[m[2]:m[3]])
		rest := s[m[1]:]
		if strings.TrimSpace(rest) == "" {
			continue
		}
		if strings.TrimSpace(rest)[0] == '-' || rest[0] == '\n' || (rest[0] >= '0' && rest[0] <= '9' && !strings.ContainsAny(s[m[3]:m[1]], ".)")) {
			continue // part of a longer number
		}
		if len(cuts) == 0 && n == 2 && strings.TrimSpace(s[:m[0]]) != "" {
			cuts, want = append(cuts, [2]int{0, 0}), 2
		}
		if n == want {
			cuts = append(cuts, [2]int{m[0], m[1]})
			want++
		}
	}
	if len(cuts) < 2 {
		return nil
	}
	var names []string
	for i, c := range cuts {
		end := len(s)
		if i+1 < len(cuts) {
			end = cuts[i+1][0]
		}
		name, _ := within(strings.Trim(s[c[1]:end], " ,;\n"))
		if name == "" {
			return nil
		}
		names = append(names, name)
	}
	return names
}

var listMark = regexp.MustCompile(`\s*(?:/|;|,|\n|\sและ\s|\sกับ\s)\s*`)

// names finds the people in the name cell. stated is the number of people that
// the row itself gives, 0 if it does not.
func names(s string, stated int) []string {
	if list := numbered(s); list != nil {
		return list
	}
	out, _ := within(s)
	parts := listMark.Split(out, -1)
	if len(parts) < 2 {
		return []string{out}
	}
	all := stated == len(parts)
	if !all && stated < 2 {
		all = true
		for _, p := range parts {
			all = all && titled(p)
		}
	}
	if !all {
		return []string{out}
	}
	return parts
}

var lost = regexp.MustCompile(`^[?\s\x{FFFD}]*[?\x{FFFD}]{2,}[?\s\x{FFFD}]*$`)

// unusable says why a name cell names nobody; "" if it does.
func unusable(s string) string {
	out, _ := within(s)
	n := readTitle(out)
	switch {
	case hasAny(n.Full, "ไม่ประสงค์ออกนาม", "ไม่ประสงค์ให้ชื่อ", "ไม่ประสงค์จะออกนาม", "ไม่เปิดเผยชื่อ", "ขอสงวนชื่อ", "นิรนาม"):
		return "anonymous"
	case hasAny(n.Full, "ไม่ทราบชื่อ", "ไม่รู้ชื่อ", "ไม่ปรากฏชื่อ", "ยังไม่ได้ชื่อ"):
		return "name_missing"
	case lost.MatchString(n.Full):
		return "name_lost_encoding"
	}
	return ""
}

// trial reports whether a name is one that people type to try a form.
func trial(s string) bool {
	words := strings.Fields(strings.ToLower(flat(s)))
	for _, w := range words {
		switch strings.Trim(w, "[]().") {
		case "ทดสอบ", "test", "testing", "เทส", "เทสต์", "ทดลอง":
		default:
			return false
		}
	}
	return len(words) > 0
}
