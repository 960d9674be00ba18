package ui

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/saphan-network/saphan/web/locale"
)

func splitDay(iso string) (day, month, year string) {
	d, ok := locale.ParseDay(iso)
	if !ok {
		return "", "", ""
	}
	if d.Day > 0 {
		day = strconv.Itoa(d.Day)
	}
	if d.Month > 0 {
		month = strconv.Itoa(d.Month)
	}
	return day, month, strconv.Itoa(d.Buddhist())
}

// ReadDate puts the three controls of a date field together. get is the form's
// value by name (gin's PostForm). A year of 2400 or more is of the Buddhist era.
// Day, or day and month, may be left out; all left out gives "". The key is the
// message of what is wrong, empty when nothing is.
func ReadDate(get func(string) string, name string) (iso, key string) {
	var n [3]int
	for i, part := range []string{".day", ".month", ".year"} {
		raw := strings.TrimSpace(thaiDigits(get(name + part)))
		if raw == "" {
			continue
		}
		v, err := strconv.Atoi(raw)
		if err != nil || v < 1 {
			return "", "error.date.digits"
		}
		n[i] = v
	}
	day, month, year := n[0], n[1], n[2]
	switch {
	case day == 0 && month == 0 && year == 0:
		return "", ""
	case year == 0:
		return "", "error.date.year"
	case day > 0 && month == 0:
		return "", "error.date.month"
	}
	if year == 2483 && month >= 1 && month <= 3 {
		return "", "error.date.none" // B.E. 2483 had nine months, April to December
	}
	if year >= 2400 {
		year = commonYear(year, month)
	}
	if year < 1850 || year > 2200 {
		return "", "error.date.year"
	}
	iso = fmt.Sprintf("%04d", year)
	if month > 0 {
		iso += fmt.Sprintf("-%02d", month)
	}
	if day > 0 {
		iso += fmt.Sprintf("-%02d", day)
	}
	if _, ok := locale.ParseDay(iso); !ok {
		return "", "error.date.none"
	}
	return iso, ""
}

// commonYear turns a Buddhist year into one of the common era; until B.E. 2483
// the year began in April.
func commonYear(year, month int) int {
	if month >= 1 && month <= 3 && year <= 2482 {
		return year - 542
	}
	return year - 543
}

func thaiDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '๐' && r <= '๙' {
			return r - '๐' + '0'
		}
		return r
	}, s)
}
