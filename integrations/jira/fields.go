package jira

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// createField is a field of the screen on which issues of one type are made. Which
// fields there are, and what they are called, is always asked of Jira and never known.
type createField struct {
	ID         string      `json:"fieldId"`
	Key        string      `json:"key"`
	Name       string      `json:"name"`
	Required   bool        `json:"required"`
	HasDefault bool        `json:"hasDefaultValue"`
	Schema     fieldSchema `json:"schema"`
	Allowed    []choice    `json:"allowedValues"`
}

type fieldSchema struct {
	Type  string `json:"type"`
	Items string `json:"items"`
}

// choice is an allowed value: options have a value, everything else has a name.
type choice struct {
	ID    string `json:"id"`
	Value string `json:"value"`
	Name  string `json:"name"`
}

func (c choice) text() string {
	if c.Value != "" {
		return c.Value
	}
	return c.Name
}

// issueType is a type that the project offers.
type issueType struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Subtask bool   `json:"subtask"`
}

// issueTypes lists the types in which the project lets us make issues. Cloud calls the
// list issueTypes, Data Center values.
func (c *Client) issueTypes(ctx context.Context, project string) ([]issueType, error) {
	var out struct {
		Types  []issueType `json:"issueTypes"`
		Values []issueType `json:"values"`
	}
	err := c.call(ctx, http.MethodGet, "rest/api/2/issue/createmeta/"+url.PathEscape(project)+"/issuetypes?maxResults=200", nil, &out)
	return append(out.Types, out.Values...), err
}

// createScreen lists the fields of one type, given by its id.
func (c *Client) createScreen(ctx context.Context, project, typeID string) ([]createField, error) {
	var all []createField
	for range maxPages {
		var out struct {
			Fields []createField `json:"fields"`
			Values []createField `json:"values"`
			Total  int           `json:"total"`
		}
		path := "rest/api/2/issue/createmeta/" + url.PathEscape(project) + "/issuetypes/" + url.PathEscape(typeID) +
			"?maxResults=200&startAt=" + strconv.Itoa(len(all))
		if err := c.call(ctx, http.MethodGet, path, nil, &out); err != nil {
			return nil, err
		}
		page := append(out.Fields, out.Values...)
		all = append(all, page...)
		if len(page) == 0 || len(all) >= out.Total {
			break
		}
	}
	return all, nil
}

// pickType finds a type by name or id.
func pickType(types []issueType, want string) (issueType, bool) {
	for _, t := range types {
		if t.ID == want || strings.EqualFold(t.Name, want) {
			return t, true
		}
	}
	return issueType{}, false
}

func pickField(screen []createField, want string) (createField, bool) {
	for _, f := range screen {
		if f.ID == want || f.Key == want {
			return f, true
		}
	}
	for _, f := range screen {
		if strings.EqualFold(f.Name, want) {
			return f, true
		}
	}
	return createField{}, false
}

// extraFields translates the further fields of a new issue: names become ids, and plain
// values get the shape that the field wants.
func (c *Client) extraFields(ctx context.Context, project, kind string, given map[string]any) (map[string]any, error) {
	all := maps.Clone(c.config.Fields)
	if all == nil {
		all = map[string]any{}
	}
	maps.Copy(all, given)
	if len(all) == 0 {
		return nil, nil
	}
	screen, err := c.screenOf(ctx, project, kind)
	if err != nil {
		return nil, err
	}
	s, err := c.where(ctx)
	if err != nil {
		return nil, err
	}
	out := make(map[string]any, len(all))
	for name, v := range all {
		f, ok := pickField(screen, name)
		if !ok {
			return nil, refusef("Jira has no field “%s” on the create screen of “%s” in %s. Put it there, or take it out of our settings.", name, kind, project)
		}
		if out[f.ID], err = f.shape(v, s); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (c *Client) screenOf(ctx context.Context, project, kind string) ([]createField, error) {
	types, err := c.issueTypes(ctx, project)
	if err != nil {
		return nil, err
	}
	t, ok := pickType(types, kind)
	if !ok {
		return nil, refusef("Jira has no issue type “%s” in %s; it has %s. Name one of these in our settings.", kind, project, typeNames(types))
	}
	return c.createScreen(ctx, project, t.ID)
}

func typeNames(types []issueType) string {
	var names []string
	for _, t := range types {
		names = append(names, "“"+t.Name+"”")
	}
	if len(names) == 0 {
		return "none that we may use"
	}
	return strings.Join(names, ", ")
}

// shape gives a plain value the form that Jira demands for the field's type. Maps, and
// whatever is not plain, pass unchanged: their author knows the form.
func (f createField) shape(v any, s site) (any, error) {
	if f.Schema.Type != "array" {
		return f.shapeOne(f.Schema.Type, v, s)
	}
	list, ok := v.([]any)
	if texts, isTexts := v.([]string); isTexts {
		ok = true
		for _, t := range texts {
			list = append(list, t)
		}
	}
	if !ok {
		list = []any{v}
	}
	out := make([]any, 0, len(list))
	for _, one := range list {
		shaped, err := f.shapeOne(f.Schema.Items, one, s)
		if err != nil {
			return nil, err
		}
		out = append(out, shaped)
	}
	return out, nil
}

func (f createField) shapeOne(kind string, v any, s site) (any, error) {
	text, plain := plainText(v)
	if !plain {
		return v, nil
	}
	text, err := f.allowed(text)
	if err != nil {
		return nil, err
	}
	switch kind {
	case "option":
		return map[string]any{"value": text}, nil
	case "priority", "version", "component", "resolution", "group", "securitylevel":
		return map[string]any{"name": text}, nil
	case "user":
		return map[string]any{s.userField(): text}, nil
	case "number":
		n, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil, refusef("Jira's field “%s” wants a number and our settings say “%s”.", f.Name, text)
		}
		return n, nil
	}
	return text, nil
}

func plainText(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case int, int64, float64, bool:
		return fmt.Sprint(v), true
	}
	return "", false
}

// allowed finds the value among those that Jira offers and returns it in Jira's spelling.
func (f createField) allowed(text string) (string, error) {
	if len(f.Allowed) == 0 {
		return text, nil
	}
	var names []string
	for _, c := range f.Allowed {
		if strings.EqualFold(c.text(), text) {
			return c.text(), nil
		}
		names = append(names, "“"+c.text()+"”")
	}
	return "", refusef("Jira's field “%s” does not know “%s”; it allows %s.", f.Name, text, strings.Join(names, ", "))
}
