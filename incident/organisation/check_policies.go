package organisation

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/tocsinhq/tocsin/incident/escalation"
	"github.com/tocsinhq/tocsin/incident/paging"
)

// Bounds of a policy: beyond them nobody can say who is paged when.
const (
	maxSteps  = 30
	maxRepeat = 100
)

var targetKinds = []escalation.TargetKind{
	escalation.TargetPerson, escalation.TargetSchedule, escalation.TargetNext, escalation.TargetTeam,
	escalation.TargetGroup, escalation.TargetChannel, escalation.TargetWebhook,
}

// values are the fields in the order of targetKinds.
func (t Target) values() []string {
	return []string{t.Person, t.Schedule, t.Next, t.Team, t.UserGroup, t.Channel, t.Webhook}
}

// parts is the kind and the name of a target that was checked.
func (t Target) parts() (kind escalation.TargetKind, name string) {
	for i, value := range t.values() {
		if value != "" {
			return targetKinds[i], value
		}
	}
	return "", ""
}

// targetOf is the target of a kind and a name.
func targetOf(kind escalation.TargetKind, name string) (t Target) {
	switch kind {
	case escalation.TargetPerson:
		t.Person = name
	case escalation.TargetSchedule:
		t.Schedule = name
	case escalation.TargetNext:
		t.Next = name
	case escalation.TargetTeam:
		t.Team = name
	case escalation.TargetGroup:
		t.UserGroup = name
	case escalation.TargetChannel:
		t.Channel = name
	case escalation.TargetWebhook:
		t.Webhook = name
	}
	return t
}

func (c *checker) policies() {
	for _, name := range sortedNames(c.doc.Policies) {
		p, at := c.doc.Policies[name].canonical(), "policies."+name
		c.steps(at, p)
		c.fallback(at+".fallback", p)
		c.endings(at, p)
		if *p.Repeat > maxRepeat {
			c.wrong(at+".repeat", "is more than %d; nobody would be awake by then.", maxRepeat)
		}
	}
	unlike(c, "policies", c.doc.Policies, func(p Policy) string { return p.Name })
}

func (c *checker) steps(at string, p Policy) {
	if _, stands := c.lines[at+".steps"]; stands && len(p.Steps) == 0 && c.spotless(at+".steps") {
		c.wrong(at+".steps", "is empty; add a step.")
	}
	if len(p.Steps) > maxSteps {
		c.wrong(at+".steps", "are more than %d; use fewer, or repeat.", maxSteps)
	}
	for i, step := range p.Steps {
		path := stepPath(at, i)
		if _, stands := c.lines[path+".targets"]; stands && len(step.Targets) == 0 && c.spotless(path+".targets") {
			c.wrong(path+".targets", "is empty, so the step would page nobody; add a target, or remove the step.")
		}
		c.targets(path+".targets", step.Targets)
		c.haste(at, p, i)
		c.interruption(at, p, i)
	}
}

func stepPath(at string, i int) string { return fmt.Sprintf("%s.steps[%d]", at, i+1) }

// haste notes a step that pages somebody again at once.
func (c *checker) haste(at string, p Policy, i int) {
	step := p.Steps[i]
	last := i == len(p.Steps)-1
	switch {
	case *step.Delay != 0:
	case last && *p.Repeat > 0:
		c.wrong(stepPath(at, i)+".delay", "is 0, so the policy would begin again in the same second; wait here, like 5m, or set repeat: 0.")
	case !last:
		for j, target := range p.Steps[i+1].Targets {
			if _, name := target.parts(); name != "" && slices.Contains(step.Targets, target) {
				c.wrong(fmt.Sprintf("%s.targets[%d]", stepPath(at, i+1), j+1), "is paged by the step before, too, which waits for no answer; give that step a delay, or remove this target.")
			}
		}
	}
}

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

// fallback notes a missing last resort.
func (c *checker) fallback(at string, p Policy) {
	if _, stands := c.lines[at]; stands && len(p.Fallback) == 0 && c.spotless(at) {
		c.wrong(at, "is empty; name who is paged when no step has anybody.")
	}
	c.targets(at, p.Fallback)
}

// targets checks one list of targets.
func (c *checker) targets(at string, all []Target) {
	keys := make([]string, len(targetKinds))
	for i, kind := range targetKinds {
		keys[i] = string(kind)
	}
	for i, target := range all {
		path := fmt.Sprintf("%s[%d]", at, i+1)
		if !c.oneOf(path, setFields(keys, target.values()), keys) {
			continue
		}
		c.target(path, target)
		if slices.Contains(all[:i], target) {
			c.wrong(path, "stands a second time; remove it.")
		}
	}
}

// target checks what one target names, and that it can ever reach somebody.
func (c *checker) target(path string, t Target) {
	kind, name := t.parts()
	at := path + "." + string(kind)
	switch kind {
	case escalation.TargetPerson:
		known(c, at, name, "person", c.doc.People)
	case escalation.TargetSchedule, escalation.TargetNext:
		if known(c, at, name, "schedule", c.doc.Schedules) && c.deserted(name) {
			c.wrong(at, "names the schedule %s, in which nobody is on call for the next %d days; fill the schedule, or remove this target.", name, lookAhead/(24*time.Hour))
		}
	case escalation.TargetTeam:
		if known(c, at, name, "team", c.doc.Teams) && len(c.doc.Teams[name].Members) == 0 {
			c.wrong(at, "names the team %s, which has no members; add some, or remove this target.", name)
		}
	case escalation.TargetGroup:
		c.form(at, groupForm(name))
	case escalation.TargetChannel:
		c.form(at, channelForm(name))
	case escalation.TargetWebhook:
		c.form(at, webhookForm(name))
	}
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
