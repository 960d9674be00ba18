package sign

import (
	"net/http"
	"strings"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/sign/internal/fields"
)

// The algorithms of RFC 9421 that are used, and the header of its digest.
const (
	algRSA        = "rsa-v1_5-sha256"
	algEd25519    = "ed25519"
	contentDigest = "Content-Digest"
)

// edLength is the length in bytes of an Ed25519 signature. No RSA key that is
// believed makes one of that length.
const edLength = 64

// maxNonce is the length in bytes of the longest nonce that is read.
const maxNonce = 256

// input is what the headers Signature-Input and Signature say.
type input struct {
	keyID            string
	created, expires time.Time // expires is zero when it is not given
	covers           []string
	line             string // the value of @signature-params
	signature        []byte
}

func (in input) covered(names ...string) bool {
	for _, name := range names {
		found := false
		for _, one := range in.covers {
			found = found || one == name
		}
		if !found {
			return false
		}
	}
	return true
}

// readInput reads the two headers: one of each, with one and the same label. Which
// of several signatures to believe is no question that should come up.
func readInput(h http.Header) (in input, err error) {
	if len(h.Values("Signature")) == 0 {
		return in, refuse("unsigned")
	}
	if len(h.Values("Authorization")) > 0 {
		return in, refuse("several")
	}
	said, err := single(h, "Signature-Input")
	if err != nil {
		return in, err
	}
	signed, err := single(h, "Signature")
	if err != nil {
		return in, err
	}
	raw, ok := signed.Value.([]byte)
	if !said.Inner || !ok || said.Name != signed.Name || len(signed.Params) > 0 {
		return in, refuse("malformed")
	}
	if n := len(raw); n != edLength && (n < keyBits/8 || n > maxBits/8) {
		return in, refuse("malformed")
	}
	in.signature, in.line = raw, said.Text()
	if in.covers, err = components(said.Items); err != nil {
		return in, err
	}
	return in, in.interpret(said.Params)
}

// single reads a header that must be there once, with one member.
func single(h http.Header, name string) (fields.Member, error) {
	lines := h.Values(name)
	if len(lines) > 1 {
		return fields.Member{}, refuse("several")
	}
	if len(lines[0]) > maxHeader {
		return fields.Member{}, refuse("malformed")
	}
	dict, err := fields.Dictionary(lines[0])
	if err != nil || len(dict) == 0 {
		return fields.Member{}, refuse("malformed")
	}
	if len(dict) > 1 {
		return fields.Member{}, refuse("several")
	}
	return dict[0], nil
}

// derived are the components without a header that are known here.
var derived = map[string]bool{
	"@method": true, "@target-uri": true, "@authority": true, "@scheme": true, "@request-target": true, "@path": true, "@query": true,
}

// components reads the list of what is signed: each name once, no parameters,
// which would change what a name means, and nothing that is unknown.
func components(items []fields.Item) ([]string, error) {
	var names []string
	seen := map[string]bool{}
	for _, it := range items {
		name, ok := it.Value.(string)
		if !ok || name == "" || name != strings.ToLower(name) || len(it.Params) > 0 || seen[name] {
			return nil, refuse("components")
		}
		if (name[0] == '@' && !derived[name]) || name == "signature" || name == "signature-input" {
			return nil, refuse("components")
		}
		seen[name] = true
		names = append(names, name)
	}
	return names, nil
}

// interpret reads the parameters. A tag would say that the signature is meant for
// something else.
func (in *input) interpret(params fields.Params) error {
	for _, p := range params {
		ok := true
		switch p.Name {
		case "created":
			in.created, ok = moment(p.Value)
		case "expires":
			in.expires, ok = moment(p.Value)
		case "keyid":
			in.keyID, ok = p.Value.(string)
		case "nonce":
			var nonce string
			nonce, ok = p.Value.(string)
			ok = ok && len(nonce) <= maxNonce
		case "alg":
			want := algRSA
			if len(in.signature) == edLength {
				want = algEd25519
			}
			if p.Value != want {
				return refuse("algorithm")
			}
		default:
			return refuse("parameter")
		}
		if !ok {
			return refuse("malformed")
		}
	}
	switch {
	case in.created.IsZero():
		return refuse("undated")
	case federation.CheckIRI(in.keyID) != nil:
		return refuse("key_id")
	case !in.expires.IsZero() && in.expires.Before(in.created):
		return refuse("malformed")
	}
	return nil
}

func moment(value any) (time.Time, bool) {
	n, ok := value.(int64)
	return time.Unix(n, 0).UTC(), ok && n > 0
}
