package escalation

import (
	"context"
	"slices"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

// Answer is what came of an acknowledgement.
type Answer struct {
	Escalation *Escalation         // as it is now
	Counted    bool                // this acknowledgement was the first of its person, and in time
	Before     []incident.PersonID // who had acknowledged already
	More       int                 // how many further people must acknowledge before the paging stops
}

// Acknowledge says that a person has it. The second of two in one instant, and
// the second of one person, change nothing and learn from the answer who was
// first. Who was removed is refused.
func (s *Service) Acknowledge(ctx context.Context, id int64, a Ack, by incident.Actor) (Answer, error) {
	if err := checkMayAct(ctx, s.Pool, a.Person); err != nil {
		return Answer{}, err
	}
	var answer Answer
	e, err := s.change(ctx, id, by, func(_ *incident.Incident, e *Escalation, now time.Time, _ World) (events []incident.Event, err error) {
		answer, events = e.answer(a, now)
		return events, nil
	})
	answer.Escalation = e
	return answer, err
}

// AcknowledgeIncident acknowledges everything of an incident that is open, in one
// transaction, with an answer for each, oldest first.
func (s *Service) AcknowledgeIncident(ctx context.Context, id incident.ID, a Ack, by incident.Actor) ([]Answer, error) {
	if err := checkMayAct(ctx, s.Pool, a.Person); err != nil {
		return nil, err
	}
	var answers []Answer
	_, err := s.changeAll(ctx, id, by, func(_ *incident.Incident, e *Escalation, now time.Time, _ World) ([]incident.Event, error) {
		answer, events := e.answer(a, now)
		answers = append(answers, answer)
		return events, nil
	})
	if err != nil {
		return nil, err
	}
	return answers, nil
}

func (e *Escalation) answer(a Ack, now time.Time) (Answer, []incident.Event) {
	before := slices.Clone(e.AckedBy)
	events := e.Acknowledge(a, now)
	answer := Answer{Escalation: e, Counted: len(events) > 0, Before: before}
	if e.State == Triggered {
		answer.More = e.acks() - len(e.AckedBy)
	}
	return answer, events
}

// Unacknowledge takes an acknowledgement or snooze back: it starts again at the
// first step, with the policy as it is now. What is not acknowledged stays as it is.
func (s *Service) Unacknowledge(ctx context.Context, id int64, by incident.Actor) (*Escalation, error) {
	return s.change(ctx, id, by, func(i *incident.Incident, e *Escalation, now time.Time, w World) ([]incident.Event, error) {
		if !i.Status.Ongoing() {
			return e.Resolve("incident"), nil
		}
		return e.Unacknowledge(now, w)
	})
}

// Snooze is an acknowledgement that ends d from now; it replaces the end of a
// running one. What is resolved stays resolved.
func (s *Service) Snooze(ctx context.Context, id int64, d time.Duration, by incident.Actor) (*Escalation, error) {
	if d <= 0 {
		return nil, incident.Errorf(incident.Invalid, "A snooze has to end in the future; give a time such as 30m.")
	}
	if err := checkMayAct(ctx, s.Pool, by.Person()); err != nil {
		return nil, err
	}
	return s.change(ctx, id, by, func(_ *incident.Incident, e *Escalation, now time.Time, _ World) ([]incident.Event, error) {
		return e.Snooze(by.Person(), now.Add(d)), nil
	})
}

// EscalateNow fires the next step. AsOf is Fired of the escalation that the person
// saw, or AnyStep; moved is false when another step has fired since, when it is
// over, and when maintenance keeps the step back.
func (s *Service) EscalateNow(ctx context.Context, id int64, asOf int, by incident.Actor) (e *Escalation, moved bool, err error) {
	return s.escalate(ctx, id, asOf, by, func(*Escalation) bool { return true })
}

func (s *Service) escalate(ctx context.Context, id int64, asOf int, by incident.Actor, may func(*Escalation) bool) (e *Escalation, moved bool, err error) {
	e, err = s.change(ctx, id, by, func(i *incident.Incident, e *Escalation, now time.Time, w World) ([]incident.Event, error) {
		if !i.Status.Ongoing() {
			return e.Resolve("incident"), nil
		}
		if !may(e) {
			return nil, nil
		}
		fired := e.Fired
		events, err := e.EscalateNow(asOf, now, w)
		moved = e.Fired > fired
		return events, err
	})
	return e, moved, err
}

// EscalateUnanswered is EscalateNow for what still waits for an answer: what somebody
// has acknowledged meanwhile stays theirs.
func (s *Service) EscalateUnanswered(ctx context.Context, id int64, asOf int, by incident.Actor) (e *Escalation, moved bool, err error) {
	return s.escalate(ctx, id, asOf, by, func(e *Escalation) bool { return e.State == Triggered })
}

// TakeBack takes back what a person has acknowledged, as Unacknowledge does; taken is
// false when they do not have it.
func (s *Service) TakeBack(ctx context.Context, id int64, p incident.PersonID) (e *Escalation, taken bool, err error) {
	e, err = s.change(ctx, id, incident.By(p), func(i *incident.Incident, e *Escalation, now time.Time, w World) ([]incident.Event, error) {
		switch {
		case !i.Status.Ongoing():
			return e.Resolve("incident"), nil
		case !slices.Contains(e.AckedBy, p):
			return nil, nil
		}
		events, err := e.Unacknowledge(now, w)
		taken = len(events) > 0
		return events, err
	})
	return e, taken, err
}

// Raise makes a low urgency high and starts at the first step.
func (s *Service) Raise(ctx context.Context, id int64, by incident.Actor) (*Escalation, error) {
	return s.change(ctx, id, by, func(i *incident.Incident, e *Escalation, now time.Time, w World) ([]incident.Event, error) {
		if !i.Status.Ongoing() {
			return e.Resolve("incident"), nil
		}
		return e.Raise(now, w)
	})
}

// Resolve ends an escalation for good, because a person says so. A later request
// with its key begins a new one.
func (s *Service) Resolve(ctx context.Context, id int64, by incident.Actor) (*Escalation, error) {
	return s.change(ctx, id, by, func(_ *incident.Incident, e *Escalation, _ time.Time, _ World) ([]incident.Event, error) {
		return e.Stop(by.Person()), nil
	})
}

// Withdraw is Resolve for what should not have been paged.
func (s *Service) Withdraw(ctx context.Context, id int64, by incident.Actor) (*Escalation, error) {
	return s.change(ctx, id, by, func(_ *incident.Incident, e *Escalation, _ time.Time, _ World) ([]incident.Event, error) {
		return e.Resolve("withdrawn"), nil
	})
}
