package register

import "time"

// DatesOf reads a cell as the date of an event and as a date of birth.
func DatesOf(s string, today time.Time) (When, Birth) {
	return readDate(Cell{Text: s}, today), readBirth(Cell{Text: s}, today)
}
