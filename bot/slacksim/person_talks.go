package slacksim

import (
	"errors"
	"slices"
	"strings"
	"time"
)

// errGone is what a person gets who acts on what is not there (for them).
var errGone = errors.New("there is no such message or channel for this person")

// Says posts a message and returns its ts. A person joins a public channel
// first when need be, as the Slack client offers. It returns "" where Slack
// would not let them post. @name, #channel and <urls> become mentions.
func (p *Person) Says(channel, text string) string { return p.post(channel, "", text) }

// Replies posts into a thread and returns the reply's ts, "" when it cannot.
func (p *Person) Replies(channel, threadTS, text string) string {
	return p.post(channel, threadTS, text)
}

// SaysDirectly posts into the person's DM with the app and returns the ts.
func (p *Person) SaysDirectly(text string) string {
	return p.post(p.DM(), "", text)
}

// DM is the id of the person's direct conversation with the app, opened if it
// was not.
func (p *Person) DM() string {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	c, _ := p.w.direct(p.ID, p.w.BotUserID())
	return c.ID
}

func (p *Person) post(channel, threadTS, text string) string {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	c := p.enter(channel)
	if c == nil || threadTS != "" && c.message(threadTS) == nil {
		return ""
	}
	return p.w.append(c, p.message(threadTS, text)).TS
}

func (p *Person) message(threadTS, text string) *Message {
	text = p.w.typed(text, false)
	return &Message{
		User: p.ID, ThreadTS: threadTS, Text: text, Blocks: richText(text), ClientMsgID: p.w.newUUID(),
	}
}

// enter finds a channel the person can act in, joining a public one. Nil when
// there is none, it is archived, or they are not active.
func (p *Person) enter(channel string) *channel {
	c := p.see(channel)
	if c == nil || c.Archived || p.w.findUser(p.ID).As.Deactivated {
		return nil
	}
	if !c.has(p.ID) {
		p.w.join(c, p.ID, "")
	}
	return c
}

// see finds a channel the person can look into.
func (p *Person) see(channel string) *channel {
	c := p.w.findChannel(channel)
	if c == nil || c.isPrivate() && !c.has(p.ID) {
		return nil
	}
	return c
}

// Edits changes the text of the person's own message.
func (p *Person) Edits(channel, ts, text string) error {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	c, m := p.find(channel, ts)
	if m == nil || m.User != p.ID {
		return errGone
	}
	text = p.w.typed(text, false)
	p.w.edit(c, m, func(m *Message) { m.Text, m.Blocks = text, richText(text) })
	return nil
}

// Deletes removes the person's own message.
func (p *Person) Deletes(channel, ts string) error {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	c, m := p.find(channel, ts)
	if m == nil || m.User != p.ID {
		return errGone
	}
	p.w.remove(c, m)
	return nil
}

func (p *Person) find(channel, ts string) (*channel, *Message) {
	c := p.see(channel)
	if c == nil {
		return nil, nil
	}
	return c, c.message(ts)
}

// Reacts puts an emoji (no colons) on a message. Twice is once.
func (p *Person) Reacts(channel, ts, emoji string) error {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	c, m := p.find(channel, ts)
	if m == nil || c.Archived {
		return errGone
	}
	p.w.react(c, m, p.ID, strings.Trim(emoji, ":"))
	return nil
}

// Unreacts takes the person's emoji off a message again.
func (p *Person) Unreacts(channel, ts, emoji string) error {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	c, m := p.find(channel, ts)
	if m == nil || c.Archived {
		return errGone
	}
	p.w.unreact(c, m, p.ID, strings.Trim(emoji, ":"))
	return nil
}

// Pins pins a message. Twice is once.
func (p *Person) Pins(channel, ts string) error {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	c, m := p.find(channel, ts)
	if m == nil || c.Archived {
		return errGone
	}
	p.w.pin(c, m, p.ID)
	return nil
}

// Unpins takes a pin off. A message that is not pinned stays so.
func (p *Person) Unpins(channel, ts string) error {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	c, m := p.find(channel, ts)
	if m == nil || c.Archived {
		return errGone
	}
	p.w.unpin(c, m, p.ID)
	return nil
}

// react adds a reaction and tells whether it was new.
func (w *Workspace) react(c *channel, m *Message, user, emoji string) bool {
	i := slices.IndexFunc(m.Reactions, func(r Reaction) bool { return r.Name == emoji })
	if i < 0 {
		m.Reactions = append(m.Reactions, Reaction{Name: emoji})
		i = len(m.Reactions) - 1
	}
	if slices.Contains(m.Reactions[i].Users, user) {
		return false
	}
	m.Reactions[i].Users = append(m.Reactions[i].Users, user)
	w.emitReaction("reaction_added", c, m, user, emoji)
	return true
}

// unreact removes a reaction and tells whether there was one.
func (w *Workspace) unreact(c *channel, m *Message, user, emoji string) bool {
	i := slices.IndexFunc(m.Reactions, func(r Reaction) bool { return r.Name == emoji })
	if i < 0 || !slices.Contains(m.Reactions[i].Users, user) {
		return false
	}
	m.Reactions[i].Users = slices.DeleteFunc(m.Reactions[i].Users, func(u string) bool { return u == user })
	if len(m.Reactions[i].Users) == 0 {
		m.Reactions = slices.Delete(m.Reactions, i, i+1)
	}
	w.emitReaction("reaction_removed", c, m, user, emoji)
	return true
}

func (w *Workspace) emitReaction(kind string, c *channel, m *Message, user, emoji string) {
	w.emitIn(c, object{
		"type": kind, "user": user, "reaction": emoji, "item_user": m.User, "event_ts": w.stamp(),
		"item": object{"type": "message", "channel": c.ID, "ts": m.TS},
	})
	w.changed()
}

// pin pins a message and tells whether it was not pinned before.
func (w *Workspace) pin(c *channel, m *Message, user string) bool {
	if slices.ContainsFunc(c.Pins, func(p pin) bool { return p.TS == m.TS }) {
		return false
	}
	c.Pins = append(c.Pins, pin{TS: m.TS, By: user, Created: time.Now().Unix()})
	w.emitPin("pin_added", c, m, c.Pins[len(c.Pins)-1], user)
	return true
}

// unpin removes a pin and tells whether there was one.
func (w *Workspace) unpin(c *channel, m *Message, user string) bool {
	i := slices.IndexFunc(c.Pins, func(p pin) bool { return p.TS == m.TS })
	if i < 0 {
		return false
	}
	was := c.Pins[i]
	c.Pins = slices.Delete(c.Pins, i, i+1)
	w.emitPin("pin_removed", c, m, was, user)
	return true
}

func (w *Workspace) emitPin(kind string, c *channel, m *Message, of pin, user string) {
	message := w.messageJSON(c, m)
	message["pinned_to"], message["permalink"] = []string{c.ID}, w.permalink(c, m)
	w.emitIn(c, object{
		"type": kind, "user": user, "channel_id": c.ID, "item_user": m.User, "pin_count": len(c.Pins), "event_ts": w.stamp(),
		"item":        object{"type": "message", "created": of.Created, "created_by": of.By, "channel": c.ID, "message": message},
		"pinned_info": object{"channel": c.ID, "pinned_by": of.By, "pinned_ts": of.Created},
	})
	w.changed()
}
