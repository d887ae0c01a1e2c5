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
		jobs = append(jobs, job(BeginPage{Page: p.ID}, rankOf(fired.Crowded)))
	}
	for _, p := range fired.Places {
		jobs = append(jobs, job(BeginPage{Page: p.ID}, rankOf(fired.Crowded)))
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
	return []timeline.Job{job(TellOutcome{Escalation: event.Timer().Escalation, Entry: e.ID}, rankOutcome)}
}

// HurryHeld is the reaction to a severity that was set: what waits to be told of an
// incident that got worse may have to leave at once.
func HurryHeld(e timeline.Entry) []timeline.Job {
	if set := e.Event.(incident.SeverityChanged); !set.To.WorseThan(set.From) {
		return nil
	}
	return []timeline.Job{job(Hurry{Incident: e.Incident}, rankPage)}
}

func job(args river.JobArgs, rank int) timeline.Job {
	return timeline.Job{Args: args, Opts: &river.InsertOpts{Queue: Queue, Priority: rank}}
}

// Ranks of jobs that wait for the same workers; the lowest goes first (River's
// priorities). A storm of one service waits for every other page, and what became
// of pages is told when none waits.
const (
	rankPage    = 1
	rankStorm   = 2
	rankOutcome = 3
)

func rankOf(crowded bool) int {
	if crowded {
		return rankStorm
	}
	return rankPage
}
