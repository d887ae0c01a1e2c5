package view

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

type namer = func(incident.PersonID) string

// A placeholder is a private-use character pair around a number: no escaping
// touches it, and a number that was never handed out disappears.
var placeholders = regexp.MustCompile("\ue000([0-9]{1,4})\ue001")

// described makes safe mrkdwn of the sentence about an event. The people the event
// is about are mentioned; they stand as placeholders while the sentence is
// escaped. Whoever is named in a text that somebody wrote is not.
func described(e incident.Event, sentence func(namer) string) string {
	about := subjects(e)
	text := Literal(sentence(func(p incident.PersonID) string {
		if n := slices.Index(about, p); n >= 0 {
			return "\ue000" + strconv.Itoa(n) + "\ue001"
		}
		return string(p)
	}))
	text = placeholders.ReplaceAllStringFunc(text, func(found string) string {
		n, err := strconv.Atoi(strings.Trim(found, "\ue000\ue001"))
		if err != nil || n >= len(about) {
			return ""
		}
		return Mention(string(about[n]))
	})
	return Truncate(instants.ReplaceAllStringFunc(withChannels(e, text), local), 2*maxLine)
}

// instants are times as sentences of the timeline print them.
var instants = regexp.MustCompile(`\b\d{4}-\d{2}-\d{2} \d{2}:\d{2} UTC\b`)

// local shows a printed time in the reader's own time zone.
func local(printed string) string {
	t, err := time.Parse("2006-01-02 15:04 UTC", printed)
	if err != nil {
		return printed
	}
	return Date(t, printed)
}

// subjects are the people an event is about.
func subjects(e incident.Event) []incident.PersonID {
	switch e := e.(type) {
	case incident.RoleAssigned:
		return []incident.PersonID{e.To, e.From}
	case incident.RoleVacated:
		return []incident.PersonID{e.From}
	case incident.PersonJoined:
		return []incident.PersonID{e.Person}
	case incident.PersonLeft:
		return []incident.PersonID{e.Person}
	case incident.TaskAdded:
		return []incident.PersonID{e.Owner}
	case incident.TaskAmended:
		return []incident.PersonID{e.Owner}
	case incident.MessageCaptured:
		return []incident.PersonID{e.Message.Author}
	}
	return pagedIn(e)
}

// pagedIn are the people an event of paging is about.
func pagedIn(e incident.Event) []incident.PersonID {
	switch e := e.(type) {
	case incident.StepFired:
		var list []incident.PersonID
		for _, p := range e.Pages {
			list = append(list, p.Person)
		}
		return list
	case incident.EscalationAcknowledged:
		return []incident.PersonID{e.Person}
	case incident.EscalationSnoozed:
		return []incident.PersonID{e.Person}
	case incident.EscalationReturned:
		return []incident.PersonID{e.Person}
	case incident.DeliveryMoved:
		return []incident.PersonID{e.Person}
	case incident.PersonUnreachable:
		return []incident.PersonID{e.Person}
	}
	return nil
}

// withChannels makes links of the channels that a step asks in, which stand there as
// their ids.
func withChannels(e incident.Event, safe string) string {
	step, ok := e.(incident.StepFired)
	if !ok {
		return safe
	}
	for _, p := range step.Places {
		if p.Kind == "channel" && channelIDs.MatchString(p.Name) {
			safe = strings.Replace(safe, "channel "+p.Name, "<#"+p.Name+">", 1)
		}
	}
	return safe
}

// day shows a date without a time, the same for every reader.
func day(t time.Time) string { return t.Format("Mon 2 Jan 2006") }
