package oncall

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tocsinhq/tocsin/incident"
)

// shared decodes a file of the data folder that the project does not contain.
// A file without any vectors fails the test, since it would prove nothing.
func shared(t *testing.T, name string, into any) {
	t.Helper()
	root := os.Getenv("TOCSIN_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	text, err := os.ReadFile(filepath.Join(root, "oncall", name))
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatalf("the data folder is incomplete: %v", err)
	}
	if err != nil {
		t.Skipf("the data folder is absent (set TOCSIN_SHARED): %v", err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

func some(t *testing.T, n int) {
	t.Helper()
	if n == 0 {
		t.Fatal("the file holds no vectors")
	}
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func local(t testing.TB, text string) LocalTime {
	t.Helper()
	l, err := ParseLocalTime(text)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func instant(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at.UTC()
}

// windowVector is the window of a vector.
type windowVector struct{ From, To time.Time }

// rotationVector is a rotation as the vectors write it.
type rotationVector struct {
	TimeZone     string    `json:"time_zone"`
	StartLocal   LocalTime `json:"start_local"`
	Unit         Unit
	Length       int
	Timeline     Timeline
	Participants []*incident.PersonID
}

func (v *rotationVector) rotation() *Rotation {
	r := &Rotation{Start: v.StartLocal, Unit: v.Unit, Length: v.Length, Timeline: v.Timeline}
	for _, p := range v.Participants {
		if p == nil {
			p = new(incident.PersonID)
		}
		r.People = append(r.People, *p)
	}
	return r
}

func compiled(t testing.TB, s *Schedule) *Resolver {
	t.Helper()
	if problems := s.Validate(); problems != nil {
		t.Fatalf("the schedule is not valid: %v", problems)
	}
	r, err := s.Compile()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func people(all ...incident.PersonID) []incident.PersonID { return all }

func samePeople(a, b []incident.PersonID) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), b)
}

func TestVectorsOfRotations(t *testing.T) {
	t.Parallel()
	var file struct {
		Vectors []struct {
			ID       string
			Rotation rotationVector
			Window   windowVector
			Handoffs []struct {
				At         time.Time
				Slot       int64
				To         *incident.PersonID
				ZeroLength bool `json:"zero_length"`
			}
			Queries []struct {
				At       time.Time
				OnCall   []incident.PersonID `json:"on_call"`
				SlotFrom *time.Time          `json:"slot_from"`
				SlotTo   *time.Time          `json:"slot_to"`
			}
		}
	}
	shared(t, "rotation_handoffs.json", &file)
	some(t, len(file.Vectors))
	for _, v := range file.Vectors {
		t.Run(v.ID, func(t *testing.T) {
			r, loc := v.Rotation.rotation(), zone(t, v.Rotation.TimeZone)
			byItself := *r
			byItself.Timeline = ""
			if r.Timeline != "" && byItself.elapses() != (r.Timeline == Elapsed) {
				t.Errorf("timeline by default: elapsed %v, want %s", byItself.elapses(), r.Timeline)
			}
			slots := r.Slots(loc, v.Window.From, v.Window.To)
			if len(slots) != len(v.Handoffs) {
				t.Fatalf("%d hand-offs, want %d: %+v", len(slots), len(v.Handoffs), slots)
			}
			for i, want := range v.Handoffs {
				got, to := slots[i], incident.PersonID("")
				if want.To != nil {
					to = *want.To
				}
				if !got.From.Equal(want.At) || got.Number != want.Slot || got.Person != to || got.From.Equal(got.Until) != want.ZeroLength {
					t.Errorf("hand-off %d = %+v, want %+v to %s", i, got, want, to)
				}
			}
			s := compiledFor(t, &Schedule{ID: v.ID, Zone: v.Rotation.TimeZone, Layers: []Layer{{Rotation: r}}})
			for _, q := range v.Queries {
				if got := s.At(q.At); !samePeople(q.OnCall, got) {
					t.Errorf("at %v: %v, want %v", q.At, got, q.OnCall)
				}
				slot, running := r.SlotAt(q.At, loc)
				if running != (q.SlotFrom != nil) {
					t.Errorf("at %v: running %v, want %v", q.At, running, !running)
				} else if running && (!slot.From.Equal(*q.SlotFrom) || !slot.Until.Equal(*q.SlotTo)) {
					t.Errorf("at %v: turn %+v, want %v to %v", q.At, slot, q.SlotFrom, q.SlotTo)
				}
			}
		})
	}
}

// scheduleVector is a schedule as the vectors write it.
type scheduleVector struct {
	TimeZone string `json:"time_zone"`
	Combine  Combine
	Layers   []struct {
		Name           string
		User           incident.PersonID
		Rotation       *rotationVector
		Restrictions   []windowsVector
		EffectiveFrom  LocalTime `json:"effective_from"`
		EffectiveUntil LocalTime `json:"effective_until"`
	}
	Overrides []struct {
		Kind          Action
		User, Removed incident.PersonID
		From, To      time.Time
	}
	Temporary []struct {
		From, To time.Time
		Shifts   []struct {
			User     incident.PersonID
			From, To time.Time
		}
	}
}

type windowsVector struct {
	Days       []Weekday
	Start, End ClockTime
	FromDay    Weekday   `json:"from_day"`
	FromTime   ClockTime `json:"from_time"`
	ToDay      Weekday   `json:"to_day"`
	ToTime     ClockTime `json:"to_time"`
}

func (v windowsVector) window() Window {
	return Window{Days: v.Days, Start: v.Start, End: v.End, FromDay: v.FromDay, FromTime: v.FromTime, UntilDay: v.ToDay, UntilTime: v.ToTime}
}

func (v *scheduleVector) schedule(id string) *Schedule {
	s := &Schedule{ID: id, Zone: v.TimeZone, Combine: v.Combine}
	for _, l := range v.Layers {
		layer := Layer{Name: l.Name, Person: l.User, From: l.EffectiveFrom, Until: l.EffectiveUntil}
		if l.Rotation != nil {
			layer.Rotation = l.Rotation.rotation()
		}
		for _, w := range l.Restrictions {
			layer.Windows = append(layer.Windows, w.window())
		}
		s.Layers = append(s.Layers, layer)
	}
	for i, o := range v.Overrides {
		s.Overrides = append(s.Overrides, Override{ID: int64(i + 1), Action: o.Kind, Person: o.User, Replaced: o.Removed, From: o.From, Until: o.To})
	}
	for _, temp := range v.Temporary {
		one := Temporary{From: temp.From, Until: temp.To}
		for _, shift := range temp.Shifts {
			one.Shifts = append(one.Shifts, Shift{shift.User, shift.From, shift.To})
		}
		s.Temporary = append(s.Temporary, one)
	}
	return s
}

func TestVectorsOfLayeredSchedules(t *testing.T) {
	t.Parallel()
	var file struct {
		Vectors []struct {
			ID       string
			Schedule scheduleVector
			Window   windowVector
			Segments []struct {
				From, To time.Time
				OnCall   []incident.PersonID `json:"on_call"`
			}
			Queries []struct {
				At     time.Time
				OnCall []incident.PersonID `json:"on_call"`
			}
		}
	}
	shared(t, "layered_schedules.json", &file)
	some(t, len(file.Vectors))
	for _, v := range file.Vectors {
		t.Run(v.ID, func(t *testing.T) {
			r := compiledFor(t, v.Schedule.schedule(v.ID))
			var want []Segment
			for _, s := range v.Segments {
				want = append(want, Segment{s.From, s.To, slices.Sorted(slices.Values(s.OnCall))})
			}
			if diff := cmp.Diff(want, r.Segments(v.Window.From, v.Window.To)); diff != "" {
				t.Error(diff)
			}
			for _, q := range v.Queries {
				if got := r.At(q.At); !samePeople(q.OnCall, got) {
					t.Errorf("at %v: %v, want %v", q.At, got, q.OnCall)
				}
			}
		})
	}
}

func TestVectorsOfLocalTimes(t *testing.T) {
	t.Parallel()
	var file struct {
		Vectors []struct {
			Zone, Kind     string
			Local          LocalTime
			Boundary       time.Time
			Earlier, Later *time.Time
		}
	}
	shared(t, "local_time_resolution.json", &file)
	some(t, len(file.Vectors))
	for _, v := range file.Vectors {
		loc := zone(t, v.Zone)
		if got := Boundary(v.Local, loc); !got.Equal(v.Boundary) {
			t.Errorf("%s in %s = %v, want %v", v.Local, v.Zone, got, v.Boundary)
		}
		want := map[string]int{"gap": 0, "normal": 1, "overlap": 2}[v.Kind]
		got := Instants(v.Local, loc)
		if len(got) != want || v.Earlier != nil && !got[0].Equal(*v.Earlier) || v.Later != nil && !got[1].Equal(*v.Later) {
			t.Errorf("%s in %s is shown at %v, want %s", v.Local, v.Zone, got, v.Kind)
		}
	}
}

func TestVectorsOfClockChanges(t *testing.T) {
	t.Parallel()
	var file struct {
		Zones map[string]struct {
			Transitions []struct {
				At           time.Time
				OffsetBefore string    `json:"offset_before"`
				OffsetAfter  string    `json:"offset_after"`
				LocalFrom    LocalTime `json:"local_from"`
				LocalTo      LocalTime `json:"local_to"`
			}
		}
	}
	shared(t, "tz_transitions.json", &file)
	some(t, len(file.Zones))
	from, until := instant(t, "2023-12-31T23:59:59Z"), instant(t, "2026-12-31T23:59:59Z")
	for name, v := range file.Zones {
		changes := ClockChanges(zone(t, name), from, until)
		if len(changes) != len(v.Transitions) {
			t.Errorf("%s: %d changes, want %d", name, len(changes), len(v.Transitions))
			continue
		}
		for i, want := range v.Transitions {
			got := changes[i]
			low, high := got.local()
			if !got.At.Equal(want.At) || offsetText(got.Before) != want.OffsetBefore || offsetText(got.After) != want.OffsetAfter ||
				low.local() != want.LocalFrom || high.local() != want.LocalTo {
				t.Errorf("%s: %+v (%s to %s), want %+v", name, got, low.local(), high.local(), want)
			}
		}
	}
}

func offsetText(d time.Duration) string {
	return time.Unix(0, 0).In(time.FixedZone("", int(d/time.Second))).Format("-07:00")
}

func TestVectorsOfHandoffWalks(t *testing.T) {
	t.Parallel()
	var file struct {
		HandoffWalks []struct {
			rotationVector
			WalkFrom LocalTime `json:"walk_from_local"`
			WalkTo   LocalTime `json:"walk_to_local"`
			Handoffs []time.Time
		} `json:"handoff_walks"`
		ShiftEnds []struct {
			rotationVector
			End   LocalTime `json:"end_local"`
			Hours float64
		} `json:"shift_ends"`
	}
	shared(t, "goalert_rotation_facts.json", &file)
	some(t, len(file.HandoffWalks))
	some(t, len(file.ShiftEnds))
	for _, v := range file.HandoffWalks {
		r, loc := v.rotation(), zone(t, v.TimeZone)
		for r.Unit != Month && r.Start.minute() > v.WalkFrom.minute() { // they count backwards too
			r.Start = (r.Start.minute() - minute(r.Length)*minutesOf[r.Unit]).local()
		}
		r.People = people("a", "b")
		running, ok := r.SlotAt(Boundary(v.WalkFrom, loc), loc)
		last, _ := r.SlotAt(Boundary(v.WalkTo, loc), loc)
		if !ok {
			t.Fatalf("nobody at %s of %+v", v.WalkFrom, r)
		}
		var got []time.Time
		for _, s := range r.Slots(loc, running.From, last.Until.Add(time.Second)) {
			if !s.From.Equal(s.Until) {
				got = append(got, s.From)
			}
		}
		if diff := cmp.Diff(v.Handoffs, got); diff != "" {
			t.Errorf("%+v: %s", r, diff)
		}
	}
	for _, v := range file.ShiftEnds {
		r, loc := v.rotation(), zone(t, v.TimeZone)
		r.Timeline, r.People = Wall, people("a", "b")
		slot, _ := r.SlotAt(Boundary(r.Start, loc), loc)
		if !slot.Until.Equal(Boundary(v.End, loc)) || slot.Until.Sub(slot.From).Hours() != v.Hours {
			t.Errorf("%+v ends %v after %v, want %s after %v h", r, slot.Until, slot.Until.Sub(slot.From), v.End, v.Hours)
		}
	}
}

func TestVectorsOfWindows(t *testing.T) {
	t.Parallel()
	var file struct {
		Windows []struct {
			windowsVector
			Active []struct {
				At     time.Time
				Active bool
			}
			Starts []struct{ At, Start time.Time } `json:"start_at_or_after"`
			Ends   []struct{ At, End time.Time }   `json:"end_at_or_after"`
		}
		Clock []struct {
			Date, Clock string
			First       time.Time `json:"first_of_day"`
		} `json:"clock_America_Chicago"`
	}
	shared(t, "goalert_window_facts.json", &file)
	some(t, len(file.Windows))
	some(t, len(file.Clock))
	for i, v := range file.Windows {
		r := compiled(t, &Schedule{ID: strconv.Itoa(i), Zone: "UTC", Layers: []Layer{{Person: "ana", Windows: []Window{v.window()}}}})
		for _, q := range v.Active {
			if got := len(r.At(q.At)) > 0; got != q.Active {
				t.Errorf("window %d at %v: %v, want %v", i, q.At, got, q.Active)
			}
		}
		for _, q := range v.Starts {
			if got := shiftAtOrAfter(t, r, q.At); !got.From.Equal(q.Start) {
				t.Errorf("window %d after %v begins %v, want %v", i, q.At, got.From, q.Start)
			}
		}
		for _, q := range v.Ends {
			if got := shiftAtOrAfter(t, r, q.At); !got.Until.Equal(q.End) {
				t.Errorf("window %d after %v ends %v, want %v", i, q.At, got.Until, q.End)
			}
		}
	}
	for _, v := range file.Clock {
		if got := Boundary(local(t, v.Date+"T"+v.Clock), zone(t, "America/Chicago")); !got.Equal(v.First) {
			t.Errorf("%s %s = %v, want %v", v.Date, v.Clock, got, v.First)
		}
	}
}

// shiftAtOrAfter is the segment with somebody that holds at an instant, or the
// next one.
func shiftAtOrAfter(t *testing.T, r *Resolver, at time.Time) Segment {
	t.Helper()
	for _, s := range r.Segments(at.Add(-8*24*time.Hour), at.Add(16*24*time.Hour)) {
		if s.Until.After(at) && len(s.People) > 0 {
			return s
		}
	}
	t.Fatalf("nobody at or after %v", at)
	return Segment{}
}

// Rules that only count on from their first member are what a Rotation says.
func TestVectorsOfRecurrences(t *testing.T) {
	t.Parallel()
	var file struct {
		Vectors []struct {
			ID       string
			TimeZone string    `json:"time_zone"`
			Start    LocalTime `json:"dtstart_local"`
			Rule     string    `json:"rrule"`
			Local    []LocalTime
			UTC      []time.Time `json:"utc_boundary"`
		}
	}
	shared(t, "rrule_expansions.json", &file)
	some(t, len(file.Vectors))
	turned := 0
	for _, v := range file.Vectors {
		loc := zone(t, v.TimeZone)
		for i, l := range v.Local {
			if got := Boundary(l, loc); !got.Equal(v.UTC[i]) {
				t.Errorf("%s: %s = %v, want %v", v.ID, l, got, v.UTC[i])
			}
		}
		r := rotationOf(t, v.Rule, v.Start)
		if r == nil || len(v.UTC) == 0 {
			continue
		}
		turned++
		var got []time.Time
		for _, s := range r.Slots(loc, v.UTC[0], v.UTC[len(v.UTC)-1].Add(time.Second)) {
			got = append(got, s.From)
		}
		if diff := cmp.Diff(v.UTC, got); diff != "" {
			t.Errorf("%s: %s", v.ID, diff)
		}
	}
	some(t, turned)
}

// rotationOf is a recurrence rule as a rotation; nil for rules that name members.
func rotationOf(t *testing.T, rule string, start LocalTime) *Rotation {
	t.Helper()
	r := &Rotation{Start: start, Length: 1, People: people("a", "b")}
	for part := range strings.SplitSeq(rule, ";") {
		key, value, _ := strings.Cut(part, "=")
		switch {
		case key == "FREQ" && value == "DAILY":
			r.Unit = Day
		case key == "FREQ" && value == "WEEKLY":
			r.Unit = Week
		case key == "INTERVAL":
			n, err := strconv.Atoi(value)
			if err != nil {
				t.Fatal(err)
			}
			r.Length = n
		case key == "FREQ", strings.HasPrefix(key, "BY"):
			return nil
		}
	}
	return r
}
