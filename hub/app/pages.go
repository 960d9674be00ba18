package app

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/federation/vocabulary"
	"github.com/saphan-network/saphan/hub/internal/site"
	"github.com/saphan-network/saphan/node/chassis/postroom"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/ginweb"
	"github.com/saphan-network/saphan/web/hubui"
	"github.com/saphan-network/saphan/web/staffui"
	"github.com/saphan-network/saphan/web/staffweb"
	"github.com/saphan-network/saphan/web/storybook"
)

// Roles lists what a person may be given to do at the hub.
func Roles() []string { return []string{"secretary", "admin", "auditor"} }

// pages puts the pages together.
func (a *App) pages() (http.Handler, error) {
	ui := hubui.UI().With(staffui.UI())
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
	desk := postroom.New(a.Station.Mail, a.Station.Self, a.may, a.db, a.Ledger, a.cfg.Now)
	staffweb.NewPeers(g, desk, a.may, func() staffui.OwnServer {
		return staffui.OwnServer{Address: a.cfg.BaseURL, Print: clinic.Fingerprint(a.Station.Key.PublicPEM())}
	}).Mount(e)
	site.NewHome(g, a.Membership, desk, a.cfg.Now).Mount(e)
	site.NewMembers(g, a.Membership, a.Membership, a.userName).Mount(e)
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

// userName is a person's name for the history, "" for who is no longer known.
func (a *App) userName(ctx context.Context, id string) string {
	u, err := a.Accounts.User(ctx, id)
	if err != nil {
		return ""
	}
	return u.Name
}

// nav lists where a person may go.
func (a *App) nav(ctx context.Context, u ginweb.User) []web.NavItem {
	actor := clinic.Actor{UserID: u.ID, Roles: u.Roles, Active: u.ID != ""}
	items := []web.NavItem{{Key: "shell.nav.home", Href: "/", Icon: "home"}}
	for _, i := range []struct {
		act, object string
		item        web.NavItem
	}{
		{"read", "membership", web.NavItem{Key: "members.nav", Href: "/members", Icon: "building"}},
		{"read", "network", web.NavItem{Key: "peers.nav", Href: "/peers", Icon: "network"}},
		{"manage", "user", web.NavItem{Key: "shell.nav.people", Href: "/people", Icon: "people"}},
		{"read", "ledger", web.NavItem{Key: "shell.nav.ledger", Href: "/ledger", Icon: "ledger"}},
	} {
		if a.may.May(ctx, actor, i.act, clinic.Object{Type: i.object, Open: true, Openness: 2}) == nil {
			items = append(items, i.item)
		}
	}
	return items
}
