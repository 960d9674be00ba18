package site

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic/lesson"
	"github.com/saphan-network/saphan/node/clinic/library"
	"github.com/saphan-network/saphan/web/ginweb"
	"github.com/saphan-network/saphan/web/nodeui"
	"github.com/saphan-network/saphan/web/ui"
)

// asks are the parts of a lesson in the order in which they are asked for.
func asks() []nodeui.LessonAsk {
	return []nodeui.LessonAsk{{Name: "title", Line: true, Needed: true}, {Name: "problem", Needed: true}, {Name: "tried", Needed: true}, {Name: "worked"}, {Name: "failed"},
		{Name: "limits"}, {Name: "summary", Line: true}}
}

// maxLaws is how many laws a form may hold.
const maxLaws = 12

// formValues reads a form, wherever it was kept.
type formValues func(name string) string

func posted(c *gin.Context) formValues {
	return func(name string) string { return ginweb.Value(c, name) }
}

func kept(form map[string][]string) formValues {
	return func(name string) string {
		if v := form[name]; len(v) > 0 {
			return v[0]
		}
		return ""
	}
}

// text makes a lesson of what was typed.
func (get formValues) text() (library.Text, ui.Errors) {
	plain := func(name string) string {
		return strings.TrimSpace(strings.ReplaceAll(get(name), "\r\n", "\n"))
	}
	both := func(name string) library.Words {
		return library.Words{TH: plain(name + "_th"), EN: plain(name + "_en")}
	}
	t := library.Text{Title: both("title"), Summary: both("summary"), Problem: both("problem"), Tried: both("tried"), Worked: both("worked"), Failed: both("failed"), Limits: both("limits"),
		Issue: plain("issue"), Status: plain("status"), Office: plain("office"), Region: plain("region"), Evidence: plain("evidence")}
	var errs ui.Errors
	for i := range maxLaws {
		n := strconv.Itoa(i)
		date, key := ui.ReadDate(get, "law_date_"+n)
		law := library.Law{Name: library.Words{TH: plain("law_" + n), EN: plain("law_en_" + n)}, Date: date}
		if law.Name == (library.Words{}) && date == "" {
			continue
		}
		if key != "" {
			errs = append(errs, ui.Problem{Field: "law_date_" + n, Text: ui.T(key)})
		}
		t.Laws = append(t.Laws, law)
	}
	return t, errs
}

func formPage(l lesson.Lesson, t library.Text) nodeui.LessonFormPage {
	page := nodeui.LessonFormPage{ID: l.ID, Version: l.Version, Asks: asks(), Issue: t.Issue, Status: t.Status, Office: t.Office, Region: t.Region, Evidence: t.Evidence,
		Live: l.With(), FromCase: l.FromCase && l.Revision == 0}
	for i := range page.Asks {
		w := partOf(t, page.Asks[i].Name)
		page.Asks[i].TH, page.Asks[i].EN = w.TH, w.EN
	}
	for i, law := range t.Laws {
		page.Laws = append(page.Laws, nodeui.LessonLaw{N: strconv.Itoa(i), TH: law.Name.TH, EN: law.Name.EN, Date: law.Date})
	}
	for n := len(t.Laws); n < maxLaws && n < len(t.Laws)+2; n++ {
		page.Laws = append(page.Laws, nodeui.LessonLaw{N: strconv.Itoa(n)})
	}
	return page
}

func partOf(t library.Text, name string) library.Words {
	return map[string]library.Words{"title": t.Title, "summary": t.Summary, "problem": t.Problem, "tried": t.Tried, "worked": t.Worked, "failed": t.Failed, "limits": t.Limits}[name]
}

func (h *Lessons) form(c *gin.Context) error {
	l, typing, err := h.Desk.Text(c.Request.Context(), actorOf(h.app, c), c.Param("id"))
	if err != nil {
		return err
	}
	if l.State == lesson.Retracted {
		return fault.New(fault.Conflict, "lessons.error.state")
	}
	page := formPage(l, l.Draft)
	if typing != nil {
		t, _ := kept(typing.Form).text()
		page = formPage(l, t)
		page.Kept, page.Version = typing.At, typing.Base
	}
	return h.app.Show(c, http.StatusOK, "lessons.form.title", page)
}

func (h *Lessons) save(c *gin.Context) error {
	who, id := actorOf(h.app, c), c.Param("id")
	l, _, err := h.Desk.Text(c.Request.Context(), who, id)
	if err != nil {
		return err
	}
	t, errs := posted(c).text()
	version := lessonVersion(c)
	if len(errs) == 0 {
		err = h.Desk.Edit(c.Request.Context(), who, id, version, t)
	}
	switch {
	case len(errs) > 0 || fault.Is(err, fault.Invalid):
		page := formPage(l, t)
		page.Version, page.Errors = version, errs
		for _, one := range ui.ErrorsOf(err) {
			if !page.Errors.Has(one.Field) {
				page.Errors = append(page.Errors, one)
			}
		}
		return h.app.Show(c, http.StatusUnprocessableEntity, "lessons.form.title", page)
	case fault.Is(err, fault.Conflict) && fault.As(err).Key == "lessons.error.stale":
		return h.clash(c, l, t)
	case err != nil:
		return err
	}
	return h.app.Redirect(c, "/lessons/"+id, "lessons.flash.saved", nil)
}

// clash shows what two have written, part by part.
func (h *Lessons) clash(c *gin.Context, l lesson.Lesson, mine library.Text) error {
	page := nodeui.LessonClashPage{ID: l.ID, Version: l.Version}
	row := func(label ui.Text, theirs, mine string) {
		if theirs != mine {
			page.Rows = append(page.Rows, nodeui.LessonClash{Label: label, Theirs: theirs, Mine: mine})
		}
	}
	for _, a := range asks() {
		x, y := partOf(l.Draft, a.Name), partOf(mine, a.Name)
		row(ui.T(a.Title()), x.TH, y.TH)
		row(ui.T("lessons.clash.english", "part", ui.T(a.Title())), x.EN, y.EN)
	}
	row(ui.T("lessons.part.laws"), lawLines(l.Draft), lawLines(mine))
	if codesOf(l.Draft) != codesOf(mine) {
		page.Rows = append(page.Rows, nodeui.LessonClash{Label: ui.T("lessons.part.where"), Theirs: codesOf(l.Draft), Mine: codesOf(mine)})
	}
	if err := c.Request.ParseForm(); err != nil {
		return errors.New("lessons: the form cannot be read")
	}
	for name, values := range c.Request.PostForm {
		if name != "version" && len(values) > 0 {
			page.Hidden = append(page.Hidden, nodeui.LessonHidden{Name: name, Value: values[0]})
		}
	}
	slices.SortFunc(page.Hidden, func(a, b nodeui.LessonHidden) int { return strings.Compare(a.Name, b.Name) })
	return h.app.Show(c, http.StatusConflict, "lessons.clash.title", page)
}

func lawLines(t library.Text) string {
	var out []string
	for _, l := range t.Laws {
		out = append(out, strings.TrimSpace(l.Name.TH+" "+l.Name.EN+" "+l.Date))
	}
	return strings.Join(out, "\n")
}

func codesOf(t library.Text) string {
	return strings.Join([]string{t.Issue, t.Evidence, t.Office, t.Status, t.Region}, " ")
}

// keep answers the script that keeps what is typed: nothing but whether it was kept.
func (h *Lessons) keep(c *gin.Context) error {
	if err := c.Request.ParseForm(); err != nil {
		return fault.New(fault.Invalid, "lessons.error.form")
	}
	form := map[string][]string{}
	for name, values := range c.Request.PostForm {
		form[name] = values
	}
	if err := h.Desk.Keep(c.Request.Context(), actorOf(h.app, c), c.Param("id"), lessonVersion(c), form); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}

func (h *Lessons) drop(c *gin.Context) error {
	if err := h.Desk.Drop(c.Request.Context(), actorOf(h.app, c), c.Param("id")); err != nil {
		return err
	}
	return h.app.Redirect(c, "/lessons/"+c.Param("id"), "lessons.flash.dropped", nil)
}

// lessonVersion is the version that a form was made from; a form without one is as old
// as can be.
func lessonVersion(c *gin.Context) int64 {
	v, err := strconv.ParseInt(ginweb.Value(c, "version"), 10, 64)
	if err != nil || v < 1 {
		return -1
	}
	return v
}

func lessonLines(s string) string {
	return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n"))
}
