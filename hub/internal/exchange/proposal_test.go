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
	h.admit(n, tier)
	h.settle()
	return n
}

// admit makes an applicant a member, with two people where one does not do.
func (h *hub) admit(n *node, tier string) {
	h.t.Helper()
	if tier != "full" {
		h.ok(h.service.Accept(context.Background(), secretary, n.actor, tier))
		return
	}
	h.both(n, membership.AdmitFull, "")
}

// both is what the secretary proposes and the deputy confirms.
func (h *hub) both(n *node, act membership.Act, reason string) {
	h.t.Helper()
	h.ok(h.service.Propose(context.Background(), secretary, n.actor, act, reason))
	h.ok(h.service.Confirm(context.Background(), deputy, n.actor, act, reason))
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
		refused("confirmed what nobody proposed", h.service.Confirm(ctx, deputy, a.actor, membership.MakeFull, ""), fault.Conflict)
		refused("dropped what nobody proposed", h.service.DropProposal(ctx, deputy, a.actor), fault.Conflict)
		refused("proposed a full member", h.service.Propose(ctx, secretary, b.actor, membership.MakeFull, ""), fault.Conflict)
		refused("proposed an applicant", h.service.Propose(ctx, secretary, c.actor, membership.MakeFull, ""), fault.Conflict)
		refused("proposed a stranger", h.service.Propose(ctx, secretary, "https://x.example/ap/org", membership.MakeFull, ""), fault.NotFound)
		for _, who := range []clinic.Actor{admin, gone, {}} {
			if h.service.Propose(ctx, who, a.actor, membership.MakeFull, "") == nil {
				t.Errorf("%v proposes", who)
			}
		}
		h.ok(h.service.Propose(ctx, secretary, a.actor, membership.MakeFull, ""))
		refused("proposed twice", h.service.Propose(ctx, deputy, a.actor, membership.MakeFull, ""), fault.Conflict)
		refused("confirmed one's own proposal", h.service.Confirm(ctx, secretary, a.actor, membership.MakeFull, ""), fault.Conflict)
		for _, who := range []clinic.Actor{admin, gone, {}} {
			if h.service.Confirm(ctx, who, a.actor, membership.MakeFull, "") == nil || h.service.DropProposal(ctx, who, a.actor) == nil {
				t.Errorf("%v decides", who)
			}
		}
		h.ok(h.says(a, federation.Join)) // asking again is no way up
		m, _, v := h.record(a)
		if m.Tier != "provisional" || m.Proposal.By != "u1" || v != version {
			t.Fatalf("%s, proposed by %q, list %d then %d", m.Tier, m.Proposal.By, version, v)
		}
		h.ok(h.service.Suspend(ctx, secretary, a.actor, "breach"))
		refused("confirmed while suspended", h.service.Confirm(ctx, deputy, a.actor, membership.MakeFull, ""), fault.Conflict)
		h.ok(h.service.Reactivate(ctx, secretary, a.actor))
		refused("confirmed what was proposed before the suspension", h.service.Confirm(ctx, deputy, a.actor, membership.MakeFull, ""), fault.Conflict)
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
		h.ok(h.service.Propose(ctx, secretary, a.actor, membership.MakeFull, ""))
		h.ok(h.service.DropProposal(ctx, secretary, a.actor))
		h.ok(h.service.Propose(ctx, deputy, a.actor, membership.MakeFull, ""))
		h.ok(h.service.Confirm(ctx, secretary, a.actor, membership.MakeFull, ""))
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
		for i, want := range []membership.Event{{Kind: "full", By: "u1", Note: "full"}, {Kind: "proposed_full", By: "u9"}, {Kind: "dropped", By: "u1"}, {Kind: "proposed_full", By: "u1"}} {
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

// Who is sent away, who is let in as a full member at once and who comes back after it
// was sent away: each takes two, who have seen the same.
func TestNobodyExpelsOrAdmitsOrReadmitsAlone(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		ctx := context.Background()
		a := h.node("alpha")
		refused := func(what string, err error, kind fault.Kind) {
			t.Helper()
			if !fault.Is(err, kind) {
				t.Errorf("%s: %v", what, err)
			}
		}
		h.ok(h.service.Invite(ctx, secretary, a.actor))
		refused("admitted who has not asked", h.service.Propose(ctx, secretary, a.actor, membership.AdmitFull, ""), fault.Conflict)
		h.ok(h.says(a, federation.Join))
		refused("a full member by one", h.service.Accept(ctx, secretary, a.actor, "full"), fault.Invalid)
		refused("an act of no list", h.service.Propose(ctx, secretary, a.actor, "promote", ""), fault.Invalid)
		refused("nothing", h.service.Confirm(ctx, deputy, a.actor, "", ""), fault.Invalid)
		h.ok(h.service.Propose(ctx, secretary, a.actor, membership.AdmitFull, ""))
		refused("one's own", h.service.Confirm(ctx, secretary, a.actor, membership.AdmitFull, ""), fault.Conflict)
		refused("another act", h.service.Confirm(ctx, deputy, a.actor, membership.MakeFull, ""), fault.Conflict)
		h.ok(h.service.Consider(ctx, deputy, a.actor)) // it is another application now
		refused("what was proposed before", h.service.Confirm(ctx, deputy, a.actor, membership.AdmitFull, ""), fault.Conflict)
		h.both(a, membership.AdmitFull, "")
		h.settle()
		if m, ev, v := h.record(a); m.Tier != "full" || !m.Until.IsZero() || v != 1 || ev[0].Kind != "active" || ev[0].By != "u9" || ev[1].Kind != "proposed_admit" || ev[1].By != "u1" {
			t.Fatalf("%+v, list %d, %+v", m, v, ev)
		}

		refused("expelled for no reason", h.service.Propose(ctx, secretary, a.actor, membership.Expel, ""), fault.Invalid)
		refused("expelled in own words", h.service.Propose(ctx, secretary, a.actor, membership.Expel, "because"), fault.Invalid)
		refused("let back who is here", h.service.Propose(ctx, secretary, a.actor, membership.Readmit, ""), fault.Conflict)
		h.ok(h.service.Propose(ctx, secretary, a.actor, membership.Expel, "breach"))
		refused("for another reason", h.service.Confirm(ctx, deputy, a.actor, membership.Expel, "decision"), fault.Conflict)
		refused("expelled by one", h.service.Confirm(ctx, secretary, a.actor, membership.Expel, "breach"), fault.Conflict)
		h.ok(h.service.DropProposal(ctx, secretary, a.actor))
		refused("what was taken back", h.service.Confirm(ctx, deputy, a.actor, membership.Expel, "breach"), fault.Conflict)
		if h.state(a) != membership.Active {
			t.Fatalf("it is %s", h.state(a))
		}
		h.both(a, membership.Expel, "breach")
		h.settle()
		if l := a.last(); l.Type != federation.Reject || l.Reason != "breach" {
			t.Fatalf("expelled: %+v", l)
		}

		refused("invited by one", h.service.Invite(ctx, secretary, a.actor), fault.Conflict)
		refused("joins unasked", h.says(a, federation.Join), fault.Forbidden)
		h.ok(h.service.Propose(ctx, secretary, a.actor, membership.Readmit, ""))
		refused("invited by one all the same", h.service.Invite(ctx, secretary, a.actor), fault.Conflict)
		refused("let back by one", h.service.Confirm(ctx, secretary, a.actor, membership.Readmit, ""), fault.Conflict)
		h.ok(h.service.Confirm(ctx, deputy, a.actor, membership.Readmit, ""))
		h.settle()
		if a.last().Type != federation.Invite || h.state(a) != membership.Invited {
			t.Fatalf("let back: %s, told %+v", h.state(a), a.last())
		}
		h.ok(h.says(a, federation.Join))
		h.ok(h.service.Accept(ctx, secretary, a.actor, "provisional"))
	})
}

// Two confirm in the same moment: it happens once.
func TestConfirmedTwiceAtOnce(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		ctx := context.Background()
		a := h.admitted("alpha", "provisional")
		third := clinic.Actor{UserID: "u8", Roles: []string{"secretary"}, Active: true}
		_, _, before := h.record(a)
		h.ok(h.service.Propose(ctx, secretary, a.actor, membership.MakeFull, ""))
		errs := make(chan error, 2)
		for _, who := range []clinic.Actor{deputy, third} {
			go func() { errs <- h.service.Confirm(ctx, who, a.actor, membership.MakeFull, "") }()
		}
		one, other := <-errs, <-errs
		if (one == nil) == (other == nil) || (one != nil && !fault.Is(one, fault.Conflict)) || (other != nil && !fault.Is(other, fault.Conflict)) {
			t.Errorf("confirmed at once: %v and %v", one, other)
		}
		if m, _, v := h.record(a); m.Tier != "full" || v != before+1 {
			t.Errorf("%s, list %d then %d", m.Tier, before, v)
		}
	})
}
