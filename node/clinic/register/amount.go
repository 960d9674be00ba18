package register

import (
	"regexp"
	"strconv"
	"strings"
)

// Owed is a sum of wages owed, in baht.
type Owed struct {
	Baht    float64
	Known   bool
	Unclear bool // a number stands there and yet it is not certain that it is the sum
}

var (
	figure   = regexp.MustCompile(`\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?`)
	times    = regexp.MustCompile(`(\d+)\s*(?:คน|วัน|เดือน)?\s*[xX×*]\s*([\d,]+(?:\.\d+)?)`)
	perMonth = regexp.MustCompile(`([\d,]+)\s*/\s*เดือน\D*(\d+)\s*(?:ด\.|เดือน)`)
	spanOf   = regexp.MustCompile(`\d\s*(?:ถึง|–|-)\s*\d`)
	mixed    = regexp.MustCompile(`^(\d+)\s*(แสน|หมื่น|พัน|ร้อย)(?:\s*(\d))?(?:\s*บาท)?$`)
)

var units = []struct {
	word string
	n    int
}{{"ล้าน", 1000000}, {"แสน", 100000}, {"หมื่น", 10000}, {"พัน", 1000}, {"ร้อย", 100}, {"สิบ", 10}}

var numerals = []string{"หนึ่ง", "สอง", "สาม", "สี่", "ห้า", "หก", "เจ็ด", "แปด", "เก้า"}

// readOwed reads a sum as people write it: with commas, in words, as so much a
// head or a month. A span and words without a sum are not known; a sum with a
// question mark is unclear.
func readOwed(s string) Owed {
	s = strings.TrimSpace(thaiDigits.Replace(s))
	if void(s) {
		return Owed{}
	}
	out, _ := within(s)
	out = strings.Trim(strings.TrimSuffix(strings.TrimSpace(out), ".-"), " ")
	switch {
	case strings.HasSuffix(out, "?"):
		return Owed{Unclear: figure.MatchString(out)}
	case spanOf.MatchString(strings.ReplaceAll(out, ",", "")):
		return Owed{}
	}
	if m := times.FindStringSubmatch(out); m != nil {
		return sum(baht(m[1]) * baht(m[2]))
	}
	if m := perMonth.FindStringSubmatch(out); m != nil {
		return sum(baht(m[1]) * baht(m[2]))
	}
	if m := mixed.FindStringSubmatch(out); m != nil {
		u := unit(m[2])
		total := baht(m[1]) * float64(u)
		if m[3] != "" {
			total += baht(m[3]) * float64(u) / 10
		}
		return sum(total)
	}
	if n, ok := inWords(out); ok {
		return sum(float64(n))
	}
	figures := figure.FindAllString(out, -1)
	switch {
	case len(figures) == 1:
		return sum(baht(figures[0]))
	case len(figures) > 1 && strings.Contains(out, "ค้าง"):
		_, after, _ := strings.Cut(out, "ค้าง")
		if f := figure.FindString(after); f != "" {
			return sum(baht(f))
		}
	}
	return Owed{}
}

func sum(f float64) Owed { return Owed{Baht: f, Known: true} }

func baht(s string) float64 {
	f, _ := strconv.ParseFloat(strings.ReplaceAll(s, ",", ""), 64)
	return f
}

func unit(word string) int {
	for _, u := range units {
		if u.word == word {
			return u.n
		}
	}
	return 1
}

// inWords reads a sum in Thai words: หกหมื่น, พันห้า, หมื่นสอง, สองแสนห้าหมื่น.
func inWords(s string) (int, bool) {
	s = strings.TrimSuffix(strings.ReplaceAll(s, " ", ""), "บาท")
	total, pending, lastUnit, seen := 0, 0, 0, false
	for s != "" {
		hit := false
		for i, w := range numerals {
			if rest, ok := strings.CutPrefix(s, w); ok && pending == 0 {
				pending, s, hit = i+1, rest, true
				break
			}
		}
		for _, u := range units {
			if hit {
				break
			}
			if rest, ok := strings.CutPrefix(s, u.word); ok {
				total += max(pending, 1) * u.n
				pending, lastUnit, s, hit, seen = 0, u.n, rest, true, true
			}
		}
		if !hit {
			return 0, false
		}
	}
	if pending > 0 && lastUnit >= 100 { // "a thousand five" is one thousand five hundred
		return total + pending*lastUnit/10, true
	}
	return total + pending, seen
}
