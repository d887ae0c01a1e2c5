package postmortem

import (
	"slices"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/timeline"
)

// tenure is one person's time in one role. A zero To means until the end.
type tenure struct {
	Role     incident.Role
	Person   incident.PersonID
	From, To time.Time
}

// cast knows who played which part when, so that the story can speak of roles
// instead of names.
type cast struct {
	Facts
	tenures []tenure // in the order in which they began
}

func newCast(f Facts) cast {
	c := cast{Facts: f}
	for _, l := range f.Lines {
		switch e := l.Event.(type) {
		case incident.RoleAssigned:
			if !e.Role.Shared() {
				c.end(e.Role, "", l.OccurredAt)
			}
			c.tenures = append(c.tenures, tenure{Role: e.Role, Person: e.To, From: l.OccurredAt})
		case incident.RoleVacated:
			c.end(e.Role, e.From, l.OccurredAt)
		}
	}
	return c
}

// end closes the open tenures of a role; person "" means whoever holds it.
func (c *cast) end(r incident.Role, person incident.PersonID, at time.Time) {
	for n := range c.tenures {
		t := &c.tenures[n]
		if t.Role == r && t.To.IsZero() && (person == "" || t.Person == person) {
			t.To = at
		}
	}
}

// roleAt is the part a person had at an instant, else the last one they ever had.
func (c cast) roleAt(p incident.PersonID, at time.Time) (incident.Role, bool) {
	var ever incident.Role
	for _, t := range c.tenures {
		if t.Person != p {
			continue
		}
		if !at.Before(t.From) && (t.To.IsZero() || at.Before(t.To)) {
			return t.Role, true
		}
		ever = t.Role
	}
	return ever, ever != ""
}

// who calls an actor by part: "Incident Commander", "Participant", "Tocsin", "Jira".
func (c cast) who(a incident.Actor, at time.Time) string {
	switch a.Kind {
	case incident.ActorPerson:
		return c.part(a.Person(), at)
	case incident.ActorIntegration:
		return escape(strings.ToUpper(a.ID[:min(1, len(a.ID))]) + a.ID[min(1, len(a.ID)):])
	}
	return "Tocsin"
}

// whom is who in the middle of a sentence: "the Incident Commander", "a participant", "Tocsin".
func (c cast) whom(a incident.Actor, at time.Time) string {
	switch who := c.who(a, at); {
	case who == participant:
		return "a participant"
	case a.Kind == incident.ActorPerson:
		return "the " + who
	default:
		return who
	}
}

// participant is what people without a role are called.
const participant = "Participant"

func (c cast) part(p incident.PersonID, at time.Time) string {
	if r, ok := c.roleAt(p, at); ok {
		return r.Title()
	}
	return participant
}

// say is what somebody wrote in Slack, on one line, people called by their part.
func (c cast) say(text string, at time.Time) string { return escape(c.readable(text, at)) }

// brief is say, cut to what fits a table.
func (c cast) brief(text string, at time.Time) string {
	return escape(excerpt(c.readable(text, at), maxExcerpt))
}

// maxExcerpt bounds quotations in tables, in code points; the appendix has all.
const maxExcerpt = 280

func (c cast) readable(text string, at time.Time) string {
	return timeline.Named(text, func(p incident.PersonID) string { return c.part(p, at) })
}

// holder is who answers for a role: the present holder, else the last one.
func (c cast) holder(r incident.Role) incident.PersonID {
	if p := c.Incident.Holder(r); p != "" {
		return p
	}
	for _, t := range slices.Backward(c.tenures) {
		if t.Role == r {
			return t.Person
		}
	}
	return ""
}

// askMark ends the line that names who should answer. Escaped text cannot contain it.
const askMark = ", please write:**"

// ask is a visible prompt to the one person who can best answer. The machine
// never makes up what only people know.
func (c cast) ask(r incident.Role, questions ...string) string {
	return "> **" + c.addressee(r) + askMark + "\n>\n> - " + strings.Join(questions, "\n> - ")
}

// addressee names who should answer: who holds the role, else the commander,
// else whoever declared.
func (c cast) addressee(r incident.Role) string {
	for _, role := range []incident.Role{r, incident.Commander} {
		if p := c.holder(role); p != "" {
			return role.Title() + " (" + escape(c.name(p)) + ")"
		}
	}
	if p := c.Incident.DeclaredBy.Person(); p != "" {
		return escape(c.name(p)) + " (who declared it)"
	}
	return "Whoever took part"
}
