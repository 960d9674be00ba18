package app

import (
	"context"
	"net/http"
	"net/url"

	"github.com/saphan-network/saphan/node/chassis/postroom"
	"github.com/saphan-network/saphan/node/clinic/directory"
	"github.com/saphan-network/saphan/node/clinic/library"
	"github.com/saphan-network/saphan/node/internal/site"
	"github.com/saphan-network/saphan/node/internal/site/api"
	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/nodeui"
	"github.com/saphan-network/saphan/web/staffweb"
)

// Roles lists what a person may be given to do at a node.
func Roles() []string {
	return []string{"caseworker", "lawyer", "supervisor", "intern", "volunteer", "network", "admin", "auditor"}
}

// Scopes lists how far a program may be let act for a person.
func Scopes() []string { return api.Scopes() }

// pages puts the pages together.
func (a *App) pages() (http.Handler, error) {
	desk := postroom.New(a.Station.Mail, a.Station.Self, a.may, a.db, a.Ledger, a.cfg.Now).Receiving(a.Station.Mail, a.Station.RetryNow)
	e, g, err := staffweb.Front{UI: nodeui.UI(), Accounts: a.Accounts, Ledger: a.Ledger, Desk: desk, Examine: a.Station.Examine, May: a.may, Roles: Roles(),
		BaseURL: a.cfg.BaseURL, Print: func() string { return a.Station.Fingerprint() }, NameTH: a.cfg.NameTH, NameEN: a.cfg.NameEN,
		API: staffweb.API{Tokens: a.Accounts, Scopes: api.Scopes(), About: api.Path + "/openapi.json"},
		Nav: staffweb.Nav(a.may, places()...), Language: a.cfg.Language, Proxies: a.cfg.Proxies, Demo: a.cfg.Demo, Log: a.cfg.Log, Now: a.cfg.Now}.Open()
	if err != nil {
		return nil, err
	}
	people := colleagues{a.Accounts}
	hand := site.NewHandovers(g, site.HandoversConfig{Out: a.HandOut, In: a.HandIn, Staff: people, May: a.may, Now: a.cfg.Now})
	hand.Mount(e)
	site.NewHome(g, site.HomeConfig{Cases: a.Cases, Referrals: a.Sender, Offers: a.Receiver, Hand: hand, Network: a.Network, Now: a.cfg.Now}).Mount(e)
	referrals := site.NewReferrals(g, site.ReferralsConfig{Read: a.Sender, Write: a.Sender, Staff: people, Hand: hand, Now: a.cfg.Now})
	referrals.Mount(e)
	site.NewWhatIf(g, a.Sender, a.Rules).Mount(e)
	site.NewReceipts(g, site.ReceiptsConfig{Book: a.Receipts, Hand: hand, Staff: people, NameTH: a.cfg.NameTH, NameEN: a.cfg.NameEN, Now: a.cfg.Now}).Mount(e)
	site.NewOffers(g, site.OffersConfig{Read: a.Receiver, Answer: a.Receiver, Work: a.Receiver, Hand: hand, Staff: people, Now: a.cfg.Now}).Mount(e)
	site.NewCases(g, site.CasesConfig{Read: a.Cases, Write: a.Cases, Mend: a.Cases, Drafts: a.Cases, Staff: people, Recipients: recipients{a.Network},
		Referrals: referrals, Now: a.cfg.Now, Lessons: site.LessonsLike{Books: a.Library, Desk: a.Lessons, Names: a.orgNames, Family: statusFamily, Region: regionOf}}).Mount(e)
	site.NewNetwork(g, a.Network, a.Network, a.may).Mount(e)
	staffweb.NewLibrary(g, a.Library, a.may, a.orgNames).Mount(e)
	site.NewLessons(g, site.LessonsConfig{Desk: a.Lessons, Reading: a.Lessons, Remarks: a.Lessons, Books: a.Library, Staff: people, Self: a.Station.Self,
		Page: func(id string) string { return library.PageID(a.cfg.BaseURL + "/ap/lesson/" + id) }}).Mount(e)
	host, err := url.Parse(a.cfg.BaseURL)
	if err != nil {
		return nil, err
	}
	site.NewMeetings(g, site.MeetingsConfig{Service: a.Meetings, Tasks: a.Meetings, Self: a.Station.Self, Names: recipients{a.Network}.names, Host: host.Host, Now: a.cfg.Now}).Mount(e)
	site.NewImports(g, a.Register, a.Register).Mount(e)
	site.NewPolicy(g, &rulebook{gate: a.Station.Gate, now: a.cfg.Now}, a.may, a.cfg.Now()).Mount(e)
	site.NewRulemaking(g, a.Rules, people, recipients{a.Network}, forbiddable()).Mount(e)
	site.NewRecord(g, site.RecordConfig{Book: recordBook{}, May: a.may, NameTH: a.cfg.NameTH, NameEN: a.cfg.NameEN, Now: a.cfg.Now}).Mount(e)
	api.Mount(e, g, api.Config{Version: a.cfg.Version, Bearer: a.bearer, Cases: a.Cases, Work: a.Cases, Persons: a.Cases, Referrals: a.Sender, Moves: a.Sender,
		Offers: a.Receiver, Answers: a.Receiver, Network: a.Network})
	return e, nil
}

// bearer is for whom a program with a token acts.
func (a *App) bearer(ctx context.Context, secret string) (api.Caller, error) {
	u, t, err := a.Accounts.Bearer(ctx, secret)
	return api.Caller{Actor: u.Actor(), Name: u.Name, Login: u.Login, Scopes: t.Scopes}, err
}

// places lists where people may go.
func places() []staffweb.Place {
	return []staffweb.Place{
		{Act: "list", Type: "case", Item: web.NavItem{Key: "home.nav.cases", Href: "/cases", Icon: "cases"}},
		{Act: "list", Type: "case", Item: web.NavItem{Key: "referrals.nav", Href: "/referrals", Icon: "send"}},
		{Act: "list", Type: "offer", Item: web.NavItem{Key: "offers.nav", Href: "/offers", Icon: "inbox"}},
		{Act: "read", Type: "library", Item: web.NavItem{Key: "library.nav", Href: "/library", Icon: "note"}},
		{Act: "read", Type: "meeting", Item: web.NavItem{Key: "meetings.nav", Href: "/meetings", Icon: "calendar"}},
		{Act: "import", Type: "register", Item: web.NavItem{Key: "imports.title", Href: "/imports", Icon: "import"}},
		{Act: "read", Type: "network", Item: web.NavItem{Key: "network.title", Href: "/network", Icon: "network"}},
		{Act: "read", Type: "policy", Item: web.NavItem{Key: "policypage.nav", Href: "/policy", Icon: "bridge"}},
		{Act: "read", Type: "record", Item: web.NavItem{Key: "record.nav", Href: "/record", Icon: "file"}},
		{Act: "manage", Type: "user", Item: web.NavItem{Key: "shell.nav.people", Href: "/people", Icon: "people"}},
		{Act: "read", Type: "ledger", Item: web.NavItem{Key: "shell.nav.ledger", Href: "/ledger", Icon: "ledger"}},
	}
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

// names are the members' names by their addresses.
func (r recipients) names(ctx context.Context) (map[string]string, error) {
	all, _, err := r.network.Members(ctx)
	out := map[string]string{}
	for _, m := range all {
		out[m.Actor] = m.Name
	}
	return out, err
}
