package app

import (
	"context"
	"net/url"
	"time"

	"github.com/saphan-network/saphan/federation/doorway"
	"github.com/saphan-network/saphan/federation/flood"
	"github.com/saphan-network/saphan/hub/internal/exchange"
	"github.com/saphan-network/saphan/hub/network/membership"
	"github.com/saphan-network/saphan/node/chassis/station"
	"github.com/saphan-network/saphan/node/clinic"
)

// openDoor puts together where organisations apply that nobody has invited. What is
// shown of it in the hub's actor document may be a minute old; the door itself looks.
func (a *App) openDoor(ctx context.Context) error {
	u, err := url.Parse(a.cfg.BaseURL)
	if err != nil {
		return err
	}
	register := exchange.Doorway{Service: a.Membership, Mail: a.Station.Mail, Tx: a.db, Audit: station.Ledger{Trail: a.Ledger}}
	a.door, err = doorway.New(doorway.Config{Self: a.Station.Self, Scheme: u.Scheme, Host: u.Host, Peers: a.Station.Mail, Register: register,
		Discover: a.Station.Worker.Discover, Guard: flood.New(a.cfg.Now, flood.Proxies(a.cfg.Proxies)), Now: a.cfg.Now, Log: a.cfg.Log})
	if err != nil {
		return err
	}
	a.queue.Every("look_at_door", time.Minute, a.lookAtDoor)
	return a.lookAtDoor(ctx)
}

func (a *App) lookAtDoor(ctx context.Context) error {
	open, err := a.Membership.DoorOpen(ctx)
	if err == nil {
		a.ajar.Store(open)
	}
	return err
}

// doorPath is the door's address as the hub's actor document shows it, "" while it is shut.
func (a *App) doorPath() string {
	if !a.ajar.Load() {
		return ""
	}
	return a.cfg.BaseURL + doorway.Path
}

// SetDoor opens or shuts the door, and shows it so at once.
func (a *App) SetDoor(ctx context.Context, who clinic.Actor, open bool) error {
	if err := a.Membership.SetDoor(ctx, who, open); err != nil {
		return err
	}
	return a.lookAtDoor(ctx)
}

// doorOf is the register with a door that is shown as it is set, at once.
type doorOf struct {
	*membership.Service
	app *App
}

func (d doorOf) SetDoor(ctx context.Context, who clinic.Actor, open bool) error {
	return d.app.SetDoor(ctx, who, open)
}
