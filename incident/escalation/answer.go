package escalation

import (
	"slices"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

// Ack is one person's "I have it".
type Ack struct {
	Person incident.PersonID
	Via    string // the contact method, or slack, command
}

// Acknowledge stops the climbing once as many people as the policy asks for have
// it. When it has stopped already, or by the same person again, nothing changes:
// AckedBy tells who was first.
func (e *Escalation) Acknowledge(a Ack, now time.Time) []incident.Event {
	if e.State != Triggered || slices.Contains(e.AckedBy, a.Person) {
		return nil
	}
	e.AckedBy = append(e.AckedBy, a.Person)
	event := incident.EscalationAcknowledged{Person: a.Person, Via: a.Via, More: max(0, e.acks()-len(e.AckedBy))}
	if event.More == 0 {
		e.stop()
		if e.Policy.AckTimeout > 0 {
			e.AckDue = now.Add(e.Policy.AckTimeout)
		}
		event.Until = e.AckDue
	}
	return e.changed([]incident.Event{event})
}

// stop ends the climbing for as long as somebody has it.
func (e *Escalation) stop() {
	e.State, e.StepDue, e.Snoozed = Acknowledged, time.Time{}, false
	e.Held, e.HeldUntil = false, time.Time{}
}

// Unacknowledge takes the acknowledgement back and starts again. Of what nobody
// has acknowledged nothing changes.
func (e *Escalation) Unacknowledge(now time.Time, w World) ([]incident.Event, error) {
	if e.State != Acknowledged {
		return nil, nil
	}
	return e.comeBack(incident.EscalationReturned{Cause: "unacknowledged", Person: e.lastAck()}, now, w)
}

// Snooze is an acknowledgement that ends at an instant. It replaces the end of a
// running one; the same end again changes nothing.
func (e *Escalation) Snooze(by incident.PersonID, until time.Time) []incident.Event {
	if e.State == Resolved || e.Snoozed && e.AckDue.Equal(until) {
		return nil
	}
	e.stop()
	e.AckDue, e.Snoozed = until, true
	if by != "" && !slices.Contains(e.AckedBy, by) {
		e.AckedBy = append(e.AckedBy, by)
	}
	return e.changed([]incident.Event{incident.EscalationSnoozed{Person: by, Until: until}})
}

// AnyStep makes EscalateNow fire the next step whichever has fired last.
const AnyStep = -1

// EscalateNow fires the next step; after the last one it starts over, even when
// the repeats are used up. AsOf is Fired as the person saw it: when another step
// has fired since, nothing changes, so that two who press at once do it once. What
// was acknowledged is triggered again. Maintenance keeps this step back, too. Behind
// people who were asked by their names nobody comes, and nobody is asked twice: that is
// a Conflict error until they were asked for the last time by themselves.
func (e *Escalation) EscalateNow(asOf int, now time.Time, w World) ([]incident.Event, error) {
	if e.State == Resolved || asOf != AnyStep && asOf != e.Fired {
		return nil, nil
	}
	if e.ByName() && e.Fired > 0 && !e.Exhausted {
		return nil, incident.Errorf(incident.Conflict, "%s: asked for by name, so that nobody comes next; page somebody else.", e.Subject)
	}
	var events []incident.Event
	if e.State == Acknowledged {
		events = append(events, incident.EscalationReturned{Cause: "escalated", Person: e.lastAck()})
		e.Run++
		e.trigger()
	}
	e.StepDue = now
	if err := e.wrap(now, w); err != nil {
		return nil, err
	}
	more, err := e.climb(now, w)
	if err != nil {
		return nil, err
	}
	return e.changed(append(events, more...)), nil
}

// wrap begins the next pass when nobody is left in this one, also when the repeats
// are used up. It is done before the step fires, so that maintenance, which may keep
// the step back for hours, does not make it forgotten.
func (e *Escalation) wrap(now time.Time, w World) error {
	left, err := e.somebodyLeft(now, w)
	if err == nil && !left && e.Settled {
		e.Pass, e.Next, e.Settled = e.Pass+1, 1, false
	}
	return err
}

// Unreached says what was found out about the people who were paged.
type Unreached struct {
	AsOf int  // Fired as it was when that was found out
	Pass bool // nobody of the whole pass can be reached; else nobody of its last step
}

// PassOver fires the next step because nobody of the last one can be reached. When
// no later step of the pass has anybody, and nobody of the pass was reached, its
// fallback is paged, once: people who are all unreachable are as good as nobody.
// When another step has fired since, or somebody has it, nothing changes. The next
// pass waits for its time: who is unreachable is not paged without a pause.
func (e *Escalation) PassOver(u Unreached, now time.Time, w World) ([]incident.Event, error) {
	if e.State != Triggered || u.AsOf != e.Fired {
		return nil, nil
	}
	left, err := e.somebodyLeft(now, w)
	if err != nil {
		return nil, err
	}
	if !left {
		if left, err = e.fallbackLeft(u, now, w); err != nil || !left {
			return nil, err
		}
		e.Settled = false
	}
	e.StepDue = now
	events, err := e.climb(now, w)
	return e.changed(events), err
}

func (e *Escalation) somebodyLeft(now time.Time, w World) (bool, error) {
	for at := e.Next - 1; at < len(e.Policy.Steps); at++ {
		who, err := e.reach(e.Policy.Steps[at].Targets, now, w)
		if err != nil || !who.nobody() {
			return err == nil, err
		}
	}
	return false, nil
}

// fallbackLeft reports whether a pass that reached nobody has a fallback that was
// not paged yet.
func (e *Escalation) fallbackLeft(u Unreached, now time.Time, w World) (bool, error) {
	if !u.Pass || e.Next > len(e.Policy.Steps)+1 {
		return false, nil
	}
	who, err := e.reach(e.Policy.Fallback, now, w)
	return err == nil && !who.nobody(), err
}

// Raise makes a low urgency high and starts at the first step. What somebody has
// is raised in silence, for when it comes back. Raising what is high changes nothing.
func (e *Escalation) Raise(now time.Time, w World) ([]incident.Event, error) {
	if e.State == Resolved || e.Urgency == High {
		return nil, nil
	}
	e.Urgency, e.Raised = High, true
	if e.State == Acknowledged {
		return nil, nil
	}
	e.Run++
	e.AckedBy = nil
	e.fromTheStart(now)
	return e.climbAfter(e.began(true), now, w)
}

// Resolve ends it for good. The cause is incident, person, age or withdrawn.
func (e *Escalation) Resolve(cause string) []incident.Event { return e.resolve(cause, "") }

// Stop is Resolve by a person.
func (e *Escalation) Stop(by incident.PersonID) []incident.Event { return e.resolve("person", by) }

func (e *Escalation) resolve(cause string, by incident.PersonID) []incident.Event {
	if e.State == Resolved {
		return nil
	}
	e.stop()
	e.State, e.AckDue, e.ResolveDue = Resolved, time.Time{}, time.Time{}
	return e.changed([]incident.Event{incident.EscalationResolved{Cause: cause, Subject: e.Subject, Person: by}})
}

func (e *Escalation) lastAck() incident.PersonID {
	if len(e.AckedBy) == 0 {
		return ""
	}
	return e.AckedBy[len(e.AckedBy)-1]
}
