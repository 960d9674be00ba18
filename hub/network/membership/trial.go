package membership

import (
	"context"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
)

// TrialMonths is for how many months a member is a provisional one, unless two
// people of the secretariat make it a full one before.
const TrialMonths = 6

// provisional and full are the tiers before and after the trial.
const (
	provisional = "provisional"
	full        = "full"
)

// Proposal is one person's wish to make a provisional member a full one, which
// another must confirm. The zero value is none.
type Proposal struct {
	By string // user id
	At time.Time
}

// OnTrial reports whether it is a provisional member, suspended or not.
func (m Member) OnTrial() bool { return m.State.Listed() && m.Tier == provisional }

// ProposeFull takes down that a person wants a provisional member to become a
// full one. Nothing changes for the member until another confirms.
func (s *Service) ProposeFull(ctx context.Context, who clinic.Actor, actor string) error {
	return s.change(ctx, who, "decide", actor, func(_ context.Context, m *Member, _ bool) (string, error) {
		if m.State != Active || m.Tier != provisional || m.Proposal.By != "" {
			return "", illegal(m.State)
		}
		m.Proposal = Proposal{By: who.UserID, At: s.d.Now()}
		return "", nil
	})
}

// ConfirmFull makes a provisional member a full one, as another person has
// proposed; the proposer's own confirmation is refused with fault.Conflict. All
// members get the new list, which tells the member itself too.
func (s *Service) ConfirmFull(ctx context.Context, who clinic.Actor, actor string) error {
	return s.change(ctx, who, "decide", actor, func(ctx context.Context, m *Member, _ bool) (string, error) {
		if m.State != Active || m.Tier != provisional || m.Proposal.By == "" {
			return "", illegal(m.State)
		}
		if m.Proposal.By == who.UserID {
			return "", fault.New(fault.Conflict, "error.membership.second_person")
		}
		m.Tier, m.Until, m.Proposal = full, time.Time{}, Proposal{}
		return full, s.d.Wire.Pin(ctx, *m)
	})
}

// DropProposal takes a proposal back. Any person who may decide can.
func (s *Service) DropProposal(ctx context.Context, who clinic.Actor, actor string) error {
	return s.change(ctx, who, "decide", actor, func(_ context.Context, m *Member, _ bool) (string, error) {
		if m.Proposal.By == "" {
			return "", illegal(m.State)
		}
		m.Proposal = Proposal{}
		return "", nil
	})
}

// settle keeps trial and proposal in step with the state: a proposal was made of
// an organisation as it stood then, and who is off the list is on trial no more.
func (m *Member) settle(now time.Time, before State) {
	if m.State == before {
		return
	}
	m.Since, m.Proposal = now, Proposal{}
	if !m.State.Listed() {
		m.Until = time.Time{}
	}
}
