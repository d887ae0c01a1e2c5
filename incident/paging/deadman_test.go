package paging

import (
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/riverqueue/river"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
	"github.com/tocsinhq/tocsin/migrations/pgtest"
)

// guarded gives a world a dead-man's switch and a canary.
func guarded(w *world, every time.Duration) *outside {
	o := &outside{}
	w.Beat = Beat{Every: every, Method: MethodWebhook, Address: "https://example.com/canary", URL: "https://switch.example/secret", Client: &http.Client{Transport: o}}
	return o
}

// pinged reports whether the switch is told now.
func pinged(w *world, o *outside) bool {
	w.t.Helper()
	before := o.count()
	w.must(w.PingDeadMan(w.t.Context()))
	return o.count() > before
}

// canary sends one and waits until it has left.
func (w *world) canary() {
	w.t.Helper()
	w.must(w.BeginCanary(w.t.Context()))
	w.at(time.Since(w.began).Seconds() + 5)
}

// TestDeadManIsNotToldWhileAnythingIsOverdue lets a step or a message be late while
// canaries leave as ever.
func TestDeadManIsNotToldWhileAnythingIsOverdue(t *testing.T) {
	for name, late := range map[string]func(w *world){
		"a message": func(w *world) {
			w.must(w.Jobs.QueuePause(w.t.Context(), QueueOf(MethodSlack), nil))
			w.at(20) // until then it may not be noticed
			w.page(w.incident("Checkout", incident.SEV1), "checkout", time.Hour, alice)
		},
		"a step": func(w *world) {
			w.page(w.incident("Checkout", incident.SEV1), "checkout", 20*time.Second, alice, bob)
			w.at(5)
			_, err := w.pool.Exec(w.t.Context(), `DELETE FROM river_job WHERE kind = $1 AND state IN ('scheduled', 'available')`, escalation.Advance{}.Kind())
			w.must(err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, time.Second, func(w *world) {
				o := guarded(w, time.Minute)
				w.canary()
				if !pinged(w, o) {
					w.t.Fatal("the switch is not told although all is well")
				}
				w.began = time.Now()
				late(w)
				w.at(60) // it was due after 20 s
				w.canary()
				if !pinged(w, o) {
					w.t.Error("the switch is not told although nothing is late by a minute")
				}
				w.at(100)
				w.canary()
				if h, err := w.Check(w.t.Context()); err != nil || h.Overdue != 1 || h.Failing != "" {
					w.t.Fatalf("paging stands at %+v, %v; want one thing overdue, and canaries that leave", h, err)
				}
				if pinged(w, o) {
					w.t.Error("the switch is told although somebody should have been paged more than a minute ago")
				}
			})
		})
	}
}

// TestDeadManIsToldForOneCanaryAtMost breaks the path right after a canary has left,
// and counts for how long the switch is told all the same.
func TestDeadManIsToldForOneCanaryAtMost(t *testing.T) {
	const every = 5 * time.Minute
	for name, c := range map[string]struct {
		begins func(w *world)
		most   time.Duration
	}{
		"canaries are refused":       {func(w *world) { w.office.fail(MethodWebhook, fault{err: fmt.Errorf("The vendor is broken.")}) }, every},
		"canaries are not answered":  {func(w *world) { w.office.fail(MethodWebhook, fault{hang: true}) }, every + time.Minute},
		"nobody works the messages":  {func(w *world) { w.must(w.Jobs.QueuePause(w.t.Context(), QueueOf(MethodWebhook), nil)) }, every + time.Minute},
		"nobody works what is timed": {func(w *world) { w.must(w.Jobs.QueuePause(w.t.Context(), escalation.Queue, nil)) }, every + time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, time.Second, func(w *world) {
				o := guarded(w, every)
				w.canary()
				c.begins(w)
				var last time.Duration
				for second := 10; second < 15*60; second += 10 {
					if second%int(every.Seconds()) == 0 {
						w.must(w.BeginCanary(w.t.Context()))
					}
					w.at(float64(second))
					if pinged(w, o) {
						last = time.Since(w.began)
					}
				}
				if last < every-10*time.Second || last > c.most+5*time.Second {
					w.t.Errorf("the switch was told for %v after the path broke; want about %v and no more", last, c.most)
				}
			})
		})
	}
}

// TestAProcessBeginsWithACanary lets one end and another one begin two minutes after a
// canary has left: its own leaves at once, since the next would be a whole period away.
func TestAProcessBeginsWithACanary(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, pool: pgtest.Pool(t, url), office: newOffice(), began: time.Now()}
		w.Service = w.replica("replica-1")
		o := guarded(w, 5*time.Minute)
		stop := w.start(w.Service, time.Second)
		w.canary()
		w.at(120)
		stop()
		jobs := w.leads()
		defer jobs.Stop()
		w.at(180)
		if n := len(w.office.sent(MethodWebhook, "")); n != 2 {
			w.t.Errorf("%d canaries have left; want the one of the new process, too", n)
		}
		w.at(120 + 5*60)
		if !pinged(w, o) {
			w.t.Error("the switch is not told although a period has not passed since the last canary")
		}
	})
}

// leads works all jobs, also those that come round by themselves.
func (w *world) leads() *pgtest.Jobs {
	workers := river.NewWorkers()
	w.AddWorkers(workers)
	queues := map[string]river.QueueConfig{escalation.Queue: {MaxWorkers: 1}}
	for _, q := range Queues() {
		queues[q] = river.QueueConfig{MaxWorkers: 1}
	}
	return pgtest.Work(w.t, w.pool, river.Config{ID: "replica-2", Workers: workers, Queues: queues, PeriodicJobs: w.Periodic(), FetchPollInterval: time.Second})
}
