package slacksim

const (
	maxTopic     = 250 // characters of a topic or purpose
	maxInvitees  = 100 // per call
	defaultPage  = 100
	maxListPage  = 1000
	maxHistory   = 999
	maxRepliesOn = 1000
)

// createConversation answers conversations.create. The bot is creator and member.
func createConversation(c *call) object {
	kind := "channel"
	if c.flag("is_private") {
		kind = "group"
	}
	if refused := c.scopeFor(kind); refused != nil {
		return refused
	}
	name := c.text("name")
	if code := checkChannelName(name); code != "" {
		return fail(code)
	}
	if c.w.channelNamed(name) != nil {
		return fail("name_taken")
	}
	ch := c.w.createChannel(name, c.w.BotUserID(), kind)
	return c.channelAnswer(ch)
}

func (c *call) channelAnswer(ch *channel) object {
	return ok(object{"channel": c.w.channelJSON(ch)})
}

// joinConversation answers conversations.join. Joining twice is a warning.
func joinConversation(c *call) object {
	ch, refused := c.channel("channel")
	switch {
	case refused != nil:
		return refused
	case ch.isPrivate():
		return fail("method_not_supported_for_channel_type")
	case ch.Archived:
		return fail("is_archived")
	}
	if ch.has(c.w.BotUserID()) {
		c.warnings = append(c.warnings, "already_in_channel")
	}
	c.w.join(ch, c.w.BotUserID(), "")
	return c.channelAnswer(ch)
}

// leaveConversation answers conversations.leave. Leaving twice is not an error
// but says so.
func leaveConversation(c *call) object {
	ch, refused := c.channel("channel")
	switch {
	case refused != nil:
		return refused
	case ch.isDirect():
		return fail("method_not_supported_for_channel_type")
	case ch.Archived:
		return fail("is_archived")
	case ch.General:
		return fail("cant_leave_general")
	case !ch.has(c.w.BotUserID()):
		return ok(object{"not_in_channel": true})
	case ch.isPrivate() && len(ch.Members) == 1:
		return fail("last_member")
	}
	c.w.leave(ch, c.w.BotUserID())
	return ok(nil)
}

// kickFromConversation answers conversations.kick.
func kickFromConversation(c *call) object {
	ch, refused := c.channel("channel")
	if refused != nil {
		return refused
	}
	u := c.w.userByID(c.text("user"))
	switch {
	case ch.isDirect():
		return fail("method_not_supported_for_channel_type")
	case u == nil:
		return fail("user_not_found")
	case u.IsApp:
		return fail("cant_kick_self")
	case ch.General:
		return fail("cant_kick_from_general")
	case !ch.has(c.w.BotUserID()) || !ch.has(u.ID):
		return fail("not_in_channel")
	}
	c.w.leave(ch, u.ID)
	return ok(object{"errors": object{}})
}

// inviteToConversation answers conversations.invite. Unless forced, one
// person who cannot be invited means that nobody is.
func inviteToConversation(c *call) object {
	ch, refused := c.home("channel")
	if refused != nil {
		return refused
	}
	ids := c.names("users")
	switch {
	case ch.isDirect():
		return fail("method_not_supported_for_channel_type")
	case len(ids) == 0:
		return fail("no_user")
	case len(ids) > maxInvitees:
		return invalid("invalid_arguments", "[ERROR] must be less than 101 items [json-pointer:/users]")
	}
	problems := []object{}
	var fine []string
	for _, id := range ids {
		if code := c.w.cannotInvite(ch, id); code != "" {
			problems = append(problems, object{"user": id, "ok": false, "error": code})
		} else {
			fine = append(fine, id)
		}
	}
	if len(problems) > 0 && (!c.flag("force") || len(fine) == 0) {
		answer := fail(problems[0]["error"].(string))
		answer["errors"] = problems
		return answer
	}
	for _, id := range fine {
		c.w.join(ch, id, c.w.BotUserID())
	}
	answer := c.channelAnswer(ch)
	if len(problems) > 0 {
		answer["errors"] = problems
	}
	return answer
}

func (w *Workspace) cannotInvite(ch *channel, id string) string {
	u := w.userByID(id)
	switch {
	case u == nil:
		return "user_not_found"
	case u.IsApp:
		return "cant_invite_self"
	case ch.has(id):
		return "already_in_channel"
	case u.As.Guest:
		return "user_is_restricted"
	case u.As.Deactivated:
		return "cant_invite"
	}
	return ""
}

// setConversationTopic answers conversations.setTopic.
func setConversationTopic(c *call) object {
	ch, refused := c.sayable("topic")
	if refused != nil {
		return refused
	}
	c.w.setTopic(ch, c.w.BotUserID(), c.text("topic"))
	return c.channelAnswer(ch)
}

// setConversationPurpose answers conversations.setPurpose.
func setConversationPurpose(c *call) object {
	ch, refused := c.sayable("purpose")
	if refused != nil {
		return refused
	}
	c.w.setPurpose(ch, c.w.BotUserID(), c.text("purpose"))
	return c.channelAnswer(ch)
}

func (c *call) sayable(argument string) (*channel, object) {
	ch, refused := c.home("channel")
	switch {
	case refused != nil:
		return nil, refused
	case !c.given(argument):
		return nil, missingField(argument)
	case ch.Kind == "im":
		return nil, fail("method_not_supported_for_channel_type")
	case len([]rune(c.text(argument))) > maxTopic:
		return nil, fail("too_long")
	}
	return ch, nil
}

// archiveConversation answers conversations.archive. The bot is dropped from it.
func archiveConversation(c *call) object {
	ch, refused := c.channel("channel")
	switch {
	case refused != nil:
		return refused
	case ch.isDirect():
		return fail("method_not_supported_for_channel_type")
	case ch.Archived:
		return fail("already_archived")
	case ch.General:
		return fail("cant_archive_general")
	case !ch.has(c.w.BotUserID()):
		return fail("not_in_channel")
	}
	c.w.archive(ch, c.w.BotUserID())
	return ok(nil)
}

// unarchiveConversation answers conversations.unarchive, which Slack does not
// let a bot do: it was dropped from the channel when that was archived.
func unarchiveConversation(c *call) object {
	ch, refused := c.channel("channel")
	switch {
	case refused != nil:
		return refused
	case ch.isDirect():
		return fail("method_not_supported_for_channel_type")
	case !ch.Archived:
		return fail("not_archived")
	}
	return fail("not_in_channel")
}

// renameConversation answers conversations.rename: own channels only.
func renameConversation(c *call) object {
	ch, refused := c.home("channel")
	if refused != nil {
		return refused
	}
	name := c.text("name")
	switch {
	case ch.isDirect():
		return fail("method_not_supported_for_channel_type")
	case ch.Creator != c.w.BotUserID():
		return fail("not_authorized")
	}
	if code := checkChannelName(name); code != "" {
		return fail(code)
	}
	if other := c.w.channelNamed(name); other != nil && other != ch {
		return fail("name_taken")
	}
	if name != ch.Name {
		c.w.rename(ch, c.w.BotUserID(), name)
	}
	return c.channelAnswer(ch)
}
