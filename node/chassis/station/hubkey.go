package station

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/mailbox"
)

// How a hub's key is changed. The members pin the hub's keys, and the members list,
// which they believe, tells them of new ones. What is known of it stands with the
// hub's own keys (mailbox.OwnKey) and in the key files; each step can be done again.
//
//	RotateKey   makes actor.pem.next
//	TurnHubKey  has a list sent with both keys, proved and signed with the old ones;
//	            after federation.KeySettling signs with the new ones and destroys the
//	            old; after federation.KeyOverlap has a list sent without the old ones

// Prove adds a proof of integrity to a document (FEP-8b32), with the present Ed25519
// key. Nothing about a case is proved: whoever has such a document could show it.
func (s *Station) Prove(doc []byte, created time.Time) ([]byte, error) {
	return s.Key.now().Assertion().Prove(doc, created)
}

// ListKeys are this hub's own keys as its members list shows them: the present one,
// which on the list may be the next that signs, and the one before while it holds.
func (s *Station) ListKeys(ctx context.Context) (now, old federation.PublicKey, err error) {
	own, err := s.Mail.OwnKeys(ctx)
	if err != nil {
		return now, old, err
	}
	now = KeyFile{Key: s.Key.now()}.published()
	for _, k := range own {
		switch {
		case k.Listed.IsZero():
		case k.End == "":
			now = k.PublicKey
		case !k.Ended(s.cfg.Now()):
			old = k.PublicKey
		}
	}
	return now, old, nil
}

// rotateHub makes the next key of a hub; TurnHubKey tells of it.
func (s *Station) rotateHub(ctx context.Context) error {
	if _, err := readKeyFile(s.cfg.KeyFile+nextSuffix, s.Self); !errors.Is(err, fs.ErrNotExist) {
		if err == nil {
			err = fault.New(fault.Conflict, "error.key.under_way")
		}
		return err
	}
	_, old, err := s.ListKeys(ctx)
	if err != nil {
		return err
	}
	if old.ID != "" {
		return fault.New(fault.Conflict, "error.key.overlap")
	}
	next := s.cfg.KeyFile + nextSuffix
	if err := nextKeyFile(next, s.Self, s.cfg.Now()); err != nil {
		return err
	}
	key, err := readKeyFile(next, s.Self)
	if err != nil {
		return err
	}
	if err := s.Mail.SaveOwnKey(ctx, mailbox.OwnKey{PublicKey: key.published()}); err != nil {
		return err
	}
	return s.noteKey(ctx, "key.made", s.Key.ID(), key.ID())
}

// TurnHubKey does what is due of a change of a hub's key, and on a hub that did not
// show its keys before. publish sends the members list anew. It runs every so often.
func (s *Station) TurnHubKey(ctx context.Context, publish func(ctx context.Context) error) error {
	own, err := s.Mail.OwnKeys(ctx)
	if err != nil || !s.hubKeyDue(own) {
		return err
	}
	return s.alone(ctx, func(ctx context.Context) error {
		if own, err = s.Mail.OwnKeys(ctx); err != nil {
			return err
		}
		changed, err := s.listHubKeys(ctx, own)
		if err != nil {
			return err
		}
		if changed {
			if err := publish(ctx); err != nil {
				return err
			}
		}
		return s.turnHubFiles(ctx, own)
	})
}

// hubKeyDue reports whether there may be something to do.
func (s *Station) hubKeyDue(own []mailbox.OwnKey) bool {
	for _, k := range own {
		waits := k.Listed.IsZero() && k.End == ""                            // a key that no list has yet
		over := !k.Listed.IsZero() && k.End != "" && k.Ended(s.cfg.Now())    // one that the list still has
		turns := !waits && k.End == "" && k.ID != s.Key.ID() && s.settled(k) // the next one's time has come
		if waits || over || turns {
			return true
		}
	}
	_, err := readKeyFile(s.cfg.KeyFile+spentSuffix, s.Self)
	return err == nil
}

func (s *Station) settled(k mailbox.OwnKey) bool {
	return !s.cfg.Now().Before(k.Listed.Add(federation.KeySettling))
}

// listHubKeys decides which keys the list has, and reports whether that is a change.
func (s *Station) listHubKeys(ctx context.Context, own []mailbox.OwnKey) (changed bool, err error) {
	now := s.cfg.Now().UTC().Truncate(time.Second)
	next, err := readKeyFile(s.cfg.KeyFile+nextSuffix, s.Self)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	present := s.Key.Assertion()
	for i := range own {
		k := &own[i]
		before := *k
		isNext := next.Key != nil && k.Assertion == next.Assertion().Multikey()
		if k.Listed.IsZero() && k.End == "" && (k.Assertion == present || isNext) {
			k.Listed = now
		}
		if next.Key != nil && k.Assertion == present && k.End == "" {
			k.End = now.Add(federation.KeyOverlap).Format(time.RFC3339)
		}
		if !k.Listed.IsZero() && k.End != "" && k.Ended(now) {
			k.Listed = time.Time{}
		}
		if *k == before {
			continue
		}
		changed = true
		if err := s.Mail.SaveOwnKey(ctx, *k); err != nil {
			return changed, err
		}
		if isNext {
			if err := s.noteKey(ctx, "key.announced", s.Key.ID(), k.ID); err != nil {
				return changed, err
			}
		}
	}
	return changed, nil
}

// turnHubFiles turns to the next key when all have had the time to take the list.
func (s *Station) turnHubFiles(ctx context.Context, own []mailbox.OwnKey) error {
	next, err := readKeyFile(s.cfg.KeyFile+nextSuffix, s.Self)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, k := range own {
		if next.Key == nil || k.ID != next.ID() || k.Listed.IsZero() || !s.settled(k) {
			continue
		}
		if err := s.noteKey(ctx, "key.turned", s.Key.ID(), next.ID()); err != nil {
			return err
		}
		if err := turnKeyFile(s.cfg.KeyFile); err != nil {
			return err
		}
	}
	_, err = destroySpent(s.cfg.KeyFile)
	return err
}
