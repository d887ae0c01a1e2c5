package webhook

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// forbidden says that an address is not on the public internet.
type forbidden struct{ ip netip.Addr }

// Error names the address, for the log.
func (e *forbidden) Error() string { return "webhook: " + e.ip.String() + " is no public address" }

// special are networks that are no part of the public internet beyond those that
// netip.Addr knows (IANA's registries of special-purpose addresses, RFC 6890), and those
// in which an IPv4 address is hidden.
var special = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"), // shared by providers; cloud metadata lives here too
	netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"),
	netip.MustParsePrefix("192.88.99.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"),
	netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("::/96"), // IPv4-compatible
	netip.MustParsePrefix("64:ff9b::/96"),
	netip.MustParsePrefix("64:ff9b:1::/48"),
	netip.MustParsePrefix("100::/64"),
	netip.MustParsePrefix("2001::/23"), // Teredo among others
	netip.MustParsePrefix("2001:db8::/32"),
	netip.MustParsePrefix("2002::/16"), // 6to4
	netip.MustParsePrefix("3fff::/20"),
	netip.MustParsePrefix("fec0::/10"),
}

// public reports whether an address belongs to the public internet.
func public(ip netip.Addr) bool {
	ip = ip.Unmap().WithZone("")
	if !ip.IsGlobalUnicast() || ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast() {
		return false
	}
	return !contains(special, ip)
}

func contains(networks []netip.Prefix, ip netip.Addr) bool {
	for _, n := range networks {
		if n.Contains(ip) {
			return true
		}
	}
	return false
}

// permits reports whether an address may be reached.
func (c Config) permits(ip netip.Addr) bool {
	return public(ip) || contains(c.Allow, ip.Unmap().WithZone(""))
}

// control is asked for every address that is dialled, after names were resolved: a
// name that changes its mind between a check and the call gains nothing.
func (c Config) control(_ context.Context, _, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("webhook: cannot read address %s: %w", address, err)
	}
	if !c.permits(at.Addr()) {
		return &forbidden{at.Addr()}
	}
	return nil
}

// transport reaches only what c permits. It uses no proxy, since the guard would see
// the proxy's address only, and keeps few connections: pages are rare.
func (c Config) transport() *http.Transport {
	d := &net.Dialer{Timeout: 10 * time.Second, ControlContext: c.control}
	return &http.Transport{
		DialContext:            d.DialContext,
		TLSHandshakeTimeout:    10 * time.Second,
		MaxIdleConnsPerHost:    2,
		IdleConnTimeout:        time.Minute,
		MaxResponseHeaderBytes: 64 << 10,
		ForceAttemptHTTP2:      true,
	}
}
