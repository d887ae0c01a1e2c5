// Package twilio reaches people by text message and by telephone call through
// Twilio, and takes what they answer: replies by text, and keys pressed during a call.
//
// The one thing to know before changing it: Twilio has no idempotency key. A POST
// whose answer was lost may have sent the message, so before a repeat we look: a text
// carries a mark made of its key, and can be found again for certain. A call carries
// nothing that Twilio's list of calls gives back; only its callbacks, which have the
// key in their address, tell whose it is. find.go says what follows from that.
package twilio

import (
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/integrations/secret"
)

// Secret is text that is never printed: every format shows ***.
type Secret = secret.Text

// DefaultAPIURL is where Twilio's API is.
const DefaultAPIURL = "https://api.twilio.com/"

// defaultTimeout bounds one call of the API, its answer included.
const defaultTimeout = 15 * time.Second

// Config says which account sends, and from which number. The zero value means that
// Twilio is off.
type Config struct {
	AccountSID string // AC and 32 hexadecimal digits
	AuthToken  Secret // opens the API and signs the callbacks
	// OtherToken is accepted in signatures too: while a token is rotated, Twilio signs
	// with one and we may still hold the other. May be empty.
	OtherToken Secret
	From       string // a number, as +15550100123, or a messaging service, MG and 32 hexadecimal digits
	VoiceFrom  string // number that calls come from; empty means From, where that is a number
	APIURL     string // empty means DefaultAPIURL
	// PublicURL is the address under which Twilio reaches us. Without one, or when it
	// leads to this machine alone, there are no callbacks: calls take no keys, and what
	// became of a message is not known.
	PublicURL string
	Timeout   time.Duration // of one call of the API; zero means 15 s
}

// Enabled reports whether Twilio is configured at all.
func (c Config) Enabled() bool { return c.AccountSID != "" }

// CanCall reports whether there is a number that calls can come from: a messaging
// service sends texts only.
func (c Config) CanCall() bool { return number.MatchString(c.voiceFrom()) }

var (
	account = regexp.MustCompile(`^AC[0-9a-fA-F]{32}$`)
	number  = regexp.MustCompile(`^\+[1-9]\d{6,14}$`) // E.164
	service = regexp.MustCompile(`^MG[0-9a-fA-F]{32}$`)
)

// Validate returns every mistake of c as a sentence, none when c can be used or is off.
func (c Config) Validate() []string {
	if !c.Enabled() {
		return nil
	}
	var bad []string
	if !account.MatchString(c.AccountSID) {
		bad = append(bad, "TWILIO_ACCOUNT_SID is not an account SID; it is AC and 32 hexadecimal digits, on the first page of the Twilio console.")
	}
	if c.AuthToken == "" {
		bad = append(bad, "TWILIO_AUTH_TOKEN is not set; it is on the first page of the Twilio console.")
	}
	if !number.MatchString(c.From) && !service.MatchString(c.From) {
		bad = append(bad, "TWILIO_FROM is not a number; write it with + and country code, like +15550100123, or give a messaging service's SID.")
	}
	for _, at := range []struct{ setting, value string }{{"TWILIO_API_URL", c.APIURL}, {"TOCSIN_PUBLIC_URL", c.PublicURL}} {
		if u, err := url.Parse(at.value); at.value != "" && (err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http") {
			bad = append(bad, fmt.Sprintf("%s %q is not a web address; write it like https://tocsin.example.com.", at.setting, at.value))
		}
	}
	return bad
}

func (c Config) voiceFrom() string {
	if c.VoiceFrom != "" {
		return c.VoiceFrom
	}
	return c.From
}

func (c Config) withDefaults() Config {
	if c.APIURL == "" {
		c.APIURL = DefaultAPIURL
	}
	if c.Timeout == 0 {
		c.Timeout = defaultTimeout
	}
	c.APIURL, c.PublicURL = strings.TrimRight(c.APIURL, "/"), strings.TrimRight(c.PublicURL, "/")
	return c
}

// callable reports whether callbacks can reach us. Twilio refuses a message whose
// callback leads to a private address, and a page must not fail over that; a
// simulator on this machine reaches everything.
func (c Config) callable() bool {
	u, err := url.Parse(c.PublicURL)
	if err != nil || u.Host == "" {
		return false
	}
	api, err := url.Parse(c.APIURL)
	if err != nil || !strings.HasSuffix(api.Hostname(), "twilio.com") {
		return err == nil
	}
	host := u.Hostname()
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.IsGlobalUnicast() && !ip.IsPrivate()
	}
	return strings.Contains(host, ".") && !strings.HasSuffix(host, ".localhost") && !strings.HasSuffix(host, ".local")
}

// retries asks Twilio, in the fragment that its connection overrides live in, to send a
// callback again when it does not arrive. Fragments are no part of the signature.
const retries = "#rc=3&rp=ct,rt,5xx"

// callback is the address that Twilio calls for one of our messages.
func (c Config) callback(what, key string, more url.Values) string {
	q := url.Values{"key": {key}}
	for name, values := range more {
		q[name] = values
	}
	return c.PublicURL + callbacks + what + "?" + q.Encode() + retries
}
