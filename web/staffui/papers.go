package staffui

import (
	"time"

	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/ui"
)

// MeetingPaperPage is the agenda or the minutes of a meeting in the official form
// (แบบที่ 11), to be read and printed. Both servers show it.
type MeetingPaperPage struct {
	Back     string // the meeting's page
	Minutes  bool   // or else it is the agenda
	Name     string // of the meeting, with its number
	Start    time.Time
	Place    string
	State    ui.Badge
	Lines    []string // of minutes: the chair, when it began and ended, who wrote it down
	Lists    []PaperList
	Sections []PaperSection
	Digest   string // of adopted minutes, in groups
	Hours    int    // minutes that the items take together
}

// Template is papers/meeting.
func (MeetingPaperPage) Template() string { return "papers/meeting" }

// PaperList is who was there, who was not, or what was promised.
type PaperList struct {
	Title string
	Lines []string
}

// PaperSection is one of the six official sections.
type PaperSection struct {
	Number string
	Title  ui.Text
	Items  []PaperItem
}

// PaperItem is one item of the agenda.
type PaperItem struct {
	Number, Title string
	Text, Result  []string // lines
	Minutes       int
	From          string // the organisation that has proposed it
	Wanted        ui.Text
}

func paperPages() []web.Entry { return []web.Entry{web.Of[MeetingPaperPage]()} }

func paperFixtures() []web.Fixture {
	day := time.Date(2026, 11, 13, 2, 30, 0, 0, time.UTC)
	sections := []PaperSection{
		{Number: "1", Title: ui.T("meetings.section.1")},
		{Number: "2", Title: ui.T("meetings.section.2"), Items: []PaperItem{{Number: "2.1", Title: "รายงานการประชุม ครั้งที่ 10/2569", Minutes: 5, Result: []string{"รับรองรายงานการประชุม"}}}},
		{Number: "3", Title: ui.T("meetings.section.3"), Items: []PaperItem{{Number: "3.1", Title: "10-2 จัดอบรมล่ามชุมชน", Minutes: 3, Text: []string{"กำหนดอบรมวันเสาร์สุดท้ายของเดือน"}, Result: []string{"รับทราบ"}}}},
		{Number: "4", Title: ui.T("meetings.section.4")},
		{Number: "5", Title: ui.T("meetings.section.5"), Items: []PaperItem{{Number: "5.1", Title: "แบบบันทึกกรณีสำนักทะเบียนไม่รับคำร้อง", Minutes: 30, From: "คลินิกกฎหมายดอยสาธิต", Wanted: ui.T("meetings.wanted.decide"),
			Text: []string{"เสนอให้ใช้แบบเดียวกัน แปดช่อง ไม่มีชื่อคนและไม่มีชื่อเจ้าหน้าที่", "ขอให้ตัดช่องวันที่เหลือเพียงเดือน เพราะอำเภอเล็กมีคนไปยื่นไม่กี่คน"}, Result: []string{"เห็นชอบหลักการ ใช้เดือนแทนวันที่"}}}},
		{Number: "6", Title: ui.T("meetings.section.6")}}
	minutes := MeetingPaperPage{Back: "/meetings/1", Minutes: true, Name: "ประชุมเครือข่ายประจำเดือน ครั้งที่ 11/2569", Start: day, State: ui.Badge{Text: ui.T("meetings.state.adopted"), Tone: "done"},
		Lines:    []string{"ประธาน วรดา สาธิต", "เริ่มประชุมเวลา 09.40 น.", "เลิกประชุมเวลา 12.20 น.", "ผู้จดรายงานการประชุม กิ่ง สาธิต"},
		Lists:    []PaperList{{Title: "ผู้มาประชุม", Lines: []string{"1. ปุณ สาธิต (คลินิกกฎหมายดอยสาธิต)", "2. นุช สาธิต (มูลนิธิสองฝั่งสาธิต)"}}, {Title: "ผู้ไม่มาประชุม", Lines: []string{"1. กลุ่มเพื่อนสาธิต ติดประชุมอื่น"}}},
		Sections: sections, Digest: "SHA-256=AAAA AAAA AAAA AAAA AAAA AAAA AAAA AAAA AAAA AAAA AAA="}
	agenda := MeetingPaperPage{Back: "/meetings/1", Name: minutes.Name, Start: day, Place: "ห้องประชุมคลินิกกฎหมายดอยสาธิต", State: ui.Badge{Text: ui.T("meetings.state.published"), Tone: "act"}, Sections: sections, Hours: 38}
	return []web.Fixture{
		{Name: "papers/meeting: minutes that were adopted", TitleKey: "meetings.minutes.title", Page: minutes},
		{Name: "papers/meeting: an agenda", TitleKey: "meetings.agenda.title", Page: agenda},
	}
}
