package escalation

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
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
	named := Request{Service: id, Subject: cmp.Or(service.Name, id)}
	if !ok {
		return Request{}, named.refused("missing", incident.Errorf(incident.NotFound, "There is no service %s; name another one.", id))
	}
	r := Request{Policy: service.Policy}
	if r.Policy == "" && service.Team != "" {
		r, err = TeamRequest(ctx, q, service.Team)
		if said, ok := errors.AsType[*incident.Error](err); ok {
			return Request{}, named.refused("missing", said)
		}
		if err != nil {
			return Request{}, err
		}
	}
	if r.Policy == "" && len(r.Targets) == 0 {
		return Request{}, named.refused("nobody", incident.Errorf(incident.Conflict, "The service %s has neither an escalation policy nor a team that can be paged; page a person.", named.Subject))
	}
	r.Subject, r.Service, r.Urgency = named.Subject, id, Urgency(service.Urgency.Of(severity, at))
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

// BeginService pages the service that an incident was declared for. When nobody is
// paged for it, since maintenance drops its pages or there is nobody to page, that
// goes on record, once. Of an incident for none, of one that is over, and of one for
// which either has happened before, nothing happens.
func (s *Service) BeginService(ctx context.Context, id incident.ID) error {
	i, err := s.Incidents.Get(ctx, id)
	if err != nil || i.Service == "" || !i.Status.Ongoing() {
		return err
	}
	decided, err := wasDecided(ctx, s.Pool, i)
	if err != nil || decided {
		return err
	}
	err = s.beginService(ctx, i, i.DeclaredBy)
	if refused, ok := errors.AsType[refusal](err); ok {
		return s.refuse(ctx, id, refused.event)
	}
	return err
}

func (s *Service) beginService(ctx context.Context, i *incident.Incident, by incident.Actor) error {
	r, err := ServiceRequest(ctx, s.Pool, i.Service, i.Severity, incident.Now())
	if err != nil {
		return err
	}
	r.Reason = i.Title
	_, err = s.Begin(ctx, i.ID, r, by)
	return err
}

// refuse puts on record that nobody is paged for the service of an incident.
func (s *Service) refuse(ctx context.Context, id incident.ID, e incident.EscalationRefused) error {
	_, err := s.Incidents.Change(ctx, id, incident.System, func(ctx context.Context, tx pgx.Tx, i *incident.Incident, _ time.Time) ([]incident.Event, error) {
		decided, err := wasDecided(ctx, tx, i)
		if err != nil || decided || !i.Status.Ongoing() {
			return nil, err
		}
		return []incident.Event{e}, nil
	})
	if err != nil {
		return fmt.Errorf("put on record that nobody is paged: %w", err)
	}
	return nil
}

// wasDecided reports whether the service of an incident was ever paged for it, or
// refused.
func wasDecided(ctx context.Context, q querier, i *incident.Incident) (decided bool, err error) {
	err = q.QueryRow(ctx, `
		SELECT EXISTS (SELECT FROM escalation WHERE incident_id = $1 AND service = $2)
			OR EXISTS (SELECT FROM timeline_entry WHERE incident_id = $1 AND kind = $3)`,
		i.ID, i.Service, incident.KindEscalationRefused).Scan(&decided)
	if err != nil {
		return false, fmt.Errorf("look whether %s was paged: %w", i.Service, err)
	}
	return decided, nil
}

// Refused tells why nobody is paged for the service of an incident; ok is false when
// that was not refused, and from the first page of anybody for it on.
func (s *Service) Refused(ctx context.Context, id incident.ID) (e incident.EscalationRefused, ok bool, err error) {
	err = s.Pool.QueryRow(ctx, `
		SELECT data
		FROM timeline_entry
		WHERE incident_id = $1 AND kind = $2 AND NOT EXISTS (SELECT FROM escalation WHERE incident_id = $1)
		ORDER BY id
		LIMIT 1`, id, incident.KindEscalationRefused).Scan(&e)
	if errors.Is(err, pgx.ErrNoRows) {
		return e, false, nil
	}
	if err != nil {
		return e, false, fmt.Errorf("read why nobody is paged: %w", err)
	}
	return e, true, nil
}

type beginner struct {
	river.WorkerDefaults[BeginService]
	service *Service
}

// Work is called by River when an incident was declared for a service.
func (w *beginner) Work(ctx context.Context, job *river.Job[BeginService]) error {
	return w.service.BeginService(ctx, job.Args.Incident)
}
