package twiliosim

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Behaviour is what a phone does when it is called.
type Behaviour string

// The behaviours. A phone that Rings is picked up by Answer or Press.
const (
	Rings       Behaviour = "" // until somebody acts, or the caller gives up
	Answers     Behaviour = "answers"
	Busy        Behaviour = "busy"
	Voicemail   Behaviour = "voicemail" // after 20 s
	Unreachable Behaviour = "unreachable"
)

// Phone is one telephone with the person who owns it. Its methods may be called
// concurrently.
type Phone struct {
	sim    *Sim
	number string

	// Guarded by sim.mu.
	behaviour Behaviour
	received  []*text
	refuses   int // code with which the API refuses the number
	fails     int // code with which the network loses texts
	failsAs   string
}

// Phone returns the phone of a number, which need not have been used before.
func (s *Sim) Phone(number string) *Phone {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.phone(number)
}

// phone expects s.mu to be held.
func (s *Sim) phone(number string) *Phone {
	p := s.phones[number]
	if p == nil {
		p = &Phone{sim: s, number: number, failsAs: "undelivered"}
		s.phones[number] = p
	}
	return p
}

// Message is a text that a phone has got, or that the API took for it.
type Message struct {
	SID      string        `json:"sid"`
	From     string        `json:"from"`
	To       string        `json:"to"`
	Body     string        `json:"body"`
	Status   string        `json:"status"`
	At       time.Time     `json:"at"`       // when the API took it
	Parts    int           `json:"parts"`    // that it was sent as
	Validity time.Duration `json:"validity"` // in nanoseconds
}

// Call is a call that a phone has got, or that the API took for it.
type Call struct {
	SID     string    `json:"sid"`
	From    string    `json:"from"`
	To      string    `json:"to"`
	Status  string    `json:"status"` // Twilio's word
	At      time.Time `json:"at"`
	Said    []string  `json:"said"`    // so far; what loops is there once
	Pressed string    `json:"pressed"` // keys
	TwiML   string    `json:"-"`       // as it was handed in
}

// Messages lists what the phone has got, oldest first.
func (p *Phone) Messages() []Message {
	p.sim.mu.Lock()
	defer p.sim.mu.Unlock()
	return messages(p.received)
}

// Sent lists what somebody wrote with the phone, oldest first.
func (p *Phone) Sent() []Message {
	p.sim.mu.Lock()
	defer p.sim.mu.Unlock()
	return messages(slices.DeleteFunc(slices.Clone(p.sim.texts), func(t *text) bool { return t.direction != "inbound" || t.from != p.number }))
}

// Calls lists the calls to the phone, oldest first.
func (p *Phone) Calls() []Call {
	return slices.DeleteFunc(p.sim.Calls(), func(c Call) bool { return c.To != p.number })
}

// Messages lists what the API took for anybody, oldest first, whether it arrived or not.
func (s *Sim) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return messages(slices.DeleteFunc(slices.Clone(s.texts), func(t *text) bool { return t.direction != "outbound-api" }))
}

func messages(texts []*text) []Message {
	var list []Message
	for _, t := range texts {
		list = append(list, Message{t.sid, t.from, t.to, t.body, t.status, t.created, t.parts, t.validity})
	}
	return list
}

// Calls lists what the API took for anybody, oldest first.
func (s *Sim) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Call
	for _, c := range s.calls {
		list = append(list, Call{c.sid, c.from, c.to, c.status, c.created, slices.Clone(c.said), c.pressed, c.twiml})
	}
	return list
}

// Behave says what the phone does from the next call on.
func (p *Phone) Behave(b Behaviour) { p.set(func() { p.behaviour = b }) }

// Refuse makes the API refuse the number with a code, for example 21211; 0 ends it.
func (p *Phone) Refuse(code int) { p.set(func() { p.refuses = code }) }

// Fail makes the network lose texts to the number with a code, for example undelivered
// with 30003 or failed with 30006; 0 ends it.
func (p *Phone) Fail(status string, code int) { p.set(func() { p.failsAs, p.fails = status, code }) }

func (p *Phone) set(change func()) {
	p.sim.mu.Lock()
	defer p.sim.mu.Unlock()
	change()
}

// engaged reports whether the phone is in another call. It expects sim.mu to be held.
func (p *Phone) engaged(but *call) bool {
	return slices.ContainsFunc(p.sim.calls, func(c *call) bool {
		return c != but && c.to == p.number && (c.status == "ringing" || c.status == "in-progress")
	})
}

// errNoCall is what a person finds who presses keys on a silent phone.
var errNoCall = errors.New("the phone is not being called")

// current is the call that rings or is spoken on. It waits a moment for one that is
// still on its way.
func (p *Phone) current() (*call, error) {
	for range 200 {
		p.sim.mu.Lock()
		for _, c := range slices.Backward(p.sim.calls) {
			if c.to == p.number && (c.status == "ringing" || c.status == "in-progress") {
				p.sim.mu.Unlock()
				return c, nil
			}
		}
		p.sim.mu.Unlock()
		if !p.sim.sleep(10 * time.Millisecond) {
			break
		}
	}
	return nil, errNoCall
}

// Answer picks up. Twice is the same as once.
func (p *Phone) Answer() error {
	c, err := p.current()
	if err != nil {
		return err
	}
	p.set(func() { shut(c.answer) })
	return nil
}

// shut closes a channel once. It expects sim.mu to be held.
func shut(c chan struct{}) {
	select {
	case <-c:
	default:
		close(c)
	}
}

// HangUp ends the call, or declines it while it rings, and waits until it is over.
func (p *Phone) HangUp() error {
	c, err := p.current()
	if err != nil {
		return err
	}
	p.set(func() { shut(c.hangup) })
	<-c.over
	return nil
}

// Press picks up where it rings, presses one key, and returns when the key was worked
// off: what it led to has been asked for and is being said. A key is lost while nothing
// is gathered.
func (p *Phone) Press(digit string) error {
	if len(digit) != 1 || !strings.Contains("0123456789*#", digit) {
		return fmt.Errorf("%q is no key of a telephone", digit)
	}
	c, err := p.current()
	if err != nil {
		return err
	}
	p.set(func() { shut(c.answer) })
	k := press{digit, make(chan struct{})}
	select {
	case c.keys <- k:
	case <-c.over:
		return errNoCall
	}
	<-k.done
	return nil
}

// The words that Twilio itself acts on.
var (
	stops  = []string{"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"}
	starts = []string{"START", "YES", "UNSTOP"}
)

// Reply texts the account's first number and returns the answers, which the phone has
// got then: those of the webhook, and Twilio's own to the words that opt out and in.
func (p *Phone) Reply(body string) ([]string, error) { return p.ReplyWith(body, "") }

// ReplyWith is Reply of an account with Advanced Opt-Out, where Twilio says for what
// (STOP, START or HELP) it took the text.
func (p *Phone) ReplyWith(body, optOutType string) ([]string, error) {
	s := p.sim
	own := s.options.Numbers[0]
	in := &text{sid: newSID("SM"), from: p.number, to: own, body: body, direction: "inbound", status: "received", parts: parts(body), created: time.Now(), updated: time.Now(), sent: time.Now()}
	s.mu.Lock()
	s.texts = append(s.texts, in)
	client, hook := s.hooks.client, s.hooks.texts
	var answers []string
	switch word := strings.ToUpper(strings.TrimSpace(body)); {
	case slices.Contains(stops, word) || optOutType == "STOP":
		s.blocked[[2]string{own, p.number}] = true
		answers = append(answers, "You get no more texts from this number. START brings them back.")
	case slices.Contains(starts, word) || optOutType == "START":
		delete(s.blocked, [2]string{own, p.number})
		answers = append(answers, "You get texts from this number again.")
	}
	s.changed()
	s.mu.Unlock()
	if client != nil && hook != "" {
		said, err := s.askHook(client, hook, in, optOutType)
		if err != nil {
			return answers, err
		}
		answers = append(answers, said...)
	}
	p.set(func() {
		for _, a := range answers {
			t := &text{sid: newSID("SM"), from: own, to: p.number, body: a, direction: "outbound-reply", status: "delivered", parts: parts(a), created: time.Now(), updated: time.Now(), sent: time.Now()}
			s.texts, p.received = append(s.texts, t), append(p.received, t)
		}
		s.changed()
	})
	return answers, nil
}

func (s *Sim) askHook(client *http.Client, hook string, in *text, optOutType string) ([]string, error) {
	form := url.Values{
		"AccountSid": {s.options.AccountSID}, "ApiVersion": {"2010-04-01"}, "From": {in.from}, "To": {in.to}, "Body": {in.body},
		"MessageSid": {in.sid}, "SmsSid": {in.sid}, "SmsMessageSid": {in.sid}, "SmsStatus": {"received"}, "NumMedia": {"0"}, "NumSegments": {"1"},
	}
	if optOutType != "" {
		form.Set("OptOutType", optOutType)
	}
	doc, err := s.call(client, hook, form)
	if err != nil {
		return nil, err
	}
	verbs, err := parse(doc)
	if err != nil {
		return nil, err
	}
	var said []string
	for _, v := range verbs {
		if v.XMLName.Local == "Message" {
			said = append(said, v.Text)
		}
	}
	return said, nil
}
