package view

import (
	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/incident"
)

// DeclareForm is what the form to declare an incident begins with.
type DeclareForm struct {
	Title, Summary, Channel string
	Severity                incident.Severity
	Private                 bool
	Open                    []*incident.Incident // shown first: the same thing may be open already
	Origin                  *incident.Message    // the message it is declared from
}

// DeclareModal is the form to declare an incident. Only the title must be filled.
func DeclareModal(f DeclareForm) slack.ModalViewRequest {
	var blocks []slack.Block
	if len(f.Open) > 0 {
		blocks = append(packed(openAlready("*Open already.* The same thing? Join there instead:", f.Open)), divider())
	}
	blocks = append(blocks,
		hinted(input("title", "What is broken?", typing("Checkout returns errors", f.Title, incident.MaxTitle, false)),
			"A few words are enough; it can be changed later."),
		severityInput(f.Severity),
		optional(input("summary", "What do you know so far?", typing("What you see, since when, who is affected", f.Summary, incident.MaxSummary, true))),
		hinted(optional(input("lead", "Incident Commander", somebody("Nobody yet", ""))), "Leave it empty and anybody can take command in the war room."),
		privateInput(f.Private),
	)
	return form("declare", "Declare an incident", "Declare", EncodeOrigin(f.Channel, f.Origin), blocks...)
}

func severityInput(s incident.Severity) *slack.InputBlock {
	if !s.Valid() {
		s = incident.DefaultSeverity
	}
	m := menu("severity", "Severity", severityOptions(""), severityValue(s))
	return hinted(input("severity", "How bad is it?", m), "Not sure? Take the worse one; lowering it later costs nothing.")
}

func privateInput(ticked bool) *slack.InputBlock {
	o := option("Private: only people who are invited see it", "private")
	box := &slack.CheckboxGroupsBlockElement{Type: slack.METCheckboxGroups, ActionID: "private", Options: []*slack.OptionBlockObject{o}}
	if ticked {
		box.InitialOptions = box.Options
	}
	return optional(input("private", "Who may see it?", box))
}
