package site

import (
	"context"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/casework"
	"github.com/saphan-network/saphan/node/clinic/referral"
	"github.com/saphan-network/saphan/web/ginweb"
	"github.com/saphan-network/saphan/web/nodeui"
	"github.com/saphan-network/saphan/web/ui"
)

// CaseLister lists cases for the home page.
type CaseLister interface {
	List(ctx context.Context, actor clinic.Actor, f casework.Filter) (casework.Page, error)
}

// WaitingReferrals lists the referrals that wait for somebody here.
type WaitingReferrals interface {
	Waiting(ctx context.Context, actor clinic.Actor) ([]referral.View, error)
}

// WaitingOffers lists the offers that wait for somebody here.
type WaitingOffers interface {
	Waiting(ctx context.Context, actor clinic.Actor) ([]referral.OfferView, error)
}

// HomeConfig is what "my work" stands on.
type HomeConfig struct {
	Cases     CaseLister
	Referrals WaitingReferrals
	Offers    WaitingOffers
	Hand      *Handovers
	Now       func() time.Time
}

// Home serves "my work".
type Home struct {
	app *ginweb.App
	HomeConfig
}

// NewHome makes the page.
func NewHome(app *ginweb.App, cfg HomeConfig) *Home { return &Home{app, cfg} }

// Mount adds the route.
func (h *Home) Mount(g gin.IRouter) { g.GET("/", h.app.RequireUser(), h.app.H(h.show)) }

func (h *Home) show(c *gin.Context) error {
	ctx, actor := c.Request.Context(), actorOf(h.app, c)
	p := nodeui.HomePage{Name: h.app.User(c).Name, Today: h.Now().In(time.FixedZone("ICT", 7*60*60)).Format(time.DateOnly)}
	var due []dated
	for _, part := range []func(context.Context, clinic.Actor) ([]dated, error){h.offers, h.referrals, h.handovers, h.cases} {
		cards, err := part(ctx, actor)
		if fault.Is(err, fault.Forbidden) || fault.Is(err, fault.NotFound) {
			continue // who has no business with a part has no cards of it
		}
		if err != nil {
			return err
		}
		due = append(due, cards...)
	}
	slices.SortStableFunc(due, sooner)
	for _, d := range due {
		p.Cards = append(p.Cards, d.card)
	}
	return h.app.Show(c, 200, "home.title", p)
}

// dated is a card with the hour by which somebody must have acted; zero for none.
type dated struct {
	by   time.Time
	card ui.Card
}

// sooner puts first what is due first, and what has no date last.
func sooner(a, b dated) int {
	switch {
	case a.by.Equal(b.by):
		return 0
	case a.by.IsZero():
		return 1
	case b.by.IsZero():
		return -1
	}
	return a.by.Compare(b.by)
}

func (h *Home) offers(ctx context.Context, actor clinic.Actor) ([]dated, error) {
	views, err := h.Offers.Waiting(ctx, actor)
	if err != nil {
		return nil, err
	}
	var out []dated
	for _, v := range views {
		out = append(out, dated{v.Outlook.By, offerCard(v)})
	}
	return out, nil
}

func (h *Home) referrals(ctx context.Context, actor clinic.Actor) ([]dated, error) {
	views, err := h.Referrals.Waiting(ctx, actor)
	if err != nil {
		return nil, err
	}
	var out []dated
	for _, v := range views {
		out = append(out, dated{v.Outlook.By, referralCard(v)})
	}
	return out, nil
}

// handovers are what is asked and waits to be approved or opened, and recalls of which
// no proof has come in time.
func (h *Home) handovers(ctx context.Context, actor clinic.Actor) ([]dated, error) {
	var out []dated
	sent, err := h.Hand.Waiting(ctx, actor)
	if err != nil {
		return nil, err
	}
	for _, v := range sent {
		out = append(out, dated{v.Outlook.By, sentCard(v)})
	}
	come, err := h.Hand.Come(ctx, actor)
	for _, v := range come {
		out = append(out, dated{v.Outlook.By, receivedCard(v)})
	}
	return out, err
}

func (h *Home) cases(ctx context.Context, actor clinic.Actor) ([]dated, error) {
	var out []dated
	for _, w := range []struct {
		state     casework.Status
		key, tone string
	}{
		{casework.StatusIntake, "home.intake", "act"},
		{casework.StatusScreening, "home.screening", "act"},
		{casework.StatusOpen, "home.open", "info"},
	} {
		got, err := h.Cases.List(ctx, actor, casework.Filter{Status: w.state, Mine: true, Size: 1})
		if err != nil {
			return nil, err
		}
		if got.Total == 0 {
			continue
		}
		out = append(out, dated{card: ui.Card{Title: ui.T(w.key), Text: ui.T("home.count", "n", got.Total),
			Badge: ui.Badge{Text: ui.T("home.badge." + w.tone), Tone: w.tone}, Href: "/cases?mine=yes&status=" + string(w.state)}})
	}
	return out, nil
}
