package app

import (
	"context"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/node/clinic/meeting"
	"github.com/saphan-network/saphan/node/internal/exchange"
	"github.com/saphan-network/saphan/node/internal/store/meetingstore"
)

// openMeetings makes the service behind meetings, and has it hear what the hub says of
// them.
func (a *App) openMeetings(effects *exchange.Effects) {
	wire := &exchange.Meetings{Office: a.Station.Office, Hub: func(ctx context.Context) (string, error) {
		hub, err := a.Station.Mail.Hub(ctx)
		if fault.Is(err, fault.NotFound) {
			return "", nil
		}
		return hub.Actor, err
	}}
	a.Meetings = meeting.New(meeting.Deps{Store: meetingstore.New(a.db), Wire: wire, Authority: a.may, Tx: a.db, Audit: a.Ledger, Now: a.cfg.Now, NewID: opaque.ID,
		Look: exchange.LookAt})
	effects.HandleWord(wire.Effect(a.Meetings))
}
