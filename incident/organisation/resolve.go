package organisation

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/oncall"
)

// resolvable notes what the resolver of schedules does not accept, besides what was
// noted already and what only follows from that.
func (c *checker) resolvable(at string, name string, s Schedule) {
	s.Zone = s.judgedIn()
	row := s.canonical().row(name, asIs)
	for i, t := range row.Temporary {
		if t.From.IsZero() || t.Until.IsZero() {
			row.Temporary[i] = oncall.Temporary{} // noted; nothing can lie within it
		}
	}
	noted := slices.Clone(c.list)
	for _, p := range row.Validate() {
		if strings.HasPrefix(p.Path, "temporary[") && strings.HasSuffix(p.Path, ".until") {
			continue // looked at where the line is known to be a time
		}
		if path := join(at, p.Path); !slices.ContainsFunc(noted, func(m Mistake) bool { return follows(path, m.Path, at) }) {
			c.wrong(path, "%s", p.Text)
		}
	}
}

// windowPath is the part of a path that names a window, which is judged as a whole.
var windowPath = regexp.MustCompile(`^.*\.windows\[\d+\]`)

// follows reports whether a problem at a path may come of what was noted of a part of
// the same schedule: of the same thing, of one around it, or of one within it.
func follows(path, noted, schedule string) bool {
	if window := windowPath.FindString(path); window != "" {
		path = window
	}
	if strings.Contains(path, ".shifts[") && noted == path+".person" {
		return false // who it is has no part in when
	}
	return path == noted || within(noted, path) || within(path, noted) && within(noted, schedule)
}

// within reports whether a path leads to something inside another.
func within(path, outer string) bool {
	return strings.HasPrefix(path, outer+".") || strings.HasPrefix(path, outer+"[")
}

// asIs lets handles stand for people where only the file is looked at.
func asIs(handle string) incident.PersonID { return incident.PersonID(handle) }

// deserted reports whether nobody is on call in a schedule for as far as is looked
// ahead. A schedule that has mistakes of its own is not.
func (c *checker) deserted(name string) bool {
	empty, looked := c.empty[name]
	if !looked {
		empty = c.doc.Schedules[name].deserted(name, c.now)
		c.empty[name] = empty
	}
	return empty
}

func (s Schedule) deserted(name string, now time.Time) bool {
	row := s.canonical().row(name, asIs)
	resolver, err := row.Compile()
	if err != nil || len(resolver.At(now)) > 0 {
		return false
	}
	return !slices.ContainsFunc(resolver.Segments(now, now.Add(lookAhead)), func(s oncall.Segment) bool { return len(s.People) > 0 })
}

// row is the schedule as it is resolved. It must be canonical; what could not be
// read is left out.
func (s Schedule) row(id string, idOf func(handle string) incident.PersonID) oncall.Schedule {
	row := oncall.Schedule{ID: id, Name: s.Name, Zone: s.Zone, Combine: oncall.Combine(s.Combine)}
	for _, l := range s.Layers {
		row.Layers = append(row.Layers, l.row(idOf))
	}
	for _, t := range s.Temporary {
		temporary := oncall.Temporary{From: instantOf(t.From, s.Zone), Until: instantOf(t.Until, s.Zone)}
		for _, shift := range t.Shifts {
			temporary.Shifts = append(temporary.Shifts, oncall.Shift{
				Person: idOf(shift.Person), From: instantOf(shift.From, s.Zone), Until: instantOf(shift.Until, s.Zone)})
		}
		row.Temporary = append(row.Temporary, temporary)
	}
	return row
}

func instantOf(s, zone string) time.Time {
	at, _ := parseInstant(s, zone) // a problem was noted; the zero time fails the check of the schedule
	return at
}

func (l Layer) row(idOf func(string) incident.PersonID) oncall.Layer {
	row := oncall.Layer{Name: l.Name, From: localTime(l.From), Until: localTime(l.Until)}
	if l.Person != "" {
		row.Person = idOf(l.Person)
	}
	if r := l.Rotation; r != nil {
		turns := oncall.Rotation{Start: localTime(r.Start), Unit: oncall.Unit(r.Unit), Length: 1, Timeline: oncall.Timeline(r.Timeline)}
		if r.Length != nil {
			turns.Length = *r.Length
		}
		for _, p := range r.People {
			turns.People = append(turns.People, personOrNobody(p, idOf))
		}
		row.Rotation = &turns
	}
	for _, w := range l.Windows {
		row.Windows = append(row.Windows, w.row())
	}
	return row
}

func personOrNobody(handle string, idOf func(string) incident.PersonID) incident.PersonID {
	if handle == nobody {
		return ""
	}
	return idOf(handle)
}

func localTime(s string) oncall.LocalTime {
	local, _ := oncall.ParseLocalTime(s) // none, or noted
	return local
}

func clockTime(s string) oncall.ClockTime {
	at, _ := oncall.ParseClockTime(s) // none, or noted
	return at
}

func (w Window) row() oncall.Window {
	row := oncall.Window{Start: clockTime(w.Start), End: clockTime(w.End)}
	for _, d := range w.Days {
		row.Days = append(row.Days, oncall.Weekday(d))
	}
	if day, at, ok := cutMoment(w.From); ok {
		row.FromDay, row.FromTime = oncall.Weekday(day), clockTime(at)
	}
	if day, at, ok := cutMoment(w.Until); ok {
		row.UntilDay, row.UntilTime = oncall.Weekday(day), clockTime(at)
	}
	return row
}

// scheduleOf is what the file says of a schedule. Turns of people who are not in
// the file any more are nobody's.
func scheduleOf(row oncall.Schedule, group string, n names) Schedule {
	s := Schedule{Name: row.Name, Zone: row.Zone, UserGroup: group, Combine: string(row.Combine)}
	for _, l := range row.Layers {
		s.Layers = append(s.Layers, layerOf(l, n))
	}
	for _, t := range row.Temporary {
		temporary := Temporary{From: printInstant(t.From, row.Zone), Until: printInstant(t.Until, row.Zone)}
		for _, shift := range t.Shifts {
			if handle := n.handles[shift.Person]; handle != "" {
				temporary.Shifts = append(temporary.Shifts, Shift{handle, printInstant(shift.From, row.Zone), printInstant(shift.Until, row.Zone)})
			}
		}
		s.Temporary = append(s.Temporary, temporary)
	}
	return s
}

func layerOf(row oncall.Layer, n names) Layer {
	l := Layer{Name: row.Name, Person: n.handles[row.Person], From: row.From.String(), Until: row.Until.String()}
	if r := row.Rotation; r != nil {
		l.Rotation = &Rotation{Start: r.Start.String(), Unit: string(r.Unit), Length: &r.Length, Timeline: string(r.Timeline)}
		for _, p := range r.People {
			handle, known := n.handles[p]
			if !known {
				handle = nobody
			}
			l.Rotation.People = append(l.Rotation.People, handle)
		}
	}
	for _, w := range row.Windows {
		l.Windows = append(l.Windows, windowOf(w))
	}
	return l
}

func windowOf(row oncall.Window) Window {
	w := Window{Start: row.Start.String(), End: row.End.String()}
	for _, d := range row.Days {
		w.Days = append(w.Days, string(d))
	}
	if row.FromDay != "" {
		w.From, w.Until = string(row.FromDay)+" "+row.FromTime.String(), string(row.UntilDay)+" "+row.UntilTime.String()
	}
	return w
}
