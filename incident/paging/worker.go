package paging

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"github.com/tocsinhq/tocsin/incident"
)

// The jobs of this package. Their arguments hold ids, never copies of state, and
// their kinds never change.
type (
	// BeginPage plans the messages of a page by its person's rules, and sends those
	// that are due at once.
	BeginPage struct {
		Page int64 `json:"page"`
	}
	// Deliver sends one message when its time has come.
	Deliver struct {
		Delivery int64 `json:"delivery"`
	}
	// Doubt is the timer of a message that was sent, and of whose arrival nothing is
	// heard.
	Doubt struct {
		Delivery int64 `json:"delivery"`
	}
	// Reconsider looks at a page that a digest told, after that has come to nothing.
	Reconsider struct {
		Page    int64 `json:"page"`
		Forward bool  `json:"forward"`
	}
	// Hurry looks anew at what waits to be told of an incident that got worse.
	Hurry struct {
		Incident incident.ID `json:"incident"`
	}
	// TellOutcome tells those who were paged, and want to know, what became of it.
	TellOutcome struct {
		Escalation int64 `json:"escalation"`
		Entry      int64 `json:"entry"`
	}
	// Canary begins a canary, which proves that paging works.
	Canary struct{}
	// CanaryStep is its timer, in the queue of the timers of steps; then it is sent.
	CanaryStep struct{}
	// PingDeadMan tells the outside that paging works.
	PingDeadMan struct{}
	// Audit looks for messages that are overdue.
	Audit struct{}
)

// Kind names the job.
func (BeginPage) Kind() string { return "paging.begin_page" }

// Kind names the job.
func (Deliver) Kind() string { return "paging.deliver" }

// Kind names the job.
func (Doubt) Kind() string { return "paging.doubt" }

// Kind names the job.
func (Reconsider) Kind() string { return "paging.reconsider" }

// Kind names the job.
func (Hurry) Kind() string { return "paging.hurry_held" }

// Kind names the job.
func (TellOutcome) Kind() string { return "paging.tell_outcome" }

// Kind names the job.
func (Canary) Kind() string { return "paging.canary" }

// Kind names the job.
func (CanaryStep) Kind() string { return "paging.canary_step" }

// Kind names the job.
func (PingDeadMan) Kind() string { return "paging.ping_dead_man" }

// Kind names the job.
func (Audit) Kind() string { return "paging.audit" }

// Queue is where pages are planned; their messages have a queue for each method, so
// that a vendor that hangs delays nobody else's.
const Queue = "page"

// QueueOf names the queue of a method.
func QueueOf(m Method) string { return "page_" + string(m) }

// Queues lists all queues of this package: one for pages, one for each method.
func Queues() []string {
	all := []string{Queue}
	for _, m := range Methods() {
		all = append(all, QueueOf(m))
	}
	return all
}

// AddWorkers makes this package's jobs known to River.
func (s *Service) AddWorkers(to *river.Workers) {
	add(to, func(ctx context.Context, a BeginPage) error { return s.BeginPage(ctx, a.Page) })
	add(to, func(ctx context.Context, a Deliver) error { return s.Deliver(ctx, a.Delivery) })
	add(to, func(ctx context.Context, a Doubt) error { return s.Doubt(ctx, a.Delivery) })
	add(to, s.Reconsider)
	add(to, s.Hurry)
	add(to, s.TellOutcome)
	add(to, func(ctx context.Context, _ Canary) error { return s.BeginCanary(ctx) })
	add(to, func(ctx context.Context, _ CanaryStep) error { return s.SendCanary(ctx) })
	add(to, func(ctx context.Context, _ PingDeadMan) error { return s.PingDeadMan(ctx) })
	add(to, func(ctx context.Context, _ Audit) error { return s.Audit(ctx) })
}

func add[T river.JobArgs](to *river.Workers, do func(context.Context, T) error) {
	river.AddWorker(to, &worker[T]{do: do})
}

// worker tries again after a second: what fails here is a database that is away for a
// moment, since failures of vendors are noted and have timers of their own.
type worker[T river.JobArgs] struct {
	river.WorkerDefaults[T]
	do func(context.Context, T) error
}

// Timeout leaves a vendor its deadline, and time to note what came of it.
func (*worker[T]) Timeout(*river.Job[T]) time.Duration { return 25 * time.Second }

// NextRetry is soon.
func (*worker[T]) NextRetry(*river.Job[T]) time.Time { return time.Now().Add(time.Second) }

// Work is called by River.
func (w *worker[T]) Work(ctx context.Context, job *river.Job[T]) error { return w.do(ctx, job.Args) }
