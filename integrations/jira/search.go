package jira

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	gojira "github.com/andygrunwald/go-jira"
)

// searchKind is the search endpoint of this site, once known.
type searchKind int

const (
	searchUnknown searchKind = iota
	searchJQL                // POST search/jql: Cloud, the only one there since 2025
	searchClassic            // POST search: Data Center
)

// Sizes of a search: issues asked for at once, and pages read before giving up.
const (
	pageSize = 50
	maxPages = 20
)

// FindByLabel returns the issues that carry label, oldest first; none is not an error.
// Cloud's index lags a few seconds behind: give the ids of issues that were written a
// moment ago as recent, and they are looked at afresh.
func (c *Client) FindByLabel(ctx context.Context, label string, recent ...string) ([]Issue, error) {
	return c.find(ctx, "labels = "+quote(label)+" ORDER BY created ASC", recent)
}

// GetMany reads issues by key, in no order. Those that are gone or hidden are left out;
// one that moved to another project comes with its new key and its old id. What it
// tells may be some seconds old on Cloud.
func (c *Client) GetMany(ctx context.Context, keys []string) ([]Issue, error) {
	var all []Issue
	for len(keys) > 0 {
		n := min(len(keys), pageSize)
		some, err := c.getPage(ctx, keys[:n])
		if err != nil {
			return nil, err
		}
		all, keys = append(all, some...), keys[n:]
	}
	return all, nil
}

func (c *Client) getPage(ctx context.Context, keys []string) ([]Issue, error) {
	for _, k := range keys {
		if err := checkKey(k); err != nil {
			return nil, err
		}
	}
	some, err := c.find(ctx, "key in ("+strings.Join(keys, ", ")+")", nil)
	if r, ok := errors.AsType[*Refused](err); ok && r.Status == http.StatusBadRequest {
		// One key that does not exist spoils the whole query.
		return c.getEach(ctx, keys)
	}
	return some, err
}

func (c *Client) getEach(ctx context.Context, keys []string) ([]Issue, error) {
	var all []Issue
	for _, k := range keys {
		i, err := c.Get(ctx, k)
		if r, ok := errors.AsType[*Refused](err); ok && r.Status == http.StatusNotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, i)
	}
	return all, nil
}

// quote makes a JQL string. JQL knows backslash escapes inside double quotes.
func quote(s string) string {
	s = strings.ReplaceAll(s, `\`, `\\`)
	return `"` + strings.ReplaceAll(s, `"`, `\"`) + `"`
}

// find runs jql on the search that this site has. An edition that answers 404 or 410 has
// the other one.
func (c *Client) find(ctx context.Context, jql string, recent []string) ([]Issue, error) {
	kind, err := c.searchKind(ctx)
	if err != nil {
		return nil, err
	}
	found, err := c.findWith(ctx, kind, jql, recent)
	r, ok := errors.AsType[*Refused](err)
	if !ok || r.Status != http.StatusNotFound && r.Status != http.StatusGone {
		return found, err
	}
	other := searchJQL + searchClassic - kind
	if found, err = c.findWith(ctx, other, jql, recent); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.search = other
	return found, nil
}

func (c *Client) searchKind(ctx context.Context) (searchKind, error) {
	c.mu.Lock()
	known := c.search
	c.mu.Unlock()
	if known != searchUnknown {
		return known, nil
	}
	s, err := c.where(ctx)
	if err != nil {
		return searchUnknown, err
	}
	if s.cloud() {
		return searchJQL, nil
	}
	return searchClassic, nil
}

func (c *Client) findWith(ctx context.Context, kind searchKind, jql string, recent []string) ([]Issue, error) {
	if kind == searchJQL {
		return c.findJQL(ctx, jql, recent)
	}
	return c.findClassic(ctx, jql)
}

// findJQL pages by token. go-jira's own call joins reconcileIssues with commas, which
// Jira's description does not allow, and cannot POST.
func (c *Client) findJQL(ctx context.Context, jql string, recent []string) ([]Issue, error) {
	in := struct {
		JQL       string   `json:"jql"`
		Max       int      `json:"maxResults"`
		Fields    []string `json:"fields"`
		Reconcile []int64  `json:"reconcileIssues,omitempty"`
		Token     string   `json:"nextPageToken,omitempty"`
	}{JQL: jql, Max: pageSize, Fields: strings.Split(readFields, ","), Reconcile: numbers(recent)}
	var all []Issue
	for range maxPages {
		var out struct {
			Issues []gojira.Issue `json:"issues"`
			Token  string         `json:"nextPageToken"`
		}
		if err := c.call(ctx, http.MethodPost, "rest/api/2/search/jql", in, &out); err != nil {
			return nil, err
		}
		all = c.appendIssues(all, out.Issues)
		if in.Token = out.Token; in.Token == "" {
			return all, nil
		}
	}
	return nil, refusef("Jira found more than %d issues for our question; look whether something copied our label.", pageSize*maxPages)
}

// findClassic pages by offset.
func (c *Client) findClassic(ctx context.Context, jql string) ([]Issue, error) {
	var all []Issue
	for range maxPages {
		in := map[string]any{"jql": jql, "startAt": len(all), "maxResults": pageSize, "fields": strings.Split(readFields, ",")}
		var out struct {
			Issues []gojira.Issue `json:"issues"`
			Total  int            `json:"total"`
		}
		if err := c.call(ctx, http.MethodPost, "rest/api/2/search", in, &out); err != nil {
			return nil, err
		}
		all = c.appendIssues(all, out.Issues)
		if len(out.Issues) == 0 || len(all) >= out.Total {
			return all, nil
		}
	}
	return nil, refusef("Jira found more than %d issues for our question; look whether something copied our label.", pageSize*maxPages)
}

func (c *Client) appendIssues(all []Issue, some []gojira.Issue) []Issue {
	for i := range some {
		all = append(all, c.issue(&some[i]))
	}
	return all
}

// numbers keeps the ids that are numbers: Jira reconciles at most 50 of them.
func numbers(ids []string) []int64 {
	var list []int64
	for _, id := range ids {
		if n, err := strconv.ParseInt(id, 10, 64); err == nil && len(list) < 50 {
			list = append(list, n)
		}
	}
	return list
}
