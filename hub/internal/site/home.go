package site

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/hub/network/membership"
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
	now   clinic.Clock
}

// NewHome makes the page.
func NewHome(app *ginweb.App, reg Register, lines Lines, now clinic.Clock) *Home {
	return &Home{app: app, reg: reg, lines: lines, now: now}
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
			out = append(out, ui.Card{Title: ui.T("members.home.applied", "name", m.Name), Text: ui.T("members.home.applied.text"),
				Badge: ui.Badge{Text: ui.T("members.home.badge"), Tone: "act"}, Href: "/members/one?actor=" + url.QueryEscape(m.Actor)})
		case membership.Active:
			active++
		}
		if card, ok := trialCard(m, userID, now); ok {
			out = append(out, card)
		}
	}
	if active > 0 {
		out = append(out, ui.Card{Title: ui.T("members.home.active"), Text: ui.T("members.home.active.text", "n", active), Href: "/members"})
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
