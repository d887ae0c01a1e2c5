package bot

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/timeline"
)

// Dates, times of day and offsets as people type them.
var (
	datePattern   = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)
	clockPattern  = regexp.MustCompile(`^(\d{1,2})(?::(\d{2}))?(am|pm|a\.m\.?|p\.m\.?)?$`)
	halfPattern   = regexp.MustCompile(`^(am|pm|a\.m\.?|p\.m\.?)$`)
	offsetPattern = regexp.MustCompile(`^[+-]\d{2}:\d{2}$`)
	dayPattern    = regexp.MustCompile(`^(\d{1,2})(?:st|nd|rd|th|\.)?$`)
	yearPattern   = regexp.MustCompile(`^(19|20|21)\d{2}$`)
	spanPattern   = regexp.MustCompile(`^\d{1,7}(?:\.\d{1,3})?[a-z]`)
	// Two times in one word, and a date with its time.
	rangePattern = regexp.MustCompile(`(?i)^(\d{1,2}(?::\d{2})?(?:am|pm)?)([-–—])(\d{1,2}(?::\d{2})?(?:am|pm)?,?)?$`)
	stampPattern = regexp.MustCompile(`^(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2})(Z|[+-]\d{2}:\d{2})?$`)
)

// plainWord is a word without the commas around it.
func plainWord(word string) string { return strings.Trim(word, ",;") }

func lowWord(word string) string { return strings.ToLower(plainWord(word)) }

// apart splits the first word where it holds several: "22:00-23:00", "2026-12-24T09:00".
func apart(words []string) []string {
	if len(words) == 0 {
		return words
	}
	for _, pattern := range []*regexp.Regexp{rangePattern, stampPattern} {
		if parts := pattern.FindStringSubmatch(words[0]); parts != nil {
			parts = slices.DeleteFunc(parts[1:], func(s string) bool { return s == "" })
			return slices.Concat(parts, words[1:])
		}
	}
	return words
}

// takeClock reads a time of day, and says how many words it is.
func (s *spoken) takeClock(words []string) (n int, err error) {
	if lowWord(words[0]) == "at" && len(words) > 1 {
		if n, err = s.takeClock(apart(words[1:])); n > 0 {
			n++
		}
		return n, err
	}
	switch lowWord(words[0]) {
	case "noon":
		s.clock, s.timed = 12*60, true
		return 1, nil
	case "midnight":
		s.clock, s.timed, s.midnight = 0, true, true
		return 1, nil
	}
	m := clockPattern.FindStringSubmatch(lowWord(words[0]))
	if m == nil {
		return 0, nil
	}
	n = 1
	if m[3] == "" && len(words) > 1 && halfPattern.MatchString(lowWord(words[1])) {
		m[3], n = lowWord(words[1]), 2
	}
	if m[2] == "" && m[3] == "" {
		return 0, nil // a number
	}
	if s.clock, s.timed = minutesOf(m[1], m[2], m[3]); !s.timed {
		return 0, incident.Errorf(incident.Invalid, "%s is not a time of day; write it like 18:00 or 6pm.", cut(strings.Join(words[:n], " "), 60))
	}
	return n, nil
}

// minutesOf is how many minutes after midnight a clock shows that; ok is false where
// none does. 24:00 is the end of a day.
func minutesOf(hours, minutes, half string) (total int, ok bool) {
	h, _ := strconv.Atoi(hours) // digits, or nothing
	m, _ := strconv.Atoi(minutes)
	if half == "" {
		return h*60 + m, h < 24 && m < 60 || h == 24 && m == 0
	}
	total = h%12*60 + m
	if half[0] == 'p' {
		total += 12 * 60
	}
	return total, h >= 1 && h <= 12 && m < 60
}

// takeDay reads a day, and says how many words it is. A day of the week may stand beside
// a date.
func (s *spoken) takeDay(words []string, today time.Time) int {
	if lowWord(words[0]) == "on" && len(words) > 1 {
		if n := s.takeDay(words[1:], today); n > 0 {
			return n + 1
		}
		return 0
	}
	if day, known := weekdayOf(words[0]); known && !s.byWeek {
		s.weekday, s.byWeek = day, true
		return 1
	}
	if !s.date.IsZero() {
		return 0
	}
	date, n := dateOf(words, today)
	s.date = date
	return n
}

// nearDays are the days with a name of their own, by how far off they are.
var nearDays = map[string]int{"yesterday": -1, "today": 0, "tonight": 0, "tomorrow": 1}

func midnightOf(today time.Time) time.Time {
	return time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, time.UTC)
}

// dateOf reads a date: one of the near days, 2026-12-24, 24 dec, or dec 24 2026. Without
// a year it is the next one.
func dateOf(words []string, today time.Time) (date time.Time, n int) {
	first := lowWord(words[0])
	if ahead, near := nearDays[first]; near {
		return midnightOf(today).AddDate(0, 0, ahead), 1
	}
	if datePattern.MatchString(first) {
		date, err := time.Parse(time.DateOnly, first)
		if err != nil || date.Year() < 1970 || date.Year() > 2199 {
			return time.Time{}, 0
		}
		return date, 1
	}
	if len(words) < 2 {
		return date, 0
	}
	month, day := monthOf(first), dayPattern.FindStringSubmatch(lowWord(words[1]))
	if month == 0 {
		month, day = monthOf(lowWord(words[1])), dayPattern.FindStringSubmatch(first)
	}
	if month == 0 || day == nil {
		return date, 0
	}
	number, _ := strconv.Atoi(day[1]) // digits
	if len(words) > 2 && yearPattern.MatchString(lowWord(words[2])) {
		year, _ := strconv.Atoi(lowWord(words[2])) // digits
		return dayThatExists(year, month, number, 3)
	}
	if date, n = dayThatExists(today.Year(), month, number, 2); n > 0 && !date.Before(midnightOf(today)) {
		return date, n
	}
	return dayThatExists(today.Year()+1, month, number, 2)
}

// dayThatExists is a date and the n words that it took, or none.
func dayThatExists(year int, month time.Month, day, n int) (time.Time, int) {
	date := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	if date.Month() != month {
		return time.Time{}, 0
	}
	return date, n
}

// weekdayOf is a day of the week by at least three of its letters.
func weekdayOf(word string) (day time.Weekday, ok bool) {
	word = strings.TrimSuffix(lowWord(word), ".")
	for day := time.Sunday; day <= time.Saturday; day++ {
		if len(word) >= 3 && strings.HasPrefix(strings.ToLower(day.String()), word) {
			return day, true
		}
	}
	return day, false
}

// monthOf is a month by at least three of its letters, or 0.
func monthOf(word string) time.Month {
	for month := time.January; month <= time.December; month++ {
		if len(word) >= 3 && strings.HasPrefix(strings.ToLower(month.String()), strings.TrimSuffix(word, ".")) {
			return month
		}
	}
	return 0
}

// takeSpan takes a span of time off the front of words: "2h", "2 hours", "1h 30m", "1
// hour and 30 minutes". Each of its numbers has a unit.
func takeSpan(words []string) (d time.Duration, rest []string, ok bool) {
	for rest = words; len(rest) > 0; ok = true {
		part := rest
		if ok && lowWord(part[0]) == "and" {
			part = part[1:]
		}
		n := 0
		for try := min(len(part), 2); try > 0 && n == 0; try-- {
			text := lowWord(strings.Join(part[:try], ""))
			if !spanPattern.MatchString(text) || try == 2 && spanPattern.MatchString(lowWord(part[0])) {
				continue
			}
			if more, err := timeline.ParseDuration(text); err == nil && d+more <= timeline.MaxDuration {
				d, n = d+more, try
			}
		}
		if n == 0 {
			break
		}
		rest = part[n:]
	}
	return d, rest, ok
}
