// Package site serves the pages of the hub, the secretariat's server: it reads
// forms, asks the register with the person signed in, and fills page structs.
package site

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/vocabulary"
	"github.com/saphan-network/saphan/hub/network/membership"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/web/ginweb"
	"github.com/saphan-network/saphan/web/hubui"
	"github.com/saphan-network/saphan/web/ui"
)

// Register is what the pages read of the register of members, and how they invite.
type Register interface {
	All(ctx context.Context, who clinic.Actor) ([]membership.Member, error)
	Show(ctx context.Context, who clinic.Actor, actor string) (membership.Member, []membership.Event, error)
	Current(ctx context.Context) (membership.List, error)
	MayInvite(ctx context.Context, who clinic.Actor) error
	Look(ctx context.Context, who clinic.Actor, actor string) (membership.Card, error)
	InviteShown(ctx context.Context, who clinic.Actor, actor, fingerprint string) error
}

// Decisions is what secretaries decide about members.
type Decisions interface {
	Consider(ctx context.Context, who clinic.Actor, actor string) error
	Decline(ctx context.Context, who clinic.Actor, actor, reason string) error
	Suspend(ctx context.Context, who clinic.Actor, actor, reason string) error
	Reactivate(ctx context.Context, who clinic.Actor, actor string) error
	Describe(ctx context.Context, who clinic.Actor, actor string, p membership.Profile) error
	CutOldKey(ctx context.Context, who clinic.Actor, actor, fingerprint string) error
}

// Members serves the pages about members.
type Members struct {
	app    *ginweb.App
	reg    Register
	decide Decisions

	proposals Proposals
	door      Door
	now       clinic.Clock
	name      func(ctx context.Context, userID string) string
}

// NewMembers makes the pages. name tells a user's name for the history.
func NewMembers(app *ginweb.App, reg Register, decide Decisions, proposals Proposals, door Door, name func(ctx context.Context, userID string) string, now clinic.Clock) *Members {
	return &Members{app: app, reg: reg, decide: decide, proposals: proposals, door: door, name: name, now: now}
}

// Mount adds the routes.
func (m *Members) Mount(g gin.IRouter) {
	in := g.Group("/members", m.app.RequireUser())
	in.GET("", m.app.H(m.list))
	in.GET("/one", m.app.H(m.one))
	in.GET("/invite", m.app.H(m.askInvite))
	in.POST("/invite", m.app.H(m.look))
	in.POST("/invite/confirm", m.app.H(m.invite))
	in.POST("/accept", m.app.H(m.accept))
	in.POST("/door", m.app.H(m.setDoor))
	m.mountProposals(in)
	ctx := func(c *gin.Context) context.Context { return c.Request.Context() }
	for what, do := range map[string]func(c *gin.Context, actor string) error{
		"consider": func(c *gin.Context, a string) error { return m.decide.Consider(ctx(c), m.actor(c), a) },
		"decline": func(c *gin.Context, a string) error {
			return m.decide.Decline(ctx(c), m.actor(c), a, ginweb.Value(c, "reason"))
		},
		"suspend": func(c *gin.Context, a string) error {
			return m.decide.Suspend(ctx(c), m.actor(c), a, ginweb.Value(c, "reason"))
		},
		"reactivate": func(c *gin.Context, a string) error { return m.decide.Reactivate(ctx(c), m.actor(c), a) },
		"key": func(c *gin.Context, a string) error {
			return m.decide.CutOldKey(ctx(c), m.actor(c), a, ginweb.Value(c, "print"))
		},
		"describe": func(c *gin.Context, a string) error {
			return m.decide.Describe(ctx(c), m.actor(c), a, membership.Profile{Services: c.PostFormArray("services"),
				Regions: c.PostFormArray("regions"), Languages: c.PostFormArray("languages"), Capacity: ginweb.Value(c, "capacity")})
		},
	} {
		in.POST("/"+what, m.app.H(m.do(what, do)))
	}
}

func (m *Members) actor(c *gin.Context) clinic.Actor { return actorOf(m.app, c) }

func actorOf(app *ginweb.App, c *gin.Context) clinic.Actor {
	u := app.User(c)
	return clinic.Actor{UserID: u.ID, Roles: u.Roles, Active: u.ID != ""}
}

func row(m membership.Member) hubui.MemberRow {
	return hubui.MemberRow{Actor: m.Actor, Name: m.Name, State: hubui.StateBadge(string(m.State)), Tier: m.Tier, Since: m.Since, Uninvited: m.Uninvited && m.Open()}
}

func (m *Members) list(c *gin.Context) error {
	all, err := m.reg.All(c.Request.Context(), m.actor(c))
	if err != nil {
		return err
	}
	l, err := m.reg.Current(c.Request.Context())
	if err != nil {
		return err
	}
	page := hubui.MembersPage{Version: l.Version, Updated: l.Updated}
	if page.Door, err = m.doorway(c); err != nil {
		return err
	}
	order := membership.States()
	slices.SortStableFunc(all, func(a, b membership.Member) int { return slices.Index(order, a.State) - slices.Index(order, b.State) })
	for _, one := range all {
		page.Rows = append(page.Rows, row(one))
	}
	return m.app.Show(c, http.StatusOK, "members.title", page)
}

func (m *Members) one(c *gin.Context) error {
	return m.show(c, http.StatusOK, c.Query("actor"), nil)
}

func (m *Members) show(c *gin.Context, status int, actor string, errs ui.Errors) error {
	one, history, err := m.reg.Show(c.Request.Context(), m.actor(c), actor)
	if err != nil {
		return err
	}
	applied := one.State == membership.Applied || one.State == membership.Tentative
	page := hubui.MemberPage{
		MemberRow: row(one), Said: said(one), Print: one.Fingerprint(), Reason: one.Reason, Services: one.Services, Regions: one.Regions, Languages: one.Languages,
		Capacity: one.Capacity, Tiers: choices("member_tier", membership.Tiers()), Reasons: choices("membership_decline_reason", vocabulary.Codes("membership_decline_reason")),
		Areas:     append(choices("region", vocabulary.Codes("region")), choices("province", vocabulary.Codes("province"))...),
		CanDecide: applied, CanConsider: one.State == membership.Applied, CanSuspend: one.State == membership.Active, CanReactivate: one.State == membership.Suspended,
		CanInvite: one.State == membership.Left || one.State == membership.Declined, Trial: m.trial(one), Second: m.second(c, one), Errors: errs,
	}
	if one.State.Listed() && one.Old.KeyID != "" {
		page.OldPrint, page.OldEnd = one.Old.Fingerprint(), one.Old.End
	}
	for _, e := range history {
		page.History = append(page.History, m.event(c, e))
	}
	return m.app.Show(c, status, "members.one.title", page)
}

func (m *Members) event(c *gin.Context, e membership.Event) ui.Event {
	out := ui.Event{At: ui.At(e.At), Title: ui.T("members.event." + e.Kind)}
	if e.By != "" {
		out.Who = ui.Say(m.name(c.Request.Context(), e.By))
	}
	if before, after, ok := strings.Cut(e.Note, " > "); ok {
		out.Detail = append(out.Detail, ui.T("members.key.old", "print", before), ui.T("members.key.new", "print", after))
	}
	for _, list := range []string{"member_tier", "membership_decline_reason"} {
		if vocabulary.Has(list, e.Note) {
			out.Detail = append(out.Detail, ui.Label(list, e.Note))
		}
	}
	return out
}

func choices(list string, codes []string) []ui.Option {
	var out []ui.Option
	for _, c := range codes {
		out = append(out, ui.Option{Value: c, Label: ui.Label(list, c)})
	}
	return out
}

func (m *Members) askInvite(c *gin.Context) error {
	if err := m.reg.MayInvite(c.Request.Context(), m.actor(c)); err != nil {
		return err
	}
	return m.app.Show(c, http.StatusOK, "members.invite.title", hubui.InvitePage{})
}

// actorAddress turns what people type, an address of a server, into its actor.
func actorAddress(typed string) string {
	typed = strings.TrimSpace(typed)
	if typed != "" && !strings.Contains(typed, "://") {
		typed = "https://" + typed
	}
	if u, err := url.Parse(typed); err == nil && strings.Trim(u.Path, "/") == "" {
		return strings.TrimSuffix(typed, "/") + "/ap/org"
	}
	return typed
}

func (m *Members) look(c *gin.Context) error {
	page := hubui.InvitePage{Address: ginweb.Value(c, "address")}
	card, err := m.reg.Look(c.Request.Context(), m.actor(c), actorAddress(page.Address))
	if err != nil {
		f := fault.As(err)
		if f.Kind == fault.Forbidden || f.Kind == fault.NotFound || f.Kind == fault.Internal {
			return err
		}
		page.Errors = ui.Errors{{Field: "address", Text: ui.T(f.Key)}}
		return m.app.Show(c, http.StatusUnprocessableEntity, "members.invite.title", page)
	}
	page.Found, page.Name, page.Actor, page.Print = true, card.Name, card.Actor, card.Fingerprint()
	return m.app.Show(c, http.StatusOK, "members.invite.title", page)
}

func (m *Members) invite(c *gin.Context) error {
	actor := ginweb.Value(c, "actor")
	if err := m.reg.InviteShown(c.Request.Context(), m.actor(c), actor, ginweb.Value(c, "print")); err != nil {
		return err
	}
	return m.app.Redirect(c, "/members/one?actor="+url.QueryEscape(actor), "members.flash.invite", nil)
}

func (m *Members) do(what string, f func(c *gin.Context, actor string) error) func(c *gin.Context) error {
	return func(c *gin.Context) error {
		actor := ginweb.Value(c, "actor")
		err := f(c, actor)
		if fault.Is(err, fault.Invalid) {
			return m.show(c, http.StatusUnprocessableEntity, actor, ui.Errors{{Text: ui.T(fault.As(err).Key)}})
		}
		if err != nil {
			return err
		}
		return m.app.Redirect(c, "/members/one?actor="+url.QueryEscape(actor), "members.flash."+what, nil)
	}
}
