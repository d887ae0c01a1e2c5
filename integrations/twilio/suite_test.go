package twilio_test

import (
	"encoding/xml"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/tocsinhq/tocsin/incident/paging"
	"github.com/tocsinhq/tocsin/incident/paging/notifiertest"
	"github.com/tocsinhq/tocsin/integrations/twilio/twiliosim"
)

func TestSMSPassesTheSuite(t *testing.T) {
	t.Parallel()
	notifiertest.Run(t, func(t *testing.T, in paging.Inbox) notifiertest.Harness {
		s := newSite(t, in)
		return notifiertest.Harness{
			Notifier: s.SMS(), To: alice, Fail: s.fail, Secrets: []string{twiliosim.DefaultAuthToken},
			Knows: true, Validity: true, MaxText: 1600,
			Received: func() []notifiertest.Received {
				var got []notifiertest.Received
				for _, m := range s.Messages() {
					got = append(got, notifiertest.Received{ID: m.SID, To: m.To, Text: m.Body, Validity: m.Validity, Links: links.FindAllString(m.Body, -1), Actions: codes(m.Body)})
				}
				return got
			},
			CallBack: func(r notifiertest.Received, state paging.State) { s.Report(r.ID, string(state), 0) },
			Answer: func(r notifiertest.Received, action string) {
				if _, err := s.Phone(r.To).Reply(map[string]string{"ack": "12a", "escalate": "12e"}[action]); err != nil {
					t.Error(err)
				}
			},
		}
	})
}

func TestVoicePassesTheSuite(t *testing.T) {
	t.Parallel()
	notifiertest.Run(t, func(t *testing.T, in paging.Inbox) notifiertest.Harness {
		s := newSite(t, in)
		return notifiertest.Harness{
			Notifier: s.Voice(), To: alice, Fail: s.fail, Secrets: []string{twiliosim.DefaultAuthToken}, Spoken: true,
			Received: func() []notifiertest.Received {
				var got []notifiertest.Received
				for _, c := range s.Calls() {
					got = append(got, spoken(t, c))
				}
				return got
			},
			CallBack: func(r notifiertest.Received, state paging.State) {
				s.Report(r.ID, map[paging.State]string{paging.StateDelivered: "completed", paging.StateFailed: "busy"}[state], 0)
			},
			Answer: func(r notifiertest.Received, action string) {
				if err := s.Phone(r.To).Press(map[string]string{"ack": "4", "escalate": "5"}[action]); err != nil {
					t.Error(err)
				}
			},
		}
	})
}

// fail turns the knobs of the account.
func (s site) fail(f notifiertest.Fault) bool {
	limits, breaks, hangs, drops, refuses := 0, 0, 0, 0, 0
	switch f {
	case notifiertest.FaultLimited:
		limits = twiliosim.Always
	case notifiertest.FaultBroken:
		breaks = twiliosim.Always
	case notifiertest.FaultHang:
		hangs = twiliosim.Always
	case notifiertest.FaultTorn:
		drops = twiliosim.Always
	case notifiertest.FaultRefused:
		refuses = 21211
	}
	s.RateLimit(limits, notifiertest.RetryAfter)
	s.Break(breaks)
	s.Hang(hangs)
	s.DropAnswer(drops)
	s.Phone(alice).Refuse(refuses)
	return true
}

var (
	links   = regexp.MustCompile(`https?://[^\s|>]+`)
	replies = regexp.MustCompile(`Reply ([^\n.]+)`)
	pressed = regexp.MustCompile(`Press (\d) to (\w+)`)
)

// codes are the reply codes that a text tells.
func codes(body string) []string {
	var list []string
	if m := replies.FindStringSubmatch(body); m != nil {
		for one := range strings.SplitSeq(m[1], ", ") {
			code, _, _ := strings.Cut(one, " ")
			list = append(list, code)
		}
	}
	return list
}

// spoken reads a call's document as a person hears it.
func spoken(t *testing.T, c twiliosim.Call) notifiertest.Received {
	t.Helper()
	r := notifiertest.Received{ID: c.SID, To: c.To}
	decoder := xml.NewDecoder(strings.NewReader(c.TwiML))
	for {
		token, err := decoder.Token()
		if token == nil {
			break
		}
		if err != nil {
			t.Errorf("TwiML of a call: %v", err)
			break
		}
		switch token := token.(type) {
		case xml.StartElement:
			if !strings.Contains(" Response Gather Say ", " "+token.Name.Local+" ") {
				r.Hijacked = "speaks TwiML: " + token.Name.Local
			}
			for _, a := range token.Attr {
				if a.Name.Local == "action" {
					if u, err := url.Parse(a.Value); err != nil || u.Host != "tocsin.example" {
						r.Hijacked = "sends keys to " + a.Value
					}
				}
			}
		case xml.CharData:
			r.Text += strings.TrimSpace(string(token)) + " "
		}
	}
	for _, m := range pressed.FindAllStringSubmatch(r.Text, -1) {
		r.Actions = append(r.Actions, map[string]string{"acknowledge": "ack"}[m[2]]+strings.TrimPrefix(m[2], "acknowledge"))
	}
	return r
}
