package organisation

import (
	"fmt"
	"slices"
	"time"
)

// lookAhead is how far into the future schedules are looked at.
const lookAhead = 60 * 24 * time.Hour

func (c *checker) schedules() {
	for _, name := range sortedNames(c.doc.Schedules) {
		s, at := c.doc.Schedules[name], "schedules."+name
		c.formOf(at+".zone", s.Zone, zoneForm)
		c.formOf(at+".user_group", s.UserGroup, groupForm)
		if s.Combine != "" && !slices.Contains(combinations, s.Combine) {
			c.wrong(at+".combine", "is neither highest nor union; write one of them.")
		}
		c.layers(at, s.Layers)
		c.temporaries(at, s)
		c.resolvable(at, name, s)
	}
	unlike(c, "schedules", c.doc.Schedules, func(s Schedule) string { return s.Name })
}

var (
	combinations = []string{"highest", "union"}
	timelines    = []string{"wall", "elapsed"}
	units        = []string{"hour", "day", "week", "month"}
)

func (c *checker) layers(at string, layers []Layer) {
	if _, stands := c.lines[at+".layers"]; stands && len(layers) == 0 && c.spotless(at+".layers") {
		c.wrong(at+".layers", "is empty, so nobody would ever be on call; add a layer.")
	}
	for i, l := range layers {
		path := fmt.Sprintf("%s.layers[%d]", at, i+1)
		switch {
		case !c.spotless(path):
		case l.Person == "" && l.Rotation == nil:
			c.wrong(path, "has nobody; give it a person or a rotation.")
		case l.Person != "" && l.Rotation != nil:
			c.wrong(path, "has a person and a rotation; make a layer of each.")
		}
		known(c, path+".person", l.Person, "person", c.doc.People)
		c.span(path, l.From, l.Until)
		if l.Rotation != nil {
			c.rotation(path+".rotation", l.Rotation)
		}
		for j, w := range l.Windows {
			c.window(fmt.Sprintf("%s.windows[%d]", path, j+1), w)
		}
	}
}

func (c *checker) rotation(at string, r *Rotation) {
	c.formOf(at+".start", r.Start, localForm)
	if r.Unit != "" && !slices.Contains(units, r.Unit) {
		c.wrong(at+".unit", "is not a unit of turns%s", orNearest(r.Unit, units, "write hour, day, week or month."))
	}
	if r.Timeline != "" && !slices.Contains(timelines, r.Timeline) {
		c.wrong(at+".timeline", "is neither wall nor elapsed; write one of them, or nothing.")
	}
	if r.Length != nil && *r.Length == 0 {
		c.wrong(at+".length", "is 0, so no turn would ever end; write 1 or more.")
	}
	if _, stands := c.lines[at+".people"]; stands && len(r.People) == 0 && c.spotless(at+".people") {
		c.wrong(at+".people", "is empty; name who takes turns.")
	}
	for i, p := range r.People {
		if p != nobody {
			known(c, fmt.Sprintf("%s.people[%d]", at, i+1), p, "person", c.doc.People)
		}
	}
}

func (c *checker) window(at string, w Window) {
	daily, weekly := len(w.Days) > 0 || w.Start != "" || w.End != "", w.From != "" || w.Until != ""
	switch {
	case daily && weekly:
		c.wrong(at, "has days, start or end next to from or until; make a window of each.")
	case daily && (len(w.Days) == 0 || w.Start == "" || w.End == "") && c.spotless(at):
		c.wrong(at, "is incomplete; give days, start and end.")
	case weekly && (w.From == "" || w.Until == "") && c.spotless(at):
		c.wrong(at, "is incomplete; give from and until.")
	case !daily && !weekly && c.spotless(at):
		c.wrong(at, "says nothing; give days, start and end, or from and until.")
	}
	c.days(at+".days", w.Days)
	c.formOf(at+".start", w.Start, clockForm)
	c.formOf(at+".end", w.End, clockForm)
	c.formOf(at+".from", w.From, momentForm)
	c.formOf(at+".until", w.Until, momentForm)
}

// temporaries checks spans that count once, so their ends have to be plain.
func (c *checker) temporaries(at string, s Schedule) {
	zone := s.judgedIn()
	for i, t := range s.Temporary {
		path := fmt.Sprintf("%s.temporary[%d]", at, i+1)
		c.instants(path, zone, t.From, t.Until)
		for j, shift := range t.Shifts {
			below := fmt.Sprintf("%s.shifts[%d]", path, j+1)
			known(c, below+".person", shift.Person, "person", c.doc.People)
			c.instants(below, zone, shift.From, shift.Until)
		}
	}
}

// judgedIn is the zone of a schedule, or where it has none any other, so that the rest of
// its mistakes are found, too.
func (s Schedule) judgedIn() string {
	if zoneForm(s.Zone) != "" {
		return "UTC"
	}
	return s.Zone
}

// instants checks two instants, one after the other.
func (c *checker) instants(at, zone, from, until string) {
	form := func(s string) string { _, problem := parseInstant(s, zone); return problem }
	c.formOf(at+".from", from, form)
	c.formOf(at+".until", until, form)
	begin, noBegin := parseInstant(from, zone)
	end, noEnd := parseInstant(until, zone)
	if noBegin+noEnd == "" && !begin.Before(end) {
		c.wrong(at+".until", "is not after from, so it would never hold; correct one of them.")
	}
}

// span checks two local times, one after the other.
func (c *checker) span(at, from, until string) {
	c.formOf(at+".from", from, localForm)
	c.formOf(at+".until", until, localForm)
	if localForm(from)+localForm(until) == "" && canonicalLocal(until) <= canonicalLocal(from) {
		c.wrong(at+".until", "is not after from; correct one of them.")
	}
}

// people lists everybody whom a schedule names.
func (s Schedule) people() map[string]bool {
	all := map[string]bool{}
	for _, l := range s.Layers {
		if l.Person != "" {
			all[l.Person] = true
		}
		if l.Rotation != nil {
			for _, p := range l.Rotation.People {
				all[p] = true
			}
		}
	}
	for _, t := range s.Temporary {
		for _, shift := range t.Shifts {
			all[shift.Person] = true
		}
	}
	delete(all, nobody)
	return all
}
