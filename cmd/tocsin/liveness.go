package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	livenessClass  = 7331                   // class of our advisory locks, as in the SQL function worker_alive
	livenessPeriod = 500 * time.Millisecond // how often the dead are looked for
	livenessGrace  = 2 * time.Second        // a job that began this recently is left alone
)

// liveness lets the jobs of a process that died be taken up at once. Each process
// holds a session lock for as long as it lives; Postgres releases it the moment
// the process is gone. A running job whose worker holds no lock is made available
// again. It only ever puts jobs back: whoever works them still has to find out
// what the dead one did, and every worker does.
type liveness struct {
	Pool *pgxpool.Pool
	ID   string // the id under which this process works jobs
	Log  *slog.Logger

	Ready chan<- struct{} // closed when the lock is held
}

// Run holds the lock and looks for the dead until ctx ends. When the connection
// that holds the lock breaks it returns an error, and the process must stop
// working jobs: others may take them for abandoned.
func (l liveness) Run(ctx context.Context) error {
	conn, err := l.Pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("liveness: %w", err)
	}
	held := conn.Hijack() // never back to the pool: the lock is the session's
	defer func() { _ = held.Close(context.WithoutCancel(ctx)) }()
	if err := l.lock(ctx, held); err != nil {
		return err
	}
	close(l.Ready)
	tick := time.NewTicker(livenessPeriod)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := l.sweep(ctx, held); err != nil && ctx.Err() == nil {
			return err
		}
	}
}

func (l liveness) lock(ctx context.Context, conn *pgx.Conn) error {
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock($1, hashtext($2))`, livenessClass, l.ID); err != nil {
		return fmt.Errorf("liveness: lock: %w", err)
	}
	return nil
}

func (l liveness) sweep(ctx context.Context, conn *pgx.Conn) error {
	now := time.Now()
	tag, err := conn.Exec(ctx, `
		UPDATE river_job
		SET state = 'available', scheduled_at = $1,
			errors = array_append(errors, jsonb_build_object('at', $1::timestamptz, 'attempt', attempt, 'error', 'the process that worked it died', 'trace', ''))
		WHERE id IN (
			SELECT id
			FROM river_job
			WHERE state = 'running' AND attempted_at < $2 AND NOT worker_alive(attempted_by[array_upper(attempted_by, 1)])
			FOR UPDATE SKIP LOCKED
		)`, now, now.Add(-livenessGrace))
	if err != nil {
		return fmt.Errorf("liveness: sweep: %w", err)
	}
	if n := tag.RowsAffected(); n > 0 {
		l.Log.WarnContext(ctx, "jobs of a dead process are taken up", slog.Int64("jobs", n))
	}
	return nil
}
