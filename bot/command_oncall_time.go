package bot

import (
	"slices"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/oncall"
)

// spoken is a time as somebody typed it, not found in the calendar yet.
type spoken struct {
	at       time.Time      // "now" and "in 2h"; zero for what a clock shows
	date     time.Time      // midnight in UTC of the day that is named; zero: none is
	weekday  time.Weekday   // counts with byWeek
	byWeek   bool           // a day of the week is named
	clock    int            // minutes since midnight, at most those of a whole day
	timed    bool           // a time of day is named
	midnight bool           // by that word, which says the beginning of a day or the end
	zone     *time.Location // whose clock it is
	zoned    bool           // the zone is named
}

// readComing reads a time from the front of a text: "now", "in 2h", or a time of day, a
// day, or both in any order, and a zone or an offset if it is not that of zone: "18:00",
// "9am tomorrow", "mon 09:00", "24 dec 20:00", "20:00 +01:00". Today, tomorrow and
// yesterday are those of zone, at now. A day of the week or a time of day alone is the
// next one. A day without a time means its beginning. A local time that a change of
// clocks skips is refused, one that it repeats asked about.
func readComing(text string, now time.Time, zone *time.Location) (at time.Time, rest string, err error) {
	s, words, err := readSpoken(strings.Fields(text), now, zone)
	if err != nil {
		return at, "", err
	}
	at, err = s.after(now)
	return at, strings.Join(words, " "), err
}

// ReadComing reads a whole text as a time, as commands in Slack do: a time of day or a
// day of the week alone is the next one after now. Without a zone in it those of zone
// count. What is left over is refused.
func ReadComing(text string, now time.Time, zone *time.Location) (time.Time, error) {
	at, rest, err := readComing(text, now, zone)
	if err == nil && rest != "" {
		err = incident.Errorf(incident.Invalid, "%q is more than a time; leave %q out.", cut(text, 60), cut(rest, 60))
	}
	return at, err
}

// readSpoken takes a time off the front of words.
func readSpoken(words []string, now time.Time, zone *time.Location) (s spoken, rest []string, err error) {
	if len(words) > 0 && strings.EqualFold(plainWord(words[0]), "now") {
		return spoken{at: now}, words[1:], nil
	}
	if len(words) > 1 && strings.EqualFold(words[0], "in") {
		d, rest, ok := takeSpan(words[1:])
		if !ok {
			return s, words, notATime(words)
		}
		return spoken{at: now.Add(d)}, rest, nil
	}
	s, rest = spoken{zone: zone}, words
	for n := 1; n > 0; rest = rest[n:] {
		rest = apart(rest)
		if n, err = s.take(rest, now.In(zone)); err != nil {
			return s, words, err
		}
	}
	if !s.dated() && !s.timed {
		return s, words, notATime(words)
	}
	return s, rest, s.check()
}

func notATime(words []string) error {
	return incident.Errorf(incident.Invalid, "%q is not a time; write it like 18:00, tomorrow 09:00, mon 9am, 2026-12-24 09:00 or in 2h.", cut(strings.Join(words, " "), 60))
}

// take reads one more part of the time, and says how many words it is.
func (s *spoken) take(words []string, today time.Time) (n int, err error) {
	if len(words) == 0 {
		return 0, nil
	}
	if !s.timed {
		if n, err = s.takeClock(words); n > 0 || err != nil {
			return n, err
		}
	}
	if n = s.takeDay(words, today); n > 0 {
		return n, nil
	}
	if !s.zoned && (s.timed || s.dated()) {
		return s.takeZone(words)
	}
	return 0, nil
}

// takeZone reads a zone or an offset.
func (s *spoken) takeZone(words []string) (n int, err error) {
	word := plainWord(words[0])
	switch {
	case offsetPattern.MatchString(word):
		t, err := time.Parse("-07:00", word)
		if err != nil {
			return 0, incident.Errorf(incident.Invalid, "%q is not an offset; write it like +02:00.", word)
		}
		s.zone, s.zoned = t.Location(), true
	case strings.EqualFold(word, "utc"), strings.EqualFold(word, "gmt"), word == "Z":
		s.zone, s.zoned = time.UTC, true
	case strings.Contains(word, "/"):
		zone, err := time.LoadLocation(word)
		if err != nil {
			return 0, incident.Errorf(incident.Invalid, "%q is not a time zone; write it like Europe/Berlin, or `because` before a reason.", cut(word, 60))
		}
		s.zone, s.zoned = zone, true
	default:
		return 0, nil
	}
	return 1, nil
}

// check refuses parts that do not fit each other.
func (s *spoken) check() error {
	switch {
	case s.byWeek && !s.date.IsZero() && s.date.Weekday() != s.weekday:
		return incident.Errorf(incident.Invalid, "%s is a %s and not a %s; correct one of them.", s.date.Format("2 Jan 2006"), s.date.Weekday(), s.weekday)
	case s.midnight && s.dated():
		return incident.Errorf(incident.Invalid, "Midnight could be the beginning of that day or its end; write 00:00 or 24:00.")
	}
	return nil
}

func (s *spoken) dated() bool { return s.byWeek || !s.date.IsZero() }

// fixed reports whether it is one instant whatever it is seen from.
func (s *spoken) fixed() bool { return !s.at.IsZero() || !s.date.IsZero() }

// after is the instant that is meant: what is not fixed is the first after base.
func (s *spoken) after(base time.Time) (time.Time, error) {
	if !s.at.IsZero() {
		return s.at, nil
	}
	if !s.date.IsZero() {
		return s.only(s.date, s.shown(s.date))
	}
	for day := s.dayOf(base); ; day = day.AddDate(0, 0, 1) {
		if s.byWeek && day.Weekday() != s.weekday || !s.wall(day).After(wallOf(base, s.zone)) && len(s.shown(day)) == 0 {
			continue
		}
		all := s.shown(day)
		coming := slices.DeleteFunc(slices.Clone(all), func(t time.Time) bool { return !t.After(base) })
		if len(all) > 0 && len(coming) == 0 {
			continue
		}
		return s.only(day, coming)
	}
}

// began is the last instant up to now that is meant, if it was today or within the last
// twelve hours, so that whoever names it may mean what goes on already.
func (s *spoken) began(now time.Time) (at time.Time, ok bool) {
	today := s.dayOf(now)
	for _, day := range []time.Time{today, today.AddDate(0, 0, -1)} {
		if s.byWeek && day.Weekday() != s.weekday {
			continue
		}
		for _, at := range slices.Backward(s.shown(day)) {
			if !at.After(now) {
				return at, day.Equal(today) || now.Sub(at) < 12*time.Hour
			}
		}
	}
	return at, false
}

// dayOf is midnight in UTC of the day at an instant, where the clock is.
func (s *spoken) dayOf(at time.Time) time.Time {
	year, month, day := at.In(s.zone).Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// wall is what the clock shows on a day, as though it were in UTC.
func (s *spoken) wall(day time.Time) time.Time { return day.Add(time.Duration(s.clock) * time.Minute) }

func wallOf(at time.Time, zone *time.Location) time.Time {
	at = at.In(zone)
	return time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), at.Nanosecond(), time.UTC)
}

// shown is when clocks show the time on a day: once, twice, or never.
func (s *spoken) shown(day time.Time) []time.Time {
	return oncall.Instants(oncall.LocalIn(s.wall(day), time.UTC), s.zone)
}

// only is the one instant of those at which clocks show the time on a day.
func (s *spoken) only(day time.Time, found []time.Time) (time.Time, error) {
	clock, on := s.wall(day).Format("15:04"), s.wall(day).Format("Mon 2006-01-02")
	switch len(found) {
	case 0:
		return time.Time{}, incident.Errorf(incident.Invalid, "Clocks in %s skip %s on %s; choose another time.", s.zone, clock, on)
	case 1:
		return found[0].UTC(), nil
	}
	return time.Time{}, incident.Errorf(incident.Invalid, "Clocks in %s show %s twice on %s; say which with the offset: %s or %s.", s.zone, clock, on,
		found[0].In(s.zone).Format("2006-01-02 15:04 -07:00"), found[1].In(s.zone).Format("2006-01-02 15:04 -07:00"))
}
