package view

import (
	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/incident"
)

// Card is the pinned message of the war room. It is edited in place: each button
// keeps its place for as long as it is there, so that nobody hits a wrong one.
func Card(s Situation) Message {
	i := s.Incident
	blocks := append([]slack.Block{section(headline(i))}, standing(s)...)
	blocks = append(blocks, ledger(s)...)
	blocks = append(blocks, doing(s), looking(i))
	blocks = append(blocks, pagingRow(s)...)
	if line := frozen(i); line != "" {
		blocks = append(blocks, small(line))
	}
	return Message{Text: fallback(i, commandedBy(i)), Blocks: blocks}
}

// standing is how things stand: who does what, what is known, what is not done.
func standing(s Situation) []slack.Block {
	i := s.Incident
	blocks := sections(
		parts("\n", parts("\n", roleLines(i)...), impact(i), nextUpdate(i)),
		parts("\n", summary(s), cause(i)),
		links(s),
		parts("\n", steps(s)...),
	)
	if text := workLeft(s); text != "" {
		blocks = append(blocks, small(text))
	}
	return blocks
}

// summary is what is known, or how to say it.
func summary(s Situation) string {
	text := quote(s.Incident.Summary, 2_000)
	if text == "" && s.Incident.Status.Ongoing() {
		return "_No summary yet. Say what is known:_ `" + s.Command + " summary …`"
	}
	return text
}

// doing is the row of what changes the incident. Once it is over, Reopen and
// Close stand where Take command and Resolve stood; Slack has no grey buttons.
func doing(s Situation) *slack.ActionBlock {
	i := s.Incident
	value := reference(i.ID, "")
	reopen := button("Reopen", "open_reopen", value)
	switch i.Status {
	case incident.StatusClosed, incident.StatusCancelled:
		return actions(reopen)
	case incident.StatusResolved:
		return actions(reopen, button("Roles", "open_roles", value), button("Post update", "open_update", value),
			review(s), primary(button("Close", "open_close", value)))
	}
	return actions(takeCommand(i), button("Roles", "open_roles", value), button("Post update", "open_update", value),
		mitigated(i), button("Resolve…", "open_resolve", value))
}

// review leads into the postmortem; until there is one, it makes it.
func review(s Situation) *slack.ButtonBlockElement {
	label := "Write postmortem"
	if s.PostmortemURL == "" {
		label = "Draft postmortem"
	}
	return button(label, "open_postmortem", reference(s.Incident.ID, ""))
}

// takeCommand stands out while nobody commands and asks before it deposes somebody.
// Its value names whom, so that nobody else is deposed by it.
func takeCommand(i *incident.Incident) *slack.ButtonBlockElement {
	holder := i.Holder(incident.Commander)
	b := button("Take command", "take_command", reference(i.ID, userIDs.FindString(string(holder))))
	if holder == "" {
		return primary(b)
	}
	return confirmed(b, "Take over command?", Mention(string(holder))+" commands now. You take over at once and everybody is told; agree with them first if you can.",
		"Take command", "Leave it")
}

func mitigated(i *incident.Incident) *slack.ButtonBlockElement {
	if i.Status == incident.StatusMitigated {
		return button("Mitigated ✓", "mitigate", reference(i.ID, ""))
	}
	return confirmed(button("Mitigated", "mitigate", reference(i.ID, "")), "Is the impact contained?",
		"Everybody is told that it no longer gets worse for customers and that the repair goes on.", "Yes, contained", "Not yet")
}

// looking is the row of what changes little: reading, adding, correcting. The
// block's id names the grade, since Slack keeps showing an old choice under an
// old id.
func looking(i *incident.Incident) *slack.ActionBlock {
	value := reference(i.ID, "")
	row := []slack.BlockElement{button("Timeline", "show_timeline", value), button("Correct times", "open_milestones", value)}
	if i.Status != incident.StatusCancelled {
		row = append(row, button("Add task", "open_task", reference(i.ID, string(incident.Todo))))
	}
	if i.Status != incident.StatusCancelled && i.Status != incident.StatusClosed {
		options := severityOptions(i.ID.String() + ":")
		row = append(row, menu("choose_severity", "Severity", options, reference(i.ID, severityValue(i.Severity))))
	}
	b := actions(row...)
	b.BlockID = "more-" + severityValue(i.Severity)
	return b
}

// frozen says in words which buttons are missing and why.
func frozen(i *incident.Incident) string {
	switch i.Status {
	case incident.StatusClosed, incident.StatusCancelled:
		return i.ID.String() + " is " + string(i.Status) + ": command, roles, severity and updates stay as they are. Reopen it to change them."
	}
	return ""
}
