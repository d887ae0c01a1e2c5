package oncall

import (
	"slices"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

// Change is a span in which a person is on call, and was not to be, or the other
// way round.
type Change struct {
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
	Gone  bool      `json:"gone"` // false: on call now, and was not before
}

// Changes tells whose duty within a span differs between two definitions, in
// order of time; nil stands for no schedule. Whoever keeps the same hours is not
// in it, even where the turns were made in another way.
func Changes(before, after *Resolver, from, until time.Time) map[incident.PersonID][]Change {
	changes := map[incident.PersonID][]Change{}
	was, is := before.Segments(from, until), after.Segments(from, until)
	for at := from.UTC(); len(was) > 0 && len(is) > 0; {
		end := was[0].Until
		if is[0].Until.Before(end) {
			end = is[0].Until
		}
		for _, p := range missing(was[0].People, is[0].People) {
			changes[p] = prolong(changes[p], Change{at, end, true})
		}
		for _, p := range missing(is[0].People, was[0].People) {
			changes[p] = prolong(changes[p], Change{at, end, false})
		}
		was, is, at = past(was, end), past(is, end), end
	}
	return changes
}

// missing lists who is in a and not in b.
func missing(a, b []incident.PersonID) (only []incident.PersonID) {
	for _, p := range a {
		if !slices.Contains(b, p) {
			only = append(only, p)
		}
	}
	return only
}

// prolong adds a change, or makes the last one longer when they meet.
func prolong(all []Change, c Change) []Change {
	if n := len(all); n > 0 && all[n-1].Gone == c.Gone && all[n-1].Until.Equal(c.From) {
		all[n-1].Until = c.Until
		return all
	}
	return append(all, c)
}

// past drops the first segment when it ends at t.
func past(segments []Segment, t time.Time) []Segment {
	if segments[0].Until.Equal(t) {
		return segments[1:]
	}
	return segments
}
