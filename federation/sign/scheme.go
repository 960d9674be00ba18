package sign

import (
	"net/http"
	"strings"
)

// Scheme is a kind of signature.
type Scheme string

// The two kinds.
const (
	Cavage  Scheme = "cavage"  // draft-cavage-http-signatures-12
	RFC9421 Scheme = "rfc9421" // HTTP message signatures
)

// SchemeOf tells what kind of signature a request claims to have. After Verify it
// is the kind that was verified. What carries both kinds at once is taken for
// draft-cavage, which then refuses it: a byte sequence has no quotes.
func SchemeOf(h http.Header) Scheme {
	if len(h.Values("Signature-Input")) > 0 && !strings.Contains(strings.Join(h.Values("Signature"), ","), `keyId="`) {
		return RFC9421
	}
	return Cavage
}
