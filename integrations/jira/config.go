// Package jira speaks to Jira Cloud and Jira Data Center: it files issues, follows
// them and reads their webhooks.
//
// It is a small port of our own over go-jira, which is imported by this package alone
// and only for its typed calls that send what Jira documents. Before changing a call,
// know that Jira has no idempotent create: every issue carries a label of ours, and a
// create whose answer was lost is found again by that label.
package jira

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/integrations/secret"
)

// Secret is text that is never printed: every format shows ***.
type Secret = secret.Text

// DefaultIssueType is the issue type of Config when none is named: every project
// template of Jira but the service desk has it.
const DefaultIssueType = "Task"

// defaultTimeout bounds one call, its answer included.
const defaultTimeout = 20 * time.Second

// Config says which Jira is spoken to and where issues are filed. The zero value means
// that Jira is off.
type Config struct {
	URL   string // the site, for example https://example.atlassian.net; a path is kept
	User  string // Cloud: the account's e-mail address. Data Center: empty
	Token Secret // Cloud: the account's API token. Data Center: a personal access token

	Project        string         // key of the project that gets the issues, for example OPS
	IssueType      string         // name or id of the type for incidents; empty means DefaultIssueType
	ActionItemType string         // name or id of the type for action items; empty means IssueType
	Fields         map[string]any // sent with each new issue, by field name or id; Jira's own may require them

	WebhookSecret Secret        // shared secret of the Jira webhook; empty refuses every webhook
	Timeout       time.Duration // of one call; zero means 20 s
}

// Enabled reports whether Jira is configured at all.
func (c Config) Enabled() bool { return c.URL != "" }

// projectKey is the default pattern of project keys of both editions.
var projectKey = regexp.MustCompile(`^[A-Z][A-Z0-9_]+$`)

// Validate returns every mistake of c as a sentence, none when c can be used or is off.
func (c Config) Validate() []string {
	if !c.Enabled() {
		return c.validateOff()
	}
	var bad []string
	if s := c.validateURL(); s != "" {
		bad = append(bad, s)
	}
	bad = append(bad, c.validateAccount()...)
	switch {
	case c.Project == "":
		bad = append(bad, "The Jira project is not set; give the key of the project that should get the issues, for example OPS.")
	case !projectKey.MatchString(c.Project):
		bad = append(bad, fmt.Sprintf("%q is not a Jira project key; it is the capital letters before the dash of an issue, for example OPS of OPS-42.", c.Project))
	}
	if c.Timeout < 0 {
		bad = append(bad, fmt.Sprintf("The Jira timeout %s is negative; give a time such as 20s.", c.Timeout))
	}
	return bad
}

func (c Config) validateOff() []string {
	if c.User == "" && c.Token == "" && c.Project == "" {
		return nil
	}
	return []string{"JIRA_URL is not set but other Jira settings are; set it to the site, for example https://example.atlassian.net."}
}

func (c Config) validateURL() string {
	u, err := url.Parse(c.URL)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return fmt.Sprintf("JIRA_URL %q is not a web address; set it to the site, for example https://example.atlassian.net.", c.URL)
	case u.User != nil:
		return "JIRA_URL must not carry a user or a password; set JIRA_USER and JIRA_TOKEN."
	case u.RawQuery != "" || u.Fragment != "" || strings.Contains(u.Path, "/rest/") || strings.Contains(u.Path, "/browse/"):
		return fmt.Sprintf("JIRA_URL %q points into Jira; give the address of the site alone.", c.URL)
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return "JIRA_URL is not encrypted, so the token could be read on the way; use https."
	}
	return ""
}

// isLoopback also lets through the names of in-memory and private test sites.
func isLoopback(host string) bool {
	return host == "localhost" || host == "127.0.0.1" || host == "::1" || strings.HasSuffix(host, ".localhost")
}

func (c Config) validateAccount() []string {
	var bad []string
	if c.Token == "" {
		bad = append(bad, "JIRA_TOKEN is not set; make an API token (Cloud) or a personal access token (Data Center) and set it.")
	}
	if c.User != "" && !strings.Contains(c.User, "@") && strings.HasSuffix(c.host(), ".atlassian.net") {
		bad = append(bad, fmt.Sprintf("JIRA_USER %q is not an e-mail address; Jira Cloud wants the address of the account that owns the token.", c.User))
	}
	if c.User == "" && strings.HasSuffix(c.host(), ".atlassian.net") {
		bad = append(bad, "JIRA_USER is not set; Jira Cloud wants the e-mail address of the account that owns the token.")
	}
	return bad
}

func (c Config) host() string {
	u, err := url.Parse(c.URL)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// withDefaults fills in what may be left empty.
func (c Config) withDefaults() Config {
	if c.IssueType == "" {
		c.IssueType = DefaultIssueType
	}
	if c.ActionItemType == "" {
		c.ActionItemType = c.IssueType
	}
	if c.Timeout == 0 {
		c.Timeout = defaultTimeout
	}
	return c
}
