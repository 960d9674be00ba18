package site

import (
	"context"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/hub/network/membership"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/web/hubui"
	"github.com/saphan-network/saphan/web/ui"
)

// Trials is what two secretaries decide together about a provisional member.
type Trials interface {
	ProposeFull(ctx context.Context, who clinic.Actor, actor string) error
	ConfirmFull(ctx context.Context, who clinic.Actor, actor string) error
	DropProposal(ctx context.Context, who clinic.Actor, actor string) error
}

// soon is how long before the end of a trial the secretariat is reminded.
const soon = 30 * 24 * time.Hour

// mountTrial adds the routes of the decision that takes two people.
func (m *Members) mountTrial(in gin.IRouter) {
	for what, do := range map[string]func(ctx context.Context, who clinic.Actor, actor string) error{
		"propose": m.trials.ProposeFull, "confirm": m.trials.ConfirmFull, "unpropose": m.trials.DropProposal} {
		in.POST("/"+what, m.app.H(m.do(what, func(c *gin.Context, a string) error { return do(c.Request.Context(), m.actor(c), a) })))
	}
}

// trial tells how the trial of a provisional member stands, and what the person
// who looks can do. Nobody confirms a proposal of their own.
func (m *Members) trial(c *gin.Context, one membership.Member) hubui.Trial {
	if !one.OnTrial() {
		return hubui.Trial{}
	}
	active, proposed := one.State == membership.Active, one.Proposal.By != ""
	mine := one.Proposal.By == m.actor(c).UserID
	t := hubui.Trial{On: true, End: one.Until, Over: over(one, m.now()),
		CanPropose: active && !proposed, CanConfirm: active && proposed && !mine, CanDrop: proposed}
	if proposed {
		t.By, t.At = m.name(c.Request.Context(), one.Proposal.By), one.Proposal.At
	}
	return t
}

func over(m membership.Member, now time.Time) bool { return !m.Until.IsZero() && !now.Before(m.Until) }

// trialCard is what waits for the person about a provisional member, if anything.
func trialCard(m membership.Member, userID string, now time.Time) (ui.Card, bool) {
	if m.State != membership.Active || !m.OnTrial() {
		return ui.Card{}, false
	}
	card := ui.Card{Href: "/members/one?actor=" + url.QueryEscape(m.Actor), Badge: ui.Badge{Text: ui.T("members.home.badge"), Tone: "act"}}
	switch {
	case m.Proposal.By == userID:
		card.Title, card.Text = ui.T("trial.home.proposed", "name", m.Name), ui.T("trial.home.waits")
		card.Badge = ui.Badge{Text: ui.T("trial.home.badge.wait"), Tone: "wait"}
	case m.Proposal.By != "":
		card.Title, card.Text = ui.T("trial.home.proposed", "name", m.Name), ui.T("trial.home.confirm")
	case over(m, now):
		card.Title, card.Text = ui.T("trial.home.over", "name", m.Name), ui.T("trial.home.decide")
	case !m.Until.IsZero() && m.Until.Sub(now) <= soon:
		card.Title, card.Text = ui.T("trial.home.soon", "name", m.Name), ui.T("trial.home.decide")
	default:
		return ui.Card{}, false
	}
	return card, true
}
