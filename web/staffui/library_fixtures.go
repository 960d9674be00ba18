package staffui

import (
	"time"

	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/ui"
)

func libraryFixtures() []web.Fixture {
	at := time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC)
	rows := []LibraryRow{
		{Href: "/library/1", Title: "ขอให้ลงรับทุกครั้ง แล้วส่งทางไปรษณีย์ในวันเดียวกัน", Summary: "การไม่รับคำร้องเป็นเหตุการณ์ของตัวเอง ต้องมีกระดาษ", Author: "คลินิกกฎหมายสาธิต เชียงราย", At: at,
			Codes: ui.Labels("issue", "birth_not_registered"), Worked: 3, Partly: 1, Asked: 2},
		{Href: "/library/2", Title: "พยานหนึ่งคนไม่ควรแบกเกินสามเรื่อง", Author: "ศูนย์สาธิต สมุทรสาคร", At: at.AddDate(0, 0, -9), Codes: []ui.Text{ui.Label("issue", "kinship_proof"), ui.Label("region", "north")},
			Badges: []ui.Badge{{Tone: "wait", Text: ui.T("library.review")}}, Failed: 1},
		{Href: "/library/3", Title: "สมุดจดที่เปียกก็เป็นหลักฐานค่าจ้าง", Summary: "เทียบกับบันทึกเข้าออกของท่าเรือ", Author: "ศูนย์สาธิต สมุทรสาคร", At: at.AddDate(0, -1, 0), Codes: ui.Labels("issue", "unpaid_wage"),
			Badges: []ui.Badge{{Tone: "info", Icon: "home", Text: ui.T("library.own.badge")}}},
	}
	filter := func(name, list string, n int, codes ...string) ui.Field {
		f := ui.Field{Type: "select", Name: name, Label: ui.T("library.filter." + name), Required: true, Options: []ui.Option{{Label: ui.T("library.filter.any")}}}
		for i, c := range codes {
			f.Options = append(f.Options, ui.Option{Value: c, Label: ui.T("library.option", "label", ui.Label(list, c), "n", n-i)})
		}
		return f
	}
	filters := []ui.Field{filter("issue", "issue", 9, "birth_not_registered", "unpaid_wage"), filter("status", "status_family", 5, "zero_card"), filter("office", "officeType", 4, "registry", "school"),
		filter("region", "region", 7, "north"), filter("evidence", "evidence_level", 6, "several_cases", "ruling"),
		{Type: "select", Name: "author", Label: ui.T("library.filter.author"), Required: true, Options: []ui.Option{{Label: ui.T("library.filter.any")}}}}
	full := LibraryPage{Filters: filters, Rows: rows, Total: 12, Exact: true, Page: 1, MayWrite: true}
	found := LibraryPage{Query: "พยาน อำเภอ", Filters: filters, Filtered: true, Searched: true, Rows: rows[:2], Total: 240, Page: 2, More: true}
	lines := func(s ...string) [][]string { return [][]string{s} }
	one := LibraryLessonPage{ID: "1", Title: rows[0].Title, Summary: rows[0].Summary, Author: rows[0].Author, First: at, Since: at, Revision: 2, MaySay: true, Worked: 3, Partly: 1,
		Parts: []ui.Passage{{Title: ui.T("library.part.problem"), TH: lines("คนไปถึงเคาน์เตอร์แล้วถูกบอกให้กลับไปก่อน ไม่มีกระดาษ ไม่มีเลขรับ ไม่มีวันที่")},
			{Title: ui.T("library.part.tried"), TH: lines("เตรียมคำร้องสองฉบับ ฉบับหนึ่งยื่น อีกฉบับขอให้ลงรับ", "ถ้าไม่ลงรับ ส่งทางไปรษณีย์ตอบรับในวันเดียวกัน")},
			{Title: ui.T("library.part.worked"), TH: lines("สำนักทะเบียนสองแห่งเริ่มลงรับตั้งแต่ครั้งแรก")},
			{Title: ui.T("library.part.limits"), TH: lines("ใช้ไม่ได้กับเรื่องที่ต้องมาด้วยตนเอง")}},
		Facts:    ui.Facts{{Label: ui.T("library.filter.issue"), Values: ui.Labels("issue", "birth_not_registered")}, {Label: ui.T("library.filter.evidence"), Values: ui.Labels("evidence_level", "several_cases")}},
		Laws:     []LibraryLaw{{TH: "พระราชบัญญัติวิธีปฏิบัติราชการทางปกครอง", EN: "Administrative Procedure Act", Date: "2019-05-27"}},
		Trials:   []LibraryRemark{{ID: "t1", Author: "ศูนย์สาธิต สมุทรสาคร", Badge: TrialBadge("worked"), Lines: lines("ใช้กับงานประกันสังคมได้ด้วย"), At: at}, {ID: "t2", Author: "กลุ่มสาธิต", Badge: TrialBadge("partly"), At: at}},
		Threads:  []LibraryRemark{{ID: "q1", Author: "กลุ่มสาธิต", Lines: lines("ใช้แบบฟอร์มของใคร"), At: at, Answers: []LibraryRemark{{ID: "a1", Author: rows[0].Author, Lines: lines("ของเราเอง มีในภาคผนวก"), At: at}}}, {ID: "q2", Author: "กลุ่มสาธิต", Retired: true, At: at}},
		Versions: []LibraryVersion{{Revision: 1, Since: at.AddDate(0, -6, 0), Title: "ขอให้ลงรับทุกครั้ง", Parts: []ui.Passage{{Title: ui.T("library.part.problem"), TH: lines("เจ้าหน้าที่ไม่ลงรับคำร้อง")}}}},
		Related:  rows[1:]}
	both := one
	both.TitleEN, both.Trials, both.Threads, both.Versions, both.Related, both.Worked, both.Partly = "Ask for the stamp every time, and post it the same day", nil, nil, nil, nil, 0, 0
	both.Parts = []ui.Passage{{Title: ui.T("library.part.problem"), TH: one.Parts[0].TH, EN: lines("At the counter people were told to come back, without a paper, a number or a date.")},
		{Title: ui.T("library.part.tried"), TH: one.Parts[1].TH, EN: lines("Two copies: one to file, one to be stamped.", "Where it is not stamped, it goes by registered post the same day.")}}
	both.Review, both.Own, both.OnTheWay = true, true, true
	both.Laws = []LibraryLaw{{TH: one.Laws[0].TH, EN: one.Laws[0].EN, Date: "2019-05-27", Changed: "2026-10-01"}}
	gone := LibraryLessonPage{ID: "1", Retracted: true, Reason: ui.Label("retraction_reason", "recognisable"), Author: rows[0].Author, Since: at}
	return []web.Fixture{
		{Name: "library/list: some lessons", TitleKey: "library.title", Page: full},
		{Name: "library/list: the second page of many", TitleKey: "library.title", Page: found},
		{Name: "library/list: nothing found", TitleKey: "library.title", Page: LibraryPage{Query: "เรือดำน้ำ", Filters: filters, Searched: true, Exact: true, Page: 1}},
		{Name: "library/list: empty", TitleKey: "library.title", Page: LibraryPage{Filters: filters, Exact: true, Page: 1, MayWrite: true}},
		{Name: "library/lesson: with all that was said", TitleKey: "library.kicker", Page: one},
		{Name: "library/lesson: in two languages, to be looked at again", TitleKey: "library.kicker", Page: both},
		{Name: "library/lesson: taken back", TitleKey: "library.retracted", Status: 410, Page: gone},
	}
}
