package paging

import (
	"regexp"
	"strings"
)

var maskHost = regexp.MustCompile(`^(https?://)(?:[^/@]*@)?([^/?#]+)`)

// MaskAddress shows enough of an address of any method to recognise it by, and not
// enough to use it: the end of a number, a mailbox's first letter and domain, a URL's
// host without login and path, the first letter of anything else. Nothing stays nothing.
func MaskAddress(address string) string {
	if address == "" {
		return ""
	}
	if m := maskHost.FindStringSubmatch(address); m != nil {
		return m[1] + m[2] + "/…"
	}
	if local, domain, mail := strings.Cut(address, "@"); mail {
		return firstLetter(local) + "…@" + domain
	}
	if strings.HasPrefix(address, "+") && len(address) > 4 {
		return "…" + address[len(address)-4:]
	}
	return firstLetter(address) + "…"
}

func firstLetter(s string) string {
	for _, r := range s {
		return string(r)
	}
	return ""
}
