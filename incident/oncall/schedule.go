// Package oncall knows who is on call when: schedules of layers, rotations,
// windows, overrides and temporary schedules, and everything that can be asked
// about them. Nothing is stored that has to be advanced: who is on call is a
// function of the definition and the instant.
//
// The one thing to know before changing it: wall-clock times become instants by
// Boundary alone, and every answer comes from one place, Resolver.look. So
// neighbours meet without gap or overlap on the days when clocks change, and a
// preview always says what paging will do. Intervals are half-open throughout:
// the beginning belongs to them, the end does not.
package oncall

import (
	"slices"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

// Schedule is a definition: what people wrote, plus what they changed for a while.
type Schedule struct {
	ID        string      `json:"id,omitempty" yaml:"id,omitempty"`
	Name      string      `json:"name,omitempty" yaml:"name,omitempty"`
	Zone      string      `json:"zone" yaml:"zone"`                           // IANA name; all local times are on its wall clock
	Combine   Combine     `json:"combine,omitempty" yaml:"combine,omitempty"` // empty: Highest
	Layers    []Layer     `json:"layers" yaml:"layers"`                       // from the lowest to the highest
	Overrides []Override  `json:"overrides,omitempty" yaml:"overrides,omitempty"`
	Temporary []Temporary `json:"temporary,omitempty" yaml:"temporary,omitempty"`
}

// Combine says what layers do together.
type Combine string

// The ways to combine layers.
const (
	Highest Combine = "highest" // the last listed layer that gives somebody counts
	Union   Combine = "union"   // everybody of every layer
)

// Layer is a rotation or one person, inside windows and a span of time.
// Outside of them it gives nobody, and a rotation goes on turning.
type Layer struct {
	Name     string            `json:"name,omitempty" yaml:"name,omitempty"`
	Person   incident.PersonID `json:"person,omitempty" yaml:"person,omitempty"` // instead of Rotation
	Rotation *Rotation         `json:"rotation,omitempty" yaml:"rotation,omitempty"`
	Windows  []Window          `json:"windows,omitempty" yaml:"windows,omitempty"` // joined; none: always
	From     LocalTime         `json:"from,omitzero" yaml:"from,omitempty"`        // begins at its Boundary, so a time that does not exist is no mistake
	Until    LocalTime         `json:"until,omitzero" yaml:"until,omitempty"`      // ends at its Boundary
}

// Rotation is people who take turns. Turn k begins Length times k units after
// Start, counted on the wall clock and always from Start; its person is that at
// k modulo the number of people. Before the first turn there is nobody.
type Rotation struct {
	Start    LocalTime           `json:"start" yaml:"start"`
	Unit     Unit                `json:"unit" yaml:"unit"`
	Length   int                 `json:"length" yaml:"length"`
	Timeline Timeline            `json:"timeline,omitempty" yaml:"timeline,omitempty"` // of hours; empty: Wall where Length divides a day or is whole days, else Elapsed
	People   []incident.PersonID `json:"people" yaml:"people"`                         // "" is a turn with nobody
}

// Unit is what turns are counted in.
type Unit string

// The units of turns. A month later is the same day of the month, or the last
// one of a month that is shorter; the month after is counted from Start again.
const (
	Hour  Unit = "hour"
	Day   Unit = "day"
	Week  Unit = "week"
	Month Unit = "month"
)

// Timeline says which hours are counted.
type Timeline string

// The ways to count hours. Days, weeks and months are always on the wall clock.
const (
	Wall    Timeline = "wall"    // as the wall clock shows them
	Elapsed Timeline = "elapsed" // as they pass
)

// Window is a part of every week, in one of two forms: Days with Start and End,
// for each of the days (an end that is not after the start is on the next day),
// or one span from FromDay at FromTime until UntilDay at UntilTime (an end that
// is not after the beginning is a week later).
type Window struct {
	Days  []Weekday `json:"days,omitempty" yaml:"days,omitempty"`
	Start ClockTime `json:"start,omitzero" yaml:"start,omitempty"`
	End   ClockTime `json:"end,omitzero" yaml:"end,omitempty"`

	FromDay   Weekday   `json:"from_day,omitempty" yaml:"from_day,omitempty"`
	FromTime  ClockTime `json:"from_time,omitzero" yaml:"from_time,omitempty"`
	UntilDay  Weekday   `json:"until_day,omitempty" yaml:"until_day,omitempty"`
	UntilTime ClockTime `json:"until_time,omitzero" yaml:"until_time,omitempty"`
}

// Override changes the result of the layers for a while. Overrides apply in
// list order, each to what those before it left.
type Override struct {
	ID       int64             `json:"id,omitempty" yaml:"id,omitempty"`
	Action   Action            `json:"action" yaml:"action"`
	Person   incident.PersonID `json:"person,omitempty" yaml:"person,omitempty"`     // who comes; not with Remove
	Replaced incident.PersonID `json:"replaced,omitempty" yaml:"replaced,omitempty"` // who goes; with Remove and Replace
	From     time.Time         `json:"from" yaml:"from"`
	Until    time.Time         `json:"until" yaml:"until"`
}

// Action is what an override does.
type Action string

// The actions of overrides.
const (
	Set     Action = "set"     // only Person is on call
	Add     Action = "add"     // Person as well
	Remove  Action = "remove"  // Replaced is not
	Replace Action = "replace" // Person instead of Replaced, and only while Replaced would be
)

// Temporary hides layers and overrides for its span. On call are the people of
// its shifts, possibly nobody. Of two that overlap the later listed one counts;
// Validate refuses them.
type Temporary struct {
	From   time.Time `json:"from" yaml:"from"`
	Until  time.Time `json:"until" yaml:"until"`
	Shifts []Shift   `json:"shifts,omitempty" yaml:"shifts,omitempty"`
}

// Shift is one person for one span.
type Shift struct {
	Person incident.PersonID `json:"person" yaml:"person"`
	From   time.Time         `json:"from" yaml:"from"`
	Until  time.Time         `json:"until" yaml:"until"`
}

// Segment is a span in which the same people are on call.
type Segment struct {
	From   time.Time           `json:"from"`
	Until  time.Time           `json:"until"`
	People []incident.PersonID `json:"people"` // sorted, each once; nil: nobody
}

// People lists everybody whom the definition names, in the order of their ids.
func (s *Schedule) People() []incident.PersonID {
	var all []incident.PersonID
	for _, l := range s.Layers {
		all = append(all, l.Person)
		if l.Rotation != nil {
			all = append(all, l.Rotation.People...)
		}
	}
	for _, o := range s.Overrides {
		all = append(all, o.Person, o.Replaced)
	}
	for _, t := range s.Temporary {
		for _, shift := range t.Shifts {
			all = append(all, shift.Person)
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	return slices.DeleteFunc(all, func(p incident.PersonID) bool { return p == "" })
}
