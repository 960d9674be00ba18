package counts

import (
	"slices"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
)

// KeyAnswer is the message key of an answer that is no table of ours: raw counts,
// another shape or period, coordinates that do not exist or come twice.
const KeyAnswer = "counts.error.answer"

// Answer is what one organisation has to say to a request for a table.
type Answer struct {
	From  string // the organisation; not in the result
	Table Table
}

// Check refuses a table that could not have come out of Make: a peer may have answered
// with raw counts, by mistake or not.
func Check(s Shape, p Period, t Table) error {
	cells := s.cells()
	bad := t.Shape != s.ID || t.Version != s.Version || t.Period != p || len(t.Cells) != len(cells)
	for i := 0; !bad && i < len(cells); i++ {
		c := t.Cells[i]
		bad = !slices.Equal(c.At, cells[i])
		switch c.Mark {
		case Shown:
			bad = bad || c.Value%step != 0 || c.Value < rounded(s.threshold(c.At)) || c.Value > maxCount
		case Zero:
			bad = bad || !s.Zero || c.Value != 0
		case Few:
			bad = bad || c.Value != 0
		default: // Hidden is for the network's own tables
			bad = true
		}
	}
	if bad {
		return fault.New(fault.Invalid, KeyAnswer)
	}
	return nil
}

// maxCount is more people than one organisation has.
const maxCount = 10_000_000

// Combine adds up what organisations have answered. Each must have passed Check; two
// answers of one organisation are refused. Of a cell the sum is shown where at least
// MinContributors gave a figure and none of them more than MaxShare per cent of it;
// it is a lower bound, since who had few gave none. It names nobody.
func Combine(s Shape, p Period, answers []Answer, now time.Time) (Table, error) {
	var who []string
	for _, a := range answers {
		if err := Check(s, p, a.Table); err != nil {
			return Table{}, err
		}
		if a.From == "" || slices.Contains(who, a.From) {
			return Table{}, fault.New(fault.Invalid, KeyAnswer)
		}
		who = append(who, a.From)
	}
	t := Table{Shape: s.ID, Version: s.Version, Period: p, Made: now.UTC()}
	for i, at := range s.cells() {
		t.Cells = append(t.Cells, sum(at, i, answers))
	}
	return t, nil
}

func sum(at []string, i int, answers []Answer) Cell {
	total, most, gave, zeros := 0, 0, 0, 0
	for _, a := range answers {
		switch c := a.Table.Cells[i]; c.Mark {
		case Shown:
			total, most, gave = total+c.Value, max(most, c.Value), gave+1
		case Zero:
			zeros++
		case Few, Hidden:
		}
	}
	switch {
	case zeros == len(answers) && zeros >= MinContributors:
		return Cell{At: at, Mark: Zero}
	case gave >= MinContributors && most*100 <= total*MaxShare:
		return Cell{At: at, Mark: Shown, Value: total}
	}
	return Cell{At: at, Mark: Hidden}
}
