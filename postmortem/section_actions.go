package postmortem

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/tocsinhq/tocsin/incident"
)

// actions lists what is to be done, by whom, until when, and how one will know.
func actions(f Facts) Section {
	c := newCast(f)
	s := Section{Key: "actions", Title: "Action items"}
	rows := c.actionRows()
	if len(rows) == 0 {
		s.Text = "No action item was added.\n\n" + c.ask(incident.Commander,
			"What will be done so that it does not happen again, or is noticed sooner, or ends sooner?",
			"For each: start with a verb, name one owner and a date, and say when it is done.")
	}
	s.Text = blocks(s.Text, table([]string{"#", "What", "Done when", "Owner", "Due", "Ticket", "State"}, rows), c.leftOver())
	return s
}

func (c cast) actionRows() [][]string {
	var rows [][]string
	for _, t := range c.tasks(incident.ActionItem) {
		what, criterion := doneWhen(t.Text)
		rows = append(rows, []string{strconv.Itoa(t.Number), c.say(what, t.CreatedAt), orElse(c.say(criterion, t.CreatedAt), "not said"),
			orElse(escape(c.name(t.Owner)), "nobody"), c.due(t), ticket(c.Tickets[t.Number]), state(t)})
	}
	return rows
}

// leftOver lists the tasks of the response that are not done.
func (c cast) leftOver() string {
	var items []string
	for _, t := range c.tasks(incident.Todo) {
		if t.Open() {
			items = append(items, strconv.Itoa(t.Number)+": "+c.say(t.Text, t.CreatedAt)+" ("+orElse(escape(c.name(t.Owner)), "nobody's")+")")
		}
	}
	if len(items) == 0 {
		return ""
	}
	return "Left from the response, not done:\n\n" + bullets(items)
}

func (c cast) due(t *incident.Task) string {
	if t.DueOn.IsZero() {
		return "no date"
	}
	return t.DueOn.Format("2006-01-02")
}

func state(t *incident.Task) string {
	if t.Open() {
		return "open"
	}
	return "done"
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

var doneWhenMark = regexp.MustCompile(`(?i)[\s(,;.–-]*\bdone when\b\s*:?\s*`)

// doneWhen splits "Add an alert, done when it fires in staging" into the work
// and the criterion.
func doneWhen(text string) (what, criterion string) {
	at := doneWhenMark.FindStringIndex(text)
	if at == nil {
		return text, ""
	}
	return text[:at[0]], strings.TrimSpace(strings.TrimSuffix(text[at[1]:], ")"))
}
