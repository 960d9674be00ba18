// Package redact takes what could tell who a person is out of Thai text: known
// identifiers of the case first, then numbers, addresses, dates and names by
// their shape. It proposes; a person releases. It never decides that a text is
// safe.
package redact

import (
	"slices"
	"strings"
)

// Kind says what a span was taken for.
type Kind string

// The kinds.
const (
	Name    Kind = "name"
	ID      Kind = "id"      // a 13-digit number or another number of a person's paper
	Phone   Kind = "phone"   //
	Account Kind = "account" // e-mail, LINE, Facebook, web address
	Number  Kind = "number"  // any other long number
	Case    Kind = "case"    // court, police, hospital and application numbers
	Plate   Kind = "plate"   // of a vehicle
	Address Kind = "address" //
	Date    Kind = "date"    //
	Foreign Kind = "foreign" // a run in another script, which may be a name
)

// Placeholder is what stands in the text instead of a span of this kind.
func (k Kind) Placeholder() string {
	switch k {
	case Name:
		return "[ชื่อ]"
	case ID:
		return "[เลขประจำตัว]"
	case Phone:
		return "[โทรศัพท์]"
	case Account:
		return "[บัญชีออนไลน์]"
	case Number:
		return "[หมายเลข]"
	case Case:
		return "[เลขคดี]"
	case Plate:
		return "[ทะเบียนรถ]"
	case Address:
		return "[ที่อยู่]"
	case Date:
		return "[วันที่]"
	case Foreign:
		return "[ข้อความภาษาอื่น]"
	}
	return "[ปิดข้อมูล]"
}

// Span is one removed part: byte offsets into the text as it was given, and by
// which recogniser it was found ("known" for identifiers of the case).
type Span struct {
	Start, End int
	Kind       Kind
	By         string
}

// Result is the anonymised text and what was removed from the given one.
type Result struct {
	Text  string
	Spans []Span
}

// Redact replaces every span that it recognises by a placeholder in square
// brackets. known are identifiers of the case (names, numbers, villages) in any
// spelling; they are found with other spacing, tone marks, digits and separators.
func Redact(text string, known []string) Result {
	n := normalise(text)
	spans := findKnown(n, known)
	for _, r := range recognisers() {
		spans = append(spans, r.find(n)...)
	}
	return replace(text, merge(text, spans))
}

// merge unites spans that overlap or touch the same word; the kind of the first
// recogniser in order wins.
func merge(text string, spans []Span) []Span {
	order := map[string]int{"known": -1}
	for i, r := range recognisers() {
		order[r.name] = i
	}
	slices.SortStableFunc(spans, func(a, b Span) int {
		if a.Start != b.Start {
			return a.Start - b.Start
		}
		return b.End - a.End
	})
	var out []Span
	for _, s := range spans {
		if len(out) == 0 || s.Start >= out[len(out)-1].End {
			out = append(out, s)
			continue
		}
		last := &out[len(out)-1]
		if order[s.By] < order[last.By] {
			last.Kind, last.By = s.Kind, s.By
		}
		last.End = max(last.End, s.End)
	}
	return join(text, out)
}

// join makes one span of neighbours of the same kind with nothing but blanks
// between them: the parts of an address, a name and a surname.
func join(text string, spans []Span) []Span {
	var out []Span
	for _, s := range spans {
		if len(out) > 0 {
			last := &out[len(out)-1]
			if last.Kind == s.Kind && (s.Kind == Address || s.Kind == Name) && strings.Trim(text[last.End:s.Start], " \t") == "" {
				last.End = s.End
				continue
			}
		}
		out = append(out, s)
	}
	return out
}

func replace(text string, spans []Span) Result {
	var b strings.Builder
	at := 0
	for _, s := range spans {
		b.WriteString(text[at:s.Start])
		b.WriteString(s.Kind.Placeholder())
		at = s.End
	}
	b.WriteString(text[at:])
	return Result{Text: b.String(), Spans: spans}
}
