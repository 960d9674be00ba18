package site

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/casework"
	"github.com/saphan-network/saphan/node/clinic/consent"
	"github.com/saphan-network/saphan/web/ginweb"
	"github.com/saphan-network/saphan/web/nodeui"
	"github.com/saphan-network/saphan/web/ui"
)

// CaseReader is what the pages read of the case files.
type CaseReader interface {
	List(ctx context.Context, actor clinic.Actor, f casework.Filter) (casework.Page, error)
	Show(ctx context.Context, actor clinic.Actor, id string) (casework.Case, error)
	Reveal(ctx context.Context, actor clinic.Actor, id string) (casework.Case, error)
	Timeline(ctx context.Context, actor clinic.Actor, id string) ([]casework.Event, error)
	Consents(ctx context.Context, actor clinic.Actor, id string) ([]consent.Record, error)
	Can(ctx context.Context, actor clinic.Actor, id string, acts ...string) (map[string]bool, error)
	MayHave(ctx context.Context, actor clinic.Actor, id string, users []clinic.Actor) (map[string]bool, error)
	MayCreate(ctx context.Context, actor clinic.Actor) (bool, error)
}

// CaseWriter is what the pages change in the case files.
type CaseWriter interface {
	Create(ctx context.Context, actor clinic.Actor, in casework.Intake) (casework.Case, error)
	Edit(ctx context.Context, actor clinic.Actor, id string, version int64, d casework.Details) (casework.Case, error)
	Screen(ctx context.Context, actor clinic.Actor, id string, version int64, basis string, result casework.Conflict) (casework.Case, error)
	Move(ctx context.Context, actor clinic.Actor, id string, version int64, m casework.Move) (casework.Case, error)
	Note(ctx context.Context, actor clinic.Actor, id, text string) error
	Assign(ctx context.Context, actor clinic.Actor, id, userID string, only bool) (casework.Case, error)
	RecordConsent(ctx context.Context, actor clinic.Actor, id string, r consent.Record) (consent.Record, error)
	WithdrawConsent(ctx context.Context, actor clinic.Actor, id, consentID, how string) error
}

// CaseMender is what the pages put right in a case file later: its persons, and
// that it was closed.
type CaseMender interface {
	RevealPerson(ctx context.Context, actor clinic.Actor, id, personID string) (casework.Case, casework.Person, error)
	AddPerson(ctx context.Context, actor clinic.Actor, id string, version int64, p casework.Person) (casework.Case, error)
	EditPerson(ctx context.Context, actor clinic.Actor, id string, version int64, p casework.Person) (casework.Case, error)
	RemovePerson(ctx context.Context, actor clinic.Actor, id string, version int64, personID string) (casework.Case, error)
	Reopen(ctx context.Context, actor clinic.Actor, id string, version int64, reason string) (casework.Case, error)
}

// CaseDrafts is what the pages do with unfinished intakes.
type CaseDrafts interface {
	KeepDraft(ctx context.Context, actor clinic.Actor, key string, form map[string][]string) error
	Draft(ctx context.Context, actor clinic.Actor, key string) (casework.Draft, error)
	MyDrafts(ctx context.Context, actor clinic.Actor) ([]casework.Draft, error)
	DropDraft(ctx context.Context, actor clinic.Actor, key string) error
}

// Colleague is a user of this node, as other users see them.
type Colleague struct {
	ID, Name string
	Roles    []string
	Active   bool
}

// Colleagues lists all users of this node, the inactive ones too (their names
// stand in timelines).
type Colleagues interface {
	Colleagues(ctx context.Context) ([]Colleague, error)
}

// Recipient is a member that a consent may name.
type Recipient struct{ Actor, Name string }

// Recipients lists the other members of the network.
type Recipients interface {
	Recipients(ctx context.Context) ([]Recipient, error)
}

// CaseReferrals shows the referrals of a case that the actor may see.
type CaseReferrals interface {
	CaseReferrals(ctx context.Context, actor clinic.Actor, caseID string) ([]nodeui.CaseReferral, error)
	MayRefer(ctx context.Context, actor clinic.Actor, caseID string) (bool, error)
}

// CasesConfig is what the pages of cases stand on. Recipients and Referrals may
// be nil: then a consent names nobody but the network, and no referrals show.
type CasesConfig struct {
	Read       CaseReader
	Write      CaseWriter
	Mend       CaseMender
	Drafts     CaseDrafts
	Staff      Colleagues
	Recipients Recipients
	Referrals  CaseReferrals
	Lessons    CaseLessons // nil: no lessons are shown
	Now        func() time.Time
}

// Cases serves the pages of case files.
type Cases struct {
	app *ginweb.App
	CasesConfig
}

// NewCases makes the pages of cases.
func NewCases(app *ginweb.App, cfg CasesConfig) *Cases { return &Cases{app: app, CasesConfig: cfg} }

// Mount adds the routes. All of them need somebody to be signed in.
func (h *Cases) Mount(g gin.IRouter) {
	r := g.Group("/cases", h.app.RequireUser())
	r.GET("", h.app.H(h.list))
	r.POST("", h.app.H(h.create))
	r.POST("/find", h.app.H(h.find))
	r.GET("/find", func(c *gin.Context) { c.Redirect(http.StatusSeeOther, "/cases") })
	r.GET("/new", h.app.H(h.newCase))
	r.POST("/drafts/:key/drop", h.app.H(h.dropDraft))
	r.GET("/:id", h.app.H(h.show))
	r.POST("/:id/identity", h.app.H(h.identity))
	r.POST("/:id/screen", h.app.H(h.screen))
	r.POST("/:id/move", h.app.H(h.move))
	r.POST("/:id/reopen", h.app.H(h.reopen))
	r.GET("/:id/persons/new", h.app.H(h.newPerson))
	r.POST("/:id/persons", h.app.H(h.addPerson))
	r.POST("/:id/persons/:person/open", h.app.H(h.openPerson))
	r.POST("/:id/persons/:person", h.app.H(h.editPerson))
	r.POST("/:id/persons/:person/remove", h.app.H(h.removePerson))
	r.POST("/:id/note", h.app.H(h.note))
	r.POST("/:id/assign", h.app.H(h.assign))
	r.GET("/:id/edit", h.app.H(h.editForm))
	r.POST("/:id/edit", h.app.H(h.edit))
	r.GET("/:id/consents/new", h.app.H(h.consentForm))
	r.POST("/:id/consents", h.app.H(h.recordConsent))
	r.POST("/:id/consents/:consent/withdraw", h.app.H(h.withdraw))
}

func (h *Cases) actor(c *gin.Context) clinic.Actor {
	u := h.app.User(c)
	return clinic.Actor{UserID: u.ID, Roles: u.Roles, Active: u.ID != ""}
}

// today is the date in Thailand.
func (h *Cases) today() string {
	return h.Now().In(time.FixedZone("ICT", 7*60*60)).Format(time.DateOnly)
}

// foundSize is how many cases a search shows at once; it has no further pages.
const foundSize = 100

func (h *Cases) list(c *gin.Context) error {
	f := casework.Filter{Status: casework.Status(c.Query("status")), Mine: c.Query("mine") == "yes"}
	f.Page, _ = strconv.Atoi(c.Query("page")) // anything else is the first page
	return h.showList(c, f)
}

// find searches. What is searched for is a name or a number of a person, so it
// comes in the body and never in an address, which browsers and proxies keep.
func (h *Cases) find(c *gin.Context) error {
	return h.showList(c, casework.Filter{Query: c.PostForm("q"), Status: casework.Status(c.PostForm("status")), Mine: c.PostForm("mine") == "yes", Size: foundSize})
}

func (h *Cases) showList(c *gin.Context, f casework.Filter) error {
	ctx, actor := c.Request.Context(), h.actor(c)
	got, err := h.Read.List(ctx, actor, f)
	if err != nil {
		return err
	}
	names, err := h.names(ctx)
	if err != nil {
		return err
	}
	page := nodeui.CaseListPage{Query: f.Query, Status: string(f.Status), Mine: f.Mine, Narrowed: f.Query != "" || f.Status != "" || f.Mine}
	for _, s := range casework.Statuses() {
		page.Statuses = append(page.Statuses, ui.Option{Value: string(s), Label: statusText(s)})
	}
	for _, it := range got.Items {
		page.Rows = append(page.Rows, caseRow(it, names))
	}
	page.Found = ui.T("cases.list.found", "n", got.Total)
	if got.More {
		page.Found = ui.T("cases.list.found_more", "n", got.Total-1)
	}
	if c.Request.Method == http.MethodGet {
		page.Pager = casePager(f, got)
	}
	if page.CanCreate, err = h.Read.MayCreate(ctx, actor); err != nil {
		return err
	}
	if page.CanCreate {
		drafts, err := h.Drafts.MyDrafts(ctx, actor)
		if err != nil {
			return err
		}
		for _, d := range drafts {
			page.Drafts = append(page.Drafts, nodeui.CaseDraft{Key: d.ID, Saved: d.UpdatedAt})
		}
	}
	return h.app.Show(c, http.StatusOK, "cases.list.title", page)
}

// casePager keeps the filters while it turns pages.
func casePager(f casework.Filter, p casework.Page) ui.Pager {
	at := func(n int) string {
		q := url.Values{"page": {strconv.Itoa(n)}}
		if f.Status != "" {
			q.Set("status", string(f.Status))
		}
		if f.Mine {
			q.Set("mine", "yes")
		}
		return "/cases?" + q.Encode()
	}
	out := ui.Pager{Page: p.Page, Pages: (p.Total + p.Size - 1) / p.Size, Total: p.Total}
	if p.Page > 1 {
		out.Prev = at(p.Page - 1)
	}
	if p.Page < out.Pages {
		out.Next = at(p.Page + 1)
	}
	return out
}

func caseRow(it casework.Item, names map[string]string) nodeui.CaseRow {
	row := nodeui.CaseRow{Href: "/cases/" + it.ID, Number: it.LocalNumber, Name: it.Name, Persons: it.Persons, Status: statusBadge(it.AdminStatus),
		Holder: names[it.OwnerID], Issues: ui.Labels("issue", it.Issues...), OpenedOn: it.OpenedOn, Changed: it.UpdatedAt}
	if it.ProvinceCode != "" {
		row.Place = ui.Label("province", it.ProvinceCode)
	}
	return row
}

// names are the names of all users by id.
func (h *Cases) names(ctx context.Context) (map[string]string, error) {
	all, err := h.Staff.Colleagues(ctx)
	if err != nil {
		return nil, err
	}
	out := make(map[string]string, len(all))
	for _, p := range all {
		out[p.ID] = p.Name
	}
	return out, nil
}

func (h *Cases) newCase(c *gin.Context) error {
	actor := h.actor(c)
	may, err := h.Read.MayCreate(c.Request.Context(), actor)
	if err != nil {
		return err
	}
	if !may {
		return fault.Missing()
	}
	if key := c.Query("draft"); key != "" {
		d, err := h.Drafts.Draft(c.Request.Context(), actor, key)
		if err != nil {
			return err
		}
		page := intakePage(formOf(d.Form), h.today())
		page.Key, page.Draft = d.ID, true
		return h.app.Show(c, http.StatusOK, "cases.new.title", page)
	}
	page := intakePage(formOf(nil), h.today())
	page.Key = opaque.ID()
	return h.app.Show(c, http.StatusOK, "cases.new.title", page)
}

// create writes the case down, keeps a draft, or adds a person to the form,
// by the button that was pressed.
func (h *Cases) create(c *gin.Context) error {
	ctx, actor := c.Request.Context(), h.actor(c)
	may, err := h.Read.MayCreate(ctx, actor)
	if err != nil {
		return err
	}
	if !may {
		return fault.Missing()
	}
	if err := c.Request.ParseForm(); err != nil {
		return fault.Wrap(fault.Invalid, "error.400.title", err)
	}
	f := formOf(c.Request.PostForm)
	page := intakePage(f, h.today())
	switch {
	case f.one("add") != "":
		page.AddPerson()
		return h.app.Show(c, http.StatusOK, "cases.new.title", page)
	case f.one("draft") != "":
		if err := h.Drafts.KeepDraft(ctx, actor, page.Key, c.Request.PostForm); err != nil {
			return err
		}
		return h.app.Redirect(c, "/cases", "cases.flash.draft", nil)
	}
	in, wrong := f.intake()
	if len(wrong) == 0 {
		made, err := h.Write.Create(ctx, actor, in)
		if err == nil {
			return h.app.Redirect(c, "/cases/"+made.ID, "cases.flash.created", nil)
		}
		if !fault.Is(err, fault.Invalid) {
			return err
		}
		wrong = ui.ErrorsOf(err)
	}
	page.Errors = wrong
	return h.app.Show(c, http.StatusUnprocessableEntity, "cases.new.title", page)
}

func (h *Cases) dropDraft(c *gin.Context) error {
	if err := h.Drafts.DropDraft(c.Request.Context(), h.actor(c), c.Param("key")); err != nil {
		return err
	}
	return h.app.Redirect(c, "/cases", "cases.flash.draft_dropped", nil)
}
