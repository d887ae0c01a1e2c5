package oncall

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
)

// maxOverride bounds one override. What lasts longer belongs in the file.
const maxOverride = 366 * 24 * time.Hour

// AddOverride changes who is on call for a while, and returns it as it is kept:
// the past cannot be changed, so a beginning in the past becomes now. The same
// override again returns the first one, unless a later one has changed some of its time
// since: then it is made anew, on top. The schedule and the people must exist.
func (s *Service) AddOverride(ctx context.Context, p Planned, by incident.PersonID) (Planned, error) {
	now := incident.Now()
	p.ID, p.CreatedBy, p.CreatedAt = 0, by, now
	p.Reason = incident.CleanText(p.Reason)
	p.From, p.Until = p.From.UTC().Truncate(time.Microsecond), p.Until.UTC().Truncate(time.Microsecond)
	if p.From.Before(now) {
		p.From = now
	}
	if err := p.check(now); err != nil {
		return Planned{}, err
	}
	err := pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error { return addOverride(ctx, tx, &p, now) })
	if err != nil {
		return Planned{}, fmt.Errorf("add override: %w", err)
	}
	return p, nil
}

// check refuses what makes no sense.
func (p *Planned) check(now time.Time) error {
	switch {
	case !p.Until.After(now):
		return incident.Errorf(incident.Invalid, "That is over already, and the past cannot be changed; give an end in the future.")
	case !p.Until.After(p.From):
		return incident.Errorf(incident.Invalid, "It ends before it begins; give an end after the beginning.")
	case p.Until.Sub(p.From) > maxOverride:
		return incident.Errorf(incident.Invalid, "That is longer than a year; change the schedule in the organisation file instead.")
	case p.Person != "" && p.Person == p.Replaced:
		return incident.Errorf(incident.Invalid, "Nobody can stand in for themselves; name somebody else.")
	}
	c := &checker{}
	c.overrides([]Override{p.Override})
	if len(c.problems) > 0 {
		return incident.Errorf(incident.Invalid, "The override is not complete: it %s", c.problems[0].Text)
	}
	return nil
}

func addOverride(ctx context.Context, tx pgx.Tx, p *Planned, now time.Time) error {
	if ok, err := lockSchedule(ctx, tx, p.Schedule); err != nil || !ok {
		if err == nil {
			err = unknownSchedule(p.Schedule)
		}
		return err
	}
	for _, person := range []incident.PersonID{p.Person, p.Replaced} {
		if person == "" {
			continue
		}
		if _, err := member(ctx, tx, person); err != nil {
			return err
		}
	}
	standing, err := plannedOverrides(ctx, tx, p.Schedule, now)
	if err != nil {
		return err
	}
	for _, other := range standing {
		if other.same(*p, now) && !other.buried(standing, now) {
			*p = other
			return nil
		}
	}
	if len(standing) >= MaxOverrides {
		return incident.Errorf(incident.Conflict, "The schedule has %d overrides already; remove some, or change the organisation file.", len(standing))
	}
	return insertOverride(ctx, tx, p)
}

// same reports whether two overrides do the same from now on.
func (p Planned) same(other Planned, now time.Time) bool {
	began := !p.From.After(now) && !other.From.After(now)
	return p.Action == other.Action && p.Person == other.Person && p.Replaced == other.Replaced &&
		p.Until.Equal(other.Until) && (began || p.From.Equal(other.From))
}

// buried reports whether a later override, which goes before it, touches what is still to
// come of it.
func (p Planned) buried(standing []Planned, now time.Time) bool {
	return slices.ContainsFunc(standing, func(other Planned) bool {
		return other.ID > p.ID && later(other.From, later(p.From, now)).Before(earlier(other.Until, p.Until))
	})
}

// RemoveOverride takes an override back. One that has begun ends now, since who
// was on call stays as it was; one that is over is refused. Removing it twice
// changes nothing.
func (s *Service) RemoveOverride(ctx context.Context, id int64, by incident.PersonID) error {
	now := incident.Now()
	err := pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
		p, ok, err := lockOverride(ctx, tx, id)
		switch {
		case err != nil:
			return err
		case !ok:
			return incident.Errorf(incident.NotFound, "There is no such override; look at the list of overrides.")
		case p.RemovedBy != "" || !p.RemovedAt.IsZero():
			return nil
		case !p.Until.After(now):
			return incident.Errorf(incident.Conflict, "That override is over, and the past cannot be changed; nothing needs to be done.")
		}
		p.RemovedBy = by
		if p.From.Before(now) {
			p.Until = now
		} else {
			p.RemovedAt = now
		}
		return saveOverrideEnd(ctx, tx, p)
	})
	if err != nil {
		return fmt.Errorf("remove override %d: %w", id, err)
	}
	return nil
}

// Overrides lists the overrides of a schedule that end after since and were not
// taken back, by their beginning.
func (s *Service) Overrides(ctx context.Context, schedule string, since time.Time) ([]Planned, error) {
	return plannedOverrides(ctx, s.Pool, schedule, since)
}
