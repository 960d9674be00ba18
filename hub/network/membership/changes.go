package membership

import (
	"context"
	"errors"
	"slices"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
)

// MayInvite answers nil for who may invite organisations.
func (s *Service) MayInvite(ctx context.Context, who clinic.Actor) error {
	return s.may(ctx, who, "invite", "")
}

// Look fetches what an organisation's server says of itself, for a secretary who
// thinks of inviting it. Nothing is kept.
func (s *Service) Look(ctx context.Context, who clinic.Actor, actor string) (Card, error) {
	if err := s.may(ctx, who, "invite", actor); err != nil {
		return Card{}, err
	}
	return s.d.Wire.Look(ctx, actor)
}

// Invite looks at an organisation's card and invites it with whatever key the
// card shows: for networks on one machine and for commands that print it.
func (s *Service) Invite(ctx context.Context, who clinic.Actor, actor string) error {
	c, err := s.Look(ctx, who, actor)
	if err != nil {
		return err
	}
	return s.invite(ctx, who, c)
}

// InviteShown invites an organisation whose card the secretary has seen: it is
// fetched again, and a key with another fingerprint is refused.
func (s *Service) InviteShown(ctx context.Context, who clinic.Actor, actor, fingerprint string) error {
	c, err := s.Look(ctx, who, actor)
	if err != nil {
		return err
	}
	if fingerprint == "" || c.Fingerprint() != fingerprint {
		return fault.New(fault.Conflict, "error.membership.key_changed")
	}
	return s.invite(ctx, who, c)
}

func (s *Service) invite(ctx context.Context, who clinic.Actor, c Card) error {
	return s.change(ctx, who, "invite", c.Actor, func(ctx context.Context, m *Member, known bool) (string, error) {
		if known && (m.State.Listed() || m.State == Applied || m.State == Tentative) {
			return "", illegal(m.State)
		}
		if m.State == Expelled { // one person alone does not let it back: see Readmit
			return "", fault.New(fault.Conflict, "error.membership.expelled")
		}
		m.Card, m.Old, m.State, m.Reason, m.Uninvited = c, OldKey{}, Invited, "", false
		if err := s.d.Wire.Pin(ctx, *m); err != nil {
			return "", err
		}
		return "", s.d.Wire.Invite(ctx, *m)
	})
}

// Consider marks an application as under review. The organisation is told so.
func (s *Service) Consider(ctx context.Context, who clinic.Actor, actor string) error {
	return s.change(ctx, who, "decide", actor, func(ctx context.Context, m *Member, _ bool) (string, error) {
		if m.State != Applied {
			return "", illegal(m.State)
		}
		m.State = Tentative
		if err := s.d.Wire.Pin(ctx, *m); err != nil {
			return "", err
		}
		return "", s.d.Wire.Considered(ctx, *m)
	})
}

// Accept makes an applicant a member of one of Tiers. It is told so, and all members
// get the new list. A full member is made by two people: see Propose.
func (s *Service) Accept(ctx context.Context, who clinic.Actor, actor, tier string) error {
	return s.accept(ctx, who, actor, tier, "")
}

// accept needs the fingerprint of one that was not invited: nobody has compared it yet.
func (s *Service) accept(ctx context.Context, who clinic.Actor, actor, tier, fingerprint string) error {
	return s.change(ctx, who, "decide", actor, func(ctx context.Context, m *Member, _ bool) (string, error) {
		if !slices.Contains(Tiers(), tier) {
			return "", fault.New(fault.Invalid, "error.membership.tier")
		}
		if m.State != Applied && m.State != Tentative {
			return "", illegal(m.State)
		}
		if m.Uninvited && fingerprint != m.Fingerprint() {
			return "", fault.New(fault.Conflict, "error.membership.key_changed")
		}
		m.Uninvited = false
		return s.admit(ctx, m, tier)
	})
}

// Decline turns an application down with a reason.
func (s *Service) Decline(ctx context.Context, who clinic.Actor, actor, reason string) error {
	return s.change(ctx, who, "decide", actor, func(ctx context.Context, m *Member, _ bool) (string, error) {
		if err := s.reason(reason); err != nil {
			return "", err
		}
		if m.State != Applied && m.State != Tentative {
			return "", illegal(m.State)
		}
		return s.part(ctx, m, Declined, reason)
	})
}

// Suspend stops all exchange with a member for a time: it gets the list on which
// it is suspended and nothing more, and the other members' servers refuse it,
// until Reactivate.
func (s *Service) Suspend(ctx context.Context, who clinic.Actor, actor, reason string) error {
	return s.toggle(ctx, who, actor, Active, Suspended, reason)
}

// Reactivate ends a suspension.
func (s *Service) Reactivate(ctx context.Context, who clinic.Actor, actor string) error {
	return s.toggle(ctx, who, actor, Suspended, Active, "")
}

func (s *Service) toggle(ctx context.Context, who clinic.Actor, actor string, from, to State, reason string) error {
	return s.change(ctx, who, "suspend", actor, func(ctx context.Context, m *Member, _ bool) (string, error) {
		if to == Suspended {
			if err := s.reason(reason); err != nil {
				return "", err
			}
		}
		if m.State != from {
			return "", illegal(m.State)
		}
		m.State, m.Reason = to, reason
		return reason, s.d.Wire.Pin(ctx, *m)
	})
}

// reason refuses what is no code of membership_decline_reason.
func (s *Service) reason(code string) error {
	if !s.d.Codes("membership_decline_reason", code) {
		return fault.New(fault.Invalid, "error.membership.reason")
	}
	return nil
}

// Describe changes what the members are told about one of them.
func (s *Service) Describe(ctx context.Context, who clinic.Actor, actor string, p Profile) error {
	return s.change(ctx, who, "decide", actor, func(_ context.Context, m *Member, _ bool) (string, error) {
		if err := s.check(p); err != nil {
			return "", err
		}
		m.Profile = p
		return "", nil
	})
}

// check refuses a profile with a code that is not of its vocabulary.
func (s *Service) check(p Profile) error {
	for _, set := range []struct {
		codes []string
		lists []string
	}{{p.Services, []string{"service_type"}}, {p.Regions, []string{"region", "province"}}, {p.Languages, []string{"language"}}} {
		for _, c := range set.codes {
			if !slices.ContainsFunc(set.lists, func(l string) bool { return s.d.Codes(l, c) }) {
				return fault.New(fault.Invalid, "error.membership.profile")
			}
		}
	}
	if p.Capacity != "" && !s.d.Codes("capacity_status", p.Capacity) {
		return fault.New(fault.Invalid, "error.membership.profile")
	}
	return nil
}

// Joined takes an organisation's application, as it has come in, signed with its
// pinned key. Only who was invited may apply. A member that asks again, because
// it has lost its copy, is answered again.
func (s *Service) Joined(ctx context.Context, actor, join string) error {
	return s.told(ctx, actor, func(ctx context.Context, m *Member) error {
		switch m.State {
		case Invited, Applied, Tentative:
			m.Join = join
			if m.State == Invited {
				m.State = Applied
			}
			return nil
		case Active:
			m.Join = join
			if err := s.d.Wire.Accepted(ctx, *m); err != nil {
				return err
			}
			l, err := s.Current(ctx)
			if err != nil {
				return err
			}
			return s.d.Wire.Publish(ctx, l, actor) // the same version again: who has it ignores it
		}
		return fault.New(fault.Forbidden, "error.membership.not_invited")
	})
}

// Gone takes an organisation's word that it leaves.
func (s *Service) Gone(ctx context.Context, actor string) error {
	return s.told(ctx, actor, func(ctx context.Context, m *Member) error {
		switch m.State {
		case Left, Expelled, Declined:
			return nil
		}
		m.State, m.Reason = Left, ""
		return s.d.Wire.Pin(ctx, *m)
	})
}

// told applies what an organisation itself has said.
func (s *Service) told(ctx context.Context, actor string, f func(ctx context.Context, m *Member) error) error {
	return s.apply(ctx, clinic.System, actor, func(ctx context.Context, m *Member, known bool) (string, error) {
		if !known {
			return "", fault.New(fault.Forbidden, "error.membership.not_invited")
		}
		return "", f(ctx, m)
	})
}

// change applies what a secretary has decided.
func (s *Service) change(ctx context.Context, who clinic.Actor, act, actor string, f func(ctx context.Context, m *Member, known bool) (note string, err error)) error {
	if err := s.may(ctx, who, act, actor); err != nil {
		return err
	}
	return s.apply(ctx, who, actor, func(ctx context.Context, m *Member, known bool) (string, error) {
		if !known && act != "invite" {
			return "", fault.Missing()
		}
		return f(ctx, m, known)
	})
}

// apply runs one change of one organisation, and whatever it entails for the
// members list, in one transaction.
func (s *Service) apply(ctx context.Context, who clinic.Actor, actor string, f func(ctx context.Context, m *Member, known bool) (note string, err error)) error {
	return s.d.Tx.Within(ctx, func(ctx context.Context) error {
		if err := s.d.Store.Lock(ctx); err != nil {
			return err
		}
		m, err := s.d.Store.Get(ctx, actor)
		known := err == nil
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		before := m
		note, err := f(ctx, &m, known)
		if errors.Is(err, errSame) {
			return nil
		}
		if err != nil {
			return err
		}
		now := s.d.Now()
		m.settle(now, before.State)
		if err := s.d.Store.Put(ctx, &m); err != nil {
			return err
		}
		if err := s.record(ctx, who, before, m, note); err != nil {
			return err
		}
		if !changesList(before, m) {
			return nil
		}
		v, err := s.d.Store.RaiseListVersion(ctx, now)
		if err != nil {
			return err
		}
		l, err := s.list(ctx, v, now)
		if err != nil {
			return err
		}
		return s.d.Wire.Publish(ctx, l, actor)
	})
}

func (s *Service) record(ctx context.Context, who clinic.Actor, before, m Member, note string) error {
	kind, by := string(m.State), who.UserID
	if m.State == before.State {
		kind = "described"
		switch {
		case m.Tier != before.Tier:
			kind = m.Tier
		case m.Proposal != before.Proposal && m.Proposal.By != "":
			kind = "proposed_" + string(m.Proposal.Act)
		case m.Proposal != before.Proposal:
			kind = "dropped"
		case m.KeyID != before.KeyID:
			kind = "rekeyed"
		case m.AssertionID != before.AssertionID:
			kind = "asserted"
		case m.Old != before.Old && who.UserID == clinic.System.UserID:
			kind = "key_ended"
		case m.Old != before.Old:
			kind = "key_cut"
		case m.Join != before.Join:
			kind = "rejoined"
		}
	}
	if who.UserID == clinic.System.UserID {
		by = ""
	}
	if err := s.d.Store.AddEvent(ctx, m.Actor, Event{At: s.d.Now(), Kind: kind, By: by, Note: note}); err != nil {
		return err
	}
	detail := map[string]string{"to": kind, "member": m.Actor}
	if kind == "rekeyed" {
		detail["old"], detail["new"] = before.KeyID, m.KeyID
	} else if note != "" {
		detail["note"] = note
	}
	return s.d.Audit.Record(ctx, who, "membership."+kind, object(m.Actor), "done", detail)
}

// changesList reports whether the members would see another list.
func changesList(a, b Member) bool {
	if !a.State.Listed() && !b.State.Listed() {
		return false
	}
	return a.State != b.State || a.Tier != b.Tier || a.Card != b.Card || a.Old != b.Old || a.Capacity != b.Capacity ||
		!slices.Equal(a.Services, b.Services) || !slices.Equal(a.Regions, b.Regions) || !slices.Equal(a.Languages, b.Languages)
}
