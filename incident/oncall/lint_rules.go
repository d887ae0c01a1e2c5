package oncall

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// gaps are one finding, however many there are: office hours have one a day.
func (l *linter) gaps() {
	gaps := l.resolver.Gaps(l.from, l.until)
	if len(gaps) == 0 {
		return
	}
	var sum time.Duration
	for _, g := range gaps {
		sum += g.Until.Sub(g.From)
	}
	f := Finding{Kind: FindingGap, From: gaps[0].From, Until: gaps[0].Until}
	if len(gaps) == 1 {
		l.add(f, "Nobody is on call %s.", l.span(f.From, f.Until))
		return
	}
	l.add(f, "Nobody is on call in %d spans of %s, %s altogether; the first is %s.", len(gaps), l.days(), hours(sum), l.span(f.From, f.Until))
}

// temporaryHoles are the parts of temporary schedules in which nobody has a shift.
func (l *linter) temporaryHoles() {
	for i, t := range l.schedule.Temporary {
		from, until := later(t.From, l.from), earlier(t.Until, l.until)
		only := &Resolver{exceptions: compileExceptions(nil, []Temporary{t})}
		for _, g := range only.Gaps(from, until) {
			l.add(Finding{Kind: FindingHole, Path: fmt.Sprintf("temporary[%d]", i+1), From: g.From, Until: g.Until},
				"The temporary schedule has no shift %s, so nobody is on call then, overrides included.", l.span(g.From, g.Until))
		}
	}
}

// overrides are those that leave nobody on call, and those that change nothing.
func (l *linter) overrides() {
	for i, o := range l.schedule.Overrides {
		from, until := later(o.From, l.from), earlier(o.Until, l.until)
		if !from.Before(until) {
			continue
		}
		others := *l.resolver
		others.exceptions = compileExceptions(slices.Delete(slices.Clone(l.schedule.Overrides), i, i+1), l.schedule.Temporary)
		f := Finding{Kind: FindingIdle, Path: fmt.Sprintf("overrides[%d]", i+1), From: from, Until: until, Person: cmp.Or(o.Person, o.Replaced)}
		without, with := others.Segments(from, until), l.resolver.Segments(from, until)
		if slices.EqualFunc(without, with, sameSegment) {
			l.add(f, "The override (%s %s) %s changes nothing.", o.Action, l.name(f.Person), l.span(from, until))
		}
		for _, g := range with {
			if len(g.People) == 0 && o.Action == Remove && anybody(others.Segments(g.From, g.Until)) {
				f.Kind, f.From, f.Until = FindingHole, g.From, g.Until
				l.add(f, "Taking %s off leaves nobody on call %s.", l.name(o.Replaced), l.span(g.From, g.Until))
			}
		}
	}
}

func sameSegment(a, b Segment) bool {
	return a.From.Equal(b.From) && a.Until.Equal(b.Until) && slices.Equal(a.People, b.People)
}

func anybody(segments []Segment) bool {
	return slices.ContainsFunc(segments, func(s Segment) bool { return len(s.People) > 0 })
}

// people are those who cannot be reached: all whom the definition names, those on
// call within the horizon with the beginning of their first shift.
func (l *linter) people() {
	if l.options.Trouble == nil {
		return
	}
	shifts := l.resolver.AllShifts(l.from, l.until)
	for _, p := range l.schedule.People() {
		trouble := l.options.Trouble(p)
		if trouble == "" {
			continue
		}
		f, when := Finding{Kind: FindingPerson, Person: p}, "not on call in "+l.days()
		if i := slices.IndexFunc(shifts, func(s Shift) bool { return s.Person == p }); i >= 0 {
			f.From, f.Until = shifts[i].From, shifts[i].Until
			when = "on call " + l.span(f.From, f.Until)
		}
		l.add(f, "%s %s, and is %s.", l.name(p), trouble, when)
	}
}

// unseen are layers that never count within the horizon.
func (l *linter) unseen() {
	r := l.resolver
	gives, counts := make([]bool, len(r.layers)), make([]bool, len(r.layers))
	bare := *r
	bare.exceptions = exceptions{}
	var v view
	for t := l.from; t.Before(l.until); t = bare.after(&v, t) {
		r.look(&v, t)
		_, winner := r.base(&v)
		for i, p := range v.people {
			gives[i] = gives[i] || p != ""
			counts[i] = counts[i] || p != "" && (r.union || i == winner)
		}
	}
	for i := range r.layers {
		f := Finding{Kind: FindingUnseen, Path: fmt.Sprintf("layers[%d]", i+1), From: l.from, Until: l.until}
		switch {
		case !gives[i]:
			l.add(f, "%s has nobody on call in %s.", l.layerName(i), l.days())
		case !counts[i]:
			l.add(f, "%s never counts in %s, since higher layers always have somebody.", l.layerName(i), l.days())
		}
	}
}

// clockChanges are hand-offs and ends of windows at local times that clocks leave
// out or show twice.
func (l *linter) clockChanges() {
	for _, c := range ClockChanges(l.resolver.zone, l.from, l.until) {
		low, high := c.local()
		for i, layer := range l.resolver.layers {
			for _, at := range layer.edges(low, high, l.resolver.zone) {
				f := Finding{Kind: FindingClockChange, Path: fmt.Sprintf("layers[%d]", i+1), From: c.At}
				f.Until = boundary(at, l.resolver.zone)
				day, clock := at.date().Format("Mon 2 Jan 2006"), at.local().String()[len("2006-01-02T"):]
				if c.After > c.Before {
					l.add(f, "%s changes at %s, which clocks skip on %s; it changes at %s then.", l.layerName(i), clock, day, f.Until.In(l.resolver.zone).Format("Mon 15:04"))
					continue
				}
				f.From = f.Until
				l.add(f, "%s changes at %s, which clocks show twice on %s; it changes the first time.", l.layerName(i), clock, day)
			}
		}
	}
}

// edges lists the local times from low to before high at which a layer changes.
func (l *layer) edges(low, high minute, loc *time.Location) (found []minute) {
	m := moment{boundary(low, loc).Add(-time.Second), low - 1}
	for {
		_, next := l.look(m)
		if next.local >= high {
			return found
		}
		found = append(found, next.local)
		m = moment{boundary(next.local, loc), next.local}
	}
}

func (l *linter) loads() {
	for _, load := range l.resolver.Loads(l.from, l.until) {
		l.add(Finding{Kind: FindingLoad, Person: load.Person, From: l.from, Until: l.until},
			"%s is on call %s of %s (%.0f %%), in %s.", l.name(load.Person), hours(load.Time), l.days(), load.Share*100, count(load.Shifts, "shift"))
	}
}
