package view

import (
	"strconv"
	"strings"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/timeline"
)

// pagingLine says what happens to a page. It never says that somebody was paged
// when it was only tried: how far each message has come stands on the card.
func pagingLine(by string, e timeline.Entry) string {
	switch ev := e.Event.(type) {
	case incident.EscalationBegan:
		return ":pager: " + by + " asks for " + bold(said(ev.Subject, maxLine)) + urgently(ev) + explained(ev.Reason)
	case incident.StepFired:
		return stepFired(ev)
	case incident.EscalationAcknowledged:
		return acknowledged(ev)
	case incident.EscalationSnoozed:
		return ":zzz: " + byPerson("Put off", ev.Person) + until(ev.Until)
	case incident.EscalationReturned:
		return returned(by, ev)
	case incident.EscalationHeld:
		return ":construction: Maintenance holds the paging back" + until(ev.Until)
	case incident.EscalationRefused:
		return refused(ev) + "\nPage whoever is needed by name: they are asked at once."
	case incident.EscalationExhausted:
		return ":x: Everybody was asked and *nobody answered*. Page somebody else, or call them."
	case incident.EscalationResolved:
		return ":no_bell: " + by + " stopped the paging of " + bold(said(ev.Subject, maxLine)) + ": nobody is asked for it any more"
	case incident.DeliveryMoved:
		return ":warning: A message to " + Mention(string(ev.Person)) + " by " + said(ev.Method, 40) + " " + said(ev.State, 40) + because(ev.Reason)
	case incident.PersonUnreachable:
		return ":warning: There is *no way left* to reach " + Mention(string(ev.Person)) + because(ev.Reason)
	}
	return ""
}

// refused says that nobody is paged for a service, why, and that this stays so.
func refused(e incident.EscalationRefused) string {
	what := bold("Nobody is paged for " + said(e.Subject, 80))
	switch e.Cause {
	case "maintenance":
		return ":construction: " + what + ": maintenance drops its pages" + until(e.Until) + ". It is not paged afterwards either."
	case "nobody":
		return ":x: " + what + ": it has neither an escalation policy nor a team that can be paged."
	}
	return ":x: " + what + ": the service, its team or its escalation policy is not in the organisation any more."
}

func urgently(e incident.EscalationBegan) string {
	switch {
	case e.Raised:
		return " again, with *high urgency* now"
	case e.Urgency == "low":
		return " (low urgency)"
	}
	return ""
}

func stepFired(e incident.StepFired) string {
	var who []string
	var asked []incident.PersonID
	for _, p := range e.Pages {
		asked = append(asked, p.Person)
	}
	if len(asked) > 0 {
		who = append(who, people(asked))
	}
	for n, p := range e.Places {
		if n == maxNamed {
			who = append(who, count(len(e.Places)-n, "more place", "more places"))
			break
		}
		who = append(who, Truncate(placeName(p.Name), 80))
	}
	switch {
	case len(who) == 0:
		return ":x: *Nobody is on call*, and there is no fallback. Page somebody."
	case e.Step == 0:
		return ":pager: Nobody is on call. The fallback is asked: " + strings.Join(who, ", ")
	}
	return ":pager: Asking " + strings.Join(who, ", ") + " " + ordinal(e)
}

func ordinal(e incident.StepFired) string {
	text := "(step " + strconv.Itoa(e.Step)
	if e.Pass > 0 {
		text += ", round " + strconv.Itoa(e.Pass+1)
	}
	return text + ")"
}

func acknowledged(e incident.EscalationAcknowledged) string {
	line := ":white_check_mark: " + byPerson("*Acknowledged*", e.Person)
	if e.More > 0 {
		return line + "; " + count(e.More, "more person has to", "more people have to")
	}
	return line + until(e.Until)
}

func byPerson(what string, p incident.PersonID) string {
	if p == "" {
		return what
	}
	return what + " by " + Mention(string(p))
}

func returned(by string, e incident.EscalationReturned) string {
	switch e.Cause {
	case "ack_timeout":
		return ":pager: " + byPerson("There was no sign of work since it was acknowledged", e.Person) + ": it pages again"
	case "snooze":
		return ":pager: " + byPerson("The time is over for which it was put off", e.Person) + ": it pages again"
	case "escalated":
		return ":pager: " + by + " asks further people, although it was acknowledged"
	}
	return ":pager: " + by + " took the acknowledgement back: it pages again"
}
