package mailsim

import (
	"errors"
	"io"
	"log"
	"strings"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// idle is how long the server waits for a client's next word.
const idle = 5 * time.Minute

// session is one client's dialogue.
type session struct {
	sim  *Sim
	conn *smtp.Conn
	user string // who logged in
	from string
	to   []string
	utf8 bool
}

var _ smtp.AuthSession = (*session)(nil)

func (s *Sim) newServer() *smtp.Server {
	srv := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &session{sim: s, conn: c}, nil
	}))
	srv.Domain = s.options.Host
	srv.MaxMessageBytes = s.options.MaxSize
	srv.MaxRecipients = 100
	srv.ReadTimeout, srv.WriteTimeout = idle, idle
	srv.EnableSMTPUTF8 = !s.options.NoUTF8
	srv.AllowInsecureAuth = s.options.NoTLS
	srv.ErrorLog = log.New(io.Discard, "", 0)
	config, roots := newCertificate(s.options.Host)
	s.roots = roots
	if !s.options.NoTLS {
		srv.TLSConfig = config
	}
	return srv
}

// AuthMechanisms lists the ways to log in.
func (c *session) AuthMechanisms() []string {
	if c.sim.options.User == "" {
		return nil
	}
	return []string{sasl.Plain, sasl.Login}
}

// Auth checks a login.
func (c *session) Auth(mechanism string) (sasl.Server, error) {
	check := func(user, password string) error {
		if err := c.sim.strike(StageLogin); err != nil {
			return err
		}
		if user != c.sim.options.User || password != c.sim.options.Password {
			return smtp.ErrAuthFailed
		}
		c.user = user
		return nil
	}
	switch mechanism {
	case sasl.Plain:
		return sasl.NewPlainServer(func(_, user, password string) error { return check(user, password) }), nil
	case sasl.Login:
		return &loginServer{check: check}, nil
	}
	return nil, smtp.ErrAuthUnknownMechanism
}

// loginServer speaks LOGIN, which was never a standard and which many servers know.
type loginServer struct {
	check func(user, password string) error
	asked int
	user  string
}

// Next asks for the user, then for the password.
func (l *loginServer) Next(response []byte) (challenge []byte, done bool, err error) {
	l.asked++
	switch l.asked {
	case 1:
		return []byte("Username:"), false, nil
	case 2:
		l.user = string(response)
		return []byte("Password:"), false, nil
	}
	return nil, true, l.check(l.user, string(response))
}

// Mail begins a message.
func (c *session) Mail(from string, o *smtp.MailOptions) error {
	if err := c.sim.strike(StageSender); err != nil {
		return err
	}
	if c.sim.options.User != "" && c.user == "" {
		return &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "Authentication required"}
	}
	c.from, c.to, c.utf8 = from, nil, o.UTF8
	return nil
}

// Rcpt names who gets it.
func (c *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if err := c.sim.strike(StageRecipient); err != nil {
		return err
	}
	c.sim.mu.Lock()
	unknown, full := c.sim.unknown[strings.ToLower(to)], c.sim.full[strings.ToLower(to)]
	c.sim.mu.Unlock()
	switch {
	case unknown:
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "<" + to + ">: user unknown"}
	case full:
		return &smtp.SMTPError{Code: 552, EnhancedCode: smtp.EnhancedCode{5, 2, 2}, Message: "<" + to + ">: mailbox is full"}
	case !c.utf8 && strings.ContainsFunc(to, func(r rune) bool { return r > 0x7e }):
		return &smtp.SMTPError{Code: 553, EnhancedCode: smtp.EnhancedCode{5, 6, 7}, Message: "Address is not ASCII and SMTPUTF8 was not asked for"}
	}
	c.to = append(c.to, to)
	return nil
}

// Data takes the message.
func (c *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if errors.Is(err, smtp.ErrDataTooLarge) {
		return smtp.ErrDataTooLarge
	}
	if err != nil {
		return err
	}
	if err := c.sim.strike(StageText); err != nil {
		return err
	}
	m, err := parse(raw)
	if err != nil {
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: "Malformed message: " + err.Error()}
	}
	_, m.Encrypted = c.conn.TLSConnectionState()
	m.From, m.User, m.UTF8, m.Peer = c.from, c.user, c.utf8, remote(c.conn.Conn())
	for _, to := range c.to {
		m.To = to
		c.sim.keep(m)
	}
	if c.sim.drop() {
		_ = c.conn.Conn().Close() // the fault is that nobody hears of it
	}
	return nil
}

// Reset forgets the message that was begun.
func (c *session) Reset() { c.from, c.to, c.utf8 = "", nil, false }

// Logout ends the dialogue.
func (c *session) Logout() error { return nil }
