package postmortem

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/timeline"
)

// Rule names what a finding is about.
type Rule string

// The rules. Each is deterministic: the same record and text give the same findings.
const (
	RuleBlame        Rule = "blameless"
	RuleMilestone    Rule = "milestone"
	RuleCause        Rule = "cause"
	RuleGap          Rule = "gap"
	RulePromise      Rule = "promise"
	RuleActionNone   Rule = "action-none"
	RuleActionMany   Rule = "action-many"
	RuleActionVague  Rule = "action-vague"
	RuleActionOwner  Rule = "action-owner"
	RuleActionDue    Rule = "action-due"
	RuleSectionEmpty Rule = "section-empty"
)

// Finding is one thing to mend: where, which rule, what is wrong and what to do.
type Finding struct {
	Where string // the title of a section, or the item
	Line  int    // within the section, from 1; 0 when it concerns the whole
	Rule  Rule
	Says  string
	Fix   string
}

// maxActions is how many action items a team can be expected to finish.
const maxActions = 10

// LintRecord finds what the record lacks: milestones, the cause, entries in
// between, action items that can be finished.
func LintRecord(f Facts) []Finding {
	f = f.complete()
	var list []Finding
	list = append(list, lintMilestones(f)...)
	if f.Incident.Cause == "" && f.Incident.Status != incident.StatusCancelled {
		list = append(list, Finding{Where: "Cause", Rule: RuleCause, Says: "No cause was noted.", Fix: "Write down what is known, even when it is not certain."})
	}
	list = append(list, lintGaps(f)...)
	for _, p := range f.promises() {
		if p.State == promiseBroken {
			list = append(list, Finding{Where: "Communications", Rule: RulePromise,
				Says: "The update promised for " + f.when(p.Due) + " was late or did not come.", Fix: "Say what kept it."})
		}
	}
	return append(list, lintActions(f)...)
}

func lintMilestones(f Facts) []Finding {
	var list []Finding
	m := f.Incident.Milestones
	status := f.Incident.Status
	for _, name := range incident.MilestoneNames() {
		due := !status.Ongoing() || name != incident.Mitigated && name != incident.ImpactEnded
		if m.At(name).IsZero() && due && status != incident.StatusCancelled {
			list = append(list, Finding{Where: "Milestones", Rule: RuleMilestone,
				Says: f.absent(name) + ".", Fix: "Set it if it can still be found out."})
		}
	}
	for _, metric := range append(Metrics(f), TimeInSeverity(f)...) {
		if metric.Validity == OutOfOrder {
			list = append(list, Finding{Where: metric.Name, Rule: RuleMilestone,
				Says: "It cannot be computed: " + metric.Why + ".", Fix: "Correct the milestone that is wrong."})
		}
	}
	return list
}

func lintGaps(f Facts) []Finding {
	var list []Finding
	shown, more := f.gaps()
	for _, g := range shown {
		list = append(list, Finding{Where: "Timeline", Rule: RuleGap,
			Says: "No entry from " + f.when(g.From) + " to " + f.when(g.To) + " (" + timeline.Span(g.length()) + ").",
			Fix:  "What happened then? Add a note with its time."})
	}
	if more > 0 {
		list = append(list, Finding{Where: "Timeline", Rule: RuleGap, Says: "There are more gaps: " + count(more, "shorter one") + ".", Fix: "See the appendix."})
	}
	return list
}

func lintActions(f Facts) []Finding {
	items := f.tasks(incident.ActionItem)
	var list []Finding
	switch {
	case len(items) == 0 && f.Incident.Status != incident.StatusCancelled:
		list = append(list, Finding{Where: "Action items", Rule: RuleActionNone, Says: "There is none.", Fix: "Add at least one, or say why nothing is to be done."})
	case len(items) > maxActions:
		list = append(list, Finding{Where: "Action items", Rule: RuleActionMany, Says: fmt.Sprintf("There are %d.", len(items)),
			Fix: fmt.Sprintf("Keep the %d that matter most; the rest will not be done.", maxActions)})
	}
	for _, t := range items {
		if t.Open() {
			list = append(list, lintAction(t)...)
		}
	}
	return list
}

func lintAction(t *incident.Task) []Finding {
	where := fmt.Sprintf("Action item %d", t.Number)
	var list []Finding
	what, criterion := doneWhen(t.Text)
	switch {
	case wishful.MatchString(what):
		list = append(list, Finding{Where: where, Rule: RuleActionVague, Says: "It asks people to be better.", Fix: "Say what will change in the system instead."})
	case vague.MatchString(what) && criterion == "":
		list = append(list, Finding{Where: where, Rule: RuleActionVague, Says: "It has no end.", Fix: "Add “done when …”."})
	}
	if t.Owner == "" {
		list = append(list, Finding{Where: where, Rule: RuleActionOwner, Says: "Nobody owns it.", Fix: "Name one person."})
	}
	if t.DueOn.IsZero() {
		list = append(list, Finding{Where: where, Rule: RuleActionDue, Says: "It has no due date.", Fix: "Set one."})
	}
	return list
}

var (
	vague   = regexp.MustCompile(`(?i)^\s*(investigate|look (in)?to|look at|check|consider|think about|explore|analy[sz]e|improve|review|monitor)\b`)
	wishful = regexp.MustCompile(`(?i)\b(be more careful|be careful|pay (more |better )?attention|try harder|do better|take more care|remember to|remind (people|everyone|everybody|the team))\b`)
)

// blame lists the wordings that judge people, with what to write instead.
var blame = []wording{
	{regexp.MustCompile(`(?i)\b(should|could|ought to)( not|n['’]t)?( have|['’]ve)\b`), "Say what was known and done then, not what was not."},
	{regexp.MustCompile(`(?i)\b(failed|neglected|forgot|forgotten|omitted) to\b`), "Say what happened and what made it likely."},
	{regexp.MustCompile(`(?i)\b(human|operator|user) error\b`), "Say what made the action easy to get wrong."},
	{regexp.MustCompile(`(?i)\b(careless(ly|ness)?|negligen(t|ce)|sloppy|incompeten(t|ce)|stupid(ly)?|lazy|reckless(ly)?)\b`), "Describe the situation, not the person."},
	{regexp.MustCompile(`(?i)\b(why did(n['’]t| not)|why did (you|he|she|they|we|nobody|no one|the \w+)( not)?)\b`), "Ask what people saw at that time."},
	{regexp.MustCompile(`(?i)\b(to blame|blamed?|at fault|whose fault|(his|her|their|your) (fault|mistake))\b`), "Describe what happened; leave fault out."},
}

// wording is a pattern and what to write instead.
type wording struct {
	pattern *regexp.Regexp
	fix     string
}

// LintText finds what the text of a document lacks: sections that wait for
// people, and wordings that judge them. Quotations of the record are let be.
func LintText(d Document) []Finding {
	var list []Finding
	for _, p := range d.Parts {
		if p.Waits() {
			list = append(list, Finding{Where: p.Title, Rule: RuleSectionEmpty, Says: "It waits for a person to write it.", Fix: "Answer the questions in it."})
			continue
		}
		if p.Written != "" || !p.Record {
			list = append(list, lintWording(p)...)
		}
	}
	return list
}

func lintWording(p Part) []Finding {
	var list []Finding
	for n, line := range strings.Split(p.Text(), "\n") {
		for _, w := range blame {
			if found := w.pattern.FindString(line); found != "" {
				list = append(list, Finding{Where: p.Title, Line: n + 1, Rule: RuleBlame, Says: "“" + found + "” judges people.", Fix: w.fix})
			}
		}
	}
	return list
}
