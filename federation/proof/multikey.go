package proof

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"math/big"
	"strings"
)

// The multicodec prefixes of the kinds of keys that are used here, as unsigned
// varints (https://github.com/multiformats/multicodec/).
const (
	codecEd25519       = "\xed\x01" // ed25519-pub
	codecEd25519Secret = "\x80\x26" // ed25519-priv
	codecRSA           = "\x85\x24" // rsa-pub, with the key in PKCS #1
)

// maxMultibase is the length in letters of the longest value that is read: an RSA
// key of 4096 bits has 720.
const maxMultibase = 1024

const alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

var errMultibase = errors.New("proof: not a multibase value in base 58")

// Multibase writes bytes in base 58 (Bitcoin's alphabet) with the prefix z.
func Multibase(b []byte) string {
	zeros := 0
	for zeros < len(b) && b[zeros] == 0 {
		zeros++
	}
	n, base, digit := new(big.Int).SetBytes(b), big.NewInt(58), new(big.Int)
	var back []byte
	for n.Sign() > 0 {
		n.DivMod(n, base, digit)
		back = append(back, alphabet[digit.Int64()])
	}
	out := make([]byte, 0, 1+zeros+len(back))
	out = append(append(out, 'z'), strings.Repeat(alphabet[:1], zeros)...)
	for i := len(back) - 1; i >= 0; i-- {
		out = append(out, back[i])
	}
	return string(out)
}

// ParseMultibase reads what Multibase writes, and nothing else.
func ParseMultibase(s string) ([]byte, error) {
	if len(s) < 2 || len(s) > maxMultibase || s[0] != 'z' {
		return nil, errMultibase
	}
	s = s[1:]
	zeros := 0
	for zeros < len(s) && s[zeros] == alphabet[0] {
		zeros++
	}
	n, base := new(big.Int), big.NewInt(58)
	for i := zeros; i < len(s); i++ {
		d := strings.IndexByte(alphabet, s[i])
		if d < 0 {
			return nil, errMultibase
		}
		n.Add(n.Mul(n, base), big.NewInt(int64(d)))
	}
	return append(make([]byte, zeros), n.Bytes()...), nil
}

// Multikey writes a public key, Ed25519 or RSA, as publicKeyMultibase (FEP-521a).
func Multikey(key crypto.PublicKey) (string, error) {
	switch key := key.(type) {
	case ed25519.PublicKey:
		if len(key) != ed25519.PublicKeySize {
			return "", errors.New("proof: not an Ed25519 key")
		}
		return Multibase(append([]byte(codecEd25519), key...)), nil
	case *rsa.PublicKey:
		return Multibase(append([]byte(codecRSA), x509.MarshalPKCS1PublicKey(key)...)), nil
	}
	return "", errors.New("proof: a key of a kind that is not used here")
}

// ParseMultikey reads a publicKeyMultibase: an ed25519.PublicKey or an *rsa.PublicKey.
// How strong an RSA key must be is for the caller to say.
func ParseMultikey(s string) (crypto.PublicKey, error) {
	b, err := ParseMultibase(s)
	if err != nil {
		return nil, err
	}
	if raw, ok := strings.CutPrefix(string(b), codecEd25519); ok {
		if len(raw) != ed25519.PublicKeySize {
			return nil, errors.New("proof: an Ed25519 key of another length")
		}
		return ed25519.PublicKey(raw), nil
	}
	if raw, ok := strings.CutPrefix(string(b), codecRSA); ok {
		key, err := x509.ParsePKCS1PublicKey([]byte(raw))
		if err != nil {
			return nil, errors.New("proof: the RSA key cannot be read")
		}
		return key, nil
	}
	return nil, errors.New("proof: a key of a kind that is not used here")
}

// Assertion reads the Multikey of an Ed25519 key, the only kind that proves documents.
func Assertion(multibase string) (ed25519.PublicKey, error) {
	key, err := ParseMultikey(multibase)
	if err != nil {
		return nil, err
	}
	ed, ok := key.(ed25519.PublicKey)
	if !ok {
		return nil, errors.New("proof: not an Ed25519 key")
	}
	return ed, nil
}

// PEM writes a public key as PKIX PEM, in which signatures of requests have theirs.
func PEM(key crypto.PublicKey) (string, error) {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return "", errors.New("proof: a key that cannot be written")
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})), nil
}
