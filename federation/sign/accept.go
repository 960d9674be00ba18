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

// WantedOf is Wanted for a sender whose Ed25519 key of that id is pinned here: it
// may sign with that, too.
func WantedOf(assertionID string) string {
	if assertionID == "" {
		return Wanted
	}
	m := fields.Member{Name: "sig2", Inner: true, Params: fields.Params{{Name: "created", Value: true}, {Name: "keyid", Value: assertionID}, {Name: "alg", Value: algEd25519}}}
	for _, name := range []string{"@method", "@target-uri", "content-digest"} {
		m.Items = append(m.Items, fields.Item{Value: name})
	}
	return Wanted + ", sig2=" + m.Text()
}

// IsWanted reports whether an answer asks for signatures as Sign9421 makes them of
// a POST, and with which Ed25519 key, "" if it names none. A request for more, such
// as a tag, is not one that we can meet.
func IsWanted(h http.Header) (wanted bool, assertionID string) {
	lines := h.Values(AcceptHeader)
	if len(lines) != 1 || len(lines[0]) > maxHeader {
		return false, ""
	}
	dict, err := fields.Dictionary(lines[0])
	if err != nil {
		return false, ""
	}
	for _, m := range dict {
		if !m.Inner {
			continue
		}
		switch ok, id := ours(m); {
		case ok && id == "":
			wanted = true
		case ok:
			assertionID = id
		}
	}
	return wanted, assertionID
}

// ours reports whether a member asks for what we sign, and the key, if it is one of
// the kind Ed25519.
func ours(m fields.Member) (ok bool, assertionID string) {
	names, err := components(m.Items)
	if err != nil || len(names) == 0 {
		return false, ""
	}
	for _, name := range names {
		if name != "@method" && name != "@target-uri" && name != "content-digest" {
			return false, ""
		}
	}
	alg, id := "", ""
	for _, p := range m.Params {
		switch v, text := p.Value.(string); {
		case p.Name == "created" && p.Value == true:
		case p.Name == "alg" && text:
			alg = v
		case p.Name == "keyid" && text:
			id = v
		default:
			return false, ""
		}
	}
	switch {
	case alg == algEd25519 && id != "":
		return true, id
	case id == "" && (alg == "" || alg == algRSA):
		return true, ""
	}
	return false, ""
}
