package flood

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// from tells where a request comes from: place is what a proof holds for, and
// address the network that wrong requests are counted under, invalid when it tells
// nothing about who sent the request.
//
// What a proxy says is believed only if its own address is one that the operator
// has named. A connection from this machine or a private network that is no such
// proxy is most likely one that nobody has named: behind its address are all, so
// nobody is slowed down for it. A proof then holds for the one connection.
func (g *Guard) from(r *http.Request) (place string, address netip.Addr) {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return "", netip.Addr{}
	}
	peer := at.Addr().Unmap().WithZone("")
	if g.trusted(peer) {
		client, ok := g.forwarded(r.Header.Values("X-Forwarded-For"))
		if !ok || !tells(client) {
			return "", netip.Addr{}
		}
		return client.String(), network(client)
	}
	if !tells(peer) {
		return r.RemoteAddr, netip.Addr{}
	}
	return r.RemoteAddr, network(peer)
}

// forwarded reads from the right, where the nearest proxy has written: the first
// address that is none of ours.
func (g *Guard) forwarded(lines []string) (netip.Addr, bool) {
	all := strings.Split(strings.Join(lines, ","), ",")
	for i := len(all) - 1; i >= 0; i-- {
		text := strings.TrimSpace(all[i])
		a, err := netip.ParseAddr(text)
		if err != nil {
			host, _, err2 := net.SplitHostPort(text)
			if a, err = netip.ParseAddr(host); err != nil || err2 != nil {
				return netip.Addr{}, false
			}
		}
		if a = a.Unmap().WithZone(""); !g.trusted(a) {
			return a, true
		}
	}
	return netip.Addr{}, false
}

func (g *Guard) trusted(a netip.Addr) bool {
	for _, p := range g.proxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// tells reports whether an address says something about who is behind it.
func tells(a netip.Addr) bool {
	return a.IsGlobalUnicast() && !a.IsPrivate() && !a.IsLoopback()
}

// network is what one sender usually has: an IPv4 address, or a /64 of IPv6.
func network(a netip.Addr) netip.Addr {
	if a.Is4() {
		return a
	}
	p, err := a.Prefix(64)
	if err != nil {
		return a
	}
	return p.Addr()
}

// Proxies reads a list of addresses and ranges as the setting trusted_proxies has it.
// What is neither is left out; the settings are checked when they are read.
func Proxies(list []string) []netip.Prefix {
	var out []netip.Prefix
	for _, s := range list {
		if p, err := netip.ParsePrefix(s); err == nil {
			out = append(out, p.Masked())
		} else if a, err := netip.ParseAddr(s); err == nil {
			out = append(out, netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()))
		}
	}
	return out
}
