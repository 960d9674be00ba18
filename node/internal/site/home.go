// Package site serves a member's pages: one file an area, handlers that return
// errors, services behind small interfaces.
package site

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/web/ginweb"
	"github.com/saphan-network/saphan/web/locale"
	"github.com/saphan-network/saphan/web/nodeui"
	"github.com/saphan-network/saphan/web/ui"
)

// Waiting knows what waits for a person, the most urgent first. Every area that
// hands out work has one.
type Waiting interface {
	Waiting(ctx context.Context, actor clinic.Actor) ([]ui.Card, error)
}

// Home is "my work".
type Home struct {
	app     *ginweb.App
	now     clinic.Clock
	sources []Waiting
}

// NewHome returns the page over its sources, which are asked in this order.
func NewHome(app *ginweb.App, now clinic.Clock, sources ...Waiting) *Home {
	return &Home{app: app, now: now, sources: sources}
}

// Mount adds the page to a group of signed-in people.
func (h *Home) Mount(g gin.IRouter) { g.GET("/", h.app.H(h.show)) }

func (h *Home) show(c *gin.Context) error {
	u := h.app.User(c)
	day := locale.DayOf(h.now())
	page := nodeui.HomePage{Name: u.Name, Today: time.Date(day.Year, time.Month(day.Month), day.Day, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)}
	actor := clinic.Actor{UserID: u.ID, Roles: u.Roles, Active: true}
	for _, s := range h.sources {
		cards, err := s.Waiting(c.Request.Context(), actor)
		if err != nil {
			return err
		}
		page.Cards = append(page.Cards, cards...)
	}
	return h.app.Show(c, http.StatusOK, "home.title", page)
}
