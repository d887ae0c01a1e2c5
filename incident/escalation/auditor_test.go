package escalation_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/tocsinhq/tocsin/incident/escalation"
	"github.com/tocsinhq/tocsin/migrations/pgtest"
)

// audited runs an auditor until the test's end is near, and returns its metrics.
func audited(t *testing.T, e *engine) (metric func(name string) float64, stop func()) {
	t.Helper()
	a, registry := escalation.NewAuditor(e.Service), prometheus.NewRegistry()
	if err := a.Register(registry); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	stop = func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	metric = func(name string) float64 {
		families, err := registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range families {
			if f.GetName() == name {
				return f.GetMetric()[0].GetCounter().GetValue() + f.GetMetric()[0].GetGauge().GetValue()
			}
		}
		t.Fatalf("there is no metric %s", name)
		return 0
	}
	return metric, stop
}

// TestTheAuditorFiresWhatLostItsTimer: all jobs are gone, and so is every connection
// of the pool that everybody else works with.
func TestTheAuditorFiresWhatLostItsTimer(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	synctest.Test(t, func(t *testing.T) {
		e := inside(t, url)
		e.save(ladder())
		begun := e.begin(e.declare("lost"), escalation.Request{Policy: "main"})
		e.exec(`DELETE FROM river_job`)
		metric, stop := audited(t, e)
		defer stop()
		hog(t, e)
		time.Sleep(5*time.Minute + 9900*time.Millisecond)
		if late := metric("tocsin_escalation_oldest_due_seconds"); late <= 0 || late > 10 {
			t.Errorf("the oldest due step is %v s late by the gauge; want some seconds", late)
		}
		if n := metric("tocsin_escalation_overdue_total"); n != 0 {
			t.Errorf("the auditor took over %v in the time that a timer has; want 0", n)
		}
		time.Sleep(time.Second) // at most that long after ten seconds: 10.9 s after its time
		if n := metric("tocsin_escalation_overdue_total"); n != 1 {
			t.Errorf("the auditor took over %v when it was 10.9 s late; want 1", n)
		}
		time.Sleep(10 * time.Second)
		if late := metric("tocsin_escalation_oldest_due_seconds"); late != 0 {
			t.Errorf("the gauge says %v s when nothing is late; want 0", late)
		}
		e.free()
		if got := e.get(begun.ID); got.Fired != 2 {
			t.Errorf("%d steps have fired; want 2", got.Fired)
		}
	})
}

// TestTheAuditorGoesThroughMoreThanOnePage, and leaves what is not late alone.
func TestTheAuditorGoesThroughMoreThanOnePage(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	synctest.Test(t, func(t *testing.T) {
		e := inside(t, url)
		e.save(ladder())
		id := e.declare("many")
		const many = 230
		for n := range many {
			e.begin(id, escalation.Request{Key: string(rune(0x4e00 + n)), Policy: "main"})
		}
		e.exec(`DELETE FROM river_job`)
		metric, stop := audited(t, e)
		defer stop()
		time.Sleep(5*time.Minute + 16*time.Second)
		if n := metric("tocsin_escalation_overdue_total"); n != many {
			t.Errorf("the auditor took over %v; want %d", n, many)
		}
	})
}

// TestTheAuditorWakesWhatMaintenanceLeft: the process that ended it died before it
// woke anybody.
func TestTheAuditorWakesWhatMaintenanceLeft(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	synctest.Test(t, func(t *testing.T) {
		e := inside(t, url)
		e.save(ladder())
		for _, service := range []string{"checkout", "search"} {
			if _, err := e.BeginMaintenance(t.Context(), escalation.Maintenance{Service: service}); err != nil {
				t.Fatal(err)
			}
		}
		ended := e.begin(e.declare("ended"), escalation.Request{Policy: "main", Service: "checkout"})
		going := e.begin(e.declare("going on"), escalation.Request{Policy: "main", Service: "search"})
		e.exec(`UPDATE maintenance SET until_at = $1 WHERE service = 'checkout'`, time.Now())
		_, stop := audited(t, e)
		defer stop()
		time.Sleep(6 * time.Second)
		if a, b := e.get(ended.ID), e.get(going.ID); a.Fired != 1 || a.Held || b.Fired != 0 || !b.Held {
			t.Errorf("fired are %d and %d; want the first alone", a.Fired, b.Fired)
		}
	})
}
