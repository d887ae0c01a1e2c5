package escalation_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
)

var midnight = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// table is a world that a test sets by hand, and the escalations in it.
type table struct {
	t       *testing.T
	now     time.Time
	policy  escalation.Policy
	gone    bool // the policy was deleted
	onCall  func(schedule string, at time.Time) []incident.PersonID
	removed map[incident.PersonID]bool
	held    bool
	until   time.Time
	all     []*escalation.Escalation
	noted   ledger
}

func newTable(t *testing.T, p escalation.Policy) *table {
	return &table{t: t, now: midnight, policy: p, removed: map[incident.PersonID]bool{}, noted: ledger{start: midnight}}
}

func (w *table) world() escalation.World {
	return escalation.World{
		Resolve: func(t escalation.Target, at time.Time) (r escalation.Reached, err error) {
			switch t.Kind {
			case escalation.TargetPerson:
				r.People = []incident.PersonID{incident.PersonID(t.ID)}
			case escalation.TargetSchedule:
				r.People = w.onCall(t.ID, at)
			default:
				r.Places = []incident.Place{{Kind: string(t.Kind), Name: t.ID}}
			}
			r.People = slices.DeleteFunc(slices.Clone(r.People), func(p incident.PersonID) bool { return w.removed[p] })
			return r, nil
		},
		Maintenance: func(string, time.Time) (bool, time.Time, error) {
			return w.held && (w.until.IsZero() || w.now.Before(w.until)), w.until, nil
		},
		Policy: func(id string) (escalation.Policy, bool, error) { return w.policy, !w.gone, nil },
	}
}

// note keeps what happened, checks the timer that it carries, and returns it.
func (w *table) note(e *escalation.Escalation, events []incident.Event, err error) []incident.Event {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
	for n, event := range events {
		timer := event.(interface {
			Timer() incident.EscalationTimer
		}).Timer()
		if timer.Generation != e.Generation || timer.Escalation != e.ID {
			w.t.Errorf("%T carries timer %+v; the escalation is %d at generation %d", event, timer, e.ID, e.Generation)
		}
		if last := n == len(events)-1; last != timer.Due.Equal(e.Due()) && !e.Due().IsZero() {
			w.t.Errorf("event %d of %d, %T, is due %v; the escalation %v", n+1, len(events), event, timer.Due, e.Due())
		}
	}
	w.noted.note(int(e.ID), w.now, events)
	return events
}

// open finds the open escalation of a key.
func (w *table) open(key string) *escalation.Escalation {
	for _, e := range w.all {
		if e.Key == key && e.State != escalation.Resolved {
			return e
		}
	}
	return nil
}

func (w *table) begin(key string) *escalation.Escalation {
	if e := w.open(key); e != nil {
		e.Count++
		return e
	}
	e := &escalation.Escalation{ID: int64(len(w.all) + 1), Key: key, Urgency: escalation.High, Policy: w.policy}
	w.all = append(w.all, e)
	events, err := e.Begin(w.now, w.world())
	w.note(e, events, err)
	return e
}

// pass lets time go by, with timers that fire in their instant.
func (w *table) pass(to time.Time) {
	for {
		next := to
		for _, e := range w.all {
			if at := e.Due(); !at.IsZero() && at.After(w.now) && at.Before(next) {
				next = at
			}
		}
		w.now = next
		if next.Equal(to) {
			return
		}
		w.timers()
	}
}

// timers fires what is due now.
func (w *table) timers() {
	for _, e := range w.all {
		events, err := e.Advance(w.now, w.world())
		w.note(e, events, err)
		if events, err = e.Advance(w.now, w.world()); err != nil || len(events) != 0 {
			w.t.Errorf("advancing twice at %v did more: %v, %v", w.now, events, err)
		}
	}
}

func (w *table) do(v vector, a act) {
	e := w.open(a.Key)
	switch {
	case a.Do == "trigger":
		if !w.held || v.MaintenanceMode != "drop" {
			w.begin(a.Key)
		}
		return
	case a.Do == "edit_policy":
		w.policy = a.Policy.policy()
		return
	case a.Do == "remove_user":
		w.removed[incident.PersonID(a.User)] = true
		return
	case a.Do == "maintenance_start" || a.Do == "maintenance_end":
		w.held = a.Do == "maintenance_start"
		return
	case e == nil, a.Do == "ack" && w.removed[incident.PersonID(a.By)]: // the service refuses who was removed
		return
	}
	var events []incident.Event
	var err error
	switch a.Do {
	case "ack":
		events = e.Acknowledge(escalation.Ack{Person: incident.PersonID(a.By)}, w.now)
	case "unack":
		events, err = e.Unacknowledge(w.now, w.world())
	case "resolve":
		events = e.Resolve("person")
	case "snooze":
		events = e.Snooze("", w.now.Add(seconds(a.For)))
	case "escalate":
		events, err = e.EscalateNow(escalation.AnyStep, w.now, w.world())
	default:
		w.t.Fatalf("this test does not know how to %s", a.Do)
	}
	w.note(e, events, err)
}

func TestRulesFollowTheTimelines(t *testing.T) {
	t.Parallel()
	for _, v := range vectors(t) {
		t.Run(v.ID, func(t *testing.T) {
			t.Parallel()
			w := newTable(t, v.Policy.policy())
			w.onCall = func(schedule string, at time.Time) []incident.PersonID { return v.onCall(schedule, w.noted.second(at)) }
			for at := 0; at < len(v.Events); {
				w.pass(midnight.Add(seconds(v.Events[at].T)))
				for t := v.Events[at].T; at < len(v.Events) && v.Events[at].T == t; at++ {
					w.do(v, v.Events[at])
				}
				w.timers()
			}
			w.pass(midnight.Add(seconds(v.Until)))
			w.noted.sort()
			if diff := cmp.Diff(v.Expect, w.noted.outcome, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", v.Title, diff)
			}
		})
	}
}

// shift says who is on call in a scenario: Ana always, Ana and from 300 on Bo, or nobody.
func (w *table) shift(schedule string, at time.Time) []incident.PersonID {
	switch {
	case schedule == "ana", schedule == "handoff" && w.noted.second(at) < 300:
		return []incident.PersonID{"ana"}
	case schedule == "handoff":
		return []incident.PersonID{"bo"}
	}
	return nil
}
