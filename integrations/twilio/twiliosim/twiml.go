package twiliosim

import (
	"encoding/xml"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// verb is one element of TwiML.
type verb struct {
	XMLName xml.Name
	Attrs   []xml.Attr `xml:",any,attr"`
	Text    string     `xml:",chardata"`
	Verbs   []verb     `xml:",any"`
}

// allowed are the verbs and attributes that the simulator knows; Twilio refuses
// documents that break its schema, and we refuse what we do not know.
var allowed = map[string]string{
	"Say": " loop voice language ", "Pause": " length ", "Hangup": "", "Message": " to from action method ",
	"Gather": " input numDigits finishOnKey timeout action method actionOnEmptyResult ",
}

// parse reads a document of TwiML.
func parse(doc []byte) ([]verb, error) {
	if len(strings.TrimSpace(string(doc))) == 0 {
		return nil, nil
	}
	var root verb
	if err := xml.Unmarshal(doc, &root); err != nil {
		return nil, fmt.Errorf("parse TwiML: %w", err)
	}
	if root.XMLName.Local != "Response" {
		return nil, fmt.Errorf("parse TwiML: the root is %s, not Response", root.XMLName.Local)
	}
	return root.Verbs, check(root.Verbs)
}

func check(verbs []verb) error {
	for _, v := range verbs {
		attrs, ok := allowed[v.XMLName.Local]
		if !ok {
			return fmt.Errorf("TwiML has no verb %s", v.XMLName.Local)
		}
		for _, a := range v.Attrs {
			if !strings.Contains(attrs, " "+a.Name.Local+" ") {
				return fmt.Errorf("%s has no attribute %s", v.XMLName.Local, a.Name.Local)
			}
		}
		if v.XMLName.Local != "Gather" && len(v.Verbs) > 0 {
			return fmt.Errorf("%s holds no other verbs", v.XMLName.Local)
		}
		if err := check(v.Verbs); err != nil {
			return err
		}
	}
	return nil
}

// attr returns an attribute, or what it is when it is not there.
func (v verb) attr(name, otherwise string) string {
	for _, a := range v.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return otherwise
}

func (v verb) number(name string, otherwise int) int {
	n, err := strconv.Atoi(v.attr(name, ""))
	if err != nil {
		return otherwise
	}
	return n
}

// broken is what Twilio says to the person when a document is no good.
const broken = "We are sorry, an application error has occurred. Goodbye."

// play carries out the call's document, and those that follow from pressed keys, until
// one ends or somebody hangs up.
func (s *Sim) play(c *call) {
	verbs, err := parse([]byte(c.twiml))
	for {
		if err != nil {
			s.say(c, broken)
			return
		}
		var next []verb
		var again bool
		next, again, err = s.perform(c, verbs)
		if !again && err == nil {
			return
		}
		verbs = next
	}
}

// perform carries out verbs. again says that next replaces them.
func (s *Sim) perform(c *call, verbs []verb) (next []verb, again bool, err error) {
	for _, v := range verbs {
		switch v.XMLName.Local {
		case "Say", "Pause":
			if !s.speak(c, v) {
				return nil, false, nil
			}
		case "Hangup":
			return nil, false, nil
		case "Gather":
			next, again, err = s.gather(c, v)
			if again || err != nil {
				return next, again, err
			}
			if s.ended(c) {
				return nil, false, nil
			}
		}
	}
	return nil, false, nil
}

func (s *Sim) say(c *call, words string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.said = append(c.said, words)
	s.changed()
}

// speak says it and takes the time; it reports whether anybody still listens. Keys
// pressed outside a Gather are lost.
func (s *Sim) speak(c *call, v verb) bool {
	timer := time.NewTimer(s.takes(c, v))
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
			return true
		case k := <-c.keys:
			close(k.done)
		case <-c.hangup:
			return false
		case <-s.ctx.Done():
			return false
		}
	}
}

// takes notes what is said, and returns how long that is.
func (s *Sim) takes(c *call, v verb) time.Duration {
	if v.XMLName.Local == "Pause" {
		return time.Duration(v.number("length", 1)) * time.Second
	}
	words := strings.TrimSpace(v.Text)
	s.say(c, words)
	return time.Duration(max(v.number("loop", 1), 1)*utf8.RuneCountInString(words)) * s.options.PerRune
}

// gather speaks and listens at once. With keys it asks the action what comes next.
func (s *Sim) gather(c *call, v verb) (next []verb, again bool, err error) {
	length := time.Duration(v.number("timeout", 5)) * time.Second
	for _, inner := range v.Verbs {
		length += s.takes(c, inner)
	}
	timer := time.NewTimer(length)
	defer timer.Stop()
	digits := ""
	for {
		select {
		case k := <-c.keys:
			finish := v.attr("finishOnKey", "#")
			ends := finish != "" && k.digit == finish
			if !ends {
				digits += k.digit
			}
			s.mu.Lock()
			c.pressed += k.digit
			s.changed()
			s.mu.Unlock()
			if ends || len(digits) >= v.number("numDigits", 1<<20) {
				next, err = s.act(c, v, digits)
				close(k.done)
				return next, true, err
			}
			close(k.done)
		case <-timer.C:
			if digits == "" {
				return nil, false, nil
			}
			next, err = s.act(c, v, digits)
			return next, true, err
		case <-c.hangup:
			return nil, false, nil
		case <-s.ctx.Done():
			return nil, false, nil
		}
	}
}

// act sends the keys to the action and returns its document.
func (s *Sim) act(c *call, v verb, digits string) ([]verb, error) {
	s.mu.Lock()
	client := s.hooks.client
	form := s.callForm(c, "in-progress")
	s.mu.Unlock()
	form.Set("Digits", digits)
	form.Set("msg", "Gather End")
	action := v.attr("action", "")
	if client == nil || action == "" {
		return nil, fmt.Errorf("there is nowhere to send keys to")
	}
	if _, err := url.Parse(action); err != nil {
		return nil, fmt.Errorf("read action: %w", err)
	}
	body, err := s.call(client, action, form)
	if err != nil {
		return nil, err
	}
	return parse(body)
}

func (s *Sim) ended(c *call) bool {
	select {
	case <-c.hangup:
		return true
	case <-s.ctx.Done():
		return true
	default:
		return false
	}
}

// CheckTwiML says why Twilio would not take a document; nothing is a document too.
func CheckTwiML(doc []byte) error {
	_, err := parse(doc)
	return err
}
