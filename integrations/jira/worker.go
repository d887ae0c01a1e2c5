package jira

import (
	"context"

	"github.com/riverqueue/river"

	"github.com/tocsinhq/tocsin/incident"
)

// The jobs of this package. Their arguments hold ids, and their kinds never change.
type (
	// FileTicket makes sure that an item has an issue, and exactly one. Task 0 is
	// the incident itself.
	FileTicket struct {
		Incident incident.ID `json:"incident"`
		Task     int         `json:"task"`
	}
	// PushTicket makes the issue follow what was done in Slack.
	PushTicket struct {
		Incident incident.ID `json:"incident"`
		Task     int         `json:"task"`
	}
	// AssignTicket gives the issue to whom its item was given in Slack.
	AssignTicket struct {
		Incident incident.ID `json:"incident"`
		Task     int         `json:"task"`
	}
	// PullTicket makes our side follow what was done in Jira.
	PullTicket struct {
		Key string `json:"key"`
	}
	// Reconcile looks at every open ticket.
	Reconcile struct{}
)

// Kind names the job.
func (FileTicket) Kind() string { return "jira.file_ticket" }

// Kind names the job.
func (PushTicket) Kind() string { return "jira.push_ticket" }

// Kind names the job.
func (AssignTicket) Kind() string { return "jira.assign_ticket" }

// Kind names the job.
func (PullTicket) Kind() string { return "jira.pull_ticket" }

// Kind names the job.
func (Reconcile) Kind() string { return "jira.reconcile" }

// AddWorkers registers the workers of this package.
func (t *Tickets) AddWorkers(w *river.Workers) {
	work(w, func(ctx context.Context, a FileTicket) error { return t.file(ctx, a.Incident, a.Task) })
	work(w, func(ctx context.Context, a PushTicket) error { return t.push(ctx, a.Incident, a.Task) })
	work(w, func(ctx context.Context, a AssignTicket) error { return t.assign(ctx, a.Incident, a.Task) })
	work(w, func(ctx context.Context, a PullTicket) error { return t.pull(ctx, a.Key) })
	work(w, func(ctx context.Context, _ Reconcile) error { return t.reconcile(ctx) })
}

func work[T river.JobArgs](w *river.Workers, f func(context.Context, T) error) {
	river.AddWorker(w, river.WorkFunc(func(ctx context.Context, job *river.Job[T]) error { return f(ctx, job.Args) }))
}
