package site

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/consent"
	"github.com/saphan-network/saphan/node/clinic/handover"
	"github.com/saphan-network/saphan/web/ginweb"
	"github.com/saphan-network/saphan/web/ui"
)

// handoverText names the text that is read out before a hand-over, in the form of
// consent.Record.
const handoverText = "handover-1"

// HandoverSender is what the pages ask of the sender's end of stage 2.
type HandoverSender interface {
	HandoverReader
	Agree(ctx context.Context, actor clinic.Actor, referralID string, r consent.Record) error
	Prepare(ctx context.Context, actor clinic.Actor, referralID string, fields []string, texts map[string]string) error
	Approve(ctx context.Context, actor clinic.Actor, referralID, sha256 string) error
	GiveBack(ctx context.Context, actor clinic.Actor, referralID, reason string) error
	Refuse(ctx context.Context, actor clinic.Actor, referralID, reason string) error
	Recall(ctx context.Context, actor clinic.Actor, referralID, reason string) error
}

// HandoverReader is what the pages read of the sender's end.
type HandoverReader interface {
	Show(ctx context.Context, actor clinic.Actor, referralID string) (handover.View, error)
	Brief(ctx context.Context, actor clinic.Actor, referralID string) (handover.View, error)
	Waiting(ctx context.Context, actor clinic.Actor) ([]handover.View, error)
}

// HandoverReceiver is what the pages ask of the receiver's end of stage 2.
type HandoverReceiver interface {
	Show(ctx context.Context, actor clinic.Actor, offerID string) (handover.ReceivedView, error)
	Ask(ctx context.Context, actor clinic.Actor, offerID string, fields, named []string) error
	Again(ctx context.Context, actor clinic.Actor, offerID string) error
	Name(ctx context.Context, actor clinic.Actor, offerID string, named []string) error
	Open(ctx context.Context, actor clinic.Actor, offerID string) (caseID string, err error)
	Erase(ctx context.Context, actor clinic.Actor, offerID, reason string) error
	Waiting(ctx context.Context, actor clinic.Actor) ([]handover.ReceivedView, error)
}

// HandoversConfig is what the pages of hand-overs stand on.
type HandoversConfig struct {
	Out   HandoverSender
	In    HandoverReceiver
	Staff Colleagues
	May   clinic.Authority
	Now   func() time.Time
}

// Handovers serves the pages of stage 2, at both ends.
type Handovers struct {
	app *ginweb.App
	HandoversConfig
}

// NewHandovers makes the pages.
func NewHandovers(app *ginweb.App, cfg HandoversConfig) *Handovers {
	return &Handovers{app: app, HandoversConfig: cfg}
}

// Mount adds the routes. All of them need somebody to be signed in.
func (h *Handovers) Mount(g gin.IRouter) {
	out := g.Group("/referrals/:id/handover", h.app.RequireUser())
	out.GET("", h.app.H(func(c *gin.Context) error { return h.sending(c, http.StatusOK, nil) }))
	for path, do := range map[string]func(*gin.Context, clinic.Actor, string) error{
		"agree": h.agree, "prepare": h.prepare,
		"approve": func(c *gin.Context, a clinic.Actor, id string) error {
			return h.Out.Approve(c.Request.Context(), a, id, ginweb.Value(c, "sha256"))
		},
		"return": func(c *gin.Context, a clinic.Actor, id string) error {
			return ofForm("return", h.Out.GiveBack(c.Request.Context(), a, id, ginweb.Value(c, "reason")))
		},
		"refuse": func(c *gin.Context, a clinic.Actor, id string) error {
			return h.Out.Refuse(c.Request.Context(), a, id, ginweb.Value(c, "reason"))
		},
		"recall": func(c *gin.Context, a clinic.Actor, id string) error {
			return h.Out.Recall(c.Request.Context(), a, id, ginweb.Value(c, "reason"))
		},
	} {
		out.POST("/"+path, h.app.H(func(c *gin.Context) error {
			err := do(c, actorOf(h.app, c), c.Param("id"))
			return h.after(c, err, "/referrals/", "handovers.flash."+path, h.sending)
		}))
	}
	in := g.Group("/offers/:id/handover", h.app.RequireUser())
	in.GET("", h.app.H(func(c *gin.Context) error { return h.receiving(c, http.StatusOK, nil) }))
	for path, do := range map[string]func(*gin.Context, clinic.Actor, string) error{
		"ask": func(c *gin.Context, a clinic.Actor, id string) error {
			return h.In.Ask(c.Request.Context(), a, id, c.PostFormArray("fields"), c.PostFormArray("named"))
		},
		"again": func(c *gin.Context, a clinic.Actor, id string) error { return h.In.Again(c.Request.Context(), a, id) },
		"name": func(c *gin.Context, a clinic.Actor, id string) error {
			return h.In.Name(c.Request.Context(), a, id, c.PostFormArray("named"))
		},
		"open": func(c *gin.Context, a clinic.Actor, id string) error {
			_, err := h.In.Open(c.Request.Context(), a, id)
			return err
		},
		"erase": func(c *gin.Context, a clinic.Actor, id string) error {
			return h.In.Erase(c.Request.Context(), a, id, ginweb.Value(c, "reason"))
		},
	} {
		in.POST("/"+path, h.app.H(func(c *gin.Context) error {
			err := do(c, actorOf(h.app, c), c.Param("id"))
			return h.after(c, err, "/offers/", "handovers.flash."+path, h.receiving)
		}))
	}
}

func (h *Handovers) agree(c *gin.Context, a clinic.Actor, id string) error {
	until, err := dateOf(c, "valid_until")
	if err != nil {
		return err
	}
	err = h.Out.Agree(c.Request.Context(), a, id, consent.Record{Fields: c.PostFormArray("agreed"), Medium: ginweb.Value(c, "medium"), Language: ginweb.Value(c, "language"),
		Interpreter: ginweb.Value(c, "interpreter"), Witness: ginweb.Value(c, "witness"), Guardian: ginweb.Value(c, "guardian"), Assent: ginweb.Value(c, "assent") != "",
		ValidUntil: until, TextVersion: handoverText})
	return renamed(err, "fields", "agreed")
}

// renamed gives a field of an error the name that it has in a form.
func renamed(err error, from, to string) error {
	if !fault.Is(err, fault.Invalid) {
		return err
	}
	e := *fault.As(err)
	e.Fields = append([]fault.Field(nil), e.Fields...)
	for i, f := range e.Fields {
		if f.Name == from {
			e.Fields[i].Name = to
		}
	}
	return &e
}

func (h *Handovers) prepare(c *gin.Context, a clinic.Actor, id string) error {
	texts := map[string]string{}
	for _, code := range writtenFields {
		texts[code] = ginweb.Value(c, code)
	}
	return h.Out.Prepare(c.Request.Context(), a, id, c.PostFormArray("fields"), texts)
}

// after answers an action: to the page with a message, or the page again with what was
// wrong. A conflict shows things as they are now.
func (h *Handovers) after(c *gin.Context, err error, below, flash string, show func(*gin.Context, int, ui.Errors) error) error {
	switch {
	case err == nil:
		return h.app.Redirect(c, below+c.Param("id")+"/handover", flash, nil)
	case fault.Is(err, fault.Invalid):
		return show(c, http.StatusUnprocessableEntity, ui.ErrorsOf(err))
	case fault.Is(err, fault.Conflict):
		return show(c, http.StatusConflict, ui.ErrorsOf(err))
	}
	return err
}

func (h *Handovers) sending(c *gin.Context, status int, errs ui.Errors) error {
	ctx := c.Request.Context()
	v, err := h.Out.Show(ctx, actorOf(h.app, c), c.Param("id"))
	if err != nil {
		return err
	}
	names, err := namesOf(ctx, h.Staff)
	if err != nil {
		return err
	}
	p := handoverPage(v, names)
	p.Errors = errs
	if status != http.StatusOK {
		keep(c, &p)
	}
	if t, ok := errs.For("valid_until"); ok {
		p.Until.Error = t
	}
	for i, f := range p.Written {
		if t, ok := errs.For(f.Name); ok {
			p.Written[i].Error = t
		}
	}
	return h.app.Show(c, status, "handovers.out.title", p)
}

func (h *Handovers) receiving(c *gin.Context, status int, errs ui.Errors) error {
	ctx := c.Request.Context()
	v, err := h.In.Show(ctx, actorOf(h.app, c), c.Param("id"))
	if err != nil {
		return err
	}
	all, err := h.Staff.Colleagues(ctx)
	if err != nil {
		return err
	}
	p := handinPage(v, all, h.may(ctx))
	p.Errors = errs
	if status != http.StatusOK {
		if list := c.PostFormArray("fields"); len(list) > 0 {
			p.Picked = list
		}
		if list := c.PostFormArray("named"); len(list) > 0 {
			p.Named = list
		}
	}
	return h.app.Show(c, status, "handovers.in.title", p)
}

// may reports who can be named to open a hand-over.
func (h *Handovers) may(ctx context.Context) func(Colleague) bool {
	return func(u Colleague) bool {
		a := clinic.Actor{UserID: u.ID, Roles: u.Roles, Active: u.Active}
		return h.May.May(ctx, a, "open", clinic.Object{Type: "handover", ID: "x", Assigned: true, Open: true, Openness: 2, ConflictCleared: true}) == nil
	}
}

// Waiting are the lines about hand-overs at the sender's end that wait for the actor.
func (h *Handovers) Waiting(ctx context.Context, actor clinic.Actor) ([]handover.View, error) {
	if h == nil {
		return nil, nil
	}
	return h.Out.Waiting(ctx, actor)
}

// Come are the packages that wait for the actor to open them.
func (h *Handovers) Come(ctx context.Context, actor clinic.Actor) ([]handover.ReceivedView, error) {
	if h == nil {
		return nil, nil
	}
	return h.In.Waiting(ctx, actor)
}

// SentCard is the hand-over of a referral on the referral's own page; without an address
// when there is none. Pages without stage 2 have a nil *Handovers, and no such lines.
func (h *Handovers) SentCard(ctx context.Context, actor clinic.Actor, referralID string) (ui.Card, error) {
	if h == nil {
		return ui.Card{}, nil
	}
	v, err := h.Out.Brief(ctx, actor, referralID)
	if fault.Is(err, fault.NotFound) {
		return ui.Card{}, nil
	}
	return sentCard(v), err
}

// SentFacts is what the client's receipt says of a hand-over; nil when nothing was sent.
func (h *Handovers) SentFacts(ctx context.Context, actor clinic.Actor, referralID string) (ui.Facts, error) {
	if h == nil {
		return nil, nil
	}
	v, err := h.Out.Brief(ctx, actor, referralID)
	if fault.Is(err, fault.NotFound) || err == nil && v.Sent.SentAt.IsZero() {
		return nil, nil
	}
	return paperFacts(v), err
}

// ReceivedCard is the same at the receiver's end.
func (h *Handovers) ReceivedCard(ctx context.Context, actor clinic.Actor, offerID string) (ui.Card, error) {
	if h == nil {
		return ui.Card{}, nil
	}
	v, err := h.In.Show(ctx, actor, offerID)
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Forbidden) || err == nil && !v.There && !v.May["ask"] {
		return ui.Card{}, nil
	}
	return receivedCard(v), err
}
