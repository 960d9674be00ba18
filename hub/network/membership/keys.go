package membership

import (
	"context"
	"errors"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
)

// errSame ends a change that changes nothing.
var errSame = errors.New("membership: nothing to change")

// Rekeyed takes a member's word, signed with the key that is pinned, that it is
// going to sign with another. All members are told both keys, the old one with
// its end. While an old key still holds there is no third: whoever has stolen it
// could go on from key to key. Who tells of its present key with the Ed25519 key
// beside it, which the register has not yet, is believed once.
func (s *Service) Rekeyed(ctx context.Context, actor string, k Key) error {
	return s.apply(ctx, clinic.System, actor, func(ctx context.Context, m *Member, known bool) (string, error) {
		if !known || m.State != Active {
			return "", fault.New(fault.Forbidden, "error.membership.not_invited")
		}
		if m.KeyID == k.KeyID && m.PublicKeyPEM == k.PublicKeyPEM {
			return s.asserted(ctx, m, k)
		}
		now := s.d.Now()
		if m.Old.KeyID != "" && now.Before(m.Old.End) {
			return "", fault.New(fault.Conflict, "error.membership.key_overlap")
		}
		if err := s.mayBeKey(ctx, *m, k); err != nil {
			return "", err
		}
		before := m.Fingerprint()
		m.Old = OldKey{KeyID: m.KeyID, PublicKeyPEM: m.PublicKeyPEM, AssertionID: m.AssertionID, Assertion: m.Assertion, End: now.Add(s.d.Overlap).UTC().Truncate(time.Second)}
		m.KeyID, m.PublicKeyPEM, m.AssertionID, m.Assertion = k.KeyID, k.PublicKeyPEM, k.AssertionID, k.Assertion
		return before + " > " + m.Fingerprint(), s.d.Wire.Pin(ctx, *m)
	})
}

// asserted takes down the Ed25519 key beside the present key, once.
func (s *Service) asserted(ctx context.Context, m *Member, k Key) (string, error) {
	switch {
	case m.AssertionID == k.AssertionID && m.Assertion == k.Assertion:
		return "", errSame // told again
	case m.AssertionID != "":
		return "", fault.New(fault.Conflict, "error.membership.key")
	}
	if err := s.mayAssert(ctx, *m, k); err != nil {
		return "", err
	}
	m.AssertionID, m.Assertion = k.AssertionID, k.Assertion
	return "", s.d.Wire.Pin(ctx, *m)
}

// mayAssert refuses an Ed25519 key that somebody has or had.
func (s *Service) mayAssert(ctx context.Context, m Member, k Key) error {
	all, err := s.d.Store.All(ctx)
	if err != nil {
		return err
	}
	for _, o := range all {
		if k.Assertion != "" && (k.Assertion == o.Assertion || k.Assertion == o.Old.Assertion) {
			return fault.New(fault.Invalid, "error.membership.key")
		}
	}
	if m.AssertionID != "" && k.AssertionID == "" { // who has had one goes on having one
		return fault.New(fault.Invalid, "error.membership.key")
	}
	return nil
}

// mayBeKey refuses a key that members would not believe, the name of an old key
// for a new one, and a key that somebody has or had.
func (s *Service) mayBeKey(ctx context.Context, m Member, k Key) error {
	bad := fault.New(fault.Invalid, "error.membership.key")
	if !s.d.Sound(k.PublicKeyPEM) || k.KeyID == m.KeyID || k.KeyID == m.Old.KeyID {
		return bad
	}
	if err := s.mayAssert(ctx, m, k); err != nil {
		return err
	}
	all, err := s.d.Store.All(ctx)
	if err != nil {
		return err
	}
	print := clinic.Fingerprint(k.PublicKeyPEM, "")
	for _, o := range all {
		if print == clinic.Fingerprint(o.PublicKeyPEM, "") || print == clinic.Fingerprint(o.Old.PublicKeyPEM, "") {
			return bad
		}
	}
	return nil
}

// CutOldKey ends a member's old key at once, because it may be in wrong hands.
// The secretary must have been told the new key's fingerprint by the member: a
// thief who has changed the key would be left alone with it otherwise.
func (s *Service) CutOldKey(ctx context.Context, who clinic.Actor, actor, fingerprint string) error {
	return s.change(ctx, who, "suspend", actor, func(ctx context.Context, m *Member, _ bool) (string, error) {
		if m.Old.KeyID == "" {
			return "", illegal(m.State)
		}
		if clinic.SpacedFingerprint(fingerprint) != m.Fingerprint() {
			return "", fault.New(fault.Invalid, "error.membership.fingerprint")
		}
		m.Old = OldKey{}
		return "", s.d.Wire.Pin(ctx, *m)
	})
}

// EndOldKeys takes the old keys that have ended off the list. It runs every so often.
func (s *Service) EndOldKeys(ctx context.Context) error {
	all, err := s.d.Store.All(ctx)
	if err != nil {
		return err
	}
	for _, one := range all {
		if one.Old.KeyID == "" || s.d.Now().Before(one.Old.End) {
			continue
		}
		err := s.apply(ctx, clinic.System, one.Actor, func(ctx context.Context, m *Member, _ bool) (string, error) {
			if s.d.Now().Before(m.Old.End) {
				return "", errSame // another one by now
			}
			m.Old = OldKey{}
			return "", s.d.Wire.Pin(ctx, *m)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Republish sends the list to all members under a new version, because something on
// it that is not a member's has changed: the keys of the hub itself.
func (s *Service) Republish(ctx context.Context) error {
	return s.d.Tx.Within(ctx, func(ctx context.Context) error {
		if err := s.d.Store.Lock(ctx); err != nil {
			return err
		}
		now := s.d.Now()
		v, err := s.d.Store.RaiseListVersion(ctx, now)
		if err != nil {
			return err
		}
		l, err := s.list(ctx, v, now)
		if err != nil {
			return err
		}
		return s.d.Wire.Publish(ctx, l, "")
	})
}
