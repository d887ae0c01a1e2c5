package view

import (
	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/incident"
)

// PostmortemReady says where the draft is and how much of it asks for a person.
func PostmortemReady(i *incident.Incident, url string, findings int) Message {
	open := "It has no gaps; read whether it is true."
	if findings > 0 {
		open = "*" + count(findings, "gap", "gaps") + "* in it only people can fill; each is marked and says what is missing."
	}
	line := ":page_facing_up: The postmortem of *" + i.ID.String() + "* is drafted: " + linked(url, "read it") + "\n" + open
	row := []slack.BlockElement{}
	if webAddress(url, MaxButtonURL) {
		row = append(row, primary(linkButton("Read", url, "postmortem")))
	}
	row = append(row, button("Write in it", "open_postmortem", reference(i.ID, "")))
	return tell(i, line, actions(row...), small("Times, roles, updates and timeline are filled in. A new draft never overwrites what people wrote."))
}

// PostmortemPublished says where a published review document is. It stays as it was
// published, so there is nothing to write in.
func PostmortemPublished(i *incident.Incident, url string, findings int, command string) Message {
	line := ":page_facing_up: The postmortem of *" + i.ID.String() + "* is published: " + linked(url, "read it")
	if findings > 0 {
		line += "\n*" + count(findings, "gap", "gaps") + "* in it nobody has filled."
	}
	note := small("It stays as it was published, whatever is recorded since. `" + command + " postmortem " + i.ID.String() + " review` takes it back, and takes that in.")
	if !webAddress(url, MaxButtonURL) {
		return tell(i, line, note)
	}
	return tell(i, line, actions(linkButton("Read", url, "postmortem")), note)
}
