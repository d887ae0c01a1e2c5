package ntfy

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/paging"
)

// publication is the body of a publication as JSON (docs.ntfy.sh/publish).
type publication struct {
	Topic    string   `json:"topic"`
	Title    string   `json:"title,omitempty"`
	Message  string   `json:"message"`
	Priority int      `json:"priority,omitempty"`
	Tags     []string `json:"tags,omitempty"`
	Click    string   `json:"click,omitempty"`
	Actions  []button `json:"actions,omitempty"`
	Sequence string   `json:"sequence_id,omitempty"`
}

// button is an action that the app does by itself when it is pressed.
type button struct {
	Action string `json:"action"`
	Label  string `json:"label"`
	URL    string `json:"url"`
	Method string `json:"method"`
	Clear  bool   `json:"clear"` // the notification goes once the request succeeded
}

// ntfy's priorities; 5 sounds until it is seen, through most silent modes.
const (
	priorityLow     = 2
	priorityDefault = 3
	priorityMax     = 5
)

// Bounds. The server takes three buttons and 4096 bytes of message; what its push
// services carry is about 4 KB for all of it together, and what is longer arrives cut.
const (
	maxButtons = 3
	maxTitle   = 200  // runes
	maxText    = 2500 // runes
	maxBody    = 3800 // bytes, as JSON
)

// publish makes the body for m, cut so that links and buttons survive.
func publish(m paging.Message) ([]byte, error) {
	p := publication{
		Topic: m.To, Title: cut(title(m), maxTitle), Priority: priority(m.Urgency), Tags: tags(m),
		Click: m.Link, Actions: buttons(m.Actions), Sequence: sequence(m.Key),
	}
	text := cut(incident.CleanText(m.Text), maxText)
	for {
		p.Message = message(m, text)
		body, err := json.Marshal(p)
		if err != nil {
			return nil, fmt.Errorf("write push message: %w", err)
		}
		over := len(body) - maxBody
		if over <= 0 || text == "" {
			return body, nil
		}
		// A rune takes at most 12 bytes of JSON (two \uXXXX), so this ends.
		text = cut(text, len([]rune(text))-over/12-1)
	}
}

func title(m paging.Message) string {
	var about []string
	if m.Repeat {
		about = append(about, "Repeat:")
	}
	if m.Severity.Valid() {
		about = append(about, m.Severity.String())
	}
	if m.Incident != 0 {
		about = append(about, m.Incident.String()+":")
	}
	return strings.Join(append(about, oneLine(m.Title)), " ")
}

// message is what stands below the title; the server puts "triggered" where there is
// nothing.
func message(m paging.Message, text string) string {
	if m.Repeat {
		text = strings.TrimSpace("Repeat: this may have reached you before.\n" + text)
	}
	if len(m.Actions) > 0 && len(buttons(m.Actions)) == 0 {
		text = strings.TrimSpace(text + "\nAnswer in Slack: there are no buttons, since Tocsin has no public address.")
	}
	if text == "" {
		return "Open it for more."
	}
	return text
}

func priority(urgency string) int {
	switch urgency {
	case "high":
		return priorityMax
	case "low":
		return priorityLow
	}
	return priorityDefault
}

// tags become emoji where ntfy knows their names, and words for filters elsewhere.
func tags(m paging.Message) []string {
	var all []string
	if m.Urgency == "high" {
		all = append(all, "rotating_light")
	}
	if m.Severity.Valid() {
		all = append(all, strings.ToLower(m.Severity.String()))
	}
	if m.Incident != 0 {
		all = append(all, m.Incident.String())
	}
	return all
}

func buttons(actions []paging.Action) []button {
	var all []button
	for _, a := range actions {
		if a.URL != "" && len(all) < maxButtons {
			all = append(all, button{Action: "http", Label: cmp.Or(cut(oneLine(a.Label), 40), a.Name, "Answer"), URL: a.URL, Method: "POST", Clear: true})
		}
	}
	return all
}

// sequence makes an id of a Key that the server takes: the app replaces a notification
// by a later one of the same id.
func sequence(key string) string {
	if topicForm.MatchString(key) {
		return key
	}
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:16])
}
