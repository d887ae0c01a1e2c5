package slacksim

import (
	"regexp"
	"slices"
)

// conversationInfo answers conversations.info.
func conversationInfo(c *call) object {
	ch, refused := c.channel("channel")
	if refused != nil {
		return refused
	}
	j := c.w.channelJSON(ch)
	if c.flag("include_num_members") {
		j["num_members"] = len(ch.Members)
	}
	if c.flag("include_locale") {
		j["locale"] = "en-US"
	}
	return ok(object{"channel": j})
}

var kindsByType = map[string]string{"public_channel": "channel", "private_channel": "group", "mpim": "mpim", "im": "im"}

// kinds are the kinds of conversation that the argument types asks for.
func (c *call) kinds() ([]string, object) {
	types := c.names("types")
	if len(types) == 0 {
		types = []string{"public_channel"}
	}
	var kinds []string
	for _, t := range types {
		kind, known := kindsByType[t]
		if !known {
			return nil, fail("invalid_types")
		}
		if refused := c.scopeFor(kind); refused != nil {
			return nil, refused
		}
		kinds = append(kinds, kind)
	}
	return kinds, nil
}

// listConversations answers conversations.list.
func listConversations(c *call) object {
	return c.conversations(func(ch *channel) bool { return !ch.isPrivate() || ch.has(c.w.BotUserID()) }, true)
}

// userConversations answers users.conversations: what somebody is a member of,
// as far as the bot can see it.
func userConversations(c *call) object {
	who := c.text("user")
	if who == "" {
		who = c.w.BotUserID()
	}
	return c.conversations(func(ch *channel) bool {
		return ch.has(who) && (!ch.isPrivate() || ch.has(c.w.BotUserID()))
	}, false)
}

func (c *call) conversations(wanted func(*channel) bool, withMembership bool) object {
	kinds, refused := c.kinds()
	if refused != nil {
		return refused
	}
	limit := c.number("limit", defaultPage)
	if limit < 1 || limit > maxListPage {
		return fail("invalid_limit")
	}
	found := []object{}
	for _, ch := range c.w.state.Channels {
		if slices.Contains(kinds, ch.Kind) && wanted(ch) && !(ch.Archived && c.flag("exclude_archived")) {
			found = append(found, c.listed(ch, withMembership))
		}
	}
	found, next, refused := page(c, found, limit)
	if refused != nil {
		return refused
	}
	return ok(object{"channels": found, "response_metadata": nextCursor(next)})
}

func (c *call) listed(ch *channel, withMembership bool) object {
	j := c.w.channelJSON(ch)
	switch {
	case ch.Kind == "im":
		u := c.w.findUser(c.w.peer(ch))
		j["is_user_deleted"] = u != nil && u.As.Deactivated
	case withMembership:
		j["num_members"] = len(ch.Members)
	default:
		delete(j, "is_member")
	}
	return j
}

// conversationMembers answers conversations.members.
func conversationMembers(c *call) object {
	ch, refused := c.channel("channel")
	if refused != nil {
		return refused
	}
	members, next, refused := page(c, nonNil(ch.Members), c.number("limit", defaultPage))
	if refused != nil {
		return refused
	}
	return ok(object{"members": slices.Clone(members), "response_metadata": nextCursor(next)})
}

var tsPattern = regexp.MustCompile(`^\d+(\.\d+)?$`)

// span are the messages between oldest and latest, oldest first.
func (c *call) span(messages []*Message) ([]*Message, object) {
	oldest, latest := c.text("oldest"), c.text("latest")
	switch {
	case oldest != "" && !tsPattern.MatchString(oldest):
		return nil, fail("invalid_ts_oldest")
	case latest != "" && latest != "now" && !tsPattern.MatchString(latest):
		return nil, fail("invalid_ts_latest")
	case latest == "now":
		latest = ""
	}
	var found []*Message
	for _, m := range messages {
		isEdge := m.TS == oldest || m.TS == latest
		isInside := (oldest == "" || m.TS > oldest) && (latest == "" || m.TS < latest)
		if isInside && !isEdge || isEdge && c.flag("inclusive") {
			found = append(found, m)
		}
	}
	return found, nil
}

// readable is a conversation whose messages the bot can read.
func (c *call) readable() (*channel, object) {
	ch, refused := c.channel("channel")
	if refused == nil && !ch.has(c.w.BotUserID()) {
		return nil, fail("not_in_channel")
	}
	return ch, refused
}

// conversationHistory answers conversations.history: newest first, without
// the replies in threads.
func conversationHistory(c *call) object {
	ch, refused := c.readable()
	if refused != nil {
		return refused
	}
	all, refused := c.span(ch.Messages)
	if refused != nil {
		return refused
	}
	all = slices.DeleteFunc(all, func(m *Message) bool {
		return m.ThreadTS != "" && m.ThreadTS != m.TS && !m.Broadcast
	})
	slices.Reverse(all)
	limit := min(c.number("limit", defaultPage), maxHistory)
	shown, next, refused := page(c, all, limit)
	if refused != nil {
		return refused
	}
	return c.messages(ch, shown, next, object{"pin_count": len(ch.Pins)})
}

// conversationReplies answers conversations.replies: a message and its thread,
// oldest first.
func conversationReplies(c *call) object {
	ch, refused := c.readable()
	if refused != nil {
		return refused
	}
	root := ch.message(c.text("ts"))
	if root == nil {
		return fail("thread_not_found")
	}
	all, refused := c.span(ch.replies(root.TS))
	if refused != nil {
		return refused
	}
	all = append([]*Message{root}, all...)
	shown, next, refused := page(c, all, min(c.number("limit", maxRepliesOn), maxRepliesOn))
	if refused != nil {
		return refused
	}
	return c.messages(ch, shown, next, nil)
}

func (c *call) messages(ch *channel, shown []*Message, next string, more object) object {
	list := []object{}
	for _, m := range shown {
		j := c.w.messageJSON(ch, m)
		if c.flag("include_all_metadata") && m.Metadata != nil {
			j["metadata"] = m.Metadata
		}
		list = append(list, j)
	}
	answer := ok(object{"messages": list, "has_more": next != ""})
	if next != "" {
		answer["response_metadata"] = nextCursor(next)
	}
	for k, v := range more {
		answer[k] = v
	}
	return answer
}
