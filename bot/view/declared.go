package view

import (
	"strconv"

	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/incident"
)

// Declared confirms to the declarer, at once, that the incident exists, and shows
// what else is open: half the time somebody was quicker.
func Declared(i *incident.Incident, others []*incident.Incident, command string) Message {
	text := mark(i) + " *" + i.ID.String() + "* is declared: *" + i.Severity.String() + "* · " + title(i) + lock(i)
	next := "The war room is opening; you are invited to it. Everybody else is being told. Go on working."
	if i.Private {
		next = "The private war room is opening; you are invited to it. Nobody else is told. Go on working."
	}
	if r := room(i); r != "" {
		next = "The war room is " + r + "."
	}
	blocks := []slack.Block{section(text, next)}
	if i.Status.Ongoing() {
		blocks = append(blocks, actions(takeCommand(i)))
	}
	if len(others) > 0 {
		blocks = append(blocks, packed(openAlready("*Open already.* The same thing? Join there, and drop this one: `"+command+" cancel "+i.ID.String()+" duplicate`", others))...)
	}
	return Message{Text: fallback(i, ""), Blocks: blocks}
}

// openAlready lists at most five incidents below a title, and counts the rest.
func openAlready(title string, list []*incident.Incident) []string {
	const most = 5
	lines := []string{title}
	for _, i := range list[:min(len(list), most)] {
		lines = append(lines, listed(i))
	}
	if more := len(list) - most; more > 0 {
		lines = append(lines, "and "+strconv.Itoa(more)+" more")
	}
	return lines
}
