package station

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/node/chassis/audit"
	"github.com/saphan-network/saphan/policies"
)

// How a member's key is changed. What is known of it is not written down a second
// time: the key files, the outbox and our own line of the members list say where
// it stands, and each step can be done again after a crash.
//
//	RotateKey  makes actor.pem.next and announces it to the hub, signed with the old key
//	(the hub)  sends a list with both keys, the old one with its end
//	TurnKey    waits until all have had the time to take that list, then signs with
//	           the new key and destroys the old one

// KeyState is where the change of this server's key stands.
type KeyState struct {
	Now, Next   KeyFile       // Next.Key is nil when no change is under way
	Announced   mailbox.State // how the message to the hub stands; "" before
	Listed      bool          // the members list has the next key
	Turn        time.Time     // when it will be used; zero before it is listed
	ForeignKeys bool          // the list has a key for us that is not ours
}

// RotateKey begins to change the key. While a change is under way, and for a
// server that is no active member, it is a fault.Conflict.
func (s *Station) RotateKey(ctx context.Context) error {
	return s.alone(ctx, func(ctx context.Context) error {
		if s.cfg.Type == "Group" {
			return s.rotateHub(ctx)
		}
		st, err := s.KeyState(ctx)
		if err != nil {
			return err
		}
		if st.Listed {
			return fault.New(fault.Conflict, "error.key.under_way")
		}
		if err := s.mayRotate(ctx); err != nil {
			return err
		}
		if st.Next.Key == nil {
			next := s.cfg.KeyFile + nextSuffix
			if err := nextKeyFile(next, s.Self, s.cfg.Now()); err != nil {
				return err
			}
			err := s.announce(ctx)
			if err != nil { // nobody has heard of it
				err = errors.Join(err, os.Remove(next))
			}
			return err
		}
		if st.Announced != "" && st.Announced != mailbox.Dropped {
			return fault.New(fault.Conflict, "error.key.under_way")
		}
		return s.announce(ctx) // of a message that was given up we cannot know that the hub has not got it: the same key again
	})
}

func (s *Station) mayRotate(ctx context.Context) error {
	line, err := s.Mail.Peer(ctx, s.Self)
	if err == nil {
		_, err = s.Mail.Hub(ctx)
	}
	if fault.Is(err, fault.NotFound) || err == nil && (line.Role != mailbox.RoleMember || line.State != "active") {
		return fault.New(fault.Conflict, "error.key.no_member")
	}
	if err == nil && !line.OldKey.Ended(s.cfg.Now()) {
		return fault.New(fault.Conflict, "error.key.overlap")
	}
	return err
}

// TurnKey does what is due of a change of the key. It runs every so often.
func (s *Station) TurnKey(ctx context.Context) error {
	if err := s.assert(ctx); err != nil {
		return err
	}
	if len(KeyFiles(s.cfg.KeyFile)) < 2 {
		if _, err := os.Stat(s.cfg.KeyFile + spentSuffix); errors.Is(err, fs.ErrNotExist) {
			return nil // the usual case, without a transaction
		}
	}
	return s.alone(ctx, func(ctx context.Context) error {
		st, err := s.KeyState(ctx)
		if err != nil {
			return err
		}
		switch {
		case st.Next.Key == nil:
		case !st.Listed && st.Announced == "":
			return s.announce(ctx) // we have died between the file and the message
		case !st.Listed || s.cfg.Now().Before(st.Turn):
			return nil
		default:
			if err := s.noteKey(ctx, "key.turned", st.Now.ID(), st.Next.ID()); err != nil {
				return err
			}
			if err := turnKeyFile(s.cfg.KeyFile); err != nil {
				return err
			}
		}
		_, err = destroySpent(s.cfg.KeyFile)
		return err
	})
}

// KeyState tells where a change of the key stands.
func (s *Station) KeyState(ctx context.Context) (KeyState, error) {
	return ReadKeyState(ctx, s.cfg.KeyFile, s.Self, s.Mail)
}

// ReadKeyState is KeyState for a server that is not put together: self is its
// actor, and file that of its present key.
func ReadKeyState(ctx context.Context, file, self string, mail *mailbox.Store) (KeyState, error) {
	var st KeyState
	var err error
	if st.Now, err = readKeyFile(file, self); err != nil {
		return st, err
	}
	st.Next, err = readKeyFile(file+nextSuffix, self)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return st, err
	}
	line, err := mail.Peer(ctx, self)
	known := err == nil
	if err != nil && !fault.Is(err, fault.NotFound) {
		return st, err
	}
	if st.Next.Key != nil {
		if st.Announced, err = announced(ctx, mail, st.Next.ID()); err != nil {
			return st, err
		}
	}
	if !known || line.Role != mailbox.RoleMember {
		return st, st.hub(ctx, mail)
	}
	st.ForeignKeys = !st.ours(line.KeyID, line.PublicKeyPEM)
	st.Listed = st.Next.Key != nil && line.KeyID == st.Next.ID() && line.PublicKeyPEM == st.Next.PublicPEM()
	if st.Listed && line.OldKey.ID != "" {
		end, err := time.Parse(time.RFC3339, line.OldKey.End)
		if err != nil {
			return st, err
		}
		st.Turn = end.Add(federation.KeySettling - federation.KeyOverlap)
	}
	return st, nil
}

// hub tells where the change of a hub's key stands, which is no member's.
func (st *KeyState) hub(ctx context.Context, mail *mailbox.Store) error {
	own, err := mail.OwnKeys(ctx)
	if err != nil || st.Next.Key == nil {
		return err
	}
	for _, k := range own {
		if k.ID == st.Next.ID() && !k.Listed.IsZero() {
			st.Listed, st.Turn = true, k.Listed.Add(federation.KeySettling)
		}
	}
	return nil
}

func (st KeyState) ours(id, publicPEM string) bool {
	for _, k := range []KeyFile{st.Now, st.Next} {
		if k.Key != nil && k.ID() == id && k.PublicPEM() == publicPEM {
			return true
		}
	}
	return false
}

// announced tells how the message about a key stands, "" if there is none.
func announced(ctx context.Context, mail *mailbox.Store, keyID string) (mailbox.State, error) {
	hub, err := mail.Hub(ctx)
	if fault.Is(err, fault.NotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return mail.ThreadState(ctx, hub.Actor, keyID)
}

// announce tells the hub of the next key. What signs it is the key at the time it
// is sent, which is the old one until the list has the new one.
func (s *Station) announce(ctx context.Context) error {
	hub, err := s.Mail.Hub(ctx)
	if err != nil {
		return err
	}
	next, err := readKeyFile(s.cfg.KeyFile+nextSuffix, s.Self)
	if err != nil {
		return err
	}
	k := next.published()
	if err := s.Mail.SaveOwnKey(ctx, mailbox.OwnKey{PublicKey: k}); err != nil {
		return err
	}
	return s.tell(ctx, hub, k, k.ID, "key.announced")
}

// assert tells a hub that proves its lists of the Ed25519 key beside our present key,
// if its list does not have that yet: this server is older than such keys.
func (s *Station) assert(ctx context.Context) error {
	line, err := s.Mail.Peer(ctx, s.Self)
	if fault.Is(err, fault.NotFound) || err == nil && (line.Role != mailbox.RoleMember || line.State != "active" || line.Assertion.ID != "" || line.KeyID != s.Key.ID()) {
		return nil
	}
	if err != nil {
		return err
	}
	hub, err := s.Mail.Hub(ctx)
	if fault.Is(err, fault.NotFound) || err == nil && hub.Assertion.ID == "" {
		return nil
	}
	if err != nil {
		return err
	}
	return s.alone(ctx, func(ctx context.Context) error {
		k := KeyFile{Key: s.Key.now()}.published()
		state, err := s.Mail.ThreadState(ctx, hub.Actor, k.Assertion.ID)
		if err != nil || state != "" {
			return err
		}
		return s.tell(ctx, hub, k, k.Assertion.ID, "key.asserted")
	})
}

// tell sends a key to the hub, under a thread by which the message is found again.
func (s *Station) tell(ctx context.Context, hub mailbox.Peer, k federation.PublicKey, thread, act string) error {
	facts := policies.KeyFacts(k)
	facts["membership/message"] = []string{string(federation.Update)}
	if _, err := s.Office.Send(ctx, hub.Actor, policies.Membership, thread, facts, federation.Activity{Type: federation.Update, Key: &k}); err != nil {
		return err
	}
	return s.noteKey(ctx, act, s.Key.ID(), thread)
}

// noteKey writes a step into the ledger, with the names of the keys.
func (s *Station) noteKey(ctx context.Context, act, was, is string) error {
	return s.cfg.Trail.Append(ctx, audit.Entry{Actor: "system", Act: act, ObjectType: "key", ObjectID: s.Self, Outcome: "done",
		Detail: map[string]string{"old": was, "new": is}})
}

// alone runs f while no other process of this server changes keys.
func (s *Station) alone(ctx context.Context, f func(ctx context.Context) error) error {
	return s.cfg.DB.Within(ctx, func(ctx context.Context) error {
		if err := s.cfg.DB.Exclusive(ctx, "signing key"); err != nil {
			return err
		}
		return f(ctx)
	})
}
