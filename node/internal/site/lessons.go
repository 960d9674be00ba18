package site

import (
	"context"
	"html"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/lesson"
	"github.com/saphan-network/saphan/node/clinic/library"
	"github.com/saphan-network/saphan/web/ginweb"
	"github.com/saphan-network/saphan/web/nodeui"
	"github.com/saphan-network/saphan/web/staffui"
	"github.com/saphan-network/saphan/web/staffweb"
	"github.com/saphan-network/saphan/web/ui"
)

// LessonDesk writes lessons.
type LessonDesk interface {
	MayWrite(ctx context.Context, who clinic.Actor) error
	List(ctx context.Context, who clinic.Actor) ([]lesson.Lesson, error)
	Begin(ctx context.Context, who clinic.Actor, caseID string) (string, error)
	Text(ctx context.Context, who clinic.Actor, id string) (lesson.Lesson, *lesson.Typing, error)
	Keep(ctx context.Context, who clinic.Actor, id string, base int64, form map[string][]string) error
	Drop(ctx context.Context, who clinic.Actor, id string) error
	Edit(ctx context.Context, who clinic.Actor, id string, version int64, t library.Text) error
}

// LessonReading brings lessons on their way.
type LessonReading interface {
	Show(ctx context.Context, who clinic.Actor, id string) (lesson.View, error)
	Settle(ctx context.Context, who clinic.Actor, id string, version int64, key string, keep bool) error
	Submit(ctx context.Context, who clinic.Actor, id string, version int64) error
	Read(ctx context.Context, who clinic.Actor, id string, version int64, outside bool) error
	Return(ctx context.Context, who clinic.Actor, id string, version int64) error
	Release(ctx context.Context, who clinic.Actor, id, shown string) error
	Retract(ctx context.Context, who clinic.Actor, id, reason string) error
}

// RemarkDesk writes remarks about the lessons of all.
type RemarkDesk interface {
	Waiting(ctx context.Context, who clinic.Actor) ([]lesson.Remark, error)
	Say(ctx context.Context, who clinic.Actor, r lesson.Remark) (string, error)
	ShowRemark(ctx context.Context, who clinic.Actor, id string) (lesson.RemarkView, error)
	SettleRemark(ctx context.Context, who clinic.Actor, id, key string, keep bool) error
	ReleaseRemark(ctx context.Context, who clinic.Actor, id, shown string) error
	DropRemark(ctx context.Context, who clinic.Actor, id string) error
}

// LessonsConfig is what the pages of the writing desk stand on.
type LessonsConfig struct {
	Desk    LessonDesk
	Reading LessonReading
	Remarks RemarkDesk
	Books   staffweb.Books
	Staff   Colleagues
	Self    string                       // IRI of this organisation
	Page    func(lessonID string) string // id of the page that one of our lessons has in the library
}

// Lessons serves the writing desk.
type Lessons struct {
	app *ginweb.App
	LessonsConfig
}

// NewLessons makes the pages.
func NewLessons(app *ginweb.App, cfg LessonsConfig) *Lessons { return &Lessons{app, cfg} }

// Mount adds the routes.
func (h *Lessons) Mount(g gin.IRouter) {
	in := g.Group("/lessons", h.app.RequireUser())
	in.GET("", h.app.H(h.list))
	in.POST("", h.app.H(h.begin))
	in.GET("/:id", h.app.H(func(c *gin.Context) error { return h.show(c, http.StatusOK, nil) }))
	in.GET("/:id/edit", h.app.H(h.form))
	in.POST("/:id", h.app.H(h.save))
	in.POST("/:id/keep", h.app.H(h.keep))
	in.POST("/:id/drop", h.app.H(h.drop))
	ctx := func(c *gin.Context) context.Context { return c.Request.Context() }
	who := func(c *gin.Context) clinic.Actor { return actorOf(h.app, c) }
	for what, do := range map[string]func(c *gin.Context) error{
		"finding": func(c *gin.Context) error {
			return h.Reading.Settle(ctx(c), who(c), c.Param("id"), lessonVersion(c), ginweb.Value(c, "key"), ginweb.Value(c, "do") == "keep")
		},
		"submit": func(c *gin.Context) error { return h.Reading.Submit(ctx(c), who(c), c.Param("id"), lessonVersion(c)) },
		"read": func(c *gin.Context) error {
			return h.Reading.Read(ctx(c), who(c), c.Param("id"), lessonVersion(c), ginweb.Value(c, "outside") == "yes")
		},
		"return": func(c *gin.Context) error { return h.Reading.Return(ctx(c), who(c), c.Param("id"), lessonVersion(c)) },
		"release": func(c *gin.Context) error {
			return h.Reading.Release(ctx(c), who(c), c.Param("id"), ginweb.Value(c, "sum"))
		},
		"retract": func(c *gin.Context) error {
			return h.Reading.Retract(ctx(c), who(c), c.Param("id"), ginweb.Value(c, "reason"))
		},
	} {
		in.POST("/:id/"+what, h.app.H(h.do(what, do)))
	}
	h.mountRemarks(g)
}

func (h *Lessons) names(c *gin.Context) (map[string]string, error) {
	all, err := h.Staff.Colleagues(c.Request.Context())
	out := map[string]string{}
	for _, one := range all {
		out[one.ID] = one.Name
	}
	return out, err
}

func (h *Lessons) list(c *gin.Context) error {
	who := actorOf(h.app, c)
	all, err := h.Desk.List(c.Request.Context(), who)
	if err != nil {
		return err
	}
	names, err := h.names(c)
	if err != nil {
		return err
	}
	review, err := h.toReview(c)
	if err != nil {
		return err
	}
	page := nodeui.LessonsPage{MayWrite: h.Desk.MayWrite(c.Request.Context(), who) == nil}
	for _, l := range all {
		row := nodeui.LessonRow{ID: l.ID, Title: l.Draft.Title.TH, State: nodeui.LessonBadge(string(l.State)), Changed: l.Changed}
		if l.With() {
			row.Shared, row.Review = l.Revision, review[h.Page(l.ID)]
		}
		if len(l.Writers) > 0 {
			row.Writer = names[l.Writers[len(l.Writers)-1]]
		}
		page.Rows = append(page.Rows, row)
	}
	waiting, err := h.Remarks.Waiting(c.Request.Context(), who)
	if err != nil && !fault.Is(err, fault.Forbidden) {
		return err
	}
	for _, r := range waiting {
		page.Remarks = append(page.Remarks, nodeui.RemarkRow{ID: r.ID, Text: ui.T("lessons.remark." + r.Kind), By: names[r.By], At: r.At})
	}
	return h.app.Show(c, http.StatusOK, "lessons.title", page)
}

// toReview are the pages of our lessons that rest on a law which has changed since.
func (h *Lessons) toReview(c *gin.Context) (map[string]bool, error) {
	out := map[string]bool{}
	r, err := h.Books.Search(c.Request.Context(), actorOf(h.app, c), library.Query{Facets: library.Facets{Author: h.Self}, Size: 100})
	for _, l := range r.Lessons {
		out[l.ID] = l.State == library.Review
	}
	return out, err
}

func (h *Lessons) begin(c *gin.Context) error {
	id, err := h.Desk.Begin(c.Request.Context(), actorOf(h.app, c), ginweb.Value(c, "case"))
	if err != nil {
		return err
	}
	return h.app.Redirect(c, "/lessons/"+id+"/edit", "", nil)
}

func (h *Lessons) show(c *gin.Context, status int, errs ui.Errors) error {
	v, err := h.Reading.Show(c.Request.Context(), actorOf(h.app, c), c.Param("id"))
	if err != nil {
		return err
	}
	names, err := h.names(c)
	if err != nil {
		return err
	}
	t := v.Draft
	page := nodeui.LessonPage{ID: v.ID, Title: t.Title.TH, TitleEN: t.Title.EN, Summary: t.Summary.TH, Version: v.Version, Steps: lessonSteps(v.State), Parts: staffweb.LessonParts(t),
		Facts: codeFacts(t), Findings: lessonFindings(v.Findings), Open: v.Open, Draft: v.State == lesson.Draft, Waiting: v.State == lesson.Waiting || v.State == lesson.Once,
		Twice: v.State == lesson.Twice, Retracted: v.State == lesson.Retracted, Returned: v.Returned, Theirs: v.Theirs, FromCase: v.FromCase, MayWrite: v.MayWrite, MayRead: v.MayRead,
		MayOutside: v.MayOutside, NeedsOutside: v.NeedsOutside, MayRelease: v.MayRelease, MayRetract: v.MayRetract, Errors: errs,
		State: ui.State{Badge: nodeui.LessonBadge(string(v.State)), Since: ui.At(v.Changed), Next: ui.T("lessons.next." + string(v.State))}}
	if len(v.Writers) > 0 {
		page.State.Holder = ui.Say(names[v.Writers[len(v.Writers)-1]])
	}
	for _, law := range t.Laws {
		page.Laws = append(page.Laws, staffui.LibraryLaw{TH: law.Name.TH, EN: law.Name.EN, Date: law.Date})
	}
	for _, r := range v.Readings {
		page.Readers = append(page.Readers, nodeui.LessonReader{Name: names[r.By], Outside: r.Outside, At: r.At})
	}
	if v.With() {
		page.Href = "/library/" + h.Page(v.ID)
	}
	if v.Reason != "" {
		page.Reason = ui.Label("retraction_reason", v.Reason)
	}
	if page.Twice {
		page.Allowed, page.Sum, page.Print, page.Bytes = v.Preview.Allowed, v.Preview.SHA256, grouped(v.Preview.SHA256), string(v.Preview.Body)
		page.Why, page.Remedy, page.Bridge = whyText(v.Preview.Why), whyText(v.Preview.Remedy), lessonBridge(v.Preview)
	}
	return h.app.Show(c, status, "lessons.one", page)
}

// lessonSteps are the way of a lesson, with where it stands.
func lessonSteps(s lesson.State) ui.Steps {
	at := map[lesson.State]int{lesson.Draft: 0, lesson.Waiting: 1, lesson.Once: 2, lesson.Twice: 3, lesson.Shared: 4}
	n, on := at[s]
	if !on {
		return nil
	}
	var out ui.Steps
	for i, key := range []string{"lessons.step.write", "lessons.step.first", "lessons.step.second", "lessons.step.share"} {
		state := "next"
		switch {
		case i < n:
			state = "done"
		case i == n:
			state = "now"
		}
		out = append(out, ui.Step{State: state, Label: ui.T(key)})
	}
	return out
}

func whyText(key string) ui.Text {
	if key == "" {
		return ui.Text{}
	}
	return ui.T(key)
}

// lessonFindings says each thing once, however often it stands there.
func lessonFindings(all []lesson.Finding) []nodeui.LessonFinding {
	var out []nodeui.LessonFinding
	at := map[string]int{}
	for _, f := range all {
		if i, twice := at[f.Key]; twice {
			out[i].Times++
			continue
		}
		at[f.Key] = len(out)
		why := f.Kind
		if f.By == "node" {
			why = "node"
		}
		field, _, _ := strings.Cut(f.Field, "_")
		out = append(out, nodeui.LessonFinding{Key: f.Key, Where: ui.T("lessons.part." + field), Before: f.Before, Piece: f.Piece, Instead: f.Instead, After: f.After,
			Why: ui.T("lessons.why." + why), Times: 1, Must: f.Must, Kept: f.Kept})
	}
	return out
}

func lessonBridge(p lesson.Preview) ui.Bridge {
	b := ui.Bridge{From: ui.T("lessons.bridge.from"), To: ui.T("lessons.bridge.to"), ID: "bridge"}
	for _, f := range p.Fields {
		c := ui.Crossing{Label: ui.T("policy.field." + strings.ReplaceAll(f.Path, "/", ".")), Class: "E", Rule: whyText(f.Rule), Transform: ui.T(f.Transform)}
		c.Holds, c.Leaves = crossingTexts(f.Path, f.Holds), crossingTexts(f.Path, f.Leaves)
		if f.Why != "" {
			c.Why, c.Leaves, c.Transform = ui.T(f.Why), nil, ui.Text{}
		}
		b.Rows = append(b.Rows, c)
	}
	return b
}

// crossingTexts says values as people read them: codes as words, HTML as paragraphs.
func crossingTexts(path string, values []string) (out []ui.Text) {
	lists := map[string]string{"lesson/issue": "issue", "lesson/status": "status_family", "lesson/office": "officeType", "lesson/region": "region",
		"lesson/evidence": "evidence_level", "lesson/result": "trial_result", "lesson/reason": "retraction_reason"}
	for _, v := range values {
		if list := lists[path]; list != "" {
			out = append(out, ui.Label(list, v))
			continue
		}
		if path == "lesson/law_date" {
			out = append(out, ui.On(v))
			continue
		}
		text := html.UnescapeString(strings.NewReplacer("</p><p>", "\n\n", "<br>", "\n", "<p>", "", "</p>", "").Replace(v))
		for _, part := range strings.Split(text, "\n\n") {
			out = append(out, ui.Say(part))
		}
	}
	return out
}

// grouped is a hash to be compared by eye.
func grouped(sum string) string {
	var out []string
	for i := 0; i+4 <= len(sum); i += 4 {
		out = append(out, sum[i:i+4])
	}
	return strings.Join(out, " ")
}

func codeFacts(t library.Text) ui.Facts {
	var out ui.Facts
	for _, f := range []struct{ key, list, code string }{{"library.filter.issue", "issue", t.Issue}, {"library.filter.evidence", "evidence_level", t.Evidence},
		{"library.filter.office", "officeType", t.Office}, {"library.filter.status", "status_family", t.Status}, {"library.filter.region", "region", t.Region}} {
		if f.code != "" {
			out = append(out, ui.Fact{Label: ui.T(f.key), Values: []ui.Text{ui.Label(f.list, f.code)}})
		}
	}
	return out
}

// do does one thing to a lesson. What does not do is said on its page.
func (h *Lessons) do(what string, f func(c *gin.Context) error) func(c *gin.Context) error {
	return func(c *gin.Context) error {
		err := f(c)
		if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) || fault.Is(err, fault.Denied) {
			return h.show(c, fault.KindOf(err).Status(), ui.ErrorsOf(err))
		}
		if err != nil {
			return err
		}
		return h.app.Redirect(c, "/lessons/"+c.Param("id"), "lessons.flash."+what, nil)
	}
}
