package oncall

import (
	"math"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

// Slot is one turn of a rotation.
type Slot struct {
	Number int64 // counted from 0
	From   time.Time
	Until  time.Time         // as From when clocks jump over the whole turn; its person is never on call in it
	Person incident.PersonID // "" is nobody
}

// Slots lists the turns of a rotation that begin within a span, in order, those
// without length included. The rotation must be valid.
func (r *Rotation) Slots(loc *time.Location, from, until time.Time) (slots []Slot) {
	t := r.compile(loc)
	k := max(t.slot(momentAt(from, loc)), 0)
	for k > 0 && !t.begin(k).Before(from) {
		k-- // a turn without length begins together with the one after it
	}
	for ; t.begin(k).Before(until); k++ {
		if s := t.numbered(k); !s.From.Before(from) {
			slots = append(slots, s)
		}
	}
	return slots
}

// SlotAt is the turn that holds at an instant; false before the first one. The
// rotation must be valid.
func (r *Rotation) SlotAt(t time.Time, loc *time.Location) (Slot, bool) {
	turns := r.compile(loc)
	k := turns.slot(momentAt(t, loc))
	if k < 0 {
		return Slot{}, false
	}
	return turns.numbered(k), true
}

// moment is an instant, and the highest local time shown until then.
type moment struct {
	at    time.Time
	clock minute
}

func momentAt(t time.Time, loc *time.Location) moment { return moment{t, shown(t, loc)} }

// edge is when something may change next: at the boundary of a local time or at
// an instant, whichever is first. Either may be absent.
type edge struct {
	local  minute // noMinute: absent
	second int64  // never: absent
}

const (
	noMinute    minute = math.MaxInt64
	firstMinute minute = math.MinInt64
)

var noEdge = edge{noMinute, never}

// instant is the edge as seconds, or never.
func (e edge) instant(loc *time.Location) int64 {
	if e.local == noMinute {
		return e.second
	}
	return min(e.second, boundary(e.local, loc).Unix())
}

// turns is a rotation ready for arithmetic.
type turns struct {
	loc     *time.Location
	start   minute
	step    minute // length on the wall clock, unless one of the next two is set
	months  int64
	seconds int64 // length as it elapses
	first   int64 // instant of the first turn
	people  []incident.PersonID
	same    bool // only one person, so that hand-offs change nothing
}

func (r *Rotation) compile(loc *time.Location) *turns {
	t := &turns{loc: loc, start: r.Start.minute(), people: r.People, same: true}
	t.first = boundary(t.start, loc).Unix()
	for _, p := range r.People {
		t.same = t.same && p == r.People[0]
	}
	length := minute(r.Length)
	switch {
	case r.Unit == Month:
		t.months = int64(r.Length)
	case r.elapses():
		t.seconds = int64(r.Length) * 3600
	default:
		t.step = length * minutesOf[r.Unit]
	}
	return t
}

var minutesOf = map[Unit]minute{Hour: minutesOfHour, Day: minutesOfDay, Week: minutesOfWeek}

// elapses reports whether hours are counted as they pass. Lengths that would
// make turns begin at ever other times of the day are, unless it is said.
func (r *Rotation) elapses() bool {
	if r.Timeline != "" || r.Unit != Hour {
		return r.Timeline == Elapsed
	}
	return 24%r.Length != 0 && r.Length%24 != 0
}

// slot is the number of the turn that holds at a moment: the last one that has
// begun. It is negative before the first one.
func (t *turns) slot(m moment) int64 {
	switch {
	case t.seconds > 0:
		return floorDiv(m.at.Unix()-t.first, t.seconds)
	case t.months > 0:
		return t.month(m.clock)
	}
	return floorDiv(int64(m.clock-t.start), int64(t.step))
}

func (t *turns) month(clock minute) int64 {
	from, to := t.start.date(), clock.date()
	months := int64(to.Year()-from.Year())*12 + int64(to.Month()-from.Month())
	k := floorDiv(months, t.months)
	if t.wall(k) > clock {
		k--
	}
	return k
}

// wall is the local time at which turn k begins.
func (t *turns) wall(k int64) minute {
	if t.months == 0 {
		return t.start + minute(k)*t.step
	}
	date := t.start.date()
	first := time.Date(date.Year(), date.Month()+time.Month(k*t.months), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day() // from the first of a month nothing overflows
	day := first.AddDate(0, 0, min(date.Day(), last)-1)
	return minute(day.Unix()/60) + minute(date.Hour()*minutesOfHour+date.Minute())
}

func (t *turns) begin(k int64) time.Time {
	if t.seconds > 0 {
		return time.Unix(t.first+k*t.seconds, 0).UTC()
	}
	return boundary(t.wall(k), t.loc)
}

func (t *turns) person(k int64) incident.PersonID { return t.people[k%int64(len(t.people))] }

func (t *turns) numbered(k int64) Slot {
	return Slot{Number: k, From: t.begin(k), Until: t.begin(k + 1), Person: t.person(k)}
}

// look is who has the turn at a moment, and when that may change.
func (t *turns) look(m moment) (incident.PersonID, edge) {
	k := t.slot(m)
	switch {
	case k < 0 && t.seconds > 0:
		return "", edge{noMinute, t.first}
	case k < 0:
		return "", edge{t.start, never}
	case t.same:
		return t.people[0], noEdge
	case t.seconds > 0:
		return t.person(k), edge{noMinute, t.first + (k+1)*t.seconds}
	}
	return t.person(k), edge{t.wall(k + 1), never}
}
