package staffweb

import (
	"context"
	"log/slog"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/federation/vocabulary"
	"github.com/saphan-network/saphan/node/chassis/account"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/ginweb"
	"github.com/saphan-network/saphan/web/staffui"
	"github.com/saphan-network/saphan/web/storybook"
)

// Front is what a server's pages begin with, the same for hub and node.
type Front struct {
	UI       web.UI // the server's own pages
	Accounts *account.Service
	Ledger   Ledger
	Desk     Desk
	Examine  Examiner // of the exchange with others
	May      clinic.Authority
	Roles    []string
	BaseURL  string
	API      API
	Print    func() string // fingerprint of the server's own key, as it is now
	NameTH   string        // of the organisation
	NameEN   string
	Nav      func(ctx context.Context, u ginweb.User) []web.NavItem
	Language string
	Proxies  []string
	Demo     bool
	Log      *slog.Logger
	Now      func() time.Time
}

// Open makes the engine with everything that both servers have on it: sessions,
// sign-in, people, ledger, the lines to other servers, in a demo the storybook.
// The server mounts its own pages beside them.
func (f Front) Open() (*gin.Engine, *ginweb.App, error) {
	ui := f.UI.With(staffui.UI())
	if f.Demo {
		ui = ui.With(storybook.UI())
	}
	r, err := web.New(web.Options{UI: ui, Label: vocabulary.Label, Codes: vocabulary.Codes})
	if err != nil {
		return nil, nil, err
	}
	app, err := ginweb.New(ginweb.Config{Renderer: r, Sessions: Sessions{Accounts: f.Accounts}, BaseURL: f.BaseURL, Org: f.name, Nav: f.Nav,
		Log: f.Log, Now: f.Now, Demo: f.Demo, Language: f.Language})
	if err != nil {
		return nil, nil, err
	}
	pages, err := New(Config{App: app, Door: f.Accounts, Self: f.Accounts, People: f.Accounts, Ledger: f.Ledger, May: f.May, Roles: f.Roles, BaseURL: f.BaseURL, API: f.API})
	if err != nil {
		return nil, nil, err
	}
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	if err := e.SetTrustedProxies(f.Proxies); err != nil {
		return nil, nil, err
	}
	app.Install(e)
	pages.Mount(e)
	NewPeers(app, f.Desk, f.May, func() staffui.OwnServer { return staffui.OwnServer{Address: f.BaseURL, Print: f.Print()} }, f.Examine).Mount(e)
	if f.Demo {
		storybook.Mount(e, app, ui, nil)
	}
	return e, app, nil
}

func (f Front) name(lang string) string {
	if lang == "en" {
		return f.NameEN
	}
	return f.NameTH
}

// Place is one entry of a server's navigation, for who may do act to a thing of
// the type.
type Place struct {
	Act, Type string
	Item      web.NavItem
}

// Nav shows to each person, behind the way home, the places where they may go.
func Nav(may clinic.Authority, places ...Place) func(ctx context.Context, u ginweb.User) []web.NavItem {
	return func(ctx context.Context, u ginweb.User) []web.NavItem {
		actor := clinic.Actor{UserID: u.ID, Roles: u.Roles, Active: u.ID != ""}
		items := []web.NavItem{{Key: "shell.nav.home", Href: "/", Icon: "home"}}
		for _, p := range places {
			if may.May(ctx, actor, p.Act, clinic.Object{Type: p.Type, Open: true, Openness: 2}) == nil {
				items = append(items, p.Item)
			}
		}
		return items
	}
}
