// Package storybook shows every component and every page of a server in all its
// states, with fictional data, in both languages. Servers mount it in the
// demonstration only; `go run ./web/storybook/serve` shows it alone.
package storybook

import (
	"embed"
	"io/fs"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/ginweb"
	"github.com/saphan-network/saphan/web/locale"
)

//go:embed all:templates
var templates embed.FS

// UI returns the storybook's own pages; add them with web.UI.With.
func UI() web.UI {
	sub, err := fs.Sub(templates, "templates")
	if err != nil {
		panic(err) // the directory is embedded by name: this cannot happen in a program that compiled
	}
	return web.UI{
		Templates: []fs.FS{sub},
		Pages:     []web.Entry{web.Of[IndexPage](), web.Of[ComponentsPage]()},
		Fixtures: []web.Fixture{
			{Name: "storybook/components: all", TitleKey: "storybook.components", Page: components()},
		},
	}
}

// IndexPage lists the fixtures.
type IndexPage struct{ Groups []Group }

// Template is storybook/index.
func (IndexPage) Template() string { return "storybook/index" }

// Group is the fixtures of one page.
type Group struct {
	Name   string
	States []State
}

// State is one fixture with its addresses in both languages.
type State struct{ Name, Thai, English string }

// Mount adds /storybook. The renderer's UI must contain UI().
func Mount(g gin.IRouter, app *ginweb.App, u web.UI, nav []web.NavItem) {
	g.GET("/storybook", app.H(func(c *gin.Context) error {
		return app.Show(c, http.StatusOK, "storybook.title", index(u))
	}))
	g.GET("/storybook/show", app.H(func(c *gin.Context) error {
		n, err := strconv.Atoi(c.Query("n"))
		if err != nil || n < 0 || n >= len(u.Fixtures) {
			return fault.Missing()
		}
		f := u.Fixtures[n]
		s := web.Shell{
			Lang: locale.Known(c.Query("lang")), Org: "คลินิกกฎหมายดอยงาม", Server: u.Server, Demo: true,
			Path: "/storybook", TitleKey: f.TitleKey,
		}
		if !f.Public {
			s.UserName = "อรทัย ใจดี"
			s.Nav = append([]web.NavItem(nil), nav...)
		}
		if c.Query("flash") != "" {
			s.Flash = &web.Flash{Key: "people.roles.done"}
		}
		return app.ShowIn(c, http.StatusOK, s, f.Page)
	}))
}

func index(u web.UI) IndexPage {
	var p IndexPage
	for i, f := range u.Fixtures {
		page, state, _ := strings.Cut(f.Name, ": ")
		if len(p.Groups) == 0 || p.Groups[len(p.Groups)-1].Name != page {
			p.Groups = append(p.Groups, Group{Name: page})
		}
		g := &p.Groups[len(p.Groups)-1]
		at := func(lang string) string {
			return "/storybook/show?" + url.Values{"n": {strconv.Itoa(i)}, "lang": {lang}}.Encode()
		}
		g.States = append(g.States, State{Name: state, Thai: at(locale.Thai), English: at(locale.English)})
	}
	return p
}
