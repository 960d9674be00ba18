// Package sign signs and verifies HTTP requests between servers with
// draft-cavage HTTP signatures, RSA of 2048 bits or more and SHA-256. It is the
// only package that imports github.com/go-fed/httpsig, which builds the string
// that is signed and does the arithmetic, and nothing else: that library alone
// accepts a changed body, a date of years ago, a signature over the date only,
// and the last of several keys.
//
// What a request must have is decided here, before and after:
//
//   - one Signature header with each parameter once, no Authorization header;
//   - the algorithm is RSA with SHA-256 because the pinned key is; the parameter
//     may say rsa-sha256, or hs2019, which leaves it to the key;
//   - (request-target), host, date and, with a body, digest are signed;
//   - the host is the server's own name from its configuration;
//   - the digest is that of the bytes received, the date is within the window;
//   - a GET is answered once: every signature of ours carries a fresh nonce.
//     A repeated POST is for the mailbox to recognise.
//
// All failures are faults of kind Signature with one message; the argument
// "reason" is for the log. ErrClock alone may be told to the sender, and only
// after its key has proved who it is.
package sign
