package slacksim

import (
	"slices"
	"strings"
	"time"
)

// channel is one conversation: a public or private channel, a group DM or a DM.
type channel struct {
	ID            string                `json:"id"`
	Name          string                `json:"name"`
	Kind          string                `json:"kind"` // channel, group, mpim, im
	Creator       string                `json:"creator"`
	Created       int64                 `json:"created"`
	Updated       int64                 `json:"updated"` // milliseconds
	Archived      bool                  `json:"archived,omitempty"`
	General       bool                  `json:"general,omitempty"`
	Topic         saying                `json:"topic"`
	Purpose       saying                `json:"purpose"`
	Members       []string              `json:"members"`
	PreviousNames []string              `json:"previous_names,omitempty"`
	Messages      []*Message            `json:"messages"`
	Ephemerals    map[string][]*Message `json:"ephemerals,omitempty"` // by who sees them
	Pins          []pin                 `json:"pins,omitempty"`
	Bookmarks     []*Bookmark           `json:"bookmarks,omitempty"`
}

// saying is a topic or a purpose.
type saying struct {
	Value   string `json:"value"`
	Creator string `json:"creator"`
	LastSet int64  `json:"last_set"`
}

func (s saying) json() object {
	return object{"value": s.Value, "creator": s.Creator, "last_set": s.LastSet}
}

type pin struct {
	TS      string `json:"ts"`
	By      string `json:"by"`
	Created int64  `json:"created"`
}

func (c *channel) has(user string) bool { return slices.Contains(c.Members, user) }

var scopePrefixes = map[string]string{"channel": "channels:", "group": "groups:", "mpim": "mpim:", "im": "im:"}

func (c *channel) isPrivate() bool { return c.Kind != "channel" }

func (c *channel) isDirect() bool { return c.Kind == "im" || c.Kind == "mpim" }

// Channel is what anybody may look at from outside: a copy.
type Channel struct {
	ID, Name, Creator string
	Kind              string // channel, group, mpim or im
	Created           time.Time
	Archived, General bool
	Private           bool
	Topic, Purpose    string
	Members           []string
}

func (c *channel) public() Channel {
	return Channel{
		ID: c.ID, Name: c.Name, Creator: c.Creator, Kind: c.Kind, Created: time.Unix(c.Created, 0),
		Archived: c.Archived, General: c.General, Private: c.isPrivate(),
		Topic: c.Topic.Value, Purpose: c.Purpose.Value, Members: slices.Clone(c.Members),
	}
}

// AddChannel makes a channel whose creator (a name or id) is its only member,
// and returns its id. A name that is taken returns the id it already has.
func (w *Workspace) AddChannel(name, creator string, private bool) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if c := w.channelNamed(name); c != nil {
		return c.ID
	}
	kind := "channel"
	if private {
		kind = "group"
	}
	if u := w.findUser(creator); u != nil {
		creator = u.ID
	}
	c := w.createChannel(name, creator, kind)
	return c.ID
}

// Channel finds a channel by name (with or without #) or id; false when there is none.
func (w *Workspace) Channel(nameOrID string) (Channel, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.findChannel(nameOrID)
	if c == nil {
		return Channel{}, false
	}
	return c.public(), true
}

// Channels lists all conversations, oldest first.
func (w *Workspace) Channels() []Channel {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := make([]Channel, 0, len(w.state.Channels))
	for _, c := range w.state.Channels {
		all = append(all, c.public())
	}
	return all
}

// Topic is a channel's topic; empty when there is none.
func (w *Workspace) Topic(channel string) string {
	c, _ := w.Channel(channel)
	return c.Topic
}

// Members are the user ids in a channel, in the order they joined.
func (w *Workspace) Members(channel string) []string {
	c, _ := w.Channel(channel)
	return c.Members
}

func (w *Workspace) addChannel(name, creator, kind string) *channel {
	prefix := map[string]string{"channel": "C", "group": "C", "mpim": "G", "im": "D"}[kind]
	now := time.Now()
	c := &channel{
		ID: w.newID(prefix), Name: name, Kind: kind, Creator: creator, Created: now.Unix(), Updated: now.UnixMilli(),
		Members: []string{creator}, Ephemerals: map[string][]*Message{},
	}
	w.state.Channels = append(w.state.Channels, c)
	return c
}

// createChannel makes a channel as an act of its creator, with the events of it.
func (w *Workspace) createChannel(name, creator, kind string) *channel {
	c := w.addChannel(name, creator, kind)
	if kind == "channel" {
		w.emit(object{"type": "channel_created", "channel": w.createdJSON(c), "event_ts": w.stamp()})
	}
	w.announceJoin(c, creator, "")
	w.changed()
	return c
}

func (w *Workspace) findChannel(nameOrID string) *channel {
	if c := w.channelByID(nameOrID); c != nil {
		return c
	}
	return w.channelNamed(nameOrID)
}

func (w *Workspace) channelByID(id string) *channel {
	for _, c := range w.state.Channels {
		if c.ID == id {
			return c
		}
	}
	return nil
}

func (w *Workspace) channelNamed(name string) *channel {
	name = strings.TrimPrefix(name, "#")
	for _, c := range w.state.Channels {
		if c.Name == name && !c.isDirect() {
			return c
		}
	}
	return nil
}

// direct finds or opens the DM, or group DM, of exactly these people.
func (w *Workspace) direct(users ...string) (c *channel, wasOpen bool) {
	users = slices.Clone(users)
	slices.Sort(users)
	users = slices.Compact(users)
	for _, c := range w.state.Channels {
		members := slices.Clone(c.Members)
		slices.Sort(members)
		if c.isDirect() && slices.Equal(members, users) {
			return c, true
		}
	}
	kind, name := "im", ""
	if len(users) > 2 {
		kind, name = "mpim", "mpdm-"+strings.ToLower(strings.Join(users, "--"))+"-1"
	}
	c = w.addChannel(name, users[0], kind)
	c.Members = users
	return c, false
}

// peer is the other one in a DM with the bot.
func (w *Workspace) peer(c *channel) string {
	for _, m := range c.Members {
		if m != w.BotUserID() {
			return m
		}
	}
	return w.BotUserID()
}

// shownName is how payloads call a conversation.
func (c *channel) shownName() string {
	switch c.Kind {
	case "im":
		return "directmessage"
	case "group":
		return "privategroup"
	}
	return c.Name
}
