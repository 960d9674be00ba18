package exchange_test

import (
	"context"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/federation/sign"
)

func newKeyOf(m *member, id string) *sign.Key {
	m.t.Helper()
	k, err := sign.NewKey(id)
	m.ok(err)
	return k
}

func shown(k *sign.Key) federation.PublicKey {
	return federation.PublicKey{ID: k.ID(), PEM: k.PublicPEM(), Assertion: k.Assertion().Multikey()}
}

func ending(k *sign.Key, end time.Time) federation.PublicKey {
	out := shown(k)
	out.End = end.UTC().Format(time.RFC3339)
	return out
}

// named is a new key under the name that it gives itself.
func named(m *member) *sign.Key {
	m.t.Helper()
	draft := newKeyOf(m, m.hub+"#main-key")
	k, err := sign.ParseKey(m.hub+"#"+federation.KeyName(draft.PublicPEM()), draft.PrivatePEM())
	m.ok(err)
	return k
}

// pins is the hub as the node has it pinned.
func (m *member) pins(k *sign.Key, assertion bool) {
	m.t.Helper()
	p := mailbox.Peer{Role: mailbox.RoleHub, Member: federation.Member{Actor: m.hub, Name: "Hub", Inbox: m.hub[:len(m.hub)-len("/ap/network")] + "/inbox", KeyID: k.ID(), PublicKeyPEM: k.PublicPEM()}}
	if assertion {
		p.Assertion = k.Assertion().Multikey()
	}
	m.ok(m.mail.SavePeer(context.Background(), p))
}

func (m *member) hubPeer() mailbox.Peer {
	m.t.Helper()
	p, err := m.mail.Peer(context.Background(), m.hub)
	m.ok(err)
	return p
}

// update hands in a list that a key proves; with no key it has no proof.
func (m *member) update(by *sign.Key, change func(l *federation.Members)) error {
	l := m.list(m.version() + 1)
	change(l)
	m.prover = by
	if by == nil {
		return m.comesBare(*l)
	}
	return m.comes(m.hub, federation.Activity{Type: federation.Update, Members: l})
}

// told is what the operator is told of the hub's lists.
func (m *member) told() string {
	m.t.Helper()
	notes, err := m.mail.Notes(context.Background(), mailbox.NoteUnproved)
	m.ok(err)
	for _, n := range notes {
		if n.Peer == m.hub {
			return n.Detail
		}
	}
	return ""
}

func (m *member) version() int64 {
	m.t.Helper()
	l, err := m.mail.Members(context.Background())
	m.ok(err)
	return l.Version
}

func TestListsAreProved(t *testing.T) {
	eachMember(t, func(t *testing.T, m *member) {
		m.ok(m.service.Join(context.Background(), contact, m.hub))
		first, other := newKeyOf(m, m.hub+"#main-key"), newKeyOf(m, m.hub+"#main-key")
		m.pins(first, true)
		keys := func(k *sign.Key) func(l *federation.Members) {
			return func(l *federation.Members) { l.Key = shown(k) }
		}
		for name, c := range map[string]struct {
			by     *sign.Key
			change func(l *federation.Members)
		}{
			"no proof":                    {nil, keys(first)},
			"no proof and no keys":        {nil, func(*federation.Members) {}},
			"a proof by another key":      {other, keys(first)},
			"another key, proved by it":   {other, keys(other)},
			"another key, proved by ours": {first, keys(other)},
			"made in the future":          {first, func(l *federation.Members) { l.Key, l.Updated = shown(first), "2026-11-25T09:30:00Z" }},
			"the key without its Ed25519": {first, func(l *federation.Members) { l.Key = shown(first); l.Key.Assertion = federation.Multikey{} }},
			"a third key after one that we never had": {first, func(l *federation.Members) {
				l.Key, l.OldKey = shown(named(m)), ending(named(m), m.clock.Add(time.Hour))
			}},
		} {
			err := m.update(c.by, c.change)
			if c.by == other { // a key that we do not know: kept without effect, and told
				if m.told() != other.AssertionID() {
					t.Errorf("%s: the operator is told %q", name, m.told())
				}
			} else if !fault.Is(err, fault.Forbidden) {
				t.Errorf("%s: %v", name, err)
			}
			if m.version() != 0 {
				t.Errorf("%s: version %d", name, m.version())
			}
		}
		m.ok(m.update(first, keys(first)))
		if m.version() != 1 || m.told() != "" {
			t.Fatalf("version %d, the operator is told %q", m.version(), m.told())
		}
		taken := m.list(1)
		taken.Key, m.prover = shown(first), first
		m.ok(m.comes(m.hub, federation.Activity{Type: federation.Update, Members: taken})) // the same again
		older := m.list(1)
		older.Version, older.Key = 1, shown(other)
		if err := m.comes(m.hub, federation.Activity{Type: federation.Update, Members: older}); err == nil {
			t.Error("another list of the same version was taken")
		}
		if p := m.hubPeer(); p.Assertion != first.Assertion().Multikey() || p.KeyID != first.ID() {
			t.Errorf("%+v", p)
		}
	})
}

// A hub that was pinned without an Ed25519 key tells of it once.
func TestHubKeyIsLearnedOnce(t *testing.T) {
	eachMember(t, func(t *testing.T, m *member) {
		m.ok(m.service.Join(context.Background(), contact, m.hub))
		first := newKeyOf(m, m.hub+"#main-key")
		m.pins(first, false)
		m.ok(m.update(nil, func(*federation.Members) {})) // as earlier versions send it
		if err := m.update(nil, func(l *federation.Members) { l.Key = shown(first) }); !fault.Is(err, fault.Forbidden) {
			t.Errorf("keys without a proof: %v", err)
		}
		m.ok(m.update(first, func(l *federation.Members) { l.Key = shown(first) }))
		if p := m.hubPeer(); p.Assertion != first.Assertion().Multikey() {
			t.Fatalf("not learned: %+v", p)
		}
		st, err := m.service.Standing(context.Background(), contact)
		if m.ok(err); st.Hub.Assertion != first.Assertion().Multibase() {
			t.Error("the page has another fingerprint of the hub")
		}
		other, err := sign.ParseKey(first.ID(), onlyRSA(first))
		m.ok(err)
		other, err = other.Complete()
		m.ok(err)
		m.ok(m.update(other, func(l *federation.Members) { l.Key = shown(other) }))
		if p := m.hubPeer(); p.Assertion != first.Assertion().Multikey() || m.version() != 2 {
			t.Errorf("learned a second time: %+v", p)
		}
	})
}

// onlyRSA is a key as earlier versions wrote it.
func onlyRSA(k *sign.Key) string {
	const end = "-----END PRIVATE KEY-----\n"
	text := k.PrivatePEM()
	for i := range text {
		if len(text)-i >= len(end) && text[i:i+len(end)] == end {
			return text[:i+len(end)]
		}
	}
	return text
}

// The hub's key is changed in a list that the old one proves; both hold until the old
// one ends, and lists by either are taken as long as it does.
func TestHubKeyIsChanged(t *testing.T) {
	eachMember(t, func(t *testing.T, m *member) {
		m.ok(m.service.Join(context.Background(), contact, m.hub))
		old, next := newKeyOf(m, m.hub+"#main-key"), named(m)
		m.pins(old, true)
		end := m.clock.Add(federation.KeyOverlap)
		both := func(l *federation.Members) { l.Key, l.OldKey = shown(next), ending(old, end) }
		m.ok(m.update(next, both))
		if p := m.hubPeer(); p.KeyID != old.ID() || m.version() != 0 || m.told() != next.AssertionID() {
			t.Fatalf("a new key that vouches for itself: %+v", p)
		}
		m.ok(m.update(old, both))
		p := m.hubPeer()
		if p.KeyID != next.ID() || p.OldKey != ending(old, end) {
			t.Fatalf("%+v", p)
		}
		for _, id := range []string{old.ID(), old.AssertionID(), next.ID(), next.AssertionID()} {
			if got, err := m.mail.PeerByKey(context.Background(), id); err != nil || got.Actor != m.hub {
				t.Errorf("%s: %v", id, err)
			}
		}
		m.ok(m.update(old, both)) // before it turns
		m.ok(m.update(next, both))
		m.clock = end
		was := m.version()
		m.ok(m.update(old, both))
		if m.version() != was || m.told() != old.AssertionID() {
			t.Error("a list was taken that a key proves which has ended")
		}
		if _, err := m.mail.PeerByKey(context.Background(), old.ID()); !fault.Is(err, fault.NotFound) {
			t.Errorf("the old key after its end: %v", err)
		}
		m.ok(m.update(next, func(l *federation.Members) { l.Key = shown(next) }))
		if p := m.hubPeer(); p.OldKey.ID != "" || p.KeyID != next.ID() {
			t.Errorf("%+v", p)
		}
	})
}
