// Package directory is a node's view of the network: which hub it has pinned,
// how its own membership stands, and which other members there are to turn to.
// Looking for a member uses this node's own copy of the list; nothing is asked
// of anybody, so nothing is told.
package directory

import (
	"context"
	"slices"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/vocabulary"
	"github.com/saphan-network/saphan/node/clinic"
)

// The states of this node's own membership.
const (
	Alone    = ""         // no hub pinned
	Invited  = "invited"  // the hub has asked; nobody here has answered
	Asked    = "asked"    // we have applied and wait
	Active   = "active"   //
	Ended    = "ended"    // the hub has turned us down or ended it
	LeftIt   = "left"     // we have left
	Inactive = "inactive" // on the list, but suspended
)

// Card is what a hub's server says of itself.
type Card struct {
	Actor, Name, Inbox, KeyID, PublicKeyPEM string
	AssertionID, Assertion                  string // the Ed25519 key that proves its lists, as publicKeyMultibase; "" if it has none
	Door                                    string // where it takes applications of who was not invited; "" for nowhere
}

// Fingerprint is the SHA-256 of the key in groups of four digits, for comparing
// by telephone; "" if the key cannot be read.
func (c Card) Fingerprint() string { return clinic.Fingerprint(c.PublicKeyPEM, c.Assertion) }

// Standing is how this node stands with its network.
type Standing struct {
	Hub    Card // zero while alone
	State  string
	Tier   string // vocabulary member_tier
	Reason string // vocabulary membership_decline_reason, when ended
	Join   string // IRI of our application
	Paper  string // IRI of our membership at the hub
	Since  time.Time
}

// Entry is one other member.
type Entry struct {
	Actor, Name, Tier, State     string
	Services, Regions, Languages []string
	Capacity                     string
}

// Found is a member with what speaks for it.
type Found struct {
	Entry
	Serves bool   // offers the service
	Area   string // province, region, elsewhere
}

// Version is the state of our copy of the list.
type Version struct {
	Number  int64
	Updated string // as the hub says, RFC 3339
	Taken   time.Time
	Seen    time.Time // last known to be the hub's: taken over, or confirmed since
}

// Store keeps the standing: one record.
type Store interface {
	// Lock makes all other changes wait until the running transaction ends.
	Lock(ctx context.Context) error
	Standing(ctx context.Context) (Standing, error) // zero if there is none
	SaveStanding(ctx context.Context, s Standing) error
}

// List is this node's copy of the members list.
type List interface {
	Members(ctx context.Context) ([]Entry, Version, error) // ourselves included
}

// Wire is how the node speaks with its hub. All methods but Look must run in the
// transaction of the change that they tell of.
type Wire interface {
	Look(ctx context.Context, hub string) (Card, error)
	Pin(ctx context.Context, c Card) error
	Join(ctx context.Context, hub string) (activity string, err error)
	Leave(ctx context.Context, hub string) error
	// Part takes down that the other members are none to us any more: nothing
	// goes to them, and nothing but a withdrawal is taken from them.
	Part(ctx context.Context) error
}

// Deps is what the service stands on; all are needed.
type Deps struct {
	Self      string // IRI of this node's actor
	Store     Store
	List      List
	Wire      Wire
	Doorbell  Doorbell
	Drafts    Drafts
	Authority clinic.Authority
	Tx        clinic.Transactor
	Audit     clinic.Recorder
	Now       clinic.Clock
	Bound     time.Duration // how old the list may become before nothing goes to members
}

// Service is the front door for pages, commands and what comes in from the hub.
type Service struct{ d Deps }

// New returns the service.
func New(d Deps) *Service { return &Service{d: d} }

func (s *Service) may(ctx context.Context, who clinic.Actor, act string) error {
	return s.d.Authority.May(ctx, who, act, object())
}

func object() clinic.Object { return clinic.Object{Type: "network", Open: true, Openness: 2} }

// Standing tells how this node stands with its network.
func (s *Service) Standing(ctx context.Context, who clinic.Actor) (Standing, error) {
	if err := s.may(ctx, who, "read"); err != nil {
		return Standing{}, err
	}
	st, err := s.d.Store.Standing(ctx)
	if err != nil || st.State != Active {
		return st, err
	}
	all, _, err := s.d.List.Members(ctx)
	for _, e := range all {
		if e.Actor == s.d.Self {
			st.Tier = e.Tier
			if e.State != "active" {
				st.State = Inactive
			}
		}
	}
	return st, err
}

// Members lists the other members of the network by name, and the version of our
// copy of the list.
func (s *Service) Members(ctx context.Context) ([]Entry, Version, error) {
	all, v, err := s.d.List.Members(ctx)
	return slices.DeleteFunc(all, func(e Entry) bool { return e.Actor == s.d.Self }), v, err
}

// Find ranks the other active members for one need and a province: those that
// serve it first, then the nearer, then those with room.
func (s *Service) Find(ctx context.Context, need, province string) ([]Found, error) {
	all, _, err := s.Members(ctx)
	if err != nil {
		return nil, err
	}
	region := vocabulary.Parent("province", province)
	var out []Found
	for _, e := range all {
		if e.State != "active" {
			continue
		}
		f := Found{Entry: e, Serves: slices.Contains(e.Services, need), Area: "elsewhere"}
		switch {
		case province != "" && slices.Contains(e.Regions, province):
			f.Area = "province"
		case region != "" && slices.Contains(e.Regions, region):
			f.Area = "region"
		}
		out = append(out, f)
	}
	slices.SortStableFunc(out, func(a, b Found) int { return b.weight() - a.weight() })
	return out, nil
}

func (f Found) weight() int {
	w := map[string]int{"province": 4, "region": 2}[f.Area] + map[string]int{"open": 1, "full": -1}[f.Capacity]
	if f.Serves {
		w += 10
	}
	return w
}

// Look fetches what a hub's server says of itself, for showing its fingerprint.
func (s *Service) Look(ctx context.Context, who clinic.Actor, hub string) (Card, error) {
	if err := s.may(ctx, who, "manage"); err != nil {
		return Card{}, err
	}
	return s.d.Wire.Look(ctx, hub)
}

// Join pins a hub with whatever key its card shows and applies for membership:
// for networks on one machine, and for commands that have shown the fingerprint.
func (s *Service) Join(ctx context.Context, who clinic.Actor, hub string) error {
	c, err := s.Look(ctx, who, hub)
	if err != nil {
		return err
	}
	return s.join(ctx, who, c)
}

// JoinShown pins and joins a hub whose fingerprint a person has compared: the
// card is fetched again, and another key is refused.
func (s *Service) JoinShown(ctx context.Context, who clinic.Actor, hub, fingerprint string) error {
	c, err := s.Look(ctx, who, hub)
	if err != nil {
		return err
	}
	if fingerprint == "" || c.Fingerprint() != fingerprint {
		return fault.New(fault.Conflict, "error.network.key_changed")
	}
	return s.join(ctx, who, c)
}

func (s *Service) join(ctx context.Context, who clinic.Actor, c Card) error {
	return s.change(ctx, who, "join", func(ctx context.Context, st *Standing) error {
		if err := s.pinFor(ctx, *st, c); err != nil { // one network only
			return err
		}
		id, err := s.d.Wire.Join(ctx, c.Actor)
		if err != nil {
			return err
		}
		*st = Standing{Hub: c, State: Asked, Join: id}
		return nil
	})
}

// Leave ends this node's membership.
func (s *Service) Leave(ctx context.Context, who clinic.Actor) error {
	return s.change(ctx, who, "leave", func(ctx context.Context, st *Standing) error {
		if st.State != Active && st.State != Asked && st.State != Considered {
			return fault.New(fault.Conflict, "error.network.not_joined")
		}
		st.State = LeftIt
		if err := s.d.Wire.Part(ctx); err != nil {
			return err
		}
		return s.d.Wire.Leave(ctx, st.Hub.Actor)
	})
}

// WasInvited takes note that the pinned hub has asked us to join.
func (s *Service) WasInvited(ctx context.Context, from string) error {
	return s.told(ctx, from, "invited", func(_ context.Context, st *Standing) (bool, error) {
		if st.State == Asked || st.State == Considered || st.State == Active {
			return false, nil
		}
		st.State, st.Reason = Invited, ""
		return true, nil
	})
}

// WasRekeyed takes note of the hub's keys, as its own list tells them: they were
// learned for the first time, or the hub is changing them.
func (s *Service) WasRekeyed(ctx context.Context, from string, c Card) error {
	return s.told(ctx, from, "rekeyed", func(_ context.Context, st *Standing) (bool, error) {
		c.Door = st.Hub.Door // not told by lists
		if st.Hub == c {
			return false, nil
		}
		st.Hub = c
		return true, nil
	})
}

// WasAccepted takes note that the hub has accepted our application.
func (s *Service) WasAccepted(ctx context.Context, from, join, paper, tier string) error {
	return s.told(ctx, from, "accepted", func(_ context.Context, st *Standing) (bool, error) {
		if st.Join != join || st.State == LeftIt || st.State == Withdrawn {
			return false, nil
		}
		st.State, st.Tier, st.Paper, st.Reason = Active, tier, paper, ""
		return true, nil
	})
}

// WasRejected takes note that the hub has turned us down or ended our membership.
func (s *Service) WasRejected(ctx context.Context, from, join, reason string) (mine bool, err error) {
	st, err := s.d.Store.Standing(ctx)
	if err != nil || st.Hub.Actor != from || st.Join != join {
		return false, err
	}
	return true, s.told(ctx, from, "rejected", func(ctx context.Context, st *Standing) (bool, error) {
		if st.Join != join {
			return false, nil
		}
		st.State, st.Reason = Ended, reason
		return true, s.d.Wire.Part(ctx)
	})
}

// TakesLists reports whether lists of members are for this node: whoever has
// left, or was sent away, takes none that was on its way. It holds until the end
// of the running transaction.
func (s *Service) TakesLists(ctx context.Context) (bool, error) {
	if err := s.d.Store.Lock(ctx); err != nil {
		return false, err
	}
	st, err := s.d.Store.Standing(ctx)
	return st.State == Asked || st.State == Considered || st.State == Active, err
}

// FromHub reports whether an actor is the hub that this node has pinned.
func (s *Service) FromHub(ctx context.Context, actor string) (bool, error) {
	st, err := s.d.Store.Standing(ctx)
	return err == nil && actor != "" && st.Hub.Actor == actor, err
}

// told applies what the hub has said, and refuses it from anybody else.
func (s *Service) told(ctx context.Context, from, what string, f func(ctx context.Context, st *Standing) (bool, error)) error {
	return s.d.Tx.Within(ctx, func(ctx context.Context) error {
		if err := s.d.Store.Lock(ctx); err != nil {
			return err
		}
		st, err := s.d.Store.Standing(ctx)
		if err != nil {
			return err
		}
		if st.Hub.Actor == "" || st.Hub.Actor != from {
			return fault.New(fault.Forbidden, "error.network.not_the_hub")
		}
		if changed, err := f(ctx, &st); err != nil || !changed {
			return err
		}
		st.Since = s.d.Now()
		if err := s.d.Store.SaveStanding(ctx, st); err != nil {
			return err
		}
		return s.d.Audit.Record(ctx, clinic.System, "standing."+what, object(), "done", map[string]string{"state": st.State})
	})
}

func (s *Service) change(ctx context.Context, who clinic.Actor, what string, f func(ctx context.Context, st *Standing) error) error {
	if err := s.may(ctx, who, "manage"); err != nil {
		return err
	}
	return s.d.Tx.Within(ctx, func(ctx context.Context) error {
		if err := s.d.Store.Lock(ctx); err != nil {
			return err
		}
		st, err := s.d.Store.Standing(ctx)
		if err != nil {
			return err
		}
		if err := f(ctx, &st); err != nil {
			return err
		}
		st.Since = s.d.Now()
		if err := s.d.Store.SaveStanding(ctx, st); err != nil {
			return err
		}
		return s.d.Audit.Record(ctx, who, "standing."+what, object(), "done", map[string]string{"state": st.State})
	})
}
