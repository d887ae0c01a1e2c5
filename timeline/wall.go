package timeline

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

// wall is a time as a clock on a wall shows it.
type wall struct {
	day   string // 2026-03-29, "yesterday", "today", or "" for the latest
	clock string // what was typed as the time of day, or ""
	since time.Duration
	zone  *time.Location
	zoned bool
}

// readWall reads a date and a time of day in either order, and a zone.
func readWall(words []string, now time.Time, zone *time.Location) (When, int, error) {
	w, used := wall{zone: zone}, 0
	for used < len(words) {
		n, err := w.take(words[used:])
		if err != nil {
			return When{}, 0, err
		}
		if n == 0 {
			break
		}
		used += n
	}
	switch {
	case w.clock != "":
		when, err := w.resolve(now)
		return when, used, err
	case w.day != "":
		return When{}, 0, incident.Errorf(incident.Invalid, "Add the time of day, for example “%s 14:05”.", w.day)
	}
	return When{}, 0, nil
}

// take understands the first of words, and says how many it used up.
func (w *wall) take(words []string) (int, error) {
	word := strings.ToLower(words[0])
	if w.day == "" && (word == "today" || word == "yesterday" || isDate(word)) {
		w.day = word
		return 1, nil
	}
	if w.clock == "" {
		return w.takeClock(words)
	}
	if w.zoned {
		return 0, nil
	}
	return w.takeZone(words)
}

// takeZone reads a zone, also one of two words: "UTC +2".
func (w *wall) takeZone(words []string) (int, error) {
	zone, err := parseZone(words[0])
	if zone == nil || err != nil {
		return 0, err
	}
	used := 1
	if zone == time.UTC && len(words) > 1 && !strings.EqualFold(words[0], "Z") && signedForm.MatchString(words[1]) {
		if zone, err = parseZone(words[1]); err != nil {
			return 0, err
		}
		used = 2
	}
	w.zone, w.zoned = zone, true
	return used, nil
}

var (
	clockForm = regexp.MustCompile(`^(\d{1,2}):(\d{2})(?::(\d{2}))?(am|pm)?$`)
	dateForm  = regexp.MustCompile(`^\d{4}-\d{1,2}-\d{1,2}$`)
)

func isDate(word string) bool { return dateForm.MatchString(word) }

func (w *wall) takeClock(words []string) (int, error) {
	parts := clockForm.FindStringSubmatch(strings.ToLower(words[0]))
	if parts == nil {
		return 0, nil
	}
	used, half := 1, parts[4]
	if half == "" && len(words) > 1 && (strings.EqualFold(words[1], "am") || strings.EqualFold(words[1], "pm")) {
		used, half = 2, strings.ToLower(words[1])
	}
	hour, minute, second := number(parts[1]), number(parts[2]), number(parts[3])
	if hour > 23 || minute > 59 || second > 59 || half != "" && (hour < 1 || hour > 12) {
		return 0, incident.Errorf(incident.Invalid, "%q is not a time of day; write it like 14:05.", words[0])
	}
	if half != "" {
		hour %= 12
	}
	if half == "pm" {
		hour += 12
	}
	w.clock = words[0]
	w.since = time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute + time.Duration(second)*time.Second
	return used, nil
}

// number reads digits that a regular expression let through; none are 0.
func number(digits string) int {
	n, _ := strconv.Atoi(digits) // at most four digits
	return n
}

// resolve finds the instant that w means.
func (w *wall) resolve(now time.Time) (When, error) {
	today := dateOf(now.In(w.zone))
	switch w.day {
	case "":
		return w.latest(today, now)
	case "today":
		return w.on(today)
	case "yesterday":
		return w.on(today.AddDate(0, 0, -1))
	}
	day, err := parseDay(w.day)
	if err != nil {
		return When{}, err
	}
	return w.on(day)
}

// latest is the time of day today, or yesterday when it is still to come. A
// minute of grace is given to clocks that run ahead of ours.
func (w *wall) latest(today, now time.Time) (When, error) {
	now = now.Add(time.Minute)
	for _, at := range instants(today.Add(w.since), w.zone) {
		if !at.After(now) {
			return w.on(today)
		}
	}
	if clockOf(now, w.zone).Before(today.Add(w.since)) {
		return w.on(today.AddDate(0, 0, -1))
	}
	return w.on(today)
}

// on is the time of day on a certain day, which is given as midnight UTC.
func (w *wall) on(day time.Time) (When, error) {
	shown := day.Add(w.since)
	switch all := instants(shown, w.zone); len(all) {
	case 0:
		return When{}, skipped(shown, w.zone)
	case 1:
		return When{At: all[0]}, nil
	default:
		return When{At: all[0], Note: fmt.Sprintf("The clocks in %s showed %s twice on %s; the first time was taken. For the second write %s.",
			w.zone, shown.Format("15:04"), shown.Format(time.DateOnly), all[len(all)-1].UTC().Format("2006-01-02 15:04 UTC"))}, nil
	}
}

// dateOf is t's date as midnight UTC; clockOf is what a clock in zone shows at
// t, written as UTC. Arithmetic on them knows nothing of clock changes.
func dateOf(t time.Time) time.Time {
	year, month, day := t.Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

func clockOf(t time.Time, zone *time.Location) time.Time {
	_, offset := t.In(zone).Zone()
	return t.UTC().Add(time.Duration(offset) * time.Second)
}

// reach is how far from UTC a clock may be: zones run from -12 to +14 hours,
// and Samoa once skipped a whole day.
const reach = 26 * time.Hour

// instants returns every instant at which a clock in zone shows the time, in
// order: none when a clock change skipped it, two when one repeated it.
func instants(shown time.Time, zone *time.Location) []time.Time {
	var found []time.Time
	for at := shown.Add(-reach); at.Before(shown.Add(reach)); at = at.Add(15 * time.Minute) {
		_, offset := at.In(zone).Zone()
		candidate := shown.Add(-time.Duration(offset) * time.Second)
		if clockOf(candidate, zone).Equal(shown) && !slices.ContainsFunc(found, candidate.Equal) {
			found = append(found, candidate)
		}
	}
	slices.SortFunc(found, time.Time.Compare)
	return found
}

// skipped explains a time that no clock in zone showed, and what to type instead.
func skipped(shown time.Time, zone *time.Location) error {
	before, after := gap(shown, zone)
	later := shown.Add(after.Sub(before))
	layout := "15:04"
	if before.Day() != after.Day() {
		layout = "2006-01-02 15:04"
	}
	return incident.Errorf(incident.Invalid, "There was no %s in %s: the clocks went from %s straight to %s. Write %s, or the time in UTC, for example %s.",
		shown.Format("2006-01-02 15:04"), zone, before.Format(layout), after.Format(layout), later.Format("2006-01-02 15:04"),
		instants(later, zone)[0].UTC().Format("2006-01-02 15:04 UTC"))
}

// gap returns what the clock would have shown at the change that skipped shown,
// and what it did show.
func gap(shown time.Time, zone *time.Location) (before, after time.Time) {
	_, offset := shown.Add(-reach).In(zone).Zone()
	for at := shown.Add(-reach); at.Before(shown.Add(reach)); at = at.Add(time.Minute) {
		_, next := at.In(zone).Zone()
		before, after = at.Add(time.Duration(offset)*time.Second), at.Add(time.Duration(next)*time.Second)
		if offset != next && !shown.Before(before) && shown.Before(after) {
			return before, after
		}
		offset = next
	}
	return shown, shown
}
