package slacksim

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// What can be done to a channel. The caller has checked that the one who does
// it may; each act changes the state and tells the app what it may hear of it.

func (w *Workspace) join(c *channel, user, inviter string) {
	if c.has(user) {
		return
	}
	c.Members = append(c.Members, user)
	w.announceJoin(c, user, inviter)
}

func (w *Workspace) announceJoin(c *channel, user, inviter string) {
	if c.isDirect() {
		return
	}
	w.append(c, &Message{
		User: user, Subtype: "channel_join", Inviter: inviter,
		Text: fmt.Sprintf("<@%s> has joined the channel", user),
	})
	e := object{
		"type": "member_joined_channel", "user": user, "channel": c.ID, "channel_type": c.typeLetter(),
		"team": w.TeamID(), "event_ts": w.stamp(),
	}
	if inviter != "" {
		e["inviter"] = inviter
	}
	w.emitIn(c, e)
	w.changed()
}

func (w *Workspace) leave(c *channel, user string) {
	e := object{
		"type": "member_left_channel", "user": user, "channel": c.ID, "channel_type": c.typeLetter(),
		"team": w.TeamID(), "event_ts": w.stamp(),
	}
	w.append(c, &Message{User: user, Subtype: "channel_leave", Text: fmt.Sprintf("<@%s> has left the channel", user)})
	w.emitIn(c, e)
	c.Members = slices.DeleteFunc(c.Members, func(m string) bool { return m == user })
	w.changed()
}

func (c *channel) typeLetter() string {
	if c.Kind == "channel" {
		return "C"
	}
	return "G"
}

func (w *Workspace) setTopic(c *channel, user, topic string) {
	if c.Topic.Value == topic {
		return
	}
	c.Topic = saying{Value: topic, Creator: user, LastSet: time.Now().Unix()}
	text := fmt.Sprintf("<@%s> set the channel topic: %s", user, topic)
	if topic == "" {
		text = fmt.Sprintf("<@%s> cleared the channel topic", user)
	}
	w.append(c, &Message{User: user, Subtype: c.subtype("topic"), Topic: topic, Text: text})
}

func (w *Workspace) setPurpose(c *channel, user, purpose string) {
	if c.Purpose.Value == purpose {
		return
	}
	c.Purpose = saying{Value: purpose, Creator: user, LastSet: time.Now().Unix()}
	w.append(c, &Message{
		User: user, Subtype: c.subtype("purpose"), Purpose: purpose,
		Text: fmt.Sprintf("<@%s> set the channel description: %s", user, purpose),
	})
}

func (c *channel) subtype(what string) string {
	if c.Kind == "group" {
		return "group_" + what
	}
	return "channel_" + what
}

func (w *Workspace) rename(c *channel, user, name string) {
	old := c.Name
	c.Name = name
	c.PreviousNames = append([]string{old}, c.PreviousNames...)
	w.append(c, &Message{
		User: user, Subtype: c.subtype("name"), Name: name, OldName: old,
		Text: fmt.Sprintf("<@%s> has renamed the channel from \"%s\" to \"%s\"", user, old, name),
	})
	w.emitAbout(c, object{"type": c.subtype("rename"), "event_ts": w.stamp(), "channel": object{
		"id": c.ID, "is_channel": c.Kind == "channel", "is_mpim": false, "name": name, "name_normalized": name,
		"created": c.Created,
	}})
}

// archive closes the channel. People stay listed; bots are dropped from it.
func (w *Workspace) archive(c *channel, user string) {
	w.append(c, &Message{User: user, Subtype: c.subtype("archive"), Text: fmt.Sprintf("<@%s> archived the channel", user)})
	c.Archived = true
	w.emitAbout(c, object{"type": c.subtype("archive"), "channel": c.ID, "user": user, "is_moved": 0, "event_ts": w.stamp()})
	c.Members = slices.DeleteFunc(c.Members, func(m string) bool { u := w.findUser(m); return u != nil && u.IsBot })
	w.changed()
}

func (w *Workspace) unarchive(c *channel, user string) {
	c.Archived = false
	w.emitAbout(c, object{"type": c.subtype("unarchive"), "channel": c.ID, "user": user, "event_ts": w.stamp()})
	w.append(c, &Message{User: user, Subtype: c.subtype("unarchive"), Text: fmt.Sprintf("<@%s> un-archived the channel", user)})
}

func (w *Workspace) deleteChannel(c *channel, user string) {
	w.emitAbout(c, object{"type": c.subtype("deleted"), "channel": c.ID, "actor_id": user, "event_ts": w.stamp()})
	w.state.Channels = slices.DeleteFunc(w.state.Channels, func(x *channel) bool { return x == c })
	w.changed()
}

const maxChannelName = 80

// checkChannelName says why a name will not do; it is never normalised.
func checkChannelName(name string) string {
	allowed := func(r rune) bool {
		return r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z'
	}
	switch {
	case name == "":
		return "invalid_name_required"
	case len([]rune(name)) > maxChannelName:
		return "invalid_name_maxlength"
	case strings.Trim(name, "-_.,:;!?'\"()[]{}#@*&^%$~`+=|\\/<>") == "":
		return "invalid_name_punctuation"
	case strings.IndexFunc(name, func(r rune) bool { return !allowed(r) }) >= 0:
		return "invalid_name_specials"
	}
	return ""
}

func (w *Workspace) channelJSON(c *channel) object {
	if c.Kind == "im" {
		return object{
			"id": c.ID, "created": c.Created, "is_archived": false, "is_im": true, "is_org_shared": false,
			"user": w.peer(c), "priority": 0, "context_team_id": w.TeamID(), "updated": c.Updated,
		}
	}
	return object{
		"id": c.ID, "name": c.Name, "is_channel": c.Kind == "channel", "is_group": c.Kind == "group", "is_im": false,
		"created": c.Created, "is_archived": c.Archived, "is_general": c.General, "unlinked": 0,
		"name_normalized": c.Name, "is_shared": false, "creator": c.Creator, "is_ext_shared": false,
		"is_org_shared": false, "shared_team_ids": []string{w.TeamID()}, "pending_shared": []string{},
		"pending_connected_team_ids": []string{}, "is_pending_ext_shared": false, "is_member": c.has(w.BotUserID()),
		"is_private": c.isPrivate(), "is_mpim": c.Kind == "mpim", "topic": c.Topic.json(), "purpose": c.Purpose.json(),
		"previous_names": nonNil(c.PreviousNames), "context_team_id": w.TeamID(), "updated": c.Updated,
	}
}

// createdJSON is the channel as channel_created carries it.
func (w *Workspace) createdJSON(c *channel) object {
	j := w.channelJSON(c)
	delete(j, "is_member")
	return j
}

// nonNil makes JSON say [] instead of null.
func nonNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
