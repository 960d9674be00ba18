package app_test

import (
	"fmt"
	"html"
	"strings"
	"testing"

	"github.com/saphan-network/saphan/node/clinic/lesson"
	"github.com/saphan-network/saphan/node/clinic/library"
)

// write has nok write a lesson that has come as far as need says: as it is written,
// with a name in it; waiting for readers; read by two; shared.
func (o *office) write(t *testing.T, need string, w *things) {
	t.Helper()
	ctx, nok, ying := t.Context(), o.actors["nok"], o.actors["ying"]
	id, err := o.Lessons.Begin(ctx, nok, "")
	w.lesson = must(t, id, err)
	th := func(s string) library.Words { return library.Words{TH: s} }
	text := library.Text{Title: th("ขอให้ลงรับทุกครั้ง"), Problem: th("เจ้าหน้าที่ไม่ลงรับคำร้อง"), Tried: th("ส่งทางไปรษณีย์"), Worked: th("ลงรับตั้งแต่ครั้งแรก"), Issue: "birth_not_registered",
		Evidence: "several_cases"}
	if need == "lesson" {
		text.Problem.TH += " นายสมมุติ ใจสาธิต"
	}
	steps := []func() error{
		func() error { return o.Lessons.Edit(ctx, nok, id, 1, text) },
		func() error { return o.Lessons.Submit(ctx, nok, id, 0) },
		func() error { return o.Lessons.Read(ctx, o.actors["dao"], id, 0, false) },
		func() error { return o.Lessons.Read(ctx, o.actors["tan"], id, 0, true) },
		func() error { return o.Lessons.Release(ctx, ying, id, o.shown(t, id).Preview.SHA256) },
	}
	for _, do := range steps[:map[string]int{"lesson": 1, "read": 2, "twice": 4, "shared": 5}[need]] {
		if err := do(); err != nil {
			t.Fatal(err)
		}
	}
	v := o.shown(t, id)
	w.lversion, w.lsum = fmt.Sprint(v.Version), v.Preview.SHA256
	if len(v.Findings) > 0 {
		w.key = v.Findings[0].Key
	}
	if need == "shared" {
		r, err := o.Library.Search(ctx, ying, library.Query{Size: 1})
		w.page = must(t, r, err).Lessons[0].ID
	}
}

func (o *office) shown(t *testing.T, id string) lesson.View {
	t.Helper()
	v, err := o.Lessons.Show(t.Context(), o.actors["ying"], id)
	return must(t, v, err)
}

// remark has nok say something about the lesson that was shared.
func (o *office) remark(t *testing.T, w *things) {
	t.Helper()
	ctx, nok := t.Context(), o.actors["nok"]
	l, err := o.Library.Show(ctx, nok, w.page)
	iri := must(t, l, err).IRI
	id, err := o.Lessons.Say(ctx, nok, lesson.Remark{Lesson: iri, About: iri, Kind: library.Trial, Result: "worked", Text: library.Words{TH: "ที่นี่ใช้ได้"}})
	w.remark = must(t, id, err)
	v, err := o.Lessons.ShowRemark(ctx, nok, id)
	w.rsum = must(t, v, err).Preview.SHA256
}

// TestWordsOfALessonAreWords: whatever a lesson is called, its page and the list show
// it as words.
func TestWordsOfALessonAreWords(t *testing.T) {
	o := newWorld(t)
	ctx, nok := t.Context(), o.actors["nok"]
	for _, hostile := range []string{`<script>alert(1)</script>`, `<img src=x onerror=alert(1)>`, `"><svg onload=alert(1)>`, `</textarea><iframe src=//evil.example>`, `javascript:alert(1)`, `{{.}}<b>`} {
		id, err := o.Lessons.Begin(ctx, nok, "")
		must(t, id, err)
		th := library.Words{TH: hostile}
		text := library.Text{Title: th, Summary: th, Problem: th, Tried: th, Worked: th, Limits: th, Laws: []library.Law{{Name: th, Date: "2019-05-27"}}, Issue: "other", Evidence: "one_case"}
		if err := o.Lessons.Edit(ctx, nok, id, 1, text); err != nil {
			t.Fatal(err)
		}
		for _, f := range o.shown(t, id).Findings {
			if !f.Kept {
				_ = o.Lessons.Settle(ctx, nok, id, 0, f.Key, true) // the same words stand in several places
			}
		}
		for _, do := range []func() error{
			func() error { return o.Lessons.Submit(ctx, nok, id, 0) },
			func() error { return o.Lessons.Read(ctx, o.actors["dao"], id, 0, false) },
			func() error { return o.Lessons.Read(ctx, o.actors["tan"], id, 0, true) },
			func() error { return o.Lessons.Release(ctx, o.actors["ying"], id, o.shown(t, id).Preview.SHA256) },
		} {
			if err := do(); err != nil {
				t.Fatalf("%s: %v", hostile, err)
			}
		}
		r, err := o.Library.Search(ctx, nok, library.Query{Size: 1})
		page := "/library/" + must(t, r, err).Lessons[0].ID
		for _, path := range []string{page, "/library", "/lessons", "/lessons/" + id, "/lessons/" + id + "/edit"} {
			body := o.ask(t, "nok", "GET", path, nil, nil).Body.String()
			if strings.ContainsAny(hostile, "<>") && strings.Contains(body, hostile) {
				t.Errorf("%s shows %s as it is", path, hostile)
			}
			if strings.Contains(body, `href="javascript:`) || strings.Contains(body, `src="javascript:`) {
				t.Errorf("%s makes an address of %s", path, hostile)
			}
		}
		if body := o.ask(t, "nok", "GET", page, nil, nil).Body.String(); !strings.Contains(body, html.EscapeString(hostile)) && !strings.Contains(body, hostile) {
			t.Errorf("%s does not show %s at all", page, hostile)
		}
	}
}
