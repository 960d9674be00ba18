package register

import "strings"

// The fields that a column may hold.
const (
	fSeq, fCase, fDate, fName, fLatin, fGiven, fFamily = "seq", "case", "date", "name", "latin_name", "given_name", "surname"
	fNick, fBirth, fID, fGroup, fEthnic, fNation       = "nickname", "birth", "id", "group", "ethnicity", "nationality"
	fSex, fAge, fDocKind, fDocNumber, fEmployer        = "sex", "age", "document", "document_number", "employer"
	fVessel, fProvince, fWork, fIssue, fOwed, fCount   = "vessel", "province", "work", "issue", "owed", "count"
	fAddress, fPhone, fProblem, fHelp, fProgress       = "address", "phone", "problem", "help", "progress"
	fOfficer, fStatus, fResult, fNote, fInformant      = "officer", "status", "result", "note", "informant"
	fMatter, fFiled, fYear, fSum                       = "matter", "filed", "year", "sum"
)

// headings lists for each field the headings that mean it: without blanks and
// dots; first tried as a whole, then without what stands in brackets.
var headings = func() map[string]string {
	m := make(map[string]string)
	for field, words := range map[string]string{
		fSeq:       "ลำดับ ลำดับที่ ที่ no",
		fCase:      "เลขที่เคส เลขเคส รหัสเคส เลขที่แฟ้ม caseno casenumber",
		fDate:      "วันที่รับเรื่อง วันที่ร้องทุกข์ วันรับเรื่อง วันที่รับแจ้ง วันที่มา",
		fName:      "ชื่อ-สกุล ชื่อ-นามสกุล ชื่อ-ชื่อสกุล ชื่อและสกุล ชื่อนามสกุล ชื่อสกุล(คำนำหน้าด้วย) name fullname",
		fLatin:     "ชื่อ(อังกฤษ) ชื่ออังกฤษ ชื่อภาษาอังกฤษ ชื่อ-สกุล(อังกฤษ)",
		fGiven:     "ชื่อตัว ชื่อ",
		fFamily:    "ชื่อสกุล นามสกุล สกุล",
		fNick:      "ชื่อเล่น",
		fBirth:     "ว/ด/ปเกิดหรืออายุ ว/ด/ปเกิด วันเกิด วันเดือนปีเกิด เกิด ปีเกิด",
		fID:        "เลขประจำตัว เลขประจำตัวประชาชน เลขบัตร เลข13หลัก เลขบัตรประชาชน",
		fGroup:     "กลุ่ม กลุ่มบุคคล สถานะบุคคล",
		fEthnic:    "เชื้อชาติ ชาติพันธุ์",
		fNation:    "สัญชาติ nationality",
		fSex:       "เพศ sex",
		fAge:       "อายุ age",
		fDocKind:   "เอกสาร ประเภทเอกสาร",
		fDocNumber: "เลขที่เอกสาร หมายเลขเอกสาร",
		fEmployer:  "นายจ้าง สถานประกอบการ ชื่อนายจ้าง",
		fVessel:    "ชื่อเรือ เรือ",
		fProvince:  "จังหวัด province",
		fWork:      "ประเภทงาน งาน",
		fIssue:     "ประเด็น ประเด็นปัญหา",
		fOwed:      "ค่าจ้างค้างจ่าย ยอดค้างจ่าย",
		fCount:     "จำนวนคน จำนวน",
		fAddress:   "ที่อยู่ หมู่บ้าน/ที่อยู่ หมู่บ้าน",
		fPhone:     "โทร โทรศัพท์ เบอร์โทร เบอร์",
		fProblem:   "ปัญหา รายละเอียด สภาพปัญหา",
		fHelp:      "ความช่วยเหลือ การช่วยเหลือ",
		fProgress:  "ความคืบหน้า การติดตาม",
		fOfficer:   "เจ้าหน้าที่ จนท ผู้รับเรื่อง ผู้รับผิดชอบ",
		fStatus:    "สถานะ สถานะเคส",
		fResult:    "ผล ผลลัพธ์",
		fNote:      "หมายเหตุ",
		fInformant: "แหล่งข่าว/ผู้แจ้ง แหล่งข่าว ผู้แจ้ง ผู้แจ้งเบาะแส ผู้ให้ข้อมูล",
		fMatter:    "เรื่อง คำร้อง เรื่องที่ยื่น",
		fFiled:     "วันยื่น วันที่ยื่น",
		fYear:      "ปีพศ ปี",
		fSum:       "รวม รวมทั้งสิ้น",
	} {
		for _, w := range strings.Fields(words) {
			m[strings.ToLower(w)] = field
		}
	}
	return m
}()

func heading(s string) string {
	norm := strings.NewReplacer(" ", "", ".", "", "–", "-", "—", "-")
	whole := strings.ToLower(norm.Replace(flat(s)))
	if f := headings[whole]; f != "" {
		return f
	}
	out, _ := within(s)
	if f := headings[strings.ToLower(norm.Replace(out))]; f != "" {
		return f
	}
	if n := month(flat(s)); n > 0 {
		return "month" + string(rune('a'+n-1))
	}
	return ""
}

// table is a table as laid out on a sheet.
type table struct {
	sheet   *Sheet
	kind    string
	cols    map[string]int // field to column
	headers []int          // rows, from 1
	unknown int
	out     *Table
}

// searched is the number of rows at the top in which a header is looked for.
const searched = 40

// layout finds the header of a sheet: the first row that, with the row below
// it where that continues it, names at least three fields of a known kind.
func layout(s *Sheet) (*table, bool) {
	for i := 0; i < len(s.Rows) && i < searched; i++ {
		cols, rows, unknown := headerAt(s, i)
		if kind := kindOf(cols); kind != "" {
			return &table{sheet: s, kind: kind, cols: cols, headers: rows, unknown: unknown}, true
		}
	}
	return nil, false
}

func headerAt(s *Sheet, i int) (map[string]int, []int, int) {
	first, n1 := headerRow(s, i)
	if n1 == 0 {
		return nil, nil, 0
	}
	second, n2 := map[int]string(nil), 0
	if i+1 < len(s.Rows) {
		second, n2 = headerRow(s, i+1)
	}
	rows := []int{i + 1}
	if n2 >= 2 {
		rows = append(rows, i+2)
	} else {
		second = nil
	}
	cols, unknown := make(map[string]int), 0
	for c := range s.Rows[i] {
		f := second[c]
		if f == "" {
			f = first[c]
		}
		if f == "" && !s.Hidden[c] && flat(s.Rows[i][c].Text) != "" && second == nil {
			unknown++
		}
		if _, taken := cols[f]; f == "" || taken {
			continue
		}
		cols[f] = c
	}
	for c, f := range second {
		if _, taken := cols[f]; !taken && f != "" {
			cols[f] = c
		}
	}
	return cols, rows, unknown
}

// headerRow returns the field of each column whose cell is a known heading.
// Hidden columns have none.
func headerRow(s *Sheet, i int) (map[int]string, int) {
	m := make(map[int]string)
	for c, cell := range s.Rows[i] {
		if s.Hidden[c] || cell.Kind != Text || cell.Merged {
			continue
		}
		if f := heading(cell.Text); f != "" {
			m[c] = f
		}
	}
	return m, len(m)
}

func kindOf(cols map[string]int) string {
	has := func(fields ...string) bool {
		for _, f := range fields {
			if _, ok := cols[f]; !ok {
				return false
			}
		}
		return true
	}
	n := 0
	for f := range cols {
		if strings.HasPrefix(f, "month") {
			n++
		}
	}
	switch {
	case n >= 6:
		return Totals
	case has(fName, fCase) && (has(fID) || has(fBirth) || has(fProblem)):
		return Cases
	case has(fName, fNation) && (has(fEmployer) || has(fDocNumber)):
		return Claims
	case has(fGiven, fID) && (has(fMatter) || has(fFiled)):
		return Filings
	}
	return ""
}
