package escalation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/roster"
	"github.com/tocsinhq/tocsin/timeline"
)

// Would tells who would be paged for a service or by a policy, beginning at an instant,
// if nobody answered. It runs the rules that page, and changes nothing. A service or
// policy that does not exist is a NotFound error, and a service that nobody can be
// paged for a Conflict error.
func (s *Service) Would(ctx context.Context, q Question) (*Forecast, error) {
	if (q.Service == "") == (q.Policy == "") {
		return nil, incident.Errorf(incident.Invalid, "Name either a service or an escalation policy.")
	}
	if q.At.IsZero() {
		q.At = incident.Now()
	}
	if q.Severity == 0 {
		q.Severity, q.assumed = incident.DefaultSeverity, true
	}
	f := &Forecast{Question: q}
	err := s.looking(ctx, func(tx pgx.Tx) error { return s.forecast(ctx, tx, f) })
	if err != nil {
		return nil, fmt.Errorf("tell who would be paged: %w", err)
	}
	return f, nil
}

// WouldBegin is Would for a request as Begin takes it, such as one for people or a team.
func (s *Service) WouldBegin(ctx context.Context, r Request, at time.Time) (*Forecast, error) {
	f := &Forecast{Question: Question{Service: r.Service, Policy: r.Policy, At: at}, Because: UrgencyAsked}
	if err := s.looking(ctx, func(tx pgx.Tx) error { return s.play(ctx, tx, f, r) }); err != nil {
		return nil, fmt.Errorf("tell who would be paged: %w", err)
	}
	return f, nil
}

// looking runs a question in a transaction that is always rolled back: the rules lock
// what they decide by, and nothing of it is to stay.
func (s *Service) looking(ctx context.Context, ask func(tx pgx.Tx) error) error {
	tx, err := s.Pool.Begin(ctx)
	if err != nil {
		return err
	}
	return errors.Join(ask(tx), tx.Rollback(context.WithoutCancel(ctx)))
}

func (s *Service) forecast(ctx context.Context, tx pgx.Tx, f *Forecast) error {
	r, err := f.request(ctx, tx)
	if err != nil {
		return err
	}
	return s.play(ctx, tx, f, r)
}

// play lets a request take its course.
func (s *Service) play(ctx context.Context, tx pgx.Tx, f *Forecast, r Request) error {
	r, err := r.completed(0)
	if err != nil {
		return err
	}
	f.Subject, f.Urgency = r.Subject, r.Urgency
	if f.Plan, err = r.policy(ctx, tx); err != nil {
		return err
	}
	err = checkDrop(ctx, tx, r, f.At)
	if refused, ok := errors.AsType[*incident.Error](err); ok {
		f.Refused, f.End = refused.Error(), EndRefused
		return nil
	}
	if err != nil {
		return err
	}
	e := &Escalation{Subject: r.Subject, Service: r.Service, Urgency: r.Urgency, Policy: f.Plan}
	return f.run(e, s.world(ctx, tx), s.aimer(ctx, tx))
}

// request is what would be asked for, and says why with this urgency.
func (f *Forecast) request(ctx context.Context, tx pgx.Tx) (Request, error) {
	if f.Policy != "" {
		f.Because = UrgencyAsked
		p, ok, err := ReadPolicy(ctx, tx, f.Policy)
		if err != nil {
			return Request{}, err
		}
		if !ok {
			return Request{}, incident.Errorf(incident.NotFound, "There is no escalation policy %s; name another one.", f.Policy)
		}
		return Request{Policy: f.Policy, Subject: p.Name}, nil
	}
	service, _, err := roster.ReadService(ctx, tx, f.Service)
	if err != nil {
		return Request{}, err
	}
	f.Because = urgencyCause(service.Urgency, f.Severity, f.At)
	return ServiceRequest(ctx, tx, f.Service, f.Severity, f.At)
}

// urgencyCause finds out what made the urgency by asking again without the hours.
func urgencyCause(u roster.Urgency, severity incident.Severity, at time.Time) UrgencyCause {
	anyHour := u
	anyHour.Hours = nil
	switch {
	case u.Always != "":
		return UrgencyAlways
	case anyHour.Of(severity, at) != u.Of(severity, at):
		return UrgencyHours
	}
	return UrgencySeverity
}

// aimer explains targets as the engine resolves them.
func (s *Service) aimer(ctx context.Context, tx pgx.Tx) aimer {
	quiet := *s
	quiet.Log = nil // an explanation says it itself
	return func(t Target, at time.Time) (Aim, error) {
		who, err := quiet.resolve(ctx, tx, t, at)
		if err != nil {
			return Aim{}, err
		}
		a := Aim{Target: t, Reached: who}
		if len(who.Places) > 0 {
			return a, nil
		}
		meant, err := quiet.people(ctx, tx, t, at)
		if refused, ok := errors.AsType[*incident.Error](err); ok {
			a.Note = refused.Error()
		} else if err != nil {
			a.Note = "It cannot be resolved; the log says why."
		} else if len(meant) > len(who.People) {
			a.Note = "Whoever was removed from the organisation is left out."
		}
		return a, nil
	}
}

// Why tells what came of all paging of an incident, and with a person, why they were
// paged or not. Whom a step meant is asked again of the schedules as they are now. It
// changes nothing. An incident that does not exist is a NotFound error.
func (s *Service) Why(ctx context.Context, id incident.ID, person incident.PersonID) (*Account, error) {
	i, err := s.Incidents.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	entries, err := (&timeline.Service{Incidents: s.Incidents}).Entries(ctx, id)
	if err != nil {
		return nil, err
	}
	a := &Account{Incident: id, Service: i.Service, Person: person, Now: incident.Now()}
	for _, entry := range entries {
		if entry.Event.Kind() == incident.KindEscalationRefused {
			a.Refused = append(a.Refused, entry)
		}
	}
	err = s.looking(ctx, func(tx pgx.Tx) error { return s.account(ctx, tx, a, entries) })
	if err != nil {
		return nil, fmt.Errorf("tell why: %w", err)
	}
	return a, nil
}

func (s *Service) account(ctx context.Context, tx pgx.Tx, a *Account, entries []timeline.Entry) error {
	gone, err := roster.Removed(ctx, tx, []incident.PersonID{a.Person})
	if err != nil {
		return err
	}
	a.Removed = gone[a.Person]
	all, err := escalationsWhere(ctx, tx, `WHERE incident_id = $1 ORDER BY id`, a.Incident)
	if err != nil {
		return err
	}
	for _, e := range all {
		c := Course{Escalation: e, Record: recordOf(e.ID, entries)}
		if a.Person != "" {
			if err := c.explain(a, s.aimer(ctx, tx)); err != nil {
				return err
			}
		}
		a.Courses = append(a.Courses, c)
	}
	return nil
}

// recordOf picks what happened to one escalation.
func recordOf(id int64, entries []timeline.Entry) (record []timeline.Entry) {
	for _, entry := range entries {
		if event, ok := entry.Event.(interface {
			Timer() incident.EscalationTimer
		}); ok && event.Timer().Escalation == id {
			record = append(record, entry)
		}
	}
	return slices.Clip(record)
}
