package sign

import (
	"context"
	"crypto/subtle"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-fed/httpsig"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
)

// Verifier verifies signed requests to one server. The zero value believes
// nobody; it must not be copied after first use.
type Verifier struct {
	// Key returns the key pinned under an id. It must not fetch anything. Any
	// error means that the request is not believed.
	Key func(ctx context.Context, keyID string) (Public, error)
	// Now is the clock.
	Now func() time.Time
	// Window is how far the date may be off, either way; 0 means federation.ClockWindow.
	Window time.Duration
	// Host returns the host (and port) under which this server is known, from its
	// configuration, never from the request's own claims.
	Host func(*http.Request) string
	// Scheme is that of the server's own address, from its configuration; "" means
	// https. RFC 9421 signs it.
	Scheme string

	seen replays
}

// Verify accepts a request whose signature, digest, host and date are good, and
// returns the id of the pinned key and the date. The error is always a fault of
// kind Signature; see IsClock for the one reason that the sender may be told.
// SchemeOf tells which of the two kinds of signature it was.
func (v *Verifier) Verify(req *http.Request, body []byte) (keyID string, at time.Time, err error) {
	if SchemeOf(req.Header) == RFC9421 {
		return v.verify9421(req, body)
	}
	p, err := parameters(req.Header)
	if err != nil {
		return "", time.Time{}, err
	}
	if err := v.signed(req, p); err != nil {
		return "", time.Time{}, err
	}
	if req.Host != v.Host(req) {
		return "", time.Time{}, refuse("host")
	}
	if err := covered(req, p); err != nil {
		return "", time.Time{}, err
	}
	if req.Method != http.MethodGet {
		if err := digest(req.Header, body); err != nil {
			return "", time.Time{}, err
		}
	}
	if at, err = v.dated(req.Header); err != nil {
		return "", time.Time{}, v.skewed(err, p.keyID, at)
	}
	if req.Method == http.MethodGet && v.seen.before(p.signature, v.Now(), 2*v.window()) {
		return "", time.Time{}, refuse("replay")
	}
	return p.keyID, at, nil
}

// signed looks up the pinned key and verifies with it, or with a decoy: the same
// work for keys that we know and keys that we do not.
func (v *Verifier) signed(req *http.Request, p params) error {
	key, err := v.Key(req.Context(), p.keyID)
	known := err == nil && key.key != nil && key.ID == p.keyID
	if !known {
		key.key = decoy
	}
	bad := check(req, key)
	switch {
	case err != nil && !fault.Is(err, fault.NotFound):
		return refuseFor("key_lookup", err)
	case !known:
		return refuse("unknown_key")
	}
	return bad
}

func (v *Verifier) window() time.Duration {
	if v.Window == 0 {
		return federation.ClockWindow
	}
	return v.Window
}

// check verifies the signature itself, over a copy of the request that has
// nothing but what is signed.
func check(req *http.Request, key Public) error {
	plain := req.Clone(req.Context())
	plain.Header = req.Header.Clone()
	delete(plain.Header, "Authorization")
	plain.Header["Host"] = []string{req.Host}
	v, err := httpsig.NewVerifier(plain)
	if err != nil {
		return refuse("malformed")
	}
	if err := v.Verify(key.key, httpsig.RSA_SHA256); err != nil {
		return refuse("signature")
	}
	return nil
}

// covered checks that what matters is signed, and that each signed header is
// there once: two would be joined, and read apart elsewhere.
func covered(req *http.Request, p params) error {
	need := []string{httpsig.RequestTarget, "host", "date"}
	if req.Method != http.MethodGet {
		need = append(need, "digest")
	}
	for _, name := range need {
		if !p.covers[name] {
			return refuse("uncovered_" + strings.Trim(name, "()"))
		}
	}
	for _, name := range []string{"Date", "Digest", "Host"} {
		if len(req.Header.Values(name)) > 1 {
			return refuse("repeated_header")
		}
	}
	return nil
}

// digest recomputes the digest of the bytes received. One value, SHA-256 only.
func digest(h http.Header, body []byte) error {
	name, sum, ok := strings.Cut(h.Get("Digest"), "=")
	if !ok || !strings.EqualFold(name, "SHA-256") || strings.ContainsAny(sum, ", ") {
		return refuse("digest_form")
	}
	_, want, _ := strings.Cut(Digest(body), "=")
	if subtle.ConstantTimeCompare([]byte(sum), []byte(want)) != 1 {
		return refuse("digest")
	}
	return nil
}

func (v *Verifier) dated(h http.Header) (time.Time, error) {
	at, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return time.Time{}, refuse("date_form")
	}
	return at.UTC(), v.within(at)
}

// within checks a date against the clock.
func (v *Verifier) within(at time.Time) error {
	if off := v.Now().Sub(at); off > v.window() || off < -v.window() {
		return refuse(reasonClock)
	}
	return nil
}

// skewed adds to the fault of a wrong clock whose it is and by how much it is ahead.
func (v *Verifier) skewed(err error, keyID string, at time.Time) error {
	if !IsClock(err) {
		return err
	}
	return fault.As(err).With("key", keyID).With("seconds", strconv.FormatInt(int64(at.Sub(v.Now())/time.Second), 10))
}

// Skew tells of an error for which IsClock holds the id of the key that signed, and
// by how much the clock of who signed is ahead of ours.
func Skew(err error) (keyID string, ahead time.Duration) {
	if !IsClock(err) {
		return "", 0
	}
	n, err2 := strconv.ParseInt(fault.As(err).Args["seconds"], 10, 64)
	if err2 != nil {
		return "", 0
	}
	return fault.As(err).Args["key"], time.Duration(n) * time.Second
}
