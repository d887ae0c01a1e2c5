package timeline

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/tocsinhq/tocsin/incident"
)

func (t teller) paging(e incident.Event) string {
	switch e := e.(type) {
	case incident.EscalationBegan:
		return t.began(e)
	case incident.StepFired:
		return t.step(e)
	case incident.EscalationAcknowledged:
		return t.acknowledged(e)
	case incident.EscalationSnoozed:
		return "Snoozed until " + t.at(e.Until) + t.by(e.Person)
	case incident.EscalationReturned:
		return returned(e.Cause) + t.by(e.Person)
	case incident.EscalationHeld:
		return "Maintenance holds the page" + t.until(e.Until)
	case incident.EscalationRefused:
		return t.refused(e)
	case incident.EscalationExhausted:
		return "Everybody was asked and nobody answered"
	case incident.EscalationResolved:
		return t.over(e)
	case incident.DeliveryMoved:
		return t.delivery(e)
	case incident.PersonUnreachable:
		return "There is no way left to reach " + t.name(e.Person) + t.because(e.Reason)
	}
	return ""
}

func (t teller) began(e incident.EscalationBegan) string {
	s := fmt.Sprintf("Paging %s, urgency %s", t.text(e.Subject), t.text(e.Urgency))
	if e.Raised {
		s = fmt.Sprintf("Paging %s again, urgency raised to %s", t.text(e.Subject), t.text(e.Urgency))
	}
	return s + t.because(e.Reason)
}

// step says who is paged. It does not say "paged": only what was sent was.
func (t teller) step(e incident.StepFired) string {
	var who []string
	for _, p := range e.Pages {
		who = append(who, t.name(p.Person))
	}
	for _, p := range e.Places {
		who = append(who, p.Kind+" "+t.text(p.Name))
	}
	step := fmt.Sprintf("Step %d", e.Step)
	if e.Step == 0 {
		step = "Nobody is on call: the fallback"
	}
	if e.Pass > 0 {
		step += fmt.Sprintf(" (pass %d)", e.Pass+1)
	}
	if len(who) == 0 {
		return step + " has nobody to page"
	}
	return step + " pages " + strings.Join(who, ", ")
}

// over says who or what ended it.
func (t teller) over(e incident.EscalationResolved) string {
	what := "Paging"
	if e.Subject != "" {
		what += " " + t.text(e.Subject)
	}
	switch e.Cause {
	case "person":
		return what + " was stopped" + t.by(e.Person)
	case "age":
		return what + " is over by its age"
	}
	return what + " is over"
}

// refused says why nobody is paged for a service.
func (t teller) refused(e incident.EscalationRefused) string {
	s := "Nobody is paged for " + t.text(e.Subject) + ": "
	switch e.Cause {
	case "maintenance":
		return s + "maintenance drops its pages" + t.until(e.Until)
	case "nobody":
		return s + "it has neither an escalation policy nor a team that can be paged"
	}
	return s + "the service, its team or its escalation policy is not in the organisation any more"
}

func (t teller) acknowledged(e incident.EscalationAcknowledged) string {
	s := "Acknowledged" + t.by(e.Person)
	if e.Via != "" {
		s += " via " + t.way(e.Via)
	}
	if e.More > 0 {
		return s + fmt.Sprintf("; %d more must", e.More)
	}
	return s
}

func (t teller) delivery(e incident.DeliveryMoved) string {
	way := t.way(e.Method)
	first, size := utf8.DecodeRuneInString(way)
	s := fmt.Sprintf("%s to %s: %s", string(unicode.ToUpper(first))+way[size:], t.name(e.Person), t.text(e.State))
	if e.Repeat {
		s += " (a repeat)"
	}
	return s + t.because(e.Reason)
}

// ways are the ways of reaching people and of answering, as people call them.
var ways = map[string]string{
	"slack": "Slack", "sms": "text message", "voice": "phone call", "email": "e-mail", "push": "push message", "command": "a command",
}

func (t teller) way(name string) string {
	if known := ways[name]; known != "" {
		return known
	}
	return t.text(name)
}

func (t teller) by(p incident.PersonID) string {
	if p == "" {
		return ""
	}
	return " by " + t.name(p)
}

func returned(cause string) string {
	switch cause {
	case "ack_timeout":
		return "No sign of work since the acknowledgement: paging again; acknowledged before"
	case "snooze":
		return "The snooze is over: paging again; snoozed"
	}
	return "The acknowledgement was taken back: paging again; acknowledged before"
}

func (t teller) until(when time.Time) string {
	if when.IsZero() {
		return ""
	}
	return " until " + t.at(when)
}
