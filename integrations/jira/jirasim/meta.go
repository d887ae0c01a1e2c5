package jirasim

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

func (s *Sim) serverInfo(call) reply {
	o := object{"baseUrl": s.URL(), "version": "10.3.2", "versionNumbers": []int{10, 3, 2}, "deploymentType": "Server", "buildNumber": 10030002,
		"buildDate": stamp(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)), "serverTime": stamp(time.Now()), "scmInfo": "", "serverTitle": "Jira"}
	if s.options.Cloud {
		o["version"], o["versionNumbers"], o["deploymentType"] = "1001.0.0-SNAPSHOT", []int{1001, 0, 0}, "Cloud"
	}
	return reply{status: http.StatusOK, body: o}
}

func (s *Sim) myself(call) reply { return reply{status: http.StatusOK, body: s.wireUser(botID)} }

// allPermissions are those that package jira asks for, and some more.
var allPermissions = []string{"BROWSE_PROJECTS", "CREATE_ISSUES", "EDIT_ISSUES", "TRANSITION_ISSUES", "ASSIGN_ISSUES", "ADD_COMMENTS", "LINK_ISSUES", "DELETE_ISSUES", "ADMINISTER"}

// myPermissions wants to be told which on Cloud.
func (s *Sim) myPermissions(c call) reply {
	asked := splitList(c.query["permissions"])
	if len(asked) == 0 && s.options.Cloud {
		return refuse(http.StatusBadRequest, "The 'permissions' query parameter is required.")
	}
	if p := c.query.Get("projectKey"); p != "" && p != s.options.Project {
		return refuse(http.StatusNotFound, "No project could be found with key '"+p+"'.")
	}
	if len(asked) == 0 {
		asked = allPermissions
	}
	out := object{}
	for n, key := range asked {
		if !slices.Contains(allPermissions, key) {
			return refuse(http.StatusBadRequest, "Unrecognized permission: "+key)
		}
		out[key] = object{"id": strconv.Itoa(n), "key": key, "name": key, "type": "PROJECT", "description": "", "havePermission": !s.denied[key]}
	}
	return reply{status: http.StatusOK, body: object{"permissions": out}}
}

func (s *Sim) isProject(c call) bool {
	p := c.PathValue("project")
	return (p == s.options.Project || p == projectID) && !s.denied["BROWSE_PROJECTS"]
}

func noProject(c call) reply {
	return refuse(http.StatusNotFound, "No project could be found with key '"+c.PathValue("project")+"'.")
}

func (s *Sim) getProject(c call) reply {
	if !s.isProject(c) {
		return noProject(c)
	}
	return reply{status: http.StatusOK, body: s.wireProject()}
}

// createTypes lists the types under the name that the edition uses.
func (s *Sim) createTypes(c call) reply {
	if !s.isProject(c) || s.denied["CREATE_ISSUES"] {
		return noProject(c)
	}
	list := []object{}
	for i := range s.options.IssueTypes {
		list = append(list, s.wireType(i))
	}
	return s.page(c, "issueTypes", list)
}

func (s *Sim) createScreen(c call) reply {
	if !s.isProject(c) || s.denied["CREATE_ISSUES"] {
		return noProject(c)
	}
	if _, ok := s.typeOf(object{"id": c.PathValue("type")}); !ok {
		return refuse(http.StatusNotFound, "The issue type selected is invalid.")
	}
	list := []object{}
	for _, f := range s.fields {
		if !f.Hidden {
			list = append(list, s.wireCreateField(f))
		}
	}
	return s.page(c, "fields", list)
}

// page cuts out what startAt and maxResults ask for.
func (s *Sim) page(c call, name string, list []object) reply {
	total := len(list)
	start, count := number(c.query.Get("startAt"), 0), min(number(c.query.Get("maxResults"), 50), 200)
	start = min(start, total)
	list = list[start:min(start+count, total)]
	out := object{name: list, "startAt": start, "maxResults": count, "total": total}
	if !s.options.Cloud {
		delete(out, name)
		out["values"], out["isLast"] = list, start+len(list) >= total
	}
	return reply{status: http.StatusOK, body: out}
}

func number(s string, otherwise int) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return otherwise
	}
	return n
}

func (f field) wireSchema() object {
	o := object{"type": f.Type}
	if f.Items != "" {
		o["items"] = f.Items
	}
	if f.Custom == "" {
		o["system"] = f.ID
		return o
	}
	o["custom"] = f.Custom
	o["customId"] = number(strings.TrimPrefix(f.ID, "customfield_"), 0)
	return o
}

func (s *Sim) wireCreateField(f field) object {
	o := object{"fieldId": f.ID, "key": f.ID, "name": f.Name, "required": f.Required, "hasDefaultValue": f.HasDefault, "schema": f.wireSchema(), "operations": []string{"set"}}
	var allowed []object
	for n, v := range f.Allowed {
		if f.ID == "priority" {
			allowed = append(allowed, s.wirePriority(v))
			continue
		}
		id := strconv.Itoa(10200 + n)
		allowed = append(allowed, object{"self": s.api("customFieldOption/" + id), "id": id, "value": v})
	}
	if allowed != nil {
		o["allowedValues"] = allowed
	}
	return o
}

func (s *Sim) getFields(call) reply {
	list := []object{}
	for _, f := range s.fields {
		list = append(list, object{"id": f.ID, "key": f.ID, "name": f.Name, "custom": f.Custom != "", "navigable": true, "searchable": true, "orderable": true, "clauseNames": []string{f.ID}, "schema": f.wireSchema()})
	}
	return reply{status: http.StatusOK, body: list}
}

func (s *Sim) getPriorities(call) reply {
	list := []object{}
	for _, p := range priorities {
		list = append(list, s.wirePriority(p))
	}
	return reply{status: http.StatusOK, body: list}
}

func (s *Sim) getStatuses(call) reply {
	list := []object{}
	for _, st := range workflow {
		list = append(list, s.wireStatus(st.Name))
	}
	return reply{status: http.StatusOK, body: list}
}

// searchUsers matches the start of any word of the name or the address.
func (s *Sim) searchUsers(c call) reply {
	query := c.query.Get("query")
	if !s.options.Cloud {
		query = c.query.Get("username")
	}
	if query == "" {
		return refuse(http.StatusBadRequest, "The query parameter is required.")
	}
	query = strings.ToLower(query)
	list := []any{}
	for _, u := range s.state.Users {
		if !u.Gone && (strings.HasPrefix(strings.ToLower(u.Email), query) || strings.HasPrefix(strings.ToLower(u.Name), query)) {
			list = append(list, s.wireUser(u.ID))
		}
	}
	return reply{status: http.StatusOK, body: list}
}
