// Package membership is the network's register of members: who was invited, who
// asks to join, who belongs, and who no longer does. The members list that every
// node keeps as its allow-list is drawn from it; each change of the list raises
// its version by one.
package membership

import (
	"context"
	"slices"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
)

// State is where an organisation stands with the network.
type State string

// The states. Only active and suspended organisations are on the members list.
const (
	Invited   State = "invited"   // the secretariat has asked; its key is pinned
	Applied   State = "applied"   // it asks to join
	Tentative State = "tentative" // its application is under review
	Active    State = "active"
	Suspended State = "suspended" // on the list, but is told that alone, and says nothing but that it leaves
	Left      State = "left"      // by its own wish
	Expelled  State = "expelled"
	Declined  State = "declined" // its application was turned down
)

// States lists all states in the order in which people look at them.
func States() []State {
	return []State{Applied, Tentative, Invited, Active, Suspended, Declined, Left, Expelled}
}

// Listed reports whether an organisation in the state stands on the members list.
func (s State) Listed() bool { return s == Active || s == Suspended }

// Card is what an organisation's server says of itself.
type Card struct {
	Actor, Name, Inbox, KeyID, PublicKeyPEM string
	AssertionID, Assertion                  string // the Ed25519 key, as publicKeyMultibase; "" if it has none
}

// Fingerprint is the SHA-256 of the key in groups of four digits, for comparing
// by telephone; "" if the key cannot be read.
func (c Card) Fingerprint() string { return clinic.Fingerprint(c.PublicKeyPEM, c.Assertion) }

// OldKey is the key that an organisation had before the one on its card. Both hold
// until it ends. The zero value is none.
type OldKey struct {
	KeyID, PublicKeyPEM    string
	AssertionID, Assertion string
	End                    time.Time
}

// Fingerprint is that of Card for the old key.
func (k OldKey) Fingerprint() string { return clinic.Fingerprint(k.PublicKeyPEM, k.Assertion) }

// Key is what an organisation says of its own key: RSA, and the Ed25519 key beside it.
type Key struct{ KeyID, PublicKeyPEM, AssertionID, Assertion string }

// Profile is what the network tells its members about one of them.
type Profile struct {
	Services  []string // vocabulary service_type
	Regions   []string // vocabulary region or province
	Languages []string // vocabulary language
	Capacity  string   // vocabulary capacity_status
}

// Member is one organisation in the register.
type Member struct {
	Card
	Profile
	Old      OldKey
	State    State
	Tier     string // vocabulary member_tier; "" before acceptance
	Join     string // IRI of its application
	Paper    string // opaque id of the membership, from acceptance on
	Reason   string // vocabulary membership_decline_reason, where it was ended or turned down
	Since    time.Time
	Until    time.Time // end of a provisional member's trial; zero for others
	Proposal Proposal  // what waits for a second person
	Version  int64     // of this record, for refusing what was decided on an old view

	Uninvited bool // it has applied by the door, and nobody has compared its key yet
	Said      Said // when it applied so
}

// List is the members list at one version.
type List struct {
	Version int64
	Updated time.Time
	Members []Member // active and suspended, by name
}

// Event is one entry of an organisation's history. It holds codes only.
type Event struct {
	At   time.Time
	Kind string // the state entered, or "described", "rejoined", "rekeyed", "asserted", "key_cut", "key_ended", "dropped", "full", or "proposed_" with the act
	By   string // user id, "" for the organisation itself
	Note string // tier or reason code; with "rekeyed" the fingerprints, old and new
}

// Store keeps the register.
type Store interface {
	// Lock makes all other changes wait until the running transaction ends.
	Lock(ctx context.Context) error
	// Get returns fault.NotFound for an organisation that was never invited.
	Get(ctx context.Context, actor string) (Member, error)
	// Put saves and raises m.Version; it refuses with fault.Conflict when the version has moved on.
	Put(ctx context.Context, m *Member) error
	All(ctx context.Context) ([]Member, error) // by name
	// ListVersion returns the version of the members list and when it was last raised.
	ListVersion(ctx context.Context) (int64, time.Time, error)
	RaiseListVersion(ctx context.Context, at time.Time) (int64, error)
	AddEvent(ctx context.Context, actor string, e Event) error
	Events(ctx context.Context, actor string) ([]Event, error) // newest first
}

// Wire is how the register speaks with the other servers. All methods but Look
// must run in the transaction of the change that they tell of.
type Wire interface {
	// Look fetches an organisation's own card from its server.
	Look(ctx context.Context, actor string) (Card, error)
	// Pin takes down the organisation's key and whether it may be spoken with.
	Pin(ctx context.Context, m Member) error
	Invite(ctx context.Context, m Member) error
	Considered(ctx context.Context, m Member) error
	Accepted(ctx context.Context, m Member) error
	Rejected(ctx context.Context, m Member) error
	// Publish sends the list to every active member on it, and to the member about
	// which it was drawn up, so that who is suspended learns that it is.
	Publish(ctx context.Context, l List, about string) error
}

// Tiers lists the tiers that one secretary can give.
func Tiers() []string { return []string{provisional, "affiliate", "observer"} }

// Deps is what the service stands on; all are needed.
type Deps struct {
	Store     Store
	Settings  SettingStore
	Wire      Wire
	Authority clinic.Authority
	Tx        clinic.Transactor
	Audit     clinic.Recorder
	Now       clinic.Clock
	Codes     func(list, code string) bool   // is the code in the vocabulary
	Overlap   time.Duration                  // for how long an old key holds beside a new one, to the second
	Sound     func(publicKeyPEM string) bool // is the key of a kind and size that members believe
}

// Service is the register's front door, for secretaries and for what comes in.
type Service struct{ d Deps }

// New returns the service.
func New(d Deps) *Service { return &Service{d: d} }

// Current is the members list as it stands.
func (s *Service) Current(ctx context.Context) (List, error) {
	v, at, err := s.d.Store.ListVersion(ctx)
	if err != nil {
		return List{}, err
	}
	return s.list(ctx, v, at)
}

func (s *Service) list(ctx context.Context, version int64, at time.Time) (List, error) {
	all, err := s.d.Store.All(ctx)
	if err != nil {
		return List{}, err
	}
	return List{Version: version, Updated: at, Members: slices.DeleteFunc(all, func(m Member) bool { return !m.State.Listed() })}, nil
}

// All lists the whole register, by name.
func (s *Service) All(ctx context.Context, who clinic.Actor) ([]Member, error) {
	if err := s.may(ctx, who, "read", ""); err != nil {
		return nil, err
	}
	return s.d.Store.All(ctx)
}

// Show returns one organisation with its history, newest first.
func (s *Service) Show(ctx context.Context, who clinic.Actor, actor string) (Member, []Event, error) {
	if err := s.may(ctx, who, "read", actor); err != nil {
		return Member{}, nil, err
	}
	m, err := s.d.Store.Get(ctx, actor)
	if err != nil {
		return Member{}, nil, err
	}
	ev, err := s.d.Store.Events(ctx, actor)
	return m, ev, err
}

func (s *Service) may(ctx context.Context, who clinic.Actor, act, id string) error {
	return s.d.Authority.May(ctx, who, act, object(id))
}

func object(id string) clinic.Object {
	return clinic.Object{Type: "membership", ID: id, Open: true, Openness: 2}
}

// illegal is the answer to a move that the state does not allow.
func illegal(from State) error {
	return fault.New(fault.Conflict, "error.membership.state").With("state", string(from))
}
