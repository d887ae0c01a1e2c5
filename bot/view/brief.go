package view

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/timeline"
)

// Brief is for somebody who just arrived: about ten lines that spare the others
// the questions. Each part is a line that is cut where it gets long; the card and the
// timeline have it whole.
func Brief(s Situation) Message {
	i := s.Incident
	blocks := sections(
		headline(i),
		parts("\n", briefSummary(i), parts(" · ", impact(i), nextUpdate(i)), parts(" · ", roleLines(i)...)),
		lastUpdate(s),
		keyEvents(s),
		parts("\n", tried(s), needed(s)),
		parts(" · ", links(s), briefRoom(i)),
	)
	return Message{Text: fallback(i, commandedBy(i)), Blocks: blocks}
}

// Room for the parts of a brief, in code points: a line or two on a screen.
const (
	briefText  = 170
	briefEntry = 230 // of an event, of which the time takes a third
	briefIdea  = 50
)

func briefSummary(i *incident.Incident) string {
	if text := said(i.Summary, briefText); text != "" {
		return "> " + text
	}
	return ""
}

func briefRoom(i *incident.Incident) string {
	if r := room(i); r != "" {
		return "*War room:* " + r
	}
	return ""
}

func lastUpdate(s Situation) string {
	for _, l := range slices.Backward(s.Lines) {
		if u, ok := l.Event.(incident.UpdatePosted); ok {
			return "*Last update* (" + moment(l.OccurredAt) + ", " + who(l.By) + "): " + said(u.Text, briefText)
		}
	}
	return ""
}

// How many events a brief tells.
const briefEvents = 3

// keyEvents are the last starred entries; without stars, the last of what
// mattered.
func keyEvents(s Situation) string {
	chosen := lastLines(s.Lines, func(l timeline.Line) bool { return l.Starred })
	name := "*Key events*"
	if len(chosen) == 0 {
		name = "*What happened last*"
		chosen = lastLines(s.Lines, matters)
	}
	if len(chosen) == 0 {
		return ""
	}
	lines := []string{name}
	for _, l := range chosen {
		lines = append(lines, "• "+lineText(l, briefEntry))
	}
	return strings.Join(lines, "\n")
}

func lastLines(lines []timeline.Line, wanted func(timeline.Line) bool) []timeline.Line {
	var list []timeline.Line
	for _, l := range lines {
		if wanted(l) && l.Deleted.IsZero() && !l.Withdraw {
			list = append(list, l)
		}
	}
	return list[max(0, len(list)-briefEvents):]
}

// matters leaves out what a brief says in lines of its own, and each message of a page:
// who has it matters, by which way they heard of it does not.
func matters(l timeline.Line) bool {
	switch l.Event.(type) {
	case incident.UpdatePosted, incident.UpdateSnoozed, incident.HypothesisRaised, incident.HypothesisSettled,
		incident.RoleAssigned, incident.RoleVacated, incident.RoomOpened, incident.SummaryChanged, incident.TicketFiled,
		incident.TicketParked, incident.StepFailed, incident.DeliveryMoved, incident.EscalationResolved:
		return false
	}
	return !l.Quiet
}

// tried says what is known of the cause: confirmed, being tested, ruled out.
func tried(s Situation) string {
	var lines []string
	if text := said(s.Incident.Cause, briefText); text != "" {
		lines = append(lines, "*Cause:* "+text)
	}
	for _, group := range []struct {
		outcome timeline.Outcome
		name    string
	}{{timeline.Confirmed, ":dart: *Confirmed:* "}, {timeline.Untested, ":thinking_face: *To test:* "}, {timeline.RuledOut, ":heavy_multiplication_x: *Ruled out:* "}} {
		if text := ideas(hypotheses(s, group.outcome)); text != "" {
			lines = append(lines, group.name+text)
		}
	}
	return strings.Join(lines, " · ")
}

// ideas lists the latest hypotheses of one outcome.
func ideas(list []timeline.Hypothesis) string {
	const most = 2
	var texts []string
	for _, h := range list[max(0, len(list)-most):] {
		texts = append(texts, said(h.Text, briefIdea)+" ("+strconv.Itoa(h.Number)+")")
	}
	if more := len(list) - most; more > 0 {
		texts = append(texts, "and "+strconv.Itoa(more)+" more")
	}
	return strings.Join(texts, "; ")
}

// needed says where a newcomer can help: roles nobody has, tasks nobody does.
func needed(s Situation) string {
	i := s.Incident
	var wants []string
	if i.Status.Ongoing() {
		for _, r := range []incident.Role{incident.Commander, incident.Operations, incident.Comms} {
			if i.Holder(r) == "" {
				wants = append(wants, r.Title())
			}
		}
	}
	for _, t := range s.Tasks {
		if t.Open() && t.Owner == "" {
			wants = append(wants, "someone for "+taskName(t.Kind, t.Number)+" ("+said(t.Text, briefIdea)+")")
		}
	}
	const most = 3
	switch more := len(wants) - most; {
	case len(wants) == 0:
		return ""
	case more > 0:
		wants = append(wants[:most], "and "+strconv.Itoa(more)+" more")
	}
	return ":raising_hand: *Needed:* " + strings.Join(wants, "; ")
}
