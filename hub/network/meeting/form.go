package meeting

import (
	"strconv"
	"strings"
	"time"
)

// The words of the official form of minutes (แบบที่ 11), which are the same in every
// language of the pages: the paper is a Thai one.
var sectionNames = map[string]string{FromTheChair: "เรื่องที่ประธานแจ้งให้ที่ประชุมทราบ", LastMinutes: "เรื่องรับรองรายงานการประชุม", Arising: "เรื่องสืบเนื่อง",
	ForNotice: "เรื่องเสนอเพื่อทราบ", ForDecision: "เรื่องเสนอเพื่อพิจารณา", AnythingElse: "เรื่องอื่น ๆ"}

// SectionName is the official name of a section.
func SectionName(section string) string { return sectionNames[section] }

// Sentence is a resolution as minutes have it, "" for none.
func (d Decision) Sentence() string {
	if d.Kind == "" {
		return ""
	}
	word := map[string]string{"noted": "รับทราบ", "agreed": "เห็นชอบ", "rejected": "ไม่เห็นชอบ", "deferred": "เลื่อนไปพิจารณาครั้งถัดไป", "adopted": "รับรองรายงานการประชุม"}[d.Kind]
	out := word
	if d.Text != "" {
		if out = d.Text; !strings.HasPrefix(d.Text, word) {
			out = word + " " + d.Text
		}
	}
	if d.For+d.Against+d.Abstain > 0 {
		out += " (เห็นด้วย " + strconv.Itoa(d.For) + " ไม่เห็นด้วย " + strconv.Itoa(d.Against) + " งดออกเสียง " + strconv.Itoa(d.Abstain) + ")"
	}
	if d.Aside != "" {
		out += "\nสงวนความเห็น: " + d.Aside
	}
	return out
}

// Text is who led the meeting, when it began and ended, who wrote it down and who has
// checked it. Paragraphs are parted by an empty line.
func (p Paper) Text() string {
	m := p.Meeting
	parts := []string{"เมื่อ" + Day(m.Start)}
	for _, one := range []struct{ before, what, after string }{{"ประธาน ", m.Chair, ""}, {"เริ่มประชุมเวลา ", clock(m.Opened), " น."}, {"เลิกประชุมเวลา ", clock(m.Closed), " น."},
		{"ผู้จดรายงานการประชุม ", m.Scribe, ""}, {"ผู้ตรวจรายงานการประชุม ", m.Checker, ""}} {
		if one.what != "" {
			parts = append(parts, one.before+one.what+one.after)
		}
	}
	return strings.Join(parts, "\n\n")
}

// Part is a list in the minutes that is no item of the agenda.
type Part struct{ Title, Text string }

// partLines are so many lines of a list that one part holds.
const partLines = 15

// Lists are who was there, who was not, who attended, and what was promised.
func (p Paper) Lists() []Part {
	var out []Part
	list := func(title, none string, n int, line func(k int) string) {
		var lines []string
		for k := range n {
			lines = append(lines, strconv.Itoa(k+1)+". "+line(k))
		}
		if n == 0 && none != "" {
			lines = []string{none}
		}
		for first := 0; first < len(lines); first += partLines {
			out = append(out, Part{Title: title, Text: strings.Join(lines[first:min(first+partLines, len(lines))], "\n")})
			title = strings.TrimSuffix(title, " (ต่อ)") + " (ต่อ)"
		}
	}
	list("ผู้มาประชุม", "ไม่มี", len(p.Present), func(k int) string { return p.Present[k].says() })
	list("ผู้ไม่มาประชุม", "ไม่มี", len(p.Absent), func(k int) string { return p.Absent[k].says() })
	list("ผู้เข้าร่วมประชุม", "", len(p.Guests), func(k int) string { return p.Guests[k].says() })
	list("งานที่มอบหมาย", "", len(p.Actions), func(k int) string {
		a := p.Actions[k]
		line := a.Code + " " + a.What + " · " + a.OwnerName
		if day, err := time.ParseInLocation(time.DateOnly, a.Due, Zone); err == nil {
			line += " · ภายใน" + Day(day)
		}
		return line
	})
	return out
}

var (
	weekdays = []string{"วันอาทิตย์", "วันจันทร์", "วันอังคาร", "วันพุธ", "วันพฤหัสบดี", "วันศุกร์", "วันเสาร์"}
	months   = []string{"มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน", "กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม"}
)

// Day is a day as Thai papers write it: วันศุกร์ที่ 11 กรกฎาคม 2568.
func Day(at time.Time) string {
	at = at.In(Zone)
	return weekdays[at.Weekday()] + "ที่ " + strconv.Itoa(at.Day()) + " " + months[at.Month()-1] + " " + strconv.Itoa(Year(at))
}

func clock(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.In(Zone).Format("15.04")
}

// says is one who is or is not there.
func (l Line) says() string {
	out := l.Name
	switch {
	case out == "":
		out = l.OrgName
	case l.OrgName != "":
		out += " (" + l.OrgName + ")"
	}
	if !l.Present && l.Text != "" {
		out += " " + l.Text
	}
	return out
}
