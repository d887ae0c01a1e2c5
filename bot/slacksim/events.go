package slacksim

import (
	"slices"
	"strings"
	"time"
)

// emit tells the app about something of the whole workspace, if it subscribed
// and has the scope.
func (w *Workspace) emit(event object) { w.emitAs(event["type"].(string), event) }

// emitIn tells the app about something in a conversation it is in.
func (w *Workspace) emitIn(c *channel, event object) {
	if c.has(w.BotUserID()) {
		w.emit(event)
	}
}

// emitAbout tells the app about a channel's life: every public channel's, and
// that of private ones it is in.
func (w *Workspace) emitAbout(c *channel, event object) {
	if !c.isPrivate() || c.has(w.BotUserID()) {
		w.emit(event)
	}
	w.changed()
}

var messageEvents = map[string]string{
	"channel": "message.channels", "group": "message.groups", "im": "message.im", "mpim": "message.mpim",
}

// emitMessage tells the app about a message, its own included.
func (w *Workspace) emitMessage(c *channel, message object) {
	if !c.has(w.BotUserID()) {
		return
	}
	message["channel"], message["event_ts"], message["channel_type"] = c.ID, message["ts"], c.Kind
	w.emitAs(messageEvents[c.Kind], message)
}

// mention sends app_mention in addition to the message's own event.
func (w *Workspace) mention(c *channel, m *Message) {
	if c.isDirect() || m.User == w.BotUserID() || m.Subtype != "" || !c.has(w.BotUserID()) {
		return
	}
	if !strings.Contains(m.Text, "<@"+w.BotUserID()) {
		return
	}
	e := w.messageJSON(c, m)
	e["type"], e["channel"], e["event_ts"] = "app_mention", c.ID, m.TS
	w.emit(e)
}

func (w *Workspace) emitAs(subscription string, event object) {
	if w.state.Revoked != "" || !w.subscribes(subscription) {
		return
	}
	// Later changes must not reach into what was already told.
	event = deepCopy(event)
	w.order(&delivery{wrapper: w.wrap(event), first: time.Now()})
}

func (w *Workspace) subscribes(subscription string) bool {
	scopes := eventScopes[subscription]
	return slices.Contains(w.options.BotEvents, subscription) &&
		(len(scopes) == 0 || slices.ContainsFunc(scopes, w.granted))
}

// wrap puts an event into the event_callback wrapper.
func (w *Workspace) wrap(event object) object {
	kind := event["type"].(string)
	return object{
		"token": w.secret("verification"), "team_id": w.TeamID(), "context_team_id": w.TeamID(),
		"context_enterprise_id": nil, "api_app_id": w.AppID(), "event": event, "type": "event_callback",
		"event_id": w.newID("Ev"), "event_time": time.Now().Unix(), "is_ext_shared_channel": false,
		"event_context": "4-" + kind + "-" + w.TeamID() + "-" + w.AppID(),
		"authorizations": []any{object{
			"enterprise_id": nil, "team_id": w.TeamID(), "user_id": w.BotUserID(), "is_bot": true,
			"is_enterprise_install": false,
		}},
	}
}
