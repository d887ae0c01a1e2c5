package view

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
	"github.com/tocsinhq/tocsin/incident/paging"
)

// Run is one run of a policy, with everybody whom it has asked so far.
type Run struct {
	Escalation *escalation.Escalation
	Asked      []Asked
}

// Asked is a person or a place that a run has asked, and what became of it.
type Asked struct {
	Person      incident.PersonID // "" for a place
	Place       string            // a channel or a webhook
	Unreachable string            // why there is no way left to them, in words
	Ways        []Way
}

// Way is one message to somebody who was asked.
type Way struct {
	Method paging.Method
	State  paging.State
	Due    time.Time // of one that is planned
	Reason string    // why it failed, or has to be sent again
	Repeat bool      // it may have reached them twice
}

// Room of the ledger on a card, in code points, and how many runs it shows.
const (
	maxLedger  = 2_400
	maxRuns    = 3
	maxFailure = 100 // of the reason of one message
)

// ledger tells, for what is being paged, who was asked by which ways and how far
// each message has come. Nobody is called paged who was only tried. It says
// when the service that should be paged is not, and is nothing when nothing is paged.
func ledger(s Situation) []slack.Block {
	var blocks []slack.Block
	if s.Refused != nil && s.Incident.Status.Ongoing() {
		blocks = append(blocks, section(refused(*s.Refused), refusedNext(*s.Refused, s.Command)))
	}
	if text := stopped(s.Stopped); text != "" {
		blocks = append(blocks, section(text))
	}
	open := slices.DeleteFunc(slices.Clone(s.Runs), func(r Run) bool { return r.Escalation.State == escalation.Resolved })
	for _, r := range open[:min(len(open), maxRuns)] {
		blocks = append(blocks, section(ledgerOf(r, maxLedger/min(len(open), maxRuns))...))
	}
	if more := len(open) - maxRuns; more > 0 {
		blocks = append(blocks, small("and "+count(more, "more page", "more pages")+" under way: `"+s.Command+" why`"))
	}
	return blocks
}

// stopped says of the last that were stopped by whom and when.
func stopped(all []escalation.Stopped) string {
	var lines []string
	for _, s := range all[max(0, len(all)-maxRuns):] {
		lines = append(lines, ":no_bell: "+bold("Paging "+said(s.Subject, 80))+": stopped by "+Mention(string(s.By))+" at "+moment(s.At)+". Nobody is asked for it any more.")
	}
	return strings.Join(lines, "\n")
}

// ledgerOf is a run in at most room code points: its head, a line for each who was
// asked, and the rest counted.
func ledgerOf(r Run, room int) []string {
	lines := []string{runHead(r.Escalation), runNext(r.Escalation)}
	used := utf8.RuneCountInString(strings.Join(lines, "\n")) + 150 // for counting the rest
	asked := slices.Clone(r.Asked)
	slices.SortStableFunc(asked, func(a, b Asked) int { return cmp.Compare(r.weight(a), r.weight(b)) })
	for n, a := range asked {
		line := r.askedLine(a)
		used += utf8.RuneCountInString(line) + 1
		if used > room {
			return append(lines, "and "+r.counted(asked[n:]))
		}
		lines = append(lines, line)
	}
	return lines
}

// weight puts those first who have it, then those who cannot be reached, since
// somebody may have to shout across the room.
func (r Run) weight(a Asked) int {
	switch {
	case r.hasIt(a):
		return 0
	case a.Unreachable != "":
		return 1
	}
	return 2
}

func (r Run) hasIt(a Asked) bool {
	return a.Person != "" && slices.Contains(r.Escalation.AckedBy, a.Person)
}

// runHead says what is paged and whether somebody has it.
func runHead(e *escalation.Escalation) string {
	what := bold("Paging " + said(e.Subject, 80))
	if e.Urgency == escalation.Low {
		what += " (low urgency)"
	}
	switch {
	case e.State == escalation.Acknowledged && e.Snoozed && len(e.AckedBy) == 0:
		return ":zzz: " + what + ": put off" + until(e.AckDue)
	case e.State == escalation.Acknowledged && e.Snoozed:
		return ":zzz: " + what + ": put off by " + Mention(string(e.AckedBy[len(e.AckedBy)-1])) + until(e.AckDue)
	case e.State == escalation.Acknowledged:
		return ":white_check_mark: " + what + ": acknowledged by " + people(e.AckedBy) + until(e.AckDue)
	case e.State == escalation.Resolved:
		return ":checkered_flag: " + what + " is over"
	case len(e.AckedBy) > 0:
		return ":hourglass_flowing_sand: " + what + ": acknowledged by " + people(e.AckedBy) + ", more are needed"
	case e.Exhausted:
		return ":x: " + what + ": everybody was asked and *nobody answered*"
	case e.Held:
		return ":construction: " + what + ": held back by maintenance" + until(e.HeldUntil)
	}
	return ":pager: " + what + ": *nobody has acknowledged yet*"
}

// refusedNext says how somebody is paged all the same.
func refusedNext(e incident.EscalationRefused, command string) string {
	next := "`" + command + " page @somebody` asks people by name at once"
	if e.Cause == "maintenance" {
		next += "; `" + command + " page " + said(e.Service, 80) + "` asks whoever is on call once the maintenance is over"
	}
	return next + "."
}

func until(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return " until " + moment(t)
}

// runNext says what comes next and when.
func runNext(e *escalation.Escalation) string {
	switch {
	case e.State != escalation.Triggered || e.Held:
		return ""
	case e.Exhausted:
		return "Nobody else is asked by itself: page somebody."
	case e.StepDue.IsZero():
		return "Nobody else is asked by itself."
	case e.Next > len(e.Policy.Steps) && e.Pass >= e.Policy.Repeat:
		return "That was the last step; it ends without an answer at " + moment(e.StepDue)
	case e.Next > len(e.Policy.Steps):
		return "Next: the first step again at " + moment(e.StepDue)
	}
	return "Next: step " + strconv.Itoa(e.Next) + " of " + strconv.Itoa(len(e.Policy.Steps)) + " at " + moment(e.StepDue)
}

// askedLine is one who was asked, and how far each message has come.
func (r Run) askedLine(a Asked) string {
	name := Mention(string(a.Person))
	if a.Person == "" {
		name = placeName(a.Place)
	}
	var ways []string
	if a.Unreachable != "" {
		ways = append(ways, ":warning: *no way left*: "+said(a.Unreachable, maxFailure))
	}
	ways = append(ways, wayWords(a.Ways)...)
	if r.hasIt(a) {
		ways = []string{"*acknowledged*"}
	}
	if len(ways) == 0 {
		ways = []string{"being worked out"}
	}
	return Truncate("• "+name+" — "+strings.Join(ways, ", "), maxLine)
}

func placeName(place string) string {
	if channelIDs.MatchString(place) {
		return "<#" + place + ">"
	}
	return said(place, 80)
}

// wayWord is a message by its method and how far it has come.
func wayWord(w Way) string {
	word := w.Method.String()
	switch w.State {
	case paging.StatePlanned:
		word += " queued for " + moment(w.Due) + aside(w.Reason)
	case paging.StateSending:
		word += " being sent"
	case paging.StateFailed:
		word = ":warning: " + word + " *failed*" + aside(w.Reason)
	case paging.StateCancelled:
		word += " no longer needed"
	case paging.StateBundled:
		word += " told with others"
	default:
		word += " " + string(w.State)
	}
	if w.Repeat {
		word += " (perhaps twice)"
	}
	return word
}

// aside is why a message has not arrived, in brackets.
func aside(reason string) string {
	if reason == "" {
		return ""
	}
	return " (" + strings.TrimSuffix(said(reason, maxFailure), ".") + ")"
}

// counted sums up those for whom there is no room.
func (r Run) counted(rest []Asked) string {
	var has, reached, lost, coming int
	for _, a := range rest {
		switch {
		case r.hasIt(a):
			has++
		case a.Unreachable != "":
			lost++
		case slices.ContainsFunc(a.Ways, func(w Way) bool { return w.State.Reached() }):
			reached++
		default:
			coming++
		}
	}
	var list []string
	for _, c := range []struct {
		n    int
		word string
	}{{has, "acknowledged"}, {lost, "out of reach"}, {reached, "sent to"}, {coming, "on the way"}} {
		if c.n > 0 {
			list = append(list, strconv.Itoa(c.n)+" "+c.word)
		}
	}
	return count(len(rest), "more person", "more people") + ": " + strings.Join(list, ", ")
}

// pagingRow is the row of a card about paging. Page somebody is always there, and
// so keeps the first place; Acknowledge comes and goes.
func pagingRow(s Situation) []slack.Block {
	if !s.Incident.Status.Ongoing() || !s.CanPage {
		return nil
	}
	value := reference(s.Incident.ID, "")
	row := []slack.BlockElement{button("Page somebody…", "open_page", value)}
	if slices.ContainsFunc(s.Runs, func(r Run) bool { return r.Escalation.State == escalation.Triggered }) {
		row = append(row, primary(button("Acknowledge", "ack_incident", value)))
	}
	return []slack.Block{actions(row...)}
}

// Triage is the card of an incident that nobody has accepted yet. It stands where
// everybody looks, since there is no war room.
func Triage(s Situation) Message {
	i := s.Incident
	value := reference(i.ID, "")
	blocks := sections(headline(i), parts("\n", "*In triage*: it becomes an incident with a war room when somebody accepts it.", commander(i)), quote(i.Summary, maxExcerpt))
	blocks = append(blocks, ledger(s)...)
	accept := confirmed(primary(button("Accept", "accept", value)), "Accept it?", "A war room opens, and whoever was asked is invited.", "Accept", "Not yet")
	blocks = append(blocks, actions(accept, button("It was nothing…", "open_cancel", value)))
	blocks = append(blocks, pagingRow(s)...)
	what := "somebody is asked for"
	if s.Refused != nil {
		what = "nobody is paged"
	}
	return Message{Text: fallback(i, what+"; not accepted yet"), Blocks: blocks}
}
