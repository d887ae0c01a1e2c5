package escalation

import (
	"slices"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

// fallbackDelay is how long the fallback of a policy without steps has to answer.
const fallbackDelay = 5 * time.Minute

// Begin starts the first run: the first step fires at once, unless maintenance
// keeps it back. Policy is the copy that the run keeps.
func (e *Escalation) Begin(now time.Time, w World) ([]incident.Event, error) {
	e.State, e.Run, e.BeganAt, e.Count = Triggered, 1, now, 1
	if e.Policy.AutoResolve > 0 {
		e.ResolveDue = now.Add(e.Policy.AutoResolve)
	}
	e.fromTheStart(now)
	return e.climbAfter(e.began(false), now, w)
}

func (e *Escalation) began(raised bool) incident.Event {
	return incident.EscalationBegan{Raised: raised, Subject: e.Subject, Policy: e.Policy.ID, Service: e.Service, Urgency: string(e.Urgency), Reason: e.Reason}
}

// Advance does what is due: the end by age, the return of an acknowledgement or
// snooze that ran out, and at most one step, in this order, so that whoever acts
// in the instant of a step is in time. After an outage it does not catch up step
// by step: the next delay counts from now. When nothing is due nothing changes.
func (e *Escalation) Advance(now time.Time, w World) ([]incident.Event, error) {
	switch {
	case e.State == Resolved:
		return nil, nil
	case due(e.ResolveDue, now):
		return e.Resolve("age"), nil
	case e.State == Acknowledged && due(e.AckDue, now):
		return e.comeBack(e.ranOut(), now, w)
	case e.State == Triggered && due(e.StepDue, now):
		events, err := e.climb(now, w)
		return e.changed(events), err
	}
	return nil, nil
}

func due(at, now time.Time) bool { return !at.IsZero() && !at.After(now) }

// ranOut says what has come to its end, and names who had it.
func (e *Escalation) ranOut() incident.Event {
	returned := incident.EscalationReturned{Cause: "ack_timeout", Person: e.lastAck()}
	if e.Snoozed {
		returned.Cause = "snooze"
	}
	return returned
}

// comeBack starts a new run with the policy as it is now. One that was deleted,
// or that never had a name, stays as it was copied.
func (e *Escalation) comeBack(why incident.Event, now time.Time, w World) ([]incident.Event, error) {
	if e.Policy.ID != "" {
		fresh, ok, err := w.Policy(e.Policy.ID)
		if err != nil {
			return nil, err
		}
		if ok {
			e.Policy = fresh
		}
	}
	e.Run++
	e.trigger()
	e.fromTheStart(now)
	return e.climbAfter(why, now, w)
}

// trigger takes back that anybody has it.
func (e *Escalation) trigger() {
	e.State, e.AckDue, e.Snoozed, e.AckedBy = Triggered, time.Time{}, false, nil
}

func (e *Escalation) fromTheStart(now time.Time) {
	e.Pass, e.Next, e.Settled, e.Exhausted, e.StepDue = 0, 1, false, false, now
}

func (e *Escalation) climbAfter(first incident.Event, now time.Time, w World) ([]incident.Event, error) {
	events, err := e.climb(now, w)
	if err != nil {
		return nil, err
	}
	return e.changed(append([]incident.Event{first}, events...)), nil
}

// climb fires the next step that has somebody. Steps without anybody take no
// time; a pass without anybody pages the fallback.
func (e *Escalation) climb(now time.Time, w World) ([]incident.Event, error) {
	if stop, events, err := e.hold(now, w); stop || err != nil {
		return events, err
	}
	var skipped []int
	for {
		if e.Next > len(e.Policy.Steps) {
			switch {
			case !e.Settled:
				return e.fallBack(now, w, skipped)
			case e.Pass >= e.Policy.Repeat:
				e.StepDue, e.Exhausted = time.Time{}, true
				return []incident.Event{incident.EscalationExhausted{}}, nil
			}
			e.Pass, e.Next, e.Settled, skipped = e.Pass+1, 1, false, nil
			continue
		}
		step := e.Policy.Steps[e.Next-1]
		who, err := e.reach(step.Targets, now, w)
		if err != nil {
			return nil, err
		}
		e.Next++
		if !who.nobody() {
			return e.fire(e.Next-1, who, now.Add(step.Delay), skipped), nil
		}
		skipped = append(skipped, e.Next-1)
	}
}

// hold keeps a due step back during maintenance. It is said once, and again when
// the end is another.
func (e *Escalation) hold(now time.Time, w World) (stop bool, events []incident.Event, err error) {
	held, until, err := w.Maintenance(e.Service, now)
	if err != nil {
		return true, nil, err
	}
	if !held || e.ByName() {
		e.Held, e.HeldUntil = false, time.Time{}
		return false, nil, nil
	}
	if e.Held && e.HeldUntil.Equal(until) {
		return true, nil, nil
	}
	e.Held, e.HeldUntil = true, until
	return true, []incident.Event{incident.EscalationHeld{Until: until}}, nil
}

// ByName reports whether people were asked for by their names, and nothing else.
func (e *Escalation) ByName() bool {
	return len(e.Policy.Steps) == 1 && byName(e.Service, e.Policy.ID, e.Policy.Steps[0].Targets)
}

// fallBack pages the fallback, if there is any, and gives it the delay of the
// last step in either case.
func (e *Escalation) fallBack(now time.Time, w World, skipped []int) ([]incident.Event, error) {
	who, err := e.reach(e.Policy.Fallback, now, w)
	if err != nil {
		return nil, err
	}
	delay := fallbackDelay
	if n := len(e.Policy.Steps); n > 0 {
		delay = e.Policy.Steps[n-1].Delay
	}
	e.Next = len(e.Policy.Steps) + 2
	return e.fire(0, who, now.Add(delay), skipped), nil
}

func (e *Escalation) fire(step int, who Reached, next time.Time, skipped []int) []incident.Event {
	e.Settled, e.Fired, e.Exhausted, e.StepDue = true, e.Fired+1, false, next
	if e.Urgency == Low {
		e.StepDue = time.Time{}
	}
	fired := incident.StepFired{Pass: e.Pass, Step: step, Places: who.Places, Skipped: skipped}
	for _, p := range who.People {
		fired.Pages = append(fired.Pages, incident.Page{Person: p})
	}
	return []incident.Event{fired}
}

// reach resolves targets now, each person and place once. Who has acknowledged in
// this run is not asked again while others must.
func (e *Escalation) reach(targets []Target, now time.Time, w World) (Reached, error) {
	var all Reached
	for _, t := range targets {
		who, err := w.Resolve(t, now)
		if err != nil {
			return Reached{}, err
		}
		all.add(who)
	}
	all.People = slices.DeleteFunc(all.People, func(p incident.PersonID) bool { return slices.Contains(e.AckedBy, p) })
	return all, nil
}
