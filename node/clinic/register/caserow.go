package register

import "strings"

// link gives each row its case: a number of its own, or, where the number is
// merged, repeated or left out together with everything that belongs to the
// case, that of the row before.
func link(rows []*row) {
	heads := make(map[string]*row)
	var prev *row
	for _, r := range rows {
		no := r.own(fCase)
		switch {
		case !void(no) && !ditto(no) && !r.cell(fCase).Merged:
			r.caseKey = caseNumber(no)
		case prev != nil && r.follows():
			r.caseKey = prev.caseKey
		default:
			r.caseKey = ""
		}
		if r.caseKey == "" {
			r.head = r
		} else if heads[r.caseKey] == nil {
			heads[r.caseKey], r.head = r, r
		} else {
			r.head = heads[r.caseKey]
		}
		prev = r
	}
}

// follows reports whether a row without a case number carries on the one above.
func (r *row) follows() bool {
	if r.cell(fCase).Merged || ditto(r.own(fCase)) {
		return true
	}
	for _, f := range []string{fDate, fProblem, fAddress} {
		if !r.borrowed(f) {
			return false
		}
	}
	return true
}

// readCase reads a row of a register of cases.
func readCase(r *row, o Options) {
	if r.head == r || !r.borrowed(fDate) {
		r.intake = readDate(r.cell(fDate), o.Today)
		if r.intake.Code != "" {
			r.add(r.intake.Code)
		} else if r.intake.Value == "" {
			r.note("date_missing")
		}
	} else {
		r.intake = r.head.intake
		r.intake.Code = ""
	}
	r.noteDate(r.intake)
	r.birth = readBirth(r.cell(fBirth), o.Today)
	r.id = readIdentity(r.cell(fID))
	if r.id.Typed {
		r.note("id_cell_is_a_number")
	}

	name := clean(r.cell(fName).Text)
	switch {
	case trial(name):
		r.add("test_row")
		return
	case void(name) && r.id.Kind == "none":
		r.add("no_identity")
		return
	case hasAny(r.own(fNote)+" "+r.own(fProblem), "ไม่ใช่ผู้รับบริการ", "ไม่ใช่เคส", "ไม่ใช่ลูกความ"):
		r.add("not_a_client")
	}
	if erasure(r.own(fProblem) + " " + r.own(fNote) + " " + r.own(fProgress) + " " + r.own(fHelp)) {
		r.add("erasure_requested")
		return
	}
	code := unusable(name)
	if void(name) {
		code = "name_missing"
	}
	if code != "" {
		r.add(code)
	}
	r.readPeople(name)
	if r.borrowed(fStatus) && flat(r.text(fStatus)) == "" && r.fill() != "" {
		r.note("status_by_colour")
	}
}

// readPeople reads the people of a row that is made for one.
func (r *row) readPeople(name string) {
	list := names(name, 0)
	for _, n := range list {
		r.people = append(r.people, person{name: readName(n, r.own(fEthnic)), id: r.id})
	}
	if len(list) > 1 {
		r.add("several_persons")
		r.birth, r.id = Birth{}, Identity{Kind: "unclear"}
		for i := range r.people {
			r.people[i].id = r.id
		}
		return
	}
	if r.id.Code != "" {
		r.add(r.id.Code)
	}
	if r.birth.Code != "" {
		r.add(r.birth.Code)
	}
}

func (r *row) noteDate(w When) {
	if w.Buddhist && r.head == r {
		r.note("date_cell_holds_be_year")
	}
	if w.Precision == "month" {
		r.note("date_month_only")
	}
}

// erasure reports whether the person asks to be deleted from the records.
func erasure(s string) bool {
	for _, w := range []string{"ขอลบข้อมูล", "ขอให้ลบข้อมูล", "ขอให้ลบชื่อ", "ขอลบชื่อ", "ขอลบประวัติ", "ขอลบออกจากทะเบียน", "มีหนังสือขอลบ"} {
		if i := strings.Index(s, w); i >= 0 && !strings.HasSuffix(s[:i], "ไม่") {
			return true
		}
	}
	return false
}

// readFiling reads a row of a list of applications.
func readFiling(r *row, o Options) {
	r.id = readIdentity(r.cell(fID))
	r.birth = readBirth(r.cell(fBirth), o.Today)
	given, family := r.own(fGiven), r.own(fFamily)
	if void(family) {
		family = ""
	}
	if void(given) && r.id.Kind == "none" {
		r.add("no_identity")
		return
	}
	if trial(given) {
		r.add("test_row")
		return
	}
	n := readName(given, "")
	if n.Given == "" {
		n.Given = n.Full
	}
	n.Family = family
	n.Full = strings.TrimSpace(n.Given + " " + family)
	r.people = []person{{name: n, id: r.id}}
	if r.id.Code != "" {
		r.add(r.id.Code)
	}
	if r.birth.Code != "" {
		r.add(r.birth.Code)
	}
	r.intake = readDate(r.cell(fFiled), o.Today)
	if r.intake.Code != "" {
		r.add(r.intake.Code)
	}
}
