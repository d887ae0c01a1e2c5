package view

import (
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/incident"
)

// DeclareForm is what the form to declare an incident begins with.
type DeclareForm struct {
	Title, Summary, Channel string
	Severity                incident.Severity
	Private                 bool
	Service                 Choice               // what is broken, if that was said
	Services                bool                 // there are services to choose from
	Open                    []*incident.Incident // shown first: the same thing may be open already
	Origin                  *incident.Message    // the message it is declared from
	Command                 string               // the slash command with its slash
	Doubt                   string               // what of the typed words was not understood, "" for nothing
	Secluded                bool                 // the message was said where not everybody may read it
}

// DeclareModal is the form to declare an incident. Only the title must be filled.
func DeclareModal(f DeclareForm) slack.ModalViewRequest {
	var blocks []slack.Block
	if f.Doubt != "" {
		blocks = append(blocks, section(":warning: *Nothing is declared yet.* "+reasoned(f.Doubt, maxQuote)))
	}
	if len(f.Open) > 0 {
		blocks = append(blocks, packed(openAlready("*Open already; nothing is declared yet.* The same thing? Join there. Something else? Press Declare.", f.Open))...)
		blocks = append(blocks, small("In a hurry, type `"+f.Command+" declare now …`: it does not ask."), divider())
	}
	blocks = append(blocks,
		hinted(input("title", "What is broken?", typing("Checkout returns errors", f.Title, incident.MaxTitle, false)),
			"A few words are enough; it can be changed later."),
		severityInput(f.Severity),
		optional(input("summary", "What do you know so far?", typing("What you see, since when, who is affected", f.Summary, incident.MaxSummary, true))),
		serviceInput(f),
		hinted(optional(input("lead", "Incident Commander", somebody("Nobody yet", ""))), "Leave it empty and anybody can take command in the war room."),
		privateInput(f),
	)
	blocks = slices.DeleteFunc(blocks, func(b slack.Block) bool { return b == nil })
	return form("declare", "Declare an incident", "Declare", EncodeOrigin(f.Channel, f.Origin), blocks...)
}

// serviceInput asks for the service, where there are any.
func serviceInput(f DeclareForm) slack.Block {
	if !f.Services {
		return nil
	}
	return hinted(optional(input("service", "Which service?", lookup("service", "Nobody is paged", f.Service))), "Whoever is on call for it is paged at once.")
}

// NotDeclaredYet says, where the form could not be opened, what to type instead.
func NotDeclaredYet(f DeclareForm) Message {
	if f.Doubt != "" {
		text := "*Nothing is declared yet.* " + reasoned(f.Doubt, maxQuote) + " Type it again."
		return Message{Text: text, Blocks: []slack.Block{section(text)}}
	}
	typed := parts(" ", f.Command, "declare now", severityWord(f.Severity), privateWord(f.Private), serviceWord(f.Service), typeable(f.Title, maxLine))
	lines := openAlready("*Nothing is declared yet*, since others are open. Something else? Type `"+typed+"`", f.Open)
	return Message{Text: Truncate(strings.Join(lines, "\n"), MaxMessageText), Blocks: packed(lines)}
}

func severityWord(s incident.Severity) string {
	if !s.Valid() {
		return ""
	}
	return severityValue(s)
}

func serviceWord(c Choice) string {
	if c.Value == "" {
		return ""
	}
	return "on " + c.Value
}

func privateWord(private bool) string {
	if !private {
		return ""
	}
	return "private"
}

func severityInput(s incident.Severity) *slack.InputBlock {
	if !s.Valid() {
		s = incident.DefaultSeverity
	}
	m := menu("severity", "Severity", severityOptions(""), severityValue(s))
	return hinted(input("severity", "How bad is it?", m), "Not sure? Take the worse one; lowering it later costs nothing.")
}

func privateInput(f DeclareForm) *slack.InputBlock {
	o := option("Private: only people who are invited see it", "private")
	box := &slack.CheckboxGroupsBlockElement{Type: slack.METCheckboxGroups, ActionID: "private", Options: []*slack.OptionBlockObject{o}}
	if f.Private || f.Secluded {
		box.InitialOptions = box.Options
	}
	asked := optional(input("private", "Who may see it?", box))
	if f.Secluded {
		return hinted(asked, "Ticked, since the message comes from where not everybody may read it. Without the tick everybody can.")
	}
	return asked
}
