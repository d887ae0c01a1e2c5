package oncall

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

// Bounds of a definition. They are far beyond what people need and keep any
// question about a schedule cheap.
const (
	MaxLayers    = 50
	MaxWindows   = 50  // of one layer
	MaxPeople    = 200 // of one rotation
	MaxOverrides = 1000
	MaxTemporary = 100
	MaxShifts    = 500 // of one temporary schedule
)

// maxLength bounds a turn to about a year. What can be answered goes to years times that.
var maxLength = map[Unit]int{Hour: 366 * 24, Day: 366, Week: 53, Month: 12}

const years = 100

// Problem is one mistake in a definition.
type Problem struct {
	Path string // where, like layers[1].rotation.length, counted from 1; empty: the schedule
	Text string // the rest of the sentence: what is wrong, what to do
}

// String is the whole sentence.
func (p Problem) String() string { return strings.TrimSpace(p.Path + " " + p.Text) }

// unusable says why a schedule cannot be compiled.
type unusable struct {
	id       string
	problems []Problem
}

// Error lists every mistake.
func (u *unusable) Error() string {
	var said []string
	for _, p := range u.problems {
		said = append(said, p.String())
	}
	return fmt.Sprintf("compile schedule %s: %s", u.id, strings.Join(said, " "))
}

// Validate lists every mistake in the definition at once; none is nil. Local
// times that a wall clock jumps over are no mistakes: Boundary says what they mean.
func (s *Schedule) Validate() []Problem {
	c := &checker{strict: true}
	c.schedule(s)
	return c.problems
}

type checker struct {
	strict   bool // also what can be answered but was not meant
	problems []Problem
	zone     *time.Location // of the schedule, when there is no problem
}

func (c *checker) wrong(path, format string, args ...any) {
	c.problems = append(c.problems, Problem{path, fmt.Sprintf(format, args...)})
}

// check notes a mistake unless it is ok.
func (c *checker) check(ok bool, path, format string, args ...any) {
	if !ok {
		c.wrong(path, format, args...)
	}
}

// bound is checked of strict definitions only.
func (c *checker) bound(n, most int, path, things string) {
	c.check(!c.strict || n <= most, path, "has %d %s; at most %d are possible.", n, things, most)
}

func (c *checker) schedule(s *Schedule) {
	var err error
	if c.zone, err = loadZone(s.Zone); err != nil {
		c.wrong("zone", "is not a time zone; use an IANA name of the form Europe/Berlin.")
	}
	c.check(s.Combine == "" || s.Combine == Highest || s.Combine == Union, "combine", "is neither highest nor union; write one of them.")
	c.check(!c.strict || len(s.Layers)+len(s.Temporary) > 0, "layers", "is empty, so nobody would ever be on call; add a layer.")
	c.bound(len(s.Layers), MaxLayers, "layers", "layers")
	for i := range s.Layers {
		c.layer(fmt.Sprintf("layers[%d]", i+1), &s.Layers[i])
	}
	c.overrides(s.Overrides)
	if c.strict {
		c.temporaries(s.Temporary)
	}
}

func (c *checker) layer(at string, l *Layer) {
	c.check(l.Person == "" || l.Rotation == nil, at, "has a person and a rotation; make a layer of each.")
	c.check(l.Person != "" || l.Rotation != nil, at, "has nobody; give it a person or a rotation.")
	if l.Rotation != nil {
		c.rotation(at+".rotation", l.Rotation)
	}
	c.bound(len(l.Windows), MaxWindows, at+".windows", "windows")
	for i := range l.Windows {
		c.window(fmt.Sprintf("%s.windows[%d]", at, i+1), &l.Windows[i])
	}
	c.optional(at+".from", l.From)
	c.optional(at+".until", l.Until)
	if c.strict && !l.From.IsZero() && !l.Until.IsZero() && l.From.minute() >= l.Until.minute() {
		c.wrong(at+".until", "is not after from, so the layer would never count; correct one of them.")
	}
}

func (c *checker) optional(at string, l LocalTime) {
	c.check(l.IsZero() || l.exists(), at, "is not a local time; write it like 2026-01-05T09:00.")
}

func (c *checker) rotation(at string, r *Rotation) {
	c.check(r.Start.exists(), at+".start", "is not a local time; write it like 2026-01-05T09:00.")
	most, known := maxLength[r.Unit]
	c.check(known, at+".unit", "is not a unit of turns; write hour, day, week or month.")
	c.check(r.Length >= 1, at+".length", "is %d, so no turn would ever end; write 1 or more.", r.Length)
	c.check(!known || r.Length <= most || !c.strict && r.Length <= years*most, at+".length", "is %d; a turn of more than a year is not possible, write at most %d.", r.Length, most)
	c.check(r.Timeline == "" || r.Timeline == Wall || r.Timeline == Elapsed, at+".timeline", "is neither wall nor elapsed; write one of them, or nothing.")
	c.check(r.Timeline != Elapsed || r.Unit == Hour, at+".timeline", "is elapsed, which only hours can be; leave it out.")
	c.check(len(r.People) > 0, at+".people", "is empty; name who takes turns.")
	c.bound(len(r.People), MaxPeople, at+".people", "people")
	nobody := !slices.ContainsFunc(r.People, func(p incident.PersonID) bool { return p != "" })
	c.check(!c.strict || len(r.People) == 0 || !nobody, at+".people", "has empty turns only; name who takes turns.")
}

func (c *checker) window(at string, w *Window) {
	daily := len(w.Days) > 0 || !w.Start.IsZero() || !w.End.IsZero()
	weekly := w.FromDay != "" || w.UntilDay != "" || !w.FromTime.IsZero() || !w.UntilTime.IsZero()
	switch {
	case daily && weekly:
		c.wrong(at, "has days, start or end next to a weekly span; make a window of each.")
	case daily:
		c.daily(at, w)
	case weekly:
		c.day(at+".from_day", w.FromDay)
		c.day(at+".until_day", w.UntilDay)
		c.clock(at+".from_time", w.FromTime)
		c.clock(at+".until_time", w.UntilTime)
	default:
		c.wrong(at, "says nothing, so it would always be empty; give days, start and end.")
	}
}

func (c *checker) daily(at string, w *Window) {
	c.check(len(w.Days) > 0, at+".days", "is empty, so the window would always be; name at least one day.")
	for i, d := range w.Days {
		c.day(fmt.Sprintf("%s.days[%d]", at, i+1), d)
		c.check(!c.strict || slices.Index(w.Days, d) == i, fmt.Sprintf("%s.days[%d]", at, i+1), "is there twice; name each day once.")
	}
	c.clock(at+".start", w.Start)
	c.clock(at+".end", w.End)
}

func (c *checker) day(at string, d Weekday) {
	c.check(d.start() >= 0, at, "is not a day of the week; write mon, tue, wed, thu, fri, sat or sun.")
}

func (c *checker) clock(at string, t ClockTime) {
	c.check(t.exists(), at, "is not a time of day; write it from 00:00 to 23:59.")
}

func (c *checker) overrides(all []Override) {
	c.bound(len(all), MaxOverrides, "overrides", "overrides")
	for i, o := range all {
		at := fmt.Sprintf("overrides[%d]", i+1)
		comes, goes := o.Action != Remove, o.Action == Remove || o.Action == Replace
		if !slices.Contains([]Action{Set, Add, Remove, Replace}, o.Action) {
			c.wrong(at+".action", "is none of set, add, remove and replace; write one of them.")
			continue
		}
		c.check((o.Person != "") == comes, at+".person", "does not fit: %s %s who comes.", o.Action, needs(comes))
		c.check((o.Replaced != "") == goes, at+".replaced", "does not fit: %s %s who goes.", o.Action, needs(goes))
		c.span(at, o.From, o.Until)
	}
}

func needs(it bool) string {
	if it {
		return "has to name"
	}
	return "cannot name"
}

func (c *checker) span(at string, from, until time.Time) {
	c.check(!c.strict || from.Before(until), at+".until", "is not after from, so it would never hold; correct one of them.")
}

func (c *checker) temporaries(all []Temporary) {
	c.bound(len(all), MaxTemporary, "temporary", "temporary schedules")
	for i, t := range all {
		at := fmt.Sprintf("temporary[%d]", i+1)
		c.span(at, t.From, t.Until)
		for j, other := range all[:i] {
			if t.From.Before(other.Until) && other.From.Before(t.Until) {
				c.wrong(at, "overlaps temporary[%d]; only one can hold at a time, so cut one of them.", j+1)
			}
		}
		c.bound(len(t.Shifts), MaxShifts, at+".shifts", "shifts")
		for j, s := range t.Shifts {
			shift := fmt.Sprintf("%s.shifts[%d]", at, j+1)
			c.check(s.Person != "", shift+".person", "is empty; name who is on call, or leave the shift out.")
			c.span(shift, s.From, s.Until)
			inside := !s.From.Before(t.From) && !s.Until.After(t.Until)
			c.check(inside, shift, "reaches beyond its temporary schedule; cut it, or make that longer.")
		}
	}
}

// loadZone loads a zone by its IANA name. The machine's own zone is not one.
func loadZone(name string) (*time.Location, error) {
	if name == "" || name == "Local" {
		return nil, errors.New("load zone: it has no name")
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("load zone: %w", err)
	}
	return loc, nil
}
