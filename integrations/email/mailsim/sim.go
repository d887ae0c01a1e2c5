// Package mailsim is a mail server that behaves like a real one: STARTTLS with a
// certificate of its own making, logins, limits, mailboxes, and knobs for every way
// in which mail fails. Its people open the links in their mail, and so do the scanners
// that look at them first. It serves tests, also inside testing/synctest bubbles, and
// the demo.
package mailsim

import (
	"crypto/x509"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// Options describes the server. The zero value takes everything for everybody, offers
// STARTTLS and asks for no login.
type Options struct {
	Host           string // name in its certificate and greeting; empty means mail.example
	User, Password string // when set, only this login may send
	NoTLS          bool   // offers no encryption
	ImplicitTLS    bool   // speaks TLS from the first byte, as on port 465
	NoUTF8         bool   // knows no SMTPUTF8
	MaxSize        int64  // of a message in bytes; 0 means 1 MB
	Merge          bool   // shows messages of one Message-ID once, as Gmail does
}

// Sim is one simulated server. Its methods may be called concurrently.
type Sim struct {
	options Options
	server  *smtp.Server
	roots   *x509.CertPool

	mu       sync.Mutex
	mails    []Mail
	unknown  map[string]bool
	full     map[string]bool
	faults   faults
	watchers map[chan struct{}]bool
	listener listener
	released chan struct{} // closed by Close: what hangs ends
}

// New returns a server with empty mailboxes. It listens nowhere yet.
func New(o Options) *Sim {
	if o.Host == "" {
		o.Host = "mail.example"
	}
	if o.MaxSize == 0 {
		o.MaxSize = 1 << 20
	}
	s := &Sim{
		options: o, unknown: map[string]bool{}, full: map[string]bool{},
		watchers: map[chan struct{}]bool{}, released: make(chan struct{}),
	}
	s.server = s.newServer()
	return s
}

// Mails returns what lies in a mailbox, oldest first.
func (s *Sim) Mails(address string) []Mail {
	return slices.DeleteFunc(s.All(), func(m Mail) bool { return !strings.EqualFold(m.To, address) })
}

// All returns what lies in all mailboxes, in the order in which it came.
func (s *Sim) All() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.mails)
}

// Empty throws away what lies in all mailboxes.
func (s *Sim) Empty() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mails = nil
}

// Watch returns a channel that gets a word after mails came, and what ends that. Words
// that nobody takes are not piled up.
func (s *Sim) Watch() (changed <-chan struct{}, stop func()) {
	c := make(chan struct{}, 1)
	s.mu.Lock()
	s.watchers[c] = true
	s.mu.Unlock()
	return c, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.watchers, c)
	}
}

// keep puts a mail into its mailbox.
func (s *Sim) keep(m Mail) {
	s.mu.Lock()
	defer s.mu.Unlock()
	same := func(o Mail) bool { return o.To == m.To && o.MessageID == m.MessageID }
	if s.options.Merge && slices.ContainsFunc(s.mails, same) {
		return
	}
	m.At = time.Now()
	s.mails = append(s.mails, m)
	s.tell()
}

// tell wakes the watchers. It expects s.mu to be held.
func (s *Sim) tell() {
	for c := range s.watchers {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// Unknown closes a mailbox: its mail is refused with 550 5.1.1.
func (s *Sim) Unknown(address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unknown[strings.ToLower(address)] = true
}

// Full fills a mailbox: its mail is refused with 552 5.2.2.
func (s *Sim) Full(address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.full[strings.ToLower(address)] = true
}

// Roots is what a client has to trust to believe the server's certificate.
func (s *Sim) Roots() *x509.CertPool { return s.roots }

// remote names who calls; in memory nobody has an address.
func remote(c net.Conn) string {
	if a := c.RemoteAddr(); a != nil {
		return a.String()
	}
	return "pipe"
}
