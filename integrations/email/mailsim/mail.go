package mailsim

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Mail is one message in one mailbox.
type Mail struct {
	To        string // mailbox
	From      string // envelope sender
	Sender    string // From as the mail shows it
	Subject   string // decoded
	MessageID string // with its brackets
	Header    mail.Header
	Plain     string // text of the part for people without HTML
	HTML      string
	Raw       []byte
	At        time.Time // when it came
	Encrypted bool      // over TLS
	User      string    // who had logged in
	UTF8      bool      // SMTPUTF8 was asked for
	Peer      string
}

// parse reads a message as strictly as a careful mail server does: every header must
// decode, Date, From and Message-ID must be there once, no line may be longer than 998
// bytes (RFC 5322), and the body must be multipart/alternative of text and HTML.
func parse(raw []byte) (Mail, error) {
	for line := range bytes.Lines(raw) {
		if len(bytes.TrimRight(line, "\r\n")) > 998 {
			return Mail{}, errors.New("a line is longer than 998 bytes")
		}
	}
	msg, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return Mail{}, err
	}
	for _, name := range []string{"Date", "From", "To", "Message-Id", "Subject", "Mime-Version"} {
		if len(msg.Header[name]) != 1 {
			return Mail{}, fmt.Errorf("header %s is there %d times", name, len(msg.Header[name]))
		}
	}
	if _, err := msg.Header.Date(); err != nil {
		return Mail{}, err
	}
	m := Mail{Header: msg.Header, Raw: raw, MessageID: msg.Header.Get("Message-Id")}
	if m.Subject, err = new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject")); err != nil {
		return Mail{}, err
	}
	from, err := msg.Header.AddressList("From")
	if err != nil {
		return Mail{}, err
	}
	m.Sender = from[0].Name + " <" + from[0].Address + ">"
	return m, m.readParts(msg)
}

func (m *Mail) readParts(msg *mail.Message) error {
	kind, params, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		return fmt.Errorf("the body is %q, not multipart/alternative", kind)
	}
	parts := multipart.NewReader(msg.Body, params["boundary"])
	for {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if err := m.readPart(part); err != nil {
			return err
		}
	}
	if m.Plain == "" || m.HTML == "" {
		return errors.New("the text or the HTML is missing")
	}
	return nil
}

func (m *Mail) readPart(part *multipart.Part) error {
	kind, params, err := mime.ParseMediaType(part.Header.Get("Content-Type"))
	if err != nil {
		return err
	}
	if !strings.EqualFold(params["charset"], "utf-8") || part.Header.Get("Content-Transfer-Encoding") != "quoted-printable" {
		return fmt.Errorf("a part is %v, %s; want UTF-8, quoted-printable", params, part.Header.Get("Content-Transfer-Encoding"))
	}
	text, err := io.ReadAll(quotedprintable.NewReader(part))
	if err != nil {
		return err
	}
	switch kind {
	case "text/plain":
		m.Plain = strings.ReplaceAll(string(text), "\r\n", "\n")
	case "text/html":
		m.HTML = string(text)
	}
	return nil
}

var (
	plainLink = regexp.MustCompile(`https?://\S+`)
	button    = regexp.MustCompile(`(?m)^([^\n:]+): (https?://\S+)$`)
)

// Links returns every address in the text, in its order.
func (m Mail) Links() []string { return plainLink.FindAllString(m.Plain, -1) }

// Link returns the address behind a label such as Acknowledge, empty when there is none.
func (m Mail) Link(label string) string {
	all := button.FindAllStringSubmatch(m.Plain, -1)
	if i := slices.IndexFunc(all, func(b []string) bool { return strings.EqualFold(b[1], label) }); i >= 0 {
		return all[i][2]
	}
	return ""
}

// Labels returns the labels of all links that have one, in their order.
func (m Mail) Labels() []string {
	var labels []string
	for _, b := range button.FindAllStringSubmatch(m.Plain, -1) {
		labels = append(labels, b[1])
	}
	return labels
}
