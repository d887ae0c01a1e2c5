package web

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// maxAddresses bounds the memory spent on remembering who asked: about 200
// bytes each.
const maxAddresses = 10_000

// limits keeps one token bucket for each address.
type limits struct {
	rate  rate.Limit
	burst int

	mu      sync.Mutex
	buckets map[string]*rate.Limiter
}

func newLimits(perSecond float64, burst int) *limits {
	return &limits{rate: rate.Limit(perSecond), burst: max(burst, 1), buckets: map[string]*rate.Limiter{}}
}

// allow reports whether the address may make one more request. A new address
// beyond maxAddresses pushes out one whose bucket is full again, which changes
// nothing for that one; if there is none, it is refused.
func (l *limits) allow(address string, now time.Time) bool {
	address = network(address)
	l.mu.Lock()
	defer l.mu.Unlock()
	b, ok := l.buckets[address]
	if !ok {
		if len(l.buckets) >= maxAddresses && !l.forget(now) {
			return false
		}
		b = rate.NewLimiter(l.rate, l.burst)
		l.buckets[address] = b
	}
	return b.AllowN(now, 1)
}

// forget drops the buckets that are full again and reports whether there were any.
func (l *limits) forget(now time.Time) bool {
	before := len(l.buckets)
	for address, b := range l.buckets {
		if b.TokensAt(now) >= float64(l.burst) {
			delete(l.buckets, address)
		}
	}
	return len(l.buckets) < before
}

// network is what counts as one address: an IPv4 address, or the /64 that one
// IPv6 customer has to choose from.
func network(host string) string {
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	if ip = ip.Unmap(); ip.Is4() {
		return ip.String()
	}
	prefix, err := ip.WithZone("").Prefix(64)
	if err != nil {
		return host
	}
	return prefix.String()
}
