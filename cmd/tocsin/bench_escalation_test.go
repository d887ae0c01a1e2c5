package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
	"github.com/tocsinhq/tocsin/migrations"
	"github.com/tocsinhq/tocsin/timeline"
)

// escalatesForTest makes this test binary a process that works escalation timers,
// and nothing else, on the database that it names.
const escalatesForTest = "TOCSIN_TEST_ESCALATES"

// escalate is that process. It uses the program's own workers, queues and proof
// of life.
func escalate(ctx context.Context, database string) int {
	pool, err := newPool(ctx, database)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer pool.Close()
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	inserter, err := newInserter(pool, quietLog(log), jobTuning{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	table := timeline.Reactions{}
	for _, kind := range incident.Kinds() {
		table[kind] = []timeline.Reaction{escalation.SetTimer}
	}
	incidents := &incident.Service{Pool: pool, Recorder: &timeline.Recorder{Jobs: inserter, Reactions: table}}
	workers := river.NewWorkers()
	(&escalation.Service{Incidents: incidents, Pool: pool, Log: log}).AddWorkers(workers)
	a := &App{parts: Parts{Pool: pool, Log: log}, id: workerID()}
	if a.workers, err = newWorkers(pool, a.id, workers, quietLog(log), jobTuning{}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if err := a.runJobs(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// BenchmarkStepLateness lets many steps fall due, evenly over a while, and measures
// how late each is: from its due time until the transaction that pages has the
// locks and reads the clock. TOCSIN_BENCH_STEPS sets how many, at 167 a second. Of
// three processes one is killed halfway in the last variant; the steps that it was
// working are taken up by the others.
func BenchmarkStepLateness(b *testing.B) {
	steps := 1000
	if n, err := strconv.Atoi(os.Getenv("TOCSIN_BENCH_STEPS")); err == nil {
		steps = n
	}
	for _, v := range []struct {
		name      string
		processes int
		kill      bool
	}{{"one-process", 1, false}, {"three-processes", 3, false}, {"three-processes-one-killed", 3, true}} {
		b.Run(v.name, func(b *testing.B) {
			for b.Loop() {
				stepsFallDue(b, steps, v.processes, v.kill)
			}
		})
	}
}

func stepsFallDue(b *testing.B, steps, processes int, kill bool) {
	b.Helper()
	database := durableURL(b)
	pool, err := newPool(b.Context(), database)
	if err != nil {
		b.Fatal(err)
	}
	defer pool.Close()
	if err := migrations.Up(b.Context(), pool); err != nil {
		b.Fatal(err)
	}
	var running []*child
	defer func() {
		for _, c := range running {
			c.kill()
		}
	}()
	few, err := withPool(database, 8) // the private Postgres has connections for two processes
	if err != nil {
		b.Fatal(err)
	}
	for range processes {
		running = append(running, spawnAs(b, escalatesForTest, few, nil))
	}
	waitForProcesses(b, pool, running)
	over := time.Duration(steps) * 6 * time.Millisecond
	start := time.Now().Add(4*time.Second + time.Duration(steps)*time.Millisecond).UTC().Truncate(time.Microsecond)
	begunEscalations(b, pool, steps, start, over)
	if kill {
		pause(b.Context(), time.Until(start.Add(over/2)))
		running[0].kill()
	}
	waitForPages(b, pool, steps, start.Add(over+time.Minute), running)
	reportLateness(b, pool, start, steps)
}

// withPool bounds the pool of whoever connects by a connection string.
func withPool(raw string, connections int) (string, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return "", err
	}
	q := u.Query()
	q.Set("pool_max_conns", strconv.Itoa(connections))
	u.RawQuery = q.Encode()
	return u.String(), nil
}

// begunEscalations puts escalations and their timers into the database as they are
// when the first step has fired.
func begunEscalations(b *testing.B, pool *pgxpool.Pool, steps int, start time.Time, over time.Duration) {
	b.Helper()
	_, err := pool.Exec(b.Context(), `
		INSERT INTO incident (title, severity, status, declared_by_kind, declared_by_id, declared_at)
		SELECT 'Incident ' || n, 2, 'active', 'person', 'U1', $1
		FROM generate_series(1, $2::int) n`, start, steps)
	if err != nil {
		b.Fatal(err)
	}
	_, err = pool.Exec(b.Context(), `
		INSERT INTO escalation (incident_id, dedup_key, count, subject, urgency, state, policy, pass, next_step, settled, fired, exhausted,
			step_due_at, snoozed, held, run, generation, began_at, next_due_at)
		SELECT id, id::text, 1, 'Checkout', 'high', 'triggered',
			'{"steps": [{"targets": [], "delay": 0}, {"targets": [{"kind": "person", "id": "U2"}, {"kind": "channel", "id": "C1"}], "delay": 3600000000000}]}',
			0, 2, true, 1, false, due, false, false, 1, 1, $1, due
		FROM incident, LATERAL (SELECT $1::timestamptz + id * $2::interval / $3::int AS due) t`, start, over, steps)
	if err != nil {
		b.Fatal(err)
	}
	inserter, err := newInserter(pool, slog.New(slog.DiscardHandler), jobTuning{})
	if err != nil {
		b.Fatal(err)
	}
	rows, err := pool.Query(b.Context(), `SELECT id, step_due_at FROM escalation ORDER BY id`)
	if err != nil {
		b.Fatal(err)
	}
	timers, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (river.InsertManyParams, error) {
		args, opts := escalation.Advance{Generation: 1}, &river.InsertOpts{Queue: escalation.Queue}
		err := row.Scan(&args.Escalation, &opts.ScheduledAt)
		return river.InsertManyParams{Args: args, InsertOpts: opts}, err
	})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := inserter.InsertMany(b.Context(), timers); err != nil {
		b.Fatal(err)
	}
	if _, err := pool.Exec(b.Context(), `VACUUM ANALYZE`); err != nil {
		b.Fatal(err)
	}
	if late := time.Until(start); late < 2*time.Second {
		b.Fatalf("the machine is too slow: %v are left before the first step is due", late)
	}
}

// waitForProcesses waits until all of them work jobs, as their proof of life says.
func waitForProcesses(b *testing.B, pool *pgxpool.Pool, running []*child) {
	b.Helper()
	deadline := time.Now().Add(time.Minute)
	for alive := 0; alive < len(running); pause(b.Context(), 100*time.Millisecond) {
		if time.Now().After(deadline) {
			b.Fatalf("%d of %d processes came up; the last one said:\n%s", alive, len(running), running[len(running)-1].log.tail())
		}
		err := pool.QueryRow(b.Context(), `SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = $1::int::oid AND granted`, livenessClass).Scan(&alive)
		if err != nil {
			b.Fatal(err)
		}
	}
}

func waitForPages(b *testing.B, pool *pgxpool.Pool, steps int, until time.Time, running []*child) {
	b.Helper()
	for {
		var fired int
		if err := pool.QueryRow(b.Context(), `SELECT count(DISTINCT escalation_id) FROM page`).Scan(&fired); err != nil {
			b.Fatal(err)
		}
		if fired == steps {
			return
		}
		if time.Now().After(until) {
			b.Fatalf("%d of %d steps have fired; the last process said:\n%s", fired, steps, running[len(running)-1].log.tail())
		}
		pause(b.Context(), time.Second)
	}
}

func reportLateness(b *testing.B, pool *pgxpool.Pool, start time.Time, steps int) {
	b.Helper()
	rows, err := pool.Query(b.Context(), `
		SELECT extract(epoch FROM p.created_at - ($1::timestamptz + e.id * interval '6 milliseconds')) * 1000000
		FROM page p
		JOIN escalation e ON e.id = p.escalation_id
		WHERE p.kind = 'person'`, start)
	if err != nil {
		b.Fatal(err)
	}
	late, err := pgx.CollectRows(rows, pgx.RowTo[float64])
	if err != nil {
		b.Fatal(err)
	}
	if len(late) != steps {
		b.Errorf("%d people were paged for %d steps; want each once", len(late), steps)
	}
	var all latencies
	early := 0
	for _, microseconds := range late {
		if microseconds < 0 {
			early++
		}
		all.add(time.Duration(microseconds) * time.Microsecond)
	}
	if early > 0 {
		b.Errorf("%d steps fired before their time", early)
	}
	all.report(b, "-late")
}
