package bot

import (
	"strings"
	"time"
	"unicode"

	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/timeline"
)

// Command is a typed slash command.
type Command struct {
	User        incident.PersonID
	Channel     string
	Text        string // everything after the slash command, as typed; see typed
	Name        string // the subcommand in lower case, "" for none
	Args        string // what follows the subcommand
	TriggerID   string
	ResponseURL string
	Received    time.Time
}

// Actor is the person who typed it.
func (c Command) Actor() incident.Actor { return incident.By(c.User) }

// Click is a press of a button or a choice in a menu, in a message, a modal or
// the App Home.
type Click struct {
	User        incident.PersonID
	Channel     string // "" in modals and the App Home
	MessageTS   string
	Ephemeral   bool   // the button is in what only this person sees, and may be replaced
	Action      string // action_id up to the first colon
	Value       string // the button's value, or what was chosen
	TriggerID   string
	ResponseURL string
	ViewID      string
}

// Actor is the person who clicked.
func (c Click) Actor() incident.Actor { return incident.By(c.User) }

// Shortcut is a global shortcut, or one on a message.
type Shortcut struct {
	User        incident.PersonID
	Callback    string
	Channel     string
	Secluded    bool // Channel is a private channel or direct messages
	Message     *incident.Message
	TriggerID   string
	ResponseURL string
}

// Submission is a filled modal.
type Submission struct {
	User     incident.PersonID
	Callback string
	Private  string // private_metadata: what the modal was opened about
	Values   Values
	ViewID   string
}

// Actor is the person who submitted it.
func (s Submission) Actor() incident.Actor { return incident.By(s.User) }

// Values are a modal's inputs by block id, each block with one element.
type Values map[string]slack.BlockAction

// Text returns what was typed or chosen in a block, trimmed; "" when nothing was.
func (v Values) Text(block string) string {
	a := v[block]
	switch {
	case a.SelectedOption.Value != "":
		return a.SelectedOption.Value
	case a.SelectedUser != "":
		return a.SelectedUser
	case a.SelectedDate != "":
		return a.SelectedDate
	case a.SelectedConversation != "":
		return a.SelectedConversation
	}
	return strings.TrimSpace(a.Value)
}

// Person returns the chosen person.
func (v Values) Person(block string) incident.PersonID {
	return incident.PersonID(v[block].SelectedUser)
}

// People returns the chosen people.
func (v Values) People(block string) []incident.PersonID {
	var people []incident.PersonID
	for _, id := range v[block].SelectedUsers {
		people = append(people, incident.PersonID(id))
	}
	return people
}

// Time returns the instant of a date-time picker, zero when it was left empty.
func (v Values) Time(block string) time.Time {
	if at := v[block].SelectedDateTime; at > 0 {
		return time.Unix(at, 0).UTC()
	}
	return time.Time{}
}

// Ticked reports whether a checkbox option was ticked.
func (v Values) Ticked(block, option string) bool {
	for _, o := range v[block].SelectedOptions {
		if o.Value == option {
			return true
		}
	}
	return false
}

func valuesOf(state *slack.ViewState) Values {
	values := Values{}
	if state == nil {
		return values
	}
	for block, actions := range state.Values {
		for _, a := range actions {
			values[block] = a
		}
	}
	return values
}

// typed is what a person typed after the slash command, from what Slack makes of it:
// addresses and escapes are undone, here and nowhere else. Mentions of people stay
// markup, since handlers look for them.
func typed(text string) string {
	var kept strings.Builder
	at, asID := 0, func(p incident.PersonID) string { return string(p) }
	for _, m := range mentionPattern.FindAllStringIndex(text, -1) {
		kept.WriteString(timeline.Plain(text[at:m[0]], asID) + text[m[0]:m[1]])
		at = m[1]
	}
	return kept.String() + timeline.Plain(text[at:], asID)
}

// splitCommand takes the subcommand off what was typed.
func splitCommand(text string) (name, args string) {
	first, rest := splitWord(text)
	return strings.ToLower(first), rest
}

// splitWord takes the first word off a text; what follows keeps its own spacing.
func splitWord(text string) (first, rest string) {
	text = strings.TrimSpace(text)
	at := strings.IndexFunc(text, unicode.IsSpace)
	if at < 0 {
		return text, ""
	}
	return text[:at], strings.TrimSpace(text[at:])
}
