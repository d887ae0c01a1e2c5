package email

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/paging"
)

// Notifier sends pages by e-mail. Its methods may be called concurrently; each message
// has a connection of its own, so that none waits for another.
type Notifier struct {
	server server
	from   *mail.Address
	domain string // of our Message-IDs
	dial   func(ctx context.Context, network, address string) (net.Conn, error)
	tls    *tls.Config
}

var _ paging.Notifier = (*Notifier)(nil)

// Network is how a Notifier reaches its server. The zero value is this machine's
// network and its trusted certificates; tests and the demo give the simulator's.
type Network struct {
	Dial  func(ctx context.Context, network, address string) (net.Conn, error)
	Roots *x509.CertPool
}

// New returns a notifier for c, which must be valid and enabled. It calls nobody.
func New(c Config, over Network) (*Notifier, error) {
	if bad := c.Validate(); len(bad) > 0 {
		return nil, fmt.Errorf("e-mail settings: %s", strings.Join(bad, " "))
	}
	if !c.Enabled() {
		return nil, errors.New("e-mail settings: SMTP_URL is not set")
	}
	s, err := parseServer(c.URL.Reveal())
	if err != nil {
		return nil, fmt.Errorf("e-mail settings: %w", err)
	}
	from, err := mail.ParseAddress(c.From)
	if err != nil {
		return nil, fmt.Errorf("e-mail settings: %w", err)
	}
	if from.Name == "" {
		from.Name = "Tocsin"
	}
	if over.Dial == nil {
		over.Dial = new(net.Dialer).DialContext
	}
	return &Notifier{
		server: s, from: from, domain: domainOf(from.Address), dial: over.Dial,
		tls: &tls.Config{ServerName: s.host, RootCAs: over.Roots, MinVersion: tls.VersionTLS12},
	}, nil
}

// domainOf is the domain of an address, where it can stand in a Message-ID as it is.
func domainOf(address string) string {
	_, domain, _ := strings.Cut(address[strings.LastIndexByte(address, '@'):], "@")
	if !ascii(domain) || strings.ContainsAny(domain, "[]") {
		return "tocsin.invalid"
	}
	return domain
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > 0x7e })
}

// Method is e-mail.
func (n *Notifier) Method() paging.Method { return paging.MethodEmail }

// Send hands m to the mail server and returns once the server has taken it. Sent again
// with the same Key it goes out again, under the same Message-ID; where m.Repeat is
// set, it says so. The receipt's id is the Message-ID. Errors are
// *paging.Refused, *paging.Limited and *paging.Unavailable.
func (n *Notifier) Send(ctx context.Context, m paging.Message) (paging.Receipt, error) {
	to, err := recipient(m.To)
	if err != nil {
		return paging.Receipt{}, err
	}
	msg, err := n.compose(m, to, time.Now())
	if err != nil {
		return paging.Receipt{}, err
	}
	if at, err := n.deliver(ctx, to.Address, msg); err != nil {
		return paging.Receipt{}, n.explain(ctx, at, to.Address, err)
	}
	return paging.Receipt{ID: msg.GetMessageID(), State: paging.StateSent}, nil
}

// recipient reads an address: bare, without a name, exactly as it was verified.
func recipient(text string) (*mail.Address, error) {
	a, err := mail.ParseAddress(text)
	if err != nil || a.Name != "" || a.Address != strings.TrimSpace(text) || incident.CleanText(text) != text {
		return nil, paging.Refusedf("“%s” is not an e-mail address; write it like name@example.com.", cut(oneLine(text), 100))
	}
	return a, nil
}
