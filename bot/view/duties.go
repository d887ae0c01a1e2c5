package view

import (
	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/incident"
)

// Duties tells the new holder of a role, in person, what it asks for.
func Duties(i *incident.Incident, role incident.Role, command string) Message {
	info, _ := role.Info()
	lines := []string{mark(i) + " You are *" + info.Title + "* of *" + glance(i) + "*" + lock(i), title(i), whereTo(i)}
	duties := ""
	for _, duty := range info.Duties {
		duties = parts("\n", duties, "• "+duty)
	}
	blocks := []slack.Block{section(lines...)}
	if duties != "" {
		blocks = append(blocks, section(duties))
	}
	blocks = append(blocks, actions(dutyButtons(i, role)...),
		small("In the war room, `"+command+" brief` says how things stand. Too tired, or the wrong person? `"+command+" handoff "+string(role)+" @person`"))
	return Message{Text: fallback(i, "You are "+info.Title), Blocks: blocks}
}

func dutyButtons(i *incident.Incident, role incident.Role) []slack.BlockElement {
	value := reference(i.ID, "")
	row := []slack.BlockElement{button("Brief me", "show_brief", value)}
	if role == incident.Commander || role == incident.Comms {
		row = append(row, button("Post update", "open_update", value))
	}
	return append(row, button("Hand over…", "open_roles", value))
}
