package postmortem

import (
	"context"

	"github.com/riverqueue/river"

	"github.com/tocsinhq/tocsin/incident"
)

// The jobs of this package.
type (
	// DraftJob writes the draft.
	DraftJob struct {
		Incident incident.ID `json:"incident"`
	}
	// RefreshJob writes it anew when there is one; before the first draft it does nothing.
	RefreshJob struct {
		Incident incident.ID `json:"incident"`
	}
)

// Kind names the job.
func (DraftJob) Kind() string { return "postmortem.write_draft" }

// Kind names the job.
func (RefreshJob) Kind() string { return "postmortem.refresh_draft" }

// AddWorkers registers the workers of this package.
func (s *Service) AddWorkers(w *river.Workers) {
	river.AddWorker(w, river.WorkFunc(func(ctx context.Context, job *river.Job[DraftJob]) error {
		_, err := s.Draft(ctx, job.Args.Incident, incident.System)
		return err
	}))
	river.AddWorker(w, river.WorkFunc(func(ctx context.Context, job *river.Job[RefreshJob]) error {
		return s.refresh(ctx, job.Args.Incident)
	}))
}

func (s *Service) refresh(ctx context.Context, id incident.ID) error {
	_, found, err := readKeyOf(ctx, s.Incidents.Pool, id)
	if err != nil || !found {
		return err
	}
	_, err = s.Draft(ctx, id, incident.System)
	return err
}
