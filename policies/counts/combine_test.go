package counts

import (
	"fmt"
	"slices"
	"testing"

	"github.com/saphan-network/saphan/federation/fault"
)

// none is the place of the cell "none" in a table of shape C.
const none = 6

// answers are tables of shape C for March in which each organisation has so many.
func answers(t *testing.T, family string, n ...int) []Answer {
	t.Helper()
	if at := shape(t, "C").cells()[none]; at[0] != "none" {
		t.Fatalf("cell %d is %s", none, at)
	}
	var out []Answer
	for i, each := range n {
		out = append(out, Answer{From: fmt.Sprint("org", i), Table: made(t, shape(t, "C"), "2025-03",
			people(each, "2025-03-03", fmt.Sprint("o", i), map[string]string{"status_family": family}))})
	}
	return out
}

func combined(t *testing.T, a []Answer) Table {
	t.Helper()
	p := period(t, "2025-03")
	out, err := Combine(shape(t, "C"), p, a, p.Closing())
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestCombine(t *testing.T) {
	want(t, combined(t, nil), Hidden, "none")
	want(t, combined(t, answers(t, "none", 40, 40)), Hidden, "none")
	want(t, combined(t, answers(t, "none", 40, 40, 3)), Hidden, "none")
	want(t, combined(t, answers(t, "none", 300, 30, 30)), Hidden, "none")
	all := answers(t, "none", 40, 50, 60, 2)
	if n := want(t, combined(t, all), Shown, "none"); n < 130 || n > 170 {
		t.Errorf("150 people in three organisations are told as %d", n)
	}
	slices.Reverse(all)
	if a, b := combined(t, all), combined(t, answers(t, "none", 40, 50, 60, 2)); a.Cells[none].Value != b.Cells[none].Value {
		t.Error("the order of the answers matters")
	}
	d, p := shape(t, "D"), period(t, "2025")
	var empty []Answer
	for i := range 3 {
		empty = append(empty, Answer{From: fmt.Sprint(i), Table: made(t, d, "2025", nil)})
	}
	out, err := Combine(d, p, empty, p.Closing())
	if err != nil {
		t.Fatal(err)
	}
	want(t, out, Zero, "labour", "female", "none")
	out, err = Combine(d, p, empty[:2], p.Closing())
	if err != nil {
		t.Fatal(err)
	}
	want(t, out, Hidden, "labour", "female", "none")
}

func TestCombineRefuses(t *testing.T) {
	s, p := shape(t, "C"), period(t, "2025-03")
	for name, spoil := range map[string]func(a []Answer) []Answer{
		"raw counts":      func(a []Answer) []Answer { a[0].Table.Cells[none].Value = 41; return a },
		"a figure below":  func(a []Answer) []Answer { a[0].Table.Cells[none].Value = 5; return a },
		"no people":       func(a []Answer) []Answer { a[0].Table.Cells[none].Value = 0; return a },
		"fewer than none": func(a []Answer) []Answer { a[0].Table.Cells[none].Value = -40; return a },
		"all the world":   func(a []Answer) []Answer { a[0].Table.Cells[none].Value = 8_000_000_000; return a },
		"a small number spelled": func(a []Answer) []Answer {
			a[0].Table.Cells[1] = Cell{At: a[0].Table.Cells[1].At, Mark: Few, Value: 3}
			return a
		},
		"a zero where it hides": func(a []Answer) []Answer { a[0].Table.Cells[1].Mark = Zero; return a },
		"the network's mark":    func(a []Answer) []Answer { a[0].Table.Cells[1].Mark = Hidden; return a },
		"no mark":               func(a []Answer) []Answer { a[0].Table.Cells[1].Mark = ""; return a },
		"a cell twice":          func(a []Answer) []Answer { a[0].Table.Cells[1] = a[0].Table.Cells[none]; return a },
		"a cell more": func(a []Answer) []Answer {
			a[0].Table.Cells = append(a[0].Table.Cells, a[0].Table.Cells[none])
			return a
		},
		"a cell less":     func(a []Answer) []Answer { a[0].Table.Cells = a[0].Table.Cells[1:]; return a },
		"no such place":   func(a []Answer) []Answer { a[0].Table.Cells[1].At = []string{"mars"}; return a },
		"another shape":   func(a []Answer) []Answer { a[0].Table.Shape = "A"; return a },
		"another version": func(a []Answer) []Answer { a[0].Table.Version = 2; return a },
		"another month":   func(a []Answer) []Answer { a[0].Table.Period = a[0].Table.Period.Next(); return a },
		"one twice":       func(a []Answer) []Answer { return append(a, a[0]) },
		"nobody's":        func(a []Answer) []Answer { a[0].From = ""; return a },
	} {
		if _, err := Combine(s, p, spoil(answers(t, "none", 40, 50, 60)), p.Closing()); !fault.Is(err, fault.Invalid) || fault.As(err).Key != KeyAnswer {
			t.Errorf("%s: %v", name, err)
		}
	}
}
