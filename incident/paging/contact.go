package paging

import (
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

// ContactID numbers a contact method.
type ContactID int64

// Contact is one way to one person: a method and an address. It is used once it
// is verified and for as long as it is not disabled.
type Contact struct {
	ID         ContactID
	Person     incident.PersonID
	Method     Method
	Address    string // normalised
	VerifiedAt time.Time
	DisabledAt time.Time
	Reason     string // why it is disabled
	Managed    bool   // by the organisation file; a person cannot remove it
}

// Usable reports whether messages are sent there.
func (c Contact) Usable() bool { return !c.VerifiedAt.IsZero() && c.DisabledAt.IsZero() }

// Methods lists all methods.
func Methods() []Method {
	return []Method{MethodSlack, MethodSMS, MethodVoice, MethodEmail, MethodPush, MethodWebhook}
}

// Valid reports whether m is one of the methods.
func (m Method) Valid() bool { return slices.Contains(Methods(), m) }

// String names the method in the middle of a sentence.
func (m Method) String() string {
	switch m {
	case MethodSlack:
		return "Slack"
	case MethodSMS:
		return "text message"
	case MethodVoice:
		return "phone call"
	case MethodEmail:
		return "e-mail"
	case MethodPush:
		return "push message"
	}
	return string(m)
}

// byNumber methods are told apart by a phone number.
func (m Method) byNumber() bool { return m == MethodSMS || m == MethodVoice }

var (
	phone      = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`) // E.164: at most 15 digits
	phoneNoise = strings.NewReplacer(" ", "", "-", "", ".", "", "(", "", ")", "", "\u00a0", "", "/", "")
	slackID    = regexp.MustCompile(`^[UW][A-Z0-9]{2,}$`)
	topic      = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
)

// ParseAddress brings an address of a method to the one form in which it is kept,
// or says how it has to be written.
func ParseAddress(m Method, s string) (string, error) {
	s = strings.TrimSpace(s)
	switch m {
	case MethodSMS, MethodVoice:
		return parsePhone(s)
	case MethodEmail:
		return parseMail(s)
	case MethodSlack:
		if !slackID.MatchString(s) {
			return "", incident.Errorf(incident.Invalid, "%q is not a Slack user id; it looks like U02ABCDEF.", s)
		}
		return s, nil
	case MethodPush:
		if !topic.MatchString(s) {
			return "", incident.Errorf(incident.Invalid, "%q is not a push topic; use letters, digits, - and _, at most 64.", s)
		}
		return s, nil
	case MethodWebhook:
		return parseWebhook(s)
	}
	return "", incident.Errorf(incident.Invalid, "%q is not a contact method; use slack, sms, voice, email, push or webhook.", string(m))
}

func parsePhone(s string) (string, error) {
	number := phoneNoise.Replace(s)
	if rest, ok := strings.CutPrefix(number, "00"); ok {
		number = "+" + rest
	}
	if !phone.MatchString(number) {
		return "", incident.Errorf(incident.Invalid, "%q is not a phone number; write it with the country code, like +15550100123.", s)
	}
	return number, nil
}

func parseMail(s string) (string, error) {
	address, err := mail.ParseAddress(s)
	if err != nil || address.Name != "" || strings.ContainsAny(s, "<>\r\n") {
		return "", incident.Errorf(incident.Invalid, "%q is not an e-mail address; write it like alice@example.com.", s)
	}
	at := strings.LastIndex(address.Address, "@")
	return address.Address[:at] + strings.ToLower(address.Address[at:]), nil
}

func parseWebhook(s string) (string, error) {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return "", incident.Errorf(incident.Invalid, "%q is not a URL to post to; write it like https://example.com/hook.", s)
	}
	return u.String(), nil
}
