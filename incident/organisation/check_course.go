package organisation

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/tocsinhq/tocsin/incident/escalation"
	"github.com/tocsinhq/tocsin/incident/paging"
)

// minAckTimeout is the shortest time for which an acknowledgement can be told to hold.
const minAckTimeout = time.Minute

// interruption notes a step that pages the same people again before their own
// rules have come to an end: a new page begins them anew, so that the last of them
// would never be reached.
func (c *checker) interruption(at string, p Policy, i int) {
	following := (i + 1) % len(p.Steps)
	if *p.Steps[i].Delay == 0 || following <= i && *p.Repeat == 0 {
		return
	}
	for j, target := range p.Steps[following].Targets {
		if _, name := target.parts(); name == "" || !slices.Contains(p.Steps[i].Targets, target) {
			continue
		}
		if handle, rule := c.slowest(target); rule.After > time.Duration(*p.Steps[i].Delay) {
			c.wrong(fmt.Sprintf("%s.targets[%d]", stepPath(at, following), j+1),
				"pages %s again after %s, before the %s that the first page would make after %s, which would never come; wait at least that long between the two.",
				handle, *p.Steps[i].Delay, rule.Contact.Method, Duration(rule.After))
		}
	}
}

// slowest is the last rule among those of the people behind a target, as far as
// the file knows them and when they have set none of their own.
func (c *checker) slowest(t Target) (handle string, last paging.Rule) {
	people := map[string]bool{}
	c.behind(t, people)
	for _, name := range slices.Sorted(maps.Keys(people)) {
		var contacts []paging.Contact
		for _, contact := range c.doc.People[name].Contact {
			method, address := contact.parts()
			contacts = append(contacts, paging.Contact{Method: paging.Method(method), Address: address})
		}
		for _, rule := range paging.DefaultRules(paging.UrgencyHigh, contacts) {
			if rule.After > last.After {
				handle, last = name, rule
			}
		}
	}
	return handle, last
}

// behind adds everybody whom a target can reach; bounded is false when the file
// cannot tell.
func (c *checker) behind(t Target, people map[string]bool) (bounded bool) {
	switch kind, name := t.parts(); kind {
	case escalation.TargetPerson:
		people[name] = true
	case escalation.TargetTeam:
		for _, m := range c.doc.Teams[name].Members {
			people[m] = true
		}
	case escalation.TargetSchedule, escalation.TargetNext:
		maps.Copy(people, c.doc.Schedules[name].people())
	case escalation.TargetGroup:
		return false
	}
	return true
}

// endings notes steps that can never run, since the paging ends by itself before
// them, and acknowledgements that can never be complete.
func (c *checker) endings(at string, p Policy) {
	if p.AutoResolve != nil {
		var begins Duration
		for i, step := range p.Steps {
			if begins >= *p.AutoResolve {
				c.wrong(stepPath(at, i), "can never run: it begins after %s, when auto_resolve (%s) has ended the paging; shorten the delays, or wait longer.", begins, *p.AutoResolve)
			}
			begins += *step.Delay
		}
	}
	if p.AckTimeout != nil && *p.AckTimeout > 0 && time.Duration(*p.AckTimeout) < minAckTimeout {
		c.wrong(at+".ack_timeout", "is %s, so whoever acknowledges would be paged again before they can look; write at least %s, or 0 for until the end.", *p.AckTimeout, Duration(minAckTimeout))
	}
	if p.Acks == nil {
		return
	}
	people, bounded := c.reach(p)
	switch {
	case *p.Acks == 0:
		c.wrong(at+".acks", "is 0, so the paging would never begin; write 1 or more.")
	case bounded && *p.Acks > people:
		c.wrong(at+".acks", "asks for %d people, and the steps reach at most %d; lower it, or page more people.", *p.Acks, people)
	}
}

// reach is how many different people the steps can page at most; bounded is
// false when the file cannot tell.
func (c *checker) reach(p Policy) (people int, bounded bool) {
	all := map[string]bool{}
	for _, step := range p.Steps {
		for _, t := range step.Targets {
			if !c.behind(t, all) {
				return 0, false
			}
		}
	}
	return len(all), true
}
