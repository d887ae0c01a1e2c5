package oncall

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tocsinhq/tocsin/incident"
)

const week60 = 60 * 24 * time.Hour

// linted are the findings of a kind, each with its path.
func linted(t *testing.T, s *Schedule, now string, horizon time.Duration, o LintOptions, kinds ...FindingKind) (said []string) {
	t.Helper()
	if problems := s.Validate(); problems != nil {
		t.Fatal(problems)
	}
	findings, err := Lint(s, instant(t, now), horizon, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings {
		if !strings.HasSuffix(f.Text, ".") || strings.Contains(f.Text, "%!") || strings.Count(f.Text, ". ") > 0 {
			t.Errorf("not one sentence: %q", f.Text)
		}
		for _, k := range kinds {
			if f.Kind == k {
				said = append(said, strings.TrimSpace(f.Path+" "+f.Text))
			}
		}
	}
	return said
}

func TestLintTellsGapsFromNowOn(t *testing.T) {
	t.Parallel()
	one := rotating("Europe/Berlin", "2025-06-02T09:00", Week, 1, "a", "b")
	one.Overrides = []Override{{Action: Remove, Replaced: "a", From: instant(t, "2025-06-03T08:00:00Z"), Until: instant(t, "2025-06-03T10:00:00Z")}}
	office := fixed("Europe/Berlin", Highest, Layer{Person: "a", Windows: []Window{{Days: weekdays[:5], Start: Clock(9, 0), End: Clock(17, 0)}}})
	for name, c := range map[string]struct {
		schedule *Schedule
		now      string
		want     []string
	}{
		"one ahead":  {one, "2025-06-03T00:00:00Z", []string{"Nobody is on call from Tue 3 Jun 2025 10:00 until Tue 3 Jun 2025 12:00."}},
		"in it":      {one, "2025-06-03T09:00:00Z", []string{"Nobody is on call from Tue 3 Jun 2025 11:00 until Tue 3 Jun 2025 12:00."}},
		"it is over": {one, "2025-06-03T10:00:00Z", nil},
		"every night": {office, "2025-06-02T07:00:00Z", []string{
			"Nobody is on call in 5 spans of the next 7 days, 128 h altogether; the first is from Mon 2 Jun 2025 17:00 until Tue 3 Jun 2025 09:00."}},
	} {
		if diff := cmp.Diff(c.want, linted(t, c.schedule, c.now, 7*24*time.Hour, LintOptions{}, FindingGap)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestLintTellsWhereClocksMoveHandoffsAndWindows(t *testing.T) {
	t.Parallel()
	s := rotating("Europe/Berlin", "2025-01-05T02:30", Week, 1, "a", "b")
	s.Layers = append(s.Layers,
		Layer{Name: "night", Person: "c", Windows: []Window{{Days: []Weekday{"sat"}, Start: Clock(22, 0), End: Clock(2, 0)}}},
		Layer{Name: "day", Person: "d", Windows: every(Clock(9, 0), Clock(17, 0))},
		Layer{Name: "after the change", Person: "d", Windows: every(Clock(3, 0), Clock(4, 0))},
		Layer{Name: "hours", Rotation: &Rotation{Start: local(t, "2025-01-01T00:00"), Unit: Hour, Length: 5, People: people("a", "b")}})
	for now, want := range map[string][]string{
		"2025-03-01T00:00:00Z": {
			"layers[1] Layer 1 changes at 02:30, which clocks skip on Sun 30 Mar 2025; it changes at Sun 03:00 then.",
			"layers[2] Layer 2 (night) changes at 02:00, which clocks skip on Sun 30 Mar 2025; it changes at Sun 03:00 then."},
		"2025-10-01T00:00:00Z": {
			"layers[1] Layer 1 changes at 02:30, which clocks show twice on Sun 26 Oct 2025; it changes the first time.",
			"layers[2] Layer 2 (night) changes at 02:00, which clocks show twice on Sun 26 Oct 2025; it changes the first time."},
		"2025-06-01T00:00:00Z": nil,
	} {
		if diff := cmp.Diff(want, linted(t, s, now, week60, LintOptions{}, FindingClockChange)); diff != "" {
			t.Errorf("from %s: %s", now, diff)
		}
	}
}

func TestLintTellsLoad(t *testing.T) {
	t.Parallel()
	s := rotating("UTC", "2025-06-02T00:00", Day, 1, "a", "b", "b", "c")
	name := func(p incident.PersonID) string { return strings.ToUpper(string(p)) }
	want := []string{
		"B is on call 48 h of the next 4 days (50 %), in 1 shift.",
		"A is on call 24 h of the next 4 days (25 %), in 1 shift.",
		"C is on call 24 h of the next 4 days (25 %), in 1 shift.",
	}
	if diff := cmp.Diff(want, linted(t, s, "2025-06-02T00:00:00Z", 4*24*time.Hour, LintOptions{NameOf: name}, FindingLoad)); diff != "" {
		t.Error(diff)
	}
}

func TestLintTellsWhoCannotBeReached(t *testing.T) {
	t.Parallel()
	s := rotating("UTC", "2025-06-02T00:00", Week, 1, "a", "b")
	s.Overrides = []Override{{Action: Set, Person: "z", From: instant(t, "2025-05-01T00:00:00Z"), Until: instant(t, "2025-05-02T00:00:00Z")}}
	trouble := func(p incident.PersonID) string {
		return map[incident.PersonID]string{"b": "has no telephone", "z": "is not in the organisation file"}[p]
	}
	want := []string{
		"b has no telephone, and is on call from Mon 9 Jun 2025 00:00 until Mon 16 Jun 2025 00:00.",
		"z is not in the organisation file, and is not on call in the next 60 days.",
	}
	if diff := cmp.Diff(want, linted(t, s, "2025-06-02T00:00:00Z", week60, LintOptions{Trouble: trouble}, FindingPerson)); diff != "" {
		t.Error(diff)
	}
}

func TestLintTellsLayersThatNeverCount(t *testing.T) {
	t.Parallel()
	s := fixed("UTC", Highest, Layer{Name: "base", Person: "a"}, Layer{Person: "b", Windows: every(Clock(9, 0), Clock(17, 0))},
		Layer{Name: "old", Person: "c", Until: local(t, "2025-01-01T00:00")}, Layer{Name: "top", Rotation: &Rotation{Start: local(t, "2025-01-01T00:00"), Unit: Day, Length: 1, People: people("d", "e")}})
	want := []string{
		"layers[1] Layer 1 (base) never counts in the next 60 days, since higher layers always have somebody.",
		"layers[2] Layer 2 never counts in the next 60 days, since higher layers always have somebody.",
		"layers[3] Layer 3 (old) has nobody on call in the next 60 days.",
	}
	if diff := cmp.Diff(want, linted(t, s, "2025-06-02T00:00:00Z", week60, LintOptions{}, FindingUnseen)); diff != "" {
		t.Error(diff)
	}
	s.Layers[3].Rotation.People = people("d", "") // every other day the lower ones count
	s.Combine = ""
	if diff := cmp.Diff(want[2:], linted(t, s, "2025-06-02T00:00:00Z", week60, LintOptions{}, FindingUnseen)); diff != "" {
		t.Error(diff)
	}
	s.Combine = Union
	if diff := cmp.Diff(want[2:], linted(t, s, "2025-06-02T00:00:00Z", week60, LintOptions{}, FindingUnseen)); diff != "" {
		t.Error(diff)
	}
}

// S17
func TestLintTellsHolesAndIdleOverrides(t *testing.T) {
	t.Parallel()
	at := func(day, hour int) time.Time { return time.Date(2025, 6, day, hour, 0, 0, 0, time.UTC) }
	s := rotating("UTC", "2025-06-02T00:00", Day, 1, "a", "b", "c")
	s.Overrides = []Override{
		{Action: Replace, Person: "z", Replaced: "c", From: at(2, 0), Until: at(4, 0)},
		{Action: Remove, Replaced: "b", From: at(3, 6), Until: at(5, 0)},
		{Action: Set, Person: "z", From: at(1, 0), Until: at(2, 0)},
		{Action: Set, Person: "z", From: at(8, 0), Until: at(9, 0)},
	}
	s.Temporary = []Temporary{{From: at(10, 0), Until: at(12, 0), Shifts: []Shift{{"x", at(10, 0), at(11, 0)}, {"y", at(11, 6), at(12, 0)}}}}
	want := []string{
		"temporary[1] The temporary schedule has no shift from Wed 11 Jun 2025 00:00 until Wed 11 Jun 2025 06:00, so nobody is on call then, overrides included.",
		"overrides[1] The override (replace z) from Mon 2 Jun 2025 00:00 until Wed 4 Jun 2025 00:00 changes nothing.",
		"overrides[2] Taking b off leaves nobody on call from Tue 3 Jun 2025 06:00 until Wed 4 Jun 2025 00:00.",
	}
	if diff := cmp.Diff(want, linted(t, s, "2025-06-02T00:00:00Z", week60, LintOptions{}, FindingHole, FindingIdle)); diff != "" {
		t.Error(diff)
	}
}

func TestLintOfAnyScheduleEnds(t *testing.T) {
	t.Parallel()
	for seed := range uint64(40) {
		d := diceOf(seed + 50000)
		s := d.schedule(t)
		now := d.instant(zone(t, s.Zone)).Format(time.RFC3339)
		linted(t, s, now, week60, LintOptions{Trouble: func(p incident.PersonID) string { return "is away" }})
	}
}

func TestLintOfWhatCannotBeCompiledSaysSo(t *testing.T) {
	t.Parallel()
	if _, err := Lint(&Schedule{}, instant(t, "2025-06-02T00:00:00Z"), week60, LintOptions{}); err == nil {
		t.Error("no error")
	}
}
