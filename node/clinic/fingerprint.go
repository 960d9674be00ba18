package clinic

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"strings"
)

// Fingerprint is the SHA-256 of a server's public key, and of the Ed25519 key beside
// it (publicKeyMultibase), "" if there is none, in groups of four digits, which two
// people compare by telephone; "" if the key cannot be read. It is one number for
// both: what is not compared could be exchanged.
func Fingerprint(publicKeyPEM, assertion string) string {
	b, _ := pem.Decode([]byte(publicKeyPEM))
	if b == nil {
		return ""
	}
	sum := sha256.Sum256(append(b.Bytes, assertion...))
	return SpacedFingerprint(hex.EncodeToString(sum[:]))
}

// SpacedFingerprint writes a fingerprint in groups of four, however it was typed.
func SpacedFingerprint(typed string) string {
	f := strings.ToLower(strings.NewReplacer(" ", "", ":", "", "-", "").Replace(typed))
	var groups []string
	for len(f) > 4 {
		groups, f = append(groups, f[:4]), f[4:]
	}
	return strings.Join(append(groups, f), " ")
}
