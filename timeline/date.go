package timeline

import (
	"regexp"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

var inForm = regexp.MustCompile(`^in (\d{1,3}|a|an|one) (day|days|week|weeks)$`)

// ParseDate reads a due date: "2026-12-01", "today", "tomorrow", "friday", "next
// friday", "in 3 days" or "in 2 weeks", as seen at now in zone. It returns
// midnight UTC of that date. A weekday is the next one after today, so that
// "friday" said on a Friday means a week later. Past dates are refused.
func ParseDate(text string, now time.Time, zone *time.Location) (time.Time, error) {
	today := dateOf(now.In(zone))
	word := strings.ToLower(strings.Join(strings.Fields(text), " "))
	if isDate(word) {
		day, err := parseDay(word)
		if err == nil && day.Before(today) {
			return time.Time{}, incident.Errorf(incident.Invalid, "%s has passed; give today or a later day.", word)
		}
		return day, err
	}
	if part := inForm.FindStringSubmatch(word); part != nil {
		return today.AddDate(0, 0, daysIn(part[1], part[2])), nil
	}
	switch word {
	case "today":
		return today, nil
	case "tomorrow":
		return today.AddDate(0, 0, 1), nil
	}
	if day, ok := nextWeekday(strings.TrimPrefix(word, "next "), today); ok {
		return day, nil
	}
	return time.Time{}, incident.Errorf(incident.Invalid, "%s is not a date; write it like 2026-12-01, tomorrow, friday or in 3 days.", quoted(text))
}

func daysIn(count, unit string) int {
	n := 1 // "a", "an" and "one"
	if count[0] <= '9' {
		n = number(count)
	}
	if strings.HasPrefix(unit, "week") {
		n *= 7
	}
	return n
}

// nextWeekday reads "friday" or "fri".
func nextWeekday(word string, today time.Time) (time.Time, bool) {
	for ahead := 1; ahead <= 7; ahead++ {
		day := today.AddDate(0, 0, ahead)
		name := strings.ToLower(day.Weekday().String())
		if word == name || word == name[:3] {
			return day, true
		}
	}
	return time.Time{}, false
}

// parseDay reads a date as midnight UTC; one that the calendar does not have is refused.
func parseDay(word string) (time.Time, error) {
	day, err := time.Parse("2006-1-2", word)
	if err != nil {
		return time.Time{}, incident.Errorf(incident.Invalid, "%s is not in the calendar; write dates like 2026-03-29.", word)
	}
	return day, checkYear(day)
}
