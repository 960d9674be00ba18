package app

import (
	"context"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/hub/internal/exchange"
	"github.com/saphan-network/saphan/hub/internal/store"
	"github.com/saphan-network/saphan/hub/network/membership"
)

// Routes lists every route of the pages, for the test that asks all of them.
func (a *App) Routes() (gin.RoutesInfo, error) {
	h, err := a.pages()
	if err != nil {
		return nil, err
	}
	return h.(*gin.Engine).Routes(), nil
}

// Put writes an organisation into the register in whatever state.
func (a *App) Put(ctx context.Context, m *membership.Member) error {
	return a.db.Within(ctx, func(ctx context.Context) error {
		if err := store.NewMembers(a.db).Put(ctx, m); err != nil {
			return err
		}
		return (&exchange.Wire{Mail: a.Station.Mail}).Pin(ctx, *m)
	})
}

// Get reads an organisation of the register.
func (a *App) Get(ctx context.Context, actor string) (membership.Member, error) {
	return store.NewMembers(a.db).Get(ctx, actor)
}

// Spread files what was published for all who follow, as the job does.
func (a *App) Spread(ctx context.Context) error { return a.voice.Spread(ctx) }

// Followers is how many follow the public actor.
func (a *App) Followers(ctx context.Context) (int, error) { return a.shelf.Followers(ctx) }
