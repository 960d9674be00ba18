package sealed

import (
	"crypto/ecdh"
	"crypto/hpke"
	"errors"
	"strings"

	"github.com/saphan-network/saphan/federation/proof"
)

// codecX25519 is the multicodec prefix of x25519-pub, as an unsigned varint
// (https://github.com/multiformats/multicodec/).
const codecX25519 = "\xec\x01"

// ErrKey says that something is not a key for sealing.
var ErrKey = errors.New("sealed: not an X25519 key")

func kem() hpke.KEM { return hpke.DHKEM(ecdh.X25519()) }

// PublicKey is what others seal to.
type PublicKey struct{ hpke.PublicKey }

// PrivateKey opens what was sealed to its public half.
type PrivateKey struct{ hpke.PrivateKey }

// NewKey makes a key.
func NewKey() (PrivateKey, error) {
	k, err := kem().GenerateKey()
	return PrivateKey{k}, err
}

// ParsePrivate reads what PrivateKey.Bytes writes.
func ParsePrivate(raw []byte) (PrivateKey, error) {
	k, err := kem().NewPrivateKey(raw)
	if err != nil {
		return PrivateKey{}, ErrKey
	}
	return PrivateKey{k}, nil
}

// Public is the half that is published.
func (k PrivateKey) Public() PublicKey { return PublicKey{k.PrivateKey.PublicKey()} }

// Multibase writes a key as publicKeyMultibase (FEP-521a).
func (k PublicKey) Multibase() string {
	return proof.Multibase(append([]byte(codecX25519), k.Bytes()...))
}

// ParsePublic reads a publicKeyMultibase of an X25519 key, and no other.
func ParsePublic(multibase string) (PublicKey, error) {
	b, err := proof.ParseMultibase(multibase)
	if err != nil {
		return PublicKey{}, ErrKey
	}
	raw, ok := strings.CutPrefix(string(b), codecX25519)
	if !ok {
		return PublicKey{}, ErrKey
	}
	k, err := kem().NewPublicKey([]byte(raw))
	if err != nil {
		return PublicKey{}, ErrKey
	}
	return PublicKey{k}, nil
}
