package app

import (
	"context"

	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/federation/vocabulary"
	"github.com/saphan-network/saphan/node/chassis/bookshelf"
	"github.com/saphan-network/saphan/node/chassis/librarian"
	"github.com/saphan-network/saphan/node/clinic/lesson"
	"github.com/saphan-network/saphan/node/clinic/library"
	"github.com/saphan-network/saphan/node/internal/exchange"
	"github.com/saphan-network/saphan/node/internal/store/lessonstore"
)

// openLibrary puts together what is written here for the network, and what the
// network has written.
func (a *App) openLibrary(effects *exchange.Effects) {
	mail, self := a.Station.Mail, a.Station.Self
	books, desk := bookshelf.New(a.db), lessonstore.New(a.db, a.seal)
	l := &librarian.Librarian{Self: self, Shelf: books, Keys: mail, Now: a.cfg.Now}
	wire := &exchange.Lessons{Base: a.cfg.BaseURL, Self: self, Gate: a.Station.Gate, Outbox: mail, Hub: mail.Hub, Prover: a.Station, Librarian: l, Now: a.cfg.Now}
	a.Lessons = lesson.New(lesson.Deps{Store: desk, Remarks: desk, Wire: wire, Cases: exchange.Seeds{Cases: a.Cases}, Scrub: &exchange.Scrub{Files: a.files.Known, Now: a.cfg.Now},
		Authority: a.may, Tx: a.db, Audit: a.Ledger, Now: a.cfg.Now, NewID: opaque.ID, Known: vocabulary.Has})
	a.Library = library.NewService(books, a.may)
	exchange.Library{Librarian: l, FromHub: a.Network.FromHub}.Register(effects)
}

// orgNames are the names of the organisations on the members list, by their actors.
func (a *App) orgNames(ctx context.Context) (map[string]string, error) {
	all, _, err := a.Network.Members(ctx)
	out := map[string]string{a.Station.Self: a.cfg.NameTH}
	for _, m := range all {
		out[m.Actor] = m.Name
	}
	return out, err
}

// statusFamily is the status family of a status, "" if it is in none.
func statusFamily(code string) string {
	if vocabulary.Has("status_family", code) {
		return code
	}
	return ""
}

// regionOf is the region of a province.
func regionOf(code string) string { return vocabulary.Parent("province", code) }
