package membership

import (
	"context"
	"net/url"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
)

// Bounds of what strangers can put into the register.
const (
	MaxOpen  = 100                 // applications of the uninvited that are open, or came within a day
	AgainIn  = 90 * 24 * time.Hour // after which one that was declined may apply again
	freshFor = 24 * time.Hour
)

// Said is what an organisation has said of itself when it applied without having been
// invited, as plain text. The zero value is nothing.
type Said struct{ TH, EN, Contact string }

// Settings are what the secretariat has settled for the network as a whole.
type Settings struct {
	Door bool   // whoever was not invited may apply
	By   string // user id of who has changed it last
	At   time.Time
}

// SettingStore keeps the settings; before the first change they are zero.
type SettingStore interface {
	Settings(ctx context.Context) (Settings, error)
	SaveSettings(ctx context.Context, s Settings) error
}

// Knock is an application as it came to the door, its signature being good.
type Knock struct {
	Card Card
	Join string // IRI
	Said
	Profile
}

// Open reports whether an organisation has applied, and nobody has decided yet.
func (m Member) Open() bool { return m.State == Applied || m.State == Tentative }

// Settings tells what is settled for the network.
func (s *Service) Settings(ctx context.Context, who clinic.Actor) (Settings, error) {
	if err := s.may(ctx, who, "read", ""); err != nil {
		return Settings{}, err
	}
	return s.d.Settings.Settings(ctx)
}

// SetDoor opens the door to who was not invited, or shuts it. Applications that are
// open stay so.
func (s *Service) SetDoor(ctx context.Context, who clinic.Actor, open bool) error {
	if err := s.may(ctx, who, "decide", ""); err != nil {
		return err
	}
	return s.d.Tx.Within(ctx, func(ctx context.Context) error {
		if err := s.d.Store.Lock(ctx); err != nil {
			return err
		}
		have, err := s.d.Settings.Settings(ctx)
		if err != nil || have.Door == open {
			return err
		}
		if err := s.d.Settings.SaveSettings(ctx, Settings{Door: open, By: who.UserID, At: s.d.Now()}); err != nil {
			return err
		}
		to := "shut"
		if open {
			to = "open"
		}
		return s.d.Audit.Record(ctx, who, "membership.door", object(""), "done", map[string]string{"to": to})
	})
}

// DoorOpen reports whether whoever was not invited may apply at present.
func (s *Service) DoorOpen(ctx context.Context) (bool, error) {
	have, err := s.d.Settings.Settings(ctx)
	return have.Door, err
}

// Room is a fault.TooMany while there are as many applications of the uninvited as the
// secretariat can be expected to read.
func (s *Service) Room(ctx context.Context) error {
	all, err := s.d.Store.All(ctx)
	if err != nil {
		return err
	}
	n, now := 0, s.d.Now()
	for _, m := range all {
		if m.Uninvited && (m.Open() || now.Sub(m.Since) < freshFor) {
			n++
		}
	}
	if n >= MaxOpen {
		return fault.New(fault.TooMany, "error.federation.too_many")
	}
	return nil
}

// Knocked takes the application of an organisation that nobody needs to have invited,
// in the running transaction. kept is false for a second one while one is open, and
// for any whose origin is another's already: nothing is changed. Who may not apply is
// a fault.Forbidden that says why.
func (s *Service) Knocked(ctx context.Context, k Knock) (kept bool, err error) {
	if err := s.check(k.Profile); err != nil {
		return false, err
	}
	err = s.apply(ctx, clinic.System, k.Card.Actor, func(ctx context.Context, m *Member, known bool) (string, error) {
		if open, err := s.DoorOpen(ctx); err != nil || !open {
			return "", closed("invited_only", err)
		}
		if known {
			if err := s.mayKnock(*m); err != nil {
				return "", err
			}
		} else if err := s.newcomer(ctx, k.Card); err != nil {
			return "", err
		}
		m.Uninvited = m.State != Invited
		if !known {
			m.Card = k.Card
		}
		m.Profile, m.Said, m.Join, m.State, m.Reason, m.Tier = k.Profile, k.Said, k.Join, Applied, "", ""
		kept = true
		return "", s.d.Wire.Pin(ctx, *m)
	})
	return kept, err
}

// newcomer lets nobody in beside another of the same origin, nor with a key that
// somebody has, nor when there are too many.
func (s *Service) newcomer(ctx context.Context, c Card) error {
	if err := s.Room(ctx); err != nil {
		return err
	}
	all, err := s.d.Store.All(ctx)
	if err != nil {
		return err
	}
	print := c.Fingerprint()
	for _, o := range all {
		if sameOrigin(o.Actor, c.Actor) {
			return errSame
		}
		if print == o.Fingerprint() || print == o.Old.Fingerprint() {
			return closed("key", nil)
		}
	}
	if !s.d.Sound(c.PublicKeyPEM) {
		return closed("key", nil)
	}
	return nil
}

// sameOrigin holds for actors of one server, of which the form was checked.
func sameOrigin(a, b string) bool {
	x, errX := url.Parse(a)
	y, errY := url.Parse(b)
	return errX != nil || errY != nil || x.Scheme == y.Scheme && x.Host == y.Host
}

// mayKnock says whether one that the register knows may apply.
func (s *Service) mayKnock(m Member) error {
	switch m.State {
	case Invited, Left:
		return nil
	case Applied, Tentative:
		return errSame
	case Declined:
		if s.d.Now().Before(m.Since.Add(AgainIn)) {
			return closed("too_soon", nil)
		}
		return nil
	case Expelled:
		return closed("expelled", nil)
	case Active, Suspended:
	}
	return closed("member", nil)
}

func closed(why string, err error) error {
	if err != nil {
		return err
	}
	return fault.New(fault.Forbidden, "error.federation.forbidden").With("why", why)
}

// AcceptShown is Accept for a person who has seen the organisation's fingerprint and
// compared it. Of one that was not invited the card is fetched again: another key
// than the one with which it applied is refused with fault.Conflict.
func (s *Service) AcceptShown(ctx context.Context, who clinic.Actor, actor, tier, fingerprint string) error {
	if err := s.may(ctx, who, "decide", actor); err != nil {
		return err
	}
	m, err := s.d.Store.Get(ctx, actor)
	if err != nil {
		return err
	}
	if m.Uninvited && m.Open() {
		c, err := s.Look(ctx, who, actor)
		if err != nil {
			return err
		}
		if c.Fingerprint() != m.Fingerprint() {
			return fault.New(fault.Conflict, "error.membership.key_changed")
		}
	}
	return s.accept(ctx, who, actor, tier, fingerprint)
}
