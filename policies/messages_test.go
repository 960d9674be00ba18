package policies

import (
	"testing"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/opaque"
)

func envelope(typ, to string) object {
	return object{"@context": "https://www.w3.org/ns/activitystreams", "id": "https://north.example/ap/act/" + opaque.ID(), "type": typ, "actor": self,
		"to": to, "published": "2026-11-25T05:00:00Z", "sequence": 1}
}

func with(o object, more object) object {
	for k, v := range more {
		o[k] = v
	}
	return o
}

// TestMessages: what each kind of activity may carry, and that a word more stops it.
func TestMessages(t *testing.T) {
	theirOffer := "https://labour.example/ap/ref/" + opaque.ID()
	mine := "https://north.example/ap/eng/" + opaque.ID()
	key := "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA\n-----END PUBLIC KEY-----\n"
	members := federation.Members{Version: 12, Updated: "2026-11-25T05:10:00Z", Items: []federation.Member{
		{Actor: fullPeer, Name: "มูลนิธิแรงงาน", Inbox: fullPeer + "/inbox", KeyID: fullPeer + "#main-key", PublicKeyPEM: key, Tier: "full", State: "active", Services: []string{"dna"}},
		{Actor: newPeer, Name: "คลินิก", Inbox: newPeer + "/inbox", KeyID: newPeer + "#main-key", PublicKeyPEM: key, Tier: "provisional", State: "active"},
	}}
	line := func(m federation.Member) object {
		return object{"type": "Organization", "id": m.Actor, "name": m.Name, "inbox": m.Inbox, "tier": m.Tier, "state": m.State,
			"publicKey": object{"id": m.KeyID, "owner": m.Actor, "publicKeyPem": m.PublicKeyPEM}}
	}
	digest := "SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
	engagement := object{"type": []any{"Article", "Engagement"}, "id": mine, "attributedTo": self, "to": fullPeer, "referral": theirOffer, "revision": 1,
		"state": "completed", "outcomes": []any{"birth_certificate"}, "month": "2026-11"}
	for name, c := range map[string]struct {
		purpose, peer string
		facts         Facts
		body          object
	}{
		"accept": {Feedback, fullPeer, Facts{"engagement/state": {"completed"}, "engagement/outcomes": {"birth_certificate"}, "engagement/month": {"2026-11-12"}},
			with(envelope("Accept", fullPeer), object{"object": theirOffer, "result": engagement})},
		"progress": {Feedback, fullPeer, Facts{"engagement/state": {"completed"}, "engagement/outcomes": {"birth_certificate"}, "engagement/month": {"2026-11"}},
			with(envelope("Update", fullPeer), object{"object": engagement})},
		"arrived":     {Protocol, fullPeer, Facts{"activity/digest": {digest}}, with(envelope("Read", fullPeer), object{"object": theirOffer, "digest": digest})},
		"declined":    {Protocol, fullPeer, Facts{"activity/reason": {"capacity"}}, with(envelope("Reject", fullPeer), object{"object": theirOffer, "reasonCode": "capacity"})},
		"illegal":     {Protocol, fullPeer, Facts{"activity/reason": {"illegal_transition"}}, with(envelope("Reject", fullPeer), object{"object": theirOffer, "reasonCode": "illegal_transition"})},
		"redirected":  {Protocol, fullPeer, Facts{"activity/reason": {"better_elsewhere"}, "activity/suggested": {newPeer}}, with(envelope("Reject", fullPeer), object{"object": theirOffer, "reasonCode": "better_elsewhere", "suggestedTarget": newPeer})},
		"withdrawn":   {Protocol, fullPeer, Facts{"activity/reason": {"expired"}}, with(envelope("Undo", fullPeer), object{"object": "https://north.example/ap/ref/" + opaque.ID(), "reasonCode": "expired"})},
		"closed":      {Protocol, fullPeer, Facts{"activity/confirmed": {"yes"}}, with(envelope("Accept", fullPeer), object{"object": theirOffer, "confirmed": "yes"})},
		"considering": {Protocol, fullPeer, Facts{"activity/expected": {"2027-01"}}, with(envelope("TentativeAccept", fullPeer), object{"object": theirOffer, "expected": "2027-01"})},
		"join":        {Membership, hubPeer, nil, with(envelope("Join", hubPeer), object{"object": hubPeer})},
		"invite":      {Membership, candidate, nil, with(envelope("Invite", candidate), object{"object": self})},
		"joined": {Membership, candidate, Facts{"membership/tier": {"full"}}, with(envelope("Accept", candidate), object{"object": "https://candidate.example/ap/act/" + opaque.ID(),
			"result": object{"type": []any{"Relationship", "Membership"}, "id": "https://north.example/ap/membership/" + opaque.ID(), "subject": candidate, "object": self, "relationship": "https://saphan.network/ns/v1#member", "tier": "full"}})},
		"members": {Membership, observer, MembersFacts(members), with(envelope("Update", observer), object{"object": object{"type": "OrderedCollection", "id": "https://north.example/ap/members", "network": self,
			"version": 12, "updated": "2026-11-25T05:10:00Z", "totalItems": 2, "orderedItems": []any{line(members.Items[0]), line(members.Items[1])}}})},
	} {
		t.Run(name, func(t *testing.T) {
			w := open(t)
			d := decide(t, w, Request{Peer: c.peer, Purpose: c.purpose, Facts: c.facts})
			if !d.Allowed {
				t.Fatalf("refused: %s %+v", d.Why, d.Fields)
			}
			if _, err := w.gate.Clear(t.Context(), d, bytesOf(t, c.body)); err != nil {
				t.Errorf("refused: %v %v", err, fault.As(err).Args)
			}
			for key, extra := range map[string]any{"summary": "x", "content": "capacity", "name": "นาแล", "reasonCode": "safety", "digest": "x", "object": "https://labour.example/cases/77", "sequence": "7"} {
				if _, err := w.gate.Clear(t.Context(), d, bytesOf(t, with(with(object{}, c.body), object{key: extra}))); !fault.Is(err, fault.Denied) {
					t.Errorf("with another %s it is cleared", key)
				}
			}
		})
	}
}

// TestFeedbackStays: free words instead of codes never leave as feedback.
func TestFeedbackStays(t *testing.T) {
	w := open(t)
	for path, raw := range map[string]string{"engagement/reason": "ย้ายไปบ้านลุงที่แม่สาย", "engagement/step": "followed up", "engagement/month": "2026",
		"engagement/next_update": "1990-05-02", "referral/narrative": "x"} {
		d := decide(t, w, Request{Peer: fullPeer, Purpose: Feedback, Facts: Facts{"engagement/state": {"failed"}, path: {raw}}})
		if !d.Allowed || d.Values(path) != nil || why(d, path) == "" {
			t.Errorf("%s: %+v", path, d)
		}
	}
	nothing(t, decide(t, w, Request{Peer: hubPeer, Purpose: Feedback, Facts: Facts{"engagement/state": {"completed"}}}))
	nothing(t, decide(t, w, Request{Peer: observer, Purpose: Feedback, Facts: Facts{"engagement/state": {"completed"}}}))
}
