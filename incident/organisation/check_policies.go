package organisation

import (
	"fmt"
	"slices"
	"time"

	"github.com/tocsinhq/tocsin/incident/escalation"
)

// Bounds of a policy: beyond them nobody can say who is paged when.
const (
	maxSteps   = 30
	maxTargets = 50 // of one step
	maxRepeat  = 100
)

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
		return
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
	if len(all) > maxTargets {
		c.wrong(at, "are more than %d; page a team or a user group instead.", maxTargets)
		return
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
