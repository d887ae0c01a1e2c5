package jira

import (
	"fmt"
	"strings"

	"github.com/tocsinhq/tocsin/incident"
)

// TicketRules says which incidents get a ticket, and of what kind.
type TicketRules struct {
	MinSeverity    incident.Severity // incidents this bad or worse; 0: none
	IssueType      string
	ActionItemType string
	PublicURL      string // base of our own pages
}

// Wants reports whether an incident of this severity gets a ticket of its own.
// Action items always get one.
func (r TicketRules) Wants(s incident.Severity) bool { return r.MinSeverity != 0 && s <= r.MinSeverity }

// marker is the label by which an issue is known to be ours, whatever became of
// the answer when it was filed. Task 0 is the incident itself.
func marker(id incident.ID, task int) string {
	if task == 0 {
		return Label("tocsin-" + id.String())
	}
	return Label(fmt.Sprintf("tocsin-%s-%d", id, task))
}

// incidentIssue is the issue of an incident.
func (r TicketRules) incidentIssue(i *incident.Incident) NewIssue {
	return NewIssue{
		Type:    r.IssueType,
		Summary: fmt.Sprintf("%s %s: %s", i.ID, i.Severity, i.Title),
		Description: paragraphs(
			wiki(i.Summary),
			fmt.Sprintf("Declared %s as %s.", i.DeclaredAt.Format("2006-01-02 15:04 UTC"), i.Severity),
			"Kept by Tocsin; the incident is led in Slack.",
		),
		Labels: []string{marker(i.ID, 0), "incident"},
	}
}

// taskIssue is the issue of an action item.
func (r TicketRules) taskIssue(i *incident.Incident, t *incident.Task, assignee string) NewIssue {
	return NewIssue{
		Type:    r.ActionItemType,
		Summary: t.Text,
		Description: paragraphs(
			fmt.Sprintf("Action item %d of %s: %s", t.Number, i.ID, wiki(i.Title)),
			"Closing this issue ticks the item off in Slack and in the postmortem.",
		),
		Labels:   []string{marker(i.ID, t.Number), "incident-action-item"},
		Assignee: assignee,
		Due:      t.DueOn,
	}
}

func paragraphs(parts ...string) string {
	var kept []string
	for _, p := range parts {
		if p = strings.TrimSpace(p); p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, "\n\n")
}

// wiki escapes text from people for Jira's wiki markup, so that it can neither
// mention anybody nor fake a link or a macro.
func wiki(s string) string {
	return strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`, `{`, `\{`, `}`, `\}`, `|`, `\|`, `!`, `\!`).Replace(s)
}
