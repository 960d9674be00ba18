package exchange

import (
	"context"
	"errors"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/dispatch"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/federation/proof"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/directory"
	"github.com/saphan-network/saphan/policies"
)

// Discoverer fetches the actor document of a server that is no peer yet.
type Discoverer interface {
	Discover(ctx context.Context, actor string) (federation.Actor, error)
}

// HubWire speaks with the hub. It implements directory.Wire.
type HubWire struct {
	Office   *dispatch.Office
	Discover Discoverer
	Mail     *mailbox.Store
}

// Look fetches a hub's card.
func (w *HubWire) Look(ctx context.Context, hub string) (directory.Card, error) {
	a, err := w.Discover.Discover(ctx, hub)
	if err != nil {
		return directory.Card{}, err
	}
	if a.Type != "Group" {
		return directory.Card{}, fault.New(fault.Invalid, "error.network.no_hub")
	}
	c := directory.Card{Actor: a.ID, Name: a.Name, Inbox: a.Inbox, KeyID: a.KeyID, PublicKeyPEM: a.PublicKeyPEM, Door: a.Door}
	if _, err := proof.Assertion(a.Assertion.Multibase); err == nil {
		c.AssertionID, c.Assertion = a.Assertion.ID, a.Assertion.Multibase
	}
	return c, nil
}

// Pin takes the hub's key down. There is one hub.
func (w *HubWire) Pin(ctx context.Context, c directory.Card) error {
	return w.Mail.SavePeer(ctx, mailbox.Peer{Role: mailbox.RoleHub, Member: federation.Member{
		Actor: c.Actor, Name: c.Name, Inbox: c.Inbox, KeyID: c.KeyID, PublicKeyPEM: c.PublicKeyPEM,
		Assertion: federation.Multikey{ID: c.AssertionID, Multibase: c.Assertion}}})
}

// Join applies for membership.
func (w *HubWire) Join(ctx context.Context, hub string) (string, error) {
	return w.say(ctx, hub, federation.Join)
}

// Leave ends the membership.
func (w *HubWire) Leave(ctx context.Context, hub string) error {
	_, err := w.say(ctx, hub, federation.Leave)
	return err
}

// Part makes the other members former ones.
func (w *HubWire) Part(ctx context.Context) error { return w.Mail.Part(ctx) }

func (w *HubWire) say(ctx context.Context, hub string, t federation.Type) (string, error) {
	return w.Office.Send(ctx, hub, policies.Membership, hub, policies.Facts{"membership/message": {string(t)}}, federation.Activity{Type: t, Object: hub})
}

// MembersList shows the mailbox's copy of the members list to the directory.
type MembersList struct{ Mail *mailbox.Store }

// Members lists all members, ourselves included.
func (l MembersList) Members(ctx context.Context) ([]directory.Entry, directory.Version, error) {
	m, taken, err := l.Mail.MembersTaken(ctx)
	if err != nil {
		return nil, directory.Version{}, err
	}
	out := make([]directory.Entry, 0, len(m.Items))
	for _, it := range m.Items {
		out = append(out, directory.Entry{Actor: it.Actor, Name: it.Name, Tier: it.Tier, State: it.State,
			Services: it.Services, Regions: it.Regions, Languages: it.Languages, Capacity: it.Capacity})
	}
	seen, err := l.Mail.ListSeen(ctx)
	return out, directory.Version{Number: m.Version, Updated: m.Updated, Taken: taken, Seen: seen}, err
}

// Membership carries out what the hub says about this node's membership and
// about the list of members.
type Membership struct {
	Directory *directory.Service
	Mail      *mailbox.Store
	Tx        clinic.Transactor
	Now       func() time.Time
	Fetch     func(ctx context.Context, iri string) ([]byte, error) // with our signature, from a known peer
}

// Register adds its effects: Invite, TentativeAccept, Accept and Reject of our Join, Update of
// the members list. Nobody but the pinned hub can cause one.
func (m Membership) Register(e *Effects) {
	e.Handle(federation.Invite, func(ctx context.Context, a federation.Activity, _ []byte) (bool, error) {
		return true, m.Directory.WasInvited(ctx, a.Actor)
	})
	e.Handle(federation.TentativeAccept, func(ctx context.Context, a federation.Activity, _ []byte) (bool, error) {
		return m.Directory.WasConsidered(ctx, a.Actor, a.Object)
	})
	e.Handle(federation.Accept, func(ctx context.Context, a federation.Activity, _ []byte) (bool, error) {
		if a.Membership == nil {
			return false, nil
		}
		return true, m.Directory.WasAccepted(ctx, a.Actor, a.Object, a.Membership.ID, a.Membership.Tier)
	})
	e.Handle(federation.Reject, func(ctx context.Context, a federation.Activity, _ []byte) (bool, error) {
		return m.Directory.WasRejected(ctx, a.Actor, a.Object, a.Reason)
	})
	e.Handle(federation.Update, func(ctx context.Context, a federation.Activity, raw []byte) (bool, error) {
		if a.Members == nil {
			return false, nil
		}
		return true, m.takeList(ctx, a.Actor, *a.Members, raw)
	})
}

// takeList takes over a members list from the pinned hub; raw is the activity as it came.
// One that is older than ours has been overtaken and has no effect. One that is not
// proved is refused. One that is proved by a key that we have not pinned has no effect
// either, and the operator is told: it has waited since before the hub's key changed,
// or the hub has another key than we believe, and asking it to try again helps nobody.
func (m Membership) takeList(ctx context.Context, from string, l federation.Members, raw []byte) error {
	if is, err := m.Directory.FromHub(ctx, from); err != nil || !is {
		if err == nil {
			err = fault.New(fault.Forbidden, "error.network.not_the_hub")
		}
		return err
	}
	if takes, err := m.Directory.TakesLists(ctx); err != nil || !takes {
		return err
	}
	have, err := m.Mail.Members(ctx)
	if err != nil {
		return err
	}
	if have.Version > l.Version {
		return nil
	}
	doc, err := proof.Property(raw, "object")
	if err != nil {
		return err
	}
	return m.take(ctx, from, l, doc)
}

// take believes a list or not, and takes it over; doc is the list as it came.
func (m Membership) take(ctx context.Context, from string, l federation.Members, doc []byte) error {
	if err := m.hubKeys(ctx, l, doc); errors.Is(err, errStrange) {
		return m.Mail.Note(ctx, from, mailbox.NoteUnproved, l.Proof.Method)
	} else if err != nil {
		return err
	}
	if err := m.Mail.Unnote(ctx, from, mailbox.NoteUnproved); err != nil {
		return err
	}
	return m.Mail.SaveMembers(ctx, l)
}
