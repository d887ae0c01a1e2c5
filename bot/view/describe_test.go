package view

import (
	"regexp"
	"strings"
	"testing"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/timeline"
)

// bareID is the id of a person or a channel that Slack does not turn into a name.
var bareID = regexp.MustCompile(`(^|[^@#])\b[UC]0[A-Z]+`)

// code is a method or a place as the program calls it.
var code = regexp.MustCompile(`\b(sms|voice|slack to|via slack)\b`)

func TestNobodyReadsIDsAndMethodsInATimeline(t *testing.T) {
	t.Parallel()
	timer := incident.EscalationTimer{Escalation: 1, Generation: 2, Due: noon}
	for _, c := range []struct {
		event incident.Event
		says  string
	}{
		{incident.StepFired{EscalationTimer: timer, Step: 2, Pages: []incident.Page{{Person: bob}, {Person: carol}}, Places: []incident.Place{{Kind: "channel", Name: "C0OPS"}}},
			"Step 2 pages <@U0BOB>, <@U0CAROL>, <#C0OPS>"},
		{incident.EscalationAcknowledged{EscalationTimer: timer, Person: bob, Via: "sms"}, "Acknowledged by <@U0BOB> via text message"},
		{incident.EscalationAcknowledged{EscalationTimer: timer, Person: bob, Via: "slack"}, "Acknowledged by <@U0BOB> via Slack"},
		{incident.EscalationSnoozed{EscalationTimer: timer, Person: bob, Until: noon}, "by <@U0BOB>"},
		{incident.EscalationReturned{EscalationTimer: timer, Cause: "snooze", Person: bob}, "by <@U0BOB>"},
		{incident.DeliveryMoved{Person: bob, Method: "sms", State: "delivered"}, "Text message to <@U0BOB>: delivered"},
		{incident.DeliveryMoved{Person: bob, Method: "voice", State: "failed", Reason: "busy <!here>"}, "Phone call to <@U0BOB>: failed: busy &lt;!here&gt;"},
		{incident.DeliveryMoved{Person: bob, Method: "slack", State: "sent"}, "Slack to <@U0BOB>: sent"},
		{incident.PersonUnreachable{Person: bob, Reason: "no number"}, "reach <@U0BOB>"},
		{incident.RoleAssigned{Role: incident.Commander, To: bob, From: carol}, "<@U0CAROL> to <@U0BOB>"},
	} {
		line := lineText(timeline.Fold([]timeline.Entry{entry(1, incident.By(alice), c.event)})[0], maxLineText)
		if !strings.Contains(line, c.says) {
			t.Errorf("%s is told as %q, without %q", c.event.Kind(), line, c.says)
		}
		if bareID.MatchString(line) || code.MatchString(line) {
			t.Errorf("%s is told as %q, which nobody can read", c.event.Kind(), line)
		}
	}
}
