package oncall

import (
	"cmp"
	"iter"
	"slices"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

// searchAhead is how far Next looks, and how far back the beginning of a shift
// is looked for. A turn of a valid schedule lasts at most a year.
const searchAhead = 2 * 366 * 24 * time.Hour

// Next is who follows those on call at an instant, and when they begin: the next
// people who are not exactly the same, spans with nobody passed over. With an
// override in force these may be the ones whom it stands in for. Nobody within
// two years is nil.
func (r *Resolver) Next(t time.Time) (people []incident.PersonID, from time.Time) {
	now := r.At(t)
	for at, next := range r.changes(t, t.Add(searchAhead)) {
		if len(next) > 0 && !slices.Equal(next, now) {
			return next, at.UTC()
		}
	}
	return nil, time.Time{}
}

// Shifts lists when a person is on call within a span, in order, each as long as
// it lasts whoever else comes and goes. What reaches beyond the span is cut off.
func (r *Resolver) Shifts(person incident.PersonID, from, until time.Time) (shifts []Shift) {
	for _, s := range shiftsOf(r.segments(from, until)) {
		if s.Person == person {
			shifts = append(shifts, s)
		}
	}
	return shifts
}

// AllShifts lists the shifts of everybody within a span, by beginning and person.
func (r *Resolver) AllShifts(from, until time.Time) []Shift {
	return shiftsOf(r.segments(from, until))
}

func shiftsOf(segments iter.Seq[Segment]) (shifts []Shift) {
	open := map[incident.PersonID]int{} // index of the shift that goes on
	for s := range segments {
		still := make(map[incident.PersonID]int, len(s.People))
		for _, p := range s.People {
			i, going := open[p]
			if !going {
				i = len(shifts)
				shifts = append(shifts, Shift{Person: p, From: s.From})
			}
			shifts[i].Until = s.Until
			still[p] = i
		}
		open = still
	}
	return shifts
}

// ShiftAt is the whole shift that a person has at an instant, however long ago it
// began; false when the person is not on call. It is cut off two years away.
func (r *Resolver) ShiftAt(person incident.PersonID, t time.Time) (Shift, bool) {
	if !slices.Contains(r.At(t), person) {
		return Shift{}, false
	}
	s := Shift{person, t.Add(-searchAhead).UTC(), t.Add(searchAhead).UTC()}
	for back := 24 * time.Hour; ; back *= 4 {
		from := t.Add(-min(back, searchAhead))
		shifts := r.Shifts(person, from, t.Add(1))
		if last := shifts[len(shifts)-1]; last.From.After(from) || back >= searchAhead {
			s.From = last.From
			break
		}
	}
	for at, people := range r.changes(t, s.Until) {
		if !slices.Contains(people, person) {
			s.Until = at.UTC()
			break
		}
	}
	return s, true
}

// Gaps lists when nobody is on call within a span.
func (r *Resolver) Gaps(from, until time.Time) (gaps []Segment) {
	for s := range r.segments(from, until) {
		if len(s.People) == 0 {
			gaps = append(gaps, s)
		}
	}
	return gaps
}

// Load is how much a person is on call within a span.
type Load struct {
	Person incident.PersonID `json:"person"`
	Time   time.Duration     `json:"time"`
	Share  float64           `json:"share"` // of the span, from 0 to 1; with parallel layers the sum of all may be more
	Shifts int               `json:"shifts"`
}

// Loads lists how much everybody is on call within a span, the most first.
func (r *Resolver) Loads(from, until time.Time) (loads []Load) {
	index := map[incident.PersonID]int{}
	for _, s := range r.AllShifts(from, until) {
		i, known := index[s.Person]
		if !known {
			i = len(loads)
			index[s.Person] = i
			loads = append(loads, Load{Person: s.Person})
		}
		loads[i].Time += s.Until.Sub(s.From)
		loads[i].Shifts++
	}
	for i := range loads {
		loads[i].Share = float64(loads[i].Time) / float64(until.Sub(from))
	}
	slices.SortFunc(loads, func(a, b Load) int {
		return cmp.Or(cmp.Compare(b.Time, a.Time), cmp.Compare(a.Person, b.Person))
	})
	return loads
}
