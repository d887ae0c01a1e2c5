package timeline

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

// MaxDuration is the longest time span that people may ask for: a year.
const MaxDuration = 366 * 24 * time.Hour

var (
	spanForm = regexp.MustCompile(`^(\d{1,7}(?:\.\d{1,3})?)\s*([a-z]*)\s*`)
	units    = map[string]time.Duration{
		"s": time.Second, "sec": time.Second, "secs": time.Second, "second": time.Second, "seconds": time.Second,
		"": time.Minute, "m": time.Minute, "min": time.Minute, "mins": time.Minute, "minute": time.Minute, "minutes": time.Minute,
		"h": time.Hour, "hr": time.Hour, "hrs": time.Hour, "hour": time.Hour, "hours": time.Hour,
		"d": 24 * time.Hour, "day": 24 * time.Hour, "days": 24 * time.Hour,
		"w": 7 * 24 * time.Hour, "week": 7 * 24 * time.Hour, "weeks": 7 * 24 * time.Hour,
	}
)

// ParseDuration reads a span of time as people write it: "30m", "1h", "2 hours",
// "1h30m", "1.5h", "2 days". A number alone means minutes. It is more than
// nothing and at most MaxDuration.
func ParseDuration(text string) (time.Duration, error) {
	var total time.Duration
	left := strings.ToLower(strings.TrimSpace(text))
	for left != "" {
		part := spanForm.FindStringSubmatch(left)
		if part == nil {
			return 0, notASpan(text)
		}
		unit, known := units[part[2]]
		n, err := strconv.ParseFloat(part[1], 64)
		if err != nil || !known {
			return 0, notASpan(text)
		}
		if n*float64(unit) > float64(MaxDuration) {
			return 0, incident.Errorf(incident.Invalid, "%s is too long; give a year at most.", quoted(text))
		}
		total += time.Duration(n * float64(unit))
		left = strings.TrimPrefix(left[len(part[0]):], "and ")
		if total > MaxDuration {
			return 0, incident.Errorf(incident.Invalid, "%s is too long; give a year at most.", quoted(text))
		}
	}
	if strings.TrimSpace(text) == "" {
		return 0, incident.Errorf(incident.Invalid, "Say for how long, for example 30m, 1h, 2 hours or 90 (minutes).")
	}
	if total < time.Second {
		return 0, notASpan(text)
	}
	return total, nil
}

func notASpan(text string) error {
	return incident.Errorf(incident.Invalid, "%s is not a span of time; write it like 30m, 1h, 2 hours or 90 (minutes).", quoted(text))
}

// Span says how long something took, in whole minutes that have passed from one minute
// on: "45 s", "12 min", "1 d 2 h 5 min". It is the one way in which cards, timelines and
// postmortems say it, so that they never differ by a minute. A negative span has a minus.
// A span that somebody set, in which seconds count, is said by SpanInFull.
func Span(d time.Duration) string {
	if d < 0 {
		return "-" + Span(-max(d, -math.MaxInt64)) // the least of all has no opposite
	}
	if d >= time.Minute {
		d = d.Truncate(time.Minute)
	}
	return inUnits(d, func(n int, u unit) string { return fmt.Sprintf("%d %s", n, u.short) })
}

// SpanInFull says a span that somebody set, such as how long a step waits, exactly to
// the second and in whole words: 90 s are "1 minute 30 seconds", 25 h are "1 day 1 hour".
// Days have 24 hours. Parts of a second are rounded to the nearest, so that less than
// half a second is "0 seconds". A negative span has a minus.
func SpanInFull(d time.Duration) string {
	if d <= -time.Second/2 {
		return "-" + SpanInFull(-max(d, -math.MaxInt64))
	}
	return inUnits(d.Round(time.Second), func(n int, u unit) string {
		if n == 1 {
			return "1 " + u.word
		}
		return fmt.Sprintf("%d %ss", n, u.word)
	})
}

// unit is one of those in which people say a span, in short and in full.
type unit struct {
	length      time.Duration
	short, word string
}

// inUnits says a span from the largest unit to the seconds, and leaves out those of
// which there are none.
func inUnits(d time.Duration, say func(int, unit) string) string {
	seconds := unit{time.Second, "s", "second"}
	var parts []string
	for _, u := range []unit{{24 * time.Hour, "d", "day"}, {time.Hour, "h", "hour"}, {time.Minute, "min", "minute"}, seconds} {
		if n := int(d / u.length); n > 0 {
			parts = append(parts, say(n, u))
			d %= u.length
		}
	}
	if len(parts) == 0 {
		return say(0, seconds)
	}
	return strings.Join(parts, " ")
}
