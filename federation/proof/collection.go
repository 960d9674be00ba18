package proof

import (
	"crypto/sha256"
	"encoding/hex"
)

// CollectionDigest is the digest of a collection's identifiers, whatever their
// order (FEP-8fcf): their SHA-256 digests, each bit the exclusive or of all, in
// hexadecimal.
func CollectionDigest(ids []string) string {
	var all [sha256.Size]byte
	for _, id := range ids {
		one := sha256.Sum256([]byte(id))
		for i := range all {
			all[i] ^= one[i]
		}
	}
	return hex.EncodeToString(all[:])
}
