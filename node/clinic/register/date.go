package register

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// When is a date as far as it is known.
type When struct {
	Value     string // ISO: 2019-01-14, 2022-06 or 1978; "" when nothing is known
	Precision string // day, month, year or ""
	Code      string // why it could not be read, or ""
	Christian bool   // written with a Christian year
	Buddhist  bool   // a date cell that stores a Buddhist year
}

func (w When) year() int {
	if len(w.Value) < 4 {
		return 0
	}
	y, _ := strconv.Atoi(w.Value[:4])
	return y
}

// months maps every spelling of a month, dots and blanks removed, to its number.
var months = func() map[string]int {
	m := make(map[string]int)
	names := []string{
		"มกราคม มค มกรา january jan", "กุมภาพันธ์ กพ กุมภา february feb", "มีนาคม มีค มีนา march mar",
		"เมษายน เมย เมษา april apr", "พฤษภาคม พค พฤษภา may", "มิถุนายน มิย มิถุนา june jun",
		"กรกฎาคม กค กรกฎา july jul", "สิงหาคม สค สิงหา august aug", "กันยายน กย กันยา september sep",
		"ตุลาคม ตค ตุลา october oct", "พฤศจิกายน พย พฤศจิกา november nov", "ธันวาคม ธค ธันวา december dec",
	}
	for i, line := range names {
		for _, n := range strings.Fields(line) {
			m[n] = i + 1
		}
	}
	return m
}()

const monthName = `[ก-ฮเ-ไ][ก-๎]*\.?(?:[ก-๎]+\.?)?|[A-Za-z]{3,9}\.?`

var (
	numeric   = regexp.MustCompile(`(\d{1,4})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{1,4})`)
	withMonth = regexp.MustCompile(`(\d{1,2})\s*-?\s*(` + monthName + `)\s*-?\s*(\d{4}|\d{2})`)
	monthYear = regexp.MustCompile(`(` + monthName + `)\s*(\d{4}|\d{2})`)
	slashYear = regexp.MustCompile(`^(\d{1,2})\s*/\s*(\d{4})$`)
	onlyYear  = regexp.MustCompile(`^(?:พ\.?\s*ศ\.?|ค\.?\s*ศ\.?|ปี)?\s*(?:พ\.?\s*ศ\.?)?\s*(\d{4})$`)
	anAge     = regexp.MustCompile(`^(?:อายุ|~|ประมาณ|ราว)*\s*~?\s*(\d{1,3})\s*(?:ปี|ขวบ)?$`)
	leadWords = regexp.MustCompile(`^(?:วันที่|ประมาณ|ราว ?ๆ?|ช่วง|ต้น|กลาง|ปลาย|เดือน|\s)+`)
)

// month reads the name of a month.
func month(s string) int {
	return months[strings.ToLower(strings.NewReplacer(".", "", " ", "").Replace(s))]
}

// year reads a year of two or four digits. named is whether a Thai month name
// stands before it.
func year(s string) (y int, christian, ambiguous bool) {
	n, _ := strconv.Atoi(s)
	switch {
	case len(s) == 4 && n >= 2400:
		return n - 543, false, false
	case len(s) == 4:
		return n, true, false
	case n >= 55:
		return 2500 + n - 543, false, false
	}
	return 2500 + n - 543, false, true
}

func iso(y, m, d int) (string, bool) {
	if y < 1800 || y > 2400 || m < 1 || m > 12 || d < 1 || d > 31 {
		return "", false
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if t.Day() != d || int(t.Month()) != m {
		return "", false
	}
	return t.Format(time.DateOnly), true
}

// readDate reads the date of an event. Day comes before month, always.
func readDate(c Cell, today time.Time) When {
	if c.Kind == Date {
		return finish(dateCell(c), today)
	}
	s := thaiDigits.Replace(flat(c.Text))
	if void(s) {
		return When{}
	}
	return finish(dateText(s), today)
}

func dateCell(c Cell) When {
	w := When{Christian: true}
	y := c.Y
	if y >= 2400 {
		y, w.Christian, w.Buddhist = y-543, false, true
	}
	v, ok := iso(y, c.M, c.D)
	if !ok {
		return When{Code: "date_invalid"}
	}
	w.Value, w.Precision = v, "day"
	return w
}

// dateText reads a written date; a year of two digits that may be either
// calendar makes it ambiguous.
func dateText(s string) When {
	found := numeric.FindAllStringSubmatch(s, -1)
	for _, m := range withMonth.FindAllStringSubmatch(s, -1) {
		if month(m[2]) > 0 {
			found = append(found, m)
		}
	}
	switch len(found) {
	case 0:
		return monthOnly(s)
	case 1:
		return oneDate(found[0])
	}
	return When{Code: "date_two"}
}

func oneDate(m []string) When {
	day, mon, yr := m[1], m[2], m[3]
	if len(day) == 4 { // 2567-08-13
		day, yr = yr, day
	}
	if len(day) > 2 || len(yr) == 3 || len(yr) == 1 {
		return When{Code: "date_invalid"}
	}
	d, _ := strconv.Atoi(day)
	mo, err := strconv.Atoi(mon)
	if err != nil {
		mo = month(mon)
	}
	y, christian, ambiguous := year(yr)
	v, ok := iso(y, mo, d)
	switch {
	case ambiguous && mo >= 1 && mo <= 12:
		return When{Value: v, Precision: "day", Code: "date_ambiguous"}
	case !ok:
		return When{Code: "date_invalid"}
	}
	return When{Value: v, Precision: "day", Christian: christian}
}

func monthOnly(s string) When {
	rest := leadWords.ReplaceAllString(s, "")
	if m := monthYear.FindStringSubmatch(rest); m != nil && month(m[1]) > 0 {
		y, christian, ambiguous := year(m[2])
		if ambiguous {
			return When{Code: "date_ambiguous"}
		}
		return When{Value: fmt.Sprintf("%04d-%02d", y, month(m[1])), Precision: "month", Christian: christian}
	}
	if m := slashYear.FindStringSubmatch(rest); m != nil {
		mo, _ := strconv.Atoi(m[1])
		y, christian, _ := year(m[2])
		if mo < 1 || mo > 12 {
			return When{Code: "date_invalid"}
		}
		return When{Value: fmt.Sprintf("%04d-%02d", y, mo), Precision: "month", Christian: christian}
	}
	if hasAny(s, "เดือน", "ปี", "ต้น", "ปลาย", "กลาง", "สัปดาห์", "วัน", "ประมาณ", "ช่วง") || onlyYear.MatchString(rest) {
		return When{Code: "date_unclear"}
	}
	return When{Code: "date_invalid"}
}

func finish(w When, today time.Time) When {
	if w.Code == "" && w.Value != "" && w.Value > today.Format(time.DateOnly) {
		return When{Code: "date_future"}
	}
	if w.Code != "" {
		return When{Code: w.Code}
	}
	return w
}

// Birth is a date of birth as far as it is known, or an age instead.
type Birth struct {
	When
	Age int // at intake; 0 when not given
}

// readBirth reads a column in which people write a day, a month, a year or an
// age. A year of two digits after the name of a Thai month is Buddhist here:
// nobody writes a Christian birth year in that way.
func readBirth(c Cell, today time.Time) Birth {
	if c.Kind == Date {
		return Birth{When: finish(dateCell(c), today)}
	}
	s := thaiDigits.Replace(flat(c.Text))
	if void(s) {
		return Birth{}
	}
	if m := onlyYear.FindStringSubmatch(s); m != nil {
		y, _, _ := year(m[1])
		if strings.HasPrefix(s, "ค") {
			y, _ = strconv.Atoi(m[1])
		}
		if y < 1850 {
			return Birth{When: When{Code: "date_invalid"}}
		}
		return Birth{When: finish(When{Value: strconv.Itoa(y), Precision: "year"}, today)}
	}
	if m := anAge.FindStringSubmatch(s); m != nil {
		n, _ := strconv.Atoi(m[1])
		if n > 120 {
			return Birth{When: When{Code: "date_invalid"}}
		}
		return Birth{Age: n}
	}
	w := dateText(s)
	if w.Code == "date_ambiguous" && w.Value != "" && withMonth.MatchString(s) {
		w.Code = ""
	}
	return Birth{When: finish(w, today)}
}
