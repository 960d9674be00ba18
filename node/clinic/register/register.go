// Package register reads the registers that organisations really keep (sheets
// typed by hand over years) and says of each row whether it may become a case
// file, must first be decided by a person, or must not become a record at all.
//
// It works on a grid of cells; decoding of files is done elsewhere. Nothing is
// guessed: what cannot be read with certainty is queued with a reason, and
// nothing of a hidden column is ever looked at.
package register

// Kind says how a cell is stored.
type Kind int

// The kinds of cells. A formula is Text: it is never evaluated.
const (
	Text Kind = iota
	Number
	Date
)

// Cell is one cell as stored, not as shown.
type Cell struct {
	Text    string // numbers in full digits; empty for dates
	Kind    Kind
	Y, M, D int    // Date: as stored, so the year may be Buddhist
	Fill    string // background as RRGGBB, or ""
	Note    string // the comment on the cell
	Merged  bool   // repeats the cell above it because the two are merged
}

// Sheet is one sheet of a workbook, or the whole of a CSV file. Row i of the
// file is Rows[i-1].
type Sheet struct {
	Name   string
	Rows   [][]Cell
	Hidden map[int]bool // columns, from 0, that are hidden; their cells are not read
}

// Book is a decoded file.
type Book struct {
	Format    string // xlsx or csv
	Encoding  string // csv: utf-8, windows-874, utf-16
	Separator string // csv
	Sheets    []Sheet
	Skipped   int // hidden sheets, which are not read
}

// The three things that can be done with a row.
const (
	Import = "import"
	Queue  = "queue"
	Refuse = "refuse"
)

// The kinds of tables.
const (
	Cases   = "cases"   // one row a person, rows grouped into cases by a case number
	Claims  = "claims"  // one row a complaint, perhaps of several people
	Filings = "filings" // a list of applications handed to an office, to be matched with Cases
	Totals  = "totals"  // sums for a report; compared, never imported
)

// Plan is what an import would do, row by row.
type Plan struct {
	Rows    int      `json:"rows"`
	Import  int      `json:"import"`
	Queue   int      `json:"queue"`
	Refuse  int      `json:"refuse"`
	Records []Record `json:"records"`
	Tables  []Table  `json:"tables"`
	Format  Format   `json:"format"`
}

// Format says how the file was read.
type Format struct {
	Kind         string `json:"kind"`
	Encoding     string `json:"encoding,omitempty"`
	Separator    string `json:"separator,omitempty"`
	HiddenSheets int    `json:"hidden_sheets,omitempty"`
}

// Table is one table that was found, with its own counts.
type Table struct {
	Sheet         string   `json:"sheet"`
	Table         string   `json:"table"`
	HeaderRows    []int    `json:"header_rows"`
	Columns       []string `json:"columns"`         // the fields that were recognised
	Unknown       int      `json:"unknown_columns"` // columns with a heading that was not
	HiddenColumns int      `json:"hidden_columns"`  // not read
	Rows          int      `json:"rows"`
	Import        int      `json:"import"`
	Queue         int      `json:"queue"`
	Refuse        int      `json:"refuse"`
	NotData       []Line   `json:"not_data_rows"`
	Cases         int      `json:"cases,omitempty"`
	Families      int      `json:"families,omitempty"` // cases with several person rows
	Persons       int      `json:"persons"`
	Distinct      int      `json:"distinct_persons"`
	Comments      int      `json:"cells_with_comments,omitempty"`
	Stated        []Sum    `json:"months_that_differ,omitempty"`
}

// Line is a row that holds no data, and what it is instead.
type Line struct {
	Row  int    `json:"row"`
	What string `json:"what"` // title, header, separator, blank, continuation, footer
}

// Sum is a month for which a table of totals says another number than the rows do.
type Sum struct {
	YearBE int `json:"year_be"`
	Month  int `json:"month"`
	Stated int `json:"stated"`
	Found  int `json:"found"`
}

// Record is one data row with what would be done with it.
type Record struct {
	Sheet  string         `json:"sheet"`
	Table  string         `json:"table"`
	Row    int            `json:"row"`
	Do     string         `json:"do"`
	Why    []string       `json:"why"`
	Notes  []string       `json:"notes,omitempty"` // what was read with care but needs nobody
	SameAs int            `json:"same_as_row,omitempty"`
	SameIn string         `json:"same_as_sheet,omitempty"`
	Values map[string]any `json:"values"` // as read; personal

	row *row
}

// refusing holds the codes after which nothing of a row may be kept.
var refusing = map[string]bool{"no_identity": true, "test_row": true, "no_consent": true, "erasure_requested": true}

// decide turns the reasons into what is to be done; a refusal stands alone.
func (r *Record) decide(codes []string) {
	r.Do, r.Why = Import, []string{}
	for _, c := range codes {
		if refusing[c] {
			r.Do, r.Why = Refuse, []string{c}
			return
		}
	}
	if len(codes) > 0 {
		r.Do, r.Why = Queue, codes
	}
}
