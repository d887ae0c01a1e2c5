package email

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"net/mail"
	"strings"
	texttemplate "text/template"
	"time"

	gomail "github.com/wneessen/go-mail"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/paging"
)

// Bounds in runes. A subject is cut by most clients at 70, on a phone at 40; the text
// is what people read in the dark.
const (
	maxSubject = 150
	maxTitle   = 400
	maxText    = 3000
)

var (
	//go:embed mail.txt
	plainSource string
	//go:embed mail.html
	htmlSource string

	plainTemplate = texttemplate.Must(texttemplate.New("mail.txt").Parse(plainSource))
	htmlTemplate  = template.Must(template.New("mail.html").Parse(htmlSource))
)

// letter is what the templates show.
type letter struct {
	About   string // SEV2 INC-42; empty for a notice
	Title   string
	Text    string
	Repeat  bool
	Actions []paging.Action // those with a link
	Mute    bool            // there are answers, and no link for any
	Link    string
}

// compose makes the message. The same Key makes the same Message-ID, so that a mail
// store that looks for duplicates finds them, and every message about one incident
// refers to one thread. Nothing that people wrote can end a header: it is put on one
// line here, and encoded (RFC 2047) by go-mail.
func (n *Notifier) compose(m paging.Message, to *mail.Address, now time.Time) (*gomail.Msg, error) {
	l := newLetter(m)
	var plain, html bytes.Buffer
	if err := plainTemplate.Execute(&plain, l); err != nil {
		return nil, fmt.Errorf("write mail as text: %w", err)
	}
	if err := htmlTemplate.Execute(&html, l); err != nil {
		return nil, fmt.Errorf("write mail as HTML: %w", err)
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(n.from)
	msg.ToMailAddress(to)
	msg.Subject(subject(m, l))
	msg.SetDateWithValue(now)
	msg.SetMessageIDWithValue(n.messageID("page", m.Key))
	n.mark(msg, m)
	msg.SetBodyString(gomail.TypeTextPlain, plain.String())
	msg.AddAlternativeString(gomail.TypeTextHTML, html.String())
	return msg, nil
}

func newLetter(m paging.Message) letter {
	l := letter{Title: cut(oneLine(m.Title), maxTitle), Text: cut(incident.CleanText(m.Text), maxText), Repeat: m.Repeat, Link: m.Link}
	if m.Severity.Valid() {
		l.About = m.Severity.String() + " "
	}
	if m.Incident != 0 {
		l.About += m.Incident.String()
	}
	l.About = strings.TrimSpace(l.About)
	for _, a := range m.Actions {
		if a.URL != "" {
			a.Label = cut(oneLine(a.Label), 40)
			l.Actions = append(l.Actions, a)
		}
	}
	l.Mute = len(m.Actions) > 0 && len(l.Actions) == 0
	return l
}

func subject(m paging.Message, l letter) string {
	line := l.Title
	if l.About != "" {
		line = l.About + ": " + line
	}
	if m.Repeat {
		line = "Repeat: " + line
	}
	return cut(line, maxSubject)
}

// mark sets the headers that machines read: no auto-responder may answer (RFC 3834,
// and Exchange's own), urgent pages stand out, and one incident is one thread.
func (n *Notifier) mark(msg *gomail.Msg, m paging.Message) {
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetGenHeader(gomail.HeaderXAutoResponseSuppress, "All")
	msg.SetGenHeader("X-Tocsin-Kind", oneLine(string(m.Kind)))
	switch m.Urgency {
	case "high":
		urgency(msg, "high", "urgent", "1")
	case "low":
		urgency(msg, "low", "non-urgent", "5")
	}
	if m.Incident != 0 {
		thread := "<" + n.messageID("incident", m.Incident.String()) + ">"
		msg.SetGenHeader(gomail.HeaderReferences, thread)
		msg.SetGenHeader(gomail.HeaderInReplyTo, thread)
		msg.SetGenHeader("X-Tocsin-Incident", m.Incident.String())
	}
}

// urgency sets what mail programs go by: Importance and Priority in the words of RFC
// 2156, and X-Priority, which came before them and is read most.
func urgency(msg *gomail.Msg, importance, priority, number string) {
	msg.SetGenHeader(gomail.HeaderImportance, importance)
	msg.SetGenHeader(gomail.HeaderPriority, priority)
	msg.SetGenHeader(gomail.HeaderXPriority, number)
}

// messageID derives an id from a name of ours; names are hashed because an id may hold
// few characters (RFC 5322, 3.6.4).
func (n *Notifier) messageID(kind, name string) string {
	sum := sha256.Sum256([]byte(kind + "\x00" + name))
	return kind + "." + hex.EncodeToString(sum[:16]) + "@" + n.domain
}
