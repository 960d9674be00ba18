package station

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

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

// openKeyring reads the server's key, or makes it for a server that nobody knows yet.
func openKeyring(ctx context.Context, file, self string, mail *mailbox.Store) (*Keyring, error) {
	k := &Keyring{file: file, self: self}
	err := k.load()
	if !errors.Is(err, fs.ErrNotExist) {
		return k, err
	}
	peers, err := mail.Peers(ctx)
	if err != nil {
		return nil, err
	}
	if len(peers) > 0 {
		return nil, ErrKeyLost
	}
	if err := newKeyFile(file, self+keyName, time.Now()); err != nil {
		return nil, err
	}
	return k, k.load()
}

func (k *Keyring) load() error {
	info, err := os.Stat(k.file)
	if err != nil {
		return err
	}
	key, err := readKeyFile(k.file, k.self)
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

// ID is the IRI of the present key.
func (k *Keyring) ID() string { return k.now().ID() }

// PublicPEM is the public half of the present key.
func (k *Keyring) PublicPEM() string { return k.now().PublicPEM() }

// shown is the present key as documents show it under each of our identities.
func (k *Keyring) shown() (fragment, publicPEM string) {
	key := k.now()
	return strings.TrimPrefix(key.ID(), k.self), key.PublicPEM()
}
