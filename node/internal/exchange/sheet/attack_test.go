package sheet_test

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/internal/exchange/sheet"
)

// Workbooks whose XML would grow, fetch or point elsewhere: nothing of it is
// followed, and what cannot be read is said to be so.
func TestHostileWorkbooks(t *testing.T) {
	good := map[string]string{}
	raw := made(t, func(f *excelize.File) { _ = f.SetCellStr("Sheet1", "A1", "TEXT") })
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range z.File {
		r, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		good[part.Name] = string(b)
	}
	cells := `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>TEXT</t></is></c></row></sheetData></worksheet>`
	laughs := `<!DOCTYPE x [<!ENTITY a "` + strings.Repeat("ha", 100) + `">`
	for i := 'b'; i < 'k'; i++ {
		laughs += `<!ENTITY ` + string(i) + ` "` + strings.Repeat("&"+string(i-1)+";", 10) + `">`
	}
	laughs += `]>`
	file := func(target, sheet string) map[string]io.Reader {
		out := map[string]io.Reader{}
		for name, body := range good {
			switch name {
			case "xl/worksheets/sheet1.xml":
				body = sheet
			case "xl/_rels/workbook.xml.rels":
				if !strings.Contains(body, "worksheets/sheet1.xml") {
					t.Fatal(body)
				}
				body = strings.Replace(strings.Replace(body, "/xl/worksheets/", "worksheets/", 1), "worksheets/sheet1.xml", target, 1)
			}
			out[name] = strings.NewReader(body)
		}
		return out
	}
	say := func(s string) string { return strings.Replace(cells, "TEXT", s, 1) }
	for name, parts := range map[string]map[string]io.Reader{
		"a billion laughs":       file("worksheets/sheet1.xml", laughs+say("&j;")),
		"an entity of a file":    file("worksheets/sheet1.xml", `<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>`+say("&f;")),
		"an entity of the net":   file("worksheets/sheet1.xml", `<!DOCTYPE x [<!ENTITY f SYSTEM "http://127.0.0.1:9/">]>`+say("&f;")),
		"a sheet that is a file": file("../../../../etc/passwd", say("x")),
		"a sheet on the net":     file("http://127.0.0.1:9/x.xml", say("x")),
		"a row far away":         file("worksheets/sheet1.xml", strings.Replace(say("x"), `r="1"`, `r="4294967296"`, 1)),
		"a row before the first": file("worksheets/sheet1.xml", strings.Replace(say("x"), `r="1"`, `r="-1"`, 1)),
		"a cell without a name":  file("worksheets/sheet1.xml", strings.Replace(say("x"), `r="A1"`, `r=""`, 1)),
		"deep elements":          file("worksheets/sheet1.xml", strings.Repeat("<a>", 100000)),
		"no XML":                 file("worksheets/sheet1.xml", "\x00\xff"),
	} {
		b, err := sheet.DecodeBytes(zipped(t, parts))
		if err != nil {
			if fault.KindOf(err) == fault.Internal {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		for _, s := range b.Sheets {
			for _, row := range s.Rows {
				for _, c := range row {
					if strings.Contains(c.Text, "root:") || len(c.Text) > 1000 {
						t.Errorf("%s: a cell holds %d bytes of something else", name, len(c.Text))
					}
				}
			}
		}
	}
	parts := file("worksheets/sheet1.xml", say("ไทย"))
	for _, name := range []string{"../../evil.txt", "/etc/evil", `..\evil`, "xl/../../evil", "C:/evil"} {
		parts[name] = strings.NewReader("evil") // nothing is ever unpacked to a disk
	}
	if b, err := sheet.DecodeBytes(zipped(t, parts)); err != nil || b.Sheets[0].Rows[0][0].Text != "ไทย" {
		t.Errorf("names that lead out of the archive: %v %v", b, err)
	}
}
