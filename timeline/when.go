package timeline

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

// When is a time that somebody typed, understood.
type When struct {
	At   time.Time // UTC
	Rest string    // what followed the time, trimmed
	Note string    // a sentence when the time could have meant something else, else ""
}

// ParseWhen is ReadWhen for callers who do not show the note.
func ParseWhen(text string, now time.Time, zone *time.Location) (at time.Time, rest string, err error) {
	w, err := ReadWhen(text, now, zone)
	return w.At, w.Rest, err
}

// ReadWhen reads the time with which text begins: "14:05", "2:05pm",
// "02:14 yesterday", "yesterday 02:14", "2026-03-29 02:30", any of them followed
// by "UTC", "+02:00" or "Europe/Berlin", "10m ago", "2h 30m ago", "now", or RFC
// 3339. Without a zone the wall clock of zone counts.
//
// A time of day without a date is the latest one that is not in the future. A
// wall-clock time that a clock change skipped is refused, one that it repeated
// means the first occurrence and leaves a Note.
func ReadWhen(text string, now time.Time, zone *time.Location) (When, error) {
	words := wordsOf(text)
	for _, read := range []func([]string, time.Time, *time.Location) (When, int, error){readInstant, readAgo, readWall} {
		w, used, err := read(words, now, zone)
		if err != nil {
			return When{}, err
		}
		if used > 0 {
			w.At, w.Rest = w.At.UTC(), restAfter(text, words[:used])
			return w, checkYear(w.At)
		}
	}
	return When{}, incident.Errorf(incident.Invalid, "%s is not a time; write it like 14:05, 02:14 yesterday, 2026-03-29 14:05 Europe/Berlin or 10m ago.", quoted(text))
}

// timestamp is a date and a time of day in one word and without a zone.
var timestamp = regexp.MustCompile(`^(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}(?::\d{2})?)$`)

// wordsOf splits text, a leading "at" dropped and a leading timestamp taken apart.
func wordsOf(text string) []string {
	words := strings.Fields(text)
	if len(words) > 1 && strings.EqualFold(words[0], "at") {
		words = words[1:]
	}
	if len(words) == 0 {
		return nil
	}
	if parts := timestamp.FindStringSubmatch(words[0]); parts != nil {
		return append(parts[1:3:3], words[1:]...)
	}
	return words
}

// checkYear refuses years that can only be a slip of the finger.
func checkYear(at time.Time) error {
	if year := at.Year(); year < 1970 || year > 2199 {
		return incident.Errorf(incident.Invalid, "The year %d cannot be right; write dates like 2026-03-29.", year)
	}
	return nil
}

// restAfter returns text without its leading words, in the writer's own spacing.
func restAfter(text string, words []string) string {
	for _, word := range words {
		_, text, _ = strings.Cut(text, word)
	}
	return strings.TrimSpace(text)
}

func quoted(text string) string {
	if runes := []rune(text); len(runes) > 40 {
		text = string(runes[:39]) + "…"
	}
	return strconv.Quote(text)
}

// readInstant reads "now" and RFC 3339.
func readInstant(words []string, now time.Time, _ *time.Location) (When, int, error) {
	if len(words) == 0 {
		return When{}, 0, nil
	}
	if strings.EqualFold(words[0], "now") {
		return When{At: now}, 1, nil
	}
	at, err := time.Parse(time.RFC3339, strings.ToUpper(words[0]))
	if err != nil {
		return When{}, 0, nil // another form may fit
	}
	return When{At: at}, 1, nil
}

// readAgo reads a duration followed by "ago".
func readAgo(words []string, now time.Time, _ *time.Location) (When, int, error) {
	for n := 1; n < len(words) && n <= 6; n++ {
		if !strings.EqualFold(words[n], "ago") {
			continue
		}
		d, err := ParseDuration(strings.Join(words[:n], " "))
		return When{At: now.Add(-d)}, n + 1, err
	}
	return When{}, 0, nil
}
