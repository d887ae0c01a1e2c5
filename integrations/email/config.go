// Package email reaches people by e-mail: it sends pages over SMTP, and serves the
// page behind the links in them.
//
// MIME and the SMTP dialogue are go-mail's, imported by this package alone. Before
// changing how a message is sent, know that the answer to the end of DATA decides:
// before it nothing was delivered, after it nothing may fail any more, and when it is
// lost the message goes again under the same Message-ID.
package email

import (
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"strings"

	"github.com/tocsinhq/tocsin/integrations/secret"
)

// Secret is text that is never printed: every format shows ***.
type Secret = secret.Text

// Config says which mail server takes our messages. The zero value means that e-mail
// is off.
type Config struct {
	URL  Secret // smtp://user:password@host:587 or smtps://…; without a port 587 and 465
	From string // the sender, as name@example.com or Name <name@example.com>
}

// Enabled reports whether e-mail is configured at all.
func (c Config) Enabled() bool { return c.URL != "" }

// Validate returns every mistake of c as a sentence, none when c can be used or is
// off. No sentence shows the password.
func (c Config) Validate() []string {
	if !c.Enabled() {
		return nil
	}
	var bad []string
	if _, err := parseServer(c.URL.Reveal()); err != nil {
		bad = append(bad, err.Error())
	}
	if _, err := mail.ParseAddress(c.From); err != nil {
		bad = append(bad, "MAIL_FROM is not an e-mail address; write name@example.com or Name <name@example.com>.")
	}
	return bad
}

// server is a mail server as its URL describes it.
type server struct {
	host, port     string
	user, password string
	implicit       bool // TLS from the first byte: smtps
	local          bool // on this machine: need not be encrypted
}

func (s server) address() string { return net.JoinHostPort(s.host, s.port) }

// parseServer reads a URL. Its errors never quote it, since it holds the password.
func parseServer(text string) (server, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps":
		return server{}, fmt.Errorf("SMTP_URL is not of the form smtp://user:password@host:587 or smtps://host; percent-encode special characters of the password.")
	case u.Path != "" && u.Path != "/", u.RawQuery != "", u.Fragment != "":
		return server{}, fmt.Errorf("SMTP_URL has something after the host; end it there.")
	}
	s := server{host: u.Hostname(), port: u.Port(), implicit: u.Scheme == "smtps", local: isLoopback(u.Hostname())}
	if s.port == "" {
		s.port = map[bool]string{false: "587", true: "465"}[s.implicit]
	}
	s.user = u.User.Username()
	s.password, _ = u.User.Password()
	if (s.user == "") != (s.password == "") {
		return server{}, fmt.Errorf("SMTP_URL has a user or a password but not both; write smtp://user:password@host.")
	}
	return s, nil
}

// isLoopback reports whether a host can only be this machine (RFC 6761 keeps the
// names under localhost here).
func isLoopback(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.IsLoopback()
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}
