package jira

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// transition is one way out of an issue's status, as the issue offers it now.
type transition struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Available *bool  `json:"isAvailable"`
	To        struct {
		Name     string `json:"name"`
		Category struct {
			Key string `json:"key"`
		} `json:"statusCategory"`
	} `json:"to"`
	Fields map[string]transitionField `json:"fields"`
}

type transitionField struct {
	Required   bool             `json:"required"`
	HasDefault bool             `json:"hasDefaultValue"`
	Name       string           `json:"name"`
	Allowed    []map[string]any `json:"allowedValues"`
}

// Transition moves the issue to a status of category to, by whatever transition the
// issue offers now. An issue that is there already stays as it is. When none fits, the
// error is a *Refused that says what Jira offers instead.
func (c *Client) Transition(ctx context.Context, key string, to Category) error {
	issue, err := c.Get(ctx, key)
	if err != nil || issue.Category == to {
		return err
	}
	var offer struct {
		Transitions []transition `json:"transitions"`
	}
	path := "rest/api/2/issue/" + key + "/transitions"
	if err := c.call(ctx, http.MethodGet, path+"?expand=transitions.fields", nil, &offer); err != nil {
		return err
	}
	t, fields, err := choose(issue, to, offer.Transitions)
	if err != nil {
		return err
	}
	in := map[string]any{"transition": map[string]any{"id": t.ID}}
	if len(fields) > 0 {
		in["fields"] = fields
	}
	return c.call(ctx, http.MethodPost, path, in, nil)
}

// choose takes the transition into the category that asks for the least.
func choose(issue Issue, to Category, offer []transition) (transition, map[string]any, error) {
	var best *transition
	var bestFields map[string]any
	var asks []string
	for i, t := range offer {
		if categoryOf(t.To.Category.Key) != to || t.Available != nil && !*t.Available {
			continue
		}
		fields, missing := t.fill()
		if len(missing) > 0 {
			asks = append(asks, fmt.Sprintf("“%s” asks for %s", t.Name, strings.Join(missing, ", ")))
			continue
		}
		if best == nil || len(fields) < len(bestFields) {
			best, bestFields = &offer[i], fields
		}
	}
	if best == nil {
		return transition{}, nil, noWay(issue, to, offer, asks)
	}
	return *best, bestFields, nil
}

// fill answers what the transition's screen demands. We can only answer the resolution,
// with the first value that Jira allows.
func (t transition) fill() (fields map[string]any, missing []string) {
	for id, f := range t.Fields {
		if !f.Required || f.HasDefault {
			continue
		}
		if id == "resolution" && len(f.Allowed) > 0 {
			fields = map[string]any{id: map[string]any{"name": f.Allowed[0]["name"]}}
			continue
		}
		missing = append(missing, "“"+nameOf(id, map[string]string{id: f.Name})+"”")
	}
	slices.Sort(missing)
	return fields, missing
}

func noWay(issue Issue, to Category, offer []transition, asks []string) *Refused {
	if len(asks) > 0 {
		return refusef("%s cannot be moved to “%s” by us: %s. Move it by hand, or take the field off that transition's screen.", issue.Key, to, strings.Join(asks, "; "))
	}
	var names []string
	for _, t := range offer {
		names = append(names, "“"+t.Name+"”")
	}
	offers := "nothing"
	if len(names) > 0 {
		offers = strings.Join(names, ", ")
	}
	return refusef("Jira offers no way for %s from “%s” to a status that counts as “%s”; it offers %s. Move it by hand, or add a transition to the project's workflow.",
		issue.Key, issue.Status, to, offers)
}
