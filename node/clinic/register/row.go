package register

import (
	"regexp"
	"strconv"
	"strings"
)

// row is one data row on its way to a record.
type row struct {
	t       *table
	n       int // as counted in the file, from 1
	cells   []Cell
	more    []string // progress text of continuation rows
	colour  string   // what the colour of the row means by the legend
	caseKey string
	head    *row // first row of the same case; itself for the first

	intake When
	people []person
	birth  Birth
	id     Identity
	codes  []string
	notes  []string
	stated int // number of people that the row gives
	sameAs *row
	filed  []string // lines of a list of applications that name this row's person
}

// person is one person of a row.
type person struct {
	name  Name
	latin string
	id    Identity
}

// cell returns the field's cell as it stands in this row.
func (r *row) cell(f string) Cell {
	c, ok := r.t.cols[f]
	if !ok || c >= len(r.cells) || r.t.sheet.Hidden[c] {
		return Cell{}
	}
	return r.cells[c]
}

func (r *row) own(f string) string { return flat(r.cell(f).Text) }

// asAbove matches cells that point to another row instead of repeating it.
var asAbove = regexp.MustCompile(`^เหมือน(?:ลำดับ|ข้อ|แถว)?(?:ที่)?\s*\d*$`)

// borrowed reports whether the cell holds nothing of its own.
func (r *row) borrowed(f string) bool {
	c := r.cell(f)
	s := flat(c.Text)
	return c.Kind != Date && (s == "" || ditto(s) || asAbove.MatchString(s)) || c.Merged
}

// text returns the field's text; where the row has none of its own, that of
// the first row of the case.
func (r *row) text(f string) string {
	if r.head != nil && r.head != r && r.borrowed(f) {
		if r.head.refused() { // nothing of a refused row may live on in another
			return ""
		}
		return clean(r.head.cell(f).Text)
	}
	if s := clean(r.cell(f).Text); !ditto(s) {
		return s
	}
	return ""
}

func (r *row) add(code string) {
	for _, c := range r.codes {
		if c == code {
			return
		}
	}
	r.codes = append(r.codes, code)
}

func (r *row) note(code string) { r.notes = append(r.notes, code) }

// fill is the colour of the row: that of its first filled cell.
func (r *row) fill() string {
	for i, c := range r.cells {
		if c.Fill != "" && !r.t.sheet.Hidden[i] {
			return c.Fill
		}
	}
	return ""
}

func (r *row) comments() (notes []string) {
	for i, c := range r.cells {
		if c.Note != "" && !c.Merged && !r.t.sheet.Hidden[i] {
			notes = append(notes, clean(c.Note))
		}
	}
	return notes
}

var (
	yearFirst = regexp.MustCompile(`^(?:[A-Za-z]{1,4}[- ]?)?(\d{2}|25\d{2})[-/](\d{1,4})(?:[-/](\d{1,3}))?$`)
	yearLast  = regexp.MustCompile(`^(?:[A-Za-z]{1,4}[- ]?)?(\d{1,4})[-/](25\d{2})(?:[-/](\d{1,3}))?$`)
)

// caseNumber writes the many forms of a case number in one: 62/001. A member's
// number after it is dropped. What has another form is kept as it is.
func caseNumber(s string) string {
	s = strings.ReplaceAll(thaiDigits.Replace(flat(s)), " ", "")
	yy, n := "", ""
	if m := yearLast.FindStringSubmatch(s); m != nil {
		yy, n = m[2], m[1]
	} else if m := yearFirst.FindStringSubmatch(s); m != nil {
		yy, n = m[1], m[2]
	} else {
		return s
	}
	i, _ := strconv.Atoi(n)
	n = strconv.Itoa(i)
	return yy[len(yy)-2:] + "/" + strings.Repeat("0", max(0, 3-len(n))) + n
}

// rows sorts the lines of a table into data rows and others.
func (t *table) rows(legend map[string]string) []*row {
	var data []*row
	last := t.headers[len(t.headers)-1]
	footer := false
	for i, cells := range t.sheet.Rows {
		n := i + 1
		what := ""
		switch {
		case n < t.headers[0]:
			what = "title"
			if t.empty(cells) {
				what = "blank"
			}
		case n <= last:
			what = "header"
		default:
			what = t.line(cells, &footer)
		}
		r := &row{t: t, n: n, cells: cells}
		switch what {
		case "":
			data = append(data, r)
			continue
		case "footer":
			readLegend(cells, legend)
		case "continuation":
			if len(data) > 0 {
				prev := data[len(data)-1]
				prev.more = append(prev.more, t.loose(cells))
			}
		}
		t.out.NotData = append(t.out.NotData, Line{Row: n, What: what})
	}
	return data
}

func (t *table) empty(cells []Cell) bool {
	for c, cell := range cells {
		if !t.sheet.Hidden[c] && (cell.Kind == Date || flat(cell.Text) != "") {
			return false
		}
	}
	return true
}

// line says what a row below the header is; "" for data.
func (t *table) line(cells []Cell, footer *bool) string {
	r := &row{t: t, cells: cells}
	seq := r.own(fSeq)
	numbered := digits(thaiDigits.Replace(seq))
	if numbered {
		*footer = false
	}
	if *footer {
		return "footer"
	}
	if t.empty(cells) {
		return "blank"
	}
	filled, known, lone := 0, 0, -1
	for c, cell := range cells {
		s := flat(cell.Text)
		if t.sheet.Hidden[c] || (s == "" && cell.Kind != Date) {
			continue
		}
		if !cell.Merged {
			filled, lone = filled+1, c
		}
		if cell.Kind == Text && heading(s) != "" {
			known++
		}
		if !numbered && ends(s) {
			*footer = true
		}
	}
	switch {
	case *footer:
		return "footer"
	case known >= 3:
		return "header"
	case filled == 1 && !numbered && t.heads(lone):
		return "separator"
	case !numbered && void(r.own(fCase)) && void(r.own(fName)) && void(r.own(fGiven)) && void(r.own(fID)) &&
		void(r.own(fDocNumber)) && r.cell(fDate).Kind != Date && void(r.own(fDate)):
		return "continuation"
	}
	return ""
}

// ends reports whether a cell is one that stands under a table.
func ends(s string) bool {
	if rest, ok := strings.CutPrefix(s, "รวม"); ok {
		return rest == "" || strings.HasPrefix(rest, "ทั้ง") || strings.HasPrefix(rest, " ") || strings.HasPrefix(rest, ":")
	}
	return strings.HasPrefix(s, "ลงชื่อ") || (strings.HasPrefix(s, "สี") && strings.Contains(s, "=")) || strings.HasPrefix(s, "หมายเหตุ:")
}

// heads reports whether a column is one where a line across the table starts:
// the number column or one that holds no known field.
func (t *table) heads(col int) bool {
	for f, c := range t.cols {
		if c == col {
			return f == fSeq || f == fYear
		}
	}
	return true
}

func (t *table) loose(cells []Cell) string {
	var parts []string
	for c, cell := range cells {
		if s := clean(cell.Text); s != "" && !t.sheet.Hidden[c] && !cell.Merged {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, "\n")
}

// readLegend notes what a colour means: a filled cell without text, and beside
// it the words.
func readLegend(cells []Cell, legend map[string]string) {
	for i := 0; i+1 < len(cells); i++ {
		if cells[i].Fill == "" || flat(cells[i].Text) != "" {
			continue
		}
		if _, words, ok := strings.Cut(flat(cells[i+1].Text), "="); ok {
			legend[cells[i].Fill] = status(words)
		}
	}
}

// status reads the words for the state of a case file.
func status(s string) string {
	switch {
	case void(s):
		return ""
	case hasAny(s, "ปิด", "ได้บัตร", "ได้สัญชาติ", "เรียบร้อย", "เสียชีวิต", "ถอน", "ยุติ"):
		return "closed"
	case hasAny(s, "พัก", "ขาดการติดต่อ"):
		return "on_hold"
	case hasAny(s, "ส่งต่อ"):
		return "referred_out"
	case hasAny(s, "ติดตาม", "รอ", "ระหว่าง", "ด่วน", "เสี่ยง"):
		return "open"
	}
	return "unclear"
}
