package pgtest

import (
	"cmp"
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"
)

// Jobs is a River on a test's database, with the product's hook: a job for
// later is taken by whichever client looks once it is due, without a leader.
// It belongs to one goroutine.
type Jobs struct {
	*river.Client[pgx.Tx]
	t testing.TB
}

// Inserter is a River that inserts jobs, as the product's recorder needs, and
// works none. Inside a bubble due times follow the bubble's clock.
func Inserter(t testing.TB, pool *pgxpool.Pool, config river.Config) *river.Client[pgx.Tx] {
	t.Helper()
	return connect(t, riverpgxv5.New(pool), config)
}

// Work starts a River that works the jobs of the configured queues, with its
// workers, until Stop. It looks for jobs every FetchPollInterval, and into one
// queue whenever Nudge says so.
func Work(t testing.TB, pool *pgxpool.Pool, config river.Config) *Jobs {
	t.Helper()
	river.AddWorker(config.Workers, river.WorkFunc(func(context.Context, *river.Job[nudge]) error { return nil }))
	config.PollOnly, config.TestOnly, config.FetchCooldown = true, true, time.Millisecond
	j := &Jobs{connect(t, deaf{riverpgxv5.New(pool)}, config), t}
	if err := j.Start(context.WithoutCancel(t.Context())); err != nil {
		t.Fatalf("pgtest: start River: %v", err)
	}
	return j
}

func connect(t testing.TB, driver riverdriver.Driver[pgx.Tx], config river.Config) *river.Client[pgx.Tx] {
	t.Helper()
	config.Hooks = append([]rivertype.Hook{&arm{}}, config.Hooks...)
	config.Logger = cmp.Or(config.Logger, slog.New(slog.DiscardHandler))
	if inBubble() {
		config.Test.Time = Clock{}
	}
	client, err := river.NewClient(driver, &config)
	if err != nil {
		t.Fatalf("pgtest: make River: %v", err)
	}
	return client
}

// Stop lets jobs end that are being worked. No other starts.
func (j *Jobs) Stop() {
	j.t.Helper()
	if err := j.Client.Stop(context.WithoutCancel(j.t.Context())); err != nil {
		j.t.Errorf("pgtest: stop River: %v", err)
	}
}

// Nudge makes River look into a queue. In a bubble what was due has begun
// Nudged later.
func (j *Jobs) Nudge(queue string) {
	j.t.Helper()
	if _, err := j.Insert(j.t.Context(), nudge{}, &river.InsertOpts{Queue: queue}); err != nil {
		j.t.Fatalf("pgtest: nudge %s: %v", queue, err)
	}
}

// Nudged is more than River waits between two looks.
const Nudged = 2 * time.Millisecond

// Due tells when the next job of each queue is due, and whether any is being
// worked. River notes the end of jobs in batches, so that may be true for some
// of a second after the last.
func Due(t testing.TB, pool *pgxpool.Pool) (due map[string]time.Time, running bool) {
	t.Helper()
	rows, err := pool.Query(t.Context(), `
		SELECT queue, state = 'running', min(scheduled_at)
		FROM river_job
		WHERE state IN ('available', 'retryable', 'scheduled', 'running') AND kind <> $1
		GROUP BY 1, 2`, nudge{}.Kind())
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	due = map[string]time.Time{}
	var (
		queue  string
		worked bool
		at     time.Time
	)
	_, err = pgx.ForEachRow(rows, []any{&queue, &worked, &at}, func() error {
		if running = running || worked; !worked {
			due[queue] = at
		}
		return nil
	})
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	return due, running
}

// deaf makes River look for jobs when its own client inserts one, as it does on
// databases that cannot notify.
type deaf struct{ *riverpgxv5.Driver }

// SupportsListener says no.
func (deaf) SupportsListener() bool { return false }

// nudge is a job that does nothing: inserting it makes River look for others.
type nudge struct{}

// Kind names the job.
func (nudge) Kind() string { return "test.nudge" }

// arm keeps a job for later in the state in which every client takes it.
type arm struct{ river.HookDefaults }

// InsertBegin is called by River before a job is inserted.
func (*arm) InsertBegin(_ context.Context, p *rivertype.JobInsertParams) error {
	if p.State == rivertype.JobStateScheduled {
		p.State = rivertype.JobStateAvailable
	}
	return nil
}
