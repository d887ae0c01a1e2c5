package escalation

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/roster"
)

// RaiseUrgency lets paging follow the severity that an incident has now. What is paged
// for a service with low urgency, and is to be paged with high urgency by the rule of
// that service, is raised and starts at its first step. The service that the incident
// was declared for is paged when it never was with high urgency, whatever came of it
// before: a worse incident is a new reason. A rule that says low takes nothing back.
// Called again it changes nothing, nor for an incident that is over.
func (s *Service) RaiseUrgency(ctx context.Context, id incident.ID, by incident.Actor) error {
	if err := s.raiseOpen(ctx, id, by); err != nil {
		return fmt.Errorf("raise the urgency of %s: %w", id, err)
	}
	i, err := s.Incidents.Get(ctx, id)
	if err != nil || i.Service == "" || !i.Status.Ongoing() {
		return err
	}
	loud, err := isLoud(ctx, s.Pool, i.Service, i.Severity, incident.Now())
	if err != nil || !loud {
		return err
	}
	paged, err := wasLoud(ctx, s.Pool, i)
	if err != nil || paged {
		return err
	}
	err = s.beginService(ctx, i, by)
	if refused, ok := errors.AsType[refusal](err); ok {
		return s.refuse(ctx, id, refused.event)
	}
	return err
}

func (s *Service) raiseOpen(ctx context.Context, id incident.ID, by incident.Actor) error {
	_, err := s.Incidents.Change(ctx, id, by, func(ctx context.Context, tx pgx.Tx, i *incident.Incident, now time.Time) (events []incident.Event, err error) {
		if !i.Status.Ongoing() {
			return nil, nil
		}
		all, err := lockOpen(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		for _, e := range all {
			loud, err := isLoud(ctx, tx, e.Service, i.Severity, now)
			if err != nil {
				return nil, err
			}
			if !loud {
				continue
			}
			more, err := s.apply(ctx, tx, i, e, now, func(_ *incident.Incident, e *Escalation, now time.Time, w World) ([]incident.Event, error) {
				return e.Raise(now, w)
			})
			if err != nil {
				return nil, err
			}
			events = append(events, more...)
		}
		return events, nil
	})
	return err
}

// isLoud reports whether a service is to be paged with high urgency. One that is gone,
// and none at all, has no rule.
func isLoud(ctx context.Context, q roster.Querier, id string, severity incident.Severity, at time.Time) (bool, error) {
	if id == "" {
		return false, nil
	}
	service, ok, err := roster.ReadService(ctx, q, id)
	return err == nil && ok && Urgency(service.Urgency.Of(severity, at)) == High, err
}

// wasLoud reports whether the service of an incident was ever paged for it with high
// urgency.
func wasLoud(ctx context.Context, q querier, i *incident.Incident) (loud bool, err error) {
	err = q.QueryRow(ctx, `
		SELECT EXISTS (SELECT FROM escalation WHERE incident_id = $1 AND service = $2 AND urgency = $3)`,
		i.ID, i.Service, High).Scan(&loud)
	if err != nil {
		return false, fmt.Errorf("look how %s was paged: %w", i.Service, err)
	}
	return loud, nil
}

type raiser struct {
	river.WorkerDefaults[RaiseUrgency]
	service *Service
}

// Work is called by River when the severity of an incident was raised.
func (w *raiser) Work(ctx context.Context, job *river.Job[RaiseUrgency]) error {
	by := incident.System
	if job.Args.By != "" {
		by = incident.By(job.Args.By)
	}
	return w.service.RaiseUrgency(ctx, job.Args.Incident, by)
}
