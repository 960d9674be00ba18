package policies

import "testing"

// Who is suspended is told about its membership and nothing else; and who is
// suspended itself still speaks with the hub.
func TestSuspendedAreToldSo(t *testing.T) {
	w := open(t)
	w.peers[fullPeer] = Peer{Actor: fullPeer, Tier: "full", State: "suspended", Role: "member"}
	for purpose, why := range map[string]string{Membership: "", Referral: "policy.why.suspended", Protocol: "policy.why.suspended", Feedback: "policy.why.suspended"} {
		d := decide(t, w, Request{Peer: fullPeer, Purpose: purpose, Facts: Facts{"membership/message": {"Update"}, "members/state": {"suspended"}}})
		if d.Allowed != (why == "") || d.Why != why {
			t.Errorf("%s: %v %q", purpose, d.Allowed, d.Why)
		}
	}
	w.peers[self] = w.peers[fullPeer]
	if d := decide(t, w, Request{Peer: hubPeer, Purpose: Membership, Facts: Facts{"membership/message": {"Leave"}}}); !d.Allowed {
		t.Errorf("leaving: %s", d.Why)
	}
}
