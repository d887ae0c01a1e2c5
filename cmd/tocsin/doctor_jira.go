package main

import (
	"context"

	"github.com/tocsinhq/tocsin/integrations/jira"
)

// examineJira looks at everything that filing tickets depends on, when Jira is
// configured at all.
func (p *process) examineJira(ctx context.Context) []finding {
	c := p.config
	if c.JiraURL == "" {
		return []finding{fine("Jira", "Not configured: incidents and action items get no tickets.")}
	}
	settings := c.jira()
	if bad := settings.Validate(); len(bad) > 0 {
		var found []finding
		for _, text := range bad {
			found = append(found, finding{Mark: markWrong, Area: "Jira", Text: text, Meaning: "Tocsin does not start."})
		}
		return found
	}
	client, err := jira.New(settings, nil)
	if err != nil {
		return []finding{{markWrong, "Jira", asSentence(err), "Tocsin does not start.", ""}}
	}
	problems, err := client.CheckFields(ctx)
	found := p.examineWebhook()
	for _, f := range problems {
		found = append(found, finding{markWrong, "Jira", f.Problem, f.Meaning, f.Remedy})
	}
	if err != nil {
		return append(found, finding{markWrong, "Jira", jira.Explain(err), "Tickets wait until it answers.", "Check JIRA_URL, the network and the proxy of this machine."})
	}
	if len(problems) == 0 {
		found = append(found, fine("Jira", "Tickets can be filed in %s, of the types %s and %s.", c.JiraProject, c.JiraIssueType, c.JiraActionItemType))
	}
	return found
}

func (p *process) examineWebhook() []finding {
	if p.config.JiraWebhookSecret != "" {
		return nil
	}
	return []finding{{markWarning, "Jira", "JIRA_WEBHOOK_SECRET is not set, so Jira's webhooks are refused.", "What people change in Jira shows here only after " + reconcileEvery.String() + ".",
		"Make a webhook to <public URL>/webhooks/jira with a secret, and set it."}}
}
