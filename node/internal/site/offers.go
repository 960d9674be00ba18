package site

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/referral"
	"github.com/saphan-network/saphan/web/ginweb"
	"github.com/saphan-network/saphan/web/nodeui"
	"github.com/saphan-network/saphan/web/ui"
)

// OfferReader is what the pages read of the receiver's end.
type OfferReader interface {
	Inbox(ctx context.Context, actor clinic.Actor, over bool) ([]referral.OfferView, error)
	Show(ctx context.Context, actor clinic.Actor, id string) (referral.OfferView, error)
}

// OfferAnswers is how the pages answer an offer.
type OfferAnswers interface {
	Consider(ctx context.Context, actor clinic.Actor, id, expected string) error
	Accept(ctx context.Context, actor clinic.Actor, id string) error
	Decline(ctx context.Context, actor clinic.Actor, id, reason string) error
	Suggest(ctx context.Context, actor clinic.Actor, id, reason, other string) error
}

// OfferWork is how the pages report on what was taken.
type OfferWork interface {
	Progress(ctx context.Context, actor clinic.Actor, id, step, next string) error
	Hold(ctx context.Context, actor clinic.Actor, id, reason, next string) error
	Complete(ctx context.Context, actor clinic.Actor, id string, outcomes []string, month string) error
	Fail(ctx context.Context, actor clinic.Actor, id, reason string) error
	Disengaged(ctx context.Context, actor clinic.Actor, id string) error
}

// OffersConfig is what the pages of offers stand on.
type OffersConfig struct {
	Read   OfferReader
	Answer OfferAnswers
	Work   OfferWork
	Hand   *Handovers
	Staff  Colleagues
	Now    func() time.Time
}

// Offers serves the pages of what other members ask of this one.
type Offers struct {
	app *ginweb.App
	OffersConfig
}

// NewOffers makes the pages of the receiver's end.
func NewOffers(app *ginweb.App, cfg OffersConfig) *Offers {
	return &Offers{app: app, OffersConfig: cfg}
}

// Mount adds the routes. All of them need somebody to be signed in.
func (h *Offers) Mount(g gin.IRouter) {
	r := g.Group("/offers", h.app.RequireUser())
	r.GET("", h.app.H(h.inbox))
	r.GET("/:id", h.app.H(h.show))
	for path, do := range map[string]func(*gin.Context, clinic.Actor, string) error{
		"accept": func(c *gin.Context, a clinic.Actor, id string) error {
			return h.Answer.Accept(c.Request.Context(), a, id)
		},
		"consider": func(c *gin.Context, a clinic.Actor, id string) error {
			return h.Answer.Consider(c.Request.Context(), a, id, ginweb.Value(c, "expected"))
		},
		"decline": func(c *gin.Context, a clinic.Actor, id string) error {
			return h.Answer.Decline(c.Request.Context(), a, id, ginweb.Value(c, "reason"))
		},
		"suggest": func(c *gin.Context, a clinic.Actor, id string) error {
			return h.Answer.Suggest(c.Request.Context(), a, id, ginweb.Value(c, "reason"), ginweb.Value(c, "suggested"))
		},
		"progress": h.progress,
		"hold":     h.hold,
		"complete": func(c *gin.Context, a clinic.Actor, id string) error {
			return h.Work.Complete(c.Request.Context(), a, id, c.PostFormArray("outcomes"), ginweb.Value(c, "month"))
		},
		"fail": func(c *gin.Context, a clinic.Actor, id string) error {
			return h.Work.Fail(c.Request.Context(), a, id, ginweb.Value(c, "reason"))
		},
		"disengaged": func(c *gin.Context, a clinic.Actor, id string) error {
			return h.Work.Disengaged(c.Request.Context(), a, id)
		},
	} {
		r.POST("/:id/"+path, h.app.H(func(c *gin.Context) error {
			return h.after(c, ofForm(path, do(c, actorOf(h.app, c), c.Param("id"))), "offers.flash."+path)
		}))
	}
}

// ofForm names the one of several fields "reason" on a page that an error is
// about: the one in the form that was sent.
func ofForm(path string, err error) error {
	if !fault.Is(err, fault.Invalid) {
		return err
	}
	e := *fault.As(err)
	e.Fields = slices.Clone(e.Fields)
	for i, f := range e.Fields {
		if f.Name == "reason" {
			e.Fields[i].Name = path + "-reason"
		}
	}
	return &e
}

func (h *Offers) progress(c *gin.Context, a clinic.Actor, id string) error {
	next, err := dateOf(c, "next_update")
	if err != nil {
		return err
	}
	return h.Work.Progress(c.Request.Context(), a, id, ginweb.Value(c, "step"), next)
}

func (h *Offers) hold(c *gin.Context, a clinic.Actor, id string) error {
	next, err := dateOf(c, "hold_until")
	if err != nil {
		return err
	}
	return h.Work.Hold(c.Request.Context(), a, id, ginweb.Value(c, "reason"), next)
}

// dateOf reads a date of three controls as a fault of its field.
func dateOf(c *gin.Context, name string) (string, error) {
	iso, key := ui.ReadDate(func(n string) string { return ginweb.Value(c, n) }, name)
	if key == "" {
		return iso, nil
	}
	e := fault.New(fault.Invalid, key)
	e.Fields = []fault.Field{{Name: name, Key: key}}
	return "", e
}

func (h *Offers) inbox(c *gin.Context) error {
	over := c.Query("over") != ""
	views, err := h.Read.Inbox(c.Request.Context(), actorOf(h.app, c), over)
	if err != nil {
		return err
	}
	p := nodeui.OfferInboxPage{Over: over}
	for _, v := range views {
		card := offerCard(v)
		switch {
		case over:
			p.Done = append(p.Done, card)
		case v.Offer.State == referral.StateReceived:
			p.New = append(p.New, card)
		default:
			p.Working = append(p.Working, card)
		}
	}
	return h.app.Show(c, http.StatusOK, "offers.inbox.title", p)
}

func (h *Offers) show(c *gin.Context) error { return h.page(c, http.StatusOK, nil) }

func (h *Offers) page(c *gin.Context, status int, errs ui.Errors) error {
	ctx := c.Request.Context()
	v, err := h.Read.Show(ctx, actorOf(h.app, c), c.Param("id"))
	if err != nil {
		return err
	}
	names, err := namesOf(ctx, h.Staff)
	if err != nil {
		return err
	}
	p := offerPage(v, names, bangkokDay(h.Now()))
	p.Errors = errs
	if p.Handover, err = h.Hand.ReceivedCard(ctx, actorOf(h.app, c), c.Param("id")); err != nil {
		return err
	}
	for i, f := range []*ui.Field{&p.Next, &p.HoldUntil} {
		if t, ok := errs.For([]string{"next_update", "hold_until"}[i]); ok {
			f.Error = t
		}
	}
	return h.app.Show(c, status, "offers.show.page", p)
}

// after answers an action on an offer: to its page with a message, or the page
// again with what was wrong. A conflict shows the offer as it is now.
func (h *Offers) after(c *gin.Context, err error, flash string) error {
	switch {
	case err == nil:
		return h.app.Redirect(c, "/offers/"+c.Param("id"), flash, nil)
	case fault.Is(err, fault.Invalid):
		return h.page(c, http.StatusUnprocessableEntity, ui.ErrorsOf(err))
	case fault.Is(err, fault.Conflict):
		return h.page(c, http.StatusConflict, ui.ErrorsOf(err))
	}
	return err
}
