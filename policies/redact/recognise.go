package redact

import (
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"
)

// recogniser finds one shape. The span is the group "x" where there is one.
type recogniser struct {
	name  string
	kind  Kind
	shape *regexp.Regexp
	// digits: no digit may stand right before or behind. word: no Thai letter may
	// stand right before.
	digits, word bool
	keep         func(match string) bool // nil: every match counts
}

// score says how sure the recogniser is: numbers of a fixed shape nearly always mean
// what they look like, a word behind a kin word often does not.
func (r recogniser) score() float64 {
	switch {
	case r.digits:
		return 0.95
	case r.kind == Name && r.word:
		return 0.6
	}
	return 0.8
}

// find tries every place of the text, so that a match refused at one place does
// not hide one that begins a little later.
func (r recogniser) find(n normal) []Span {
	var out []Span
	for at := 0; at < len(n.text); {
		m := r.shape.FindStringSubmatchIndex(n.text[at:])
		if m == nil {
			break
		}
		from, to := at+m[0], at+m[1]
		if i := r.shape.SubexpIndex("x"); i > 0 && m[2*i] >= 0 {
			from, to = at+m[2*i], at+m[2*i+1]
		}
		if to == from || !r.bounded(n.text, at+m[0], at+m[1]) || (r.keep != nil && !r.keep(n.text[at+m[0]:at+m[1]])) {
			at = r.onward(n.text, at+m[0])
			continue
		}
		start, end := n.span(from, to)
		out = append(out, Span{Start: start, End: end, Kind: r.kind, By: r.name, Score: r.score()})
		at = to
	}
	return out
}

// onward returns where to look after a match at this place was refused. A number
// that may not begin behind a digit begins nowhere within the same run of digits.
func (r recogniser) onward(text string, at int) int {
	_, size := utf8.DecodeRuneInString(text[at:])
	next := at + size
	if r.digits && isDigit(text[at]) {
		for next < len(text) && isDigit(text[next]) {
			next++
		}
	}
	return next
}

func (r recogniser) bounded(text string, from, to int) bool {
	if r.digits && (from > 0 && isDigit(text[from-1]) || to < len(text) && isDigit(text[to])) {
		return false
	}
	before, _ := utf8.DecodeLastRuneInString(text[:from])
	if before == 'ท' && strings.HasPrefix(text[from:], "นาย") {
		return false // ทนาย, a lawyer, is a title of its own
	}
	return !r.word || before < 'ก' || before > '๎'
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

const (
	sep    = `[-./ ]{0,2}`
	months = `มกราคม|กุมภาพันธ์|มีนาคม|เมษายน|พฤษภาคม|มิถุนายน|กรกฎาคม|สิงหาคม|กันยายน|ตุลาคม|พฤศจิกายน|ธันวาคม|` +
		`ม\.ค\.|ก\.พ\.|มี\.ค\.|เม\.ย\.|พ\.ค\.|มิ\.ย\.|ก\.ค\.|ส\.ค\.|ก\.ย\.|ต\.ค\.|พ\.ย\.|ธ\.ค\.|` +
		`January|February|March|April|May|June|July|August|September|October|November|December`
	thai = `[ก-๎]`
	era  = `\s*(?:พ\.?ศ\.?|ค\.?ศ\.?)?\s*`
)

// recognisers returns all shapes, the most certain first: where two overlap, the
// first gives the kind. They are compiled once.
var recognisers = sync.OnceValue(func() []recogniser { return append(numbers(), words()...) })

// order is the place of each recogniser in the list; identifiers that are known
// come before all.
var order = sync.OnceValue(func() map[string]int {
	out := map[string]int{}
	for i, r := range recognisers() {
		out[r.name] = i + 1
	}
	return out
})

func numbers() []recogniser {
	return []recogniser{
		{name: "id13", kind: ID, digits: true, shape: regexp.MustCompile(`\d` + sep + `\d{4}` + sep + `\d{5}` + sep + `\d{2}` + sep + `\d`)},
		{name: "id13 spaced", kind: ID, digits: true, shape: regexp.MustCompile(`\d(?:` + sep + `\d){12}`), keep: noDate},
		{name: "g code", kind: ID, digits: true, shape: regexp.MustCompile(`[GgPp][- ]?\d(?:[- ]?\d){11}`)},
		{name: "laser code", kind: ID, digits: true, shape: regexp.MustCompile(`[A-Z]{2}\d[- ]?\d{7}[- ]?\d{2}`)},
		{name: "passport", kind: ID, digits: true, shape: regexp.MustCompile(`[A-Z]{1,2}\d{6,8}`)},
		{name: "unhcr", kind: ID, digits: true, shape: regexp.MustCompile(`\d{3}-\d{2}C\d{5}`)},
		{name: "court", kind: Case, shape: regexp.MustCompile(`(?:คดี|สำนวน|คำร้อง|หมายจับ|ปจว\.?|หมายเลข(?:ดำ|แดง))(?:หมายเลข)?(?:ดำ|แดง)?\s*(?:ที่|เลขที่|ข้อ|ข้อที่)?\s*[ก-ฮ]{0,3}\.?\s?\d+(?:\s?/\s?\d{2,4})?`)},
		{name: "file", kind: Case, word: true, digits: true, shape: regexp.MustCompile(`[ก-ฮ]{1,3}\.?\s?\d{1,6}/\d{4}`)},
		{name: "hospital", kind: Case, digits: true, shape: regexp.MustCompile(`\b[HAV]N\s*[:.]?\s*\d[\d/-]*`)},
		{name: "date", kind: Date, digits: true, shape: regexp.MustCompile(`\d{1,2}\s?[/.-]\s?\d{1,2}\s?[/.-]\s?(?:\d{4}|\d{2})|\d{4}-\d{1,2}-\d{1,2}`)},
		{name: "date in words", kind: Date, digits: true, shape: regexp.MustCompile(`(?:\d{1,2}\s*)?(?:` + months + `)` + era + `\d{2,4}|\d{1,2}\s*(?:` + months + `)`)},
		{name: "birth year", kind: Date, digits: true, shape: regexp.MustCompile(`(?:เกิด|born)\s*(?:เมื่อ|ใน|in)?\s*(?:ปี)?` + era + `(?P<x>\d{4})`)},
		{name: "bank", kind: Number, digits: true, shape: regexp.MustCompile(`\d{3}[- ]\d[- ]\d{5}[- ]\d`)},
		{name: "bank words", kind: Number, digits: true, shape: regexp.MustCompile(`(?:บัญชี|ธนาคาร|ธ\.|พร้อมเพย์|(?i:promptpay))[^\d\n]{0,48}(?P<x>\d(?:[- ]?\d){9,14})`)},
		{name: "phone abroad", kind: Phone, digits: true, shape: regexp.MustCompile(`(?:\+|00)(?:66|95|856|855)(?:[-. ()]{0,2}\d){7,11}`)},
		{name: "phone", kind: Phone, digits: true, shape: regexp.MustCompile(`0[2-9](?:[-. ]{0,2}\d){7,8}`), keep: noDate},
		{name: "plate", kind: Plate, digits: true, shape: regexp.MustCompile(`\d[ก-ฮ]{2}[ -]?\d{1,4}|ทะเบียน(?:รถ)?\s*(?P<x>\d?[ก-ฮ]{1,3}[ -]?\d{1,4})`)},
		{name: "email", kind: Account, shape: regexp.MustCompile(`[A-Za-z0-9._%+-]+\s?@\s?[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+`)},
		{name: "url", kind: Account, shape: regexp.MustCompile(`(?i)(?:https?://|www\.)\S+|(?:facebook|fb|line|tiktok|instagram)\.(?:com|me)/\S+`)},
		{name: "account", kind: Account, shape: regexp.MustCompile(`(?i)(?:ไอดี\s*ไลน์|ไลน์|\bline\b|เฟซบุ๊[กค]|เฟสบุ๊[กค]|เฟซ|เฟส|\bfacebook\b|\bfb\b|\btiktok\b|ติ๊กต็?อก)\s*(?:id|ไอดี|ชื่อ)?\s*[:=]?\s*(?P<x>@?[A-Za-z0-9][A-Za-z0-9._-]{2,})`)},
		{name: "handle", kind: Account, shape: regexp.MustCompile(`@[A-Za-z0-9][A-Za-z0-9._-]{2,}`)},
		{name: "coordinates", kind: Address, digits: true, shape: regexp.MustCompile(`\d{1,2}\.\d{3,}\s*,\s*\d{2,3}\.\d{3,}`)},
		{name: "long number", kind: Number, digits: true, shape: regexp.MustCompile(`\d{5,}|\d(?:[- ]\d{2,}){3,}`)},
	}
}

// noDate refuses a spaced match that begins with a date and goes on with
// another number.
func noDate(match string) bool { return !dateFirst.MatchString(match) }

var dateFirst = regexp.MustCompile(`^\d{1,2}[/.-]\d{1,2}[/.-]\d{4} `)
