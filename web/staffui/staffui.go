// Package staffui holds the pages that both servers have for their own people:
// sign-in, first password, account, people, the disclosure ledger, licences.
package staffui

import (
	"embed"
	"io/fs"
	"slices"

	"github.com/saphan-network/saphan/web"
)

//go:embed all:templates
var templates embed.FS

// UI returns the shared pages; a server adds them to its own with web.UI.With.
func UI() web.UI {
	sub, err := fs.Sub(templates, "templates")
	if err != nil {
		panic(err) // the directory is embedded by name: this cannot happen in a program that compiled
	}
	return web.UI{
		Templates: []fs.FS{sub},
		Pages: append(slices.Concat(paperPages(), libraryPages()),
			web.Of[LoginPage](), web.Of[WelcomePage](), web.Of[AccountPage](),
			web.Of[PeoplePage](), web.Of[NewPersonPage](), web.Of[PersonPage](), web.Of[LinkPage](),
			web.Of[LedgerPage](), web.Of[CopiesPage](), web.Of[TokensPage](), web.Of[LicencesPage](), web.Of[PeersPage](), web.Of[PeerPage](), web.Of[PeerCheckPage](),
		),
		Fixtures: slices.Concat(fixtures(), copyFixtures(), tokenFixtures(), peerFixtures(), paperFixtures(), libraryFixtures()),
	}
}
