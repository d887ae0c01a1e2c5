package view

import (
	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/incident"
)

// SectionChoice is one section of the postmortem that people may write.
type SectionChoice struct{ Key, Title string }

// PostmortemModal asks for the text of one section; section and text are what it
// begins with. Without sections there is nothing to write, and it says so.
func PostmortemModal(i *incident.Incident, channel string, sections []SectionChoice, section, text string) slack.ModalViewRequest {
	var options []*slack.OptionBlockObject
	for _, s := range sections[:min(len(sections), MaxOptions)] {
		options = append(options, option(s.Title, s.Key))
	}
	if len(options) == 0 {
		return Notice("The postmortem of " + i.ID.String() + " has no section to write in.")
	}
	return modal("postmortem", "Write postmortem", "Save", i, channel,
		small(glance(i)+" · "+said(i.Title, maxLine)),
		input("section", "Section", menu("section", "Which part?", options, section)),
		hinted(input("text", "Text", typing("What happened and why it made sense at the time", text, MaxInputText, true)),
			"Markdown works. It replaces what people wrote in this section before, and no draft overwrites it. Roles, not names; what failed, not who."))
}
