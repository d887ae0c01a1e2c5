package slacksim

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"
)

const (
	maxStack     = 3 // views in a modal
	triggerLives = 3 * time.Second
)

// view is one modal view or App Home as it stands now.
type view struct {
	ID       string `json:"id"`
	User     string `json:"user"`
	Root     string `json:"root"`
	Previous string `json:"previous"`
	Hash     string `json:"hash"`
	Content  object `json:"content"` // what the app sent
	Values   object `json:"values"`  // block_id -> action_id -> state
}

// trigger lets the app open a modal for somebody, once and soon.
type trigger struct {
	user    string
	view    string // the view whose button or submission it is; "" elsewhere
	expires time.Time
	used    bool
}

func (w *Workspace) newTrigger(user, inView string) string {
	id := fmt.Sprintf("%s.%s.%s", w.digits(2), w.digits(3), w.newUUID())
	// Used ones are remembered for a while, to tell them from invented ones.
	maps.DeleteFunc(w.trigger, func(_ string, t *trigger) bool { return time.Since(t.expires) > time.Hour })
	w.trigger[id] = &trigger{user: user, view: inView, expires: time.Now().Add(triggerLives)}
	return id
}

// pull uses up the trigger of a call.
func (c *call) pull() (*trigger, object) {
	t := c.w.trigger[c.text("trigger_id")]
	switch {
	case t == nil:
		return nil, fail("invalid_trigger_id")
	case t.used:
		return nil, fail("exchanged_trigger_id")
	case time.Now().After(t.expires):
		return nil, fail("expired_trigger_id")
	}
	return t, nil
}

// viewArgument reads and judges the argument view.
func (c *call) viewArgument(home bool) (object, object) {
	content, isObject := c.json("view")
	if !isObject {
		return nil, missingField("view")
	}
	return content, c.w.judgeView(content, home)
}

// judgeView says why Slack would not show a view; nil when it would.
func (w *Workspace) judgeView(content object, home bool) object {
	raw, err := json.Marshal(content)
	switch {
	case err != nil:
		return fail("invalid_arguments")
	case viewTooLarge(raw):
		return fail("view_too_large")
	case home != (content["type"] == "home"):
		return rejected("invalid_arguments", []problem{{"/view/type", "unsupported type: " + fmt.Sprint(content["type"])}})
	}
	if problems := validateView(content); len(problems) > 0 {
		return rejected("invalid_arguments", problems)
	}
	return nil
}

// newView makes a view of content, whose values are what its elements say.
func (w *Workspace) newView(user string, content object) *view {
	v := &view{ID: w.newID("V"), User: user}
	v.Root = v.ID
	w.fillView(v, content)
	return v
}

// fillView gives a view new content. What people entered stays where block
// and action ids stay.
func (w *Workspace) fillView(v *view, content object) {
	v.Content = deepCopy(content)
	blocks, _ := v.Content["blocks"].([]any)
	w.fillBlockIDs(blocks)
	w.fillActionIDs(blocks)
	v.Hash = fmt.Sprintf("%d.%s", time.Now().Unix(), w.newUUID()[:8])
	entered := v.Values
	v.Values = object{}
	for _, e := range elementsOf(blocks) {
		values, _ := v.Values[e.block].(object)
		if values == nil {
			values = object{}
			v.Values[e.block] = values
		}
		before, _ := entered[e.block].(object)
		state, kept := before[e.action].(object)
		if !kept || state["type"] != e.kind {
			state = e.initialState()
		}
		if state != nil {
			values[e.action] = state
		}
	}
	for id, values := range v.Values {
		if len(values.(object)) == 0 {
			delete(v.Values, id)
		}
	}
	w.changed()
}

func (w *Workspace) fillActionIDs(blocks []any) {
	for _, e := range elementsOf(blocks) {
		if e.action == "" {
			e.content["action_id"] = w.newID("")[1:6]
		}
	}
}

// takenExternalID tells whether another open view has this external id.
func (w *Workspace) takenExternalID(content object, except *view) bool {
	id, _ := content["external_id"].(string)
	return id != "" && slices.ContainsFunc(w.allViews(), func(v *view) bool {
		return v != except && v.Content["external_id"] == id
	})
}

func (w *Workspace) allViews() []*view {
	var all []*view
	for _, v := range w.views {
		all = append(all, v)
	}
	for _, v := range w.state.Homes {
		all = append(all, v)
	}
	return all
}

// closeViews forgets views that are not on anybody's screen any more.
func (w *Workspace) closeViews(ids ...string) {
	for _, id := range ids {
		delete(w.views, id)
	}
	w.changed()
}

func (w *Workspace) viewJSON(v *view) object {
	j := object{
		"title": nil, "submit": nil, "close": nil, "private_metadata": "", "callback_id": "", "external_id": "",
		"clear_on_close": false, "notify_on_close": false,
	}
	for key, value := range v.Content {
		j[key] = value
	}
	if v.Content["type"] == "home" {
		j["title"] = object{"type": "plain_text", "text": "View Title", "emoji": true}
	}
	j["id"], j["team_id"], j["hash"], j["root_view_id"] = v.ID, w.TeamID(), v.Hash, v.Root
	j["state"] = object{"values": v.Values}
	j["previous_view_id"] = nil
	if v.Previous != "" {
		j["previous_view_id"] = v.Previous
	}
	j["app_id"], j["app_installed_team_id"], j["bot_id"] = w.AppID(), w.TeamID(), w.BotID()
	return deepCopy(j)
}

func (w *Workspace) viewAnswer(v *view) object { return ok(object{"view": w.viewJSON(v)}) }

// openView answers views.open. It takes the place of a modal that is open.
func openView(c *call) object {
	content, refused := c.viewArgument(false)
	if refused != nil {
		return refused
	}
	t, refused := c.pull()
	switch {
	case refused != nil:
		return refused
	case c.w.takenExternalID(content, nil):
		return fail("duplicate_external_id")
	}
	t.used = true
	p := c.w.persons[t.user]
	c.w.closeViews(p.stack...)
	v := c.w.newView(t.user, content)
	c.w.views[v.ID] = v
	p.stack = []string{v.ID}
	return c.w.viewAnswer(v)
}

// pushView answers views.push: a further view on an open modal.
func pushView(c *call) object {
	content, refused := c.viewArgument(false)
	if refused != nil {
		return refused
	}
	t, refused := c.pull()
	switch {
	case refused != nil:
		return refused
	case c.w.takenExternalID(content, nil):
		return fail("duplicate_external_id")
	}
	p := c.w.persons[t.user]
	switch {
	case t.view == "" || len(p.stack) == 0:
		return fail("invalid_trigger_id")
	case len(p.stack) >= maxStack:
		return fail("push_limit_reached")
	}
	t.used = true
	return c.w.viewAnswer(c.w.push(p, content))
}

func (w *Workspace) push(p *Person, content object) *view {
	v := w.newView(p.ID, content)
	v.Root, v.Previous = p.stack[0], p.stack[len(p.stack)-1]
	w.views[v.ID] = v
	p.stack = append(p.stack, v.ID)
	return v
}

// updateView answers views.update, as long as the view is open.
func updateView(c *call) object {
	v := c.w.views[c.text("view_id")]
	if id := c.text("external_id"); v == nil && id != "" {
		for _, each := range c.w.views {
			if each.Content["external_id"] == id {
				v = each
			}
		}
	}
	content, refused := c.viewArgument(false)
	switch {
	case refused != nil:
		return refused
	case v == nil:
		return fail("not_found")
	case c.text("hash") != "" && c.text("hash") != v.Hash:
		return fail("hash_conflict")
	case c.w.takenExternalID(content, v):
		return fail("duplicate_external_id")
	}
	c.w.fillView(v, content)
	return c.w.viewAnswer(v)
}

// publishView answers views.publish: somebody's App Home.
func publishView(c *call) object {
	content, refused := c.viewArgument(true)
	if refused != nil {
		return refused
	}
	u := c.w.userByID(c.text("user_id"))
	if u == nil {
		return invalid("invalid_arguments", "[ERROR] user_not_found [json-pointer:/user_id]")
	}
	v := c.w.state.Homes[u.ID]
	switch {
	case v != nil && c.text("hash") != "" && c.text("hash") != v.Hash:
		return fail("hash_conflict")
	case c.w.takenExternalID(content, v):
		return fail("duplicate_external_id")
	case v == nil:
		v = c.w.newView(u.ID, content)
		c.w.state.Homes[u.ID] = v
	default:
		c.w.fillView(v, content)
	}
	return c.w.viewAnswer(v)
}
