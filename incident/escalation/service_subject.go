package escalation

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/roster"
)

// ServiceRequest is what pages a service for an incident of a severity at an
// instant: by the service's own policy, else as its team is paged. The urgency is
// the service's. A service that nobody can be paged for is a Conflict error.
func ServiceRequest(ctx context.Context, q roster.Querier, id string, severity incident.Severity, at time.Time) (Request, error) {
	service, ok, err := roster.ReadService(ctx, q, id)
	if err != nil {
		return Request{}, err
	}
	if !ok {
		return Request{}, incident.Errorf(incident.NotFound, "There is no service %s; name another one.", id)
	}
	r := Request{Policy: service.Policy}
	if r.Policy == "" && service.Team != "" {
		if r, err = TeamRequest(ctx, q, service.Team); err != nil {
			return Request{}, err
		}
	}
	if r.Policy == "" && len(r.Targets) == 0 {
		return Request{}, incident.Errorf(incident.Conflict, "The service %s has neither an escalation policy nor a team that can be paged; page a person.", cmp.Or(service.Name, id))
	}
	r.Subject, r.Service, r.Urgency = cmp.Or(service.Name, id), id, Urgency(service.Urgency.Of(severity, at))
	return r, nil
}

// TeamRequest is what pages a team: by its policy, else all its members at once.
func TeamRequest(ctx context.Context, q roster.Querier, id string) (Request, error) {
	team, ok, err := roster.ReadTeam(ctx, q, id)
	if err != nil {
		return Request{}, err
	}
	if !ok {
		return Request{}, incident.Errorf(incident.NotFound, "There is no team %s; name another one.", id)
	}
	r := Request{Subject: cmp.Or(team.Name, id), Policy: team.Policy}
	if r.Policy == "" {
		r.Targets = []Target{{Kind: TargetTeam, ID: id}}
	}
	return r, nil
}

// BeginService pages the service that an incident was declared for. Of an incident
// for none, of one that is over, and of one whose service was paged for it already,
// nothing happens.
func (s *Service) BeginService(ctx context.Context, id incident.ID) error {
	i, err := s.Incidents.Get(ctx, id)
	if err != nil || i.Service == "" || !i.Status.Ongoing() {
		return err
	}
	paged, err := s.wasPaged(ctx, id, i.Service)
	if err != nil || paged {
		return err
	}
	r, err := ServiceRequest(ctx, s.Pool, i.Service, i.Severity, incident.Now())
	if err != nil {
		return err
	}
	r.Reason = i.Title
	_, err = s.Begin(ctx, id, r, i.DeclaredBy)
	return err
}

// wasPaged reports whether a service was ever paged for an incident.
func (s *Service) wasPaged(ctx context.Context, id incident.ID, service string) (paged bool, err error) {
	err = s.Pool.QueryRow(ctx, `
		SELECT EXISTS (SELECT FROM escalation WHERE incident_id = $1 AND service = $2)`, id, service).Scan(&paged)
	if err != nil {
		return false, fmt.Errorf("look whether %s was paged: %w", service, err)
	}
	return paged, nil
}

type beginner struct {
	river.WorkerDefaults[BeginService]
	service *Service
}

// Work is called by River when an incident was declared for a service.
func (w *beginner) Work(ctx context.Context, job *river.Job[BeginService]) error {
	return w.service.BeginService(ctx, job.Args.Incident)
}
