package network_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/saphan-network/saphan/deploy/network"
	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/node/clinic"
)

// hubStep is what the hub does every minute.
func (x *turning) hubStep() {
	x.t.Helper()
	x.ok(x.hub.Hub.Station.TurnHubKey(x.t.Context(), x.hub.Hub.Membership.Republish))
}

// hubAt is the hub as a node has it pinned.
func (x *turning) hubAt(s *network.Server) mailbox.Peer {
	x.t.Helper()
	p, err := s.Node.Station.Mail.Peer(x.t.Context(), x.hub.Actor)
	return value(x.t, p, err)
}

// changeList has the hub send a new list, without waiting for it to arrive.
func (x *turning) changeList(capacity string) {
	x.t.Helper()
	call(x.t, x.hub).must(303, "secretary", "POST", "/members/describe", pairs("actor", x.labour.Actor, "capacity", capacity))
}

// The hub changes its key while all servers talk and are restarted between the steps:
// nothing is refused, lost or sent twice, lists are proved by a key that is pinned at
// every moment, and in the end the old key is believed by nobody and lies nowhere.
func TestHubKeyRotation(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db string) {
		x := turn(t, db)
		x.hubStep()
		x.talk()
		settle(t, x.n)
		was, wasEd := x.hub.Hub.Station.Key.ID(), x.hub.Hub.Station.Key.AssertionID()
		if p := x.hubAt(x.north); p.KeyID != was || p.Assertion.ID != wasEd {
			t.Fatalf("north has %s and %s of the hub", p.KeyID, p.Assertion.ID)
		}
		x.ok(x.hub.Hub.Station.RotateKey(t.Context()))
		if err := x.hub.Hub.Station.RotateKey(t.Context()); !fault.Is(err, fault.Conflict) {
			t.Errorf("two changes at once: %v", err)
		}
		x.restart() // between the file and the list
		x.changeList("full")
		x.hubStep()
		x.talk()
		settle(t, x.n)
		st, err := x.hub.Hub.Station.KeyState(t.Context())
		if st = value(t, st, err); !st.Listed || x.hub.Hub.Station.Key.ID() != was {
			t.Fatalf("listed %v, signs with %s", st.Listed, x.hub.Hub.Station.Key.ID())
		}
		for _, s := range []*network.Server{x.north, x.labour} {
			if p := x.hubAt(s); p.KeyID != st.Next.ID() || p.OldKey.ID != was || p.OldKey.Assertion.ID != wasEd {
				t.Errorf("%s has %s and %s of the hub", s.Key, p.KeyID, p.OldKey.ID)
			}
		}
		x.pass(federation.KeySettling - time.Hour)
		x.hubStep()
		if x.hub.Hub.Station.Key.ID() != was {
			t.Fatal("the new key signs before all can know it")
		}
		x.changeList("open") // is on its way while the key turns
		x.ahead.Add(int64(2 * time.Hour))
		x.hubStep()
		is := x.hub.Hub.Station.Key.ID()
		if is == was {
			t.Fatal("the new key is not used")
		}
		x.restart()
		x.changeList("full")
		x.whole()
		x.talk()
		x.whole()
		if got := x.sent(x.hub); got[x.hub.Hub.Station.Key.AssertionID()] == 0 || got[wasEd] == 0 {
			t.Errorf("signed with %v", got)
		}
		for _, suffix := range []string{".next", ".spent"} {
			if _, err := os.Stat(filepath.Join(x.o.Dir, x.hub.Key, "actor.pem"+suffix)); err == nil {
				t.Errorf("actor.pem%s is still there", suffix)
			}
		}
		if err := x.hub.Hub.Station.RotateKey(t.Context()); !fault.Is(err, fault.Conflict) {
			t.Errorf("changed again in the overlap: %v", err)
		}
		x.pass(federation.KeyOverlap)
		x.hubStep()
		x.talk()
		x.whole()
		for _, s := range []*network.Server{x.north, x.labour} {
			if p := x.hubAt(s); p.KeyID != is || p.OldKey.ID != "" {
				t.Errorf("%s has %s and %s of the hub", s.Key, p.KeyID, p.OldKey.ID)
			}
			st, err := s.Node.Network.Standing(t.Context(), clinic.System)
			if st = value(t, st, err); st.Hub.Fingerprint() != x.hub.Hub.Station.Fingerprint() {
				t.Errorf("%s shows another fingerprint of the hub", s.Key)
			}
		}
		x.ok(x.hub.Hub.Station.RotateKey(t.Context())) // and again
		x.hubStep()
		x.whole()
		x.pass(federation.KeySettling + time.Hour)
		x.hubStep()
		x.talk()
		x.whole()
		if x.hub.Hub.Station.Key.ID() == is {
			t.Error("not changed a second time")
		}
	})
}

// A node that was away for the whole overlap does not believe the hub any more, nor
// the hub's new key by itself. Its operator compares the fingerprint and joins again,
// and the network is whole.
func TestAwayWhileTheHubKeyChanged(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db string) {
		x := turn(t, db)
		x.hubStep()
		settle(t, x.n)
		was := x.hub.Hub.Station.Key.ID()
		call(t, x.hub).must(303, "admin", "POST", "/peers/pause", pairs("peer", x.north.Actor, "reason", "maintenance"))
		x.ok(x.hub.Hub.Station.RotateKey(t.Context()))
		x.hubStep()
		x.pass(federation.KeySettling + time.Hour)
		x.hubStep()
		x.pass(federation.KeyOverlap)
		x.hubStep()
		call(t, x.hub).must(303, "admin", "POST", "/peers/resume", pairs("peer", x.north.Actor))
		settle(t, x.n)
		if p := x.hubAt(x.north); p.KeyID != was {
			t.Fatalf("north has believed the hub's new key: %s", p.KeyID)
		}
		if p := x.hubAt(x.labour); p.KeyID != x.hub.Hub.Station.Key.ID() {
			t.Fatalf("labour has %s", p.KeyID)
		}
		n := x.north.Node.Network
		card, err := n.Look(t.Context(), clinic.System, x.hub.Actor)
		if card = value(t, card, err); card.Fingerprint() != x.hub.Hub.Station.Fingerprint() {
			t.Fatal("what is compared is another fingerprint")
		}
		if err := n.JoinShown(t.Context(), clinic.System, x.hub.Actor, "0000"); !fault.Is(err, fault.Conflict) {
			t.Errorf("joined with another fingerprint: %v", err)
		}
		x.ok(n.JoinShown(t.Context(), clinic.System, x.hub.Actor, card.Fingerprint()))
		settle(t, x.n)
		x.pass(24 * time.Hour) // what the hub still has for north is sent again
		x.whole()
		x.talk()
		x.whole()
		have, err := x.north.Node.Station.Mail.Members(t.Context())
		theirs, err2 := x.labour.Node.Station.Mail.Members(t.Context())
		if value(t, have, err).Version != value(t, theirs, err2).Version {
			t.Errorf("north has version %d, labour %d", have.Version, theirs.Version)
		}
	})
}
