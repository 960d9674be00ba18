package app

import (
	"context"

	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/hub/internal/exchange"
	"github.com/saphan-network/saphan/hub/internal/store/meetingstore"
	"github.com/saphan-network/saphan/hub/network/meeting"
	"github.com/saphan-network/saphan/hub/network/membership"
)

// openMeetings makes the service behind meetings, and what speaks with the members
// about them.
func (a *App) openMeetings() *exchange.Meetings {
	wire := &exchange.Meetings{Office: a.Station.Office}
	kept := meetingstore.New(a.db)
	a.Meetings = meeting.New(meeting.Deps{Calendar: kept, Table: kept, Book: kept, Wire: wire, Members: called{a.Membership}, Authority: a.may, Tx: a.db,
		Audit: a.Ledger, Now: a.cfg.Now, NewID: opaque.ID, Telling: telling})
	return wire
}

// called are the members that are called to meetings.
type called struct{ register *membership.Service }

// Members implements meeting.Directory. Who is suspended is not called; who is not a
// full or a provisional member does not count towards the quorum.
func (c called) Members(ctx context.Context) ([]meeting.Member, error) {
	l, err := c.register.Current(ctx)
	if err != nil {
		return nil, err
	}
	var out []meeting.Member
	for _, m := range l.Members {
		if m.State == membership.Active {
			out = append(out, meeting.Member{Actor: m.Actor, Name: m.Name, Counts: m.Tier == "full" || m.Tier == "provisional"})
		}
	}
	return out, nil
}

// Within runs f in one transaction, for tests and the demo, which do what arrives.
func (a *App) Within(ctx context.Context, f func(ctx context.Context) error) error {
	return a.db.Within(ctx, f)
}
