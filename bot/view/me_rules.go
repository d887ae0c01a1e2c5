package view

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/incident/paging"
	"github.com/tocsinhq/tocsin/timeline"
)

// Never is the choice of a contact method that is not used; the others are what
// time.ParseDuration reads.
const Never = "never"

// waits are offered for every contact method, besides its present and its usual one.
var waits = []time.Duration{0, time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute}

// maxRuleRows bounds the questions about one urgency, so that both fit a view. What is
// used comes first, and 15 rules are the most.
const maxRuleRows = 45

// RulesModal asks for each urgency when each of the person's contact methods is used.
// One that is used several times is asked for as often, so that saving the form as it
// came changes nothing.
func RulesModal(m Me) slack.ModalViewRequest {
	blocks := []slack.Block{section("What you see here when you save is kept, and nothing else; pages that are under way go on as they were.")}
	blocks = append(append(blocks, header("Pages that cannot wait")), ruleRows(paging.UrgencyHigh, m.High, m.Contacts)...)
	blocks = append(append(blocks, header("Pages that can wait")), ruleRows(paging.UrgencyLow, m.Low, m.Contacts)...)
	return form("me_rules", "How you are paged", "Save", "", blocks...)
}

// RuleField is the field of a contact method for one urgency; n counts its uses from 0.
func RuleField(urgency string, c paging.ContactID, n int) string {
	return urgency + ":" + strconv.FormatInt(int64(c), 10) + ":" + strconv.Itoa(n)
}

func ruleRows(urgency string, rules []paging.Rule, contacts []paging.Contact) []slack.Block {
	var rows []slack.Block
	names := map[string]bool{}
	for _, c := range ByFirstUse(contacts, rules) {
		for n, chosen := range uses(urgency, c, rules) {
			rows = append(rows, ruleRow(urgency, c, n, chosen, names))
		}
	}
	if more := len(rows) - maxRuleRows; more > 0 {
		return append(rows[:maxRuleRows], small(count(more, "more question is", "more questions are")+" left out; what they are about stays as it is."))
	}
	return rows
}

// ByFirstUse puts contact methods that the rules use sooner before those that they use
// later or never. It is the order of the form.
func ByFirstUse(contacts []paging.Contact, rules []paging.Rule) []paging.Contact {
	order, place := sooner(rules), map[paging.ContactID]int{}
	for n, r := range slices.Backward(order) {
		place[r.Contact.ID] = n - len(order)
	}
	sorted := slices.Clone(contacts)
	slices.SortStableFunc(sorted, func(a, b paging.Contact) int { return cmp.Compare(place[a.ID], place[b.ID]) })
	return sorted
}

// waitsOf are the times at which the rules use a contact method, soonest first.
func waitsOf(c paging.Contact, rules []paging.Rule) []time.Duration {
	var all []time.Duration
	for _, r := range rules {
		if r.Contact.ID == c.ID {
			all = append(all, r.After)
		}
	}
	slices.Sort(all)
	return all
}

// uses are the choices that a contact method begins with. What rings can be asked for
// once more where pages cannot wait, since one text does not wake everybody.
func uses(urgency string, c paging.Contact, rules []paging.Rule) []string {
	var all []string
	for _, after := range waitsOf(c, rules) {
		all = append(all, after.String())
	}
	rings := c.Method == paging.MethodSMS || c.Method == paging.MethodVoice
	if len(all) == 0 || len(all) == 1 && rings && urgency == paging.UrgencyHigh {
		all = append(all, Never)
	}
	return all
}

// ruleRow is one question. names are the elements' ids that are taken: readable ones,
// such as high_sms and high_sms_again.
func ruleRow(urgency string, c paging.Contact, n int, chosen string, names map[string]bool) slack.Block {
	label, name := wayTitle(c), urgency+"_"+string(c.Method)
	if n > 0 {
		label, name = "…and again: "+wayInside(c), name+"_again"
	}
	if names[name] {
		name += "_" + strconv.Itoa(len(names))
	}
	names[name] = true
	row := input(RuleField(urgency, c.ID, n), label, menu(name, "When", waitOptions(urgency, c, chosen), chosen))
	switch {
	case !c.DisabledAt.IsZero():
		return hinted(row, "Disabled: nothing goes there until you enable it.")
	case c.VerifiedAt.IsZero():
		return hinted(row, "Not verified yet: nothing goes there until you enter the code.")
	}
	return row
}

// waitOptions are the usual waits, the one that is chosen and the one that the method
// has unless somebody changes it, in order; Never comes last.
func waitOptions(urgency string, c paging.Contact, chosen string) []*slack.OptionBlockObject {
	all := slices.Clone(waits)
	if d, err := time.ParseDuration(chosen); err == nil {
		all = append(all, d)
	}
	for _, r := range paging.DefaultRules(urgency, []paging.Contact{c}) {
		all = append(all, r.After)
	}
	slices.Sort(all)
	var options []*slack.OptionBlockObject
	for _, d := range slices.Compact(all) {
		title := "At once"
		if d > 0 {
			title = "After " + timeline.SpanInFull(d)
		}
		options = append(options, option(title, d.String()))
	}
	return append(options, option("Never", Never))
}

// wayTitle names a contact method at the beginning of a line. People have one Slack
// account, so that it needs no address.
func wayTitle(c paging.Contact) string {
	return parts(" ", methodTitle(c.Method), ownAddress(c))
}

func wayInside(c paging.Contact) string { return parts(" ", c.Method.String(), ownAddress(c)) }

func ownAddress(c paging.Contact) string {
	if c.Method == paging.MethodSlack && c.Address == string(c.Person) {
		return ""
	}
	return said(c.Address, 120)
}

// ruleLines tell in which order a person is notified, and which of their contact
// methods are never used.
func ruleLines(rules []paging.Rule, contacts []paging.Contact) []string {
	var lines []string
	for _, r := range sooner(rules) {
		lines = append(lines, "• "+ruleInside(r))
	}
	if len(lines) == 0 {
		return []string{"• nothing reaches you"}
	}
	var never []string
	for _, c := range contacts {
		if len(waitsOf(c, rules)) == 0 {
			never = append(never, wayInside(c))
		}
	}
	if len(never) > 0 {
		lines = append(lines, "• never: "+Truncate(parts(", ", never...), maxLine))
	}
	return lines
}

func ruleInside(r paging.Rule) string {
	if r.After == 0 {
		return r.Contact.Method.String() + " at once"
	}
	return r.Contact.Method.String() + " after " + timeline.SpanInFull(r.After)
}

// usualOrder is what becomes of somebody's contact methods who has no order of their own.
func usualOrder(contacts []paging.Contact) string {
	var orders []string
	for _, urgency := range []string{paging.UrgencyHigh, paging.UrgencyLow} {
		var ways []string
		for _, r := range paging.DefaultRules(urgency, contacts) {
			ways = append(ways, ruleInside(r))
		}
		orders = append(orders, cmp.Or(parts(", ", ways...), "nothing"))
	}
	return "Then it is: " + orders[0] + "; for pages that can wait: " + orders[1] + "."
}

func sooner(rules []paging.Rule) []paging.Rule {
	sorted := slices.Clone(rules)
	slices.SortStableFunc(sorted, func(a, b paging.Rule) int { return cmp.Compare(a.After, b.After) })
	return sorted
}
