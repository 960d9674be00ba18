package mailbox_test

import (
	"context"
	"testing"

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
		o.ok(o.store.SaveMembers(ctx, members(3, b)))
		if p, err := o.store.Peer(ctx, a.Actor); err != nil || p.Role != mailbox.RoleFormer || p.Scheme != mailbox.SchemeRFC9421 {
			t.Errorf("%+v %v", p, err)
		}
	})
}
