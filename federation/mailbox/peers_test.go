package mailbox_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/mailbox"
)

func member(actor, name string) federation.Member {
	base := strings.TrimSuffix(actor, "/ap/org")
	return federation.Member{Actor: actor, Name: name, Inbox: base + "/inbox", KeyID: actor + "#main-key",
		PublicKeyPEM: "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n",
		Tier:         "full", State: "active", Services: []string{"doc_drafting"}, Regions: []string{"57"}, Languages: []string{"th"}, Capacity: "open"}
}

func members(version int64, items ...federation.Member) federation.Members {
	return federation.Members{ID: "https://hub.example/ap/members", Network: self, Version: version,
		Updated: time.Date(2026, 11, 25, 5, 0, 0, 0, time.UTC).Format(time.RFC3339), Items: items}
}

func TestMembersList(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ctx := context.Background()
		a, b := member(alpha, "Alpha"), member(beta, "Beta")
		stolen := b
		stolen.KeyID = a.Actor + "#main-key"
		elsewhere := b
		elsewhere.Inbox = "https://elsewhere.example/inbox"
		hub := member(self, "Hub")
		hub.Inbox, hub.KeyID = "https://hub.example/inbox", self+"#main-key"
		for name, m := range map[string]federation.Members{
			"twice": members(1, a, a), "key of another": members(1, a, stolen), "inbox elsewhere": members(1, elsewhere),
			"no version": members(0, a), "the hub itself": members(1, hub),
		} {
			if err := o.store.SaveMembers(ctx, m); err == nil {
				t.Errorf("%s: taken", name)
			}
		}
		want := members(4, b, a)
		o.ok(o.store.SaveMembers(ctx, want))
		o.ok(o.store.SaveMembers(ctx, want))
		got, taken, err := o.store.MembersTaken(ctx)
		if err != nil || !taken.Equal(o.now()) {
			t.Fatalf("taken %v, %v", taken, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
		if err := o.store.SaveMembers(ctx, members(3, a)); !fault.Is(err, fault.Conflict) {
			t.Errorf("an older version: %v", err)
		}
		if err := o.store.SaveMembers(ctx, members(4, a)); !fault.Is(err, fault.Conflict) {
			t.Errorf("another list of the same version: %v", err)
		}
		other := members(9, a)
		other.Network, other.ID = "https://other.example/ap/network", "https://other.example/ap/members"
		if err := o.store.SaveMembers(ctx, other); !fault.Is(err, fault.Forbidden) {
			t.Errorf("another network's list: %v", err)
		}
		o.ok(o.store.SaveMembers(ctx, members(5, a)))
		p, err := o.store.PeerByKey(ctx, b.KeyID)
		if err != nil || p.Role != mailbox.RoleFormer || p.State != "left" {
			t.Errorf("who is no longer listed: %+v, %v", p, err)
		}
		o.ok(o.store.Part(ctx))
		o.ok(o.store.SaveMembers(ctx, members(5, a))) // the same list makes nobody a member again
		if m, err := o.store.Members(ctx); err != nil || len(m.Items) != 0 || m.Version != 5 {
			t.Errorf("after parting: %+v, %v", m, err)
		}
		o.ok(o.store.SaveMembers(ctx, members(6, a)))
		if m, err := o.store.Members(ctx); err != nil || len(m.Items) != 1 {
			t.Errorf("a later list: %+v, %v", m, err)
		}
		if err := o.store.SavePeer(ctx, mailbox.Peer{Member: stolen, Role: mailbox.RoleCandidate}); err == nil {
			t.Error("a key at another origin was pinned")
		}
		gamma := member("https://gamma.example/ap/org", "Gamma")
		o.ok(o.store.SavePeer(ctx, mailbox.Peer{Member: gamma, Role: mailbox.RoleCandidate}))
		o.ok(o.store.Pause(ctx, gamma.Actor, "x"))
		if p, err := o.store.Peer(ctx, gamma.Actor); err != nil || !p.Paused || p.Role != mailbox.RoleCandidate {
			t.Errorf("candidate: %+v, %v", p, err)
		}
		if _, err := o.store.Peer(ctx, "https://nobody.example/ap/org"); !fault.Is(err, fault.NotFound) {
			t.Errorf("a stranger: %v", err)
		}
		if ps, err := o.store.Peers(ctx); err != nil || len(ps) != 3 {
			t.Errorf("%d peers, %v", len(ps), err)
		}
	})
}
