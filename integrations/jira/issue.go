package jira

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"time"

	gojira "github.com/andygrunwald/go-jira"
	"github.com/trivago/tgo/tcontainer"
)

// Limits of the two texts, as Jira enforces them.
const (
	maxSummary     = 254   // runes; Jira wants less than 255
	maxDescription = 32767 // runes
)

// NewIssue is what Create files.
type NewIssue struct {
	Project     string         // key; empty means Config.Project
	Type        string         // name or id; empty means Config.IssueType
	Summary     string         // one line; newlines become spaces, and it is cut at 254 characters
	Description string         // wiki markup
	Labels      []string       // without spaces; one of them should be ours alone
	Assignee    string         // account id (Cloud) or user name (Data Center); empty means nobody
	Due         time.Time      // only its date is sent; zero means none
	Fields      map[string]any // further fields by name or id; they win over Config.Fields
}

// Issue is an issue as Jira tells it.
type Issue struct {
	Key, ID    string
	URL        string // for people
	Project    string
	Type       string
	Summary    string
	Status     string // as named in the project's workflow
	Category   Category
	Assignee   Person // zero when nobody is
	Resolution string // empty while open
	Labels     []string
	Updated    time.Time // zero in the answer of Create
	Warnings   []string  // sentences: what Create could not do besides filing the issue
}

// Person is an account in Jira.
type Person struct {
	ID    string // account id (Cloud) or user name (Data Center): what Assign takes
	Name  string
	Email string // often hidden on Cloud
}

// Category is the kind of a status: the same three in every workflow.
type Category string

// The status categories.
const (
	ToDo  Category = "to do"
	Doing Category = "in progress"
	Done  Category = "done"
)

// categoryOf reads the key of a status category. Keys are fixed by Jira: new,
// indeterminate, done, and undefined for a status that was never sorted.
func categoryOf(key string) Category {
	switch key {
	case "indeterminate", "in-flight":
		return Doing
	case "done", "completed":
		return Done
	}
	return ToDo
}

var issueKey = regexp.MustCompile(`^[A-Z][A-Z0-9_]+-[0-9]+$`)

// IsKey reports whether s is written like an issue key, for example OPS-42.
func IsKey(s string) bool { return issueKey.MatchString(s) }

// checkKey keeps anything else out of paths and queries.
func checkKey(key string) error {
	if !IsKey(key) {
		return refusef("“%s” is not a Jira issue; issues are written like OPS-42.", sentence(key))
	}
	return nil
}

// readFields is what Get and the searches ask for.
const readFields = "summary,status,assignee,resolution,labels,updated,issuetype,project"

// Create files an issue. Twice makes two: look for your label with FindByLabel first.
// The assignee is set by a second call, since Jira drops it silently where the create
// screen lacks it; an assignee that is refused leaves the issue unassigned, with a warning.
func (c *Client) Create(ctx context.Context, n NewIssue) (Issue, error) {
	fields, err := c.createFields(ctx, n)
	if err != nil {
		return Issue{}, err
	}
	made, resp, err := c.jira.Issue.CreateWithContext(ctx, &gojira.Issue{Fields: fields})
	if err := c.settle(ctx, resp, err); err != nil {
		return Issue{}, err
	}
	issue := Issue{Key: made.Key, ID: made.ID, URL: c.browse(made.Key), Project: fields.Project.Key, Type: n.Type, Summary: fields.Summary, Labels: n.Labels}
	if n.Assignee != "" {
		if err := c.Assign(ctx, made.Key, n.Assignee); err != nil {
			issue.Warnings = append(issue.Warnings, "The issue is filed but nobody is assigned. "+Explain(err))
		}
	}
	return issue, nil
}

func (c *Client) createFields(ctx context.Context, n NewIssue) (*gojira.IssueFields, error) {
	project, kind := n.Project, n.Type
	if project == "" {
		project = c.config.Project
	}
	if kind == "" {
		kind = c.config.IssueType
	}
	extra, err := c.extraFields(ctx, project, kind, n.Fields)
	if err != nil {
		return nil, err
	}
	f := &gojira.IssueFields{
		Project:     gojira.Project{Key: project},
		Type:        typeRef(kind),
		Summary:     oneLine(n.Summary),
		Description: cut(n.Description, maxDescription),
		Labels:      n.Labels,
		Unknowns:    tcontainer.MarshalMap(extra),
	}
	if !n.Due.IsZero() {
		f.Duedate = gojira.Date(n.Due)
	}
	return f, nil
}

var digits = regexp.MustCompile(`^\d+$`)

func typeRef(s string) gojira.IssueType {
	if digits.MatchString(s) {
		return gojira.IssueType{ID: s}
	}
	return gojira.IssueType{Name: s}
}

// oneLine makes a summary that Jira takes.
func oneLine(s string) string { return cut(strings.Join(strings.Fields(s), " "), maxSummary) }

func cut(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}

// Get reads one issue. An issue that is gone, or hidden from us, is a *Refused with status 404.
func (c *Client) Get(ctx context.Context, key string) (Issue, error) {
	if err := checkKey(key); err != nil {
		return Issue{}, err
	}
	got, resp, err := c.jira.Issue.GetWithContext(ctx, key, &gojira.GetQueryOptions{Fields: readFields})
	if err := c.settle(ctx, resp, err); err != nil {
		return Issue{}, err
	}
	return c.issue(got), nil
}

// issue translates. Fields that Jira left out stay zero.
func (c *Client) issue(g *gojira.Issue) Issue {
	i := Issue{Key: g.Key, ID: g.ID, URL: c.browse(g.Key)}
	f := g.Fields
	if f == nil {
		return i
	}
	i.Project, i.Type, i.Summary, i.Labels = f.Project.Key, f.Type.Name, f.Summary, f.Labels
	i.Updated = time.Time(f.Updated)
	if f.Status != nil {
		i.Status, i.Category = f.Status.Name, categoryOf(f.Status.StatusCategory.Key)
	}
	if f.Resolution != nil {
		i.Resolution = f.Resolution.Name
	}
	if f.Assignee != nil {
		i.Assignee = personOf(f.Assignee)
	}
	return i
}

func personOf(u *gojira.User) Person {
	p := Person{ID: u.AccountID, Name: u.DisplayName, Email: u.EmailAddress}
	if p.ID == "" {
		p.ID = u.Name
	}
	return p
}

// Update sets fields, by id, in the shape that Jira wants. Twice is the same as once.
func (c *Client) Update(ctx context.Context, key string, fields map[string]any) error {
	if err := checkKey(key); err != nil {
		return err
	}
	resp, err := c.jira.Issue.UpdateIssueWithContext(ctx, key, map[string]any{"fields": fields})
	return c.settle(ctx, resp, err)
}

// Comment adds a comment in wiki markup and returns its id. Twice makes two.
func (c *Client) Comment(ctx context.Context, key, text string) (string, error) {
	if err := checkKey(key); err != nil {
		return "", err
	}
	// go-jira's own type also sends read-only fields, which Jira's description forbids.
	in := map[string]any{"body": cut(text, maxDescription)}
	var out struct {
		ID string `json:"id"`
	}
	err := c.call(ctx, http.MethodPost, "rest/api/2/issue/"+key+"/comment", in, &out)
	return out.ID, err
}

// RemoteLink puts a link to url on the issue. The same globalID again replaces the link.
func (c *Client) RemoteLink(ctx context.Context, key, globalID, url, title string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	link := &gojira.RemoteLink{GlobalID: globalID, Object: &gojira.RemoteLinkObject{URL: url, Title: cut(title, maxSummary)}}
	_, resp, err := c.jira.Issue.AddRemoteLinkWithContext(ctx, key, link)
	return c.settle(ctx, resp, err)
}

// Label makes a label from s: Jira allows no spaces, and at most 255 characters.
func Label(s string) string {
	return cut(strings.Join(strings.Fields(s), "-"), 255)
}
