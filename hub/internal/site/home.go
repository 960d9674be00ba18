package site

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/hub/network/membership"
	"github.com/saphan-network/saphan/hub/network/publication"
	"github.com/saphan-network/saphan/node/chassis/postroom"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/web/ginweb"
	"github.com/saphan-network/saphan/web/hubui"
	"github.com/saphan-network/saphan/web/ui"
)

// Lines tells how the lines to the members are.
type Lines interface {
	Lines(ctx context.Context, who clinic.Actor) ([]postroom.Line, error)
}

// Home serves what waits for the secretary.
type Home struct {
	app   *ginweb.App
	reg   Register
	lines Lines
	press Press
	now   clinic.Clock
}

// NewHome makes the page.
func NewHome(app *ginweb.App, reg Register, lines Lines, press Press, now clinic.Clock) *Home {
	return &Home{app: app, reg: reg, lines: lines, press: press, now: now}
}

// Mount adds the route.
func (h *Home) Mount(g gin.IRouter) { g.GET("/", h.app.RequireUser(), h.app.H(h.show)) }

func (h *Home) show(c *gin.Context) error {
	ctx, who := c.Request.Context(), actorOf(h.app, c)
	page := hubui.HomePage{Name: h.app.User(c).Name, Today: h.now().In(time.FixedZone("ICT", 7*60*60)).Format(time.DateOnly)}
	all, err := h.reg.All(ctx, who)
	if !mayNot(err) {
		if err != nil {
			return err
		}
		page.Cards = append(page.Cards, memberCards(all, who.UserID, h.now())...)
	}
	docs, err := h.press.List(ctx, who)
	if !mayNot(err) {
		if err != nil {
			return err
		}
		page.Cards = append(page.Cards, publicationCards(docs, who)...)
	}
	lines, err := h.lines.Lines(ctx, who)
	if !mayNot(err) {
		if err != nil {
			return err
		}
		page.Cards = append(page.Cards, lineCards(lines)...)
	}
	return h.app.Show(c, http.StatusOK, "home.title", page)
}

// mayNot holds for who has no business with a part of the page.
func mayNot(err error) bool { return fault.Is(err, fault.Forbidden) || fault.Is(err, fault.NotFound) }

func memberCards(all []membership.Member, userID string, now time.Time) []ui.Card {
	var out []ui.Card
	active := 0
	for _, m := range all {
		switch m.State {
		case membership.Applied, membership.Tentative:
			text := ui.T("members.home.applied.text")
			if m.Uninvited {
				text = ui.T("door.home.text")
			}
			out = append(out, ui.Card{Title: ui.T("members.home.applied", "name", m.Name), Text: text,
				Badge: ui.Badge{Text: ui.T("members.home.badge"), Tone: "act"}, Href: "/members/one?actor=" + url.QueryEscape(m.Actor)})
		case membership.Active:
			active++
		}
		if card, ok := secondCard(m, userID, now); ok {
			out = append(out, card)
		}
	}
	if active > 0 {
		out = append(out, ui.Card{Title: ui.T("members.home.active"), Text: ui.T("members.home.active.text", "n", active), Href: "/members"})
	}
	return out
}

// publicationCards are the documents that wait for this person to read them.
func publicationCards(docs []publication.Document, who clinic.Actor) []ui.Card {
	var out []ui.Card
	for _, d := range docs {
		if d.State == publication.Waiting && d.WrittenBy != who.UserID && d.Pending.By != who.UserID && who.Has("secretary") {
			out = append(out, ui.Card{Title: ui.T("public.home.waiting", "name", d.Draft.Name.TH), Text: ui.T("public.home.waiting.text"),
				Badge: ui.Badge{Text: ui.T("public.home.badge"), Tone: "act"}, Href: "/publications/" + d.ID})
		}
	}
	return out
}

func lineCards(lines []postroom.Line) []ui.Card {
	var out []ui.Card
	for _, l := range lines {
		if l.State != "broken" && l.State != "held" {
			continue
		}
		card := ui.Card{Title: ui.T("members.home.line", "name", l.Name), Badge: ui.Badge{Text: ui.T("peers.state." + l.State), Tone: "danger"},
			Href: "/peers/one?peer=" + url.QueryEscape(l.Peer)}
		if l.Why != "" {
			card.Text = ui.T(l.Why)
		}
		out = append(out, card)
	}
	return out
}
