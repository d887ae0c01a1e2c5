package oncall

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/tocsinhq/tocsin/incident"
)

func TestValidateNamesEveryMistakeAtOnce(t *testing.T) {
	t.Parallel()
	noon := instant(t, "2025-06-02T12:00:00Z")
	s := &Schedule{
		Zone: "Europe/Berlim", Combine: "most",
		Layers: []Layer{
			{},
			{Person: "a", Rotation: &Rotation{Unit: "fortnight"}},
			{Rotation: &Rotation{Start: local(t, "2025-01-31T09:00"), Unit: Week, Length: 54, Timeline: Elapsed, People: people("", "")}},
			{Rotation: &Rotation{Start: LocalTime{2025, 2, 30, 9, 0}, Unit: Day, Length: 1, Timeline: "sundial", People: slices.Repeat(people("a"), MaxPeople+1)}},
			{Person: "a", From: local(t, "2025-06-02T09:00"), Until: local(t, "2025-06-02T09:00")},
			{Person: "a", Windows: []Window{{}, {Start: Clock(9, 0), End: Clock(17, 0)}, {Days: []Weekday{"mon", "moon", "mon"}, Start: Clock(9, 0), End: Clock(24, 1)},
				{FromDay: "fri", FromTime: Clock(9, 0)}, {Days: weekdays, Start: Clock(9, 0), End: Clock(8, 0), FromDay: "fri"}}},
		},
		Overrides: []Override{
			{Action: "borrow"}, {Action: Set, From: noon, Until: noon}, {Action: Remove, Person: "a", Replaced: "b", From: noon, Until: noon.Add(1)}, {Action: Replace, Person: "a", From: noon, Until: noon.Add(1)},
		},
		Temporary: []Temporary{
			{From: noon, Until: noon.Add(time.Hour), Shifts: []Shift{{"", noon, noon.Add(time.Minute)}, {"a", noon.Add(-1), noon}, {"a", noon.Add(2), noon.Add(1)}}},
			{From: noon.Add(time.Minute), Until: noon.Add(2 * time.Minute)},
		},
	}
	var got []string
	for _, p := range s.Validate() {
		if !strings.HasSuffix(p.Text, ".") || p.String() != p.Path+" "+p.Text {
			t.Errorf("not a sentence: %q", p)
		}
		got = append(got, p.Path)
	}
	want := []string{
		"zone", "combine", "layers[1]",
		"layers[2]", "layers[2].rotation.start", "layers[2].rotation.unit", "layers[2].rotation.length", "layers[2].rotation.people",
		"layers[3].rotation.length", "layers[3].rotation.timeline", "layers[3].rotation.people",
		"layers[4].rotation.start", "layers[4].rotation.timeline", "layers[4].rotation.people",
		"layers[5].until",
		"layers[6].windows[1]", "layers[6].windows[2].days", "layers[6].windows[3].days[2]", "layers[6].windows[3].days[3]", "layers[6].windows[3].end",
		"layers[6].windows[4].until_day", "layers[6].windows[4].until_time", "layers[6].windows[5]",
		"overrides[1].action", "overrides[2].person", "overrides[2].until", "overrides[3].person", "overrides[4].replaced",
		"temporary[1].shifts[1].person", "temporary[1].shifts[2]", "temporary[1].shifts[3].until", "temporary[2]",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, err := s.Compile(); err == nil || !strings.Contains(err.Error(), "layers[2].rotation.length is 0") || !strings.Contains(err.Error(), "zone is not") {
		t.Errorf("Compile = %v, want every mistake that leaves no answer", err)
	}
}

func TestZoneOfTheMachineIsNone(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "Local", "Berlin", "../etc/passwd"} {
		if _, err := (&Schedule{ID: "s", Zone: name, Layers: []Layer{{Person: "a"}}}).Compile(); err == nil {
			t.Errorf("%q compiles", name)
		}
	}
}

// What was stored must stay usable: nobody can correct a definition at night.
func TestCompileTakesWhatValidateOnlyAdvisesAgainst(t *testing.T) {
	t.Parallel()
	noon := instant(t, "2025-06-02T12:00:00Z")
	s := &Schedule{ID: "s", Zone: "UTC", Layers: slices.Repeat([]Layer{{Person: "a"}}, MaxLayers+1),
		Overrides: []Override{{Action: Set, Person: "z", From: noon.Add(time.Hour), Until: noon}}}
	r, err := s.Compile()
	if err != nil || len(s.Validate()) != 2 || !slices.Equal(r.At(noon.Add(time.Minute)), people("a")) {
		t.Errorf("Compile = %v; problems %v", err, s.Validate())
	}
}

// TestTurnsOfManyYearsAreAnswered: nobody should have them, and the rules hold for them.
func TestTurnsOfManyYearsAreAnswered(t *testing.T) {
	t.Parallel()
	for unit, length := range map[Unit]int{Hour: 50 * 366 * 24, Day: 50 * 366, Week: 50 * 53, Month: 50 * 12} {
		s := &Schedule{ID: "slow", Zone: "Europe/Berlin", Layers: []Layer{{Rotation: &Rotation{Start: local(t, "2000-01-01T09:00"), Unit: unit, Length: length, People: people("a", "b")}}}}
		if len(s.Validate()) != 1 {
			t.Errorf("%d × %s: no advice against it", length, unit)
		}
		r, err := s.Compile()
		if err != nil {
			t.Fatal(err)
		}
		for at, want := range map[string]incident.PersonID{"2000-01-01T08:00:00Z": "a", "2049-12-31T08:00:00Z": "a", "2055-01-01T08:00:00Z": "b", "2099-01-01T08:00:00Z": "b", "2105-01-01T08:00:00Z": "a"} {
			if got := r.At(instant(t, at)); len(got) != 1 || got[0] != want {
				t.Errorf("%d × %s at %s: %v; want %s", length, unit, at, got, want)
			}
		}
	}
}

func TestLaterChangesOfTheDefinitionDoNotReachTheResolver(t *testing.T) {
	t.Parallel()
	noon := instant(t, "2025-06-02T12:00:00Z")
	s := rotating("UTC", "2025-06-01T00:00", Day, 1, "a", "b")
	s.Overrides = []Override{{Action: Add, Person: "z", From: noon, Until: noon.Add(time.Hour)}}
	s.Temporary = []Temporary{{From: noon.AddDate(0, 0, 1), Until: noon.AddDate(0, 0, 2), Shifts: []Shift{{"y", noon.AddDate(0, 0, 1), noon.AddDate(0, 0, 2)}}}}
	r := compiled(t, s)
	want := r.Segments(noon, noon.AddDate(0, 0, 7))
	s.Layers[0].Rotation.People[0], s.Layers[0].Rotation.Length, s.Layers[0].Person = "x", 9, "x"
	s.Overrides[0].Person, s.Temporary[0].Shifts[0].Person = "x", "x"
	if diff := cmp.Diff(want, r.Segments(noon, noon.AddDate(0, 0, 7))); diff != "" {
		t.Error(diff)
	}
}

const written1 = `
id: web
name: Web
zone: Europe/Berlin
combine: union
layers:
    - name: week
      rotation:
        start: 2025-03-03T09:00
        unit: week
        length: 1
        timeline: wall
        people: [ana, "", bo]
      windows:
        - days: [mon, tue]
          start: 00:00
          end: 17:30
        - from_day: fri
          from_time: 18:00
          until_day: mon
          until_time: 08:00
      from: 2025-03-03T09:00
    - person: cy
overrides:
    - id: 7
      action: replace
      person: cy
      replaced: ana
      from: 2025-03-04T08:00:00Z
      until: 2025-03-04T09:00:00Z
temporary:
    - from: 2025-04-04T08:00:00Z
      until: 2025-04-05T08:00:00Z
      shifts:
        - person: bo
          from: 2025-04-04T08:00:00Z
          until: 2025-04-05T08:00:00Z
`

func TestDefinitionReadsBackFromYAMLAndJSON(t *testing.T) {
	t.Parallel()
	var s, fromYAML, fromJSON Schedule
	decoder := yaml.NewDecoder(strings.NewReader(written1))
	decoder.KnownFields(true)
	if err := decoder.Decode(&s); err != nil {
		t.Fatal(err)
	}
	if problems := s.Validate(); problems != nil {
		t.Fatal(problems)
	}
	w := s.Layers[0].Windows
	if w[0].Start != Clock(0, 0) || w[0].End.String() != "17:30" || w[1].FromTime != Clock(18, 0) || s.Layers[0].From.String() != "2025-03-03T09:00" || !s.Layers[0].Until.IsZero() {
		t.Errorf("layer %+v", s.Layers[0])
	}
	asYAML, err := yaml.Marshal(&s)
	if err != nil {
		t.Fatal(err)
	}
	asJSON, err := json.Marshal(&s)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(asYAML, &fromYAML); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(asJSON, &fromJSON); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(s, fromYAML) + cmp.Diff(s, fromJSON); diff != "" {
		t.Errorf("%s\n%s", diff, asYAML)
	}
	if strings.Contains(string(asJSON), `""`) && !strings.Contains(string(asJSON), `["ana","","bo"]`) {
		t.Errorf("absent times are written: %s", asJSON)
	}
	if diff := cmp.Diff(people("ana", "bo", "cy"), s.People()); diff != "" {
		t.Error(diff)
	}
}

func TestDefinitionsOfTheWrongFormAreRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"2025-02-30T09:00", "2025-3-3T09:00", "2025-03-03 09:00", "2025-03-03T24:00", "2025-03-03T09:00Z", "2025-03-03T09:00:00", "0000-01-01T00:00", " 2025-03-03T09:00", "tomorrow"} {
		if l, err := ParseLocalTime(text); err == nil {
			t.Errorf("%q reads as %s", text, l)
		}
	}
	for _, text := range []string{"24:00", "9:00", "09:60", "-1:00", "09:00:00", "noon", "0900"} {
		if c, err := ParseClockTime(text); err == nil {
			t.Errorf("%q reads as %s", text, c)
		}
	}
}

func FuzzParseLocalTime(f *testing.F) {
	for _, seed := range []string{"2025-03-09T02:30", "0001-01-01T00:00", "9999-12-31T23:59", "2024-02-29T12:00", "", "2025-13-01T00:00"} {
		f.Add(seed)
	}
	zones := []*time.Location{zone(f, "America/New_York"), zone(f, "Australia/Lord_Howe"), zone(f, "Pacific/Apia")}
	f.Fuzz(func(t *testing.T, text string) {
		l, err := ParseLocalTime(text)
		if err != nil {
			return
		}
		if l.String() != text || l.minute().local() != l || l.IsZero() {
			t.Errorf("%q reads as %s", text, l)
		}
		for _, loc := range zones {
			at := Boundary(l, loc)
			if shown(at, loc) < l.minute() || shown(at.Add(-time.Second), loc) >= l.minute() {
				t.Errorf("%s in %s = %v", l, loc, at)
			}
			if all := Instants(l, loc); len(all) > 0 && !all[0].Equal(at) {
				t.Errorf("%s in %s is shown at %v, its boundary is %v", l, loc, all, at)
			}
		}
	})
}

func FuzzParseClockTime(f *testing.F) {
	for _, seed := range []string{"00:00", "23:59", "24:00", "2:3", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ParseClockTime(text)
		if err == nil && (c.String() != text || !c.exists() || c.IsZero()) {
			t.Errorf("%q reads as %s", text, c)
		}
	})
}

// FuzzSchedule answers for any definition that can be compiled, and ends.
func FuzzSchedule(f *testing.F) {
	f.Add([]byte(`{"zone":"Europe/Berlin","layers":[{"rotation":{"start":"2025-01-31T09:00","unit":"month","length":1,"people":["a","b"]}}]}`), int64(1756000000))
	f.Add([]byte(`{"zone":"UTC","layers":[{"person":"a","windows":[{"days":["mon"],"start":"09:00","end":"17:00"}]}]}`), int64(0))
	f.Fuzz(func(t *testing.T, definition []byte, second int64) {
		var s Schedule
		if json.Unmarshal(definition, &s) != nil {
			return
		}
		r, err := s.Compile()
		if err != nil || len(s.Layers) > MaxLayers {
			return
		}
		const year9000 = 221845392000
		at := time.Unix(second%year9000, 0)
		segments := r.Segments(at, at.AddDate(0, 0, 7))
		if err := tiles(segments, at, at.AddDate(0, 0, 7)); err != nil {
			t.Fatal(err)
		}
		for _, g := range segments {
			if !slices.Equal(r.At(g.From), g.People) || slices.Contains(g.People, incident.PersonID("")) {
				t.Fatalf("At(%v) = %v, want %v", g.From, r.At(g.From), g.People)
			}
		}
	})
}
