package station

import (
	"errors"

	"github.com/saphan-network/saphan/federation"
)

// ErrKeyLost is the answer to a server that has peers, who have pinned its key,
// but no key any more. A new one would make it a stranger to all of them.
var ErrKeyLost = errors.New("station: the signing key is missing; bring it back from a backup")

// ErrKeyForeign is the answer to a server whose key file is another than the one
// that it had, or has lost the key that proves its documents.
var ErrKeyForeign = errors.New("station: the key file is not the one that this server had; bring it back from a backup")

// Moved is the answer to a server whose base URL is no longer the one that its
// key was made for: peers know it under the old one.
type Moved struct{ Was, Is string } // IRIs of the key

// Error says both.
func (m *Moved) Error() string {
	return "station: this server is known as " + m.Was + ", not " + m.Is + "; its base URL must not change"
}

// Fingerprint is what people elsewhere compare to know that this server is we.
func (s *Station) Fingerprint() string { return KeyFile{Key: s.Key.now()}.Fingerprint() }

// actor is the public document of the server under one of its identities.
func (s *Station) actor(path, kind, username string) federation.Actor {
	base := s.cfg.Base
	fragment, pem := s.Key.shown()
	mark, multibase := s.Key.shownAssertion()
	return federation.Actor{Assertion: federation.Multikey{ID: base + path + mark, Multibase: multibase}, ID: base + path, Type: kind, Name: s.cfg.Name, Username: username, Inbox: base + path + "/inbox", Outbox: base + path + "/outbox",
		SharedInbox: base + "/inbox", URL: base + "/", KeyID: base + path + fragment, PublicKeyPEM: pem, RFC9421: true}
}
