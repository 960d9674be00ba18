package register_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/saphan-network/saphan/node/clinic/register"
	"github.com/saphan-network/saphan/node/internal/exchange/sheet"
)

const (
	mainSheet   = "ทะเบียนเคส"
	filingSheet = "ยื่นอำเภอ ก.ค.68"
)

type attention struct {
	Row    int      `json:"row"`
	Do     string   `json:"do"`
	Codes  []string `json:"codes"`
	SameAs int      `json:"same_as_row"`
}

type truth struct {
	Format struct {
		NotData []struct {
			Row  int    `json:"row"`
			What string `json:"what"`
		} `json:"not_data_rows"`
		Encoding     string `json:"encoding"`
		BlankRecords []int  `json:"blank_records"`
		Totals       int    `json:"totals_record"`
	} `json:"format"`
	DataRows  int                        `json:"data_rows"`
	Cases     int                        `json:"cases"`
	Persons   map[string]json.RawMessage `json:"persons"`
	Families  struct{ Count int }        `json:"families"`
	Attention []attention                `json:"attention"`
	Spots     []struct {
		Row    int            `json:"row"`
		Expect map[string]any `json:"expect"`
	} `json:"spot_checks"`
	Notes map[string]json.RawMessage `json:"notes"`
	Dates struct {
		Min, Max string
		Cases    int `json:"cases_counted"`
		Rows     int `json:"rows_counted"`
	} `json:"intake_dates"`
	Groups struct {
		Rows    int   `json:"rows"`
		Persons int   `json:"persons_named_in_them"`
		Numbers []int `json:"row_numbers"`
	} `json:"groups"`
	Nationality map[string]int `json:"rows_by_nationality"`
	Second      struct {
		DataRows  int         `json:"data_rows"`
		NotData   []int       `json:"not_data_rows"`
		Attention []attention `json:"attention"`
		Only      []int       `json:"only_on_this_sheet_rows"`
		Same      []struct {
			Row  int    `json:"row"`
			Main int    `json:"main_row"`
			By   string `json:"by"`
			Do   string `json:"do"`
		} `json:"same_person_as_main"`
	} `json:"second_sheet"`
	Third struct {
		Differ []struct {
			YearBE int `json:"year_be"`
			Month  int `json:"month"`
			Stated int `json:"stated"`
			Found  int `json:"on_main_sheet"`
		} `json:"months_that_differ_from_main_sheet"`
	} `json:"third_sheet"`
}

func today() time.Time { return time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC) }

func expected(t *testing.T, name string) truth {
	t.Helper()
	raw, err := os.ReadFile("testdata/expected.json")
	if err != nil {
		t.Fatal(err)
	}
	var all struct {
		Files map[string]truth `json:"files"`
	}
	var loose struct {
		Files map[string]json.RawMessage `json:"files"`
	}
	if err := json.Unmarshal(raw, &loose); err != nil {
		t.Fatal(err)
	}
	all.Files = map[string]truth{}
	var one truth
	if err := json.Unmarshal(loose.Files[name], &one); err != nil {
		t.Fatal(err)
	}
	return one
}

func book(t *testing.T, name string) register.Book {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b, _, err := sheet.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func plan(t *testing.T, b register.Book) register.Plan {
	t.Helper()
	p, err := register.Read(b, register.Options{Today: today()})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func on(p register.Plan, sheet string) (map[int]register.Record, register.Table) {
	rows := map[int]register.Record{}
	for _, r := range p.Records {
		if r.Sheet == sheet {
			rows[r.Row] = r
		}
	}
	for _, table := range p.Tables {
		if table.Sheet == sheet {
			return rows, table
		}
	}
	return rows, register.Table{}
}

// judge compares each row's decision and reasons with the truth.
func judge(t *testing.T, rows map[int]register.Record, want []attention) {
	t.Helper()
	told := map[int]attention{}
	for _, a := range want {
		told[a.Row] = a
		if _, ok := rows[a.Row]; !ok {
			t.Errorf("row %d (%s) is not there", a.Row, a.Codes)
		}
	}
	for n, r := range rows {
		a, ok := told[n]
		if !ok {
			a = attention{Do: register.Import}
		}
		got, codes := append([]string{}, r.Why...), append([]string{}, a.Codes...)
		sort.Strings(got)
		sort.Strings(codes)
		if r.Do != a.Do || strings.Join(got, " ") != strings.Join(codes, " ") || (a.SameAs != 0 && a.SameAs != r.SameAs) {
			t.Errorf("row %d: %s %v (same as %d), want %s %v (same as %d)", n, r.Do, got, r.SameAs, a.Do, codes, a.SameAs)
		}
	}
}

func spots(t *testing.T, rows map[int]register.Record, want truth) {
	t.Helper()
	if len(want.Spots) == 0 {
		t.Fatal("no spot checks read")
	}
	for _, s := range want.Spots {
		raw, err := json.Marshal(rows[s.Row].Values)
		if err != nil {
			t.Fatal(err)
		}
		var got map[string]any
		if err := json.Unmarshal(raw, &got); err != nil {
			t.Fatal(err)
		}
		for field, v := range s.Expect {
			g := got[field]
			if list, ok := g.([]any); ok && field == "persons" {
				g = narrowed(list, v.([]any))
			}
			if _, ok := got[field]; !ok && v != nil {
				t.Errorf("row %d: %s was not read", s.Row, field)
			} else if d := cmp.Diff(v, g); d != "" {
				t.Errorf("row %d, %s (-want +got):\n%s", s.Row, field, d)
			}
		}
	}
}

func narrowed(got, want []any) []any {
	out := []any{}
	for i, g := range got {
		m := map[string]any{}
		for k := range want[min(i, len(want)-1)].(map[string]any) {
			m[k] = g.(map[string]any)[k]
		}
		out = append(out, m)
	}
	return out
}

func number(t *testing.T, raw json.RawMessage) int {
	t.Helper()
	var n int
	if err := json.Unmarshal(raw, &n); err != nil {
		t.Fatal(err)
	}
	return n
}

func noted(rows map[int]register.Record, note string) []int {
	out := []int{}
	for n, r := range rows {
		for _, x := range r.Notes {
			if x == note {
				out = append(out, n)
			}
		}
	}
	sort.Ints(out)
	return out
}

func TestClinicRegister(t *testing.T) {
	want, p := expected(t, "clinic-north.xlsx"), plan(t, book(t, "clinic-north.xlsx"))
	rows, table := on(p, mainSheet)
	judge(t, rows, want.Attention)
	spots(t, rows, want)
	if table.Rows != want.DataRows || len(rows) != want.DataRows || table.Cases != want.Cases || table.Families != want.Families.Count {
		t.Errorf("rows %d, cases %d, families %d; want %d, %d, %d", table.Rows, table.Cases, table.Families, want.DataRows, want.Cases, want.Families.Count)
	}
	if table.Persons != number(t, want.Persons["on_main_sheet"]) || table.Distinct != number(t, want.Persons["distinct_on_main_sheet"]) {
		t.Errorf("persons %d, distinct %d", table.Persons, table.Distinct)
	}
	if table.HiddenColumns != 1 || table.Comments != number(t, want.Notes["cells_with_comments"]) || table.Unknown != 0 {
		t.Errorf("hidden columns %d, comments %d, unknown columns %d", table.HiddenColumns, table.Comments, table.Unknown)
	}
	what := map[string]string{"year separator": "separator", "header repeated": "header"}
	lines := map[int]string{}
	for _, l := range table.NotData {
		lines[l.Row] = l.What
	}
	for _, l := range want.Format.NotData {
		w := strings.SplitN(l.What, " of ", 2)[0]
		if s, ok := what[w]; ok {
			w = s
		}
		if lines[l.Row] != w {
			t.Errorf("row %d is %q, want %q", l.Row, lines[l.Row], w)
		}
	}
	for note, key := range map[string]string{"id_cell_is_a_number": "id_cell_is_a_number_rows",
		"date_cell_holds_be_year": "date_cell_holds_be_year_rows", "status_by_colour": "status_only_by_colour_rows"} {
		var list []int
		if err := json.Unmarshal(want.Notes[key], &list); err != nil || len(list) == 0 {
			t.Fatal(key, err)
		}
		if d := cmp.Diff(list, noted(rows, note)); d != "" {
			t.Errorf("rows with %s (-want +got):\n%s", note, d)
		}
	}
	for n, status := range map[int]string{235: "open", 243: "open", 256: "open"} {
		if rows[n].Values["status"] != status {
			t.Errorf("row %d: status %v by colour, want %s", n, rows[n].Values["status"], status)
		}
	}
	count, low, high := days(rows, func(r register.Record) (string, string) {
		v, _ := r.Values["intake_date"].(map[string]any)
		d, _ := v["value"].(string)
		c, _ := r.Values["case"].(string)
		return c, d
	})
	// Nothing is kept of three refused cases, so their dates are not counted here.
	if count != want.Dates.Cases-3 || low != want.Dates.Min || high != want.Dates.Max {
		t.Errorf("dates of %d cases from %s to %s; want %+v", count, low, high, want.Dates)
	}
}

// days counts distinct keys with a date to the day, and gives the first and last date.
func days(rows map[int]register.Record, f func(register.Record) (key, date string)) (n int, low, high string) {
	seen := map[string]bool{}
	for _, r := range rows {
		key, date := f(r)
		if len(date) != 10 || seen[key] {
			continue
		}
		seen[key] = true
		if low == "" || date < low {
			low = date
		}
		high = max(high, date)
	}
	return len(seen), low, high
}

func TestClinicOtherSheets(t *testing.T) {
	want, p := expected(t, "clinic-north.xlsx"), plan(t, book(t, "clinic-north.xlsx"))
	rows, table := on(p, filingSheet)
	if table.Rows != want.Second.DataRows {
		t.Errorf("%d rows on the second sheet, want %d", table.Rows, want.Second.DataRows)
	}
	todo := want.Second.Attention
	for _, s := range want.Second.Same {
		if rows[s.Row].SameAs != s.Main {
			t.Errorf("row %d is the same as %d, want %d", s.Row, rows[s.Row].SameAs, s.Main)
		}
		listed := false
		for _, a := range want.Second.Attention {
			listed = listed || a.Row == s.Row
		}
		if s.Do == register.Queue && !listed { // no code is given for these in the list: a person compares
			todo = append(todo, attention{Row: s.Row, Do: s.Do, Codes: []string{"duplicate_person"}})
		}
	}
	judge(t, rows, todo)
	for _, n := range want.Second.Only {
		if rows[n].SameAs != 0 {
			t.Errorf("row %d was taken for row %d of the main sheet", n, rows[n].SameAs)
		}
	}
	_, mainTable := on(p, mainSheet)
	if got := mainTable.Distinct + table.Distinct; got != number(t, want.Persons["distinct_in_workbook"]) {
		t.Errorf("%d persons in the workbook", got)
	}
	var totals register.Table
	for _, x := range p.Tables {
		if x.Table == register.Totals {
			totals = x
		}
	}
	if totals.Rows != 0 || len(totals.Stated) != len(want.Third.Differ) || len(totals.Stated) == 0 {
		t.Fatalf("totals: %+v", totals)
	}
	for i, d := range want.Third.Differ {
		if got := totals.Stated[i]; got.YearBE != d.YearBE || got.Month != d.Month || got.Stated != d.Stated || got.Found != d.Found {
			t.Errorf("month %d: %+v, want %+v", i, got, d)
		}
	}
}

// TestHiddenColumn looks for what stands in the hidden column in everything
// that reading gives back.
func TestHiddenColumn(t *testing.T) {
	p := plan(t, book(t, "clinic-north.xlsx"))
	raw, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"ผญบ.แจ้งมา", "เพื่อนบ้านชื่ออี่", "ขอไม่ให้บอกใคร", "หนูนา", "คนขับรถตู้", "พยาบาล รพ.สต."} {
		if strings.Contains(string(raw), secret) {
			t.Errorf("%q of the hidden column is in the plan", secret)
		}
	}
	if !strings.Contains(string(raw), "เด็กมีรอยช้ำ") {
		t.Error("the visible columns are not in the plan: the test proves nothing")
	}
}

func TestRefusedRowsKeepNothing(t *testing.T) {
	for _, name := range []string{"clinic-north.xlsx", "labour-2567.csv"} {
		for _, r := range plan(t, book(t, name)).Records {
			if r.Do == register.Refuse && len(r.Values) != 1 {
				t.Errorf("%s row %d: a refused row keeps %d values", name, r.Row, len(r.Values)-1)
			}
		}
	}
}

func TestLabourRegister(t *testing.T) {
	want, b := expected(t, "labour-2567.csv"), book(t, "labour-2567.csv")
	p := plan(t, b)
	rows, table := on(p, "")
	judge(t, rows, want.Attention)
	spots(t, rows, want)
	if !strings.HasPrefix(want.Format.Encoding, b.Encoding) || b.Separator != "," {
		t.Errorf("encoding %s, separator %q", b.Encoding, b.Separator)
	}
	if table.Rows != want.DataRows || table.Persons != number(t, want.Persons["named"]) || table.Distinct != number(t, want.Persons["named_distinct"]) {
		t.Errorf("rows %d, persons %d, distinct %d", table.Rows, table.Persons, table.Distinct)
	}
	groups, nations := []int{}, map[string]int{}
	named := 0
	for n, r := range rows {
		if k, ok := r.Values["persons_named"].(int); ok {
			groups = append(groups, n)
			named += k
		}
		list, _ := r.Values["nationality"].([]string)
		for _, c := range list {
			nations[c]++
		}
	}
	sort.Ints(groups)
	if d := cmp.Diff(want.Groups.Numbers, groups); d != "" || named != want.Groups.Persons {
		t.Errorf("%d persons in groups; rows (-want +got):\n%s", named, d)
	}
	delete(nations, "TH") // one row, about the person who reported
	if d := cmp.Diff(want.Nationality, nations); d != "" {
		t.Errorf("nationalities (-want +got):\n%s", d)
	}
	lines := map[int]string{}
	for _, l := range table.NotData {
		lines[l.Row] = l.What
	}
	for _, n := range want.Format.BlankRecords {
		if lines[n] != "blank" {
			t.Errorf("record %d is %q, want blank", n, lines[n])
		}
	}
	if lines[want.Format.Totals] != "footer" {
		t.Errorf("record %d is %q, want footer", want.Format.Totals, lines[want.Format.Totals])
	}
	dated := map[string]bool{}
	low, high := "9", ""
	for n, r := range rows {
		if d, _ := r.Values["date"].(string); len(d) == 10 {
			dated[string(rune(n))] = true
			low, high = min(low, d), max(high, d)
		}
	}
	if len(dated) != want.Dates.Rows || low != want.Dates.Min || high != want.Dates.Max {
		t.Errorf("%d dates from %s to %s, want %+v", len(dated), low, high, want.Dates)
	}
}
