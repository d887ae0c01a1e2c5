package email

import (
	"context"
	"crypto/tls"
	"errors"
	"net/textproto"
	"regexp"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/paging"
)

// pause is how long we leave a server alone that defers a message. SMTP has no word
// for it; greylisting (RFC 6647) usually wants a minute or more, but somebody waits.
const pause = 30 * time.Second

// stage is how far a dialogue had come.
type stage string

const (
	stageReach  stage = "reach"
	stageLogin  stage = "login"
	stageSender stage = "sender"
	stagePerson stage = "recipient"
	stageText   stage = "text"
)

// explain turns what went wrong into one of our errors. The classes follow RFC 5321
// (4.2.1) and the enhanced codes of RFC 3463.
func (n *Notifier) explain(ctx context.Context, at stage, to string, err error) error {
	if r, ok := errors.AsType[*paging.Refused](err); ok {
		return r
	}
	if ctx.Err() != nil {
		return paging.Unavailablef(errors.Join(ctx.Err(), err), "The mail server %s did not answer in time; we try again by ourselves.", n.server.host)
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return paging.Refusedf("The certificate of the mail server %s cannot be trusted; give it a valid one, or correct the host in SMTP_URL.", n.server.host)
	}
	answer, ok := errors.AsType[*textproto.Error](err)
	if !ok {
		return paging.Unavailablef(err, "The mail server %s cannot be reached or broke off; we try again by ourselves.", n.server.host)
	}
	said := n.quote(answer.Msg)
	switch {
	case answer.Code/100 == 5:
		return n.refusal(at, to, answer, said)
	case defers(answer):
		return paging.Limitedf(pause, "The mail server %s puts us off (%d): %s", n.server.host, answer.Code, said)
	}
	return paging.Unavailablef(err, "The mail server %s has trouble (%d): %s", n.server.host, answer.Code, said)
}

// defers reports whether the server wants a pause: the mailbox is busy (450), there is
// no room (452), or a policy such as greylisting or a limit says so (4.7.x).
func defers(e *textproto.Error) bool {
	return e.Code == 450 || e.Code == 452 || e.Code/100 == 4 && policyCode.MatchString(e.Msg)
}

// refusal says what a 5xx means at this stage, and what to do about it.
func (n *Notifier) refusal(at stage, to string, e *textproto.Error, said string) error {
	enhanced := enhancedCode.FindString(e.Msg)
	to = cut(incident.CleanText(to), 100)
	switch {
	case at == stageLogin, e.Code == 530, e.Code == 535, enhanced == "5.7.8":
		return paging.Refusedf("The mail server %s does not accept our login (%d); correct user and password in SMTP_URL.", n.server.host, e.Code)
	case at == stageSender:
		return paging.Refusedf("The mail server %s does not accept our sender (%d): %s Correct MAIL_FROM.", n.server.host, e.Code, said)
	case enhanced == "5.2.2" || at == stagePerson && e.Code == 552:
		return paging.Refusedf("The mailbox of %s is full (%d): %s", to, e.Code, said)
	case at == stagePerson && (e.Code == 550 || e.Code == 551 || e.Code == 553 || strings.HasPrefix(enhanced, "5.1.")):
		return paging.Refusedf("The mail server knows no mailbox %s (%d): %s Correct the address.", to, e.Code, said)
	case e.Code == 552 || enhanced == "5.3.4":
		return paging.Refusedf("The mail server %s says that the message is too large (%d): %s", n.server.host, e.Code, said)
	}
	return paging.Refusedf("The mail server %s refuses the message to %s (%d): %s", n.server.host, to, e.Code, said)
}

var (
	enhancedCode = regexp.MustCompile(`\b5\.\d{1,3}\.\d{1,3}\b`)
	policyCode   = regexp.MustCompile(`\b4\.7\.\d{1,3}\b`)
)

// longestQuote bounds a server's words in runes: some answer with whole paragraphs.
const longestQuote = 160

// quote makes one sentence of what a server said, without the password should it
// repeat that.
func (n *Notifier) quote(said string) string {
	if n.server.password != "" {
		said = strings.ReplaceAll(said, n.server.password, "***")
	}
	said = cut(oneLine(said), longestQuote)
	if said = strings.TrimRight(said, ".!? "); said == "" {
		return "it gave no reason."
	}
	return said + "."
}
