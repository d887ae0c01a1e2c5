package bot

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/oncall"
	"github.com/tocsinhq/tocsin/timeline"
)

// Dates, times of day and offsets as people type them.
var (
	datePattern   = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)
	clockPattern  = regexp.MustCompile(`^(\d{1,2}):(\d{2})$`)
	offsetPattern = regexp.MustCompile(`^[+-]\d{2}:\d{2}$`)
)

// weekdayNames are the days of the week by their first three letters.
var weekdayNames = map[string]time.Weekday{"sun": time.Sunday, "mon": time.Monday, "tue": time.Tuesday, "wed": time.Wednesday,
	"thu": time.Thursday, "fri": time.Friday, "sat": time.Saturday}

// readComing reads a time that is still to come from the front of a text: "now",
// "in 2h", "18:00", "tomorrow 09:00", "mon 09:00", "2026-12-24 09:00", each but the
// first two followed by a zone or offset if it is not that of zone. A day alone means
// its beginning. A time of day alone is the next one. A local time that a change of
// clocks skips is refused, one that it repeats asked about.
func readComing(text string, now time.Time, zone *time.Location) (at time.Time, rest string, err error) {
	words := strings.Fields(text)
	if len(words) > 0 && strings.EqualFold(words[0], "now") {
		return now, strings.Join(words[1:], " "), nil
	}
	if len(words) > 1 && strings.EqualFold(words[0], "in") {
		d, err := timeline.ParseDuration(words[1])
		return now.Add(d), strings.Join(words[2:], " "), err
	}
	day, words, dated := readDay(words, now.In(zone))
	clock, words, timed := readClock(words)
	if !dated && !timed {
		return at, "", incident.Errorf(incident.Invalid, "%q is not a time; write it like 18:00, tomorrow 09:00, mon 09:00, 2026-12-24 09:00 or in 2h.", cut(text, 60))
	}
	zone, words, err = readZone(words, zone)
	if err != nil {
		return at, "", err
	}
	at, err = localInstant(day, clock, zone)
	if err == nil && !dated && !at.After(now) {
		at, err = localInstant(day.AddDate(0, 0, 1), clock, zone)
	}
	return at, strings.Join(words, " "), err
}

// readDay takes a day off the front of words; without one it is today.
func readDay(words []string, today time.Time) (day time.Time, rest []string, ok bool) {
	day = time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, time.UTC)
	if len(words) == 0 {
		return day, words, false
	}
	word := strings.ToLower(strings.Trim(words[0], ","))
	switch {
	case word == "today":
		return day, words[1:], true
	case word == "tomorrow":
		return day.AddDate(0, 0, 1), words[1:], true
	case datePattern.MatchString(word):
		if date, err := time.Parse(time.DateOnly, word); err == nil {
			return date, words[1:], true
		}
		return day, words, false
	}
	for n := 1; n <= 7 && len(word) >= 3; n++ {
		next := day.AddDate(0, 0, n)
		if want, known := weekdayNames[word[:3]]; known && next.Weekday() == want && strings.HasPrefix(strings.ToLower(want.String()), word) {
			return next, words[1:], true
		}
	}
	return day, words, false
}

func readClock(words []string) (clock string, rest []string, ok bool) {
	if len(words) > 1 && strings.EqualFold(words[0], "at") {
		words = words[1:]
	}
	if len(words) == 0 {
		return "00:00", words, false
	}
	m := clockPattern.FindStringSubmatch(words[0])
	if m == nil {
		return "00:00", words, false
	}
	return fmt.Sprintf("%02s:%s", m[1], m[2]), words[1:], true
}

// readZone takes a zone or an offset off the front of words.
func readZone(words []string, zone *time.Location) (*time.Location, []string, error) {
	if len(words) == 0 {
		return zone, words, nil
	}
	if offsetPattern.MatchString(words[0]) {
		t, err := time.Parse("-07:00", words[0])
		return t.Location(), words[1:], err
	}
	if words[0] != "UTC" && !strings.Contains(words[0], "/") {
		return zone, words, nil
	}
	named, err := time.LoadLocation(words[0])
	if err != nil {
		return zone, words, incident.Errorf(incident.Invalid, "%q is not a time zone; write it like Europe/Berlin.", cut(words[0], 60))
	}
	return named, words[1:], nil
}

// localInstant is the one instant at which clocks in a zone show a time.
func localInstant(day time.Time, clock string, zone *time.Location) (time.Time, error) {
	text := day.Format(time.DateOnly) + "T" + clock
	local, err := oncall.ParseLocalTime(text)
	if err != nil {
		return time.Time{}, incident.Errorf(incident.Invalid, "%s is not a time of day; write it like 18:00.", clock)
	}
	found := oncall.Instants(local, zone)
	switch len(found) {
	case 0:
		return time.Time{}, incident.Errorf(incident.Invalid, "Clocks in %s skip %s on %s; choose another time.", zone, clock, day.Format(time.DateOnly))
	case 1:
		return found[0].UTC(), nil
	}
	return time.Time{}, incident.Errorf(incident.Invalid, "Clocks in %s show %s twice on %s; say which with the offset: %s or %s.", zone, clock, day.Format(time.DateOnly),
		found[0].In(zone).Format("2006-01-02 15:04 -07:00"), found[1].In(zone).Format("2006-01-02 15:04 -07:00"))
}
