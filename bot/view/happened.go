package view

import (
	"cmp"
	"strconv"
	"time"

	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/timeline"
)

// Happened says in the war room what somebody did: one line for most events. An
// update is a message of its own, since it also goes to those outside the room.
func Happened(i *incident.Incident, e timeline.Entry) Message {
	by := who(e.By)
	switch ev := e.Event.(type) {
	case incident.UpdatePosted:
		return updatePosted(i, by, ev)
	case incident.Resolved:
		return resolved(i, by, ev)
	case incident.RoleVacated:
		return roleVacated(i, by, ev)
	case incident.TaskAdded:
		return taskAdded(i, by, ev)
	}
	for _, group := range []func(string, timeline.Entry) string{lifeLine, recordLine, workLine, placeLine, pagingLine} {
		if line := group(by, e); line != "" {
			return tell(i, line)
		}
	}
	return tell(i, by+": "+described(e.Event, func(name namer) string { return timeline.Describe(e.Event, name) }))
}

// tell is a message of one section, and perhaps a row of buttons. The lines hold
// safe mrkdwn.
func tell(i *incident.Incident, text string, more ...slack.Block) Message {
	return Message{
		Text:   Truncate(i.ID.String()+" · "+text, MaxMessageText),
		Blocks: append([]slack.Block{section(text)}, more...),
	}
}

func lifeLine(by string, e timeline.Entry) string {
	switch ev := e.Event.(type) {
	case incident.Declared:
		return parts("\n", ":rotating_light: "+by+" declared a "+ev.Severity.String()+": "+bold(said(ev.Title, maxLine)), quote(ev.Summary, maxQuote-maxLine))
	case incident.TitleChanged:
		return by + " renamed the incident: " + bold(said(ev.To, maxLine))
	case incident.SummaryChanged:
		if ev.Summary == "" {
			return by + " removed the summary"
		}
		return by + " says what is known:\n" + quote(ev.Summary, maxQuote-maxLine)
	case incident.SeverityChanged:
		return severityMark(ev.To) + " " + by + regraded(ev) + ": " + ev.From.String() + " → *" + ev.To.String() + "* (" + ev.To.Meaning() + ")"
	case incident.StatusChanged:
		return by + statusChanged(ev)
	case incident.Reopened:
		return ":rotating_light: " + by + " *reopened* it: it is not over" + takenBack(ev) + explained(ev.Reason)
	case incident.Cancelled:
		return ":no_entry_sign: " + by + " *cancelled* it: it was no incident" + explained(ev.Reason)
	case incident.Closed:
		return ":checkered_flag: " + by + " *closed* it: the paperwork is done. Thank you all."
	case incident.MilestoneCorrected:
		return by + " corrected *" + said(string(ev.Milestone), maxLine) + "*: " + moment(ev.From) + " → " + moment(ev.To) + explained(ev.Reason)
	}
	return ""
}

// explained puts a reason into a line of its own.
func explained(reason string) string {
	if text := quote(reason, maxExcerpt); text != "" {
		return "\n" + text
	}
	return ""
}

func regraded(e incident.SeverityChanged) string {
	if e.To.WorseThan(e.From) {
		return " *raised* the severity"
	}
	return " lowered the severity"
}

// takenBack names the milestones that are not reached any more.
func takenBack(e incident.Reopened) string {
	var mitigated, ended string
	if !e.Mitigated.IsZero() {
		mitigated = "*" + string(incident.Mitigated) + "* (" + moment(e.Mitigated) + ")"
	}
	if !e.ImpactEnd.IsZero() {
		ended = "*" + string(incident.ImpactEnded) + "* (" + moment(e.ImpactEnd) + ")"
	}
	if back := parts(" and ", mitigated, ended); back != "" {
		return "\nTaken back: " + back
	}
	return ""
}

func statusChanged(e incident.StatusChanged) string {
	switch {
	case e.To == incident.StatusMitigated:
		return " marked it *mitigated*: the impact is contained, the repair goes on"
	case e.To == incident.StatusActive && e.From == incident.StatusMitigated:
		return " took *mitigated* back: the impact is not contained"
	case e.To == incident.StatusActive:
		return " accepted it: *active* now"
	}
	return " changed the status: " + string(e.From) + " → *" + string(e.To) + "*"
}

func recordLine(by string, e timeline.Entry) string {
	switch ev := e.Event.(type) {
	case incident.RoleAssigned:
		return roleAssigned(by, e.By.Person(), ev)
	case incident.NoteAdded:
		return ":memo: " + by + " noted" + backdated(e) + ": " + said(ev.Text, maxQuote)
	case incident.DecisionMade:
		return ":ballot_box_with_check: *Decision* by " + by + backdated(e) + ": " + said(ev.Text, maxQuote)
	case incident.HypothesisRaised:
		return ":thinking_face: " + by + " suspects (hypothesis " + strconv.Itoa(ev.Number) + "): " + said(ev.Text, maxQuote)
	case incident.HypothesisSettled:
		return settledMark(ev.Outcome) + " Hypothesis " + strconv.Itoa(ev.Number) + " *" + said(ev.Outcome, 40) + "* by " + by + ": " + said(ev.Text, maxQuote)
	case incident.UpdateSnoozed:
		return by + " moved the next update to " + moment(ev.Until)
	case incident.UpdateSettled:
		return by + " promises no further update"
	}
	return ""
}

func settledMark(outcome string) string {
	if outcome == string(timeline.Confirmed) {
		return ":dart:"
	}
	return ":heavy_multiplication_x:"
}

// backdated says when it happened if that is not when it was written down.
func backdated(e timeline.Entry) string {
	if e.OccurredAt.IsZero() || e.RecordedAt.Sub(e.OccurredAt).Abs().Minutes() < 1 {
		return ""
	}
	return " at " + moment(e.OccurredAt)
}

func roleAssigned(by string, actor incident.PersonID, e incident.RoleAssigned) string {
	line := by + " made " + Mention(string(e.To)) + " *" + e.Role.Title() + "*"
	if actor == e.To {
		line = by + " is *" + e.Role.Title() + "* now"
	}
	if e.From != "" {
		line += ", taking over from " + Mention(string(e.From))
	}
	return line
}

// roleVacated offers the role to whoever reads it.
func roleVacated(i *incident.Incident, by string, e incident.RoleVacated) Message {
	line := Mention(string(e.From)) + " is no longer *" + e.Role.Title() + "*"
	if by != Mention(string(e.From)) {
		line = by + " released " + Mention(string(e.From)) + " from being *" + e.Role.Title() + "*"
	}
	if e.Role.Shared() || i.Holder(e.Role) != "" || !i.Status.Ongoing() {
		return tell(i, line)
	}
	take := button("I’ll take it", "take_role", reference(i.ID, string(e.Role)))
	return tell(i, line+". *Nobody has the role now.*", actions(primary(take)))
}

func workLine(by string, e timeline.Entry) string {
	switch ev := e.Event.(type) {
	case incident.TaskFinished:
		return ":heavy_check_mark: " + by + " finished " + taskName(ev.TaskKind, ev.Number) + ": " + said(ev.Text, maxLine)
	case incident.TaskReopened:
		return by + " reopened " + taskName(ev.TaskKind, ev.Number) + ": " + said(ev.Text, maxLine)
	case incident.TaskWithdrawn:
		return by + " withdrew " + taskName(ev.TaskKind, ev.Number) + ": " + said(ev.Text, maxLine) + explained(ev.Reason)
	case incident.TaskAmended:
		return by + " changed " + taskName(ev.TaskKind, ev.Number) + ": " + said(ev.Text, maxLine) + dutyOf(ev.Owner, ev.DueOn)
	}
	return ""
}

func taskName(kind incident.TaskKind, number int) string {
	return kind.Noun() + " " + strconv.Itoa(number)
}

func taskAdded(i *incident.Incident, by string, e incident.TaskAdded) Message {
	line := ":white_large_square: " + by + " added " + taskName(e.TaskKind, e.Number) + ": " + said(e.Text, maxLine)
	line += dutyOf(e.Owner, e.DueOn)
	m := tell(i, line)
	m.Blocks = []slack.Block{sectionWith(tick(i.ID, e.Number), line)}
	return m
}

// dutyOf says who has a piece of work, and until when.
func dutyOf(owner incident.PersonID, due time.Time) string {
	text := ""
	if owner != "" {
		text += " · " + Mention(string(owner))
	}
	if !due.IsZero() {
		text += " · due " + day(due)
	}
	return text
}

// TaskNow is the message of an entry that added a piece of work, as the work is by
// now. What is not open any more has no button.
func TaskNow(i *incident.Incident, e timeline.Entry, t *incident.Task) Message {
	added, _ := e.Event.(incident.TaskAdded)
	added.Text, added.Owner, added.DueOn = t.Text, t.Owner, t.DueOn
	m := taskAdded(i, who(e.By), added)
	if t.Open() {
		return m
	}
	mark, became := ":white_check_mark:", "done"
	if t.DoneAt.IsZero() {
		mark, became = ":heavy_minus_sign:", "withdrawn"
	}
	line := mark + " " + who(e.By) + " added " + taskName(t.Kind, t.Number) + ": " + said(t.Text, maxLine) + dutyOf(t.Owner, t.DueOn) + " · *" + became + "*"
	return tell(i, line)
}

func tick(id incident.ID, number int) *slack.ButtonBlockElement {
	return button("Done", "tick_task", reference(id, strconv.Itoa(number)))
}

func placeLine(by string, e timeline.Entry) string {
	switch ev := e.Event.(type) {
	case incident.TicketFiled:
		return ":ticket: Ticket " + linked(ev.URL, ev.Key) + " for " + ticketSubject(ev.Task)
	case incident.TicketParked:
		if ev.Key != "" {
			return ":hourglass_flowing_sand: Ticket " + said(ev.Key, 60) + " could not follow" + because(ev.Reason)
		}
		return ":hourglass_flowing_sand: No ticket yet for " + ticketSubject(ev.Task) + because(ev.Reason) + "\nNothing is lost: it is filed as soon as that is mended."
	case incident.TicketMoved:
		return ":ticket: Ticket " + said(ev.Key, 60) + " is “" + said(ev.Status, 60) + "” now"
	case incident.StepFailed:
		return stepFailed(ev)
	case incident.RoomStateChanged:
		return "The war room is " + said(string(ev.State), 40) + " now" + because(ev.Reason)
	case incident.PostmortemAdvanced:
		return ":page_facing_up: " + by + " moved the postmortem from " + said(ev.From, 40) + " to *" + said(ev.To, 40) + "*"
	}
	return ""
}

func stepFailed(e incident.StepFailed) string {
	if e.Final {
		return ":x: Not done: *" + stepTitle(e.Step) + "*" + because(e.Reason)
	}
	return ":hourglass_flowing_sand: Still trying: *" + stepTitle(e.Step) + "*" + because(e.Reason)
}

func ticketSubject(task int) string {
	if task == 0 {
		return "the incident"
	}
	return "action item " + strconv.Itoa(task)
}

// updatePosted stands for itself: it is read by people who know nothing else.
func updatePosted(i *incident.Incident, by string, e incident.UpdatePosted) Message {
	next := "no further update promised"
	if !e.NextDue.IsZero() {
		next = "next update by " + moment(e.NextDue)
	}
	return Message{
		Text: Truncate(parts(" · ", "Update on "+i.ID.String(), said(e.Text, maxQuote)), MaxMessageText),
		Blocks: []slack.Block{
			section(":mega: *Update on "+glanceThen(i, e)+"*\n"+title(i), quote(e.Text, maxQuote-2*maxLine)),
			small(by + " · " + next),
		},
	}
}

// glanceThen is the glance when an update was posted, which may be told much later.
// One that does not say what held then gets what holds now.
func glanceThen(i *incident.Incident, e incident.UpdatePosted) string {
	then := *i
	if e.Severity.Valid() {
		then.Severity = e.Severity
	}
	then.Status = cmp.Or(e.Status, i.Status)
	return glance(&then)
}

func resolved(i *incident.Incident, by string, e incident.Resolved) Message {
	lines := []string{":white_check_mark: " + by + " *resolved* " + i.ID.String() + ": " + title(i)}
	switch {
	case e.ImpactEnd.IsZero():
	case e.ImpactStart.IsZero():
		lines = append(lines, "The impact ended at "+moment(e.ImpactEnd)+"; its start is not known yet.")
	default:
		lines = append(lines, "Impact from "+moment(e.ImpactStart)+" to "+moment(e.ImpactEnd)+": *"+timeline.Span(e.ImpactEnd.Sub(e.ImpactStart))+"*")
	}
	if text := said(e.Cause, maxExcerpt); text != "" {
		lines = append(lines, "Cause: "+text)
	}
	value := reference(i.ID, "")
	return tell(i, parts("\n", lines...), small("The postmortem draft follows here. A time is wrong, or it is not over?"),
		actions(button("Correct times", "open_milestones", value), button("Reopen", "open_reopen", value)))
}
