// Package bench measures the anonymiser: how many of the identifiers that must go
// are gone whole, by label, and how much of the other text is kept. Its notes are
// made by templates and, apart from them, written by hand for measuring only.
package bench

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/saphan-network/saphan/policies/redact"
)

// Mark is a part of a note that must go: byte offsets.
type Mark struct {
	Label      string
	Start, End int
}

// Note is a text with what must go from it.
type Note struct {
	Text  string
	Marks []Mark
}

// Parse reads a note in which ⟦label|text⟧ marks what must go.
func Parse(line string) (Note, error) {
	var n Note
	var b strings.Builder
	for {
		before, rest, more := strings.Cut(line, "⟦")
		b.WriteString(before)
		if !more {
			n.Text = b.String()
			return n, nil
		}
		inside, after, ok := strings.Cut(rest, "⟧")
		label, text, named := strings.Cut(inside, "|")
		if !ok || !named || text == "" {
			return Note{}, fmt.Errorf("a mark is not closed or has no label behind %d bytes", b.Len())
		}
		n.Marks = append(n.Marks, Mark{Label: label, Start: b.Len(), End: b.Len() + len(text)})
		b.WriteString(text)
		line = after
	}
}

// Score counts marks that are wholly removed, those left whole, and other text.
type Score struct {
	Marks, Gone, Whole map[string]int // by label: all, wholly removed, not touched
	Other, Kept        int            // bytes outside of marks: all, and those that stay
	Notes, Leaking     int            // notes, and those with a mark not wholly removed
}

// Measure redacts every note by the same code as the product, without known
// identifiers.
func Measure(notes []Note) Score {
	s := Score{Marks: map[string]int{}, Gone: map[string]int{}, Whole: map[string]int{}, Notes: len(notes)}
	for _, n := range notes {
		gone := make([]bool, len(n.Text))
		for _, x := range redact.Redact(n.Text, nil).Spans {
			for i := x.Start; i < x.End; i++ {
				gone[i] = true
			}
		}
		marked := make([]bool, len(n.Text))
		leak := false
		for _, m := range n.Marks {
			s.Marks[m.Label]++
			part := gone[m.Start:m.End]
			if slices.Contains(part, false) {
				leak = true
			} else {
				s.Gone[m.Label]++
			}
			if !slices.Contains(part, true) {
				s.Whole[m.Label]++
			}
			for i := m.Start; i < m.End; i++ {
				marked[i] = true
			}
		}
		if leak {
			s.Leaking++
		}
		for i := range gone {
			if !marked[i] {
				s.Other++
				if !gone[i] {
					s.Kept++
				}
			}
		}
	}
	return s
}

// Recall is the share of marks that are wholly removed, over all labels or those
// given; 0 where there are none.
func (s Score) Recall(labels ...string) float64 {
	all, gone := 0, 0
	for l, n := range s.Marks {
		if len(labels) == 0 || slices.Contains(labels, l) {
			all, gone = all+n, gone+s.Gone[l]
		}
	}
	if all == 0 {
		return 0
	}
	return float64(gone) / float64(all)
}

// Table prints the figures, a line a label, as they are published.
func (s Score) Table() string {
	var b strings.Builder
	b.WriteString("| label | marks | wholly removed | recall | not touched |\n|---|---|---|---|---|\n")
	labels := []string{}
	for l := range s.Marks {
		labels = append(labels, l)
	}
	slices.Sort(labels)
	for _, l := range labels {
		fmt.Fprintf(&b, "| %s | %d | %d | %.3f | %d |\n", l, s.Marks[l], s.Gone[l], s.Recall(l), s.Whole[l])
	}
	fmt.Fprintf(&b, "\nNotes: %d; with at least one leak: %d. Other text kept: %.3f.\n", s.Notes, s.Leaking, float64(s.Kept)/float64(max(1, s.Other)))
	return b.String()
}

// Structured makes n notes with identifiers of a fixed shape: 13-digit numbers of
// all populations in six layouts, telephones, papers and court numbers. Equal seeds
// make equal notes. 13-digit numbers have the office code 0000, which nobody has.
func Structured(seed uint64, n int) []Note {
	r := rand.New(rand.NewPCG(seed, seed))
	out := make([]Note, n)
	for i := range out {
		frame := frames[r.IntN(len(frames))]
		shape := shapes[i%len(shapes)]
		value := shape.make(r)
		before, behind, _ := strings.Cut(frame, "*")
		before += shape.word
		out[i] = Note{Text: before + value + behind, Marks: []Mark{{shape.label, len(before), len(before) + len(value)}}}
	}
	return out
}

var frames = []string{
	"ผู้ร้องมาที่สำนักงาน *ยังไม่ได้ยื่นคำขอ", "ตามที่แจ้งไว้ * และขอให้ติดต่อกลับ", "*", "เอกสารที่นำมา (*) ครบแล้ว", "ขอความช่วยเหลือ: *\nไม่มีพยาน", "เจ้าหน้าที่ถามหา *ครับ",
}

type shape struct {
	label, word string
	make        func(*rand.Rand) string
}

var shapes = makeShapes()

func makeShapes() []shape {
	var out []shape
	for _, first := range []string{"1", "3", "5", "6", "7", "8", "00", "0"} {
		for i, layout := range layouts {
			out = append(out, shape{fmt.Sprintf("id13 layout %d", i+1), "เลข", func(r *rand.Rand) string { return layout(id13(r, first)) }})
		}
	}
	return append(out,
		shape{"phone", "โทร ", func(r *rand.Rand) string { return "08" + digits(r, 1) + "-000-" + digits(r, 4) }},
		shape{"phone", "เบอร์", func(r *rand.Rand) string { return thai("09" + digits(r, 1) + "000" + digits(r, 4)) }},
		shape{"phone", "โทร ", func(r *rand.Rand) string { return "+66 8" + digits(r, 1) + " 000 " + digits(r, 4) }},
		shape{"phone abroad", "โทร ", func(r *rand.Rand) string { return "+95 9 000 " + digits(r, 3) + " " + digits(r, 3) }},
		shape{"court", "", func(r *rand.Rand) string {
			return "คดีหมายเลขดำที่ อ." + digits(r, 3) + "/2566"
		}},
		shape{"court", "", func(r *rand.Rand) string {
			return "หมายจับที่ จ." + digits(r, 2) + "/" + thai("2567")
		}},
		shape{"passport", "หนังสือเดินทาง ", func(r *rand.Rand) string { return "MA" + digits(r, 6) }},
		shape{"passport", "passport ", func(r *rand.Rand) string { return "AA" + digits(r, 7) }},
		shape{"unhcr", "UNHCR ", func(r *rand.Rand) string { return digits(r, 3) + "-18C" + digits(r, 5) }},
		shape{"hospital", "", func(r *rand.Rand) string { return "HN " + digits(r, 6) }},
		shape{"g code", "รหัส ", func(r *rand.Rand) string { return "G" + digits(r, 12) }},
		shape{"laser code", "หลังบัตร ", func(r *rand.Rand) string { return "JT" + digits(r, 1) + "-" + digits(r, 7) + "-" + digits(r, 2) }},
		shape{"bank", "บัญชี ", func(r *rand.Rand) string {
			return digits(r, 3) + "-" + digits(r, 1) + "-" + digits(r, 5) + "-" + digits(r, 1)
		}},
		shape{"e-mail", "เมล ", func(r *rand.Rand) string { return "p" + digits(r, 3) + "@example.org" }},
		shape{"line", "ไลน์ ", func(r *rand.Rand) string { return "anon" + digits(r, 2) }},
		shape{"coordinates", "พิกัด ", func(r *rand.Rand) string { return "19." + digits(r, 5) + ", 98." + digits(r, 5) }},
		shape{"birth date", "เกิด ", func(r *rand.Rand) string { return thai("1") + digits(r, 1) + " เม.ย. 25" + digits(r, 2) }},
	)
}

// layouts are the six ways in which 13 digits are written.
var layouts = []func(string) string{
	func(d string) string { return d },
	func(d string) string { return parts(d, "-") },
	func(d string) string { return parts(d, " ") },
	func(d string) string { return thai(d) },
	func(d string) string { return thai(parts(d, "-")) },
	func(d string) string { return parts(d, ".") },
}

func parts(d, gap string) string {
	return strings.Join([]string{d[:1], d[1:5], d[5:10], d[10:12], d[12:]}, gap)
}

func id13(r *rand.Rand, first string) string {
	if first == "00" {
		return "0000" + digits(r, 9)
	}
	return first + "0000" + digits(r, 8)
}

func digits(r *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('0' + r.IntN(10))
	}
	return string(b)
}

func thai(s string) string {
	return strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' {
			return '๐' + c - '0'
		}
		return c
	}, s)
}
