package paging

import (
	"regexp"
	"strconv"
	"strings"
)

// The actions of a reply. Stop and start are a person opting out and in again.
const (
	ActionAck      = "ack"
	ActionEscalate = "escalate"
	ActionResolve  = "resolve"
	ActionAwake    = "awake"
	ActionStop     = "stop"
	ActionStart    = "start"
)

// Scope says what a reply by text is about.
type Scope string

// The scopes: the message with a code, an incident by its number, or the last
// message.
const (
	ScopeCode     Scope = "code"
	ScopeIncident Scope = "incident"
	ScopeLast     Scope = "last"
)

// Wish is what a reply by text asks for.
type Wish struct {
	Action string
	Scope  Scope // empty for stop and start
	Number int   // of the code or the incident
}

// A doubled letter is the habit of those who acknowledged a bundle that way; the
// code of a digest says as much.
var (
	codeFirst = regexp.MustCompile(`^([0-9]{1,9}) ?(aa?|e|cc?|w)$`)
	wordFirst = regexp.MustCompile(`^([a-z]+) ?(?:#|inc-)?([0-9]{1,9})$`)
)

// words are what people write.
var words = map[string]string{
	"a": ActionAck, "ack": ActionAck, "acked": ActionAck, "acknowledge": ActionAck,
	"c": ActionResolve, "close": ActionResolve, "resolve": ActionResolve,
	"e": ActionEscalate, "escalate": ActionEscalate,
	"w": ActionAwake, "awake": ActionAwake,
}

// optOuts and optIns are the words that carriers know; only the word alone counts.
var (
	optOuts = map[string]bool{"stop": true, "stopall": true, "unsubscribe": true, "cancel": true, "end": true, "quit": true}
	optIns  = map[string]bool{"start": true, "yes": true, "unstop": true}
)

// ParseReply reads what somebody answered by text; ok is false when it is not
// understood. Case, quotes and blanks around and between do not matter. Unlike
// GoAlert it also takes the words that people are told elsewhere (escalate, resolve,
// awake), and finds STOP with blanks around it.
func ParseReply(text string) (w Wish, ok bool) {
	s := strings.Join(strings.Fields(strings.ToLower(text)), " ")
	s = strings.TrimSpace(strings.Trim(s, `'"‘’“”`))
	switch {
	case optOuts[s]:
		return Wish{Action: ActionStop}, true
	case optIns[s]:
		return Wish{Action: ActionStart}, true
	}
	if m := codeFirst.FindStringSubmatch(s); m != nil {
		return wish(words[m[2][:1]], ScopeCode, m[1])
	}
	if m := wordFirst.FindStringSubmatch(s); m != nil {
		return wish(words[m[1]], ScopeIncident, m[2])
	}
	if action := words[s]; action != "" {
		return Wish{Action: action, Scope: ScopeLast}, true
	}
	return Wish{}, false
}

func wish(action string, scope Scope, digits string) (Wish, bool) {
	n, err := strconv.Atoi(digits)
	if err != nil || n < 1 || action == "" {
		return Wish{}, false
	}
	return Wish{Action: action, Scope: scope, Number: n}, true
}

// Code writes a reply code, for example 12a.
func Code(number int, action string) string {
	letter := map[string]string{ActionAck: "a", ActionEscalate: "e", ActionResolve: "c", ActionAwake: "w"}[action]
	if number == 0 || letter == "" {
		return ""
	}
	return strconv.Itoa(number) + letter
}
