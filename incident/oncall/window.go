package oncall

import (
	"cmp"
	"slices"
)

// week is the open parts of a week, as minutes since Monday 00:00 on the wall
// clock: sorted, apart from each other. Nil is always open. Joining windows on
// the wall clock is joining them in time, since boundaries keep their order.
type week []stretch

type stretch struct{ from, until minute }

func compileWindows(windows []Window) week {
	if len(windows) == 0 {
		return nil
	}
	var all []stretch
	for _, w := range windows {
		for _, s := range w.stretches() {
			all = append(all, stretch{s.from, min(s.until, minutesOfWeek)})
			if s.until > minutesOfWeek {
				all = append(all, stretch{0, s.until - minutesOfWeek})
			}
		}
	}
	slices.SortFunc(all, func(a, b stretch) int { return cmp.Compare(a.from, b.from) })
	joined := week{}
	for _, s := range all {
		if last := len(joined) - 1; last >= 0 && s.from <= joined[last].until {
			joined[last].until = max(joined[last].until, s.until)
			continue
		}
		joined = append(joined, s)
	}
	if len(joined) == 1 && joined[0] == (stretch{0, minutesOfWeek}) {
		return nil
	}
	return joined
}

// stretches are the window's spans; they may run into the next week.
func (w Window) stretches() (spans []stretch) {
	if len(w.Days) == 0 {
		return []stretch{span(w.FromDay.start()+w.FromTime.minutes(), w.UntilDay.start()+w.UntilTime.minutes(), minutesOfWeek)}
	}
	for _, d := range w.Days {
		spans = append(spans, span(d.start()+w.Start.minutes(), d.start()+w.End.minutes(), minutesOfDay))
	}
	return spans
}

// span ends a round later when its end is not after its beginning.
func span(from, until, round minute) stretch {
	if until <= from {
		until += round
	}
	return stretch{from, until}
}

// mondays is the first minute of a week: 1970-01-05 was a Monday.
const mondays = 4 * minutesOfDay

// at reports whether the week is open at a local time, and until when that holds.
func (w week) at(clock minute) (open bool, until minute) {
	if w == nil {
		return true, noMinute
	}
	begin := minute(floorDiv(int64(clock-mondays), minutesOfWeek))*minutesOfWeek + mondays
	into := clock - begin
	i, _ := slices.BinarySearchFunc(w, into, func(s stretch, at minute) int {
		if s.until <= at {
			return -1
		}
		return 1
	})
	switch {
	case i == len(w):
		return false, begin + minutesOfWeek + w[0].from
	case into < w[i].from:
		return false, begin + w[i].from
	}
	return true, begin + w[i].until
}
