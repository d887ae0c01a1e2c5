package organisation

import (
	"slices"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/incident/oncall"
)

// localLayouts are the ways to write a local time; the first is the canonical one.
var localLayouts = []string{"2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02"}

func parseLocal(s string) (time.Time, bool) {
	for _, layout := range localLayouts {
		if t, err := time.Parse(layout, s); err == nil && t.Second() == 0 {
			return t, true
		}
	}
	return time.Time{}, false
}

func localForm(s string) string {
	if t, ok := parseLocal(s); ok && t.Year() >= 2000 && t.Year() < 2200 {
		return ""
	}
	return "is not a local time; write it like 2026-01-05T09:00, without a zone: that of the schedule holds."
}

func canonicalLocal(s string) string {
	if t, ok := parseLocal(s); ok {
		return t.Format(localLayouts[0])
	}
	return s
}

// momentForm checks a moment of the week: fri 17:00.
func momentForm(s string) string {
	day, at, ok := cutMoment(s)
	if ok && slices.Contains(weekdays, day) && clockForm(at) == "" {
		return ""
	}
	return "is not a moment of the week; write day and time, like fri 17:00."
}

func cutMoment(s string) (day, at string, ok bool) { return strings.Cut(s, " ") }

func canonicalMoment(s string) string {
	day, at, ok := cutMoment(s)
	if !ok {
		return s
	}
	return day + " " + canonicalClock(at)
}

// withOffset writes an instant whose local time alone would not be plain.
const withOffset = "2006-01-02T15:04Z07:00"

// parseInstant reads a local time that counts once, or one with its offset.
func parseInstant(s, zone string) (at time.Time, problem string) {
	for _, layout := range []string{withOffset, time.RFC3339} {
		if t, err := time.Parse(layout, s); err == nil && t.Second() == 0 && t.Nanosecond() == 0 {
			return t.UTC(), ""
		}
	}
	if problem := localForm(s); problem != "" {
		return time.Time{}, problem
	}
	loc, err := time.LoadLocation(zone)
	local, wrong := oncall.ParseLocalTime(canonicalLocal(s))
	if err != nil || wrong != nil {
		return time.Time{}, "is not a local time; write it like 2026-01-05T09:00."
	}
	switch shown := oncall.Instants(local, loc); len(shown) {
	case 1:
		return shown[0], ""
	case 0:
		return time.Time{}, "is a time that the clocks jump over on that day; write one that exists."
	default:
		return time.Time{}, "is a time that the clocks show twice on that day; write it as " +
			shown[0].In(loc).Format(withOffset) + " or " + shown[1].In(loc).Format(withOffset) + "."
	}
}

// printInstant is what parseInstant reads.
func printInstant(t time.Time, zone string) string {
	loc, err := time.LoadLocation(zone)
	if err != nil {
		return t.UTC().Format(withOffset)
	}
	local := oncall.LocalIn(t, loc)
	if len(oncall.Instants(local, loc)) == 1 && local.Year < 2200 {
		return local.String()
	}
	return t.In(loc).Format(withOffset)
}

func canonicalInstant(s, zone string) string {
	at, problem := parseInstant(s, zone)
	if problem != "" {
		return s
	}
	return printInstant(at, zone)
}
