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
func Span(d time.Duration) string {
	if d < 0 {
		return "-" + Span(-max(d, -math.MaxInt64)) // the least of all has no opposite
	}
	if d < time.Minute {
		return fmt.Sprintf("%d s", int(d.Seconds()))
	}
	minutes := int(d / time.Minute)
	var parts []string
	for _, unit := range []struct {
		minutes int
		name    string
	}{{24 * 60, "d"}, {60, "h"}, {1, "min"}} {
		if n := minutes / unit.minutes; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, unit.name))
			minutes %= unit.minutes
		}
	}
	return strings.Join(parts, " ")
}
