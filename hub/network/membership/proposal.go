package membership

import (
	"context"
	"slices"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/opaque"
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

// Act is what no one person of the secretariat decides alone (deploy/adr/0018).
type Act string

// The acts. Whoever is a full member is shown what others are not; whoever is sent
// away loses everything at once; whoever was sent away has lost all trust.
const (
	MakeFull  Act = "full"    // an active member of another tier becomes a full one
	AdmitFull Act = "admit"   // an applicant becomes a full member at once, without a trial
	Expel     Act = "expel"   // a membership is ended, with a reason
	Readmit   Act = "readmit" // who was expelled is invited again
)

// Acts lists them.
func Acts() []Act { return []Act{MakeFull, AdmitFull, Expel, Readmit} }

// Allows reports whether the act can be proposed of the organisation as it stands.
func (a Act) Allows(m Member) bool {
	switch a {
	case MakeFull:
		return m.State == Active && m.Tier != full
	case AdmitFull:
		return m.Open() && !m.Uninvited // whose key nobody has compared is a provisional one at first
	case Expel:
		return m.State.Listed()
	case Readmit:
		return m.State == Expelled
	}
	return false
}

// right is the right that the act needs.
func (a Act) right() string {
	if a == Expel {
		return "suspend"
	}
	return "decide"
}

func (a Act) check() error {
	if !slices.Contains(Acts(), a) {
		return fault.New(fault.Invalid, "error.membership.act")
	}
	return nil
}

// Proposal is one person's wish, which another must confirm. The zero value is none.
type Proposal struct {
	Act    Act
	Reason string // vocabulary membership_decline_reason, of Expel
	By     string // user id
	At     time.Time
}

// OnTrial reports whether it is a provisional member, suspended or not.
func (m Member) OnTrial() bool { return m.State.Listed() && m.Tier == provisional }

// Propose takes down what a person wants to be decided. Nothing changes for the
// organisation until another confirms. There is one proposal at a time.
func (s *Service) Propose(ctx context.Context, who clinic.Actor, actor string, act Act, reason string) error {
	return s.change(ctx, who, act.right(), actor, func(_ context.Context, m *Member, _ bool) (string, error) {
		if err := act.check(); err != nil {
			return "", err
		}
		if act == Expel {
			if err := s.reason(reason); err != nil {
				return "", err
			}
		} else {
			reason = ""
		}
		if !act.Allows(*m) || m.Proposal.By != "" {
			return "", illegal(m.State)
		}
		m.Proposal = Proposal{Act: act, Reason: reason, By: who.UserID, At: s.d.Now()}
		return reason, nil
	})
}

// Confirm does what another person has proposed, and what the confirming one has
// seen: another proposal by now is refused with fault.Conflict, and so is the
// proposer's own confirmation. Who is concerned is told, and all members get the
// new list.
func (s *Service) Confirm(ctx context.Context, who clinic.Actor, actor string, act Act, reason string) error {
	return s.change(ctx, who, act.right(), actor, func(ctx context.Context, m *Member, _ bool) (string, error) {
		if err := act.check(); err != nil {
			return "", err
		}
		p := m.Proposal
		switch {
		case p.By == "":
			return "", illegal(m.State)
		case p.Act != act || p.Reason != reason:
			return "", fault.New(fault.Conflict, "error.membership.other_proposal")
		case p.By == who.UserID:
			return "", fault.New(fault.Conflict, "error.membership.second_person")
		case !act.Allows(*m):
			return "", illegal(m.State)
		}
		m.Proposal = Proposal{}
		return s.carryOut(ctx, m, act, reason)
	})
}

func (s *Service) carryOut(ctx context.Context, m *Member, act Act, reason string) (note string, err error) {
	switch act {
	case AdmitFull:
		return s.admit(ctx, m, full)
	case Expel:
		return s.part(ctx, m, Expelled, reason)
	case Readmit:
		m.State, m.Reason = Invited, ""
		if err := s.d.Wire.Pin(ctx, *m); err != nil {
			return "", err
		}
		return "", s.d.Wire.Invite(ctx, *m)
	}
	m.Tier, m.Until = full, time.Time{}
	return full, s.d.Wire.Pin(ctx, *m)
}

// admit makes an applicant a member of a tier.
func (s *Service) admit(ctx context.Context, m *Member, tier string) (note string, err error) {
	m.State, m.Tier, m.Paper, m.Reason, m.Until = Active, tier, opaque.ID(), "", time.Time{}
	if tier == provisional {
		m.Until = s.d.Now().AddDate(0, TrialMonths, 0).UTC().Truncate(time.Second)
	}
	if err := s.d.Wire.Pin(ctx, *m); err != nil {
		return "", err
	}
	return tier, s.d.Wire.Accepted(ctx, *m)
}

// part ends a membership, or an application.
func (s *Service) part(ctx context.Context, m *Member, to State, reason string) (note string, err error) {
	m.State, m.Reason = to, reason
	if err := s.d.Wire.Pin(ctx, *m); err != nil {
		return "", err
	}
	return reason, s.d.Wire.Rejected(ctx, *m)
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
