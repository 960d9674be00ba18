package policies

import (
	"sync"
	"testing"
)

// TestNoAnswerIsRemembered: what changes decides at once, in either direction. casbin's
// own cache goes on allowing what a removed row or a lost role allowed.
func TestNoAnswerIsRemembered(t *testing.T) {
	w := open(t)
	leaves := func(want bool, after string) {
		t.Helper()
		if d := decide(t, w, offer()); (len(d.Values("referral/issues")) > 0) != want {
			t.Errorf("%s: the issue leaves %t", after, !want)
		}
	}
	leaves(true, "at first")
	w.peers[fullPeer] = Peer{Actor: fullPeer, Tier: "observer", State: "active", Role: "member"}
	leaves(false, "made an observer")
	delete(w.peers, fullPeer)
	leaves(false, "expelled")
	w.peers[fullPeer] = Peer{Actor: fullPeer, Tier: "full", State: "active", Role: "member"}
	leaves(true, "back")
	always := good()
	always[5] = "true"
	if err := w.gate.Load([][]string{always}); err != nil {
		t.Fatal(err)
	}
	leaves(false, "a row denies it")
	if err := w.gate.Load(nil); err != nil {
		t.Fatal(err)
	}
	leaves(true, "the row is gone")
	w.gate.live.Store(nil)
	leaves(false, "no rules")
}

// TestNothingStandsForNothing: a question without content is answered no, with and
// without rules. casbin allows three empty strings where there is no rule at all.
func TestNothingStandsForNothing(t *testing.T) {
	w := open(t)
	for _, empty := range []bool{false, true} {
		if empty {
			w.gate.live.Store(nil)
		}
		for name, q := range map[string]Request{
			"nothing": {}, "a peer alone": {Peer: fullPeer}, "a purpose alone": {Purpose: Referral},
			"no facts":           {Peer: fullPeer, Purpose: Referral, Consent: 3, Openness: 2, Count: many},
			"no fields of names": {Peer: fullPeer, Purpose: Referral, Consent: 3, Openness: 2, Count: many, Facts: Facts{"": {""}}},
		} {
			if d := decide(t, w, q); d.Allowed {
				t.Errorf("%s is allowed (no rules: %t)", name, empty)
			}
		}
	}
	for _, path := range []string{"referral/issues", "referral/subject/place", "referral/subject/sex"} { // the least of every attribute denies
		q := offer()
		q.Consent, q.Openness, q.Adult, q.Reviewed, q.Count = 0, 0, false, false, nil
		if d := decide(t, open(t), q); len(d.Values(path)) > 0 {
			t.Errorf("%s leaves when nothing is known", path)
		}
	}
}

// TestNamesDoNotRunTogether: no peer is taken for another or for a role because parts of
// names, joined, read the same.
func TestNamesDoNotRunTogether(t *testing.T) {
	w := open(t)
	for _, name := range []string{"role:full", "role:member", "class:d", "org:" + fullPeer, fullPeer + " role:full", fullPeer + "$$referral", fullPeer + ",deny", fullPeer + "\n", "", " " + fullPeer, fullPeer + "/", "HTTPS://LABOUR.EXAMPLE/ap/org"} {
		w.peers[name] = Peer{Actor: name, Tier: "full", State: "active", Role: "member"}
		q := offer()
		q.Peer = name
		if d := decide(t, w, q); d.Allowed && name != fullPeer+"/" && name != fullPeer+"$$referral" {
			t.Errorf("%q receives an offer", name)
		}
	}
	one := good()
	one[1], one[5] = "org:"+fullPeer, "true" // a row about one peer is about nobody else
	if err := w.gate.Load([][]string{one}); err != nil {
		t.Fatal(err)
	}
	for peer, want := range map[string]bool{fullPeer: false, fullPeer + "$$referral": true, fullPeer + "/": true} {
		q := offer()
		q.Peer = peer
		if d := decide(t, w, q); (len(d.Values("referral/issues")) > 0) != want {
			t.Errorf("%q: the issue leaves %t", peer, !want)
		}
	}
}

// TestTurningWhileDeciding: rules are exchanged whole while others ask. Every answer is by
// one set of rules or by the other, and none fails.
func TestTurningWhileDeciding(t *testing.T) {
	w := open(t)
	always := good()
	always[5] = "true"
	var loads sync.WaitGroup
	loads.Go(func() {
		for i := range 20 {
			rows := [][]string{always}
			if i%2 == 1 {
				rows = nil
			}
			if err := w.gate.Load(rows); err != nil {
				t.Error(err)
			}
		}
	})
	s, with := w.gate.Snapshot().Hash(), ""
	if other, err := Compile([][]string{always}); err != nil {
		t.Fatal(err)
	} else {
		with = other.Hash()
	}
	for range 50 {
		d := decide(t, w, offer())
		if leaves := len(d.Values("referral/issues")) > 0; d.Policy != s && d.Policy != with || leaves != (d.Policy == s) {
			t.Fatalf("by %s the issue leaves: %t", d.Policy, leaves)
		}
	}
	loads.Wait()
}
