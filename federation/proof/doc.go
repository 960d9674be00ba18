// Package proof makes and verifies proofs of integrity within documents (FEP-8b32,
// cryptosuite eddsa-jcs-2022: RFC 8785, SHA-256, Ed25519), writes and reads public
// keys as Multikeys (FEP-521a), and computes the digest of a collection (FEP-8fcf).
//
// A proof can be shown to anybody, for ever. It belongs on what the network says
// aloud: the list of members, and what is public. It does not belong on anything
// about a case: a referral that has leaked could then be proved to be real.
//
// A document is taken as it is: of what two readers could read differently (a name
// that comes twice, a number that no double holds exactly, half a surrogate pair)
// there is no proof. One proof, of one kind, by a key that the reader has pinned
// under the name that the proof gives; nothing is fetched.
//
// It is the only package that imports github.com/gowebpki/jcs, which is given
// nothing that was not read here before: it is lenient, and slow with many names.
package proof
