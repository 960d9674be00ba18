// Package exchange is where the hub's domain meets the wire: it builds what the
// hub sends from the register, and carries out what comes in.
package exchange

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/dispatch"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/federation/proof"
	"github.com/saphan-network/saphan/hub/network/membership"
	"github.com/saphan-network/saphan/policies"
)

// Discoverer fetches the actor document of a server that is no peer yet.
type Discoverer interface {
	Discover(ctx context.Context, actor string) (federation.Actor, error)
}

// Wire speaks for the register of members. It implements membership.Wire.
type Wire struct {
	Office   *dispatch.Office
	Discover Discoverer
	Mail     *mailbox.Store
	Prover   Prover
}

// Prover knows the hub's own keys and proves documents with them; *station.Station
// is one.
type Prover interface {
	// ListKeys are the keys that the members list shows as the hub's own: the present
	// one, and the one before as long as it holds.
	ListKeys(ctx context.Context) (now, old federation.PublicKey, err error)
	Prove(doc []byte, created time.Time) ([]byte, error)
}

// Look fetches an organisation's card.
func (w *Wire) Look(ctx context.Context, actor string) (membership.Card, error) {
	a, err := w.Discover.Discover(ctx, actor)
	if err != nil {
		return membership.Card{}, err
	}
	if a.Type != "Organization" || a.ID == w.Office.Self {
		return membership.Card{}, fault.New(fault.Invalid, "error.membership.no_node")
	}
	c := membership.Card{Actor: a.ID, Name: a.Name, Inbox: a.Inbox, KeyID: a.KeyID, PublicKeyPEM: a.PublicKeyPEM}
	if _, err := proof.Assertion(a.Assertion.Multibase); err == nil {
		c.AssertionID, c.Assertion = a.Assertion.ID, a.Assertion.Multibase
	}
	return c, nil
}

// Pin takes down the organisation's key. Who is not on the list is a candidate:
// the gate lets nothing but words about membership go to it.
func (w *Wire) Pin(ctx context.Context, m membership.Member) error {
	p := mailbox.Peer{Member: line(m), Role: mailbox.RoleCandidate}
	p.State = ""
	switch {
	case m.State.Listed():
		p.Role, p.State = mailbox.RoleMember, string(m.State)
	case m.State == membership.Left || m.State == membership.Expelled || m.State == membership.Declined:
		p.State = mailbox.StateParted
	}
	return w.Mail.SavePeer(ctx, p)
}

// Invite asks an organisation to join.
func (w *Wire) Invite(ctx context.Context, m membership.Member) error {
	return w.say(ctx, m.Actor, nil, federation.Activity{Type: federation.Invite, Object: w.Office.Self})
}

// Considered tells an organisation that its application is under review.
func (w *Wire) Considered(ctx context.Context, m membership.Member) error {
	return w.say(ctx, m.Actor, nil, federation.Activity{Type: federation.TentativeAccept, Object: m.Join})
}

// Accepted tells an organisation that it is a member.
func (w *Wire) Accepted(ctx context.Context, m membership.Member) error {
	return w.say(ctx, m.Actor, policies.Facts{"membership/tier": {m.Tier}}, federation.Activity{Type: federation.Accept, Object: m.Join,
		Membership: &federation.Membership{ID: w.Office.Base + "/ap/membership/" + m.Paper, Member: m.Actor, Network: w.Office.Self, Tier: m.Tier}})
}

// Rejected tells an organisation that its application, or its membership, has ended.
func (w *Wire) Rejected(ctx context.Context, m membership.Member) error {
	if m.Join == "" {
		return nil // it never asked
	}
	return w.say(ctx, m.Actor, policies.Facts{"activity/reason": {m.Reason}}, federation.Activity{Type: federation.Reject, Object: m.Join, Reason: m.Reason})
}

// Publish sends the list to every active member and to the member that it is
// about, always in the same order, so that two lists in the making cannot wait
// for each other.
func (w *Wire) Publish(ctx context.Context, l membership.List, about string) error {
	members := slices.Clone(l.Members)
	slices.SortFunc(members, func(a, b membership.Member) int { return strings.Compare(a.Actor, b.Actor) })
	wire, err := w.List(ctx, l)
	if err != nil {
		return err
	}
	for _, m := range members {
		if m.State != membership.Active && m.Actor != about {
			continue
		}
		if err := w.say(ctx, m.Actor, policies.MembersFacts(wire), federation.Activity{Type: federation.Update, Members: &wire}); err != nil {
			return err
		}
	}
	return nil
}

func (w *Wire) say(ctx context.Context, to string, facts policies.Facts, a federation.Activity) error {
	all := policies.Facts{"membership/message": {string(a.Type)}}
	for k, v := range facts {
		all[k] = v
	}
	_, err := w.Office.Send(ctx, to, policies.Membership, w.Office.Self, all, a)
	return err
}

// List is the members list as nodes get it, with the hub's keys and its proof. The
// same list and key give the same bytes.
func (w *Wire) List(ctx context.Context, l membership.List) (federation.Members, error) {
	at := l.Updated.UTC().Truncate(time.Second)
	m := federation.Members{ID: w.Office.Base + "/ap/members", Network: w.Office.Self, Version: l.Version, Updated: at.Format(time.RFC3339)}
	for _, one := range l.Members {
		m.Items = append(m.Items, line(one))
	}
	var err error
	if m.Key, m.OldKey, err = w.Prover.ListKeys(ctx); err != nil {
		return m, err
	}
	doc, err := gofed.EncodeMembers(m)
	if err != nil {
		return m, err
	}
	if doc, err = w.Prover.Prove(doc, at); err != nil {
		return m, err
	}
	p, err := proof.Of(doc)
	m.Proof = federation.Proof{Method: p.Method, Created: p.Created.Format(time.RFC3339), Value: p.Value}
	return m, err
}

func line(m membership.Member) federation.Member {
	out := federation.Member{Actor: m.Actor, Name: m.Name, Inbox: m.Inbox, KeyID: m.KeyID, PublicKeyPEM: m.PublicKeyPEM, Tier: m.Tier, State: string(m.State),
		Services: m.Services, Regions: m.Regions, Languages: m.Languages, Capacity: m.Capacity,
		Assertion: federation.Multikey{ID: m.AssertionID, Multibase: m.Assertion}}
	if m.Old.KeyID != "" {
		out.OldKey = federation.PublicKey{ID: m.Old.KeyID, PEM: m.Old.PublicKeyPEM, End: m.Old.End.UTC().Format(time.RFC3339),
			Assertion: federation.Multikey{ID: m.Old.AssertionID, Multibase: m.Old.Assertion}}
	}
	return out
}

// Register is what incoming activities do to the register of members.
type Register interface {
	Joined(ctx context.Context, actor, join string) error
	Gone(ctx context.Context, actor string) error
	Rekeyed(ctx context.Context, actor string, k membership.Key) error
}

// Effects carries out what comes in to the hub, in the transaction that also
// holds the inbox row.
type Effects struct {
	Register Register
	Words    []WordEffect // of words about common work, the first that knows one carries it out
}

// Apply carries out one authenticated activity. What the hub has no use for has
// no effect; what the sender may not ask is a fault.Forbidden.
func (e Effects) Apply(ctx context.Context, a federation.Activity, _ []byte) error {
	if a.Referral != nil || a.Engagement != nil || a.Confirmed != "" || a.Request != nil || a.Package != nil || a.Purge != nil {
		// The hub sees no case: not even the bytes are kept.
		return fault.New(fault.Forbidden, "error.federation.forbidden").With("why", "receiver")
	}
	switch a.Type {
	case federation.Join:
		return e.Register.Joined(ctx, a.Actor, a.ID)
	case federation.Leave:
		return e.Register.Gone(ctx, a.Actor)
	case federation.Update:
		if a.Key != nil {
			return e.rekeyed(ctx, a)
		}
	}
	return nil
}

func (e Effects) rekeyed(ctx context.Context, a federation.Activity) error {
	k := membership.Key{KeyID: a.Key.ID, PublicKeyPEM: a.Key.PEM, AssertionID: a.Key.Assertion.ID, Assertion: a.Key.Assertion.Multibase}
	if k.AssertionID != "" {
		if _, err := proof.Assertion(k.Assertion); err != nil {
			return fault.Wrap(fault.Invalid, "error.membership.key", err)
		}
	}
	return e.Register.Rekeyed(ctx, a.Actor, k)
}
