package oncall

import (
	"math"
	"time"
)

// Boundary is the instant at which a local time counts in a zone: the first one
// at which the wall clock shows it or later. Where clocks jump over it that is
// the first instant after the jump; where they show it twice it is the earlier
// one. So later local times never have earlier boundaries. time.Date is not
// used for it: what that answers on such days depends on the hemisphere.
func Boundary(local LocalTime, loc *time.Location) time.Time {
	return boundary(local.minute(), loc)
}

// maxOffset bounds how far a wall clock is from UTC, in seconds. The database of
// zones knows nothing beyond 16 hours.
const maxOffset = 26 * 3600

func boundary(local minute, loc *time.Location) time.Time {
	wall := int64(local) * 60
	for at := wall - maxOffset; ; {
		offset, end := period(at, loc)
		if t := wall - offset; t < end {
			return time.Unix(max(t, at), 0).UTC()
		}
		at = end
	}
}

// shown is the highest local time that the wall clock of a zone has shown until
// an instant. It stands still while clocks repeat themselves. A boundary is not
// after an instant if, and only if, its local time is not above this.
func shown(t time.Time, loc *time.Location) minute {
	now, high := t.Unix(), int64(math.MinInt64)
	for at := now - 2*maxOffset; ; {
		offset, end := period(at, loc)
		if now < end {
			return minute(max(high, floorDiv(now+offset, 60)))
		}
		high = max(high, floorDiv(end-1+offset, 60))
		at = end
	}
}

const (
	never     = math.MaxInt64
	probeStep = 6 * 3600 // seconds; offsets last longer than this
)

// period is the offset of a zone at an instant, and an instant after it until
// which the offset stays the same; all in seconds. ZoneBounds may name an end
// that is not after the instant, on the last day of a leap year, so that a walk
// along it would not end (golang/go issue 81583); there we look for the change
// ourselves.
func period(at int64, loc *time.Location) (offset, end int64) {
	t := time.Unix(at, 0).In(loc)
	offset = offsetAt(at, loc)
	_, until := t.ZoneBounds()
	switch {
	case until.IsZero():
		return offset, never
	case until.Unix() > at:
		return offset, until.Unix()
	}
	low, high := at, at+probeStep
	if offsetAt(high, loc) == offset {
		return offset, high
	}
	for high-low > 1 {
		if middle := low + (high-low)/2; offsetAt(middle, loc) == offset {
			low = middle
		} else {
			high = middle
		}
	}
	return offset, high
}

func offsetAt(at int64, loc *time.Location) int64 {
	_, offset := time.Unix(at, 0).In(loc).Zone()
	return int64(offset)
}

// Instants lists when the wall clock of a zone shows a local time, in order:
// none where clocks jump over it, several where they repeat themselves. Ask
// people to choose then, where they type a time that counts once.
func Instants(local LocalTime, loc *time.Location) (found []time.Time) {
	wall := int64(local.minute()) * 60
	for at := wall - maxOffset; at <= wall+maxOffset; {
		offset, end := period(at, loc)
		if t := wall - offset; t >= at && t < end {
			found = append(found, time.Unix(t, 0).UTC())
		}
		at = end
	}
	return found
}

// ClockChange is a jump of a wall clock.
type ClockChange struct {
	At            time.Time
	Before, After time.Duration // offsets from UTC
}

// ClockChanges lists the jumps of a zone's wall clock after from and until until.
func ClockChanges(loc *time.Location, from, until time.Time) (changes []ClockChange) {
	offset, at := period(from.Unix(), loc)
	for at != never && at <= until.Unix() {
		next, end := period(at, loc)
		if next != offset {
			changes = append(changes, ClockChange{
				time.Unix(at, 0).UTC(), time.Duration(offset) * time.Second, time.Duration(next) * time.Second})
		}
		offset, at = next, end
	}
	return changes
}

// local is the span of local times that the change leaves out or repeats.
func (c ClockChange) local() (from, until minute) {
	at := c.At.Unix()
	low, high := at+int64(c.Before/time.Second), at+int64(c.After/time.Second)
	return minute(floorDiv(min(low, high), 60)), minute(floorDiv(max(low, high), 60))
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}
