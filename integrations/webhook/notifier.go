package webhook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/paging"
)

// maxAnswer is how much of an answer is read, in bytes, so that its connection can be
// used again; what it says does not matter.
const maxAnswer = 16 << 10

// maxURL bounds an address in bytes.
const maxURL = 2048

// Notifier sends pages as webhooks. Its methods may be called concurrently.
type Notifier struct {
	config Config
	http   *http.Client
}

var _ paging.Notifier = (*Notifier)(nil)

// New returns a notifier for c, which must be valid and enabled. It calls nobody. A nil
// base means a transport of its own, which reaches only what c permits; tests and the
// demo pass theirs, and nothing guards it.
func New(c Config, base http.RoundTripper) (*Notifier, error) {
	if bad := c.Validate(); len(bad) > 0 {
		return nil, fmt.Errorf("webhook settings: %s", strings.Join(bad, " "))
	}
	if !c.Enabled() {
		return nil, errors.New("webhook settings: there is no secret")
	}
	if base == nil {
		base = c.transport()
	}
	return &Notifier{config: c, http: &http.Client{
		Transport:     base,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// Method is webhook.
func (n *Notifier) Method() paging.Method { return paging.MethodWebhook }

// Send posts m to the URL m.To and returns once the receiver has answered. Sent again
// with the same Key it carries the same Idempotency-Key, by which the receiver knows it.
// Errors are *paging.Refused, *paging.Limited and *paging.Unavailable.
func (n *Notifier) Send(ctx context.Context, m paging.Message) (paging.Receipt, error) {
	to, err := n.config.Address(m.To)
	if err != nil {
		return paging.Receipt{}, paging.Refusedf("%s", err)
	}
	now := time.Now()
	body, err := write(m, now)
	if err != nil {
		return paging.Receipt{}, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, to.String(), bytes.NewReader(body))
	if err != nil {
		return paging.Receipt{}, fmt.Errorf("make webhook request: %w", err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "Tocsin")
	r.Header.Set(HeaderKey, oneLine(m.Key))
	r.Header.Set(HeaderSignature, Sign(n.config.Secrets, now, body))
	answer, err := n.http.Do(r)
	if err != nil {
		return paging.Receipt{}, failed(cut(to.Hostname(), 100), err)
	}
	_, _ = io.CopyN(io.Discard, answer.Body, maxAnswer) // the status is the answer
	_ = answer.Body.Close()
	if err := classify(cut(to.Hostname(), 100), answer); err != nil {
		return paging.Receipt{}, err
	}
	return paging.Receipt{State: paging.StateSent}, nil
}

// Address checks a URL that somebody wants to be reached at, for the moment it is
// entered and before every call. Its errors are sentences for people. What a name
// resolves to is checked when it is dialled.
func (c Config) Address(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || len(text) > maxURL || incident.CleanText(text) != text || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http":
		return nil, incident.Errorf(incident.Invalid, "This is not a web address; write it like https://hooks.example.com/tocsin.")
	case u.User != nil:
		return nil, incident.Errorf(incident.Invalid, "The webhook address holds a user or a password; leave them out, since the signature says who we are.")
	}
	ip, err := netip.ParseAddr(u.Hostname())
	numeric := err == nil
	if numeric && !c.permits(ip) {
		return nil, incident.Errorf(incident.Forbidden, "The webhook address %s leads into a private network, which is not allowed; use a public address, or have an administrator allow that network.", ip)
	}
	if u.Scheme == "http" && (!numeric || !contains(c.Allow, ip.Unmap())) {
		return nil, incident.Errorf(incident.Invalid, "The webhook address is not encrypted, so pages and their links could be read on the way; use https.")
	}
	return u, nil
}
