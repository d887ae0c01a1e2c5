package postmortem

import (
	"cmp"
	"slices"
	"time"
)

// quietTime is how long an ongoing incident may go without an entry before
// readers will ask what happened then.
const quietTime = 20 * time.Minute

// maxGaps bounds how many gaps are asked about, the longest first chosen: an
// incident of a week has more than anybody would answer.
const maxGaps = 10

// gap is a time in which nothing was put on record.
type gap struct{ From, To time.Time }

func (g gap) length() time.Duration { return g.To.Sub(g.From) }

// gaps finds the silences between declaring and the end of the impact, in
// order, and how many more there are than maxGaps.
func (f Facts) gaps() (shown []gap, more int) {
	last := f.Incident.DeclaredAt
	end := f.Incident.Milestones.Resolved
	note := func(at time.Time) {
		if at.Sub(last) > quietTime {
			shown = append(shown, gap{last, at})
		}
		last = at
	}
	for _, l := range f.Lines {
		if l.Quiet || !l.OccurredAt.After(last) || !end.IsZero() && l.OccurredAt.After(end) {
			continue
		}
		note(l.OccurredAt)
	}
	if end.After(last) {
		note(end)
	}
	if len(shown) <= maxGaps {
		return shown, 0
	}
	slices.SortStableFunc(shown, func(a, b gap) int { return cmp.Compare(b.length(), a.length()) })
	more = len(shown) - maxGaps
	shown = shown[:maxGaps]
	slices.SortFunc(shown, func(a, b gap) int { return a.From.Compare(b.From) })
	return shown, more
}
