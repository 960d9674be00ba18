package network

import (
	"context"
	"fmt"
	"slices"

	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/casework"
	"github.com/saphan-network/saphan/node/clinic/consent"
)

// fill brings in what a new network needs: staff everywhere and (unless the
// network is to be bare) cases.
func (n *Network) fill(ctx context.Context) error {
	return n.each(func(s *Server) error {
		empty, err := s.Node.Accounts.Empty(ctx)
		if err != nil || !empty {
			return err
		}
		if err := s.hire(ctx); err != nil || n.opt.Bare {
			return err
		}
		return s.bringCases(ctx)
	})
}

// hire makes the accounts of a server through one-time links, as an
// administrator would.
func (s *Server) hire(ctx context.Context) error {
	for _, p := range s.org.staff {
		link, err := s.Node.Accounts.Add(ctx, clinic.System.UserID, p.login, p.name, p.roles)
		if err != nil {
			return err
		}
		if _, err := s.Node.Accounts.Redeem(ctx, link, Password); err != nil {
			return err
		}
	}
	return nil
}

// As returns a member of staff of the server as an actor.
func (s *Server) As(ctx context.Context, login string) (clinic.Actor, error) {
	u, err := s.Node.Accounts.Find(ctx, login)
	if err != nil {
		return clinic.Actor{}, fmt.Errorf("%s: %w", login, err)
	}
	return u.Actor(), nil
}

// bringCases reads the member's register through the importer, or takes the
// cases that are written down here, and opens some of them.
func (s *Server) bringCases(ctx context.Context) error {
	supervisor, err := s.As(ctx, "supervisor")
	if err != nil {
		return err
	}
	switch {
	case s.org.register != "":
		if err := s.importRegister(ctx, supervisor); err != nil {
			return err
		}
	case s.Key == "defenders":
		for _, in := range defenderCases() {
			if _, err := s.Node.Cases.Create(ctx, supervisor, in); err != nil {
				return err
			}
		}
	default:
		return nil
	}
	return s.openSome(ctx, supervisor)
}

// openSome gives cases to the caseworker and the lawyer, and opens them with a
// consent to an anonymised offer, so that there is something to refer.
func (s *Server) openSome(ctx context.Context, supervisor clinic.Actor) error {
	worker, err := s.As(ctx, "caseworker")
	if err != nil {
		return err
	}
	list, err := s.Node.Cases.List(ctx, supervisor, casework.Filter{Size: 60})
	if err != nil {
		return err
	}
	items := slices.Clone(list.Items)
	slices.SortFunc(items, func(a, b casework.Item) int { return compare(b.OpenedOn+b.LocalNumber, a.OpenedOn+a.LocalNumber) })
	for i, it := range items[:min(12, len(items))] {
		c, err := s.Node.Cases.Assign(ctx, supervisor, it.ID, worker.UserID, false)
		if err != nil {
			return fmt.Errorf("assign: %w", err)
		}
		if i >= 8 {
			continue // some stay at intake
		}
		if err := s.openOne(ctx, worker, c); err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) openOne(ctx context.Context, worker clinic.Actor, c casework.Case) error {
	c, err := s.Node.Cases.Move(ctx, worker, c.ID, c.Version, casework.Move{To: casework.StatusScreening})
	if err != nil {
		return fmt.Errorf("screening: %w", err)
	}
	c, err = s.Node.Cases.Screen(ctx, worker, c.ID, c.Version, consent.Explicit, casework.ConflictClear)
	if err != nil {
		return fmt.Errorf("basis: %w", err)
	}
	if _, err = s.Node.Cases.Move(ctx, worker, c.ID, c.Version, casework.Move{To: casework.StatusOpen}); err != nil {
		return fmt.Errorf("open: %w", err)
	}
	if err := s.Node.Cases.Note(ctx, worker, c.ID, "พบเจ้าของปัญหาและครอบครัวแล้ว อธิบายเรื่องการส่งต่อแบบไม่ระบุตัวตน"); err != nil {
		return fmt.Errorf("note: %w", err)
	}
	for _, purpose := range []string{"legal_help", "status_work"} {
		_, err = s.Node.Cases.RecordConsent(ctx, worker, c.ID, consent.Record{Purpose: purpose, Recipient: consent.Network,
			Scope: consent.ScopeAnonymousOffer, Special: true, Basis: consent.Explicit, TextVersion: "th-3", Language: "th",
			Medium: consent.Paper, Guardian: "ผู้ปกครองสาธิต", Assent: true})
		if err != nil {
			return fmt.Errorf("consent: %w", err)
		}
	}
	return nil
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
