package mailbox_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/mailbox"
)

func TestLearnScheme(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ctx := context.Background()
		a, b := member(alpha, "Alpha"), member(beta, "Beta")
		scheme := func(actor string) string {
			t.Helper()
			p, err := o.store.Peer(ctx, actor)
			o.ok(err)
			return p.Scheme
		}
		o.ok(o.store.SaveMembers(ctx, members(1, a, b)))
		if got := scheme(a.Actor); got != mailbox.SchemeUnknown {
			t.Errorf("a new peer: %q", got)
		}
		o.ok(o.store.LearnScheme(ctx, "https://nobody.example/ap/org", mailbox.SchemeUnknown, mailbox.SchemeRFC9421))
		o.ok(o.store.LearnScheme(ctx, a.Actor, mailbox.SchemeCavage, mailbox.SchemeRFC9421))
		if got := scheme(a.Actor); got != mailbox.SchemeUnknown {
			t.Errorf("learned from what it was not: %q", got)
		}
		o.ok(o.store.LearnScheme(ctx, a.Actor, mailbox.SchemeUnknown, mailbox.SchemeRFC9421))
		o.ok(o.store.SaveMembers(ctx, members(2, b, a)))
		o.ok(o.store.SavePeer(ctx, mailbox.Peer{Member: a, Role: mailbox.RoleMember}))
		if scheme(a.Actor) != mailbox.SchemeRFC9421 || scheme(b.Actor) != mailbox.SchemeUnknown {
			t.Errorf("after another list: %q and %q", scheme(a.Actor), scheme(b.Actor))
		}
		other := federation.Member{Actor: a.Actor, Name: "Another", Inbox: a.Inbox + "/two", KeyID: a.KeyID + "-2", PublicKeyPEM: a.PublicKeyPEM + "\n", Tier: "observer",
			State: "suspended", Services: []string{"dna"}, Regions: []string{"50"}, Languages: []string{"en"}, Capacity: "closed"}
		o.pass(time.Hour)
		o.ok(o.store.SavePeer(ctx, mailbox.Peer{Member: other, Role: mailbox.RoleHub}))
		want := mailbox.Peer{Member: other, Role: mailbox.RoleHub, Pinned: o.now(), Scheme: mailbox.SchemeRFC9421}
		if got, err := o.store.Peer(ctx, a.Actor); err != nil || !cmp.Equal(got, want) {
			t.Errorf("a new pin leaves something: %v %s", err, cmp.Diff(want, got))
		}
		o.ok(o.store.SaveMembers(ctx, members(3, b, a)))
		if all, err := o.store.Members(ctx); err != nil || len(all.Items) != 2 || all.Items[1].Actor != a.Actor {
			t.Errorf("a new list leaves the old order: %+v %v", all.Items, err)
		}
		o.ok(o.store.SaveMembers(ctx, members(4, b)))
		if p, err := o.store.Peer(ctx, a.Actor); err != nil || p.Role != mailbox.RoleFormer || p.Scheme != mailbox.SchemeRFC9421 {
			t.Errorf("%+v %v", p, err)
		}
	})
}
