package email

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"os"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"github.com/tocsinhq/tocsin/incident/paging"
)

// farewell bounds the goodbye: the message is delivered by then.
const farewell = time.Second

// deliver speaks to the server until it has taken msg, and says how far it came when
// it fails. The context's end breaks off whatever is under way.
func (n *Notifier) deliver(ctx context.Context, to string, msg *gomail.Msg) (stage, error) {
	conn, err := n.connect(ctx)
	if err != nil {
		return stageReach, err
	}
	defer func() { _ = conn.Close() }() // taken or not, its answer is known
	release := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	defer release()
	c, err := smtp.NewClient(conn, n.server.host)
	if err != nil {
		return stageReach, err
	}
	if err := n.greet(c); err != nil {
		return stageReach, err
	}
	if err := n.login(c); err != nil {
		return stageLogin, err
	}
	if at, err := n.transfer(c, to, msg); err != nil {
		return at, err
	}
	if release() {
		_ = conn.SetDeadline(time.Now().Add(farewell)) // without it the goodbye waits for the caller's deadline
		_ = c.Quit()                                   // the message is delivered, whatever comes now
	}
	return stageText, nil
}

// connect dials, and speaks TLS at once where the URL says smtps.
func (n *Notifier) connect(ctx context.Context) (net.Conn, error) {
	conn, err := n.dial(ctx, "tcp", n.server.address())
	if err != nil || !n.server.implicit {
		return conn, err
	}
	secure := tls.Client(conn, n.tls.Clone())
	if err := secure.HandshakeContext(ctx); err != nil {
		_ = conn.Close() // nothing was sent
		return nil, err
	}
	return secure, nil
}

// greet says hello and turns on TLS. Only a server on this machine may do without:
// what is sent holds a password and links that act for a person.
func (n *Notifier) greet(c *smtp.Client) error {
	name, err := os.Hostname()
	if err != nil || !ascii(name) || strings.ContainsAny(name, " \r\n") || name == "" {
		name = "localhost"
	}
	if err := c.Hello(name); err != nil {
		return err
	}
	if n.server.implicit || n.server.local {
		return nil
	}
	if offered, _ := c.Extension("STARTTLS"); !offered {
		return paging.Refusedf("The mail server %s offers no encryption; turn on STARTTLS there, or use smtps://.", n.server.host)
	}
	return c.StartTLS(n.tls.Clone())
}

// login picks the best mechanism that both sides know.
func (n *Notifier) login(c *smtp.Client) error {
	if n.server.user == "" {
		return nil
	}
	offered, list := c.Extension("AUTH")
	if !offered {
		return paging.Refusedf("The mail server %s takes no login; leave user and password out of SMTP_URL.", n.server.host)
	}
	s := n.server
	for _, mechanism := range []struct {
		name string
		auth smtp.Auth
	}{
		{"SCRAM-SHA-256", smtp.ScramSHA256Auth(s.user, s.password)},
		{"SCRAM-SHA-1", smtp.ScramSHA1Auth(s.user, s.password)},
		{"PLAIN", smtp.PlainAuth("", s.user, s.password, s.host, s.local)},
		{"LOGIN", smtp.LoginAuth(s.user, s.password, s.host, s.local)},
		{"CRAM-MD5", smtp.CRAMMD5Auth(s.user, s.password)},
	} {
		if contains(list, mechanism.name) {
			return c.Auth(mechanism.auth)
		}
	}
	return paging.Refusedf("The mail server %s knows none of our ways to log in; turn on PLAIN or SCRAM-SHA-256 there.", n.server.host)
}

func contains(list, word string) bool {
	for _, w := range strings.Fields(list) {
		if strings.EqualFold(w, word) {
			return true
		}
	}
	return false
}

// transfer sends the envelope and the message.
func (n *Notifier) transfer(c *smtp.Client, to string, msg *gomail.Msg) (stage, error) {
	// Asked for where it is not needed, SMTPUTF8 makes the next hop bounce what it
	// could have taken (RFC 6531, 3.4).
	international := !ascii(to) || !ascii(n.from.Address)
	c.SkipSMTPUTF8(!international)
	if offered, _ := c.Extension("SMTPUTF8"); international && !offered {
		return stagePerson, paging.Refusedf("The mail server %s takes no addresses outside ASCII (no SMTPUTF8), so %s cannot be reached through it.", n.server.host, cut(to, 100))
	}
	if err := c.Mail("<" + n.from.Address + ">"); err != nil {
		return stageSender, err
	}
	if err := c.Rcpt("<" + to + ">"); err != nil {
		return stagePerson, err
	}
	w, err := c.Data()
	if err != nil {
		return stageText, err
	}
	if _, err := msg.WriteTo(w); err != nil {
		return stageText, errors.Join(err, c.Close()) // hanging up before the end of DATA withdraws it
	}
	return stageText, w.Close()
}
