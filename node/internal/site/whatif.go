package site

import (
	"context"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/vocabulary"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/referral"
	"github.com/saphan-network/saphan/node/clinic/ruleset"
	"github.com/saphan-network/saphan/web/ginweb"
	"github.com/saphan-network/saphan/web/nodeui"
	"github.com/saphan-network/saphan/web/ui"
)

// Guesses answers what of a case would leave.
type Guesses interface {
	WhatIf(ctx context.Context, actor clinic.Actor, caseID string, g referral.Guess) ([]referral.Held, []referral.Outcome, error)
	Candidates(ctx context.Context, needs []string, province, region string) ([]referral.Match, error)
}

// Shelf lists the versions of our own rules.
type Shelf interface {
	List(ctx context.Context, who clinic.Actor) (ruleset.Shelf, error)
}

// WhatIf serves the page on which somebody tries out what of a case would leave,
// before anything is drafted.
type WhatIf struct {
	app   *ginweb.App
	ask   Guesses
	shelf Shelf
}

// NewWhatIf makes the page.
func NewWhatIf(app *ginweb.App, ask Guesses, shelf Shelf) *WhatIf {
	return &WhatIf{app: app, ask: ask, shelf: shelf}
}

// Mount adds the routes. What was asked stands in no address.
func (h *WhatIf) Mount(g gin.IRouter) {
	in := g.Group("/cases/:id/what-if", h.app.RequireUser())
	in.GET("", h.app.H(func(c *gin.Context) error {
		return h.answer(c, referral.Guess{Purpose: "legal_help", Needs: []string{"legal_advice"}})
	}))
	in.POST("", h.app.H(func(c *gin.Context) error {
		g := referral.Guess{Purpose: ginweb.Value(c, "purpose"), Needs: c.PostFormArray("needs"), To: ginweb.Value(c, "to")}
		if v := ginweb.Value(c, "version"); v != "" {
			g.Version = numberOf(v)
		}
		return h.answer(c, g)
	}))
}

func (h *WhatIf) answer(c *gin.Context, g referral.Guess) error {
	ctx, who, status := c.Request.Context(), actorOf(h.app, c), http.StatusOK
	held, out, err := h.ask.WhatIf(ctx, who, c.Param("id"), g)
	page := nodeui.WhatIfPage{CaseID: c.Param("id"), To: g.To, Purpose: g.Purpose, Needs: g.Needs, Compared: g.Version != 0}
	if page.Compared {
		page.Version = strconv.FormatInt(g.Version, 10)
	}
	if fault.Is(err, fault.Invalid) {
		page.Errors, status = ui.ErrorsOf(err), http.StatusUnprocessableEntity
	} else if err != nil {
		return err
	}
	if err := h.choices(c, &page); err != nil {
		return err
	}
	for _, o := range out {
		page.Members = append(page.Members, outcomeOf(o, page))
	}
	if len(out) == 1 && g.To != "" {
		r := referral.Referral{Form: referral.Form{Kind: "service", Urgency: "normal", Purpose: g.Purpose, Needs: g.Needs}}
		page.Bridge = bridgeOf(referral.View{Referral: r, Held: held, Fresh: out[0].Then, Target: out[0].Member})
		page.Changes = changesOf(out[0])
	}
	return h.app.Show(c, status, "whatif.title", page)
}

// choices fills in what can be asked: the members, and the versions that the person may read.
func (h *WhatIf) choices(c *gin.Context, page *nodeui.WhatIfPage) error {
	ctx, who := c.Request.Context(), actorOf(h.app, c)
	members, err := h.ask.Candidates(ctx, page.Needs, "", "")
	if err != nil {
		return err
	}
	for _, m := range members {
		if m.Member.Active {
			page.Targets = append(page.Targets, ui.Option{Value: m.Member.Actor, Label: ui.Say(m.Member.Name)})
		}
	}
	page.Purposes, page.Services = choicesOf("purpose"), choicesOf("service_type")
	shelf, err := h.shelf.List(ctx, who)
	if fault.Is(err, fault.Forbidden) || fault.Is(err, fault.NotFound) {
		return nil // who may not read them is not told that there are any
	}
	if err != nil {
		return err
	}
	for _, v := range shelf.Versions {
		if v.State == ruleset.Draft || v.State == ruleset.Proposed {
			page.Versions = append(page.Versions, ui.Option{Value: strconv.FormatInt(v.Number, 10), Label: ui.T("whatif.version.of", "n", v.Number)})
		}
	}
	return nil
}

func choicesOf(list string) []ui.Option {
	var out []ui.Option
	for _, code := range vocabulary.Codes(list) {
		out = append(out, ui.Option{Value: code, Label: ui.Label(list, code)})
	}
	return out
}

// outcomeOf sums up what would reach one member.
func outcomeOf(o referral.Outcome, page nodeui.WhatIfPage) nodeui.WhatIfMember {
	m := nodeui.WhatIfMember{Name: o.Member.Name, Actor: o.Member.Actor, Tier: o.Member.Tier, Goes: o.Then.Allowed, Changes: len(changesOf(o))}
	for _, f := range o.Then.Fields {
		switch f.Form {
		case "full":
			m.Full++
		case "generalised", "count":
			m.Coarse++
		default:
			m.Stays++
		}
	}
	if !o.Then.Allowed && o.Then.Why != "" {
		m.Why = ui.T(o.Then.Why)
		if o.Then.Remedy != "" {
			m.Remedy = ui.T(o.Then.Remedy)
		}
	}
	return m
}

// changesOf are the fields that the version asked about answers otherwise.
func changesOf(o referral.Outcome) []nodeui.WhatIfChange {
	then := map[string]referral.Field{}
	for _, f := range o.Then.Fields {
		then[f.Path] = f
	}
	var out []nodeui.WhatIfChange
	for _, now := range o.Now.Fields {
		a, b := leaving(now), leaving(then[now.Path])
		if now.Form == then[now.Path].Form && sameTexts(a, b) {
			continue
		}
		one := nodeui.WhatIfChange{Field: fieldText(now.Path), Now: a, Then: b}
		if why := then[now.Path].Why; why != "" {
			one.Why = ui.T(why)
		}
		out = append(out, one)
	}
	return out
}
