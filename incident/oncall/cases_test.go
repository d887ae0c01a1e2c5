package oncall

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tocsinhq/tocsin/incident"
)

// rotating is a schedule of one rotation.
func rotating(loc, start string, unit Unit, length int, turns ...incident.PersonID) *Schedule {
	l, err := ParseLocalTime(start)
	if err != nil {
		panic(err) // a slip in a table
	}
	return &Schedule{ID: "s", Zone: loc, Layers: []Layer{{Rotation: &Rotation{Start: l, Unit: unit, Length: length, People: turns}}}}
}

// fixed is a schedule of one person inside one window each.
func fixed(loc string, combine Combine, layers ...Layer) *Schedule {
	return &Schedule{ID: "s", Zone: loc, Combine: combine, Layers: layers}
}

func every(start, end ClockTime) []Window { return []Window{{Days: weekdays, Start: start, End: end}} }

// TestCasesOfHandoffs: days on which clocks or calendars are odd. Hand-offs are
// all that lie in the span, as the wall clock of the zone shows them.
func TestCasesOfHandoffs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		number, zone, start string
		unit                Unit
		length              int
		from, until         string
		want                []string
	}{
		{"S1", "America/New_York", "2025-03-01T02:30", Day, 1, "2025-03-08T12:00", "2025-03-10T12:00", []string{"2025-03-09T03:00:00-04:00", "2025-03-10T02:30:00-04:00"}},
		{"S2", "America/New_York", "2025-10-25T01:30", Day, 1, "2025-11-01T12:00", "2025-11-03T12:00", []string{"2025-11-02T01:30:00-04:00", "2025-11-03T01:30:00-05:00"}},
		{"S3 Berlin", "Europe/Berlin", "2025-10-20T02:30", Day, 1, "2025-10-25T12:00", "2025-10-27T12:00", []string{"2025-10-26T02:30:00+02:00", "2025-10-27T02:30:00+01:00"}},
		{"S3 Sydney", "Australia/Sydney", "2025-04-01T02:30", Day, 1, "2025-04-05T12:00", "2025-04-07T12:00", []string{"2025-04-06T02:30:00+11:00", "2025-04-07T02:30:00+10:00"}},
		{"S4 Santiago", "America/Santiago", "2025-09-01T00:00", Day, 1, "2025-09-06T12:00", "2025-09-08T12:00", []string{"2025-09-07T01:00:00-03:00", "2025-09-08T00:00:00-03:00"}},
		{"S4 Havana", "America/Havana", "2025-03-01T00:00", Day, 1, "2025-03-08T12:00", "2025-03-10T12:00", []string{"2025-03-09T01:00:00-04:00", "2025-03-10T00:00:00-04:00"}},
		{"S4 Azores", "Atlantic/Azores", "2025-03-01T00:00", Day, 1, "2025-03-29T12:00", "2025-03-31T12:00", []string{"2025-03-30T01:00:00+00:00", "2025-03-31T00:00:00+00:00"}},
		{"S4 Cairo", "Africa/Cairo", "2025-04-01T00:00", Day, 1, "2025-04-24T12:00", "2025-04-26T12:00", []string{"2025-04-25T01:00:00+03:00", "2025-04-26T00:00:00+03:00"}},
		{"S4 Beirut", "Asia/Beirut", "2025-03-01T00:00", Day, 1, "2025-03-29T12:00", "2025-03-31T12:00", []string{"2025-03-30T01:00:00+03:00", "2025-03-31T00:00:00+03:00"}},
		{"S5", "Australia/Lord_Howe", "2025-10-01T02:15", Day, 1, "2025-10-04T12:00", "2025-10-06T12:00", []string{"2025-10-05T02:30:00+11:00", "2025-10-06T02:15:00+11:00"}},
		{"S6", "Pacific/Apia", "2011-12-28T12:00", Day, 1, "2011-12-29T10:00", "2011-12-31T23:00", []string{"2011-12-29T12:00:00-10:00", "2011-12-31T00:00:00+14:00", "2011-12-31T12:00:00+14:00"}},
		{"S7 12 h, spring", "Europe/Berlin", "2025-03-01T08:00", Hour, 12, "2025-03-29T12:00", "2025-03-30T21:00", []string{"2025-03-29T20:00:00+01:00", "2025-03-30T08:00:00+02:00", "2025-03-30T20:00:00+02:00"}},
		{"S7 12 h, autumn", "Europe/Berlin", "2025-03-01T08:00", Hour, 12, "2025-10-25T12:00", "2025-10-26T21:00", []string{"2025-10-25T20:00:00+02:00", "2025-10-26T08:00:00+01:00", "2025-10-26T20:00:00+01:00"}},
		{"S7 8 h, spring", "Europe/Berlin", "2025-03-01T06:00", Hour, 8, "2025-03-29T21:00", "2025-03-30T15:00", []string{"2025-03-29T22:00:00+01:00", "2025-03-30T06:00:00+02:00", "2025-03-30T14:00:00+02:00"}},
		{"S7 8 h, autumn", "Europe/Berlin", "2025-03-01T06:00", Hour, 8, "2025-10-25T21:00", "2025-10-26T15:00", []string{"2025-10-25T22:00:00+02:00", "2025-10-26T06:00:00+01:00", "2025-10-26T14:00:00+01:00"}},
		{"S9", "Europe/Berlin", "2025-01-31T09:00", Month, 1, "2025-02-01T00:00", "2025-05-01T00:00", []string{"2025-02-28T09:00:00+01:00", "2025-03-31T09:00:00+02:00", "2025-04-30T09:00:00+02:00"}},
		{"S9 leap year", "Europe/Berlin", "2028-01-31T09:00", Month, 1, "2028-02-01T00:00", "2028-04-01T00:00", []string{"2028-02-29T09:00:00+01:00", "2028-03-31T09:00:00+02:00"}},
		{"S25 week 53", "UTC", "2026-12-21T09:00", Week, 1, "2026-12-27T00:00", "2027-01-12T00:00", []string{"2026-12-28T09:00:00+00:00", "2027-01-04T09:00:00+00:00", "2027-01-11T09:00:00+00:00"}},
		{"S25 leap day", "UTC", "2028-02-27T09:00", Day, 1, "2028-02-28T10:00", "2028-03-01T10:00", []string{"2028-02-29T09:00:00+00:00", "2028-03-01T09:00:00+00:00"}},
		{"S25 year end", "UTC", "2028-12-30T09:00", Day, 1, "2028-12-30T10:00", "2029-01-02T00:00", []string{"2028-12-31T09:00:00+00:00", "2029-01-01T09:00:00+00:00"}},
	} {
		t.Run(c.number, func(t *testing.T) {
			loc := zone(t, c.zone)
			s := rotating(c.zone, c.start, c.unit, c.length, "a", "b", "c", "d", "e")
			r := compiled(t, s)
			var got []string
			for _, g := range r.Segments(Boundary(local(t, c.from), loc), Boundary(local(t, c.until), loc))[1:] {
				got = append(got, g.From.In(loc).Format("2006-01-02T15:04:05-07:00"))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			for _, slot := range s.Layers[0].Rotation.Slots(loc, Boundary(local(t, c.from), loc), Boundary(local(t, c.until), loc)) {
				if slot.Until.Before(slot.From) {
					t.Errorf("turn %+v ends before it begins", slot)
				}
			}
		})
	}
}

func TestS8TurnWithoutLengthIsNeverOnCall(t *testing.T) {
	t.Parallel()
	s := rotating("America/New_York", "2025-03-08T00:00", Hour, 1, "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m")
	r := compiled(t, s) // slot 26 is that of 02:00 on the 9th, which is skipped: its person has no other slot that day
	slots := s.Layers[0].Rotation.Slots(r.Zone(), instant(t, "2025-03-09T05:00:00Z"), instant(t, "2025-03-09T10:00:00Z"))
	skipped := slots[2]
	if !skipped.From.Equal(skipped.Until) || skipped.Number != 26 {
		t.Fatalf("slot %+v; want 26 without length", skipped)
	}
	if again := s.Layers[0].Rotation.Slots(r.Zone(), skipped.From, skipped.From.Add(1)); len(again) != 2 || again[0] != skipped {
		t.Errorf("turns that begin at %v: %+v, want the one without length first", skipped.From, again)
	}
	for _, g := range r.Segments(instant(t, "2025-03-09T05:00:00Z"), instant(t, "2025-03-09T10:00:00Z")) {
		if slices.Contains(g.People, skipped.Person) {
			t.Errorf("%v shows %s", g, skipped.Person)
		}
	}
}

func TestS10FarAheadIsAsStepByStep(t *testing.T) {
	t.Parallel()
	s := rotating("America/New_York", "2025-03-03T09:00", Week, 1, "a", "b", "c", "d", "e", "f", "g")
	r := compiled(t, s)
	at := instant(t, "2035-03-12T12:34:56Z")
	turns := -1
	for l := s.Layers[0].Rotation.Start; !Boundary(l, r.Zone()).After(at); l = (l.minute() + minutesOfWeek).local() {
		turns++
	}
	if got, want := r.At(at), s.Layers[0].Rotation.People[turns%7]; !slices.Equal(got, people(want)) {
		t.Errorf("At = %v, want %s", got, want)
	}
	soonest := time.Hour // the machine may be busy with something else during most of them
	for range 200 {
		begin := time.Now()
		r.At(at)
		soonest = min(soonest, time.Since(begin))
	}
	if soonest > time.Millisecond {
		t.Errorf("no answer took less than %v, want less than 1 ms", soonest)
	}
}

func TestS11NightWindowsAreWholeWhenClocksChange(t *testing.T) {
	t.Parallel()
	r := compiled(t, fixed("America/New_York", Highest, Layer{Person: "a", Windows: every(Clock(22, 0), Clock(6, 0))}))
	for day, want := range map[string]time.Duration{"2025-03-08": 7 * time.Hour, "2025-03-10": 8 * time.Hour, "2025-11-01": 9 * time.Hour} {
		night := r.Shifts("a", Boundary(local(t, day+"T12:00"), r.Zone()), Boundary(local(t, day+"T12:00"), r.Zone()).Add(24*time.Hour))
		if len(night) != 1 || night[0].Until.Sub(night[0].From) != want {
			t.Errorf("night of %s: %v, want one of %v", day, night, want)
		}
	}
}

func TestS12WindowsThatMeetLeaveNeitherGapNorOverlap(t *testing.T) {
	t.Parallel()
	for _, meet := range []ClockTime{Clock(1, 0), Clock(1, 30), Clock(2, 0), Clock(2, 30), Clock(3, 0)} {
		for _, loc := range []string{"America/New_York", "Europe/Berlin", "Australia/Lord_Howe"} {
			r := compiled(t, fixed(loc, Union, Layer{Person: "a", Windows: every(Clock(14, 0), meet)}, Layer{Person: "b", Windows: every(meet, Clock(14, 0))}))
			for _, g := range r.Segments(instant(t, "2025-01-01T00:00:00Z"), instant(t, "2026-01-01T00:00:00Z")) {
				if len(g.People) != 1 {
					t.Errorf("%s, windows meeting at %s: %v", loc, meet, g)
				}
			}
		}
	}
}

func TestS13WindowUntilMidnightEndsAtTheComingOne(t *testing.T) {
	t.Parallel()
	r := compiled(t, fixed("Europe/Warsaw", Highest, Layer{Person: "a", Windows: []Window{{Days: []Weekday{"mon"}, Start: Clock(9, 0), End: Clock(0, 0)}}}))
	want := []Shift{{"a", instant(t, "2025-06-02T07:00:00Z"), instant(t, "2025-06-02T22:00:00Z")}}
	if diff := cmp.Diff(want, r.Shifts("a", instant(t, "2025-06-01T00:00:00Z"), instant(t, "2025-06-08T00:00:00Z"))); diff != "" {
		t.Error(diff)
	}
}

// on lists who is on call, day by day at noon UTC.
func on(t *testing.T, s *Schedule, first string, days int) string {
	t.Helper()
	r, at := compiled(t, s), instant(t, first+"T12:00:00Z")
	var said []string
	for i := range days {
		var names []string
		for _, p := range r.At(at.AddDate(0, 0, i)) {
			names = append(names, string(p))
		}
		said = append(said, strings.Join(names, "+"))
	}
	return strings.Join(said, " ")
}

func TestCasesOfOverrides(t *testing.T) {
	t.Parallel()
	day := func(n int) time.Time { return time.Date(2025, 6, n, 0, 0, 0, 0, time.UTC) }
	for _, c := range []struct {
		number    string
		override  []Override
		temporary []Temporary
		want      string
	}{
		{"none", nil, nil, "a b c a b c"},
		{"S14", []Override{{Action: Replace, Person: "z", Replaced: "c", From: day(2), Until: day(4)}}, nil, "a b c a b c"},
		{"S14, also while on call", []Override{{Action: Replace, Person: "z", Replaced: "c", From: day(2), Until: day(8)}}, nil, "a b z a b z"},
		{"S15", []Override{{Action: Set, Person: "z", From: day(3), Until: day(5)}}, nil, "a z z a b c"},
		{"S16", []Override{{Action: Set, Person: "z", From: day(2), Until: day(3)}}, nil, "z b c a b c"},
		{"S17", []Override{{Action: Set, Person: "z", From: day(2), Until: day(8)}},
			[]Temporary{{From: day(3), Until: day(6), Shifts: []Shift{{"x", day(3), day(4)}, {"y", day(5), day(6)}}}}, "z x  y z z"},
	} {
		s := rotating("UTC", "2025-06-02T00:00", Day, 1, "a", "b", "c")
		s.Overrides, s.Temporary = c.override, c.temporary
		if got := on(t, s, "2025-06-02", 6); got != c.want {
			t.Errorf("%s: %s, want %s", c.number, got, c.want)
		}
	}
}

func TestS16NoInstantWithTwoOrNobodyWhereAnOverrideEnds(t *testing.T) {
	t.Parallel()
	s := rotating("UTC", "2025-06-02T09:00", Day, 1, "a", "b")
	handoff := instant(t, "2025-06-03T09:00:00Z")
	s.Overrides = []Override{{Action: Set, Person: "z", From: handoff.Add(-time.Hour), Until: handoff}}
	r := compiled(t, s)
	for at, want := range map[time.Time]incident.PersonID{handoff.Add(-time.Hour - 1): "a", handoff.Add(-time.Hour): "z", handoff.Add(-1): "z", handoff: "b"} {
		if got := r.At(at); !slices.Equal(got, people(want)) {
			t.Errorf("at %v: %v, want %s", at, got, want)
		}
	}
}

func TestLaterTemporaryScheduleCountsWhereTwoOverlap(t *testing.T) {
	t.Parallel()
	noon := instant(t, "2025-06-02T12:00:00Z")
	end := noon.Add(time.Hour)
	s := rotating("UTC", "2025-06-02T00:00", Day, 1, "a")
	s.Temporary = []Temporary{{noon, end, []Shift{{"x", noon, end}}}, {noon, end, []Shift{{"y", noon, end}}}}
	if got := compiledFor(t, s).At(noon); !slices.Equal(got, people("y")) {
		t.Errorf("At = %v, want y", got)
	}
}

func TestS18SwapExchangesOnlyWhatIsToCome(t *testing.T) {
	t.Parallel()
	s := rotating("UTC", "2025-06-02T00:00", Day, 1, "a", "b", "c")
	r := compiled(t, s)
	now := instant(t, "2025-06-02T12:00:00Z")
	shift := func(p incident.PersonID, day string) Shift {
		found, ok := r.ShiftAt(p, instant(t, day+"T06:00:00Z"))
		if !ok {
			t.Fatalf("%s is not on call on %s", p, day)
		}
		return found
	}
	overrides, err := Swap(shift("a", "2025-06-02"), shift("b", "2025-06-03"), now)
	if err != nil {
		t.Fatal(err)
	}
	s.Overrides = overrides
	want := []Segment{
		{instant(t, "2025-06-02T00:00:00Z"), now, people("a")},
		{now, instant(t, "2025-06-03T00:00:00Z"), people("b")},
		{instant(t, "2025-06-03T00:00:00Z"), instant(t, "2025-06-04T00:00:00Z"), people("a")},
		{instant(t, "2025-06-04T00:00:00Z"), instant(t, "2025-06-05T00:00:00Z"), people("c")},
	}
	if diff := cmp.Diff(want, compiled(t, s).Segments(want[0].From, want[3].Until)); diff != "" {
		t.Error(diff)
	}
	for name, pair := range map[string][2]Shift{
		"over":    {shift("a", "2025-06-02"), shift("b", "2025-06-03")},
		"overlap": {shift("b", "2025-06-06"), {"c", instant(t, "2025-06-06T12:00:00Z"), instant(t, "2025-06-07T12:00:00Z")}},
		"same":    {shift("b", "2025-06-06"), shift("b", "2025-06-09")},
	} {
		if _, err := Swap(pair[0], pair[1], instant(t, "2025-06-04T00:00:00Z")); incident.CodeOf(err) == "" {
			t.Errorf("%s: %v, want a refusal that says why", name, err)
		}
	}
}

// kept is who is on call now and after the next hand-offs when people are edited
// with Keep.
func kept(t *testing.T, before, after []incident.PersonID) string {
	t.Helper()
	s := rotating("Europe/Berlin", "2025-01-31T09:00", Month, 1, before...)
	now := instant(t, "2025-03-10T12:00:00Z") // the turn of 28 February, number 1
	r := s.Layers[0].Rotation
	r.People = r.Keep(after, now, zone(t, s.Zone))
	edited := compiled(t, s)
	var said []string
	for _, g := range edited.Segments(now, now.AddDate(0, len(after), 0)) {
		said = append(said, string(g.People[0]))
	}
	if first := edited.Segments(now, now.AddDate(0, 2, 0))[0]; len(after) > 1 && !first.Until.Equal(instant(t, "2025-03-31T07:00:00Z")) {
		t.Errorf("the hand-off moved to %v", first.Until)
	}
	return strings.Join(said[:len(after)], " ")
}

func TestS19AndS20EditsOfARotationKeepTheTurn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		number        string
		before, after []incident.PersonID
		want          string
	}{
		{"S19 another one is removed", people("a", "b", "c", "d"), people("b", "c", "d"), "b c d"},
		{"S19 who has the turn is removed: the next takes over at once", people("a", "b", "c", "d"), people("a", "c", "d"), "c d a"},
		{"S20 added at the front", people("a", "b", "c"), people("n", "a", "b", "c"), "b c n a"},
		{"S20 added at the end", people("a", "b", "c"), people("a", "b", "c", "n"), "b c n a"},
		{"nobody is left", people("a", "b"), people("x", "y"), "y x"},
	} {
		if got := kept(t, c.before, c.after); got != c.want {
			t.Errorf("%s: %s, want %s", c.number, got, c.want)
		}
	}
}

func TestS20ThoughtlessEditShowsWhoLosesThePagerNow(t *testing.T) {
	t.Parallel()
	now := instant(t, "2025-06-03T12:00:00Z")
	before := compiled(t, rotating("UTC", "2025-06-02T00:00", Day, 1, "a", "b", "c"))
	after := compiled(t, rotating("UTC", "2025-06-02T00:00", Day, 1, "n", "a", "b", "c"))
	changes := Changes(before, after, now, now.Add(12*time.Hour))
	want := map[incident.PersonID][]Change{"b": {{now, now.Add(12 * time.Hour), true}}, "a": {{now, now.Add(12 * time.Hour), false}}}
	if diff := cmp.Diff(want, changes); diff != "" {
		t.Error(diff)
	}
}

// A zone keeps its past when a new database changes its rule.
func TestS21NewZoneDataMoveFutureHandoffsOnly(t *testing.T) {
	t.Parallel()
	old, now := slimZone(t, "CST6CDT,M4.1.0,M10.5.0"), zone(t, "America/Mexico_City") // no summer time since 2023
	r := &Rotation{Start: local(t, "2022-01-03T09:00"), Unit: Week, Length: 1, People: people("a", "b")}
	for at, moved := range map[string]bool{"2022-07-13T12:00:00Z": false, "2025-01-15T12:00:00Z": false, "2025-07-16T12:00:00Z": true} {
		was, _ := r.SlotAt(instant(t, at), old)
		is, _ := r.SlotAt(instant(t, at), now)
		if got := !was.From.Equal(is.From); got != moved || was.Person != is.Person {
			t.Errorf("turn at %s: %+v, then %+v; want moved %v", at, was, is, moved)
		}
	}
}

func TestS22ZoneOfTheAskerDoesNotMatter(t *testing.T) {
	t.Parallel()
	r := compiled(t, rotating("America/New_York", "2025-03-01T09:00", Day, 1, "a", "b", "c"))
	tokyo, from, until := zone(t, "Asia/Tokyo"), instant(t, "2025-03-07T00:00:00Z"), instant(t, "2025-03-12T00:00:00Z")
	if diff := cmp.Diff(r.Segments(from, until), r.Segments(from.In(tokyo), until.In(tokyo))); diff != "" {
		t.Error(diff)
	}
	for _, g := range r.Segments(from.In(tokyo), until.In(tokyo)) {
		if g.From.Location() != time.UTC || !slices.Equal(r.At(g.From.In(tokyo)), g.People) {
			t.Errorf("%v is not UTC, or differs from At", g)
		}
	}
}

func TestNextPassesOverGapsAndTheSamePeople(t *testing.T) {
	t.Parallel()
	at := instant(t, "2025-06-02T10:00:00Z") // a Monday
	office := []Window{{Days: weekdays[:5], Start: Clock(9, 0), End: Clock(17, 0)}}
	turning := rotating("UTC", "2025-06-02T09:00", Week, 1, "a", "b")
	turning.Layers[0].Windows = office
	pair := fixed("UTC", Union, Layer{Rotation: &Rotation{Start: local(t, "2025-06-02T09:00"), Unit: Week, Length: 1, People: people("a", "b")}}, Layer{Person: "z"})
	for name, c := range map[string]struct {
		schedule *Schedule
		want     []incident.PersonID
		from     string
	}{
		"nights and the same person": {turning, people("b"), "2025-06-09T09:00:00Z"},
		"parallel layers":            {pair, people("b", "z"), "2025-06-09T09:00:00Z"},
		"always the same":            {fixed("UTC", Highest, Layer{Person: "a"}), nil, "0001-01-01T00:00:00Z"},
		"the same in office hours":   {fixed("UTC", Highest, Layer{Person: "a", Windows: office}), nil, "0001-01-01T00:00:00Z"},
	} {
		got, from := compiled(t, c.schedule).Next(at)
		if !slices.Equal(got, c.want) || !from.Equal(instant(t, c.from)) {
			t.Errorf("%s: %v from %v, want %v from %s", name, got, from, c.want, c.from)
		}
	}
}

func TestScheduleThatIsNotThereHasNobody(t *testing.T) {
	t.Parallel()
	var none *Resolver
	from := instant(t, "2025-06-02T00:00:00Z")
	if got := none.At(from); got != nil {
		t.Errorf("At = %v", got)
	}
	if diff := cmp.Diff([]Segment{{from, from.Add(1), nil}}, none.Segments(from, from.Add(1))); diff != "" {
		t.Error(diff)
	}
	if people, _ := none.Next(from); people != nil || none.Segments(from, from) != nil {
		t.Error("nobody follows, and an empty span has no segments")
	}
}
