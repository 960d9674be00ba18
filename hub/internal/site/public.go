package site

import (
	"context"
	"encoding/xml"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/hub/network/publication"
	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/ginweb"
	"github.com/saphan-network/saphan/web/hubui"
)

// Readable is what of the documents people outside can read.
type Readable interface {
	Get(ctx context.Context, id string) (publication.Document, error)
	Readable(ctx context.Context) ([]publication.Document, error)
}

// Public serves the pages that everybody can read. They show what was released and
// nothing of drafts.
type Public struct {
	app          *ginweb.App
	shelf        Readable
	name         func(lang string) string
	base, handle string
	now          func() time.Time
}

// NewPublic makes the pages. name is that of the network, handle that of the public
// actor.
func NewPublic(app *ginweb.App, shelf Readable, name func(lang string) string, base, handle string, now func() time.Time) *Public {
	return &Public{app: app, shelf: shelf, name: name, base: base, handle: handle, now: now}
}

// Mount adds the routes.
func (p *Public) Mount(g gin.IRouter) {
	g.GET("/public", p.app.H(p.list))
	g.GET("/public/feed.atom", p.app.H(p.feed))
	g.GET("/public/:id", p.app.H(p.document))
}

const (
	activityType = "application/activity+json"
	feedType     = "application/atom+xml"
)

func (p *Public) list(c *gin.Context) error {
	all, err := p.shelf.Readable(c.Request.Context())
	if err != nil {
		return err
	}
	lang := p.app.PublicLang(c)
	page := hubui.PublicPage{Name: p.name(lang), Handle: p.handle, FeedsHref: "/public/feed.atom?lang=" + lang}
	for _, d := range all {
		item := itemOf(d, lang)
		if d.Kind == publication.Event && p.now().Before(endOf(d.Live)) {
			page.Upcoming = append(page.Upcoming, item)
		} else if d.Kind != publication.Event {
			page.Items = append(page.Items, item)
		}
	}
	slices.SortStableFunc(page.Upcoming, func(a, b hubui.PublicItem) int { return a.At.Compare(b.At) })
	return p.app.ShowPublic(c, http.StatusOK, web.Shell{TitleKey: "public.title", Others: []web.Alternate{{Type: activityType, Href: p.base + "/ap/public"},
		{Type: feedType, Href: page.FeedsHref}}}, page)
}

// endOf is when an event is over, for lists: if nobody has said, at the end of its day.
func endOf(t publication.Text) time.Time {
	if !t.End.IsZero() {
		return t.End
	}
	return t.Start.Add(12 * time.Hour)
}

// in is a text in a language of a page; other is "th" when it is there in Thai only
// and the page is not.
func in(lang string, t publication.Text) (name, summary, body, place, other string) {
	if lang == "en" && t.Name.EN != "" {
		if place = t.Place.EN; place == "" {
			place = t.Place.TH
		}
		return t.Name.EN, t.Summary.EN, t.Body.EN, place, ""
	}
	if lang != "th" {
		other = "th"
	}
	return t.Name.TH, t.Summary.TH, t.Body.TH, t.Place.TH, other
}

func itemOf(d publication.Document, lang string) hubui.PublicItem {
	i := hubui.PublicItem{Href: "/public/" + d.ID + "?lang=" + lang, At: d.First, Event: d.Kind == publication.Event, Cancelled: d.Live.Cancelled}
	i.Name, i.Summary, _, i.Place, i.Lang = in(lang, d.Live)
	if i.Event {
		i.At = d.Live.Start
	}
	return i
}

func (p *Public) document(c *gin.Context) error {
	d, err := p.shelf.Get(c.Request.Context(), c.Param("id"))
	switch {
	case fault.Is(err, fault.NotFound), err == nil && !d.Public() && d.State != publication.Withdrawn:
		return p.app.ShowPublic(c, http.StatusNotFound, web.Shell{TitleKey: "public.none.title"}, hubui.PublicGonePage{})
	case err != nil:
		return err
	case d.State == publication.Withdrawn:
		return p.app.ShowPublic(c, http.StatusGone, web.Shell{TitleKey: "public.gone.title"}, hubui.PublicGonePage{Withdrawn: true})
	}
	page := hubui.PublicDocumentPage{Published: d.First, Event: d.Kind == publication.Event, Cancelled: d.Live.Cancelled, Start: d.Live.Start, End: d.Live.End, Link: d.Live.Link,
		Handle: p.handle}
	if d.Revision > 1 {
		page.Updated = d.Since
	}
	var body string
	page.Name, page.Summary, body, page.Place, page.Lang = in(p.app.PublicLang(c), d.Live)
	for _, part := range strings.Split(body, "\n\n") {
		var lines []string
		for _, l := range strings.Split(part, "\n") {
			if l = strings.TrimSpace(l); l != "" {
				lines = append(lines, l)
			}
		}
		if len(lines) > 0 {
			page.Paragraphs = append(page.Paragraphs, lines)
		}
	}
	return p.app.ShowPublic(c, http.StatusOK, web.Shell{Title: page.Name, Others: []web.Alternate{{Type: activityType, Href: p.base + "/public/" + d.ID}}}, page)
}

type atomLink struct {
	Rel  string `xml:"rel,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	ID      string   `xml:"id"`
	Title   string   `xml:"title"`
	Link    atomLink `xml:"link"`
	Updated string   `xml:"updated"`
	Summary string   `xml:"summary,omitempty"`
}

type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string      `xml:"xml:lang,attr"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Author  string      `xml:"author>name"`
	Links   []atomLink  `xml:"link"`
	Entries []atomEntry `xml:"entry"`
}

// feed is the list as Atom (RFC 4287).
func (p *Public) feed(c *gin.Context) error {
	all, err := p.shelf.Readable(c.Request.Context())
	if err != nil {
		return err
	}
	lang := p.app.PublicLang(c)
	self := p.base + "/public/feed.atom?lang=" + lang
	f := atomFeed{Lang: lang, ID: p.base + "/public", Title: p.name(lang), Author: p.name(lang), Updated: time.Unix(0, 0).UTC().Format(time.RFC3339),
		Links: []atomLink{{Rel: "self", Href: self}, {Rel: "alternate", Href: p.base + "/public?lang=" + lang}}}
	for _, d := range all {
		e := atomEntry{ID: p.base + "/public/" + d.ID, Link: atomLink{Href: p.base + "/public/" + d.ID + "?lang=" + lang}, Updated: d.Since.UTC().Format(time.RFC3339)}
		e.Title, e.Summary, _, _, _ = in(lang, d.Live)
		f.Updated = max(f.Updated, e.Updated)
		f.Entries = append(f.Entries, e)
	}
	body, err := xml.MarshalIndent(f, "", " ")
	if err != nil {
		return err
	}
	p.app.Kept(c)
	c.Data(http.StatusOK, feedType+"; charset=utf-8", append([]byte(xml.Header), body...))
	return nil
}
