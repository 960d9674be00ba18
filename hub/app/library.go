package app

import (
	"context"
	"time"

	"github.com/saphan-network/saphan/hub/internal/exchange"
	"github.com/saphan-network/saphan/hub/internal/store/librarystore"
	"github.com/saphan-network/saphan/hub/network/library"
	"github.com/saphan-network/saphan/hub/network/membership"
	"github.com/saphan-network/saphan/node/chassis/bookshelf"
	"github.com/saphan-network/saphan/node/chassis/librarian"
	shelf "github.com/saphan-network/saphan/node/clinic/library"
)

// passOn names the job that passes on what members have said about lessons.
const passOn = "library_pass_on"

// openLibrary puts the library together: what members say about lessons is kept here
// too, and passed on. It returns the effects of their words.
func (a *App) openLibrary() []exchange.WordEffect {
	books := bookshelf.New(a.db)
	l := &librarian.Librarian{Self: a.Station.Self, Shelf: books, Keys: a.Station.Mail, Now: a.cfg.Now}
	wire := &exchange.Library{Base: a.cfg.BaseURL, Self: a.Station.Self, Gate: a.Station.Gate, Mail: a.Station.Mail, Librarian: l, Now: a.cfg.Now}
	a.PassOn = library.New(library.Deps{Shelf: books, Log: librarystore.New(a.db), Post: wire, Members: a.readers, Authority: a.may, Tx: a.db, Now: a.cfg.Now,
		Soon: func(ctx context.Context) error { return a.queue.Enqueue(ctx, passOn, passOn, nil, time.Time{}) }})
	wire.Heard = a.PassOn
	a.Library = shelf.NewService(books, a.may)
	a.queue.Handle(passOn, func(ctx context.Context, _ []byte) error { return a.PassOn.Spread(ctx) })
	a.queue.Every("pass_on", time.Minute, a.PassOn.Spread)
	return []exchange.WordEffect{wire.Take}
}

// readers lists who is on the members list, and who of them is active.
func (a *App) readers(ctx context.Context) (listed, active []string, err error) {
	l, err := a.Membership.Current(ctx)
	for _, m := range l.Members {
		listed = append(listed, m.Actor)
		if m.State == membership.Active {
			active = append(active, m.Actor)
		}
	}
	return listed, active, err
}

// orgNames are the names of the members, by their actors.
func (a *App) orgNames(ctx context.Context) (map[string]string, error) {
	l, err := a.Membership.Current(ctx)
	out := map[string]string{}
	for _, m := range l.Members {
		out[m.Actor] = m.Name
	}
	return out, err
}
