package organisation

import (
	"strconv"
	"strings"
	"time"
)

// maxDuration bounds every duration of the file: no policy waits for a year.
const maxDuration = 366 * 24 * time.Hour

// parseDuration reads 90s, 5m, 1h30m, 2d or 0. A problem is the rest of a
// sentence about the value.
func parseDuration(text string) (d Duration, problem string) {
	const want = "is not a duration; write it with its unit, like 90s, 5m, 1h30m or 2d."
	if text == "0" {
		return 0, ""
	}
	days, rest, hasDays := strings.Cut(text, "d")
	var whole time.Duration
	if hasDays {
		n, err := strconv.ParseUint(days, 10, 16)
		if err != nil {
			return 0, want
		}
		whole = time.Duration(n) * 24 * time.Hour
	} else {
		rest = text
	}
	if rest != "" {
		part, err := time.ParseDuration(rest)
		if err != nil {
			return 0, want
		}
		if hasDays && part < 0 {
			return 0, want
		}
		whole += part
	}
	switch {
	case whole < 0:
		return 0, "is before nothing; write a duration that is not negative."
	case whole > maxDuration:
		return 0, "is longer than a year; write at most 366d."
	case whole%time.Second != 0:
		return 0, "is finer than a second; write whole seconds."
	}
	return Duration(whole), ""
}

// String is the shortest way to write it: 90s is 1m30s, two days are 2d.
func (d Duration) String() string {
	left := time.Duration(d)
	var b strings.Builder
	for _, unit := range []struct {
		name string
		size time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}} {
		if n := left / unit.size; n > 0 {
			b.WriteString(strconv.FormatInt(int64(n), 10) + unit.name)
			left %= unit.size
		}
	}
	if b.Len() == 0 {
		return "0"
	}
	return b.String()
}
