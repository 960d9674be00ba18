package counts

import (
	"slices"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
)

// Message keys of why a table is not made.
const (
	KeyShape = "counts.error.shape" // no registered shape, or not of this kind of period
	KeyEarly = "counts.error.early" // its period has not been closed yet
	KeyOther = "counts.error.other" // another version of the shape has been made for the year
)

// Plan says whether the table of a shape and period may be made now, from the tables
// that were made before. If this very table was, it returns it: a table is made once.
// An error is a fault of kind Denied, or Invalid for what is no registered table.
func Plan(past []Table, s Shape, p Period, now time.Time) (made *Table, err error) {
	if have, ok := ShapeOf(s.ID); !ok || have.Version != s.Version || have.Unit != p.Unit || p != PeriodOf(p.Unit, p.Start) {
		return nil, fault.New(fault.Invalid, KeyShape)
	}
	for i, t := range past {
		if t.Shape == s.ID && t.Version == s.Version && t.Period == p {
			return &past[i], nil
		}
		// The same people in cells that are cut in another way could be subtracted.
		if t.Shape == s.ID && t.Version != s.Version && t.Period.Start.Year() == p.Start.Year() {
			return nil, fault.New(fault.Denied, KeyOther)
		}
	}
	if now.Before(p.Closing()) {
		return nil, fault.New(fault.Denied, KeyEarly).With("day", p.Closing().Format(time.DateOnly))
	}
	return nil, nil
}

// Make plans and counts: it returns the table that was made before, or makes it.
// fresh tells which; a fresh one must be kept in the same transaction.
func Make(past []Table, s Shape, p Period, records []Record, secret []byte, now time.Time) (t Table, fresh bool, err error) {
	made, err := Plan(past, s, p, now)
	if err != nil {
		return Table{}, false, err
	}
	if made != nil {
		return *made, false, nil
	}
	t, err = makeTable(s, p, records, secret, now)
	return t, err == nil, err
}

// Spent is what the tables of a year have used up of one person's Budget. A person counts in one period of a year and shape only, so all tables
// of a shape together cost it once.
func Spent(past []Table, year int) int {
	sum := 0
	var seen []string
	for _, t := range past {
		s, ok := ShapeOf(t.Shape)
		if !ok || t.Period.Start.Year() != year || slices.Contains(seen, t.Shape) {
			continue
		}
		seen = append(seen, t.Shape)
		sum += s.Cost
	}
	return sum
}
