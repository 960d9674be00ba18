package sign

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/sign/internal/fields"
)

// verify9421 is Verify for HTTP message signatures. What needs no key is checked
// first; the clock comes last, because who has it wrong is told.
func (v *Verifier) verify9421(req *http.Request, body []byte) (keyID string, at time.Time, err error) {
	in, err := readInput(req.Header)
	if err != nil {
		return "", time.Time{}, err
	}
	if err := in.enough(req); err != nil {
		return "", time.Time{}, err
	}
	if req.Host != v.Host(req) {
		return "", time.Time{}, refuse("host")
	}
	if req.Method != http.MethodGet {
		if err := digest9421(req.Header, body); err != nil {
			return "", time.Time{}, err
		}
	}
	text, err := base(req, v.scheme(), in.covers, in.line)
	if err != nil {
		return "", time.Time{}, err
	}
	if err := v.proven(req.Context(), in, text); err != nil {
		return "", time.Time{}, err
	}
	if !in.expires.IsZero() && v.Now().After(in.expires) {
		return "", time.Time{}, refuse("expired")
	}
	if err := v.within(in.created); err != nil {
		return "", time.Time{}, v.skewed(err, in.keyID, in.created)
	}
	if req.Method == http.MethodGet && v.seen.before(string(in.signature), v.Now(), 2*v.window()) {
		return "", time.Time{}, refuse("replay")
	}
	return in.keyID, in.created, nil
}

func (v *Verifier) scheme() string {
	if v.Scheme == "" {
		return "https"
	}
	return v.Scheme
}

// enough checks that what matters is signed: the method, the whole address, and
// the digest of a body.
func (in input) enough(req *http.Request) error {
	if !in.covered("@method") {
		return refuse("uncovered_method")
	}
	if !in.covered("@target-uri") && !in.covered("@authority", "@path", "@query") {
		return refuse("uncovered_target")
	}
	if req.Method != http.MethodGet && !in.covered("content-digest") {
		return refuse("uncovered_digest")
	}
	return nil
}

// proven verifies the signature with the pinned key, or with a decoy: the same
// work for keys that we know and keys that we do not.
func (v *Verifier) proven(ctx context.Context, in input, text []byte) error {
	key, err := v.Key(ctx, in.keyID)
	known := err == nil && key.ID == in.keyID && (key.key != nil || key.ed != nil)
	if !known {
		key = Public{}
	}
	good := key.made(in.signature, text)
	switch {
	case err != nil && !fault.Is(err, fault.NotFound):
		return refuseFor("key_lookup", err)
	case !known:
		return refuse("unknown_key")
	case !good:
		return refuse("signature")
	}
	return nil
}

// made reports whether the key made the signature. The algorithm is the key's. A
// signature that is not of the key's kind is verified all the same, with a decoy.
func (k Public) made(signature, text []byte) bool {
	if len(signature) == edLength {
		key, ours := k.ed, k.ed != nil
		if !ours {
			key = decoyEd
		}
		return ed25519.Verify(key, text, signature) && ours
	}
	key, ours := k.key, k.key != nil
	if !ours {
		key = decoy
	}
	sum := sha256.Sum256(text)
	return rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature) == nil && ours
}

// digest9421 recomputes the digests of the bytes received (RFC 9530): SHA-256,
// SHA-512 or both, and each must be right.
func digest9421(h http.Header, body []byte) error {
	lines := h.Values(contentDigest)
	if len(lines) != 1 || len(lines[0]) > maxHeader {
		return refuse("digest_form")
	}
	dict, err := fields.Dictionary(lines[0])
	if err != nil || len(dict) == 0 {
		return refuse("digest_form")
	}
	for _, m := range dict {
		var want []byte
		switch m.Name {
		case "sha-256":
			sum := sha256.Sum256(body)
			want = sum[:]
		case "sha-512":
			sum := sha512.Sum512(body)
			want = sum[:]
		default:
			return refuse("digest_form")
		}
		got, ok := m.Value.([]byte)
		if !ok || len(m.Params) > 0 {
			return refuse("digest_form")
		}
		if subtle.ConstantTimeCompare(got, want) != 1 {
			return refuse("digest")
		}
	}
	return nil
}

// ContentDigest returns the value of a Content-Digest header over body.
func ContentDigest(body []byte) string {
	sum := sha256.Sum256(body)
	return "sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":"
}
