package exchange

import (
	"context"
	"crypto/ed25519"
	"errors"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/federation/proof"
	"github.com/saphan-network/saphan/node/clinic/directory"
)

// hubKeys believes a members list or refuses it, and follows what it says of the
// hub's own keys:
//
//   - once an Ed25519 key of the hub is pinned, every list must be proved by it, or by
//     the one before it while that holds;
//   - a hub that we have pinned without one, because it or we were older, tells us of
//     it once, in a list that its pinned RSA key has signed;
//   - another RSA key than the pinned one is the hub's next only if the list names the
//     pinned one as the one before it.
func (m Membership) hubKeys(ctx context.Context, l federation.Members, doc []byte) error {
	hub, err := m.Mail.Peer(ctx, l.Network)
	if fault.Is(err, fault.NotFound) || err == nil && hub.Role != mailbox.RoleHub {
		return fault.New(fault.Forbidden, "error.network.not_the_hub")
	}
	if err != nil {
		return err
	}
	if err := m.proved(hub, l, doc); err != nil {
		return err
	}
	if l.Key.ID == "" { // a hub that shows no keys has changed none
		return nil
	}
	old, err := m.before(hub, l)
	if err != nil {
		return err
	}
	next := hub
	next.KeyID, next.PublicKeyPEM, next.Assertion, next.OldKey = l.Key.ID, l.Key.PEM, l.Key.Assertion, old
	if next.KeyID == hub.KeyID && next.Assertion == hub.Assertion && next.OldKey == hub.OldKey {
		return nil
	}
	if err := m.Mail.SavePeer(ctx, next); err != nil {
		return err
	}
	return m.Directory.WasRekeyed(ctx, hub.Actor, directory.Card{Actor: next.Actor, Name: next.Name, Inbox: next.Inbox, KeyID: next.KeyID,
		PublicKeyPEM: next.PublicKeyPEM, AssertionID: next.Assertion.ID, Assertion: next.Assertion.Multibase})
}

// proved refuses a list that no key of the hub's proves.
func (m Membership) proved(hub mailbox.Peer, l federation.Members, doc []byte) error {
	pinned := []federation.Multikey{hub.Assertion}
	if !hub.OldKey.Ended(m.Now()) {
		pinned = append(pinned, hub.OldKey.Assertion)
	}
	if hub.Assertion.ID == "" {
		if l.Key.Assertion.ID == "" { // an earlier version's, which its RSA key alone vouches for
			return nil
		}
		pinned = []federation.Multikey{l.Key.Assertion, l.OldKey.Assertion}
	}
	keys := map[string]ed25519.PublicKey{}
	for _, k := range pinned {
		if k.ID == "" {
			continue
		}
		key, err := proof.Assertion(k.Multibase)
		if err != nil {
			return unproved("key")
		}
		keys[k.ID] = key
	}
	if _, err := proof.Verify(doc, proof.Expect{Keys: keys, Now: m.Now()}); err != nil {
		if proof.Reason(err) == "method" {
			return errStrange
		}
		return unproved(proof.Reason(err))
	}
	return nil
}

// before is the key of the hub before the one on the list, as we are to know it.
func (m Membership) before(hub mailbox.Peer, l federation.Members) (federation.PublicKey, error) {
	same := l.Key.ID == hub.KeyID
	switch {
	case same && l.Key.PEM != hub.PublicKeyPEM,
		same && hub.Assertion.ID != "" && l.Key.Assertion != hub.Assertion:
		return federation.PublicKey{}, unproved("key") // a key keeps its name
	case same || l.OldKey.ID == hub.KeyID && l.OldKey.PEM == hub.PublicKeyPEM:
		return l.OldKey, nil
	}
	return federation.PublicKey{}, unproved("key")
}

// errStrange says that a list is proved by a key that is not pinned.
var errStrange = errors.New("exchange: a list is proved by an unknown key")

func unproved(why string) error {
	return fault.New(fault.Forbidden, "error.members.unproved").With("why", why)
}
