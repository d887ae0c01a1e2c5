package escalation

import (
	"slices"
	"time"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/timeline"
)

// Account is what came of all paging of an incident, and of one person in it.
type Account struct {
	Incident incident.ID
	Service  string            // that the incident was declared for; "" for none
	Person   incident.PersonID // "" for nobody in particular
	Far      string            // how far the messages to the person have come, in words; "" when that is not known
	Removed  bool              // the person is not in the organisation any more
	Now      time.Time
	Refused  []timeline.Entry // why nobody was paged for the service
	Courses  []Course         // every escalation, oldest first
}

// Course is one escalation and what came of it.
type Course struct {
	Escalation *Escalation      // as it stands now
	Record     []timeline.Entry // what happened to it, oldest first
	Pages      []PersonPage     // of the person that was asked for
	Reasons    []Reason         // why there were no more pages of them
}

// PersonPage is one page of the person that was asked for.
type PersonPage struct {
	ID   int64 // of the page, as deliveries name it
	At   time.Time
	Run  int
	Pass int // counts from 0
	Step int // counts from 1; 0 is the fallback
}

// ReasonKind says why somebody was not paged.
type ReasonKind string

// Why somebody is not paged.
const (
	ReasonRemoved      ReasonKind = "removed"       // is not in the organisation
	ReasonElse         ReasonKind = "somebody else" // another one was on call, in the team or in the group
	ReasonUnnamed      ReasonKind = "not named"     // the step names others
	ReasonAcknowledged ReasonKind = "acknowledged"  // had acknowledged before, and is not asked twice
	ReasonNotReached   ReasonKind = "not reached"   // the step would page them, and has not fired
	ReasonAltered      ReasonKind = "altered"       // by today's plan they were meant, and by that time's they were not
)

// Reason is why one target of one step did not page a person.
type Reason struct {
	Kind   ReasonKind
	Step   int       // counts from 1; 0 is the fallback
	At     time.Time // of the step, or when the paging stopped before it
	Target Target
	Others []incident.PersonID // whom the target meant then
	Stop   Stop                // of what was not reached: why
}

// StopKind says what kept a step from firing.
type StopKind string

// What keeps a step from firing.
const (
	StopAcknowledged StopKind = "acknowledged"
	StopSnoozed      StopKind = "snoozed"
	StopResolved     StopKind = "resolved"
	StopLow          StopKind = "low"  // low urgency pages the first step that has somebody
	StopHeld         StopKind = "held" // maintenance
	StopDue          StopKind = "due"  // it is to come
	StopExhausted    StopKind = "exhausted"
)

// Stop is what kept a step from firing, since when, and through whom.
type Stop struct {
	Kind   StopKind
	At     time.Time // when that happened; of what is to come, when the next step is due
	Person incident.PersonID
}

// explain finds the pages of the person, and for every step that did not page them the
// reason.
func (c *Course) explain(a *Account, aim aimer) error {
	c.pages(a.Person)
	if a.Removed {
		c.Reasons = append(c.Reasons, Reason{Kind: ReasonRemoved, At: a.Now})
		return nil
	}
	known := map[Target]bool{}
	fired := map[int]bool{}
	for n, entry := range c.Record {
		event, ok := entry.Event.(incident.StepFired)
		if !ok {
			continue
		}
		for _, step := range append(slices.Clone(event.Skipped), event.Step) {
			if fired[step] {
				continue
			}
			fired[step] = true
			if step == event.Step && slices.Contains(reachedBy(event).People, a.Person) {
				continue
			}
			if err := c.notBy(a.Person, step, n, known, aim); err != nil {
				return err
			}
		}
	}
	if len(c.Pages) > 0 {
		c.Reasons = nil // they were asked: why other steps left them out is noise
		return nil
	}
	return c.notReached(a, fired, aim)
}

// pages finds the pages of a person. Whatever starts a run again says so in the record.
func (c *Course) pages(person incident.PersonID) {
	run := 0
	for _, entry := range c.Record {
		switch event := entry.Event.(type) {
		case incident.EscalationBegan, incident.EscalationReturned:
			run++
		case incident.StepFired:
			for _, p := range event.Pages {
				if p.Person == person {
					c.Pages = append(c.Pages, PersonPage{ID: p.ID, At: entry.OccurredAt, Run: run, Pass: event.Pass, Step: event.Step})
				}
			}
		}
	}
}

// notBy gives the reasons of a step that fired, or was skipped, with entry n. Each
// target is explained once.
func (c *Course) notBy(person incident.PersonID, step, n int, known map[Target]bool, aim aimer) error {
	at := c.Record[n].OccurredAt
	for _, t := range targetsOf(c.Escalation.Policy, step) {
		if known[t] {
			continue
		}
		known[t] = true
		meant, err := aim(t, at)
		if err != nil {
			return err
		}
		r := Reason{Kind: ReasonElse, Step: step, At: at, Target: t, Others: meant.People}
		switch {
		case slices.Contains(meant.People, person) && c.ackedBefore(person, n):
			r.Kind = ReasonAcknowledged
		case slices.Contains(meant.People, person):
			r.Kind = ReasonAltered
		case t.Kind == TargetPerson || t.Kind == TargetChannel || t.Kind == TargetWebhook:
			r.Kind = ReasonUnnamed
		}
		c.Reasons = append(c.Reasons, r)
	}
	return nil
}

// ackedBefore reports whether somebody has acknowledged in the run that entry n is of.
func (c *Course) ackedBefore(person incident.PersonID, n int) (acked bool) {
	for _, entry := range c.Record[:n] {
		switch event := entry.Event.(type) {
		case incident.EscalationAcknowledged:
			acked = acked || event.Person == person
		case incident.EscalationBegan, incident.EscalationReturned:
			acked = false
		}
	}
	return acked
}

// notReached gives a reason for every step that never fired and would page the person.
func (c *Course) notReached(a *Account, fired map[int]bool, aim aimer) error {
	stop := c.stop(a.Now)
	at := stop.At
	if at.IsZero() {
		at = a.Now
	}
	steps := len(c.Escalation.Policy.Steps)
	for n := range steps + 1 {
		step := (n + 1) % (steps + 1) // the fallback, 0, has its turn last
		if fired[step] {
			continue
		}
		for _, t := range targetsOf(c.Escalation.Policy, step) {
			meant, err := aim(t, at)
			if err != nil {
				return err
			}
			if slices.Contains(meant.People, a.Person) {
				c.Reasons = append(c.Reasons, Reason{Kind: ReasonNotReached, Step: step, At: at, Target: t, Others: meant.People, Stop: stop})
			}
		}
	}
	return nil
}

// stop says what keeps the next step from firing.
func (c *Course) stop(now time.Time) Stop {
	e := c.Escalation
	if e.State != Triggered {
		return c.stopped(now)
	}
	switch {
	case e.Held:
		return Stop{Kind: StopHeld, At: c.last(incident.KindEscalationHeld, now)}
	case e.Exhausted:
		return Stop{Kind: StopExhausted, At: c.last(incident.KindEscalationExhausted, now)}
	case e.Urgency == Low:
		return Stop{Kind: StopLow, At: c.last(incident.KindStepFired, now)}
	}
	return Stop{Kind: StopDue, At: e.StepDue}
}

// stopped is what ended the climbing of what is not triggered: the last that happened
// to it, but who had acknowledged what then was resolved says more.
func (c *Course) stopped(now time.Time) (s Stop) {
	s = Stop{Kind: StopResolved, At: now}
	for _, entry := range c.Record {
		switch event := entry.Event.(type) {
		case incident.EscalationAcknowledged:
			s = Stop{Kind: StopAcknowledged, At: entry.OccurredAt, Person: event.Person}
		case incident.EscalationSnoozed:
			s = Stop{Kind: StopSnoozed, At: entry.OccurredAt, Person: event.Person}
		case incident.EscalationReturned:
			s = Stop{Kind: StopResolved, At: now}
		case incident.EscalationResolved:
			if s.Kind == StopResolved {
				s.At, s.Person = entry.OccurredAt, event.Person
			}
		}
	}
	return s
}

// last is when something of a kind happened last.
func (c *Course) last(kind incident.Kind, otherwise time.Time) time.Time {
	for _, entry := range slices.Backward(c.Record) {
		if entry.Event.Kind() == kind {
			return entry.OccurredAt
		}
	}
	return otherwise
}
