package site

import (
	"context"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/hub/network/membership"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/web/ginweb"
	"github.com/saphan-network/saphan/web/hubui"
	"github.com/saphan-network/saphan/web/ui"
)

// Proposals is what two people of the secretariat decide together about a member.
type Proposals interface {
	Propose(ctx context.Context, who clinic.Actor, actor string, act membership.Act, reason string) error
	Confirm(ctx context.Context, who clinic.Actor, actor string, act membership.Act, reason string) error
	DropProposal(ctx context.Context, who clinic.Actor, actor string) error
}

// soon is how long before the end of a trial the secretariat is reminded.
const soon = 30 * 24 * time.Hour

// mountProposals adds the routes of the decisions that take two people.
func (m *Members) mountProposals(in gin.IRouter) {
	two := func(do func(ctx context.Context, who clinic.Actor, actor string, act membership.Act, reason string) error) func(c *gin.Context, actor string) error {
		return func(c *gin.Context, a string) error {
			return do(c.Request.Context(), m.actor(c), a, membership.Act(ginweb.Value(c, "act")), ginweb.Value(c, "reason"))
		}
	}
	for what, do := range map[string]func(c *gin.Context, actor string) error{
		"propose": two(m.proposals.Propose), "confirm": two(m.proposals.Confirm),
		"unpropose": func(c *gin.Context, a string) error {
			return m.proposals.DropProposal(c.Request.Context(), m.actor(c), a)
		},
	} {
		in.POST("/"+what, m.app.H(m.do(what, do)))
	}
}

// second tells what waits for a second person, and what the person who looks can do
// or propose. Nobody confirms a proposal of their own.
func (m *Members) second(c *gin.Context, one membership.Member) hubui.Second {
	p := one.Proposal
	if p.By == "" {
		return hubui.Second{CanFull: membership.MakeFull.Allows(one), CanAdmit: membership.AdmitFull.Allows(one),
			CanExpel: membership.Expel.Allows(one) && one.State == membership.Suspended, CanReadmit: membership.Readmit.Allows(one)}
	}
	return hubui.Second{Act: string(p.Act), Reason: p.Reason, By: m.name(c.Request.Context(), p.By), At: p.At,
		CanConfirm: p.By != m.actor(c).UserID && p.Act.Allows(one), CanDrop: true}
}

func (m *Members) trial(one membership.Member) hubui.Trial {
	if !one.OnTrial() {
		return hubui.Trial{}
	}
	return hubui.Trial{On: true, End: one.Until, Over: over(one, m.now())}
}

func over(m membership.Member, now time.Time) bool { return !m.Until.IsZero() && !now.Before(m.Until) }

// secondCard is what waits for the person about a proposal or a trial, if anything.
func secondCard(m membership.Member, userID string, now time.Time) (ui.Card, bool) {
	card := ui.Card{Href: "/members/one?actor=" + url.QueryEscape(m.Actor), Badge: ui.Badge{Text: ui.T("members.home.badge"), Tone: "act"}}
	switch trial := m.State == membership.Active && m.OnTrial(); {
	case m.Proposal.By == userID && userID != "":
		card.Title, card.Text = ui.T("second.home."+string(m.Proposal.Act), "name", m.Name), ui.T("second.home.waits")
		card.Badge = ui.Badge{Text: ui.T("second.home.badge.wait"), Tone: "wait"}
	case m.Proposal.By != "":
		card.Title, card.Text = ui.T("second.home."+string(m.Proposal.Act), "name", m.Name), ui.T("second.home.confirm")
	case trial && over(m, now):
		card.Title, card.Text = ui.T("trial.home.over", "name", m.Name), ui.T("trial.home.decide")
	case trial && !m.Until.IsZero() && m.Until.Sub(now) <= soon:
		card.Title, card.Text = ui.T("trial.home.soon", "name", m.Name), ui.T("trial.home.decide")
	default:
		return ui.Card{}, false
	}
	return card, true
}
