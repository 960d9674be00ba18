package disclose

import (
	"strconv"
	"strings"
	"time"
)

// birth is what a partial ISO date says: the first and the last day possible.
type birth struct{ first, last time.Time }

// parseBirth reads 2015, 2015-04 or 2015-04-23 (years of the common era; intake
// has converted Buddhist years already).
func parseBirth(s string) (birth, error) {
	parts := strings.Split(s, "-")
	if len(parts) > 3 || len(parts[0]) != 4 {
		return birth{}, ErrUnknown
	}
	for _, layout := range []struct {
		form   string
		months int
		years  int
		days   int
	}{{"2006", 0, 1, 0}, {"2006-01", 1, 0, 0}, {"2006-01-02", 0, 0, 1}} {
		t, err := time.Parse(layout.form, s)
		if err == nil {
			return birth{first: t, last: t.AddDate(layout.years, layout.months, layout.days).AddDate(0, 0, -1)}, nil
		}
	}
	return birth{}, ErrUnknown
}

// age is the number of full years between a birthday and now.
func age(born, now time.Time) int {
	n := now.Year() - born.Year()
	if now.Month() < born.Month() || (now.Month() == born.Month() && now.Day() < born.Day()) {
		n--
	}
	return n
}

// ages returns the lowest and the highest age that the raw date allows.
func ages(raw []string, now time.Time) (low, high int, err error) {
	s, err := one(raw)
	if err != nil {
		return 0, 0, err
	}
	b, err := parseBirth(s)
	if err != nil {
		return 0, 0, err
	}
	low, high = age(b.last, now), age(b.first, now)
	if high < 0 || low > 125 {
		return 0, 0, ErrUnknown
	}
	return max(low, 0), high, nil
}

func bandOf(n int) string {
	switch {
	case n <= 6:
		return "0-6"
	case n <= 14:
		return "7-14"
	case n <= 17:
		return "15-17"
	case n <= 24:
		return "18-24"
	case n <= 44:
		return "25-44"
	case n <= 59:
		return "45-59"
	}
	return "60+"
}

func coarseOf(n int) string {
	switch {
	case n < 18:
		return "child"
	case n < 60:
		return "adult"
	}
	return "older"
}

func byAge(raw []string, now time.Time, band func(int) string) ([]string, error) {
	low, high, err := ages(raw, now)
	if err != nil {
		return nil, err
	}
	if band(low) != band(high) {
		return nil, ErrUnclear
	}
	return []string{band(low)}, nil
}

// ageBand: a birth date, perhaps partial, to one of seven bands. A year alone
// that allows two bands is unclear; it is not rounded to either.
func ageBand(raw []string, s Setting) ([]string, error) { return byAge(raw, s.Now, bandOf) }

// ageCoarse: to child, adult or older.
func ageCoarse(raw []string, s Setting) ([]string, error) { return byAge(raw, s.Now, coarseOf) }

// size reads a small whole number.
func size(raw []string) (int, error) {
	s, err := one(raw)
	if err != nil {
		return 0, err
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > 1000 {
		return 0, ErrUnknown
	}
	return n, nil
}
