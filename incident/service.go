package incident

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Recorder writes what happened and sets off what follows, in the caller's
// transaction. It is the only way to cause a side effect.
type Recorder interface {
	Record(ctx context.Context, tx pgx.Tx, r Record) error
}

// Record is what one change has to tell: all its events share the instant At.
type Record struct {
	Incident *Incident
	By       Actor
	At       time.Time
	Events   []Event
}

// Service is the one door through which incidents are altered. Its methods are
// safe to repeat and to call concurrently, from any number of processes.
type Service struct {
	Pool     *pgxpool.Pool
	Recorder Recorder
}

// Now is the present instant as the database can hold it: UTC, microseconds.
func Now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// Declare makes an incident. With a DedupKey that was used before it returns
// the incident of the first call and records nothing.
func (s *Service) Declare(ctx context.Context, d Declaration, by Actor) (*Incident, error) {
	return s.DeclareAnd(ctx, d, by, func(context.Context, pgx.Tx, *Incident, time.Time) ([]Event, error) { return nil, nil })
}

// DeclareAnd is Declare with a first change of the new incident: both commit, or
// neither. Of an incident that was declared before nothing is changed.
func (s *Service) DeclareAnd(ctx context.Context, d Declaration, by Actor, first Decision) (*Incident, error) {
	now := Now()
	i, events, err := Declare(d, by, now)
	if err != nil {
		return nil, err
	}
	err = pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
		made, err := insertIncident(ctx, tx, i, d.DedupKey)
		if err != nil || !made {
			return err
		}
		more, err := first(ctx, tx, i, now)
		if err != nil {
			return err
		}
		if events = append(events, more...); len(events) > 1 { // more has happened than that it was declared
			err = updateIncident(ctx, tx, i, now)
		}
		if err != nil {
			return err
		}
		return s.Recorder.Record(ctx, tx, Record{Incident: i, By: by, At: now, Events: events})
	})
	if err != nil {
		return nil, fmt.Errorf("declare: %w", err)
	}
	return i, nil
}

// Decision is what a change does to a locked, or new, incident. Events say what changed;
// none means that nothing did. It may use tx for rows that belong to the
// incident, and must not call anything outside the database.
type Decision func(ctx context.Context, tx pgx.Tx, i *Incident, now time.Time) ([]Event, error)

// Change is the only way an existing incident is altered: lock it, decide, save
// it, record what happened. All of it commits, or none. It returns the incident
// as it is afterwards.
func (s *Service) Change(ctx context.Context, id ID, by Actor, decide Decision) (*Incident, error) {
	var changed *Incident
	err := pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
		i, err := lockIncident(ctx, tx, id)
		if err != nil {
			return err
		}
		now := Now()
		changed = i
		events, err := decide(ctx, tx, i, now)
		if err != nil || len(events) == 0 {
			return err
		}
		i.Revision++
		if err := updateIncident(ctx, tx, i, now); err != nil {
			return err
		}
		return s.Recorder.Record(ctx, tx, Record{Incident: i, By: by, At: now, Events: events})
	})
	if err != nil {
		return nil, fmt.Errorf("change %s: %w", id, err)
	}
	return changed, nil
}

// change is Change for the rules that need nothing but the incident.
func (s *Service) change(ctx context.Context, id ID, by Actor, decide func(*Incident, time.Time) ([]Event, error)) (*Incident, error) {
	return s.Change(ctx, id, by, func(_ context.Context, _ pgx.Tx, i *Incident, now time.Time) ([]Event, error) {
		return decide(i, now)
	})
}

// SetTitle renames the incident.
func (s *Service) SetTitle(ctx context.Context, id ID, title string, by Actor) (*Incident, error) {
	return s.change(ctx, id, by, func(i *Incident, _ time.Time) ([]Event, error) { return i.SetTitle(title) })
}

// SetSummary says anew what is known.
func (s *Service) SetSummary(ctx context.Context, id ID, summary string, by Actor) (*Incident, error) {
	return s.change(ctx, id, by, func(i *Incident, _ time.Time) ([]Event, error) { return i.SetSummary(summary) })
}

// SetSeverity re-grades the incident.
func (s *Service) SetSeverity(ctx context.Context, id ID, to Severity, by Actor) (*Incident, error) {
	return s.change(ctx, id, by, func(i *Incident, _ time.Time) ([]Event, error) { return i.SetSeverity(to) })
}

// Activate accepts an incident in triage, or takes a mitigated one back.
func (s *Service) Activate(ctx context.Context, id ID, by Actor) (*Incident, error) {
	return s.change(ctx, id, by, func(i *Incident, _ time.Time) ([]Event, error) { return i.Activate() })
}

// Mitigate notes that the impact is contained.
func (s *Service) Mitigate(ctx context.Context, id ID, by Actor) (*Incident, error) {
	return s.change(ctx, id, by, (*Incident).Mitigate)
}

// Resolve notes that the impact is over.
func (s *Service) Resolve(ctx context.Context, id ID, r Resolution, by Actor) (*Incident, error) {
	return s.change(ctx, id, by, func(i *Incident, now time.Time) ([]Event, error) { return i.Resolve(r, now) })
}

// Reopen makes an incident that was over active again.
func (s *Service) Reopen(ctx context.Context, id ID, reason string, by Actor) (*Incident, error) {
	return s.change(ctx, id, by, func(i *Incident, _ time.Time) ([]Event, error) { return i.Reopen(reason) })
}

// Cancel ends an incident that was none.
func (s *Service) Cancel(ctx context.Context, id ID, reason string, by Actor) (*Incident, error) {
	return s.change(ctx, id, by, func(i *Incident, _ time.Time) ([]Event, error) { return i.Cancel(reason) })
}

// Close notes that the paperwork is done.
func (s *Service) Close(ctx context.Context, id ID, by Actor) (*Incident, error) {
	return s.change(ctx, id, by, (*Incident).Close)
}

// CorrectMilestone sets an instant that was noted wrongly.
func (s *Service) CorrectMilestone(ctx context.Context, id ID, m Milestone, to time.Time, reason string, by Actor) (*Incident, error) {
	return s.change(ctx, id, by, func(i *Incident, now time.Time) ([]Event, error) {
		return i.CorrectMilestone(m, to, reason, now)
	})
}

// Assign gives a role to a person.
func (s *Service) Assign(ctx context.Context, id ID, r Role, to PersonID, by Actor) (*Incident, error) {
	return s.change(ctx, id, by, func(i *Incident, now time.Time) ([]Event, error) { return i.Assign(r, to, now) })
}

// Leave takes a role from a person.
func (s *Service) Leave(ctx context.Context, id ID, r Role, person PersonID, by Actor) (*Incident, error) {
	return s.change(ctx, id, by, func(i *Incident, _ time.Time) ([]Event, error) { return i.Leave(r, person) })
}

// PostUpdate tells stakeholders how things stand; next is when the following
// update is promised, counted from now, and zero for no promise.
func (s *Service) PostUpdate(ctx context.Context, id ID, text string, next time.Duration, by Actor) (*Incident, error) {
	return s.change(ctx, id, by, func(i *Incident, now time.Time) ([]Event, error) {
		var due time.Time
		if next > 0 {
			due = now.Add(next)
		}
		return i.PostUpdate(text, due, now)
	})
}

// SnoozeUpdate moves the promise of the next update to d from now.
func (s *Service) SnoozeUpdate(ctx context.Context, id ID, d time.Duration, by Actor) (*Incident, error) {
	return s.change(ctx, id, by, func(i *Incident, now time.Time) ([]Event, error) {
		return i.SnoozeUpdate(now.Add(d), now)
	})
}

// SettleUpdate drops the promise of the next update.
func (s *Service) SettleUpdate(ctx context.Context, id ID, by Actor) (*Incident, error) {
	return s.change(ctx, id, by, func(i *Incident, _ time.Time) ([]Event, error) { return i.SettleUpdate() })
}

// UpdateFallsDue is called by the reminder's timer.
func (s *Service) UpdateFallsDue(ctx context.Context, id ID, generation int) (*Incident, error) {
	return s.change(ctx, id, System, func(i *Incident, now time.Time) ([]Event, error) {
		return i.UpdateFallsDue(generation, now)
	})
}

// RoomRenames follows a rename of the war room.
func (s *Service) RoomRenames(ctx context.Context, id ID, name string, by Actor) (*Incident, error) {
	return s.change(ctx, id, by, func(i *Incident, _ time.Time) ([]Event, error) { return i.RoomRenames(name) })
}

// RoomBecomes follows the war room being archived, opened again or lost.
func (s *Service) RoomBecomes(ctx context.Context, id ID, state RoomState, reason string, by Actor) (*Incident, error) {
	return s.change(ctx, id, by, func(i *Incident, _ time.Time) ([]Event, error) { return i.RoomBecomes(state, reason) })
}

// Observe records facts that change nothing in the incident itself, such as a
// person who joined the room.
func (s *Service) Observe(ctx context.Context, id ID, by Actor, events ...Event) (*Incident, error) {
	return s.change(ctx, id, by, func(*Incident, time.Time) ([]Event, error) { return events, nil })
}

// Get returns one incident, or a NotFound error.
func (s *Service) Get(ctx context.Context, id ID) (*Incident, error) {
	return readIncident(ctx, s.Pool, id)
}

// ByRoom returns the incident whose war room is channel; ok is false when there
// is none.
func (s *Service) ByRoom(ctx context.Context, channel string) (i *Incident, ok bool, err error) {
	return incidentByRoom(ctx, s.Pool, channel)
}

// Open lists ongoing incidents, worst and newest first, at most limit.
func (s *Service) Open(ctx context.Context, limit int) ([]*Incident, error) {
	return openIncidents(ctx, s.Pool, limit)
}

// Recent lists the newest incidents of any status, at most limit, with numbers
// below before (zero: from the newest).
func (s *Service) Recent(ctx context.Context, before ID, limit int) ([]*Incident, error) {
	return recentIncidents(ctx, s.Pool, before, limit)
}

// OfPerson lists ongoing incidents in which the person holds a role.
func (s *Service) OfPerson(ctx context.Context, p PersonID, limit int) ([]*Incident, error) {
	return incidentsOfPerson(ctx, s.Pool, p, limit)
}
