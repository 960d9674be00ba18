package exchange

import (
	"context"
	"strconv"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/mailbox"
)

// How long a list that differs from the hub's is waited for before it is asked for,
// and how long at most between two times that it is asked for.
const (
	firstMend = time.Minute
	lastMend  = 6 * time.Hour
)

// Mend asks the hub for its members list when what it has said of it (FEP-8fcf) does
// not fit our copy, and goes on not to fit. It asks once, and after a failure again,
// each time after twice as long. It runs every so often.
func (m Membership) Mend(ctx context.Context) error {
	notes, err := m.Mail.Notes(ctx, mailbox.NoteDrift)
	if err != nil || len(notes) == 0 {
		return err
	}
	hub, err := m.Mail.Hub(ctx)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, n := range notes {
		tries, err := strconv.Atoi(n.Detail)
		if n.Peer != hub.Actor || err != nil || m.Now().Sub(n.At) < min(firstMend<<min(tries, 10), lastMend) {
			continue
		}
		// Written down before it is done, so that a failure that ends us does not come back at once.
		if err := m.Mail.Note(ctx, hub.Actor, mailbox.NoteDrift, strconv.Itoa(tries+1)); err != nil {
			return err
		}
		return m.ask(ctx, hub)
	}
	return nil
}

// How old the list may become before the hub is asked whether it is still the same,
// and how long at least between two times that it is asked.
const (
	renewAfter = 24 * time.Hour
	renewAgain = 6 * time.Hour
)

// Renew asks a hub that has said nothing of its list for a day whether it is still the
// one that we have. It runs every so often. While the hub is away the list grows old,
// which people are told, and which has a bound (station.Config).
func (m Membership) Renew(ctx context.Context) error {
	seen, err := m.Mail.ListSeen(ctx)
	if err != nil || seen.IsZero() || m.Now().Sub(seen) < renewAfter {
		return err
	}
	hub, err := m.Mail.Hub(ctx)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	notes, err := m.Mail.Notes(ctx, mailbox.NoteRenew)
	if err != nil {
		return err
	}
	for _, n := range notes {
		if n.Peer == hub.Actor && m.Now().Sub(n.At) < renewAgain {
			return nil
		}
	}
	if err := m.Mail.Note(ctx, hub.Actor, mailbox.NoteRenew, ""); err != nil {
		return err
	}
	return m.ask(ctx, hub)
}

// ask gets the list and takes it over, if it is the hub's word.
func (m Membership) ask(ctx context.Context, hub mailbox.Peer) error {
	have, err := m.Mail.Members(ctx)
	if err != nil || have.ID == "" {
		return err
	}
	doc, err := m.Fetch(ctx, have.ID)
	if err != nil {
		return err
	}
	l, err := gofed.DecodeMembers(doc)
	if err != nil {
		return err
	}
	if l.Network != hub.Actor || l.ID != have.ID {
		return unproved("network")
	}
	if l.Version < have.Version {
		return nil
	}
	err = m.Tx.Within(ctx, func(ctx context.Context) error {
		if takes, err := m.Directory.TakesLists(ctx); err != nil || !takes {
			return err
		}
		return m.take(ctx, hub.Actor, l, doc)
	})
	if err != nil {
		return err
	}
	now, err := m.Mail.Members(ctx)
	if err != nil || now.Version < l.Version {
		return err
	}
	if err := m.Mail.ConfirmList(ctx, l.Version); err != nil {
		return err
	}
	return m.Mail.Unnote(ctx, hub.Actor, mailbox.NoteDrift)
}
