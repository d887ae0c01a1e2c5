package pgtest_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/tocsinhq/tocsin/migrations/pgtest"
)

type ring struct{}

func (ring) Kind() string { return "pgtest.ring" }

type ringer struct {
	river.WorkerDefaults[ring]
	rang chan time.Time
}

func (w *ringer) Work(context.Context, *river.Job[ring]) error {
	w.rang <- time.Now()
	return nil
}

// startRiver works jobs of a bubble, and returns where they say when they were.
func startRiver(t *testing.T, pool *pgxpool.Pool, poll time.Duration) (*pgtest.Jobs, chan time.Time) {
	t.Helper()
	worker := &ringer{rang: make(chan time.Time, 10)}
	workers := river.NewWorkers()
	river.AddWorker(workers, worker)
	return pgtest.Work(t, pool, river.Config{
		FetchPollInterval: poll, Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 2}}, Workers: workers,
	}), worker.rang
}

// TestJobRunsByTheBubblesClock is the recipe of the package comment.
func TestJobRunsByTheBubblesClock(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	synctest.Test(t, func(t *testing.T) {
		jobs, rang := startRiver(t, pgtest.Pool(t, url), time.Second)
		defer jobs.Stop()
		due := time.Now().Add(5 * time.Minute)
		if _, err := jobs.Insert(t.Context(), ring{}, &river.InsertOpts{ScheduledAt: due}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Until(due) - time.Second)
		if len(rang) != 0 {
			t.Fatal("the job ran before it was due")
		}
		if late := (<-rang).Sub(due); late < 0 || late > 2*time.Second {
			t.Errorf("the job ran %s after it was due; want within River's poll interval", late)
		}
	})
}

// TestNudgedJobsRunInTheirInstant although River never polls, and not before.
func TestNudgedJobsRunInTheirInstant(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	synctest.Test(t, func(t *testing.T) {
		pool := pgtest.Pool(t, url)
		jobs, rang := startRiver(t, pool, 24*time.Hour)
		defer jobs.Stop()
		time.Sleep(time.Second) // River has polled as it started
		want := time.Now().Add(5 * time.Minute)
		if _, err := pgtest.Inserter(t, pool, river.Config{}).Insert(t.Context(), ring{}, &river.InsertOpts{ScheduledAt: want}); err != nil {
			t.Fatal(err)
		}
		for _, at := range []time.Time{want.Add(-time.Second), want} {
			due, running := pgtest.Due(t, pool)
			if next := due[river.QueueDefault]; len(due) != 1 || !next.Equal(want) || running || len(rang) != 0 {
				t.Fatalf("due are %v, running %v, %d worked; want one at %v", due, running, len(rang), want)
			}
			time.Sleep(time.Until(at))
			jobs.Nudge(river.QueueDefault)
			time.Sleep(pgtest.Nudged)
		}
		if len(rang) != 1 {
			t.Fatalf("%d jobs were worked, want one", len(rang))
		}
		if late := (<-rang).Sub(want); late < 0 || late > pgtest.Nudged {
			t.Errorf("the job ran %s after it was due", late)
		}
		time.Sleep(time.Second) // River notes some at once that they are done
		if due, running := pgtest.Due(t, pool); len(due) != 0 || running {
			t.Errorf("due are %v, running %v; want none, not even a nudge", due, running)
		}
	})
}
