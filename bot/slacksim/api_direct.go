package slacksim

const maxDirect = 8 // people in one conversations.open

// openConversation answers conversations.open: the DM with one person, or the
// group DM with several.
func openConversation(c *call) object {
	if c.given("channel") {
		ch, refused := c.channel("channel")
		if refused != nil {
			return refused
		}
		return ok(object{"no_op": true, "already_open": true, "channel": c.opened(ch)})
	}
	ids := c.names("users")
	switch {
	case len(ids) == 0:
		return fail("users_list_not_supplied")
	case len(ids) > maxDirect:
		return fail("too_many_users")
	}
	for _, id := range ids {
		u := c.w.userByID(id)
		switch {
		case u == nil:
			return fail("user_not_found")
		case u.As.Deactivated:
			return fail("user_disabled")
		}
	}
	kind := "im"
	if len(ids) > 1 {
		kind = "mpim"
	}
	if refused := c.scopeFor(kind); refused != nil {
		return refused
	}
	ch, wasOpen := c.w.direct(append(ids, c.w.BotUserID())...)
	answer := ok(object{"channel": c.opened(ch)})
	if wasOpen {
		answer["no_op"], answer["already_open"] = true, true
	}
	return answer
}

func (c *call) opened(ch *channel) object {
	if c.flag("return_im") {
		return c.w.channelJSON(ch)
	}
	return object{"id": ch.ID}
}

// closeConversation answers conversations.close; a DM stays in the books.
func closeConversation(c *call) object {
	ch, refused := c.channel("channel")
	switch {
	case refused != nil:
		return refused
	case !ch.isDirect():
		return fail("method_not_supported_for_channel_type")
	}
	return ok(nil)
}
