package sign

import (
	"encoding/base64"
	"net/http"
	"strings"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
)

// params are the parameters of a Signature header.
type params struct {
	keyID, signature string
	covers           map[string]bool
}

// maxHeader is the length in bytes of the longest Signature header that is read.
const maxHeader = 4096

// parameters reads the one Signature header strictly: name="value" pairs, each
// name once, no escapes, no names that change the meaning.
func parameters(h http.Header) (params, error) {
	lines := h.Values("Signature")
	if len(lines) == 0 {
		return params{}, refuse("unsigned")
	}
	if len(lines) > 1 || len(h.Values("Authorization")) > 0 || len(h.Values("Signature-Input")) > 0 {
		return params{}, refuse("several")
	}
	if len(lines[0]) > maxHeader {
		return params{}, refuse("malformed")
	}
	found := map[string]string{}
	for _, one := range strings.Split(lines[0], ",") {
		name, value, ok := strings.Cut(one, "=")
		if !ok || len(value) < 2 || value[0] != '"' || value[len(value)-1] != '"' || strings.ContainsAny(value[1:len(value)-1], `"\`) {
			return params{}, refuse("malformed")
		}
		if _, twice := found[name]; twice {
			return params{}, refuse("repeated_parameter")
		}
		found[name] = value[1 : len(value)-1]
	}
	for name := range found {
		switch name {
		case "keyId", "algorithm", "headers", "signature":
		default: // created and expires have no meaning with RSA; the rest is nobody's
			return params{}, refuse("parameter")
		}
	}
	return interpret(found)
}

func interpret(found map[string]string) (params, error) {
	p := params{keyID: found["keyId"], signature: found["signature"], covers: map[string]bool{}}
	if federation.CheckIRI(p.keyID) != nil {
		return p, refuse("key_id")
	}
	switch found["algorithm"] {
	case "", "rsa-sha256", "hs2019":
	default:
		return p, refuse("algorithm")
	}
	if raw, err := base64.StdEncoding.Strict().DecodeString(p.signature); err != nil || len(raw) < keyBits/8 || len(raw) > maxBits/8 {
		return p, refuse("malformed")
	}
	for _, name := range strings.Split(found["headers"], " ") {
		if name == "" || name != strings.ToLower(name) || p.covers[name] || name == "(created)" || name == "(expires)" {
			return p, refuse("headers")
		}
		p.covers[name] = true
	}
	return p, nil
}

// reasonClock is the reason of a date outside of the window.
const reasonClock = "clock_skew"

// refuse is a fault of kind Signature with a reason for the log.
func refuse(reason string) error { return refuseFor(reason, nil) }

func refuseFor(reason string, cause error) error {
	return fault.Wrap(fault.Signature, "error.federation.signature", cause).With("reason", reason)
}

// Reason returns the machine's reason of an error of Verify, for logs and
// audits: a word, never anything of the request.
func Reason(err error) string {
	if fault.Is(err, fault.Signature) {
		return fault.As(err).Args["reason"]
	}
	return ""
}

// IsClock reports whether the signature was good and only the date is out of the
// window: the sender should look at its clock.
func IsClock(err error) bool { return Reason(err) == reasonClock }
