package paging

import (
	"cmp"
	"slices"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

// The urgencies of a page. Each has a list of notification rules of its own.
const (
	UrgencyHigh = "high"
	UrgencyLow  = "low"
)

// Rule sends a page by one contact method, so long after the page. The position
// tells the rules of one urgency apart, counting from 1.
type Rule struct {
	Position int
	After    time.Duration
	Contact  Contact
}

// standard is how people are notified who have no rules of their own. What
// makes no noise leaves at once; a call is the last resort.
var standard = map[string][]struct {
	method Method
	after  time.Duration
}{
	UrgencyHigh: {{MethodSlack, 0}, {MethodPush, 0}, {MethodEmail, 0}, {MethodSMS, time.Minute}, {MethodVoice, 3 * time.Minute}},
	UrgencyLow:  {{MethodSlack, 0}, {MethodEmail, 0}},
}

// DefaultRules are the rules of somebody who has set none: by high urgency Slack,
// push and e-mail at once, a text message after a minute and a call after three;
// by low urgency Slack and e-mail.
func DefaultRules(urgency string, contacts []Contact) []Rule {
	var rules []Rule
	for _, s := range standard[urgency] {
		for _, c := range contacts {
			if c.Method == s.method {
				rules = append(rules, Rule{Position: len(rules) + 1, After: s.after, Contact: c})
			}
		}
	}
	return rules
}

// Planned is one message of a page and when it is due.
type Planned struct {
	Rule int // position
	Due  time.Time
	To   Contact
}

// Plan lists the messages of a page that begins at an instant, in the order in
// which they are due. Contacts that cannot be used and methods that nobody can
// send by are left out. An empty plan comes with the reason why nobody is reached.
func Plan(rules []Rule, can func(Method) bool, at time.Time) (plan []Planned, reason string) {
	for _, r := range rules {
		if r.Contact.Usable() && can(r.Contact.Method) {
			plan = append(plan, Planned{Rule: r.Position, Due: at.Add(r.After), To: r.Contact})
		}
	}
	slices.SortStableFunc(plan, func(a, b Planned) int {
		return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.Rule, b.Rule))
	})
	if len(plan) == 0 {
		reason = whyNobody(rules, can)
	}
	return plan, reason
}

// whyNobody words what keeps every rule from being used.
func whyNobody(rules []Rule, can func(Method) bool) string {
	if len(rules) == 0 {
		return "There is no contact method for this urgency."
	}
	for _, r := range rules {
		switch {
		case !can(r.Contact.Method):
			return "Nothing is set up that sends by " + r.Contact.Method.String() + "."
		case !r.Contact.DisabledAt.IsZero():
			return "The " + r.Contact.Method.String() + " is disabled: " + r.Contact.Reason
		}
	}
	return "No contact method is verified."
}

// CheckRules says what is wrong with a list of rules before it is kept.
func CheckRules(rules []Rule) error {
	if len(rules) > maxRules {
		return incident.Errorf(incident.Invalid, "At most %d notification rules are kept for one urgency; leave some out.", maxRules)
	}
	for _, r := range rules {
		if r.After < 0 || r.After > maxAfter {
			return incident.Errorf(incident.Invalid, "A rule waits between no time and %d hours; change the one that waits %s.", int(maxAfter.Hours()), r.After)
		}
	}
	return nil
}

// maxRules and maxAfter bound one person's list; GoAlert has 15 and 150 hours.
const (
	maxRules = 15
	maxAfter = 24 * time.Hour
)
