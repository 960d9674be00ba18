package network

import (
	"context"
	"fmt"
	"slices"

	"github.com/saphan-network/saphan/federation/vocabulary"
	"github.com/saphan-network/saphan/hub/network/membership"
	"github.com/saphan-network/saphan/node/chassis/account"
	"github.com/saphan-network/saphan/node/chassis/station"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/casework"
	"github.com/saphan-network/saphan/node/clinic/consent"
	"github.com/saphan-network/saphan/node/clinic/directory"
)

// fill brings in what a new network needs: staff everywhere, cases and referrals
// (unless the network is to be bare), and the membership of every node.
func (n *Network) fill(ctx context.Context) error {
	err := n.each(func(s *Server) error {
		empty, err := s.accounts().Empty(ctx)
		if err != nil || !empty {
			return err
		}
		if err := s.hire(ctx); err != nil || n.opt.Bare || s.Role != "node" {
			return err
		}
		if err := s.bringCases(ctx); err != nil || !n.opt.Ruled {
			return err
		}
		return s.rule(ctx)
	})
	if err != nil {
		return err
	}
	if !n.opt.Bare {
		if err := n.publish(ctx); err != nil {
			return fmt.Errorf("publishing: %w", err)
		}
	}
	joined, err := n.join(ctx)
	if err != nil || n.opt.Bare || joined < len(n.Members()) {
		return err // where somebody was a member already, the referrals are there too
	}
	if err := n.teach(ctx); err != nil {
		return fmt.Errorf("lessons: %w", err)
	}
	if err := n.convene(ctx); err != nil {
		return fmt.Errorf("meeting: %w", err)
	}
	if err := n.refer(ctx); err != nil {
		return err
	}
	if err := n.apply(ctx); err != nil {
		return fmt.Errorf("applying: %w", err)
	}
	return n.handOver(ctx)
}

func (s *Server) accounts() *account.Service {
	if s.Hub != nil {
		return s.Hub.Accounts
	}
	return s.Node.Accounts
}

// join makes every node a member that is none yet, as people would: the
// secretary invites, the node's network contact applies, two secretaries admit it as a
// full member and one writes down what the organisation offers. It returns how many it made.
func (n *Network) join(ctx context.Context) (int, error) {
	hub := n.Server(hubKey)
	secretary, err := hub.As(ctx, "secretary")
	if err != nil {
		return 0, err
	}
	second, err := hub.As(ctx, "secretary2")
	if err != nil {
		return 0, err
	}
	var fresh []*Server
	for _, s := range n.Members() {
		contact, err := s.As(ctx, "network")
		if err != nil {
			return 0, err
		}
		st, err := s.Node.Network.Standing(ctx, contact)
		if err != nil {
			return 0, err
		}
		if st.State != directory.Alone {
			continue
		}
		if err := hub.Hub.Membership.Invite(ctx, secretary, s.Actor); err != nil {
			return 0, fmt.Errorf("inviting %s: %w", s.Key, err)
		}
		if err := s.Node.Network.Join(ctx, contact, hub.Actor); err != nil {
			return 0, fmt.Errorf("%s applies: %w", s.Key, err)
		}
		fresh = append(fresh, s)
	}
	if err := n.Settle(ctx); err != nil {
		return 0, err
	}
	for _, s := range fresh {
		if err := hub.Hub.Membership.Propose(ctx, secretary, s.Actor, membership.AdmitFull, ""); err != nil {
			return 0, fmt.Errorf("proposing %s: %w", s.Key, err)
		}
		if err := hub.Hub.Membership.Confirm(ctx, second, s.Actor, membership.AdmitFull, ""); err != nil {
			return 0, fmt.Errorf("accepting %s: %w", s.Key, err)
		}
		if err := hub.Hub.Membership.Describe(ctx, secretary, s.Actor, s.org.profile); err != nil {
			return 0, fmt.Errorf("describing %s: %w", s.Key, err)
		}
	}
	return len(fresh), n.Settle(ctx)
}

// Settle sends whatever waits anywhere until nobody has anything left to send.
func (n *Network) Settle(ctx context.Context) error {
	for {
		total := 0
		for _, s := range n.Servers {
			k, err := s.station().Worker.Settle(ctx)
			if err != nil {
				return err
			}
			total += k
		}
		if total == 0 {
			return nil
		}
	}
}

func (s *Server) station() *station.Station {
	if s.Hub != nil {
		return s.Hub.Station
	}
	return s.Node.Station
}

// hire makes the accounts of a server through one-time links, as an
// administrator would.
func (s *Server) hire(ctx context.Context) error {
	for _, p := range s.org.staff {
		link, err := s.accounts().Add(ctx, clinic.System.UserID, p.login, p.name, p.roles)
		if err != nil {
			return err
		}
		if _, err := s.accounts().Redeem(ctx, link, Password); err != nil {
			return err
		}
	}
	return nil
}

// As returns a member of staff of the server as an actor.
func (s *Server) As(ctx context.Context, login string) (clinic.Actor, error) {
	u, err := s.accounts().Find(ctx, login)
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
	c, err = s.Node.Cases.Move(ctx, worker, c.ID, c.Version, casework.Move{To: casework.StatusOpen})
	if err != nil {
		return fmt.Errorf("open: %w", err)
	}
	if len(c.Issues) == 0 { // the clinic's register has no column for it
		d := c.DetailsOf()
		d.Issues = []string{issueOf(c.Client().Status)}
		if _, err := s.Node.Cases.Edit(ctx, worker, c.ID, c.Version, d); err != nil {
			return fmt.Errorf("issues: %w", err)
		}
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

// issueOf is what a person of that legal status mostly comes with.
func issueOf(status string) string {
	family := status
	if p := vocabulary.Parent("status", status); p != "" {
		family = p
	}
	switch vocabulary.Parent("status_family", family) {
	case "thai_claim":
		return "thai_omitted"
	case "registered_no_nationality", "foreign_or_migrant":
		return "registered_no_nationality"
	}
	return "status_unregistered_adult"
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
