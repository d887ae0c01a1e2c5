package paging

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/tocsinhq/tocsin/migrations/pgtest"
)

// inWorld runs a story. poll is how often queues are looked at; with quick that is
// when a job is due.
func inWorld(t *testing.T, poll time.Duration, story func(w *world)) {
	t.Helper()
	t.Parallel()
	url := pgtest.URL(t)
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, pool: pgtest.Pool(t, url), office: newOffice()}
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

// works lets time pass until the next job is due and has been worked, as a poll of each
// queue every 200 ms would, and is false when none is due before the target. What is
// worked at that moment may ask for more at any time, so then it looks as often.
func (w *world) works(target time.Time) bool {
	w.t.Helper()
	due, running := pgtest.Due(w.t, w.pool)
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
			for _, jobs := range w.awake {
				jobs.Nudge(queue)
			}
		}
	}
	time.Sleep(pgtest.Nudged)
	if left, _ := pgtest.Due(w.t, w.pool); stuck(left, next) {
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
