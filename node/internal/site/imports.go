package site

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/register"
	"github.com/saphan-network/saphan/web/ginweb"
	"github.com/saphan-network/saphan/web/nodeui"
	"github.com/saphan-network/saphan/web/ui"
)

// Registers is what the pages do with registers.
type Registers interface {
	Files(ctx context.Context, actor clinic.Actor) ([]register.File, int, error)
	Upload(ctx context.Context, actor clinic.Actor, name string, r io.Reader) (register.File, error)
	Show(ctx context.Context, actor clinic.Actor, id string, f register.Filter) (register.File, []register.Item, int, error)
	Start(ctx context.Context, actor clinic.Actor, id string) error
	Cancel(ctx context.Context, actor clinic.Actor, id string) error
	Drop(ctx context.Context, actor clinic.Actor, id string) error
}

// RegisterQueue is what the pages do with rows that wait for a person.
type RegisterQueue interface {
	Waiting(ctx context.Context, actor clinic.Actor, offset, limit int) ([]register.Item, int, error)
	Row(ctx context.Context, actor clinic.Actor, itemID string) (register.Item, error)
	Decide(ctx context.Context, actor clinic.Actor, itemID string, d register.Decision) (caseID string, err error)
}

// Imports serves the pages on which registers are taken in.
type Imports struct {
	app       *ginweb.App
	registers Registers
	queue     RegisterQueue
}

// NewImports makes the pages.
func NewImports(app *ginweb.App, registers Registers, queue RegisterQueue) *Imports {
	return &Imports{app: app, registers: registers, queue: queue}
}

// maxUpload leaves room for the form around the largest file.
const maxUpload = 17 << 20

// Mount adds the routes. All of them need somebody to be signed in.
func (h *Imports) Mount(g gin.IRouter) {
	h.app.BodyLimit("/imports", maxUpload)
	r := g.Group("/imports", h.app.RequireUser())
	r.GET("", h.app.H(h.list))
	r.POST("", h.app.H(h.upload))
	r.GET("/queue", h.app.H(h.waiting))
	r.GET("/queue/:row", h.app.H(h.row))
	r.POST("/queue/:row", h.app.H(h.take))
	r.POST("/queue/:row/aside", h.app.H(h.aside))
	r.GET("/:id", h.app.H(h.show))
	r.POST("/:id/start", h.app.H(h.act(h.registers.Start, "imports.flash.started")))
	r.POST("/:id/stop", h.app.H(h.act(h.registers.Cancel, "imports.flash.stopping")))
	r.POST("/:id/drop", h.app.H(h.act(h.registers.Drop, "imports.flash.dropped")))
}

func (h *Imports) actor(c *gin.Context) clinic.Actor {
	u := h.app.User(c)
	return clinic.Actor{UserID: u.ID, Roles: u.Roles, Active: u.ID != ""}
}

func (h *Imports) list(c *gin.Context) error { return h.listWith(c, http.StatusOK, nil) }

func (h *Imports) listWith(c *gin.Context, status int, problems ui.Errors) error {
	files, waiting, err := h.registers.Files(c.Request.Context(), h.actor(c))
	if err != nil {
		return err
	}
	p := nodeui.ImportListPage{Errors: problems, Waiting: waiting, Files: ui.Table{Caption: ui.T("imports.recent"),
		Head: []ui.Text{ui.T("imports.col.file"), ui.T("imports.col.when"), ui.T("imports.col.rows"), ui.T("imports.col.state")}}}
	for _, f := range files {
		p.Files.Rows = append(p.Files.Rows, ui.Row{Href: "/imports/" + f.ID, Cells: []ui.Cell{
			{Texts: []ui.Text{ui.Say(f.Name)}}, {Texts: []ui.Text{ui.At(f.UploadedAt)}}, {Texts: []ui.Text{ui.Say(strconv.Itoa(f.Rows))}},
			{Badge: nodeui.ImportState(string(f.State))}}})
	}
	return h.app.Show(c, status, "imports.title", p)
}

func (h *Imports) upload(c *gin.Context) error {
	if _, _, err := h.registers.Files(c.Request.Context(), h.actor(c)); err != nil {
		return err // before megabytes are read of who may not
	}
	head, err := c.FormFile("file")
	if err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return h.listWith(c, http.StatusRequestEntityTooLarge, ui.Errors{{Field: "file", Text: ui.T("imports.fault.too_large")}})
		}
		return h.listWith(c, http.StatusUnprocessableEntity, ui.Errors{{Field: "file", Text: ui.T("imports.fault.file")}})
	}
	f, err := head.Open()
	if err != nil {
		return err
	}
	defer f.Close()
	file, err := h.registers.Upload(c.Request.Context(), h.actor(c), head.Filename, f)
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.TooLarge) {
		problems := ui.ErrorsOf(err)
		for i := range problems {
			problems[i].Field = "file"
		}
		return h.listWith(c, http.StatusUnprocessableEntity, problems)
	}
	if err != nil {
		return err
	}
	return h.app.Redirect(c, "/imports/"+file.ID, "imports.flash.ready", nil)
}

func (h *Imports) act(do func(context.Context, clinic.Actor, string) error, flash string) func(c *gin.Context) error {
	return func(c *gin.Context) error {
		to := "/imports/" + url.PathEscape(c.Param("id"))
		err := do(c.Request.Context(), h.actor(c), c.Param("id"))
		if fault.Is(err, fault.Conflict) {
			return h.app.RedirectWrong(c, to, fault.As(err).Key, nil)
		}
		if err != nil {
			return err
		}
		return h.app.Redirect(c, to, flash, nil)
	}
}

const pageSize = 50

// pageOf reads the number of the page asked for, 1 for anything odd.
func pageOf(c *gin.Context) int {
	n, err := strconv.Atoi(c.Query("page"))
	if err != nil || n < 1 || n > 100000 {
		return 1
	}
	return n
}

func pager(path string, q url.Values, page, total int) ui.Pager {
	p := ui.Pager{Page: page, Pages: (total + pageSize - 1) / pageSize, Total: total}
	at := func(n int) string {
		q.Set("page", strconv.Itoa(n))
		return path + "?" + q.Encode()
	}
	if page > 1 {
		p.Prev = at(page - 1)
	}
	if page < p.Pages {
		p.Next = at(page + 1)
	}
	return p
}

func (h *Imports) show(c *gin.Context) error {
	ctx, actor, id, page, do := c.Request.Context(), h.actor(c), c.Param("id"), pageOf(c), c.Query("do")
	if do != register.Import && do != register.Queue && do != register.Refuse {
		do = ""
	}
	f, items, total, err := h.registers.Show(ctx, actor, id, register.Filter{Do: do, Offset: (page - 1) * pageSize, Limit: pageSize})
	if err != nil {
		return err
	}
	_, _, waiting, err := h.registers.Show(ctx, actor, id, register.Filter{State: register.Waiting, Limit: 1})
	if err != nil {
		return err
	}
	path, q := "/imports/"+f.ID, url.Values{}
	if do != "" {
		q.Set("do", do)
	}
	p := nodeui.ImportPage{ID: f.ID, Name: f.Name, Lead: nodeui.ImportLead(string(f.State)), Badge: nodeui.ImportState(string(f.State)),
		Facts: fileFacts(f), Waiting: waiting, Pager: pager(path, q, page, total), Running: f.State == register.Running}
	switch f.State {
	case register.Ready:
		p.Start, p.Drop = ui.Button{Label: ui.T("imports.start"), Tone: "primary"}, true
	case register.Stopped, register.Failed:
		p.Start = ui.Button{Label: ui.T("imports.continue"), Tone: "primary"}
	case register.Running:
		p.Stop = !f.Stop
		p.Progress = ui.Progress{Label: ui.T("imports.progress"), Value: f.Next, Max: f.Units, Text: ui.T("imports.progress.text", "done", f.Next, "all", f.Units)}
		c.Header("Refresh", "3") // renews the page without a script
	case register.Done, register.Dropped:
	}
	for _, t := range []struct {
		do, key string
		n       int
	}{{"", "imports.tab.all", f.Rows}, {register.Import, "imports.tab.import", f.Import}, {register.Queue, "imports.tab.queue", f.Queue}, {register.Refuse, "imports.tab.refuse", f.Refuse}} {
		tab := nodeui.ImportTab{Label: ui.T(t.key), Count: t.n, Href: path, Current: t.do == do}
		if t.do != "" {
			tab.Href += "?do=" + t.do
		}
		p.Tabs = append(p.Tabs, tab)
	}
	for _, it := range items {
		p.Rows = append(p.Rows, line(it))
	}
	return h.app.Show(c, http.StatusOK, "imports.show.title", p)
}

func fileFacts(f register.File) ui.Facts {
	say := func(key string, n int) ui.Fact {
		return ui.Fact{Label: ui.T(key), Values: []ui.Text{ui.Say(strconv.Itoa(n))}}
	}
	facts := ui.Facts{say("imports.fact.rows", f.Rows), say("imports.fact.import", f.Import), say("imports.fact.queue", f.Queue), say("imports.fact.refuse", f.Refuse)}
	if !f.StartedAt.IsZero() {
		facts = append(facts, say("imports.fact.created", f.Created), say("imports.fact.already", f.Already))
	}
	return facts
}

// line is a row as lists show it.
func line(it register.Item) nodeui.ImportLine {
	l := nodeui.ImportLine{Row: it.Row, Sheet: it.Draft.Sheet, Badge: nodeui.ImportRowState(it.Do, it.State)}
	names := make([]string, 0, len(it.Draft.Intake.Persons))
	for _, p := range it.Draft.Intake.Persons {
		names = append(names, p.FullName())
	}
	switch {
	case len(names) > 0:
		l.Who = ui.Say(strings.Join(names, ", "))
	case it.State == register.Taken || it.State == register.Decided:
		l.Who = ui.T("imports.infile")
	case len(it.Draft.Values) == 0:
		l.Who = ui.T("imports.nobody")
	default:
		l.Who = ui.T("imports.noname")
	}
	for _, code := range it.Why {
		l.Why = append(l.Why, nodeui.ImportReason(code))
	}
	switch {
	case it.State == register.Waiting:
		l.Href = "/imports/queue/" + it.ID
	case it.CaseID != "":
		l.Href = "/cases/" + it.CaseID
	}
	return l
}
