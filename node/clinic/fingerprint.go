package clinic

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"strings"
)

// Fingerprint is the SHA-256 of a public key in groups of four digits, which two
// people compare by telephone; "" if the key cannot be read.
func Fingerprint(publicKeyPEM string) string {
	b, _ := pem.Decode([]byte(publicKeyPEM))
	if b == nil {
		return ""
	}
	sum := sha256.Sum256(b.Bytes)
	digits := hex.EncodeToString(sum[:])
	var groups []string
	for i := 0; i < len(digits); i += 4 {
		groups = append(groups, digits[i:i+4])
	}
	return strings.Join(groups, " ")
}
