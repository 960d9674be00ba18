package sheet

import (
	"archive/zip"
	"bytes"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic/register"
)

// workbook decodes an XLSX file.
func workbook(raw []byte) (book register.Book, err error) {
	defer func() { // the library was not made for hostile input
		if p := recover(); p != nil {
			book, err = register.Book{}, fault.New(fault.Invalid, "imports.fault.unreadable")
		}
	}()
	if err := inspect(raw); err != nil {
		return register.Book{}, err
	}
	f, err := excelize.OpenReader(bytes.NewReader(raw), excelize.Options{
		UnzipSizeLimit: MaxUnpacked, UnzipXMLSizeLimit: MaxPart, RawCellValue: true,
	})
	if err != nil {
		return register.Book{}, fault.Wrap(fault.Invalid, "imports.fault.unreadable", err)
	}
	defer f.Close()
	names := f.GetSheetList()
	if len(names) > MaxSheets {
		return register.Book{}, fault.New(fault.TooLarge, "imports.fault.too_many_cells")
	}
	book = register.Book{Format: "xlsx"}
	x := &reader{f: f, styles: make(map[int]look)}
	if props, err := f.GetWorkbookProps(); err == nil && props.Date1904 != nil {
		x.date1904 = *props.Date1904
	}
	for _, name := range names {
		if visible, err := f.GetSheetVisible(name); err == nil && !visible {
			book.Skipped++
			continue
		}
		s, err := x.sheet(name)
		if err != nil {
			return register.Book{}, err
		}
		book.Sheets = append(book.Sheets, s)
	}
	return book, nil
}

// inspect looks at the archive's directory before anything is unpacked.
func inspect(raw []byte) error {
	broken := func(err error) error { return fault.Wrap(fault.Invalid, "imports.fault.unreadable", err) }
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return broken(err)
	}
	if len(z.File) > MaxParts {
		return fault.New(fault.TooLarge, "imports.fault.too_large")
	}
	total, book := uint64(0), false
	for _, part := range z.File {
		if part.UncompressedSize64 > MaxPart {
			return fault.New(fault.TooLarge, "imports.fault.too_large")
		}
		if total += part.UncompressedSize64; total > MaxUnpacked {
			return fault.New(fault.TooLarge, "imports.fault.too_large")
		}
		book = book || strings.EqualFold(part.Name, "xl/workbook.xml")
	}
	if !book {
		return fault.New(fault.Invalid, "imports.fault.kind")
	}
	return nil
}

// look is what a style says that matters here.
type look struct {
	fill string
	date bool
}

type reader struct {
	f        *excelize.File
	styles   map[int]look
	date1904 bool
	budget   budget
}

func (x *reader) sheet(name string) (register.Sheet, error) {
	s := register.Sheet{Name: name, Hidden: make(map[int]bool)}
	it, err := x.f.Rows(name)
	if err != nil {
		return s, fault.Wrap(fault.Invalid, "imports.fault.unreadable", err)
	}
	defer it.Close()
	width := 0
	for it.Next() {
		if len(s.Rows) >= MaxRows {
			return s, fault.New(fault.TooLarge, "imports.fault.too_many_cells")
		}
		texts, err := it.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return s, fault.Wrap(fault.Invalid, "imports.fault.unreadable", err)
		}
		if len(texts) > MaxColumns {
			return s, fault.New(fault.TooLarge, "imports.fault.too_many_cells")
		}
		if err := x.budget.take(len(texts) + 1); err != nil {
			return s, err
		}
		row := make([]register.Cell, len(texts))
		for c, text := range texts {
			if row[c], err = x.cell(name, c+1, len(s.Rows)+1, text); err != nil {
				return s, err
			}
		}
		width = max(width, len(row))
		s.Rows = append(s.Rows, row)
	}
	for c := 0; c < width; c++ {
		letter, _ := excelize.ColumnNumberToName(c + 1)
		if visible, err := x.f.GetColVisible(name, letter); err == nil && !visible {
			s.Hidden[c] = true
		}
	}
	x.comments(&s)
	x.merges(&s)
	for i := range s.Rows { // what is hidden does not leave this package
		for c := range s.Rows[i] {
			if s.Hidden[c] {
				s.Rows[i][c] = register.Cell{}
			}
		}
	}
	return s, nil
}

func (x *reader) cell(sheet string, col, row int, text string) (register.Cell, error) {
	if len(text) > MaxText {
		return register.Cell{}, fault.New(fault.TooLarge, "imports.fault.long_cell")
	}
	ref, err := excelize.CoordinatesToCellName(col, row)
	if err != nil {
		return register.Cell{}, fault.Wrap(fault.Invalid, "imports.fault.unreadable", err)
	}
	style, err := x.style(sheet, ref)
	if err != nil {
		return register.Cell{}, fault.Wrap(fault.Invalid, "imports.fault.unreadable", err)
	}
	c := register.Cell{Text: text, Fill: style.fill}
	if text == "" {
		return c, nil
	}
	if formula, err := x.f.GetCellFormula(sheet, ref); err == nil && formula != "" {
		c.Text = "=" + strings.TrimPrefix(formula, "=") // never evaluated, nor is its stored result believed
		return c, nil
	}
	kind, err := x.f.GetCellType(sheet, ref)
	if err != nil || (kind != excelize.CellTypeUnset && kind != excelize.CellTypeNumber && kind != excelize.CellTypeDate) {
		return c, nil
	}
	return x.number(c, style.date), nil
}

// number gives a numeric cell all its digits, and a date its day.
func (x *reader) number(c register.Cell, date bool) register.Cell {
	v, err := strconv.ParseFloat(c.Text, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return c
	}
	if date && v >= 1 && v < 2958466 {
		if t, err := excelize.ExcelDateToTime(math.Floor(v), x.date1904); err == nil {
			c.Kind, c.Y, c.M, c.D, c.Text = register.Date, t.Year(), int(t.Month()), t.Day(), ""
			return c
		}
	}
	c.Kind = register.Number
	if math.Abs(v) < 1e15 {
		c.Text = strconv.FormatFloat(v, 'f', -1, 64)
	}
	return c
}

func (x *reader) style(sheet, ref string) (look, error) {
	id, err := x.f.GetCellStyle(sheet, ref)
	if err != nil || id == 0 {
		return look{}, err
	}
	if l, ok := x.styles[id]; ok {
		return l, nil
	}
	st, err := x.f.GetStyle(id)
	if err != nil {
		return look{}, err
	}
	var l look
	if st.Fill.Type == "pattern" && st.Fill.Pattern == 1 && len(st.Fill.Color) > 0 {
		l.fill = strings.ToUpper(strings.TrimPrefix(st.Fill.Color[0], "#"))
	}
	l.date = dateFormat(st.NumFmt, st.CustomNumFmt)
	x.styles[id] = l
	return l, nil
}

var quotedPart = regexp.MustCompile(`"[^"]*"|\[[^\]]*\]|\\.`)

// dateFormat reports whether a number format shows a date.
func dateFormat(id int, custom *string) bool {
	if custom != nil {
		s := strings.ToLower(quotedPart.ReplaceAllString(*custom, ""))
		return strings.ContainsAny(s, "yd") || strings.Contains(s, "mmm")
	}
	switch {
	case id >= 14 && id <= 17, id == 22, id >= 27 && id <= 31, id == 36, id >= 50 && id <= 54, id == 57, id == 58, id >= 71 && id <= 74, id == 81:
		return true
	}
	return false
}

func (x *reader) comments(s *register.Sheet) {
	list, err := x.f.GetComments(s.Name)
	if err != nil {
		return
	}
	for _, c := range list {
		col, row, err := excelize.CellNameToCoordinates(c.Cell)
		if err != nil || row > len(s.Rows) || col > len(s.Rows[row-1]) {
			continue
		}
		text := c.Text
		for _, p := range c.Paragraph {
			text += p.Text
		}
		if len(text) <= MaxText {
			s.Rows[row-1][col-1].Note = text
		}
	}
}

// merges repeats the value of a merged region downwards; sideways nothing is repeated.
func (x *reader) merges(s *register.Sheet) {
	list, err := x.f.GetMergeCells(s.Name)
	if err != nil {
		return
	}
	for _, m := range list {
		c1, r1, err1 := excelize.CellNameToCoordinates(m.GetStartAxis())
		_, r2, err2 := excelize.CellNameToCoordinates(m.GetEndAxis())
		if err1 != nil || err2 != nil || r1 > len(s.Rows) || c1 > len(s.Rows[r1-1]) {
			continue
		}
		from := s.Rows[r1-1][c1-1]
		for r := r1 + 1; r <= r2 && r <= len(s.Rows); r++ {
			for len(s.Rows[r-1]) < c1 {
				s.Rows[r-1] = append(s.Rows[r-1], register.Cell{})
			}
			copied := from
			copied.Merged, copied.Note, copied.Fill = true, "", s.Rows[r-1][c1-1].Fill
			s.Rows[r-1][c1-1] = copied
		}
	}
}
