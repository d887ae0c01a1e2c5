package escalation_test

import (
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
	"github.com/tocsinhq/tocsin/migrations/pgtest"
	"github.com/tocsinhq/tocsin/timeline"
)

// engine is the real service on a real database, with the reactions that the
// product has.
type engine struct {
	*escalation.Service
	t      testing.TB
	record *timeline.Service
	poll   time.Duration
	jobs   *pgtest.Jobs // works them; nil before the first start
	hogged []*pgxpool.Conn
}

func reactions() timeline.Reactions {
	table := timeline.Reactions{}
	for _, kind := range incident.Kinds() {
		table[kind] = []timeline.Reaction{escalation.SetTimer}
	}
	for _, over := range []incident.Kind{incident.KindResolved, incident.KindCancelled, incident.KindClosed} {
		table[over] = []timeline.Reaction{func(e timeline.Entry) []timeline.Job {
			return []timeline.Job{{Args: escalation.EndAll{Incident: e.Incident}, Opts: &river.InsertOpts{Queue: escalation.Queue}}}
		}}
	}
	return table
}

func newEngine(t testing.TB, pool *pgxpool.Pool, poll time.Duration) *engine {
	t.Helper()
	jobs := pgtest.Inserter(t, pool, river.Config{})
	incidents := &incident.Service{Pool: pool, Recorder: &timeline.Recorder{Jobs: jobs, Reactions: reactions()}}
	e := &engine{t: t, record: &timeline.Service{Incidents: incidents}, poll: poll,
		Service: &escalation.Service{Incidents: incidents, Pool: pool, Log: slog.New(slog.NewTextHandler(t.Output(), nil))}}
	return e
}

// start lets jobs be worked until stop.
func (e *engine) start() {
	e.t.Helper()
	workers := river.NewWorkers()
	e.AddWorkers(workers)
	e.jobs = pgtest.Work(e.t, e.Pool, river.Config{Workers: workers, FetchPollInterval: e.poll,
		Queues: map[string]river.QueueConfig{escalation.Queue: {MaxWorkers: 50}}})
}

func (e *engine) stop() {
	e.t.Helper()
	e.jobs.Stop()
}

func (e *engine) declare(title string) incident.ID {
	e.t.Helper()
	i, err := e.Incidents.Declare(e.t.Context(), incident.Declaration{Title: title, Severity: incident.SEV2}, incident.By("declarer"))
	if err != nil {
		e.t.Fatal(err)
	}
	return i.ID
}

func (e *engine) save(p escalation.Policy) {
	e.t.Helper()
	err := pgx.BeginFunc(e.t.Context(), e.Pool, func(tx pgx.Tx) error { return escalation.SavePolicy(e.t.Context(), tx, p) })
	if err != nil {
		e.t.Fatal(err)
	}
}

func (e *engine) remove(who string) {
	e.t.Helper()
	_, err := e.Pool.Exec(e.t.Context(), `
		INSERT INTO person (id, handle, name, zone, removed_at)
		VALUES ($1, $1, $1, 'UTC', $2)
		ON CONFLICT (id) DO UPDATE SET removed_at = excluded.removed_at`, who, incident.Now())
	if err != nil {
		e.t.Fatal(err)
	}
}

func (e *engine) begin(id incident.ID, r escalation.Request) *escalation.Escalation {
	e.t.Helper()
	begun, err := e.Begin(e.t.Context(), id, r, incident.System)
	if err != nil {
		e.t.Fatal(err)
	}
	return begun
}

func (e *engine) acknowledge(id int64, who incident.PersonID) escalation.Answer {
	e.t.Helper()
	a, err := e.Acknowledge(e.t.Context(), id, escalation.Ack{Person: who, Via: "slack"}, incident.By(who))
	if err != nil {
		e.t.Fatal(err)
	}
	return a
}

func (e *engine) get(id int64) *escalation.Escalation {
	e.t.Helper()
	got, err := e.Get(e.t.Context(), id)
	if err != nil {
		e.t.Fatal(err)
	}
	return got
}

// told reads back from the timeline what happened to an incident, with the
// escalations numbered in the order in which they began.
func (e *engine) told(id incident.ID, start time.Time) ledger {
	e.t.Helper()
	entries, err := e.record.Entries(e.t.Context(), id)
	if err != nil {
		e.t.Fatal(err)
	}
	noted := ledger{start: start}
	var order []int64
	for _, entry := range entries {
		event, ok := entry.Event.(interface {
			Timer() incident.EscalationTimer
		})
		if !ok {
			continue
		}
		of := event.Timer().Escalation
		if !slices.Contains(order, of) {
			order = append(order, of)
		}
		noted.note(slices.Index(order, of)+1, entry.OccurredAt, []incident.Event{entry.Event})
	}
	return noted
}

// pages reads back which pages are stored, as "address", in the order in which
// they were made.
func (e *engine) pages(id int64) []string {
	e.t.Helper()
	rows, err := e.Pool.Query(e.t.Context(), `SELECT address FROM page WHERE escalation_id = $1 ORDER BY id`, id)
	if err != nil {
		e.t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		e.t.Fatal(err)
	}
	return all
}

// entry is a line of the timeline.
type entry = timeline.Entry

// hog takes every connection of the service's pool until free is called.
func hog(t *testing.T, e *engine) {
	t.Helper()
	for range e.Pool.Config().MaxConns {
		conn, err := e.Pool.Acquire(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		e.hogged = append(e.hogged, conn)
	}
}

func (e *engine) free() {
	for _, conn := range e.hogged {
		conn.Release()
	}
	e.hogged = nil
}
