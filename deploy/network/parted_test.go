package network_test

import (
	"testing"

	"github.com/saphan-network/saphan/deploy/network"
	"github.com/saphan-network/saphan/federation/fedtest"
	"github.com/saphan-network/saphan/node/clinic/handover"
)

// Who was sent away, and does not know it yet, erases what was handed over to it: the
// proof is taken, although it comes from no member any more. What else it says is not.
func TestWhoHasPartedProvesItsErasure(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db string) {
		x := &bridge{t: t, tap: &fedtest.Tap{}}
		x.n = start(t, network.Options{Dir: t.TempDir(), Database: db, Wrap: x.tap.Record})
		t.Cleanup(func() { stop(t, x.n) })
		x.north, x.h = x.n.Server("chiangrai"), call(t, x.n.Server("hub"))
		defenders := x.n.Server("defenders")
		all, err := x.north.Node.HandOut.Store.List(t.Context(), handover.Find{States: []handover.State{handover.StateDelivered}})
		if list := value(t, all, err); len(list) != 1 || list[0].Target != defenders.Actor {
			t.Fatalf("%d hand-overs have arrived", len(list))
		}
		out := all[0]
		in, err := defenders.Node.HandIn.Store.Find(t.Context(), handover.Find{Package: out.Package})
		offer := value(t, in, err).OfferID

		x.h.must(303, "admin", "POST", "/peers/pause", pairs("peer", defenders.Actor, "reason", "their_wish"))
		x.both("expel", defenders, "breach")
		lawyer, err := defenders.As(t.Context(), "lawyer")
		if err := defenders.Node.HandIn.Erase(t.Context(), value(t, lawyer, err), offer, "consent_withdrawn"); err != nil {
			t.Fatal(err)
		}
		x.settle()
		got, err := x.north.Node.HandOut.Store.Find(t.Context(), handover.Find{ID: out.ID})
		if value(t, got, err).State != handover.StateErased {
			t.Errorf("the hand-over is %s", got.State)
		}
		for _, kind := range []string{"Accept", "Read", "Update"} {
			if code := x.forge(defenders, x.north, kind, x.north.Actor+"/x"); code != 403 {
				t.Errorf("%s of who was sent away: %d", kind, code)
			}
		}
	})
}
