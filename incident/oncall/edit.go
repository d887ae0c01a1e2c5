package oncall

import (
	"slices"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

// Keep orders new people of a rotation so that an edit does not take the turn
// away from whoever has it: the person who has it at now keeps it until the
// hand-off, and the others follow in the order given. If that person is gone, the
// first of the old order who is still there, from the next on, takes over at
// once. Start and length stay, so hand-offs stay where they are. Before the first
// turn, or when nobody of the old people is left, the order is as given.
func (r *Rotation) Keep(people []incident.PersonID, now time.Time, loc *time.Location) []incident.PersonID {
	turn, running := r.SlotAt(now, loc)
	if !running || len(people) == 0 {
		return slices.Clone(people)
	}
	for i := range r.People {
		heir := r.People[(int(turn.Number%int64(len(r.People)))+i)%len(r.People)]
		if at := slices.Index(people, heir); at >= 0 {
			first := (at - int(turn.Number%int64(len(people))) + len(people)) % len(people)
			return slices.Concat(people[first:], people[:first])
		}
	}
	return slices.Clone(people)
}

// Swap makes the overrides by which two people exchange a shift each. What has
// passed stays as it was: of a shift that has begun only the rest is exchanged.
// Shifts that are over, overlap, or are of one person are refused.
func Swap(a, b Shift, now time.Time) ([]Override, error) {
	switch {
	case a.Person == b.Person:
		return nil, incident.Errorf(incident.Invalid, "Both shifts are of the same person; choose shifts of two people.")
	case !a.Until.After(now) || !b.Until.After(now):
		return nil, incident.Errorf(incident.Conflict, "One of the shifts is over; choose one that is still to come.")
	case a.From.Before(b.Until) && b.From.Before(a.Until):
		return nil, incident.Errorf(incident.Invalid, "The shifts overlap, so both are on call then; choose two at different times.")
	}
	return []Override{
		{Action: Replace, Person: b.Person, Replaced: a.Person, From: later(a.From, now), Until: a.Until},
		{Action: Replace, Person: a.Person, Replaced: b.Person, From: later(b.From, now), Until: b.Until},
	}, nil
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
