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

// ladder is Ana for five minutes, then Bo for ten.
func ladder() escalation.Policy {
	return escalation.Policy{ID: "main", Steps: []escalation.Step{step1("user:ana", 300), step1("user:bo", 600)}}
}

func step1(to string, delay int) escalation.Step {
	return escalation.Step{Targets: targets([]string{to}), Delay: seconds(delay)}
}

// line is what happens at a second of a scenario.
type line struct {
	at int
	do func(*table, *escalation.Escalation)
}

func ack(who incident.PersonID) func(*table, *escalation.Escalation) {
	return func(w *table, e *escalation.Escalation) {
		w.note(e, e.Acknowledge(escalation.Ack{Person: who}, w.now), nil)
	}
}

func unack(w *table, e *escalation.Escalation) {
	events, err := e.Unacknowledge(w.now, w.world())
	w.note(e, events, err)
}

func press(asOf int) func(*table, *escalation.Escalation) {
	return func(w *table, e *escalation.Escalation) {
		events, err := e.EscalateNow(asOf, w.now, w.world())
		w.note(e, events, err)
	}
}

// lost is pass when nobody of the whole pass can be reached.
func lost(asOf int) func(*table, *escalation.Escalation) {
	return func(w *table, e *escalation.Escalation) {
		events, err := e.PassOver(escalation.Unreached{AsOf: asOf, Pass: true}, w.now, w.world())
		w.note(e, events, err)
	}
}

func pass(asOf int) func(*table, *escalation.Escalation) {
	return func(w *table, e *escalation.Escalation) {
		events, err := e.PassOver(escalation.Unreached{AsOf: asOf}, w.now, w.world())
		w.note(e, events, err)
	}
}

// keep and release begin and end a maintenance.
func keep(w *table, _ *escalation.Escalation)    { w.held = true }
func release(w *table, _ *escalation.Escalation) { w.held = false }

// begin asks for the same key again, as it would be asked for the first time.
func begin(w *table, _ *escalation.Escalation) { w.begin("k") }

// resolveNewest ends whichever has the key now.
func resolveNewest(w *table, _ *escalation.Escalation) { resolve(w, w.open("k")) }

func resolve(w *table, e *escalation.Escalation) { w.note(e, e.Resolve("person"), nil) }

func raise(w *table, e *escalation.Escalation) {
	events, err := e.Raise(w.now, w.world())
	w.note(e, events, err)
}

// scenario is a policy, what is done to one escalation begun at 0, and who must
// be paged, as "second:whom", until two hours are over.
type scenario struct {
	name   string
	policy escalation.Policy
	low    bool
	lines  []line
	pages  []string
	state  escalation.State
	ended  []int // when it was exhausted
}

func (s scenario) play(t *testing.T) (*table, *escalation.Escalation) {
	w := newTable(t, s.policy)
	w.onCall = w.shift
	e := &escalation.Escalation{ID: 1, Key: "k", Urgency: escalation.High, Policy: s.policy}
	if s.low {
		e.Urgency = escalation.Low
	}
	w.all = append(w.all, e)
	events, err := e.Begin(w.now, w.world())
	w.note(e, events, err)
	for _, l := range s.lines {
		w.pass(midnight.Add(seconds(l.at)))
		l.do(w, e)
		w.timers()
	}
	w.pass(midnight.Add(2 * time.Hour))
	return w, e
}

func scenarios() []scenario {
	both, done := []string{"0:user:ana", "300:user:bo"}, []int{900}
	three := escalation.Policy{Steps: []escalation.Step{step1("user:ana", 300), step1("user:bo", 300), step1("user:cy", 300)}}
	acked := ladder()
	acked.Acks = 2
	thrice := ladder()
	thrice.Repeat = 2
	late := ladder()
	late.AckTimeout = 30 * time.Minute
	return []scenario{
		{"E1 nobody acts", ladder(), false, nil, both, escalation.Triggered, done},
		{"E2 three passes and no fourth", thrice, false, nil,
			[]string{"0:user:ana", "300:user:bo", "900:user:ana", "1200:user:bo", "1800:user:ana", "2100:user:bo"}, escalation.Triggered, []int{2700}},
		{"E3 an answer a second before the step", ladder(), false, []line{{299, ack("ana")}}, both[:1], escalation.Acknowledged, nil},
		{"E7 resolved and begun again in one second", ladder(), false, []line{{299, resolve}, {299, begin}}, []string{"0:user:ana", "299:user:ana", "599:user:bo"}, escalation.Resolved, []int{1199}},
		{"E10 an answer after the end changes nothing", ladder(), false, []line{{5, resolve}, {5, ack("ana")}, {6, unack}}, both[:1], escalation.Resolved, nil},
		{"E11 the running one keeps its copy, the next one takes the new policy", ladder(), false,
			[]line{{10, func(w *table, _ *escalation.Escalation) { w.policy = three }}, {400, resolve}, {500, begin}},
			[]string{"0:user:ana", "300:user:bo", "500:user:ana", "800:user:bo", "1100:user:cy"}, escalation.Resolved, []int{1400}},
		{"E12 the copy outlives a change of the policy", three, false, []line{{10, func(w *table, _ *escalation.Escalation) { w.policy = escalation.Policy{ID: "main"} }}},
			[]string{"0:user:ana", "300:user:bo", "600:user:cy"}, escalation.Triggered, done},
		{"E13 a deleted policy goes on, and comes back as it was copied", ladder(), false,
			[]line{{10, func(w *table, _ *escalation.Escalation) { w.gone = true }}, {20, ack("ana")}, {60, unack}},
			[]string{"0:user:ana", "60:user:ana", "360:user:bo"}, escalation.Triggered, []int{960}},
		{"E14 who was removed is not paged", ladder(), false, []line{{10, func(w *table, _ *escalation.Escalation) { w.removed["bo"] = true }}},
			both[:1], escalation.Triggered, []int{300}},
		{"E15 an empty step takes no time", escalation.Policy{Steps: []escalation.Step{step1("schedule:night", 300), step1("user:bo", 600)}}, false, nil,
			[]string{"0:user:bo"}, escalation.Triggered, []int{600}},
		{"E16 a policy without steps pages the fallback", escalation.Policy{Fallback: targets([]string{"channel:ops"})}, false, nil,
			[]string{"0:channel:ops"}, escalation.Triggered, []int{300}},
		{"E17 nobody, five times, at the delay's pace", escalation.Policy{Repeat: 5, Fallback: targets([]string{"channel:ops"}), Steps: []escalation.Step{step1("schedule:night", 60)}},
			false, nil, []string{"0:channel:ops", "60:channel:ops", "120:channel:ops", "180:channel:ops", "240:channel:ops", "300:channel:ops"}, escalation.Triggered, []int{360}},
		{"E19 a hand-off in the second of the step", escalation.Policy{Steps: []escalation.Step{step1("user:cy", 300), step1("schedule:handoff", 300)}}, false, nil,
			[]string{"0:user:cy", "300:user:bo"}, escalation.Triggered, []int{600}},
		{"E20 one page for who is asked for in several ways", escalation.Policy{Steps: []escalation.Step{
			{Targets: targets([]string{"user:ana", "schedule:ana", "schedule:handoff", "user:ana"}), Delay: seconds(300)}}}, false, nil, both[:1], escalation.Triggered, []int{300}},
		{"E21 an acknowledgement runs out", late, false, []line{{60, ack("ana")}}, []string{"0:user:ana", "1860:user:ana", "2160:user:bo"}, escalation.Triggered, []int{2760}},
		{"E22 a late timer of what is over", late, false, []line{{60, ack("ana")}, {70, resolve}}, both[:1], escalation.Resolved, nil},
		{"E23 taken back", ladder(), false, []line{{60, ack("ana")}, {120, unack}}, []string{"0:user:ana", "120:user:ana", "420:user:bo"}, escalation.Triggered, []int{1020}},
		{"E24 resolved during a snooze", ladder(), false,
			[]line{{60, func(w *table, e *escalation.Escalation) { w.note(e, e.Snooze("ana", w.now.Add(time.Hour)), nil) }}, {90, resolve}}, both[:1], escalation.Resolved, nil},
		{"E25 two press at once", three, false, []line{{60, press(1)}, {60, press(1)}, {61, press(1)}}, []string{"0:user:ana", "60:user:bo", "360:user:cy"}, escalation.Triggered, []int{660}},
		{"E26 by hand in the second of the step", three, false, []line{{300, press(1)}}, []string{"0:user:ana", "300:user:bo", "600:user:cy"}, escalation.Triggered, done},
		{"by hand after the end, in maintenance: at its end it starts over", ladder(), false, []line{{1000, keep}, {1010, press(2)}, {1020, press(2)}, {1100, release}},
			[]string{"0:user:ana", "300:user:bo", "1100:user:ana", "1400:user:bo"}, escalation.Triggered, []int{900, 2000}},
		{"by hand before steps with nobody, in maintenance", escalation.Policy{Steps: []escalation.Step{step1("user:ana", 300), step1("schedule:night", 300)}}, false,
			[]line{{10, keep}, {20, press(1)}, {100, release}}, []string{"0:user:ana", "100:user:ana"}, escalation.Triggered, []int{400}},
		{"nobody of a step can be reached", three, false, []line{{1, pass(1)}, {1, pass(1)}}, []string{"0:user:ana", "1:user:bo", "301:user:cy"}, escalation.Triggered, []int{601}},
		{"nobody of the last step can be reached", ladder(), false, []line{{301, pass(2)}}, both, escalation.Triggered, done},
		{"nobody of a step can be reached, and nobody is in the others", escalation.Policy{Repeat: 1, Steps: []escalation.Step{step1("user:ana", 300), step1("schedule:night", 300)}}, false,
			[]line{{1, pass(1)}, {2, pass(1)}}, []string{"0:user:ana", "300:user:ana"}, escalation.Triggered, []int{600}},
		{"nobody of a pass can be reached: the fallback, once in each pass", caught(ladder(), 1), false,
			[]line{{1, lost(1)}, {2, lost(2)}, {3, lost(2)}, {4, lost(3)}, {603, lost(4)}},
			[]string{"0:user:ana", "1:user:bo", "2:channel:ops", "602:user:ana", "603:user:bo"}, escalation.Triggered, []int{1203}},
		{"nobody of a pass can be reached, found out after the end", caught(ladder(), 0), false,
			[]line{{1000, lost(2)}}, []string{"0:user:ana", "300:user:bo", "1000:channel:ops"}, escalation.Triggered, []int{900, 1600}},
		{"nobody of the last step can be reached, but somebody was before", caught(ladder(), 0), false, []line{{301, pass(2)}}, both, escalation.Triggered, done},
		{"nobody of a pass can be reached, and there is nobody to fall back on", ladder(), false, []line{{301, lost(2)}}, both, escalation.Triggered, done},
		{"nobody of a pass can be reached, nor of the fallback", caught(ladder(), 0), false,
			[]line{{301, lost(2)}, {302, lost(3)}}, []string{"0:user:ana", "300:user:bo", "301:channel:ops"}, escalation.Triggered, []int{901}},
		{"E27 what falls due in maintenance is paged at its end", ladder(), false, []line{{180, keep}, {400, release}}, []string{"0:user:ana", "400:user:bo"}, escalation.Triggered, []int{1000}},
		{"E27 unless somebody has it by then", ladder(), false, []line{{180, keep}, {350, ack("ana")}, {400, release}}, both[:1], escalation.Acknowledged, nil},
		{"E28 begun and resolved in maintenance", ladder(), false, []line{{5, resolve}, {10, keep}, {20, begin}, {60, resolveNewest}, {400, release}}, both[:1], escalation.Resolved, nil},
		{"E29 old and acknowledged", ladder(), false, []line{{60, ack("ana")}, {7000, func(w *table, _ *escalation.Escalation) { w.timers() }}}, both[:1], escalation.Acknowledged, nil},
		{"E30 the fallback has nobody either", escalation.Policy{Repeat: 1, Fallback: targets([]string{"schedule:night"}), Steps: []escalation.Step{step1("schedule:night", 60)}},
			false, nil, nil, escalation.Triggered, []int{120}},
		{"E31 low urgency pages one step, once", ladder(), true, nil, both[:1], escalation.Triggered, nil},
		{"E31 raised, it starts over", ladder(), true, []line{{1000, raise}, {1001, raise}}, []string{"0:user:ana", "1000:user:ana", "1300:user:bo"}, escalation.Triggered, []int{1900}},
		{"E31 raised in silence while somebody has it", ladder(), true, []line{{10, ack("ana")}, {20, raise}, {30, unack}},
			[]string{"0:user:ana", "30:user:ana", "330:user:bo"}, escalation.Triggered, []int{930}},
		{"E32 the first of two leaves the others paged", acked, false, []line{{60, ack("ana")}, {61, ack("ana")}, {400, ack("bo")}}, both, escalation.Acknowledged, nil},
		{"E32 who has acknowledged is not asked again", withRepeat(acked), false, []line{{60, ack("ana")}}, []string{"0:user:ana", "300:user:bo", "900:user:bo"}, escalation.Triggered, []int{1500}},
		{"R6 a clock that jumps back pages nobody twice", ladder(), false,
			[]line{{400, func(w *table, _ *escalation.Escalation) { w.now = w.now.Add(-5 * time.Minute) }}}, both, escalation.Triggered, done},
	}
}

// caught falls back on a channel.
func caught(p escalation.Policy, repeat int) escalation.Policy {
	p.Fallback, p.Repeat = targets([]string{"channel:ops"}), repeat
	return p
}

func withRepeat(p escalation.Policy) escalation.Policy {
	p.Repeat = 1
	return p
}

func TestScenarios(t *testing.T) {
	t.Parallel()
	for _, s := range scenarios() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			w, e := s.play(t)
			if diff := cmp.Diff(s.pages, pagesOf(w.noted)); diff != "" {
				t.Errorf("pages (-want +got):\n%s", diff)
			}
			if e.State != s.state {
				t.Errorf("it is %s; want %s", e.State, s.state)
			}
			var ended []int
			for _, x := range w.noted.Exhausted {
				ended = append(ended, x.T)
			}
			if diff := cmp.Diff(s.ended, ended, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("exhausted (-want +got):\n%s", diff)
			}
		})
	}
}

// TestAStormCountsUp is E8 and E9: one key, one run.
func TestAStormCountsUp(t *testing.T) {
	t.Parallel()
	w := newTable(t, ladder())
	for range 500 {
		w.begin("k")
	}
	e := w.open("k")
	ack("ana")(w, e)
	w.begin("k")
	w.pass(midnight.Add(time.Hour))
	if e.Count != 501 || len(w.all) != 1 || len(w.noted.Pages) != 1 {
		t.Errorf("501 triggers made %d escalations, counted %d and paged %d times; want 1, 501, 1", len(w.all), e.Count, len(w.noted.Pages))
	}
}

// TestAfterAnOutageOneStepFires is R10: no burst, and the delay counts anew.
func TestAfterAnOutageOneStepFires(t *testing.T) {
	t.Parallel()
	p := ladder()
	p.Repeat = 3
	w := newTable(t, p)
	e := w.begin("k")
	w.now = midnight.Add(time.Hour)
	w.timers()
	want := []string{"0:user:ana", "3600:user:bo"}
	if diff := cmp.Diff(want, pagesOf(w.noted)); diff != "" {
		t.Errorf("pages (-want +got):\n%s", diff)
	}
	if want := w.now.Add(10 * time.Minute); !e.StepDue.Equal(want) {
		t.Errorf("the next step is due at %v; want %v", e.StepDue, want)
	}
}

// TestMaintenanceWithAnEnd: the held step fires when the window is over, by its timer.
func TestMaintenanceWithAnEnd(t *testing.T) {
	t.Parallel()
	w := newTable(t, ladder())
	w.held, w.until = true, midnight.Add(20*time.Minute)
	e := w.begin("k")
	if !e.Held || !e.Due().Equal(w.until) {
		t.Fatalf("held = %v, due %v; want held until %v", e.Held, e.Due(), w.until)
	}
	w.pass(midnight.Add(2 * time.Hour))
	want := []string{"1200:user:ana", "1500:user:bo"}
	if diff := cmp.Diff(want, pagesOf(w.noted)); diff != "" {
		t.Errorf("pages (-want +got):\n%s", diff)
	}
}

// TestWhoHadItIsNamed is E21: the return says whose acknowledgement ran out.
func TestWhoHadItIsNamed(t *testing.T) {
	t.Parallel()
	p := ladder()
	p.AckTimeout = time.Minute
	w := newTable(t, p)
	e := w.begin("k")
	ack("ana")(w, e)
	w.now = w.now.Add(time.Minute)
	events, err := e.Advance(w.now, w.world())
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(events, func(e incident.Event) bool { return e.Kind() == incident.KindEscalationReturned })
	if at < 0 {
		t.Fatalf("it did not return: %v", events)
	}
	if got := events[at].(incident.EscalationReturned); got.Cause != "ack_timeout" || got.Person != "ana" {
		t.Errorf("returned for %q of %q; want ack_timeout of ana", got.Cause, got.Person)
	}
}
