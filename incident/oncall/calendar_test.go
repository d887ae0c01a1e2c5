package oncall

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/tocsinhq/tocsin/incident"
)

// The reader below follows the grammar of RFC 5545 section 3.1 and 3.3.11, not
// the writer: it refuses whatever the grammar does.

// event is a component as it was read: properties by name, in the order written.
type event map[string][]string

var contentLine = regexp.MustCompile(`^([A-Za-z0-9-]+)((?:;[A-Za-z0-9-]+=(?:"[^"\x00-\x08\x0a-\x1f\x7f]*"|[^";:,\x00-\x08\x0a-\x1f\x7f]*))*):([^\x00-\x08\x0a-\x1f\x7f]*)$`)

// readCalendar reads an iCalendar object: its own properties, and its events.
func readCalendar(t *testing.T, text string) (calendar event, events []event) {
	t.Helper()
	if !strings.HasSuffix(text, "\r\n") || strings.Contains(strings.ReplaceAll(text, "\r\n", ""), "\n") || strings.Contains(strings.ReplaceAll(text, "\r\n", ""), "\r") {
		t.Fatalf("lines do not end in CRLF: %q", text)
	}
	for l := range strings.SplitSeq(text, "\r\n") {
		if len(l) > 75 || !utf8.ValidString(l) {
			t.Fatalf("line of %d octets, or cut within a character: %q", len(l), l)
		}
	}
	unfolded := strings.NewReplacer("\r\n ", "", "\r\n\t", "").Replace(text)
	var stack []string
	calendar, components := event{}, 0
	for l := range strings.SplitSeq(strings.TrimSuffix(unfolded, "\r\n"), "\r\n") {
		m := contentLine.FindStringSubmatch(l)
		if m == nil {
			t.Fatalf("not a content line: %q", l)
		}
		name, value := m[1], m[3]
		switch {
		case name == "BEGIN":
			stack = append(stack, value)
			if value == "VEVENT" {
				events = append(events, event{})
			}
			components++
		case len(stack) == 0:
			t.Fatalf("%q stands outside", l)
		case name == "END":
			if stack[len(stack)-1] != value {
				t.Fatalf("%s ends within %v", value, stack)
			}
			stack = stack[:len(stack)-1]
		case slices.Equal(stack, []string{"VCALENDAR"}):
			calendar[name] = append(calendar[name], unescape(t, value))
		case slices.Equal(stack, []string{"VCALENDAR", "VEVENT"}):
			e := events[len(events)-1]
			e[name] = append(e[name], unescape(t, value))
		}
	}
	if len(stack) != 0 || components < 2 {
		t.Fatalf("open at the end: %v; %d components", stack, components)
	}
	return calendar, events
}

// unescape reads a value of type TEXT.
func unescape(t *testing.T, value string) string {
	t.Helper()
	var b strings.Builder
	for i := 0; i < len(value); i++ {
		switch c := value[i]; c {
		case '\\':
			i++
			if i == len(value) || !strings.ContainsRune(`\;,nN`, rune(value[i])) {
				t.Fatalf("not an escape in %q", value)
			}
			b.WriteByte(map[byte]byte{'\\': '\\', ';': ';', ',': ',', 'n': '\n', 'N': '\n'}[value[i]])
		case ';', ',':
			t.Fatalf("%q holds %q bare", value, c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func (e event) one(t *testing.T, name string) string {
	t.Helper()
	if len(e[name]) != 1 {
		t.Fatalf("%s is there %d times in %v", name, len(e[name]), e)
	}
	return e[name][0]
}

// shift reads an event back.
func (e event) shift(t *testing.T) Shift {
	t.Helper()
	var at [2]time.Time
	for i, name := range []string{"DTSTART", "DTEND"} {
		parsed, err := time.Parse("20060102T150405Z", e.one(t, name))
		if err != nil {
			t.Fatal(err)
		}
		at[i] = parsed
	}
	who, _, _ := strings.Cut(e.one(t, "SUMMARY"), " on call: ")
	return Shift{incident.PersonID(who), at[0], at[1]}
}

func written(t *testing.T, f Feed) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteCalendar(&b, f); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// S23
func TestS23CalendarHasTheShiftsAsInstantsOverAClockChange(t *testing.T) {
	t.Parallel()
	r := compiled(t, rotating("America/New_York", "2025-03-03T02:30", Day, 1, "a", "b", "c"))
	from, until := instant(t, "2025-03-07T12:00:00Z"), instant(t, "2025-03-11T12:00:00Z")
	calendar, events := readCalendar(t, written(t, Feed{Name: "Web", Schedules: []*Resolver{r}, From: from, Until: until, Stamp: from}))
	if calendar.one(t, "VERSION") != "2.0" || calendar.one(t, "PRODID") == "" || calendar.one(t, "NAME") != "Web" {
		t.Errorf("calendar %v", calendar)
	}
	var got []Shift
	ids := map[string]bool{}
	for _, e := range events {
		got = append(got, e.shift(t))
		ids[e.one(t, "UID")] = true
		if e.one(t, "DTSTAMP") != "20250307T120000Z" {
			t.Errorf("stamp %v", e)
		}
	}
	want := []Shift{ // the first and the last are whole, though they reach beyond the feed
		{"b", instant(t, "2025-03-07T07:30:00Z"), instant(t, "2025-03-08T07:30:00Z")},
		{"c", instant(t, "2025-03-08T07:30:00Z"), instant(t, "2025-03-09T07:00:00Z")},
		{"a", instant(t, "2025-03-09T07:00:00Z"), instant(t, "2025-03-10T06:30:00Z")},
		{"b", instant(t, "2025-03-10T06:30:00Z"), instant(t, "2025-03-11T06:30:00Z")},
		{"c", instant(t, "2025-03-11T06:30:00Z"), instant(t, "2025-03-12T06:30:00Z")},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(ids) != len(want) {
		t.Errorf("%d different UIDs, want %d", len(ids), len(want))
	}
}

func uids(t *testing.T, f Feed) map[string]Shift {
	t.Helper()
	_, events := readCalendar(t, written(t, f))
	all := map[string]Shift{}
	for _, e := range events {
		id := e.one(t, "UID")
		if other, twice := all[id]; twice {
			t.Fatalf("%v and %v have the same UID", other, e)
		}
		all[id] = e.shift(t)
	}
	return all
}

func TestS23UIDsStayAndCancelledShiftsVanish(t *testing.T) {
	t.Parallel()
	s := rotating("Europe/Berlin", "2025-01-06T09:00", Week, 1, "a", "b", "c")
	s.Layers = append([]Layer{{Person: "always"}}, s.Layers...)
	s.Combine = Union
	now := instant(t, "2025-03-20T10:00:00Z")
	feed := Feed{Schedules: []*Resolver{compiled(t, s)}, From: now.AddDate(0, 0, -30), Until: now.AddDate(0, 0, 60), Stamp: now}
	before := uids(t, feed)
	later := feed
	later.From, later.Until, later.Stamp = now.AddDate(0, 0, -28), now.AddDate(0, 0, 62), now.AddDate(0, 0, 2)
	for id, shift := range uids(t, later) {
		if was, known := before[id]; known && shift.Person != "always" && was != shift {
			t.Errorf("%s was %v, is %v", id, was, shift)
		} else if !known && shift.From.Before(feed.Until) {
			t.Errorf("%v has a new UID two days later", shift)
		}
	}
	mine := feed
	mine.Person = "b"
	for id, shift := range uids(t, mine) {
		if before[id] != shift || shift.Person != "b" {
			t.Errorf("%v is not the same in the person's own feed", shift)
		}
	}
	gone := before
	s.Overrides = []Override{{Action: Replace, Person: "z", Replaced: "b", From: instant(t, "2025-03-24T00:00:00Z"), Until: instant(t, "2025-06-01T00:00:00Z")}}
	edited := feed
	edited.Schedules = []*Resolver{compiled(t, s)}
	after := uids(t, edited)
	for id, shift := range gone {
		if _, still := after[id]; still == (shift.Person == "b" && shift.From.After(now)) {
			t.Errorf("%v: still there %v", shift, still)
		}
	}
}

func TestCalendarOfHostileNamesReadsBack(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"Payments, Europe; \\ \"night\"", "two\nlines\r\nthree\rfour", strings.Repeat("Nachtschicht für Würzburg 🚨 ", 20), "END:VCALENDAR\r\nBEGIN:VEVENT",
		"bell \a null \x00", "broken \xff utf8", "日本語の当番表" + strings.Repeat("漢", 80), "", strings.Repeat("x", 64), strings.Repeat("x", 65), strings.Repeat("x", 66),
	} {
		s := rotating("UTC", "2025-01-06T09:00", Week, 1, "a")
		s.Name = name
		from := instant(t, "2025-01-06T09:00:00Z")
		calendar, events := readCalendar(t, written(t, Feed{Name: name, Schedules: []*Resolver{compiled(t, s)}, From: from, Until: from.Add(time.Hour),
			NameOf: func(incident.PersonID) string { return name }}))
		clean := strings.NewReplacer("\r\n", "\n", "\r", "\n", "\a", "", "\x00", "", "\xff", "\uFFFD").Replace(name)
		if got := calendar.one(t, "NAME"); got != clean {
			t.Errorf("name reads %q, want %q", got, clean)
		}
		if len(events) != 1 || !strings.HasPrefix(events[0].one(t, "SUMMARY"), clean+" on call: ") {
			t.Errorf("%q gave %v", name, events)
		}
	}
}

func TestCalendarWithoutShiftsIsStillOne(t *testing.T) {
	t.Parallel()
	if _, events := readCalendar(t, written(t, Feed{})); len(events) != 0 {
		t.Errorf("events %v", events)
	}
}

var errFull = errors.New("disk full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestCalendarTellsWhenItCannotBeWritten(t *testing.T) {
	t.Parallel()
	if err := WriteCalendar(full{}, Feed{}); !errors.Is(err, errFull) {
		t.Errorf("error %v", err)
	}
}

func TestCalendarOfAnyScheduleHasItsShifts(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		d := diceOf(seed + 40000)
		s := d.schedule(t)
		for i := range s.Overrides { // a calendar is exact to the second
			s.Overrides[i].Until = s.Overrides[i].Until.Truncate(time.Second).Add(time.Second)
		}
		s.Temporary = nil
		r := compiled(t, s)
		from := d.instant(zone(t, s.Zone))
		f := Feed{Schedules: []*Resolver{r}, From: from, Until: from.Add(20 * 24 * time.Hour)}
		have := map[string]bool{}
		for _, shift := range uids(t, f) {
			cut := Shift{shift.Person, later(shift.From, f.From), earlier(shift.Until, f.Until)}
			have[fmt.Sprint(cut)] = true
		}
		want := map[string]bool{}
		for _, shift := range r.AllShifts(f.From, f.Until) {
			want[fmt.Sprint(shift)] = true
		}
		if diff := cmp.Diff(want, have); diff != "" {
			t.Fatalf("seed %d: %s", seed, diff)
		}
	}
}
