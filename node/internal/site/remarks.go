package site

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic/lesson"
	"github.com/saphan-network/saphan/node/clinic/library"
	"github.com/saphan-network/saphan/web/ginweb"
	"github.com/saphan-network/saphan/web/nodeui"
	"github.com/saphan-network/saphan/web/staffui"
	"github.com/saphan-network/saphan/web/ui"
)

// mountRemarks adds the routes of what is said about the lessons of all.
func (h *Lessons) mountRemarks(g gin.IRouter) {
	in := h.app.RequireUser()
	g.GET("/library/:id/say", in, h.app.H(h.ask))
	g.POST("/library/:id/say", in, h.app.H(h.say))
	g.GET("/remarks/:id", in, h.app.H(func(c *gin.Context) error { return h.remark(c, http.StatusOK, nil) }))
	for what, do := range map[string]func(c *gin.Context) error{
		"finding": func(c *gin.Context) error {
			return h.Remarks.SettleRemark(c.Request.Context(), actorOf(h.app, c), c.Param("id"), ginweb.Value(c, "key"), ginweb.Value(c, "do") == "keep")
		},
		"release": func(c *gin.Context) error {
			return h.Remarks.ReleaseRemark(c.Request.Context(), actorOf(h.app, c), c.Param("id"), ginweb.Value(c, "sum"))
		},
		"drop": func(c *gin.Context) error {
			return h.Remarks.DropRemark(c.Request.Context(), actorOf(h.app, c), c.Param("id"))
		},
	} {
		g.POST("/remarks/:id/"+what, in, h.app.H(func(c *gin.Context) error {
			err := do(c)
			if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) || fault.Is(err, fault.Denied) {
				return h.remark(c, fault.KindOf(err).Status(), ui.ErrorsOf(err))
			}
			if err != nil {
				return err
			}
			to := "/lessons"
			if what == "finding" {
				to = "/remarks/" + c.Param("id")
			}
			return h.app.Redirect(c, to, "lessons.flash.remark."+what, nil)
		}))
	}
}

// target is the lesson that is spoken about, for who may say anything about it.
func (h *Lessons) target(c *gin.Context) (library.View, error) {
	v, err := h.Books.Show(c.Request.Context(), actorOf(h.app, c), c.Param("id"))
	if err != nil {
		return v, err
	}
	if v.State == library.Retracted {
		return v, fault.New(fault.Conflict, "lessons.error.retracted")
	}
	if !v.MaySay {
		return v, fault.New(fault.Forbidden, "error.forbidden")
	}
	return v, nil
}

func sayPage(v library.View, kind, about string) nodeui.RemarkFormPage {
	page := nodeui.RemarkFormPage{Lesson: v.ID, Title: v.Text.Title.TH, Trial: kind == library.Trial}
	for _, r := range v.Remarks {
		if r.ID == about && !r.Retired {
			page.About, page.Quote = r.ID, r.Text.TH
		}
	}
	return page
}

func (h *Lessons) ask(c *gin.Context) error {
	v, err := h.target(c)
	if err != nil {
		return err
	}
	return h.app.Show(c, http.StatusOK, "lessons.say.title", sayPage(v, c.Query("kind"), c.Query("about")))
}

func (h *Lessons) say(c *gin.Context) error {
	v, err := h.target(c)
	if err != nil {
		return err
	}
	page := sayPage(v, ginweb.Value(c, "kind"), ginweb.Value(c, "about"))
	r := lesson.Remark{Lesson: v.IRI, About: v.IRI, Kind: library.Reply, Text: library.Words{TH: lessonLines(ginweb.Value(c, "text"))}}
	if page.Trial {
		r.Kind, r.Result = library.Trial, ginweb.Value(c, "result")
	}
	for _, one := range v.Remarks {
		if one.ID == page.About {
			r.About = one.IRI
		}
	}
	id, err := h.Remarks.Say(c.Request.Context(), actorOf(h.app, c), r)
	if fault.Is(err, fault.Invalid) {
		page.Result, page.Text, page.Errors = r.Result, r.Text.TH, ui.ErrorsOf(err)
		return h.app.Show(c, http.StatusUnprocessableEntity, "lessons.say.title", page)
	}
	if err != nil {
		return err
	}
	return h.app.Redirect(c, "/remarks/"+id, "lessons.flash.said", nil)
}

func (h *Lessons) remark(c *gin.Context, status int, errs ui.Errors) error {
	ctx, who := c.Request.Context(), actorOf(h.app, c)
	v, err := h.Remarks.ShowRemark(ctx, who, c.Param("id"))
	if err != nil {
		return err
	}
	names, err := h.names(c)
	if err != nil {
		return err
	}
	page := nodeui.RemarkPage{ID: v.ID, Text: v.Text.TH, By: names[v.By], Findings: lessonFindings(v.Findings), Open: v.Open, Bridge: lessonBridge(v.Preview), Sum: v.Preview.SHA256,
		Print: grouped(v.Preview.SHA256), Bytes: string(v.Preview.Body), Allowed: v.Preview.Allowed, Why: whyText(v.Preview.Why), Remedy: whyText(v.Preview.Remedy),
		MayRelease: v.MayRelease, MayDrop: v.MayDrop, Errors: errs}
	if v.Result != "" {
		page.Badge = staffui.TrialBadge(v.Result)
	}
	about, err := h.Books.Show(ctx, who, library.PageID(v.Lesson))
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	page.Title = about.Text.Title.TH
	return h.app.Show(c, status, "lessons.remark.title", page)
}
