package delivery

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"

	"github.com/saphan-network/saphan/federation"
)

// errGuard says that an address is not one that this server may speak to.
var errGuard = errors.New("delivery: this address is not allowed")

// newClient is the only outbound HTTP client of the program. It follows no
// redirects, uses no proxy of the environment, and connects to public addresses
// only, judged after the name was resolved, at the moment of connecting.
func newClient(allowPrivate bool) *http.Client {
	d := &net.Dialer{Timeout: 8 * time.Second, KeepAlive: 30 * time.Second}
	if !allowPrivate {
		d.Control = func(_, address string, _ syscall.RawConn) error {
			ap, err := netip.ParseAddrPort(address)
			if err != nil || !public(ap.Addr()) {
				return errGuard
			}
			return nil
		}
	}
	return &http.Client{
		Timeout:       federation.RequestTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext:            d.DialContext,
			TLSHandshakeTimeout:    8 * time.Second,
			ResponseHeaderTimeout:  federation.RequestTimeout,
			ExpectContinueTimeout:  time.Second,
			MaxResponseHeaderBytes: 32 << 10,
			MaxIdleConnsPerHost:    1,
			MaxConnsPerHost:        4,
			IdleConnTimeout:        60 * time.Second,
			DisableCompression:     true,
			ForceAttemptHTTP2:      true,
		},
	}
}

// checkURL refuses addresses by their form, before any name is resolved.
func checkURL(u *url.URL, allowPrivate bool) error {
	switch {
	case u.Host == "", u.User != nil, u.Opaque != "", u.Scheme != "https" && u.Scheme != "http":
		return errGuard
	case u.Scheme == "http" && !allowPrivate:
		return errGuard
	}
	if ip, err := netip.ParseAddr(u.Hostname()); err == nil && !allowPrivate && !public(ip) {
		return errGuard
	}
	return nil
}

// reserved are the ranges beyond those that net/netip names which lead nowhere
// public, or to IPv4 in disguise (IANA special-purpose registries).
func reserved() []netip.Prefix {
	var out []netip.Prefix
	for _, s := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24",
		"203.0.113.0/24", "240.0.0.0/4", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
	} {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}

// unicast is all of IPv6 that is given out to the public. The rest, known ways
// into IPv4 among it, is nobody's yet or somebody's own.
func unicast() netip.Prefix { return netip.MustParsePrefix("2000::/3") }

func public(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if a.Is6() && !unicast().Contains(a) {
		return false
	}
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() {
		return false
	}
	for _, p := range reserved() {
		if p.Contains(a) {
			return false
		}
	}
	return true
}
