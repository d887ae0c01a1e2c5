package escalation_test

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/riverqueue/river"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
	"github.com/tocsinhq/tocsin/migrations/pgtest"
)

// inBubble runs a test with an engine whose jobs run by a clock that costs nothing.
// Timers are late by up to the polls of a second.
func inBubble(t *testing.T, test func(t *testing.T, e *engine)) {
	t.Helper()
	t.Parallel()
	url := pgtest.URL(t)
	synctest.Test(t, func(t *testing.T) { test(t, inside(t, url)) })
}

// inside makes the engine of a bubble.
func inside(t *testing.T, url string) *engine {
	t.Helper()
	return newEngine(t, pgtest.Pool(t, url), time.Second)
}

// TestTimersOutliveARestart is R14 and R10: what fell due meanwhile fires once
// when a process is there again, and then the ladder goes on at its pace.
func TestTimersOutliveARestart(t *testing.T) {
	inBubble(t, func(t *testing.T, e *engine) {
		p := ladder()
		p.Repeat = 5
		e.save(p)
		e.start()
		start, id := time.Now(), e.declare("restart")
		begun := e.begin(id, escalation.Request{Policy: "main"})
		time.Sleep(time.Minute)
		e.stop()
		time.Sleep(2 * time.Hour)
		e.start()
		defer e.stop()
		time.Sleep(9 * time.Minute)
		if diff := cmp.Diff([]string{"ana", "bo"}, e.pages(begun.ID)); diff != "" {
			t.Errorf("after the outage (-want +got):\n%s", diff)
		}
		time.Sleep(2 * time.Minute)
		told := e.told(id, start)
		if last := told.Pages[len(told.Pages)-1]; len(told.Pages) != 3 || last.To[0] != "user:ana" || last.Pass != 1 {
			t.Errorf("ten minutes after the late step: %+v", told.Pages)
		}
	})
}

// TestATimerThatComesEarlyIsPutOff: the database's clock says that it is due and
// ours does not. It must neither fire nor be lost.
func TestATimerThatComesEarlyIsPutOff(t *testing.T) {
	inBubble(t, func(t *testing.T, e *engine) {
		e.save(ladder())
		start, id := time.Now(), e.declare("early")
		begun := e.begin(id, escalation.Request{Policy: "main"})
		if _, err := e.Pool.Exec(t.Context(), `UPDATE river_job SET scheduled_at = $1 WHERE kind = $2`, start, escalation.Advance{}.Kind()); err != nil {
			t.Fatal(err)
		}
		e.start()
		defer e.stop()
		time.Sleep(4 * time.Minute)
		if got := e.pages(begun.ID); len(got) != 1 {
			t.Fatalf("before its time %v were paged", got)
		}
		time.Sleep(time.Minute + 10*time.Second) // River's scheduler looks every 5 s
		if got := e.pages(begun.ID); !slices.Equal(got, []string{"ana", "bo"}) {
			t.Errorf("after its time %v are paged; want ana and bo", got)
		}
	})
}

// TestOldTimersDoNothing is E7 and E22: the timers of an escalation that was
// acknowledged, resolved and begun again find themselves overtaken.
func TestOldTimersDoNothing(t *testing.T) {
	inBubble(t, func(t *testing.T, e *engine) {
		p := ladder()
		p.AckTimeout = 10 * time.Minute
		e.save(p)
		e.start()
		defer e.stop()
		id := e.declare("old timers")
		first := e.begin(id, escalation.Request{Policy: "main"})
		e.acknowledge(first.ID, "ana")
		if _, err := e.Resolve(t.Context(), first.ID, incident.By("ana")); err != nil {
			t.Fatal(err)
		}
		second := e.begin(id, escalation.Request{Policy: "main"})
		if second.ID == first.ID {
			t.Fatal("a resolved escalation was begun again; want a new one")
		}
		e.acknowledge(second.ID, "bo")
		time.Sleep(9 * time.Minute)
		if a, b := e.pages(first.ID), e.pages(second.ID); len(a) != 1 || len(b) != 1 {
			t.Errorf("paged were %v and %v; want one each", a, b)
		}
		time.Sleep(2 * time.Minute)
		if a, b := e.get(first.ID).State, e.get(second.ID).State; a != escalation.Resolved || b != escalation.Triggered {
			t.Errorf("they are %s and %s; want the first resolved, and the second back", a, b)
		}
	})
}

// TestNobodyIsPagedForAnIncidentThatIsOver: also when the job that ends the paging
// is late, and also when it is worked after the incident was reopened.
func TestNobodyIsPagedForAnIncidentThatIsOver(t *testing.T) {
	inBubble(t, func(t *testing.T, e *engine) {
		e.save(ladder())
		id := e.declare("over")
		begun := e.begin(id, escalation.Request{Policy: "main"})
		if _, err := e.Incidents.Resolve(t.Context(), id, incident.Resolution{}, incident.By("ana")); err != nil {
			t.Fatal(err)
		}
		if _, err := e.Pool.Exec(t.Context(), `DELETE FROM river_job WHERE kind = $1`, escalation.EndAll{}.Kind()); err != nil {
			t.Fatal(err)
		}
		e.start()
		defer e.stop()
		time.Sleep(6 * time.Minute)
		if got := e.get(begun.ID); got.State != escalation.Resolved || len(e.pages(begun.ID)) != 1 {
			t.Errorf("it is %s and paged %v; want it resolved before the second step", got.State, e.pages(begun.ID))
		}
		if _, err := e.Begin(t.Context(), id, escalation.Request{Policy: "main"}, incident.System); incident.CodeOf(err) != incident.Conflict {
			t.Errorf("paging for what is over = %v; want a Conflict", err)
		}
		if _, err := e.Incidents.Reopen(t.Context(), id, "back", incident.By("ana")); err != nil {
			t.Fatal(err)
		}
		again := e.begin(id, escalation.Request{Policy: "main"})
		if err := e.EndAll(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		if got := e.get(again.ID); got.State != escalation.Triggered {
			t.Errorf("a late job ended what was begun after the incident was reopened: %s", got.State)
		}
	})
}

// TestResolvingAnIncidentEndsItsPaging is what the reaction does.
func TestResolvingAnIncidentEndsItsPaging(t *testing.T) {
	inBubble(t, func(t *testing.T, e *engine) {
		e.save(ladder())
		e.start()
		defer e.stop()
		id := e.declare("resolved")
		one, two := e.begin(id, escalation.Request{Key: "1", Policy: "main"}), e.begin(id, escalation.Request{Key: "2", Policy: "main"})
		e.acknowledge(two.ID, "bo")
		if _, err := e.Incidents.Resolve(t.Context(), id, incident.Resolution{}, incident.By("ana")); err != nil {
			t.Fatal(err)
		}
		time.Sleep(3 * time.Second)
		open, err := e.Open(t.Context(), id)
		if err != nil || len(open) != 0 {
			t.Errorf("open are %v, %v; want none", open, err)
		}
		for _, b := range []*escalation.Escalation{one, two} {
			if got := e.get(b.ID); !got.Due().IsZero() {
				t.Errorf("the resolved one is due at %v", got.Due())
			}
		}
	})
}

// TestMaintenanceWithAnEndWakesByItself: nobody has to end it, and nothing polls.
func TestMaintenanceWithAnEndWakesByItself(t *testing.T) {
	inBubble(t, func(t *testing.T, e *engine) {
		e.save(ladder())
		e.start()
		defer e.stop()
		for _, m := range []escalation.Maintenance{
			{Service: "checkout", Until: time.Now().Add(10 * time.Minute)},
			{Until: time.Now().Add(20 * time.Minute)},
			{Service: "search", From: time.Now().Add(time.Minute)},
		} {
			if _, err := e.BeginMaintenance(t.Context(), m); err != nil {
				t.Fatal(err)
			}
		}
		begun := e.begin(e.declare("maintenance"), escalation.Request{Policy: "main", Service: "checkout"})
		time.Sleep(19 * time.Minute)
		if got := e.get(begun.ID); !got.Held || got.Fired != 0 {
			t.Errorf("after 19 minutes held = %v, fired = %d; want it held by the longer of two", got.Held, got.Fired)
		}
		time.Sleep(time.Minute + 3*time.Second)
		if got := e.get(begun.ID); got.Held || got.Fired != 1 {
			t.Errorf("after the end held = %v, fired = %d; want it paged", got.Held, got.Fired)
		}
		going, err := e.Maintenances(t.Context())
		if err != nil || len(going) != 1 || going[0].Service != "search" {
			t.Errorf("going on is %v, %v; want the one of search", going, err)
		}
	})
}

// TestATimerOfAnUnknownEscalationIsDone: it must not be tried for ever.
func TestATimerOfAnUnknownEscalationIsDone(t *testing.T) {
	inBubble(t, func(t *testing.T, e *engine) {
		e.start()
		defer e.stop()
		done, err := e.jobs.Insert(t.Context(), escalation.Advance{Escalation: 404, Generation: 1}, &river.InsertOpts{Queue: escalation.Queue})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Second)
		if job, err := e.jobs.JobGet(t.Context(), done.Job.ID); err != nil || job.State != "completed" {
			t.Errorf("the job is %v, %v; want it completed", job, err)
		}
	})
}

// TestAStormOfOneServiceIsCrowded: the first ten of a service within a minute page like
// any other, those after them give way, and another service knows nothing of it. A
// minute later it is over.
func TestAStormOfOneServiceIsCrowded(t *testing.T) {
	inBubble(t, func(t *testing.T, e *engine) {
		e.save(quick(time.Hour))
		crowded := func(service string, n int) bool {
			t.Helper()
			begun := e.begin(e.declare("down"), escalation.Request{Key: fmt.Sprint(service, n), Policy: "quick", Service: service})
			var page int64
			var listed bool
			err := e.Pool.QueryRow(t.Context(), `
				SELECT p.id, data @> '{"crowded": true}'
				FROM page p
				JOIN timeline_entry t USING (incident_id)
				WHERE p.escalation_id = $1 AND t.kind = 'escalation.step_fired'`, begun.ID).Scan(&page, &listed)
			if err != nil {
				t.Fatal(err)
			}
			p, ok, err := escalation.ReadPage(t.Context(), e.Pool, page)
			if err != nil || !ok || p.Crowded != listed {
				t.Fatalf("the page is %+v, its event says %v (%v)", p, listed, err)
			}
			return p.Crowded
		}
		for n := range 15 {
			if got := crowded("checkout", n); got != (n >= 10) {
				t.Errorf("page %d of the storm is crowded: %v", n+1, got)
			}
			if crowded("search", n/2) {
				t.Error("the quiet service is crowded")
			}
			if crowded("", n) {
				t.Error("what is of no service is crowded")
			}
		}
		time.Sleep(time.Minute)
		if crowded("checkout", 16) {
			t.Error("a minute later it is still a storm")
		}
	})
}
