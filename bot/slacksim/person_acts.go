package slacksim

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// CommandResult is what a person sees right after a slash command.
type CommandResult struct {
	Text      string
	Blocks    []any
	Ephemeral bool  // only they see it
	Err       error // what Slack says instead, such as: /incident failed with the error "dispatch_failed"
}

// errTrouble is what a modal shows when the app does not answer, or answers
// what Slack cannot show.
var errTrouble = errors.New("we had some trouble connecting; try again?")

// Types sends a slash command and waits for the app, 3 s at most.
func (p *Person) Types(channel, line string) CommandResult {
	command, text, _ := strings.Cut(line, " ")
	if command != p.w.options.Command {
		return CommandResult{Err: fmt.Errorf("%s is not a valid command", command)}
	}
	p.w.mu.Lock()
	c := p.see(channel)
	p.w.mu.Unlock()
	if c == nil {
		return CommandResult{Err: errGone}
	}
	answer, err := p.w.ask("slash_commands", true, func() object { return p.command(c, command, strings.TrimSpace(text)) })
	if err != nil {
		return CommandResult{Err: fmt.Errorf("%s failed with the error %q", command, err)}
	}
	return p.shown(c, answer)
}

func (p *Person) command(c *channel, command, text string) object {
	w := p.w
	return object{
		"token": w.secret("verification"), "team_id": w.TeamID(), "team_domain": w.domain(), "channel_id": c.ID,
		"channel_name": c.shownName(), "user_id": p.ID, "user_name": p.Name, "command": command,
		"text": w.typed(text, true), "api_app_id": w.AppID(), "is_enterprise_install": "false",
		"response_url": w.newResponseURL(c, p.ID, ""), "trigger_id": w.newTrigger(p.ID, ""),
	}
}

// shown puts the answer that came with the ack in front of the person.
func (p *Person) shown(c *channel, answer object) CommandResult {
	if len(answer) == 0 {
		return CommandResult{}
	}
	w := p.w
	w.mu.Lock()
	defer w.mu.Unlock()
	m, refused := w.reply(answer)
	if refused != nil {
		return CommandResult{Err: fmt.Errorf("%s failed with the error %q", w.options.Command, refused["error"])}
	}
	result := CommandResult{Text: m.Text, Blocks: m.Blocks, Ephemeral: answer["response_type"] != "in_channel"}
	if result.Ephemeral {
		w.whisper(c, p.ID, m)
	} else {
		w.append(c, m)
	}
	return result
}

// Clicks uses a button, menu or other element of a message the person sees,
// called by its action id or by "block_id/action_id". The first selected is the
// choice in a menu; for a button it tells apart several with the same action. The error is what Slack would show, such as a
// warning sign when the app does not answer within 3 s.
func (p *Person) Clicks(channel, ts, actionID string, selected ...any) error {
	w := p.w
	w.mu.Lock()
	c, m, ephemeral := p.sees(channel, ts)
	if m == nil {
		w.mu.Unlock()
		return errGone
	}
	blocks := m.Blocks
	for _, a := range m.Attachments {
		inside, _ := a.(object)["blocks"].([]any)
		blocks = slices.Concat(blocks, inside)
	}
	e, chosen, err := pick(blocks, actionID, selected)
	w.mu.Unlock()
	if err != nil {
		return err
	}
	return p.use(e, chosen, func(payload, state object) {
		payload["state"] = object{"values": w.stateOn(m.TS+p.ID, blocks, e, state)}
		payload["container"] = object{"type": "message", "message_ts": ts, "channel_id": c.ID, "is_ephemeral": ephemeral}
		payload["channel"] = object{"id": c.ID, "name": c.shownName()}
		payload["response_url"] = w.newResponseURL(c, p.ID, ts)
		payload["trigger_id"] = w.newTrigger(p.ID, "")
		if !ephemeral {
			payload["message"] = w.messageJSON(c, m)
		}
		if m.ThreadTS != "" {
			payload["container"].(object)["thread_ts"] = m.ThreadTS
		}
	})
}

// stateOn is what stands in all menus of a message for one person, after a
// choice in one of them.
func (w *Workspace) stateOn(screen string, blocks []any, chosen element, state object) object {
	v := &view{Values: w.chosen[screen]}
	if v.Values == nil {
		v.Values = object{}
		w.chosen[screen] = v.Values
	}
	for _, e := range elementsOf(blocks) {
		values, _ := v.Values[e.block].(object)
		if _, stands := values[e.action]; !stands {
			v.enter(e, e.initialState())
		}
	}
	v.enter(chosen, state)
	return v.Values
}

// ClicksIn uses an element of an open modal or of the App Home, as Clicks does.
// In an input block that does not dispatch actions the app hears nothing yet.
func (p *Person) ClicksIn(v *View, actionID string, selected ...any) error {
	w := p.w
	if v == nil {
		return errGone
	}
	w.mu.Lock()
	at := w.openOrHome(v.ID)
	if at == nil {
		w.mu.Unlock()
		return errGone
	}
	blocks, _ := at.Content["blocks"].([]any)
	e, chosen, err := pick(blocks, actionID, selected)
	if err == nil && !e.dispatch {
		var state object
		if state, err = w.choose(e, chosen); err == nil {
			at.enter(e, state)
		}
	}
	w.mu.Unlock()
	if err != nil || !e.dispatch {
		return err
	}
	return p.use(e, chosen, func(payload object, state object) {
		at.enter(e, state)
		payload["container"] = object{"type": "view", "view_id": at.ID}
		payload["view"] = w.viewJSON(at)
		payload["trigger_id"] = w.newTrigger(p.ID, at.ID)
	})
}

// use sends the block_actions of one element.
func (p *Person) use(e element, chosen any, fill func(payload, state object)) error {
	w := p.w
	w.mu.Lock()
	action, state, err := w.act(e, chosen)
	w.mu.Unlock()
	if err != nil {
		return err
	}
	_, err = w.ask("interactive", false, func() object {
		payload := p.interaction("block_actions")
		payload["actions"] = []any{action}
		fill(payload, state)
		return payload
	})
	if err != nil {
		return fmt.Errorf("⚠ the app did not answer the click: %w", err)
	}
	return nil
}

// pick finds the element with an action id; several may share it. Where
// several blocks use the same one, "block_id/action_id" says which is meant.
func pick(blocks []any, actionID string, selected []any) (element, any, error) {
	var chosen any
	if len(selected) > 0 {
		chosen = selected[0]
	}
	var seen []string
	for _, e := range elementsOf(blocks) {
		isWanted := e.kind != "button" || chosen == nil || e.content["value"] == chosen
		if (e.action == actionID || e.block+"/"+e.action == actionID) && isWanted {
			return e, chosen, nil
		}
		seen = append(seen, e.action)
	}
	return element{}, nil, fmt.Errorf("there is no %q (%v) to click here, only: %s", actionID, chosen, strings.Join(seen, ", "))
}

func (p *Person) interaction(kind string) object {
	w := p.w
	return object{
		"type": kind, "team": object{"id": w.TeamID(), "domain": w.domain()},
		"user":       object{"id": p.ID, "username": p.Name, "name": p.Name, "team_id": w.TeamID()},
		"api_app_id": w.AppID(), "token": w.secret("verification"), "enterprise": nil, "is_enterprise_install": false,
	}
}

// sees finds a message the person sees, one for their eyes only included.
func (p *Person) sees(channel, ts string) (c *channel, m *Message, ephemeral bool) {
	c, m = p.find(channel, ts)
	if c == nil || m != nil {
		return c, m, false
	}
	i := slices.IndexFunc(c.Ephemerals[p.ID], func(m *Message) bool { return m.TS == ts })
	if i < 0 {
		return c, nil, false
	}
	return c, c.Ephemerals[p.ID][i], true
}

// Shortcut uses one of the app's global shortcuts.
func (p *Person) Shortcut(callbackID string) error {
	_, err := p.w.ask("interactive", false, func() object {
		payload := p.interaction("shortcut")
		delete(payload, "api_app_id")
		delete(payload["user"].(object), "name")
		payload["callback_id"], payload["action_ts"] = callbackID, p.w.stamp()
		payload["trigger_id"] = p.w.newTrigger(p.ID, "")
		return payload
	})
	return err
}

// MessageShortcut uses one of the app's message shortcuts on a message.
func (p *Person) MessageShortcut(callbackID, channel, ts string) error {
	p.w.mu.Lock()
	c, m := p.find(channel, ts)
	p.w.mu.Unlock()
	if m == nil {
		return errGone
	}
	_, err := p.w.ask("interactive", false, func() object {
		payload := p.interaction("message_action")
		delete(payload, "api_app_id")
		payload["callback_id"], payload["action_ts"] = callbackID, p.w.stamp()
		payload["message_ts"], payload["message"] = ts, p.w.messageJSON(c, m)
		payload["channel"] = object{"id": c.ID, "name": c.shownName()}
		payload["response_url"], payload["trigger_id"] = p.w.newResponseURL(c, p.ID, ""), p.w.newTrigger(p.ID, "")
		return payload
	})
	return err
}

// Suggests types into an external select of the open view and returns the
// options the app offers.
func (p *Person) Suggests(actionID, typed string) ([]any, error) {
	w := p.w
	w.mu.Lock()
	v := p.top()
	if v == nil {
		w.mu.Unlock()
		return nil, errGone
	}
	blocks, _ := v.Content["blocks"].([]any)
	e, _, err := pick(blocks, actionID, nil)
	w.mu.Unlock()
	if err != nil {
		return nil, err
	}
	answer, err := w.ask("interactive", true, func() object {
		payload := p.interaction("block_suggestion")
		delete(payload, "is_enterprise_install")
		delete(payload, "enterprise")
		payload["action_id"], payload["block_id"], payload["value"] = e.action, e.block, typed
		payload["container"], payload["view"] = object{"type": "view", "view_id": v.ID}, w.viewJSON(v)
		return payload
	})
	if err != nil {
		return nil, err
	}
	options := element{content: answer}.options()
	w.locked(func() { e.content["options"] = options })
	return options, nil
}

// OpensHome looks at the app's Home tab; the app hears app_home_opened each time.
func (p *Person) OpensHome() {
	w := p.w
	w.mu.Lock()
	defer w.mu.Unlock()
	dm, _ := w.direct(p.ID, w.BotUserID())
	e := object{"type": "app_home_opened", "user": p.ID, "channel": dm.ID, "tab": "home", "event_ts": w.stamp()}
	if v := w.state.Homes[p.ID]; v != nil {
		e["view"] = w.viewJSON(v)
	}
	w.emit(e)
	w.changed()
}

// Home is the person's App Home; nil before the app has published one.
func (p *Person) Home() *View {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	return p.w.publicView(p.w.state.Homes[p.ID])
}
