package sign

import (
	"net/http"

	"github.com/saphan-network/saphan/federation/sign/internal/fields"
)

// AcceptHeader is the header of an answer that asks for RFC 9421 in requests to
// come (RFC 9421 §5.1).
const AcceptHeader = "Accept-Signature"

// Wanted is its value in our answers: the components of Sign9421.
const Wanted = label + `=("@method" "@target-uri" "content-digest");created`

// IsWanted reports whether an answer asks for signatures as Sign9421 makes them of
// a POST. A request for more, such as a tag, is not one that we can meet.
func IsWanted(h http.Header) bool {
	lines := h.Values(AcceptHeader)
	if len(lines) != 1 || len(lines[0]) > maxHeader {
		return false
	}
	dict, err := fields.Dictionary(lines[0])
	if err != nil {
		return false
	}
	for _, m := range dict {
		if m.Inner && ours(m) {
			return true
		}
	}
	return false
}

func ours(m fields.Member) bool {
	names, err := components(m.Items)
	if err != nil || len(names) == 0 {
		return false
	}
	for _, name := range names {
		if name != "@method" && name != "@target-uri" && name != "content-digest" {
			return false
		}
	}
	for _, p := range m.Params {
		if (p.Name != "created" || p.Value != true) && (p.Name != "alg" || p.Value != algRSA) {
			return false
		}
	}
	return true
}
