package main

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tocsinhq/tocsin/migrations"
	"github.com/tocsinhq/tocsin/migrations/localpg"
	"github.com/tocsinhq/tocsin/migrations/pgtest"
)

// TestThreeReplicasSendEachPageOnce lets three processes share what many escalations
// ask for at once. All of them work, and everybody is paged by every step exactly once.
func TestThreeReplicasSendEachPageOnce(t *testing.T) {
	t.Parallel()
	const escalations, people = 40, 40
	w := newPagedWorld(t, pgtest.URL(t))
	w.organised(people, time.Second)
	for range 3 {
		w.start()
	}
	w.working(3)
	for n := range escalations {
		if _, err := w.begins(n%people, fmt.Sprintf("Service %d is down", n)); err != nil {
			t.Fatal(err)
		}
	}
	w.exhausted(escalations)
	if keys := w.pageKeys(); len(keys) != 2*escalations {
		t.Errorf("%d pages were planned; want %d", len(keys), 2*escalations)
	}
	for _, key := range w.pageKeys() {
		w.onceOrRepeated(key, true)
	}
	if n := w.count(`SELECT count(*) FROM delivery WHERE attempt <> 1 AND page_id IS NOT NULL`); n != 0 {
		t.Errorf("%d pages were tried more than once, or never", n)
	}
	for _, c := range w.all() {
		if n := w.workedBy(c); n == 0 {
			t.Errorf("process %d worked nothing", c.pid())
		}
	}
}

// pageKeys lists the keys of all pages.
func (w *pagedWorld) pageKeys() []string {
	return w.lines(`SELECT 'tocsin-delivery-' || id FROM delivery WHERE page_id IS NOT NULL ORDER BY id`)
}

// exhausted waits until so many escalations have paged everybody, and each of their
// pages has come to its end.
func (w *pagedWorld) exhausted(n int) {
	w.t.Helper()
	w.waitFor("everybody to be paged", func() bool {
		return w.count(`SELECT count(*) FROM escalation WHERE exhausted`) == n &&
			w.count(`SELECT count(*) FROM page WHERE id NOT IN (SELECT page_id FROM page_plan)`) == 0 &&
			w.count(`SELECT count(*) FROM delivery WHERE page_id IS NOT NULL AND state IN ('planned', 'sending')`) == 0
	})
}

// TestPostgresIsKilledWhilePeopleArePaged kills the database with escalations in all
// stages, and starts it again. What was asked for and confirmed is paged, by each step
// once or as a repeat, and no process has to be started anew.
func TestPostgresIsKilledWhilePeopleArePaged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cluster := startCluster(t, dir)
	w := newPagedWorld(t, cluster.URL())
	w.organised(20, 2*time.Second)
	w.start()
	w.start()
	w.working(2)
	stop := w.keepsBeginning(20)
	w.waitFor("a second step", func() bool { return w.count(`SELECT count(*) FROM page WHERE step = 2`) > 0 })
	killed, kill := context.WithCancel(context.Background())
	kill()
	_ = cluster.Stop(killed) // it says that it was killed
	pause(t.Context(), 1500*time.Millisecond)
	startCluster(t, dir)
	w.reconnects()
	pause(t.Context(), 500*time.Millisecond)
	confirmed := stop()
	for _, c := range w.all() {
		select {
		case <-c.gone:
			t.Errorf("process %d has ended; want it to go on by itself", c.pid())
		default:
		}
	}
	begun := w.count(`SELECT count(*) FROM escalation`)
	if begun < len(confirmed) || len(confirmed) == 0 {
		t.Errorf("%d escalations are in the database; %d were confirmed", begun, len(confirmed))
	}
	w.exhausted(begun)
	if keys := w.pageKeys(); len(keys) != 2*begun {
		t.Errorf("%d pages were planned for %d escalations; want two each", len(keys), begun)
	}
	for _, key := range w.pageKeys() {
		w.onceOrRepeated(key, false)
	}
	t.Logf("%d escalations, %d repeats", begun, w.count(`SELECT count(*) FROM delivery WHERE repeat AND page_id IS NOT NULL`))
}

// startCluster starts a durable private Postgres on a folder, with our tables in it.
func startCluster(t *testing.T, dir string) *localpg.Cluster {
	t.Helper()
	cluster, err := localpg.Start(t.Context(), localpg.Config{Dir: dir, Durable: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cluster.Stop(context.Background()) }) // the test is over
	pool, err := pgxpool.New(t.Context(), cluster.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if err := migrations.Up(t.Context(), pool); err != nil {
		t.Fatal(err)
	}
	return cluster
}

// reconnects waits until the test itself has good connections again.
func (w *pagedWorld) reconnects() {
	w.t.Helper()
	w.pool.Reset()
	if err := w.until(hangs, func() error { return w.pool.Ping(w.t.Context()) }); err != nil {
		w.t.Fatal(err)
	}
}

// keepsBeginning begins one escalation after the other, also while that fails, until
// stop is called, which returns those that were confirmed.
func (w *pagedWorld) keepsBeginning(people int) (stop func() []int64) {
	ctx, cancel := context.WithCancel(w.t.Context())
	var confirmed []int64
	var working sync.WaitGroup
	working.Go(func() {
		for n := 0; ctx.Err() == nil; n++ {
			if id, err := w.begins(n%people, fmt.Sprintf("Service %d is down", n)); err == nil {
				confirmed = append(confirmed, id)
			}
			pause(ctx, 50*time.Millisecond)
		}
	})
	return func() []int64 { cancel(); working.Wait(); return confirmed }
}
