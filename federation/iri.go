package federation

import (
	"net"
	"net/url"
	"strings"

	"github.com/saphan-network/saphan/federation/fault"
)

// MaxIRI is the length in bytes of the longest identifier that is accepted.
const MaxIRI = 512

// CheckIRI accepts the one spelling that this network uses for identifiers:
// https (http only towards the loopback), a lower-case ASCII host without a
// trailing dot, no default port, no user information, no query, a clean path, a
// fragment that is a plain name.
// Two identifiers are the same thing only if they are the same string.
func CheckIRI(s string) error {
	_, err := parseIRI(s)
	return err
}

// Origin returns scheme, host and port of an identifier, e.g.
// "https://clinic.example". It fails where CheckIRI fails.
func Origin(iri string) (string, error) {
	u, err := parseIRI(iri)
	if err != nil {
		return "", err
	}
	return u.Scheme + "://" + u.Host, nil
}

// SameOrigin reports whether two well-formed identifiers live on one server.
func SameOrigin(a, b string) bool {
	oa, err := Origin(a)
	if err != nil {
		return false
	}
	ob, err := Origin(b)
	return err == nil && oa == ob
}

// IsLoopback reports whether a host (without port) is this machine itself.
func IsLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

func parseIRI(s string) (*url.URL, error) {
	bad := func(why string) error {
		return fault.New(fault.Invalid, "error.federation.iri").With("why", why)
	}
	if s == "" || len(s) > MaxIRI {
		return nil, bad("length")
	}
	for i := 0; i < len(s); i++ {
		if c := s[i]; c <= ' ' || c >= 0x7f || strings.IndexByte(`"<>\^{|}`+"`", c) >= 0 {
			return nil, bad("character")
		}
	}
	u, err := url.Parse(s)
	if err != nil || u.Opaque != "" || u.User != nil || u.Host == "" {
		return nil, bad("form")
	}
	if why := hostFault(u); why != "" {
		return nil, bad(why)
	}
	if u.RawQuery != "" || u.ForceQuery {
		return nil, bad("query")
	}
	if why := pathFault(u); why != "" {
		return nil, bad(why)
	}
	if strings.ContainsFunc(u.Fragment, func(r rune) bool { return !isNameByte(r) }) {
		return nil, bad("fragment")
	}
	if u.String() != s {
		return nil, bad("spelling")
	}
	return u, nil
}

func hostFault(u *url.URL) string {
	host, port := u.Hostname(), u.Port()
	if host == "" || u.Host != strings.ToLower(u.Host) || strings.HasSuffix(host, ".") || strings.ContainsAny(u.Host, "%_") {
		return "host"
	}
	if strings.HasSuffix(u.Host, ":") || port == "0" || strings.HasPrefix(port, "0") || len(port) > 5 {
		return "port"
	}
	switch u.Scheme {
	case "https":
		if port == "443" {
			return "port"
		}
	case "http":
		if !IsLoopback(host) {
			return "scheme"
		}
		if port == "80" {
			return "port"
		}
	default:
		return "scheme"
	}
	return ""
}

func pathFault(u *url.URL) string {
	if strings.Contains(u.EscapedPath(), "%") {
		return "path"
	}
	if u.Path == "" || u.Path == "/" {
		return ""
	}
	for _, seg := range strings.Split(strings.TrimPrefix(u.Path, "/"), "/") {
		if seg == "" || seg == "." || seg == ".." {
			return "path"
		}
	}
	return ""
}

// isNameByte is what the name of a key may be made of.
func isNameByte(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' || r == '.'
}
