package escalation

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/timeline"
)

// Queue is where the jobs of this package run. It is looked at far more often
// than others, since that bounds how late a step is.
const Queue = "escalation"

// SetTimer is the reaction to every event that moves the time at which an
// escalation has to be looked at.
func SetTimer(e timeline.Entry) []timeline.Job {
	event, ok := e.Event.(interface {
		Timer() incident.EscalationTimer
	})
	if !ok || event.Timer().Due.IsZero() {
		return nil
	}
	t := event.Timer()
	return []timeline.Job{{
		Args: Advance{Escalation: t.Escalation, Generation: t.Generation},
		Opts: &river.InsertOpts{Queue: Queue, ScheduledAt: t.Due},
	}}
}

// AddWorkers makes this package's jobs known to River.
func (s *Service) AddWorkers(to *river.Workers) {
	river.AddWorker(to, &advancer{service: s})
	river.AddWorker(to, &ender{service: s})
	river.AddWorker(to, &beginner{service: s})
	river.AddWorker(to, &raiser{service: s})
}

// advancer works the timers. A job whose process died, or that River hands to a
// second worker because the first is slow, is worked twice: whoever locks the row
// first raises the generation in the transaction that pages, and the other finds
// its own generation overtaken and does nothing. So the job needs not be completed
// in that transaction. Done and not completed, it is worked again and does nothing;
// completed and not done cannot be, since it is completed only after the commit.
type advancer struct {
	river.WorkerDefaults[Advance]
	service *Service
}

// Timeout is short: the transaction takes milliseconds, and a step is due.
func (*advancer) Timeout(*river.Job[Advance]) time.Duration { return 10 * time.Second }

// NextRetry is soon, for the same reason.
func (*advancer) NextRetry(*river.Job[Advance]) time.Time { return time.Now().Add(time.Second) }

// Work is called by River when the timer is due by the database's clock. By ours
// it may not be; then it is put off, never lost.
func (w *advancer) Work(ctx context.Context, job *river.Job[Advance]) error {
	early, err := w.service.Advance(ctx, job.Args.Escalation, job.Args.Generation)
	if err == nil && early > 0 {
		return river.JobSnooze(early)
	}
	return err
}

type ender struct {
	river.WorkerDefaults[EndAll]
	service *Service
}

// Work is called by River when an incident is over.
func (w *ender) Work(ctx context.Context, job *river.Job[EndAll]) error {
	return w.service.EndAll(ctx, job.Args.Incident)
}
