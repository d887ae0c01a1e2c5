package escalation_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
)

// anyPolicy makes a policy of up to four steps; some targets may be nobody.
func anyPolicy(r *rand.Rand) escalation.Policy {
	p := escalation.Policy{ID: "any", Repeat: r.IntN(4), Acks: r.IntN(3)}
	for range r.IntN(5) {
		s := escalation.Step{Delay: seconds(r.IntN(600))}
		for range r.IntN(3) {
			s.Targets = append(s.Targets, anyTarget(r))
		}
		p.Steps = append(p.Steps, s)
	}
	if r.IntN(2) == 0 {
		p.Fallback = []escalation.Target{anyTarget(r)}
	}
	if r.IntN(3) == 0 {
		p.AckTimeout = seconds(1 + r.IntN(1200))
	}
	if r.IntN(4) == 0 {
		p.AutoResolve = seconds(1 + r.IntN(7200))
	}
	return p
}

func anyTarget(r *rand.Rand) escalation.Target {
	kinds := []escalation.TargetKind{escalation.TargetPerson, escalation.TargetSchedule, escalation.TargetChannel}
	return escalation.Target{Kind: kinds[r.IntN(len(kinds))], ID: string(rune('a' + r.IntN(4)))}
}

// judge watches one escalation and objects to what must never happen.
type judge struct {
	t        *testing.T
	e        *escalation.Escalation
	lastPage time.Time
	delay    time.Duration // that the last firing promised
	byHand   bool          // what happens now a person asked for
	passes   map[int]int   // highest pass of each run, without those begun by hand
	seen     map[string]bool
	hands    int
}

func (j *judge) watch(now time.Time, before escalation.State, events []incident.Event) {
	j.t.Helper()
	fired := 0
	if j.byHand {
		j.delay = 0 // a person may start it again, also while it is held
	}
	for _, event := range events {
		e, ok := event.(incident.StepFired)
		if !ok {
			if _, back := event.(incident.EscalationReturned); back {
				before, j.delay = escalation.Triggered, 0
			}
			continue
		}
		fired++
		if before != escalation.Triggered && before != "" {
			j.t.Errorf("a step fired while it was %s", before)
		}
		if early := j.delay - now.Sub(j.lastPage); early > 0 {
			j.t.Errorf("a step fired %v too early", early)
		}
		j.once(e)
		j.lastPage, j.delay = now, 0
		if !j.e.StepDue.IsZero() {
			j.delay = j.e.StepDue.Sub(now)
		}
		if want := j.promised(e.Step); j.e.Urgency == escalation.High && j.delay != want {
			j.t.Errorf("step %d gives %v; the policy says %v", e.Step, j.delay, want)
		}
		j.passes[j.e.Run] = max(j.passes[j.e.Run], e.Pass)
	}
	if fired > 1 {
		j.t.Errorf("%d steps fired at once", fired)
	}
	if most := j.passes[j.e.Run]; most > j.e.Policy.Repeat+j.hands {
		j.t.Errorf("pass %d of a policy that repeats %d times, %d of them by hand", most, j.e.Policy.Repeat, j.hands)
	}
}

func (j *judge) promised(step int) time.Duration {
	steps := j.e.Policy.Steps
	switch {
	case step > 0:
		return steps[step-1].Delay
	case len(steps) > 0:
		return steps[len(steps)-1].Delay
	}
	return 5 * time.Minute
}

// once: nobody is paged twice for the same run, pass and step.
func (j *judge) once(e incident.StepFired) {
	for _, p := range e.Pages {
		if slices.Contains(j.e.AckedBy, p.Person) {
			j.t.Errorf("%s acknowledged this run and is paged", p.Person)
		}
		key, err := json.Marshal([]any{j.e.Run, e.Pass, e.Step, p.Person})
		if err != nil {
			j.t.Fatal(err)
		}
		if j.seen[string(key)] {
			j.t.Errorf("paged twice: run, pass, step, person %s", key)
		}
		j.seen[string(key)] = true
	}
}

// live runs one random life of an escalation.
func live(t *testing.T, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 7))
	w := newTable(t, anyPolicy(r))
	w.onCall = func(schedule string, at time.Time) []incident.PersonID {
		if (at.Unix()/300+int64(schedule[0]))%3 == 0 {
			return nil
		}
		return []incident.PersonID{incident.PersonID(schedule), "z"}
	}
	e := &escalation.Escalation{ID: 1, Policy: w.policy, Urgency: escalation.High}
	if r.IntN(4) == 0 {
		e.Urgency = escalation.Low
	}
	j := &judge{t: t, e: e, passes: map[int]int{}, seen: map[string]bool{}}
	do := func(byHand bool, act func() ([]incident.Event, error)) {
		before, generation := e.State, e.Generation
		j.byHand = byHand
		events, err := act()
		w.note(e, events, err)
		if (len(events) > 0) != (e.Generation > generation) {
			t.Errorf("seed %d: %d events moved the generation from %d to %d", seed, len(events), generation, e.Generation)
		}
		if before == escalation.Resolved && len(events) > 0 {
			t.Errorf("seed %d: the resolved one did %T", seed, events[0])
		}
		j.watch(w.now, before, events)
	}
	do(false, func() ([]incident.Event, error) { return e.Begin(w.now, w.world()) })
	for range 30 {
		w.now = w.now.Add(seconds(r.IntN(400)))
		if at := e.Due(); r.IntN(2) == 0 && at.After(w.now) {
			w.now = at
		}
		step(r, w, e, j, do)
		do(false, func() ([]incident.Event, error) { return e.Advance(w.now, w.world()) })
		if t.Failed() {
			t.Fatalf("seed %d, policy %+v", seed, w.policy)
		}
	}
	settles(t, seed, w, e)
}

func step(r *rand.Rand, w *table, e *escalation.Escalation, j *judge, do func(bool, func() ([]incident.Event, error))) {
	who := incident.PersonID(rune('a' + r.IntN(4)))
	switch r.IntN(13) {
	case 0:
		do(true, func() ([]incident.Event, error) { return e.Acknowledge(escalation.Ack{Person: who}, w.now), nil })
	case 1:
		do(true, func() ([]incident.Event, error) { return e.Unacknowledge(w.now, w.world()) })
	case 2:
		do(true, func() ([]incident.Event, error) { return e.Snooze(who, w.now.Add(seconds(1+r.IntN(900)))), nil })
	case 3:
		j.hands++
		do(true, func() ([]incident.Event, error) { return e.EscalateNow(escalation.AnyStep, w.now, w.world()) })
	case 4:
		w.held = !w.held
	case 5:
		w.removed[who] = true
	case 6:
		w.policy = anyPolicy(r)
	case 7:
		if r.IntN(8) == 0 {
			do(true, func() ([]incident.Event, error) { return e.Resolve("person"), nil })
		}
	case 8:
		do(true, func() ([]incident.Event, error) {
			return e.PassOver(escalation.Unreached{AsOf: e.Fired, Pass: r.IntN(2) == 0}, w.now, w.world())
		})
	case 9:
		do(true, func() ([]incident.Event, error) { return e.Raise(w.now, w.world()) })
	}
}

// settles: left alone, every escalation comes to rest in a bounded number of steps,
// or goes on for ever only because an acknowledgement keeps running out.
func settles(t *testing.T, seed uint64, w *table, e *escalation.Escalation) {
	w.held = false
	for range 200 {
		at := e.Due()
		if e.Held {
			at = w.now // maintenance is over: it is woken
		}
		if at.IsZero() {
			return
		}
		if at.After(w.now) {
			w.now = at
		}
		if events, err := e.Advance(w.now, w.world()); err != nil || len(events) == 0 {
			t.Fatalf("seed %d: it was due at %v and did nothing: %v, %+v", seed, at, err, e)
		}
	}
	t.Fatalf("seed %d: it never comes to rest: %+v", seed, e)
}

func TestRulesHoldForAnyPolicyAndAnyLife(t *testing.T) {
	t.Parallel()
	for seed := range uint64(5000) {
		live(t, seed)
	}
}
