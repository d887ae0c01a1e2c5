package web

import (
	"fmt"
	"testing"
	"time"
)

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

func TestAddressesDoNotShareABucketAndNetworksDo(t *testing.T) {
	t.Parallel()
	l := newLimits(1, 1)
	for _, c := range []struct {
		address string
		want    bool
	}{
		{"192.0.2.1", true}, {"192.0.2.1", false}, {"192.0.2.2", true},
		{"::ffff:192.0.2.1", false}, // the same address, as IPv6 writes it
		{"2001:db8::1", true}, {"2001:db8::2", false}, {"2001:db8:0:1::1", true},
		{"fe80::1%eth0", true}, {"fe80::2%eth1", false},
		{"in-memory", true}, {"in-memory", false},
	} {
		if got := l.allow(c.address, noon); got != c.want {
			t.Errorf("allow(%s) = %v, want %v", c.address, got, c.want)
		}
	}
	if !l.allow("192.0.2.1", noon.Add(time.Second)) {
		t.Error("a second later the address is still refused")
	}
}

func TestMemoryForAddressesIsBounded(t *testing.T) {
	t.Parallel()
	l := newLimits(1, 1)
	for i := range maxAddresses {
		l.allow(fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255), noon)
	}
	if l.allow("192.0.2.1", noon) {
		t.Error("an address beyond the bound was allowed while all others were busy")
	}
	if !l.allow("192.0.2.1", noon.Add(time.Second)) {
		t.Error("addresses that have been quiet were not forgotten")
	}
	if got := len(l.buckets); got != 1 {
		t.Errorf("%d addresses remembered, want 1", got)
	}
}
