package pgtest_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/tocsinhq/tocsin/migrations"
	"github.com/tocsinhq/tocsin/migrations/pgtest"
)

func TestDBIsMigratedAndOurs(t *testing.T) {
	t.Parallel()
	one, two := pgtest.DB(t), pgtest.DB(t)
	for _, pool := range []*pgxpool.Pool{one, two} {
		if err := migrations.Check(t.Context(), pool); err != nil {
			t.Error(err)
		}
	}
	if _, err := one.Exec(t.Context(), `CREATE TABLE mine (x int)`); err != nil {
		t.Fatal(err)
	}
	if tableExists(t, two, "mine") {
		t.Error("a table of one database is seen in another")
	}
}

func TestTxIsRolledBack(t *testing.T) {
	t.Parallel()
	t.Run("write", func(t *testing.T) {
		if _, err := pgtest.Tx(t).Exec(t.Context(), `CREATE TABLE written_by_tx (x int)`); err != nil {
			t.Fatal(err)
		}
	})
	var found bool
	err := pgtest.Tx(t).QueryRow(t.Context(), `SELECT to_regclass('written_by_tx') IS NOT NULL`).Scan(&found)
	if err != nil || found {
		t.Errorf("written_by_tx found = %v, %v; want it rolled back", found, err)
	}
}

func tableExists(t *testing.T, pool *pgxpool.Pool, name string) bool {
	t.Helper()
	var found bool
	if err := pool.QueryRow(t.Context(), `SELECT to_regclass($1) IS NOT NULL`, name).Scan(&found); err != nil {
		t.Fatal(err)
	}
	return found
}

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

// TestJobRunsByTheBubblesClock is the recipe of the package comment.
func TestJobRunsByTheBubblesClock(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	synctest.Test(t, func(t *testing.T) {
		ctx := t.Context()
		pool, err := pgxpool.New(ctx, url)
		if err != nil {
			t.Fatal(err)
		}
		defer pool.Close()
		worker := &ringer{rang: make(chan time.Time, 1)}
		client := startRiver(t, pool, worker)
		defer stopRiver(t, client)

		due := time.Now().Add(5 * time.Minute)
		if _, err := client.Insert(ctx, ring{}, &river.InsertOpts{ScheduledAt: due}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Until(due) - time.Second)
		if len(worker.rang) != 0 {
			t.Fatal("the job ran before it was due")
		}
		rang := <-worker.rang
		if late := rang.Sub(due); late < 0 || late > 2*time.Second {
			t.Errorf("the job ran %s after it was due; want within River's poll interval", late)
		}
	})
}

// TestCallsInsideABubbleAreRefused: they would start goroutines and sockets
// that the bubble waits for in vain.
func TestCallsInsideABubbleAreRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		refused := &listener{TB: t}
		done := make(chan struct{})
		go func() {
			defer close(done)
			pgtest.URL(refused)
		}()
		<-done
		if !strings.Contains(refused.said, "before synctest.Test") {
			t.Errorf("URL inside a bubble said %q; want what to do instead", refused.said)
		}
	})
}

// listener hears a fatal message without failing the test.
type listener struct {
	testing.TB
	said string
}

func (l *listener) Fatal(args ...any) {
	l.said = fmt.Sprint(args...)
	runtime.Goexit()
}

func startRiver(t *testing.T, pool *pgxpool.Pool, worker *ringer) *river.Client[pgx.Tx] {
	t.Helper()
	workers := river.NewWorkers()
	river.AddWorker(workers, worker)
	client, err := river.NewClient(riverpgxv5.New(pool), &river.Config{
		FetchPollInterval: time.Second,
		PollOnly:          true,
		Queues:            map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 2}},
		Test:              river.TestConfig{Time: pgtest.Clock{}},
		TestOnly:          true,
		Workers:           workers,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return client
}

func stopRiver(t *testing.T, client *river.Client[pgx.Tx]) {
	t.Helper()
	if err := client.Stop(context.WithoutCancel(t.Context())); err != nil {
		t.Error(err)
	}
}
