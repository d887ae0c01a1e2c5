package bot

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/incident/escalation"
)

func inZone(t testing.TB, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// spanRead is what a text means at a time, as "Mon 15:04 – Tue 2 Jan 15:04 | reason".
func spanRead(text string, now time.Time, zone *time.Location) (string, error) {
	from, until, rest, err := readSpan(text, now, zone)
	if err != nil {
		return "", err
	}
	if rest, err = readReason(rest); err != nil {
		return "", err
	}
	shown := []string{"now", until.In(zone).Format("Mon 2 Jan 15:04")}
	if !from.Equal(now) {
		shown[0] = from.In(zone).Format("Mon 2 Jan 15:04")
	}
	return strings.TrimSuffix(strings.Join(shown, " – ")+" | "+rest, " | "), nil
}

// TestSpansAreReadAsATiredPersonMeansThem, on a Saturday evening in Berlin.
func TestSpansAreReadAsATiredPersonMeansThem(t *testing.T) {
	t.Parallel()
	berlin := inZone(t, "Europe/Berlin")
	now := time.Date(2026, 11, 21, 21, 8, 30, 0, berlin)
	for _, is := range []struct{ typed, want string }{
		// Days are those from now; a time alone follows the beginning.
		{"from tomorrow 18:00 until tomorrow 22:00", "Sun 22 Nov 18:00 – Sun 22 Nov 22:00"},
		{"from tomorrow 18:00 until 22:00", "Sun 22 Nov 18:00 – Sun 22 Nov 22:00"},
		{"from tomorrow 18:00 until 09:00", "Sun 22 Nov 18:00 – Mon 23 Nov 09:00"},
		{"from mon 09:00 until mon 17:00", "Mon 23 Nov 09:00 – Mon 23 Nov 17:00"},
		{"from mon 09:00 until mon 09:00", "Mon 23 Nov 09:00 – Mon 30 Nov 09:00"},
		{"from mon 09:00 until tue", "Mon 23 Nov 09:00 – Tue 24 Nov 00:00"},
		{"from fri 18:00 until mon 09:00", "Fri 27 Nov 18:00 – Mon 30 Nov 09:00"},
		{"from 18:00 until tomorrow 09:00", "now – Sun 22 Nov 09:00"},
		{"from 18:00 until 20:00", "Sun 22 Nov 18:00 – Sun 22 Nov 20:00"},
		{"from 22:00 until tomorrow 09:00", "Sat 21 Nov 22:00 – Sun 22 Nov 09:00"},
		{"from 22:00 until 06:00", "Sat 21 Nov 22:00 – Sun 22 Nov 06:00"},
		{"from sat 20:00 until tomorrow 09:00", "now – Sun 22 Nov 09:00"},
		{"from today 18:00 until 23:00", "now – Sat 21 Nov 23:00"},
		{"from yesterday until tomorrow", "now – Sun 22 Nov 00:00"},
		{"until sat 23:30", "now – Sat 21 Nov 23:30"},
		{"until sat 20:30", "now – Sat 28 Nov 20:30"},
		{"until 21:08", "now – Sun 22 Nov 21:08"},
		{"until 21:09", "now – Sat 21 Nov 21:09"},
		// The day stands before the time or after it.
		{"until 22:00 tomorrow", "now – Sun 22 Nov 22:00"},
		{"until 22:00 tomorrow deploy", "now – Sun 22 Nov 22:00 | deploy"},
		{"until 9:30 pm on monday because of it", "now – Mon 23 Nov 21:30 | of it"},
		{"from 18:00 tomorrow till 22:00 tomorrow", "Sun 22 Nov 18:00 – Sun 22 Nov 22:00"},
		{"tomorrow from 18:00 to 22:00", "Sun 22 Nov 18:00 – Sun 22 Nov 22:00"},
		{"on mon from 18:00 until 22:00", "Mon 23 Nov 18:00 – Mon 23 Nov 22:00"},
		// Clocks of twelve hours, and words.
		{"until monday 9am", "now – Mon 23 Nov 09:00"},
		{"until monday at 9 a.m.", "now – Mon 23 Nov 09:00"},
		{"from 9am monday until 5pm", "Mon 23 Nov 09:00 – Mon 23 Nov 17:00"},
		{"until 12am", "now – Sun 22 Nov 00:00"},
		{"until 12pm", "now – Sun 22 Nov 12:00"},
		{"until noon", "now – Sun 22 Nov 12:00"},
		{"until midnight", "now – Sun 22 Nov 00:00"},
		{"until 24:00", "now – Sun 22 Nov 00:00"},
		{"until sun 24:00", "now – Mon 23 Nov 00:00"},
		{"until tonight 23:00", "now – Sat 21 Nov 23:00"},
		{"until 8PM, dentist", "now – Sun 22 Nov 20:00 | dentist"},
		// How long.
		{"for 2h", "now – Sat 21 Nov 23:08"},
		{"2h 30m The move", "now – Sat 21 Nov 23:38 | The move"},
		{"for 1 hour and 30 minutes because of it", "now – Sat 21 Nov 22:38 | of it"},
		{"from tomorrow 18:00 for 2 hours", "Sun 22 Nov 18:00 – Sun 22 Nov 20:00"},
		{"from 18:00 for 2h", "Sun 22 Nov 18:00 – Sun 22 Nov 20:00"},
		{"from in 2h until in 4h", "Sat 21 Nov 23:08 – Sun 22 Nov 01:08"},
		{"from now until 23:00", "now – Sat 21 Nov 23:00"},
		// From - until.
		{"22:00 - 23:00", "Sat 21 Nov 22:00 – Sat 21 Nov 23:00"},
		{"22:00-23:00 deploy", "Sat 21 Nov 22:00 – Sat 21 Nov 23:00 | deploy"},
		{"10pm–11pm", "Sat 21 Nov 22:00 – Sat 21 Nov 23:00"},
		{"tomorrow 22:00- 02:00", "Sun 22 Nov 22:00 – Mon 23 Nov 02:00"},
		{"from 22:00 to 23:00 - deploy", "Sat 21 Nov 22:00 – Sat 21 Nov 23:00 | deploy"},
		// Dates, zones.
		{"from 24 dec until 27 dec 12:00", "Thu 24 Dec 00:00 – Sun 27 Dec 12:00"},
		{"until Mon 30 Nov 2026 10:00", "now – Mon 30 Nov 10:00"},
		{"until jan 2 9:00", "now – Sat 2 Jan 09:00"},
		{"until 2026-11-30 24:00", "now – Tue 1 Dec 00:00"},
		{"until 2026-11-22T09:00+00:00", "now – Sun 22 Nov 10:00"},
		{"until 09:00 UTC tomorrow", "now – Sun 22 Nov 10:00"},
		{"until 22:00 utc", "now – Sat 21 Nov 23:00"},
		{"until 09:00 Asia/Tokyo", "now – Sun 22 Nov 01:00"},
		// Reasons that only sound like times.
		{"until 22:00 server moves in 3 racks", "now – Sat 21 Nov 22:00 | server moves in 3 racks"},
		{"until 22:00 because monday is near", "now – Sat 21 Nov 22:00 | monday is near"},
		{"until 22:00 the night", `"the night" looks like`},
	} {
		got, err := spanRead(is.typed, now, berlin)
		if err != nil {
			got = err.Error()
		}
		if got != is.want && (err == nil || !strings.Contains(got, is.want)) {
			t.Errorf("%q is\n  %s; want\n  %s", is.typed, got, is.want)
		}
	}
}

func TestSpansThatNobodyCanMeanAreRefused(t *testing.T) {
	t.Parallel()
	berlin := inZone(t, "Europe/Berlin")
	now := time.Date(2026, 11, 21, 21, 8, 30, 0, berlin)
	for typed, want := range map[string]string{
		"":                              "Say until when",
		"please":                        "Say until when",
		"from 18:00":                    "Say until when",
		"from 18:00 please until 20:00": `in the place of "please`,
		"until":                         "not a time",
		"until later":                   "not a time",
		"until 21:00 yesterday":         "Fri 20 Nov 2026 21:00 is over already",
		"until yesterday":               "is over already",
		"until today":                   "is over already",
		"from 18:00 until today 20:00":  "is over already",
		"from tomorrow 18:00 until 17:00 tomorrow": "ends before it begins: from Sun 22 Nov 2026 18:00 until Sun 22 Nov 2026 17:00",
		// What could be now or later is asked about with both.
		"from 18:00 until 22:00":       "could have begun Sat 21 Nov 2026 18:00, or begin Sun 22 Nov 2026 18:00; write `from now` for the first, or `from 2026-11-22 18:00`",
		"from 18:00 until mon 09:00":   "could have begun",
		"from sat 18:00 until sun 9am": "begin Sat 28 Nov 2026 18:00",
		"21:00 - 23:00":                "could have begun",
		// What is left over.
		"until 22:00 next monday":            `"next monday" looks like`,
		"until tomorrow 9":                   `"9" looks like`,
		"until monday morning":               `"morning" looks like`,
		"until monday in the morning":        `"in the morning" looks like`,
		"until 22:00 the day after tomorrow": "looks like",
		"until 22:00 CET":                    `"CET" looks like`,
		"until 22:00 UTC+2":                  "looks like",
		"until 22:00 for 2h":                 `"for 2h" looks like`,
		"until 22:00 23:00":                  `"23:00" looks like`,
		"until 22:00 deploy of monday":       "looks like",
		"until 22:00 - 23:00":                "looks like",
		"for 2h 30":                          `"30" looks like`,
		"for 2h until 23:00":                 "looks like",
		"2h from 22:00":                      "looks like",
		"until 22:00 tomorrow sunday monday": "looks like",
		"for ever":                           "does not say for how long",
		// Times that are none.
		"until 25:00":               "25:00 is not a time of day",
		"until 13pm":                "13pm is not a time of day",
		"until 21:30 pm":            "21:30 pm is not a time of day",
		"until 0am":                 "not a time of day",
		"until 24:01":               "not a time of day",
		"until 9":                   "not a time",
		"until 18h":                 "not a time",
		"until tomorrow midnight":   "00:00 or 24:00",
		"until mon 2026-11-24":      "is a Tuesday and not a Monday",
		"until tomorrow monday":     "is a Sunday and not a Monday",
		"until 31 nov 10:00":        "not a time",
		"until 22:00 Mars/Base":     "not a time zone",
		"until 22:00 +99:99":        "not an offset",
		"from tomorrow until 8-9pm": "not a time",
	} {
		if got, err := spanRead(typed, now, berlin); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is %s, %v; want a refusal that says %q", typed, got, err, want)
		}
	}
}

// TestSpansAroundChangesOfClocks: midnight, ends of months and years, and the hours that
// clocks skip or show twice.
func TestSpansAroundChangesOfClocks(t *testing.T) {
	t.Parallel()
	for _, is := range []struct{ zone, now, typed, want string }{
		{"Europe/Berlin", "2026-10-24 20:00", "until 03:30", "now – Sun 25 Oct 03:30"},
		{"Europe/Berlin", "2026-10-24 20:00", "until 02:30", "twice on Sun 2026-10-25; say which with the offset: 2026-10-25 02:30 +02:00 or 2026-10-25 02:30 +01:00"},
		{"Europe/Berlin", "2026-10-24 20:00", "until 02:30 +01:00", "now – Sun 25 Oct 02:30"},
		{"Europe/Berlin", "2026-10-25 10:00", "until 02:30", "now – Mon 26 Oct 02:30"},
		{"Europe/Berlin", "2026-10-24 20:00", "from sun 01:00 until sun 04:00", "Sun 25 Oct 01:00 – Sun 25 Oct 04:00"},
		{"Europe/Berlin", "2026-10-24 20:00", "from sun 00:00 for 24h", "Sun 25 Oct 00:00 – Sun 25 Oct 23:00"},
		{"Europe/Berlin", "2027-03-27 20:00", "until 02:30", "skip 02:30 on Sun 2027-03-28"},
		{"Europe/Berlin", "2027-03-28 03:30", "until 02:30", "now – Mon 29 Mar 02:30"},
		{"Europe/Berlin", "2027-03-28 01:30", "until 02:30", "skip"},
		{"Europe/Berlin", "2027-03-27 20:00", "from sun 02:30 until sun 10:00", "skip"},
		{"Europe/Berlin", "2026-12-31 23:30", "until 00:30", "now – Fri 1 Jan 00:30"},
		{"Europe/Berlin", "2026-12-31 23:30", "until tomorrow 09:00", "now – Fri 1 Jan 09:00"},
		{"Europe/Berlin", "2026-12-31 23:30", "until 1 jan 09:00", "now – Fri 1 Jan 09:00"},
		{"Europe/Berlin", "2028-02-28 23:30", "until tomorrow 09:00", "now – Tue 29 Feb 09:00"},
		{"Europe/Berlin", "2026-11-30 12:00", "from tue 18:00 until wed 09:00", "Tue 1 Dec 18:00 – Wed 2 Dec 09:00"},
		{"Europe/Berlin", "2026-11-21 00:00", "until 00:00", "now – Sun 22 Nov 00:00"},
		{"Europe/Berlin", "2026-11-21 00:30", "from 23:00 until 06:00", "could have begun Fri 20 Nov 2026 23:00"},
		{"Europe/Berlin", "2026-11-21 08:00", "from 18:00 until 09:00", "Sat 21 Nov 18:00 – Sun 22 Nov 09:00"},
		{"Australia/Lord_Howe", "2026-10-03 22:00", "until 02:15", "skip"},
		{"Asia/Kathmandu", "2026-10-03 22:00", "until 9:15pm", "now – Sun 4 Oct 21:15"},
		{"Pacific/Apia", "2026-10-03 22:00", "until 10:00 Pacific/Pago_Pago", "now – Sun 4 Oct 10:00"},
		{"America/New_York", "2026-11-21 20:00", "until 01:30 UTC", "now – Sat 21 Nov 20:30"},
	} {
		zone := inZone(t, is.zone)
		now, err := time.ParseInLocation("2006-01-02 15:04", is.now, zone)
		if err != nil {
			t.Fatal(err)
		}
		got, err := spanRead(is.typed, now, zone)
		if err != nil {
			got = err.Error()
		}
		if got != is.want && (err == nil || !strings.Contains(got, is.want)) {
			t.Errorf("%q at %s in %s is\n  %s; want\n  %s", is.typed, is.now, is.zone, got, is.want)
		}
	}
}

// TestWhatIsPrintedIsReadAsTheSame prints spans in the ways in which answers, remarks and
// people write times, and reads them back.
func TestWhatIsPrintedIsReadAsTheSame(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	zones := []string{"Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia", "UTC"}
	layouts := []string{"2006-01-02 15:04", "Mon 2 Jan 2006 15:04", "Mon 2006-01-02 15:04", "15:04 2006-01-02", "Jan 2 2006 3:04pm", "3:04 PM 2 Jan 2006", "2006-01-02T15:04"}
	tried := 0
	for range 5000 {
		zone := inZone(t, zones[r.IntN(len(zones))])
		now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(r.Int64N(3*365*24*3600)) * time.Second)
		from := now.Truncate(time.Minute).Add(time.Duration(1+r.IntN(10*24*60)) * time.Minute)
		until := from.Add(time.Duration(1+r.IntN(10*24*60)) * time.Minute)
		layout := layouts[r.IntN(len(layouts))]
		for _, suffix := range []string{" -07:00", " UTC", ""} {
			in := zone
			if suffix == " UTC" {
				in = time.UTC
			}
			a, b := from.In(in).Format(layout+suffix), until.In(in).Format(layout+suffix)
			for _, typed := range []string{"from " + a + " until " + b, a + " - " + b + " because"} {
				gotFrom, gotUntil, _, err := readSpan(typed, now, zone)
				if err != nil && suffix == "" && strings.Contains(err.Error(), "twice") {
					continue // what is asked about
				}
				tried++
				if err != nil || !gotFrom.Equal(from) || !gotUntil.Equal(until) {
					t.Fatalf("%q at %s in %s is %s until %s, %v; want %s until %s", typed, now, zone, gotFrom, gotUntil, err, from, until)
				}
			}
		}
	}
	if tried < 25000 {
		t.Errorf("only %d were tried", tried)
	}
}

// TestADayOfTheWeekIsTheComingOne, and so is a time alone: what answers show in brackets
// for the coming week means the same when it is typed.
func TestADayOfTheWeekIsTheComingOne(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	zone := inZone(t, "America/New_York")
	for range 5000 {
		now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(r.Int64N(2*365*24*3600)) * time.Second)
		until := now.Truncate(time.Minute).Add(time.Duration(1+r.IntN(7*24*60-60)) * time.Minute)
		layout := "Mon 15:04 America/New_York"
		if until.Sub(now) < 23*time.Hour {
			layout = "15:04"
		}
		_, got, _, err := readSpan("until "+until.In(zone).Format(layout), now, zone)
		if err != nil && strings.Contains(err.Error(), "twice") {
			continue
		}
		if err != nil || !got.Equal(until) {
			t.Fatalf("at %s, %s is %s, %v", now.In(zone), until.In(zone).Format(layout), got.In(zone), err)
		}
	}
}

func TestMaintenanceReadsItsEndAsOverridesDo(t *testing.T) {
	t.Parallel()
	berlin := inZone(t, "Europe/Berlin")
	now := time.Date(2026, 11, 21, 21, 8, 30, 0, berlin)
	for typed, want := range map[string]string{
		"all until 22:00 tomorrow deploy":  "Sun 22:00 hold deploy",
		"all until 22:00 tomorrow drop it": "Sun 22:00 drop it",
		"all 2h":                           "Sat 23:08 hold",
		"all 2 hours, the move":            "Sat 23:08 hold the move",
		"all 90 the move":                  "Sat 22:38 hold the move",
		"all for 2h 30 hosts":              `"30" looks like`,
		"all until 22:00 next week":        `"next week" looks like`,
		"all 22:00 - 23:00":                "begins at once",
		"all from mon 10:00 until 11:00":   "begins at once",
		"all until 21:00 yesterday":        "is over already",
		"all":                              "Say for how long",
		"all soon":                         "Say for how long",
	} {
		m, err := readMaintenance(typed, nil, now, berlin)
		got := strings.TrimSpace(fmt.Sprintf("%s %s %s", m.Until.In(berlin).Format("Mon 15:04"), m.Mode, m.Reason))
		if err != nil {
			got = err.Error()
		}
		if got != want && (err == nil || !strings.Contains(got, want)) {
			t.Errorf("%q is %s; want %s", typed, got, want)
		}
	}
	if m, err := readMaintenance("all 2h drop", nil, now, berlin); err != nil || m.Mode != escalation.Drop {
		t.Errorf("%v, %v; want to drop", m, err)
	}
}

func TestWhomAnOverrideReplacesIsNeverPartOfTheReason(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 21, 8, 0, 0, time.UTC)
	p, err := readOverride("<@U1|erin> until 22:00 tomorrow instead of <@U2> because monday is far", now, time.UTC)
	if err != nil || p.Replaced != "U2" || p.Reason != "monday is far" || !p.Until.Equal(time.Date(2026, 11, 22, 22, 0, 0, 0, time.UTC)) {
		t.Errorf("%+v, %v", p, err)
	}
	for _, typed := range []string{"<@U1> until 22:00 because dentist instead of <@U2>", "<@U1> until 22:00 dentist instead of <@U2|bob>"} {
		if p, err := readOverride(typed, now, time.UTC); err == nil {
			t.Errorf("%q is %+v; want a refusal", typed, p)
		}
	}
}

// FuzzSpans: whatever is typed is refused in a sentence, or is a span to come that reads
// the same when it is printed.
func FuzzSpans(f *testing.F) {
	for _, seed := range []string{"from mon 09:00 until mon 17:00", "22:00-23:00 x", "until 24:00", "for 1 hour and 30 minutes", "tomorrow from 9am to 5pm",
		"until 2026-10-25 02:30 +01:00", "until midnight", "from in 2h until dec 24", "on sat until on sun, x", "until 09:00 Asia/Tokyo"} {
		f.Add(seed, int64(0))
	}
	zone := inZone(f, "Europe/Berlin")
	f.Fuzz(func(t *testing.T, text string, offset int64) {
		now := time.Date(2026, 10, 24, 20, 0, 0, 0, time.UTC).Add(time.Duration(offset%(365*24*3600)) * time.Second)
		from, until, rest, err := readSpan(text, now, zone)
		if err != nil {
			if !strings.HasSuffix(err.Error(), ".") && !strings.Contains(err.Error(), ". ") {
				t.Errorf("%q is refused without a sentence: %v", text, err)
			}
			return
		}
		if _, err := readReason(rest); err == nil && len(rest) > len(text) {
			t.Errorf("%q leaves more than it has: %q", text, rest)
		}
		if from.Before(now) || !until.After(from) {
			t.Fatalf("%q at %s is %s until %s", text, now, from, until)
		}
		const layout = "Mon 2006-01-02 15:04 -07:00"
		for _, at := range []time.Time{from, until} {
			minute := at.Truncate(time.Minute)
			if back, _, err := readComing(minute.In(zone).Format(layout), now, zone); err != nil || !back.Equal(minute) {
				t.Errorf("%q is %s, which is read as %s, %v", text, at, back, err)
			}
		}
	})
}
