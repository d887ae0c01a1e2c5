package bot

import (
	"slices"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

// ending is the end of a span as it was typed: a time, or how long it lasts.
type ending struct {
	spoken
	lasts time.Duration // zero: until a time
}

// of is the end of what begins at an instant: a day of the week or a time of day alone
// is the first after it.
func (e ending) of(from time.Time) (time.Time, error) {
	if e.lasts > 0 {
		return from.Add(e.lasts), nil
	}
	return e.after(from)
}

// readSpan reads "until <time>", "from <time> until <time>", "<time> - <time>", or "for
// 2h" in the place of an end, from the front of a text. Times are as readComing has
// them, days both seen from now; it begins now where no beginning is typed, or one that
// has passed. An end in the past or before the beginning is refused, and so is a
// beginning that could mean what has begun as well as what is to come. What follows is
// for readReason.
func readSpan(text string, now time.Time, zone *time.Location) (from, until time.Time, rest string, err error) {
	words, begin := fromFirst(strings.Fields(text)), spoken{at: now}
	end, left, ok, err := readEnding(words, now, zone)
	if !ok && err == nil {
		if begin, words, err = readBeginning(words, now, zone); err != nil {
			return from, until, text, err
		}
		end, left, ok, err = readEnding(words, now, zone)
	}
	if err == nil && !ok {
		err = untilWhen(words)
	}
	if err == nil {
		from, until, err = placed(begin, end, now, zone)
	}
	return from, until, strings.Join(left, " "), err
}

// fromFirst turns "tomorrow from 18:00" into "from tomorrow 18:00".
func fromFirst(words []string) []string {
	var s spoken
	if len(words) == 0 {
		return words
	}
	if n := s.takeDay(words, time.Time{}); n > 0 && n < len(words) && lowWord(words[n]) == "from" {
		return slices.Concat(words[n:n+1], words[:n], words[n+1:])
	}
	return words
}

func readBeginning(words []string, now time.Time, zone *time.Location) (spoken, []string, error) {
	if len(words) > 0 && lowWord(words[0]) == "from" {
		return readSpoken(words[1:], now, zone)
	}
	s, rest, err := readSpoken(words, now, zone)
	if err != nil && !s.timed && !s.dated() {
		err = untilWhen(words)
	}
	return s, rest, err
}

// untilWhen asks for the end that words should begin with.
func untilWhen(words []string) error {
	if len(words) == 0 {
		return incident.Errorf(incident.Invalid, "Say until when, for example `until tomorrow 09:00` or `for 2h`.")
	}
	return incident.Errorf(incident.Invalid, "Say until when, for example `until tomorrow 09:00` or `for 2h`, in the place of %q.", cut(strings.Join(words, " "), 60))
}

// readEnding reads "until <time>" and "for 2h"; ok is false where neither stands.
func readEnding(words []string, now time.Time, zone *time.Location) (e ending, rest []string, ok bool, err error) {
	if len(words) == 0 {
		return e, words, false, nil
	}
	switch lowWord(words[0]) {
	case "until", "till", "til", "to", "-", "–", "—":
		e.spoken, rest, err = readSpoken(words[1:], now, zone)
		return e, rest, true, err
	case "for":
		if e.lasts, rest, ok = takeSpan(words[1:]); !ok {
			return e, words, false, incident.Errorf(incident.Invalid, "%q does not say for how long; write it like for 2h.", cut(strings.Join(words, " "), 60))
		}
		return e, rest, true, nil
	}
	e.lasts, rest, ok = takeSpan(words)
	return e, rest, ok, nil
}

// placed finds a span in the calendar.
func placed(begin spoken, end ending, now time.Time, zone *time.Location) (from, until time.Time, err error) {
	from, err = begin.after(now)
	if err == nil {
		until, err = end.of(from)
	}
	if !begin.fixed() {
		if early, ok := begin.began(now); ok {
			over, wrong := end.of(early)
			switch going := wrong == nil && over.After(now); {
			case going && err == nil && until.After(from):
				return from, until, whichBegin(early, from, zone)
			case going:
				return now, over, nil
			}
		}
	}
	switch {
	case err != nil:
		return from, until, err
	case !until.After(now):
		return from, until, incident.Errorf(incident.Invalid, "%s is over already; give an end that is still to come.", inFull(until, zone))
	case !until.After(from):
		return from, until, incident.Errorf(incident.Invalid, "It ends before it begins: from %s until %s; correct one of them.", inFull(from, zone), inFull(until, zone))
	case from.Before(now):
		from = now
	}
	return from, until, nil
}

// whichBegin asks which of two beginnings is meant.
func whichBegin(early, late time.Time, zone *time.Location) error {
	return incident.Errorf(incident.Invalid, "That could have begun %s, or begin %s; write `from now` for the first, or `from %s` for the second.",
		inFull(early, zone), inFull(late, zone), late.In(zone).Format("2006-01-02 15:04"))
}

func inFull(at time.Time, zone *time.Location) string {
	return at.In(zone).Format("Mon 2 Jan 2006 15:04")
}

// readReason is the reason that follows a time. One that looks like more of the time is
// refused, unless "because" stands before it.
func readReason(rest string) (string, error) {
	if after, ok := cutWords(rest, "because"); ok {
		return after, nil
	}
	words := strings.Fields(rest)
	for len(words) > 0 && slices.Contains([]string{"-", "–", "—", ":", ",", ";"}, words[0]) {
		words = words[1:]
	}
	if word, ok := unusedTime(words); ok {
		return "", incident.Errorf(incident.Invalid, "%q looks like a part of the time that was not understood; write it like `until monday 9am`, or `because` before the reason.", cut(word, 60))
	}
	return strings.Join(words, " "), nil
}

// unusedTime is what looks like a time or a day in words that should be a reason: such
// words anywhere, and at the front also those that are one there only.
func unusedTime(words []string) (word string, ok bool) {
	front := true
	for i, w := range words {
		low := lowWord(w)
		if low == "because" {
			break
		}
		if isTime(low) || front && (mayBeTime(low) || zoneNames[strings.Trim(w, ",;.")]) {
			return strings.Join(words[:i+1], " "), true
		}
		front = front && slices.Contains(beforeTime, low)
	}
	return "", false
}

// isTime reports whether a word is a time, a day or a date wherever it stands.
func isTime(word string) bool {
	word = strings.TrimRight(word, ".!?")
	_, near := nearDays[word]
	_, week := weekdayOf(word)
	clock := clockPattern.FindStringSubmatch(word)
	return near || week || datePattern.MatchString(word) || stampPattern.MatchString(word) ||
		clock != nil && (clock[2] != "" || clock[3] != "") || strings.Contains(word, ":") && rangePattern.MatchString(word)
}

// mayBeTime reports whether a word is one at the front of a reason: "9", "18h", "pm",
// "morning".
func mayBeTime(word string) bool {
	_, _, span := takeSpan([]string{word})
	return span || word[:min(1, len(word))] >= "0" && word[:min(1, len(word))] <= "9" || halfPattern.MatchString(word) ||
		offsetPattern.MatchString(word) || strings.HasPrefix(word, "utc") || strings.HasPrefix(word, "gmt") || slices.Contains(vague, strings.TrimSuffix(word, "."))
}

// beforeTime are words that stand before a time, vague those that are an unclear one,
// and zoneNames zones by names that mean several.
var (
	beforeTime = []string{"a", "an", "at", "by", "for", "from", "in", "next", "of", "on", "or", "and", "the", "this", "till", "til", "to", "until", "-", "–", "—"}
	vague      = []string{"morning", "afternoon", "evening", "night", "noon", "midnight", "week", "weekend", "month", "day", "hour", "hours", "minutes", "o'clock", "o’clock", "oclock", "uhr", "eod"}
	zoneNames  = map[string]bool{"CET": true, "CEST": true, "MEZ": true, "MESZ": true, "EET": true, "EEST": true, "WET": true, "WEST": true, "BST": true, "IST": true,
		"JST": true, "EST": true, "EDT": true, "CST": true, "CDT": true, "MST": true, "MDT": true, "PST": true, "PDT": true, "AEST": true, "AEDT": true, "ET": true, "PT": true, "MSK": true}
)
