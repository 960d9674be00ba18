package register_test

import (
	"fmt"
	"sort"
	"strings"
	"testing"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic/register"
)

// outcome is a plan without its row numbers: how often each decision with its
// reasons occurs, and the counts of the tables.
func outcome(p register.Plan) string {
	n := map[string]int{}
	for _, r := range p.Records {
		why := append([]string{}, r.Why...)
		sort.Strings(why)
		n[r.Table+" "+r.Do+" "+strings.Join(why, "+")]++
	}
	for _, t := range p.Tables {
		n[fmt.Sprintf("%s: cases %d families %d persons %d distinct %d", t.Table, t.Cases, t.Families, t.Persons, t.Distinct)]++
	}
	lines := make([]string, 0, len(n))
	for k, v := range n {
		lines = append(lines, fmt.Sprintf("%3d %s", v, k))
	}
	sort.Strings(lines)
	return strings.Join(lines, "\n")
}

// TestAnotherHand checks that the answers come from rules: the same registers,
// kept in another way, are read the same.
func TestAnotherHand(t *testing.T) {
	for _, name := range []string{"clinic-north.xlsx", "labour-2567.csv"} {
		want := outcome(plan(t, book(t, name)))
		for _, m := range []struct {
			what string
			do   func(b *register.Book)
		}{
			{"columns in reverse order", reverseColumns},
			{"blank lines between rows", blankLines},
			{"three lines above the title", linesAbove},
			{"the sheets in another order", reverseSheets},
			{"an unknown column", unknownColumn},
			{"no-break blanks and zero-width signs", oddBlanks},
			{"dashes in dates instead of strokes", dashedDates},
		} {
			b := book(t, name)
			m.do(&b)
			if got := outcome(plan(t, b)); got != want {
				t.Errorf("%s with %s:\ngot\n%s\nwant\n%s", name, m.what, got, want)
			}
		}
	}
}

func reverseColumns(b *register.Book) {
	for i := range b.Sheets {
		s := &b.Sheets[i]
		width := 0
		for _, r := range s.Rows {
			width = max(width, len(r))
		}
		for j, r := range s.Rows {
			out := make([]register.Cell, width)
			for c, cell := range r {
				out[width-1-c] = cell
			}
			s.Rows[j] = out
		}
		hidden := map[int]bool{}
		for c, h := range s.Hidden {
			hidden[width-1-c] = h
		}
		s.Hidden = hidden
	}
}

func blankLines(b *register.Book) {
	for i := range b.Sheets {
		s := &b.Sheets[i]
		var out [][]register.Cell
		for j, r := range s.Rows {
			out = append(out, r)
			if j > 8 && j%7 == 0 {
				out = append(out, nil, make([]register.Cell, 3))
			}
		}
		s.Rows = out
	}
}

func linesAbove(b *register.Book) {
	for i := range b.Sheets {
		s := &b.Sheets[i]
		above := [][]register.Cell{{{Text: "ฉบับปรับปรุง"}}, {}, {{}, {Text: "ใช้ภายในเท่านั้น"}}}
		s.Rows = append(above, s.Rows...)
	}
}

func reverseSheets(b *register.Book) {
	for i, j := 0, len(b.Sheets)-1; i < j; i, j = i+1, j-1 {
		b.Sheets[i], b.Sheets[j] = b.Sheets[j], b.Sheets[i]
	}
}

func unknownColumn(b *register.Book) {
	for i := range b.Sheets {
		s := &b.Sheets[i]
		for j := range s.Rows {
			s.Rows[j] = append([]register.Cell{{}}, s.Rows[j]...)
		}
		hidden := map[int]bool{}
		for c, h := range s.Hidden {
			hidden[c+1] = h
		}
		s.Hidden = hidden
	}
}

func eachText(b *register.Book, f func(s string) string) {
	for i := range b.Sheets {
		for _, r := range b.Sheets[i].Rows {
			for c := range r {
				if r[c].Kind == register.Text {
					r[c].Text = f(r[c].Text)
				}
			}
		}
	}
}

func oddBlanks(b *register.Book) {
	eachText(b, func(s string) string {
		return strings.ReplaceAll(strings.ReplaceAll(s, " ", "\u00a0"), "ำ", "\u200bํา")
	})
}

func dashedDates(b *register.Book) {
	eachText(b, func(s string) string {
		if strings.Count(s, "/") == 2 && len(s) <= 10 && strings.Trim(s, "0123456789/") == "" {
			return strings.ReplaceAll(s, "/", "-")
		}
		return s
	})
}

// TestDoubtful checks that a certain row becomes a doubtful one when the doubt is put in.
func TestDoubtful(t *testing.T) {
	for _, c := range []struct{ from, to, code string }{
		{"6000050114033", "6000050114034", "id_check_digit"},
		{"6000050114033", "600005011403", "id_length"},
		{"6000050114033", "60OOO50114033", "id_letters"},
		{"6000050114033", "60000501xxxxx", "id_masked"},
		{"นาง นาสี จะอื่อ", "ไม่ประสงค์ออกนาม", "anonymous"},
		{"นาง นาสี จะอื่อ", "?????? ????", "name_lost_encoding"},
		{"นาง นาสี จะอื่อ", "ทดสอบ", "test_row"},
		{"4 ก.พ. 62", "31 ก.พ. 62", "date_invalid"},
		{"4 ก.พ. 62", "4/2/19", "date_ambiguous"},
		{"4 ก.พ. 62", "4 ก.พ. 2599", "date_future"},
		{"4 ก.พ. 62", "4 ก.พ. 62 ถึง 7 ก.พ. 62", "date_two"},
		{"4 ก.พ. 62", "ช่วงหน้าหนาว", "date_unclear"},
		{"4 ก.พ. 62", "=NOW()", "date_invalid"},
	} {
		b := book(t, "clinic-north.xlsx")
		b.Sheets = b.Sheets[:1]
		before := outcome(plan(t, b))
		eachText(&b, func(s string) string {
			if s == c.from {
				return c.to
			}
			return s
		})
		p := plan(t, b)
		if after := outcome(p); after == before || !strings.Contains(after, c.code) {
			t.Errorf("%s -> %s: %s was not found", c.from, c.to, c.code)
		}
	}
}

func TestUnknownLayout(t *testing.T) {
	text := func(s ...string) (r []register.Cell) {
		for _, x := range s {
			r = append(r, register.Cell{Text: x})
		}
		return r
	}
	for _, c := range []struct {
		key  string
		rows [][]register.Cell
	}{
		{"imports.fault.empty", nil},
		{"imports.fault.layout", [][]register.Cell{text("สมชาย ใจดี", "1-2345-67890-12-3"), text("สมหญิง", "x")}},
		{"imports.fault.layout", [][]register.Cell{text("ชื่อ-สกุล", "สัญชาติ", "สี"), text("สมหญิง ใจดี", "ลาว", "แดง")}},
	} {
		_, err := register.Read(register.Book{Sheets: []register.Sheet{{Rows: c.rows}}}, register.Options{Today: today()})
		f := fault.As(err)
		if !fault.Is(err, fault.Invalid) || f.Key != c.key {
			t.Errorf("got %v, want %s", err, c.key)
		}
		for _, v := range f.Args {
			if strings.Contains(v, "สม") {
				t.Errorf("the answer tells a cell: %q", v)
			}
		}
	}
}
