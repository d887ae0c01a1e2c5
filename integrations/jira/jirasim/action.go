package jirasim

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// exits lists the statuses that i can move to: all others but those that Forbid took
// away. A status offers itself too, as the simplified workflow does.
func (s *Sim) exits(i *issue) []status {
	var list []status
	for _, st := range workflow {
		if !s.forbid[[2]string{i.Status, st.Name}] {
			list = append(list, st)
		}
	}
	return list
}

func (s *Sim) getTransitions(c call) reply {
	i := s.find(c.PathValue("key"))
	if i == nil {
		return noIssue()
	}
	list := []object{}
	for _, st := range s.exits(i) {
		o := object{"id": st.Transition, "name": st.Name, "to": s.wireStatus(st.Name), "hasScreen": false, "isGlobal": true, "isInitial": false, "isConditional": false, "isAvailable": true}
		if c.query.Get("expand") == "transitions.fields" {
			o["fields"] = s.transitionScreen(st)
		}
		list = append(list, o)
	}
	return reply{status: http.StatusOK, body: object{"expand": "transitions", "transitions": list}}
}

// resolutions are those of a new site.
var resolutions = []string{"Done", "Won't Do", "Duplicate"}

func (s *Sim) asksResolution(to status) bool { return s.resolve && to.Category == "done" }

func (s *Sim) transitionScreen(to status) object {
	if !s.asksResolution(to) {
		return object{}
	}
	allowed := []object{}
	for n, r := range resolutions {
		id := strconv.Itoa(10000 + n)
		allowed = append(allowed, object{"self": s.api("resolution/" + id), "id": id, "name": r})
	}
	return object{"resolution": object{"key": "resolution", "name": "Resolution", "required": true, "hasDefaultValue": false,
		"schema": object{"type": "resolution", "system": "resolution"}, "operations": []string{"set"}, "allowedValues": allowed}}
}

// takeResolution removes the resolution from fields and returns it, or Jira's complaint.
func (s *Sim) takeResolution(fields map[string]any, to status) (name, complaint string) {
	name = member(fields["resolution"], "name")
	_, sent := fields["resolution"]
	delete(fields, "resolution")
	switch {
	case !s.asksResolution(to) && sent:
		return "", "Field 'resolution' cannot be set. It is not on the appropriate screen, or unknown."
	case s.asksResolution(to) && !sent:
		return "", "Resolution is required."
	case sent && !slices.Contains(resolutions, name):
		return "", "The resolution selected is invalid."
	}
	return name, ""
}

func (s *Sim) doTransition(c call) reply {
	i := s.find(c.PathValue("key"))
	if i == nil {
		return noIssue()
	}
	var in struct {
		Transition struct {
			ID string `json:"id"`
		} `json:"transition"`
		Fields map[string]any `json:"fields"`
	}
	if !c.decode(&in) || in.Transition.ID == "" {
		return refuse(http.StatusBadRequest, "Missing 'transition' identifier")
	}
	exits := s.exits(i)
	n := slices.IndexFunc(exits, func(st status) bool { return st.Transition == in.Transition.ID })
	if n < 0 {
		return refuse(http.StatusBadRequest, fmt.Sprintf("Transition id '%s' is not valid for this issue.", in.Transition.ID))
	}
	resolution, complaint := s.takeResolution(in.Fields, exits[n])
	errs := s.checkFields(in.Fields, false)
	if complaint != "" {
		errs["resolution"] = complaint
	}
	if len(errs) > 0 {
		return refuseFields(errs)
	}
	s.set(i, in.Fields)
	s.move(i, exits[n], resolution, botID)
	return reply{status: http.StatusNoContent}
}

// move changes the status. Done sets the resolution, if need be to Done, and leaving
// Done clears it, as the simplified workflow does.
func (s *Sim) move(i *issue, to status, resolution, by string) {
	if i.Status == to.Name {
		return
	}
	from, _ := statusNamed(i.Status)
	items := []object{{"field": "status", "fieldtype": "jira", "fieldId": "status", "from": from.ID, "fromString": from.Name, "to": to.ID, "toString": to.Name}}
	if to.Category == "done" && resolution == "" {
		resolution = resolutions[0]
	}
	if resolution != i.Resolution {
		items = append(items, object{"field": "resolution", "fieldtype": "jira", "fieldId": "resolution", "from": nil, "fromString": null(i.Resolution), "to": nil, "toString": null(resolution)})
	}
	i.Status, i.Resolution, i.Updated = to.Name, resolution, time.Now()
	s.emit(event{name: "jira:issue_updated", kind: "issue_generic", by: by, issue: i, items: items})
}

func (s *Sim) putAssignee(c call) reply {
	i := s.find(c.PathValue("key"))
	if i == nil {
		return noIssue()
	}
	var in map[string]any
	if !c.decode(&in) {
		return refuse(http.StatusBadRequest, "Invalid request payload. Refer to the REST API documentation and try again.")
	}
	if s.denied["ASSIGN_ISSUES"] {
		return refuse(http.StatusForbidden, "You do not have permission to assign issues.")
	}
	if in[s.userKey()] != nil {
		if complaint := s.checkUser(in); complaint != "" {
			return refuseFields(map[string]string{"assignee": complaint})
		}
	}
	s.change(i, botID, map[string]any{"assignee": in})
	return reply{status: http.StatusNoContent}
}

func (s *Sim) postComment(c call) reply {
	i := s.find(c.PathValue("key"))
	if i == nil {
		return noIssue()
	}
	var in struct {
		Body string `json:"body"`
	}
	if !c.decode(&in) || in.Body == "" {
		return refuseFields(map[string]string{"comment": "Comment body can not be empty!"})
	}
	if len([]rune(in.Body)) > maxText {
		return refuseFields(map[string]string{"comment": "The entered text is too long. It exceeds the allowed limit of 32,767 characters."})
	}
	return reply{status: http.StatusCreated, body: s.wireComment(i, s.comment(i, in.Body, botID))}
}

func (s *Sim) comment(i *issue, text, by string) comment {
	made := comment{ID: strconv.Itoa(s.nextID()), Author: by, Body: text, At: time.Now()}
	i.Comments = append(i.Comments, made)
	s.emit(event{name: "comment_created", by: by, issue: i, comment: &made})
	return made
}

func (s *Sim) getComments(c call) reply {
	i := s.find(c.PathValue("key"))
	if i == nil {
		return noIssue()
	}
	list := []object{}
	for _, one := range i.Comments {
		list = append(list, s.wireComment(i, one))
	}
	return reply{status: http.StatusOK, body: object{"comments": list, "startAt": 0, "maxResults": 5000, "total": len(list)}}
}

// postLink makes a remote link, or replaces the one with the same globalId.
func (s *Sim) postLink(c call) reply {
	i := s.find(c.PathValue("key"))
	if i == nil {
		return noIssue()
	}
	var in struct {
		GlobalID string `json:"globalId"`
		Object   struct {
			URL   string `json:"url"`
			Title string `json:"title"`
		} `json:"object"`
	}
	if !c.decode(&in) || in.Object.URL == "" || in.Object.Title == "" {
		return refuseFields(map[string]string{"url": "'url' is required.", "title": "'title' is required."})
	}
	for n := range i.Links {
		if l := &i.Links[n]; l.GlobalID == in.GlobalID && in.GlobalID != "" {
			l.URL, l.Title = in.Object.URL, in.Object.Title
			s.changed()
			return s.linkReply(http.StatusOK, i, l.ID)
		}
	}
	id := s.nextID()
	i.Links = append(i.Links, link{ID: id, GlobalID: in.GlobalID, URL: in.Object.URL, Title: in.Object.Title})
	s.changed()
	return s.linkReply(http.StatusCreated, i, id)
}

func (s *Sim) linkReply(status int, i *issue, id int) reply {
	return reply{status: status, body: object{"id": id, "self": s.api("issue/" + i.Key + "/remotelink/" + strconv.Itoa(id))}}
}

func (s *Sim) getLinks(c call) reply {
	i := s.find(c.PathValue("key"))
	if i == nil {
		return noIssue()
	}
	list := []object{}
	for _, l := range i.Links {
		list = append(list, object{"id": l.ID, "globalId": l.GlobalID, "object": object{"url": l.URL, "title": l.Title}})
	}
	return reply{status: http.StatusOK, body: list}
}
