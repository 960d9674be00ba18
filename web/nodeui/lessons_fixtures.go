package nodeui

import (
	"time"

	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/staffui"
	"github.com/saphan-network/saphan/web/ui"
)

func lessonFixtures() []web.Fixture {
	at := time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC)
	row := func(title, state string, shared int) LessonRow {
		return LessonRow{ID: "1", Title: title, State: LessonBadge(state), Shared: shared, Writer: "อรทัย ใจสาธิต", Changed: at}
	}
	old := row("อ่านกฎหมายจากวันเกิด", "shared", 1)
	old.Review = true
	list := LessonsPage{MayWrite: true, Rows: []LessonRow{row("ขอให้ลงรับทุกครั้ง", "twice", 0), row("พยานหนึ่งคนไม่ควรแบกเกินสามเรื่อง", "once", 1), row("", "draft", 0), row("โรงเรียนคือด่านแรก", "shared", 2), row("เรื่องเดิม", "retracted", 0), old},
		Remarks: []RemarkRow{{ID: "r", Text: ui.T("lessons.remark.trial"), By: "สมพร ทะเลสาธิต", At: at}}}
	asks := []LessonAsk{{Name: "title", Line: true, Needed: true, TH: "ขอให้ลงรับทุกครั้ง"}, {Name: "problem", Needed: true, TH: "คนไปถึงเคาน์เตอร์ เจ้าหน้าที่พลิกเอกสารดูแล้วบอกให้กลับไปก่อน", EN: "At the counter people were told to come back."},
		{Name: "tried", Needed: true}, {Name: "worked"}, {Name: "failed"}, {Name: "limits"}, {Name: "summary", Line: true}}
	form := LessonFormPage{ID: "1", Version: 3, Asks: asks, Laws: []LessonLaw{{N: "0", TH: "พระราชบัญญัติวิธีปฏิบัติราชการทางปกครอง", Date: "2019-05-27"}, {N: "1"}, {N: "2"}}, Issue: "birth_not_registered", FromCase: true}
	kept, wrong := form, form
	kept.Kept, kept.Live, kept.FromCase = at, true, false
	wrong.Errors = ui.Errors{{Field: "tried_th", Text: ui.T("lessons.error.needed")}, {Field: "law_date_1", Text: ui.T("lessons.error.law_date")}, {Field: "evidence", Text: ui.T("lessons.error.choose")}}
	clash := LessonClashPage{ID: "1", Version: 4, Hidden: []LessonHidden{{"title_th", "ขอให้ลงรับ"}}, Rows: []LessonClash{{Label: ui.T("lessons.part.title"), Theirs: "ขอให้ลงรับทุกครั้ง", Mine: "ขอให้ลงรับ"},
		{Label: ui.T("lessons.part.worked"), Theirs: "", Mine: "สำนักทะเบียนสองแห่งลงรับ"}}}
	lines := func(s ...string) [][]string { return [][]string{s} }
	parts := []ui.Passage{{Title: ui.T("library.part.problem"), TH: lines("นายสมมุติ ใจสาธิต ไปถึงเคาน์เตอร์แล้วถูกบอกให้กลับไปก่อน โทร 081-000-0000"), EN: lines("At the counter people were told to come back.")},
		{Title: ui.T("library.part.tried"), TH: lines("ส่งคำร้องฉบับเดิมทางไปรษณีย์ตอบรับในวันเดียวกัน")}}
	findings := []LessonFinding{{Key: "a", Where: ui.T("lessons.part.problem"), Why: ui.T("lessons.why.name"), Piece: "นายสมมุติ ใจสาธิต", Instead: "[บุคคล 1]", After: " ไปถึงเคาน์เตอร์แล้วถูกบอก…", Times: 1},
		{Key: "b", Where: ui.T("lessons.part.problem"), Why: ui.T("lessons.why.phone"), Before: "…กลับไปก่อน โทร ", Piece: "081-000-0000", Instead: "[โทรศัพท์]", Times: 2, Must: true},
		{Key: "c", Where: ui.T("lessons.part.tried"), Why: ui.T("lessons.why.node"), Before: "…", Piece: "แก้ว", Instead: "[บุคคล 2]", After: " ใบเดียว", Times: 1, Kept: true}}
	steps := func(now int) ui.Steps {
		var out ui.Steps
		for i, k := range []string{"lessons.step.write", "lessons.step.first", "lessons.step.second", "lessons.step.share"} {
			s := "next"
			if i < now {
				s = "done"
			} else if i == now {
				s = "now"
			}
			out = append(out, ui.Step{State: s, Label: ui.T(k)})
		}
		return out
	}
	state := func(s string) ui.State {
		return ui.State{Badge: LessonBadge(s), Holder: ui.Say("อรทัย ใจสาธิต"), Since: ui.On("2026-11-20"), Next: ui.T("lessons.next." + s)}
	}
	draft := LessonPage{ID: "1", Title: "ขอให้ลงรับทุกครั้ง", Version: 3, State: state("draft"), Steps: steps(0), Parts: parts, Findings: findings, Open: 2, Draft: true, MayWrite: true, Theirs: true,
		Laws:  []staffui.LibraryLaw{{TH: "พระราชบัญญัติวิธีปฏิบัติราชการทางปกครอง", Date: "2019-05-27"}},
		Facts: ui.Facts{{Label: ui.T("library.filter.issue"), Values: ui.Labels("issue", "birth_not_registered")}}}
	clean := draft
	clean.Findings, clean.Open, clean.Theirs, clean.Returned = findings[2:], 0, false, true
	read := clean
	read.Draft, read.Waiting, read.MayWrite, read.MayRead, read.MayOutside, read.NeedsOutside, read.Returned, read.State, read.Steps = false, true, false, true, true, true, false, state("once"), steps(2)
	read.Readers = []LessonReader{{Name: "ทนายภูผา ใจสาธิต", At: at}}
	cross := func(path, v string) ui.Crossing {
		return ui.Crossing{Label: ui.T("policy.field.lesson." + path), Class: "E", Holds: []ui.Text{ui.Say(v)}, Leaves: []ui.Text{ui.Say(v)}, Rule: ui.T("policy.rule.lesson_network"), Transform: ui.T("policy.transform.line")}
	}
	twice := read
	twice.Waiting, twice.MayRead, twice.Twice, twice.Allowed, twice.MayRelease, twice.State, twice.Steps = false, false, true, true, true, state("twice"), steps(3)
	twice.Readers = append(twice.Readers, LessonReader{Name: "ผู้ประสานงานเครือข่าย", Outside: true, At: at})
	twice.Bridge = ui.Bridge{From: ui.T("lessons.bridge.from"), To: ui.T("lessons.bridge.to"), ID: "bridge", Rows: []ui.Crossing{cross("title_th", "ขอให้ลงรับทุกครั้ง"), cross("content_th", "ไปถึงเคาน์เตอร์แล้วถูกบอกให้กลับไปก่อน")}}
	twice.Sum, twice.Print, twice.Bytes = "ab12", "ab12 cd34 ef56 0718", `{"type":"Create"}`
	alone := twice
	alone.Allowed, alone.Bridge, alone.Why, alone.Remedy = false, ui.Bridge{}, ui.T("lessons.error.no_hub"), ui.T("lessons.error.no_hub.do")
	shared := clean
	shared.Draft, shared.Findings, shared.Returned, shared.State, shared.Steps, shared.Href, shared.MayRetract = false, nil, false, state("shared"), steps(4), "/library/1", true
	gone := LessonPage{ID: "1", Title: "เรื่องเดิม", State: state("retracted"), Retracted: true, Reason: ui.Label("retraction_reason", "recognisable")}
	say := RemarkFormPage{Lesson: "1", Title: "ขอให้ลงรับทุกครั้ง", Trial: true, Result: "worked"}
	ask := RemarkFormPage{Lesson: "1", Title: "ขอให้ลงรับทุกครั้ง", About: "q1", Quote: "ใช้แบบฟอร์มของใคร", Errors: ui.Errors{{Field: "text", Text: ui.T("lessons.error.needed")}}}
	remark := RemarkPage{ID: "1", Title: "ขอให้ลงรับทุกครั้ง", Text: "ที่นี่ต้องไปสองครั้ง", Badge: staffui.TrialBadge("partly"), By: "สมพร ทะเลสาธิต", Allowed: true, MayRelease: true, MayDrop: true, Bridge: twice.Bridge,
		Sum: "ab12", Print: "ab12 cd34", Bytes: `{"type":"Create"}`}
	found := remark
	found.Findings, found.Open, found.Text = findings[:2], 2, "โทร 081-000-0000"
	return []web.Fixture{
		{Name: "lessons/list: some", TitleKey: "lessons.title", Page: list},
		{Name: "lessons/list: none", TitleKey: "lessons.title", Page: LessonsPage{MayWrite: true}},
		{Name: "lessons/form: from a closed case", TitleKey: "lessons.form.title", Page: form},
		{Name: "lessons/form: typed and not saved", TitleKey: "lessons.form.title", Page: kept},
		{Name: "lessons/form: something is missing", TitleKey: "lessons.form.title", Status: 422, Page: wrong},
		{Name: "lessons/clash: two have written", TitleKey: "lessons.clash.title", Status: 409, Page: clash},
		{Name: "lessons/show: a draft with findings", TitleKey: "lessons.one", Page: draft},
		{Name: "lessons/show: sent back", TitleKey: "lessons.one", Page: clean},
		{Name: "lessons/show: waits for the second reader", TitleKey: "lessons.one", Page: read},
		{Name: "lessons/show: ready to be shared", TitleKey: "lessons.one", Page: twice},
		{Name: "lessons/show: in no network", TitleKey: "lessons.one", Page: alone},
		{Name: "lessons/show: shared", TitleKey: "lessons.one", Page: shared},
		{Name: "lessons/show: taken back", TitleKey: "lessons.one", Page: gone},
		{Name: "lessons/say: it was tried", TitleKey: "lessons.say.title", Page: say},
		{Name: "lessons/say: an answer without words", TitleKey: "lessons.say.title", Status: 422, Page: ask},
		{Name: "lessons/remark: ready to be sent", TitleKey: "lessons.remark.title", Page: remark},
		{Name: "lessons/remark: with findings", TitleKey: "lessons.remark.title", Page: found},
	}
}
