package delivery

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/saphan-network/saphan/federation/sign"
)

// kind sorts how an attempt can end.
type kind int

const (
	taken    kind = iota // the peer has it
	away                 // the peer (or the way to it) is not well: try again, for ever, in order
	doubtful             // this activity or the peer, we cannot tell: in order at first, then aside, at last held
	final                // this activity will never be taken as it is: held at once
)

// Back-off, and when a doubtful activity stops holding up the others (setAside
// attempts) and waits for a person (giveUp attempts, about three days).
const (
	firstDelay = 10 * time.Second
	maxDelay   = 6 * time.Hour
	deadDelay  = 24 * time.Hour // for a peer that counts as dead
	setAside   = 3
	giveUp     = 20
)

// outcome is how one attempt ended.
type outcome struct {
	kind   kind
	status int
	key    string        // message key
	after  time.Duration // the peer asked for so much time
	cause  error         // the log gets its label
	wants  bool          // the peer asks for RFC 9421
	asks   string        // id of the Ed25519 key for which it asks
}

// answered sorts the status codes.
//
// 401 is about our key, our clock or their list of members: it would hold for
// every activity, and people or time mend it. 408, 425 and 429 ask for patience.
// 403, 404, 409, 410 and all kinds of 5xx may be about this one activity or
// about all: in doubt the order is kept for some attempts, and nothing is given
// up for days. The other 4xx say that these bytes will never be taken.
func answered(res *http.Response, now time.Time) outcome {
	o := outcome{status: res.StatusCode, after: retryAfter(res.Header.Get("Retry-After"), now)}
	o.wants, o.asks = sign.IsWanted(res.Header)
	switch s := res.StatusCode; {
	case s >= 200 && s < 300:
		o.kind = taken
	case s == http.StatusUnauthorized:
		o.kind, o.key = away, "delivery.error.unauthorized"
	case s == http.StatusRequestTimeout, s == http.StatusTooEarly, s == http.StatusTooManyRequests:
		o.kind, o.key = away, "delivery.error.busy"
	case s == http.StatusBadGateway, s == http.StatusServiceUnavailable, s == http.StatusGatewayTimeout:
		o.kind, o.key = away, "delivery.error.unavailable"
	case s >= 300 && s < 400:
		o.kind, o.key = away, "delivery.error.redirect"
	case s == http.StatusForbidden:
		o.kind, o.key = doubtful, "delivery.error.forbidden"
	case s == http.StatusNotFound, s == http.StatusGone:
		o.kind, o.key = doubtful, "delivery.error.gone"
	case s == http.StatusConflict:
		o.kind, o.key = doubtful, "delivery.error.conflict"
	case s >= 500:
		o.kind, o.key = doubtful, "delivery.error.theirs"
	default:
		o.kind, o.key = final, "delivery.error.rejected"
	}
	return o
}

// unanswered sorts the ways in which there is no answer. All of them are waited
// out, because a wrong address or certificate is mended without us.
func unanswered(err error) outcome {
	o := outcome{kind: away, key: "delivery.error.unreachable", cause: err}
	var dns *net.DNSError
	var cert *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	switch {
	case isOurs(err):
		o.key = "delivery.error.ours"
	case errors.Is(err, errGuard):
		o.key = "delivery.error.address"
	case errors.Is(err, context.DeadlineExceeded):
		o.key = "delivery.error.timeout"
	case errors.As(err, &cert), errors.As(err, &unknown):
		o.key = "delivery.error.certificate"
	case errors.As(err, &dns):
		o.key = "delivery.error.name"
	}
	return o
}

// retryAfter reads seconds or an HTTP date; 0 if there is nothing to read.
func retryAfter(v string, now time.Time) time.Duration {
	if v == "" {
		return 0
	}
	if n, err := strconv.Atoi(v); err == nil {
		return time.Duration(min(max(n, 0), 7*24*3600)) * time.Second
	}
	if t, err := http.ParseTime(v); err == nil {
		return max(t.Sub(now), 0)
	}
	return 0
}
