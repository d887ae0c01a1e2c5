package jira

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Finding is one thing that would keep us from filing issues.
type Finding struct {
	Problem string // what is wrong
	Meaning string // what happens because of it
	Remedy  string // how to mend it
}

// String is the finding on one line.
func (f Finding) String() string { return f.Problem + " " + f.Meaning + " " + f.Remedy }

// permissions are what we need in the project, by Jira's key, with the loss without it.
var permissions = []struct{ key, name, loss string }{
	{"BROWSE_PROJECTS", "Browse projects", "No issue can be found again, so each retry could file another."},
	{"CREATE_ISSUES", "Create issues", "No issue can be filed."},
	{"EDIT_ISSUES", "Edit issues", "Issues do not follow the incident's title and severity."},
	{"TRANSITION_ISSUES", "Transition issues", "Issues stay open when the incident is resolved."},
	{"ASSIGN_ISSUES", "Assign issues", "Action items are filed with nobody assigned."},
	{"ADD_COMMENTS", "Add comments", "Updates are not copied to the issue."},
	{"LINK_ISSUES", "Link issues", "Issues carry no link back to the incident."},
}

// CheckFields looks at everything that filing issues depends on and returns what is
// wrong with it, nothing when all is well. The error is for a Jira that cannot be asked.
// It changes nothing in Jira.
func (c *Client) CheckFields(ctx context.Context) ([]Finding, error) {
	for _, check := range []func(context.Context) (*Finding, error){c.checkSite, c.checkToken, c.checkProject} {
		f, err := check(ctx)
		if f != nil || err != nil {
			return findings(f), err
		}
	}
	found, err := c.checkPermissions(ctx)
	if err != nil {
		return found, err
	}
	more, err := c.checkTypes(ctx)
	return append(found, more...), err
}

func findings(f *Finding) []Finding {
	if f == nil {
		return nil
	}
	return []Finding{*f}
}

// asFinding keeps a refusal as the problem and passes every other error on.
func asFinding(err error, meaning, remedy string) (*Finding, error) {
	if err == nil {
		return nil, nil
	}
	r, ok := errors.AsType[*Refused](err)
	if !ok {
		return nil, err
	}
	return &Finding{Problem: r.Error(), Meaning: meaning, Remedy: remedy}, nil
}

func (c *Client) checkSite(ctx context.Context) (*Finding, error) {
	_, err := c.where(ctx)
	return asFinding(err, "Nothing reaches Jira.", "Open JIRA_URL in a browser and set it to the address of Jira itself, with its path if it has one.")
}

func (c *Client) checkToken(ctx context.Context) (*Finding, error) {
	_, err := c.Myself(ctx)
	return asFinding(err, "No issue can be filed or followed.", "On Cloud, JIRA_USER is the e-mail address of the account that made JIRA_TOKEN; on Data Center, leave JIRA_USER empty.")
}

func (c *Client) checkProject(ctx context.Context) (*Finding, error) {
	err := c.call(ctx, http.MethodGet, "rest/api/2/project/"+url.PathEscape(c.config.Project), nil, nil)
	return asFinding(err, fmt.Sprintf("There is no project %s for our issues.", c.config.Project), "Set the Jira project to an existing key, and let the account browse that project.")
}

func (c *Client) checkPermissions(ctx context.Context) ([]Finding, error) {
	var keys []string
	for _, p := range permissions {
		keys = append(keys, p.key)
	}
	q := url.Values{"projectKey": {c.config.Project}, "permissions": {strings.Join(keys, ",")}}
	var out struct {
		Permissions map[string]struct {
			Have bool `json:"havePermission"`
		} `json:"permissions"`
	}
	if err := c.call(ctx, http.MethodGet, "rest/api/2/mypermissions?"+q.Encode(), nil, &out); err != nil {
		f, err := asFinding(err, "What our account may do is unknown.", "Let the account browse the project.")
		return findings(f), err
	}
	var found []Finding
	for _, p := range permissions {
		if !out.Permissions[p.key].Have {
			found = append(found, Finding{
				Problem: fmt.Sprintf("Our Jira account lacks the permission “%s” in %s.", p.name, c.config.Project),
				Meaning: p.loss,
				Remedy:  "Ask a Jira administrator to grant it in the project's permission scheme.",
			})
		}
	}
	return found, nil
}

func (c *Client) checkTypes(ctx context.Context) ([]Finding, error) {
	types, err := c.issueTypes(ctx, c.config.Project)
	if err != nil {
		f, err := asFinding(err, "The fields that Jira demands are unknown.", "Let the account create issues in the project.")
		return findings(f), err
	}
	var found []Finding
	for _, want := range slices.Compact([]string{c.config.IssueType, c.config.ActionItemType}) {
		t, ok := pickType(types, want)
		if !ok || t.Subtask {
			found = append(found, noType(c.config.Project, want, types))
			continue
		}
		screen, err := c.createScreen(ctx, c.config.Project, t.ID)
		if err != nil {
			f, err := asFinding(err, "The fields that Jira demands are unknown.", "Let the account create issues in the project.")
			return append(found, findings(f)...), err
		}
		found = append(found, c.checkScreen(t.Name, screen)...)
	}
	return found, nil
}

func noType(project, want string, types []issueType) Finding {
	types = slices.DeleteFunc(slices.Clone(types), func(t issueType) bool { return t.Subtask })
	return Finding{
		Problem: fmt.Sprintf("The project %s has no issue type “%s” that we may create.", project, want),
		Meaning: "Issues of that type cannot be filed.",
		Remedy:  fmt.Sprintf("Use one of %s, or add the type to the project.", typeNames(types)),
	}
}

// filled are the fields that every new issue of ours carries; Jira fills in the reporter.
var filled = []string{"project", "issuetype", "summary", "description", "labels", "reporter"}

func (c *Client) checkScreen(kind string, screen []createField) []Finding {
	var found []Finding
	for _, f := range screen {
		if f.Required && !f.HasDefault && !slices.Contains(filled, f.ID) && !c.supplies(f) {
			found = append(found, Finding{
				Problem: fmt.Sprintf("Jira demands the field “%s” for each new “%s”, and has no default for it.", f.Name, kind),
				Meaning: "Jira would refuse every issue of that type.",
				Remedy:  "Give the field a value under the Jira fields of our settings, give it a default in Jira, or make it optional for this project." + f.offers(),
			})
		}
	}
	for _, id := range []string{"labels", "description"} {
		if _, ok := pickField(screen, id); !ok {
			found = append(found, offScreen(id, kind))
		}
	}
	return append(found, c.checkSupplied(kind, screen)...)
}

func offScreen(id, kind string) Finding {
	return Finding{
		Problem: fmt.Sprintf("The field “%s” is not on the create screen of “%s”.", nameOf(id, nil), kind),
		Meaning: "Jira would refuse every issue of that type.",
		Remedy:  "Put the field on the create screen of the project.",
	}
}

func (f createField) offers() string {
	if len(f.Allowed) == 0 {
		return ""
	}
	var names []string
	for _, c := range f.Allowed[:min(len(f.Allowed), 10)] {
		names = append(names, "“"+c.text()+"”")
	}
	return " It allows " + strings.Join(names, ", ") + "."
}

func (c *Client) supplies(f createField) bool {
	for name := range c.config.Fields {
		if name == f.ID || strings.EqualFold(name, f.Name) {
			return true
		}
	}
	return false
}

// checkSupplied tries the configured values against the screen.
func (c *Client) checkSupplied(kind string, screen []createField) []Finding {
	var found []Finding
	for name, v := range c.config.Fields {
		f, ok := pickField(screen, name)
		if !ok {
			found = append(found, offScreen(name, kind))
			continue
		}
		if _, err := f.shape(v, site{}); err != nil {
			found = append(found, Finding{Problem: Explain(err), Meaning: "Jira would refuse every issue of that type.", Remedy: "Correct the value in our settings."})
		}
	}
	slices.SortFunc(found, func(a, b Finding) int { return strings.Compare(a.Problem, b.Problem) })
	return found
}
