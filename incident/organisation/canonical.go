package organisation

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/paging"
)

// canonical is a copy in which everything that means the same is written the
// same: defaults, the form of telephone numbers, the order of contact methods.
// Two documents are equal when their canonical forms are.
func (d *Document) canonical() *Document {
	return &Document{
		People:    mapped(d.People, Person.canonical),
		Teams:     mapped(d.Teams, Team.canonical),
		Services:  mapped(d.Services, Service.canonical),
		Policies:  mapped(d.Policies, Policy.canonical),
		Schedules: mapped(d.Schedules, Schedule.canonical),
	}
}

func mapped[T any](from map[string]T, each func(T) T) map[string]T {
	to := make(map[string]T, len(from))
	for name, one := range from {
		to[name] = each(one)
	}
	return to
}

func (p Person) canonical() Person {
	p.Contact = slices.Clone(p.Contact)
	for i, c := range p.Contact {
		p.Contact[i] = c.canonical()
	}
	slices.SortFunc(p.Contact, func(a, b Contact) int {
		methodA, addressA := a.parts()
		methodB, addressB := b.parts()
		return cmp.Or(cmp.Compare(methodA, methodB), cmp.Compare(addressA, addressB))
	})
	return p
}

// canonical writes the address as it is kept.
func (c Contact) canonical() Contact {
	method, address := c.parts()
	kept, err := paging.ParseAddress(paging.Method(method), address)
	if err != nil {
		return c
	}
	return contactOf(method, kept)
}

func (t Team) canonical() Team { return t }

func (s Service) canonical() Service {
	if s.Urgency == nil {
		return s
	}
	u := *s.Urgency
	u.Low = canonicalSeverity(u.Low)
	if u.Hours != nil {
		hours := *u.Hours
		hours.Days = canonicalDays(hours.Days)
		hours.Start, hours.End = canonicalClock(hours.Start), canonicalClock(hours.End)
		u.Hours = &hours
	}
	s.Urgency = &u
	if u == (Urgency{}) {
		s.Urgency = nil
	}
	return s
}

// canonicalSeverity writes sev2 for every way to say it, and nothing for the default.
func canonicalSeverity(s string) string {
	severity, err := incident.ParseSeverity(s)
	switch {
	case err != nil:
		return s
	case severity == defaultLow:
		return ""
	}
	return strings.ToLower(severity.String())
}

func (p Policy) canonical() Policy {
	p.Repeat = orDefault(p.Repeat, defaultRepeat)
	p.Acks = unless(p.Acks, defaultAcks)
	p.AckTimeout, p.AutoResolve = unless(p.AckTimeout, 0), unless(p.AutoResolve, 0)
	p.Steps = slices.Clone(p.Steps)
	for i := range p.Steps {
		p.Steps[i].Delay = orDefault(p.Steps[i].Delay, defaultDelay)
	}
	return p
}

// orDefault is the number, or the default when nothing is written.
func orDefault[T any](number *T, def T) *T {
	if number != nil {
		return number
	}
	return &def
}

// unless is the number, or nothing when it is the default.
func unless[T comparable](number *T, def T) *T {
	if number != nil && *number == def {
		return nil
	}
	return number
}

// weekdays are the days as the file names them, in the order of the week.
var weekdays = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

// canonicalDays puts the days of the week in order.
func canonicalDays(days []string) []string {
	days = slices.Clone(days)
	slices.SortStableFunc(days, func(a, b string) int {
		return cmp.Compare(slices.Index(weekdays, a), slices.Index(weekdays, b))
	})
	return days
}

// canonicalClock writes 9:00 as 09:00.
func canonicalClock(clock string) string {
	if len(clock) == len("9:00") {
		return "0" + clock
	}
	return clock
}

// sortedNames lists the names of a group in order.
func sortedNames[T any](group map[string]T) []string { return slices.Sorted(maps.Keys(group)) }
