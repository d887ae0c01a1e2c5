package slacksim

import (
	"encoding/json"
	"slices"
	"strings"
)

// Message is one message as it stands now. Blocks, Attachments and Metadata
// are the JSON the sender gave, with block ids filled in.
type Message struct {
	TS          string     `json:"ts"`
	ThreadTS    string     `json:"thread_ts,omitempty"`
	Broadcast   bool       `json:"broadcast,omitempty"` // a reply that was also sent to the channel
	User        string     `json:"user"`
	BotID       string     `json:"bot_id,omitempty"`
	Subtype     string     `json:"subtype,omitempty"`
	Text        string     `json:"text"`
	Blocks      []any      `json:"blocks,omitempty"`
	Attachments []any      `json:"attachments,omitempty"`
	Metadata    object     `json:"metadata,omitempty"`
	Username    string     `json:"username,omitempty"`
	IconEmoji   string     `json:"icon_emoji,omitempty"`
	IconURL     string     `json:"icon_url,omitempty"`
	EditedTS    string     `json:"edited_ts,omitempty"`
	Reactions   []Reaction `json:"reactions,omitempty"`
	Files       []string   `json:"files,omitempty"` // file ids
	Topic       string     `json:"topic,omitempty"`
	Purpose     string     `json:"purpose,omitempty"`
	Name        string     `json:"name,omitempty"`
	OldName     string     `json:"old_name,omitempty"`
	Inviter     string     `json:"inviter,omitempty"`
	ClientMsgID string     `json:"client_msg_id,omitempty"`
}

// Reaction is one emoji on a message and who put it there.
type Reaction struct {
	Name  string   `json:"name"`
	Users []string `json:"users"`
}

// AllText is every text a reader of the message sees: its text, its blocks'
// and its attachments', one per line.
func (m Message) AllText() string {
	lines := []string{m.Text}
	lines = append(lines, textsIn(m.Blocks)...)
	lines = append(lines, textsIn(m.Attachments)...)
	return strings.Join(lines, "\n")
}

// textsIn collects the strings people read, in order.
func textsIn(x any) []string {
	var found []string
	switch x := x.(type) {
	case []any:
		for _, each := range x {
			found = append(found, textsIn(each)...)
		}
	case object:
		for _, key := range []string{"title", "label", "text", "fields", "elements", "accessory", "element", "options", "hint", "alt_text", "blocks", "rows"} {
			if s, ok := x[key].(string); ok {
				found = append(found, s)
			} else {
				found = append(found, textsIn(x[key])...)
			}
		}
	}
	return found
}

func (m *Message) clone() Message {
	c := *m
	c.Reactions = make([]Reaction, len(m.Reactions))
	for i, r := range m.Reactions {
		c.Reactions[i] = Reaction{r.Name, slices.Clone(r.Users)}
	}
	c.Files = slices.Clone(m.Files)
	return c
}

// Messages are the messages of a channel (name or id), thread replies
// included, oldest first. Deleted ones are gone.
func (w *Workspace) Messages(channel string) []Message {
	w.mu.Lock()
	defer w.mu.Unlock()
	return clones(messagesOf(w.findChannel(channel)))
}

// Ephemerals are the messages only this person (name or id) sees in a channel.
func (w *Workspace) Ephemerals(person, channel string) []Message {
	w.mu.Lock()
	defer w.mu.Unlock()
	c, u := w.findChannel(channel), w.findUser(person)
	if c == nil || u == nil {
		return nil
	}
	return clones(c.Ephemerals[u.ID])
}

// Pinned are the pinned messages of a channel, the latest pin first.
func (w *Workspace) Pinned(channel string) []Message {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.findChannel(channel)
	if c == nil {
		return nil
	}
	var pinned []*Message
	for _, p := range slices.Backward(c.Pins) {
		if m := c.message(p.TS); m != nil {
			pinned = append(pinned, m)
		}
	}
	return clones(pinned)
}

func messagesOf(c *channel) []*Message {
	if c == nil {
		return nil
	}
	return c.Messages
}

func clones(messages []*Message) []Message {
	all := make([]Message, 0, len(messages))
	for _, m := range messages {
		all = append(all, m.clone())
	}
	return all
}

func (c *channel) message(ts string) *Message {
	i, found := slices.BinarySearchFunc(c.Messages, ts, func(m *Message, ts string) int { return strings.Compare(m.TS, ts) })
	if !found {
		return nil
	}
	return c.Messages[i]
}

func (c *channel) replies(ts string) []*Message {
	var found []*Message
	for _, m := range c.Messages {
		if ts != "" && m.ThreadTS == ts && m.TS != ts {
			found = append(found, m)
		}
	}
	return found
}

// append puts a message into a channel and tells the app.
func (w *Workspace) append(c *channel, m *Message) *Message {
	m.TS = w.stamp()
	c.Messages = append(c.Messages, m)
	w.fillBlockIDs(m.Blocks)
	w.emitMessage(c, w.messageJSON(c, m))
	w.mention(c, m)
	w.changed()
	return m
}

// edit replaces the content of a message and tells the app what it was before.
func (w *Workspace) edit(c *channel, m *Message, change func(*Message)) {
	before := w.messageJSON(c, m)
	change(m)
	w.fillBlockIDs(m.Blocks)
	m.EditedTS = w.stamp()
	now := w.stamp()
	w.emitMessage(c, object{
		"type": "message", "subtype": "message_changed", "hidden": true, "ts": now,
		"message": w.messageJSON(c, m), "previous_message": before,
	})
	w.changed()
}

func (w *Workspace) remove(c *channel, m *Message) {
	before := w.messageJSON(c, m)
	c.Messages = slices.DeleteFunc(c.Messages, func(x *Message) bool { return x == m })
	c.Pins = slices.DeleteFunc(c.Pins, func(p pin) bool { return p.TS == m.TS })
	w.emitMessage(c, object{
		"type": "message", "subtype": "message_deleted", "hidden": true, "ts": w.stamp(),
		"deleted_ts": m.TS, "previous_message": before,
	})
	w.changed()
}

// fillBlockIDs names the blocks that the sender left without an id.
func (w *Workspace) fillBlockIDs(blocks []any) {
	for _, each := range blocks {
		if b, ok := each.(object); ok && (b["block_id"] == nil || b["block_id"] == "") {
			b["block_id"] = w.newID("")[1:6]
		}
	}
}

// deepCopy is x as JSON would carry it, sharing nothing with it.
func deepCopy[T any](x T) T {
	var y T
	raw, err := json.Marshal(x)
	if err == nil {
		err = json.Unmarshal(raw, &y)
	}
	if err != nil {
		panic(err) // impossible: x came from JSON
	}
	return y
}
