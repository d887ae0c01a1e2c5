package oncall

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tocsinhq/tocsin/incident"
)

// Zones whose clocks do what few people expect, and some that do nothing.
var oddZones = []string{
	"UTC", "America/New_York", "Europe/Berlin", "Europe/London", "Europe/Dublin", "Australia/Sydney", "Australia/Lord_Howe",
	"America/Santiago", "America/Havana", "Atlantic/Azores", "Africa/Cairo", "Asia/Beirut", "Africa/Casablanca", "America/St_Johns",
	"Pacific/Chatham", "Asia/Kolkata", "Antarctica/Troll", "Asia/Gaza", "America/Scoresbysund", "Pacific/Apia", "America/Caracas",
}

// dice makes definitions and instants; the same seed makes the same ones.
type dice struct{ *rand.Rand }

func diceOf(seed uint64) dice { return dice{rand.New(rand.NewPCG(seed, 7))} }

func oneOf[T any](d dice, all ...T) T { return all[d.IntN(len(all))] }

func (d dice) person() incident.PersonID {
	return oneOf[incident.PersonID](d, "ana", "bo", "cy", "dee", "eli")
}

// minute is one in which clocks like to change, or any.
func (d dice) clock() ClockTime {
	if d.IntN(2) == 0 {
		return Clock(d.IntN(4), 15*d.IntN(4))
	}
	return Clock(d.IntN(24), d.IntN(60))
}

func (d dice) local() LocalTime {
	day := time.Date(2011, 1, 1+d.IntN(6*365), 0, 0, 0, 0, time.UTC)
	if d.IntN(3) == 0 {
		day = time.Date(2011+d.IntN(6), time.Month(1+d.IntN(12)), 28+d.IntN(4), 0, 0, 0, 0, time.UTC)
	}
	return (minute(day.Unix()/60) + d.clock().minutes()).local()
}

// instant lies from 2011 to 2031, often close to a change of clocks.
func (d dice) instant(loc *time.Location) time.Time {
	t := time.Date(2011, 1, 1, 0, 0, d.IntN(20*365*24*3600), 0, time.UTC)
	if changes := ClockChanges(loc, t, t.AddDate(1, 0, 0)); len(changes) > 0 && d.IntN(3) > 0 {
		return oneOf(d, changes...).At.Add(time.Duration(d.IntN(6*3600)-3*3600) * time.Second)
	}
	return t
}

func (d dice) rotation() *Rotation {
	r := &Rotation{Start: d.local(), Unit: oneOf(d, Hour, Day, Week, Month), Length: 1 + d.IntN(12)}
	if r.Unit == Hour {
		r.Length = oneOf(d, 1, 2, 5, 7, 8, 12, 24, 36, 48, 168)
		r.Timeline = oneOf(d, "", "", Wall, Elapsed)
	}
	for range 1 + d.IntN(5) {
		r.People = append(r.People, oneOf(d, d.person(), d.person(), d.person(), ""))
	}
	r.People[0] = d.person()
	return r
}

func (d dice) windows() (all []Window) {
	for range d.IntN(3) {
		if d.IntN(2) == 0 {
			all = append(all, Window{FromDay: oneOf(d, weekdays...), FromTime: d.clock(), UntilDay: oneOf(d, weekdays...), UntilTime: d.clock()})
			continue
		}
		days := slices.Clone(weekdays)
		d.Shuffle(7, func(i, j int) { days[i], days[j] = days[j], days[i] })
		all = append(all, Window{Days: days[:1+d.IntN(7)], Start: d.clock(), End: d.clock()})
	}
	return all
}

func (d dice) span(loc *time.Location) (from, until time.Time) {
	from = d.instant(loc)
	return from, from.Add(time.Duration(1+d.IntN(20*24*3600*1000)) * time.Millisecond)
}

func (d dice) override(loc *time.Location) Override {
	o := Override{Action: oneOf(d, Set, Add, Remove, Replace)}
	o.From, o.Until = d.span(loc)
	if o.Action != Remove {
		o.Person = d.person()
	}
	if o.Action == Remove || o.Action == Replace {
		o.Replaced = d.person()
	}
	return o
}

// schedule makes any valid definition.
func (d dice) schedule(t *testing.T) *Schedule {
	s := &Schedule{ID: "any", Zone: oneOf(d, oddZones...), Combine: oneOf(d, "", Highest, Union)}
	loc := zone(t, s.Zone)
	for range 1 + d.IntN(4) {
		l := Layer{Windows: d.windows()}
		if d.IntN(4) == 0 {
			l.Person = d.person()
		} else {
			l.Rotation = d.rotation()
		}
		if d.IntN(4) == 0 {
			l.From = d.local()
		}
		if until := d.local(); d.IntN(4) == 0 && until.minute() > l.From.minute() {
			l.Until = until
		}
		s.Layers = append(s.Layers, l)
	}
	for range d.IntN(6) {
		s.Overrides = append(s.Overrides, d.override(loc))
	}
	if d.IntN(3) == 0 {
		temp := Temporary{}
		temp.From, temp.Until = d.span(loc)
		middle := temp.From.Add(temp.Until.Sub(temp.From) / 2)
		temp.Shifts = []Shift{{d.person(), temp.From, middle}, {d.person(), middle.Add(time.Second), temp.Until}}
		s.Temporary = append(s.Temporary, temp)
	}
	return s
}

const trials = 400

// walked is the boundary of a local time found by looking at every minute.
func walked(l LocalTime, loc *time.Location) time.Time {
	for t := time.Unix(int64(l.minute())*60-maxOffset, 0); ; t = t.Add(time.Minute) {
		if LocalIn(t, loc).minute() >= l.minute() {
			return t.UTC()
		}
	}
}

func TestBoundaryIsTheFirstMinuteThatShowsTheTimeOrLater(t *testing.T) {
	t.Parallel()
	d := diceOf(1)
	for range trials {
		loc := zone(t, oneOf(d, oddZones...))
		l := LocalIn(d.instant(loc), loc)
		if got, want := Boundary(l, loc), walked(l, loc); !got.Equal(want) {
			t.Fatalf("%s in %s = %v, want %v", l, loc, got, want)
		}
	}
}

func TestBoundariesKeepTheOrderOfLocalTimes(t *testing.T) {
	t.Parallel()
	d := diceOf(2)
	for range trials {
		loc := zone(t, oneOf(d, oddZones...))
		from := LocalIn(d.instant(loc), loc).minute()
		last := boundary(from, loc)
		for step := range minute(200) {
			at := boundary(from+step*3, loc)
			if at.Before(last) {
				t.Fatalf("%s in %s comes before a smaller time", (from + step*3).local(), loc)
			}
			if s := shown(at, loc); s < from+step*3 || shown(at.Add(-time.Second), loc) >= from+step*3 {
				t.Fatalf("%s in %s: the clock had shown %s at its boundary", (from + step*3).local(), loc, s.local())
			}
			last = at
		}
	}
}

// slimZone is a zone that has nothing but its rule, as embedded databases have
// for all of the future.
func slimZone(t *testing.T, rule string) *time.Location {
	t.Helper()
	header := func(types, chars uint32) []byte {
		b := append([]byte("TZif2"), make([]byte, 15)...)
		for _, n := range []uint32{0, 0, 0, 0, types, chars} {
			b = binary.BigEndian.AppendUint32(b, n)
		}
		return b
	}
	block := []byte{0, 0, 0, 0, 0, 0, 'L', 'M', 'T', 0}
	data := bytes.Join([][]byte{header(1, 4), block, header(1, 4), block, []byte("\n" + rule + "\n")}, nil)
	loc, err := time.LoadLocationFromTZData(rule, data)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// On the last day of leap years ZoneBounds names an end that is already over.
func TestZonesWithRulesOnlyEndNoWalkEarlyAndHangNone(t *testing.T) {
	t.Parallel()
	for _, rule := range []string{"EST5EDT,M3.2.0,M11.1.0", "CET-1CEST,M3.5.0,M10.5.0/3", "AEST-10AEDT,M10.1.0,M4.1.0/3", "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0"} {
		loc := slimZone(t, rule)
		for year := 2024; year <= 2032; year++ {
			from := time.Date(year, 12, 28, 0, 0, 0, 0, time.UTC)
			for at := from; at.Before(from.AddDate(0, 0, 6)); at = at.Add(97 * time.Minute) {
				l := LocalIn(at, loc)
				if got := Boundary(l, loc); !got.Equal(at.Truncate(time.Minute)) {
					t.Fatalf("%s in %s = %v, want %v", l, rule, got, at)
				}
			}
			changes := ClockChanges(loc, time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(year+1, 1, 1, 0, 0, 0, 0, time.UTC))
			if len(changes) != 2 {
				t.Errorf("%s changes %d times in %d, want 2", rule, len(changes), year)
			}
		}
		r := &Rotation{Start: local(t, "2024-01-01T09:00"), Unit: Day, Length: 1, People: people("a", "b")}
		slots := r.Slots(loc, time.Date(2024, 12, 1, 0, 0, 0, 0, time.UTC), time.Date(2029, 1, 31, 0, 0, 0, 0, time.UTC))
		if want := 31 + 4*365 + 1 + 30; len(slots) < want-1 || len(slots) > want {
			t.Errorf("%s: %d turns, want %d", rule, len(slots), want)
		}
	}
}

// naive answers by other means than the resolver: with instants instead of local
// times, turn by turn, window by window.
type naive struct {
	*Schedule
	loc *time.Location
}

func (n naive) at(t time.Time) []incident.PersonID {
	for _, temp := range n.Temporary {
		if within(t, temp.From, temp.Until) {
			var on []incident.PersonID
			for _, s := range temp.Shifts {
				if within(t, s.From, s.Until) {
					on = append(on, s.Person)
				}
			}
			return tidy(on)
		}
	}
	var on []incident.PersonID
	for i := range n.Layers {
		switch p := n.layer(&n.Layers[i], t); {
		case p == "":
		case n.Combine == Union:
			on = append(on, p)
		default:
			on = []incident.PersonID{p}
		}
	}
	for _, o := range n.Overrides {
		if within(t, o.From, o.Until) {
			on = o.apply(on)
		}
	}
	return tidy(on)
}

func tidy(all []incident.PersonID) []incident.PersonID {
	slices.Sort(all)
	if all = slices.Compact(all); len(all) == 0 {
		return nil
	}
	return all
}

func (n naive) layer(l *Layer, t time.Time) incident.PersonID {
	switch {
	case !l.From.IsZero() && t.Before(Boundary(l.From, n.loc)), !l.Until.IsZero() && !t.Before(Boundary(l.Until, n.loc)):
		return ""
	case len(l.Windows) > 0 && !slices.ContainsFunc(l.Windows, func(w Window) bool { return n.open(w, t) }):
		return ""
	case l.Rotation == nil:
		return l.Person
	}
	return n.turn(l.Rotation, t)
}

// open looks at every window that begins up to nine days before.
func (n naive) open(w Window, t time.Time) bool {
	today := t.In(n.loc)
	for back := -1; back <= 9; back++ {
		day := time.Date(today.Year(), today.Month(), today.Day()-back, 0, 0, 0, 0, time.UTC)
		name := WeekdayOf(day.Weekday())
		from, until, later := w.Start, w.End, 1
		if len(w.Days) == 0 {
			from, until, later = w.FromTime, w.UntilTime, (slices.Index(weekdays, w.UntilDay)-slices.Index(weekdays, name)+7)%7
			if later == 0 && until <= from {
				later = 7
			}
			if name != w.FromDay {
				continue
			}
		} else if !slices.Contains(w.Days, name) {
			continue
		} else if until > from {
			later = 0
		}
		begin := minute(day.Unix()/60) + from.minutes()
		end := minute(day.AddDate(0, 0, later).Unix()/60) + until.minutes()
		if within(t, boundary(begin, n.loc), boundary(end, n.loc)) {
			return true
		}
	}
	return false
}

// turn counts from the first turn on.
func (n naive) turn(r *Rotation, t time.Time) (on incident.PersonID) {
	begin := func(k int) time.Time {
		l := r.Start
		switch {
		case r.Unit == Month:
			l.Month += time.Month(k * r.Length)
			l.Year, l.Month = l.Year+int(l.Month-1)/12, (l.Month-1)%12+1
			for ; !l.exists(); l.Day-- {
			}
		case r.Unit == Hour && r.elapses():
			return time.Unix(Boundary(l, n.loc).Unix()+int64(k*r.Length)*3600, 0)
		default:
			l = (l.minute() + minute(k*r.Length)*minutesOf[r.Unit]).local()
		}
		return Boundary(l, n.loc)
	}
	k := 0
	most := map[Unit]int{Hour: 1 << 18, Day: 1 << 13, Week: 1 << 11, Month: 1 << 9}[r.Unit] // decades, in one step
	for ; most > 0; most /= 2 {                                                             // boundaries keep their order
		for !begin(k + most).After(t) {
			k += most
		}
	}
	if begin(0).After(t) {
		return ""
	}
	return r.People[k%len(r.People)]
}

func TestAnyScheduleAnswersLikeTheRulesRead(t *testing.T) {
	t.Parallel()
	for seed := range uint64(trials) {
		d := diceOf(seed)
		s := d.schedule(t)
		r, n := compiled(t, s), naive{s, zone(t, s.Zone)}
		for range 25 {
			at := d.instant(n.loc)
			if diff := cmp.Diff(n.at(at), r.At(at)); diff != "" {
				t.Fatalf("seed %d at %v: %s", seed, at, diff)
			}
		}
	}
}

// S26
func TestSegmentsOfAnyScheduleCoverTheSpanAndAgreeWithAt(t *testing.T) {
	t.Parallel()
	for seed := range uint64(trials) {
		d := diceOf(seed + 5000)
		s := d.schedule(t)
		r, loc := compiled(t, s), zone(t, s.Zone)
		from, until := d.span(loc)
		segments := r.Segments(from, until)
		if err := tiles(segments, from, until); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		d.Shuffle(len(segments), func(i, j int) { segments[i], segments[j] = segments[j], segments[i] })
		for _, g := range segments {
			middle := g.From.Add(time.Duration(d.Int64N(int64(g.Until.Sub(g.From)))))
			for _, at := range []time.Time{g.Until.Add(-1), g.From, middle} {
				if got := r.At(at.In(loc)); !slices.Equal(got, g.People) {
					t.Fatalf("seed %d: At(%v) = %v, the segment says %v", seed, at, got, g)
				}
			}
		}
		fresh := compiled(t, s)
		if diff := cmp.Diff(fresh.Segments(from, until), r.Segments(from, until)); diff != "" {
			t.Fatalf("seed %d: earlier questions changed the answer: %s", seed, diff)
		}
	}
}

// tiles checks that segments meet, cover a span, and differ from their neighbours.
func tiles(segments []Segment, from, until time.Time) error {
	at := from
	for i, g := range segments {
		if !g.From.Equal(at) || !g.From.Before(g.Until) {
			return fmt.Errorf("segment %d %v does not follow %v", i, g, at)
		}
		if i > 0 && slices.Equal(g.People, segments[i-1].People) {
			return fmt.Errorf("segments %d and %d have the same people", i-1, i)
		}
		at = g.Until
	}
	if !at.Equal(until) {
		return fmt.Errorf("the last segment ends %v, want %v", at, until)
	}
	return nil
}

func TestSegmentsOfPartsMakeThoseOfTheWhole(t *testing.T) {
	t.Parallel()
	for seed := range uint64(trials) {
		d := diceOf(seed + 9000)
		s := d.schedule(t)
		r := compiled(t, s)
		from, until := d.span(zone(t, s.Zone))
		middle := from.Add(until.Sub(from) / 3)
		parts := append(r.Segments(from, middle), r.Segments(middle, until)...)
		joined := parts[:1]
		for _, g := range parts[1:] {
			if last := &joined[len(joined)-1]; slices.Equal(last.People, g.People) {
				last.Until = g.Until
				continue
			}
			joined = append(joined, g)
		}
		if diff := cmp.Diff(r.Segments(from, until), joined); diff != "" {
			t.Fatalf("seed %d: %s", seed, diff)
		}
	}
}

func TestAnswersOfAnyScheduleAgreeWithEachOther(t *testing.T) {
	t.Parallel()
	for seed := range uint64(trials) {
		d := diceOf(seed + 20000)
		s := d.schedule(t)
		r := compiled(t, s)
		from, until := d.span(zone(t, s.Zone))
		var sum, gaps time.Duration
		for _, g := range r.Segments(from, until) {
			sum += g.Until.Sub(g.From) * time.Duration(len(g.People))
		}
		for _, l := range r.Loads(from, until) {
			sum -= l.Time
			for _, shift := range r.Shifts(l.Person, from, until) {
				l.Time -= shift.Until.Sub(shift.From)
				if whole, ok := r.ShiftAt(l.Person, shift.From); !ok || whole.From.After(shift.From) || whole.Until.Before(shift.Until) {
					t.Fatalf("seed %d: %v is not within %v", seed, shift, whole)
				}
			}
			if l.Time != 0 {
				t.Fatalf("seed %d: shifts and load of %s differ by %v", seed, l.Person, l.Time)
			}
		}
		for _, g := range r.Gaps(from, until) {
			gaps += g.Until.Sub(g.From)
			if r.At(g.From) != nil {
				t.Fatalf("seed %d: somebody is on call in the gap %v", seed, g)
			}
		}
		if sum != 0 {
			t.Fatalf("seed %d: load and segments differ by %v", seed, sum)
		}
		next, at := r.Next(from)
		if next != nil && (!slices.Equal(next, r.At(at)) || slices.Equal(next, r.At(from)) || !at.After(from)) {
			t.Fatalf("seed %d: next is %v from %v, on call is %v", seed, next, at, r.At(at))
		}
		if len(Changes(r, r, from, until)) != 0 {
			t.Fatalf("seed %d: a schedule differs from itself", seed)
		}
	}
}

func TestChangesAreWhatDiffersMinuteByMinute(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		d := diceOf(seed + 30000)
		s := d.schedule(t)
		edited := *s
		edited.Overrides = append(slices.Clone(s.Overrides), d.override(zone(t, s.Zone)))
		before, after := compiled(t, s), compiled(t, &edited)
		last := edited.Overrides[len(edited.Overrides)-1]
		from, until := last.From.Add(-time.Hour), last.Until.Add(time.Hour)
		changes := Changes(before, after, from, until)
		for range 100 {
			at := from.Add(time.Duration(d.Int64N(int64(until.Sub(from)))))
			for _, p := range people("ana", "bo", "cy", "dee", "eli") {
				was, is := slices.Contains(before.At(at), p), slices.Contains(after.At(at), p)
				i := slices.IndexFunc(changes[p], func(c Change) bool { return within(at, c.From, c.Until) })
				if (was != is) != (i >= 0) || i >= 0 && changes[p][i].Gone != was {
					t.Fatalf("seed %d: %s at %v was %v and is %v, but changes are %v", seed, p, at, was, is, changes[p])
				}
			}
		}
	}
}
