// Package sealed is the envelope of a hand-over: what only one organisation can
// open, and only for the one referral that it was sealed for.
//
// A package is the four letters "SPH1", the 32 bytes of an HPKE encapsulation
// (RFC 9180: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256), and the content in chunks
// of 64 KiB, each encrypted with AES-256-GCM under a key that both ends export
// from the HPKE context. The nonce of a chunk is its number and whether it is the
// last one, so that a package that is cut short, put in another order or continued
// does not open. Who sealed it for whom, for which referral, on which consent and
// until when is the context's info: a package that is shown in another place does
// not open either. The length of the content is hidden among others (Padded).
package sealed
