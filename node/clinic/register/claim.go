package register

import (
	"regexp"
	"strconv"
	"strings"
)

// words for the vocabulary codes, in the order in which they are tried; longer
// ones come before what they contain.
type worded struct{ words, code string }

var issueWords = []worded{
	{"ค่าล่วงเวลา-วันหยุด", "ot_holiday"}, {"โอที/วันหยุด", "ot_holiday"}, {"ค่าล่วงเวลา", "ot_holiday"}, {"โอที", "ot_holiday"},
	{"ค่าจ้างค้างจ่าย", "unpaid_wage"}, {"ค้างค่าจ้าง", "unpaid_wage"}, {"ไม่จ่ายค่าแรง", "unpaid_wage"}, {"ค้างค่าแรง", "unpaid_wage"},
	{"ค่าแรงไม่ถึงขั้นต่ำ", "underpaid"}, {"ต่ำกว่าขั้นต่ำ", "underpaid"}, {"ต่ำกว่าค่าแรงขั้นต่ำ", "underpaid"},
	{"เลิกจ้างไม่เป็นธรรม", "unfair_dismissal"}, {"ค่าชดเชยเลิกจ้าง", "severance"}, {"ค่าชดเชย", "severance"},
	{"อุบัติเหตุจากงาน", "work_injury"}, {"เงินทดแทน", "work_injury"}, {"ประกันสังคม", "social_security"}, {"ปกส.", "social_security"},
	{"ยึดเอกสาร", "doc_confiscation"}, {"ยึดบัตร", "doc_confiscation"}, {"แรงงานขัดหนี้", "debt_bondage"},
	{"ค่านายหน้า", "recruitment_fee"}, {"เปลี่ยนสัญญา", "contract_substitution"},
	{"จำกัดเสรีภาพ", "movement_restriction"}, {"กักขัง", "movement_restriction"},
	{"ละเมิดบนเรือประมง", "fishing_abuse"}, {"ละเมิดบนเรือ", "fishing_abuse"},
	{"ทำร้าย/คุกคาม", "violence_harassment"}, {"คุกคาม", "violence_harassment"}, {"ทำร้าย", "violence_harassment"},
	{"แรงงานเด็ก", "child_labour"}, {"เปลี่ยนนายจ้าง", "employer_change"},
	{"จับกุม/ส่งกลับ", "detention_deport"}, {"จับกุม", "detention_deport"}, {"ส่งกลับ", "detention_deport"},
	{"สงสัยค้ามนุษย์", "trafficking_suspected"}, {"สงสัย TIP", "trafficking_suspected"}, {"ค้ามนุษย์", "trafficking_suspected"},
	{"อื่น ๆ", "other"}, {"อื่นๆ", "other"},
}

// issues reads a cell of issues; rest is whether words were left that mean none.
func issues(s string) (codes []string, rest bool) {
	s = flat(s)
	for s != "" {
		hit := false
		for _, w := range issueWords {
			if after, ok := strings.CutPrefix(s, w.words); ok {
				codes, s, hit = append(codes, w.code), after, true
				break
			}
		}
		if hit {
			continue
		}
		r := []rune(s)
		rest = rest || !strings.ContainsRune(" ,;/+-", r[0])
		s = string(r[1:])
	}
	return unique(codes), rest
}

func unique(in []string) []string {
	seen, out := make(map[string]bool), make([]string, 0, len(in))
	for _, s := range in {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}

var nationWords = []worded{
	{"พม่า", "MM"}, {"เมียนมา", "MM"}, {"กัมพูชา", "KH"}, {"เขมร", "KH"}, {"ลาว", "LA"}, {"เวียดนาม", "VN"},
	{"ฟิลิปปินส์", "PH"}, {"ไทย", "TH"}, {"จีน", "CN"}, {"เนปาล", "NP"}, {"อินเดีย", "IN"}, {"บังกลาเทศ", "BD"}, {"มาเลเซีย", "MY"},
}

// nationalities reads nationalities in the order in which they stand.
func nationalities(s string) []string {
	out, _ := within(s)
	var codes []string
	for _, part := range between.Split(out, -1) {
		for _, w := range nationWords {
			if part == w.words {
				codes = append(codes, w.code)
			}
		}
	}
	return unique(codes)
}

// documentKind reads the kind of an identity paper.
func documentKind(s string) string {
	switch {
	case void(s):
		return "none"
	case hasAny(s, "CI", "ซีไอ"):
		return "ci"
	case hasAny(s, "ชมพู"):
		return "pink_migrant"
	case s == "PP" || hasAny(s, "หนังสือเดินทาง", "พาสปอร์ต", "passport"):
		return "passport"
	case hasAny(s, "ผ่านแดน", "บอร์เดอร์พาส"):
		return "border_pass"
	case hasAny(s, "ใบอนุญาตทำงาน"):
		return "work_permit"
	}
	return "unclear"
}

// sexOf reads the sex column of a row for one person.
func sexOf(s string) string {
	switch s {
	case "ช", "ชาย", "ช.", "M", "m", "male":
		return "male"
	case "ญ", "หญิง", "ญ.", "F", "f", "female":
		return "female"
	}
	return ""
}

var sexCounts = regexp.MustCompile(`([ชญ])[.\s]*(\d+)`)

// sexesConflict reports whether the stated numbers of men and women cannot be
// those of the names. It needs every name to tell the sex.
func sexesConflict(stated string, people []person) bool {
	want := map[string]int{}
	for _, m := range sexCounts.FindAllStringSubmatch(stated, -1) {
		n, _ := strconv.Atoi(m[2])
		want[sexOf(m[1])] += n
	}
	if len(want) == 0 {
		return false
	}
	got := map[string]int{}
	for _, p := range people {
		sex := p.name.Sex
		if words := strings.Fields(p.name.Full); sex == "" && len(words) > 1 {
			sex = honorifics[words[0]]
		}
		if sex == "" {
			return false
		}
		got[sex]++
	}
	return got["male"] != want["male"] || got["female"] != want["female"]
}

var headCount = regexp.MustCompile(`(\d{1,3})\s*คน`)

// readClaim reads a row of complaints.
func readClaim(r *row, o Options) {
	r.intake = readDate(r.cell(fDate), o.Today)
	if r.intake.Code != "" {
		r.add(r.intake.Code)
	}
	name, latin := clean(r.cell(fName).Text), r.own(fLatin)
	r.stated, _ = strconv.Atoi(thaiDigits.Replace(r.own(fCount)))
	r.readPapers()
	switch {
	case trial(name) || (name == "" && trial(latin)):
		r.add("test_row")
		return
	case void(name) && void(latin) && r.id.Kind == "none":
		r.add("no_identity")
		return
	}
	if strings.HasPrefix(name, "ผู้แจ้ง") || strings.HasPrefix(name, "ผู้ร้องแทน") {
		r.add("informant_not_client")
		return
	}
	r.readGroup(name, latin)
	if _, aside := within(name); hasAny(aside, "สูญหาย", "ผู้ตาย", "เสียชีวิต", "ถึงแก่กรรม") {
		r.add("deceased_or_missing")
	}
	if owed := readOwed(r.own(fOwed)); owed.Unclear || (owed.Known && hasAny(r.own(fNote)+r.own(fProblem), "ไม่ใช่ค่าจ้าง")) {
		r.add("amount_unclear")
	}
	if _, rest := issues(r.own(fIssue)); rest {
		r.note("issue_unknown")
	}
}

// readPapers reads the document and its number. A number of a group stands as
// a numbered list.
func (r *row) readPapers() {
	c := r.cell(fDocNumber)
	if list := numbered(c.Text); list != nil {
		r.id = Identity{Kind: "none"}
		for _, s := range list {
			r.people = append(r.people, person{id: oneIdentity(s, false)})
		}
		for _, p := range r.people {
			if p.id.Code != "" {
				r.add(p.id.Code)
			}
		}
		return
	}
	r.id = readIdentity(c)
	if r.id.Code != "" {
		r.add(r.id.Code)
	}
}

// readGroup reads who the row is about.
func (r *row) readGroup(name, latin string) {
	ids := r.people
	r.people = nil
	out, _ := within(name)
	m := headCount.FindStringSubmatch(thaiDigits.Replace(out))
	if m != nil && numbered(name) == nil {
		if n, _ := strconv.Atoi(m[1]); n > 1 {
			if r.stated == 0 {
				r.stated = n
			}
			r.add("group_without_names")
			return
		}
	}
	if code := unusable(name); code != "" {
		r.add(code)
	}
	for i, n := range names(name, r.stated) {
		p := person{name: readWhole(n), id: r.id}
		if i < len(ids) {
			p.id = ids[i].id
		}
		r.people = append(r.people, p)
	}
	if len(r.people) == 1 {
		r.people[0].latin = latin
		if r.stated > 1 {
			r.add("group_count_mismatch")
		}
		return
	}
	for i := range r.people {
		if len(ids) != len(r.people) {
			r.people[i].id = Identity{Kind: "none"}
		}
	}
	if r.stated > 0 && r.stated != len(r.people) {
		r.add("group_count_mismatch")
	}
	if sexesConflict(r.own(fSex), r.people) {
		r.add("group_detail_conflict")
	}
}
