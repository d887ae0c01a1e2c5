package timeline

import (
	"fmt"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

// MaxSentence bounds what Describe quotes of a text, in code points: about two
// lines of a message, so that a timeline can be skimmed.
const MaxSentence = 280

// Describe says in one short plain-text sentence what happened. It names no
// actor, so that callers can print "who: sentence". name turns a person into
// what people call them. Long texts are cut at MaxSentence; markup is resolved.
func Describe(e incident.Event, name func(incident.PersonID) string) string {
	return teller{name: name, limit: MaxSentence}.tell(e)
}

// Words is how a surface says those parts of a sentence that are not ours. What is nil
// is said as Describe says it, and people by their ids.
type Words struct {
	Name func(incident.PersonID) string     // what people are called there
	Text func(string) string                // what somebody wrote, made safe for the surface
	When func(time.Time) string             // an instant; unknown when it is zero
	Link func(label, address string) string // a link to a ticket
}

// Say is Describe for a surface with words of its own, such as a document in Markdown.
func Say(e incident.Event, w Words) string {
	if w.Name == nil {
		w.Name = func(p incident.PersonID) string { return string(p) }
	}
	return teller{name: w.Name, limit: MaxSentence, words: w}.tell(e)
}

// Describe is the package's Describe of the entry with the text it has now:
// the last edit of a captured message counts.
func (l Line) Describe(name func(incident.PersonID) string) string {
	return teller{name: name, limit: MaxSentence}.line(l)
}

// teller puts events into words. Limit 0 cuts nothing.
type teller struct {
	name  func(incident.PersonID) string
	limit int
	words Words
}

func (t teller) line(l Line) string {
	if m, ok := l.Event.(incident.MessageCaptured); ok {
		m.Message.Text = l.Text
		return t.tell(m)
	}
	return t.tell(l.Event)
}

func (t teller) tell(e incident.Event) string {
	for _, group := range []func(incident.Event) string{t.life, t.people, t.tasks, t.updates, t.record, t.amendment, t.places, t.paging} {
		if s := group(e); s != "" {
			return strings.Join(strings.Fields(s), " ") // names may hold line ends too
		}
	}
	return KindLabel(e.Kind())
}

func (t teller) life(e incident.Event) string {
	switch e := e.(type) {
	case incident.Declared:
		return fmt.Sprintf("Declared %s: %s", e.Severity, t.text(e.Title))
	case incident.TitleChanged:
		return fmt.Sprintf("Renamed from “%s” to “%s”", t.text(e.From), t.text(e.To))
	case incident.SummaryChanged:
		if e.Summary == "" {
			return "Removed the summary"
		}
		return "Summary: " + t.text(e.Summary)
	case incident.SeverityChanged:
		return fmt.Sprintf("Severity %s → %s", e.From, e.To)
	case incident.StatusChanged:
		return fmt.Sprintf("Status %s → %s", e.From, e.To)
	case incident.Resolved:
		return "Resolved; the impact ended at " + t.at(e.ImpactEnd) + t.because(e.Cause)
	case incident.Reopened:
		return fmt.Sprintf("Reopened, it was %s", e.From) + t.takenBack(e) + t.because(e.Reason)
	case incident.Cancelled:
		return "Cancelled" + t.because(e.Reason)
	case incident.Closed:
		return "Closed; the paperwork is done"
	case incident.MilestoneCorrected:
		return fmt.Sprintf("Corrected “%s” from %s to %s", e.Milestone, t.at(e.From), t.at(e.To)) + t.because(e.Reason)
	}
	return ""
}

// takenBack names the milestones that are not reached any more.
func (t teller) takenBack(e incident.Reopened) string {
	var parts []string
	if !e.Mitigated.IsZero() {
		parts = append(parts, fmt.Sprintf("“%s” (%s)", incident.Mitigated, t.at(e.Mitigated)))
	}
	if !e.ImpactEnd.IsZero() {
		parts = append(parts, fmt.Sprintf("“%s” (%s)", incident.ImpactEnded, t.at(e.ImpactEnd)))
	}
	if len(parts) == 0 {
		return ""
	}
	return ", taking back " + strings.Join(parts, " and ")
}

func (t teller) people(e incident.Event) string {
	switch e := e.(type) {
	case incident.RoleAssigned:
		if e.From != "" {
			return fmt.Sprintf("%s handed from %s to %s", e.Role.Title(), t.name(e.From), t.name(e.To))
		}
		return fmt.Sprintf("%s is %s", e.Role.Title(), t.name(e.To))
	case incident.RoleVacated:
		return fmt.Sprintf("%s is no longer %s", t.name(e.From), e.Role.Title())
	case incident.PersonJoined:
		return t.name(e.Person) + " joined the war room"
	case incident.PersonLeft:
		return t.name(e.Person) + " left the war room"
	}
	return ""
}

func (t teller) tasks(e incident.Event) string {
	switch e := e.(type) {
	case incident.TaskAdded:
		return t.task("Added", e.TaskKind, e.Number, e.Text) + t.dutyOf(e.Owner, e.DueOn)
	case incident.TaskAmended:
		return t.task("Changed", e.TaskKind, e.Number, e.Text) + t.dutyOf(e.Owner, e.DueOn)
	case incident.TaskFinished:
		return t.task("Finished", e.TaskKind, e.Number, e.Text)
	case incident.TaskReopened:
		return t.task("Reopened", e.TaskKind, e.Number, e.Text)
	case incident.TaskWithdrawn:
		return t.task("Withdrew", e.TaskKind, e.Number, e.Text) + t.because(e.Reason)
	}
	return ""
}

func (t teller) task(verb string, kind incident.TaskKind, number int, text string) string {
	return fmt.Sprintf("%s %s %d: %s", verb, kind.Noun(), number, t.text(text))
}

func (t teller) dutyOf(owner incident.PersonID, due time.Time) string {
	var parts []string
	if owner != "" {
		parts = append(parts, "owner "+t.name(owner))
	}
	if !due.IsZero() {
		parts = append(parts, "due "+due.Format(time.DateOnly))
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

func (t teller) updates(e incident.Event) string {
	switch e := e.(type) {
	case incident.UpdatePosted:
		if e.NextDue.IsZero() {
			return "Update: " + t.text(e.Text)
		}
		return fmt.Sprintf("Update: %s (next by %s)", t.text(e.Text), t.at(e.NextDue))
	case incident.UpdateSnoozed:
		return "Moved the next update to " + t.at(e.Until)
	case incident.UpdateSettled:
		return "Dropped the promise of a next update"
	case incident.UpdateFellDue:
		return "The update promised for " + t.at(e.Due) + " fell due"
	}
	return ""
}

func (t teller) record(e incident.Event) string {
	switch e := e.(type) {
	case incident.NoteAdded:
		return "Note: " + t.text(e.Text)
	case incident.DecisionMade:
		return "Decision: " + t.text(e.Text)
	case incident.HypothesisRaised:
		return fmt.Sprintf("Hypothesis %d: %s", e.Number, t.text(e.Text))
	case incident.HypothesisSettled:
		return fmt.Sprintf("Hypothesis %d %s: %s", e.Number, t.text(e.Outcome), t.text(e.Text))
	case incident.MessageCaptured:
		return t.captured(e.Message)
	}
	return ""
}

func (t teller) captured(m incident.Message) string {
	message, text := "a message", t.text(m.Text)
	if m.Author != "" {
		message = t.name(m.Author) + "’s message"
	}
	if text == "" {
		text = t.text(fileNames(m.Files))
	}
	if text == "" {
		return "Put " + message + " on record"
	}
	return fmt.Sprintf("Put %s on record: “%s”", message, text)
}

func fileNames(files []incident.File) string {
	names := make([]string, len(files))
	for n, f := range files {
		names[n] = f.Name
	}
	return strings.Join(names, ", ")
}

func (t teller) amendment(e incident.Event) string {
	switch e := e.(type) {
	case incident.MessageEdited:
		return fmt.Sprintf("Edited the message of entry %d: “%s”", e.Entry, t.text(e.To))
	case incident.MessageDeleted:
		return fmt.Sprintf("Deleted the message of entry %d in Slack", e.Entry)
	case incident.EntryWithdrawn:
		return fmt.Sprintf("Took entry %d off the timeline", e.Entry)
	case incident.EntryRestored:
		return fmt.Sprintf("Put entry %d back on the timeline", e.Entry)
	case incident.EntryStarred:
		return fmt.Sprintf("Made entry %d a key event", e.Entry)
	case incident.EntryUnstarred:
		return fmt.Sprintf("Entry %d is no longer a key event", e.Entry)
	case incident.FileSaved:
		if e.Error != "" {
			return fmt.Sprintf("Could not save %s: %s", t.text(e.File.Name), t.text(e.Error))
		}
		return "Saved a copy of " + t.text(e.File.Name)
	}
	return ""
}

func (t teller) places(e incident.Event) string {
	switch e := e.(type) {
	case incident.RoomOpened:
		return "War room #" + t.text(e.Name) + " opened"
	case incident.RoomRenamed:
		return fmt.Sprintf("War room renamed from #%s to #%s", t.text(e.From), t.text(e.To))
	case incident.RoomStateChanged:
		return "War room is now " + t.text(roomState(e.State)) + t.because(e.Reason)
	case incident.StepDone:
		return "Set up: " + t.text(e.Step)
	case incident.StepFailed:
		return fmt.Sprintf("Could not set up %s (%s)", t.text(e.Step), outlook(e.Final)) + t.because(e.Reason)
	case incident.TicketFiled:
		return fmt.Sprintf("Ticket %s filed for %s", t.ticket(e.Key, e.URL), ticketOf(e.Task))
	case incident.TicketParked:
		if e.Key != "" {
			return "Ticket " + t.text(e.Key) + " could not follow" + t.because(e.Reason)
		}
		return "No ticket yet for " + ticketOf(e.Task) + t.because(e.Reason)
	case incident.TicketMoved:
		return fmt.Sprintf("Ticket %s is now “%s”", t.text(e.Key), t.text(e.Status))
	case incident.PostmortemDrafted:
		return fmt.Sprintf("Drafted the postmortem (version %d)", e.Version)
	case incident.PostmortemWritten:
		return "Wrote the postmortem section “" + t.text(e.Section) + "”"
	case incident.PostmortemAdvanced:
		return fmt.Sprintf("Postmortem %s → %s", t.text(e.From), t.text(e.To))
	}
	return ""
}

func roomState(s incident.RoomState) string {
	if s == incident.RoomOpen {
		return "open again"
	}
	return string(s)
}

func outlook(final bool) string {
	if final {
		return "given up"
	}
	return "will be tried again"
}

func ticketOf(task int) string {
	if task == 0 {
		return "the incident"
	}
	return fmt.Sprintf("action item %d", task)
}

// because appends a reason, if there is one.
func (t teller) because(reason string) string {
	if reason = t.text(reason); reason != "" {
		return ": " + reason
	}
	return ""
}

// text makes one line of plain text out of what somebody wrote.
func (t teller) text(s string) string {
	if t.words.Text != nil {
		return t.words.Text(s)
	}
	s = strings.Join(strings.Fields(Named(s, t.name)), " ")
	if runes := []rune(s); t.limit > 0 && len(runes) > t.limit {
		return strings.TrimSpace(string(runes[:t.limit-1])) + "…"
	}
	return s
}

// at is an instant as the surface shows it.
func (t teller) at(when time.Time) string {
	if t.words.When != nil {
		return t.words.When(when)
	}
	return instant(when)
}

// ticket names an issue, as a link where the surface has links.
func (t teller) ticket(key, address string) string {
	if t.words.Link != nil {
		return t.words.Link(key, address)
	}
	return t.text(key)
}

// instant prints a time in UTC to the minute; the zero time is "unknown".
func instant(t time.Time) string {
	if t.IsZero() {
		return "unknown"
	}
	return t.UTC().Format("2006-01-02 15:04 UTC")
}
