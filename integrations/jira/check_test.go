package jira_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tocsinhq/tocsin/integrations/jira"
	"github.com/tocsinhq/tocsin/integrations/jira/jirasim"
)

func TestCheckFieldsFindsNothingOnAGoodSite(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, o jirasim.Options) {
		s := newSite(t, o, func(c *jira.Config) {
			c.Fields = map[string]any{"Severity": "sev1", "customfield_10012": []string{"Checkout"}, "Priority": "High", "Customers affected": "12"}
		})
		s.RequireField("Severity")
		if found, err := s.CheckFields(t.Context()); err != nil || len(found) > 0 {
			t.Errorf("CheckFields = %v, %v; want nothing", found, err)
		}
		for _, r := range s.Requests() {
			if r.Method != "GET" {
				t.Errorf("CheckFields sent %s %s", r.Method, r.Path)
			}
		}
	})
}

func TestCheckFieldsNamesWhatIsBroken(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, o jirasim.Options) {
		for _, c := range []struct {
			name   string
			broken func(site)
			config func(*jira.Config)
			want   []string // beginnings of the findings
		}{
			{"wrong token", nil, func(c *jira.Config) { c.Token = "stale" }, []string{"Jira does not accept our login (401)"}},
			{"no such project", nil, func(c *jira.Config) { c.Project = "NOPE" }, []string{"Jira does not have this or hides it from our account (404): No project could be found with key 'NOPE'."}},
			{"no such type", nil, func(c *jira.Config) { c.IssueType = "Outage" }, []string{"The project OPS has no issue type “Outage” that we may create."}},
			{"required field", func(s site) { s.RequireField("Severity") }, nil, []string{
				"Jira demands the field “Severity” for each new “Incident”, and has no default for it.", "Jira demands the field “Severity” for each new “Task”, and has no default for it."}},
			{"labels off the screen", func(s site) { s.HideField("Labels") }, nil, []string{
				"The field “Labels” is not on the create screen of “Incident”.", "The field “Labels” is not on the create screen of “Task”."}},
			{"permissions", func(s site) { s.Deny("TRANSITION_ISSUES"); s.Deny("ASSIGN_ISSUES") }, nil, []string{
				"Our Jira account lacks the permission “Transition issues” in OPS.", "Our Jira account lacks the permission “Assign issues” in OPS."}},
			{"value that Jira does not know", nil, func(c *jira.Config) { c.ActionItemType, c.Fields = "Incident", map[string]any{"Severity": "huge"} }, []string{
				"Jira's field “Severity” does not know “huge”; it allows “SEV1”, “SEV2”, “SEV3”, “SEV4”, “SEV5”."}},
			{"field that is not there", nil, func(c *jira.Config) { c.ActionItemType, c.Fields = "Incident", map[string]any{"Colour": "red"} }, []string{
				"The field “Colour” is not on the create screen of “Incident”."}},
		} {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				var change []func(*jira.Config)
				if c.config != nil {
					change = append(change, c.config)
				}
				s := newSite(t, o, change...)
				if c.broken != nil {
					c.broken(s)
				}
				found, err := s.CheckFields(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				for i := range found {
					if found[i].Meaning == "" || found[i].Remedy == "" {
						t.Errorf("finding without meaning or remedy: %+v", found[i])
					}
					if i < len(c.want) && strings.HasPrefix(found[i].String(), c.want[i]) {
						found[i].Problem = c.want[i]
					}
				}
				var got []string
				for _, f := range found {
					got = append(got, f.Problem)
				}
				if diff := cmp.Diff(c.want, got); diff != "" {
					t.Errorf("problems (-want +got):\n%s", diff)
				}
			})
		}
	})
}

func TestCheckFieldsOfASiteThatIsDownIsAnError(t *testing.T) {
	t.Parallel()
	s := newSite(t, jirasim.Options{})
	s.Down(true)
	if found, err := s.CheckFields(t.Context()); err == nil || len(found) > 0 {
		t.Errorf("CheckFields = %v, %v; want an error", found, err)
	}
}

func TestFieldsAreShapedAsJiraWantsThem(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, o jirasim.Options) {
		s := newSite(t, o, func(c *jira.Config) { c.Fields = map[string]any{"Severity": "SEV3", "Priority": "low"} })
		_, err := s.Create(t.Context(), jira.NewIssue{Summary: "Checkout is down", Fields: map[string]any{
			"Severity": "sev1", "affected services": "Checkout", "Customers affected": 1200, "War room": "https://example.slack.com/archives/C1",
		}})
		if err != nil {
			t.Fatal(err)
		}
		card, _ := s.Card("OPS-1")
		want := map[string]any{
			"Severity": map[string]any{"value": "SEV1"}, "Affected services": []any{map[string]any{"value": "Checkout"}},
			"Customers affected": 1200.0, "War room": "https://example.slack.com/archives/C1",
		}
		if diff := cmp.Diff(want, card.Fields); diff != "" || card.Priority != "Low" {
			t.Errorf("priority %q, fields (-want +got):\n%s", card.Priority, diff)
		}
		for _, f := range []map[string]any{{"Severity": "huge"}, {"Colour": "red"}, {"Customers affected": "many"}} {
			if _, err := s.Create(t.Context(), jira.NewIssue{Summary: "x", Fields: f}); kindOf(err) != "refused" {
				t.Errorf("Create with %v = %v; want it refused", f, err)
			}
		}
	})
}
