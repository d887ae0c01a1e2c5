package view

import (
	"strconv"

	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/incident"
)

// How many open tasks have a line and a button of their own.
const maxTasks = 20

// Tasks lists what is to be done, each with a button that ticks it off. News is said
// first, as mrkdwn: what came of a button of the list that this one replaces.
func Tasks(s Situation, news string) Message {
	i := s.Incident
	blocks := []slack.Block{section("*What is to be done in " + i.ID.String() + "*\n" + title(i))}
	if news != "" {
		blocks = append([]slack.Block{section(news)}, blocks...)
	}
	var done, shown, more int
	for _, t := range s.Tasks {
		switch {
		case !t.DoneAt.IsZero():
			done++
		case !t.Open():
		case shown == maxTasks:
			more++
		default:
			shown++
			blocks = append(blocks, taskBlock(s, t))
		}
	}
	if shown == 0 {
		blocks = append(blocks, section("Nothing is open."))
	}
	if text := parts(" · ", counted(more, "more open"), counted(done, "done")); text != "" {
		blocks = append(blocks, small(text))
	}
	blocks = append(blocks, actions(button("Add task", "open_task:task", reference(i.ID, string(incident.Todo))),
		button("Add action item", "open_task:action", reference(i.ID, string(incident.ActionItem)))))
	return Message{Text: fallback(i, count(shown+more, "task open", "tasks open")), Blocks: blocks}
}

func counted(n int, what string) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n) + " " + what
}

func taskBlock(s Situation, t *incident.Task) slack.Block {
	return sectionWith(tick(t.Incident, t.Number), taskLine(t), taskTicket(s, t))
}

// taskLine is number, text, owner and due date of a piece of work.
func taskLine(t *incident.Task) string {
	line := "*#" + strconv.Itoa(t.Number) + "* " + said(t.Text, maxLine)
	if t.Kind == incident.ActionItem {
		line += " · action item"
	}
	return line + dutyOf(t.Owner, t.DueOn)
}

func taskTicket(s Situation, t *incident.Task) string {
	found, ok := s.TicketOf(t.Number)
	switch {
	case !ok || t.Number == 0:
		return ""
	case found.Key == "":
		return ":hourglass_flowing_sand: no ticket yet" + Truncate(because(found.Reason), 120)
	}
	return ":ticket: " + parts(" · ", linked(found.URL, found.Key), said(found.Status, 60))
}

// TaskGiven tells somebody, in person, which piece of work became theirs.
func TaskGiven(i *incident.Incident, t *incident.Task, by incident.Actor, command string) Message {
	lines := []string{who(by) + " gave you *" + taskName(t.Kind, t.Number) + "* of *" + glance(i) + "*" + lock(i) + ":", taskLine(t), title(i), whereTo(i)}
	return Message{Text: fallback(i, who(by)+" gave you "+taskName(t.Kind, t.Number)), Blocks: []slack.Block{
		section(lines...),
		actions(tick(i.ID, t.Number), button("Brief me", "show_brief", reference(i.ID, ""))),
		small("Not yours, or no time? `" + command + " " + string(t.Kind) + " " + i.ID.String() + " " + strconv.Itoa(t.Number) + " @person` hands it on."),
	}}
}
