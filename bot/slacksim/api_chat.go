package slacksim

import (
	"time"
	"unicode/utf8"
)

const (
	postBurst      = 5      // messages to one channel at once that Slack tolerates
	postsPerMinute = 300    // in a workspace: "several hundred"
	maxMessageText = 40_000 // characters; the rest is cut off
)

// postMessage answers chat.postMessage.
func postMessage(c *call) object {
	ch, refused := c.target()
	if refused != nil {
		return refused
	}
	m, refused := c.compose(ch)
	if refused != nil {
		return refused
	}
	if c.tooFast(ch) {
		return fail("ratelimited")
	}
	c.w.append(ch, m)
	return ok(object{"channel": ch.ID, "ts": m.TS, "message": c.w.ownJSON(ch, m)})
}

// tooFast allows one message per second and channel, with a small burst.
func (c *call) tooFast(ch *channel) bool {
	return c.limited(c.name, postsPerMinute, time.Minute) ||
		c.limited(c.name+" "+ch.ID, postBurst, postBurst*time.Second)
}

// target is where a message goes: a channel id, a public channel's name, or a
// user id, whose DM is opened.
func (c *call) target() (*channel, object) {
	w, to := c.w, c.text("channel")
	ch := w.channelByID(to)
	if ch == nil {
		if named := w.channelNamed(to); named != nil && !named.isPrivate() {
			ch = named
		}
	}
	if u := w.userByID(to); ch == nil && u != nil && !u.As.Deactivated {
		ch, _ = w.direct(u.ID, w.BotUserID())
	}
	switch {
	case ch == nil || ch.isPrivate() && !ch.has(w.BotUserID()):
		return nil, fail("channel_not_found")
	case ch.Archived:
		return nil, fail("is_archived")
	case !ch.has(w.BotUserID()) && !w.granted("chat:write.public"):
		return nil, fail("not_in_channel")
	}
	return ch, nil
}

// compose makes the message that the arguments describe.
func (c *call) compose(ch *channel) (*Message, object) {
	if code, problems := validateMessage(c.args); code != "" {
		return nil, rejected(code, problems)
	}
	w := c.w
	m := &Message{User: w.BotUserID(), BotID: w.BotID()}
	c.fill(m)
	if refused := c.thread(ch, m); refused != nil {
		return nil, refused
	}
	if w.granted("chat:write.customize") {
		m.Username, m.IconEmoji, m.IconURL = c.text("username"), c.text("icon_emoji"), c.text("icon_url")
		if m.Username+m.IconEmoji+m.IconURL != "" && m.Subtype == "" {
			m.Subtype = "bot_message"
		}
	}
	return m, nil
}

func (c *call) thread(ch *channel, m *Message) object {
	m.ThreadTS = c.text("thread_ts")
	if m.ThreadTS == "" {
		return nil
	}
	root := ch.message(m.ThreadTS)
	if root == nil {
		return fail("cannot_reply_to_message")
	}
	if root.ThreadTS != "" {
		m.ThreadTS = root.ThreadTS
	}
	if c.flag("reply_broadcast") {
		m.Broadcast, m.Subtype = true, "thread_broadcast"
	}
	return nil
}

// fill writes the content arguments into a message.
func (c *call) fill(m *Message) {
	m.Text = c.text("text")
	if markdown := c.text("markdown_text"); markdown != "" {
		m.Text = markdown
	}
	if utf8.RuneCountInString(m.Text) > maxMessageText {
		m.Text = string([]rune(m.Text)[:maxMessageText])
		c.warnings = append(c.warnings, "message_truncated")
	}
	m.Blocks, m.Attachments = c.list("blocks"), c.list("attachments")
	for i, a := range m.Attachments {
		if a, isObject := a.(object); isObject {
			a["id"] = i + 1
			blocks, _ := a["blocks"].([]any)
			c.w.fillBlockIDs(blocks)
		}
	}
	if metadata, isObject := c.json("metadata"); isObject {
		m.Metadata = deepCopy(metadata)
	}
}

// ownJSON is a message as the answer to its sender shows it.
func (w *Workspace) ownJSON(c *channel, m *Message) object {
	j := w.messageJSON(c, m)
	if m.Metadata != nil {
		j["metadata"] = m.Metadata
	}
	return j
}

// own finds a message of the bot that may be changed.
func (c *call) own(otherwise string) (*channel, *Message, object) {
	ch, refused := c.channel("channel")
	if refused != nil {
		return nil, nil, refused
	}
	m, refused := c.message(ch, "ts")
	switch {
	case refused != nil:
		return nil, nil, refused
	case m.BotID != c.w.BotID() || ch.Archived:
		return nil, nil, fail(otherwise)
	}
	return ch, m, nil
}

// updateMessage answers chat.update. What is not given stays: blocks go only
// when blocks=[] says so.
func updateMessage(c *call) object {
	ch, m, refused := c.own("cant_update_message")
	if refused != nil {
		return refused
	}
	if code, problems := validateMessage(c.args); code != "" && !(code == "no_text" && c.given("metadata")) {
		return rejected(code, problems)
	}
	c.w.edit(ch, m, func(m *Message) {
		before := m.clone()
		c.fill(m)
		if !c.given("text") && !c.given("markdown_text") {
			m.Text = before.Text
		}
		if !c.given("blocks") {
			m.Blocks = before.Blocks
		}
		if !c.given("attachments") {
			m.Attachments = before.Attachments
		}
		if !c.given("metadata") {
			m.Metadata = before.Metadata
		}
	})
	message := c.w.ownJSON(ch, m)
	delete(message, "ts")
	return ok(object{"channel": ch.ID, "ts": m.TS, "text": m.Text, "message": message})
}

// deleteMessage answers chat.delete.
func deleteMessage(c *call) object {
	ch, m, refused := c.own("cant_delete_message")
	if refused != nil {
		return refused
	}
	c.w.remove(ch, m)
	return ok(object{"channel": ch.ID, "ts": m.TS})
}

// postEphemeral answers chat.postEphemeral. The message is not kept in history.
func postEphemeral(c *call) object {
	ch, refused := c.channel("channel")
	if refused != nil {
		return refused
	}
	u := c.w.userByID(c.text("user"))
	switch {
	case ch.Archived:
		return fail("is_archived")
	case !ch.has(c.w.BotUserID()):
		return fail("not_in_channel")
	case u == nil || !ch.has(u.ID):
		return fail("user_not_in_channel")
	}
	m, refused := c.compose(ch)
	if refused != nil {
		return refused
	}
	c.w.whisper(ch, u.ID, m)
	return ok(object{"message_ts": m.TS})
}

// whisper shows a message to one person only.
func (w *Workspace) whisper(ch *channel, user string, m *Message) {
	m.TS = w.stamp()
	w.fillBlockIDs(m.Blocks)
	ch.Ephemerals[user] = append(ch.Ephemerals[user], m)
	w.changed()
}

// getPermalink answers chat.getPermalink.
func getPermalink(c *call) object {
	ch, refused := c.channel("channel")
	if refused != nil {
		return refused
	}
	m, refused := c.message(ch, "message_ts")
	if refused != nil {
		return refused
	}
	return ok(object{"channel": ch.ID, "permalink": c.w.permalink(ch, m)})
}
