package disclose

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// quarter: a date to its quarter, 2026-Q4.
func quarter(raw []string, s Setting) ([]string, error) {
	return part(raw, s, func(year string, month int) string { return fmt.Sprintf("%s-Q%d", year, (month+2)/3) })
}

// half: a date to its half-year, 2026-H2.
func half(raw []string, s Setting) ([]string, error) {
	return part(raw, s, func(year string, month int) string { return fmt.Sprintf("%s-H%d", year, (month+5)/6) })
}

func part(raw []string, s Setting, name func(year string, month int) string) ([]string, error) {
	m, err := month(raw, s)
	if err != nil {
		return nil, err
	}
	year, mm, _ := strings.Cut(m[0], "-")
	n, err := strconv.Atoi(mm)
	if err != nil {
		return nil, ErrUnknown
	}
	return []string{name(year, n)}, nil
}

// year: a date to its year; a year alone is enough.
func year(raw []string, _ Setting) ([]string, error) {
	v, err := one(raw)
	if err != nil {
		return nil, err
	}
	b, err := parseBirth(v)
	if err != nil {
		return nil, ErrUnknown
	}
	return []string{b.first.Format("2006")}, nil
}

// SchoolLevels are the codes of school_level/1, from the lowest.
func SchoolLevels() []string {
	return []string{"none", "primary", "lower_secondary", "upper_secondary", "vocational", "higher"}
}

// schoolLevel: the level of a school, never its name.
func schoolLevel(raw []string, _ Setting) ([]string, error) {
	v, err := one(raw)
	if err != nil || !slices.Contains(SchoolLevels(), v) {
		return nil, ErrUnknown
	}
	return []string{v}, nil
}

// schoolChild: whether somebody goes to school at all.
func schoolChild(raw []string, s Setting) ([]string, error) {
	v, err := schoolLevel(raw, s)
	if err != nil {
		return nil, err
	}
	if v[0] == "none" {
		return []string{"no"}, nil
	}
	return []string{"yes"}, nil
}

// moneyBand: a whole number of baht to a band; 5,000 belongs to the band above it.
func moneyBand(raw []string, _ Setting) ([]string, error) {
	v, err := one(raw)
	if err != nil {
		return nil, err
	}
	n, err := strconv.ParseUint(v, 10, 40)
	if err != nil || strconv.FormatUint(n, 10) != v {
		return nil, ErrUnknown
	}
	switch {
	case n < 5_000:
		return []string{"<5k"}, nil
	case n < 20_000:
		return []string{"5-20k"}, nil
	case n < 50_000:
		return []string{"20-50k"}, nil
	case n <= 200_000:
		return []string{"50-200k"}, nil
	}
	return []string{">200k"}, nil
}
