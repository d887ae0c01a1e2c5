package bot

import (
	"strings"
	"testing"
	"time"
)

func TestTimesToComeAreReadAsPeopleTypeThem(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 10, 21, 16, 30, 0, 0, time.UTC) // Wednesday, 18:30 in Berlin
	for typed, want := range map[string]string{
		"now until":                  "2026-10-21T16:30:00Z until",
		"in 2h until 5":              "2026-10-21T18:30:00Z until 5",
		"18:00 until x":              "2026-10-22T16:00:00Z until x",
		"19:00":                      "2026-10-21T17:00:00Z ",
		"9:00":                       "2026-10-22T07:00:00Z ",
		"today 18:00":                "2026-10-21T16:00:00Z ",
		"tomorrow until":             "2026-10-21T22:00:00Z until",
		"tomorrow at 09:00 please":   "2026-10-22T07:00:00Z please",
		"Monday 09:00":               "2026-10-26T08:00:00Z ",
		"wed 09:00":                  "2026-10-28T08:00:00Z ",
		"mon, 09:00":                 "2026-10-26T08:00:00Z ",
		"2026-12-24 20:00 because":   "2026-12-24T19:00:00Z because",
		"2026-10-25 02:30 +01:00":    "2026-10-25T01:30:00Z ",
		"2026-10-25 02:30 +02:00":    "2026-10-25T00:30:00Z ",
		"20:00 UTC x":                "2026-10-21T20:00:00Z x",
		"tomorrow 09:00 Asia/Tokyo":  "2026-10-22T00:00:00Z ",
		"2027-03-28 03:00":           "2027-03-28T01:00:00Z ",
		"2026-12-24":                 "2026-12-23T23:00:00Z ",
		"2026-10-25 04:00 +00:00 ok": "2026-10-25T04:00:00Z ok",
	} {
		at, rest, err := readComing(typed, now, berlin)
		if got := at.UTC().Format(time.RFC3339) + " " + rest; err != nil || got != want {
			t.Errorf("%q is %q, %v; want %q", typed, got, err, want)
		}
	}
	for typed, want := range map[string]string{
		"":                   "not a time",
		"soon":               "not a time",
		"25:00":              "not a time of day",
		"2026-10-25 02:30":   "twice",
		"2027-03-28 02:30":   "skip",
		"18:00 Mars/Base":    "not a time zone",
		"in a while":         "",
		"2026-02-30 10:00":   "not a time",
		"monster until noon": "not a time",
	} {
		if at, _, err := readComing(typed, now, berlin); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is %v, %v; want a refusal that says %q", typed, at, err, want)
		}
	}
}
