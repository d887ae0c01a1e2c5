package jirasim

import (
	"maps"
	"strconv"
	"time"
)

// object is a JSON object on the wire.
type object = map[string]any

// projectID is the id of the only project.
const projectID = "10000"

// stamp writes a time as Jira does: milliseconds, and an offset without colon.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000-0700") }

// api is the absolute address of a resource. It expects s.mu to be held.
func (s *Sim) api(path string) string { return s.URL() + "/rest/api/2/" + path }

func (s *Sim) wireUser(id string) any {
	u, ok := s.user(id)
	if !ok {
		return nil
	}
	avatar := s.URL() + "/avatar/" + id + ".png"
	o := object{
		"self": s.api("user?" + s.userKey() + "=" + id), "displayName": u.Name, "active": !u.Gone, "timeZone": "Etc/UTC", "emailAddress": u.Email,
		"avatarUrls": object{"16x16": avatar, "24x24": avatar, "32x32": avatar, "48x48": avatar},
	}
	if s.options.Cloud {
		o["accountId"], o["accountType"] = id, "atlassian"
	} else {
		o["name"], o["key"] = id, id
	}
	return o
}

func (s *Sim) wireStatus(name string) object {
	st, _ := statusNamed(name)
	return object{
		"self": s.api("status/" + st.ID), "id": st.ID, "name": st.Name, "description": "", "iconUrl": s.URL() + "/",
		"statusCategory": object{"self": s.api("statuscategory/" + strconv.Itoa(st.CategoryID)), "id": st.CategoryID, "key": st.Category, "colorName": colours[st.Category], "name": st.Name},
	}
}

var colours = map[string]string{"new": "blue-gray", "indeterminate": "yellow", "done": "green"}

func (s *Sim) wireType(i int) object {
	return object{"self": s.api("issuetype/" + typeID(i)), "id": typeID(i), "name": s.options.IssueTypes[i], "description": "", "iconUrl": s.URL() + "/", "subtask": false}
}

func (s *Sim) wireTypeNamed(name string) any {
	for i, t := range s.options.IssueTypes {
		if t == name {
			return s.wireType(i)
		}
	}
	return nil
}

func (s *Sim) wireProject() object {
	return object{"self": s.api("project/" + projectID), "id": projectID, "key": s.options.Project, "name": s.options.ProjectName, "projectTypeKey": "software", "simplified": false}
}

func (s *Sim) wirePriority(name string) object {
	id := ""
	for i, p := range priorities {
		if p == name {
			id = strconv.Itoa(i + 1)
		}
	}
	return object{"self": s.api("priority/" + id), "id": id, "name": name, "iconUrl": s.URL() + "/"}
}

// wireIssue is the issue with all its fields, or with those that only names.
func (s *Sim) wireIssue(i *issue, only []string) object {
	all := s.wireFields(i)
	fields := all
	if len(only) > 0 && only[0] != "*all" {
		fields = object{}
		for _, name := range only {
			if v, ok := all[name]; ok {
				fields[name] = v
			}
		}
	}
	return object{"id": i.ID, "key": i.Key, "self": s.api("issue/" + i.ID), "fields": fields}
}

func (s *Sim) wireFields(i *issue) object {
	f := object{"labels": []any{}, "description": nil, "duedate": nil, "priority": s.wirePriority("Medium"), "resolution": nil}
	maps.Copy(f, i.Fields)
	if p := s.priorityOf(i); p != "" {
		f["priority"] = s.wirePriority(p)
	}
	f["issuetype"], f["project"], f["status"] = s.wireTypeNamed(i.Type), s.wireProject(), s.wireStatus(i.Status)
	f["assignee"], f["reporter"], f["creator"] = s.wireUser(i.Assignee), s.wireUser(i.Reporter), s.wireUser(i.Reporter)
	f["created"], f["updated"] = stamp(i.Created), stamp(i.Updated)
	if i.Resolution != "" {
		f["resolution"] = object{"self": s.api("resolution/10000"), "id": "10000", "name": i.Resolution, "description": "Work has been completed on this issue."}
	}
	return f
}

// priorityOf is the name of the priority that was sent, by name or by id.
func (s *Sim) priorityOf(i *issue) string {
	v := i.Fields["priority"]
	if name := member(v, "name"); name != "" {
		return name
	}
	if n, err := strconv.Atoi(member(v, "id")); err == nil && n >= 1 && n <= len(priorities) {
		return priorities[n-1]
	}
	return ""
}

func (s *Sim) wireComment(i *issue, c comment) object {
	return object{
		"self": s.api("issue/" + i.ID + "/comment/" + c.ID), "id": c.ID, "body": c.Body, "created": stamp(c.At), "updated": stamp(c.At),
		"author": s.wireUser(c.Author), "updateAuthor": s.wireUser(c.Author),
	}
}
