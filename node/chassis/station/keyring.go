package station

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/federation/sign"
)

// Keyring signs with the server's present key. The file is the truth: it is
// looked at before each signature, so that a key that was changed by another
// process of this server, or by a command, is used from then on. A file that
// cannot be read leaves the key that was read last.
type Keyring struct {
	file, self string

	mu   sync.Mutex
	key  *sign.Key
	read os.FileInfo
}

// openKeyring reads the server's key, or makes it for a server that nobody knows
// yet. What is missing of it, because it was made by an earlier version, is made.
func (s *Station) openKeyring(ctx context.Context) (*Keyring, error) {
	k := &Keyring{file: s.cfg.KeyFile, self: s.Self}
	if err := k.load(); err == nil && k.known(ctx, s.Mail) {
		return k, nil // the usual case, without a transaction
	}
	return k, s.alone(ctx, func(ctx context.Context) error {
		err := k.load()
		if errors.Is(err, fs.ErrNotExist) {
			err = k.first(ctx, s.Mail)
		}
		if err != nil {
			return err
		}
		if err := k.complete(ctx, s.Mail, ""); err != nil {
			return err
		}
		if _, err := os.Stat(s.cfg.KeyFile + nextSuffix); err == nil {
			if err := k.complete(ctx, s.Mail, nextSuffix); err != nil {
				return err
			}
		}
		return k.load()
	})
}

// first makes the key of a server that nobody knows.
func (k *Keyring) first(ctx context.Context, mail *mailbox.Store) error {
	peers, err := mail.Peers(ctx)
	if err != nil {
		return err
	}
	if len(peers) > 0 {
		return ErrKeyLost
	}
	return newKeyFile(k.file, k.self+keyName, time.Now())
}

// known reports whether the key is whole and taken down.
func (k *Keyring) known(ctx context.Context, mail *mailbox.Store) bool {
	own, err := mail.OwnKeys(ctx)
	return err == nil && k.key.Assertion() != nil && taken(own, k.key)
}

func taken(own []mailbox.OwnKey, key *sign.Key) bool {
	return slices.ContainsFunc(own, func(o mailbox.OwnKey) bool { return o.Assertion == key.Assertion().Multikey() })
}

// complete sees to it that a key file has an Ed25519 key, and that it is taken down.
// One that this server has never had is refused, and so is a file that has lost it:
// the others have pinned what was there.
func (k *Keyring) complete(ctx context.Context, mail *mailbox.Store, suffix string) error {
	key, err := readKeyFile(k.file+suffix, k.self)
	if err != nil {
		return err
	}
	own, err := mail.OwnKeys(ctx)
	if err != nil {
		return err
	}
	if suffix == "" && len(own) > 0 && (key.Assertion() == nil || !taken(own, key.Key)) {
		return ErrKeyForeign
	}
	if key.Assertion() == nil {
		if key, err = completeKeyFile(k.file+suffix, key); err != nil {
			return err
		}
	}
	if taken(own, key.Key) {
		return nil
	}
	return mail.SaveOwnKey(ctx, mailbox.OwnKey{PublicKey: key.published()})
}

func (k *Keyring) load() error {
	info, err := os.Stat(k.file)
	if err != nil {
		return err
	}
	key, err := readKeyFile(k.file, k.self)
	if err == nil && k.key != nil && k.key.Assertion() != nil && key.Assertion() == nil {
		err = ErrKeyForeign
	}
	if err == nil {
		k.key, k.read = key.Key, info
	}
	return err
}

// now is the key in the file.
func (k *Keyring) now() *sign.Key {
	k.mu.Lock()
	defer k.mu.Unlock()
	if info, err := os.Stat(k.file); err == nil && !(os.SameFile(info, k.read) && info.ModTime().Equal(k.read.ModTime())) {
		_ = k.load()
	}
	return k.key
}

// Sign implements delivery.Signer.
func (k *Keyring) Sign(req *http.Request, body []byte, now time.Time) error {
	return k.now().Sign(req, body, now)
}

// Sign9421 implements delivery.Signer.
func (k *Keyring) Sign9421(req *http.Request, body []byte, now time.Time) error {
	return k.now().Sign9421(req, body, now)
}

// SignEd25519 implements delivery.Signer.
func (k *Keyring) SignEd25519(req *http.Request, body []byte, now time.Time) error {
	return k.now().SignEd25519(req, body, now)
}

// AssertionID is the IRI of the present Ed25519 key.
func (k *Keyring) AssertionID() string { return k.now().AssertionID() }

// Assertion is the present Ed25519 key as documents show it.
func (k *Keyring) Assertion() federation.Multikey { return k.now().Assertion().Multikey() }

// ID is the IRI of the present key.
func (k *Keyring) ID() string { return k.now().ID() }

// PublicPEM is the public half of the present key.
func (k *Keyring) PublicPEM() string { return k.now().PublicPEM() }

// shown is the present key as documents show it under each of our identities.
func (k *Keyring) shown() (fragment, publicPEM string) {
	key := k.now()
	return strings.TrimPrefix(key.ID(), k.self), key.PublicPEM()
}

// shownAssertion is shown for the present Ed25519 key.
func (k *Keyring) shownAssertion() (fragment, multibase string) {
	a := k.now().Assertion()
	return strings.TrimPrefix(a.ID(), k.self), a.Multibase()
}
