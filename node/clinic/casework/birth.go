package casework

import (
	"strconv"
	"time"
)

// The ages that matter: below childAge a person counts as a minor of the
// household, from adultAge on as an adult who consents alone.
const (
	childAge = 18
	adultAge = 20
)

// yearOf reads the year of an ISO date of any precision, 0 when there is none.
func yearOf(iso string) int {
	if len(iso) < 4 {
		return 0
	}
	y, err := strconv.Atoi(iso[:4])
	if err != nil || y < 1800 || y > 2400 {
		return 0
	}
	return y
}

// precisionOf names how much of an ISO date is known.
func precisionOf(iso string) string {
	return map[int]string{4: "year", 7: "month", 10: "day"}[len(iso)]
}

// ages returns the youngest and the oldest age that a partial date of birth
// leaves possible on a day; ok is false when nothing is known.
func ages(birth, today string) (low, high int, ok bool) {
	if yearOf(birth) == 0 {
		return 0, 0, false
	}
	first, last := birth, birth
	switch len(birth) {
	case 4:
		first, last = birth+"-01-01", birth+"-12-31"
	case 7:
		first, last = birth+"-01", birth+"-28"
	}
	now, err := time.Parse(time.DateOnly, today)
	if err != nil {
		return 0, 0, false
	}
	a, errA := time.Parse(time.DateOnly, first)
	b, errB := time.Parse(time.DateOnly, last)
	if errA != nil || errB != nil {
		return 0, 0, false
	}
	return ageOn(b, now), ageOn(a, now), true
}

func ageOn(birth, now time.Time) int {
	n := now.Year() - birth.Year()
	if now.Month() < birth.Month() || now.Month() == birth.Month() && now.Day() < birth.Day() {
		n--
	}
	return max(n, 0)
}

func itoa(n int) string { return strconv.Itoa(n) }
