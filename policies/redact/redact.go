// Package redact takes what could tell who a person is out of Thai text: known
// identifiers of the case first, then numbers, addresses, dates and names by
// their shape. It proposes; a person releases. It never decides that a text is
// safe.
package redact

import (
	"slices"
	"strconv"
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

// Placeholder is what stands in the text instead of a span of this kind, with the
// number that the same person has within this one document. Numbers never mean the
// same in two documents.
func (k Kind) Placeholder(n int) string {
	switch k {
	case Name:
		return "[บุคคล " + strconv.Itoa(n) + "]"
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

// Span is one removed part: byte offsets into the text as it was given, by which
// recogniser it was found ("known" for identifiers of the case), and how sure that
// one is (0 to 1).
type Span struct {
	Start, End int
	Kind       Kind
	By         string
	Score      float64
	Person     int // for names: who of this document, from 1
}

// Placeholder is what stands in the text instead.
func (s Span) Placeholder() string { return s.Kind.Placeholder(s.Person) }

// Result is the anonymised text, what was removed from the given one, and what is
// left that nobody has recognised and that may still tell who a person is.
type Result struct {
	Text    string
	Spans   []Span
	Residue []Residue
}

// Scrubbed reports that the gate for what is left has found nothing. It does not
// say that the text is safe: names made of ordinary words pass it.
func (r Result) Scrubbed() bool { return len(r.Residue) == 0 }

// Redact replaces every span that it recognises by a placeholder in square
// brackets. known are identifiers of the case (names, numbers, villages) in any
// spelling; they are found with other spacing, tone marks, digits and separators.
func Redact(text string, known []string) Result {
	return Know(Source{By: "known", Score: 1, Values: known}).Redact(text)
}

// Redact does the same with identifiers of several sources, made once for many
// texts.
func (k *Known) Redact(text string) Result {
	n := normalise(text)
	spans := k.find(n)
	for _, r := range recognisers() {
		spans = append(spans, r.find(n)...)
	}
	spans = merge(text, spans)
	number(text, spans)
	return Result{Text: replace(text, spans), Spans: spans, Residue: residue(text, spans)}
}

// merge unites spans that overlap or touch the same word; the kind of the first
// recogniser in order wins.
func merge(text string, spans []Span) []Span {
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
		if order()[s.By] < order()[last.By] {
			last.Kind, last.By = s.Kind, s.By
		}
		last.Score = max(last.Score, s.Score)
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
				last.End, last.Score = s.End, max(last.Score, s.Score)
				continue
			}
		}
		out = append(out, s)
	}
	return out
}

func replace(text string, spans []Span) string {
	var b strings.Builder
	at := 0
	for _, s := range spans {
		b.WriteString(text[at:s.Start])
		b.WriteString(s.Placeholder())
		at = s.End
	}
	b.WriteString(text[at:])
	return b.String()
}
