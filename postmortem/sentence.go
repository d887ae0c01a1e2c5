package postmortem

import (
	"fmt"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/timeline"
)

// sentence says in Markdown what a line is about, without names. text shows
// what people wrote: whole, or cut for a table.
func (c cast) sentence(l timeline.Line, text func(string, time.Time) string) string {
	t := func(s string) string { return text(s, l.OccurredAt) }
	for _, tell := range []func(incident.Event, func(string) string) string{c.tellLife, c.tellPeople, c.tellWork, c.tellUpdates, c.tellPlaces} {
		if s := tell(l.Event, t); s != "" {
			return s
		}
	}
	switch e := l.Event.(type) {
	case incident.MessageCaptured:
		return "“" + t(l.Text) + "”"
	case incident.NoteAdded:
		return t(e.Text)
	case incident.DecisionMade:
		return "**Decision:** " + t(e.Text)
	case incident.HypothesisRaised:
		return fmt.Sprintf("**Hypothesis %d:** %s", e.Number, t(e.Text))
	case incident.HypothesisSettled:
		return fmt.Sprintf("**Hypothesis %d %s:** %s", e.Number, escape(e.Outcome), t(e.Text))
	}
	role := func(p incident.PersonID) string { return c.who(incident.By(p), l.OccurredAt) }
	return escape(timeline.Describe(l.Event, role))
}

func (c cast) tellLife(event incident.Event, t func(string) string) string {
	switch e := event.(type) {
	case incident.Declared:
		return fmt.Sprintf("Declared as %s: %s", e.Severity, t(e.Title))
	case incident.TitleChanged:
		return "Renamed to: " + t(e.To)
	case incident.SummaryChanged:
		return withText("Summary", t(e.Summary))
	case incident.SeverityChanged:
		return fmt.Sprintf("Severity changed from %s to %s.", e.From, e.To)
	case incident.StatusChanged:
		return fmt.Sprintf("Status changed from %s to %s.", e.From, e.To)
	case incident.Resolved:
		return withText("Resolved; the impact ended "+c.when(e.ImpactEnd), t(e.Cause))
	case incident.Reopened:
		return withText("Reopened", t(e.Reason))
	case incident.Cancelled:
		return withText("Cancelled", t(e.Reason))
	case incident.Closed:
		return "Closed."
	case incident.MilestoneCorrected:
		return withText(fmt.Sprintf("Milestone “%s” corrected from %s to %s", e.Milestone, c.when(e.From), c.when(e.To)), t(e.Reason))
	}
	return ""
}

func (c cast) tellPeople(event incident.Event, _ func(string) string) string {
	switch e := event.(type) {
	case incident.RoleAssigned:
		if e.From != "" {
			return e.Role.Title() + " handed over to somebody else."
		}
		return e.Role.Title() + " assigned."
	case incident.RoleVacated:
		return e.Role.Title() + " left the role."
	case incident.PersonJoined:
		return "Somebody joined the war room."
	case incident.PersonLeft:
		return "Somebody left the war room."
	}
	return ""
}

func (c cast) tellWork(event incident.Event, t func(string) string) string {
	switch e := event.(type) {
	case incident.TaskAdded:
		return taskLine(e.TaskKind, e.Number, "added", t(e.Text))
	case incident.TaskAmended:
		return taskLine(e.TaskKind, e.Number, "amended", t(e.Text))
	case incident.TaskFinished:
		return taskLine(e.TaskKind, e.Number, "done", t(e.Text))
	case incident.TaskReopened:
		return taskLine(e.TaskKind, e.Number, "reopened", t(e.Text))
	case incident.TaskWithdrawn:
		return taskLine(e.TaskKind, e.Number, "withdrawn", t(e.Text))
	case incident.TicketFiled:
		return "Ticket " + link(e.Key, e.URL) + " filed for " + ticketSubject(e.Task) + "."
	case incident.TicketParked:
		return withText("The ticket for "+ticketSubject(e.Task)+" waits", t(e.Reason))
	case incident.TicketMoved:
		return fmt.Sprintf("Ticket %s is now “%s”.", escape(e.Key), t(e.Status))
	}
	return ""
}

func (c cast) tellUpdates(event incident.Event, t func(string) string) string {
	switch e := event.(type) {
	case incident.UpdatePosted:
		return "**Update to stakeholders:** " + t(e.Text)
	case incident.UpdateSnoozed:
		return "The next update was moved to " + c.when(e.Until) + "."
	case incident.UpdateSettled:
		return "No further update is needed."
	case incident.UpdateFellDue:
		return "An update fell due."
	}
	return ""
}

func (c cast) tellPlaces(event incident.Event, t func(string) string) string {
	switch e := event.(type) {
	case incident.RoomOpened:
		return "War room #" + t(e.Name) + " opened."
	case incident.RoomRenamed:
		return "War room renamed to #" + t(e.To) + "."
	case incident.RoomStateChanged:
		return withText("War room is now "+escape(string(e.State)), t(e.Reason))
	case incident.StepDone:
		return "Set up: " + t(e.Step) + "."
	case incident.StepFailed:
		return withText("Could not set up: "+t(e.Step), t(e.Reason))
	case incident.PostmortemDrafted:
		return fmt.Sprintf("Postmortem drafted, version %d.", e.Version)
	case incident.PostmortemWritten:
		return "Postmortem section written: " + t(e.Section) + "."
	case incident.PostmortemAdvanced:
		return "Postmortem moved from " + t(e.From) + " to " + t(e.To) + "."
	}
	return ""
}

func taskLine(kind incident.TaskKind, number int, verb, text string) string {
	noun := kind.Noun()
	return fmt.Sprintf("%s %d %s: %s", strings.ToUpper(noun[:1])+noun[1:], number, verb, text)
}

func ticketSubject(task int) string {
	if task == 0 {
		return "the incident"
	}
	return fmt.Sprintf("action item %d", task)
}

// withText appends a text that may be missing to the beginning of a sentence.
func withText(start, text string) string {
	if text == "" {
		return start + "."
	}
	return start + ": " + text
}
