package oncall

import (
	"iter"
	"slices"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

// Resolver answers questions about one schedule. It never changes, so any number
// of goroutines may ask it; it does not notice later changes of the Schedule.
// A nil Resolver is a schedule on which nobody is ever on call.
type Resolver struct {
	id, name   string
	zone       *time.Location
	union      bool
	layers     []*layer
	exceptions exceptions
}

// Compile prepares a schedule for questions. It fails only where there is no
// answer, with every such mistake in the error; a definition that was stored
// stays usable when Validate learns to refuse more.
func (s *Schedule) Compile() (*Resolver, error) {
	var c checker
	if c.schedule(s); len(c.problems) > 0 {
		return nil, &unusable{s.ID, c.problems}
	}
	r := &Resolver{id: s.ID, name: s.Name, zone: c.zone, union: s.Combine == Union}
	for i := range s.Layers {
		r.layers = append(r.layers, s.Layers[i].compile(c.zone))
	}
	r.exceptions = compileExceptions(s.Overrides, s.Temporary)
	return r, nil
}

// Zone is the zone on whose wall clock the schedule is defined.
func (r *Resolver) Zone() *time.Location { return r.zone }

// ID is the schedule's id.
func (r *Resolver) ID() string { return r.id }

// Name is the schedule's name, or its id when it has none.
func (r *Resolver) Name() string {
	if r.name == "" {
		return r.id
	}
	return r.name
}

// layer is a Layer ready for questions. With a fixed person turns is nil.
type layer struct {
	name        string
	turns       *turns
	person      incident.PersonID
	week        week
	from, until minute
}

func (l *Layer) compile(loc *time.Location) *layer {
	c := &layer{name: l.Name, person: l.Person, week: compileWindows(l.Windows), from: firstMinute, until: noMinute}
	if l.Rotation != nil {
		own := *l.Rotation
		own.People = slices.Clone(own.People)
		c.turns = own.compile(loc)
	}
	if !l.From.IsZero() {
		c.from = l.From.minute()
	}
	if !l.Until.IsZero() {
		c.until = l.Until.minute()
	}
	return c
}

// look is whom the layer gives at a moment, and when that may change.
func (l *layer) look(m moment) (incident.PersonID, edge) {
	if m.clock >= l.until {
		return "", noEdge
	}
	if m.clock < l.from {
		return "", edge{l.from, never}
	}
	open, until := l.week.at(m.clock)
	until = min(until, l.until)
	if !open {
		return "", edge{until, never}
	}
	if l.turns == nil {
		return l.person, edge{until, never}
	}
	person, next := l.turns.look(m)
	next.local = min(next.local, until)
	return person, next
}

// view is what every layer gives at one instant, and until when.
type view struct {
	people []incident.PersonID // "" is nobody
	until  []int64             // seconds
}

// look brings a view to an instant. Layers whose answer still holds are not
// asked again. All answers about a schedule come from here.
func (r *Resolver) look(v *view, t time.Time) {
	if v.people == nil {
		v.people, v.until = make([]incident.PersonID, len(r.layers)), make([]int64, len(r.layers))
		for i := range v.until {
			v.until[i] = -never
		}
	}
	var m moment
	for i, l := range r.layers {
		if t.Unix() < v.until[i] {
			continue
		}
		if m.at.IsZero() {
			m = momentAt(t, r.zone)
		}
		person, next := l.look(m)
		v.people[i], v.until[i] = person, next.instant(r.zone)
	}
}

// base is who the layers give together, and the index of the layer that counted
// (-1: none, or several).
func (r *Resolver) base(v *view) (people []incident.PersonID, from int) {
	from = -1
	for i, p := range slices.Backward(v.people) {
		if p == "" {
			continue
		}
		people = append(people, p)
		if !r.union {
			return people, i
		}
	}
	return people, from
}

// at is who is on call, given what the layers say at the instant.
func (r *Resolver) at(v *view, t time.Time) []incident.PersonID {
	people, covered := r.exceptions.temporaryAt(t)
	if !covered {
		people, _ = r.base(v)
		people = r.exceptions.apply(people, t)
	}
	if len(people) == 0 {
		return nil
	}
	slices.Sort(people)
	return slices.Compact(people)
}

// At is who is on call at an instant: sorted, each once, nil for nobody.
func (r *Resolver) At(t time.Time) []incident.PersonID {
	if r == nil {
		return nil
	}
	var v view
	r.look(&v, t)
	return r.at(&v, t)
}

// Segments tells who is on call within a span: segments that meet, neighbours
// with different people, from the beginning to the end of the span, those with
// nobody included. An empty span has none. The work grows with the number of
// changes in the span, so bound it.
func (r *Resolver) Segments(from, until time.Time) []Segment {
	return slices.Collect(r.segments(from, until))
}

// segments yields what Segments lists, one after the other.
func (r *Resolver) segments(from, until time.Time) iter.Seq[Segment] {
	return func(yield func(Segment) bool) {
		if !from.Before(until) {
			return
		}
		open := Segment{From: from.UTC(), People: r.At(from)}
		for t, people := range r.changes(from, until) {
			if slices.Equal(people, open.People) {
				continue
			}
			open.Until = t.UTC()
			if !yield(open) {
				return
			}
			open = Segment{From: t.UTC(), People: people}
		}
		open.Until = until.UTC()
		yield(open)
	}
}

// changes yields every instant after from and before until at which something
// may change, with who is on call then.
func (r *Resolver) changes(from, until time.Time) iter.Seq2[time.Time, []incident.PersonID] {
	return func(yield func(time.Time, []incident.PersonID) bool) {
		if r == nil {
			return
		}
		var v view
		r.look(&v, from)
		for t := r.after(&v, from); t.Before(until); t = r.after(&v, t) {
			r.look(&v, t)
			if !yield(t, r.at(&v, t)) {
				return
			}
		}
	}
}

// farFuture stands for never where an instant is needed.
var farFuture = time.Date(9999, time.December, 31, 0, 0, 0, 0, time.UTC)

// after is the first instant after t at which something may change.
func (r *Resolver) after(v *view, t time.Time) time.Time {
	next := farFuture
	if len(v.until) > 0 {
		if s := slices.Min(v.until); s < farFuture.Unix() {
			next = time.Unix(s, 0)
		}
	}
	if mark, ok := r.exceptions.after(t); ok && mark.Before(next) {
		next = mark
	}
	return next
}
