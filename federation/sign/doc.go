// Package sign signs and verifies HTTP requests between servers in two ways:
// draft-cavage HTTP signatures, RSA of 2048 bits or more and SHA-256, and HTTP
// message signatures of RFC 9421, with the same RSA keys, and with Ed25519 keys of
// others. It is the only package that imports github.com/go-fed/httpsig, which
// builds the string that the draft signs and does the arithmetic, and nothing
// else: that library alone accepts a changed body, a date of years ago, a
// signature over the date only, and the last of several keys.
//
// What a request must have is decided here. With draft-cavage:
//
//   - one Signature header with each parameter once, no Authorization header;
//   - the algorithm is RSA with SHA-256 because the pinned key is; the parameter
//     may say rsa-sha256, or hs2019, which leaves it to the key;
//   - (request-target), host, date and, with a body, digest are signed;
//   - the digest is that of the bytes received, the date is within the window.
//
// With RFC 9421:
//
//   - one Signature-Input and one Signature header with one label, the same;
//   - the algorithm is the pinned key's, rsa-v1_5-sha256 or ed25519; alg may be
//     left out and may not say another;
//   - @method, the address as @target-uri or as @authority, @path and @query, and,
//     with a body, content-digest are signed; no component has parameters;
//   - created is there and within the window, expires is not over if it is there;
//     a tag, which means the signature for something else, is refused;
//   - Content-Digest has SHA-256, SHA-512 or both, and nothing else.
//
// With both, the host is the server's own name from its configuration, and a GET
// is answered once: every signature of ours carries a fresh nonce. A repeated POST
// is for the mailbox to recognise. A request with both kinds is refused.
//
// All failures are faults of kind Signature with one message; the argument
// "reason" is for the log. A wrong clock (IsClock) alone may be told to the sender, and only
// after its key has proved who it is.
package sign
