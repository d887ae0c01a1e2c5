package view

import (
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/incident"
)

// Paged is who is paged for a declaration.
type Paged struct {
	Possible bool   // there are services that somebody is on call for
	Service  string // as people say it; "" when none was named, and nobody is paged
}

// Declared confirms to the declarer, at once, that the incident exists, says who is
// told and paged, and shows what else is open: half the time somebody was quicker.
func Declared(i *incident.Incident, others []*incident.Incident, p Paged, command string) Message {
	text := mark(i) + " *" + i.ID.String() + "* is declared: *" + i.Severity.String() + "* · " + title(i) + lock(i)
	next := "The war room is opening; you are invited to it. Everybody else is being told." + pagedNow(i, p, command) + " Go on working."
	if i.Private {
		next = "The private war room is opening; you are invited to it. " + toldOfPrivate(i, p, command) + " Go on working."
	}
	if r := room(i); r != "" {
		next = "The war room is " + r + "." + pagedNow(i, p, command)
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

// pagedNow says whether anybody is paged, where anybody can be.
func pagedNow(i *incident.Incident, p Paged, command string) string {
	switch {
	case p.Service != "":
		return " Whoever is on call for " + bold(said(p.Service, maxLine)) + " is paged, unless maintenance holds it back; the card shows whom that reaches."
	case p.Possible:
		return " *Nobody is paged*, since no service was named; `" + command + " page " + i.ID.String() + " …` wakes somebody."
	}
	return ""
}

// toldOfPrivate says who else learns of a private incident, and what.
func toldOfPrivate(i *incident.Incident, p Paged, command string) string {
	told := "Nobody else is told."
	if lead := i.Holder(incident.Commander); lead != "" && lead != i.DeclaredBy.Person() {
		told = "Besides you, " + Mention(string(lead)) + " is told and invited, and nobody else."
	}
	if p.Service == "" {
		return told + pagedNow(i, p, command)
	}
	return strings.TrimSuffix(told, ".") + " but whoever is on call for " + bold(said(p.Service, maxLine)) +
		": they are paged with its number and severity, without its title, and invited."
}
