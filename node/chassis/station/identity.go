package station

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/federation/sign"
)

// ErrKeyLost is the answer to a server that has peers, who have pinned its key,
// but no key any more. A new one would make it a stranger to all of them.
var ErrKeyLost = errors.New("station: the signing key is missing; bring it back from a backup")

// Moved is the answer to a server whose base URL is no longer the one that its
// key was made for: peers know it under the old one.
type Moved struct{ Was, Is string } // IRIs of the key

// Error says both.
func (m *Moved) Error() string {
	return "station: this server is known as " + m.Was + ", not " + m.Is + "; its base URL must not change"
}

// signingKey reads the server's key, or makes it for a server that nobody knows yet.
func signingKey(ctx context.Context, path, id string, mail *mailbox.Store) (*sign.Key, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		peers, err := mail.Peers(ctx)
		if err != nil {
			return nil, err
		}
		if len(peers) > 0 {
			return nil, ErrKeyLost
		}
		return makeKey(path, id)
	}
	if err != nil {
		return nil, err
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return nil, fmt.Errorf("station: %s has mode %04o, must be 0600", path, mode)
	}
	b, err := os.ReadFile(path) //nolint:gosec // the operator's path
	if err != nil {
		return nil, err
	}
	if first, _, _ := strings.Cut(string(b), "\n"); strings.HasPrefix(first, owner) && first != owner+id {
		return nil, &Moved{Was: strings.TrimPrefix(first, owner), Is: id}
	}
	return sign.ParseKey(id, string(b))
}

// owner begins the first line of the file, which says whose key it is.
const owner = "# "

// makeKey writes a new key whole or not at all.
func makeKey(path, id string) (*sign.Key, error) {
	key, err := sign.NewKey(id)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".actor-*") // mode 0600
	if err != nil {
		return nil, err
	}
	_, err = f.WriteString(owner + id + "\n" + key.PrivatePEM())
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Link(f.Name(), path) // fails where another process was faster
	}
	return key, errors.Join(err, os.Remove(f.Name()))
}

// actor is the public document of the server under one of its identities.
func (s *Station) actor(path, kind, username string) federation.Actor {
	base := s.cfg.Base
	return federation.Actor{ID: base + path, Type: kind, Name: s.cfg.Name, Username: username, Inbox: base + path + "/inbox", Outbox: base + path + "/outbox",
		SharedInbox: base + "/inbox", URL: base + "/", KeyID: base + path + keyName, PublicKeyPEM: s.Key.PublicPEM(), RFC9421: true}
}
