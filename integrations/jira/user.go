package jira

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	gojira "github.com/andygrunwald/go-jira"
)

// Myself returns the account that the token belongs to. Changes by it are our own echo.
func (c *Client) Myself(ctx context.Context) (Person, error) {
	u, resp, err := c.jira.User.GetSelfWithContext(ctx)
	if err := c.settle(ctx, resp, err); err != nil {
		return Person{}, err
	}
	return personOf(u), nil
}

// FindUser looks a person up by e-mail address. Nobody, several, or a deactivated account
// is not an error but ok = false: an issue without assignee is a valid result.
func (c *Client) FindUser(ctx context.Context, email string) (p Person, ok bool, err error) {
	email = strings.TrimSpace(email)
	if email == "" {
		return Person{}, false, nil
	}
	s, err := c.where(ctx)
	if err != nil {
		return Person{}, false, err
	}
	q := url.Values{"maxResults": {"10"}, "username": {email}}
	if s.cloud() {
		q = url.Values{"maxResults": {"10"}, "query": {email}}
	}
	var found []gojira.User
	if err := c.call(ctx, http.MethodGet, "rest/api/2/user/search?"+q.Encode(), nil, &found); err != nil {
		return Person{}, false, err
	}
	p, ok = match(found, email)
	return p, ok, nil
}

// match takes the account with that very address. On Cloud addresses may be hidden
// while the search still goes by them: then a single hit is the one.
func match(found []gojira.User, email string) (Person, bool) {
	var hidden []Person
	for i, u := range found {
		if !u.Active || u.AccountType == "app" {
			continue
		}
		if strings.EqualFold(u.EmailAddress, email) {
			return personOf(&found[i]), true
		}
		if u.EmailAddress == "" {
			hidden = append(hidden, personOf(&found[i]))
		}
	}
	if len(hidden) == 1 {
		return hidden[0], true
	}
	return Person{}, false
}

// Assign gives the issue to a person (account id on Cloud, user name on Data Center) or,
// with "", to nobody, and reads it back: some projects take the call and change nothing.
func (c *Client) Assign(ctx context.Context, key, person string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	if err := c.sendAssignee(ctx, key, person); err != nil {
		return err
	}
	issue, err := c.Get(ctx, key)
	if err != nil {
		return err
	}
	if issue.Assignee.ID != person {
		return refusef("Jira took the new assignee of %s but did not keep it. Assign it by hand, and look at the project's automation rules.", key)
	}
	return nil
}

func (c *Client) sendAssignee(ctx context.Context, key, person string) error {
	if person == "" {
		return c.Update(ctx, key, map[string]any{"assignee": nil})
	}
	s, err := c.where(ctx)
	if err != nil {
		return err
	}
	// go-jira's own type also sends avatarUrls, which Jira's description forbids.
	in := map[string]string{s.userField(): person}
	return c.call(ctx, http.MethodPut, "rest/api/2/issue/"+key+"/assignee", in, nil)
}

// userField is how this edition refers to a person.
func (s site) userField() string {
	if s.cloud() {
		return "accountId"
	}
	return "name"
}
