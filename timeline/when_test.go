package timeline

import (
	"strings"
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestReadWhen(t *testing.T) {
	t.Parallel()
	const berlin = "Europe/Berlin"
	winter := "2026-01-15T13:00:00Z" // 14:00 in Berlin
	for _, c := range []struct{ text, zone, now, at, rest string }{
		{"13:05", berlin, winter, "2026-01-15T12:05:00Z", ""},
		{"14:00 db is down", berlin, winter, "2026-01-15T13:00:00Z", "db is down"},
		{"14:01", berlin, winter, "2026-01-15T13:01:00Z", ""},
		{"14:05", berlin, winter, "2026-01-14T13:05:00Z", ""},
		{"at 9:05 the  pager rang", berlin, winter, "2026-01-15T08:05:00Z", "the  pager rang"},
		{"9:05pm", berlin, winter, "2026-01-14T20:05:00Z", ""},
		{"12:10 AM it began", berlin, winter, "2026-01-14T23:10:00Z", "it began"},
		{"02:14 yesterday", berlin, winter, "2026-01-14T01:14:00Z", ""},
		{"yesterday 02:14 UTC failing over", berlin, winter, "2026-01-14T02:14:00Z", "failing over"},
		{"today 02:14:30", berlin, winter, "2026-01-15T01:14:30Z", ""},
		{"12:59 UTC", berlin, winter, "2026-01-15T12:59:00Z", ""},
		{"18:00 +05:30", berlin, winter, "2026-01-15T12:30:00Z", ""},
		{"15:00 UTC+2", berlin, winter, "2026-01-15T13:00:00Z", ""},
		{"07:55 America/New_York x/y", berlin, winter, "2026-01-15T12:55:00Z", "x/y"},
		{"07:55 america/new_york", berlin, winter, "2026-01-15T12:55:00Z", ""},
		{"18:00 +5 deploy", berlin, winter, "2026-01-15T13:00:00Z", "deploy"},
		{"18:00 +5:30 deploy", berlin, winter, "2026-01-15T12:30:00Z", "deploy"},
		{"07:00 -0500", berlin, winter, "2026-01-15T12:00:00Z", ""},
		{"07:00 −5 cold", berlin, winter, "2026-01-15T12:00:00Z", "cold"},
		{"15:00 utc+2 x", berlin, winter, "2026-01-15T13:00:00Z", "x"},
		{"15:00 UTC +2 x", berlin, winter, "2026-01-15T13:00:00Z", "x"},
		{"15:00 UTC+02:30", berlin, winter, "2026-01-15T12:30:00Z", ""},
		{"08:00 US/Eastern deploy", berlin, winter, "2026-01-15T13:00:00Z", "deploy"},
		{"13:00 +5% errors", berlin, winter, "2026-01-15T12:00:00Z", "+5% errors"},
		{"13:00 -20ms", berlin, winter, "2026-01-15T12:00:00Z", "-20ms"},
		{"13:00 I/O errors", berlin, winter, "2026-01-15T12:00:00Z", "I/O errors"},
		{"13:00 CPU/Memory high", berlin, winter, "2026-01-15T12:00:00Z", "CPU/Memory high"},
		{"13:00 we saw Mars/Phobos", berlin, winter, "2026-01-15T12:00:00Z", "we saw Mars/Phobos"},
		{"13:00 db/cache slow", berlin, winter, "2026-01-15T12:00:00Z", "db/cache slow"},
		{"2026-03-28 02:30", berlin, winter, "2026-03-28T01:30:00Z", ""},
		{"2025-07-01T02:30 summer", berlin, winter, "2025-07-01T00:30:00Z", "summer"},
		{"2025-07-01 02:30 Europe/London", berlin, winter, "2025-07-01T01:30:00Z", ""},
		{"2025-07-01T02:30:00Z rest", berlin, winter, "2025-07-01T02:30:00Z", "rest"},
		{"2025-07-01t02:30:00+02:00", berlin, winter, "2025-07-01T00:30:00Z", ""},
		{"10m ago", berlin, winter, "2026-01-15T12:50:00Z", ""},
		{"2h30m ago failed over", berlin, winter, "2026-01-15T10:30:00Z", "failed over"},
		{"2 hours and 5 minutes ago", berlin, winter, "2026-01-15T10:55:00Z", ""},
		{"now it is fixed", berlin, winter, "2026-01-15T13:00:00Z", "it is fixed"},
		// The clocks go back at 03:00 on 2026-10-25; 02:30 happens at 00:30Z and at 01:30Z.
		{"02:30", berlin, "2026-10-25T00:40:00Z", "2026-10-25T00:30:00Z", ""},
		{"02:30", berlin, "2026-10-25T01:10:00Z", "2026-10-25T00:30:00Z", ""},
		{"02:30", berlin, "2026-10-25T00:10:00Z", "2026-10-24T00:30:00Z", ""},
		// The clocks go forward on 2026-03-29; before that there is no doubt which 02:30 is meant.
		{"02:30", berlin, "2026-03-29T00:30:00Z", "2026-03-28T01:30:00Z", ""},
	} {
		now, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			t.Fatal(err)
		}
		at, rest, err := ParseWhen(c.text, now, zone(t, c.zone))
		if err != nil || at.Format(time.RFC3339) != c.at || rest != c.rest {
			t.Errorf("ParseWhen(%q) at %s = %s, %q, %v; want %s, %q", c.text, c.now, at.Format(time.RFC3339), rest, err, c.at, c.rest)
		}
	}
}

func TestReadWhenRefusesWithASentence(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 29, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]string{
		"": `"" is not a time; write it like 14:05`, "the db failed": "is not a time", "at": "is not a time", "1405": "is not a time",
		"25:00": "is not a time of day", "14:60": "is not a time of day", "13:00pm": "is not a time of day", "0:10am": "is not a time of day",
		"2026-02-30 10:00": "2026-02-30 is not in the calendar", "2026-13-01 10:00": "not in the calendar",
		"yesterday": "Add the time of day, for example “yesterday 14:05”", "2026-03-01 the db": "“2026-03-01 14:05”",
		"14:05 CET": "can mean more than one time zone", "14:05 Europe/Belrin": `"Europe/Belrin" is not a time zone`, "14:05 +25:00": "not an offset",
		"10:00 Mars/Phobos landed": `"Mars/Phobos" is not a time zone`, "10:00 +500 errors": `"+500" is not an offset from UTC; write it like +02:00. If it is part`,
		"10:00 +5:7 x": "not an offset", "10:00 UTC+99 x": "not an offset", "10:00 UTC +99 x": "not an offset", "10:00 +02:60": "not an offset",
		"400 days ago": "too long", "soon ago": "is not a span of time", "0199-01-01 10:00": "The year 199 cannot be right", "9999-12-31T23:59:59Z": "cannot be right",
		"02:30":                                    "There was no 2026-03-29 02:30 in Europe/Berlin: the clocks went from 02:00 straight to 03:00. Write 2026-03-29 03:30, or the time in UTC, for example 2026-03-29 01:30 UTC.",
		"2026-03-29 02:30":                         "There was no 2026-03-29 02:30 in Europe/Berlin",
		"2011-12-30 10:00 Pacific/Apia":            "the clocks went from 2011-12-30 00:00 straight to 2011-12-31 00:00. Write 2011-12-31 10:00",
		"2026-10-04 02:15 Australia/Lord_Howe":     "the clocks went from 02:00 straight to 02:30. Write 2026-10-04 02:45",
		"2026-09-06 00:30 America/Santiago we saw": "the clocks went from 00:00 straight to 01:00",
	} {
		w, err := ReadWhen(text, now, zone(t, "Europe/Berlin"))
		if incident.CodeOf(err) != incident.Invalid || !strings.Contains(err.Error(), want) {
			t.Errorf("ReadWhen(%q) = %v, %v; want a sentence with %q", text, w, err, want)
		}
	}
}

func TestAnAmbiguousTimeIsTheFirstAndSaysSo(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	w, err := ReadWhen("2026-10-25 02:30 it broke", now, zone(t, "Europe/Berlin"))
	want := "The clocks in Europe/Berlin showed 02:30 twice on 2026-10-25; the first time was taken. For the second write 2026-10-25 01:30 UTC."
	if err != nil || w.At.Format(time.RFC3339) != "2026-10-25T00:30:00Z" || w.Note != want || w.Rest != "it broke" {
		t.Errorf("ReadWhen = %+v, %v", w, err)
	}
	if w, err := ReadWhen("2026-10-25 03:30", now, zone(t, "Europe/Berlin")); err != nil || w.Note != "" {
		t.Errorf("an hour later = %+v, %v; want no note", w, err)
	}
}

func FuzzReadWhen(f *testing.F) {
	for _, seed := range []string{"14:05", "02:14 yesterday", "2026-03-29 02:30", "2026-03-29 02:30 Europe/Berlin", "14:05 UTC", "10m ago", "2h30m ago",
		"2026-03-29T02:30:00Z x", "at 9:05pm +05:30 hm", "1.5 hours and 3 minutes ago", "now", "99:99", "é:é"} {
		f.Add(seed, int64(1_790_000_000))
	}
	berlin := zone(f, "Europe/Berlin")
	f.Fuzz(func(t *testing.T, text string, second int64) {
		now := time.Unix(second&(1<<32-1), 0)
		w, err := ReadWhen(text, now, berlin)
		if err != nil {
			if incident.CodeOf(err) != incident.Invalid {
				t.Fatalf("ReadWhen(%q) = %v, want an error for people", text, err)
			}
			return
		}
		if !strings.HasSuffix(strings.TrimSpace(text), w.Rest) {
			t.Fatalf("ReadWhen(%q) leaves %q, which is not the end of it", text, w.Rest)
		}
		again, err := ReadWhen(w.At.Format(time.RFC3339), now, berlin)
		if err != nil || !again.At.Equal(w.At.Truncate(time.Second)) {
			t.Fatalf("ReadWhen(%q) = %v; read again: %v, %v", text, w.At, again.At, err)
		}
		if clockForm.MatchString(text) && w.At.After(now.Add(time.Minute)) {
			t.Fatalf("ReadWhen(%q) = %v lies in the future of %v", text, w.At, now)
		}
	})
}

func TestParseDuration(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"30m": 30 * time.Minute, "1h": time.Hour, "2 hours": 2 * time.Hour, "90": 90 * time.Minute, " 45 ": 45 * time.Minute, "1h30m": 90 * time.Minute,
		"1h 30m": 90 * time.Minute, "2h30": 150 * time.Minute, "1.5h": 90 * time.Minute, "1 hour and 5 minutes": 65 * time.Minute, "2 days": 48 * time.Hour,
		"1w": 7 * 24 * time.Hour, "10 sec": 10 * time.Second, "15 MIN": 15 * time.Minute, "366d": MaxDuration,
	} {
		if got, err := ParseDuration(text); err != nil || got != want {
			t.Errorf("ParseDuration(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", " ", "soon", "0", "0m", "-5m", "5 fortnights", "1h foo", "m", "1e9", "367d", "9999999w", "300d 100d", "99999999999"} {
		if got, err := ParseDuration(text); incident.CodeOf(err) != incident.Invalid {
			t.Errorf("ParseDuration(%q) = %v, %v; want a sentence", text, got, err)
		}
	}
}

func TestParseDate(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 23, 30, 0, 0, time.UTC) // a Friday; Saturday in Berlin
	for _, c := range []struct{ text, zone, want string }{
		{"2026-12-01", "UTC", "2026-12-01"}, {"2026-12-1", "UTC", "2026-12-01"}, {"today", "UTC", "2026-11-20"}, {"today", "Europe/Berlin", "2026-11-21"},
		{"tomorrow", "UTC", "2026-11-21"}, {"Tomorrow ", "Europe/Berlin", "2026-11-22"}, {"friday", "UTC", "2026-11-27"}, {"friday", "Europe/Berlin", "2026-11-27"},
		{"sat", "UTC", "2026-11-21"}, {"next monday", "UTC", "2026-11-23"}, {"in 3 days", "UTC", "2026-11-23"}, {"in a week", "UTC", "2026-11-27"},
		{"in  2 Weeks", "UTC", "2026-12-04"}, {"in 0 days", "UTC", "2026-11-20"},
	} {
		got, err := ParseDate(c.text, now, zone(t, c.zone))
		if err != nil || got.Format(time.RFC3339) != c.want+"T00:00:00Z" {
			t.Errorf("ParseDate(%q) in %s = %v, %v; want %s", c.text, c.zone, got, err, c.want)
		}
	}
	for text, want := range map[string]string{
		"": "is not a date", "someday": "is not a date", "next": "is not a date", "in many days": "is not a date", "2026-02-30": "not in the calendar",
		"2026-11-19": "has passed", "9999-01-01": "cannot be right", "f": "is not a date",
	} {
		if got, err := ParseDate(text, now, time.UTC); incident.CodeOf(err) != incident.Invalid || !strings.Contains(err.Error(), want) {
			t.Errorf("ParseDate(%q) = %v, %v; want %q", text, got, err, want)
		}
	}
}
