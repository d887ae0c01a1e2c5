package main

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/integrations/twilio"
)

// pagingSettings are those whose mistakes have lines of their own.
func pagingSettings() []string {
	names := []string{"TOCSIN_PUBLIC_URL", "TOCSIN_HTTP_ADDR"}
	for _, s := range settings() {
		if s.group == "Paging" {
			names = append(names, s.name)
		}
	}
	return names
}

// examinePaging looks at the ways to people besides Slack, and at what watches them.
// Nobody is paged by it. What only a message that arrives can prove is left to the
// canary.
func (p *process) examinePaging(ctx context.Context) []finding {
	c := p.config
	base := c.PublicBase(c.HTTPAddr)
	if !c.twilio(base).Enabled() && !c.email().Enabled() && !c.ntfy().Enabled() && !c.webhook().Enabled() {
		return []finding{fine("paging", "Not configured: people are paged by Slack alone.")}
	}
	var found []finding
	if c.twilio(base).Enabled() {
		found = append(found, p.examineTwilio(ctx, base)...)
	}
	if c.email().Enabled() {
		found = append(found, examineServer(ctx, "The mail server", "SMTP_URL", c.SMTPURL.Reveal()))
	}
	if c.ntfy().Enabled() {
		found = append(found, examineServer(ctx, "The ntfy server", "NTFY_URL", c.NtfyURL.Reveal()))
	}
	if c.webhook().Enabled() {
		found = append(found, fine("paging", "Webhooks are signed; their receivers are known only when they are called."))
	}
	found = append(found, p.examineLinks()...)
	return append(found, p.examineWatch()...)
}

// examineLinks names the ways whose messages have nothing to answer with, because links
// would lead nowhere. What that means for Twilio is said with Twilio.
func (p *process) examineLinks() (found []finding) {
	c := p.config
	if c.LinkBase(c.HTTPAddr) != "" {
		return nil
	}
	for _, way := range []struct {
		on            bool
		text, meaning string
	}{
		{c.email().Enabled(), "so e-mail has no links to answer with.", "Pages go out by e-mail, and are answered in Slack alone."},
		{c.ntfy().Enabled(), "so push messages have no buttons.", "Pages go out as push messages, and are answered in Slack alone."},
		{c.webhook().Enabled(), "so webhooks carry no actions.", "Pages go out to webhooks, and are answered in Slack alone."},
	} {
		if way.on {
			found = append(found, finding{markWarning, "paging", "TOCSIN_PUBLIC_URL is not set, " + way.text, way.meaning, "Set it to an address that people's telephones reach."})
		}
	}
	return found
}

// examineTwilio asks for the account, and looks whether answers find their way back.
func (p *process) examineTwilio(ctx context.Context, base string) []finding {
	client, err := twilio.New(p.config.twilio(base), nil)
	if err != nil {
		return []finding{{markWrong, "paging", asSentence(err), "Tocsin does not start.", ""}}
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	found := []finding{fine("paging", "Twilio knows the account and takes the token.")}
	if err := client.Check(ctx); err != nil {
		found[0] = finding{markWrong, "paging", "Twilio: " + asSentence(err), "Nobody is paged by text message or call.",
			"Compare TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN with the first page of the Twilio console; if it does not answer, look at the network."}
	}
	if !p.config.twilio(base).CanCall() {
		found = append(found, finding{markWarning, "paging", "There is no number that calls can come from.", "Nobody is called; texts alone wake few.", "Set TWILIO_VOICE_FROM to a number that can call."})
	}
	const texts, calls = "/callbacks/twilio/sms", "/callbacks/twilio/voice"
	if isPrivate(base) {
		return append(found, finding{markWarning, "paging", "The public URL is " + base + ", which Twilio does not reach.",
			"Pages are sent, but what became of them is not heard, and answers by text or keypad do not arrive.",
			"Set TOCSIN_PUBLIC_URL to an address on the internet; then, in the Twilio console, set the number's “A message comes in” to <public URL>" + texts + ", and if you like “A call comes in” to <public URL>" + calls + "."})
	}
	return append(found, fine("paging", "In the Twilio console, the number's “A message comes in” has to be %s, and “A call comes in” may be %s, for those who call back.", base+texts, base+calls))
}

// isPrivate reports whether an address surely leads nowhere on the internet.
func isPrivate(base string) bool {
	u, err := url.Parse(base)
	if err != nil || u.Hostname() == "" {
		return true
	}
	host := u.Hostname()
	if ip, err := netip.ParseAddr(host); err == nil {
		return !ip.IsGlobalUnicast() || ip.IsPrivate()
	}
	return !strings.Contains(host, ".") || strings.HasSuffix(host, ".local") || strings.HasSuffix(host, ".localhost") || strings.HasSuffix(host, ".internal")
}

// examineServer opens a connection and closes it again. Whether the server takes our
// messages is not asked: that would be a message.
func examineServer(ctx context.Context, what, setting, address string) finding {
	u, err := url.Parse(address)
	if err != nil {
		return finding{markWrong, "paging", setting + " cannot be read.", "Tocsin does not start.", ""}
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"smtp": "587", "smtps": "465", "https": "443", "http": "80"}[u.Scheme]
	}
	at := net.JoinHostPort(u.Hostname(), port)
	dialer := net.Dialer{Timeout: 5 * time.Second}
	conn, err := dialer.DialContext(ctx, "tcp", at)
	if err == nil {
		err = conn.Close()
	}
	if err != nil {
		return finding{markWrong, "paging", what + " at " + at + " cannot be reached (" + dialCause(err) + ").", "What it carries waits, and the next way is tried.", "Check " + setting + ", the network and the firewall."}
	}
	return fine("paging", "%s at %s can be reached; whether it takes our messages, the first one shows.", what, at)
}

func dialCause(err error) string {
	if failed, ok := errors.AsType[*net.OpError](err); ok {
		return failed.Err.Error()
	}
	return err.Error()
}

// examineWatch looks for who notices when paging itself is broken.
func (p *process) examineWatch() (found []finding) {
	if p.config.CanaryTo == "" {
		found = append(found, finding{markWarning, "paging", "There is no canary.", "That paging is broken shows only when somebody should have been paged.",
			"Set TOCSIN_CANARY_TO to a Slack channel or a webhook that may hear a test message every " + p.config.CanaryEvery + "."})
	}
	if p.config.DeadManURL == "" {
		found = append(found, finding{markWarning, "paging", "There is no dead-man's switch.", "Nobody outside notices when Tocsin or its database is down.",
			"Set TOCSIN_DEADMAN_URL to a check of a service that raises the alarm when it is not called."})
	}
	if len(found) == 0 {
		found = []finding{fine("paging", "A canary every %s proves that paging works, and an outside watcher is told so.", p.config.CanaryEvery)}
	}
	return found
}
