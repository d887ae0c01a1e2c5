package postmortem

import (
	"fmt"
	"time"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/timeline"
)

// sentence says in Markdown what a line is about, without names: as the timeline says
// it, but for what people said, which speaks for itself here, and for who came and
// went. text shows what people wrote: whole, or cut for a table.
func (c cast) sentence(l timeline.Line, text func(string, time.Time) string) string {
	t := func(s string) string { return text(s, l.OccurredAt) }
	if s := said(l, t); s != "" {
		return s
	}
	if s := moved(l.Event); s != "" {
		return s
	}
	role := func(p incident.PersonID) string { return c.who(incident.By(p), l.OccurredAt) }
	return timeline.Say(l.Event, timeline.Words{Name: role, Text: t, When: c.when, Link: link})
}

func said(l timeline.Line, t func(string) string) string {
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
		return fmt.Sprintf("**Hypothesis %d %s:** %s", e.Number, t(e.Outcome), t(e.Text))
	case incident.UpdatePosted:
		return "**Update to stakeholders:** " + t(e.Text)
	}
	return ""
}

// moved tells of roles and of the room without saying who: people are called by their
// role, and "the commander is the commander" says nothing.
func moved(event incident.Event) string {
	switch e := event.(type) {
	case incident.RoleAssigned:
		if e.From != "" {
			return e.Role.Title() + " handed over to somebody else"
		}
		return e.Role.Title() + " assigned"
	case incident.RoleVacated:
		return e.Role.Title() + " left the role"
	case incident.PersonJoined:
		return "Somebody joined the war room"
	case incident.PersonLeft:
		return "Somebody left the war room"
	}
	return ""
}
