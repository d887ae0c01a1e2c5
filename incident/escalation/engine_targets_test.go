package escalation_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
	"github.com/tocsinhq/tocsin/incident/roster"
	"github.com/tocsinhq/tocsin/migrations/pgtest"
)

// exec changes the world behind the service's back.
func (e *engine) exec(sql string, args ...any) {
	e.t.Helper()
	if _, err := e.Pool.Exec(e.t.Context(), sql, args...); err != nil {
		e.t.Fatal(err)
	}
}

// TestEveryKindOfTarget resolves all of them in one step, each person once.
func TestEveryKindOfTarget(t *testing.T) {
	t.Parallel()
	e := newEngine(t, pgtest.DB(t), time.Hour)
	e.OnCall = func(_ context.Context, _ roster.Querier, schedule string, _ time.Time, next bool) ([]incident.PersonID, error) {
		if schedule != "primary" {
			return nil, incident.Errorf(incident.NotFound, "There is no schedule %s.", schedule)
		}
		if next {
			return []incident.PersonID{"dee"}, nil
		}
		return []incident.PersonID{"cy", "ana"}, nil
	}
	e.exec(`INSERT INTO team (id, definition) VALUES ('core', '{"members": ["eli", "bo", "gone"]}')`)
	e.exec(`INSERT INTO user_group (id, handle, members, refreshed_at) VALUES ('S1', 'oncall', '{fay,ana}', now())`)
	e.remove("gone")
	var kinds []escalation.Target
	for _, x := range [][2]string{{"person", "ana"}, {"person", "gone"}, {"schedule", "primary"}, {"schedule", "deleted"}, {"next_on_call", "primary"}, {"team", "core"},
		{"team", "none"}, {"user_group", "S1"}, {"user_group", "S404"}, {"channel", "C1"}, {"channel", "C1"}, {"webhook", "https://example.test/hook"}, {"oracle", "delphi"}} {
		kinds = append(kinds, escalation.Target{Kind: escalation.TargetKind(x[0]), ID: x[1]})
	}
	id := e.declare("targets")
	begun := e.begin(id, escalation.Request{Subject: "everybody", Targets: kinds})
	want := []string{"ana", "cy", "dee", "eli", "bo", "fay", "C1", "https://example.test/hook"}
	if diff := cmp.Diff(want, e.pages(begun.ID)); diff != "" {
		t.Errorf("paged (-want +got):\n%s", diff)
	}
	e.checkIDs(id)
}

// checkIDs: the events name the rows, and the rows say what the events do.
func (e *engine) checkIDs(id incident.ID) {
	e.t.Helper()
	entries, err := e.record.Entries(e.t.Context(), id)
	if err != nil {
		e.t.Fatal(err)
	}
	at := slices.IndexFunc(entries, func(x entry) bool { return x.Event.Kind() == incident.KindStepFired })
	fired := entries[at].Event.(incident.StepFired)
	for _, p := range fired.Pages {
		page, ok, err := escalation.ReadPage(e.t.Context(), e.Pool, p.ID)
		if err != nil || !ok || page.Person() != p.Person || !page.Stands || page.Step != 1 || page.Incident != id {
			e.t.Errorf("page %d of %s is %+v, %v, %v", p.ID, p.Person, page, ok, err)
		}
	}
	for _, p := range fired.Places {
		page, ok, err := escalation.ReadPage(e.t.Context(), e.Pool, p.ID)
		if err != nil || !ok || page.Address != p.Name || string(page.Kind) != p.Kind || page.Person() != "" {
			e.t.Errorf("page %d of %s is %+v, %v, %v", p.ID, p.Name, page, ok, err)
		}
	}
}

// TestAScheduleThatFailsDoesNotKeepTheNextStepFromFiring, unless it is the
// database that fails: then all is tried again.
func TestAScheduleThatFailsDoesNotKeepTheNextStepFromFiring(t *testing.T) {
	t.Parallel()
	e := newEngine(t, pgtest.DB(t), time.Hour)
	e.OnCall = func(context.Context, roster.Querier, string, time.Time, bool) ([]incident.PersonID, error) {
		return nil, errors.New("this definition makes no sense")
	}
	e.save(escalation.Policy{ID: "main", Steps: []escalation.Step{step1("schedule:odd", 300), step1("user:bo", 300)}})
	begun := e.begin(e.declare("odd"), escalation.Request{Policy: "main"})
	if got := e.pages(begun.ID); !slices.Equal(got, []string{"bo"}) {
		t.Errorf("paged are %v; want bo", got)
	}
	e.OnCall = func(ctx context.Context, q roster.Querier, _ string, _ time.Time, _ bool) ([]incident.PersonID, error) {
		return nil, q.QueryRow(ctx, `SELECT 1 / 0`).Scan(new(int))
	}
	if _, err := e.Begin(t.Context(), e.declare("broken"), escalation.Request{Policy: "main"}, incident.System); err == nil {
		t.Error("a database that fails paged nobody and said nothing")
	}
}

// TestAnswersOfARemovedPersonDoNotCount is E14.
func TestAnswersOfARemovedPersonDoNotCount(t *testing.T) {
	t.Parallel()
	e := newEngine(t, pgtest.DB(t), time.Hour)
	e.save(ladder())
	id := e.declare("removed")
	begun := e.begin(id, escalation.Request{Policy: "main"})
	e.remove("ana")
	a := escalation.Ack{Person: "ana", Via: "sms"}
	if _, err := e.Acknowledge(t.Context(), begun.ID, a, incident.By("ana")); incident.CodeOf(err) != incident.Forbidden {
		t.Errorf("the answer of a removed person = %v; want Forbidden", err)
	}
	if _, err := e.AcknowledgeIncident(t.Context(), id, a, incident.By("ana")); incident.CodeOf(err) != incident.Forbidden {
		t.Errorf("the answer of a removed person for all = %v; want Forbidden", err)
	}
	if got := e.get(begun.ID); got.State != escalation.Triggered {
		t.Errorf("it is %s; want it triggered still", got.State)
	}
}

// TestAnAnswerSetsTheMilestoneOnce: the second one leaves it.
func TestAnAnswerSetsTheMilestoneOnce(t *testing.T) {
	t.Parallel()
	e := newEngine(t, pgtest.DB(t), time.Hour)
	e.save(ladder())
	id := e.declare("milestone")
	e.begin(id, escalation.Request{Key: "1", Policy: "main"})
	e.begin(id, escalation.Request{Key: "2", Policy: "main"})
	var noted [2]time.Time
	for at := range noted {
		answers, err := e.AcknowledgeIncident(t.Context(), id, escalation.Ack{Person: "ana", Via: "slack"}, incident.By("ana"))
		if err != nil || len(answers) != 2+at || answers[0].Counted != (at == 0) || answers[1].Counted != (at == 0) {
			t.Fatalf("answers = %+v, %v", answers, err)
		}
		i, err := e.Incidents.Get(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		noted[at] = i.Milestones.Acknowledged
		e.acknowledge(e.begin(id, escalation.Request{Key: "3", Policy: "main"}).ID, "bo")
	}
	if noted[0].IsZero() || !noted[0].Equal(noted[1]) {
		t.Errorf("acknowledged at %v and then %v; want one instant", noted[0], noted[1])
	}
}

// TestADeletedPolicyGoesOnByItsCopy is E13, and unacknowledged it comes back by it.
func TestADeletedPolicyGoesOnByItsCopy(t *testing.T) {
	t.Parallel()
	e := newEngine(t, pgtest.DB(t), time.Hour)
	e.save(ladder())
	begun := e.begin(e.declare("deleted"), escalation.Request{Policy: "main"})
	e.exec(`DELETE FROM policy`)
	e.acknowledge(begun.ID, "ana")
	if _, err := e.Unacknowledge(t.Context(), begun.ID, incident.By("ana")); err != nil {
		t.Fatal(err)
	}
	if got := e.pages(begun.ID); !slices.Equal(got, []string{"ana", "ana"}) {
		t.Errorf("paged are %v; want ana twice", got)
	}
	if _, err := e.Begin(t.Context(), e.declare("none"), escalation.Request{Policy: "main"}, incident.System); incident.CodeOf(err) != incident.NotFound {
		t.Errorf("a policy that is not there = %v; want NotFound", err)
	}
}

// TestRequestsThatMakeNoSense are answered in a sentence.
func TestRequestsThatMakeNoSense(t *testing.T) {
	t.Parallel()
	e := newEngine(t, pgtest.DB(t), time.Hour)
	id := e.declare("nonsense")
	for name, r := range map[string]escalation.Request{
		"nobody":  {Subject: "x"},
		"both":    {Policy: "main", Targets: targets([]string{"user:ana"})},
		"unnamed": {Targets: targets([]string{"user:ana"})},
		"urgency": {Policy: "main", Urgency: "loud"},
	} {
		if _, err := e.Begin(t.Context(), id, r, incident.System); incident.CodeOf(err) != incident.Invalid {
			t.Errorf("%s = %v; want Invalid", name, err)
		}
	}
	if _, err := e.Snooze(t.Context(), 404, time.Hour, incident.System); incident.CodeOf(err) != incident.NotFound {
		t.Errorf("snoozing what is not there = %v; want NotFound", err)
	}
}

// TestALowOneIsRaisedByAFurtherRequest is E31 through the service.
func TestALowOneIsRaisedByAFurtherRequest(t *testing.T) {
	t.Parallel()
	e := newEngine(t, pgtest.DB(t), time.Hour)
	e.save(ladder())
	id := e.declare("low")
	low := e.begin(id, escalation.Request{Policy: "main", Urgency: escalation.Low})
	if !low.Due().IsZero() {
		t.Errorf("a low one is due at %v; want never", low.Due())
	}
	e.begin(id, escalation.Request{Policy: "main", Urgency: escalation.Low})
	high := e.begin(id, escalation.Request{Policy: "main"})
	if got := e.pages(low.ID); high.ID != low.ID || high.Urgency != escalation.High || high.Count != 3 || !slices.Equal(got, []string{"ana", "ana"}) {
		t.Errorf("raised it is %+v and paged %v", high, got)
	}
}

// TestTwoPressesFireOneStep is E25 through the service, from two phones at once.
func TestTwoPressesFireOneStep(t *testing.T) {
	t.Parallel()
	e := newEngine(t, pgtest.DB(t), time.Hour)
	p := ladder()
	p.Steps = append(p.Steps, step1("user:cy", 300))
	e.save(p)
	begun := e.begin(e.declare("presses"), escalation.Request{Policy: "main"})
	moved := make(chan bool, 2)
	for range 2 {
		go func() {
			_, m, err := e.EscalateNow(t.Context(), begun.ID, begun.Fired, incident.By("ana"))
			if err != nil {
				t.Error(err)
			}
			moved <- m
		}()
	}
	if one, two := <-moved, <-moved; one == two {
		t.Errorf("moved = %v and %v; want one of them", one, two)
	}
	if got := e.pages(begun.ID); !slices.Equal(got, []string{"ana", "bo"}) {
		t.Errorf("paged are %v; want ana and bo", got)
	}
}
