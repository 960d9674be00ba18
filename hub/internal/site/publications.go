package site

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/hub/network/publication"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/web/ginweb"
	"github.com/saphan-network/saphan/web/hubui"
	"github.com/saphan-network/saphan/web/ui"
)

// Press is what the pages ask of the service behind public documents.
type Press interface {
	List(ctx context.Context, who clinic.Actor) ([]publication.Document, error)
	Show(ctx context.Context, who clinic.Actor, id string) (publication.View, error)
	MayWrite(ctx context.Context, who clinic.Actor) error
	Write(ctx context.Context, who clinic.Actor, kind string, t publication.Text) (string, error)
	Edit(ctx context.Context, who clinic.Actor, id string, version int64, t publication.Text) error
	Pressing
}

// Pressing moves a document on.
type Pressing interface {
	Submit(ctx context.Context, who clinic.Actor, id string, version int64) error
	Return(ctx context.Context, who clinic.Actor, id string, version int64) error
	Release(ctx context.Context, who clinic.Actor, id, sha256 string) error
	Withdraw(ctx context.Context, who clinic.Actor, id string) error
}

// Publications serves the secretariat's pages about what is public.
type Publications struct {
	app       *ginweb.App
	press     Press
	followers func(ctx context.Context) (int, error)
	handle    string
}

// NewPublications makes the pages. handle is the name of the public actor.
func NewPublications(app *ginweb.App, press Press, followers func(ctx context.Context) (int, error), handle string) *Publications {
	return &Publications{app: app, press: press, followers: followers, handle: handle}
}

// Mount adds the routes.
func (p *Publications) Mount(g gin.IRouter) {
	in := g.Group("/publications", p.app.RequireUser())
	in.GET("", p.app.H(p.list))
	in.GET("/new", p.app.H(p.fresh))
	in.POST("", p.app.H(p.write))
	in.GET("/:id", p.app.H(func(c *gin.Context) error { return p.show(c, http.StatusOK, nil) }))
	in.GET("/:id/edit", p.app.H(p.form))
	in.POST("/:id", p.app.H(p.edit))
	ctx := func(c *gin.Context) context.Context { return c.Request.Context() }
	for what, do := range map[string]func(c *gin.Context) error{
		"submit": func(c *gin.Context) error { return p.press.Submit(ctx(c), p.actor(c), c.Param("id"), versionOf(c)) },
		"return": func(c *gin.Context) error { return p.press.Return(ctx(c), p.actor(c), c.Param("id"), versionOf(c)) },
		"release": func(c *gin.Context) error {
			return p.press.Release(ctx(c), p.actor(c), c.Param("id"), ginweb.Value(c, "sum"))
		},
		"withdraw": func(c *gin.Context) error { return p.press.Withdraw(ctx(c), p.actor(c), c.Param("id")) },
	} {
		in.POST("/:id/"+what, p.app.H(p.do(what, do)))
	}
}

func (p *Publications) actor(c *gin.Context) clinic.Actor { return actorOf(p.app, c) }

// versionOf is the version that a form was made from; a form without one is as old
// as can be.
func versionOf(c *gin.Context) int64 {
	v, err := strconv.ParseInt(ginweb.Value(c, "version"), 10, 64)
	if err != nil || v < 1 {
		return -1
	}
	return v
}

func (p *Publications) list(c *gin.Context) error {
	all, err := p.press.List(c.Request.Context(), p.actor(c))
	if err != nil {
		return err
	}
	page := hubui.PublicationsPage{Handle: p.handle}
	if page.Followers, err = p.followers(c.Request.Context()); err != nil {
		return err
	}
	order := []publication.State{publication.Waiting, publication.Draft, publication.Published, publication.Withdrawn}
	slices.SortStableFunc(all, func(a, b publication.Document) int {
		return slices.Index(order, a.State) - slices.Index(order, b.State)
	})
	for _, d := range all {
		page.Rows = append(page.Rows, hubui.PublicationRow{ID: d.ID, Name: d.Draft.Name.TH, Kind: ui.T("public.kind." + d.Kind), State: hubui.PublicationBadge(string(d.State)), Changed: d.Changed})
	}
	return p.app.Show(c, http.StatusOK, "public.desk.title", page)
}

func (p *Publications) show(c *gin.Context, status int, errs ui.Errors) error {
	v, err := p.press.Show(c.Request.Context(), p.actor(c), c.Param("id"))
	if err != nil {
		return err
	}
	page := hubui.PublicationPage{
		ID: v.ID, Name: v.Draft.Name.TH, Kind: ui.T("public.kind." + v.Kind), Version: v.Version, Telling: v.Telling, Draft: v.State == publication.Draft,
		Waiting: v.State == publication.Waiting, MayWrite: v.MayWrite, MayRelease: v.MayRelease, MayTake: v.MayTake, Returned: v.Returned, Errors: errs,
		State: ui.State{Badge: hubui.PublicationBadge(string(v.State)), Since: ui.At(v.Changed), Next: ui.T("public.next." + string(v.State))},
		Sum:   v.Pending.SHA256, Print: grouped(v.Pending.SHA256), Bytes: string(v.Pending.Bytes),
		Bridge: ui.Bridge{From: ui.T("public.bridge.from"), To: ui.T("public.bridge.to"), ID: "bridge"},
	}
	if v.Public() {
		page.Href = "/public/" + v.ID
	}
	if v.State != publication.Withdrawn {
		for _, one := range v.Crossings {
			page.Bridge.Rows = append(page.Bridge.Rows, crossing(one))
		}
	}
	return p.app.Show(c, status, "public.one.title", page)
}

func crossing(one publication.Crossing) ui.Crossing {
	c := ui.Crossing{Label: ui.T("policy.field." + strings.ReplaceAll(one.Path, "/", ".")), Class: "E", Rule: ui.T(one.Rule), Transform: ui.T(one.Transform)}
	say := func(values []string) (out []ui.Text) {
		for _, v := range values {
			if at, err := time.Parse(time.RFC3339, v); err == nil {
				out = append(out, ui.At(at))
				continue
			}
			text, isHTML := federation.PlainText(v)
			if !isHTML || !strings.HasPrefix(v, "<p>") {
				text = v
			}
			for _, part := range strings.Split(text, "\n\n") { // people read paragraphs, not their marks
				out = append(out, ui.Say(part))
			}
		}
		return out
	}
	c.Holds, c.Leaves = say(one.Holds), say(one.Leaves)
	if one.Why != "" {
		c.Why = ui.T(one.Why)
	}
	return c
}

// grouped is a hash to be compared by eye.
func grouped(sum string) string {
	var out []string
	for i := 0; i+4 <= len(sum); i += 4 {
		out = append(out, sum[i:i+4])
	}
	return strings.Join(out, " ")
}

func (p *Publications) fresh(c *gin.Context) error {
	if err := p.press.MayWrite(c.Request.Context(), p.actor(c)); err != nil {
		return err
	}
	kind := publication.Statement
	if c.Query("kind") == publication.Event {
		kind = publication.Event
	}
	return p.ask(c, http.StatusOK, hubui.PublicationFormPage{Kind: kind})
}

func (p *Publications) ask(c *gin.Context, status int, page hubui.PublicationFormPage) error {
	title := "public.form.statement"
	if page.Event() {
		title = "public.form.event"
	}
	return p.app.Show(c, status, title, page)
}

// clock is the time of day that forms speak of.
var clock = time.FixedZone("ICT", 7*60*60)

func (p *Publications) form(c *gin.Context) error {
	if err := p.press.MayWrite(c.Request.Context(), p.actor(c)); err != nil {
		return err
	}
	v, err := p.press.Show(c.Request.Context(), p.actor(c), c.Param("id"))
	if err != nil {
		return err
	}
	t := v.Draft
	page := hubui.PublicationFormPage{ID: v.ID, Kind: v.Kind, Version: v.Version, NameTH: t.Name.TH, NameEN: t.Name.EN, SummaryTH: t.Summary.TH, SummaryEN: t.Summary.EN,
		BodyTH: t.Body.TH, BodyEN: t.Body.EN, PlaceTH: t.Place.TH, PlaceEN: t.Place.EN, Link: t.Link, Cancelled: t.Cancelled, Live: v.Public()}
	if !t.Start.IsZero() {
		page.Day, page.From = t.Start.In(clock).Format(time.DateOnly), t.Start.In(clock).Format("15:04")
	}
	if !t.End.IsZero() {
		page.Until = t.End.In(clock).Format("15:04")
	}
	return p.ask(c, http.StatusOK, page)
}

// read makes a text of what was typed, and the form again for when it does not do.
func read(c *gin.Context) (publication.Text, hubui.PublicationFormPage) {
	get := func(name string) string { return strings.TrimSpace(ginweb.Value(c, name)) }
	f := hubui.PublicationFormPage{ID: c.Param("id"), Kind: get("kind"), NameTH: get("name_th"), NameEN: get("name_en"), SummaryTH: get("summary_th"), SummaryEN: get("summary_en"),
		BodyTH: get("body_th"), BodyEN: get("body_en"), Cancelled: get("cancelled") == "yes"}
	f.Version, _ = strconv.ParseInt(get("version"), 10, 64)
	t := publication.Text{Name: publication.Words{TH: f.NameTH, EN: f.NameEN}, Summary: publication.Words{TH: f.SummaryTH, EN: f.SummaryEN},
		Body: publication.Words{TH: lines(f.BodyTH), EN: lines(f.BodyEN)}}
	if f.Kind != publication.Event {
		f.Cancelled = false
		return t, f
	}
	f.PlaceTH, f.PlaceEN, f.Link, f.From, f.Until = get("place_th"), get("place_en"), get("link"), get("from"), get("until")
	t.Place, t.Link, t.Cancelled = publication.Words{TH: f.PlaceTH, EN: f.PlaceEN}, f.Link, f.Cancelled
	day, key := ui.ReadDate(func(name string) string { return ginweb.Value(c, name) }, "day")
	if f.Day = day; key != "" || len(day) != len(time.DateOnly) {
		if key == "" {
			key = "error.public.start"
		}
		f.Errors = append(f.Errors, ui.Problem{Field: "day", Text: ui.T(key)})
		return t, f
	}
	var err error
	if t.Start, err = at(day, f.From); err != nil {
		f.Errors = append(f.Errors, ui.Problem{Field: "from", Text: ui.T("public.form.time")})
	}
	if f.Until != "" {
		if t.End, err = at(day, f.Until); err != nil {
			f.Errors = append(f.Errors, ui.Problem{Field: "until", Text: ui.T("public.form.time")})
		}
	}
	return t, f
}

func lines(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }

func at(day, hour string) (time.Time, error) {
	t, err := time.ParseInLocation("2006-01-02 15:04", day+" "+strings.ReplaceAll(hour, ".", ":"), clock)
	if err != nil {
		return time.Time{}, errors.New("no time of day") // without its cause, which quotes what was typed
	}
	return t.UTC(), nil
}

// wrongly shows the form again with what does not do.
func (p *Publications) wrongly(c *gin.Context, err error, f hubui.PublicationFormPage) error {
	if err != nil && !fault.Is(err, fault.Invalid) {
		return err
	}
	if err != nil {
		rename := map[string]string{"start": "from", "end": "until"}
		for _, one := range ui.ErrorsOf(err) {
			if to := rename[one.Field]; to != "" {
				one.Field = to
			}
			if !f.Errors.Has(one.Field) {
				f.Errors = append(f.Errors, one)
			}
		}
	}
	return p.ask(c, http.StatusUnprocessableEntity, f)
}

func (p *Publications) write(c *gin.Context) error {
	if err := p.press.MayWrite(c.Request.Context(), p.actor(c)); err != nil {
		return err
	}
	t, f := read(c)
	if len(f.Errors) > 0 {
		return p.wrongly(c, nil, f)
	}
	id, err := p.press.Write(c.Request.Context(), p.actor(c), f.Kind, t)
	if err != nil {
		return p.wrongly(c, err, f)
	}
	return p.app.Redirect(c, "/publications/"+id, "public.flash.saved", nil)
}

func (p *Publications) edit(c *gin.Context) error {
	if err := p.press.MayWrite(c.Request.Context(), p.actor(c)); err != nil {
		return err
	}
	v, err := p.press.Show(c.Request.Context(), p.actor(c), c.Param("id"))
	if err != nil {
		return err
	}
	t, f := read(c)
	f.Live = v.Public()
	if len(f.Errors) > 0 {
		return p.wrongly(c, nil, f)
	}
	if err := p.press.Edit(c.Request.Context(), p.actor(c), v.ID, versionOf(c), t); err != nil {
		return p.wrongly(c, err, f)
	}
	return p.app.Redirect(c, "/publications/"+v.ID, "public.flash.saved", nil)
}

func (p *Publications) do(what string, f func(c *gin.Context) error) func(c *gin.Context) error {
	return func(c *gin.Context) error {
		err := f(c)
		if fault.Is(err, fault.Invalid) {
			return p.show(c, http.StatusUnprocessableEntity, ui.ErrorsOf(err))
		}
		if err != nil {
			return err
		}
		return p.app.Redirect(c, "/publications/"+c.Param("id"), "public.flash."+what, nil)
	}
}
