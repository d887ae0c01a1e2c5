package webhook

import (
	"crypto/tls"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/incident/paging"
)

// Bounds of the pause after a limit: when the receiver names none, and the longest that
// we believe.
const (
	defaultPause = 30 * time.Second
	longestPause = 10 * time.Minute
)

// failed explains why no answer came.
func failed(host string, err error) error {
	if _, ok := errors.AsType[*forbidden](err); ok {
		return paging.Refusedf("The webhook address %s leads into a private network, which is not allowed; use a public address, or have an administrator allow that network.", host)
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return paging.Refusedf("The certificate of %s cannot be trusted; give the receiver a valid one.", host)
	}
	return paging.Unavailablef(err, "The webhook receiver %s cannot be reached right now; we try again by ourselves.", host)
}

// classify turns an answer into nil or one of our errors. The receiver's words are not
// repeated: whoever chose the URL could read through us what it leads to.
func classify(host string, answer *http.Response) error {
	status := answer.StatusCode
	switch {
	case status >= 200 && status < 300:
		return nil
	case status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable && answer.Header.Get("Retry-After") != "":
		return paging.Limitedf(pause(answer.Header, time.Now()), "The webhook receiver %s asks to be left alone for a while (%d).", host, status)
	case status >= 500, status == http.StatusRequestTimeout, status == http.StatusTooEarly:
		return paging.Unavailablef(nil, "The webhook receiver %s has trouble (%d); we try again by ourselves.", host, status)
	case status < 400:
		return paging.Refusedf("The webhook receiver %s has another address (%d), and redirects are not followed; enter the new address.", host, status)
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return paging.Refusedf("The webhook receiver %s does not accept our signature (%d); give it the current secret.", host, status)
	case status == http.StatusNotFound, status == http.StatusGone:
		return paging.Refusedf("The webhook receiver %s knows no such address (%d); correct it.", host, status)
	}
	return paging.Refusedf("The webhook receiver %s refuses the message (%d).", host, status)
}

// pause reads Retry-After, in seconds or as a date.
func pause(h http.Header, now time.Time) time.Duration {
	d := defaultPause
	after := strings.TrimSpace(h.Get("Retry-After"))
	if s, err := strconv.Atoi(after); err == nil {
		d = time.Duration(min(s, int(longestPause/time.Second))) * time.Second
	} else if t, err := http.ParseTime(after); err == nil {
		d = t.Sub(now)
	}
	return min(max(d, time.Second), longestPause)
}
