// Package opaque makes identifiers that say nothing: 128 random bits, with no
// time, counter or machine in them (so that two referrals of one person cannot
// be linked, and an id does not tell when a family came to the clinic).
package opaque

import (
	"crypto/rand"
	"encoding/hex"
)

// ID returns 32 lower-case hexadecimal digits of fresh randomness.
func ID() string {
	var b [16]byte
	if _, err := rand.Read(b[:]); err != nil {
		panic("opaque: the system has no randomness: " + err.Error()) // crypto/rand never fails on a supported system
	}
	return hex.EncodeToString(b[:])
}

// Valid reports whether s has the form of an ID.
func Valid(s string) bool {
	if len(s) != 32 {
		return false
	}
	for _, c := range s {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// Token returns 64 lower-case hexadecimal digits (256 bits) for secrets such as
// sessions and one-time links. Store only its hash.
func Token() string { return ID() + ID() }
