package app

import (
	"context"
	"net/http"
	"net/url"

	"github.com/saphan-network/saphan/hub/internal/site"
	"github.com/saphan-network/saphan/node/chassis/postroom"
	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/hubui"
	"github.com/saphan-network/saphan/web/staffweb"
)

// Roles lists what a person may be given to do at the hub.
func Roles() []string { return []string{"secretary", "admin", "auditor"} }

// pages puts the pages together.
func (a *App) pages() (http.Handler, error) {
	desk := postroom.New(a.Station.Mail, a.Station.Self, a.may, a.db, a.Ledger, a.cfg.Now).Receiving(a.Station.Mail, a.Station.RetryNow)
	e, g, err := staffweb.Front{UI: hubui.UI(), Accounts: a.Accounts, Ledger: a.Ledger, Desk: desk, Examine: a.Station.Examine, May: a.may, Roles: Roles(),
		BaseURL: a.cfg.BaseURL, Print: func() string { return a.Station.Fingerprint() }, NameTH: a.cfg.NameTH, NameEN: a.cfg.NameEN,
		Nav: staffweb.Nav(a.may, places()...), Language: a.cfg.Language, Proxies: a.cfg.Proxies, Demo: a.cfg.Demo, Log: a.cfg.Log, Now: a.cfg.Now}.Open()
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(a.cfg.BaseURL)
	if err != nil {
		return nil, err
	}
	handle := "@public@" + u.Host
	site.NewPublications(g, a.Public, a.shelf.Followers, handle).Mount(e)
	site.NewPublic(g, a.shelf, a.name, a.cfg.BaseURL, handle, a.cfg.Now).Mount(e)
	staffweb.NewLibrary(g, a.Library, a.may, a.orgNames).Mount(e)
	site.NewMeetings(g, site.MeetingsConfig{Convene: a.Meetings, Agenda: a.Meetings, Room: a.Meetings, After: a.Meetings, Members: called{a.Membership}.Members, Host: u.Host, Now: a.cfg.Now}).Mount(e)
	site.NewHome(g, a.Membership, desk, a.Public, a.cfg.Now).Mount(e)
	site.NewMembers(g, a.Membership, a.Membership, a.Membership, doorOf{a.Membership, a}, a.userName, a.cfg.Now).Mount(e)
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

// places lists where people may go.
func places() []staffweb.Place {
	return []staffweb.Place{
		{Act: "read", Type: "membership", Item: web.NavItem{Key: "members.nav", Href: "/members", Icon: "building"}},
		{Act: "read", Type: "meeting", Item: web.NavItem{Key: "meetings.nav", Href: "/meetings", Icon: "calendar"}},
		{Act: "read", Type: "publication", Item: web.NavItem{Key: "public.desk.nav", Href: "/publications", Icon: "globe"}},
		{Act: "read", Type: "library", Item: web.NavItem{Key: "library.nav", Href: "/library", Icon: "note"}},
		{Act: "read", Type: "network", Item: web.NavItem{Key: "peers.nav", Href: "/peers", Icon: "network"}},
		{Act: "manage", Type: "user", Item: web.NavItem{Key: "shell.nav.people", Href: "/people", Icon: "people"}},
		{Act: "read", Type: "ledger", Item: web.NavItem{Key: "shell.nav.ledger", Href: "/ledger", Icon: "ledger"}},
	}
}
