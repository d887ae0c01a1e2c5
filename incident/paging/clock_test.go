package paging

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/tocsinhq/tocsin/migrations/pgtest"
)

// inWorld runs a story. poll is how often queues are looked at; with quick that is
// when a job is due.
func inWorld(t *testing.T, poll time.Duration, story func(w *world)) {
	t.Helper()
	t.Parallel()
	url := pgtest.URL(t)
	synctest.Test(t, func(t *testing.T) {
		pool, err := pgxpool.New(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		defer pool.Close()
		w := &world{t: t, pool: pool, office: newOffice()}
		w.Service = w.replica("replica-1")
		stop := w.start(w.Service, poll)
		defer stop()
		w.began = time.Now()
		story(w)
	})
}

// at lets time pass until so many seconds after the beginning.
func (w *world) at(seconds float64) {
	w.t.Helper()
	target := w.began.Add(time.Duration(seconds * float64(time.Second)))
	for len(w.awake) > 0 && w.works(target) {
	}
	time.Sleep(time.Until(target))
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

// works lets time pass until the next job is due and has been worked, as a poll of each
// queue every 200 ms would, and is false when none is due before the target. What is
// worked at that moment may ask for more at any time, so then it looks as often.
func (w *world) works(target time.Time) bool {
	w.t.Helper()
	due, running := w.jobs()
	next := time.Now().Add(quick)
	if !running {
		next = target
	}
	for _, at := range due {
		if at.Before(next) {
			next = at
		}
	}
	if !next.Before(target) {
		return false
	}
	time.Sleep(time.Until(next))
	for queue, at := range due {
		if !at.After(next) {
			w.wake(queue)
		}
	}
	time.Sleep(2 * time.Millisecond) // more than River's cooldown
	if left, _ := w.jobs(); stuck(left, next) {
		time.Sleep(quick) // River has to make it available first
	}
	return true
}

func stuck(due map[string]time.Time, since time.Time) bool {
	for _, at := range due {
		if !at.After(since) {
			return true
		}
	}
	return false
}

// wake makes every replica look into a queue.
func (w *world) wake(queue string) {
	w.t.Helper()
	for _, client := range w.awake {
		_, err := client.Insert(w.t.Context(), nudge{}, &river.InsertOpts{Queue: queue})
		w.must(err)
	}
}

// jobs tells when the next job of each queue is due, and whether any is being worked.
func (w *world) jobs() (due map[string]time.Time, running bool) {
	w.t.Helper()
	rows, err := w.pool.Query(w.t.Context(), `
		SELECT queue, state = 'running', min(scheduled_at)
		FROM river_job
		WHERE state IN ('available', 'retryable', 'scheduled', 'running') AND kind <> $1
		GROUP BY 1, 2`, nudge{}.Kind())
	w.must(err)
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
	w.must(err)
	return due, running
}
