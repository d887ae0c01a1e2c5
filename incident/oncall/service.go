package oncall

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/roster"
)

// Service is the door through which schedules are asked, and altered for a while.
// Definitions come from the organisation file. Its methods are safe to repeat and
// to call concurrently, from any number of processes.
type Service struct {
	Pool *pgxpool.Pool

	// OnCover is called in the transaction that makes or alters a request for cover.
	// Its error undoes that. nil: nobody is told.
	OnCover func(ctx context.Context, tx pgx.Tx, id int64) error
}

// OnCall is who is on call in a schedule at an instant, overrides included, or,
// with next, who comes after them. It reads through q, so that it can be asked in
// a transaction. A schedule that does not exist is a NotFound error; whoever was
// removed from the organisation is left out.
func (s *Service) OnCall(ctx context.Context, q roster.Querier, schedule string, at time.Time, next bool) ([]incident.PersonID, error) {
	stored, ok, err := Read(ctx, q, schedule, at)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, unknownSchedule(schedule)
	}
	resolver, err := stored.Compile()
	if err != nil {
		return nil, err
	}
	people := resolver.At(at)
	if next {
		people, _ = resolver.Next(at)
	}
	return present(ctx, q, people)
}

func unknownSchedule(id string) error {
	return incident.Errorf(incident.NotFound, "There is no schedule %q; look at the list of schedules.", id)
}

// present leaves out who was removed.
func present(ctx context.Context, q roster.Querier, people []incident.PersonID) ([]incident.PersonID, error) {
	if len(people) == 0 {
		return nil, nil
	}
	gone, err := roster.Removed(ctx, q, people)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(people, func(p incident.PersonID) bool { return gone[p] }), nil
}

// recent is how far back the overrides reach that Schedule and Schedules give.
const recent = 366 * 24 * time.Hour

// Schedule returns a schedule with the overrides of the past year and of the
// future, or a NotFound error.
func (s *Service) Schedule(ctx context.Context, id string) (Stored, error) {
	stored, ok, err := Read(ctx, s.Pool, id, incident.Now().Add(-recent))
	if err == nil && !ok {
		err = unknownSchedule(id)
	}
	return stored, err
}

// Schedules returns all schedules by id, with the overrides of the past year and
// of the future.
func (s *Service) Schedules(ctx context.Context) ([]Stored, error) {
	return List(ctx, s.Pool, incident.Now().Add(-recent))
}

// PersonShift is one shift and the schedule that it is in.
type PersonShift struct {
	Schedule string // id
	Name     string // of the schedule, as people say it
	Shift
}

// NextShifts lists at most n shifts of a person in all schedules that end after
// from, by beginning. One that goes on at from is among them and begins there.
// Within a year there may be none.
func (s *Service) NextShifts(ctx context.Context, person incident.PersonID, from time.Time, n int) ([]PersonShift, error) {
	all, err := List(ctx, s.Pool, from)
	if err != nil {
		return nil, err
	}
	for _, ahead := range []time.Duration{31 * 24 * time.Hour, 366 * 24 * time.Hour} {
		shifts, err := shiftsWithin(all, person, from, from.Add(ahead))
		if err != nil {
			return nil, err
		}
		if len(shifts) >= n || ahead == 366*24*time.Hour {
			return shifts[:min(n, len(shifts))], nil
		}
	}
	panic("oncall: the last span was the longest")
}

func shiftsWithin(all []Stored, person incident.PersonID, from, until time.Time) (shifts []PersonShift, err error) {
	for _, s := range all {
		resolver, err := s.Compile()
		if err != nil {
			return nil, err
		}
		for _, shift := range resolver.Shifts(person, from, until) {
			shifts = append(shifts, PersonShift{s.ID, resolver.Name(), shift})
		}
	}
	slices.SortStableFunc(shifts, func(a, b PersonShift) int { return a.From.Compare(b.From) })
	return shifts, nil
}

// GroupTarget is who a Slack user group has to hold.
type GroupTarget struct {
	Group    string
	Schedule string              // id
	Name     string              // of the schedule, as people say it
	People   []incident.PersonID // empty: nobody is on call; Slack's groups cannot be empty, so leave it
}

// Groups tells what the Slack user groups that follow schedules have to hold at
// an instant: one that several follow, the people of all of them.
func (s *Service) Groups(ctx context.Context, at time.Time) (targets []GroupTarget, err error) {
	all, err := List(ctx, s.Pool, at)
	if err != nil {
		return nil, err
	}
	for _, stored := range all {
		if stored.UserGroup == "" {
			continue
		}
		resolver, err := stored.Compile()
		if err != nil {
			return nil, err
		}
		people, err := present(ctx, s.Pool, resolver.At(at))
		if err != nil {
			return nil, err
		}
		targets = append(targets, GroupTarget{stored.UserGroup, stored.ID, resolver.Name(), people})
	}
	return targets, nil
}

// member refuses who is not in the organisation.
func member(ctx context.Context, q roster.Querier, id incident.PersonID) (roster.Person, error) {
	p, ok, err := roster.ReadPerson(ctx, q, id)
	switch {
	case err != nil:
		return roster.Person{}, err
	case !ok:
		return roster.Person{}, incident.Errorf(incident.NotFound, "That person is not in the organisation file; add them there first.")
	case p.Removed:
		return roster.Person{}, incident.Errorf(incident.Conflict, "%s was removed from the organisation; add them to the file again first.", p.Name)
	}
	return p, nil
}

// nameOf is how people say who somebody is.
func nameOf(ctx context.Context, q roster.Querier, id incident.PersonID) (string, error) {
	p, ok, err := roster.ReadPerson(ctx, q, id)
	if err != nil {
		return "", fmt.Errorf("name person: %w", err)
	}
	if !ok || p.Name == "" {
		return string(id), nil
	}
	return p.Name, nil
}
