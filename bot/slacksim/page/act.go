package page

import (
	"encoding/json"
	"errors"
	"net/http"
	"unicode"
	"unicode/utf8"

	"github.com/tocsinhq/tocsin/bot/slacksim"
)

// maxAct bounds an action in bytes; a file in it is a third larger than on disk.
const maxAct = 12 << 20

// act is one thing a person does. Which fields count depends on the verb.
type act struct {
	Person   string         `json:"person"`
	Verb     string         `json:"verb"`
	Channel  string         `json:"channel"`
	TS       string         `json:"ts"`
	Text     string         `json:"text"` // of a message, a slash command, a topic
	Emoji    string         `json:"emoji"`
	Name     string         `json:"name"` // of a channel, a person or a file
	Private  bool           `json:"private"`
	Content  []byte         `json:"content"` // of a file; base64
	Block    string         `json:"block"`
	Action   string         `json:"action"`
	Value    any            `json:"value"` // a choice; a list where several are chosen; null for none
	View     string         `json:"view"`
	Values   map[string]any `json:"values"` // of a modal's inputs, by block id
	Callback string         `json:"callback"`
}

// outcome is what came of it.
type outcome struct {
	Error   string            `json:"error,omitempty"`  // a sentence for the person
	Errors  map[string]string `json:"errors,omitempty"` // by block id: what is wrong with an entry
	TS      string            `json:"ts,omitempty"`
	Channel string            `json:"channel,omitempty"`
	Options []any             `json:"options,omitempty"`
}

// act does what the body says. Refusals are answered with 422 and a sentence.
func (p *page) act(w http.ResponseWriter, r *http.Request) {
	var a act
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxAct)).Decode(&a); err != nil {
		answer(w, http.StatusBadRequest, outcome{Error: "The action could not be read; files may have 8 MB at most."})
		return
	}
	person := p.Workspace.Person(a.Person)
	do := verbs[a.Verb]
	switch {
	case person == nil:
		answer(w, http.StatusNotFound, outcome{Error: "There is no such person in this workspace; choose one from the list on the left."})
		return
	case do == nil:
		answer(w, http.StatusBadRequest, outcome{Error: "The page does not know how to do “" + a.Verb + "”; reload it."})
		return
	}
	result, err := do(person, a)
	if err != nil {
		answer(w, http.StatusUnprocessableEntity, outcome{Error: sentence(err)})
		return
	}
	answer(w, http.StatusOK, result)
}

// sentence is an error as people read it: with a capital letter, unless it begins
// with a command.
func sentence(err error) string {
	text := err.Error()
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}

// errCannotPost is what somebody sees whose message was not taken.
var errCannotPost = errors.New("Your message was not sent. The channel is archived, or you are not in it; open another one.")

type verb func(*slacksim.Person, act) (outcome, error)

// plain is a verb that answers nothing but an error.
func plain(do func(*slacksim.Person, act) error) verb {
	return func(p *slacksim.Person, a act) (outcome, error) { return outcome{}, do(p, a) }
}

// verbs is THE table of what people can do on the page.
var verbs = map[string]verb{
	"message": func(p *slacksim.Person, a act) (outcome, error) { return posted(p.Says(a.Channel, a.Text)) },
	"reply":   func(p *slacksim.Person, a act) (outcome, error) { return posted(p.Replies(a.Channel, a.TS, a.Text)) },
	"direct":  func(p *slacksim.Person, a act) (outcome, error) { return posted(p.SaysDirectly(a.Text)) },
	"upload": func(p *slacksim.Person, a act) (outcome, error) {
		_, err := posted(p.Uploads(a.Channel, a.Name, a.Content))
		return outcome{}, err
	},
	"edit":    plain(func(p *slacksim.Person, a act) error { return p.Edits(a.Channel, a.TS, a.Text) }),
	"delete":  plain(func(p *slacksim.Person, a act) error { return p.Deletes(a.Channel, a.TS) }),
	"react":   plain(func(p *slacksim.Person, a act) error { return p.Reacts(a.Channel, a.TS, a.Emoji) }),
	"unreact": plain(func(p *slacksim.Person, a act) error { return p.Unreacts(a.Channel, a.TS, a.Emoji) }),
	"pin":     plain(func(p *slacksim.Person, a act) error { return p.Pins(a.Channel, a.TS) }),
	"unpin":   plain(func(p *slacksim.Person, a act) error { return p.Unpins(a.Channel, a.TS) }),

	"create":         created,
	"join":           plain(func(p *slacksim.Person, a act) error { return p.Joins(a.Channel) }),
	"leave":          plain(func(p *slacksim.Person, a act) error { return p.Leaves(a.Channel) }),
	"invite":         plain(func(p *slacksim.Person, a act) error { return p.Invites(a.Channel, a.Name) }),
	"remove":         plain(func(p *slacksim.Person, a act) error { return p.Removes(a.Channel, a.Name) }),
	"rename":         plain(func(p *slacksim.Person, a act) error { return p.Renames(a.Channel, a.Name) }),
	"topic":          plain(func(p *slacksim.Person, a act) error { return p.SetsTopic(a.Channel, a.Text) }),
	"archive":        plain(func(p *slacksim.Person, a act) error { return p.Archives(a.Channel) }),
	"unarchive":      plain(func(p *slacksim.Person, a act) error { return p.Unarchives(a.Channel) }),
	"delete_channel": plain(func(p *slacksim.Person, a act) error { return p.DeletesChannel(a.Channel) }),

	"command":          plain(func(p *slacksim.Person, a act) error { return p.Types(a.Channel, a.Text).Err }),
	"click":            plain(clicked),
	"click_view":       plain(clickedInView),
	"submit":           submitted,
	"close":            plain(func(p *slacksim.Person, _ act) error { return p.Dismisses() }),
	"suggest":          suggested,
	"home":             plain(func(p *slacksim.Person, _ act) error { p.OpensHome(); return nil }),
	"shortcut":         plain(func(p *slacksim.Person, a act) error { return p.Shortcut(a.Callback) }),
	"message_shortcut": plain(func(p *slacksim.Person, a act) error { return p.MessageShortcut(a.Callback, a.Channel, a.TS) }),
}
