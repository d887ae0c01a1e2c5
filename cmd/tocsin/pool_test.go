package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/migrations/pgtest"
)

func TestPoolSizes(t *testing.T) {
	t.Parallel()
	for url, want := range map[string][2]int32{
		"postgres://localhost/x":                                         {poolConnections, poolWarm},
		"postgres://localhost/x?pool_max_conns=30":                       {30, poolWarm},
		"postgres://localhost/x?pool_max_conns=1":                        {1, 1},
		"postgres://localhost/x?pool_max_conns=8&pool_min_idle_conns=5":  {8, 5},
		"host=localhost dbname=x pool_max_conns=9 pool_min_idle_conns=0": {9, 0},
	} {
		config, err := poolConfig(url)
		if err != nil || config.MaxConns != want[0] || config.MinIdleConns != want[1] {
			t.Errorf("%s: %+v, %v; want at most %d, %d warm", url, config, err, want[0], want[1])
		}
	}
}

// TestALockIsNotWaitedForLong: of two who change the same incident the second
// gives up while somebody still waits for an answer.
func TestALockIsNotWaitedForLong(t *testing.T) {
	t.Parallel()
	pool, err := newPool(t.Context(), pgtest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	holder, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = holder.Rollback(t.Context()) }()
	lock := func(tx interface {
		Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	}) error {
		_, err := tx.Exec(t.Context(), `SELECT pg_advisory_xact_lock(42)`)
		return err
	}
	if err := lock(holder); err != nil {
		t.Fatal(err)
	}
	refused, ok := errors.AsType[*pgconn.PgError](lock(pool))
	if !ok || refused.Code != "55P03" {
		t.Errorf("the second asker got %v; want lock_not_available", refused)
	}
}

// TestNobodyHoldsAConnectionWhileSlackIsSlow: calls that hang must
// leave the pool to those who type commands.
func TestNobodyHoldsAConnectionWhileSlackIsSlow(t *testing.T) {
	t.Parallel()
	inWorld(t, func(t *testing.T, w *world) {
		w.slack.Chaos.Delay("*", 10*time.Second)
		w.jira.Down(true)
		for n := range 5 {
			if _, err := w.app.Incidents.Declare(t.Context(), incident.Declaration{Title: fmt.Sprint("Slow ", n), Severity: incident.SEV1}, incident.By("U0ALICE")); err != nil {
				t.Fatal(err)
			}
		}
		pause(t.Context(), 3*time.Second) // the calls to make the rooms and to announce hang now
		running, held := 0, int32(0)
		for range 50 {
			held = w.pool.Stat().AcquiredConns()
			if held == 0 {
				break
			}
			pause(t.Context(), 10*time.Millisecond)
		}
		if err := w.pool.QueryRow(t.Context(), `SELECT count(*) FROM river_job WHERE state = 'running'`).Scan(&running); err != nil {
			t.Fatal(err)
		}
		if held != 0 || running < 5 {
			t.Errorf("%d connections are held while %d jobs wait for Slack; want 0 and at least 5", held, running)
		}
		w.slack.Chaos.Delay("*", 0)
		pause(t.Context(), 15*time.Second) // the simulator has answered what hung
	})
}

// TestAFullPoolIsSaid: whoever types while all connections are in use is told so in
// time, and can go on as soon as one is free.
func TestAFullPoolIsSaid(t *testing.T) {
	t.Parallel()
	inWorld(t, func(t *testing.T, w *world) {
		var held []*pgxpool.Conn
		for range w.pool.Config().MaxConns {
			conn, err := w.pool.Acquire(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			held = append(held, conn)
		}
		if r := w.slack.Person("alice").Types("general", "/incident list"); !strings.Contains(r.Text, "very busy") {
			t.Errorf("with all connections in use: %q, %v", r.Text, r.Err)
		}
		for _, conn := range held {
			conn.Release()
		}
		if r := w.slack.Person("alice").Types("general", "/incident list"); r.Err != nil || strings.Contains(r.Text, "busy") {
			t.Errorf("with connections free again: %q, %v", r.Text, r.Err)
		}
	})
}
