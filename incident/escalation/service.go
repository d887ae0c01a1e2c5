package escalation

import (
	"context"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/roster"
)

// Service is the door through which escalations are altered. Each change is one
// transaction that locks the incident's row and then the escalation's, and in
// which everything that follows is recorded. Its methods are safe to repeat and
// to call concurrently, from any number of processes.
type Service struct {
	Incidents *incident.Service
	Pool      *pgxpool.Pool

	// OnCall says who is on call in a schedule at an instant, or with next, who
	// comes after them. Without it no schedule has anybody.
	OnCall func(ctx context.Context, q roster.Querier, schedule string, at time.Time, next bool) ([]incident.PersonID, error)

	// OnMaintenance is called in the transaction that begins a maintenance, or with
	// over, ends it. Its error undoes that. nil: nobody is told.
	OnMaintenance func(ctx context.Context, tx pgx.Tx, id int64, over bool) error

	Log *slog.Logger // nil: nowhere
}

func (s *Service) log() *slog.Logger {
	if s.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return s.Log
}

// decision is what a change does to a locked escalation of a locked incident.
type decision func(i *incident.Incident, e *Escalation, now time.Time, w World) ([]incident.Event, error)

// change locks an escalation, decides, and stores and records what came of it.
func (s *Service) change(ctx context.Context, id int64, by incident.Actor, decide decision) (*Escalation, error) {
	of, _, ok, err := owner(ctx, s.Pool, id)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, unknown()
	}
	var e *Escalation
	_, err = s.Incidents.Change(ctx, of, by, func(ctx context.Context, tx pgx.Tx, i *incident.Incident, now time.Time) (events []incident.Event, err error) {
		if e, err = lockEscalation(ctx, tx, id); err != nil {
			return nil, err
		}
		return s.apply(ctx, tx, i, e, now, decide)
	})
	if err != nil {
		return nil, fmt.Errorf("change escalation %d: %w", id, err)
	}
	return e, nil
}

// apply is the part of a change that one of several escalations goes through.
func (s *Service) apply(ctx context.Context, tx pgx.Tx, i *incident.Incident, e *Escalation, now time.Time, decide decision) ([]incident.Event, error) {
	before := *e
	events, err := decide(i, e, now, s.world(ctx, tx))
	if err != nil || len(events) == 0 && reflect.DeepEqual(before, *e) {
		return nil, err
	}
	if err := insertPages(ctx, tx, e, events, now); err != nil {
		return nil, err
	}
	if i.Milestones.Acknowledged.IsZero() && slices.ContainsFunc(events, saysSomebodyHasIt) {
		i.Milestones.Acknowledged = now
	}
	return events, updateEscalation(ctx, tx, e)
}

func saysSomebodyHasIt(e incident.Event) bool {
	return e.Kind() == incident.KindEscalationAcknowledged || e.Kind() == incident.KindEscalationSnoozed
}

// Advance is called by the timer of a generation. When that has been overtaken
// nothing happens. Early is how long it is until something is due, when the timer
// came before its time by this machine's clock; it must then come again.
func (s *Service) Advance(ctx context.Context, id int64, generation int) (early time.Duration, err error) {
	if _, newest, ok, err := owner(ctx, s.Pool, id); err != nil || !ok || newest != generation {
		return 0, err // generations only grow: no lock is needed to know that this one is over
	}
	_, err = s.change(ctx, id, incident.System, func(i *incident.Incident, e *Escalation, now time.Time, w World) ([]incident.Event, error) {
		if e.Generation != generation {
			return nil, nil
		}
		if at := e.Due(); at.After(now) {
			early = at.Sub(now)
			return nil, nil
		}
		return advance(i, e, now, w)
	})
	return early, err
}

// advance does what is due, unless the incident is over: then nobody is paged any
// more, however long it takes until EndAll comes by.
func advance(i *incident.Incident, e *Escalation, now time.Time, w World) ([]incident.Event, error) {
	if !i.Status.Ongoing() {
		return e.Resolve("incident"), nil
	}
	return e.Advance(now, w)
}

// wake does what is due whatever the generation; moved is whether anything was.
func (s *Service) wake(ctx context.Context, id int64) (moved bool, err error) {
	_, err = s.change(ctx, id, incident.System, func(i *incident.Incident, e *Escalation, now time.Time, w World) ([]incident.Event, error) {
		events, err := advance(i, e, now, w)
		moved = len(events) > 0
		return events, err
	})
	return moved, err
}

// Get returns one escalation, or a NotFound error.
func (s *Service) Get(ctx context.Context, id int64) (*Escalation, error) {
	return readEscalation(ctx, s.Pool, id)
}

// Open lists what is triggered or acknowledged of an incident, oldest first.
func (s *Service) Open(ctx context.Context, id incident.ID) ([]*Escalation, error) {
	return openOf(ctx, s.Pool, id)
}

// EndAll ends all paging of an incident that is over. Of one that was reopened
// meanwhile nothing ends.
func (s *Service) EndAll(ctx context.Context, id incident.ID) error {
	_, err := s.changeAll(ctx, id, incident.System, func(i *incident.Incident, e *Escalation, _ time.Time, _ World) ([]incident.Event, error) {
		if i.Status.Ongoing() {
			return nil, nil
		}
		return e.Resolve("incident"), nil
	})
	return err
}

// changeAll is change for everything that is open of an incident, in one transaction.
func (s *Service) changeAll(ctx context.Context, id incident.ID, by incident.Actor, decide decision) (all []*Escalation, err error) {
	_, err = s.Incidents.Change(ctx, id, by, func(ctx context.Context, tx pgx.Tx, i *incident.Incident, now time.Time) (events []incident.Event, err error) {
		if all, err = lockOpen(ctx, tx, id); err != nil {
			return nil, err
		}
		for _, e := range all {
			more, err := s.apply(ctx, tx, i, e, now, decide)
			if err != nil {
				return nil, err
			}
			events = append(events, more...)
		}
		return events, nil
	})
	if err != nil {
		return nil, fmt.Errorf("change escalations of %s: %w", id, err)
	}
	return all, nil
}

// checkMayAct refuses who was removed: an old phone must not silence a page.
func checkMayAct(ctx context.Context, q roster.Querier, p incident.PersonID) error {
	if p == "" {
		return nil
	}
	gone, err := roster.Removed(ctx, q, []incident.PersonID{p})
	if err != nil {
		return err
	}
	if gone[p] {
		return incident.Errorf(incident.Forbidden, "You were removed from the organisation, so that your answer does not count; ask an administrator to add you again.")
	}
	return nil
}
