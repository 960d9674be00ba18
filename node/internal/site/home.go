package site

import (
	"context"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/casework"
	"github.com/saphan-network/saphan/web/ginweb"
	"github.com/saphan-network/saphan/web/nodeui"
	"github.com/saphan-network/saphan/web/ui"
)

// CaseLister lists cases for the home page.
type CaseLister interface {
	List(ctx context.Context, actor clinic.Actor, f casework.Filter) (casework.Page, error)
}

// Home serves "my work".
type Home struct {
	app   *ginweb.App
	cases CaseLister
	now   func() time.Time
}

// NewHome makes the page.
func NewHome(app *ginweb.App, cases CaseLister, now func() time.Time) *Home {
	return &Home{app: app, cases: cases, now: now}
}

// Mount adds the route.
func (h *Home) Mount(g gin.IRouter) { g.GET("/", h.app.RequireUser(), h.app.H(h.show)) }

func (h *Home) show(c *gin.Context) error {
	u := h.app.User(c)
	p := nodeui.HomePage{Name: u.Name, Today: h.now().In(time.FixedZone("ICT", 7*60*60)).Format(time.DateOnly)}
	actor := clinic.Actor{UserID: u.ID, Roles: u.Roles, Active: u.ID != ""}
	for _, w := range []struct {
		state     casework.Status
		key, tone string
	}{
		{casework.StatusIntake, "home.intake", "act"},
		{casework.StatusScreening, "home.screening", "act"},
		{casework.StatusOpen, "home.open", "info"},
	} {
		got, err := h.cases.List(c.Request.Context(), actor, casework.Filter{Status: w.state, Mine: true, Size: 1})
		if fault.Is(err, fault.Forbidden) || fault.Is(err, fault.NotFound) {
			break // who has no cases has no cards of cases
		}
		if err != nil {
			return err
		}
		if got.Total == 0 {
			continue
		}
		p.Cards = append(p.Cards, ui.Card{Title: ui.T(w.key), Text: ui.T("home.count", "n", got.Total),
			Badge: ui.Badge{Text: ui.T("home.badge." + w.tone), Tone: w.tone}, Href: "/cases?mine=yes&status=" + string(w.state)})
	}
	return h.app.Show(c, 200, "home.title", p)
}
