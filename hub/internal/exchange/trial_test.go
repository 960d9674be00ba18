package exchange_test

import (
	"context"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/hub/network/membership"
	"github.com/saphan-network/saphan/node/clinic"
)

var deputy = clinic.Actor{UserID: "u9", Roles: []string{"secretary"}, Active: true}

func (h *hub) admitted(name, tier string) *node {
	h.t.Helper()
	n := h.node(name)
	h.ok(h.service.Invite(context.Background(), secretary, n.actor))
	h.ok(h.says(n, federation.Join))
	h.ok(h.service.Accept(context.Background(), secretary, n.actor, tier))
	h.settle()
	return n
}

func (h *hub) record(n *node) (membership.Member, []membership.Event, int64) {
	h.t.Helper()
	m, ev, err := h.service.Show(context.Background(), secretary, n.actor)
	h.ok(err)
	l, err := h.service.Current(context.Background())
	h.ok(err)
	return m, ev, l.Version
}

// What no one person, no bystander and no member can bring about.
func TestNobodyMakesAFullMemberAlone(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		ctx := context.Background()
		a, b, c := h.admitted("alpha", "provisional"), h.admitted("beta", "full"), h.node("gamma")
		h.ok(h.service.Invite(ctx, secretary, c.actor))
		h.ok(h.says(c, federation.Join))
		admin := clinic.Actor{UserID: "u2", Roles: []string{"admin"}, Active: true}
		gone := clinic.Actor{UserID: "u3", Roles: []string{"secretary"}}
		_, _, version := h.record(a)
		refused := func(what string, err error, kind fault.Kind) {
			t.Helper()
			if !fault.Is(err, kind) {
				t.Errorf("%s: %v", what, err)
			}
		}
		refused("confirmed what nobody proposed", h.service.ConfirmFull(ctx, deputy, a.actor), fault.Conflict)
		refused("dropped what nobody proposed", h.service.DropProposal(ctx, deputy, a.actor), fault.Conflict)
		refused("proposed a full member", h.service.ProposeFull(ctx, secretary, b.actor), fault.Conflict)
		refused("proposed an applicant", h.service.ProposeFull(ctx, secretary, c.actor), fault.Conflict)
		refused("proposed a stranger", h.service.ProposeFull(ctx, secretary, "https://x.example/ap/org"), fault.NotFound)
		for _, who := range []clinic.Actor{admin, gone, {}} {
			if h.service.ProposeFull(ctx, who, a.actor) == nil {
				t.Errorf("%v proposes", who)
			}
		}
		h.ok(h.service.ProposeFull(ctx, secretary, a.actor))
		refused("proposed twice", h.service.ProposeFull(ctx, deputy, a.actor), fault.Conflict)
		refused("confirmed one's own proposal", h.service.ConfirmFull(ctx, secretary, a.actor), fault.Conflict)
		for _, who := range []clinic.Actor{admin, gone, {}} {
			if h.service.ConfirmFull(ctx, who, a.actor) == nil || h.service.DropProposal(ctx, who, a.actor) == nil {
				t.Errorf("%v decides", who)
			}
		}
		h.ok(h.says(a, federation.Join)) // asking again is no way up
		m, _, v := h.record(a)
		if m.Tier != "provisional" || m.Proposal.By != "u1" || v != version {
			t.Fatalf("%s, proposed by %q, list %d then %d", m.Tier, m.Proposal.By, version, v)
		}
		h.ok(h.service.Suspend(ctx, secretary, a.actor, "breach"))
		refused("confirmed while suspended", h.service.ConfirmFull(ctx, deputy, a.actor), fault.Conflict)
		h.ok(h.service.Reactivate(ctx, secretary, a.actor))
		refused("confirmed what was proposed before the suspension", h.service.ConfirmFull(ctx, deputy, a.actor), fault.Conflict)
		if now, _, _ := h.record(a); now.Tier != "provisional" || !now.Until.Equal(m.Until) {
			t.Fatalf("after a suspension: %s until %v, before until %v", now.Tier, now.Until, m.Until)
		}
	})
}

func TestFromTrialToFullMember(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		ctx := context.Background()
		a, b := h.admitted("alpha", "provisional"), h.admitted("beta", "full")
		m, _, version := h.record(a)
		if want := time.Date(2027, 5, 25, 5, 30, 0, 0, time.UTC); !m.Until.Equal(want) {
			t.Fatalf("the trial ends %v, not %v", m.Until, want)
		}
		if f, _, _ := h.record(b); !f.Until.IsZero() {
			t.Fatalf("a full member's trial ends %v", f.Until)
		}
		h.ok(h.service.ProposeFull(ctx, secretary, a.actor))
		h.ok(h.service.DropProposal(ctx, secretary, a.actor))
		h.ok(h.service.ProposeFull(ctx, deputy, a.actor))
		h.ok(h.service.ConfirmFull(ctx, secretary, a.actor))
		h.settle()
		m, ev, v := h.record(a)
		if m.Tier != "full" || !m.Until.IsZero() || m.Proposal != (membership.Proposal{}) || v != version+1 {
			t.Fatalf("%+v, list %d then %d", m, version, v)
		}
		for _, n := range []*node{a, b} {
			l := n.last().Members
			if l == nil || l.Version != v || l.Items[0].Actor != a.actor || l.Items[0].Tier != "full" {
				t.Errorf("%s got %+v", n.name, n.last())
			}
		}
		for i, want := range []membership.Event{{Kind: "full", By: "u1", Note: "full"}, {Kind: "proposed", By: "u9"}, {Kind: "dropped", By: "u1"}, {Kind: "proposed", By: "u1"}} {
			if ev[i].Kind != want.Kind || ev[i].By != want.By || ev[i].Note != want.Note {
				t.Errorf("event %d is %+v, not %+v", i, ev[i], want)
			}
		}
		h.ok(h.says(b, federation.Leave))
		h.ok(h.service.Invite(ctx, secretary, b.actor))
		h.ok(h.says(b, federation.Join))
		h.ok(h.service.Accept(ctx, secretary, b.actor, "provisional"))
		if m, _, _ := h.record(b); m.Until.IsZero() {
			t.Error("who comes back on trial has no end of it")
		}
		h.ok(h.says(b, federation.Leave))
		if m, _, _ := h.record(b); !m.Until.IsZero() {
			t.Error("who has left is still on trial")
		}
	})
}
