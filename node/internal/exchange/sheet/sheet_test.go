package sheet_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"math/rand"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic/register"
	"github.com/saphan-network/saphan/node/internal/exchange/sheet"
)

const clinic = "../../../clinic/register/testdata/clinic-north.xlsx"

func zipped(t *testing.T, parts map[string]io.Reader) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	w.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) { return flate.NewWriter(out, flate.BestCompression) })
	for name, r := range parts {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(f, r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// endless gives n bytes of one letter without holding them.
type endless struct{ n int }

func (e *endless) Read(p []byte) (int, error) {
	if e.n <= 0 {
		return 0, io.EOF
	}
	k := min(len(p), e.n)
	for i := range p[:k] {
		p[i] = 'A'
	}
	e.n -= k
	return k, nil
}

func made(t *testing.T, do func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	do(f)
	var b bytes.Buffer
	if _, err := f.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestHostileFiles(t *testing.T) {
	good, err := os.ReadFile(clinic)
	if err != nil {
		t.Fatal(err)
	}
	noise := make([]byte, 64<<10)
	rand.New(rand.NewSource(1)).Read(noise)
	// the same sheet, said by the directory to be small
	lying := zipped(t, map[string]io.Reader{"xl/workbook.xml": strings.NewReader("<workbook/>"), "xl/worksheets/sheet1.xml": &endless{n: 1 << 20}})
	lying = bytes.Replace(lying, []byte{0, 0, 0x10, 0}, []byte{0x10, 0, 0, 0}, -1)
	far := made(t, func(f *excelize.File) { _ = f.SetCellStr("Sheet1", "XFD1048576", "x") })
	wide := made(t, func(f *excelize.File) { _ = f.SetCellStr("Sheet1", "ZZ1", "x") })
	for _, c := range []struct {
		what, key string
		kind      fault.Kind
		in        io.Reader
	}{
		{"empty", "imports.fault.empty", fault.Invalid, strings.NewReader("")},
		{"only blanks", "imports.fault.empty", fault.Invalid, strings.NewReader(" \r\n\t ")},
		{"noise", "imports.fault.kind", fault.Invalid, bytes.NewReader(noise)},
		{"a PDF", "imports.fault.kind", fault.Invalid, strings.NewReader("%PDF-1.7 ...")},
		{"an old Excel file", "imports.fault.old_excel", fault.Invalid, strings.NewReader("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....")},
		{"a workbook cut short", "imports.fault.unreadable", fault.Invalid, bytes.NewReader(good[:len(good)/2])},
		{"a workbook with its head only", "imports.fault.unreadable", fault.Invalid, bytes.NewReader(good[:40])},
		{"another zip", "imports.fault.kind", fault.Invalid, bytes.NewReader(zipped(t, map[string]io.Reader{"a.txt": strings.NewReader("a")}))},
		{"a bomb in one part", "imports.fault.too_large", fault.TooLarge, bytes.NewReader(zipped(t, map[string]io.Reader{
			"xl/workbook.xml": strings.NewReader("<workbook/>"), "xl/worksheets/sheet1.xml": &endless{n: 300 << 20}}))},
		{"a bomb in many parts", "imports.fault.too_large", fault.TooLarge, bytes.NewReader(zipped(t, bombs()))},
		{"a directory that lies", "", fault.Invalid, bytes.NewReader(lying)},
		{"a cell in the last row of the last column", "imports.fault.too_many_cells", fault.TooLarge, bytes.NewReader(far)},
		{"a cell far to the right", "imports.fault.too_many_cells", fault.TooLarge, bytes.NewReader(wide)},
		{"a line of 100 MB", "imports.fault.too_large", fault.TooLarge, &endless{n: 100 << 20}},
		{"a line of 10 MB", "imports.fault.long_cell", fault.TooLarge, &endless{n: 10 << 20}},
		{"a million commas", "imports.fault.too_many_cells", fault.TooLarge, strings.NewReader(strings.Repeat(",", 1<<20))},
		{"two million lines", "imports.fault.too_many_cells", fault.TooLarge, strings.NewReader(strings.Repeat("a\n", 2<<20))},
	} {
		runtime.GC()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, _, err := sheet.Decode(c.in)
		runtime.ReadMemStats(&after)
		if !fault.Is(err, c.kind) || (c.key != "" && fault.As(err).Key != c.key) {
			t.Errorf("%s: got %v, want %s %s", c.what, err, c.kind, c.key)
		}
		if used := (after.TotalAlloc - before.TotalAlloc) >> 20; used > 400 {
			t.Errorf("%s: %d MB were taken", c.what, used)
		}
	}
}

func bombs() map[string]io.Reader {
	parts := map[string]io.Reader{"xl/workbook.xml": strings.NewReader("<workbook/>")}
	for i := 0; i < 4; i++ {
		parts[fmt.Sprintf("xl/worksheets/sheet%d.xml", i)] = &endless{n: 20 << 20}
	}
	return parts
}

// FuzzDecode checks that no bytes bring the decoder down.
func FuzzDecode(f *testing.F) {
	good, err := os.ReadFile(clinic)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good[:2000])
	f.Add([]byte("a,b\n\"c"))
	f.Add([]byte("\xff\xfea\x00"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if _, err := sheet.DecodeBytes(raw); err != nil && fault.KindOf(err) == fault.Internal {
			t.Errorf("an error without a message: %v", err)
		}
	})
}

// TestDamaged turns single bytes of a real workbook around.
func TestDamaged(t *testing.T) {
	good, err := os.ReadFile(clinic)
	if err != nil {
		t.Fatal(err)
	}
	rnd := rand.New(rand.NewSource(7))
	for range 60 {
		raw := bytes.Clone(good)
		for range 1 + rnd.Intn(20) {
			raw[rnd.Intn(len(raw))] ^= byte(1 + rnd.Intn(255))
		}
		if _, err := sheet.DecodeBytes(raw); err != nil && fault.KindOf(err) == fault.Internal {
			t.Errorf("an error without a message: %v", err)
		}
	}
}

func TestFormulas(t *testing.T) {
	raw := made(t, func(f *excelize.File) {
		_ = f.SetCellFormula("Sheet1", "A1", `HYPERLINK("http://example.org","x")`)
		_ = f.SetCellStr("Sheet1", "B1", "y")
		_ = f.SetCellFormula("Sheet1", "A2", "1+1")
		_ = f.SetCellValue("Sheet1", "A2", 7)
		_ = f.SetCellFormula("Sheet1", "A2", "1+1")
	})
	b, err := sheet.DecodeBytes(raw)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range b.Sheets[0].Rows {
		for _, c := range row {
			if c.Kind == register.Number {
				t.Errorf("a formula gave the number %s", c.Text)
			}
		}
	}
	csv, err := sheet.DecodeBytes([]byte("ที่,ก\n1,=cmd|' /C calc'!A0\n"))
	if err != nil || csv.Sheets[0].Rows[1][1].Text != "=cmd|' /C calc'!A0" {
		t.Errorf("a formula in CSV must stay text: %v %v", csv, err)
	}
}

func TestStoredNotShown(t *testing.T) {
	raw := made(t, func(f *excelize.File) {
		_ = f.SetCellInt("Sheet1", "A1", 6000050107339)
		_ = f.SetCellFloat("Sheet1", "B1", 43522, -1, 64)
		custom := "[$-107041E]d mmm yy;@"
		id, err := f.NewStyle(&excelize.Style{CustomNumFmt: &custom, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"C6E0B4"}}})
		if err != nil {
			t.Fatal(err)
		}
		_ = f.SetCellStyle("Sheet1", "B1", "B1", id)
		_ = f.SetCellStr("Sheet1", "C1", "hidden")
		_ = f.SetColVisible("Sheet1", "C", false)
		_ = f.SetCellStr("Sheet1", "D1", "ก")
		_ = f.MergeCell("Sheet1", "D1", "D3")
		_ = f.SetCellStr("Sheet1", "E3", "ข")
	})
	b, err := sheet.DecodeBytes(raw)
	if err != nil {
		t.Fatal(err)
	}
	rows := b.Sheets[0].Rows
	if c := rows[0][0]; c.Text != "6000050107339" || c.Kind != register.Number {
		t.Errorf("number: %+v", c)
	}
	if c := rows[0][1]; c.Kind != register.Date || c.Y != 2019 || c.M != 2 || c.D != 26 || c.Fill != "C6E0B4" {
		t.Errorf("date: %+v", c)
	}
	if c := rows[0][2]; c.Text != "" || !b.Sheets[0].Hidden[2] {
		t.Errorf("hidden column: %+v", c)
	}
	if c := rows[2][3]; c.Text != "ก" || !c.Merged || rows[0][3].Merged {
		t.Errorf("merged: %+v", c)
	}
}

func TestEncodings(t *testing.T) {
	text := "ที่,ชื่อ\r\n\r\n1,\"ก ข\r\nค\"\r\n"
	thai, err := charmap.Windows874.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	utf16 := "\xff\xfe"
	for _, r := range text {
		utf16 += string([]byte{byte(r), byte(r >> 8)})
	}
	for _, c := range []struct{ raw, encoding, sep string }{
		{text, "utf-8", ","}, {"\ufeff" + text, "utf-8", ","}, {thai, "windows-874", ","}, {utf16, "utf-16", ","},
		{strings.ReplaceAll(text, ",", ";"), "utf-8", ";"}, {strings.ReplaceAll(text, ",", "\t"), "utf-8", "\t"},
	} {
		b, err := sheet.DecodeBytes([]byte(c.raw))
		if err != nil {
			t.Fatal(c.encoding, err)
		}
		rows := b.Sheets[0].Rows
		if b.Encoding != c.encoding || b.Separator != c.sep || len(rows) != 3 || rows[0][0].Text != "ที่" || len(rows[1]) != 0 || !strings.HasPrefix(rows[2][1].Text, "ก ข") {
			t.Errorf("%s %q: %q %+v", c.encoding, c.sep, b.Separator, rows)
		}
	}
}
