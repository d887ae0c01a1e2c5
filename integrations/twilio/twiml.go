package twilio

import (
	"encoding/xml"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/tocsinhq/tocsin/incident/paging"
)

// The keys of a call, as GoAlert and PagerDuty have them, so that hands that know one
// find their way: 4 acknowledges in both.
const (
	keyRepeat  = "*"
	keyStop    = "1"
	keyConfirm = "3"
)

// key is what one key of the telephone does.
type key struct{ digit, action, says string }

// In the order in which they are told: a person who hears the first may press it.
var keys = []key{
	{"4", "ack", "to acknowledge"},
	{"5", "escalate", "to escalate"},
	{"6", "resolve", "to stop paging"},
	{"2", "awake", "to say that you are awake"},
}

// Limits of what is said: Twilio's of a document in characters, and ours of the speech
// in runes, since nobody listens to more.
const (
	maxTwiml  = 4000
	maxSpeech = 300
	maxRounds = 5 // of prompts in one call, against machines that press keys
)

// The elements of TwiML that we use. Everything that people wrote goes through
// encoding/xml.
type (
	response struct {
		XMLName xml.Name `xml:"Response"`
		Verbs   []any
	}
	gather struct {
		XMLName   xml.Name `xml:"Gather"`
		Input     string   `xml:"input,attr"`
		NumDigits int      `xml:"numDigits,attr"`
		Finish    string   `xml:"finishOnKey,attr"` // none: * is a digit like the others
		Timeout   int      `xml:"timeout,attr"`
		Action    string   `xml:"action,attr"`
		Say       say
	}
	say struct {
		XMLName xml.Name `xml:"Say"`
		Loop    int      `xml:"loop,attr,omitempty"`
		Text    string   `xml:",chardata"`
	}
	reply struct {
		XMLName xml.Name `xml:"Message"`
		Text    string   `xml:",chardata"`
	}
	hangup struct {
		XMLName xml.Name `xml:"Hangup"`
	}
)

func document(verbs ...any) string {
	b, err := xml.Marshal(response{Verbs: verbs})
	if err != nil {
		panic("twilio: elements of plain text always marshal: " + err.Error())
	}
	return xml.Header + string(b)
}

// twiml is what a call says and asks. The speech is shortened until all of it fits.
func (c Config) twiml(m paging.Message) string {
	p := prompt{config: c, key: m.Key, speech: speech(m), digits: digits(m.Actions)}
	for n := maxSpeech; ; n -= 40 {
		p.speech = cut(p.speech, n)
		if doc := p.document(); len(doc) <= maxTwiml || n <= 40 {
			return doc
		}
	}
}

// speech is a message as it is spoken, without the keys.
func speech(m paging.Message) string {
	var b strings.Builder
	b.WriteString("This is Tocsin. ")
	if m.Repeat {
		b.WriteString("This repeats an earlier call. ")
	}
	if m.Severity.Valid() {
		b.WriteString("Severity " + strconv.Itoa(int(m.Severity)) + ". ")
	}
	if m.Incident > 0 {
		b.WriteString("Incident " + strconv.FormatInt(int64(m.Incident), 10) + ". ")
	}
	said := sentence(cut(clean(m.Title), maxSpeech/2)) + " " + lines(m.Text, ". ")
	said = sentence(strings.TrimSpace(said))
	if m.Kind == paging.MessageVerify {
		said = spellOut(said)
	}
	return b.String() + said
}

var figures = regexp.MustCompile(`\d{4,}`)

// spellOut parts the digits of a code, which would be spoken as one great number.
func spellOut(s string) string {
	return figures.ReplaceAllStringFunc(s, func(n string) string {
		return strings.Join(strings.Split(n, ""), ", ")
	})
}

// digits are the keys that a message's actions have.
func digits(actions []paging.Action) string {
	var b strings.Builder
	for _, k := range keys {
		for _, a := range actions {
			if a.Name == k.action {
				b.WriteString(k.digit)
				break
			}
		}
	}
	return b.String()
}

// prompt is one question of a call. All of it travels in the address that the pressed
// key is sent to, so that any replica can go on with the call; Twilio signs it.
type prompt struct {
	config Config
	key    string // of the message
	speech string
	digits string // offered
	round  int    // how many prompts came before
	stop   bool   // asks whether calls shall stop
}

func (p prompt) document() string {
	text := sentence(p.speech) + " " + p.menu()
	if !p.config.callable() || p.round >= maxRounds {
		return document(say{Loop: 2, Text: sentence(p.speech)}, say{Text: "Please answer in Slack. Goodbye."})
	}
	return document(
		gather{Input: "dtmf", NumDigits: 1, Timeout: 10, Action: p.action(), Say: say{Loop: 2, Text: text}},
		say{Text: "No key was pressed. Goodbye."},
	)
}

// menu tells the keys.
func (p prompt) menu() string {
	if p.stop {
		return "Press 3 to confirm."
	}
	var b strings.Builder
	for _, k := range keys {
		if strings.Contains(p.digits, k.digit) {
			b.WriteString("Press " + k.digit + " " + k.says + ". ")
		}
	}
	return b.String() + "Press star to hear this once more."
}

func (p prompt) action() string {
	more := url.Values{"say": {p.speech}, "digits": {p.digits}, "round": {strconv.Itoa(p.round)}}
	if p.stop {
		more.Set("stop", "1")
	}
	return p.config.callback("gather", p.key, more)
}
