package paging

import (
	"github.com/riverqueue/river"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/timeline"
)

// BeginPages is the reaction to a step that fired: each of its pages is planned.
func BeginPages(e timeline.Entry) (jobs []timeline.Job) {
	fired := e.Event.(incident.StepFired)
	for _, p := range fired.Pages {
		jobs = append(jobs, job(BeginPage{Page: p.ID}))
	}
	for _, p := range fired.Places {
		jobs = append(jobs, job(BeginPage{Page: p.ID}))
	}
	return jobs
}

// TellOutcomes is the reaction to every event after which people who were paged may
// have to be told something, or need not be paged any more.
func TellOutcomes(e timeline.Entry) []timeline.Job {
	event, ok := e.Event.(interface {
		Timer() incident.EscalationTimer
	})
	if !ok {
		return nil
	}
	return []timeline.Job{job(TellOutcome{Escalation: event.Timer().Escalation, Entry: e.ID})}
}

func job(args river.JobArgs) timeline.Job {
	return timeline.Job{Args: args, Opts: &river.InsertOpts{Queue: Queue}}
}
