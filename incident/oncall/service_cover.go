package oncall

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
)

// AskCover asks others to stand in for a person in a schedule. Only what is still
// to come of their shifts can be covered, so the span is cut to that; without any
// shift in it the request is refused. Asking again for a span that an open request
// holds returns that request, and has it told again only if no message asks yet.
func (s *Service) AskCover(ctx context.Context, schedule string, person incident.PersonID, from, until time.Time, reason string) (Cover, error) {
	now := incident.Now()
	c := Cover{Schedule: schedule, Person: person, From: later(from.UTC(), now), Until: until.UTC(),
		Reason: incident.CleanText(reason), State: CoverOpen, CreatedAt: now}
	if !c.Until.After(c.From) || c.Until.Sub(c.From) > maxOverride {
		return Cover{}, incident.Errorf(incident.Invalid, "Cover can be asked for a span that is still to come and lasts at most a year; give another one.")
	}
	err := pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error { return s.askCover(ctx, tx, &c, now) })
	if err != nil {
		return Cover{}, fmt.Errorf("ask for cover: %w", err)
	}
	return c, nil
}

func (s *Service) askCover(ctx context.Context, tx pgx.Tx, c *Cover, now time.Time) error {
	if _, err := lockSchedule(ctx, tx, c.Schedule); err != nil {
		return err
	}
	if _, err := member(ctx, tx, c.Person); err != nil {
		return err
	}
	if err := cutToShifts(ctx, tx, c); err != nil {
		return err
	}
	open, err := coverWhere(ctx, tx, now, `
		schedule = $1 AND person = $2 AND state = 'open' AND until_at > $3 AND from_at < $4
		ORDER BY id`, c.Schedule, c.Person, c.From, c.Until)
	if err != nil {
		return err
	}
	if len(open) == 0 {
		if err := insertCover(ctx, tx, c); err != nil {
			return err
		}
		return s.tellCover(ctx, tx, c.ID)
	}
	if first := open[0]; !first.From.After(c.From) && !first.Until.Before(c.Until) {
		*c = first
		if c.MessageTS != "" {
			return nil
		}
		return s.tellCover(ctx, tx, c.ID)
	}
	return incident.Errorf(incident.Conflict, "Cover was asked for a part of that already; withdraw that request, and ask for the whole.")
}

func (s *Service) tellCover(ctx context.Context, tx pgx.Tx, id int64) error {
	if s.OnCover == nil {
		return nil
	}
	return s.OnCover(ctx, tx, id)
}

// cutToShifts cuts a request to the person's shifts.
func cutToShifts(ctx context.Context, tx pgx.Tx, c *Cover) error {
	stored, ok, err := Read(ctx, tx, c.Schedule, c.From)
	if err != nil {
		return err
	}
	if !ok {
		return unknownSchedule(c.Schedule)
	}
	resolver, err := stored.Compile()
	if err != nil {
		return err
	}
	shifts := resolver.Shifts(c.Person, c.From, c.Until)
	if len(shifts) == 0 {
		return incident.Errorf(incident.Conflict, "You have no shift in that span, so nobody needs to stand in for you; look at your next shifts.")
	}
	c.From, c.Until = shifts[0].From, shifts[len(shifts)-1].Until
	return nil
}

// TakeCover puts a person on call instead of the one who asked, for what is still
// to come. Of several who press at once one wins, and the others are told who.
// Taking it twice changes nothing.
func (s *Service) TakeCover(ctx context.Context, id int64, by incident.PersonID) (Cover, error) {
	return s.changeCover(ctx, id, func(tx pgx.Tx, c *Cover, now time.Time) error {
		switch {
		case c.State == CoverTaken && c.TakenBy == by:
			return nil
		case c.State != CoverOpen:
			return c.settled(ctx, tx)
		case c.Person == by:
			return incident.Errorf(incident.Conflict, "Nobody can stand in for themselves; withdraw the request if it is no longer needed.")
		}
		if _, err := member(ctx, tx, by); err != nil {
			return err
		}
		o := Planned{Schedule: c.Schedule, Reason: c.Reason, CreatedBy: by, CreatedAt: now,
			Override: Override{Action: Replace, Person: by, Replaced: c.Person, From: later(c.From, now), Until: c.Until}}
		if err := insertOverride(ctx, tx, &o); err != nil {
			return err
		}
		c.State, c.TakenBy, c.TakenAt, c.Override = CoverTaken, by, now, o.ID
		return nil
	})
}

// WithdrawCover takes a request back that nobody has taken yet. Only who asked
// may. Withdrawing it twice changes nothing.
func (s *Service) WithdrawCover(ctx context.Context, id int64, by incident.PersonID) (Cover, error) {
	return s.changeCover(ctx, id, func(tx pgx.Tx, c *Cover, now time.Time) error {
		switch {
		case c.Person != by:
			return incident.Errorf(incident.Forbidden, "Only who asked for cover can withdraw the request; ask them.")
		case c.State == CoverWithdrawn:
			return nil
		case c.State != CoverOpen:
			return c.settled(ctx, tx)
		}
		c.State = CoverWithdrawn
		return nil
	})
}

// settled says why a request cannot change any more.
func (c *Cover) settled(ctx context.Context, tx pgx.Tx) error {
	switch c.State {
	case CoverTaken:
		name, err := nameOf(ctx, tx, c.TakenBy)
		if err != nil {
			return err
		}
		return incident.Errorf(incident.Conflict, "%s has taken it already; nothing needs to be done.", name)
	case CoverWithdrawn:
		return incident.Errorf(incident.Conflict, "The request was withdrawn; nothing needs to be done.")
	}
	return incident.Errorf(incident.Conflict, "That shift is over; nothing needs to be done.")
}

// changeCover locks a request, decides, and stores and tells what came of it, unless
// it stays as it was.
func (s *Service) changeCover(ctx context.Context, id int64, decide func(pgx.Tx, *Cover, time.Time) error) (Cover, error) {
	now := incident.Now()
	var c Cover
	err := pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) (err error) {
		if c, err = lockCover(ctx, tx, id, now); err != nil {
			return err
		}
		before := c.State
		if err := decide(tx, &c, now); err != nil || c.State == before {
			return err
		}
		if err := saveCover(ctx, tx, c); err != nil {
			return err
		}
		return s.tellCover(ctx, tx, id)
	})
	if err != nil {
		return Cover{}, fmt.Errorf("change request for cover %d: %w", id, err)
	}
	return c, nil
}

// Cover returns one request, or a NotFound error.
func (s *Service) Cover(ctx context.Context, id int64) (Cover, error) {
	all, err := coverWhere(ctx, s.Pool, incident.Now(), `id = $1`, id)
	if err == nil && len(all) == 0 {
		err = incident.Errorf(incident.NotFound, "That request for cover does not exist any more; look at the list of requests.")
	}
	if err != nil {
		return Cover{}, err
	}
	return all[0], nil
}

// OpenCovers lists the requests that somebody can still take, by their beginning.
func (s *Service) OpenCovers(ctx context.Context) ([]Cover, error) {
	now := incident.Now()
	return coverWhere(ctx, s.Pool, now, `state = 'open' AND until_at > $1 ORDER BY from_at, id`, now)
}

// CoverPosted notes which Slack message asks for cover, so that it can be redrawn.
func (s *Service) CoverPosted(ctx context.Context, id int64, channel, ts string) error {
	return pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error { return saveCoverMessage(ctx, tx, id, channel, ts) })
}
