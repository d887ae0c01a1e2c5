package view

import (
	"strings"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/timeline"
)

// severityValue is how a grade is written in option values: "sev1".
func severityValue(s incident.Severity) string { return strings.ToLower(s.String()) }

// mark is the emoji that tells from afar how bad it is, or that it is over.
func mark(i *incident.Incident) string {
	switch i.Status {
	case incident.StatusMitigated:
		return ":adhesive_bandage:"
	case incident.StatusResolved:
		return ":white_check_mark:"
	case incident.StatusClosed:
		return ":checkered_flag:"
	case incident.StatusCancelled:
		return ":no_entry_sign:"
	}
	return severityMark(i.Severity)
}

func severityMark(s incident.Severity) string {
	switch s {
	case incident.SEV1:
		return ":red_circle:"
	case incident.SEV2:
		return ":large_orange_circle:"
	case incident.SEV3:
		return ":large_yellow_circle:"
	case incident.SEV4:
		return ":large_blue_circle:"
	}
	return ":white_circle:"
}

// glance is number, severity and status: what everybody asks first.
func glance(i *incident.Incident) string {
	return parts(" · ", i.ID.String(), i.Severity.String(), string(i.Status))
}

// headline is the glance, and the title in a line of its own.
func headline(i *incident.Incident) string {
	return mark(i) + " *" + glance(i) + "*" + lock(i) + "\n" + title(i)
}

func lock(i *incident.Incident) string {
	if i.Private {
		return " :lock: private"
	}
	return ""
}

func title(i *incident.Incident) string { return bold(said(i.Title, maxLine)) }

// fallback is the text of notifications: all that fits a phone's lock screen.
func fallback(i *incident.Incident, more string) string {
	return Truncate(parts(" · ", glance(i), said(i.Title, maxLine), more), MaxMessageText)
}

// room links to the war room, "" while there is none.
func room(i *incident.Incident) string {
	if !channelIDs.MatchString(i.Room.Channel) || i.Room.State == incident.RoomLost {
		return ""
	}
	return "<#" + i.Room.Channel + ">"
}

// listed is an incident as one line of a list.
func listed(i *incident.Incident) string {
	return mark(i) + " " + parts(" · ", "*"+i.ID.String()+"*", i.Severity.String(), string(i.Status), said(i.Title, maxLine), room(i), commandedBy(i)) + lock(i)
}

func commandedBy(i *incident.Incident) string {
	if p := i.Holder(incident.Commander); p != "" {
		return "IC " + Mention(string(p))
	}
	if i.Status.Ongoing() {
		return "nobody commands"
	}
	return ""
}

// roleLines names who holds what. The Incident Commander always has a line.
func roleLines(i *incident.Incident) []string {
	var lines []string
	for _, info := range incident.RoleCatalogue() {
		holders := i.Roles[info.Role]
		switch {
		case len(holders) > 0:
			lines = append(lines, "*"+info.Title+plural(len(holders))+":* "+people(holders))
		case info.Role == incident.Commander && i.Status.Ongoing():
			lines = append(lines, "*"+info.Title+":* :bangbang: nobody yet")
		}
	}
	return lines
}

// impact says since when, or from when to when, people were affected.
func impact(i *incident.Incident) string {
	start, end := i.Milestones.ImpactStarted, i.Milestones.Resolved
	switch {
	case i.Status == incident.StatusCancelled:
		return ""
	case i.Status.Ongoing() && !start.IsZero():
		return "*Impact since:* " + moment(start)
	case i.Status.Ongoing():
		return "*Detected:* " + moment(i.Milestones.Detected) + " (the impact may have begun earlier)"
	case start.IsZero():
		return "*Impact ended:* " + moment(end) + " (start not known)"
	}
	return "*Impact:* " + moment(start) + " to " + moment(end) + " (" + timeline.Span(end.Sub(start)) + ")"
}

// nextUpdate says when stakeholders hear more.
func nextUpdate(i *incident.Incident) string {
	switch {
	case !i.Status.Ongoing():
		return ""
	case i.UpdateDueAt.IsZero():
		return "*Next update:* none promised"
	}
	return "*Next update:* by " + moment(i.UpdateDueAt)
}

// cause is what it was, as far as anybody said.
func cause(i *incident.Incident) string {
	if text := said(i.Cause, maxExcerpt); text != "" {
		return "*Cause:* " + text
	}
	return ""
}

// links leads to the ticket, or says why there is none, to the postmortem and to
// the message it all began with.
func links(s Situation) string {
	list := []string{ticket(s)}
	if s.PostmortemURL != "" {
		list = append(list, ":page_facing_up: "+linked(s.PostmortemURL, "Postmortem"))
	}
	return parts("   ", append(list, began(s.Incident))...)
}

// began leads to the message from which it was declared.
func began(i *incident.Incident) string {
	if o := i.Origin; o != nil && o.Permalink != "" {
		return ":speech_balloon: " + linked(o.Permalink, "Where it began")
	}
	return ""
}

func ticket(s Situation) string {
	t, ok := s.TicketOf(0)
	switch {
	case !ok:
		return ""
	case t.Key == "":
		return ":hourglass_flowing_sand: No ticket yet" + because(t.Reason)
	case t.Status == "":
		return ":ticket: " + linked(t.URL, t.Key)
	}
	return ":ticket: " + linked(t.URL, t.Key) + " (" + said(t.Status, 60) + ")"
}

// because appends a reason in words, if there is one.
func because(reason string) string {
	if reason = reasoned(reason, maxLine); reason != "" {
		return ": " + reason
	}
	return ""
}

// openTasks counts the work that is left, by kind.
func openTasks(tasks []*incident.Task) (todo, actions int) {
	for _, t := range tasks {
		switch {
		case !t.Open():
		case t.Kind == incident.ActionItem:
			actions++
		default:
			todo++
		}
	}
	return todo, actions
}

// workLeft is one line about open tasks, action items and hypotheses.
func workLeft(s Situation) string {
	var list []string
	todo, actions := openTasks(s.Tasks)
	if todo > 0 {
		list = append(list, count(todo, "task open", "tasks open"))
	}
	if actions > 0 {
		list = append(list, count(actions, "action item open", "action items open"))
	}
	if n := len(hypotheses(s, timeline.Untested)); n > 0 && s.Incident.Status.Ongoing() {
		list = append(list, count(n, "hypothesis to test", "hypotheses to test"))
	}
	return strings.Join(list, " · ")
}

func hypotheses(s Situation, o timeline.Outcome) []timeline.Hypothesis {
	var list []timeline.Hypothesis
	for _, h := range s.Hypotheses {
		if h.Outcome == o {
			list = append(list, h)
		}
	}
	return list
}

// commander is the one role that people outside the room need to know.
func commander(i *incident.Incident) string {
	lines := roleLines(i)
	if len(lines) == 0 || (i.Holder(incident.Commander) == "" && !i.Status.Ongoing()) {
		return ""
	}
	return lines[0]
}

// whereTo leads to the war room, or says why it cannot.
func whereTo(i *incident.Incident) string {
	switch {
	case i.Room.State == incident.RoomLost:
		return "*War room:* lost; its channel was deleted or Tocsin was removed from it"
	case room(i) == "" && i.Status == incident.StatusTriage:
		return "*War room:* opens when somebody accepts it"
	case room(i) == "" && (i.Status == incident.StatusCancelled || i.Status == incident.StatusClosed):
		return "*War room:* none"
	case room(i) == "":
		return "*War room:* being opened"
	case i.Room.State == incident.RoomArchived:
		return "*War room:* " + room(i) + " (archived)"
	}
	return "*War room:* " + room(i)
}
