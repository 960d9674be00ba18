package register

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/saphan-network/saphan/federation/vocabulary"
	"github.com/saphan-network/saphan/node/clinic/casework"
)

// Draft is what a row would become, with what its cells held. All of it is
// personal and is kept sealed.
type Draft struct {
	Sheet  string
	Row    int
	Same   int               // the row that may be the same person, 0 for none
	Values map[string]any    // as in the plan
	Cells  map[string]string // field to text, as it stood in the cell
	Intake casework.Intake   // facts of the case, and the persons of this row
	Own    []string          // lines of the row itself, for the story of a case that begins with another row
}

// Unit is the rows that belong to one case, as indexes into the plan's records.
type Unit struct {
	Case    string // the case number, "" where there is none
	Table   string
	Records []int
}

// Units groups the rows of a plan into cases, in the order of the file.
func (p Plan) Units() []Unit {
	var units []Unit
	at := make(map[string]int)
	for i, r := range p.Records {
		key := ""
		if r.Table == Cases && r.row.caseKey != "" {
			key = r.Sheet + "\x00" + r.row.caseKey
		}
		if n, ok := at[key]; ok && key != "" {
			units[n].Records = append(units[n].Records, i)
			continue
		}
		at[key] = len(units)
		u := Unit{Table: r.Table, Records: []int{i}}
		if key != "" {
			u.Case = r.row.caseKey
		}
		units = append(units, u)
	}
	return units
}

// Draft returns what a row would become; the zero value for a refused row.
func (r Record) Draft() Draft {
	if r.Do == Refuse || r.row == nil {
		return Draft{}
	}
	d := Draft{Sheet: r.Sheet, Row: r.Row, Same: r.SameAs, Values: r.Values, Cells: map[string]string{}}
	for f := range r.row.t.cols {
		if f == fInformant {
			continue
		}
		if s := r.row.shown(f); s != "" {
			d.Cells[f] = s
		}
	}
	d.Intake = r.row.intakeOf()
	if note := r.row.own(fNote); !void(note) {
		d.Own = append(d.Own, strings.TrimSpace(r.row.own(fName)+": "+note))
	}
	d.Own = append(append(d.Own, r.row.comments()...), r.row.filed...)
	return d
}

// Content identifies the row in any file: a later export of the same register
// with other bytes gives the same text. It is personal; only a keyed token of
// it may be kept.
func (r Record) Content() string {
	if r.row == nil {
		return ""
	}
	parts := []string{r.Table, r.row.caseKey}
	for _, p := range r.row.people {
		parts = append(parts, skeleton(p.name.Full), p.id.Value)
	}
	if len(r.row.people) == 0 || r.Table == Claims { // one person may complain twice
		for _, f := range []string{fName, fLatin, fDate, fProblem, fEmployer, fCount, fIssue} {
			parts = append(parts, skeleton(r.row.shown(f)))
		}
	}
	if r.Table == Filings {
		parts = append(parts, r.row.birth.Value)
	}
	return strings.Join(parts, "\x1f")
}

// Known reports whether the row adds nothing: its person stands, certainly, in
// another table of the same file.
func (r Record) Known() bool {
	return r.Table == Filings && r.Do == Import && r.SameAs != 0
}

// shown is the text of a cell as a person saw it.
func (r *row) shown(f string) string {
	c := r.cell(f)
	if c.Kind == Date {
		return fmt.Sprintf("%d/%d/%d", c.D, c.M, c.Y)
	}
	return clean(c.Text)
}

var (
	inProvince = regexp.MustCompile(`จ\.\s*([^\s,()]+)`)
	inAmphoe   = regexp.MustCompile(`อ\.\s*([^\s,()]+)`)
	inVillage  = regexp.MustCompile(`(?:^|\s)(?:บ\.|บ้าน)\s*([^\s,()]+)`)
)

// intakeOf makes the case that the row would become, with the persons of the
// row alone. Only what is certain is filled in; everything else stands as text
// in the problem.
func (r *row) intakeOf() casework.Intake {
	in := casework.Intake{OpenedOn: r.intake.Value, LocalNumber: r.caseKey, Channel: "register", Problem: r.story()}
	address := r.text(fAddress)
	in.ProvinceCode = provinceCode(match1(inProvince, address))
	in.AmphoeName = match1(inAmphoe, address)
	if r.t.kind == Claims {
		in.ProvinceCode = provinceCode(r.own(fProvince))
		in.Issues, _ = issues(r.own(fIssue))
	}
	for i, p := range r.people {
		q := r.person(p, address)
		if i > 0 || (r.head != nil && r.head != r) {
			q.Role = casework.RoleMember
		}
		in.Persons = append(in.Persons, q)
	}
	return in
}

func match1(re *regexp.Regexp, s string) string {
	if m := re.FindStringSubmatch(s); m != nil {
		return m[1]
	}
	return ""
}

func provinceCode(name string) string {
	if name == "" {
		return ""
	}
	for _, code := range vocabulary.Codes("province") {
		if vocabulary.Label("province", code, "th") == name {
			return code
		}
	}
	return ""
}

func (r *row) person(p person, address string) casework.Person {
	q := casework.Person{Title: p.name.Title, Given: p.name.Given, Family: p.name.Family, IDNumber: p.id.Value,
		Phone: r.text(fPhone), Address: address, Village: match1(inVillage, address), Sex: p.name.Sex, Ethnicity: r.own(fEthnic)}
	if q.Given == "" {
		q.Given = p.name.Full
	}
	for _, other := range []string{r.own(fNick), p.latin} {
		if !void(other) && other != q.Given {
			q.OtherNames = append(q.OtherNames, other)
		}
	}
	if sex := sexOf(r.own(fSex)); sex != "" {
		q.Sex = sex
	}
	if len(r.people) == 1 {
		q.Birth, q.BirthPrecision = r.birth.Value, r.birth.Precision
		age, known := r.birth.Age, r.birth.Age > 0
		if r.t.kind == Claims {
			_, err := fmt.Sscanf(r.own(fAge), "%d", &age)
			known = err == nil && digits(r.own(fAge))
		}
		if y := r.intake.year(); known && q.Birth == "" && y > 0 {
			q.Birth, q.BirthPrecision = fmt.Sprintf("%04d", y-age), "circa"
		}
	}
	q.Status = r.statusOf(p)
	if nations := nationalities(r.own(fNation)); len(nations) == 1 {
		q.Nationality = nations[0]
	}
	return q
}

// statusOf tells the legal status where the group's words or the number tell it.
func (r *row) statusOf(p person) string {
	if r.t.kind == Claims {
		if documentKind(r.own(fDocKind)) == "pink_migrant" {
			return "migrant_registered"
		}
		return "migrant_worker"
	}
	s := strings.ReplaceAll(r.own(fGroup), " ", "")
	switch {
	case hasAny(s, "?", "หรือ", "ไม่แน่ใจ"):
		return "undetermined"
	case hasAny(s, "ตกสำรวจ", "ตกหล่น"):
		return "thai_unregistered"
	case hasAny(s, "ไร้รากเหง้า"):
		return "rootless"
	case hasAny(s, "ไม่มีเอกสาร", "ยังไม่มีเลข"):
		return "stateless_unregistered"
	case hasAny(s, "ท.ร.38/1"):
		return "migrant_registered"
	case hasAny(s, "หนีภัย"):
		return "refugee_asylum"
	case hasAny(s, "รหัสG", "รหัสจี", "รอรหัส"):
		return "gcode_student"
	case s == "ไทย" || hasAny(s, "ได้สัญชาติ"):
		return "thai_national"
	}
	return statusOfNumber(p.id)
}

// statusOfNumber reads the group from the number: the first digit and, for 0, 6
// and 8, the sixth and seventh.
func statusOfNumber(id Identity) string {
	if id.Kind != "number" || !id.Valid {
		return ""
	}
	n := id.Value
	group := n[:1] + "-" + n[5:7]
	switch {
	case n[0] == '7':
		return "7-00"
	case vocabulary.Has("status", group):
		return group
	case n[0] == '8' && n[5:7] >= "76" && n[5:7] <= "88":
		return "8-7bis"
	}
	return ""
}

// story is what the register tells about the case in words, each cell under
// the heading that it had.
func (r *row) story() string {
	var b strings.Builder
	tell := func(f, text string) {
		if text = strings.TrimSpace(text); void(text) {
			return
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(r.t.title(f) + ": " + text)
	}
	tell(fProblem, r.text(fProblem))
	for _, f := range []string{fWork, fEmployer, fVessel, fOwed, fCount, fMatter, fFiled} {
		tell(f, r.shown(f))
	}
	tell(fHelp, r.text(fHelp))
	tell(fProgress, r.progress())
	tell(fStatus, r.text(fStatus))
	tell(fResult, r.own(fResult))
	tell(fNote, r.own(fNote))
	for _, c := range r.comments() {
		b.WriteString("\n" + c)
	}
	for _, more := range r.filed {
		b.WriteString("\n" + more)
	}
	return strings.TrimSpace(b.String())
}

// title is the heading of a field in the file.
func (t *table) title(f string) string {
	c := t.cols[f]
	for i := len(t.headers) - 1; i >= 0; i-- {
		if line := t.sheet.Rows[t.headers[i]-1]; c < len(line) {
			if s := flat(line[c].Text); s != "" {
				return s
			}
		}
	}
	return f
}
