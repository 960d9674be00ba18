package app

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/federation/vocabulary"
	"github.com/saphan-network/saphan/node/chassis/postroom"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/directory"
	"github.com/saphan-network/saphan/node/internal/site"
	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/ginweb"
	"github.com/saphan-network/saphan/web/nodeui"
	"github.com/saphan-network/saphan/web/staffui"
	"github.com/saphan-network/saphan/web/staffweb"
	"github.com/saphan-network/saphan/web/storybook"
)

// Roles lists what a person may be given to do at a node.
func Roles() []string {
	return []string{"caseworker", "lawyer", "supervisor", "intern", "volunteer", "network", "admin", "auditor"}
}

// pages puts the pages together.
func (a *App) pages() (http.Handler, error) {
	ui := nodeui.UI().With(staffui.UI())
	if a.cfg.Demo {
		ui = ui.With(storybook.UI())
	}
	r, err := web.New(web.Options{UI: ui, Label: vocabulary.Label, Codes: vocabulary.Codes})
	if err != nil {
		return nil, err
	}
	g, err := ginweb.New(ginweb.Config{Renderer: r, Sessions: staffweb.Sessions{Accounts: a.Accounts}, BaseURL: a.cfg.BaseURL,
		Org: a.name, Nav: a.nav, Log: a.cfg.Log, Now: a.cfg.Now, Demo: a.cfg.Demo, Language: a.cfg.Language})
	if err != nil {
		return nil, err
	}
	staffPages, err := staffweb.New(staffweb.Config{App: g, Door: a.Accounts, Self: a.Accounts, People: a.Accounts, Ledger: a.Ledger,
		May: a.may, Roles: Roles(), BaseURL: a.cfg.BaseURL})
	if err != nil {
		return nil, err
	}
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	if err := e.SetTrustedProxies(a.cfg.Proxies); err != nil {
		return nil, err
	}
	g.Install(e)
	staffPages.Mount(e)
	site.NewHome(g, site.HomeConfig{Cases: a.Cases, Referrals: a.Sender, Offers: a.Receiver, Now: a.cfg.Now}).Mount(e)
	people := colleagues{a.Accounts}
	referrals := site.NewReferrals(g, site.ReferralsConfig{Read: a.Sender, Write: a.Sender, Staff: people, Now: a.cfg.Now})
	referrals.Mount(e)
	site.NewOffers(g, site.OffersConfig{Read: a.Receiver, Answer: a.Receiver, Work: a.Receiver, Staff: people, Now: a.cfg.Now}).Mount(e)
	site.NewCases(g, site.CasesConfig{Read: a.Cases, Write: a.Cases, Mend: a.Cases, Drafts: a.Cases, Staff: people, Recipients: recipients{a.Network},
		Referrals: referrals, Now: a.cfg.Now}).Mount(e)
	site.NewNetwork(g, a.Network, a.may).Mount(e)
	staffweb.NewPeers(g, postroom.New(a.Station.Mail, a.Station.Self, a.may, a.db, a.Ledger, a.cfg.Now), a.may, func() staffui.OwnServer {
		return staffui.OwnServer{Address: a.cfg.BaseURL, Print: clinic.Fingerprint(a.Station.Key.PublicPEM())}
	}).Mount(e)
	site.NewImports(g, a.Register, a.Register).Mount(e)
	site.NewPolicy(g, &rulebook{gate: a.Station.Gate, now: a.cfg.Now}, a.may, a.cfg.Now()).Mount(e)
	if a.cfg.Demo {
		storybook.Mount(e, g, ui, nil)
	}
	return e, nil
}

func (a *App) name(lang string) string {
	if lang == "en" {
		return a.cfg.NameEN
	}
	return a.cfg.NameTH
}

// nav lists where a person may go.
func (a *App) nav(ctx context.Context, u ginweb.User) []web.NavItem {
	actor := clinic.Actor{UserID: u.ID, Roles: u.Roles, Active: u.ID != ""}
	items := []web.NavItem{{Key: "shell.nav.home", Href: "/", Icon: "home"}}
	for _, i := range []struct {
		act, object string
		item        web.NavItem
	}{
		{"list", "case", web.NavItem{Key: "home.nav.cases", Href: "/cases", Icon: "cases"}},
		{"list", "case", web.NavItem{Key: "referrals.nav", Href: "/referrals", Icon: "send"}},
		{"list", "offer", web.NavItem{Key: "offers.nav", Href: "/offers", Icon: "inbox"}},
		{"import", "register", web.NavItem{Key: "imports.title", Href: "/imports", Icon: "import"}},
		{"read", "network", web.NavItem{Key: "network.title", Href: "/network", Icon: "network"}},
		{"read", "policy", web.NavItem{Key: "policypage.nav", Href: "/policy", Icon: "bridge"}},
		{"manage", "user", web.NavItem{Key: "shell.nav.people", Href: "/people", Icon: "people"}},
		{"read", "ledger", web.NavItem{Key: "shell.nav.ledger", Href: "/ledger", Icon: "ledger"}},
	} {
		if a.may.May(ctx, actor, i.act, clinic.Object{Type: i.object, Open: true, Openness: 2}) == nil {
			items = append(items, i.item)
		}
	}
	return items
}

// Colleagues implements site.Colleagues.
func (c colleagues) Colleagues(ctx context.Context) ([]site.Colleague, error) {
	all, err := c.accounts.List(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]site.Colleague, 0, len(all))
	for _, u := range all {
		out = append(out, site.Colleague{ID: u.ID, Name: u.Name, Roles: u.Roles, Active: u.Active})
	}
	return out, nil
}

// recipients lists the members that a consent may name.
type recipients struct{ network *directory.Service }

// Recipients implements site.Recipients.
func (r recipients) Recipients(ctx context.Context) ([]site.Recipient, error) {
	all, _, err := r.network.Members(ctx)
	if err != nil {
		return nil, err
	}
	var out []site.Recipient
	for _, m := range all {
		if m.State == "active" {
			out = append(out, site.Recipient{Actor: m.Actor, Name: m.Name})
		}
	}
	return out, nil
}
