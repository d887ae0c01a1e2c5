package oncall

import (
	"slices"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

// exceptions is what holds instead of the layers for a while.
type exceptions struct {
	overrides []Override
	temporary []Temporary
	marks     []time.Time // every beginning and end, sorted
}

func compileExceptions(overrides []Override, temporary []Temporary) exceptions {
	e := exceptions{overrides: slices.Clone(overrides)}
	for _, o := range overrides {
		e.marks = append(e.marks, o.From, o.Until)
	}
	for _, t := range temporary {
		t.Shifts = slices.Clone(t.Shifts)
		e.temporary = append(e.temporary, t)
		e.marks = append(e.marks, t.From, t.Until)
		for _, s := range t.Shifts {
			e.marks = append(e.marks, s.From, s.Until)
		}
	}
	slices.SortFunc(e.marks, time.Time.Compare)
	return e
}

// after is the first beginning or end after t.
func (e *exceptions) after(t time.Time) (time.Time, bool) {
	i, _ := slices.BinarySearchFunc(e.marks, t, func(mark, t time.Time) int {
		if mark.After(t) {
			return 1
		}
		return -1
	})
	if i == len(e.marks) {
		return time.Time{}, false
	}
	return e.marks[i], true
}

// temporaryAt is who is on call by a temporary schedule, if one covers t.
func (e *exceptions) temporaryAt(t time.Time) (people []incident.PersonID, covered bool) {
	for _, temp := range slices.Backward(e.temporary) {
		if !within(t, temp.From, temp.Until) {
			continue
		}
		for _, s := range temp.Shifts {
			if within(t, s.From, s.Until) && s.Person != "" {
				people = append(people, s.Person)
			}
		}
		return people, true
	}
	return nil, false
}

// apply lets every override that holds at t change who is on call.
func (e *exceptions) apply(people []incident.PersonID, t time.Time) []incident.PersonID {
	for _, o := range e.overrides {
		if within(t, o.From, o.Until) {
			people = o.apply(people)
		}
	}
	return people
}

func (o Override) apply(people []incident.PersonID) []incident.PersonID {
	without := func(p incident.PersonID) bool { return p == o.Replaced }
	switch o.Action {
	case Set:
		return []incident.PersonID{o.Person}
	case Add:
		return append(people, o.Person)
	case Remove:
		return slices.DeleteFunc(people, without)
	case Replace:
		if slices.Contains(people, o.Replaced) {
			return append(slices.DeleteFunc(people, without), o.Person)
		}
	}
	return people
}

// within reports whether t lies in a half-open span.
func within(t, from, until time.Time) bool { return !t.Before(from) && t.Before(until) }
