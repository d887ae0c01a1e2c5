package escalation

import (
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

// Question asks who would be paged. Exactly one of Service and Policy is set.
type Question struct {
	Service  string
	Policy   string
	Severity incident.Severity // of the incident; 0: the usual one. It matters for services alone
	At       time.Time         // when paging begins; zero: now

	assumed bool // nobody said the severity
}

// Forecast is who would be paged if nobody answered, found by running the rules
// themselves ahead of time. Teams, policies and Slack's user groups are taken as they
// are now, schedules and maintenance as they are planned for each instant.
type Forecast struct {
	Question
	Subject string // what is paged, as people say it
	Plan    Policy // what the run goes by; without an id when people are paged without a policy
	Urgency Urgency
	Because UrgencyCause
	Refused string // a sentence when nothing would begin at all, as when maintenance drops pages
	Rungs   []Rung
	Holds   []HoldBack // by maintenance
	End     Ending
	Ends    time.Time // when it is exhausted or ends by its age; else zero
}

// UrgencyCause says what made the urgency.
type UrgencyCause string

// What makes an urgency: the service pages so whatever happens, the severity, the
// hours of the service, or that a policy is asked for by itself.
const (
	UrgencyAlways   UrgencyCause = "always"
	UrgencySeverity UrgencyCause = "severity"
	UrgencyHours    UrgencyCause = "hours"
	UrgencyAsked    UrgencyCause = "asked"
)

// Ending says how paging ends that nobody answers.
type Ending string

// The endings: everybody was paged, low urgency climbs no further, it resolves itself
// by its age, maintenance without an end keeps it back, it never began, or there is
// more than a forecast looks at.
const (
	EndExhausted Ending = "exhausted"
	EndLow       Ending = "low"
	EndAge       Ending = "age"
	EndHeld      Ending = "held"
	EndRefused   Ending = "refused"
	EndCut       Ending = "cut"
)

// Rung is one step as it would fire.
type Rung struct {
	At      time.Time
	Pass    int           // counts from 0
	Step    int           // counts from 1; 0 is the fallback
	Delay   time.Duration // before the next one; 0 when none follows
	Aims    []Aim         // its targets
	Reached               // whom it pages: everybody of the targets, once
	Skipped []Skipped     // steps before it that would have nobody
}

// Skipped is a step that nobody is on at the instant in which it is its turn.
type Skipped struct {
	Step int
	Aims []Aim
}

// Aim is a target and whom it means at an instant.
type Aim struct {
	Target
	Reached
	Note string // why it means nobody, or not everybody, as a sentence; "" when there is nothing to say
}

// HoldBack is maintenance that keeps a due step back.
type HoldBack struct{ From, Until time.Time } // Until is zero for an open end

// looksAhead bounds how many times a forecast asks the rules: no ladder that makes
// sense is longer.
const looksAhead = 500

// aimer explains what a target means at an instant.
type aimer func(t Target, at time.Time) (Aim, error)

// run lets the rules play from an instant on with nobody answering. E is fresh and has
// its policy and urgency.
func (f *Forecast) run(e *Escalation, w World, aim aimer) error {
	now := f.At
	events, err := e.Begin(now, w)
	for range looksAhead {
		if err != nil {
			return err
		}
		for _, event := range events {
			if err := f.note(e, event, now, aim); err != nil {
				return err
			}
		}
		if f.End == "" && (e.Due().IsZero() || len(events) == 0) {
			f.End = EndLow
			if e.Held {
				f.End = EndHeld
			}
		}
		if f.End != "" {
			return nil
		}
		now = e.Due()
		events, err = e.Advance(now, w)
	}
	f.End = EndCut
	return err
}

func (f *Forecast) note(e *Escalation, event incident.Event, now time.Time, aim aimer) error {
	switch event := event.(type) {
	case incident.StepFired:
		return f.fired(e, event, now, aim)
	case incident.EscalationHeld:
		f.Holds = append(f.Holds, HoldBack{From: now, Until: event.Until})
	case incident.EscalationExhausted:
		f.End, f.Ends = EndExhausted, now
	case incident.EscalationResolved:
		f.End, f.Ends = EndAge, now
	}
	return nil
}

func (f *Forecast) fired(e *Escalation, event incident.StepFired, now time.Time, aim aimer) (err error) {
	r := Rung{At: now, Pass: event.Pass, Step: event.Step, Reached: reachedBy(event)}
	if !e.StepDue.IsZero() {
		r.Delay = e.StepDue.Sub(now)
	}
	if r.Aims, err = aims(targetsOf(e.Policy, event.Step), now, aim); err != nil {
		return err
	}
	for _, step := range event.Skipped {
		all, err := aims(targetsOf(e.Policy, step), now, aim)
		if err != nil {
			return err
		}
		r.Skipped = append(r.Skipped, Skipped{Step: step, Aims: all})
	}
	f.Rungs = append(f.Rungs, r)
	return nil
}

// reachedBy is whom a step that fired has paged.
func reachedBy(event incident.StepFired) Reached {
	r := Reached{Places: event.Places}
	for _, p := range event.Pages {
		r.People = append(r.People, p.Person)
	}
	return r
}

// targetsOf lists the targets of a step; 0 is the fallback. A step that the policy
// does not have has none.
func targetsOf(p Policy, step int) []Target {
	switch {
	case step == 0:
		return p.Fallback
	case step > 0 && step <= len(p.Steps):
		return p.Steps[step-1].Targets
	}
	return nil
}

func aims(targets []Target, at time.Time, aim aimer) (all []Aim, err error) {
	for _, t := range targets {
		a, err := aim(t, at)
		if err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	return all, nil
}

// Nobody reports whether no rung reaches anybody or any place.
func (f *Forecast) Nobody() bool {
	for _, r := range f.Rungs {
		if !r.nobody() {
			return false
		}
	}
	return true
}
