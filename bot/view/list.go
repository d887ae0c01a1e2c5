package view

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/incident"
)

// How many incidents a list shows before it counts the rest.
const maxListed = 20

// List shows incidents by status, the worst of each first; all tells whether it
// is the latest of all or only what is open.
func List(open []*incident.Incident, all bool, command string) Message {
	if len(open) == 0 {
		return nothingListed(all, command)
	}
	shown := open[:min(len(open), maxListed)]
	blocks := []slack.Block{section(listTitle(open, all))}
	for _, status := range incident.Statuses() {
		if lines := listGroup(shown, status); len(lines) > 0 {
			blocks = append(blocks, packed(lines)...)
		}
	}
	if more := len(open) - len(shown); more > 0 {
		blocks = append(blocks, small("and "+strconv.Itoa(more)+" more"))
	}
	blocks = append(blocks, actions(button("Declare an incident", "open_declare", "")))
	return Message{Text: listTitle(open, all), Blocks: blocks}
}

func nothingListed(all bool, command string) Message {
	text := ":sunny: Nothing is open. `" + command + " list all` shows what was."
	if all {
		text = "There has been no incident yet. `" + command + " declare` begins one."
	}
	return Message{Text: text, Blocks: []slack.Block{section(text), actions(button("Declare an incident", "open_declare", ""))}}
}

func listTitle(list []*incident.Incident, all bool) string {
	if all {
		return "*The latest incidents*"
	}
	return "*" + count(len(list), "open incident", "open incidents") + "*"
}

func listGroup(list []*incident.Incident, status incident.Status) []string {
	group := slices.DeleteFunc(slices.Clone(list), func(i *incident.Incident) bool { return i.Status != status })
	slices.SortStableFunc(group, func(a, b *incident.Incident) int { return cmp.Compare(a.Severity, b.Severity) })
	var lines []string
	for _, i := range group {
		lines = append(lines, listed(i))
	}
	return lines
}
