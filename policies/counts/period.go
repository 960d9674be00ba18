package counts

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// Unit is a kind of period.
type Unit string

// The kinds of periods.
const (
	Month   Unit = "month"
	Quarter Unit = "quarter"
	Year    Unit = "year"
)

func (u Unit) months() int {
	switch u {
	case Month:
		return 1
	case Quarter:
		return 3
	case Year:
		return 12
	}
	return 0
}

// Period is one month, quarter or year of the Christian calendar.
type Period struct {
	Unit  Unit
	Start time.Time // its first day, 00:00 UTC
}

// PeriodOf is the period of a kind in which a day lies.
func PeriodOf(u Unit, day time.Time) Period {
	n := max(u.months(), 1)
	m := (int(day.Month())-1)/n*n + 1
	return Period{u, time.Date(day.Year(), time.Month(m), 1, 0, 0, 0, 0, time.UTC)}
}

// Next is the period after it.
func (p Period) Next() Period { return Period{p.Unit, p.End()} }

// End is the first day after it.
func (p Period) End() time.Time { return p.Start.AddDate(0, p.Unit.months(), 0) }

// Closing is the day from which its table can be made. What becomes known on it or
// later counts in a later period.
func (p Period) Closing() time.Time { return p.End().AddDate(0, 0, closing) }

// String writes 2026, 2026-Q3 or 2026-07.
func (p Period) String() string {
	switch p.Unit {
	case Month:
		return p.Start.Format("2006-01")
	case Quarter:
		return fmt.Sprintf("%04d-Q%d", p.Start.Year(), (int(p.Start.Month())-1)/3+1)
	case Year:
		return fmt.Sprintf("%04d", p.Start.Year())
	}
	return ""
}

var (
	errPeriod    = errors.New("counts: not a period")
	quarterForm  = regexp.MustCompile(`^([0-9]{4})-Q([1-4])$`)
	earliestYear = 1990
	latestYear   = 2200
)

// ParsePeriod reads what String writes, and nothing else.
func ParsePeriod(s string) (Period, error) {
	p := Period{}
	switch {
	case len(s) == 4:
		p.Unit = Year
	case len(s) == 7 && quarterForm.MatchString(s):
		p.Unit = Quarter
	case len(s) == 7:
		p.Unit = Month
	default:
		return Period{}, errPeriod
	}
	year, err := strconv.Atoi(s[:4])
	if err != nil || year < earliestYear || year > latestYear {
		return Period{}, errPeriod
	}
	month := 1
	switch p.Unit {
	case Quarter:
		month = int(s[6]-'1')*3 + 1
	case Month:
		t, err := time.Parse("2006-01", s)
		if err != nil {
			return Period{}, errPeriod
		}
		month = int(t.Month())
	}
	p.Start = time.Date(year, time.Month(month), 1, 0, 0, 0, 0, time.UTC)
	if p.String() != s {
		return Period{}, errPeriod
	}
	return p, nil
}

// periodFor is the period in which something counts: the one in which it happened,
// or, if it became known only after the closing of that, the first that was not yet
// closed then. So no table that was made ever changes.
func periodFor(u Unit, on, known time.Time) Period {
	p := PeriodOf(u, on)
	for !known.Before(p.Closing()) {
		p = p.Next()
	}
	return p
}
