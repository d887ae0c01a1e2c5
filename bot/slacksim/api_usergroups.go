package slacksim

import (
	"slices"
	"strings"
	"time"
)

// group is a user group (subteam).
type group struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	Handle      string   `json:"handle"`
	Description string   `json:"description"`
	Users       []string `json:"users"`
	By          string   `json:"by"`
	Created     int64    `json:"created"`
	Updated     int64    `json:"updated"`
	Deleted     int64    `json:"deleted"` // 0 while it is enabled
}

// AddUserGroup makes a user group of people (names or ids) and returns its id.
// A handle that exists gets these members.
func (w *Workspace) AddUserGroup(handle, name string, people ...string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := slices.IndexFunc(w.state.Groups, func(g *group) bool { return g.Handle == handle })
	if i < 0 {
		w.state.Groups = append(w.state.Groups, w.newGroup(name, handle, w.BotUserID()))
		i = len(w.state.Groups) - 1
	}
	var ids []string
	for _, p := range people {
		if u := w.findUser(p); u != nil {
			ids = append(ids, u.ID)
		}
	}
	w.setGroupUsers(w.state.Groups[i], ids)
	return w.state.Groups[i].ID
}

// UserGroup are the members of a user group, found by handle or id.
func (w *Workspace) UserGroup(handle string) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, g := range w.state.Groups {
		if g.Handle == handle || g.ID == handle {
			return slices.Clone(g.Users)
		}
	}
	return nil
}

func (w *Workspace) newGroup(name, handle, by string) *group {
	return &group{ID: w.newID("S"), Name: name, Handle: handle, By: by, Created: time.Now().Unix()}
}

func (w *Workspace) setGroupUsers(g *group, ids []string) {
	added, removed := lacking(ids, g.Users), lacking(g.Users, ids)
	before := g.Updated
	g.Users, g.Updated = slices.Clone(ids), time.Now().Unix()
	if len(added)+len(removed) == 0 {
		return
	}
	w.emit(object{
		"type": "subteam_members_changed", "subteam_id": g.ID, "team_id": w.TeamID(),
		"date_previous_update": before, "date_update": g.Updated,
		"added_users": added, "added_users_count": len(added),
		"removed_users": removed, "removed_users_count": len(removed), "event_ts": w.stamp(),
	})
	w.changed()
}

// lacking are the entries of list that other does not have.
func lacking(list, other []string) []string {
	return nonNil(slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(other, s) }))
}

func (w *Workspace) groupJSON(g *group, withUsers bool) object {
	j := object{
		"id": g.ID, "team_id": w.TeamID(), "is_usergroup": true, "is_subteam": true, "name": g.Name,
		"description": g.Description, "handle": g.Handle, "is_external": false, "date_create": g.Created,
		"date_update": g.Updated, "date_delete": g.Deleted, "auto_provision": false, "enterprise_subteam_id": "",
		"created_by": g.By, "updated_by": g.By, "prefs": object{"channels": []string{}, "groups": []string{}},
		"channel_count": 0,
	}
	if withUsers {
		j["users"] = slices.Clone(nonNil(g.Users))
	}
	return j
}

// group finds the group an argument names; Slack's word for none is otherwise.
func (c *call) group(otherwise string) (*group, object) {
	for _, g := range c.w.state.Groups {
		if g.ID == c.text("usergroup") {
			return g, nil
		}
	}
	if c.text("usergroup") == "" {
		return nil, fail("missing_argument")
	}
	return nil, fail(otherwise)
}

func (c *call) groupAnswer(g *group) object { return ok(object{"usergroup": c.w.groupJSON(g, true)}) }

// listGroups answers usergroups.list.
func listGroups(c *call) object {
	list := []object{}
	for _, g := range c.w.state.Groups {
		if g.Deleted != 0 && !c.flag("include_disabled") {
			continue
		}
		j := c.w.groupJSON(g, c.flag("include_users"))
		if c.flag("include_count") {
			j["user_count"] = len(g.Users)
		}
		list = append(list, j)
	}
	return ok(object{"usergroups": list})
}

// createGroup answers usergroups.create.
func createGroup(c *call) object {
	name, handle := c.text("name"), c.text("handle")
	if name == "" {
		return fail("missing_subteam_name")
	}
	if handle == "" {
		handle = strings.ToLower(strings.ReplaceAll(name, " ", "-"))
	}
	for _, g := range c.w.state.Groups {
		switch {
		case g.Name == name:
			return fail("name_already_exists")
		case g.Handle == handle:
			return fail("handle_already_exists")
		}
	}
	g := c.w.newGroup(name, handle, c.w.BotUserID())
	g.Description = c.text("description")
	c.w.state.Groups = append(c.w.state.Groups, g)
	c.w.changed()
	return c.groupAnswer(g)
}

// updateGroup answers usergroups.update; what is not given stays.
func updateGroup(c *call) object {
	g, refused := c.group("permission_denied")
	if refused != nil {
		return refused
	}
	for name, field := range map[string]*string{"name": &g.Name, "handle": &g.Handle, "description": &g.Description} {
		if c.given(name) {
			*field = c.text(name)
		}
	}
	g.Updated = time.Now().Unix()
	c.w.changed()
	return c.groupAnswer(g)
}

// enableGroup answers usergroups.enable. Twice is once.
func enableGroup(c *call) object {
	g, refused := c.group("permission_denied")
	if refused != nil {
		return refused
	}
	g.Deleted = 0
	c.w.changed()
	return c.groupAnswer(g)
}

// disableGroup answers usergroups.disable. Twice is once.
func disableGroup(c *call) object {
	g, refused := c.group("permission_denied")
	if refused != nil {
		return refused
	}
	if g.Deleted == 0 {
		g.Deleted = time.Now().Unix()
	}
	c.w.changed()
	return c.groupAnswer(g)
}

// listGroupUsers answers usergroups.users.list.
func listGroupUsers(c *call) object {
	g, refused := c.group("no_such_subteam")
	switch {
	case refused != nil:
		return refused
	case g.Deleted != 0 && !c.flag("include_disabled"):
		return fail("no_such_subteam")
	}
	return ok(object{"users": slices.Clone(nonNil(g.Users))})
}

// updateGroupUsers answers usergroups.users.update: the list replaces the members.
func updateGroupUsers(c *call) object {
	g, refused := c.group("permission_denied")
	if refused != nil {
		return refused
	}
	ids := c.names("users")
	switch {
	case len(ids) == 0:
		return fail("no_users_provided")
	case g.Deleted != 0:
		return fail("permission_denied")
	}
	for _, id := range ids {
		if u := c.w.userByID(id); u == nil || u.As.Deactivated {
			return fail("invalid_users")
		}
	}
	c.w.setGroupUsers(g, ids)
	return c.groupAnswer(g)
}
