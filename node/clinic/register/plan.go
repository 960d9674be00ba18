package register

import (
	"sort"
	"strconv"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
)

// Options are what reading depends on besides the file.
type Options struct {
	Today time.Time // the day that it is in Thailand at this instant; a later date is date_future
}

// Read says what an import of the book would do. It fails with fault.Invalid
// when no sheet holds a table of a known kind; the arguments of the message
// then say what was found, in counts and field names only.
func Read(b Book, o Options) (Plan, error) {
	o.Today = o.Today.In(thailand)
	var tables []*table
	for i := range b.Sheets {
		if t, ok := layout(&b.Sheets[i]); ok {
			tables = append(tables, t)
		}
	}
	if !importable(tables) {
		return Plan{}, unknown(b)
	}
	plan := Plan{Records: []Record{}, Format: Format{Kind: b.Format, Encoding: b.Encoding, Separator: b.Separator, HiddenSheets: b.Skipped}}
	read := make(map[*table][]*row)
	var cases []*row
	for _, t := range tables {
		if t.kind != Totals && t.kind != Filings {
			read[t] = t.read(o)
			if t.kind == Cases {
				cases = append(cases, read[t]...)
			}
		}
	}
	for _, t := range tables {
		if t.kind == Filings {
			read[t] = t.read(o)
			match(read[t], cases)
		}
	}
	for _, t := range tables {
		if t.kind == Totals {
			t.compare(cases)
		}
		for _, r := range read[t] {
			plan.Records = append(plan.Records, r.record())
		}
		t.count(read[t])
		plan.Tables = append(plan.Tables, *t.out)
		plan.Rows += t.out.Rows
		plan.Import += t.out.Import
		plan.Queue += t.out.Queue
		plan.Refuse += t.out.Refuse
	}
	return plan, nil
}

func importable(tables []*table) bool {
	for _, t := range tables {
		if t.kind == Cases || t.kind == Claims {
			return true
		}
	}
	return false
}

// unknown is the answer for a file of no known layout.
func unknown(b Book) error {
	rows, cols, fields := 0, 0, map[string]bool{}
	for i := range b.Sheets {
		s := &b.Sheets[i]
		rows += len(s.Rows)
		for n := range s.Rows {
			cols = max(cols, len(s.Rows[n]))
			if n < searched {
				known, _ := headerRow(s, n)
				for _, f := range known {
					fields[f] = true
				}
			}
		}
	}
	key := "imports.fault.layout"
	if rows == 0 {
		key = "imports.fault.empty"
	}
	names := make([]string, 0, len(fields))
	for f := range fields {
		names = append(names, f)
	}
	sort.Strings(names)
	found := "-"
	for i, f := range names {
		if i == 0 {
			found = f
			continue
		}
		found += ", " + f
	}
	return fault.New(fault.Invalid, key).With("sheets", strconv.Itoa(len(b.Sheets))).
		With("rows", strconv.Itoa(rows)).With("columns", strconv.Itoa(cols)).With("found", found)
}

// read reads all rows of a table.
func (t *table) read(o Options) []*row {
	t.begin()
	legend := make(map[string]string)
	rows := t.rows(legend)
	link(rows)
	for _, r := range rows {
		switch t.kind {
		case Cases:
			readCase(r, o)
		case Claims:
			readClaim(r, o)
		case Filings:
			readFiling(r, o)
		}
	}
	if t.kind == Cases {
		for _, r := range rows {
			r.colour = legend[r.fill()]
		}
	}
	if t.kind != Filings {
		duplicates(rows)
	}
	return rows
}

func (t *table) begin() {
	out := &Table{Sheet: t.sheet.Name, Table: t.kind, HeaderRows: t.headers, Unknown: t.unknown, NotData: []Line{}, Columns: []string{}}
	for f := range t.cols {
		out.Columns = append(out.Columns, f)
	}
	sort.Strings(out.Columns)
	for _, hidden := range t.sheet.Hidden {
		if hidden {
			out.HiddenColumns++
		}
	}
	t.out = out
}

func (r *row) record() Record {
	rec := Record{Sheet: r.t.sheet.Name, Table: r.t.kind, Row: r.n, Notes: r.notes, row: r}
	rec.decide(r.codes)
	if r.sameAs != nil && rec.Do != Refuse {
		rec.SameAs = r.sameAs.n
		if r.sameAs.t != r.t {
			rec.SameIn = r.sameAs.t.sheet.Name
		}
	}
	rec.Values = map[string]any{}
	if rec.Do != Refuse { // of a refused row nothing is kept but the reason
		rec.Values = r.values()
	}
	rec.Values["do"] = rec.Do
	return rec
}

// count fills the table's counts.
func (t *table) count(rows []*row) {
	sizes := make(map[string]int)
	for _, r := range rows {
		rec := Record{}
		rec.decide(r.codes)
		t.out.Rows++
		switch rec.Do {
		case Import:
			t.out.Import++
		case Queue:
			t.out.Queue++
		default:
			t.out.Refuse++
		}
		t.out.Comments += len(r.comments())
		if t.kind == Cases {
			key := r.caseKey
			if key == "" {
				key = "row " + strconv.Itoa(r.n)
			}
			sizes[key]++
		}
		if rec.Do == Refuse {
			continue
		}
		n, distinct := r.heads()
		t.out.Persons += n
		t.out.Distinct += distinct
	}
	t.out.Cases = len(sizes)
	for _, n := range sizes {
		if n > 1 {
			t.out.Families++
		}
	}
}

// heads counts the clients of a row, and those of them who are not counted elsewhere.
func (r *row) heads() (n, distinct int) {
	for _, c := range r.codes {
		switch c {
		case "not_a_client", "informant_not_client", "group_without_names":
			return 0, 0
		}
	}
	n = max(1, len(r.people))
	distinct = n
	for _, c := range r.codes {
		if c == "duplicate_person" || c == "duplicate_in_group" {
			distinct--
		}
	}
	if r.t.kind == Filings && r.sameAs != nil {
		distinct = 0
	}
	return n, distinct
}

// compare says for which months a table of totals differs from the cases.
func (t *table) compare(cases []*row) {
	t.begin()
	found := make(map[[2]int]int)
	for _, r := range cases {
		if r.head == r && len(r.intake.Value) >= 7 && r.intake.Code == "" {
			m, _ := strconv.Atoi(r.intake.Value[5:7])
			found[[2]int{r.intake.year() + 543, m}]++
		}
	}
	for _, line := range t.sheet.Rows[t.headers[len(t.headers)-1]:] {
		r := &row{t: t, cells: line}
		y, err := strconv.Atoi(thaiDigits.Replace(r.own(fYear)))
		if err != nil {
			continue
		}
		if y < 2400 {
			y += 543
		}
		for m := 1; m <= 12; m++ {
			stated, _ := strconv.Atoi(thaiDigits.Replace(r.own("month" + string(rune('a'+m-1)))))
			if got := found[[2]int{y, m}]; got != stated {
				t.out.Stated = append(t.out.Stated, Sum{YearBE: y, Month: m, Stated: stated, Found: got})
			}
		}
	}
}
