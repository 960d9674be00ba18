package locale

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

var (
	monthsTH   = []string{"มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน", "กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม"}
	monthsTHs  = []string{"ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค."}
	weekdaysTH = []string{"วันอาทิตย์", "วันจันทร์", "วันอังคาร", "วันพุธ", "วันพฤหัสบดี", "วันศุกร์", "วันเสาร์"}
	shortDayTH = []string{"อา.", "จ.", "อ.", "พ.", "พฤ.", "ศ.", "ส."}
)

// Bangkok is the zone in which every time is shown: UTC+7, without summer time.
var Bangkok = time.FixedZone("ICT", 7*60*60)

// Day is a date as far as it is known: Month and Day are 0 when unknown. Year is
// of the common era.
type Day struct{ Year, Month, Day int }

// ParseDay reads "2026", "2026-11" or "2026-11-25".
func ParseDay(iso string) (Day, bool) {
	var d Day
	parts := strings.Split(iso, "-")
	if len(parts) > 3 {
		return d, false
	}
	for i, p := range parts {
		n, err := strconv.Atoi(p)
		if err != nil || n < 1 || p[0] == '+' || (i == 0 && len(p) != 4) || (i > 0 && len(p) != 2) {
			return Day{}, false
		}
		switch i {
		case 0:
			d.Year = n
		case 1:
			d.Month = n
		case 2:
			d.Day = n
		}
	}
	if d.Month > 12 {
		return Day{}, false
	}
	if d.Day > 0 {
		t := time.Date(d.Year, time.Month(d.Month), d.Day, 0, 0, 0, 0, time.UTC)
		if t.Day() != d.Day {
			return Day{}, false
		}
	}
	return d, true
}

// DayOf returns the date of a moment in Thailand.
func DayOf(t time.Time) Day {
	t = t.In(Bangkok)
	return Day{t.Year(), int(t.Month()), t.Day()}
}

// Buddhist is the year of the Buddhist era. Until 1940 the Thai year began on
// 1 April, so that January to March belong to the year before.
func (d Day) Buddhist() int {
	if d.Year <= 1940 && d.Month >= 1 && d.Month <= 3 {
		return d.Year + 542
	}
	return d.Year + 543
}

func (d Day) weekday() time.Weekday {
	return time.Date(d.Year, time.Month(d.Month), d.Day, 0, 0, 0, 0, time.UTC).Weekday()
}

// Date writes a day for reading: "พ. 25 พ.ย. 2569", "Wed 25 Nov 2026"; of a
// partial one only what is known: "พ.ย. 2569", "2569".
func (s *Speaker) Date(d Day) string {
	if d.Year == 0 {
		return ""
	}
	if s.lang == English {
		return englishDate(d, "Mon 2 Jan 2006", "Jan 2006")
	}
	switch {
	case d.Month == 0:
		return strconv.Itoa(d.Buddhist())
	case d.Day == 0:
		return fmt.Sprintf("%s %d", monthsTHs[d.Month-1], d.Buddhist())
	}
	return fmt.Sprintf("%s %d %s %d", shortDayTH[d.weekday()], d.Day, monthsTHs[d.Month-1], d.Buddhist())
}

// LongDate writes a day in full: "วันพุธที่ 25 พฤศจิกายน 2569", "Wednesday 25 November 2026".
func (s *Speaker) LongDate(d Day) string {
	if d.Year == 0 {
		return ""
	}
	if s.lang == English {
		return englishDate(d, "Monday 2 January 2006", "January 2006")
	}
	switch {
	case d.Month == 0:
		return "พ.ศ. " + strconv.Itoa(d.Buddhist())
	case d.Day == 0:
		return fmt.Sprintf("%s %d", monthsTH[d.Month-1], d.Buddhist())
	}
	return fmt.Sprintf("%sที่ %d %s %d", weekdaysTH[d.weekday()], d.Day, monthsTH[d.Month-1], d.Buddhist())
}

// When writes a moment with its time of day in Thailand: "พ. 25 พ.ย. 2569 13.42 น.".
// The last space does not break, so that "น." never stands alone in a line.
func (s *Speaker) When(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	if s.lang == English {
		return s.Date(DayOf(t)) + t.In(Bangkok).Format(", 15:04")
	}
	return s.Date(DayOf(t)) + t.In(Bangkok).Format(" 15.04\u00a0น.")
}

// MonthName is the full name of a month, 1 to 12.
func (s *Speaker) MonthName(month int) string {
	if month < 1 || month > 12 {
		return ""
	}
	if s.lang == English {
		return time.Month(month).String()
	}
	return monthsTH[month-1]
}

func englishDate(d Day, full, noDay string) string {
	switch {
	case d.Month == 0:
		return strconv.Itoa(d.Year)
	case d.Day == 0:
		return time.Date(d.Year, time.Month(d.Month), 1, 0, 0, 0, 0, time.UTC).Format(noDay)
	}
	return time.Date(d.Year, time.Month(d.Month), d.Day, 0, 0, 0, 0, time.UTC).Format(full)
}
