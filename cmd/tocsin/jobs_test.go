package main

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/tocsinhq/tocsin/migrations/pgtest"
)

// timerJob is a job that says when it ran.
type timerJob struct{}

// Kind names the job.
func (timerJob) Kind() string { return "test.timer" }

// ranAt inserts a job due after a while, as the product does, and returns when it
// was due and when it ran. The state in which it waits is checked: a River that
// ignores the hook would leave it "scheduled", which only the leader ends, every 5 s.
func ranAt(t *testing.T, pool *pgxpool.Pool, after time.Duration, tuning jobTuning) (due, ran time.Time) {
	t.Helper()
	log, done := slog.New(slog.DiscardHandler), make(chan time.Time, 1)
	workers := river.NewWorkers()
	river.AddWorker(workers, river.WorkFunc(func(context.Context, *river.Job[timerJob]) error {
		done <- time.Now()
		return nil
	}))
	client, err := newWorkers(pool, "timer-test", workers, log, tuning)
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := client.Stop(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	}()
	due = time.Now().Add(after)
	insertTimer(t, pool, log, tuning, due)
	select {
	case ran = <-done:
	case <-time.After(after + hangs):
		t.Fatal("the timer never fired")
	}
	return due, ran
}

func insertTimer(t *testing.T, pool *pgxpool.Pool, log *slog.Logger, tuning jobTuning, due time.Time) {
	t.Helper()
	inserter, err := newInserter(pool, log, tuning)
	if err != nil {
		t.Fatal(err)
	}
	err = pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
		many, err := inserter.InsertManyTx(t.Context(), tx, []river.InsertManyParams{{Args: timerJob{}, InsertOpts: &river.InsertOpts{ScheduledAt: due}}})
		if err == nil && many[0].Job.State != rivertype.JobStateAvailable {
			t.Errorf("a timer waits as %s; want available", many[0].Job.State)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func checkLateness(t *testing.T, due, ran time.Time, most time.Duration) {
	t.Helper()
	if late := ran.Sub(due); late < 0 || late > most {
		t.Errorf("the timer fired %v after its time; want at most %v", late, most)
	}
}

// TestTimerFiresOnTimeWithoutALeader leaves the machine some time: the leader would
// fire it 4 s late. How late it is on a quiet machine is measured by benchmarks.
func TestTimerFiresOnTimeWithoutALeader(t *testing.T) {
	t.Parallel()
	due, ran := ranAt(t, pgtest.DB(t), time.Second, jobTuning{})
	checkLateness(t, due, ran, 3500*time.Millisecond)
}

func TestTimerFiresOnTimeInABubble(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	synctest.Test(t, func(t *testing.T) {
		pool, err := pgxpool.New(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		defer pool.Close()
		due, ran := ranAt(t, pool, 10*time.Second, jobTuning{PollOnly: true, Test: river.TestConfig{Time: pgtest.Clock{}}})
		checkLateness(t, due, ran, 250*time.Millisecond)
	})
}
