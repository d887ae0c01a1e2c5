package jirasim

import (
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// createIssue files an issue in the first status.
func (s *Sim) createIssue(c call) reply {
	var in struct {
		Fields map[string]any `json:"fields"`
	}
	if !c.decode(&in) {
		return refuse(http.StatusBadRequest, "Invalid request payload. Refer to the REST API documentation and try again.")
	}
	if s.denied["CREATE_ISSUES"] {
		return refuseFields(map[string]string{"project": "You do not have permission to create issues in this project."})
	}
	if errs := s.checkFields(in.Fields, true); len(errs) > 0 {
		return refuseFields(errs)
	}
	now := time.Now()
	s.state.Number++
	i := &issue{ID: strconv.Itoa(s.nextID()), Key: fmt.Sprintf("%s-%d", s.options.Project, s.state.Number), Status: workflow[0].Name, Reporter: botID, Created: now, Updated: now, Fields: map[string]any{}}
	i.Type, _ = s.typeOf(in.Fields["issuetype"])
	items := s.set(i, in.Fields)
	s.state.Issues = append(s.state.Issues, i)
	s.emit(event{name: "jira:issue_created", kind: "issue_created", by: botID, issue: i, items: items})
	return reply{status: http.StatusCreated, body: object{"id": i.ID, "key": i.Key, "self": s.api("issue/" + i.ID)}}
}

// set stores checked fields and returns what changed, for the changelog.
func (s *Sim) set(i *issue, fields map[string]any) []object {
	var items []object
	for _, id := range slices.Sorted(maps.Keys(fields)) {
		v := fields[id]
		var from, to string
		switch id {
		case "project", "issuetype":
			continue
		case "assignee":
			from, to = i.Assignee, member(v, s.userKey())
			i.Assignee = to
			if from != to {
				items = append(items, s.assigneeItem(from, to))
			}
			continue
		case "reporter":
			i.Reporter = member(v, s.userKey())
			continue
		}
		if reflect.DeepEqual(i.Fields[id], v) {
			continue
		}
		from, to = words(i.Fields[id]), words(v)
		if i.Fields[id] = v; v == nil {
			delete(i.Fields, id)
		}
		f, _ := s.field(id)
		items = append(items, item(f, from, to))
	}
	return items
}

// item is one line of a changelog.
func item(f field, from, to string) object {
	kind, name := "jira", f.ID
	if f.Custom != "" {
		kind, name = "custom", f.Name
	}
	return object{"field": name, "fieldtype": kind, "fieldId": f.ID, "from": nil, "fromString": null(from), "to": nil, "toString": null(to)}
}

func (s *Sim) assigneeItem(from, to string) object {
	f, _ := s.user(from)
	t, _ := s.user(to)
	o := object{"field": "assignee", "fieldtype": "jira", "fieldId": "assignee", "from": null(from), "fromString": null(f.Name), "to": null(to), "toString": null(t.Name)}
	if s.options.Cloud {
		o["tmpFromAccountId"], o["tmpToAccountId"] = null(from), null(to)
	}
	return o
}

func null(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// words is a field's value as the changelog shows it.
func words(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case []any:
		var list []string
		for _, one := range v {
			list = append(list, words(one))
		}
		return strings.Join(list, " ")
	case map[string]any:
		for _, k := range []string{"name", "value", "id"} {
			if t := member(v, k); t != "" {
				return t
			}
		}
	}
	return fmt.Sprint(v)
}

func (s *Sim) getIssue(c call) reply {
	i := s.find(c.PathValue("key"))
	if i == nil {
		return noIssue()
	}
	return reply{status: http.StatusOK, body: s.wireIssue(i, splitList(c.query["fields"]))}
}

// splitList takes a parameter that is repeated, separated by commas, or both.
func splitList(values []string) []string {
	var list []string
	for _, v := range values {
		for one := range strings.SplitSeq(v, ",") {
			if one = strings.TrimSpace(one); one != "" {
				list = append(list, one)
			}
		}
	}
	return list
}

func (s *Sim) editIssue(c call) reply {
	i := s.find(c.PathValue("key"))
	if i == nil {
		return noIssue()
	}
	var in struct {
		Fields map[string]any              `json:"fields"`
		Update map[string][]map[string]any `json:"update"`
	}
	if !c.decode(&in) {
		return refuse(http.StatusBadRequest, "Invalid request payload. Refer to the REST API documentation and try again.")
	}
	fields := maps.Clone(in.Fields)
	if fields == nil {
		fields = map[string]any{}
	}
	for id, operations := range in.Update {
		fields[id] = operate(i.Fields[id], operations)
	}
	if s.denied["EDIT_ISSUES"] {
		return refuse(http.StatusForbidden, "You do not have permission to edit issues in this project.")
	}
	if errs := s.checkFields(fields, false); len(errs) > 0 {
		return refuseFields(errs)
	}
	s.change(i, botID, fields)
	return reply{status: http.StatusNoContent}
}

// change edits an issue and tells the webhook, if anything is different now.
func (s *Sim) change(i *issue, by string, fields map[string]any) {
	items := s.set(i, fields)
	if len(items) == 0 {
		return
	}
	i.Updated = time.Now()
	kind := "issue_updated"
	if len(items) == 1 && items[0]["fieldId"] == "assignee" {
		kind = "issue_assigned"
	}
	s.emit(event{name: "jira:issue_updated", kind: kind, by: by, issue: i, items: items})
}

// operate applies the verbs of an update: set, add, remove.
func operate(old any, operations []map[string]any) any {
	list, _ := old.([]any)
	list = slices.Clone(list)
	for _, op := range operations {
		if v, ok := op["set"]; ok {
			return v
		}
		if v, ok := op["add"]; ok && !containsValue(list, v) {
			list = append(list, v)
		}
		if v, ok := op["remove"]; ok {
			list = slices.DeleteFunc(list, func(x any) bool { return reflect.DeepEqual(x, v) })
		}
	}
	return list
}

func containsValue(list []any, v any) bool {
	return slices.ContainsFunc(list, func(x any) bool { return reflect.DeepEqual(x, v) })
}

func (s *Sim) deleteIssue(c call) reply {
	i := s.find(c.PathValue("key"))
	if i == nil {
		return noIssue()
	}
	s.remove(i, botID)
	return reply{status: http.StatusNoContent}
}

func (s *Sim) remove(i *issue, by string) {
	s.state.Issues = slices.DeleteFunc(s.state.Issues, func(x *issue) bool { return x == i })
	s.emit(event{name: "jira:issue_deleted", by: by, issue: i})
}
