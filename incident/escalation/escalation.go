package escalation

import (
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

// State says whether somebody has it.
type State string

// The states of an escalation. Resolved is the end; a later trigger makes a new one.
const (
	Triggered    State = "triggered"
	Acknowledged State = "acknowledged"
	Resolved     State = "resolved"
)

// Urgency says how far an escalation goes. Low pages the first step that has
// somebody, once in a run, and climbs no further by itself.
type Urgency string

// The urgencies.
const (
	High Urgency = "high"
	Low  Urgency = "low"
)

// Escalation is the present state of one run of a policy. Its methods are the
// rules: they look at nothing but their arguments, return what happened, and do
// nothing when there is nothing to do. A zero time means never. Each change
// makes every earlier timer worthless by raising Generation.
type Escalation struct {
	ID       int64
	Incident incident.ID
	Key      string // no two open escalations share one
	Count    int    // how often it was asked for
	Subject  string // what was paged, as people say it
	Service  string // "" for none
	Urgency  Urgency
	Reason   string
	Raised   bool // by the change that returned it; not stored

	State     State
	Policy    Policy // as it was when the run began
	Pass      int    // counts from 0
	Next      int    // the step that comes next, counting from 1; past the last one the pass is over, by two when the fallback was paged
	Settled   bool   // this pass paged somebody, or its fallback has had its turn
	Fired     int    // how many steps have fired; a button carries it to tell which step it was pressed for
	Exhausted bool   // everybody was paged and nobody answered

	StepDue    time.Time // of Next; zero when it climbs no further
	AckDue     time.Time // when the acknowledgement or snooze runs out
	Snoozed    bool      // AckDue is the end of a snooze
	ResolveDue time.Time // when it ends by its age
	Held       bool      // maintenance keeps the due step back
	HeldUntil  time.Time // when that ends, if it is known

	Run        int // grows whenever it starts again, and outdates the pages of earlier runs
	Generation int // grows with every change, and outdates every earlier timer
	AckedBy    []incident.PersonID
	BeganAt    time.Time
	FiredAt    time.Time // when a step last paged somebody
}

// Due is when the escalation has to be looked at next; zero for never.
func (e *Escalation) Due() time.Time {
	if e.State == Resolved {
		return time.Time{}
	}
	due := e.ResolveDue
	for _, at := range []time.Time{e.climbDue(), e.AckDue} {
		if !at.IsZero() && (due.IsZero() || at.Before(due)) {
			due = at
		}
	}
	return due
}

func (e *Escalation) climbDue() time.Time {
	switch {
	case e.State != Triggered:
		return time.Time{}
	case e.Held:
		return e.HeldUntil
	}
	return e.StepDue
}

// acks is how many people must acknowledge.
func (e *Escalation) acks() int { return max(1, e.Policy.Acks) }

// changed ends every change: earlier timers are outdated, and the last event
// carries the new one. The others carry none.
func (e *Escalation) changed(events []incident.Event) []incident.Event {
	if len(events) == 0 {
		return nil
	}
	e.Generation++
	for n, event := range events {
		timer := incident.EscalationTimer{Escalation: e.ID, Generation: e.Generation}
		if n == len(events)-1 {
			timer.Due = e.Due()
		}
		events[n] = withTimer(event, timer)
	}
	return events
}

func withTimer(event incident.Event, t incident.EscalationTimer) incident.Event {
	switch e := event.(type) {
	case incident.EscalationBegan:
		e.EscalationTimer = t
		return e
	case incident.StepFired:
		e.EscalationTimer = t
		return e
	case incident.EscalationAcknowledged:
		e.EscalationTimer = t
		return e
	case incident.EscalationSnoozed:
		e.EscalationTimer = t
		return e
	case incident.EscalationReturned:
		e.EscalationTimer = t
		return e
	case incident.EscalationHeld:
		e.EscalationTimer = t
		return e
	case incident.EscalationExhausted:
		e.EscalationTimer = t
		return e
	case incident.EscalationResolved:
		e.EscalationTimer = t
		return e
	}
	return event
}
